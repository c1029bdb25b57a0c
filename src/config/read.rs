//! A file's text, or why it can't be had. Never hangs on a pipe, never takes more than its limit, and knows who else
//! could read it.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crate::domain::shell_word;

/// Why a file's text can't be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing stands there.
    #[error("there is no such file")]
    Missing,
    /// A folder, a pipe, a device.
    #[error("expected a regular file, found {0}")]
    NotAFile(&'static str),
    /// The system refused.
    #[error("could not be read: {0}")]
    Io(#[source] io::Error),
    /// More than the limit.
    #[error("is over {0} bytes, which no such file needs")]
    TooLong(u64),
}

/// A file's bytes.
pub(super) struct FileContent {
    pub(super) bytes: Vec<u8>,
    /// The permission bits, where the system has them, if any of them lets others in.
    pub(super) open_to_others: Option<u32>,
}

/// Reads at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Result<FileContent, ReadError> {
    // Opening a pipe waits for its other end, so the kind of file is looked at first, and again once it is open.
    regular(&std::fs::metadata(path).map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    regular(&metadata)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(ReadError::TooLong(limit));
    }
    Ok(FileContent { bytes, open_to_others: open_to_others(&metadata) })
}

fn failed(error: io::Error) -> ReadError {
    if error.kind() == io::ErrorKind::NotFound { ReadError::Missing } else { ReadError::Io(error) }
}

fn regular(metadata: &Metadata) -> Result<(), ReadError> {
    let kind = metadata.file_type();
    if kind.is_file() {
        Ok(())
    } else if kind.is_dir() {
        Err(ReadError::NotAFile("a folder"))
    } else {
        Err(ReadError::NotAFile("a pipe, socket or device"))
    }
}

#[cfg(unix)]
fn open_to_others(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_: &Metadata) -> Option<u32> {
    None
}

/// The path as a shell takes it, for the command that an error tells the user to run.
pub(super) fn for_shell(path: &Path) -> String {
    shell_word(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_last_length_that_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap().bytes, b"12345");
        assert!(matches!(read(&path, 4), Err(ReadError::TooLong(4))));
    }
}
