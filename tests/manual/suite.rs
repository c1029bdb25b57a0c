//! A suite's file: its JSON Schema, which is written anew by `PATCHCORD_WRITE_SCHEMA=1 cargo test --test manual suite`, held to
//! what the reader takes; and the suites of the pages and of `assets`.

use std::path::Path;

use patchcord::config::parse_suite;
use patchcord::domain::Language;
use serde_json::{Value, json};

use crate::json_schema::faults;
use crate::pages::{read, split};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/schema/suite.schema.json");

fn table(properties: &Value, required: &[&str], description: &str) -> Value {
    json!({
        "type": "object", "description": description, "required": required, "properties": properties,
        "additionalProperties": false,
    })
}

fn texts(description: &str) -> Value {
    let text = json!({ "type": "string", "pattern": "." });
    json!({ "description": description, "oneOf": [text, { "type": "array", "minItems": 1, "items": text }] })
}

fn number(least: u64, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "description": description })
}

fn times(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": 100, "description": description })
}

fn schema() -> Value {
    let text = |description: &str| json!({ "type": "string", "pattern": ".", "description": description });
    let value = json!({ "type": ["string", "number", "boolean"] });
    let values = || json!({ "type": "object", "additionalProperties": value });
    let finish = json!({ "enum": ["stop", "length", "filtered", "cut"], "description": "How it ended." });
    let common = |mut more: Value| {
        more["contains"] = texts("It has this, as searches find.");
        more["not_contains"] = texts("It doesn't have this.");
        more["matches"] = texts("A regular expression that matches some of it.");
        more["reply_ms"] = number(1, "Milliseconds to its end, at most.");
        more
    };
    let of_reply = common(json!({
        "one_of": texts("It is one of these."),
        "quick_replies": texts("The bot offers at least these answers."),
        "words": table(&json!({ "min": number(0, "At least."), "max": number(0, "At most.") }), &[], "How many words."),
        "first_word_ms": number(1, "Milliseconds to its first word, at most."),
        "finish": finish,
        "like": table(
            &json!({ "text": text("Which."), "at_least": { "type": "number", "minimum": 0, "maximum": 1 } }),
            &["text", "at_least"],
            "It is like this text.",
        ),
        "judge": texts("A model says that this holds of it."),
    }));
    let of_answer = common(json!({ "answer": { "type": "object", "description": "It has these fields." } }));
    let turn = json!({ "say": text("What is said."), "expect": { "$ref": "#/$defs/reply" } });
    let case = |mut more: Value, needs: &str| {
        if needs != "request" {
            more["conversation"] = text("The conversation in which it is asked, where nobody can begin one.");
        }
        more["name"] = text("What it is called; one of its name in the suite.");
        more["values"] = json!({
            "type": "array", "minItems": 1, "items": values(), "description": "A case for each of these rows.",
        });
        more["repeat"] = times("How often it is asked.");
        more["pass"] = times("How many of these times must hold.");
        table(&more, &["name", needs], "A case.")
    };
    let turns = json!({ "type": "array", "minItems": 1, "items": table(&turn, &["say"], "A turn.") });
    let request = table(
        &json!({ "key": text("The request's key."), "inputs": { "type": "object" } }),
        &["key"],
        "A data request that the channel's rules answer.",
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A suite of Patchcord's",
        "type": "object",
        "required": ["cases"],
        "properties": {
            "channel": text("The channel that is asked where -c names none."),
            "language": { "enum": Language::ALL.map(|(word, _)| word), "default": "en" },
            "repeat": times("How often each case is asked."),
            "pass": times("How many of these times must hold."),
            "variables": values(),
            "cases": { "type": "array", "minItems": 1, "items": { "oneOf": [
                case(turn, "say"),
                case(json!({ "turns": turns }), "turns"),
                case(json!({ "request": request, "expect": { "$ref": "#/$defs/answer" } }), "request"),
            ] } },
        },
        "additionalProperties": false,
        "$defs": {
            "reply": table(&of_reply, &[], "What must hold of the reply."),
            "answer": table(&of_answer, &[], "What must hold of the answer."),
        },
    })
}

fn json_of(text: &str) -> Value {
    let table: toml::Table = text.parse().expect("TOML");
    serde_json::to_value(table).expect("JSON")
}

#[test]
fn the_schema_of_a_suite_is_made_here() {
    let made = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    if std::env::var_os("PATCHCORD_WRITE_SCHEMA").is_some() {
        std::fs::write(FILE, &made).expect("written");
    }
    let there = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(there == made, "PATCHCORD_WRITE_SCHEMA=1 cargo test --test manual suite writes {FILE} anew");
}

#[test]
fn every_suite_that_is_shown_is_read_and_as_the_schema_says() {
    let schema = schema();
    let page = split(&read("docs/suites.md")).1;
    let shown = page.into_iter().filter(|block| block.text.contains("[[cases]]")).map(|block| block.text);
    let all: Vec<String> = shown.chain([read("assets/sandbox/suite.toml")]).collect();
    assert!(all.len() >= 3, "{}", all.len());
    for text in all {
        parse_suite(&text, Path::new("s.toml")).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
        assert_eq!(faults(&schema, &json_of(&text)), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let schema = schema();
    let good = read("assets/sandbox/suite.toml");
    for (from, to) in [
        ("channel =", "chanel ="),
        ("expect.contains = \"Shift", "expect.contain = \"Shift"),
        ("expect.finish = \"stop\"", "expect.finish = \"end\""),
        ("say = \"Which", "speak = \"Which"),
        ("repeat = 3", "repeat = 0"),
        ("at_least = 0.9", "at_least = 1.9"),
        ("min = 5", "least = 5"),
        ("[variables]", "language = \"english\"\n[variables]"),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        assert!(parse_suite(&wrong, Path::new("s.toml")).is_err(), "{wrong}");
        assert!(!faults(&schema, &json_of(&wrong)).is_empty(), "{to}");
    }
}
