//! Exports and imports on screen: every message of a long conversation is in the file, what is cancelled leaves nothing,
//! and what was exported comes back as an archive.

use std::fs;

use crate::support::chat_thing::{self, MESSAGES, long_text, stream_head};
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, left_as_found, quit};

#[test]
fn a_long_conversation_is_exported_whole_and_comes_back() {
    let (home, server) = desk();
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("100 of 250");
    pty.key(Key::Tab);
    pty.key(Key::Char('/'));
    pty.type_text(&chat_thing::long());
    pty.wait_for("1 of 250");
    pty.key(Key::Enter);
    pty.wait_for(&format!("Message {} of the long one", MESSAGES - 1));
    // The transcript's own key exports what is open.
    pty.wait_for("End newest");
    pty.key(Key::Char('x'));
    pty.wait_for("this conversation: ");
    pty.key(Key::Up);
    pty.wait_for("› JSONL");
    pty.key(Key::Enter);
    pty.wait_for("Where is it to be written?");
    pty.type_text("~/long.jsonl");
    pty.key(Key::Enter);
    pty.wait_for("exported 1 conversation, 1,234 messages");
    let file = home.path().join("home/long.jsonl");
    let lines = fs::read_to_string(&file).expect("the file");
    let texts: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|line| line["text"].as_str().expect("a text").to_owned())
        .collect();
    assert_eq!(texts, (0..MESSAGES).map(long_text).collect::<Vec<_>>());
    pty.key(Key::Enter);
    pty.wait_gone("exported");

    // The same place again: it is asked first.
    pty.key(Key::Char('x'));
    pty.wait_for("this conversation: ");
    pty.key(Key::Enter);
    pty.type_text("~/long.jsonl");
    pty.key(Key::Enter);
    pty.wait_for("Replace it?");
    pty.key(Key::Esc);
    pty.wait_for("Where is it to be written?");
    pty.key(Key::Esc);
    pty.wait_gone("Where is it to be written?");
    assert_eq!(fs::read_to_string(&file).expect("the file"), lines);

    // And back: an archive of that name opens, and nobody is asked for what is in it.
    pty.key(Key::Tab);
    pty.key(Key::Tab);
    pty.wait_for("Space mark");
    pty.key(Key::Char('I'));
    pty.wait_for("Which file is to be imported?");
    pty.type_text("~/lo");
    pty.key(Key::Tab);
    pty.wait_for("~/long.jsonl");
    pty.key(Key::Enter);
    pty.wait_for("Into which archive?");
    pty.type_text("old-days");
    let asked = server.count("messages");
    pty.key(Key::Enter);
    pty.wait_for("imported 1 conversation, 1,234 messages");
    pty.key(Key::Enter);
    pty.wait_for("old-days · ");
    pty.wait_for("read only");
    pty.wait_for(&format!("Message {} of the long one", MESSAGES - 1));
    assert_eq!(server.count("messages"), asked);
    quit(&mut pty);
    left_as_found(&pty);
    assert_eq!(server.complaints(), Vec::<String>::new());
}

#[test]
fn marked_conversations_go_into_one_file_and_a_cancelled_export_leaves_none() {
    let (home, server) = desk();
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("100 of 250");
    pty.key(Key::Tab);
    pty.key(Key::Home);
    for n in 1..=3 {
        pty.key(Key::Char(' '));
        pty.wait_for(&format!("{n} marked"));
    }
    // A page that never comes.
    for _ in 0..9 {
        server.next("messages", stream_head(true).chunk("{").hang());
    }
    pty.key(Key::Char('x'));
    pty.wait_for("the 3 that are marked");
    pty.key(Key::Enter);
    pty.type_text("~/three.md");
    pty.key(Key::Enter);
    pty.wait_for("0 of 3 conversations");
    pty.key(Key::Esc);
    pty.wait_for("The export was cancelled: nothing was written.");
    let left: Vec<_> = fs::read_dir(home.path().join("home")).expect("a folder").flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    quit(&mut pty);
    left_as_found(&pty);
}
