//! The Tests view in the real terminal interface: a case made of what was said, a suite that is run, an answer that
//! changes, and a file that becomes wrong and right again.

use std::fs;

use crate::support::chat_thing::{ChatThing, HOSTILE};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{left_as_found, on_server, quit};

/// The program with a suite of its own in the config file.
fn begin() -> (Home, ChatThing, Pty) {
    let (home, server) = (Home::new(), ChatThing::start());
    let config =
        home.configure(&format!("{}[tests]\nsuites = [\"faq.toml\"]\nanswers = \"answers\"\n", server.config()));
    let suite = "# Mine.\n[[cases]]\nname = \"planets\"\nsay = \"How many planets?\"\nexpect.contains = \"eight\"\n";
    fs::write(config.with_file_name("faq.toml"), suite).expect("a suite");
    let pty = on_server(&home);
    (home, server, pty)
}

#[test]
fn a_suite_is_run_and_a_changed_answer_is_kept_and_its_file_is_followed() {
    let (home, server, mut pty) = begin();
    let file = home.config_file().with_file_name("faq.toml");
    server.reply("There are eight.");
    pty.key(Key::Alt('6'));
    pty.wait_for("not asked planets");
    pty.key(Key::Char('r'));
    pty.wait_for("passed    planets");
    pty.wait_for("Tests: 1 passed; 1 message");
    let kept = home.config_file().with_file_name("answers/faq/planets.md");
    assert!(fs::read_to_string(&kept).expect("a kept answer").contains("There are eight."));
    // Another answer fails, and waits beside the kept one.
    server.reply(&format!("There are nine. {HOSTILE}"));
    pty.key(Key::Char('r'));
    pty.wait_for("failed    planets changed");
    pty.key(Key::Enter);
    pty.wait_for("[-eight-]{+nine+}");
    pty.key(Key::Char('y'));
    pty.wait_for("is the kept one now");
    assert!(fs::read_to_string(&kept).expect("it").contains("nine"));
    pty.key(Key::Char('U'));
    pty.wait_for("waits again");
    assert!(fs::read_to_string(&kept).expect("it").contains("eight"));
    // A file that becomes wrong is told with its place, and read again once it is right.
    pty.key(Key::Esc);
    let right = fs::read_to_string(&file).expect("the suite");
    fs::write(&file, right.replace("say", "saay")).expect("a wrong suite");
    pty.wait_for("file is wrong");
    fs::write(&file, right).expect("the suite");
    pty.wait_gone("file is wrong");
    // The conversation in which it was asked.
    pty.key(Key::Char('o'));
    pty.wait_for("How many planets?");
    quit(&mut pty);
    left_as_found(&pty);
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(!raw.contains("\u{1b}]52") && !raw.contains('\u{202e}'), "{raw:?}");
}

#[test]
fn a_case_is_made_of_a_turn_and_all_else_in_the_file_stays() {
    let (home, server, mut pty) = begin();
    let file = home.config_file().with_file_name("faq.toml");
    let before = fs::read_to_string(&file).expect("the suite");
    server.reply("Many, such as Europa.");
    pty.type_text("How many moons?");
    pty.key(Key::Enter);
    pty.wait_for("Europa.");
    pty.key(Key::BackTab);
    pty.key(Key::Char('T'));
    pty.wait_for("A case of what was said");
    pty.wait_for("faq.toml");
    pty.type_text("moons");
    pty.key(Key::Enter);
    pty.wait_for("was written to");
    let added = "\n[[cases]]\nname = \"moons\"\nsay = \"How many moons?\"\n\
                 expect.like = { text = \"Many, such as Europa.\", at_least = 0.6 }\n";
    assert_eq!(fs::read_to_string(&file).expect("the suite"), format!("{before}{added}"));
    pty.key(Key::Alt('6'));
    pty.wait_for("not asked moons");
    quit(&mut pty);
    left_as_found(&pty);
}
