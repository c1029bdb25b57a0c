//! The calls that the program made, read back from its log: which, when, how they went. What the log doesn't hold (a
//! secret, a query, a body) is not told.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde_json::Value;

use super::log::{files, path};
use crate::domain::{Failure, Kind, Timestamp};

/// One call. Its texts may hold strangers' words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedCall {
    /// When it ended.
    pub at: Timestamp,
    /// Its method.
    pub method: String,
    /// Where it went, without a query.
    pub url: String,
    /// The status of its answer; none where no answer came.
    pub status: Option<u16>,
    /// Why no answer came.
    pub error: Option<String>,
    /// Milliseconds to the head of the answer.
    pub ms: u64,
    /// How many bytes its body had.
    pub bytes: u64,
    /// Its headers, secrets masked.
    pub headers: Vec<(String, String)>,
}

impl LoggedCall {
    /// Whether no answer came, or one that says no.
    pub fn has_failed(&self) -> bool {
        self.status.is_none_or(|status| status >= 400)
    }

    /// A line of the log, if it is one of a call.
    fn read(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| line.get(key).and_then(Value::as_str);
        let number = |key: &str| line.get(key).and_then(Value::as_u64);
        Some(Self {
            at: Timestamp::parse_rfc3339(text("timestamp")?)?,
            method: text("method")?.to_owned(),
            url: text("url")?.to_owned(),
            status: number("status").and_then(|status| u16::try_from(status).ok()),
            error: text("error").map(str::to_owned),
            ms: number("ms")?,
            bytes: number("bytes")?,
            headers: serde_json::from_str(text("headers")?).ok()?,
        })
    }
}

/// The newest calls, oldest first: so many at most, of the failed ones alone where that is asked.
///
/// # Errors
///
/// [`Kind::Failed`] where the log can't be read. Where there is none there are no calls.
pub fn calls(most: usize, failed: bool) -> Result<Vec<LoggedCall>, Failure> {
    let mut calls = VecDeque::new();
    for file in files().map_err(Failure::from)? {
        let lines = match File::open(&file) {
            Ok(file) => BufReader::new(file).lines(),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(unreadable(&file, &error)),
        };
        for line in lines {
            // A line that is no text is none of a call.
            let line = match line {
                Ok(line) => line,
                Err(error) if error.kind() == ErrorKind::InvalidData => continue,
                Err(error) => return Err(unreadable(&file, &error)),
            };
            calls.extend(LoggedCall::read(&line).filter(|call| !failed || call.has_failed()));
            if calls.len() > most {
                calls.pop_front();
            }
        }
    }
    Ok(calls.into())
}

/// Follows the log: what is written to it from now on.
#[derive(Debug)]
pub struct CallFollower {
    path: PathBuf,
    read_to: u64,
}

impl CallFollower {
    /// One that begins at the end of the log.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where the system names no place for a log.
    pub fn begin() -> Result<Self, Failure> {
        let path = path().map_err(Failure::from)?;
        let read_to = std::fs::metadata(&path).map_or(0, |log| log.len());
        Ok(Self { path, read_to })
    }

    /// The calls that were logged since.
    ///
    /// # Errors
    ///
    /// [`Kind::Failed`] where the log can't be read.
    pub fn news(&mut self) -> Result<Vec<LoggedCall>, Failure> {
        self.read().map_err(|error| unreadable(&self.path, &error))
    }

    fn read(&mut self) -> io::Result<Vec<LoggedCall>> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        if file.metadata()?.len() < self.read_to {
            // Another file stands there: the one before was put aside.
            self.read_to = 0;
        }
        file.seek(SeekFrom::Start(self.read_to))?;
        let (mut reader, mut line, mut calls) = (BufReader::new(file), Vec::new(), Vec::new());
        while reader.read_until(b'\n', &mut line)? > 0 {
            if line.last() != Some(&b'\n') {
                // It is still being written.
                break;
            }
            self.read_to += line.len() as u64;
            calls.extend(LoggedCall::read(&String::from_utf8_lossy(&line)));
            line.clear();
        }
        Ok(calls)
    }
}

fn unreadable(file: &std::path::Path, error: &io::Error) -> Failure {
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

    #[test]
    fn only_lines_of_calls_are_calls() {
        let call = LoggedCall::read(line(404).trim()).unwrap();
        assert!(call.has_failed() && call.status == Some(404) && call.ms == 7);
        assert_eq!(call.headers, [("authorization".to_owned(), "[secret]".to_owned())]);
        assert!(!LoggedCall::read(line(200).trim()).unwrap().has_failed());
        for other in ["", "{}", "not json", "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"message\":\"other\"}"] {
            assert_eq!(LoggedCall::read(other), None);
        }
    }

    #[test]
    fn news_are_whole_lines_also_of_a_new_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut follower = CallFollower { path: dir.path().join("patchcord.log"), read_to: 0 };
        assert_eq!(follower.read().unwrap(), []);
        let mut log = File::create(&follower.path).unwrap();
        log.write_all(line(200).as_bytes()).unwrap();
        let half = line(500);
        log.write_all(&half.as_bytes()[..20]).unwrap();
        assert_eq!(follower.read().unwrap().len(), 1);
        log.write_all(&half.as_bytes()[20..]).unwrap();
        assert_eq!(follower.read().unwrap().len(), 1);
        assert_eq!(follower.read().unwrap(), []);
        std::fs::write(&follower.path, line(201)).unwrap();
        assert_eq!(follower.read().unwrap()[0].status, Some(201));
    }
}
