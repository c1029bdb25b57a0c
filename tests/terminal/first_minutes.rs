//! `config init` on a terminal: it asks, tries, and writes what it was told; nothing secret is shown.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::chat_thing::{CHANNEL, ChatThing, SECRET};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};

const SIZE: (u16, u16) = (120, 50);

/// What a terminal sends for F12.
const F12: &[u8] = b"\x1b[24~";

fn answer(pty: &Pty, question: &str, text: &str) {
    pty.wait_until(question, |screen| {
        let (row, _) = screen.cursor_position();
        screen.rows(0, 120).nth(usize::from(row)).is_some_and(|line| line.contains(question))
    });
    pty.type_text(text);
    pty.key(Key::Enter);
}

fn ends(mut pty: Pty, code: u32) -> String {
    assert_eq!(pty.wait_exit().exit_code(), code, "{}", pty.screen_text());
    assert_eq!(pty.termios_now(), pty.termios_before());
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(!raw.contains(SECRET), "{raw}");
    raw
}

#[test]
fn init_asks_tries_and_writes_a_file_that_works() {
    let (home, server) = (Home::new(), ChatThing::start());
    let pty = Pty::patchcord(&home, &["config", "init"], SIZE);
    answer(&pty, "Platform [1]", "chat");
    answer(&pty, "A name for the channel", "my docs");
    pty.wait_for("' '");
    answer(&pty, "A name for the channel", "docs");
    answer(&pty, "channel_id (the API channel's id)", CHANNEL);
    answer(&pty, "Where [1]", "file");
    answer(&pty, "The file [", "");
    answer(&pty, "secret_key (not shown)", "wrong-secret");
    answer(&pty, "what may be left out (base_url)", "y");
    answer(&pty, "base_url (a URL) [https://chatthing.ai]", &server.origin.url());
    // A wrong secret: what was typed is kept, and one value is put right.
    pty.wait_for("Check secret_key");
    answer(&pty, "What now [1]", "change");
    answer(&pty, "Which [1]", "secret_key");
    answer(&pty, "Where [1]", "here");
    answer(&pty, "secret_key (not shown)", SECRET);
    pty.wait_for("250 conversations");
    answer(&pty, "Write it to ", "");
    let raw = ends(pty, 0);
    assert!(raw.contains("wrote ") && raw.contains("config.toml"), "{raw}");
    let file = fs::read_to_string(home.config_file()).expect("the file");
    assert!(file.contains(&format!("secret_key = \"{SECRET}\"")) && file.contains("name = \"docs\""), "{file}");
    assert_eq!(fs::metadata(home.config_file()).expect("it").permissions().mode() & 0o777, 0o600);
    let kept = home.config_file().with_file_name("docs.secret_key");
    assert_eq!(fs::read_to_string(&kept).expect("the secret's file"), "wrong-secret\n");
    assert_eq!(fs::metadata(&kept).expect("it").permissions().mode() & 0o777, 0o600);
    // Asked again it offers to add one; the first one stays the one that is meant.
    let pty = Pty::patchcord(&home, &["config", "init"], SIZE);
    answer(&pty, "Add one more?", "y");
    answer(&pty, "Platform [1]", "5");
    answer(&pty, "A name for the channel", "");
    answer(&pty, "client_id", "id");
    answer(&pty, "Where [1]", "1");
    answer(&pty, "The variable's name [OPTECH_CLIENT_SECRET]", "");
    pty.wait_for("export OPTECH_CLIENT_SECRET=");
    answer(&pty, "what may be left out", "n");
    pty.wait_for("OPTECH_CLIENT_SECRET is not set");
    answer(&pty, "What now [1]", "");
    let raw = ends(pty, 0);
    assert!(raw.contains("docs stays the channel that is meant"), "{raw}");
    let after = fs::read_to_string(home.config_file()).expect("the file");
    assert!(after.contains("default_channel = \"docs\"") && after.contains("name = \"optech\""), "{after}");
}

#[test]
fn ctrl_c_writes_nothing_and_gives_the_terminal_back() {
    let home = Home::new();
    let pty = Pty::patchcord(&home, &["config", "init", "--platform", "chat-thing", "--name", "a"], SIZE);
    answer(&pty, "channel_id", "c");
    answer(&pty, "Where [1]", "here");
    pty.wait_for("secret_key (not shown)");
    pty.type_text(SECRET);
    pty.key(Key::Ctrl('c'));
    ends(pty, 130);
    assert!(!home.config_file().exists());
    let pty = Pty::patchcord(&home, &["config", "init"], SIZE);
    pty.wait_for("Platform [1]");
    pty.key(Key::Ctrl('d'));
    ends(pty, 130);
    assert!(!home.config_file().exists());
}

#[test]
fn a_channel_is_added_from_the_screen_and_is_there_at_once() {
    let (home, server) = (Home::new(), ChatThing::start());
    let before = format!("# the bots of the shop\n{}", server.config());
    home.configure(&before);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    // Given up, nothing is written, and the screen is as it was.
    pty.type_text("half a thought");
    pty.wait_for("half a thought");
    pty.send(F12);
    pty.wait_for("Platform [1]");
    assert_eq!(pty.termios_now(), pty.termios_before(), "the terminal is the questions'");
    pty.key(Key::Ctrl('c'));
    pty.wait_for("half a thought");
    assert_eq!(fs::read_to_string(home.config_file()).expect("the file"), before);
    pty.key(Key::Ctrl('t'));
    pty.wait_for("F12 adds another");
    pty.send(F12);
    answer(&pty, "Platform [1]", "5");
    answer(&pty, "A name for the channel", "lookups");
    answer(&pty, "client_id", "id");
    answer(&pty, "Where [1]", "here");
    answer(&pty, "client_secret (not shown)", "made-up-secret");
    answer(&pty, "what may be left out", "n");
    answer(&pty, "Write it to ", "");
    pty.wait_for("half a thought");
    // The file is read again by itself.
    pty.wait_for("lookups");
    pty.key(Key::Ctrl('t'));
    pty.wait_until("the list with it", |screen| {
        screen.contents().lines().any(|line| line.contains("lookups") && line.contains("optech"))
    });
    let after = fs::read_to_string(home.config_file()).expect("the file");
    assert!(after.contains("# the bots of the shop\n") && after.contains("name = \"lookups\""), "{after}");
    pty.key(Key::Esc);
    crate::quit(&mut pty);
    crate::left_as_found(&pty);
}
