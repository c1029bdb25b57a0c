//! What others write reaches the terminal as text and as nothing else.

use crate::support::chat_thing::{HOSTILE, Split, Style};
use crate::support::escapes::{Unit, strays, units};
use crate::support::home::Home;
use crate::support::pty::Key;
use crate::{desk, left_as_found, on_sandbox, on_server, quit};

#[test]
fn a_hostile_reply_and_a_hostile_title_are_only_text() {
    let (home, server) = desk();
    server.reply(&format!(
        "{HOSTILE}\n\n| a{HOSTILE} | b |\n|---|---|\n| `{HOSTILE}` | # |\n\n```{HOSTILE}\n{HOSTILE}\n```\nfin"
    ));
    for split in [Split::Event, Split::Byte] {
        server.style(Style { split, ..Style::PLAIN });
        let mut pty = on_server(&home);
        // Its title stands in the roster.
        pty.wait_for("safe");
        pty.type_text("hello there");
        pty.key(Key::Enter);
        pty.wait_for("fin");
        quit(&mut pty);
        assert_eq!(strays(&pty.raw()), Vec::<String>::new());
        left_as_found(&pty);
    }
}

#[test]
fn a_link_reaches_the_terminal_and_a_false_one_does_not() {
    let (home, server) = desk();
    server.reply(
        "See [the list](https://a.example/list), [one](https://a.example/\u{9c}x), [two](https://a@b.example) and \
         [three](javascript:alert), fin.",
    );
    let mut pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("fin.");
    quit(&mut pty);
    let opened = |unit: &Unit| match unit {
        Unit::Text7(sequence) => sequence.strip_prefix("]8;id=").map(str::to_owned),
        _ => None,
    };
    let links: Vec<String> = units(&pty.raw()).iter().filter_map(opened).collect();
    assert!(!links.is_empty() && links.iter().all(|link| link.ends_with(";https://a.example/list")), "{links:?}");
    assert_eq!(strays(&pty.raw()), Vec::<String>::new());
}

#[test]
fn what_the_sandbox_echoes_is_only_text() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.paste(
        "/echo left \u{202e}thgir\u{202c} \u{2066}x\u{2069} a\u{200b}b \u{feff}c\u{e0041}d e\u{301} 日本 🙂 stop",
    );
    pty.wait_for("stop");
    pty.key(Key::Enter);
    pty.wait_until("the echo", |screen| screen.contents().matches("stop").count() >= 2);
    quit(&mut pty);
    assert_eq!(strays(&pty.raw()), Vec::<String>::new());
}

#[test]
fn answers_to_questions_never_asked_are_not_typed() {
    let (home, server) = desk();
    server.reply("\u{1b}[6n\u{1b}[c\u{1b}]10;?\u{7}asked");
    let mut pty = on_server(&home);
    pty.type_text("hello there");
    pty.key(Key::Enter);
    pty.wait_for("asked");
    // Late answers of a terminal, and the noise of a focus change: none of it is text, and none of it holds up what
    // is typed after it.
    pty.send(b"\x1b[12;40R\x1b[?62;22c\x1b[I\x1b[Osentinel");
    pty.wait_for("sentinel");
    assert!(!pty.screen_text().contains("62;22c") && !pty.screen_text().contains("40R"), "{}", pty.screen_text());
    quit(&mut pty);
}
