//! The log: JSON lines in the state directory, so that no text in it can act on a terminal that shows it. No secret
//! and no message is ever written there.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{self, NoHome};
use crate::domain::SafeText;
use crate::http::call_log::{CALLS, READ_BY_PEOPLE};

/// Its name in the state directory.
const NAME: &str = "patchcord.log";
/// A log file is put aside at this size.
const LARGEST: u64 = 5 * 1024 * 1024;
/// So many are kept, the current one included.
const KEPT: u32 = 5;

/// Begins to log: calls and troubles to a file in the state directory and, where `verbose` asks for it, to standard
/// error. Where there is no such file the program works all the same.
pub fn begin_log(verbose: u8) {
    let file = config::state_dir().ok().and_then(|dir| open(&dir).ok());
    let file = file.map(|file| {
        fmt::layer()
            .json()
            .flatten_event(true)
            .with_target(false)
            .with_writer(Mutex::new(file))
            .with_filter(filter_fn(|line| *line.level() <= LevelFilter::INFO && line.target() != READ_BY_PEOPLE))
    });
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let console = (level != LevelFilter::OFF).then(|| {
        fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .with_writer(|| Marked(io::stderr()))
            .with_filter(filter_fn(move |line| *line.level() <= level && line.target() != CALLS))
    });
    // A second beginning, as in a test that runs commands in one process, changes nothing.
    let _ = tracing_subscriber::registry().with(ours()).with(file).with(console).try_init();
}

/// Lines of this program alone: libraries tell of addresses and headers.
fn ours() -> tracing_subscriber::filter::Targets {
    tracing_subscriber::filter::Targets::new().with_target("patchcord", LevelFilter::DEBUG)
}

/// Where the log is.
pub(super) fn path() -> Result<PathBuf, NoHome> {
    config::state_dir().map(|dir| dir.join(NAME))
}

/// All files of the log, the oldest first, whether they are there or not.
pub(super) fn files() -> Result<Vec<PathBuf>, NoHome> {
    let path = path()?;
    let aside = (1..KEPT).rev().map(|n| nth(&path, n));
    Ok(aside.chain([path.clone()]).collect())
}

/// The name of the nth that was put aside.
fn nth(path: &Path, n: u32) -> PathBuf {
    path.with_extension(format!("log.{n}"))
}

/// Which file it is, whatever its name.
pub(super) fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// The current file of the log, which every process writes to: whoever finds it large puts it aside, and all go on in the
/// new one.
struct LogFile {
    path: PathBuf,
    file: File,
}

impl LogFile {
    /// Goes on where the log is written now, and puts it aside where it is large.
    fn settle(&mut self) -> io::Result<()> {
        let Some(len) = self.current()? else {
            // Another process put it aside, or somebody removed it.
            self.file = append_to(&self.path)?;
            return Ok(());
        };
        // Another process that puts it aside has it locked, and what is written meanwhile is in the file that it puts aside.
        if len <= LARGEST || self.file.try_lock().is_err() {
            return Ok(());
        }
        if self.current()?.is_some() {
            rotate(&self.path)?;
        }
        // The lock goes with the file.
        self.file = append_to(&self.path)?;
        Ok(())
    }

    /// How long the log's current file is; none where that is another one than is written to here.
    fn current(&self) -> io::Result<Option<u64>> {
        let own = identity(&self.file.metadata()?);
        Ok(fs::metadata(&self.path).ok().filter(|file| identity(file) == own).map(|file| file.len()))
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Where it can't be put aside, the line is worth more than the limit.
        let _ = self.settle();
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open(dir: &Path) -> io::Result<LogFile> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let path = dir.join(NAME);
    let mut log = LogFile { file: append_to(&path)?, path };
    log.settle()?;
    Ok(log)
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

fn rotate(path: &Path) -> io::Result<()> {
    for n in (1..KEPT - 1).rev() {
        if nth(path, n).exists() {
            fs::rename(nth(path, n), nth(path, n + 1))?;
        }
    }
    fs::rename(path, nth(path, 1))
}

/// Makes what goes to a terminal safe to show.
struct Marked<W: Write>(W);

impl<W: Write> Write for Marked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(SafeText::new(&String::from_utf8_lossy(bytes)).as_str().as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_log_is_put_aside_and_five_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("patchcord.log");
        for _ in 0..8 {
            fs::write(&path, vec![b'x'; usize::try_from(LARGEST).unwrap() + 1]).unwrap();
            drop(open(dir.path()).unwrap());
        }
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
        let mut names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let expected = ["patchcord.log", "patchcord.log.1", "patchcord.log.2", "patchcord.log.3", "patchcord.log.4"];
        assert_eq!(names, expected);
    }

    #[test]
    fn it_stays_bounded_while_several_write_and_no_line_of_them_is_lost() {
        const WRITERS: usize = 4;
        let dir = tempfile::tempdir().unwrap();
        let line = |writer: usize, n: usize| format!("{writer} {n} {}\n", "x".repeat(20_000));
        // So many that it is put aside twice, and nothing falls out of it.
        let lines = usize::try_from(LARGEST).unwrap() * 5 / 2 / 20_000 / WRITERS;
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let mut log = open(dir.path()).unwrap();
                scope.spawn(move || (0..lines).for_each(|n| log.write_all(line(writer, n).as_bytes()).unwrap()));
            }
        });
        let mut seen = vec![Vec::new(); WRITERS];
        let names = ["patchcord.log.2", "patchcord.log.1", "patchcord.log"];
        for name in names {
            let text = fs::read_to_string(dir.path().join(name)).unwrap_or_default();
            // While one puts it aside, the others go on writing to it.
            assert!(text.len() <= 2 * usize::try_from(LARGEST).unwrap(), "{name}: {}", text.len());
            for line in text.lines() {
                let mut words = line.split(' ').map(str::parse::<usize>);
                let (writer, n) = (words.next().unwrap().unwrap(), words.next().unwrap().unwrap());
                seen[writer].push(n);
            }
        }
        let exists = |name: &str| dir.path().join(name).exists();
        assert!(exists("patchcord.log.1") && !exists("patchcord.log.3"));
        for mut lines_of in seen {
            lines_of.sort_unstable();
            assert!(lines_of.into_iter().eq(0..lines));
        }
    }

    #[test]
    fn what_goes_to_a_terminal_is_marked() {
        let mut out = Vec::new();
        Marked(&mut out).write_all("a\u{1b}[31mb\n".as_bytes()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\u{241b}[31mb\n");
    }
}
