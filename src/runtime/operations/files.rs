//! Files that somebody asked for: each is there whole or not at all, and none is replaced unasked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::app::{Spot, There};
use crate::domain::{Failure, Kind};
use crate::export::{self, Format, Transcript};

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
pub(in crate::runtime) fn look(path: PathBuf) -> Result<Spot, Failure> {
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
    Ok(Spot { path, there })
}

/// Writes a file for each conversation. No name leads out of the folder; the first that fails ends it, and those before
/// it stay, each of them whole.
pub(super) fn fill(
    folder: &Path,
    format: Format,
    transcripts: &[Transcript],
    force: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let names = export::file_names(format, transcripts);
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    for path in &paths {
        refuse_replacing(path, force)?;
    }
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error, "Nothing was written."))?;
    for (done, (path, transcript)) in paths.iter().zip(transcripts).enumerate() {
        put(path, &export::one(format, transcript), force).map_err(|failure| {
            let kept = format!("{done} of {} conversations were written before it, each whole.", transcripts.len());
            let hint = failure.hint.clone().unwrap_or_default();
            failure.hint(format!("{hint} {kept}").trim().to_owned())
        })?;
    }
    Ok(paths)
}

/// Writes a file beside its place, and moves it there once it is on the disk.
pub(super) fn put(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unsaid = folder.join(format!(".patchcord-{}.part", uuid::Uuid::now_v7()));
    let written = write_whole(&unsaid, text).and_then(|()| place(&unsaid, path, force));
    if written.is_err() {
        // If that fails too, there is nothing that could be done about it.
        let _ = fs::remove_file(&unsaid);
    }
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => there_already(path),
        _ => unwritten(path, &error, "Nothing was left half written."),
    })
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
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
