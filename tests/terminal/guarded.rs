//! Changes that are staged in the Sources view, applied around a suite: what broke is shown and put back, and a run that was
//! killed is taken up again.

use std::fs;

use crate::support::chat_thing::ChatThing;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, left_as_found, on_server, quit};

const OLD: &str = "prices: three coins\n";

/// A source of one row that the bot answers from, and a suite that wants it as it is; the row is edited, and in review.
fn begin(home: &Home, server: &ChatThing) -> (String, Pty) {
    let config = home.configure(&format!("{}[tests]\nsuites = [\"faq.toml\"]\n", server.config()));
    let source = server.add_source(&[("prices", OLD)]);
    server.sync_takes(1, "synced");
    server.answer_from_rows();
    let suite = "[[cases]]\nname = \"coins\"\nsay = \"prices\"\nexpect.contains = \"three\"\n";
    fs::write(config.with_file_name("faq.toml"), suite).expect("a suite");
    let pty = on_server(home);
    pty.key(Key::Alt('2'));
    pty.wait_for("three coins");
    pty.key(Key::Char('e'));
    pty.wait_for("leave, kept");
    pty.type_text("four or ");
    pty.wait_for("four or ");
    pty.key(Key::Esc);
    pty.wait_gone("leave, kept");
    pty.key(Key::Char('A'));
    pty.wait_for("asks a suite before and after");
    pty.key(Key::Char('t'));
    pty.wait_for("Around faq");
    (source, pty)
}

fn text(server: &ChatThing, source: &str) -> String {
    server.rows(source)[0].content.clone()
}

#[test]
fn what_broke_is_shown_word_by_word_and_put_back() {
    let (home, server) = (Home::new(), ChatThing::start());
    let (source, mut pty) = begin(&home, &server);
    // It breaks nothing: the old word is still there.
    pty.key(Key::Enter);
    pty.wait_for("1 changed; 2 messages");
    pty.wait_for("{+four or +}");
    assert!(text(&server, &source).contains("four or"));
    pty.key(Key::Char('u'));
    pty.wait_for("put back and synced");
    assert_eq!(text(&server, &source), OLD);
    pty.key(Key::Esc);
    pty.wait_gone("Results");
    // It is staged again, as it was.
    pty.wait_for("1 staged");
    pty.key(Key::Char('A'));
    pty.wait_for("Around faq");
    pty.key(Key::Esc);
    pty.wait_gone("Around faq");
    pty.key(Key::Char('x'));
    pty.wait_for("throw");
    pty.key(Key::Char('y'));
    pty.wait_gone("1 staged");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn one_that_was_killed_is_taken_up_again_where_it_was() {
    let (home, server) = (Home::new(), ChatThing::start());
    let (source, mut pty) = begin(&home, &server);
    // It never ends.
    server.sync_takes(usize::MAX, "synced");
    pty.key(Key::Enter);
    pty.wait_for("syncing");
    assert!(text(&server, &source).contains("four or"));
    pty.kill9();
    server.sync_takes(1, "synced");
    server.begin_sync(&source);
    // The view is open that was.
    let mut again = Pty::patchcord(&home, &[], SIZE);
    again.wait_for("four or");
    again.wait_for("is unfinished. o shows it");
    again.key(Key::Char('o'));
    again.wait_for("c goes on");
    again.key(Key::Char('c'));
    again.wait_for("1 changed; 2 messages");
    assert!(text(&server, &source).contains("four or"));
    again.key(Key::Char('u'));
    again.wait_for("put back and synced");
    assert_eq!(text(&server, &source), OLD);
    again.kill9();
}
