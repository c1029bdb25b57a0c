//! Importing: exported lines, put into an archive. Of a file all is imported, or nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::domain::{ChannelName, Conversation, Failure, Kind, Message};
use crate::export::{self, Transcript, Unreadable};
use crate::runtime::{Runtime, trouble};
use crate::store::{Imported, ORIGIN, Refusal};

/// Reads one file, `-` for standard input, into the archive of that name, which is made if need be.
pub(in crate::runtime) async fn import(
    runtime: &Runtime,
    file: &Path,
    archive: &ChannelName,
) -> Result<Imported, Failure> {
    check_name(runtime, archive)?;
    let path = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || read(&path));
    let read = reading.await.map_err(|_| Failure::new(Kind::Failed, "Reading the file ended unexpectedly."))?;
    let told = read?.into_iter().map(taken).collect();
    let imported = runtime.store().import(archive, told).await.map_err(|e| trouble::store(&e))?;
    let imported = imported.map_err(|refusal| refused(&refusal, archive, file))?;
    runtime.learn(vec![archive.clone()]);
    Ok(imported)
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

fn read(path: &Path) -> Result<Vec<Transcript>, Failure> {
    let shown: PathBuf = if path == Path::new("-") { "standard input".into() } else { path.to_owned() };
    let mut input: Box<dyn BufRead> =
        if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            let opened = File::open(path);
            Box::new(BufReader::new(opened.map_err(|error| {
                Failure::new(Kind::Invalid, format!("{} can't be read: {error}.", shown.display()))
            })?))
        };
    export::read(&mut *input).map_err(|Unreadable { line, why }| {
        Failure::new(Kind::Invalid, format!("{}:{line}: {why}", shown.display()))
            .hint("Nothing of this file was imported. It takes what `conversations export --format jsonl` writes.")
    })
}

/// As the store keeps it: where it is from stands first among what is known of it.
fn taken(transcript: Transcript) -> (Conversation, Vec<Message>) {
    let Transcript { head, messages } = transcript;
    let mut details = head.details;
    details.insert(0, (ORIGIN.to_owned(), head.channel.as_str().to_owned()));
    (Conversation { id: head.id, title: head.title, created_at: head.created_at, details }, messages)
}

fn refused(refusal: &Refusal, archive: &ChannelName, file: &Path) -> Failure {
    match refusal {
        Refusal::NoArchive => taken_name(archive),
        Refusal::OtherOrigin(id) => {
            let what = format!("The archive {archive} has a conversation {id} already, from another channel.");
            let name = file.display();
            Failure::new(Kind::Invalid, what)
                .hint(format!("Nothing of {name} was imported; `--as NAME` puts it into another archive."))
        }
    }
}

fn taken_name(archive: &ChannelName) -> Failure {
    Failure::new(Kind::Invalid, format!("{archive} is the name of a channel, so it can't be an archive's."))
        .hint("Nothing was imported; name another with `--as NAME`.")
}
