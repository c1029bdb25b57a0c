//! Where a row's file lies below the folder: a path that cannot lead out of it. Knows no names.

use std::path::{Path, PathBuf};

/// What a row's file ends in, in any case. What the program makes itself ends in the first.
const ENDINGS: [&str; 2] = [".md", ".markdown"];

/// The file's name without the ending of a row's file; none where it has another.
pub(super) fn without_ending(name: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| {
        let at = name.len().checked_sub(ending.len())?;
        let (before, end) = name.split_at_checked(at)?;
        end.eq_ignore_ascii_case(ending).then_some(before)
    })
}

/// A row's file: relative, its parts separated by `/`, no part hidden, empty, `.` or `..`, and ending in `.md` or
/// `.markdown`. A manifest may come from anywhere, so its paths are looked at like anybody's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowPath(String);

impl RowPath {
    /// Takes a path that lies safely below any folder.
    pub fn new(text: &str) -> Option<Self> {
        let sound = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && !part.contains('\0') && (!cfg!(windows) || !strange(part))
        };
        (without_ending(text).is_some() && text.split('/').all(sound)).then(|| Self(text.to_owned()))
    }

    /// For a name that has no path of its own.
    pub(super) fn fallback(digest: &str) -> Self {
        Self(format!("%={digest}.md"))
    }

    /// The path with `/` between its parts. Untrusted text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without its ending.
    pub fn stem(&self) -> &str {
        without_ending(&self.0).unwrap_or(&self.0)
    }

    /// The same below that folder.
    pub fn below(&self, folder: &Path) -> PathBuf {
        self.0.split('/').fold(folder.to_owned(), |path, part| path.join(part))
    }

    /// The folders above the file, from the top.
    pub fn folders(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| self.0.get(..at).unwrap_or_default())
    }
}

impl std::fmt::Display for RowPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What would lead elsewhere on Windows: a drive, a stream, another separator.
fn strange(part: &str) -> bool {
    part.contains(['\\', ':', '*', '?', '"', '<', '>', '|']) || part.ends_with([' ', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_of_the_folder_is_none() {
        for bad in
            ["", ".md", "a", "/a.md", "../a.md", "a/../b.md", "a//b.md", "./a.md", ".git/a.md", "a/.b.md", "a\0.md"]
        {
            assert_eq!(RowPath::new(bad), None, "{bad}");
        }
        let path = RowPath::new("a/b/c d.md").unwrap();
        assert_eq!(path.below(Path::new("x")), Path::new("x").join("a").join("b").join("c d.md"));
        assert_eq!(path.folders().collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(RowPath::new("a.md").unwrap().folders().count(), 0);
        for (path, stem) in [("a/b.MD", "a/b"), ("a.Markdown", "a"), ("a.md.markdown", "a.md")] {
            assert_eq!(RowPath::new(path).unwrap().stem(), stem);
        }
        assert_eq!(RowPath::new("é"), None);
    }
}
