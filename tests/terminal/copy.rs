//! Copying: what the terminal is handed, bare and through a real tmux, by key and by mouse.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::escapes::modes_left_on;
use crate::support::home::{Home, PATCHCORD};
use crate::support::pty::{Key, Pty, contents};
use crate::support::skip;
use crate::support::wait::wait;
use crate::{SIZE, desk, on_server, quit};

/// What the bot answers: code with a tab, a table, something that acts, and a line that is wrapped.
const REPLY: &str = "Run **this**:\n\n```sh\nmake\tall\n```\n\nand then \u{202e}wait until each of these many words \
                     has been read by somebody who is patient enough to go on reading them to their end.";
/// The same as it is copied.
const COPIED: &str = "Run **this**:\n\n```sh\nmake\tall\n```\n\nand then <U+202E>wait until each of these many words \
                      has been read by somebody who is patient enough to go on reading them to their end.";

/// Asks, and gives the transcript the keys once the answer is there.
fn ask(pty: &Pty) {
    pty.type_text("how?");
    pty.key(Key::Enter);
    pty.wait_for("to their end.");
    pty.key(Key::BackTab);
    pty.wait_for("y copy");
}

fn has(raw: &[u8], text: &str) -> bool {
    raw.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_terminal_is_handed_what_a_key_copies() {
    let (home, server) = desk();
    server.reply(REPLY);
    let mut pty = on_server(&home);
    ask(&pty);
    pty.key(Key::Char('y'));
    pty.wait_for("The message: sent to the terminal");
    let whole = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(COPIED));
    pty.wait_raw("the message", |raw| has(raw, &whole));
    pty.key(Key::Char('Y'));
    pty.wait_for("code 1 sh");
    pty.key(Key::Down);
    pty.key(Key::Enter);
    let code = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode("make\tall"));
    pty.wait_raw("the code", |raw| has(raw, &code));
    quit(&mut pty);
    assert_eq!(modes_left_on(&pty.raw()), Vec::<String>::new());
}

#[test]
fn the_mouse_marks_text_and_no_borders() {
    let (home, server) = desk();
    server.reply(REPLY);
    let mut pty = on_server(&home);
    ask(&pty);
    let place = |word: &str| {
        let screen = contents(&pty.screen());
        let row = screen.lines().position(|line| line.contains(word)).expect("it is on the screen");
        let column = screen.lines().nth(row).and_then(|line| line.split(word).next()).expect("it").chars().count();
        (column + 1, row + 1)
    };
    let (from, to) = (place("and then"), place("end."));
    let mouse = |button: u8, (column, row): (usize, usize), end: char| {
        pty.send(format!("\x1b[<{button};{column};{row}{end}").as_bytes());
    };
    mouse(0, from, 'M');
    pty.wait_for("1 message picked");
    mouse(32, to, 'M');
    mouse(32, (to.0 + 2, to.1), 'M');
    mouse(0, (to.0 + 2, to.1), 'm');
    pty.wait_for("text marked");
    pty.key(Key::Char('y'));
    let line = COPIED.rsplit("\n\n").next().expect("a last line").trim_end_matches('.');
    let marked = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(line));
    pty.wait_raw("the line, unwrapped", |raw| has(raw, &marked));
    quit(&mut pty);
    assert_eq!(modes_left_on(&pty.raw()), Vec::<String>::new());
}

/// A tmux server of the test's own.
struct Tmux {
    socket: PathBuf,
}

impl Tmux {
    fn call(&self, args: &[&str]) -> Vec<u8> {
        let output = Command::new("tmux").arg("-S").arg(&self.socket).args(args).stderr(Stdio::null()).output();
        output.expect("tmux runs").stdout
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.call(&["kill-server"]);
    }
}

#[test]
fn tmux_takes_it_and_passes_it_on() {
    if skip::program("tmux").is_none() {
        return;
    }
    let (home, server) = desk();
    server.reply(REPLY);
    let tmux = Tmux { socket: home.path().join("tmux") };
    let pty = in_tmux(&home, &tmux);
    pty.wait_for("Question number 0?");
    pty.key(Key::Ctrl('n'));
    ask(&pty);
    pty.key(Key::Char('y'));
    pty.wait_for("through tmux by OSC 52");
    wait("tmux's buffer", || tmux.call(&["show-buffer"]) == COPIED.as_bytes());
    // And the terminal behind it has it too, unwrapped.
    let whole = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(COPIED));
    pty.wait_raw("the message, passed on", |raw| has(raw, &whole));
    assert!(!pty.screen_text().contains(&STANDARD.encode(COPIED)[..40]), "nothing of it is drawn");
}

/// The program in a tmux that takes what is copied and passes on what is wrapped for it.
fn in_tmux(home: &Home, tmux: &Tmux) -> Pty {
    let settings = home.path().join("tmux.conf");
    fs::write(&settings, "set -g set-clipboard on\nset -g allow-passthrough on\nset -g status off\n")
        .expect("written");
    let (socket, settings) = (tmux.socket.to_string_lossy(), settings.to_string_lossy());
    let args = ["-u", "-S", &socket, "-f", &settings, "new-session", PATCHCORD];
    let mut environment = home.environment();
    environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
    Pty::spawn("tmux", &args, &environment, SIZE)
}
