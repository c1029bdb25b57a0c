//! What commands print under `--json`, held to the JSON Schema of it: no document is another, none has a key that the schema
//! doesn't name, and no command can be forgotten, since the command line itself says which there are.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::CommandFactory as _;
use patchcord::cli::Cli;
use serde_json::{Value, json};

use crate::Desk;
use crate::operator;
use crate::support::command::{Call, Output};
use crate::support::home::Home;
use crate::support::json_schema::{faults, faults_of};
use crate::support::stand::Stand;

/// The commands whose output is no document of ours, and why.
const PLAIN: [(&str, &str); 1] = [("completions", "prints a script for a shell")];

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/schema/output.schema.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// The names of all commands that do something: `rows get`.
fn commands() -> BTreeSet<String> {
    fn put(command: &clap::Command, before: &str, all: &mut BTreeSet<String>) {
        let inner: Vec<&clap::Command> = command.get_subcommands().filter(|c| c.get_name() != "help").collect();
        if inner.is_empty() {
            all.insert(before.to_owned());
        }
        for command in inner {
            put(command, format!("{before} {}", command.get_name()).trim(), all);
        }
    }
    let mut all = BTreeSet::new();
    put(&Cli::command(), "", &mut all);
    all
}

/// The schema, and what was held to it so far.
struct Held {
    schema: Value,
    commands: BTreeSet<String>,
    definitions: BTreeSet<String>,
}

impl Held {
    fn new() -> Self {
        Self { schema: schema(), commands: BTreeSet::new(), definitions: BTreeSet::new() }
    }

    /// Each line is a document of that definition, and what the schema as a whole allows.
    #[track_caller]
    fn lines(&mut self, definition: &str, text: &str) {
        let mut lines = 0;
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(faults_of(&self.schema, definition, &value), Vec::<String>::new(), "{definition}: {line}");
            assert_eq!(faults(&self.schema, &value), Vec::<String>::new(), "{line}");
            lines += 1;
        }
        assert!(lines > 0, "nothing was printed for {definition}");
        self.definitions.insert(definition.to_owned());
    }

    /// What a command with these arguments prints.
    #[track_caller]
    fn printed(&mut self, definition: &str, args: &[&str], output: &Output) {
        let all = commands();
        let named = (1..=args.len().min(2)).map(|many| args[..many].join(" ")).find(|name| all.contains(name));
        self.commands.insert(named.unwrap_or_else(|| panic!("{args:?} is no command")));
        self.lines(definition, output.text());
    }

    /// The same of many on one desk.
    #[track_caller]
    fn all(&mut self, desk: &Desk, calls: &[(&str, &[&str])]) {
        for (definition, args) in calls {
            let output = desk.run(&[&["--json"], *args].concat()).expect_code(0);
            self.printed(definition, args, &output);
        }
    }
}

#[test]
fn every_commands_documents_are_as_the_schema_says() {
    let mut held = Held::new();
    conversations(&mut held);
    sources(&mut held);
    suites(&mut held);
    about_itself(&mut held);
    on_the_sandbox(&mut held);
    heard(&mut held);
    for (name, _) in PLAIN {
        assert!(held.commands.insert(name.to_owned()), "{name} was held to the schema, so it is no exception");
    }
    let missed: Vec<String> = commands().difference(&held.commands).cloned().collect();
    assert_eq!(missed, Vec::<String>::new(), "a command with --json is held to the schema here");
    let ways = held.schema["anyOf"].as_array().expect("ways").iter();
    let named = ways.filter_map(|way| way["$ref"].as_str()?.strip_prefix("#/$defs/").map(ToOwned::to_owned));
    let unseen: Vec<String> = named.filter(|name| !held.definitions.contains(name)).collect();
    assert_eq!(unseen, Vec::<String>::new(), "a definition that no command prints is checked here or goes");
}

/// Conversations, and what is kept of them.
fn conversations(held: &mut Held) {
    let desk = Desk::new();
    let listed = desk.run(&["--json", "conversations", "list", "--limit", "3"]).expect_code(0);
    let id = listed.json()["conversations"][0]["id"].as_str().expect("an id").to_owned();
    let shown = desk.run(&["--json", "conversations", "show", &id]).expect_code(0).json();
    let message = shown["messages"][0]["id"].as_str().expect("an id").to_owned();
    let file = desk.home.path().join("one.jsonl");
    let file = file.to_str().expect("text");
    held.all(
        &desk,
        &[
            ("conversations", &["conversations", "list", "--limit", "3"]),
            ("messages", &["conversations", "show", &id]),
            ("one_message", &["conversations", "show", &id, "--message", &message]),
            ("copied", &["conversations", "copy", &id, "--stdout"]),
            ("exported", &["conversations", "export", &id, "--format", "jsonl", "--output", file]),
            ("imported", &["conversations", "import", file, "--as", "old"]),
            ("kept", &["conversations", "label", &id, "vip"]),
            ("kept", &["conversations", "label", &id]),
            ("kept", &["conversations", "note", &id, "call back"]),
            ("kept", &["conversations", "note", &id]),
            ("kept", &["conversations", "pin", &id]),
            ("kept", &["conversations", "snooze", &id, "--until", "2h"]),
            ("inbox", &["conversations", "inbox", "--snoozed"]),
            ("kept", &["conversations", "archive", &id]),
            ("inbox", &["conversations", "inbox"]),
            ("hits", &["search", "question"]),
            ("hits", &["search", "question", "--save", "mine"]),
            ("searches", &["search", "--list-saved"]),
            ("ok", &["search", "--forget", "mine"]),
        ],
    );
    let said = desk.run(&["--json", "chat", "hi"]).expect_code(0);
    for line in said.text().lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        held.lines(&format!("chat_{}", event["event"].as_str().expect("an event")), line);
    }
    held.commands.insert("chat".to_owned());
    let none = desk.run(&["--json", "conversations", "show", "none"]);
    held.lines("error", none.errors());
    held.lines("error", desk.run(&["--json", "chat", "--bogus"]).errors());
    // Where the platform takes back what it told piece by piece.
    let (piece, whole) = (operator::event(1, "agent.message.delta", "12 "), "agent.message.completed");
    let (home, _origin) = operator::saying(piece + &operator::event(2, whole, "12,50 euros"));
    let args = ["--json", "chat", "--conversation", "c", "how much?"];
    let said = Call::new(&home, &args).run().expect_code(0);
    let corrected = said.text().lines().find(|line| line.contains("\"correction\"")).expect("a correction");
    held.lines("chat_correction", corrected);
}

/// Data sources, their rows, and folders of them.
fn sources(held: &mut Held) {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("a", "1\n"), ("b", "2\n")]);
    let docs = desk.home.path().join("docs");
    let docs = docs.to_str().expect("text");
    let rows = desk.home.path().join("rows.jsonl");
    fs::write(&rows, "{\"name\":\"c\",\"content\":\"3\"}\n").expect("a file");
    let (row, rows) = (desk.server.rows(&source)[0].id.clone(), rows.to_str().expect("text"));
    held.all(
        &desk,
        &[
            ("source", &["sources", "create"]),
            ("sources", &["sources", "list"]),
            ("source", &["sources", "show", &source]),
            ("source", &["sources", "set-interval", &source, "day"]),
            ("rows", &["rows", "list", &source]),
            ("row", &["rows", "get", &source, &row]),
            ("exported_row", &["sources", "export", &source]),
            ("pulled", &["sources", "pull", &source, docs]),
            ("differences", &["sources", "diff", &source, docs]),
            ("pushed", &["sources", "push", &source, docs]),
        ],
    );
    fs::write(format!("{docs}/a.md"), "changed\n").expect("a file");
    held.all(
        &desk,
        &[
            ("differences", &["sources", "diff", &source, docs]),
            ("pushed", &["sources", "push", &source, docs, "--dry-run"]),
            ("pushed", &["sources", "import", &source, rows]),
            ("ok", &["rows", "update", &source, &row, "--name", "d"]),
            ("ok", &["rows", "delete", &source, &row, "--yes"]),
            ("ok", &["sources", "sync", &source]),
        ],
    );
    let suite = desk.home.path().join("faq.toml");
    fs::write(&suite, "[[cases]]\nname = \"a\"\nsay = \"hi\"\n").expect("a suite");
    let guarded =
        ["--json", "sources", "push", &source, docs, "--overwrite", "--test", suite.to_str().expect("text")];
    let planned = desk.run(&[&guarded[..], &["--dry-run"]].concat()).expect_code(0);
    held.lines("guarded_plan", planned.text());
    let told = desk.run(&guarded).expect_code(0);
    assert!(told.text().lines().count() > 4, "{told}");
    for line in told.text().lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        held.lines(if event["event"] == "phase" { "guarded_phase" } else { "guarded_push" }, line);
    }
    let nothing = desk.run(&guarded).expect_code(0);
    held.lines("guarded_push", nothing.text());
    let args = ["rows", "add", &source, "e.md"];
    let added = desk.call(&[&["--json"], &args[..]].concat()).stdin("text\n").run().expect_code(0);
    held.printed("ok", &args, &added);
    held.all(&desk, &[("ok", &["sources", "delete", &source, "--yes"])]);
}

/// Suites: their plan, their run, and the kept answers.
fn suites(held: &mut Held) {
    let desk = Desk::new();
    let folder = desk.home.path().join("kept");
    fs::create_dir(&folder).expect("a folder");
    let folder = folder.to_str().expect("text");
    let suite = format!("{folder}/faq.toml");
    fs::write(&suite, "[[cases]]\nname = \"a\"\nsay = \"hi\"\nexpect.contains = \"hi\"\n").expect("a suite");
    let planned = desk.run(&["--json", "test", &suite, "--dry-run"]).expect_code(0);
    held.lines("suite_plan", planned.text());
    held.all(&desk, &[("reviewed", &["test", "review", folder])]);
    let told = desk.run(&["--json", "test", &suite]);
    assert_eq!(told.text().lines().count(), 2, "{told}");
    for (definition, line) in ["suite_case", "suite_totals"].into_iter().zip(told.text().lines()) {
        held.lines(definition, line);
    }
}

/// What it says of itself: its config, its keys, its calls, its database, its manual.
fn about_itself(held: &mut Held) {
    let desk = Desk::new();
    let _ = desk.run(&["conversations", "list", "--limit", "3"]).expect_code(0);
    let man = desk.home.path().join("man");
    held.all(
        &desk,
        &[
            ("requests", &["requests", "list"]),
            ("config_path", &["config", "path"]),
            ("config_checked", &["config", "check"]),
            ("keys", &["keys"]),
            ("doctor", &["doctor", "--offline"]),
            ("calls", &["log"]),
            ("curl", &["log", "--curl", "1"]),
            (
                "config_made",
                &["config", "add-channel", "--yes", "--offline", "--platform", "optech", "--name", "new"],
            ),
            ("config_checked", &["config", "check"]),
            ("manual", &["man", "--dir", man.to_str().expect("text")]),
        ],
    );
    let warned = desk.run(&["--json", "config", "check"]).expect_code(0);
    assert!(!warned.json()["warnings"].as_array().expect("a list").is_empty(), "{warned}");
    let mut follow = desk.call(&["--json", "log", "--follow"]).start();
    let seen = AtomicBool::new(false);
    let call = std::thread::scope(|scope| {
        // It begins at the log's end, whenever it gets there: calls are made until it has told of one.
        scope.spawn(|| {
            while !seen.load(Ordering::Relaxed) {
                let _ = desk.run(&["conversations", "list", "--limit", "1"]);
            }
        });
        let told = follow.wait_output("a call", |text| text.ends_with('\n'));
        seen.store(true, Ordering::Relaxed);
        told
    });
    held.lines("call", &call);
    let old = desk.home.path().join("old.db");
    fs::copy(desk.home.data().join("patchcord.db"), &old).expect("its database");
    let other = Home::new();
    let args = ["store", "recover", old.to_str().expect("text")];
    let salvaged = Call::new(&other, &[&["--json"], &args[..]].concat()).run().expect_code(0);
    held.printed("salvaged", &args, &salvaged);
    let args = ["config", "init", "--yes", "--offline"];
    let made = Call::new(&Home::new(), &[&["--json"], &args[..]].concat()).run().expect_code(0);
    held.printed("config_made", &args, &made);
    // A database that is none is set aside, and that is told beside what was asked for.
    fs::write(other.data().join("patchcord.db"), "no database".repeat(1_000)).expect("a file");
    other.configure(&desk.server.config());
    let told = Call::new(&other, &["--json", "conversations", "list", "--limit", "1"]).run().expect_code(0);
    held.lines("warning", told.errors());
}

/// What only some platforms have.
fn on_the_sandbox(held: &mut Held) {
    let stand = Stand::start();
    let mut ask = |definition: &str, args: &[&str]| -> Value {
        let output = stand.call(&[&["--json", "-c", "frontline"], args].concat()).run().expect_code(0);
        held.printed(definition, args, &output);
        output.json()
    };
    let people = ask("people", &["people", "find", "mali.s"]);
    let person = people["people"][0]["id"].as_str().expect("an id").to_owned();
    let group = ask("group", &["groups", "create", "Night", "--user", &person]);
    let group = group["group"]["id"].as_str().expect("an id").to_owned();
    ask("topic", &["groups", "topic", &group, "Keys"]);
    let home = Home::new();
    let mut sandbox = Call::new(&home, &["--json", "sandbox", "--bind", "127.0.0.1:0"]).start();
    held.lines("ready", &sandbox.wait_output("readiness", |text| text.ends_with('\n')));
    held.commands.insert("sandbox".to_owned());
}

/// What is heard, and what is answered to it.
fn heard(held: &mut Held) {
    let stand = Stand::start();
    let mut listen = stand.listen();
    held.commands.insert("listen".to_owned());
    let said = json!({"userID": 77, "message": "It left.", "timestamp": 1_700_000_000_123_u64, "quickReplies": ["Where?"],
        "attachments": [{"url": "https://cdn.example/a.png", "offset": 3}], "adminID": 12});
    assert_eq!(stand.deliver("klaunch", "flow", &said)["status"], 200);
    let asked = json!({"key": "order_status", "inputs": {"order": "A-1"}});
    assert_eq!(stand.deliver("optech", "lookups", &asked)["status"], 202);
    let join = json!({"type": "join", "timestamp": 5, "source": {"type": "direct_chat", "userId": "5c1"}});
    assert_eq!(stand.deliver("eko", "frontline", &join)["status"], 200);
    let wrong = json!({"platform": "optech", "url": stand.hook("lookups"), "event": asked, "signature": "wrong"});
    assert_eq!(stand.order(&wrong)["status"], 401);
    let mut config = fs::read_to_string(stand.home.config_file()).expect("the config file");
    let text = listen.wait_output("5 events", |text| text.matches('\n').count() >= 5);
    config =
        config.replacen("[[channels]]", "# seen again\n[[channels]]", 1).replace("name = \"flow\"", "name = \"f2\"");
    config = config.replace("default_channel = \"flow\"", "default_channel = \"f2\"");
    stand.home.configure(&config);
    let text = listen.wait_output("the config", |all| {
        all.len() > text.len() && all.contains("\"event\":\"config\"") && all.ends_with('\n')
    });
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let definition = match event["event"].as_str().expect("an event") {
            "listening" => "listening",
            "message" => "heard_message",
            "data_request" => "heard_request",
            "event" => "heard_event",
            "rejected" => "rejected",
            "config" => "config_read",
            other => panic!("{other} has no definition"),
        };
        held.lines(definition, line);
    }
    let list = stand.call(&["--json", "requests", "list"]).run().expect_code(0);
    held.printed("requests", &["requests", "list"], &list);
    let id = list.json()["requests"][0]["id"].as_str().expect("an id").to_owned();
    let args = ["requests", "answer", &id, "--data", "{}"];
    let answered = stand.call(&[&["--json"], &args[..]].concat()).run().expect_code(0);
    held.printed("ok", &args, &answered);
}

#[test]
fn a_document_that_is_none_is_refused() {
    let schema = schema();
    for wrong in [
        json!({ "conversations": [{ "id": 3 }], "total": 1, "next_cursor": null }),
        json!({ "conversations": [{ "id": "a", "channel": "c", "pinned": 1 }] }),
        json!({ "preset": "default", "keys": [{ "context": "list" }] }),
        json!({ "event": "reply", "conversation_id": "a" }),
        json!({ "error": { "kind": "odd", "message": "m", "status": null, "hint": null } }),
        json!({ "ok": true, "secret": "s" }),
        json!({}),
    ] {
        assert!(!faults(&schema, &wrong).is_empty(), "{wrong}");
    }
}
