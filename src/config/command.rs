//! A program that prints a secret: run without a shell, within its time, and read only so far.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a secret command may take.
pub(super) const TIME: Duration = Duration::from_secs(5);

/// How often a program that has closed its output is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a command gave no secret. Holds nothing of what it printed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no such program, or it may not be run.
    #[error("could not be started: {0}")]
    NotStarted(#[source] io::Error),
    /// Its output could not be read.
    #[error("its output could not be read: {0}")]
    Unread(#[source] io::Error),
    /// It ended as programs do that failed.
    #[error("failed with {0}")]
    Failed(String),
    /// It took too long and was stopped.
    #[error("did not end within {} s and was stopped", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It printed more than any secret.
    #[error("printed over {0} bytes, which no secret needs")]
    TooLong(u64),
}

/// The program's standard output. Its standard error is dropped: it may repeat a secret.
pub(super) fn output(words: &[String], time: Duration, limit: u64) -> Result<Vec<u8>, CommandError> {
    let deadline = Instant::now() + time;
    let (program, arguments) = words.split_first().ok_or_else(|| missing("no program is named"))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(CommandError::NotStarted)?;
    let result = read_and_wait(&mut child, deadline, time, limit);
    if result.is_err() {
        // An error here means that it has ended by itself, which is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
    result
}

fn read_and_wait(child: &mut Child, deadline: Instant, time: Duration, limit: u64) -> Result<Vec<u8>, CommandError> {
    let stdout = child.stdout.take().ok_or_else(|| missing("it has no output"))?;
    // A thread reads, since a program that neither prints nor ends must not hold this one past the deadline.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        // Nobody listens any more once the time is up.
        let _ = sender.send(read.map(|_| bytes));
    });
    let left = deadline.saturating_duration_since(Instant::now());
    let read = receiver.recv_timeout(left).map_err(|_| CommandError::TimedOut(time))?;
    let bytes = read.map_err(CommandError::Unread)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(CommandError::TooLong(limit));
    }
    let status = wait(child, deadline, time)?;
    if status.success() { Ok(bytes) } else { Err(CommandError::Failed(name(status))) }
}

fn wait(child: &mut Child, deadline: Instant, time: Duration) -> Result<ExitStatus, CommandError> {
    loop {
        if let Some(status) = child.try_wait().map_err(CommandError::Unread)? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            return Err(CommandError::TimedOut(time));
        }
        std::thread::sleep(PAUSE);
    }
}

fn name(status: ExitStatus) -> String {
    status.code().map_or_else(|| "a signal".to_owned(), |code| format!("status {code}"))
}

fn missing(what: &str) -> CommandError {
    CommandError::NotStarted(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn run(script: &str, time: Duration) -> Result<Vec<u8>, CommandError> {
        output(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], time, 100)
    }

    const SHORT: Duration = Duration::from_millis(100);

    #[test]
    fn a_program_that_never_ends_is_stopped() {
        assert!(matches!(run("exec sleep 600", SHORT), Err(CommandError::TimedOut(_))));
        assert!(matches!(run("exec >&-; exec sleep 600", SHORT), Err(CommandError::TimedOut(_))));
    }

    #[test]
    fn a_program_that_never_stops_printing_is_stopped() {
        assert!(matches!(run("exec yes", TIME), Err(CommandError::TooLong(100))));
    }

    #[test]
    fn it_reads_nothing_from_here() {
        assert_eq!(run("cat; echo done", TIME).unwrap(), b"done\n");
    }
}
