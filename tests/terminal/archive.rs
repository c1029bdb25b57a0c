//! An archive in the terminal interface: one more channel, to be read and nothing else.

use crate::support::chat_thing;
use crate::support::command::Call;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, left_as_found, quit};

#[test]
fn what_was_imported_is_one_more_channel() {
    let (home, server) = desk();
    let (nine, ten) = (chat_thing::id(9), chat_thing::id(10));
    let call = |args: &[&str]| Call::new(&home, args).run().expect_code(0);
    let _ = call(&["conversations", "export", &nine, &ten, "--format", "jsonl", "--output", "two.jsonl"]);
    let _ = call(&["conversations", "import", "--as", "old-days", "two.jsonl"]);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    let asked = server.count("messages");
    pty.key(Key::Ctrl('t'));
    pty.wait_for("old-days");
    pty.type_text("old");
    pty.key(Key::Enter);
    pty.wait_for("read only");
    pty.wait_for("Answer number");
    pty.wait_for("Question number 10?");
    pty.wait_for("An archive can be read, not written to.");
    assert_eq!(server.count("messages"), asked, "nobody is asked for it");
    quit(&mut pty);
    left_as_found(&pty);
    // It can be meant from the start, too.
    let mut pty = Pty::patchcord(&home, &["-c", "old-days"], SIZE);
    pty.wait_for("read only");
    pty.wait_for("Answer number");
    quit(&mut pty);
}
