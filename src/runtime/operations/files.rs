//! Files that somebody asked for: each is there whole or not at all, and none is replaced unasked.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::export_text::ExportedText;
use crate::app::{Destination, There};
use crate::domain::{Failure, Kind};
use crate::export;

/// So many bytes are written at once.
const BUFFER: usize = 64 * 1024;

/// Where an export goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Into one file.
    File {
        /// Which one.
        path: PathBuf,
        /// Whether it is replaced if it is there.
        force: bool,
    },
    /// Into a folder, a file for each conversation.
    Folder {
        /// Which one; made if need be.
        path: PathBuf,
        /// Whether files that are there are replaced.
        force: bool,
    },
}

impl Target {
    /// What a path means: a folder that is there, or one that ends like one (`out/`, `out`); otherwise a file. A file
    /// that may not be replaced is told now, before anything is fetched.
    pub(super) fn new(path: PathBuf, force: bool) -> Result<Self, Failure> {
        if path.as_os_str().is_empty() {
            return Err(Failure::new(Kind::Invalid, "The name of the output is empty."));
        }
        let slash = path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
        if path.is_dir() || slash || (path.extension().is_none() && !is_there(&path)) {
            return Ok(Self::Folder { path, force });
        }
        refuse_replacing(&path, force)?;
        Ok(Self::File { path, force })
    }
}

/// What is at a place where something is to be written, without touching it; why nothing can be written there.
pub(in crate::runtime) fn inspect(path: PathBuf) -> Result<Destination, Failure> {
    let there = match Target::new(path.clone(), true)? {
        Target::File { path, .. } if is_there(&path) => There::File,
        Target::File { path, .. } => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if !folder.is_dir() {
                let what = format!("There is no folder {}.", folder.display());
                return Err(
                    Failure::new(Kind::Invalid, what).hint("A folder that is named with a / at its end is made.")
                );
            }
            There::Nothing
        }
        Target::Folder { path, .. } => match fs::read_dir(&path) {
            Ok(entries) => There::Folder(entries.count()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => There::Nothing,
            Err(error) => return Err(unwritten(&path, &error, "Nothing was written.")),
        },
    };
    Ok(Destination { path, there })
}

/// Whether there is such a file to read.
pub(in crate::runtime) fn find(path: &Path) -> Result<(), Failure> {
    let unread = |why: &str| Failure::new(Kind::Invalid, format!("{} can't be read: {why}.", path.display()));
    match path.metadata() {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(unread("it is no file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unread("there is no such file")),
        Err(error) => Err(unread(&error.to_string())),
    }
}

/// Writes a file for each conversation: all of them, or none. No name leads out of the folder. All are written beside
/// their places first; where one can't be moved there then, those that replaced nothing are taken away again.
pub(super) fn fill(folder: &Path, text: &ExportedText, force: bool) -> Result<Vec<PathBuf>, Failure> {
    let names = export::file_names(text.format(), text.outlines());
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    for path in &paths {
        refuse_replacing(path, force)?;
    }
    let made = !folder.is_dir();
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error, "Nothing was written."))?;
    let mut unsaid = Vec::with_capacity(paths.len());
    let mut put = || {
        for (number, path) in paths.iter().enumerate() {
            let part = part_in(folder);
            unsaid.push(part.clone());
            write_whole(&part, |to| text.write_one(number, to))
                .map_err(|error| unwritten(path, &error, "Nothing was written."))?;
        }
        place_all(&unsaid, &paths, force)
    };
    let result = put();
    if result.is_err() {
        // If that fails too, there is nothing that could be done about it.
        for part in unsaid {
            let _ = fs::remove_file(part);
        }
        if made {
            let _ = fs::remove_dir(folder);
        }
    }
    result.map(|()| paths)
}

fn place_all(parts: &[PathBuf], paths: &[PathBuf], force: bool) -> Result<(), Failure> {
    let mut new: Vec<&PathBuf> = Vec::new();
    let mut replaced = 0;
    for (part, path) in parts.iter().zip(paths) {
        let there = is_there(path);
        if let Err(error) = place(part, path, force) {
            for path in new {
                let _ = fs::remove_file(path);
            }
            let kept = match replaced {
                0 => "Nothing was written.".to_owned(),
                n => format!("{n} files that were there are replaced by whole new ones; no other was written."),
            };
            return Err(unplaced(path, &error, &kept));
        }
        if there {
            replaced += 1;
        } else {
            new.push(path);
        }
    }
    Ok(())
}

/// A name beside the files of a folder for one that is not whole yet.
fn part_in(folder: &Path) -> PathBuf {
    folder.join(format!(".patchcord-{}.part", uuid::Uuid::now_v7()))
}

/// Writes a file beside its place, and moves it there once it is on the disk.
pub(super) fn put(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    force: bool,
) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unsaid = part_in(folder);
    let written = write_whole(&unsaid, write).and_then(|()| place(&unsaid, path, force));
    if written.is_err() {
        // If that fails too, there is nothing that could be done about it.
        let _ = fs::remove_file(&unsaid);
    }
    written.map_err(|error| unplaced(path, &error, "Nothing was left half written."))
}

fn unplaced(path: &Path, error: &io::Error, kept: &str) -> Failure {
    match error.kind() {
        io::ErrorKind::AlreadyExists => there_already(path),
        _ => unwritten(path, error, kept),
    }
}

fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let mut file = BufWriter::with_capacity(BUFFER, file);
    write(&mut file)?;
    file.into_inner()?.sync_all()
}

/// Gives a whole file its name. Where it may replace nothing, it is linked: that fails if somebody was quicker, and
/// renaming would not.
fn place(whole: &Path, path: &Path, force: bool) -> io::Result<()> {
    if force {
        return fs::rename(whole, path);
    }
    match fs::hard_link(whole, path) {
        Ok(()) => fs::remove_file(whole),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links.
        Err(_) if is_there(path) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(whole, path),
    }
}

/// Whether there is anything of that name, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn refuse_replacing(path: &Path, force: bool) -> Result<(), Failure> {
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        let what = format!("{} is there, and no file that could be replaced.", path.display());
        return Err(Failure::new(Kind::Invalid, what).hint("It was left as it is; name another."));
    }
    if !force && is_there(path) { Err(there_already(path)) } else { Ok(()) }
}

fn there_already(path: &Path) -> Failure {
    Failure::new(Kind::Invalid, format!("{} is there already.", path.display()))
        .hint("It was left as it is; --force replaces it.")
}

fn unwritten(path: &Path, error: &io::Error, kept: &str) -> Failure {
    Failure::new(Kind::Failed, format!("{} could not be written: {error}.", path.display())).hint(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, ConversationId, Moment};
    use crate::export::{Format, Layout, Outline, TranscriptHead};
    use crate::runtime::Spool;
    use crate::runtime::operations::export_text::Rendering;

    /// Conversations without a message.
    async fn text(ids: &[&str]) -> ExportedText {
        let mut rendering = Rendering::begin(Format::Json, Layout::Alone, Spool::new(Path::new("")));
        for id in ids {
            let id = ConversationId::new(*id);
            rendering.conversation(&id).await.unwrap();
            let (channel, created_at) = (ChannelName::new("docs"), Moment::default());
            let head = TranscriptHead { title: String::new(), channel, id, created_at, details: Vec::new() };
            rendering.outline(Outline { head, messages: 0 });
        }
        rendering.end().await.unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_folder_is_filled_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let both = text(&["a", "b"]).await;
        fill(&out, &both, false).unwrap();
        assert_eq!(names(&out), ["conversation-a.json", "conversation-b.json"]);
        // A name that is taken meanwhile by what is no file: nothing can be moved there.
        let paths = [out.join("new.json"), out.join("taken.json")];
        let parts = [out.join("1.part"), out.join("2.part")];
        for part in &parts {
            fs::write(part, "whole").unwrap();
        }
        fs::create_dir(&paths[1]).unwrap();
        let failure = place_all(&parts, &paths, true).unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("Nothing was written."));
        assert!(!paths[0].exists(), "what was new is taken away");
        fs::write(&paths[0], "old").unwrap();
        fs::write(&parts[0], "whole").unwrap();
        let failure = place_all(&parts, &paths, true).unwrap_err();
        assert!(failure.hint.unwrap().starts_with("1 files"), "what was replaced is told");
        assert_eq!(fs::read_to_string(&paths[0]).unwrap(), "whole");
    }

    #[test]
    fn what_is_there_is_told_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("a.md"), "mine").unwrap();
        fs::create_dir(at("out")).unwrap();
        let there = |name: &str| inspect(at(name)).map(|spot| spot.there);
        assert_eq!(there("a.md"), Ok(There::File));
        assert_eq!(there("b.md"), Ok(There::Nothing));
        assert_eq!(there("out"), Ok(There::Folder(0)));
        assert_eq!(there("new/"), Ok(There::Nothing));
        assert_eq!(there(""), Ok(There::Folder(2)));
        assert!(there("none/b.md").unwrap_err().message.contains("no folder"));
        assert!(there("a.md/b.md").is_err());
        assert!(there("a.md/").is_err(), "a file is no folder");
        assert!(inspect("/dev/null".into()).is_err());
        assert_eq!(fs::read_to_string(at("a.md")).unwrap(), "mine");
        assert_eq!(find(&at("a.md")), Ok(()));
        assert!(find(&at("out")).unwrap_err().message.contains("no file"));
        assert!(find(&at("b.md")).unwrap_err().message.contains("no such file"));
    }
}
