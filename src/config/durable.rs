//! A file of the user's own, written whole or not at all: beside it first, then in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a new file that only its owner can read.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where anything stands there, which is left as it is.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link to nowhere stands there, too.
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let beside = Beside::write(path, bytes)?;
    match fs::hard_link(&beside.0, path) {
        Ok(()) => sync_folder(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links has no way to put a file in a place only if that is free.
        Err(_) => {
            let mut file = private().open(path)?;
            file.write_all(bytes).and_then(|()| file.sync_all())
        }
    }
}

/// Writes a file in place of the one that stands there, or that a link there leads to, if that still holds `before`. Who
/// may read it stays so, but for `private`: then it is its owner alone.
///
/// # Errors
/// [`io::ErrorKind::StaleNetworkFileHandle`] where it holds something else by now.
pub(super) fn replace(path: &Path, before: &[u8], bytes: &[u8], private: bool) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    let mut beside = Beside::write(&path, bytes)?;
    if !private {
        fs::set_permissions(&beside.0, permissions)?;
    }
    if fs::read(&path)? != before {
        return Err(io::ErrorKind::StaleNetworkFileHandle.into());
    }
    fs::rename(&beside.0, &path)?;
    beside.0.clear();
    sync_folder(&path)
}

/// A file that is taken away again unless it found its place.
struct Beside(PathBuf);

impl Beside {
    fn write(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        // One that a process of the same number left when it was killed.
        let _ = fs::remove_file(&beside);
        let mut file = private().open(&beside)?;
        let beside = Self(beside);
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(beside)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            // It holds no more than what stands in its place, or was to.
            let _ = fs::remove_file(&self.0);
        }
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
