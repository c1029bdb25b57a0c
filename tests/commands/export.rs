//! `conversations export` and `import`: every message of 250 conversations, one of 1,234, out and back; and what is left
//! when something fails.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{self, CONVERSATIONS, MESSAGES, long_text, refusal};
use crate::support::command::{Call, Output};
use crate::support::home::Home;
use crate::support::wait::wait;

/// All messages of all conversations.
const ALL: usize = MESSAGES + 1 + (CONVERSATIONS - 2) * 3;

/// Where the program runs.
fn here(desk: &Desk) -> PathBuf {
    desk.home.path().join("home")
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn export(desk: &Desk, args: &[&str]) -> Output {
    desk.run(&[&["conversations", "export"], args].concat())
}

/// Reads a file into the archive, and says what came of it.
fn import(desk: &Desk, args: &[&str]) -> Output {
    desk.run(&[&["conversations", "import"], args].concat())
}

#[test]
fn every_format_has_all_messages_of_a_conversation() {
    let desk = Desk::new();
    let long = chat_thing::long();
    for format in ["md", "json", "jsonl", "html"] {
        let output = export(&desk, &[&long, "--format", format]).expect_code(0);
        let text = output.text();
        let count = match format {
            "md" => text.lines().filter(|line| line.starts_with("## ")).count(),
            "json" => output.json()["messages"].as_array().map_or(0, Vec::len),
            "jsonl" => output.json_lines().len(),
            _ => text.matches("<article ").count(),
        };
        assert_eq!(count, MESSAGES, "{format}");
        assert!(output.errors().contains("1 conversation, 1234 messages"), "{output}");
        // A file holds the same bytes, and standard output nothing.
        let name = format!("long.{format}");
        let written = export(&desk, &[&long, "--format", format, "--output", &name]).expect_code(0);
        assert_eq!(written.text(), "");
        assert_eq!(fs::read_to_string(here(&desk).join(name)).expect("the file"), text);
    }
    let page = fs::read_to_string(here(&desk).join("long.html")).expect("the page");
    for at in [0, 1, 617, MESSAGES - 1] {
        // The line of a person ends where it was ended, the bot's goes on.
        let end = if at % 2 == 0 { "" } else { "<br>" };
        let shown = format!(
            "Message {at} of the long one: <em>ünïcödé</em> 日本語 🙂, <code>code</code>{end}\nand a second line."
        );
        assert!(page.contains(&shown), "{at}: {}", long_text(at));
    }
    desk.expect_well_formed();
}

#[test]
fn all_conversations_go_into_one_file_or_one_each() {
    let desk = Desk::new();
    let output = export(&desk, &["--all", "--format", "jsonl"]).expect_code(0);
    let lines = output.json_lines();
    assert_eq!(lines.len(), ALL);
    let begun: Vec<&str> = lines.iter().filter_map(|line| line["conversation"]["id"].as_str()).collect();
    let want: Vec<String> = (0..CONVERSATIONS).map(chat_thing::id).collect();
    assert_eq!(begun, want);
    assert!(output.errors().contains(&format!("{CONVERSATIONS} conversations, {ALL} messages")), "{output}");

    let told = export(&desk, &["--all", "--format", "jsonl", "--output", "out", "--json"]).expect_code(0).json();
    assert_eq!((&told["conversations"], &told["messages"]), (&json!(CONVERSATIONS), &json!(ALL)));
    let out = here(&desk).join("out");
    let files = names(&out);
    assert_eq!(files.len(), CONVERSATIONS);
    let distinct: BTreeSet<String> = files.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(distinct.len(), CONVERSATIONS);
    assert!(files.contains(&format!("question-number-9-{}.jsonl", chat_thing::id(9))), "{files:?}");
    let count = |name: &String| fs::read_to_string(out.join(name)).expect("a file").lines().count();
    assert_eq!(files.iter().map(count).sum::<usize>(), ALL);

    // Nothing is replaced unasked, and nothing is left beside it.
    let again = export(&desk, &["--all", "--format", "jsonl", "--output", "out"]).expect_code(11);
    assert!(again.errors().contains("--force"), "{again}");
    let _ = export(&desk, &["--all", "--format", "jsonl", "--output", "out/", "--force"]).expect_code(0);
    assert_eq!(names(&out), files);
    desk.expect_well_formed();
}

#[test]
fn several_are_written_in_the_order_of_their_ids() {
    let desk = Desk::new();
    let (five, two) = (chat_thing::id(5), chat_thing::id(2));
    let both = export(&desk, &[&five, &two, &five, "--format", "json"]).expect_code(0).json();
    let ids: Vec<&str> = both["conversations"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|c| c["conversation"]["id"].as_str())
        .collect();
    assert_eq!(ids, [&five, &two], "one that is named twice is there once");
    let page = export(&desk, &[&five, &two, "--format", "html"]).expect_code(0);
    assert!(page.text().contains("2 conversations, 6 messages"), "{page}");
    for wrong in [
        &["--format", "md"][..],
        &["x", "--all", "--format", "md"],
        &["x", "--since", "2024-01-01", "--format", "md"],
    ] {
        let _ = export(&desk, wrong).expect_code(2);
    }
}

#[test]
fn since_and_until_choose_by_the_time_that_is_known() {
    let desk = Desk::new();
    let listed = desk.run(&["conversations", "list", "--all", "--json"]).expect_code(0).json();
    let (since, until) = ("2024-01-27T13:00:00Z", "2024-01-27T14:00:00.000Z");
    let want = listed["conversations"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["created_at"].as_str().is_none_or(|at| (since..until).contains(&at)))
        .count();
    assert!(want > 0 && want < CONVERSATIONS);
    let args = ["--all", "--since", since, "--until", until, "--format", "json"];
    let got = export(&desk, &args).expect_code(0).json();
    assert_eq!(got["conversations"].as_array().map(Vec::len), Some(want));
}

#[test]
fn a_filter_leaves_what_the_list_on_the_screen_would_show() {
    let desk = Desk::new();
    let filtered = |filter: &str| {
        let all = export(&desk, &["--all", "--filter", filter, "--format", "json"]).expect_code(0).json();
        let all = all["conversations"].as_array().expect("rows").clone();
        all.iter().map(|one| one["conversation"]["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(filtered("number '42?"), [chat_thing::id(42), chat_thing::id(142), chat_thing::id(242)]);
    assert_eq!(filtered(&chat_thing::id(9)), [chat_thing::id(9)], "an id is one too");
    assert_eq!(filtered("nothing of the kind"), [""; 0]);
    assert_eq!(filtered("").len(), CONVERSATIONS);
    let _ = export(&desk, &["x", "--filter", "y", "--format", "md"]).expect_code(2);
}

#[test]
fn what_fails_in_the_middle_leaves_nothing() {
    let desk = Desk::new();
    fs::create_dir(here(&desk).join("out")).expect("a folder");
    fs::write(here(&desk).join("kept.md"), "mine").expect("a file");
    let before = names(&here(&desk));
    let long = chat_thing::long();
    let answers = |good: usize| {
        // Thirteen pages: the last of those that are scripted is a refusal.
        let seen = std::sync::atomic::AtomicUsize::new(0);
        desk.server.bend(move |request, usual| {
            let messages = request.path.ends_with("/messages");
            if messages && seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) >= good {
                refusal(400)
            } else {
                usual()
            }
        });
    };
    for (args, good) in [
        (&[long.as_str(), "--format", "html", "--output", "page.html"][..], 7),
        (&["--all", "--format", "md", "--output", "out"], 100),
        (&["--all", "--format", "jsonl", "--output", "kept.md", "--force"], 100),
        (&["--all", "--format", "json"], 20),
    ] {
        answers(good);
        let output = export(&desk, args).expect_code(11);
        assert!(output.errors().contains("Nothing was written."), "{output}");
        assert_eq!(output.text(), "");
        assert_eq!(names(&here(&desk)), before);
        assert_eq!(names(&here(&desk).join("out")), Vec::<String>::new());
        assert_eq!(fs::read_to_string(here(&desk).join("kept.md")).expect("the file"), "mine");
    }
    desk.server.unbend();
    // A file that may not be replaced is told before anything is asked for.
    let asked = desk.server.count("messages");
    let _ = export(&desk, &[&long, "--format", "md", "--output", "kept.md"]).expect_code(11);
    assert_eq!(desk.server.count("messages"), asked);
    let _ = export(&desk, &[&long, "--format", "md", "--output", "none/such.md"]).expect_code(1);
    assert_eq!(names(&here(&desk)), before);
}

#[test]
fn an_interrupted_export_leaves_nothing() {
    let desk = Desk::new();
    let before = names(&here(&desk));
    let long = chat_thing::long();
    for _ in 0..3 {
        desk.server.next("messages", crate::support::chat_thing::stream_head(true).chunk("{").hang());
    }
    let args = ["conversations", "export", &long, "--format", "md", "--output", "long.md"];
    let running = desk.call(&args).start();
    wait("the page is asked for", || desk.server.count("messages") > 0);
    running.signal("INT");
    let _ = running.wait().expect_code(130);
    assert_eq!(names(&here(&desk)), before);
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_not_followed() {
    let desk = Desk::new();
    let (out, outside) = (here(&desk).join("out"), here(&desk).join("outside.md"));
    fs::create_dir(&out).expect("a folder");
    fs::write(&outside, "mine").expect("a file");
    let name = format!("question-number-9-{}.md", chat_thing::id(9));
    let link = out.join(&name);
    std::os::unix::fs::symlink(&outside, &link).expect("a link");
    let nine = chat_thing::id(9);
    let _ = export(&desk, &[&nine, "--format", "md", "--output", "out"]).expect_code(11);
    let _ = export(&desk, &[&nine, "--format", "md", "--output", "out", "--force"]).expect_code(0);
    assert_eq!(fs::read_to_string(&outside).expect("the file"), "mine");
    assert!(fs::symlink_metadata(&link).expect("a file").is_file());
    let _ = export(&desk, &[&nine, "--format", "md", "--output", "/dev/null", "--force"]).expect_code(11);
}

#[test]
fn what_is_imported_leaves_as_it_came() {
    let desk = Desk::new();
    let all = export(&desk, &["--all", "--format", "jsonl", "--output", "all.jsonl"]).expect_code(0);
    assert_eq!(all.text(), "");
    let bytes = fs::read(here(&desk).join("all.jsonl")).expect("the file");
    for new in [ALL, 0] {
        let told = import(&desk, &["all.jsonl", "--json"]).expect_code(0).json();
        let want =
            json!({"channel": "archive", "conversations": CONVERSATIONS, "messages": ALL, "new_messages": new});
        assert_eq!(told, want);
    }
    let asked = desk.server.origin.count("");
    let back = desk.run(&["-c", "archive", "conversations", "export", "--all", "--format", "jsonl"]).expect_code(0);
    assert!(back.stdout == bytes, "the bytes are not the same");

    let list = desk.run(&["-c", "archive", "conversations", "list", "--all", "--json"]).expect_code(0).json();
    assert_eq!(list["conversations"].as_array().map(Vec::len), Some(CONVERSATIONS));
    let long = chat_thing::long();
    let show = desk.run(&["-c", "archive", "conversations", "show", &long, "--all", "--json"]).expect_code(0).json();
    let texts: Vec<&str> =
        show["messages"].as_array().expect("rows").iter().filter_map(|m| m["text"].as_str()).collect();
    assert_eq!(texts, (0..MESSAGES).map(long_text).collect::<Vec<_>>());
    let one = desk.run(&["-c", "archive", "conversations", "export", &long, "--format", "jsonl"]).expect_code(0);
    assert_eq!(one.json_lines().len(), MESSAGES);
    assert_eq!(one.json_lines()[0]["conversation"]["channel"], "docs", "it says where it is from");
    let chat = desk.run(&["-c", "archive", "chat", "--json", "hi"]).expect_code(11);
    assert_eq!(chat.failure()["kind"], "invalid");
    let none = desk.run(&["-c", "archive", "conversations", "show", "none", "--json"]).expect_code(5);
    assert_eq!(none.failure()["kind"], "not_found");
    assert_eq!(desk.server.origin.count(""), asked, "an archive asks nobody");
    desk.expect_well_formed();
}

#[test]
fn an_archive_needs_no_config_file() {
    let desk = Desk::new();
    let text = export(&desk, &[&chat_thing::id(9), "--format", "jsonl"]).expect_code(0);
    let home = Home::new();
    let call = |args: &[&str]| Call::new(&home, args);
    let told = call(&["conversations", "import", "--as", "old", "-", "--json"]).stdin(text.stdout.clone()).run();
    assert_eq!(told.expect_code(0).json()["messages"], 3);
    let back = call(&["-c", "old", "conversations", "export", &chat_thing::id(9), "--format", "jsonl"]).run();
    assert_eq!(back.expect_code(0).stdout, text.stdout);
    let _ = call(&["-c", "other", "conversations", "list"]).run().expect_code(3);
    let _ = call(&["conversations", "list"]).run().expect_code(3);
}

#[test]
fn a_file_that_is_wrong_is_not_imported_at_all() {
    let desk = Desk::new();
    let good = export(&desk, &[&chat_thing::long(), "--format", "jsonl"]).expect_code(0);
    let lines: Vec<&str> = good.text().lines().collect();
    let line = |n: usize| lines[n].to_owned();
    let twice = [&lines[..800], &lines[400..]].concat().join("\n");
    let mut typed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    typed[999] = typed[999].replace("\"text\":\"", "\"text\":7,\"was\":\"");
    for (text, wrong) in [
        (good.text()[..good.text().len() / 2].to_owned(), "wrong.jsonl:6"),
        (lines[..700].join("\n"), "wrong.jsonl:700: "),
        (twice, "wrong.jsonl:801: "),
        (typed.join("\n"), "wrong.jsonl:1000: \"text\" is no text"),
        (lines[1..].join("\n"), "wrong.jsonl:1: nothing was said of the conversation"),
        (format!("{}\n{}", good.text(), line(0)), "wrong.jsonl:1236: "),
        (String::new(), "wrong.jsonl:0: "),
        ("PK\u{3}\u{4}\0\0".to_owned(), "wrong.jsonl:1: the line is no JSON"),
    ] {
        fs::write(here(&desk).join("wrong.jsonl"), text).expect("the file");
        let output = import(&desk, &["wrong.jsonl"]).expect_code(11);
        assert!(
            output.errors().contains(wrong) && output.errors().contains("Nothing of this file"),
            "{wrong}\n{output}"
        );
        let none = desk.run(&["-c", "archive", "conversations", "list"]).expect_code(2);
        assert!(none.errors().contains("archive"), "{none}");
    }
    // What came before it stays.
    fs::write(here(&desk).join("good.jsonl"), &good.stdout).expect("the file");
    let output = import(&desk, &["good.jsonl", "wrong.jsonl", "never.jsonl"]).expect_code(11);
    assert!(output.errors().contains("What came before it was imported (1 file)."), "{output}");
    let list = desk.run(&["-c", "archive", "conversations", "list", "--json"]).expect_code(0).json();
    assert_eq!(list["total"], 1);
    let _ = import(&desk, &["never.jsonl"]).expect_code(11);
    // Neither into a channel, nor over a conversation of the same id from elsewhere.
    for (args, code) in [
        (&["good.jsonl", "--as", "docs"][..], 11),
        (&["good.jsonl", "--as", "../x"], 11),
        (&["good.jsonl", "-c", "docs"], 2),
        (&[], 2),
    ] {
        let _ = import(&desk, args).expect_code(code);
    }
    let foreign = good.text().replace("\"channel\":\"docs\"", "\"channel\":\"flow\"");
    fs::write(here(&desk).join("foreign.jsonl"), foreign).expect("the file");
    let output = import(&desk, &["foreign.jsonl"]).expect_code(11);
    assert!(output.errors().contains("--as NAME"), "{output}");
    let _ = import(&desk, &["foreign.jsonl", "--as", "foreign"]).expect_code(0);
}

#[test]
fn a_hundred_thousand_messages_are_imported() {
    let desk = Desk::new();
    let mut text = String::new();
    let about = json!({"id": "big", "channel": "docs", "title": "Big"});
    for n in 0..100_000 {
        let mut line = json!({"id": n.to_string(), "role": "user", "text": format!("Message {n}"),
            "created_at": "2024-01-27T15:02:51.970Z", "conversation_id": "big"});
        if n == 0 {
            line["conversation"] = about.clone();
        }
        text.push_str(&line.to_string());
        text.push('\n');
    }
    fs::write(here(&desk).join("big.jsonl"), text).expect("the file");
    let told = import(&desk, &["big.jsonl", "--json"]).expect_code(0).json();
    assert_eq!(told["new_messages"], 100_000);
    let back = desk.run(&["-c", "archive", "conversations", "export", "big", "--format", "jsonl"]).expect_code(0);
    let lines: Vec<Value> = back.json_lines();
    assert_eq!((lines.len(), &lines[99_999]["text"]), (100_000, &json!("Message 99999")));
}
