//! A data directory that takes nothing: what can't be kept isn't sent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::command::Call;
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
    println!("PASS disk_command n={} lost=0 dup=0", all.len() * 2);
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
    println!("PASS disk_screen n={} lost=0 dup=0", all.len());
}
