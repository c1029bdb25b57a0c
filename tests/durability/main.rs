//! Nothing is lost and nothing is sent twice, by the real binary: killed at any moment, with the power cut at any moment,
//! several of it at once, with a server that keeps silent about what it took, and with a disk that takes nothing.
//!
//! The witness is the server: it counts the copies of every text. What became of a message is read off the screen, as a
//! person would. `KILLS` says how often is killed, `SEED` repeats a run; `tests/fire.sh` runs all of it at length.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/support.rs"]
pub mod support;

mod answers;
mod calls;
mod calls_kept;
mod damaged;
mod disk;
mod fate;
mod guarded;
mod kills;
mod load;
mod moved;
mod power;
mod power_out;
mod push;
mod queue;
mod recovery;
mod stopped;
mod together;
mod webhooks;

use support::chat_thing::ChatThing;
use support::home::Home;
use support::origin::{Request, Script, Stamp, Step};
use support::pty::{Key, Pty};

/// Tall, so that many messages that wait for the user's word are on one screen.
const SIZE: (u16, u16) = (120, 120);
/// What a message of unknown fate is marked with.
const UNKNOWN: &str = "unknown: it may have arrived";
/// What a message that never left is marked with.
const NOT_SENT: &str = "not sent";
/// What the bot says to everything here: no word of what it was told, so that the screen shows that once.
const REPLY: &str = "Noted, and thank you for it, that was all of it.";

/// A home with a config file for a server of the test's own.
fn desk() -> (Home, ChatThing) {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    server.reply(REPLY);
    (home, server)
}

/// The program in a terminal.
fn start(home: &Home) -> Pty {
    Pty::patchcord(home, &[], SIZE)
}

/// The program with a new conversation open that the platform knows.
#[track_caller]
fn in_new_conversation(home: &Home) -> Pty {
    let pty = start(home);
    pty.wait_for("Question number 0?");
    pty.key(Key::Ctrl('n'));
    pty.wait_for("how can I help you?");
    pty
}

/// A text that no other message has. Its head goes into titles; its tail is on a row of its own that no title shows.
fn text(name: &str) -> String {
    format!(
        "{} with more words than any title of a conversation has columns to show at this width, and then:\n{}",
        head(name),
        tail(name)
    )
}

fn head(name: &str) -> String {
    format!("head{name}")
}

fn tail(name: &str) -> String {
    format!("tail{name}")
}

/// How often the server was told that text.
fn copies(server: &ChatThing, text: &str) -> usize {
    server.origin.requests().iter().filter(|request| says(request, text)).count()
}

/// Whether that request brings that text.
fn says(request: &Request, text: &str) -> bool {
    request.path.ends_with("/1.0/message") && request.json().is_some_and(|body| body["message"] == text)
}

/// The first steps of an answer, a stamp that tells that they were played, and then silence.
fn held(mut script: Script, steps: usize, stamp: &Stamp) -> Script {
    script.0.truncate(steps);
    script.then(Step::Stamp(stamp.clone())).hang()
}

/// Opens a conversation by a text that its title alone has; false if there is none such. The composer has the keys
/// before it and, unless there is none, after it.
#[track_caller]
fn visit(pty: &Pty, title: &str) -> bool {
    pty.key(Key::Tab);
    pty.wait_until("the roster's line for the filter", |screen| {
        let text = screen.contents();
        text.contains("│ / filter") || text.contains("│ / '")
    });
    if !pty.screen_text().contains("│ / filter") {
        pty.key(Key::Esc);
        pty.wait_for("│ / filter");
    }
    pty.type_text(&format!("/'{title}"));
    pty.wait_until("the filter's answer", |screen| {
        let text = screen.contents();
        let filter = format!("/ '{title}");
        let row = |line: &str| line.contains(title) && !line.contains(&filter);
        text.contains(&filter) && (text.contains("nothing matches") || text.lines().any(row))
    });
    if pty.screen_text().contains("nothing matches") {
        return false;
    }
    pty.key(Key::Enter);
    // The pane of the conversation says which one it is.
    pty.wait_until("the conversation's title", |screen| {
        screen.contents().lines().next().is_some_and(|line| line.contains(title))
            || screen.contents().lines().nth(1).is_some_and(|line| line.contains(title))
    });
    // Enter goes to what was said, where something was.
    let writes = |text: &str| text.contains("Enter send");
    pty.wait_until("the keys of a pane", |screen| {
        let text = screen.contents();
        writes(&text) || text.contains("y copy") || text.contains("d drop")
    });
    if !writes(&pty.screen_text()) {
        pty.key(Key::Tab);
        pty.wait_for("Enter send");
    }
    true
}

/// Ends the program in order, whatever it is doing.
#[track_caller]
fn end(pty: &mut Pty) {
    pty.signal("TERM");
    pty.wait_exit();
}

/// Random numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("small")
    }
}
