//! The terminal interface line by line, by the real binary in a terminal that can't be drawn on: what the screen does, as
//! lines that are appended, and the promises of the screen.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::chat_thing::{HOSTILE, hostile, id};
use crate::support::escapes::strays;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk};

/// The program in a dumb terminal, on the embedded sandbox or what the home's config says.
fn linear(home: &Home, more: &[(&str, &str)]) -> Pty {
    let all: Vec<(&str, &str)> = [("TERM", "dumb")].into_iter().chain(more.iter().copied()).collect();
    Pty::patchcord_with(home, &["--linear"], SIZE, &all)
}

fn enter(pty: &Pty, line: &str) {
    pty.type_text(line);
    pty.key(Key::Enter);
}

/// What was told, from that many bytes on.
fn lines_from(pty: &Pty, from: usize) -> String {
    String::from_utf8_lossy(pty.raw().get(from..).unwrap_or_default()).replace("\r\n", "\n")
}

/// Enters a line and waits until all of that was told since.
#[track_caller]
fn ask(pty: &Pty, line: &str, wanted: &[&str]) {
    let from = pty.raw().len();
    enter(pty, line);
    pty.wait_raw(&format!("{wanted:?} after {line:?}"), |raw| {
        let text = String::from_utf8_lossy(raw.get(from..).unwrap_or_default());
        wanted.iter().all(|wanted| text.contains(wanted))
    });
}

/// Nothing but text was written, and the terminal is as it was.
#[track_caller]
fn only_lines(pty: &Pty) {
    assert_eq!(pty.termios_now(), pty.termios_before());
    assert_eq!(strays(&pty.raw()), Vec::<String>::new());
    assert!(!pty.raw().contains(&0x1b), "an escape sequence");
}

#[test]
fn it_does_line_by_line_what_the_screen_does() {
    let home = Home::new();
    let editor = home.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\necho 'A line that was added.' >> \"$1\"\n").expect("an editor");
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let editor = editor.to_str().expect("a path").to_owned();
    let mut pty = linear(&home, &[("EDITOR", &editor), ("VISUAL", "")]);
    pty.wait_raw("the greeting", |raw| String::from_utf8_lossy(raw).contains("Bot: Hello"));
    // Chat: the reply is told once, as it comes, under its label.
    ask(
        &pty,
        "What is Patchcord?",
        &["You: What is Patchcord?", "Bot: ", "one terminal window on every bot channel"],
    );
    pty.wait_raw("the next prompt", |raw| String::from_utf8_lossy(raw).trim_end().ends_with('>'));
    assert_eq!(lines_from(&pty, 0).matches("You: What is Patchcord?").count(), 1);
    // A message of two lines, and one that begins with a slash.
    enter(&pty, "one \\");
    ask(&pty, "two", &["You: one \ntwo".replace('\n', "\r\n").as_str()]);
    ask(&pty, "//etc", &["You: /etc"]);
    // Another conversation, and back, by their words.
    ask(&pty, "/conversations", &["Conversations:", "1. ", "Pluto?", "Here: a number opens that entry"]);
    ask(&pty, "/open Pluto", &["Conversation: Pluto?", "You: Pluto?"]);
    // Another channel.
    ask(&pty, "/open lookups", &["on channel lookups"]);
    ask(&pty, "/channels", &["Channels of", "sandbox", "flow"]);
    ask(&pty, "/open sandbox", &["on channel sandbox"]);
    // Search, in all that this machine has seen.
    ask(&pty, "/search \"terminal window\"", &["Search everywhere:", "1. "]);
    // A row is edited in the user's own editor, shown, and applied.
    ask(&pty, "/sources", &["First steps", "rows"]);
    ask(&pty, "/open First steps", &["First steps"]);
    ask(&pty, "/edit-row", &["line 1 of"]);
    ask(&pty, "/edit", &["Waiting for editor", "staged"]);
    ask(&pty, "/apply-row", &["1 changed", "+ A line that was added."]);
    ask(&pty, "/confirm", &["1 row updated"]);
    // The webhooks that the sandbox's people send by themselves, and a delivery whole.
    ask(&pty, "/webhooks", &["Deliveries"]);
    ask(&pty, "/help replay", &["/replay"]);
    // The calls that were made.
    ask(&pty, "/log", &["Calls:", "POST"]);
    ask(&pty, "/only-failed", &["of"]);
    ask(&pty, "/nonsense", &["Problem: \"nonsense\" is no command here"]);
    // A draft outlives a kill.
    ask(&pty, "/draft words to keep", &["It is a draft now"]);
    pty.wait_raw("the draft in the store", |_| drafts(&home).contains("words to keep"));
    only_lines(&pty);
    pty.kill9();

    let mut pty = linear(&home, &[]);
    pty.wait_raw("the draft", |raw| String::from_utf8_lossy(raw).contains("Draft: words to keep"));
    ask(&pty, "/send", &["You: words to keep", "Bot: "]);
    ask(&pty, "/quit", &[]);
    assert_eq!(pty.wait_exit().exit_code(), 0);
    only_lines(&pty);
}

/// What the store's files hold as text.
fn drafts(home: &Home) -> String {
    let files = std::fs::read_dir(home.data()).into_iter().flatten().flatten();
    files
        .filter_map(|file| std::fs::read(file.path()).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

#[test]
fn what_strangers_wrote_is_told_as_text_and_ctrl_c_stops_and_quits() {
    let (home, server) = desk();
    let mut pty = linear(&home, &[]);
    ask(&pty, "/conversations", &["Question number 0?"]);
    ask(&pty, &format!("/open {}", hostile()), &["Bot: safe", "txt.exe"]);
    assert!(!String::from_utf8_lossy(&pty.raw()).contains(HOSTILE));
    ask(&pty, &format!("/open {}", id(4)), &["Answer number 4."]);
    // Twice, as on the screen; what is written stays.
    ask(&pty, "/draft half a thought", &["It is a draft now"]);
    pty.key(Key::Ctrl('c'));
    pty.wait_raw("the question", |raw| String::from_utf8_lossy(raw).contains("again to quit"));
    pty.key(Key::Ctrl('c'));
    assert_eq!(pty.wait_exit().exit_code(), 0);
    only_lines(&pty);
    assert!(!server.keeps("half a thought"));
    let mut pty = linear(&home, &[]);
    pty.wait_raw("the draft", |raw| String::from_utf8_lossy(raw).contains("Draft: half a thought"));
    // The end of the input ends it too.
    pty.key(Key::Ctrl('d'));
    assert_eq!(pty.wait_exit().exit_code(), 0);
    only_lines(&pty);
}
