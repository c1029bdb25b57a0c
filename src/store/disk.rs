//! Files and directories of the data directory: their names, and how they are made and removed. Knows no table.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// The database's name in the data directory.
pub const NAME: &str = "patchcord.db";

/// Makes the next start check the whole database.
pub(super) fn mark_damaged(dir: &Path) {
    let _ = create_private(&mark(&dir.join(NAME)));
}

/// The mark of a database that is to be checked whole.
pub(super) fn mark(path: &Path) -> PathBuf {
    sidecar(path, ".check")
}

/// A file beside another: its name, and this at its end.
pub(super) fn sidecar(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Without it a power cut could undo that a file or a directory was made there or renamed: what is synced is the directory
/// that it stands in.
pub(super) fn sync_dir(path: &Path) {
    let Some(dir) = path.parent() else { return };
    let here = Path::new(".");
    if let Ok(dir) = File::open(if dir.as_os_str().is_empty() { here } else { dir }) {
        let _ = dir.sync_all();
    }
}

/// Removes a file; one that is gone is no error.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::file(path)(error)),
        _ => Ok(()),
    }
}

/// Makes a directory that only its owner can read, and those above it; one that exists is left as it is. Once it returns, no
/// power cut takes the way to it.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    let missing: Vec<&Path> =
        dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists()).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(StoreError::file(dir))?;
    missing.into_iter().for_each(sync_dir);
    Ok(())
}

/// Opens a file, made if need be so that only its owner can read it.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
