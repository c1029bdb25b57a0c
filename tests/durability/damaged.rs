//! A damaged database: every command says so, the old file is kept, and what can be read of it is there.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;

use crate::SIZE;
use crate::support::command::{Call, Output};
use crate::support::home::Home;
use crate::support::hooks::{klaunch, post};
use crate::support::pty::Pty;
use crate::webhooks::{desk, listen};

/// What was posted.
const MESSAGES: u64 = 60;

/// A home whose database has messages, and its bytes.
fn filled() -> (Home, Vec<u8>) {
    let (home, ear) = desk();
    let running = listen(&home);
    for n in 0..MESSAGES {
        let body = klaunch("c", n % 3, &format!("word{n}. {}", "more ".repeat(50)), 1_700_000_000_000 + n);
        let url = format!("http://{ear}/hooks/flow/the-key");
        assert_eq!(post(&url, &[], body.to_string().as_bytes()).status, 200);
    }
    running.signal("TERM");
    let _ = running.wait().expect_code(0);
    let bytes = fs::read(home.data().join("patchcord.db")).expect("the database");
    (home, bytes)
}

/// The page at which something of the schema begins.
fn root(home: &Home, name: &str) -> usize {
    let conn = Connection::open(home.data().join("patchcord.db")).expect("the database");
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: i64 = conn.query_row(sql, [name], |row| row.get(0)).expect("its page");
    usize::try_from(page - 1).expect("a page") * 4_096
}

/// What can happen to a database: its name, what is left of it, and how many messages at least come over.
fn harms(home: &Home, bytes: &[u8]) -> Vec<(&'static str, Vec<u8>, usize)> {
    let with = |from: usize, to: usize| {
        let mut bytes = bytes.to_vec();
        for (at, byte) in bytes[from..to].iter_mut().enumerate() {
            *byte = u8::try_from((at * 7_919 + 13) % 256).expect("a byte") | 0x80;
        }
        bytes
    };
    let all = usize::try_from(MESSAGES).expect("few");
    let (table, index) = (root(home, "deliveries"), root(home, "conversations_by_recency"));
    vec![
        ("one damaged page", with(table, table + 4_096), all),
        ("a damaged index", with(index, index + 4_096), all),
        ("truncated", bytes[..bytes.len() - 3 * 4_096 - 100].to_vec(), 1),
        ("noise", with(0, bytes.len()), 0),
        ("no header", with(0, 100), all),
        ("empty", Vec::new(), 0),
    ]
}

fn set(home: &Home, bytes: &[u8]) {
    let data = home.data();
    for entry in fs::read_dir(&data).expect("the data directory").flatten() {
        if entry.file_name().to_string_lossy().starts_with("patchcord.db") {
            fs::remove_file(entry.path()).expect("an old file goes");
        }
    }
    fs::write(data.join("patchcord.db"), bytes).expect("the database");
}

fn kept(home: &Home) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(home.data()).expect("the data directory").flatten();
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains(".corrupt-")).collect()
}

fn messages(output: &Output) -> usize {
    output.json()["hits"].as_array().map_or(0, Vec::len)
}

#[test]
fn every_command_says_that_the_database_was_damaged() {
    let (home, bytes) = filled();
    let commands: [&[&str]; 7] = [
        &["-c", "flow", "conversations", "list", "--all"],
        &["-c", "flow", "search", "word"],
        &["requests", "list"],
        &["search", "--list-saved"],
        &["-c", "flow", "chat", "hello", "--timeout", "1"],
        &["-c", "frontline", "conversations", "list", "--all"],
        &["-c", "flow", "conversations", "export", "--all", "--format", "jsonl", "--output", "out"],
    ];
    for (what, harmed, _) in harms(&home, &bytes) {
        for command in commands {
            set(&home, &harmed);
            let said = Call::new(&home, command).run();
            let warning =
                said.errors().lines().find(|line| line.starts_with("warning: patchcord.db was")).map(str::to_owned);
            let warning = warning.unwrap_or_else(|| panic!("{what}: {command:?}: {said}"));
            let kept = kept(&home);
            assert_eq!(kept.len(), 1, "{what}: {command:?}");
            assert!(warning.contains(&*kept[0].to_string_lossy()), "{what}: {command:?}: {warning}");
            assert_eq!(fs::read(&kept[0]).expect("the kept file"), harmed, "{what}: {command:?}");
            // Once.
            assert!(!Call::new(&home, command).run().errors().contains("warning: "), "{what}: {command:?}");
        }
        set(&home, &harmed);
        let said = Call::new(&home, &["--json", "requests", "list"]).run().expect_code(0);
        let warning: Value = serde_json::from_str(said.errors().lines().next().unwrap_or_default()).expect("JSON");
        assert!(
            warning["warning"]["message"].as_str().is_some_and(|m| m.contains("patchcord.db was")),
            "{what}: {said}"
        );
        let _ = said.json();
    }
}

#[test]
fn what_could_be_read_is_there_and_is_read_again_on_demand() {
    let (home, bytes) = filled();
    let find = |home: &Home| Call::new(home, &["--json", "search", "word", "--all"]).run().expect_code(0);
    let whole = messages(&find(&home));
    assert_eq!(whole, usize::try_from(MESSAGES).expect("few"));
    for (what, harmed, least) in harms(&home, &bytes) {
        set(&home, &harmed);
        let found = messages(&find(&home));
        assert!(found >= least && found <= whole, "{what}: {found} of {whole}");
        let kept = kept(&home).remove(0).to_string_lossy().into_owned();
        let again = Call::new(&home, &["--json", "store", "recover", &kept]).run();
        if found == 0 {
            assert_eq!(again.failure()["kind"], "failed", "{what}: {again}");
            continue;
        }
        let told = again.expect_code(0).json();
        assert_eq!(told["tables"]["messages"]["found"], found, "{what}: {told}");
        assert_eq!(told["tables"]["messages"]["added"], 0, "{what}: it is there already: {told}");
        // Into another one.
        let other = Home::new();
        other.configure(&fs::read_to_string(home.config_file()).expect("the config file"));
        let words = Call::new(&other, &["store", "recover", &kept]).run().expect_code(0);
        assert!(words.text().contains(&format!("{found} messages")), "{what}: {words}");
        assert_eq!(messages(&find(&other)), found, "{what}");
    }
    for (args, kind) in [("nowhere.db", "not_found"), ("patchcord.db", "invalid")] {
        let file = home.data().join(args).to_string_lossy().into_owned();
        let said = Call::new(&home, &["--json", "store", "recover", &file]).run();
        assert_eq!(said.failure()["kind"], kind, "{said}");
    }
}

#[test]
fn the_screen_says_so_too() {
    let (home, bytes) = filled();
    let (_, harmed, _) = harms(&home, &bytes).remove(0);
    set(&home, &harmed);
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("patchcord.db was damaged");
    crate::end(&mut pty);
}
