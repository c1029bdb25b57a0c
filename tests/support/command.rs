//! The real program as a command: arguments and standard input in, its exit code and its two streams out.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::home::{Home, PATCHCORD};

/// How long a command may take. Long, since a passing test never waits this long.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A call that has not been made yet.
pub struct Call {
    command: Command,
    stdin: Option<Vec<u8>>,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Output {
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Call {
    /// Patchcord in that home, with arguments and an empty standard input.
    pub fn new(home: &Home, args: &[&str]) -> Self {
        Self::program(PATCHCORD, home, args)
    }

    /// Any program in that home.
    pub fn program(program: &str, home: &Home, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(args).env_clear().envs(home.environment()).current_dir(home.path().join("home"));
        Self { command, stdin: None }
    }

    /// Adds one variable to the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives it a standard input.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(text.into());
        self
    }

    /// Starts it and leaves it running.
    pub fn start(mut self) -> Running {
        let stdin = if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child = self
            .command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        if let (Some(text), Some(mut pipe)) = (self.stdin, child.stdin.take()) {
            // A program that doesn't read all of it is no failure.
            thread::spawn(move || pipe.write_all(&text));
        }
        let stdout = pump(child.stdout.take().expect("its standard output"));
        let stderr = pump(child.stderr.take().expect("its standard error"));
        Running { child, stdout, stderr, output: Vec::new(), errors: Vec::new() }
    }

    /// Makes the call and waits for its end.
    #[track_caller]
    pub fn run(self) -> Output {
        self.start().wait()
    }
}

/// A program that runs. Dropping it kills it.
pub struct Running {
    child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    output: Vec<u8>,
    errors: Vec<u8>,
}

impl Running {
    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until its standard output so far is as wanted, and returns it.
    #[track_caller]
    pub fn wait_output(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = String::from_utf8_lossy(&self.output).into_owned();
            if wanted(&text) {
                return text;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.stdout.recv_timeout(left) {
                Ok(more) => self.output.extend(more),
                Err(why) => {
                    self.errors.extend(self.stderr.try_iter().flatten());
                    panic!("waited for {what}: {why}\n{text}\n{}", String::from_utf8_lossy(&self.errors));
                }
            }
        }
    }

    /// Sends it a signal (`TERM`, `INT`, …).
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(sent.is_ok_and(|s| s.success()), "the signal {name} was not sent");
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> Output {
        let deadline = Instant::now() + PATIENCE;
        let code = loop {
            self.output.extend(self.stdout.try_iter().flatten());
            self.errors.extend(self.stderr.try_iter().flatten());
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                break status.code();
            }
            assert!(
                Instant::now() < deadline,
                "waited for the command's end\nstdout: {}\nstderr: {}",
                String::from_utf8_lossy(&self.output),
                String::from_utf8_lossy(&self.errors)
            );
            thread::sleep(Duration::from_millis(2));
        };
        self.output.extend(self.stdout.iter().flatten());
        self.errors.extend(self.stderr.iter().flatten());
        Output { code, stdout: std::mem::take(&mut self.output), stderr: std::mem::take(&mut self.errors) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pump(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            if sender.send(buffer[..read].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

impl Output {
    /// Standard output as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("standard output is UTF-8")
    }

    /// Standard error as text.
    #[track_caller]
    pub fn errors(&self) -> &str {
        std::str::from_utf8(&self.stderr).expect("standard error is UTF-8")
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| panic!("standard output is no JSON ({e})\n{self}"))
    }

    /// Standard output as one JSON object a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line:?} is no JSON ({e})\n{self}"));
        self.text().lines().map(parse).collect()
    }

    /// The failure's document on standard error: `error`'s value.
    #[track_caller]
    pub fn failure(&self) -> Value {
        let last = self.errors().lines().last().unwrap_or_default();
        let whole: Value = serde_json::from_slice(&self.stderr)
            .or_else(|_| serde_json::from_str(last))
            .unwrap_or_else(|e| panic!("standard error is no JSON ({e})\n{self}"));
        whole["error"].clone()
    }

    /// Asserts the exit code.
    #[must_use]
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "the exit code\n{self}");
        self
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(4_000)]).into_owned();
        write!(f, "code {:?}\nstdout: {}\nstderr: {}", self.code, cut(&self.stdout), cut(&self.stderr))
    }
}
