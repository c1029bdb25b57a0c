//! What a user keeps of conversations, by commands: pinned, labelled, noted, archived, snoozed; and all channels' as one list.

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing;

/// The desk, its conversations known here.
fn desk() -> Desk {
    let desk = Desk::new();
    let _ = desk.run(&["conversations", "list", "--all"]).expect_code(0);
    desk
}

fn json(desk: &Desk, args: &[&str]) -> Value {
    desk.run(&[&["--json", "conversations"], args].concat()).expect_code(0).json()
}

/// The ids of all that the inbox has.
fn inbox(desk: &Desk, args: &[&str]) -> Vec<String> {
    let document = json(desk, &[&["inbox", "--limit", "1000"], args].concat());
    let rows = document["conversations"].as_array().expect("rows").clone();
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn labels_notes_and_pins_are_kept_told_and_taken_back() {
    let desk = desk();
    let id = chat_thing::id(3);
    let kept = json(&desk, &["label", &id, "VIP", "refund"]);
    assert_eq!(kept["conversations"][0]["labels"], json!(["refund", "vip"]));
    assert_eq!(desk.run(&["conversations", "label", &id]).expect_code(0).text(), "refund\nvip\n");
    let kept = json(&desk, &["label", &id, "--remove", "refund"]);
    assert_eq!(kept["conversations"][0]["labels"], json!(["vip"]));
    let note = desk.call(&["conversations", "note", &id, "-"]).stdin("call back\n\u{1b}[31mred\n").run();
    let _ = note.expect_code(0);
    assert_eq!(json(&desk, &["note", &id])["conversations"][0]["note"], "call back\n\u{1b}[31mred");
    assert_eq!(json(&desk, &["pin", &id])["conversations"][0]["pinned"], true);
    assert_eq!(inbox(&desk, &[])[0], id, "the pinned one first");
    assert_eq!(inbox(&desk, &["--label", "vip"]), [id.as_str()]);
    assert_eq!(inbox(&desk, &["--pinned"]), [id.as_str()]);
    let listed = desk.run(&["conversations", "inbox", "--pinned"]).expect_code(0);
    assert!(listed.text().contains("pinned, #vip, noted"), "{listed}");
    let kept = json(&desk, &["pin", &id, "--undo"]);
    assert_eq!(kept["conversations"][0]["pinned"], false);
    let _ = desk.run(&["conversations", "note", &id, ""]).expect_code(0);
    assert_eq!(json(&desk, &["note", &id])["conversations"][0]["note"], Value::Null);
    desk.expect_well_formed();
}

#[test]
fn what_is_archived_or_asleep_is_listed_only_if_it_is_asked_for() {
    let desk = desk();
    let all = inbox(&desk, &[]);
    let (one, two) = (chat_thing::id(1), chat_thing::id(2));
    let _ = desk.run(&["conversations", "archive", &one]).expect_code(0);
    let kept = json(&desk, &["snooze", &two, "--until", "2h"]);
    let row = &kept["conversations"][0];
    assert_eq!((&row["snoozed"], &row["reminder"]), (&json!(true), &json!(false)));
    assert!(row["snoozed_until"].as_str().is_some_and(|at| at.ends_with('Z')), "{row}");
    assert_eq!(inbox(&desk, &[]).len(), all.len() - 2);
    assert_eq!(inbox(&desk, &["--archived"]), [one.as_str()]);
    assert_eq!(inbox(&desk, &["--snoozed"]), [two.as_str()]);
    let _ = desk.run(&["conversations", "archive", &one, "--undo"]).expect_code(0);
    let _ = desk.run(&["conversations", "snooze", &two, "--undo"]).expect_code(0);
    assert_eq!(inbox(&desk, &[]), all);
    // An export is what was said, and nothing that was kept for oneself.
    let _ = desk.run(&["conversations", "note", &one, "between us"]).expect_code(0);
    let _ = desk.run(&["conversations", "label", &one, "secret-label"]).expect_code(0);
    for format in ["md", "json", "jsonl", "html"] {
        let export = desk.run(&["conversations", "export", &one, "--format", format]).expect_code(0);
        assert!(!export.text().contains("between us") && !export.text().contains("secret-label"), "{export}");
    }
}

#[test]
fn pages_of_the_inbox_follow_each_other() {
    let desk = desk();
    let all = inbox(&desk, &[]);
    assert!(all.len() > 10, "{all:?}");
    let (mut got, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut args = vec!["inbox", "--limit", "4"];
        args.extend(cursor.iter().flat_map(|cursor| ["--cursor", cursor]));
        let page = json(&desk, &args);
        got.extend(page["conversations"].as_array().expect("rows").iter().map(|row| row["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(got, all);
}

#[test]
fn what_can_not_be_kept_is_refused() {
    let desk = desk();
    let id = chat_thing::id(1);
    for (args, code, word) in [
        (&["label", &id, "two words"][..], 11, "label"),
        (&["label", "nobody", "vip"], 5, "nobody"),
        (&["snooze", &id, "--until", "yesterday"], 11, "tomorrow"),
        (&["snooze", &id, "--until", "x\u{1b}[31m"], 11, "tomorrow"),
        (&["archive", ""], 11, "empty"),
        (&["archive", &id, "nobody"], 5, "nobody"),
        (&["inbox", "--cursor", "x"], 11, "cursor"),
        (&["inbox", "--label", "b@d"], 11, "label"),
        (&["inbox", "--limit", "0"], 2, "limit"),
        (&["pin"], 2, "ID"),
    ] {
        let output = desk.run(&[&["conversations"], args].concat()).expect_code(code);
        assert!(output.errors().contains(word) && !output.errors().contains('\u{1b}'), "{args:?} {output}");
    }
    assert_eq!(inbox(&desk, &["--archived"]), [""; 0], "all of it or none");
}
