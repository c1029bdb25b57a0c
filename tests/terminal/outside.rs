//! A pager and a browser of the user's own: the terminal is given away and taken back, an address is handed on as it was
//! shown.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;
use crate::{SIZE, desk, left_as_found, quit};

/// What the bot answers.
const REPLY: &str =
    "See [the manual](https://docs.example/a?b=1&c=2;d) or [this](javascript:alert(1)). \u{1b}[31mred";

/// A program in that home.
fn program(home: &Home, name: &str, script: &str) -> String {
    let path: PathBuf = home.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a program");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
    path.to_str().expect("text").to_owned()
}

fn ask(pty: &Pty) {
    pty.key(Key::Ctrl('n'));
    pty.type_text("where?");
    pty.key(Key::Enter);
    pty.wait_for("the manual");
    pty.key(Key::BackTab);
    pty.wait_for("y copy");
}

#[test]
fn a_pager_has_the_terminal_until_it_is_closed() {
    let (home, server) = desk();
    server.reply(REPLY);
    let out = home.path().join("paged");
    let script = format!("cat > '{}'; echo PAGER HAS IT; read answer < /dev/tty", out.display());
    let pager = program(&home, "pager", &script);
    let mut pty = Pty::patchcord_with(&home, &[], SIZE, &[("PAGER", &pager)]);
    pty.wait_for("Question number 0?");
    ask(&pty);
    pty.key(Key::Char('|'));
    pty.wait_for("PAGER HAS IT");
    assert_eq!(pty.termios_now(), pty.termios_before(), "the terminal is the pager's");
    pty.key(Key::Enter);
    pty.wait_for("y copy");
    let text = fs::read_to_string(&out).expect("what was read");
    assert!(
        text.contains(":\nwhere?\n") && text.contains("See [the manual]") && !text.contains('\u{1b}'),
        "{text:?}"
    );
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn a_link_goes_to_the_browser_as_one_argument_after_it_was_shown() {
    let (home, server) = desk();
    server.reply(REPLY);
    let out = home.path().join("opened");
    let browser = program(&home, "browse", &format!("printf '%s|' \"$@\" >> '{}'", out.display()));
    let mut pty = Pty::patchcord_with(&home, &[], SIZE, &[("BROWSER", &browser)]);
    pty.wait_for("Question number 0?");
    ask(&pty);
    pty.key(Key::Char('o'));
    pty.wait_for("Opens https://docs.example/a?b=1&c=2;d");
    pty.key(Key::Down);
    pty.wait_for("Is not opened: javascript:alert(1)");
    pty.key(Key::Enter);
    pty.wait_for("only addresses of the web and of mail");
    pty.key(Key::Up);
    pty.key(Key::Enter);
    pty.wait_for("Handed to browse: https://docs.example/");
    wait("the browser", || fs::read_to_string(&out).is_ok_and(|text| !text.is_empty()));
    assert_eq!(fs::read_to_string(&out).expect("the address"), "https://docs.example/a?b=1&c=2;d|");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn without_a_browser_it_is_said_what_to_set_also_line_by_line() {
    let (home, server) = desk();
    server.reply(REPLY);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("Question number 0?");
    ask(&pty);
    pty.key(Key::Char('o'));
    pty.wait_for("Opens https://");
    pty.key(Key::Enter);
    pty.wait_for("Set BROWSER to one");
    quit(&mut pty);
    let browser = program(&home, "lynx", "echo LYNX HAS $1; read answer < /dev/tty");
    let more = [("TERM", "dumb"), ("BROWSER", browser.as_str())];
    let mut pty = Pty::patchcord_with(&home, &["--linear"], SIZE, &more);
    let told = |what: &str| pty.wait_raw(what, |raw| String::from_utf8_lossy(raw).contains(what));
    let enter = |line: &str| {
        pty.type_text(line);
        pty.key(Key::Enter);
    };
    told("the manual");
    enter("/links");
    told("Opens https://docs.example/");
    enter("Enter");
    told("LYNX HAS https://docs.example/a?b=1&c=2;d");
    enter("");
    enter("/again");
    enter("/quit");
    assert_eq!(pty.wait_exit().exit_code(), 0);
}
