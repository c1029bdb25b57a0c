//! The config file changed while the terminal interface runs: taken in whole, or not at all.

use std::fs;

use crate::support::chat_thing::{self, CHANNEL, ChatThing, SECRET};
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, left_as_found, quit};

/// A second channel on that server.
fn second(server: &ChatThing, name: &str) -> String {
    chat_thing::config(&server.origin.url(), CHANNEL, SECRET)
        .replace("name = \"docs\"", &format!("name = \"{name}\""))
}

#[test]
fn channels_come_and_go_and_what_is_written_stays() {
    let (home, server) = (Home::new(), ChatThing::start());
    let (one, two) = (server.config(), second(&server, "helpdesk"));
    home.configure(&one);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.key(Key::Ctrl('n'));
    pty.type_text("half a sentence");
    pty.wait_for("half a sentence");
    home.configure(&format!("{one}\n{two}"));
    pty.wait_for("helpdesk added");
    assert!(pty.screen_text().contains("half a sentence"), "{}", pty.screen_text());
    // A broken file is told with its place, and changes nothing.
    home.configure(&format!("{one}\n{two}\nchanel_id = 3\n"));
    pty.wait_for("Config not taken in: config.toml:");
    pty.wait_for("chanel_id");
    // The channel that is open goes: what was written there is kept for when it comes back.
    home.configure(&format!("{two}\n"));
    pty.wait_for("docs removed");
    pty.wait_gone("half a sentence");
    home.configure(&format!("{two}\n{one}"));
    pty.wait_for("docs added");
    pty.key(Key::Ctrl('t'));
    pty.wait_for("docs");
    pty.type_text("docs");
    pty.key(Key::Enter);
    pty.wait_for("half a sentence");
    quit(&mut pty);
    left_as_found(&pty);
    fs::remove_file(home.config_file()).expect("the file");
}
