//! Starting, quitting, being killed, suspended and resized.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::chat_thing::{self, SECRET};
use crate::support::files::holds;
use crate::support::home::{Home, PATCHCORD};
use crate::support::origin::Request;
use crate::support::pty::{Key, PATIENCE, Pty};
use crate::support::skip;
use crate::support::wait::{is_stopped, wait};
use crate::{SIZE, desk, left_as_found, on_sandbox, on_server, quit};

#[test]
fn from_start_to_reply_to_exit_on_the_sandbox() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("sandbox");
    pty.type_text("/echo the quick brown marker");
    pty.wait_for("/echo the quick brown marker");
    pty.key(Key::Enter);
    pty.wait_until("the reply beside the question", |screen| {
        screen.contents().matches("the quick brown marker").count() >= 2
    });
    quit(&mut pty);
    left_as_found(&pty);

    let mut again = on_sandbox(&home);
    again.wait_for("the quick brown marker");
    quit(&mut again);
    left_as_found(&again);
}

#[test]
fn a_newcomer_is_greeted_and_answered_from_the_documents() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("bot");
    pty.type_text("Which key makes a new line?");
    pty.key(Key::Enter);
    pty.wait_for("Which key makes a new line?");
    pty.wait_until("the key in the reply", |screen| {
        let text = screen.contents();
        // Above the hint line, which names it too.
        let reply = text.lines().rev().skip(2).collect::<Vec<_>>().join("\n");
        reply.contains("Ctrl+J")
    });
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        let (home, _server) = desk();
        let mut pty = on_newest(&home);
        pty.type_text("half a thought");
        pty.wait_for("half a thought");
        pty.signal(signal);
        let status = pty.wait_exit();
        assert_eq!(status.exit_code(), code, "{signal}: {status:?}");
        left_as_found(&pty);
        on_newest(&home).wait_for("half a thought");
    }
}

/// The program with the newest of the server's conversations open, and its composer.
#[track_caller]
fn on_newest(home: &Home) -> Pty {
    let pty = Pty::patchcord(home, &[], SIZE);
    pty.wait_for("Question number 0?");
    pty.wait_for("of 250");
    pty.key(Key::Tab);
    // The list has the keys.
    pty.wait_until("the list's hints", |screen| !screen.contents().contains("Enter send"));
    pty.key(Key::Home);
    pty.key(Key::Enter);
    pty.wait_for("Answer number 0.");
    pty.wait_for("y copy");
    pty.key(Key::Tab);
    pty.wait_for("Enter send");
    pty
}

#[test]
fn a_channel_that_is_switched_off_takes_no_history_along() {
    let (home, server) = desk();
    quit(&mut on_newest(&home));
    home.configure(&chat_thing::config(&server.origin.url(), "nowhere", SECRET));
    for _ in 0..2 {
        let asked = server.count("messages");
        let mut pty = Pty::patchcord(&home, &[], SIZE);
        pty.wait_for("Answer number 0.");
        // With its place in the history, and then from the start: both are refused.
        let reads = |requests: &[Request]| requests.iter().filter(|r| r.path.ends_with("/1.0/messages")).count();
        server.origin.wait_until("both reads", |requests| reads(requests) >= asked + 2);
        quit(&mut pty);
    }
}

/// Waits until there is such a file.
#[track_caller]
fn wait_file(path: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while !path.exists() {
        assert!(Instant::now() < deadline, "{} was never made", path.display());
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_written_in_the_editor_survives_a_signal() {
    let home = Home::new();
    let (open, done) = (home.path().join("open"), home.path().join("done"));
    let script = home.path().join("editor");
    let commands = format!(
        "echo 'a thought from the editor' >> \"$1\"; : > '{}'; until test -e '{}'; do sleep 0.05; done",
        open.display(),
        done.display(),
    );
    fs::write(&script, commands).expect("the editor");
    let editor = format!("sh '{}'", script.display());
    let mut pty = Pty::patchcord_with(&home, &[], SIZE, &[("VISUAL", &editor)]);
    pty.wait_for("message");
    pty.key(Key::Ctrl('o'));
    wait_file(&open);
    pty.signal("TERM");
    fs::write(&done, "").expect("the editor's end");
    pty.wait_exit();
    left_as_found(&pty);
    on_sandbox(&home).wait_for("a thought from the editor");
}

/// Waits until some file below a folder holds that text.
#[track_caller]
pub(crate) fn wait_saved(folder: &Path, text: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !holds(folder, text) {
        assert!(Instant::now() < deadline, "{text:?} was never saved below {}", folder.display());
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_draft_survives_kill_9() {
    let (home, _server) = desk();
    let mut pty = on_newest(&home);
    pty.type_text("an unsent thought");
    pty.wait_for("an unsent thought");
    wait_saved(&home.data(), "an unsent thought");
    pty.kill9();
    for _ in 0..2 {
        let mut again = on_newest(&home);
        again.wait_for("an unsent thought");
        quit(&mut again);
    }
}

#[test]
fn a_draft_of_a_new_conversation_is_on_the_screen_after_a_restart() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("Venus");
    pty.key(Key::Ctrl('n'));
    pty.type_text("an unsent thought");
    pty.wait_for("an unsent thought");
    quit(&mut pty);
    let again = on_sandbox(&home);
    again.wait_for("an unsent thought");
}

#[test]
fn a_draft_survives_quitting_at_once() {
    let (home, _server) = desk();
    let mut pty = on_newest(&home);
    pty.type_text("a quick thought");
    quit(&mut pty);
    on_newest(&home).wait_for("a quick thought");
}

#[test]
fn every_size_draws_and_a_tiny_one_says_so() {
    let (home, server) = desk();
    server.reply("the word of the day");
    let mut pty = on_server(&home);
    pty.type_text("hello");
    pty.key(Key::Enter);
    pty.wait_for("the word of the day");
    for size in [(80, 24), (60, 20), (40, 10), (200, 50), (79, 11)] {
        pty.resize(size);
        pty.wait_for("the word of the day");
    }
    for size in [(39, 20), (80, 9), (12, 3), (1, 1)] {
        pty.resize(size);
        pty.wait_until("no conversation in so little room", |screen| !screen.contents().contains("the word of"));
    }
    pty.resize(SIZE);
    pty.wait_for("the word of the day");
    quit(&mut pty);
    left_as_found(&pty);
}

#[test]
fn it_can_be_suspended_and_continued() {
    let home = Home::new();
    let mut environment = home.environment();
    environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
    let script = format!(
        "set -m; {PATCHCORD}; echo now-stopped; stty -a | grep -o -e '[-]*icanon'; read -r line; fg; echo now-ended"
    );
    let mut shell = Pty::spawn("/bin/bash", &["-c", &script], &environment, SIZE);
    shell.wait_for("patchcord");
    shell.type_text("before the pause");
    shell.wait_for("before the pause");
    shell.key(Key::Ctrl('z'));
    shell.wait_for("now-stopped");
    shell.wait_until("the shell's own screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    shell.wait_until("line editing", |screen| screen.contents().lines().any(|line| line.trim() == "icanon"));
    shell.key(Key::Enter);
    shell.wait_until("the program again", |screen| {
        screen.alternate_screen() && screen.contents().contains("before the pause")
    });
    shell.type_text(" and after");
    shell.wait_for("before the pause and after");
    shell.key(Key::Ctrl('c'));
    shell.wait_for("again to quit");
    shell.key(Key::Ctrl('c'));
    shell.wait_for("now-ended");
    shell.wait_exit();
    left_as_found(&shell);
}

/// Runs the program by that command of a shell, which has no job control.
fn by_script(home: &Home, script: &str) -> Pty {
    let mut environment = home.environment();
    environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
    Pty::spawn("/bin/sh", &["-c", script], &environment, SIZE)
}

/// On terminals whose Backspace sends the other byte, as their settings tell.
#[test]
fn backspace_erases_one_letter_whichever_byte_it_is() {
    for (settings, byte) in [("^H", "\x08"), ("^?", "\x7f")] {
        let home = Home::new();
        let mut pty = by_script(&home, &format!("stty erase '{settings}'; exec {PATCHCORD}"));
        pty.wait_for("message");
        pty.type_text("one two");
        pty.wait_for("one two");
        pty.send(byte.as_bytes());
        pty.type_text("X");
        pty.wait_for("one twX");
        quit(&mut pty);
    }
}

/// Asked to suspend itself, it says that nobody would continue it, and goes on.
#[track_caller]
fn stays(mut pty: Pty) {
    pty.wait_for("message");
    pty.key(Key::Ctrl('z'));
    pty.wait_for("Not suspended");
    pty.type_text("still here");
    pty.wait_for("still here");
    quit(&mut pty);
    left_as_found(&pty);
}

/// As the terminal's only program, and beside one that waits for it without being told that it stopped.
#[test]
fn it_stays_where_nobody_would_continue_it() {
    let (home, other) = (Home::new(), Home::new());
    for pty in [on_sandbox(&home), by_script(&other, &format!("{PATCHCORD}; :"))] {
        stays(pty);
    }
}

/// In a container, the shell that waits for the program, and the leaders of its session and group, can be outside of what
/// the program sees. Where no such place can be made by this user, there is nothing to see.
#[test]
fn it_stays_where_its_parents_are_out_of_sight() {
    let home = Home::new();
    let apart = "unshare --user --map-root-user --pid --fork --kill-child";
    if !Command::new("sh").args(["-c", &format!("{apart} true")]).status().is_ok_and(|s| s.success()) {
        skip::skip("namespaces", "no namespace of processes can be made here");
        return;
    }
    for inside in [PATCHCORD.to_owned(), format!("sh -c '{PATCHCORD}; :'")] {
        stays(by_script(&home, &format!("{apart} {inside}")));
    }
}

#[test]
fn a_stop_from_outside_leaves_the_terminal_to_others() {
    let home = Home::new();
    let mut pty = on_sandbox(&home);
    pty.wait_for("message");
    pty.signal("TSTP");
    pty.wait_until("the screen of before", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    wait("its stop", || is_stopped(pty.pid()));
    assert_eq!(pty.termios_now(), pty.termios_before());
    pty.signal("CONT");
    pty.wait_until("the program again", vt100::Screen::alternate_screen);
    pty.type_text("and on");
    pty.wait_for("and on");
    quit(&mut pty);
    left_as_found(&pty);
}

/// An editor with a window of its own: it leaves the terminal alone, where somebody types on.
#[test]
fn what_is_typed_while_a_window_edits_is_nobodys() {
    let home = Home::new();
    let (open, done) = (home.path().join("open"), home.path().join("done"));
    let script = home.path().join("window");
    // Ctrl+C is this editor's own, and Ctrl+\ is nothing to it and to what it starts.
    let commands = format!(
        "#!/bin/sh\ntrap 'echo interrupted >> \"$2\"' INT\ntrap '' QUIT\n: > '{}'; until test -e '{}'; do sleep 0.05; done\n",
        open.display(),
        done.display(),
    );
    fs::write(&script, commands).expect("the editor");
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a program");
    let mut pty = Pty::patchcord_with(&home, &[], SIZE, &[("VISUAL", &format!("'{}' --wait", script.display()))]);
    pty.wait_for("message");
    pty.type_text("a thought");
    pty.wait_for("a thought");
    pty.key(Key::Ctrl('o'));
    wait_file(&open);
    pty.wait_until("what it waits for, on the screen of before", |screen| {
        !screen.alternate_screen() && screen.contents().contains("Waiting for window: close it to go on.")
    });
    pty.type_text("typed into nothing");
    pty.wait_for("typed into nothing");
    for key in [Key::Ctrl('c'), Key::Ctrl('\\')] {
        pty.key(key);
    }
    wait_saved(&home.data(), "interrupted");
    fs::write(&done, "").expect("the editor's end");
    pty.wait_until("the program again", |screen| {
        screen.alternate_screen() && screen.contents().contains("interrupted")
    });
    pty.type_text("!");
    pty.wait_for("interrupted!");
    assert!(!pty.screen_text().contains("nothing"), "{}", pty.screen_text());
    quit(&mut pty);
    left_as_found(&pty);
    assert!(!pty.screen_text().contains("Waiting"), "{}", pty.screen_text());
}

#[test]
fn a_dumb_terminal_is_told_the_commands() {
    let home = Home::new();
    let mut pty = Pty::patchcord_with(&home, &[], SIZE, &[("TERM", "dumb")]);
    assert_eq!(pty.wait_exit().exit_code(), 2);
    let told = pty.screen_text();
    assert!(told.contains("chat") && told.contains("--linear"), "{told}");
    assert!(!pty.raw().contains(&0x1b));
}

#[test]
fn a_broken_config_leaves_the_terminal_alone() {
    let home = Home::new();
    home.configure("[[channels]]\nname = \"docs\"\nplatform = \"chat-thin\"\n");
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    assert_eq!(pty.wait_exit().exit_code(), 3);
    assert!(pty.screen_text().contains("chat-thing"), "{}", pty.screen_text());
    assert_eq!(pty.termios_now(), pty.termios_before());
    assert!(!String::from_utf8_lossy(&pty.raw()).contains("\x1b[?1049h"));
}
