//! The calls that were made, read back from the log: the newest first, a page at a time from its end, and what is added
//! to it from there on. What the log doesn't hold (a secret, a query, a body) is not told.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::log::{files, identity, path};
use crate::domain::{ChannelName, Failure, Kind, LoggedCall, Timestamp};

/// So much is read at once.
const BLOCK: u64 = 64 * 1024;
/// Who has so much to catch up with begins anew at the end.
const FAR: u64 = 1024 * 1024;

/// A line of the log, if it is one of a call.
fn parse(line: &[u8]) -> Option<LoggedCall> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let text = |key: &str| line.get(key).and_then(Value::as_str);
    let number = |key: &str| line.get(key).and_then(Value::as_u64);
    let yes = |key: &str| line.get(key).and_then(Value::as_bool);
    let method = text("method")?.to_owned();
    Some(LoggedCall {
        // What earlier versions didn't write is told by what they did.
        id: text("call").unwrap_or_default().to_owned(),
        at: Timestamp::parse_rfc3339(text("timestamp")?)?,
        channel: text("channel").filter(|name| !name.is_empty()).map(ChannelName::new),
        url: text("url")?.to_owned(),
        query: yes("query").unwrap_or(false),
        status: number("status").and_then(|status| u16::try_from(status).ok()),
        error: text("error").map(str::to_owned),
        ms: number("ms")?,
        bytes: number("bytes")?,
        attempt: number("attempt").and_then(|nth| u32::try_from(nth).ok()).unwrap_or(1),
        read: yes("reads").unwrap_or(method == "GET"),
        again: yes("again").unwrap_or(false),
        headers: serde_json::from_str(text("headers")?).ok()?,
        method,
    })
}

/// The newest calls, oldest first: so many at most, of those alone that are wanted.
///
/// # Errors
///
/// [`Kind::Failed`] where the log can't be read. Where there is none there are no calls.
pub fn calls(most: usize, wanted: impl Fn(&LoggedCall) -> bool) -> Result<Vec<LoggedCall>, Failure> {
    let mut pages = CallPages::from_the_end()?;
    let mut calls = Vec::new();
    while calls.len() < most
        && let Some(call) = pages.older()?
    {
        if wanted(&call) {
            calls.push(call);
        }
    }
    calls.reverse();
    Ok(calls)
}

/// A place in the log: behind a line of one of its files.
type Place = ((u64, u64), u64);

/// Reads the log from its end to its beginning.
#[derive(Debug)]
pub struct CallPages {
    /// Files that are still to be read, the newest last.
    older: Vec<PathBuf>,
    open: Option<Backwards>,
    /// Where the log ended when this was begun.
    end: Option<Place>,
}

impl CallPages {
    /// One that begins with the newest call.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where the system names no place for a log, [`Kind::Failed`] where it can't be read.
    pub fn from_the_end() -> Result<Self, Failure> {
        Self::among(files().map_err(Failure::from)?)
    }

    fn among(mut older: Vec<PathBuf>) -> Result<Self, Failure> {
        let Some(newest) = older.pop() else { return Ok(Self { older, open: None, end: None }) };
        let open = Backwards::open(&newest).map_err(|error| unreadable(&newest, &error))?;
        let end = open.as_ref().map(|open| (open.identity, open.end()));
        Ok(Self { older, open, end })
    }

    /// The next older call; none at the beginning of the log.
    ///
    /// # Errors
    ///
    /// [`Kind::Failed`] where the log can't be read.
    pub fn older(&mut self) -> Result<Option<LoggedCall>, Failure> {
        loop {
            if let Some(open) = &mut self.open {
                while let Some(line) = open.line_before().map_err(|error| unreadable(&open.path, &error))? {
                    // A line that is none of a call, or no text, is passed over.
                    if let Some(call) = parse(&line) {
                        return Ok(Some(call));
                    }
                }
            }
            let Some(next) = self.older.pop() else {
                self.open = None;
                return Ok(None);
            };
            // Files are put aside by renaming: what stands under the next name may be the one that was just read.
            let read = self.open.take().map(|open| open.identity);
            self.open = Backwards::open(&next).map_err(|error| unreadable(&next, &error))?;
            if self.open.as_ref().is_some_and(|open| Some(open.identity) == read) {
                self.open = None;
            }
        }
    }
}

/// A file, line by line from its end.
#[derive(Debug)]
struct Backwards {
    path: PathBuf,
    identity: (u64, u64),
    file: File,
    /// What was read and not told, up to and with the end of a line.
    rest: Vec<u8>,
    /// Where that begins.
    at: u64,
}

impl Backwards {
    /// None where there is no such file. A last line without its end is still being written: it is left out.
    fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        let mut open =
            Self { path: path.to_owned(), identity: identity(&metadata), file, rest: Vec::new(), at: metadata.len() };
        while open.at > 0 && !open.rest.contains(&b'\n') {
            open.rest.clear();
            open.read_block()?;
        }
        let end = open.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        open.rest.truncate(end);
        Ok(Some(open))
    }

    /// Where the last line ends that was not told yet.
    fn end(&self) -> u64 {
        self.at + self.rest.len() as u64
    }

    /// Reads what stands before what was read.
    fn read_block(&mut self) -> io::Result<()> {
        let from = self.at.saturating_sub(BLOCK);
        let mut block = Vec::new();
        self.file.seek(SeekFrom::Start(from))?;
        (&self.file).take(self.at - from).read_to_end(&mut block)?;
        block.append(&mut self.rest);
        (self.rest, self.at) = (block, from);
        Ok(())
    }

    /// The line before what was told; none at the file's beginning.
    fn line_before(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let Some(whole) = self.rest.strip_suffix(b"\n") else { return Ok(None) };
            if let Some(before) = whole.iter().rposition(|byte| *byte == b'\n') {
                let line = whole.get(before + 1..).unwrap_or_default().to_vec();
                self.rest.truncate(before + 1);
                return Ok(Some(line));
            }
            if self.at == 0 {
                let line = whole.to_vec();
                self.rest.clear();
                return Ok(Some(line));
            }
            self.read_block()?;
        }
    }
}

/// Follows the log: what is written to it from now on, by whatever process.
#[derive(Debug)]
pub struct CallFollower {
    path: PathBuf,
    file: Option<File>,
    /// What of it was read.
    read_to: u64,
}

/// What there is to tell of a log that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallNews {
    /// These calls, the oldest first.
    Calls(Vec<LoggedCall>),
    /// So much was written that who wants to know looks at the end of the log.
    Far,
}

impl CallFollower {
    /// One that begins at the end of the log.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where the system names no place for a log, [`Kind::Failed`] where it can't be read.
    pub fn begin() -> Result<Self, Failure> {
        Self::behind(&CallPages::from_the_end()?)
    }

    /// One that begins where those pages did: what it tells is what they don't.
    ///
    /// # Errors
    ///
    /// As for [`CallFollower::begin`].
    pub fn behind(pages: &CallPages) -> Result<Self, Failure> {
        Ok(Self::at(path().map_err(Failure::from)?, pages.end))
    }

    fn at(path: PathBuf, end: Option<Place>) -> Self {
        let Some((file, read_to)) = end else { return Self { path, file: None, read_to: 0 } };
        // It may have been put aside meanwhile.
        let names = (1..).map(|n| path.with_extension(format!("log.{n}"))).take(4);
        let found = [path.clone()].into_iter().chain(names).find_map(|name| {
            let open = File::open(name).ok()?;
            (identity(&open.metadata().ok()?) == file).then_some(open)
        });
        Self { path, read_to: if found.is_some() { read_to } else { 0 }, file: found }
    }

    /// The calls that were logged since.
    ///
    /// # Errors
    ///
    /// [`Kind::Failed`] where the log can't be read.
    pub fn news(&mut self) -> Result<CallNews, Failure> {
        self.read().map_err(|error| unreadable(&self.path, &error))
    }

    fn read(&mut self) -> io::Result<CallNews> {
        let mut calls = Vec::new();
        loop {
            // Looked at before it is read: what was written before another file took its place is all there then.
            let current = match std::fs::metadata(&self.path) {
                Ok(current) => Some(identity(&current)),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
            let mut read = None;
            if let Some(mut file) = self.file.as_ref() {
                let metadata = file.metadata()?;
                read = Some(identity(&metadata));
                if metadata.len() < self.read_to {
                    // It was cut off.
                    self.read_to = 0;
                }
                if metadata.len() - self.read_to > FAR {
                    return Ok(CallNews::Far);
                }
                let mut bytes = Vec::new();
                file.seek(SeekFrom::Start(self.read_to))?;
                file.read_to_end(&mut bytes)?;
                // A last line without its end is still being written.
                let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                self.read_to += whole as u64;
                let lines = bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
                calls.extend(lines.filter_map(parse));
            }
            if current.is_none() || read == current {
                return Ok(CallNews::Calls(calls));
            }
            // Another file stands there: the one before was put aside.
            (self.file, self.read_to) = (File::open(&self.path).ok(), 0);
            if self.file.is_none() {
                return Ok(CallNews::Calls(calls));
            }
        }
    }
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("The log {} can't be read: {error}.", file.display()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn line(status: u16) -> String {
        format!(
            "{{\"timestamp\":\"2026-03-01T10:00:00.5Z\",\"level\":\"INFO\",\"method\":\"GET\",\"url\":\"http://a/b\",\
             \"status\":{status},\"ms\":7,\"bytes\":0,\"headers\":\"[[\\\"authorization\\\",\\\"[secret]\\\"]]\"}}\n"
        )
    }

    fn statuses(news: CallNews) -> Vec<u16> {
        let CallNews::Calls(calls) = news else { panic!("too much to tell") };
        calls.iter().filter_map(|call| call.status).collect()
    }

    #[test]
    fn only_lines_of_calls_are_calls() {
        let call = parse(line(404).trim().as_bytes()).unwrap();
        assert!(call.has_failed() && call.status == Some(404) && call.ms == 7 && call.read && call.attempt == 1);
        assert_eq!(call.headers, [("authorization".to_owned(), "[secret]".to_owned())]);
        assert!(!parse(line(200).trim().as_bytes()).unwrap().has_failed());
        for other in ["", "{}", "not json", "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"message\":\"other\"}"] {
            assert_eq!(parse(other.as_bytes()), None);
        }
    }

    #[test]
    fn the_log_is_read_from_its_end_over_all_its_files() {
        let dir = tempfile::tempdir().unwrap();
        let names: Vec<PathBuf> = ["log.2", "log.1", "log"].map(|name| dir.path().join(name)).into();
        // More than is read at once, with a line longer than that in it, and one that is no call.
        let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(200_000));
        let many: String = (0..1_000).map(|n| line(200 + n % 300)).collect();
        std::fs::write(&names[1], format!("{}{long}\nnot json\n{many}", line(199))).unwrap();
        std::fs::write(&names[2], format!("{}{}torn", line(101), line(102))).unwrap();
        let mut pages = CallPages::among(names).unwrap();
        let mut seen: Vec<u16> = Vec::new();
        while let Some(call) = pages.older().unwrap() {
            seen.extend(call.status);
        }
        let expected: Vec<u16> =
            [102, 101].into_iter().chain((0..1_000).rev().map(|n| 200 + n % 300)).chain([199]).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_follows_the_pages_is_what_they_do_not_tell() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("patchcord.log");
        std::fs::write(&path, line(200) + &line(201)[..20]).unwrap();
        let mut pages = CallPages::among(vec![path.clone()]).unwrap();
        // Put aside before it is followed, and written to by one who has not heard of it.
        let mut log = File::options().append(true).open(&path).unwrap();
        std::fs::rename(&path, path.with_extension("log.1")).unwrap();
        let mut follower = CallFollower::at(path.clone(), pages.end);
        log.write_all(&line(201).as_bytes()[20..]).unwrap();
        std::fs::write(&path, line(202)).unwrap();
        assert_eq!(pages.older().unwrap().and_then(|call| call.status), Some(200));
        assert_eq!(pages.older().unwrap(), None);
        assert_eq!(statuses(follower.news().unwrap()), [201, 202]);
        assert_eq!(statuses(follower.news().unwrap()), [0_u16; 0]);
    }

    #[test]
    fn news_are_whole_lines_also_of_a_new_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("patchcord.log");
        let mut follower = CallFollower::at(path.clone(), None);
        assert_eq!(statuses(follower.news().unwrap()), [0_u16; 0]);
        let mut log = File::create(&path).unwrap();
        log.write_all(line(200).as_bytes()).unwrap();
        let half = line(500);
        log.write_all(&half.as_bytes()[..20]).unwrap();
        assert_eq!(statuses(follower.news().unwrap()), [200]);
        log.write_all(&half.as_bytes()[20..]).unwrap();
        assert_eq!(statuses(follower.news().unwrap()), [500]);
        assert_eq!(statuses(follower.news().unwrap()), [0_u16; 0]);
        std::fs::write(&path, line(201)).unwrap();
        assert_eq!(statuses(follower.news().unwrap()), [201]);
        std::fs::write(&path, line(203).repeat(20_000)).unwrap();
        assert_eq!(follower.news().unwrap(), CallNews::Far);
    }
}
