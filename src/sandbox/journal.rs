//! The journal: an append-only file, one event a line, that several processes may share.
//!
//! Whoever appends holds the file's lock and first takes in what others appended, so every reader sees one order. A
//! last line without its end was torn by a kill: nobody reads it, and the next writer cuts it off.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::options::{Options, SandboxError};

/// What is rebuilt from a journal by applying its lines one after the other.
pub(super) trait JournalState: Default {
    /// One thing that happened, one line.
    type JournalEvent;

    /// The line for the journal, with its end.
    fn encode(event: &Self::JournalEvent) -> String;

    /// The event of a line; none for a line that a later version wrote or that something damaged.
    fn decode(line: &[u8]) -> Option<Self::JournalEvent>;

    /// Takes an event in.
    fn apply(&mut self, event: Self::JournalEvent);
}

/// The file, and how far it has been read; without a file, nothing outlives the process.
pub(super) struct JournalFile {
    file: Option<File>,
    read_to: u64,
}

impl JournalFile {
    /// Where a journal of a data directory lies.
    pub(super) fn path(data_dir: &Path, name: &str) -> PathBuf {
        data_dir.join("sandbox").join(name)
    }

    /// Opens the journal of that name where the options say, and begins with it; in memory where they name no folder.
    ///
    /// # Errors
    /// [`SandboxError::Journal`] with the file's name, where either fails.
    pub(super) fn open_for<T>(
        options: &Options,
        name: &str,
        begin: impl FnOnce(Self) -> io::Result<T>,
    ) -> Result<T, SandboxError> {
        let path = options.data_dir.as_deref().map(|folder| Self::path(folder, name));
        let opened = path.as_deref().map_or_else(|| Ok(Self::in_memory()), Self::open);
        opened.and_then(begin).map_err(|source| SandboxError::Journal { path: path.unwrap_or_default(), source })
    }

    /// A journal in memory.
    pub(super) fn in_memory() -> Self {
        Self { file: None, read_to: 0 }
    }

    /// Opens or creates the file, for its owner alone.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(dir) = path.parent() {
            private_dirs().create(dir)?;
        }
        Ok(Self { file: Some(private_file().open(path)?), read_to: 0 })
    }

    /// Takes in what was appended since the last time.
    pub(super) fn catch_up<T: JournalState>(&mut self, state: &mut T) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        file.lock_shared()?;
        let read = read_on(file, &mut self.read_to, state);
        file.unlock()?;
        read
    }

    /// Appends events, and takes in those of others that came before them.
    pub(super) fn append<T: JournalState>(&mut self, state: &mut T, events: Vec<T::JournalEvent>) -> io::Result<()> {
        self.append_with(state, |_| events)
    }

    /// Appends what the state, as it stands once the lock is held, makes necessary.
    pub(super) fn append_with<T: JournalState>(
        &mut self,
        state: &mut T,
        events: impl FnOnce(&T) -> Vec<T::JournalEvent>,
    ) -> io::Result<()> {
        let Some(file) = &self.file else {
            for event in events(state) {
                state.apply(event);
            }
            return Ok(());
        };
        file.lock()?;
        let written = write_on(file, &mut self.read_to, state, events);
        file.unlock()?;
        written
    }
}

fn write_on<T: JournalState>(
    mut file: &File,
    read_to: &mut u64,
    state: &mut T,
    events: impl FnOnce(&T) -> Vec<T::JournalEvent>,
) -> io::Result<()> {
    read_on(file, read_to, state)?;
    if file.metadata()?.len() > *read_to {
        tracing::warn!("the sandbox's journal ended in a torn line, which is cut off");
        file.set_len(*read_to)?;
    }
    let lines: String = events(state).iter().map(T::encode).collect();
    if lines.is_empty() {
        return Ok(());
    }
    file.seek(SeekFrom::Start(*read_to))?;
    file.write_all(lines.as_bytes())?;
    read_on(file, read_to, state)
}

fn read_on<T: JournalState>(mut file: &File, read_to: &mut u64, state: &mut T) -> io::Result<()> {
    if file.metadata()?.len() < *read_to {
        // Somebody emptied it under us: what it says now is what was said.
        *state = T::default();
        *read_to = 0;
    }
    if file.metadata()?.len() == *read_to {
        return Ok(());
    }
    file.seek(SeekFrom::Start(*read_to))?;
    let mut fresh = Vec::new();
    file.read_to_end(&mut fresh)?;
    let whole = fresh.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    for line in fresh[..whole].split_inclusive(|byte| *byte == b'\n') {
        if let Some(event) = T::decode(line) {
            state.apply(event);
        } else {
            tracing::warn!("a line of the sandbox's journal could not be read and is left out");
        }
    }
    *read_to += whole as u64;
    Ok(())
}

fn private_dirs() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
