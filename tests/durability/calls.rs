//! Each call to the disk fails once, by count, and from each on all fail: what is told of a message, an answer or a row
//! is what is known of it, and what is acknowledged is in the store.
//!
//! The witness is the platform, which keeps what reached it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::json;

use crate::desk;
use crate::support::command::{Call, Output};
use crate::support::faults::{EIO, ENOSPC, Which, counted, on_the_store};
use crate::support::hooks::{Poster, is_open, klaunch, now_ms, post};
use crate::support::stand::Stand;
use crate::support::wait::wait;

/// Words of one attempt that nothing else has.
pub(crate) fn word(which: Which, errno: u32) -> String {
    format!("w{errno} {which:?} x").replace(['(', ')', ' '], "-")
}

pub(crate) fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("its kind").is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}

/// A stand whose store is put back before each attempt.
struct Bench {
    stand: Stand,
    store: PathBuf,
}

impl Bench {
    fn new(stand: Stand) -> Self {
        let store = stand.home.path().join("kept");
        copy(&stand.home.data(), &store);
        Self { stand, store }
    }

    /// The call, with calls to the disk that fail.
    fn attempt(&self, args: &[&str], which: Which, errno: u32) -> Output {
        self.put_back();
        on_the_store(self.stand.call(args), &self.stand.home, which, errno).run()
    }

    fn put_back(&self) {
        copy(&self.store, &self.stand.home.data());
    }

    /// How many requests reached the platform with that word in them.
    fn copies(&self, path: &str, word: &str) -> usize {
        let bodies = self.stand.requests(path);
        bodies.iter().filter(|request| request["body"].to_string().contains(word)).count()
    }

    /// What the store says of the message with that word.
    fn state(&self, word: &str) -> Option<String> {
        self.ask("SELECT state FROM turns WHERE text LIKE ?1", word)
    }

    /// The first answer of the store to a question about what has that word.
    fn ask<T: rusqlite::types::FromSql>(&self, question: &str, word: &str) -> Option<T> {
        let database = rusqlite::Connection::open(self.stand.home.data().join("patchcord.db")).expect("the database");
        database.query_row(question, [format!("%{word}%")], |row| row.get(0)).ok()
    }

    /// One message, with calls to the disk that fail; what is told of it is so.
    fn send(&self, channel: &[&str], text: &str, which: Which, errno: u32) {
        let word = word(which, errno);
        let message = format!("{text} {word}");
        let args = [&["chat", "--json", "-c"], channel, &[message.as_str()]].concat();
        let output = self.attempt(&args, which, errno);
        let (told, what) = (output.errors(), format!("{which:?} {errno}: {output}"));
        let code = output.code.unwrap_or_else(|| panic!("it ended by itself: {what}"));
        assert!(!told.contains("panicked"), "{what}");
        match self.copies("", &word) {
            0 => {
                assert!(![0, 9, 10].contains(&code), "nothing reached the platform: {what}");
                assert!(!told.contains("went out"), "nothing reached the platform: {what}");
            }
            1 => {
                assert!([0, 9, 10].contains(&code), "the platform has it: {what}");
                for lie in ["Nothing was sent", "try again", "Try again", "Send it again"] {
                    assert!(!told.contains(lie), "the platform has it: {what}");
                }
                if code == 0 {
                    assert_eq!(self.state(&word).as_deref(), Some("sent"), "{what}");
                }
            }
            copies => panic!("it is there {copies} times: {what}"),
        }
    }
}

/// So many desks at once: nearly all of an attempt is waiting.
const DESKS: usize = 3;

/// Every call fails once, by two errors; and from some of them on all fail. `CALLS=all`: from each. Gives how many
/// attempts there were. `desk` makes what `attempt` is made on.
pub(crate) fn each_call_fails<D>(
    desk: impl Fn() -> D + Sync,
    attempt: impl Fn(&D, Which, u32) -> usize + Sync,
) -> usize {
    calls_fail(1, desk, attempt)
}

/// The same of what takes long: without `CALLS=all` every fifth call fails once, another fifth by each of the errors.
pub(crate) fn each_slow_call_fails<D>(
    desk: impl Fn() -> D + Sync,
    attempt: impl Fn(&D, Which, u32) -> usize + Sync,
) -> usize {
    calls_fail(5, desk, attempt)
}

fn calls_fail<D>(
    thin: usize,
    desk: impl Fn() -> D + Sync,
    attempt: impl Fn(&D, Which, u32) -> usize + Sync,
) -> usize {
    let (step, thin) = if env::var("CALLS").is_ok_and(|calls| calls == "all") { (1, 1) } else { (13, thin) };
    let on_one_desk = |first: usize| {
        let desk = desk();
        let calls = attempt(&desk, Which::None, EIO);
        assert!(calls > 10, "{calls} calls are too few to be all");
        let mut attempts = 0;
        for (errno, from) in [(EIO, 1), (ENOSPC, 1 + thin / 2)] {
            // All calls of an undisturbed run, and the few more that one makes whose first ones fail.
            for nth in (from + first * thin..).step_by(DESKS * thin) {
                attempts += 1;
                if attempt(&desk, Which::One(nth), errno) < nth {
                    break;
                }
            }
        }
        for nth in (1 + first * step..calls).step_by(DESKS * step) {
            attempt(&desk, Which::From(nth), ENOSPC);
            attempts += 1;
        }
        attempts
    };
    thread::scope(|scope| {
        let desks: Vec<_> = (0..DESKS).map(|first| scope.spawn(move || on_one_desk(first))).collect();
        desks.into_iter().map(|desk| desk.join().expect("a desk")).sum()
    })
}

/// A message to that channel, once the first was sent to a conversation that `prepare` found.
fn messages(name: &str, channel: &str, text: &str, prepare: impl Fn() -> (Stand, String) + Sync) {
    let desk = || {
        let (stand, conversation) = prepare();
        (Bench::new(stand), conversation)
    };
    let n = each_call_fails(desk, |(bench, conversation), which, errno| {
        // Where nothing can be stored no reply is heard; it isn't waited for as long as usual.
        let patience: &[&str] = if name == "klaunch" { &["--timeout", "5"] } else { &[] };
        bench.send(&[&[channel, "--conversation", conversation], patience].concat(), text, which, errno);
        counted(&bench.stand.home)
    });
    println!("PASS calls_{name} n={n} lies=0 doubled=0");
}

/// A conversation that was started on that channel.
fn started(channel: &str) -> (Stand, String) {
    let stand = Stand::start();
    let first = stand.call(&["chat", "--json", "-c", channel, "/echo first"]).run().expect_code(0).json_lines();
    let id = first[0]["conversation_id"].as_str().expect("an id").to_owned();
    (stand, id)
}

#[test]
fn what_is_told_of_a_message_to_chat_thing_is_so() {
    messages("chat_thing", "sandbox", "/echo", || started("sandbox"));
}

#[test]
fn what_is_told_of_a_message_to_klaunch_is_so() {
    messages("klaunch", "flow", "/echo", || started("flow"));
}

#[test]
fn what_is_told_of_a_message_to_operator_is_so() {
    messages("operator", "agents", "/echo", || {
        let stand = Stand::with(|config| {
            let id = "operator_id = \"op_sandbox\"";
            config.replace(id, &format!("{id}\napi_version = \"2025-06-19\""))
        });
        let list = ["-c", "agents", "conversations", "list", "--all", "--json"];
        let rows = stand.call(&list).run().expect_code(0).json();
        let ids = rows["conversations"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_str());
        let open = ids.map(str::to_owned).find(|id| {
            let args = ["-c", "agents", "chat", "--json", "--conversation", id, "/echo first"];
            stand.call(&args).run().code == Some(0)
        });
        (stand, open.expect("a conversation that takes messages"))
    });
}

#[test]
fn what_is_told_of_a_message_to_eko_is_so() {
    messages("eko", "frontline", "/silent", || {
        let (stand, mali) = (Stand::start(), "u:5f3a1c20b4e8d70017a90001");
        let args = ["chat", "-c", "frontline", "--conversation", mali, "/silent first"];
        let _ = stand.call(&args).run().expect_code(0);
        (stand, mali.to_owned())
    });
}

/// A data request that waits is answered.
#[test]
fn what_is_told_of_an_answer_is_so() {
    let desk = || {
        let stand = Stand::start();
        let listen = stand.listen();
        let _ = stand.deliver("optech", "lookups", &json!({"key": "order", "inputs": {}}));
        listen.signal("TERM");
        let _ = listen.wait();
        let list = stand.call(&["-c", "lookups", "requests", "list", "--json"]).run().expect_code(0).json();
        let id = list["requests"][0]["id"].as_str().expect("an id").to_owned();
        (Bench::new(stand), id)
    };
    let n = each_call_fails(desk, |(bench, id), which, errno| {
        let word = word(which, errno);
        let data = json!({ "word": word }).to_string();
        let args = ["-c", "lookups", "requests", "answer", id, "--data", &data, "--json"];
        let output = bench.attempt(&args, which, errno);
        let (told, what) = (output.errors(), format!("{which:?} {errno}: {output}"));
        let code = output.code.unwrap_or_else(|| panic!("it ended by itself: {what}"));
        match bench.copies("/ingest", &word) {
            0 => assert!(![0, 9].contains(&code) && !told.contains("went out"), "nothing reached it: {what}"),
            // The sandbox takes one answer: of a later one it says that it has one already, having been reached.
            1 => {
                for lie in ["Nothing was sent", "nothing was sent", "try again", "Try again", "still waits"] {
                    assert!(!told.contains(lie), "the platform has it: {what}");
                }
            }
            copies => panic!("it is there {copies} times: {what}"),
        }
        counted(&bench.stand.home)
    });
    println!("PASS calls_answer n={n} lies=0 doubled=0");
}

/// A row is changed.
#[test]
fn what_is_told_of_a_row_is_so() {
    let desk = || {
        let (home, server) = desk();
        let source = server.add_source(&[("page.md", "as it was")]);
        let _ = Call::new(&home, &["rows", "list", &source]).run().expect_code(0);
        let store = home.path().join("kept");
        copy(&home.data(), &store);
        (home, server, source, store)
    };
    let n = each_call_fails(desk, |(home, server, source, store), which, errno| {
        copy(store, &home.data());
        let (word, row) = (word(which, errno), server.rows(source)[0].id.clone());
        let call = Call::new(home, &["rows", "update", source, &row, "--file", "-", "--json"]).stdin(word.as_str());
        let output = on_the_store(call, home, which, errno).run();
        let (told, what) = (output.errors(), format!("{which:?} {errno}: {output}"));
        let code = output.code.unwrap_or_else(|| panic!("it ended by itself: {what}"));
        if server.rows(source)[0].content == word {
            assert!([0, 9].contains(&code), "the platform has it: {what}");
            assert!(!told.contains("Nothing was sent"), "the platform has it: {what}");
        } else {
            assert!(![0, 9].contains(&code) && !told.contains("went out"), "it is as it was: {what}");
        }
        counted(home)
    });
    println!("PASS calls_row n={n} lies=0");
}

/// A listener takes one webhook, if it gets as far as listening.
#[test]
fn a_webhook_that_is_acknowledged_is_there() {
    let desk = || {
        let stand = Stand::start();
        let listen = stand.listen();
        let said = klaunch("sandbox-flow", 7, "first", now_ms());
        assert_eq!(post(&stand.hook("flow"), &[], said.to_string().as_bytes()).status, 200);
        listen.signal("TERM");
        let _ = listen.wait();
        Bench::new(stand)
    };
    let n = each_call_fails(desk, |bench, which, errno| {
        bench.put_back();
        let call = bench.stand.call(&["listen", "--json"]);
        let listen = on_the_store(call, &bench.stand.home, which, errno).start();
        let ended = || fs::read_to_string(format!("/proc/{}/stat", listen.pid())).is_ok_and(|s| s.contains(") Z "));
        wait("a listener, or its end", || is_open(&bench.stand.ear) || ended());
        let word = word(which, errno);
        let said = klaunch("sandbox-flow", 7, &word, now_ms());
        let mut status = None;
        if !ended()
            && let Ok(mut poster) = Poster::connect(&bench.stand.ear)
        {
            let path = "/hooks/flow/sandbox-flow-hook";
            status = poster.post(path, &[], said.to_string().as_bytes()).map(|answer| answer.status).ok();
        }
        listen.signal("TERM");
        let output = listen.wait();
        let stored: Option<i64> = bench.ask("SELECT count(*) FROM messages WHERE text LIKE ?1", &word);
        let what = format!("{which:?} {errno}: {status:?} {stored:?} {output}");
        match status {
            Some(200) => assert_eq!(stored, Some(1), "acknowledged: {what}"),
            Some(503) | None => assert!(stored.is_none_or(|n| n <= 1), "{what}"),
            Some(_) => panic!("{what}"),
        }
        if which == Which::None {
            assert_eq!(status, Some(200), "{what}");
        }
        counted(&bench.stand.home)
    });
    println!("PASS calls_webhook n={n} lost=0 doubled=0");
}
