//! Importing: exported lines, put into an archive. Of a file all is imported, or nothing.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::mpsc::{SyncSender, channel, sync_channel};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use crate::app::Taking;
use crate::domain::{ChannelName, Conversation, ConversationId, Damage, Failure, Kind};
use crate::export::{self, Format, Line, ReadError, TranscriptHead, Unreadable};
use crate::runtime::{Runtime, Spool, error_map};
use crate::store::{ImportFeed, ImportLine, ImportRefusal, Imported, ORIGIN};

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// How many conversations the file has.
    pub conversations: usize,
    /// How many messages.
    pub messages: usize,
    /// How many of them were not known before.
    pub new: usize,
    /// What of the file could not be read as it stands.
    pub damage: Damage,
    /// The conversation, if it was one alone.
    pub only: Option<ConversationId>,
}

/// Reads one file, `-` for standard input, into the archive of that name, which is made if need be. Dropping the future
/// before it is stored stores nothing.
pub(in crate::runtime) async fn import(
    runtime: &Runtime,
    file: &Path,
    archive: &ChannelName,
    on: &mut (dyn FnMut(Taking) + Send),
) -> Result<Took, Failure> {
    check_name(runtime, archive)?;
    let (so_far, mut told) = watch::channel(Taking::default());
    let (path, spool) = (file.to_owned(), runtime.spool());
    // What doesn't come as fast as a disk gives it is set aside first: the store does nothing else while it takes this.
    let opening = tokio::task::spawn_blocking(move || open(&path, so_far, spool));
    let opened = join(follow(opening, &mut told, on)).await??;
    let (tell, lines) = sync_channel(AHEAD);
    let (mean, meant) = channel();
    let imported = runtime.store().import(archive, ImportFeed { lines, meant });
    let reading = tokio::task::spawn_blocking(move || read(opened, &tell));
    let read = join(follow(reading, &mut told, on)).await?;
    if let Ok(read) = &read {
        on(Taking { storing: Some(read.messages), ..*told.borrow() });
    }
    // Nobody waits for that word where the store has refused.
    let _ = mean.send(read.is_ok());
    let imported = imported.await.map_err(|e| error_map::store(&e))?;
    let imported = match (read, imported) {
        // Of two lines that are wrong, the first one is told: the store had all that came before the other.
        (_, Err(refusal)) if refusal != ImportRefusal::TakenBack => return Err(refused(&refusal, archive, file)),
        (Err(failure), _) => return Err(failure),
        (Ok(read), imported) => imported.map(|imported| (read, imported)),
    };
    let (read, Imported { conversations, messages, new }) =
        imported.map_err(|refusal| refused(&refusal, archive, file))?;
    runtime.learn(vec![archive.clone()]);
    Ok(Took { conversations, messages, new, damage: read.damage, only: read.only })
}

/// Tells how far it is until it has ended.
async fn follow<T>(
    work: JoinHandle<T>,
    told: &mut watch::Receiver<Taking>,
    on: &mut (dyn FnMut(Taking) + Send),
) -> Result<T, JoinError> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            Ok(()) = told.changed() => {
                let so_far = *told.borrow_and_update();
                on(so_far);
            }
        }
    }
}

async fn join<T>(work: impl Future<Output = Result<T, JoinError>>) -> Result<T, Failure> {
    work.await.map_err(|_| Failure::new(Kind::Failed, "Reading the file ended unexpectedly."))
}

/// So many batches of lines are read before the store has taken the first.
const AHEAD: usize = 4;
/// So many lines are one batch at most.
const BATCH: usize = 128;
/// So many bytes of text are one in any case.
const FULL: usize = 256 * 1024;

/// So many bytes are read at once.
const CHUNK: usize = 64 * 1024;
/// So many bytes are read before it is told anew how far it is.
const STEP: u64 = 256 * 1024;

/// What is read, counted.
struct Counted<R> {
    from: R,
    so_far: Taking,
    told: u64,
    to: watch::Sender<Taking>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.so_far.bytes += read as u64;
        // Whoever wanted it is gone.
        if self.to.is_closed() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        if read == 0 || self.so_far.bytes >= self.told + STEP {
            self.told = self.so_far.bytes;
            self.to.send_replace(self.so_far);
        }
        Ok(read)
    }
}

/// An archive is a channel: its name is as theirs are, and none of theirs.
fn check_name(runtime: &Runtime, archive: &ChannelName) -> Result<(), Failure> {
    let name = archive.as_str();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        let what = format!("\"{name}\" can't name an archive.");
        return Err(Failure::new(Kind::Invalid, what).hint("A name has letters, digits, - and _."));
    }
    if runtime.config().channels.iter().any(|channel| channel.name == *archive) {
        return Err(taken_name(archive));
    }
    Ok(())
}

/// A file to be read from its beginning.
struct OpenedFile {
    shown: PathBuf,
    input: Box<dyn BufRead + Send>,
}

/// Opens a file. What is none, such as standard input or a pipe, is set aside whole.
fn open(path: &Path, to: watch::Sender<Taking>, mut spool: Spool) -> Result<OpenedFile, Failure> {
    let is_input = path == Path::new("-");
    let shown: PathBuf = if is_input { "standard input".into() } else { path.to_owned() };
    let unread = |error| Failure::new(Kind::Invalid, format!("{} can't be read: {error}.", shown.display()));
    let counted =
        |from: Box<dyn Read + Send>, of| Counted { from, so_far: Taking { of, ..Taking::default() }, told: 0, to };
    let file = if is_input { None } else { Some(File::open(path).map_err(unread)?) };
    let of = file.as_ref().and_then(|file| file.metadata().ok()).filter(fs::Metadata::is_file);
    let of = of.map(|found| found.len());
    let from: Box<dyn Read + Send> = match file {
        Some(file) => Box::new(file),
        None => Box::new(io::stdin()),
    };
    let mut counted = counted(from, of);
    let input: Box<dyn BufRead + Send> = if of.is_some() {
        Box::new(BufReader::with_capacity(CHUNK, counted))
    } else {
        io::copy(&mut counted, &mut spool).map_err(unread)?;
        Box::new(BufReader::with_capacity(CHUNK, spool.into_reader().map_err(unread)?))
    };
    Ok(OpenedFile { shown, input })
}

/// What was read of a file, all of which went to the store.
struct ReadFile {
    messages: usize,
    damage: Damage,
    /// The conversation, if it was one alone.
    only: Option<ConversationId>,
}

/// Reads a file and tells the store of its lines.
fn read(opened: OpenedFile, tell: &SyncSender<Vec<ImportLine>>) -> Result<ReadFile, Failure> {
    let OpenedFile { shown, mut input } = opened;
    let (mut messages, mut conversations, mut only) = (0, 0, None);
    let (mut batch, mut bytes) = (Vec::with_capacity(BATCH), 0);
    let read = export::read(&mut *input, |line| {
        messages += usize::from(line.message.is_some());
        if let Some(head) = &line.begins {
            conversations += 1;
            only = (conversations == 1).then(|| head.id.clone());
        }
        bytes += line.message.as_ref().map_or(0, |message| message.text.len());
        batch.push(taken(line));
        if batch.len() < BATCH && bytes < FULL {
            return Ok(());
        }
        bytes = 0;
        tell.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).map_err(drop)
    });
    // What is before the line that is wrong is the store's to judge.
    let left = tell.send(batch).is_err();
    match read {
        Err(ReadError::Unreadable(Unreadable { line, why })) => Err(unreadable(&shown, line, &why)),
        Err(ReadError::Left(())) => Err(Failure::new(Kind::Failed, STORE_LEFT)),
        Ok(_) if left => Err(Failure::new(Kind::Failed, STORE_LEFT)),
        Ok(damage) => Ok(ReadFile { messages, damage, only }),
    }
}

/// Said where the store says nothing itself.
const STORE_LEFT: &str = "The store took no more of the file.";

fn unreadable(file: &Path, line: usize, why: &str) -> Failure {
    Failure::new(Kind::Invalid, format!("{}:{line}: {why}", file.display())).hint(format!(
        "Nothing of this file was imported. It takes what `conversations export --format {}` writes.",
        Format::importable_in(Format::extension)
    ))
}

/// As the store keeps it: where it is from stands first among what is known of it.
fn taken(line: Line) -> ImportLine {
    let Line { number, place, begins, message } = line;
    let begins = begins.map(|TranscriptHead { title, channel, id, created_at, mut details }| {
        details.insert(0, (ORIGIN.to_owned(), channel.as_str().to_owned()));
        Conversation { id, title, created_at, details }
    });
    ImportLine { number, place, begins, message }
}

fn refused(refusal: &ImportRefusal, archive: &ChannelName, file: &Path) -> Failure {
    match refusal {
        ImportRefusal::NoArchive => taken_name(archive),
        ImportRefusal::Twice { line, message } => {
            let shown = if file == Path::new("-") { Path::new("standard input") } else { file };
            unreadable(shown, *line, &format!("the message {message} is there twice"))
        }
        ImportRefusal::TakenBack => Failure::new(Kind::Failed, "The import was taken back."),
        ImportRefusal::OtherOrigin(id) => {
            let what = format!("The archive {archive} has a conversation {id} already, from another channel.");
            let name = file.display();
            Failure::new(Kind::Invalid, what).hint(format!(
                "Nothing of {name} was imported; another archive can take it (a command's `--as NAME`)."
            ))
        }
    }
}

fn taken_name(archive: &ChannelName) -> Failure {
    Failure::new(Kind::Invalid, format!("{archive} is the name of a channel, so it can't be an archive's."))
        .hint("Nothing was imported; name another (a command's `--as NAME`).")
}
