//! Reading a folder: which files are rows, and what they say, to the byte. Follows no link and changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::html::page_text;
use super::ignored::Ignored;
use super::path::without_ending;
use super::{Digest, DigestedText, FolderError, Manifest, RowPath, encoding, name_of};

/// No row is larger: a text that a bot learns from is not.
const MOST: u64 = 4 << 20;
/// Nor is a folder.
const MOST_IN_ALL: u64 = 1 << 30;
/// No name leads deeper.
const DEEPEST: usize = 1_000;

/// What stands in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalFiles {
    /// The files that are rows.
    pub files: BTreeMap<RowPath, DigestedText>,
    /// What else stands there.
    pub skipped: Vec<SkippedFile>,
    /// What should be a row and can't be read: its path below the folder, and why.
    pub bad: Vec<(String, String)>,
}

impl LocalFiles {
    /// Whether something stands in that file's place, or above it, that is no row or can't be read: a link, another
    /// spelling, a picture.
    pub fn is_blocked(&self, path: &RowPath) -> bool {
        let path = path.as_str().to_lowercase();
        let blocks = |other: &str| {
            let rest = path.strip_prefix(&other.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.skipped.iter().any(|skipped| blocks(&skipped.path)) || self.bad.iter().any(|(bad, _)| blocks(bad))
    }

    /// The names of rows in whose places something stands that is no row or can't be read.
    pub fn blocked_names(&self) -> HashSet<String> {
        let all = self.skipped.iter().map(|skipped| &skipped.path).chain(self.bad.iter().map(|(bad, _)| bad));
        let names = all.filter_map(|path| RowPath::new(path)).map(|path| name_of(&path));
        let there: HashSet<String> = self.files.keys().map(name_of).collect();
        names.filter(|name| !there.contains(name)).collect()
    }
}

/// Something that is no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedFile {
    /// Where it is, below the folder. Untrusted text.
    pub path: String,
    /// Why it is none.
    pub why: SkipReason,
}

/// Why something is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// Its name ends otherwise.
    Ending,
    /// It leads elsewhere.
    Link,
    /// It is neither file nor folder.
    Special,
    /// Its name is not text, or no path that every system takes.
    Name,
    /// `.gitignore` keeps it out.
    Ignored,
}

impl SkipReason {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ending => "its name ends otherwise",
            Self::Link => "a link",
            Self::Special => "neither file nor folder",
            Self::Name => "a name that can't be used",
            Self::Ignored => "kept out by .gitignore",
        }
    }
}

/// The rows of a folder. What `.gitignore` keeps out is one all the same where the manifest knows it, as for git.
pub(super) fn local(root: &Path, manifest: &Manifest, digest: Digest) -> Result<LocalFiles, FolderError> {
    let mut local = LocalFiles::default();
    let mut size = 0;
    let mut walk = Walk::new(root, &|name| without_ending(name).is_some());
    walk.ignored = Some(Ignored::for_root(root));
    walk.known = manifest.rows.keys().map(RowPath::as_str).collect();
    walk.all()?;
    let mut stems: HashMap<String, RowPath> = HashMap::new();
    for relative in walk.files {
        let Some(path) = RowPath::new(&relative) else {
            walk.skipped.push(SkippedFile { path: relative, why: SkipReason::Name });
            continue;
        };
        let file = path.below(root);
        let content = match text(&file) {
            Ok(content) => content,
            Err(error) => {
                walk.bad.push((relative, error));
                continue;
            }
        };
        // The one that the manifest knows is the row, else the one that a pull would write.
        let stem = path.stem().to_owned();
        if let Some(other) = stems.get(&stem).cloned() {
            let claim =
                |path: &RowPath| (manifest.rows.contains_key(path), path.as_str().strip_suffix(".md").is_some());
            let new = claim(&path) > claim(&other);
            let (stays, goes) = if new { (path.clone(), other) } else { (other, path.clone()) };
            if new {
                local.files.remove(&goes);
            }
            let error = FolderError::Twice { path: goes.below(root), other: stays.below(root) };
            walk.bad.push((goes.as_str().to_owned(), error));
            stems.insert(stem, stays);
            if !new {
                continue;
            }
        } else {
            stems.insert(stem, path.clone());
        }
        size += content.len() as u64;
        if size > MOST_IN_ALL {
            return Err(FolderError::Large { path: root.to_owned(), most: MOST_IN_ALL >> 20 });
        }
        local.files.insert(path, DigestedText::new(content, digest));
    }
    local.skipped = walk.skipped;
    local.bad = walk.bad.into_iter().map(|(path, error)| (path, error.to_string())).collect();
    local.bad.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(local)
}

/// The files below a folder whose names are taken, by their paths in order with `/` between the parts; and what was
/// left out.
///
/// # Errors
/// [`FolderError::File`] where the folder, or one below it, can't be read.
pub fn gather(root: &Path, take: &dyn Fn(&str) -> bool) -> Result<(Vec<String>, Vec<SkippedFile>), FolderError> {
    let mut walk = Walk::new(root, take);
    walk.all()?;
    match walk.bad.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok((walk.files, walk.skipped)),
    }
}

/// A row's text, to the byte.
///
/// # Errors
/// [`FolderError::File`], [`FolderError::NotText`], or [`FolderError::Large`] beyond 4 MB.
pub fn text(path: &Path) -> Result<String, FolderError> {
    bounded(path, MOST)
}

/// The text of a file that holds many rows.
///
/// # Errors
/// [`FolderError::File`], [`FolderError::NotText`], or [`FolderError::Large`].
pub fn long_text(path: &Path) -> Result<String, FolderError> {
    bounded(path, MOST_IN_ALL)
}

/// An HTML page's text, in the encoding that it names.
///
/// # Errors
/// [`FolderError::File`], [`FolderError::NotText`], or [`FolderError::Large`] beyond 4 MB.
pub fn page(path: &Path) -> Result<String, FolderError> {
    page_text(&bytes(path, MOST)?).map_err(not_text(path))
}

fn bounded(path: &Path, most: u64) -> Result<String, FolderError> {
    encoding::text(bytes(path, most)?).map_err(not_text(path))
}

/// The error of a file whose bytes are no text in that encoding from one of them on.
fn not_text(path: &Path) -> impl FnOnce(encoding::NoText) -> FolderError {
    let path = path.to_owned();
    move |(encoding, at)| FolderError::NotText { path, encoding, at }
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
    /// None where nothing is kept out.
    ignored: Option<Ignored>,
    /// What is taken although it is kept out.
    known: BTreeSet<&'a str>,
    files: Vec<String>,
    skipped: Vec<SkippedFile>,
    bad: Vec<(String, FolderError)>,
}

/// A folder that is still to be read.
struct PendingFolder {
    folder: PathBuf,
    /// Its path below the root, with `/` at its end.
    above: String,
    depth: usize,
    ignored: Option<Ignored>,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, take: &'a dyn Fn(&str) -> bool) -> Self {
        let known = BTreeSet::new();
        Self { root, take, ignored: None, known, files: Vec::new(), skipped: Vec::new(), bad: Vec::new() }
    }

    fn all(&mut self) -> Result<(), FolderError> {
        let (folder, ignored) = (self.root.to_owned(), self.ignored.take());
        let mut open = vec![PendingFolder { folder, above: String::new(), depth: 0, ignored }];
        while let Some(next) = open.pop() {
            match self.one(&next, &mut open) {
                Err(error) if next.depth > 0 => {
                    self.bad.push((next.above.trim_end_matches('/').to_owned(), error));
                }
                result => result?,
            }
        }
        self.files.sort();
        self.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    fn one(&mut self, at: &PendingFolder, open: &mut Vec<PendingFolder>) -> Result<(), FolderError> {
        let PendingFolder { folder, above, depth, ignored } = at;
        // As patterns are held against it.
        let place = ignored.as_ref().and_then(|_| fs::canonicalize(folder).ok());
        for entry in fs::read_dir(folder).map_err(FolderError::file(folder, "read"))? {
            let entry = entry.map_err(FolderError::file(folder, "read"))?;
            let kind = entry.file_type().map_err(FolderError::file(&entry.path(), "read"))?;
            let name = entry.file_name();
            let path = format!("{above}{}", name.to_string_lossy());
            // What is hidden belongs to somebody else: version control, an editor, this program.
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let is_out = match (ignored, &place) {
                (Some(ignored), Some(place)) => ignored.has(&place.join(&name), kind.is_dir()),
                _ => false,
            };
            let why = match name.to_str() {
                _ if kind.is_symlink() => SkipReason::Link,
                None => SkipReason::Name,
                Some(_) if is_out && !self.is_known(&path, kind.is_dir()) => SkipReason::Ignored,
                Some(_) if kind.is_dir() && *depth >= DEEPEST => SkipReason::Name,
                Some(_) if kind.is_dir() => {
                    let ignored = ignored.as_ref().map(|ignored| ignored.within(&entry.path()));
                    // Below a folder that is kept out all is, whatever is said there.
                    let ignored = if is_out { Some(Ignored::everything()) } else { ignored };
                    open.push(PendingFolder {
                        folder: entry.path(),
                        above: format!("{path}/"),
                        depth: depth + 1,
                        ignored,
                    });
                    continue;
                }
                Some(_) if !kind.is_file() => SkipReason::Special,
                Some(name) if (self.take)(name) => {
                    self.files.push(path);
                    continue;
                }
                Some(_) => SkipReason::Ending,
            };
            self.skipped.push(SkippedFile { path, why });
        }
        Ok(())
    }

    fn is_known(&self, path: &str, is_folder: bool) -> bool {
        if !is_folder {
            return self.known.contains(path);
        }
        let above = format!("{path}/");
        self.known.range(above.as_str()..).next().is_some_and(|known| known.starts_with(&above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, RowId, SourceId};
    use crate::folder::ManifestEntry;

    fn lengths(bytes: &[u8]) -> String {
        bytes.len().to_string()
    }

    fn nothing() -> Manifest {
        Manifest::new(ChannelName::new("c"), SourceId::new("s"))
    }

    fn all(root: &Path) -> LocalFiles {
        local(root, &nothing(), lengths).unwrap()
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
        let local = all(dir.path());
        let files: Vec<_> =
            local.files.iter().map(|(p, f)| (p.as_str(), f.content.as_str(), f.digest.as_str())).collect();
        assert_eq!(files, [("a.md", "\u{feff}one\r\ntwo", "10"), ("sub/b c.md", "", "0")]);
        let skipped: Vec<_> = local.skipped.iter().map(|s| (s.path.as_str(), s.why)).collect();
        #[cfg(unix)]
        assert_eq!(
            skipped,
            [("etc", SkipReason::Link), ("link.md", SkipReason::Link), ("notes.txt", SkipReason::Ending)]
        );
        #[cfg(not(unix))]
        assert_eq!(skipped, [("notes.txt", SkipReason::Ending)]);
    }

    #[test]
    fn what_cant_be_read_is_named_and_the_rest_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| fs::write(dir.path().join(path), bytes).unwrap();
        write("bad.md", b"caf\xe9");
        write("good.md", b"good");
        write("wide.md", b"\xff\xfea\0\xe9\0");
        File::create(dir.path().join("long.md")).unwrap().set_len(MOST + 1).unwrap();
        write("same.md", b"1");
        write("same.MARKDOWN", b"2");
        let local = all(dir.path());
        let files: Vec<_> = local.files.iter().map(|(p, f)| (p.as_str(), f.content.as_str())).collect();
        assert_eq!(files, [("good.md", "good"), ("same.md", "1"), ("wide.md", "aé")]);
        let bad: Vec<String> = local.bad.iter().map(|(path, error)| format!("{path} {error}")).collect();
        assert!(bad[0].contains("bad.md is not UTF-8: byte 3") && bad[1].contains("larger than 4 MB"), "{bad:?}");
        assert!(bad[2].contains("would both be one row") && bad.len() == 3, "{bad:?}");
        assert!(local.is_blocked(&RowPath::new("bad.md").unwrap()));
    }

    #[test]
    fn what_git_ignores_is_left_out_unless_it_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("docs");
        fs::create_dir_all(root.join("drafts/deep")).unwrap();
        fs::create_dir_all(dir.path().join(".git/objects")).unwrap();
        fs::create_dir_all(dir.path().join(".git/info")).unwrap();
        let write = |path: &str, text: &str| fs::write(dir.path().join(path), text).unwrap();
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(".git/info/exclude", "own.md\n");
        write(".gitignore", "/docs/drafts/\n*.tmp.md\n!keep.tmp.md\n");
        write("docs/.gitignore", "secret.md\n");
        for path in ["a", "secret", "own", "x.tmp", "keep.tmp", "drafts/one", "drafts/deep/two", "drafts/deep/three"]
        {
            write(&format!("docs/{path}.md"), "text");
        }
        let names = |manifest: &Manifest| -> Vec<String> {
            local(&root, manifest, lengths).unwrap().files.keys().map(|path| path.as_str().to_owned()).collect()
        };
        assert_eq!(names(&nothing()), ["a.md", "keep.tmp.md"]);
        let mut manifest = nothing();
        for known in ["drafts/deep/two.md", "secret.md"] {
            let entry = ManifestEntry::new(RowId::new(known), known, "1", None);
            manifest.rows.insert(RowPath::new(known).unwrap(), entry);
        }
        assert_eq!(names(&manifest), ["a.md", "drafts/deep/two.md", "keep.tmp.md", "secret.md"]);
        let out = all(&root).skipped;
        assert!(out.iter().any(|skipped| skipped.path == "drafts" && skipped.why == SkipReason::Ignored), "{out:?}");
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
