//! The Log view in the real terminal interface: calls as they are made, a read made again, and no secret of any.

use crate::support::chat_thing::{SECRET, refusal};
use crate::support::pty::Key;
use crate::support::wait::wait;
use crate::{desk, left_as_found, on_server, quit};

#[test]
fn calls_are_seen_as_they_are_made_and_a_read_is_made_again() {
    let (home, server) = desk();
    let mut pty = on_server(&home);
    pty.key(Key::Alt('4'));
    pty.wait_for("Calls");
    pty.wait_for("/conversations");
    pty.wait_for("answered 200");
    // What reads is made again, and its answer stands beside it; the call that it was is one more in the list.
    let before = server.count("conversations");
    pty.key(Key::Char('r'));
    pty.wait_for("Read again: answered 200");
    pty.wait_for("\"conversations\": [");
    wait("the call", || server.count("conversations") == before + 1);
    pty.wait_for("made again by hand");
    // A failure is marked as soon as it is made, and can be seen alone.
    server.next("conversations", refusal(403));
    pty.key(Key::Char('r'));
    pty.wait_for("Read again: answered 403");
    pty.key(Key::Char('f'));
    pty.wait_for("/ failed");
    pty.wait_for("1 of ");
    pty.key(Key::Char('f'));
    pty.key(Key::Char('/'));
    pty.type_text("nowhere");
    pty.wait_for("nothing matches");
    pty.key(Key::Esc);
    pty.wait_gone("nowhere");
    assert!(!String::from_utf8_lossy(&pty.raw()).contains(SECRET));
    pty.key(Key::Alt('1'));
    quit(&mut pty);
    left_as_found(&pty);
    let log = std::fs::read_to_string(home.path().join("state/patchcord/patchcord.log")).expect("the log");
    assert!(!log.contains(SECRET) && log.contains("\"again\":true"), "{log}");
}
