//! The terminal interface, by the real binary in a real terminal: what a person sees, what the terminal is sent, and
//! how it is left.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../support/support.rs"]
pub mod support;

mod ahead;
mod archive;
mod chat;
mod copy;
mod desk;
mod first_minutes;
mod keys;
mod life;
mod linear;
mod link;
mod log;
mod manners;
mod notify;
mod outside;
mod queue;
mod reload;
mod scripts;
mod shells;
mod split;
mod suites;
mod tests_view;
mod transfer;
mod truth;
mod webhooks;

use std::time::Duration;

use support::chat_thing::ChatThing;
use support::escapes::{modes_left_on, strays};
use support::home::Home;
use support::pty::{Key, Pty};

/// The size of most terminals here.
const SIZE: (u16, u16) = (110, 34);

/// The program on the embedded sandbox, greeted.
fn on_sandbox(home: &Home) -> Pty {
    let pty = Pty::patchcord(home, &[], SIZE);
    pty.wait_for("patchcord");
    pty
}

/// A home with a config file for a server of the test's own.
fn desk() -> (Home, ChatThing) {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    (home, server)
}

/// The program on a server of the test's own, its roster loaded and a new conversation open.
fn on_server(home: &Home) -> Pty {
    let pty = Pty::patchcord(home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.key(Key::Ctrl('n'));
    pty
}

/// Quits as a person does: Ctrl+C once more, until the program says that the next one quits. (The first ones may stop
/// a reply whose last words are on the screen and whose end is still under way.)
#[track_caller]
fn quit(pty: &mut Pty) {
    for _ in 0..5 {
        pty.key(Key::Ctrl('c'));
        if pty.shows_within(Duration::from_secs(2), "again to quit") {
            break;
        }
    }
    pty.key(Key::Ctrl('c'));
    assert_eq!(pty.wait_exit().exit_code(), 0);
}

/// Asserts that the terminal is as it was before the program, and that the program wrote nothing that it may not.
#[track_caller]
fn left_as_found(pty: &Pty) {
    assert_eq!(pty.termios_now(), pty.termios_before());
    let screen = pty.screen();
    assert!(!screen.alternate_screen(), "the alternate screen is still there");
    assert!(!screen.hide_cursor(), "the cursor is still hidden");
    let raw = pty.raw();
    assert_eq!(modes_left_on(&raw), Vec::<String>::new());
    assert_eq!(strays(&raw), Vec::<String>::new());
    // A program that had left no trace of its modes would pass the checks above.
    assert!(String::from_utf8_lossy(&raw).contains("\x1b[?1049h"), "it was never on the alternate screen");
}
