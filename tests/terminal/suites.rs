//! `test` on a terminal: how far it is, and kept answers that are reviewed one by one.

use std::fs;

use crate::support::chat_thing::{ChatThing, HOSTILE};
use crate::support::command::Call;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};

const SIZE: (u16, u16) = (80, 24);

fn answer(pty: &Pty, question: &str, text: &str) {
    pty.wait_until(question, |screen| {
        let (row, _) = screen.cursor_position();
        screen.rows(0, 80).nth(usize::from(row)).is_some_and(|line| line.contains(question))
    });
    pty.type_text(text);
    pty.key(Key::Enter);
}

#[test]
fn kept_answers_are_taken_or_refused_one_by_one() {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    let case = |name: &str| format!("[[cases]]\nname = \"{name}\"\nsay = \"Tell me of {name}\"\n");
    let file = home.path().join("faq.toml");
    fs::write(&file, ["a", "b", "c", "d"].map(case).concat()).expect("a suite");
    let (file, dir) = (file.to_str().expect("text"), home.path().join("answers"));
    let answers = dir.to_str().expect("text");
    let run = || Call::new(&home, &["test", file, "--keep", answers]).run().expect_code(0);
    server.reply("It is old.");
    let _ = run();
    server.reply(&format!("It is new. {HOSTILE}"));
    let _ = run();

    let mut pty = Pty::patchcord(&home, &["test", "review", answers], SIZE);
    pty.wait_for("[-old-]{+new+}");
    answer(&pty, "1 of 4: take it?", "what");
    answer(&pty, "1 of 4: take it?", "y");
    answer(&pty, "2 of 4: take it?", "n");
    answer(&pty, "3 of 4: take it?", "l");
    answer(&pty, "4 of 4: take it?", "q");
    assert_eq!(pty.wait_exit().exit_code(), 0, "{}", pty.screen_text());
    pty.wait_for("1 taken, 1 refused, 2 wait");
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(!raw.contains("\u{1b}]52") && !raw.contains('\u{202e}'), "{raw:?}");
    let kept = |name: &str| fs::read_to_string(dir.join(format!("faq/{name}.md"))).expect("an answer");
    assert_eq!(["a", "b", "c", "d"].map(|name| kept(name).contains("new")), [true, false, false, false]);
    let waits = |name: &str| dir.join(format!("faq/{name}.md.new")).exists();
    assert_eq!(["a", "b", "c", "d"].map(waits), [false, false, true, true]);
}

#[test]
fn how_far_it_is_stands_on_a_line_that_is_gone_at_the_end() {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    server.reply("Yes.");
    let file = home.path().join("faq.toml");
    fs::write(&file, "[[cases]]\nname = \"a\"\nsay = \"hi\"\nexpect.contains = \"no\"\n").expect("a suite");
    let mut pty = Pty::patchcord(&home, &["test", file.to_str().expect("text")], (40, 12));
    assert_eq!(pty.wait_exit().exit_code(), 12);
    pty.wait_for("1 of 1 cases failed");
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(raw.contains("[##########] 1 of 1, 1 missed"), "{raw:?}");
    assert!(!pty.screen_text().contains("[####"), "{}", pty.screen_text());
}
