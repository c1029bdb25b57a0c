//! Reading a folder: which files are rows, and what they say, to the byte. Follows no link and changes nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::html::{page_text, plain_text};
use super::{Digest, FolderError, RowPath};

/// No row is larger: a text that a bot learns from is not.
const MOST: u64 = 4 << 20;
/// Nor is a folder.
const MOST_IN_ALL: u64 = 1 << 30;
/// No name leads deeper.
const DEEPEST: usize = 1_000;

/// A file that is a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub content: String,
    /// The digest of that.
    pub digest: String,
}

/// What stands in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Local {
    /// The files that are rows.
    pub files: BTreeMap<RowPath, Found>,
    /// What else stands there.
    pub skipped: Vec<Skipped>,
}

impl Local {
    /// Whether something stands in that file's place, or above it, that is no row: a link, or another spelling.
    pub fn is_blocked(&self, path: &RowPath) -> bool {
        let path = path.as_str().to_lowercase();
        let blocks = |skipped: &Skipped| {
            let rest = path.strip_prefix(&skipped.path.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.skipped.iter().any(blocks)
    }
}

/// Something that is no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it is, below the folder. Untrusted text.
    pub path: String,
    /// Why it is none.
    pub why: Skip,
}

/// Why something is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// Its name ends otherwise.
    Ending,
    /// It leads elsewhere.
    Link,
    /// It is neither file nor folder.
    Special,
    /// Its name is not text, or no path that every system takes.
    Name,
}

impl Skip {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ending => "its name ends otherwise",
            Self::Link => "a link",
            Self::Special => "neither file nor folder",
            Self::Name => "a name that can't be used",
        }
    }
}

/// The rows of a folder.
pub(super) fn local(root: &Path, digest: Digest) -> Result<Local, FolderError> {
    let mut local = Local::default();
    let mut size = 0;
    let mut walk =
        Walk { root, take: &|name| name.strip_suffix(".md").is_some(), files: Vec::new(), skipped: Vec::new() };
    walk.all()?;
    for relative in walk.files {
        let Some(path) = RowPath::new(&relative) else {
            walk.skipped.push(Skipped { path: relative, why: Skip::Name });
            continue;
        };
        let content = text(&path.below(root))?;
        size += content.len() as u64;
        if size > MOST_IN_ALL {
            return Err(FolderError::Large { path: root.to_owned(), most: MOST_IN_ALL >> 20 });
        }
        let digest = digest(content.as_bytes());
        local.files.insert(path, Found { content, digest });
    }
    local.skipped = walk.skipped;
    Ok(local)
}

/// The files below a folder whose names are taken, by their paths in order with `/` between the parts; and what was
/// left out.
pub fn gather(root: &Path, take: &dyn Fn(&str) -> bool) -> Result<(Vec<String>, Vec<Skipped>), FolderError> {
    let mut walk = Walk { root, take, files: Vec::new(), skipped: Vec::new() };
    walk.all()?;
    Ok((walk.files, walk.skipped))
}

/// A row's text, to the byte.
pub fn text(path: &Path) -> Result<String, FolderError> {
    bounded(path, MOST)
}

/// The text of a file that holds many rows.
pub fn long_text(path: &Path) -> Result<String, FolderError> {
    bounded(path, MOST_IN_ALL)
}

/// An HTML page's text, in the encoding that it names.
pub fn page(path: &Path) -> Result<String, FolderError> {
    page_text(&bytes(path, MOST)?).map_err(|at| FolderError::NotText { path: path.to_owned(), at })
}

/// The text of a file that becomes a row and is none yet: UTF-16 where it says so, or UTF-8.
pub fn plain(path: &Path) -> Result<String, FolderError> {
    plain_text(bytes(path, MOST)?).map_err(|at| FolderError::NotText { path: path.to_owned(), at })
}

fn bounded(path: &Path, most: u64) -> Result<String, FolderError> {
    String::from_utf8(bytes(path, most)?)
        .map_err(|e| FolderError::NotText { path: path.to_owned(), at: e.utf8_error().valid_up_to() })
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, FolderError> {
    let file = File::open(path).map_err(FolderError::file(path, "read"))?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(FolderError::file(path, "read"))?;
    if bytes.len() as u64 > most {
        return Err(FolderError::Large { path: path.to_owned(), most: most >> 20 });
    }
    Ok(bytes)
}

struct Walk<'a> {
    root: &'a Path,
    take: &'a dyn Fn(&str) -> bool,
    files: Vec<String>,
    skipped: Vec<Skipped>,
}

impl Walk<'_> {
    fn all(&mut self) -> Result<(), FolderError> {
        let mut open = vec![(self.root.to_owned(), String::new(), 0)];
        while let Some((folder, above, depth)) = open.pop() {
            self.one(&folder, &above, depth, &mut open)?;
        }
        self.files.sort();
        self.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    fn one(
        &mut self,
        folder: &Path,
        above: &str,
        depth: usize,
        open: &mut Vec<(PathBuf, String, usize)>,
    ) -> Result<(), FolderError> {
        for entry in fs::read_dir(folder).map_err(FolderError::file(folder, "read"))? {
            let entry = entry.map_err(FolderError::file(folder, "read"))?;
            let kind = entry.file_type().map_err(FolderError::file(&entry.path(), "read"))?;
            let name = entry.file_name();
            let path = format!("{above}{}", name.to_string_lossy());
            // What is hidden belongs to somebody else: version control, an editor, this program.
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let why = match name.to_str() {
                _ if kind.is_symlink() => Skip::Link,
                None => Skip::Name,
                Some(_) if kind.is_dir() && depth >= DEEPEST => Skip::Name,
                Some(_) if kind.is_dir() => {
                    open.push((entry.path(), format!("{path}/"), depth + 1));
                    continue;
                }
                Some(_) if !kind.is_file() => Skip::Special,
                Some(name) if (self.take)(name) => {
                    self.files.push(path);
                    continue;
                }
                Some(_) => Skip::Ending,
            };
            self.skipped.push(Skipped { path, why });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(bytes: &[u8]) -> String {
        bytes.len().to_string()
    }

    #[test]
    fn files_are_read_to_the_byte_and_the_rest_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| fs::write(dir.path().join(path), bytes).unwrap();
        fs::create_dir_all(dir.path().join("sub/.git")).unwrap();
        write("a.md", b"\xef\xbb\xbfone\r\ntwo");
        write("sub/b c.md", b"");
        write("sub/.git/x.md", b"hidden");
        write(".hidden.md", b"hidden");
        write("notes.txt", b"text");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc", dir.path().join("etc")).unwrap();
            std::os::unix::fs::symlink("a.md", dir.path().join("link.md")).unwrap();
        }
        let local = local(dir.path(), lengths).unwrap();
        let files: Vec<_> =
            local.files.iter().map(|(p, f)| (p.as_str(), f.content.as_str(), f.digest.as_str())).collect();
        assert_eq!(files, [("a.md", "\u{feff}one\r\ntwo", "11"), ("sub/b c.md", "", "0")]);
        let skipped: Vec<_> = local.skipped.iter().map(|s| (s.path.as_str(), s.why)).collect();
        #[cfg(unix)]
        assert_eq!(skipped, [("etc", Skip::Link), ("link.md", Skip::Link), ("notes.txt", Skip::Ending)]);
        #[cfg(not(unix))]
        assert_eq!(skipped, [("notes.txt", Skip::Ending)]);
    }

    #[test]
    fn what_is_not_utf_8_is_named_with_its_byte() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("bad.md"), b"caf\xe9").unwrap();
        let error = local(dir.path(), lengths).unwrap_err().to_string();
        assert!(error.contains("bad.md is not UTF-8: byte 3"), "{error}");
    }

    #[test]
    fn what_is_too_large_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.md");
        File::create(&path).unwrap().set_len(MOST).unwrap();
        assert_eq!(text(&path).unwrap().len() as u64, MOST);
        File::create(&path).unwrap().set_len(MOST + 1).unwrap();
        assert!(matches!(text(&path), Err(FolderError::Large { most: 4, .. })));
    }
}
