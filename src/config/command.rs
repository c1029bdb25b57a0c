//! A program that prints a secret: run without a shell, within its time, and read only so far.

use std::io::{self, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// How long a secret command may take.
pub(super) const TIME: Duration = Duration::from_secs(5);

/// How often a program that has closed its output is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a command gave no secret.
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

/// What a program that ended well wrote.
pub(super) struct Printed {
    /// Its standard output.
    pub(super) printed: Vec<u8>,
    /// Its standard error on one line, masked; none where it was silent.
    pub(super) said: Option<String>,
}

/// Runs it. Where it fails, what it wrote on its standard error comes with the error: on one line, with all masked that it
/// printed as well, or that looks like a key. What either holds is not safe to show as it is.
pub(super) fn output(
    words: &[String],
    time: Duration,
    limit: u64,
) -> Result<Printed, (CommandError, Option<String>)> {
    let deadline = Instant::now() + time;
    let silent = |error| (error, None);
    let (program, arguments) = words.split_first().ok_or_else(|| silent(missing("no program is named")))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| silent(CommandError::NotStarted(error)))?;
    let said = Said::listen(child.stderr.take());
    let mut printed = Vec::new();
    let result = read_and_wait(&mut child, deadline, time, limit, &mut printed);
    if result.is_err() {
        // An error here means that it has ended by itself, which is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
    let said = said.masked(&printed);
    match result {
        Ok(()) => Ok(Printed { printed, said }),
        Err(error) => Err((error, said)),
    }
}

/// So much of a standard error is kept.
const SAID: usize = 4096;
/// So much of it is told, in characters.
const TOLD: usize = 400;
/// How long its end is waited for, once the program has ended: another that it left behind may hold it open.
const REST: Duration = Duration::from_millis(200);

/// A standard error that is read to its end, so that whoever writes it never waits, and kept up to a limit.
struct Said {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: mpsc::Receiver<()>,
}

impl Said {
    fn listen(stderr: Option<ChildStderr>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (sender, ended) = mpsc::channel();
        let kept = Arc::clone(&bytes);
        std::thread::spawn(move || {
            let mut piece = [0; 1024];
            let Some(mut stderr) = stderr else { return };
            while let Ok(length @ 1..) = stderr.read(&mut piece) {
                if let Ok(mut kept) = kept.lock() {
                    let room = SAID.saturating_sub(kept.len());
                    kept.extend_from_slice(&piece[..length.min(room)]);
                }
            }
            // Nobody waits any more where it took long.
            let _ = sender.send(());
        });
        Self { bytes, ended }
    }

    fn masked(self, printed: &[u8]) -> Option<String> {
        // Where its end doesn't come, what came is told.
        let _ = self.ended.recv_timeout(REST);
        let bytes = self.bytes.lock().map(|bytes| bytes.clone()).unwrap_or_default();
        mask(&String::from_utf8_lossy(&bytes), &String::from_utf8_lossy(printed))
    }
}

/// On one line, without what stands in `printed` too, and without words that look like keys: long, of letters and digits.
fn mask(said: &str, printed: &str) -> Option<String> {
    const MASK: &str = "[masked]";
    let secrets = printed.lines().flat_map(|line| std::iter::once(line).chain(line.split_whitespace()));
    let mut secrets: Vec<&str> = secrets.map(str::trim).filter(|secret| secret.len() > 2).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let said = secrets.iter().fold(said.to_owned(), |said, secret| said.replace(secret, MASK));
    let is_key = |part: &str| {
        part.len() >= 16 && part.chars().any(|c| c.is_ascii_digit()) && part.chars().any(char::is_alphabetic)
    };
    // Parts of a path, and what stands behind a name, are looked at for themselves.
    let masked = |word: &str| {
        let parts = word.split_inclusive(['/', '=', ':', '\'', '"', ',']).map(|part| {
            let end =
                part.len() - part.chars().next_back().filter(|c| !c.is_alphanumeric()).map_or(0, char::len_utf8);
            let (key, end) = part.split_at(end);
            if is_key(key) { format!("{MASK}{end}") } else { part.to_owned() }
        });
        parts.collect::<String>()
    };
    let lines = said.lines().map(|line| line.split_whitespace().map(masked).collect::<Vec<_>>().join(" "));
    let told = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ");
    let cut: String = told.chars().take(TOLD).collect();
    let cut = if cut.len() < told.len() { cut + "…" } else { cut };
    (!cut.is_empty()).then_some(cut)
}

fn read_and_wait(
    child: &mut Child,
    deadline: Instant,
    time: Duration,
    limit: u64,
    into: &mut Vec<u8>,
) -> Result<(), CommandError> {
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
    *into = read.map_err(CommandError::Unread)?;
    if u64::try_from(into.len()).unwrap_or(u64::MAX) > limit {
        return Err(CommandError::TooLong(limit));
    }
    let status = wait(child, deadline, time)?;
    if status.success() { Ok(()) } else { Err(CommandError::Failed(name(status))) }
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
        let output = output(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], time, 100);
        output.map(|output| output.printed).map_err(|(error, _)| error)
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
    fn what_a_program_said_comes_with_its_failure_and_never_holds_it_up() {
        let said = |script: &str| {
            let words = ["sh".to_owned(), "-c".to_owned(), script.to_owned()];
            output(&words, TIME, 100).map(|_| ()).unwrap_err().1
        };
        assert_eq!(said("echo 'not in the store' >&2; exit 1").as_deref(), Some("not in the store"));
        assert_eq!(said("exit 1"), None);
        let long =
            said("i=0; while [ $i -lt 3000 ]; do echo 'a line of words' >&2; i=$((i+1)); done; exit 1").unwrap();
        assert!(long.ends_with('…') && long.chars().count() == TOLD + 1, "{long}");
        // One that it leaves behind keeps the pipe.
        let begun = Instant::now();
        assert_eq!(said("sleep 20 >&2 & echo gone >&2; exit 1").as_deref(), Some("gone"));
        assert!(begun.elapsed() < TIME);
    }

    #[test]
    fn nothing_that_may_be_a_secret_is_told() {
        let masked = |said: &str, printed: &str| mask(said, printed).unwrap_or_default();
        assert_eq!(masked("got s3cret, no", "s3cret\n"), "got [masked], no");
        assert_eq!(masked("token=sk-live-4f1d0c9a7b2e refused", ""), "token=[masked] refused");
        assert_eq!(masked("AKIA4f1d0c9a7b2e99", ""), "[masked]");
        let plain = "gpg: decryption failed: No secret key in /home/u/.password-store/bots2/patchcord.gpg";
        assert_eq!(masked(plain, ""), plain);
        assert_eq!(masked("  \n \n", ""), "");
    }

    #[test]
    fn it_reads_nothing_from_here() {
        assert_eq!(run("cat; echo done", TIME).unwrap(), b"done\n");
    }
}
