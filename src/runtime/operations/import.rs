//! Importing: exported lines, put into an archive. Of a file all is imported, or nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::app::Taking;
use crate::domain::{ChannelName, Conversation, ConversationId, Damage, Failure, Kind, Message};
use crate::export::{self, Format, Transcript, Unreadable};
use crate::runtime::{Runtime, error_map};
use crate::store::{ImportRefusal, Imported, ORIGIN};

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
    let path = file.to_owned();
    let (so_far, mut told) = watch::channel(Taking::default());
    let reading = tokio::task::spawn_blocking(move || read(&path, so_far));
    // It ends when the file is read, or can't be.
    while told.changed().await.is_ok() {
        let so_far = *told.borrow_and_update();
        on(so_far);
    }
    let (read, damage) =
        reading.await.map_err(|_| Failure::new(Kind::Failed, "Reading the file ended unexpectedly."))??;
    let messages = read.iter().map(|transcript| transcript.messages.len()).sum();
    let so_far = *told.borrow();
    on(Taking { storing: Some(messages), ..so_far });
    let only = match read.as_slice() {
        [only] => Some(only.head.id.clone()),
        _ => None,
    };
    let told = read.into_iter().map(taken).collect();
    let imported = runtime.store().import(archive, told).await.map_err(|e| error_map::store(&e))?;
    let Imported { conversations, messages, new } = imported.map_err(|refusal| refused(&refusal, archive, file))?;
    runtime.learn(vec![archive.clone()]);
    Ok(Took { conversations, messages, new, damage, only })
}

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
    if runtime.inner.config.channels.iter().any(|channel| channel.name == *archive) {
        return Err(taken_name(archive));
    }
    Ok(())
}

fn read(path: &Path, to: watch::Sender<Taking>) -> Result<(Vec<Transcript>, Damage), Failure> {
    let shown: PathBuf = if path == Path::new("-") { "standard input".into() } else { path.to_owned() };
    let mut input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let unread = |error| Failure::new(Kind::Invalid, format!("{} can't be read: {error}.", shown.display()));
        let file = File::open(path).map_err(unread)?;
        let of = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|found| found.len());
        let so_far = Taking { of, ..Taking::default() };
        Box::new(BufReader::with_capacity(64 * 1024, Counted { from: file, so_far, told: 0, to }))
    };
    export::read(&mut *input).map_err(|Unreadable { line, why }| {
        Failure::new(Kind::Invalid, format!("{}:{line}: {why}", shown.display())).hint(format!(
            "Nothing of this file was imported. It takes what `conversations export --format {}` writes.",
            Format::importable_in(Format::extension)
        ))
    })
}

/// As the store keeps it: where it is from stands first among what is known of it.
fn taken(transcript: Transcript) -> (Conversation, Vec<Message>) {
    let Transcript { head, messages } = transcript;
    let mut details = head.details;
    details.insert(0, (ORIGIN.to_owned(), head.channel.as_str().to_owned()));
    (Conversation { id: head.id, title: head.title, created_at: head.created_at, details }, messages)
}

fn refused(refusal: &ImportRefusal, archive: &ChannelName, file: &Path) -> Failure {
    match refusal {
        ImportRefusal::NoArchive => taken_name(archive),
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
