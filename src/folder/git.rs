//! What a folder that lies in a git repository asks of it. Owns where the repository is, and the one line that makes
//! git merge the manifest; runs no git, and writes nothing that is versioned.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::MANIFEST;

/// No repository is looked for further up.
const HIGHEST: usize = 256;
/// Files of git that are read are small.
const MOST: u64 = 1 << 20;

/// The repository that a folder lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repository {
    /// The top of the working tree.
    pub(super) top: PathBuf,
    /// What all working trees of it share.
    pub(super) common: PathBuf,
}

impl Repository {
    /// The one around this folder, if there is one.
    pub(super) fn around(folder: &Path) -> Option<Self> {
        let folder = fs::canonicalize(folder).ok()?;
        let top = folder.ancestors().take(HIGHEST).find(|above| above.join(".git").symlink_metadata().is_ok())?;
        let dot = top.join(".git");
        let own = if dot.is_dir() {
            dot
        } else {
            // A working tree of its own, or a submodule.
            let text = small(&dot)?;
            top.join(text.strip_prefix("gitdir:")?.trim())
        };
        let common = small(&own.join("commondir")).map_or_else(|| own.clone(), |text| own.join(text.trim()));
        let is_one = own.join("HEAD").is_file() && common.join("objects").is_dir();
        is_one.then(|| Self { top: top.to_owned(), common })
    }

    /// Has git keep the lines of both sides where it merges a manifest. In the repository's own attributes, which are
    /// this clone's alone: a file of attributes beside the pages would stand in the way of the next merge wherever it
    /// isn't committed yet, since git writes over no file that it doesn't know. One line is added, once, and never where
    /// something is said of manifests already.
    pub(super) fn merge_manifests(&self) -> io::Result<()> {
        let (info, file) = (self.common.join("info"), self.common.join("info").join("attributes"));
        let said = match file.symlink_metadata() {
            Ok(found) if !found.is_file() => return Ok(()),
            Ok(_) => small(&file).unwrap_or_else(|| MANIFEST.to_owned()),
            Err(_) => String::new(),
        };
        if said.contains(MANIFEST) {
            return Ok(());
        }
        if info.symlink_metadata().is_err() {
            fs::create_dir(&info)?;
        }
        let start = if said.is_empty() || said.ends_with('\n') { "" } else { "\n" };
        let mut file = OpenOptions::new().append(true).create(true).open(&file)?;
        file.write_all(format!("{start}{MANIFEST} merge=union\n").as_bytes())
    }
}

/// A small file's text.
pub(super) fn small(path: &Path) -> Option<String> {
    let found = path.symlink_metadata().ok()?;
    if !found.is_file() || found.len() > MOST { None } else { fs::read_to_string(path).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_asked_once_and_only_where_nothing_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(dir.path()).unwrap();
        fs::create_dir_all(top.join("docs/sub")).unwrap();
        assert_eq!(Repository::around(&top.join("docs")), None);
        fs::create_dir_all(top.join(".git/objects")).unwrap();
        assert_eq!(Repository::around(&top.join("docs")), None);
        fs::write(top.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        let found = Repository::around(&top.join("docs/sub")).unwrap();
        assert_eq!(found, Repository { top: top.clone(), common: top.join(".git") });
        let said = || fs::read_to_string(top.join(".git/info/attributes")).unwrap();
        found.merge_manifests().unwrap();
        found.merge_manifests().unwrap();
        assert_eq!(said(), ".patchcord.json merge=union\n");
        fs::write(top.join(".git/info/attributes"), "*.png binary").unwrap();
        found.merge_manifests().unwrap();
        assert_eq!(said(), "*.png binary\n.patchcord.json merge=union\n");
        fs::write(top.join(".git/info/attributes"), "docs/.patchcord.json -merge\n").unwrap();
        found.merge_manifests().unwrap();
        assert_eq!(said(), "docs/.patchcord.json -merge\n");
    }

    #[test]
    fn a_second_working_tree_shares_the_first_ones() {
        let dir = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(dir.path()).unwrap();
        for folder in ["main/.git/objects", "main/.git/worktrees/two", "two"] {
            fs::create_dir_all(top.join(folder)).unwrap();
        }
        let own = top.join("main/.git/worktrees/two");
        fs::write(own.join("HEAD"), "ref: refs/heads/two\n").unwrap();
        fs::write(own.join("commondir"), "../..\n").unwrap();
        fs::write(top.join("two/.git"), format!("gitdir: {}\n", own.display())).unwrap();
        let found = Repository::around(&top.join("two")).unwrap();
        found.merge_manifests().unwrap();
        assert!(top.join("main/.git/info/attributes").is_file());
    }
}
