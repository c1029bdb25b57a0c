//! Scrolling through a message of 10 MiB: from a key to the whole frame.

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::process;
use crate::stream::{MARKER, ended, ms};
use crate::support::chat_thing::{ChatThing, delta, stream_head};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::who::{Who, frame_is_whole};

/// How long the message is.
const LENGTH: usize = 10 * 1024 * 1024;
/// How much of it comes at once.
const PIECE: usize = 64 * 1024;
/// No frame may be drawn for so long before a key is pressed.
const REST: Duration = Duration::from_millis(8);

/// What scrolling came to.
#[derive(Debug, Clone, Default)]
pub struct Scrolled {
    /// Milliseconds of each key.
    pub frames: Vec<f64>,
    /// CPU milliseconds of each, on average.
    pub cpu: f64,
    /// The most memory that the program ever had, in MB.
    pub peak: f64,
}

/// Takes in the message, goes through it once, and then measures so many keys.
pub fn scroll(who: Who, keys: usize) -> Scrolled {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    if who.is_program() {
        server.next("message", message(LENGTH));
    }
    let pty = who.ask(&home, &server);
    if who.is_program() {
        pty.key(Key::Enter);
        pty.wait_for(MARKER);
        pty.key(Key::BackTab);
        for key in [Key::Home, Key::End] {
            press(&pty, key);
        }
    }
    let cpu = process::cpu(pty.pid());
    let mut frames = Vec::with_capacity(keys);
    for at in 0..keys {
        // Whole pages up and down, and now and then from one end to the other.
        let key = match at % 50 {
            24 if who.is_program() => Key::Home,
            49 if who.is_program() => Key::End,
            0..=24 => Key::PageUp,
            _ => Key::PageDown,
        };
        frames.push(press(&pty, key));
    }
    let cpu = (process::cpu(pty.pid()) - cpu) * 1_000.0 / keys as f64;
    Scrolled { frames, cpu, peak: process::peak_mb(pty.pid()) }
}

/// The time from a key to the end of the frame that it brings.
fn press(pty: &Pty, key: Key) -> f64 {
    let mut before = pty.written();
    loop {
        thread::sleep(REST);
        if pty.written() == before {
            break;
        }
        before = pty.written();
    }
    let from = Instant::now();
    pty.key(key);
    let seen = pty.moment("a frame", |_, raw| raw.len() > before && frame_is_whole(raw));
    ms(from, seen)
}

/// A reply of so many bytes: paragraphs, lists and code.
pub fn message(length: usize) -> crate::support::origin::Script {
    let mut piece = String::with_capacity(PIECE);
    let mut script = stream_head(true);
    let mut at = 0;
    for _ in 0..length / PIECE {
        piece.clear();
        while piece.len() < PIECE {
            at += 1;
            let _ = write!(
                piece,
                "Paragraph {at} is about **planets**, their moons, and how far away all of them are from here; it \
                 goes on for a line or two.\n\n- one thing\n- and another\n\n```\nlet planet = {at};\n```\n\n"
            );
        }
        script = script.chunk(delta(&piece));
    }
    ended(script).end()
}
