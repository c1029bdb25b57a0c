//! What is made piece by piece, may be of any size, and counts only once it is whole: set aside until then. Small ones stay
//! in memory; larger ones go into a file in the data directory that has no name any more, so that whoever is killed leaves
//! nothing behind. Owns that file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// So much is held in memory, in bytes.
const HELD: usize = 256 * 1024;

/// Bytes that are set aside, in the order in which they came.
#[derive(Debug)]
pub struct Spool {
    dir: PathBuf,
    /// What came last.
    held: Vec<u8>,
    /// What came before that.
    file: Option<File>,
    filed: u64,
    /// Where no file can be made, memory has to do.
    in_memory: bool,
    /// The file's name, where the system doesn't let go of a file's name while it is open.
    named: Option<PathBuf>,
}

impl Spool {
    /// An empty one, its file in that directory if it needs one.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), held: Vec::new(), file: None, filed: 0, in_memory: false, named: None }
    }

    /// How many bytes there are.
    pub const fn len(&self) -> u64 {
        self.filed + self.held.len() as u64
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part of it, to be read. What stands behind its end is no part of it.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn part(&self, range: Range<u64>) -> io::Result<impl Read + '_> {
        let (start, end) = (range.start.min(self.len()), range.end.min(self.len()));
        let in_file = end.min(self.filed).saturating_sub(start);
        let file = match &self.file {
            Some(file) if in_file > 0 => {
                let mut file: &File = file;
                file.seek(SeekFrom::Start(start))?;
                Some(Read::take(file, in_file))
            }
            _ => None,
        };
        let place = |at: u64| usize::try_from(at.saturating_sub(self.filed)).unwrap_or(usize::MAX);
        let held = self.held.get(place(start)..place(end)).unwrap_or_default();
        Ok(FilePart(file).chain(held))
    }

    /// All of it, to be read.
    ///
    /// # Errors
    /// As for [`part`](Self::part).
    pub fn whole(&self) -> io::Result<impl Read + '_> {
        self.part(0..self.len())
    }

    /// All of it, to be read by whoever has nothing more to set aside.
    ///
    /// # Errors
    /// Where the file can't be written or read.
    pub fn into_reader(mut self) -> io::Result<impl Read + Send> {
        let held = io::Cursor::new(std::mem::take(&mut self.held));
        let file = match self.file.take() {
            Some(mut file) => {
                file.seek(SeekFrom::Start(0))?;
                Some(file)
            }
            None => None,
        };
        Ok(SpoolReader { file: file.map(|file| file.take(self.filed)), held, _spool: self })
    }

    fn put_down(&mut self) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => match self.open() {
                Ok(file) => file,
                Err(error) => {
                    tracing::warn!(%error, "nothing can be set aside in the data directory, so it stays in memory");
                    self.in_memory = true;
                    return Ok(());
                }
            },
        };
        // A part may have been read since.
        file.seek(SeekFrom::Start(self.filed))?;
        file.write_all(&self.held)?;
        self.filed += self.held.len() as u64;
        self.held.clear();
        self.file = Some(file);
        Ok(())
    }

    fn open(&mut self) -> io::Result<File> {
        let path = self.dir.join(format!(".patchcord-{}.part", uuid::Uuid::now_v7()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        if fs::remove_file(&path).is_err() {
            self.named = Some(path);
        }
        Ok(file)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= HELD && !self.in_memory {
            self.put_down()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = self.named.take() {
            self.file = None;
            // If that fails too, there is nothing that could be done about it.
            let _ = fs::remove_file(path);
        }
    }
}

/// Reads what was set aside from its beginning.
struct SpoolReader {
    file: Option<io::Take<File>>,
    held: io::Cursor<Vec<u8>>,
    /// Takes the file's name away when it goes, where that is still to be done.
    _spool: Spool,
}

impl Read for SpoolReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.file.as_mut().map_or(Ok(0), |file| file.read(into))? {
            0 => self.held.read(into),
            read => Ok(read),
        }
    }
}

/// What is read of the file, if anything is.
struct FilePart<'f>(Option<io::Take<&'f File>>);

impl Read for FilePart<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |file| file.read(into))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(spool: &Spool, range: Range<u64>) -> Vec<u8> {
        let mut bytes = Vec::new();
        spool.part(range).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_was_set_aside_is_read_back_in_any_part() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(dir.path());
        assert!(spool.is_empty() && read(&spool, 0..9).is_empty());
        let mut all = Vec::new();
        for n in 0..60_000_u32 {
            let piece = format!("{n},");
            spool.write_all(piece.as_bytes()).unwrap();
            all.extend_from_slice(piece.as_bytes());
            if n % 10_000 == 0 {
                assert_eq!(read(&spool, 0..3), all[..all.len().min(3)]);
            }
        }
        let len = all.len() as u64;
        assert!(spool.len() == len && spool.filed > 0 && !spool.held.is_empty(), "both are used");
        for range in [0..len, 5..17, spool.filed - 3..spool.filed + 3, spool.filed..len, len - 1..len, 7..7] {
            let part = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
            assert_eq!(read(&spool, range), all[part]);
        }
        assert_eq!(read(&spool, len - 2..len + 9), all[all.len() - 2..]);
        #[cfg(unix)]
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "who is killed leaves nothing");
    }

    #[test]
    fn without_a_directory_memory_has_to_do() {
        let mut spool = Spool::new(Path::new("/nowhere/at/all"));
        let bytes = vec![7; HELD * 3];
        spool.write_all(&bytes).unwrap();
        spool.write_all(&bytes).unwrap();
        assert_eq!(read(&spool, 1..spool.len()), [bytes.clone(), bytes].concat()[1..]);
    }
}
