//! The operator's desk: what a person keeps, marks and answers, and a start on which nothing is written.

use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, quit};

#[test]
fn on_a_read_only_start_the_frame_says_so_and_what_is_typed_is_kept() {
    let (home, server) = desk();
    let mut pty = Pty::patchcord(&home, &["--read-only"], SIZE);
    pty.wait_for("Question number 0?");
    pty.wait_for("READ ONLY");
    pty.type_text("a thought for later");
    pty.key(Key::Enter);
    pty.wait_for("Read only: what you write stays a draft.");
    pty.wait_for("a thought for later");
    quit(&mut pty);
    assert_eq!((server.count("message"), server.count("conversation")), (0, 0));
    // It is there on a start that writes, and goes out.
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("a thought for later");
    assert!(!pty.screen_text().contains("READ ONLY"));
    pty.key(Key::Enter);
    pty.wait_for("You said: a thought for later");
    quit(&mut pty);
    assert_eq!(server.count("message"), 1);
}
