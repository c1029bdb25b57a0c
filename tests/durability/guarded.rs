//! kill -9 at any moment of a push that a suite guards, and of what takes it up again: in the end every row is old or every
//! row is new, none is missing or double, what is said of them is so, and no case is asked more often than it has to be.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::chat_thing::ChatThing;
use crate::support::command::{Call, Output, PATIENCE};
use crate::support::home::Home;
use crate::support::setting::{seed, setting};
use crate::{Dice, copies, desk};

/// So many rows there are, of which fifty change: thirty are edited, six renamed, six deleted, and eight are made.
const ROWS: usize = 60;
/// So many cases are asked.
const CASES: usize = 6;

type Rows = BTreeMap<String, String>;

fn name(n: usize, round: usize) -> String {
    format!("part {}/row {n} of {round}", n % 7)
}

fn rows(server: &ChatThing, source: &str) -> Rows {
    let listed = server.rows(source);
    let rows: Rows = listed.iter().map(|row| (row.name.clone(), row.content.clone())).collect();
    assert_eq!(rows.len(), listed.len(), "a row is double");
    rows
}

/// The folder edited, and what the rows are to be then.
fn edit(folder: &Path, round: usize, old: &Rows) -> Rows {
    let mut new = old.clone();
    for n in 0..ROWS {
        let (name, file) = (name(n, round), folder.join(format!("{}.md", name(n, round))));
        let text = new[&name].clone();
        match n % 10 {
            0..5 => {
                let text = format!("{text}and edited\n");
                fs::write(file, &text).expect("an edit");
                new.insert(name, text);
            }
            5 => {
                new.remove(&name);
                fs::remove_file(file).expect("a deletion");
            }
            6 => {
                new.remove(&name);
                let moved = format!("moved {n} of {round}");
                fs::rename(file, folder.join(format!("{moved}.md"))).expect("a move");
                new.insert(moved, text);
            }
            _ => {}
        }
    }
    for n in 0..8 {
        let made = format!("made {n} of {round}");
        fs::write(folder.join(format!("{made}.md")), "new\n").expect("a file");
        new.insert(made, "new\n".to_owned());
    }
    new
}

/// What is asked: the first of the rows is edited, and breaks its case where that is wanted.
fn suite(home: &Home, round: usize, breaks: bool) -> String {
    let mut text = String::new();
    for n in 0..CASES {
        let expect = if breaks && n == 0 { "expect.not_contains = \"edited\"" } else { "expect.contains = \"row\"" };
        let _ = writeln!(text, "[[cases]]\nname = \"case {n}\"\nsay = \"{}\"\n{expect}", name(n * 3, round));
    }
    let file = home.path().join(format!("faq{round}.toml"));
    fs::write(&file, text).expect("a suite");
    file.to_str().expect("text").to_owned()
}

/// Runs it, and kills it once so many requests came, or when it came to its end; what it printed where it did.
fn killed(home: &Home, server: &ChatThing, args: &[&str], requests: usize, micros: u64) {
    let running = Call::new(home, args).start();
    let (from, deadline) = (server.origin.count(""), Instant::now() + PATIENCE);
    let (mut last, mut quiet) = (from, Instant::now());
    while last < from + requests && quiet.elapsed() < Duration::from_secs(3) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
        let now = server.origin.count("");
        if now != last {
            (last, quiet) = (now, Instant::now());
        }
    }
    thread::sleep(Duration::from_micros(micros));
    // This is its SIGKILL.
    drop(running);
}

/// The last line that it printed.
fn last_line(output: &Output) -> Value {
    let last = output.text().lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_default()
}

#[test]
fn killed_around_a_change_all_rows_are_old_or_all_are_new() {
    let kills = setting("KILLS", 6);
    let seed = seed("kill_guarded");
    let mut dice = Dice(seed);
    let (home, server) = desk();
    server.sync_takes(1, "synced");
    let (mut done, mut round, mut undone, mut kept, mut over) = (0, 0, 0, 0, 0);
    let mut whole = [0; 2];
    let mut taken_up: BTreeMap<String, usize> = BTreeMap::new();
    while done < kills {
        let breaks = round % 2 == 0;
        let old: Rows = (0..ROWS).map(|n| (name(n, round), format!("row {n}\n"))).collect();
        let made: Vec<(&str, &str)> = old.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let source = server.add_source(&made);
        server.answer_from_rows();
        let folder = home.path().join(format!("docs{round}"));
        let folder_text = folder.to_str().expect("text").to_owned();
        let _ = Call::new(&home, &["sources", "pull", &source, &folder_text]).run().expect_code(0);
        let new = edit(&folder, round, &old);
        let suite = suite(&home, round, breaks);
        let args =
            ["--json", "sources", "push", &source, &folder_text, "--prune", "--test", &suite, "--undo-on-broken"];
        let resume = ["--json", "sources", "push", &source, &folder_text, "--resume"];
        let context = format!("round {round}, seed {seed}");
        let (mut killed_here, mut begun) = (0, true);
        let kind = usize::from(breaks);
        // The first of each kind is left alone, and tells how many requests one makes.
        let mut output = if whole[kind] == 0 {
            let from = server.origin.count("");
            let output = Call::new(&home, &args).run();
            whole[kind] = server.origin.count("") - from;
            output
        } else {
            let at = |dice: &mut Dice| (dice.below(whole[kind]), dice.below(20_000) as u64);
            let (requests, micros) = at(&mut dice);
            killed(&home, &server, &args, requests, micros);
            killed_here += 1;
            // What takes it up is killed, too, now and then.
            while dice.below(2) == 0 && done + killed_here < kills {
                let (requests, micros) = at(&mut dice);
                killed(&home, &server, &resume, requests * 2 / 3, micros);
                killed_here += 1;
            }
            Call::new(&home, &resume).run()
        };
        let there = rows(&server, &source);
        if output.code == Some(5) {
            // It was over, or never begun.
            assert!(there == old || there == new, "{context}: {there:?}\n{output}");
            begun = there == new || copies(&server, &name(0, round)) > 1;
            if !begun {
                output = Call::new(&home, &args).run();
            }
        } else if killed_here > 0 {
            let first = output.text().lines().next().and_then(|line| serde_json::from_str::<Value>(line).ok());
            let phase = first.and_then(|line| line["phase"].as_str().map(str::to_owned)).unwrap_or_default();
            *taken_up.entry(phase).or_default() += 1;
        }
        let (there, said) = (rows(&server, &source), last_line(&output));
        if output.code == Some(5) {
            assert_eq!(there, if breaks { old } else { new }, "{context}: {output}");
            over += 1;
        } else {
            let returned = said["rows"].as_array().expect("rows");
            assert_eq!(returned.len(), 50, "{context}: {output}");
            if breaks {
                assert_eq!(there, old, "{context}: {output}");
                assert_eq!(output.code, Some(12), "{context}: {output}");
                assert_eq!((said["outcome"].as_str(), &said["totals"]["broken"]), (Some("undone"), &Value::from(1)));
                assert!(returned.iter().all(|row| row["returned"] == "put_back"), "{context}: {output}");
                undone += 1;
            } else {
                assert_eq!(there, new, "{context}: {output}");
                assert_eq!(output.code, Some(0), "{context}: {output}");
                assert_eq!(said["outcome"], "pushed", "{context}: {output}");
                assert!(returned.iter().all(|row| row["returned"].is_null()), "{context}: {output}");
                kept += 1;
            }
        }
        // Before and after, and anew where it was under way.
        for n in 0..CASES {
            let asked = copies(&server, &name(n * 3, round));
            let most = 2 + killed_here + usize::from(!begun) * 2;
            assert!((2..=most).contains(&asked), "{context}: case {n} was asked {asked} times");
        }
        // The folder keeps what was edited in it, to be pushed, or as it was pushed.
        let left = Call::new(&home, &["--json", "sources", "push", &source, &folder_text, "--prune", "--dry-run"]);
        let left = left.run().expect_code(0).json();
        let changes = left["changes"].as_array().expect("changes").len();
        assert_eq!(changes, if breaks { 50 } else { 0 }, "{context}: {left}");
        assert_eq!(left["conflicts"], Value::Array(Vec::new()), "{context}: {left}");
        fs::remove_dir_all(&folder).expect("removed");
        server.drop_source(&source);
        (done, round) = (done + killed_here, round + 1);
    }
    assert_eq!(server.complaints(), Vec::<String>::new());
    println!(
        "PASS kill_guarded n={done} rounds={round} taken_up={taken_up:?} undone={undone} kept={kept} over={over} half=0 requests={whole:?} \
         seed={seed}"
    );
}
