//! Each call to the disk fails once, by count, and from each on all fail, while something is kept or changed that is no
//! message: what is said to be done is done, and of what reached the platform it isn't said that nothing did.
//!
//! Which calls those are is in `calls`; `CALLS=all` is for all of both.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;
use rusqlite::types::FromSql;
use serde_json::json;

use crate::calls::{copy, each_call_fails, each_slow_call_fails, word};
use crate::desk;
use crate::support::chat_thing::{ChatThing, id};
use crate::support::command::{Call, Output};
use crate::support::faults::{Which, counted, on_the_store};
use crate::support::home::Home;
use crate::support::hooks::{Poster, free_port, is_open, optech_signature};
use crate::support::wait::wait;

/// A home whose store is put back before each attempt.
struct Bench {
    home: Home,
    server: ChatThing,
    store: PathBuf,
}

impl Bench {
    /// One with what these calls leave in its store.
    fn after(prepare: impl FnOnce(&Home, &ChatThing)) -> Self {
        let (home, server) = desk();
        prepare(&home, &server);
        let store = home.path().join("kept");
        copy(&home.data(), &store);
        Self { home, server, store }
    }

    /// The call, with calls to the disk that fail, on the store as it was.
    fn attempt(&self, call: Call, which: Which, errno: u32) -> Attempt {
        copy(&self.store, &self.home.data());
        let output = on_the_store(call, &self.home, which, errno).run();
        let what = format!("{which:?} {errno}: {output}");
        let code = output.code.unwrap_or_else(|| panic!("it ended by itself: {what}"));
        assert!(!output.errors().contains("panicked"), "{what}");
        Attempt { code, calls: counted(&self.home), what, output }
    }

    /// The answer of the store, none where it has none.
    fn ask<T: FromSql>(&self, question: &str, word: &str) -> Option<T> {
        let database = Connection::open(self.home.data().join("patchcord.db")).expect("the database");
        database.query_row(question, [word], |row| row.get(0)).ok()
    }
}

/// What came of an attempt, and how many calls it made.
struct Attempt {
    code: i32,
    calls: usize,
    what: String,
    output: Output,
}

fn known(home: &Home, _: &ChatThing) {
    let _ = Call::new(home, &["conversations", "list"]).run().expect_code(0);
}

/// What is kept of a conversation for oneself.
#[test]
fn a_mark_that_is_said_to_be_kept_is_kept() {
    let commands = [
        (["conversations", "label"], "SELECT count(*) FROM desk WHERE instr(labels, ?1)"),
        (["conversations", "note"], "SELECT count(*) FROM desk WHERE instr(note, ?1)"),
    ];
    let mut n = 0;
    for (command, question) in commands {
        n += each_call_fails(
            || Bench::after(known),
            |bench, which, errno| {
                let word = word(which, errno).replace(' ', "-").to_lowercase();
                let conversation = id(3);
                let args = [&command[..], &[&conversation, &word]].concat();
                let attempt = bench.attempt(Call::new(&bench.home, &args), which, errno);
                if attempt.code == 0 {
                    assert_eq!(bench.ask::<i64>(question, &word), Some(1), "{}", attempt.what);
                }
                attempt.calls
            },
        );
    }
    println!("PASS calls_mark n={n} lost=0 lies=0");
}

/// A text that is written and left; line by line, where it is the same core as on the screen.
#[test]
fn a_draft_that_is_lost_is_not_left_in_silence() {
    let n = each_slow_call_fails(
        || Bench::after(known),
        |bench, which, errno| {
            let word = word(which, errno).replace(' ', "-").to_lowercase();
            let script = format!("/draft {word}\n/quit\n");
            let call = Call::new(&bench.home, &["--linear", "-c", "docs"]).stdin(script);
            let attempt = bench.attempt(call, which, errno);
            let kept = bench.ask::<i64>("SELECT count(*) FROM drafts WHERE text = ?1", &word);
            if kept != Some(1) {
                let said = format!("{}{}", attempt.output.text(), attempt.output.errors());
                let warned =
                    ["Problem: The database", "disk", "can't be used"].iter().any(|hint| said.contains(hint));
                assert!(!said.contains("kept as a draft"), "it is gone: {}", attempt.what);
                assert!(warned, "it is gone and nothing was said: {}", attempt.what);
            }
            attempt.calls
        },
    );
    println!("PASS calls_draft n={n} lost=0 lies=0");
}

/// A folder is pushed: one row is changed, one made, one deleted.
#[test]
fn what_is_told_of_a_push_is_so() {
    let n = each_call_fails(
        || {
            let mut source = String::new();
            let bench = Bench::after(|home, server| {
                source = server.add_source(&[("kept.md", "as it was"), ("gone.md", "to be deleted")]);
                let folder = home.path().join("folder");
                fs::create_dir(&folder).expect("a folder");
                fs::write(folder.join("kept.md"), "as it was").expect("a file");
                fs::write(folder.join("gone.md"), "to be deleted").expect("a file");
                let push = ["sources", "push", &source, folder.to_str().expect("text")];
                let _ = Call::new(home, &push).run().expect_code(0);
                copy_tree(&folder, &home.path().join("as pushed"));
            });
            (bench, source)
        },
        |(bench, source), which, errno| {
            let word = word(which, errno);
            let folder = bench.home.path().join("folder");
            // The platform and the folder as they were.
            for row in bench.server.rows(source) {
                bench.server.drop_row(source, &row.id);
            }
            let _ = fs::remove_dir_all(&folder);
            copy_tree(&bench.home.path().join("as pushed"), &folder);
            bench.server.put_row(source, "kept", "as it was");
            bench.server.put_row(source, "gone", "to be deleted");
            copy(&bench.store, &bench.home.data());
            fs::write(folder.join("kept.md"), &word).expect("a file");
            fs::write(folder.join("new.md"), &word).expect("a file");
            fs::remove_file(folder.join("gone.md")).expect("it was there");
            let push = ["sources", "push", source, folder.to_str().expect("text"), "--prune", "--yes", "--json"];
            let attempt = bench.attempt(Call::new(&bench.home, &push), which, errno);
            let rows = bench.server.rows(source);
            let texts: Vec<&str> = rows.iter().map(|row| row.content.as_str()).collect();
            let done = texts.len() == 2 && texts.iter().all(|text| *text == word);
            let untouched = texts.len() == 2 && !texts.contains(&word.as_str());
            if attempt.code == 0 {
                assert!(done, "{rows:?} {}", attempt.what);
            } else if !untouched {
                let said = attempt.output.errors();
                assert!(!said.contains("Nothing was"), "{rows:?} {}", attempt.what);
            }
            let twice = texts.iter().filter(|text| **text == word).count();
            assert!(twice <= 2, "{rows:?} {}", attempt.what);
            attempt.calls
        },
    );
    println!("PASS calls_push n={n} lies=0 doubled=0");
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}

/// What a change replaced is put back.
#[test]
fn what_is_told_of_what_is_put_back_is_so() {
    let n = each_slow_call_fails(
        || {
            let mut source = String::new();
            let bench = Bench::after(|home, server| {
                source = server.add_source(&[("page.md", "as it was")]);
                let row = server.rows(&source)[0].id.clone();
                let update = ["rows", "update", &source, &row, "--file", "-"];
                let _ = Call::new(home, &update).stdin("as it became").run().expect_code(0);
            });
            (bench, source)
        },
        |(bench, source), which, errno| {
            let row = bench.server.rows(source).remove(0);
            bench.server.edit_row(source, &row.id, &row.name, "as it became");
            let call = Call::new(&bench.home, &["--linear", "-c", "docs"]);
            let call = call.stdin("/sources\n/journal\nEnter\n/quit\n");
            let attempt = bench.attempt(call, which, errno);
            let back = bench.server.rows(source)[0].content == "as it was";
            let said = format!("{}{}", attempt.output.text(), attempt.output.errors());
            if back {
                assert!(!said.contains("othing was sent"), "it is back: {}", attempt.what);
            } else {
                assert!(!said.contains("was put back"), "it is not back: {}", attempt.what);
            }
            if which == Which::None {
                assert!(back && said.contains("put back"), "{}", attempt.what);
            }
            attempt.calls
        },
    );
    println!("PASS calls_undo n={n} lies=0");
}

const LINES: i64 = 40;

/// An export is read into an archive.
#[test]
fn an_import_is_all_of_it_or_nothing() {
    let n = each_call_fails(
        || {
            Bench::after(|home, server| {
                known(home, server);
                let export = ["conversations", "export", &id(1), "--format", "jsonl"];
                let one = Call::new(home, &export).run().expect_code(0).json_lines().remove(0);
                let lines = (0..LINES).map(|n| {
                    let mut line = one.clone();
                    line["id"] = json!(format!("line {n}"));
                    format!("{line}\n")
                });
                fs::write(home.path().join("in.jsonl"), lines.collect::<String>()).expect("a file");
            })
        },
        |bench, which, errno| {
            let file = bench.home.path().join("in.jsonl");
            let args = ["conversations", "import", file.to_str().expect("text"), "--json"];
            let attempt = bench.attempt(Call::new(&bench.home, &args), which, errno);
            let there = bench.ask::<i64>("SELECT count(*) FROM messages WHERE id LIKE ?1", "line %");
            match there {
                Some(LINES) => {}
                Some(0) | None => assert_ne!(attempt.code, 0, "{}", attempt.what),
                Some(there) => panic!("{there} of {LINES}: {}", attempt.what),
            }
            attempt.calls
        },
    );
    println!("PASS calls_import n={n} lost=0 lies=0");
}

/// A conversation is exported into a file that is there: a whole new one, or the old one.
#[test]
fn an_export_is_whole_or_not_there() {
    let n = each_call_fails(
        || Bench::after(known),
        |bench, which, errno| {
            let folder = bench.home.path().join("exports patchcord.db");
            fs::create_dir_all(&folder).expect("a folder");
            let file = folder.join("out.md");
            fs::write(&file, "the old one").expect("a file");
            let conversation = id(1);
            let to = file.to_str().expect("text");
            let args = ["conversations", "export", &conversation, "--format", "md", "--output", to, "--force"];
            let attempt = bench.attempt(Call::new(&bench.home, &args), which, errno);
            let found = fs::read_to_string(&file).expect("a file");
            let whole = found.contains("Question number 1?") && found.contains("Answer number 1.");
            assert!(whole || found == "the old one", "{found:?} {}", attempt.what);
            assert!(whole || attempt.code != 0, "{}", attempt.what);
            assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "{}", attempt.what);
            attempt.calls
        },
    );
    println!("PASS calls_export n={n} lies=0");
}

/// A rule answers a data request in the response to its delivery.
#[test]
fn what_a_rule_answered_is_known() {
    const SECRET: &str = "the platform's secret";
    let listening = || {
        let (home, ear) = (Home::new(), format!("127.0.0.1:{}", free_port()));
        home.configure(&format!(
            "[[channels]]\nname = \"lookups\"\nplatform = \"optech\"\nclient_id = \"c\"\n\
             base_url = \"http://127.0.0.1:9\"\nclient_secret = \"{SECRET}\"\n\
             [[channels.rules]]\nkey = \"*\"\ndata = {{ open = \"09:00\" }}\n[listener]\nbind = \"{ear}\"\n"
        ));
        let _ = Call::new(&home, &["requests", "list"]).run().expect_code(0);
        let store = home.path().join("kept");
        copy(&home.data(), &store);
        (home, ear, store)
    };
    let n = each_call_fails(listening, |(home, ear, store), which, errno| {
        copy(store, &home.data());
        let key = word(which, errno);
        let body =
            json!({"key": key, "inputs": {}, "link": format!("http://127.0.0.1:9/ingest/{errno}")}).to_string();
        let signature = optech_signature(SECRET, body.as_bytes());
        let listen = on_the_store(Call::new(home, &["listen", "--json"]), home, which, errno).start();
        let ended = || fs::read_to_string(format!("/proc/{}/stat", listen.pid())).is_ok_and(|s| s.contains(") Z "));
        wait("a listener, or its end", || is_open(ear) || ended());
        let mut answer = None;
        if !ended()
            && let Ok(mut connection) = Poster::connect(ear)
        {
            let headers = [("x-optech-signature", signature.as_str())];
            answer = connection.post("/hooks/lookups", &headers, body.as_bytes()).ok();
        }
        listen.signal("TERM");
        let output = listen.wait();
        let database = Connection::open(home.data().join("patchcord.db")).expect("the database");
        let state = "SELECT state FROM requests WHERE key = ?1";
        let state: Option<String> = database.query_row(state, [&key], |row| row.get(0)).ok();
        let what = format!("{which:?} {errno}: {answer:?} {state:?} {output}");
        match answer.map(|answer| (answer.status, answer.body.contains("09:00"))) {
            // Who has the answer was given it once: it is never posted besides.
            Some((200, true)) => assert_eq!(state.as_deref(), Some("answered"), "{what}"),
            Some((202, false)) => assert!(state.is_some(), "acknowledged: {what}"),
            Some((503, false)) | None => {}
            Some(_) => panic!("{what}"),
        }
        if which == Which::None {
            assert_eq!(state.as_deref(), Some("answered"), "{what}");
        }
        counted(home)
    });
    println!("PASS calls_rule n={n} lost=0 lies=0");
}
