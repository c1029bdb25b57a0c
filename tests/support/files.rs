//! Files of a test, as a person or another program would leave and find them.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::fs;
use std::path::Path;

/// Whether some file below a folder holds these bytes.
pub fn holds(folder: &Path, bytes: impl AsRef<[u8]>) -> bool {
    let wanted = bytes.as_ref();
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, wanted);
        }
        fs::read(&path).is_ok_and(|found| found.windows(wanted.len()).any(|window| window == wanted))
    })
}

/// Writes a file below a folder, whose folders are made.
pub fn write(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    fs::write(file, bytes).expect("a file");
}
