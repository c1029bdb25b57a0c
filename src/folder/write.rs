//! Writing a folder: files as a whole or not at all, never through a link, and one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::git::Repository;
use super::{Digest, DigestedText, FolderError, LocalFiles, MANIFEST, Manifest, RowPath, WorkingCopy, read};

/// What is this copy's alone: version control is told to leave it out.
const OWN: &str = ".patchcord";
/// Says so.
const IGNORE: &str = "# What this copy of the folder alone knows. It is not for version control.\n*\n";
/// Held while a process is at work in the folder. It stays there, empty.
const LOCK: &str = "lock";
/// Where programs of before left theirs.
const OLD_LOCK: &str = ".patchcord.lock";
/// A file on its way to its place; several at a time have a number behind it.
const TEMPORARY: &str = "tmp";
/// What this copy saw of its source.
const SEEN: &str = "seen.json";

/// How files get onto the disk, all of them.
pub type SyncAll = fn(&[File]) -> io::Result<()>;

/// A folder of a source. Others that would change it wait outside while this is held.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    digest: Digest,
    /// None where the folder is only looked at.
    lock: Option<File>,
}

impl Folder {
    /// To change it, or the platform after it. `make`: where there is none, one is made.
    ///
    /// # Errors
    /// [`FolderError::Busy`] where another process holds it, [`FolderError::InTheWay`] where something stands in the place of
    /// what is this copy's own, [`FolderError::File`] where the system refuses.
    pub fn open(root: &Path, make: bool, digest: Digest) -> Result<Self, FolderError> {
        if make {
            fs::create_dir_all(root).map_err(FolderError::file(root, "made"))?;
        }
        let own = root.join(OWN);
        match kind(&own)? {
            Some(kind) if kind.is_dir() => {}
            Some(kind) => return Err(in_the_way(&own, kind)),
            // Where it can't be made the folder itself is what is wrong.
            None => fs::create_dir(&own).map_err(FolderError::file(root, "used"))?,
        }
        let path = own.join(LOCK);
        plain_or_nothing(&path)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        // Where it can't be made the folder itself is what is wrong.
        let lock = lock.map_err(FolderError::file(root, "used"))?;
        match lock.try_lock() {
            Ok(()) => {
                let folder = Self { root: root.to_owned(), digest, lock: Some(lock) };
                folder.clear_leavings();
                folder.keep_from_git()?;
                Ok(folder)
            }
            Err(TryLockError::WouldBlock) => Err(FolderError::Busy { path: root.to_owned() }),
            Err(TryLockError::Error(error)) => Err(FolderError::file(&path, "locked")(error)),
        }
    }

    /// Takes away what a process left that was killed: the lock says that it is nobody's. What can't be taken away now is
    /// when its name is used again, or that fails.
    fn clear_leavings(&self) {
        let entries = fs::read_dir(self.root.join(OWN)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(TEMPORARY)) {
            let _ = fs::remove_file(entry.path());
        }
    }

    /// Has version control leave this copy's own alone, and merge the manifest.
    fn keep_from_git(&self) -> Result<(), FolderError> {
        let ignore = self.root.join(OWN).join(".gitignore");
        if kind(&ignore)?.is_none() {
            self.put(&ignore, IGNORE.as_bytes())?;
        }
        // Empty, and of no use to anybody; but whoever holds it still works by it.
        let old = self.root.join(OLD_LOCK);
        if kind(&old)?.is_some_and(|kind| kind.is_file())
            && let Ok(file) = File::open(&old)
            && file.metadata().is_ok_and(|found| found.len() == 0)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&old);
        }
        if let Some(repository) = Repository::around(&self.root)
            && let Err(error) = repository.merge_manifests()
        {
            // Then manifests are merged by hand, as the one with marks says.
            tracing::warn!(%error, "the repository's attributes could not be written");
        }
        Ok(())
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// To look at it alone.
    pub fn read_only(root: &Path, digest: Digest) -> Self {
        Self { root: root.to_owned(), digest, lock: None }
    }

    /// Its files.
    ///
    /// # Errors
    /// [`FolderError::File`] where the folder can't be read, [`FolderError::Large`] where it holds too much. A file that
    /// can't be read is told among the files.
    pub fn local(&self, manifest: &Manifest) -> Result<LocalFiles, FolderError> {
        read::local(&self.root, manifest, self.digest)
    }

    /// One file, as it stands now.
    ///
    /// # Errors
    /// [`FolderError::InTheWay`] where a link or something else stands there; otherwise as [`text`](super::text).
    pub fn file(&self, path: &RowPath) -> Result<Option<DigestedText>, FolderError> {
        let Some(place) = self.standing(path)? else { return Ok(None) };
        Ok(Some(DigestedText::new(read::text(&place)?, self.digest)))
    }

    /// What it remembers; none where it was never used. One that is of another source or channel is refused.
    ///
    /// # Errors
    /// [`FolderError::Manifest`] where it is none, [`FolderError::Another`] where it is of another source or channel.
    pub fn manifest(&self, like: &Manifest) -> Result<Manifest, FolderError> {
        let path = self.root.join(MANIFEST);
        plain_or_nothing(&path)?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(like.clone()),
            Err(error) => return Err(FolderError::file(&path, "read")(error)),
        };
        let found = Manifest::read(&text).map_err(|why| FolderError::Manifest { path: path.clone(), why })?;
        if found.channel != like.channel || found.source != like.source {
            let (channel, source_id) = (found.channel.as_str().to_owned(), found.source.as_str().to_owned());
            return Err(FolderError::Another { path: self.root.clone(), channel, source_id });
        }
        Ok(found)
    }

    /// What this copy saw of that source. Nothing where the folder remembers nothing either: then it begins anew.
    pub fn working_copy(&self, manifest: &Manifest) -> WorkingCopy {
        let known = kind(&self.root.join(MANIFEST)).ok().flatten().is_some();
        let own = kind(&self.root.join(OWN)).ok().flatten().is_some_and(|kind| kind.is_dir());
        let text = if known && own { long(&self.root.join(OWN).join(SEEN)) } else { None };
        text.map_or_else(WorkingCopy::default, |text| WorkingCopy::read(&text, &manifest.channel, &manifest.source))
    }

    /// Puts down what this copy saw.
    ///
    /// # Errors
    /// [`FolderError::File`] or [`FolderError::InTheWay`]; then what stood there still does.
    pub fn save_working_copy(&self, seen: &WorkingCopy, manifest: &Manifest) -> Result<(), FolderError> {
        let text = seen.text(&manifest.channel, &manifest.source);
        self.put(&self.root.join(OWN).join(SEEN), text.as_bytes())
    }

    /// Puts down what it remembers.
    ///
    /// # Errors
    /// [`FolderError::File`] or [`FolderError::InTheWay`]; then what stood there still does.
    pub fn save_manifest(&self, manifest: &Manifest) -> Result<(), FolderError> {
        self.put(&self.root.join(MANIFEST), manifest.text().as_bytes())
    }

    /// Writes a file, with the folders above it.
    ///
    /// # Errors
    /// [`FolderError::File`] or [`FolderError::InTheWay`]; then what stood there still does.
    pub fn write(&self, path: &RowPath, content: &str) -> Result<(), FolderError> {
        self.make_way(path)?;
        self.put(&path.below(&self.root), content.as_bytes())
    }

    /// Writes files, with the folders above them: all are on the disk before the first of them gets its place, so that many
    /// wait for the disk once. What became of each, in their order.
    pub fn write_all(&self, files: &[(RowPath, &str)], sync: SyncAll) -> Vec<Result<(), FolderError>> {
        let mut results = Vec::with_capacity(files.len());
        let (mut opened, mut beside) = (Vec::with_capacity(files.len()), Vec::with_capacity(files.len()));
        for (number, (path, content)) in files.iter().enumerate() {
            let place = path.below(&self.root);
            let temporary = self.root.join(OWN).join(format!("{TEMPORARY}-{number}"));
            let written = self.make_way(path).and_then(|()| {
                write_beside(&temporary, &place, content.as_bytes()).map_err(FolderError::file(&place, "written"))
            });
            results.push(written.map(|file| {
                opened.push(file);
                beside.push((number, temporary, place));
            }));
        }
        let synced = sync(&opened);
        drop(opened);
        for (number, temporary, place) in beside {
            let put = match &synced {
                Ok(()) => fs::rename(&temporary, &place),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            };
            if let Err(error) = put {
                let _ = fs::remove_file(&temporary);
                if let Some(result) = results.get_mut(number) {
                    *result = Err(FolderError::file(&place, "written")(error));
                }
            }
        }
        results
    }

    /// Moves a file. What stands in its new place already stays, and the answer is no.
    ///
    /// # Errors
    /// [`FolderError::File`] or [`FolderError::InTheWay`]; then nothing was moved.
    pub fn rename(&self, from: &RowPath, to: &RowPath) -> Result<bool, FolderError> {
        let Some(old) = self.standing(from)? else { return Ok(false) };
        self.make_way(to)?;
        let new = to.below(&self.root);
        if kind(&new)?.is_some() && !is_one(&old, &new) {
            return Ok(false);
        }
        fs::rename(&old, &new).map_err(FolderError::file(&old, "moved"))?;
        self.tidy(from);
        Ok(true)
    }

    /// Removes a file that is as it was last seen, and the folders that are empty without it. Whether it is gone.
    ///
    /// # Errors
    /// [`FolderError::File`] or [`FolderError::InTheWay`]; then nothing was removed.
    pub fn remove(&self, path: &RowPath, seen: &str) -> Result<bool, FolderError> {
        match self.file(path)? {
            None => return Ok(true),
            Some(found) if !found.says(seen) => return Ok(false),
            Some(_) => {}
        }
        let place = path.below(&self.root);
        fs::remove_file(&place).map_err(FolderError::file(&place, "removed"))?;
        self.tidy(path);
        Ok(true)
    }

    /// The file's place, if it stands there and no link leads to it.
    fn standing(&self, path: &RowPath) -> Result<Option<PathBuf>, FolderError> {
        for folder in path.folders() {
            match kind(&self.root.join(folder))? {
                Some(kind) if kind.is_dir() => {}
                Some(kind) if kind.is_file() => return Ok(None),
                Some(kind) => return Err(in_the_way(&self.root.join(folder), kind)),
                None => return Ok(None),
            }
        }
        let place = path.below(&self.root);
        match kind(&place)? {
            Some(kind) if kind.is_file() => Ok(Some(place)),
            Some(kind) => Err(in_the_way(&place, kind)),
            None => Ok(None),
        }
    }

    /// Makes the folders above a file, and sees that nothing else stands in its place.
    fn make_way(&self, path: &RowPath) -> Result<(), FolderError> {
        for folder in path.folders() {
            let folder = self.root.join(folder);
            match kind(&folder)? {
                Some(kind) if kind.is_dir() => {}
                Some(kind) => return Err(in_the_way(&folder, kind)),
                None => fs::create_dir(&folder).map_err(FolderError::file(&folder, "made"))?,
            }
        }
        plain_or_nothing(&path.below(&self.root))
    }

    /// Writes beside the manifest, and puts it there when it is on the disk.
    fn put(&self, place: &Path, bytes: &[u8]) -> Result<(), FolderError> {
        plain_or_nothing(place)?;
        let temporary = self.root.join(OWN).join(TEMPORARY);
        let write = || {
            write_beside(&temporary, place, bytes)?.sync_all()?;
            fs::rename(&temporary, place)
        };
        write().map_err(|error| {
            let _ = fs::remove_file(&temporary);
            FolderError::file(place, "written")(error)
        })
    }

    /// Removes the folders above that are empty.
    fn tidy(&self, path: &RowPath) {
        for folder in path.folders().rev() {
            if fs::remove_dir(self.root.join(folder)).is_err() {
                return;
            }
        }
    }
}

/// Writes a file beside the place that it is for. It is not on the disk yet.
fn write_beside(temporary: &Path, place: &Path, bytes: &[u8]) -> io::Result<File> {
    // The leavings of a process that was killed; the lock says that it is nobody's.
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    file.write_all(bytes)?;
    if let Ok(old) = fs::symlink_metadata(place) {
        file.set_permissions(old.permissions())?;
    }
    Ok(file)
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

fn kind(path: &Path) -> Result<Option<fs::FileType>, FolderError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FolderError::file(path, "read")(error)),
    }
}

/// A text of any size that this program wrote.
fn long(path: &Path) -> Option<String> {
    plain_or_nothing(path).ok()?;
    fs::read_to_string(path).ok()
}

/// Whether the system takes both for one, as where case makes no difference: then the file itself stands in its way.
fn is_one(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn in_the_way(path: &Path, kind: fs::FileType) -> FolderError {
    let what = match kind {
        kind if kind.is_symlink() => "a link",
        kind if kind.is_dir() => "a folder",
        kind if kind.is_file() => "a file",
        _ => "neither file nor folder",
    };
    FolderError::InTheWay { path: path.to_owned(), what }
}

fn plain_or_nothing(path: &Path) -> Result<(), FolderError> {
    match kind(path)? {
        Some(kind) if !kind.is_file() => Err(in_the_way(path, kind)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, SourceId};

    fn path(text: &str) -> RowPath {
        RowPath::new(text).unwrap()
    }

    fn open(root: &Path) -> Folder {
        Folder::open(root, true, |bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap()
    }

    fn names(root: &Path) -> Vec<String> {
        let entries = fs::read_dir(root).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_come_and_go_with_their_folders() {
        let dir = tempfile::tempdir().unwrap();
        let folder = open(dir.path());
        folder.write(&path("a/b/c.md"), "one\r\n").unwrap();
        folder.write(&path("a/b/c.md"), "two").unwrap();
        assert_eq!(fs::read(dir.path().join("a/b/c.md")).unwrap(), b"two");
        assert_eq!(names(&dir.path().join("a/b")), ["c.md"]);
        assert!(!folder.remove(&path("a/b/c.md"), "one\r\n").unwrap());
        assert!(folder.rename(&path("a/b/c.md"), &path("d.md")).unwrap());
        assert_eq!(names(dir.path()), [OWN, "d.md"]);
        folder.write(&path("e.md"), "other").unwrap();
        assert!(!folder.rename(&path("d.md"), &path("e.md")).unwrap());
        // Where case makes a difference, a file that differs in case alone is another one.
        fs::write(dir.path().join("E.md"), "mine").unwrap();
        if fs::read(dir.path().join("e.md")).unwrap() == b"other" {
            assert!(!folder.rename(&path("e.md"), &path("E.md")).unwrap());
            assert_eq!(fs::read(dir.path().join("E.md")).unwrap(), b"mine");
            fs::remove_file(dir.path().join("E.md")).unwrap();
        }
        assert!(folder.rename(&path("e.md"), &path("E.md")).unwrap());
        assert!(names(dir.path()).contains(&"E.md".to_owned()));
        assert!(folder.rename(&path("E.md"), &path("e.md")).unwrap());
        assert!(folder.remove(&path("d.md"), "two").unwrap());
        assert!(folder.remove(&path("d.md"), "two").unwrap());
        assert_eq!(names(dir.path()), [OWN, "e.md"]);
    }

    fn sync(files: &[File]) -> io::Result<()> {
        files.iter().try_for_each(File::sync_all)
    }

    #[test]
    fn many_files_are_written_at_once_and_each_is_told_of() {
        let dir = tempfile::tempdir().unwrap();
        let folder = open(dir.path());
        fs::create_dir(dir.path().join("b.md")).unwrap();
        folder.write(&path("c/d.md"), "old").unwrap();
        let files = [(path("a.md"), "one"), (path("b.md"), "two"), (path("c/d.md"), "three"), (path("c/e/f.md"), "")];
        let written = folder.write_all(&files, sync);
        assert!(matches!(written[..], [Ok(()), Err(FolderError::InTheWay { .. }), Ok(()), Ok(())]), "{written:?}");
        for (path, text) in [("a.md", "one"), ("c/d.md", "three"), ("c/e/f.md", "")] {
            assert_eq!(fs::read_to_string(dir.path().join(path)).unwrap(), text);
        }
        // Nothing gets its place that isn't on the disk.
        let full: SyncAll = |_| Err(io::ErrorKind::StorageFull.into());
        let written = folder.write_all(&[(path("a.md"), "four"), (path("g.md"), "five")], full);
        assert!(
            written.iter().all(|one| matches!(one, Err(FolderError::File { what: "written", .. }))),
            "{written:?}"
        );
        assert_eq!(fs::read_to_string(dir.path().join("a.md")).unwrap(), "one");
        assert!(!dir.path().join("g.md").exists());
        assert_eq!(names(&dir.path().join(OWN)), [".gitignore", LOCK]);
        // What one left that was killed goes with the next.
        drop(folder);
        fs::write(dir.path().join(OWN).join("tmp-7"), "half").unwrap();
        drop(open(dir.path()));
        assert_eq!(names(&dir.path().join(OWN)), [".gitignore", LOCK]);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_or_removed_through_a_link() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("x.md"), "theirs").unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("sub")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("x.md"), dir.path().join("y.md")).unwrap();
        let folder = open(dir.path());
        for place in ["sub/x.md", "sub/new.md", "y.md"] {
            let [written] = &folder.write_all(&[(path(place), "mine")], sync)[..] else { panic!("one") };
            assert!(matches!(written, Err(FolderError::InTheWay { .. })), "{place}");
            assert!(matches!(folder.write(&path(place), "mine"), Err(FolderError::InTheWay { .. })), "{place}");
            assert!(folder.remove(&path(place), "theirs").is_err(), "{place}");
            assert!(folder.file(&path(place)).is_err(), "{place}");
        }
        assert_eq!(names(outside.path()), ["x.md"]);
        assert_eq!(fs::read(outside.path().join("x.md")).unwrap(), b"theirs");
        std::os::unix::fs::symlink(outside.path().join("x.md"), dir.path().join(MANIFEST)).unwrap();
        let like = Manifest::new(ChannelName::new("c"), SourceId::new("s"));
        assert!(folder.save_manifest(&like).is_err() && folder.manifest(&like).is_err());
    }

    #[test]
    fn one_process_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let folder = open(dir.path());
        assert!(matches!(Folder::open(dir.path(), true, |_| String::new()), Err(FolderError::Busy { .. })));
        drop(folder);
        drop(open(dir.path()));
        let missing = dir.path().join("missing");
        assert!(matches!(Folder::open(&missing, false, |_| String::new()), Err(FolderError::File { .. })));
        assert!(!missing.exists());
    }

    #[test]
    fn what_this_copy_saw_is_kept_from_git_and_counts_beside_a_manifest_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(OLD_LOCK), "").unwrap();
        let folder = open(dir.path());
        assert_eq!(names(dir.path()), [OWN]);
        assert!(fs::read_to_string(dir.path().join(OWN).join(".gitignore")).unwrap().ends_with("\n*\n"));
        let manifest = Manifest::new(ChannelName::new("c"), SourceId::new("s"));
        let mut seen = WorkingCopy::default();
        seen.record_row(&crate::domain::RowId::new("1"), "a", "d");
        folder.save_working_copy(&seen, &manifest).unwrap();
        assert_eq!(folder.working_copy(&manifest), WorkingCopy::default());
        folder.save_manifest(&manifest).unwrap();
        assert_eq!(folder.working_copy(&manifest), seen);
    }

    #[test]
    fn another_sources_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = open(dir.path());
        let mine = Manifest::new(ChannelName::new("docs"), SourceId::new("one"));
        assert_eq!(folder.manifest(&mine).unwrap(), mine);
        folder.save_manifest(&mine).unwrap();
        assert_eq!(folder.manifest(&mine).unwrap(), mine);
        let other = Manifest::new(ChannelName::new("docs"), SourceId::new("two"));
        let error = folder.manifest(&other).unwrap_err();
        assert!(error.to_string().contains("the source one of channel docs"), "{error}");
        fs::write(dir.path().join(MANIFEST), "{").unwrap();
        assert!(matches!(folder.manifest(&mine), Err(FolderError::Manifest { .. })));
    }
}
