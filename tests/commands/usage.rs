//! Wrong command lines, and a program without a terminal.

use crate::Desk;
use crate::support::chat_thing;
use crate::support::command::Call;
use crate::support::home::Home;

#[test]
fn a_wrong_command_line_is_usage() {
    let home = Home::new();
    let wrong: [&[&str]; 4] = [
        &["frobnicate"],
        &["chat", "--no-such-flag"],
        &["conversations"],
        &["conversations", "export", "x", "--format", "pdf"],
    ];
    for args in wrong {
        let output = Call::new(&home, args).run().expect_code(2);
        assert_ne!(output.errors(), "", "{args:?}");
        let mut json = args.to_vec();
        json.push("--json");
        let output = Call::new(&home, &json).run().expect_code(2);
        assert_eq!(output.failure()["kind"], "usage", "{output}");
    }
}

#[test]
fn input_that_the_program_refuses_is_invalid() {
    let desk = Desk::new();
    let wrong: [&[&str]; 4] = [
        &["conversations", "list", "--limit", "0", "--json"],
        &["conversations", "list", "--limit", "101", "--json"],
        &["conversations", "show", "x", "--limit", "1000", "--json"],
        &["chat", "--json", "  \n "],
    ];
    for args in wrong {
        let output = desk.run(args).expect_code(11);
        assert_eq!(output.failure()["kind"], "invalid", "{output}");
    }
    let empty = desk.call(&["chat", "--json"]).stdin("").run().expect_code(11);
    assert_eq!(empty.failure()["kind"], "invalid");
    assert_eq!(desk.server.origin.requests().len(), 0);
}

#[test]
fn without_a_terminal_the_commands_are_named() {
    let output = Call::new(&Home::new(), &[]).run().expect_code(2);
    assert!(output.errors().contains("chat"), "{output}");
    assert_eq!(output.text(), "");
}

#[test]
fn help_and_version_are_answers() {
    let home = Home::new();
    let help = Call::new(&home, &["--help"]).run().expect_code(0);
    for word in ["chat", "conversations", "sandbox", "config", "--json", "--channel"] {
        assert!(help.text().contains(word), "no {word}\n{help}");
    }
    let version = Call::new(&home, &["--version"]).run().expect_code(0);
    // A release says its commit after it.
    let expected = concat!("patchcord ", env!("CARGO_PKG_VERSION"));
    let text = version.text();
    assert!(text.strip_prefix(expected).is_some_and(|rest| rest == "\n" || rest.starts_with(" (")), "{text}");
}

#[test]
fn nothing_coloured_goes_into_a_pipe() {
    let desk = Desk::new();
    let calls: [&[&str]; 5] = [
        &["--help"],
        &["chat", "hi"],
        &["conversations", "list"],
        &["conversations", "list", "--limit", "0"],
        &["chat", "--no-such-flag"],
    ];
    for args in calls {
        let output = desk.call(args).env("TERM", "xterm-256color").run();
        assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{args:?}\n{output}");
    }
}

#[test]
fn a_channel_is_chosen_by_name() {
    let desk = Desk::new();
    let other = crate::support::chat_thing::ChatThing::start();
    let second = other.config().replace("\"docs\"", "\"second\"");
    desk.home.configure(&format!("{}\n{second}", desk.server.config()));
    let output = desk.run(&["-c", "second", "chat", "hi"]).expect_code(0);
    assert!(output.text().starts_with("You said: hi"));
    assert_eq!((desk.server.origin.requests().len(), other.count("message")), (0, 1));
    let none = desk.run(&["chat", "--json", "hi"]);
    assert_ne!(none.code, Some(0), "two channels and no default\n{none}");
    desk.home.configure(&format!("default_channel = \"second\"\n{}\n{second}", desk.server.config()));
    let _ = desk.run(&["chat", "hi"]).expect_code(0);
    assert_eq!((desk.server.origin.requests().len(), other.count("message")), (0, 2));
    let wrong = desk.run(&["-c", "secnd", "conversations", "show", &chat_thing::id(1), "--json"]);
    assert!(wrong.code.is_some_and(|code| code == 2 || code == 3), "{wrong}");
}
