//! Lists as real servers send them: fewer than were asked for, round in a circle, with a value that can't be read. The
//! bytes are played raw; what is there is shown, and what isn't is said.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::failures::failed;
use crate::support::chat_thing::{self, CHANNEL, SECRET};
use crate::support::command::{Call, Output};
use crate::support::home::Home;
use crate::support::origin::{Origin, Request, Script};

const JSON: (&str, &str) = ("content-type", "application/json");

/// A home with one channel of Chat Thing's on a server that answers what the test says.
struct Server {
    home: Home,
    origin: Origin,
}

impl Server {
    fn start(answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let origin = Origin::start(move |request| Script::answer(200, &[JSON], answer(request)));
        let home = Home::new();
        home.configure(&chat_thing::config(&origin.url(), CHANNEL, SECRET));
        Self { home, origin }
    }

    #[track_caller]
    fn run(&self, args: &[&str]) -> Output {
        Call::new(&self.home, args).run()
    }
}

/// How a server gives its list away.
#[derive(Clone, Copy)]
struct Habit {
    /// How many there are.
    all: usize,
    /// The most in one page, whatever is asked for.
    most: usize,
    /// What it counts.
    total: Option<usize>,
    /// Whether it names the place of the next page.
    last: bool,
    /// Whether it takes no notice of where it is asked to go on.
    deaf: bool,
    /// The page, counted from 0, before which an empty one stands.
    gap: Option<usize>,
    /// How many of the page before stand on each page again.
    overlap: usize,
}

const PLAIN: Habit = Habit { all: 60, most: 25, total: Some(60), last: true, deaf: false, gap: None, overlap: 0 };

impl Habit {
    /// The page that a request asks for: its items' numbers, and the place behind it.
    fn page(self, request: &Request) -> (Vec<usize>, Option<String>) {
        let asked = request.json().unwrap_or_default();
        let cursor = asked["cursor"].as_str().filter(|_| !self.deaf);
        if let Some(before) = cursor.and_then(|cursor| cursor.strip_prefix("gap-")) {
            return self.items(before.parse().unwrap_or(0));
        }
        let from = cursor.and_then(|cursor| cursor.get(1..)?.parse::<usize>().ok()).map_or(0, |last| last + 1);
        if self.gap.is_some_and(|page| from == page * self.most) {
            return (Vec::new(), Some(format!("gap-{from}")));
        }
        self.items(from)
    }

    fn items(self, from: usize) -> (Vec<usize>, Option<String>) {
        let end = (from + self.most).min(self.all);
        let last = (self.last && end > from).then(|| format!("n{}", end - 1));
        ((from.saturating_sub(self.overlap)..end).collect(), last)
    }

    fn answer(self, request: &Request, key: &str) -> Vec<u8> {
        let (items, last) = self.page(request);
        let item = |n: &usize| match key {
            "messages" => json!({"id": format!("n{n}"), "message": format!("says {n}"), "role": "user"}),
            "dataSourceRows" => json!({"id": format!("n{n}"), "name": format!("row {n}")}),
            "dataSources" => json!({"id": format!("n{n}"), "state": "synced"}),
            _ => {
                json!({"id": format!("n{n}"), "initialMessage": format!("title {n}"), "createdAt": "2024-01-27T15:02:51Z"})
            }
        };
        let items: Vec<Value> = items.iter().map(item).collect();
        let mut pagination = json!({});
        if let Some(total) = self.total {
            pagination["total"] = total.into();
        }
        if let Some(last) = last {
            pagination["last"] = last.into();
        }
        json!({"success": true, key: items, "pagination": pagination}).to_string().into_bytes()
    }
}

/// The lists of the contract: how they are asked for, and the key of their items in both documents.
const LISTS: [(&[&str], &str, &str); 4] = [
    (&["conversations", "list"], "conversations", "conversations"),
    (&["conversations", "show", "c"], "messages", "messages"),
    (&["sources", "list"], "dataSources", "sources"),
    (&["rows", "list", "s"], "dataSourceRows", "rows"),
];

fn ids(document: &Value, key: &str) -> Vec<String> {
    let items = document[key].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn numbered(all: usize) -> Vec<String> {
    (0..all).map(|n| format!("n{n}")).collect()
}

#[test]
fn a_page_shorter_than_asked_is_not_the_end() {
    let habits = [
        PLAIN,
        Habit { last: false, ..PLAIN },
        Habit { total: None, ..PLAIN },
        Habit { all: 50, total: Some(50), ..PLAIN },
        Habit { gap: Some(1), ..PLAIN },
        Habit { overlap: 3, ..PLAIN },
        // It counts something else.
        Habit { total: Some(7), ..PLAIN },
    ];
    for (args, key, shown) in LISTS {
        for habit in habits {
            let server = Server::start(move |request| habit.answer(request, key));
            let all = server.run(&[args, &["--all", "--json"]].concat()).expect_code(0).json();
            assert_eq!(ids(&all, shown), numbered(habit.all), "{args:?} {all}");
            assert_eq!(all["next_cursor"], Value::Null, "{all}");
            let requests = server.origin.requests().len();
            assert!(requests <= habit.all.div_ceil(habit.most) + 2, "{requests} requests for {args:?}");
            let plain = server.run(&[args, &["--all"]].concat()).expect_code(0);
            assert!(plain.text().contains(&format!("{}", habit.all - 1)), "{plain}");
        }
        // One page says where the next one begins.
        let server = Server::start(move |request| PLAIN.answer(request, key));
        let one = server.run(&[args, &["--limit", "60", "--json"]].concat()).expect_code(0).json();
        assert_eq!((ids(&one, shown).len(), &one["total"], &one["next_cursor"]), (25, &json!(60), &json!("n24")));
    }
}

#[test]
fn a_list_that_is_not_whole_is_printed_and_no_success() {
    let fewer = Habit { total: Some(80), ..PLAIN };
    let circle = Habit { deaf: true, total: None, ..PLAIN };
    let both = Habit { deaf: true, ..PLAIN };
    for (args, key, shown) in LISTS {
        for (habit, came, why) in [
            (fewer, 60, "the platform counts 80, and told 60"),
            (circle, 25, "after 25 the platform leads back to what was read already"),
            (both, 25, "the platform counts 60, and told 25"),
        ] {
            let server = Server::start(move |request| habit.answer(request, key));
            let output = server.run(&[args, &["--all", "--json"]].concat()).expect_code(8);
            let document = output.json();
            assert_eq!(ids(&document, shown), numbered(came), "{args:?} {output}");
            assert_eq!(document["total"].as_u64().or(Some(came as u64)), Some(habit.total.unwrap_or(came) as u64));
            let failure = failed(output, 8, "platform");
            assert!(failure["message"].as_str().is_some_and(|said| said.contains(why)), "{failure}");
            let plain = server.run(&[args, &["--all"]].concat()).expect_code(8);
            assert!(plain.text().contains(&format!("{}", came - 1)) && plain.errors().contains(why), "{plain}");
        }
        // Who follows the cursors by hand learns it too.
        let server = Server::start(move |request| circle.answer(request, key));
        let one = server.run(&[args, &["--limit", "25", "--cursor", "n24", "--json"]].concat()).expect_code(8);
        assert_eq!(one.json()["next_cursor"], Value::Null, "{one}");
    }
}

#[test]
fn an_export_that_got_less_is_no_success_and_says_both_numbers() {
    for (habit, code) in [(PLAIN, 0), (Habit { total: Some(80), ..PLAIN }, 8), (Habit { deaf: true, ..PLAIN }, 8)] {
        let server = Server::start(move |request| habit.answer(request, "messages"));
        let output = server.run(&["conversations", "export", "c", "--format", "jsonl"]).expect_code(code);
        let came = if habit.deaf { 25 } else { 60 };
        assert_eq!(output.text().lines().filter(|line| line.contains("says ")).count(), came, "{output}");
        if code == 8 {
            let (counted, told) = (habit.total.unwrap_or(0), format!("told {came}"));
            assert!(
                output.errors().contains(&format!("counts {counted}")) && output.errors().contains(&told),
                "{output}"
            );
        }
        let file = server.home.path().join("out.json");
        let to = file.to_string_lossy().into_owned();
        let args = ["conversations", "export", "c", "--format", "json", "--output", &to, "--json"];
        let output = server.run(&args).expect_code(code);
        let document = output.json();
        assert_eq!((&document["messages"], &document["counted"]), (&json!(came), &json!(habit.total)), "{output}");
        assert!(std::fs::read_to_string(&file).expect("it was written").contains("says 24"));
    }
}

/// An answer whose list has three items, the one in the middle as odd as the test wants it.
fn around(key: &str, odd: &str) -> Vec<u8> {
    let whole = |n: u8| match key {
        "messages" => format!(r#"{{"id":"n{n}","message":"says {n}","role":"user"}}"#),
        "dataSourceRows" => format!(r#"{{"id":"n{n}","name":"row {n}"}}"#),
        "dataSources" => format!(r#"{{"id":"n{n}","state":"synced"}}"#),
        _ => format!(r#"{{"id":"n{n}","initialMessage":"title {n}"}}"#),
    };
    format!(r#"{{"success":true,"{key}":[{},{odd},{}],"pagination":{{}}}}"#, whole(0), whole(2)).into_bytes()
}

#[test]
fn a_value_that_cannot_be_read_spoils_itself_alone_and_is_said() {
    // What is odd, how many items there are then, and whether something was damaged.
    let odd = [
        (r#"{"id":"n1","TEXT":"half \ud83d"}"#, 3, true),
        (r#"{"id":"n1","TEXT":"\udca5 half"}"#, 3, true),
        (r#"{"id":"n1","TEXT":NaN}"#, 3, true),
        (r#"{"id":"n1","TEXT":}"#, 3, true),
        (r#"{"id":"n1","TEXT":"a","TEXT":"b"}"#, 3, true),
        ("{\"id\":\"n1\",\"TEXT\":\"raw \u{0}\u{1b}[2J\n control\"}", 3, false),
        (r#"{"id":"n1","TEXT":7}"#, 3, false),
        (r#"{"id":"n1","TEXT":null,"createdAt":"2024-99-99T99:99:99Z"}"#, 3, false),
        (r#"{"id":"n1","TEXT":{"a":[]},"createdAt":[],"role":{},"state":3}"#, 3, false),
        (r#"{"id":12345678901234567890123,"TEXT":"a"}"#, 3, false),
        ("null", 2, true),
        ("7", 2, true),
        (r#""text""#, 2, true),
    ];
    for (args, key, shown) in LISTS {
        let field = match key {
            "messages" => "message",
            "dataSourceRows" => "name",
            "dataSources" => "syncInterval",
            _ => "initialMessage",
        };
        for (odd, items, damaged) in odd {
            let server = Server::start(move |_| around(key, &odd.replace("TEXT", field)));
            let output = server.run(&[args, &["--json"]].concat()).expect_code(0);
            let document = output.json();
            let got = ids(&document, shown);
            assert_eq!((got.len(), got[0].as_str(), got[items - 1].as_str()), (items, "n0", "n2"), "{odd} {output}");
            assert_eq!(document.get("damaged").is_some(), damaged, "{odd} {output}");
            assert_eq!(output.errors().contains("could not be read as sent"), damaged, "{odd} {output}");
            if odd.contains("12345678901234567890123") {
                assert_eq!(got[1], "12345678901234567890123");
            }
        }
    }
}

#[test]
fn bytes_that_are_no_utf8_and_a_byte_order_mark_spoil_nothing() {
    let server = Server::start(|_| {
        let mut body = b"\xEF\xBB\xBF".to_vec();
        body.extend(around("messages", "{\"id\":\"n1\",\"message\":\"caf@\"}"));
        body.iter_mut().filter(|byte| **byte == b'@').for_each(|byte| *byte = 0xE9);
        body.extend(b"\0\0");
        body
    });
    let output = server.run(&["conversations", "show", "c", "--json"]).expect_code(0);
    assert_eq!(output.json()["messages"][1]["text"], "caf\u{FFFD}");
    assert!(output.errors().contains("/messages/1/message"), "{output}");
}

#[test]
fn a_message_without_an_id_is_shown_each_time_by_the_same_one() {
    let odd = r#"{"message":"nobody's","role":"assistant"},{"id":null,"message":"nobody's","role":"assistant"}"#;
    let twice = format!("{odd},{}", r#"{"message":"nobody's","role":"assistant"}"#);
    let server = Server::start(move |_| around("messages", &twice));
    let show = ["conversations", "show", "c", "--all", "--json"];
    let first = server.run(&show).expect_code(0).json();
    let texts: Vec<_> = first["messages"].as_array().into_iter().flatten().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, ["says 0", "nobody's", "nobody's", "nobody's", "says 2"]);
    let known = ids(&first, "messages");
    assert!((1..4).all(|n| !known[n].is_empty() && known[n] != known[n % 3 + 1]), "{known:?}");
    assert_eq!(ids(&server.run(&show).json(), "messages"), known);
    // All that is known of it is found by that.
    let one = server.run(&["conversations", "show", "c", "--message", &known[1], "--json"]).expect_code(0).json();
    assert_eq!(one["message"]["text"], "nobody's");
}

#[test]
fn a_damaged_greeting_stops_no_start_and_half_an_emoji_no_reply() {
    let greeting = br#"{"success":true,"conversationId":99999999999999999999999,"response":"Hi \ud83d there"}"#;
    let deltas = ["a \\ud83d", "\\ude00 b", "\\ud83d", " c", "d\\ud83d"];
    let mut body = String::new();
    for delta in deltas {
        let _ = write!(body, "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{delta}\"}}}}]}}\n\n");
    }
    body += "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let origin = Origin::start(move |request| {
        if request.path.ends_with("/message") {
            return Script::answer(200, &[("content-type", "text/event-stream")], &body);
        }
        Script::answer(200, &[JSON], greeting)
    });
    let home = Home::new();
    home.configure(&chat_thing::config(&origin.url(), CHANNEL, SECRET));
    let lines = Call::new(&home, &["chat", "hi", "--json"]).run().expect_code(0).json_lines();
    assert_eq!(lines[0]["conversation_id"], "99999999999999999999999");
    let joined: String = lines.iter().filter(|l| l["event"] == "delta").filter_map(|l| l["text"].as_str()).collect();
    let whole = "a \u{1F600} b\u{FFFD} cd\u{FFFD}";
    assert_eq!((joined.as_str(), &lines[lines.len() - 1]["text"]), (whole, &json!(whole)));
}

#[test]
fn a_damaged_row_is_shown_and_never_written_back() {
    let server = Server::start(|request| {
        if request.path.contains("/row?") {
            br#"{"success":true,"dataSourceRow":{"id":"s","content":"half \ud83d of it"}}"#.to_vec()
        } else {
            br#"{"success":true,"dataSourceRows":[{"id":"r","name":"n"}],"pagination":{"total":1,"last":"r"}}"#
                .to_vec()
        }
    });
    let got = server.run(&["rows", "get", "s", "r", "--json"]).expect_code(0);
    assert_eq!((&got.json()["row"]["content"], &got.json()["damaged"]), (&json!("half \u{FFFD} of it"), &json!(1)));
    let plain = server.run(&["rows", "get", "s", "r"]).expect_code(0);
    assert_eq!(plain.text(), "half \u{FFFD} of it");
    assert!(plain.errors().contains("could not be read as sent"), "{plain}");
    let renamed = server.run(&["rows", "update", "s", "r", "--name", "other", "--json"]);
    failed(renamed, 8, "platform");
    assert!(server.origin.requests().iter().all(|request| request.method != "PUT"));
}

#[test]
fn an_import_takes_what_can_be_read_of_a_line() {
    let server = Server::start(|_| around("messages", r#"{"id":"n1","message":"whole"}"#));
    let exported = server.run(&["conversations", "export", "c", "--format", "jsonl"]).expect_code(0);
    let file = server.home.path().join("in.jsonl");
    std::fs::write(&file, exported.text().replace("whole", "half \\ud83d")).expect("written");
    let to = file.to_string_lossy().into_owned();
    let output = server.run(&["conversations", "import", &to, "--as", "old"]).expect_code(0);
    assert!(output.errors().contains("/text (characters that can't be read)"), "{output}");
    let shown = server.run(&["-c", "old", "conversations", "show", "c", "--json"]).expect_code(0).json();
    assert_eq!(shown["messages"][1]["text"], "half \u{FFFD}");
}
