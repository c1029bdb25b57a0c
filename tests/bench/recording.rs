//! The README's recording, half a minute of the program itself on its sandbox: `cargo bench --bench recording` writes
//! `assets/recording.svg`.
//!
//! Owns what is done in it, at a person's pace, and when a screen is kept.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;
pub mod svg;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use support::home::Home;
use support::pty::{Key, PATIENCE, Pty};
use svg::Frame;

const SIZE: (u16, u16) = (104, 28);
/// How often the screen is looked at.
const LOOK: Duration = Duration::from_millis(80);
/// Between two letters.
const LETTER: Duration = Duration::from_millis(70);
/// How long something is looked at before it goes on.
const READ: Duration = Duration::from_millis(1_600);

/// A program, and what was seen of it since it started.
struct Recorder {
    pty: Pty,
    frames: Vec<Frame>,
    looked: Instant,
}

impl Recorder {
    fn look(&mut self) {
        let screen = self.pty.screen();
        let stood = u64::try_from(self.looked.elapsed().as_millis()).expect("a moment");
        self.looked = Instant::now();
        match self.frames.last_mut() {
            Some((last, ms)) if same(last, &screen) => *ms += stood,
            _ => self.frames.push((screen, stood)),
        }
    }

    fn pause(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            thread::sleep(left.min(LOOK));
            self.look();
        }
    }

    /// Goes on once that stands on the screen, and has stood there long enough to be read.
    fn read(&mut self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.pty.screen().contents().contains(text) {
            assert!(Instant::now() < until, "no {text:?} on\n{}", self.pty.screen().contents());
            self.pause(LOOK);
        }
        self.pause(READ);
    }

    fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.pty.key(Key::Char(letter));
            self.pause(LETTER);
        }
    }

    fn press(&mut self, key: Key) {
        self.pty.key(key);
        self.pause(LETTER * 4);
    }
}

fn same(a: &vt100::Screen, b: &vt100::Screen) -> bool {
    a.cursor_position() == b.cursor_position() && a.contents_formatted() == b.contents_formatted()
}

fn main() {
    let home = Home::new();
    let pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("47 of 47");
    let mut recorder = Recorder { pty, frames: Vec::new(), looked: Instant::now() };
    recorder.pause(READ);
    // A question, and the next one while the reply comes in.
    recorder.type_text("How many planets are there in the solar system?");
    recorder.press(Key::Enter);
    recorder.read("Mercury");
    recorder.type_text("Which key makes a new line?");
    recorder.press(Key::Enter);
    recorder.pause(READ * 2);
    // The documents that it learns from.
    recorder.press(Key::Ctrl('p'));
    recorder.pause(READ);
    recorder.press(Key::Esc);
    recorder.press(Key::Alt('2'));
    recorder.read("# What Patchcord is");
    recorder.press(Key::Char('e'));
    recorder.read("as it was");
    recorder.press(Key::Down);
    recorder.press(Key::Down);
    recorder.type_text("**In a hurry?** ");
    recorder.read("1 staged");
    recorder.press(Key::Esc);
    // What platforms posted meanwhile.
    recorder.press(Key::Alt('3'));
    recorder.read("in all");
    recorder.press(Key::Enter);
    recorder.pause(READ * 2);
    recorder.press(Key::Esc);
    recorder.press(Key::Alt('1'));
    recorder.pause(READ);
    let seconds = recorder.frames.iter().map(|(_, stood)| stood).sum::<u64>() / 1_000;
    let film = svg::film(&recorder.frames, "Half a minute of Patchcord on its embedded sandbox");
    recorder.pty.kill9();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/recording.svg");
    fs::write(&path, &film).expect("writing the recording");
    println!("wrote assets/recording.svg: {seconds} s, {} frames, {} kB", recorder.frames.len(), film.len() / 1_000);
}
