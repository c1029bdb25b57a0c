//! A terminal for the real program: a PTY, a VT parser that reads what comes out, keys that go in.
//!
//! Owns waiting: every wait is for a condition, with a deadline, and shows the screen when it fails.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::home::{Home, PATCHCORD};
use super::link::Link;

/// How long a condition is waited for. Long, since a passing test never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A key of the keyboard, as a terminal without extensions sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// With Ctrl, a letter.
    Ctrl(char),
    /// With Alt, a character.
    Alt(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

impl Key {
    fn bytes(self) -> Vec<u8> {
        let fixed: &[u8] = match self {
            Self::Char(c) => return c.to_string().into_bytes(),
            Self::Ctrl(c) => return vec![u8::try_from(c.to_ascii_lowercase()).expect("a letter") & 0x1f],
            Self::Alt(c) => return format!("\x1b{c}").into_bytes(),
            Self::Enter => b"\r",
            Self::Esc => b"\x1b",
            Self::Tab => b"\t",
            Self::BackTab => b"\x1b[Z",
            Self::Backspace => b"\x7f",
            Self::Delete => b"\x1b[3~",
            Self::Up => b"\x1b[A",
            Self::Down => b"\x1b[B",
            Self::Left => b"\x1b[D",
            Self::Right => b"\x1b[C",
            Self::Home => b"\x1b[H",
            Self::End => b"\x1b[F",
            Self::PageUp => b"\x1b[5~",
            Self::PageDown => b"\x1b[6~",
        };
        fixed.to_vec()
    }
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// When the last of it was read.
    at: Instant,
    closed: bool,
    /// Nobody reads the terminal.
    frozen: bool,
}

type Shared = Arc<(Mutex<Seen>, Condvar)>;

/// A program in a terminal. Dropping it ends the program.
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    /// What is typed, on its way to the program.
    keyboard: Link,
    /// What the program writes, on its way to the screen.
    display: Link,
    child: Box<dyn Child + Send + Sync>,
    seen: Shared,
    reader: Option<JoinHandle<()>>,
    found: String,
    exited: Option<ExitStatus>,
}

impl Pty {
    /// Patchcord in that home, with arguments, in a terminal of that many columns and rows.
    pub fn patchcord(home: &Home, args: &[&str], size: (u16, u16)) -> Self {
        Self::patchcord_with(home, args, size, &[])
    }

    /// The same with more environment.
    pub fn patchcord_with(home: &Home, args: &[&str], size: (u16, u16), more: &[(&str, &str)]) -> Self {
        let mut environment = home.environment();
        environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Self::spawn(PATCHCORD, args, &environment, size)
    }

    /// Any program, with that environment and no other.
    pub fn spawn(program: &str, args: &[&str], environment: &[(String, String)], size: (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(pty_size(size)).expect("a PTY");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(std::env::temp_dir());
        let found = termios(&*pair.master);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let parser = vt100::Parser::new(cells(size.1), cells(size.0), 0);
        let seen = Seen { parser, raw: Vec::new(), at: Instant::now(), closed: false, frozen: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let mut writer = pair.master.take_writer().expect("the keyboard");
        // A program that has ended takes none.
        let keyboard = Link::to(move |bytes| _ = writer.write_all(bytes).and_then(|()| writer.flush()));
        let display = show(Arc::clone(&seen), keyboard.clone());
        let reader = pair.master.try_clone_reader().expect("the screen");
        let reader = read_screen(reader, Arc::clone(&seen), display.clone());
        Self { master: pair.master, keyboard, display, child, seen, reader: Some(reader), found, exited: None }
    }

    /// From now on nobody reads the terminal, as under Ctrl+S: what the program writes fills the system's buffer, and
    /// then its writes block.
    pub fn freeze(&self) {
        self.lock().frozen = true;
    }

    /// Somebody reads again.
    pub fn thaw(&self) {
        self.lock().frozen = false;
        self.seen.1.notify_all();
    }

    /// Types text, as a person without paste does.
    pub fn type_text(&self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Presses a key.
    pub fn key(&self, key: Key) {
        self.send(&key.bytes());
    }

    /// Pastes text in brackets.
    pub fn paste(&self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends bytes as they are. A program that has ended takes none, and whoever waits next is told of its end.
    pub fn send(&self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.keyboard.send(bytes);
        }
    }

    /// From now on, what is typed and what is drawn is that long on its way.
    pub fn slow(&self, delay: Duration) {
        self.keyboard.slow(delay);
        self.display.slow(delay);
    }

    /// From now on, what is typed comes in pieces of at most so many bytes, each in a read of its own.
    pub fn pieces(&self, bytes: usize) {
        self.keyboard.pieces(bytes);
    }

    /// Nothing passes for that long, in either direction; then what collected comes at once.
    pub fn stall(&self, time: Duration) {
        self.keyboard.stall(time);
        self.display.stall(time);
    }

    /// Sends bytes of which the first `at` come before a stall, and the others behind it.
    pub fn split(&self, bytes: &[u8], at: usize, stall: Duration) {
        self.keyboard.split(bytes, at, stall);
        self.display.stall(stall);
    }

    /// Waits until the program was sent all that was typed.
    pub fn typed(&self) {
        self.keyboard.drained();
    }

    /// Gives the terminal another size: columns, rows.
    pub fn resize(&self, size: (u16, u16)) {
        self.lock().parser.set_size(cells(size.1), cells(size.0));
        self.master.resize(pty_size(size)).expect("the PTY takes a size");
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |seen| wanted(seen.parser.screen()));
    }

    /// Waits until the screen shows that text within one row.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?} on the screen"), |seen| contents(seen.parser.screen()).contains(text));
    }

    /// Waits until the screen no longer shows that text.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) {
        self.wait(&format!("no {text:?} on the screen"), |seen| !contents(seen.parser.screen()).contains(text));
    }

    /// Whether the screen shows that text before the time is up. For a choice between two ways on, never for a verdict.
    pub fn shows_within(&self, time: Duration, text: &str) -> bool {
        let shows = |seen: &Seen| contents(seen.parser.screen()).contains(text);
        self.seen_within(Instant::now() + time, shows).is_ok()
    }

    /// Waits until the bytes written so far are as wanted.
    #[track_caller]
    pub fn wait_raw(&self, what: &str, wanted: impl Fn(&[u8]) -> bool) {
        self.wait(what, |seen| wanted(&seen.raw));
    }

    /// Waits until the screen, or the bytes so far, are as wanted; says when the bytes came that made it so.
    #[track_caller]
    pub fn moment(&self, what: &str, wanted: impl Fn(&vt100::Screen, &[u8]) -> bool) -> Instant {
        self.wait(what, |seen| wanted(seen.parser.screen(), &seen.raw))
    }

    #[track_caller]
    fn wait(&self, what: &str, wanted: impl Fn(&Seen) -> bool) -> Instant {
        match self.seen_within(Instant::now() + PATIENCE, wanted) {
            Ok(at) => at,
            Err((why, dump)) => panic!("waited for {what}: {why}\n{dump}"),
        }
    }

    /// When the bytes were read that made it so.
    fn seen_within(
        &self,
        deadline: Instant,
        wanted: impl Fn(&Seen) -> bool,
    ) -> Result<Instant, (&'static str, String)> {
        let mut seen = self.lock();
        while !wanted(&seen) {
            if seen.closed {
                return Err(("the program ended", dump(&seen)));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(("the deadline passed", dump(&seen)));
            }
            let woken = self.seen.1.wait_timeout(seen, left);
            seen = woken.map_or_else(|poisoned| poisoned.into_inner().0, |(seen, _)| seen);
        }
        Ok(seen.at)
    }

    /// What the screen shows, a line a row.
    pub fn screen_text(&self) -> String {
        contents(self.lock().parser.screen())
    }

    /// The screen as it is now.
    pub fn screen(&self) -> vt100::Screen {
        self.lock().parser.screen().clone()
    }

    /// Every byte that the program wrote.
    pub fn raw(&self) -> Vec<u8> {
        self.lock().raw.clone()
    }

    /// How many bytes the program wrote.
    pub fn written(&self) -> usize {
        self.lock().raw.len()
    }

    /// The terminal's settings as they were before the program started.
    pub fn termios_before(&self) -> &str {
        &self.found
    }

    /// The terminal's settings now.
    pub fn termios_now(&self) -> String {
        termios(&*self.master)
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Sends the program a signal (`TERM`, `HUP`, …).
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(sent.is_ok_and(|s| s.success()), "the signal {name} was not sent");
    }

    /// Ends the program as a power cut would, and waits for its end.
    pub fn kill9(&mut self) {
        self.signal("KILL");
        self.wait_exit();
    }

    /// Waits until the program has ended and all that it wrote was read.
    #[track_caller]
    pub fn wait_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while self.exited.is_none() {
            self.exited = self.child.try_wait().expect("the program can be waited for");
            if self.exited.is_none() {
                assert!(Instant::now() < deadline, "waited for the program's end\n{}", dump(&self.lock()));
                thread::sleep(Duration::from_millis(5));
            }
        }
        self.wait_closed(deadline);
        self.exited.clone().expect("it ended")
    }

    fn wait_closed(&self, deadline: Instant) {
        let mut seen = self.lock();
        while !seen.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the program ended, and somebody still holds its terminal");
            let woken = self.seen.1.wait_timeout(seen, left);
            seen = woken.map_or_else(|poisoned| poisoned.into_inner().0, |(seen, _)| seen);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.exited.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.thaw();
        self.keyboard.close();
        self.display.close();
        // The reader ends with the last holder of the terminal, which may be a grandchild: it is not waited for.
        drop(self.reader.take());
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a size that isn't zero")
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn termios(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().expect("the terminal's settings"))
}

/// The rows of a screen, trailing blanks left out.
pub fn contents(screen: &vt100::Screen) -> String {
    let (_, cols) = screen.size();
    screen.rows(0, cols.get()).fold(String::new(), |mut text, row| {
        text.push_str(row.trim_end());
        text.push('\n');
        text
    })
}

fn dump(seen: &Seen) -> String {
    let screen = seen.parser.screen();
    let (rows, cols) = screen.size();
    let mut out = format!("{cols}x{rows}, cursor {:?}, {} bytes written\n", screen.cursor_position(), seen.raw.len());
    for line in contents(screen).lines() {
        let _ = writeln!(out, "|{line}");
    }
    let tail = &seen.raw[seen.raw.len().saturating_sub(400)..];
    let _ = writeln!(out, "the last bytes: {}", String::from_utf8_lossy(tail).escape_debug());
    out
}

/// The screen's end of the link: shows what comes, and answers what is asked.
fn show(seen: Shared, keyboard: Link) -> Link {
    Link::to(move |bytes| {
        let answer = {
            // What was on its way when it froze is shown when it thaws.
            let mut seen = wait_for_thaw(&seen);
            let before = seen.raw.len();
            seen.at = Instant::now();
            seen.closed |= bytes.is_empty();
            seen.raw.extend_from_slice(bytes);
            seen.parser.process(bytes);
            answer(&seen.raw, before, seen.parser.screen())
        };
        seen.1.notify_all();
        if !answer.is_empty() {
            keyboard.send(&answer);
        }
    })
}

fn read_screen(mut reader: Box<dyn Read + Send>, seen: Shared, display: Link) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        loop {
            drop(wait_for_thaw(&seen));
            match reader.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(read) => display.send(&buffer[..read]),
            }
        }
        display.send(&[]);
    })
}

fn wait_for_thaw(seen: &Shared) -> MutexGuard<'_, Seen> {
    let held = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
    seen.1.wait_while(held, |seen| seen.frozen).unwrap_or_else(PoisonError::into_inner)
}

/// What a terminal answers to the questions in what was just written: all that stands behind the first `before` bytes.
fn answer(written: &[u8], before: usize, screen: &vt100::Screen) -> Vec<u8> {
    let asked = |question: &[u8]| {
        let from = before.saturating_sub(question.len() - 1);
        written[from..].windows(question.len()).any(|w| w == question)
    };
    let mut out = Vec::new();
    if asked(b"\x1b[6n") {
        let (row, column) = screen.cursor_position();
        out.extend(format!("\x1b[{};{}R", row + 1, column + 1).into_bytes());
    }
    if asked(b"\x1b[c") {
        out.extend(b"\x1b[?62;22c");
    }
    out
}
