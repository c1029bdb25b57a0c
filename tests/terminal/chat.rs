//! Chatting: keys while a reply streams, stopping it, sending once, what a failure leaves on the screen.

use serde_json::json;

use crate::support::chat_thing::{chunk, delta, refusal, stream_head};
use crate::support::origin::{Gate, Script};
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, left_as_found, on_server, quit};

fn end() -> String {
    format!("data: {}\n\ndata: [DONE]\n\n", chunk(&json!({}), Some("stop")))
}

#[test]
fn keys_echo_while_a_reply_streams() {
    let (home, server) = desk();
    let gate = Gate::new();
    let script =
        stream_head(true).chunk(delta("The first words ")).wait(&gate).chunk(delta("and the last.")).chunk(end());
    server.next("message", script.end());
    let mut pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("The first words");
    // The gate is shut: what appears now appears without any help of the stream's.
    pty.type_text("typed meanwhile");
    pty.wait_for("typed meanwhile");
    assert!(!pty.screen_text().contains("and the last."));
    gate.open();
    pty.wait_for("The first words and the last.");
    pty.wait_for("typed meanwhile");
    assert_eq!(server.count("message"), 1);
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn esc_stops_a_reply_and_keeps_what_came() {
    let (home, server) = desk();
    server.next("message", stream_head(true).chunk(delta("Only this much")).hang());
    let mut pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("Only this much");
    pty.key(Key::Esc);
    server.origin.wait_left(1);
    pty.wait_for("stopped");
    pty.wait_for("Only this much");
    pty.type_text("next");
    pty.key(Key::Enter);
    pty.wait_for("You said: next");
    quit(&mut pty);
    let mut again = Pty::patchcord(&home, &[], SIZE);
    again.wait_for("Only this much");
    quit(&mut again);
}

#[test]
fn markdown_is_drawn_as_it_streams() {
    let (home, server) = desk();
    let gate = Gate::new();
    let script = stream_head(true).chunk(delta("Now **bold wo")).wait(&gate).chunk(delta("rds** end.")).chunk(end());
    server.next("message", script.end());
    let pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("Now");
    gate.open();
    pty.wait_for("Now bold words end.");
    let screen = pty.screen();
    let (rows, cols) = screen.size();
    let bold: String = (0..rows.get())
        .flat_map(|row| (0..cols.get()).map(move |col| (row, col)))
        .filter_map(|(row, col)| screen.cell(row, col))
        .filter(|cell| cell.bold())
        .map(vt100::Cell::contents)
        .collect();
    assert!(bold.contains("boldwords") || bold.contains("bold words"), "{bold}");
}

#[test]
fn code_gets_its_colours_while_it_streams() {
    let (home, server) = desk();
    let gate = Gate::new();
    let script = stream_head(true).chunk(delta("So:\n\n```rust\nlet planets = 8;\n")).wait(&gate);
    server.next("message", script.chunk(delta("// none\n```\n")).chunk(end()).end());
    let pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    // Nothing more comes and no key is pressed: the colours draw themselves.
    let coloured = |screen: &vt100::Screen, text: &str, colour: u8| {
        let row = |row| (0..SIZE.0).filter_map(move |col| screen.cell(row, col));
        (0..SIZE.1)
            .map(|nth| row(nth).filter(|cell| cell.fgcolor() == vt100::Color::Idx(colour)))
            .any(|cells| cells.map(vt100::Cell::contents).collect::<String>().contains(text))
    };
    pty.wait_until("the word of the language", |screen| coloured(screen, "let", 5));
    gate.open();
    pty.wait_until("the number", |screen| coloured(screen, "8", 3));
    pty.wait_for("// none");
}

#[test]
fn a_flood_is_shown_to_its_end() {
    let (home, server) = desk();
    let mut script = stream_head(true);
    for at in 0..16_384 {
        script = script.chunk(delta(if at % 90 == 89 { "\n\n" } else { "words " }));
    }
    server.next("message", script.chunk(delta("\n\nthe last of them")).chunk(end()).end());
    let mut pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    // Two milliseconds a delta would be past the deadline: what has arrived is taken together.
    pty.wait_for("the last of them");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn enter_twice_sends_once() {
    let (home, server) = desk();
    let mut pty = on_server(&home);
    pty.type_text("just once");
    pty.key(Key::Enter);
    pty.key(Key::Enter);
    pty.wait_for("You said: just once");
    quit(&mut pty);
    assert_eq!(server.count("message"), 1);
    assert_eq!(server.complaints(), Vec::<String>::new());
}

#[test]
fn a_new_line_and_a_paste_do_not_send() {
    let (home, server) = desk();
    let pty = on_server(&home);
    pty.type_text("first");
    pty.key(Key::Ctrl('j'));
    pty.paste("second\r\nthird\rfourth");
    pty.wait_for("fourth");
    assert_eq!(server.count("message"), 0);
    pty.key(Key::Enter);
    server.origin.wait_until("the message", |requests| requests.iter().any(|r| r.path.ends_with("/1.0/message")));
    let request = server.origin.requests().into_iter().find(|r| r.path.ends_with("/1.0/message")).expect("it came");
    assert_eq!(request.json().map(|b| b["message"].clone()), Some(json!("first\nsecond\nthird\nfourth")));
}

#[test]
fn a_refused_message_is_kept_and_named() {
    let (home, server) = desk();
    server.next("message", refusal(400));
    let mut pty = on_server(&home);
    pty.type_text("precious words");
    pty.key(Key::Enter);
    pty.wait_until("the words, and what became of them", |screen| {
        let text = screen.contents();
        text.contains("precious words") && ["rejected", "refused", "Not sent"].iter().any(|word| text.contains(word))
    });
    quit(&mut pty);
    let mut again = Pty::patchcord(&home, &[], SIZE);
    again.wait_for("precious words");
    quit(&mut again);
    assert_eq!(server.count("message"), 1);
}

#[test]
fn an_unknown_fate_is_said_and_nothing_is_sent_again() {
    let (home, server) = desk();
    server.next("message", Script::default().reset());
    let mut pty = on_server(&home);
    pty.type_text("did it arrive");
    pty.key(Key::Enter);
    pty.wait_for("unknown");
    quit(&mut pty);
    let mut again = Pty::patchcord(&home, &[], SIZE);
    again.wait_for("did it arrive");
    quit(&mut again);
    assert_eq!(server.count("message"), 1);
}

#[test]
fn a_cut_reply_is_kept_and_marked() {
    let (home, server) = desk();
    server.next("message", stream_head(true).chunk(delta("Half an answ")).close());
    let mut pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("Half an answ");
    pty.wait_for("cut");
    quit(&mut pty);
    assert_eq!(server.count("message"), 1);
}

#[test]
fn a_kill_in_a_stream_sends_nothing_twice() {
    let (home, server) = desk();
    server.next("message", stream_head(true).chunk(delta("Half an answ")).hang());
    let mut pty = on_server(&home);
    pty.type_text("only one copy");
    pty.key(Key::Enter);
    pty.wait_for("Half an answ");
    pty.kill9();
    let mut again = Pty::patchcord(&home, &[], SIZE);
    again.wait_for("only one copy");
    quit(&mut again);
    assert_eq!(server.count("message"), 1);
}

#[test]
fn the_roster_counts_what_there_is_and_filters() {
    let (home, _server) = desk();
    let mut pty = on_server(&home);
    pty.wait_for("250");
    pty.key(Key::Tab);
    pty.type_text("/");
    pty.type_text("number 17?");
    pty.wait_until("what matches, and not what doesn't", |screen| {
        let text = screen.contents();
        text.contains("Question number 17?") && !text.contains("Question number 5?")
    });
    pty.key(Key::Esc);
    pty.wait_for("Question number 5?");
    quit(&mut pty);
}

#[test]
fn a_sheet_that_is_longer_than_the_screen_says_at_once_that_it_scrolls() {
    let (home, _server) = desk();
    let mut pty = Pty::patchcord(&home, &[], (100, 14));
    pty.wait_for("Question number 0?");
    pty.key(Key::Ctrl('n'));
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("You said: hello there");
    pty.key(Key::BackTab);
    pty.wait_for("Enter details");
    pty.key(Key::Enter);
    pty.wait_for("Down scroll");
    pty.key(Key::Esc);
    pty.wait_for("Enter details");
    // Everything of it is known now: no news draws it again.
    pty.key(Key::Enter);
    pty.wait_for("Down scroll");
    pty.key(Key::Esc);
    pty.wait_for("Enter details");
    quit(&mut pty);
}
