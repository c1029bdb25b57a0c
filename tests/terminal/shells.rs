//! Tab in real shells: what `completions` prints makes them complete a channel's name.

use std::fs;

use crate::support::chat_thing::ChatThing;
use crate::support::command::Call;
use crate::support::home::{Home, PATCHCORD};
use crate::support::pty::{Key, Pty};
use crate::support::skip;

/// A shell in a terminal, its completions loaded, with a line typed up to the name.
fn completes(shell: &str, args: &[&str], load: impl Fn(&str) -> String) {
    let Some(program) = skip::program(shell) else { return };
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config().replace("\"docs\"", "\"documents-of-mine\""));
    let script = home.path().join("home/completion");
    let printed = Call::new(&home, &["completions", shell]).run().expect_code(0);
    fs::write(&script, &printed.stdout).expect("the script");
    let mut environment = home.environment();
    let bin = std::path::Path::new(PATCHCORD).parent().expect("a folder").display().to_string();
    for (name, value) in &mut environment {
        if name == "PATH" {
            *value = format!("{bin}:{value}");
        }
    }
    environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
    let mut pty = Pty::spawn(program.to_str().expect("text"), args, &environment, (120, 30));
    pty.type_text(&load(script.to_str().expect("text")));
    pty.key(Key::Enter);
    pty.type_text("echo loa''ded");
    pty.key(Key::Enter);
    pty.wait_for("loaded");
    pty.type_text("patchcord -c docu");
    pty.key(Key::Tab);
    pty.wait_for("documents-of-mine");
    pty.kill9();
}

#[test]
fn zsh_completes_a_name() {
    let load = |script: &str| format!("autoload -Uz compinit; compinit -u -D; source {script}");
    completes("zsh", &["-f", "-i"], load);
}

#[test]
fn fish_completes_a_name() {
    completes("fish", &["--no-config", "-i"], |script| format!("source {script}"));
}

#[test]
fn bash_completes_a_name() {
    completes("bash", &["--norc", "--noprofile", "-i"], |script| format!("source {script}"));
}

#[test]
fn elvish_completes_a_name() {
    completes("elvish", &["-norc"], |script| format!("eval (slurp < {script})"));
}
