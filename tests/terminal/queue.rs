//! What waits behind a reply: listed where one writes, taken back, put in order, held across a kill, and sent once.

use serde_json::json;

use crate::support::chat_thing::{ChatThing, chunk, delta, stream_head};
use crate::support::home::Home;
use crate::support::origin::Gate;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, on_server, quit};

/// What the server was told, in its order.
fn messages_sent(server: &ChatThing) -> Vec<String> {
    let requests = server.origin.requests();
    let messages = requests.iter().filter(|request| request.path.ends_with("/1.0/message"));
    messages.filter_map(|request| request.json()?["message"].as_str().map(str::to_owned)).collect()
}

/// A reply that streams, with these behind it.
fn behind(texts: &[&str]) -> (Home, ChatThing, Pty, Gate) {
    let (home, server) = desk();
    let gate = Gate::new();
    let end = format!("data: {}\n\ndata: [DONE]\n\n", chunk(&json!({}), Some("stop")));
    let script =
        stream_head(true).chunk(delta("The first words ")).wait(&gate).chunk(delta("and the last.")).chunk(end);
    server.next("message", script.end());
    let pty = on_server(&home);
    pty.type_text("opening");
    pty.key(Key::Enter);
    pty.wait_for("The first words");
    for (n, text) in texts.iter().enumerate() {
        pty.type_text(text);
        pty.key(Key::Enter);
        pty.wait_for(&format!("{} waiting: sent when the reply ends", n + 1));
        pty.wait_for(&format!("{} {text}", n + 1));
    }
    (home, server, pty, gate)
}

#[test]
fn what_waits_is_edited_moved_and_dropped_and_leaves_in_that_order() {
    let (_home, server, mut pty, gate) = behind(&["one", "two", "three", "four"]);
    pty.key(Key::Up);
    pty.wait_for("d drop");
    // The last one is dropped, brought back, and dropped again.
    pty.type_text("d");
    pty.wait_for("3 waiting");
    pty.type_text("u");
    pty.wait_for("4 four");
    pty.type_text("G");
    pty.type_text("d");
    pty.wait_for("3 waiting");
    // The third leaves first.
    pty.type_text("G");
    pty.send(b"\x1b[1;3A");
    pty.wait_for("2 three");
    pty.send(b"\x1b[1;3A");
    pty.wait_for("1 three");
    // The one below it is written anew.
    pty.key(Key::Down);
    pty.type_text("e");
    pty.wait_for("taken back: not sent");
    pty.wait_for("2 waiting");
    pty.type_text(", better");
    pty.key(Key::Enter);
    pty.wait_for("2 one, better");
    assert_eq!(messages_sent(&server), ["opening"], "nothing left meanwhile");
    gate.open();
    pty.wait_for("You said: two");
    assert_eq!(messages_sent(&server), ["opening", "three", "one, better", "two"]);
    assert!(!pty.screen_text().contains("waiting"), "{}", pty.screen_text());
    quit(&mut pty);
}

#[test]
fn esc_holds_what_waits_and_a_kill_changes_nothing_of_that() {
    let (home, server, mut pty, _gate) = behind(&["one", "two"]);
    pty.key(Key::Esc);
    pty.wait_for("2 held: not sent until you say so");
    pty.wait_for("stopped by you");
    pty.kill9();
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("2 held: not sent until you say so");
    pty.wait_for("2 two");
    // Another window shows them, and sends what is written there, and nothing else.
    let mut other = Pty::patchcord(&home, &[], SIZE);
    other.wait_for("2 held: not sent until you say so");
    other.type_text("from the other window");
    other.key(Key::Enter);
    other.wait_for("You said: from the other window");
    other.wait_for("2 held");
    assert_eq!(messages_sent(&server), ["opening", "from the other window"]);
    quit(&mut other);
    pty.key(Key::Ctrl('g'));
    pty.wait_for("You said: two");
    pty.wait_gone("held");
    assert_eq!(messages_sent(&server), ["opening", "from the other window", "one", "two"]);
    quit(&mut pty);
}
