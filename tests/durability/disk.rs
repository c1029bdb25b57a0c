//! A data directory that takes nothing: what can't be kept isn't sent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::command::Call;
use crate::support::faults::{ENOSPC, EROFS, Which, on_the_store};
use crate::support::files::holds;
use crate::support::home::Home;
use crate::support::pty::{Key, Pty};
use crate::{SIZE, desk, tail, text};

/// Data directories that can't be used, each with what it is.
fn useless(home: &Home) -> Vec<(&'static str, String)> {
    let at = |name: &str| home.path().join(name);
    let text = |name: &str| at(name).to_string_lossy().into_owned();
    fs::write(at("file"), "mine").expect("a file");
    let mut all = vec![
        ("a file", text("file")),
        ("below a file", text("file/data")),
        ("where nothing can be made", "/proc/patchcord".to_owned()),
    ];
    fs::create_dir(at("sealed")).expect("a folder");
    fs::set_permissions(at("sealed"), fs::Permissions::from_mode(0o500)).expect("its mode");
    // The superuser writes there all the same.
    if fs::write(at("sealed/probe"), "").is_err() {
        all.push(("read-only", text("sealed")));
        all.push(("below a read-only one", text("sealed/data")));
    }
    // Whoever may write: a directory where the database should be.
    fs::create_dir_all(at("occupied/patchcord.db")).expect("a folder");
    all.push(("with a directory for a database", text("occupied")));
    all
}

#[test]
fn a_command_that_can_keep_nothing_sends_nothing() {
    let (home, server) = desk();
    let all = useless(&home);
    for (what, dir) in &all {
        for flags in [&["--json"][..], &[]] {
            let mut args = vec!["--data-dir", dir, "chat", "precious words"];
            args.extend(flags);
            let output = Call::new(&home, &args).run().expect_code(1);
            let said = output.errors();
            assert!(said.contains(dir.as_str()), "{what}: {output}");
            assert!(!said.contains("Os {") && !said.contains("panicked"), "{what}: {output}");
            assert!(said.contains("can't be used") || said.contains("--data-dir"), "{what}: {output}");
        }
        assert_eq!(server.count("message"), 0, "{what}");
    }
    assert_eq!(fs::read_to_string(home.path().join("file")).expect("it is there"), "mine");
    println!("PASS disk_command n={} lost=0 doubled=0", all.len() * 2);
}

#[test]
fn the_screen_says_so_and_keeps_the_text() {
    let (home, server) = desk();
    let all = useless(&home);
    for (what, dir) in &all {
        let mut pty = Pty::patchcord(&home, &["--data-dir", dir], SIZE);
        pty.wait_for("can't be used");
        pty.paste(&text("kept"));
        pty.wait_for(&tail("kept"));
        pty.key(Key::Enter);
        pty.wait_for("Not sent");
        pty.wait_for(&tail("kept"));
        assert_eq!(server.count("message"), 0, "{what}");
        crate::end(&mut pty);
    }
    println!("PASS disk_screen n={} lost=0 doubled=0", all.len());
}

/// A shell with a limit on the size of files runs the program.
fn limited(home: &Home, kilobytes: u32, args: &str) -> Call {
    let script = format!("ulimit -f {kilobytes}; exec {} {args}", crate::support::home::PATCHCORD);
    Call::program("/bin/bash", home, &["-c", &script])
}

#[test]
fn a_reached_limit_of_a_file_is_told_in_words() {
    let home = Home::new();
    for (kilobytes, args) in
        [(4, "search --save s word"), (64, "--json search --save s word"), (4, "search --list-saved")]
    {
        let output = limited(&home, kilobytes, &format!("--sandbox {args}")).run();
        // Not ended by the signal.
        let output = output.expect_code(1);
        let said = output.errors();
        assert!(
            said.contains("the disk refuses") || said.contains("File too large") || said.contains("is full"),
            "{output}"
        );
        assert!(!said.contains("Os {") && !said.contains("panicked"), "{output}");
    }
    // Nothing half-made is left behind that the next run would take for something.
    let next = Call::new(&home, &["--sandbox", "search", "--save", "s", "word"]).run().expect_code(0);
    assert!(!next.errors().contains("warning"), "{next}");
}

#[test]
fn no_memory_is_written_to_a_file() {
    let (home, _) = crate::webhooks::desk();
    let running = crate::webhooks::listen(&home);
    let limits = fs::read_to_string(format!("/proc/{}/limits", running.pid())).expect("its limits");
    let core: Vec<&str> = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .map(|line| line.split_whitespace().skip(4).take(2).collect())
        .expect("the limit");
    assert_eq!(core, ["0", "0"]);
    running.signal("TERM");
    let _ = running.wait().expect_code(0);
}

#[test]
fn a_headers_secret_is_stored_nowhere() {
    let (home, ear) = crate::webhooks::desk();
    let running = crate::webhooks::listen(&home);
    let body = crate::support::hooks::klaunch("c", 1, "hello", 1_700_000_000_000).to_string();
    let url = format!("http://{ear}/hooks/flow/the-key");
    let headers = [("authorization", "Bearer t"), ("x-hook", "the-key"), ("x-plain", "kept as it is")];
    let answer = crate::support::hooks::post(&url, &headers, body.as_bytes());
    assert_eq!(answer.status, 200);
    running.signal("TERM");
    let _ = running.wait().expect_code(0);
    assert!(!holds(&home.data(), "Bearer t") && !holds(&home.data(), "the-key"));
    assert!(holds(&home.data(), "kept as it is") && holds(&home.data(), "[secret]"));
}

/// What a command brings from the platform it brings all the same, and says that nothing of it is kept.
#[test]
fn a_command_that_needs_no_store_says_that_nothing_is_kept() {
    let (home, server) = desk();
    let source = server.add_source(&[("page.md", "text")]);
    for args in [&["conversations", "list"][..], &["sources", "list"], &["rows", "list", &source]] {
        for errno in [ENOSPC, EROFS] {
            for flags in [&[][..], &["--json"]] {
                let call = Call::new(&home, &[args, flags].concat());
                let output = on_the_store(call, &home, Which::From(1), errno).run().expect_code(0);
                let said = output.errors();
                assert_eq!(said.matches("Nothing is kept on this machine").count(), 1, "{args:?}: {output}");
                assert!(said.contains("No space left") || said.contains("Read-only"), "{args:?}: {output}");
                assert_eq!(said.starts_with("{\"warning\""), !flags.is_empty(), "{args:?}: {output}");
            }
        }
    }
    println!("PASS disk_told n=12");
}
