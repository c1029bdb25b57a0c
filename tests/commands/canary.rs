//! The secrets of five channels, through every kind of call and everything that a platform can do wrong: none of them
//! stands in what is printed, in a log, in the database, in any file, or in the arguments of a process.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::command::Output;
use crate::support::hooks::Poster;
use crate::support::stand::Stand;

/// What the sandbox's config file has its platforms believe, each with the channel that uses it. The first is told in a
/// document of the sandbox's own, which nothing here reads.
const SECRETS: [(&str, &str); 7] = [
    ("sandbox", "sandbox-secret"),
    ("flow", "sandbox-flow-token"),
    ("flow", "sandbox-flow-hook"),
    ("agents", "op_test_sandbox"),
    ("agents", "sandbox-signing-key"),
    ("frontline", "sandbox-eko-secret"),
    ("lookups", "sandbox-optech-secret"),
];

/// A call, the channel that it is made on, and where its requests go.
const CALLS: [(&str, &str, &[&str]); 13] = [
    ("sandbox", "sandbox/1.0/message$", &["chat", "/echo hi"]),
    ("sandbox", "sandbox/1.0/message$", &["chat", "--no-stream", "/echo hi"]),
    ("sandbox", "sandbox/1.0/conversations$", &["conversations", "list"]),
    ("sandbox", "sandbox/1.0/messages$", &["conversations", "show", "CONVERSATION"]),
    ("sandbox", "data-source", &["sources", "list"]),
    ("sandbox", "data-source", &["sources", "create"]),
    ("sandbox", "data-source", &["rows", "add", "SOURCE", "canary.md"]),
    ("flow", "/klaunch/send$", &["chat", "--timeout", "1", "hi"]),
    ("agents", "^/conversations$", &["conversations", "list"]),
    ("agents", "^/conversations$", &["conversations", "list", "--limit", "1"]),
    ("frontline", ".", &["people", "find", "mali.s"]),
    ("frontline", ".", &["groups", "create", "Canaries"]),
    ("agents", "^/conversations$", &["conversations", "export", "--all", "--format", "jsonl", "--output", "out"]),
];

/// What goes wrong: a status, or the sandbox's word for it.
fn faults() -> Vec<Value> {
    let statuses = [302, 400, 401, 403, 404, 409, 418, 429, 500, 503].map(Value::from);
    let words = ["cut", "malformed", "reset", "no-done", "error", "html"].map(Value::from);
    statuses.into_iter().chain(words).collect()
}

#[test]
fn no_secret_is_told_or_kept_whatever_goes_wrong() {
    let stand = Stand::start();
    let mut listen = stand.listen();
    let conversation = first(&stand, &["conversations", "list", "--limit", "1"], "conversations");
    let source = first(&stand, &["sources", "list"], "sources");
    let mut made = 0;
    for fault in faults() {
        for (channel, path, args) in CALLS {
            // It quotes what it was asked with, as some servers do: a channel's first secret here goes with its calls.
            let quoted = SECRETS.iter().find(|(of, _)| *of == channel).map_or("", |(_, secret)| *secret);
            let headers = json!({"Retry-After": "0", "Location": format!("http://127.0.0.1:9/?{quoted}")});
            let order = json!({"path": path, "status": fault, "times": 1, "headers": headers,
                "body": {"message": quoted, "error": quoted}});
            let plain = json!({"path": path, "status": fault, "times": 1});
            stand.fault(if fault.is_number() { &order } else { &plain });
            let args: Vec<&str> = args
                .iter()
                .map(|arg| match *arg {
                    "CONVERSATION" => conversation.as_str(),
                    "SOURCE" => source.as_str(),
                    arg => arg,
                })
                .collect();
            let form: &[&str] = if made % 2 == 0 { &["-v"] } else { &["-v", "--json"] };
            let output = stand.call(&[form, &["-c", channel], &args[..]].concat()).stdin("text\n").run();
            expect_none(&format!("{args:?} under {fault}"), &output);
            made += 1;
        }
    }
    let met = stand.requests("/").iter().filter(|request| request["fault"].is_string()).count();
    assert_eq!(met, made, "every call met its fault");
    let event = json!({"key": "order_status", "inputs": {"order": "A-1"}});
    let _ = stand.deliver("optech", "lookups", &event);
    for signature in ["wrong", "none"] {
        let order =
            json!({"platform": "optech", "url": stand.hook("lookups"), "event": event, "signature": signature});
        let _ = stand.order(&order);
    }
    let mut stranger = Poster::connect(&stand.ear).expect("it listens");
    let _ = stranger.post("/hooks/flow/sandbox-flow-hoo", &[], b"{}");
    let heard = listen.wait_output("what was refused", |text| text.matches("\"rejected\"").count() >= 2);
    let command = fs::read(format!("/proc/{}/cmdline", listen.pid())).unwrap_or_default();
    for (_, secret) in SECRETS {
        assert!(!heard.contains(secret), "{secret} in what is heard: {heard}");
        assert!(!holds(&command, secret), "{secret} in the arguments");
    }
    for arguments in [&["log"][..], &["log", "--curl", "1"], &["doctor", "--offline"], &["config", "check"]] {
        expect_none(&format!("{arguments:?}"), &stand.call(&[&["-v"], arguments].concat()).run());
    }
    let mut files = 0;
    for folder in ["home", "data", "state", "cache", "runtime", "tmp"] {
        for file in walk(&stand.home.path().join(folder)) {
            files += 1;
            // One that is gone meanwhile keeps nothing.
            let Ok(bytes) = fs::read(&file) else { continue };
            for (_, secret) in SECRETS {
                assert!(!holds(&bytes, secret), "{secret} is in {}", file.display());
            }
        }
    }
    assert!(files > 2, "a database and a log were written");
    println!("PASS canary secrets={} faults={made} files={files} found=0", SECRETS.len());
}

/// The id of the first thing that a list has.
fn first(stand: &Stand, args: &[&str], list: &str) -> String {
    let listed = stand.call(&[&["--json", "-c", "sandbox"], args].concat()).run().expect_code(0).json();
    listed[list][0]["id"].as_str().expect("one is there").to_owned()
}

#[track_caller]
fn expect_none(what: &str, output: &Output) {
    for (_, secret) in SECRETS {
        for said in [&output.stdout, &output.stderr] {
            assert!(!holds(said, secret), "{secret} in {what}: {output}");
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { files.extend(walk(&entry.path())) } else { files.push(entry.path()) }
    }
    files
}
