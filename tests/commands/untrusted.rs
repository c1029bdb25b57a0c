//! Text of somebody else's: marked where it is shown, exact where it is data.

use serde_json::{Value, json};

use crate::Desk;
use crate::support::chat_thing::{self, HOSTILE, Split, Style};
use crate::support::command::Output;
use crate::support::escapes::strays;
use crate::support::origin::Script;

/// Asserts that plain output can be shown by any terminal, and that nothing of the text was swallowed.
#[track_caller]
fn shown_safely(output: &Output) {
    for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        assert_eq!(strays(stream), Vec::<String>::new(), "{name}\n{output}");
        assert!(!stream.contains(&b'\r') && !stream.contains(&0x1b), "{name}\n{output}");
    }
}

#[test]
fn a_hostile_reply_is_marked_in_plain_and_exact_in_json() {
    let desk = Desk::new();
    desk.server.reply(HOSTILE);
    for split in [Split::Event, Split::Byte] {
        desk.server.style(Style { split, ..Style::PLAIN });
        for args in [&["chat", "hi"][..], &["chat", "--no-stream", "hi"]] {
            let plain = desk.run(args).expect_code(0);
            shown_safely(&plain);
            for word in ["safe", "over", "txt.exe", "end"] {
                assert!(plain.text().contains(word), "{word}\n{plain}");
            }
        }
        let lines = desk.run(&["chat", "--json", "hi"]).expect_code(0).json_lines();
        assert_eq!(lines.last().map(|l| l["text"].clone()), Some(json!(HOSTILE)));
        let joined: String =
            lines.iter().filter(|l| l["event"] == "delta").filter_map(|l| l["text"].as_str()).collect();
        assert_eq!(joined, HOSTILE);
    }
}

#[test]
fn a_hostile_title_and_message_are_marked_in_plain_and_exact_in_json() {
    let desk = Desk::new();
    let id = chat_thing::hostile();
    let list = desk.run(&["conversations", "list", "--all"]).expect_code(0);
    shown_safely(&list);
    assert!(list.text().lines().any(|line| line.contains(&id) && line.contains("safe")), "{list}");
    let show = desk.run(&["conversations", "show", &id]).expect_code(0);
    shown_safely(&show);
    assert!(show.text().contains("safe") && show.text().contains("end"), "{show}");
    let list = desk.run(&["conversations", "list", "--all", "--json"]).expect_code(0).json();
    assert_eq!(list["conversations"][3]["title"], HOSTILE);
    let show = desk.run(&["conversations", "show", &id, "--json"]).expect_code(0).json();
    assert_eq!(show["messages"][0]["text"], HOSTILE);
}

#[test]
fn an_export_into_a_pipe_is_exact() {
    let desk = Desk::new();
    let id = chat_thing::hostile();
    let export = |format: &str| desk.run(&["conversations", "export", &id, "--format", format]).expect_code(0);
    assert!(export("md").text().contains(HOSTILE));
    let lines: Vec<Value> = export("jsonl").json_lines();
    assert!(lines.iter().any(|line| line["text"] == HOSTILE), "{lines:?}");
    assert!(export("json").json().to_string().contains(&json!(HOSTILE).to_string()));
}

#[test]
fn a_hostile_refusal_is_marked_too() {
    let desk = Desk::new();
    let body = json!({"success": false, "message": HOSTILE, "error": HOSTILE});
    for status in [400, 403, 404, 500] {
        for endpoint in ["conversation", "conversations"] {
            desk.server.next(endpoint, Script::json(status, &body));
        }
        let chat = desk.run(&["chat", "hi"]);
        assert_ne!(chat.code, Some(0));
        shown_safely(&chat);
        let list = desk.run(&["conversations", "list"]);
        shown_safely(&list);
        desk.server.forget("conversations");
        desk.server.forget("conversation");
    }
}
