//! Whole conversations at a terminal: how far an export has come, and an archive, one more channel, to be read and
//! nothing else.

use crate::support::chat_thing;
use crate::support::command::Call;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, left_as_found, quit};

#[test]
fn an_export_says_how_far_it_has_come() {
    let (home, server) = desk();
    let to = home.path().join("all.md");
    let args = ["conversations", "export", "--all", "--format", "md", "--output", &to.to_string_lossy()];
    let mut pty = Pty::patchcord(&home, &args, SIZE);
    pty.wait_for("exported 250 conversations, 1979 messages into");
    assert_eq!(pty.wait_exit().exit_code(), 0);
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    for said in [
        "reading: 0 conversations, 1 pages",
        "reading: 7 of 250 conversations",
        "1979 messages",
        "[##########..........] reading: 125 of 250",
    ] {
        assert!(raw.contains(said), "{said}");
    }
    assert!(!pty.screen_text().contains("reading:"), "{}", pty.screen_text());
    assert_eq!(server.complaints(), Vec::<String>::new());
}

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
