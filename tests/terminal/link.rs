//! Keys over a link that is slow, splits what it carries, and stalls; and bytes that begin what never ends.

use std::time::Duration;

use crate::support::chat_thing::{ChatThing, delta, stream_head};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{desk, left_as_found, on_sandbox, on_server, quit};

/// The longest stall that the link has.
const STALL: Duration = Duration::from_secs(2);
/// How long the link takes, one way.
const DELAY: Duration = Duration::from_millis(300);

/// The program while a reply streams that has no end.
fn streaming() -> (Home, ChatThing, Pty) {
    let (home, server) = desk();
    server.next("message", stream_head(true).chunk(delta("It goes on")).hang());
    let pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("It goes on");
    (home, server, pty)
}

#[test]
fn an_arrow_that_a_stall_splits_is_an_arrow_and_stops_no_reply() {
    let (_home, _server, mut pty) = streaming();
    pty.type_text("ac");
    pty.wait_for("ac");
    pty.slow(DELAY);
    pty.split(b"\x1b[D", 1, STALL);
    pty.type_text("b");
    pty.wait_for("abc");
    pty.split(b"\x1b[D", 2, STALL);
    pty.type_text("x");
    pty.wait_for("axbc");
    // In a read of its own each.
    pty.pieces(1);
    pty.send(b"\x1b[C\x1b[1;5D+");
    pty.wait_for("+axbc");
    let screen = pty.screen_text();
    assert!(!screen.contains("[D") && !screen.contains("stopped"), "{screen}");
    pty.key(Key::Esc);
    pty.wait_for("stopped");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn alt_enter_that_a_stall_splits_sends_nothing() {
    let (home, server) = desk();
    let mut pty = on_server(&home);
    pty.type_text("the first half");
    pty.wait_for("the first half");
    pty.split(b"\x1b\r", 1, STALL);
    pty.type_text("the other");
    pty.wait_for("the other");
    assert_eq!(server.count("message"), 0, "{}", pty.screen_text());
    pty.key(Key::Enter);
    server.origin.wait_until("the message", |requests| {
        requests.iter().any(|request| String::from_utf8_lossy(&request.body).contains("the first half\\nthe other"))
    });
    quit(&mut pty);
}

#[test]
fn a_paste_that_is_split_anywhere_is_one_text() {
    let (home, server) = desk();
    let mut pty = on_server(&home);
    let paste = b"\x1b[200~alpha\x1b[A\rbeta\x03\x1b[201~";
    for at in [1, 3, 5, 8, 11, 20, 24] {
        pty.split(paste, at, Duration::from_millis(400));
    }
    pty.split(paste, 13, STALL);
    pty.pieces(1);
    pty.send(b"\x1b[200~gamma\rdelta\x1b[201~.");
    pty.wait_for("delta.");
    pty.key(Key::Enter);
    let one = "alpha[A\\nbeta";
    server.origin.wait_until("the message", |requests| {
        requests.iter().any(|request| {
            String::from_utf8_lossy(&request.body).contains(&format!("{}gamma\\ndelta.", one.repeat(8)))
        })
    });
    assert_eq!(server.count("message"), 1);
    quit(&mut pty);
}

#[test]
fn keys_that_begin_like_sequences_make_nothing_deaf() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("message");
    for (begin, text) in
        [("]", "after OSC"), ("P", "begun DCS"), ("[", "like CSI"), ("O", "then SS3"), ("_", "now APC")]
    {
        pty.send(format!("\x1b{begin}").as_bytes());
        pty.typed();
        for letter in text.chars() {
            pty.key(Key::Char(letter));
        }
        pty.wait_for(text);
    }
    for open in ["\x1b]", "\x1bP", "\x1b[", "\x1b[1;", "\x1b]11;rgb:", "\x1b^x"] {
        pty.wait_gone("again to quit");
        pty.send(open.as_bytes());
        pty.key(Key::Ctrl('c'));
        pty.wait_for("again to quit");
    }
    pty.key(Key::Ctrl('c'));
    assert_eq!(pty.wait_exit().exit_code(), 0);
    left_as_found(&pty);
}

#[test]
fn answers_that_nobody_asked_for_type_nothing() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("message");
    let answers: [&[u8]; 5] = [
        b"\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\",
        b"\x1bP>|XTerm(370)\x1b\\",
        b"\x1b[?62;22c",
        b"\x1b[24;80R",
        b"\x1b[?2026;2$y",
    ];
    for answer in answers {
        pty.send(answer);
        pty.split(answer, 4.min(answer.len() - 1), Duration::from_millis(500));
    }
    pty.split(answers[0], 9, STALL);
    pty.pieces(1);
    for answer in answers {
        pty.send(answer);
    }
    pty.type_text("only this");
    pty.wait_for("│ only this ");
    quit(&mut pty);
}

#[test]
fn a_paste_without_an_end_is_shown_and_ctrl_c_is_heard_again() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("message");
    pty.send(b"\x1b[200~never ended");
    pty.wait_for("never ended");
    quit(&mut pty);
    left_as_found(&pty);
}

/// With kitty's protocol Esc has a sequence of its own, and a lone escape is a part of one.
#[test]
fn where_esc_is_told_apart_nothing_is_guessed() {
    let (_home, server, mut pty) = streaming();
    pty.send(b"\x1b[?5u");
    pty.split(b"\x1b[1;5Dq", 1, STALL);
    pty.wait_for("q");
    // Ctrl on a Russian layout; Super and a letter.
    pty.send(b"\x1b[107;9u\x1b[1092::97;5ux");
    pty.wait_for("xq");
    assert!(!pty.screen_text().contains("stopped"));
    pty.send(b"\x1b[27u");
    server.origin.wait_left(1);
    pty.wait_for("stopped");
    quit(&mut pty);
}

#[test]
fn words_are_moved_by_and_erased_in_every_spelling() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("message");
    for (nth, keys) in
        ["\x1b\x1b[D", "\x1b[1;3D", "\x1b[1;9D", "\x1b\x1bOD", "\x1bb", "\x1b[1;5D", "\x1bOd"].iter().enumerate()
    {
        pty.type_text("alpha omega");
        pty.send(keys.as_bytes());
        pty.type_text(&nth.to_string());
        pty.wait_for(&format!("alpha {nth}omega"));
        // Over both words, and the number that stands at the second.
        pty.send(b"\x1b[F");
        for erase in ["\x1b[127;5u", "\x08"] {
            pty.send(erase.as_bytes());
        }
        pty.wait_until("an empty line", |screen| !screen.contents().contains("alpha"));
    }
    quit(&mut pty);
}

#[test]
fn shift_enter_is_asked_for_in_a_multiplexer_and_breaks_the_line() {
    for (term, asked) in [("tmux-256color", true), ("xterm-256color", false)] {
        let home = Home::new();
        let mut pty = Pty::patchcord_with(&home, &[], crate::SIZE, &[("TERM", term)]);
        pty.wait_for("message");
        let wrote = String::from_utf8_lossy(&pty.raw()).contains("\x1b[>4;1m");
        assert_eq!(wrote, asked, "{term}");
        pty.send(b"upper\x1b[27;2;13~middle\x1b[13;2ulower");
        pty.wait_until("three lines", |screen| {
            let text = screen.contents();
            ["│ upper ", "│ middle ", "│ lower "].iter().all(|line| text.contains(line))
        });
        quit(&mut pty);
        left_as_found(&pty);
    }
}
