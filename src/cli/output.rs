//! Where a command prints: what is safe for whom, colour, a reader that went away, and how a failure ends it.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::process::ExitCode;

use serde_json::Value;

use super::args::Color;
use super::json;
use crate::domain::{Failure, Kind, SafeText};
use crate::runtime::Spool;

/// Why a command ends before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// With this failure, not printed yet.
    Failure(Failure),
    /// Whoever read standard output has gone. That is no failure: `| head` does it.
    Closed,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Failure::new(Kind::Failed, format!("could not write to standard output: {error}")).into(),
        }
    }
}

/// A style, where colour is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Dim,
    Red,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
        }
    }
}

/// How a stream shows styles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Styles {
    color: bool,
}

impl Styles {
    /// None at all, as in a file.
    pub(super) const fn plain() -> Self {
        Self { color: false }
    }

    /// Safe text in a style.
    pub(super) fn styled(self, text: &str, style: Style) -> String {
        paint(text, style, self.color)
    }
}

/// So much is written at once.
const BUFFER: usize = 64 << 10;

/// One of the two places to print to.
struct Stream {
    to: Box<dyn Write + Send>,
    terminal: bool,
    color: bool,
}

/// Standard output and standard error, as one command sees them.
pub(super) struct Output {
    out: Stream,
    err: Stream,
    json: bool,
}

impl Output {
    /// The process's own.
    pub(super) fn system(json: bool, color: Color) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let forced =
            ["CLICOLOR_FORCE", "FORCE_COLOR"].iter().any(|name| variable(name).is_some_and(|value| value != "0"));
        let dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let plain = dumb || variable("CLICOLOR").is_some_and(|value| value == "0");
        let never = variable("NO_COLOR").is_some();
        let colored = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !never && (forced || (terminal && !plain)),
        };
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Self {
            out: Stream {
                to: Box::new(BufWriter::with_capacity(BUFFER, io::stdout())),
                terminal: out,
                color: colored(out),
            },
            err: Stream { to: Box::new(BufWriter::new(io::stderr())), terminal: err, color: colored(err) },
            json,
        }
    }

    /// Two buffers to look into, neither of them a terminal.
    #[cfg(test)]
    pub(super) fn memory(json: bool) -> (Self, tests::Buffer, tests::Buffer) {
        let (out, err) = (tests::Buffer::default(), tests::Buffer::default());
        let sink = |buffer: &tests::Buffer| Stream { to: Box::new(buffer.clone()), terminal: false, color: false };
        (Self { out: sink(&out), err: sink(&err), json }, out, err)
    }

    /// Whether `--json` was given.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person reads standard output as it is.
    pub(super) fn out_is_terminal(&self) -> bool {
        self.out.terminal
    }

    /// Whether a person reads standard error as it is.
    pub(super) fn err_is_terminal(&self) -> bool {
        self.err.terminal
    }

    /// One JSON value on one line, on its way at once.
    pub(super) fn json(&mut self, value: &Value) -> Result<(), Stop> {
        let text = if self.out.terminal { json::for_terminal(value) } else { value.to_string() };
        self.exact(&(text + "\n"))
    }

    /// One line of somebody else's words, made safe.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Stop> {
        let text = SafeText::one_line(text);
        self.exact(&format!("{}\n", text.as_str()))
    }

    /// Text as it is, on its way at once: JSON, or what has been made safe.
    pub(super) fn exact(&mut self, text: &str) -> Result<(), Stop> {
        self.out.to.write_all(text.as_bytes())?;
        self.out.to.flush()?;
        Ok(())
    }

    /// What was set aside, as it is: JSON, or what has been made safe. Between what stands before and behind it.
    pub(super) fn set_aside(&mut self, before: &str, spool: &Spool, behind: &str) -> Result<(), Stop> {
        self.out.to.write_all(before.as_bytes())?;
        io::copy(&mut spool.whole()?, &mut self.out.to)?;
        self.exact(behind)
    }

    /// Text that somebody writes piece by piece: exact in a file or a pipe, and safe on a terminal.
    pub(super) fn exported_by(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
        if self.out.terminal {
            let mut safe = SafeLines { line: Vec::new(), to: &mut self.out.to };
            write(&mut safe)?;
            safe.end()?;
        } else {
            write(&mut self.out.to)?;
        }
        Ok(self.out.to.flush()?)
    }

    /// Text that is exact in a file or a pipe, and safe on a terminal.
    pub(super) fn exported(&mut self, text: &str) -> Result<(), Stop> {
        if self.out.terminal { self.exact(SafeText::new(text).as_str()) } else { self.exact(text) }
    }

    /// Safe text in a style, for standard output.
    pub(super) fn styled(&self, text: &str, style: Style) -> String {
        self.styles().styled(text, style)
    }

    /// How standard output shows styles.
    pub(super) const fn styles(&self) -> Styles {
        Styles { color: self.out.color }
    }

    /// How far a long work is, on a line that the next one replaces; an empty one clears it. For a terminal alone.
    pub(super) fn progress(&mut self, text: &str) {
        if self.err.terminal && !self.json {
            let line = paint(SafeText::one_line(text).as_str(), Style::Dim, self.err.color);
            let _ = write!(self.err.to, "\r\u{1b}[K{line}").and_then(|()| self.err.to.flush());
        }
    }

    /// A line beside the output, for whoever looks on. A standard error that is closed stops nothing.
    pub(super) fn aside(&mut self, text: &str) {
        let line = paint(SafeText::one_line(text).as_str(), Style::Dim, self.err.color);
        let _ = writeln!(self.err.to, "{line}").and_then(|()| self.err.to.flush());
    }

    /// A question beside the output, its answer on the same line.
    pub(super) fn prompt(&mut self, text: &str) {
        let _ = write!(self.err.to, "{}", SafeText::one_line(text).as_str()).and_then(|()| self.err.to.flush());
    }

    /// Prints what is left to print, and gives the exit code.
    pub(super) fn end(mut self, result: Result<(), Stop>) -> ExitCode {
        match result {
            Ok(()) | Err(Stop::Closed) => ExitCode::SUCCESS,
            Err(Stop::Failure(failure)) => {
                self.failure(&failure);
                ExitCode::from(failure.kind.exit_code())
            }
        }
    }

    fn failure(&mut self, failure: &Failure) {
        let text = if self.json {
            let value = json::failure(failure);
            (if self.err.terminal { json::for_terminal(&value) } else { value.to_string() }) + "\n"
        } else {
            self.failure_in_words(failure)
        };
        let _ = self.err.to.write_all(text.as_bytes()).and_then(|()| self.err.to.flush());
    }

    fn failure_in_words(&self, failure: &Failure) -> String {
        // A config file's errors stand one a line, each beginning with its place, so that an editor can jump there.
        let mut text = if failure.kind == Kind::Config && failure.message.contains('\n') {
            failure.message.lines().map(|line| SafeText::one_line(line).into_string() + "\n").collect()
        } else {
            let label = paint("error:", Style::Red, self.err.color);
            format!("{label} {}\n", SafeText::one_line(&failure.message).as_str())
        };
        if let Some(hint) = &failure.hint {
            let label = paint("hint:", Style::Dim, self.err.color);
            let _ = writeln!(text, "{label} {}", SafeText::one_line(hint).as_str());
        }
        text
    }
}

/// Makes text safe, line by line: no character acts, and none joins another, beyond its line.
struct SafeLines<'o> {
    line: Vec<u8>,
    to: &'o mut dyn Write,
}

impl SafeLines<'_> {
    fn put(&mut self, until: usize) -> io::Result<()> {
        let rest = self.line.split_off(until);
        let lines = std::mem::replace(&mut self.line, rest);
        self.to.write_all(SafeText::new(&String::from_utf8_lossy(&lines)).as_str().as_bytes())
    }

    fn end(mut self) -> io::Result<()> {
        self.put(self.line.len())
    }
}

impl Write for SafeLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
            self.put(self.line.len() - bytes.len() + end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Tells of something that the user should know, whatever command is run: on standard error, at once.
pub(super) fn warn_in_words(text: &str) {
    let _ = writeln!(io::stderr(), "warning: {}", SafeText::one_line(text).as_str());
}

/// The same for a script: one object on a line of its own.
pub(super) fn warn_in_json(text: &str) {
    let value = serde_json::json!({"warning": {"message": text}});
    let text = if io::stderr().is_terminal() { json::for_terminal(&value) } else { value.to_string() };
    let _ = writeln!(io::stderr(), "{text}");
}

fn paint(text: &str, style: Style, color: bool) -> String {
    if color && !text.is_empty() { format!("\u{1b}[{}m{text}\u{1b}[0m", style.code()) } else { text.to_owned() }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was printed, and whether anyone still reads it.
    #[derive(Clone, Default)]
    pub(in crate::cli) struct Buffer {
        bytes: Arc<Mutex<Vec<u8>>>,
        closed: Arc<AtomicBool>,
    }

    impl Buffer {
        pub(in crate::cli) fn text(&self) -> String {
            String::from_utf8(self.bytes.lock().unwrap().clone()).unwrap()
        }

        pub(in crate::cli) fn close(&self) {
            self.closed.store(true, Ordering::Relaxed);
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.closed.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.bytes.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn on_a_terminal_what_is_written_in_pieces_is_as_safe_as_the_whole() {
        let text =
            "# a\u{1b}[2J\r\n\u{301}b\tc\n\u{202e}d\u{200d}\n\n\te\u{1F468}\u{200d}\u{1F469}\n\u{fe0f}end\u{9b}";
        for step in 1..text.len() {
            let mut written: Vec<u8> = Vec::new();
            let mut safe = SafeLines { line: Vec::new(), to: &mut written };
            text.as_bytes().chunks(step).for_each(|piece| safe.write_all(piece).unwrap());
            safe.end().unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), SafeText::new(text).as_str(), "{step}");
        }
    }

    fn printed(json: bool, failure: Failure) -> String {
        let (output, out, err) = Output::memory(json);
        let code = output.end(Err(failure.into()));
        assert_ne!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(out.text(), "");
        err.text()
    }

    #[test]
    fn a_failure_is_two_lines_or_one_document() {
        let failure = || Failure::new(Kind::NotFound, "no such\nconversation").status(404).hint("list them");
        assert_eq!(printed(false, failure()), "error: no such conversation\nhint: list them\n");
        assert_eq!(
            printed(true, failure()),
            r#"{"error":{"kind":"not_found","message":"no such\nconversation","status":404,"hint":"list them"}}"#
                .to_owned()
                + "\n"
        );
    }

    #[test]
    fn the_errors_of_a_config_file_begin_their_lines() {
        let failure = Failure::new(Kind::Config, "c.toml:1:1: a: b\nc.toml:2:1: c: d\u{1b}[2J");
        let text = printed(false, failure);
        assert!(text.starts_with("c.toml:1:1: a: b\nc.toml:2:1: c: d"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let (mut output, out, err) = Output::memory(false);
        out.close();
        let result = output.exact("text");
        assert!(matches!(result, Err(Stop::Closed)));
        assert_eq!(format!("{:?}", output.end(result)), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(err.text(), "");
    }
}
