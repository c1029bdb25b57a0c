//! What `.gitignore` keeps out: the folder's, those below it, and, in a repository, those above it and the
//! repository's own. Owns which file counts where; the patterns are the library's to read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::git::{Repository, small};

/// The patterns that count in one folder, from the nearest.
#[derive(Debug, Clone)]
pub(super) struct Ignored {
    all: Vec<Arc<Gitignore>>,
    /// Whether nothing that is said further down lets anything in again.
    closed: bool,
}

impl Ignored {
    /// Those that count in the folder that is read.
    pub(super) fn for_root(root: &Path) -> Self {
        let mut all = Vec::new();
        if let Some(repository) = Repository::around(root) {
            // Users' own excludes count least, then the repository's, then those of the folders from the top.
            all.push(Arc::new(Gitignore::global().0));
            all.extend(patterns(&repository.top, &repository.common.join("info").join("exclude")));
            let here = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
            let mut above: Vec<PathBuf> = here.ancestors().skip(1).map(Path::to_owned).collect();
            above.retain(|folder| folder.starts_with(&repository.top));
            for folder in above.iter().rev() {
                all.extend(patterns(folder, &folder.join(".gitignore")));
            }
        }
        Self { all, closed: false }.within(root)
    }

    /// All of it.
    pub(super) fn everything() -> Self {
        Self { all: Vec::new(), closed: true }
    }

    /// Those that count in a folder below.
    pub(super) fn within(&self, folder: &Path) -> Self {
        let mut all = self.all.clone();
        let here = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        all.extend(patterns(&here, &folder.join(".gitignore")));
        Self { all, closed: self.closed }
    }

    /// Whether this is kept out. `path` is a canonical one.
    pub(super) fn has(&self, path: &Path, is_folder: bool) -> bool {
        if self.closed {
            return true;
        }
        for patterns in self.all.iter().rev() {
            match patterns.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

/// What one file says. A pattern that can't be read is no pattern, as for git.
fn patterns(folder: &Path, file: &Path) -> Option<Arc<Gitignore>> {
    let text = small(file)?;
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|patterns| !patterns.is_empty()).map(Arc::new)
}
