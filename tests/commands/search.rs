//! `search`: over an archive and what was sent from here, page by page, and the searches that are kept.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{MESSAGES, id, long, long_text};

/// How many messages are imported; every tenth speaks of planets.
const MANY: usize = 1_234;

/// A desk whose machine has seen an archive and one chat.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut text = String::new();
    for n in 0..MANY {
        let words = if n % 10 == 0 { "the planets\nand Café" } else { "a moon" };
        let mut line = json!({"id": n.to_string(), "role": if n % 2 == 0 { "user" } else { "assistant" },
            "text": format!("Number {n}: {words}"), "conversation_id": "big",
            "created_at": format!("2024-01-{:02}T10:00:{:02}.000Z", 1 + n / 60, n % 60)});
        if n == 0 {
            line["conversation"] = json!({"id": "big", "channel": "elsewhere", "title": "About space"});
        }
        let _ = writeln!(text, "{line}");
    }
    let _ = desk.call(&["conversations", "import", "-"]).stdin(text).run().expect_code(0);
    desk.server.reply("Eight *planets*, says the bot.");
    let _ = desk.run(&["chat", "How many planets, please?"]).expect_code(0);
    desk
}

fn texts(found: &Value) -> Vec<&str> {
    found["hits"].as_array().expect("hits").iter().filter_map(|hit| hit["message"]["text"].as_str()).collect()
}

#[test]
fn messages_of_all_channels_are_found_the_newest_first() {
    let desk = desk();
    let found = desk.run(&["search", "planets", "--json"]).expect_code(0).json();
    assert_eq!(found["total"], MANY.div_ceil(10) + 2);
    let told = texts(&found);
    assert_eq!(told.len(), 20);
    assert_eq!(told[0], "Eight *planets*, says the bot.");
    assert_eq!(told[1], "How many planets, please?");
    assert_eq!(told[2], "Number 1230: the planets\nand Café");
    let hit = &found["hits"][2];
    let keys: Vec<&str> = hit.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["channel", "conversation_id", "title", "message", "state", "excerpt"]);
    assert_eq!(
        (&hit["channel"], &hit["conversation_id"], &hit["title"], &hit["excerpt"]),
        (&json!("archive"), &json!("big"), &json!("About space"), &json!("Number 1230: the planets and Café"))
    );

    // Page by page it is the same as all at once.
    let all = desk.run(&["search", "planets", "--all", "--json"]).expect_code(0).json();
    let mut joined: Vec<String> = Vec::new();
    let mut cursor = None;
    loop {
        let mut args = vec!["search", "planets", "--limit", "50", "--json"];
        args.extend(cursor.iter().flat_map(|cursor: &String| ["--cursor", cursor]));
        let page = desk.run(&args).expect_code(0).json();
        joined.extend(texts(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(joined, texts(&all));
    assert_eq!(joined.len(), MANY.div_ceil(10) + 2);
}

#[test]
fn words_and_attributes_narrow_what_is_found() {
    let desk = desk();
    let total = |args: &[&str]| {
        let args = [&["search", "--json"], args].concat();
        desk.run(&args).expect_code(0).json()["total"].as_u64().expect("a number")
    };
    let whole = u64::try_from(MANY).expect("few");
    assert_eq!(total(&["\"planets and cafe\""]), whole.div_ceil(10));
    assert_eq!(total(&["-c", "archive", "role:assistant"]), whole / 2);
    assert_eq!(total(&["channel:archive", "moon"]), whole - whole.div_ceil(10));
    assert_eq!(total(&["--", "channel:archive", "-moon"]), whole.div_ceil(10));
    assert_eq!(total(&["planets", "in:space", "after:2024-01-02", "before:2024-01-03"]), 6);
    assert_eq!(total(&["title:abtspc", "Number", "1233"]), 1);
    assert_eq!(total(&["zanzibar"]), 0);

    let plain = desk.run(&["search", "number 1230"]).expect_code(0);
    assert_eq!(plain.text().lines().count(), 2, "{plain}");
    assert!(
        plain.text().contains("Number 1230: the planets and Café") && plain.errors().contains("1 of 1"),
        "{plain}"
    );
    let title = desk.run(&["search", "space"]).expect_code(0);
    assert!(title.errors().contains("title: archive \u{b7} big \u{b7} About space"), "{title}");
}

#[test]
fn what_cannot_be_searched_for_is_refused_with_its_place() {
    let desk = Desk::new();
    for (args, code, told) in [
        (&["search", "planets", "has:wings"][..], 11, "\"has:wings\""),
        (&["search", "after:someday"], 11, "2026-01-31"),
        (&["search", "x", "--limit", "0"], 11, "--limit"),
        (&["search"], 2, "missing"),
        (&["search", "  "], 2, "missing"),
        (&["search", "--saved", "nothing"], 5, "--save"),
        (&["search", "--forget", "nothing"], 5, "--save"),
    ] {
        let output = desk.run(args).expect_code(code);
        assert!(output.errors().contains(told), "{args:?} {output}");
    }
    assert_eq!(desk.server.origin.requests().len(), 0, "no platform is asked");
}

#[test]
fn searches_are_kept_under_a_name() {
    let desk = desk();
    let kept = || desk.run(&["search", "--list-saved", "--json"]).expect_code(0).json();
    assert_eq!(kept(), json!({"searches": []}));
    let _ = desk.run(&["search", "--save", "space", "planets", "role:user"]).expect_code(0);
    let _ = desk.run(&["search", "--save", "wrong", "has:wings"]).expect_code(11);
    assert_eq!(kept(), json!({"searches": [{"name": "space", "query": "planets role:user"}]}));
    let found = desk.run(&["search", "--saved", "space", "--json"]).expect_code(0).json();
    assert_eq!(found["total"], MANY.div_ceil(10) + 1);
    let found = desk.run(&["search", "--saved", "space", "1230", "--json"]).expect_code(0).json();
    assert_eq!(found["total"], 1);
    assert_eq!(desk.run(&["search", "--forget", "space", "--json"]).expect_code(0).json(), json!({"ok": true}));
    assert_eq!(kept(), json!({"searches": []}));
}

#[test]
fn what_is_found_is_safe_to_show() {
    let desk = Desk::new();
    desk.server.reply("planets \u{1b}[2J\u{202e} of doom");
    let _ = desk.run(&["chat", "hi"]).expect_code(0);
    let plain = desk.run(&["search", "doom"]).expect_code(0);
    assert!(plain.text().contains("of doom"), "{plain}");
    assert!(!plain.text().contains(['\u{1b}', '\u{202e}']), "{plain}");
    let json = desk.run(&["search", "doom", "--json"]).expect_code(0).json();
    assert_eq!(texts(&json), ["planets \u{1b}[2J\u{202e} of doom"]);
}

#[test]
fn what_commands_read_from_a_platform_is_found() {
    let desk = Desk::new();
    let count = |words: &str| desk.run(&["search", words, "--json"]).expect_code(0).json()["total"].as_u64();
    let answer = |n: usize| format!("\"Answer number {n}.\"");
    assert_eq!(count(&answer(9)), Some(0));
    // From its beginning, whole or not: what stands behind is read another time.
    let _ = desk.run(&["conversations", "show", &id(9)]).expect_code(0);
    assert_eq!(count(&answer(9)), Some(1));
    let _ = desk.run(&["conversations", "show", &long(), "--all"]).expect_code(0);
    let last = format!("\"{}\"", long_text(MESSAGES - 1).lines().next().expect("a line"));
    assert!(count(&last) >= Some(1), "{last}");
    // A page out of the middle would leave a hole, and is not kept.
    let first = desk.run(&["--json", "conversations", "show", &id(8), "--limit", "1"]).expect_code(0).json();
    let cursor = first["next_cursor"].as_str().expect("a cursor").to_owned();
    let _ = desk.run(&["conversations", "show", &id(8), "--limit", "2", "--cursor", &cursor]).expect_code(0);
    assert_eq!(count(&answer(8)), Some(0));
    let target = desk.home.path().join("all.jsonl");
    let target = target.to_str().expect("a path");
    let _ = desk.run(&["conversations", "export", "--all", "--format", "jsonl", "--output", target]).expect_code(0);
    assert_eq!((count(&answer(8)), count(&answer(200))), (Some(1), Some(1)));
}
