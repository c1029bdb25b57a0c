//! Suites' files as people write them, right and wrong.

use std::path::Path;

use serde_json::json;

use super::*;
use crate::domain::{Asks, CaseTurn, ConversationId, Expectation};

fn read(text: &str) -> Result<Suite, String> {
    parse_suite(text, Path::new("tests/faq.toml")).map_err(|errors| errors.to_string())
}

fn turns(case: &Case) -> &[CaseTurn] {
    match &case.asks {
        Asks::Conversation(turns) => turns,
        Asks::Request(_) => panic!("a request"),
    }
}

#[test]
fn a_suite_is_read_with_its_values_filled_in() {
    let suite = read(
        r#"
channel = "docs"
language = "de"
repeat = 3
pass = 2

[variables]
product = "Patch.cord"

[[cases]]
name = "planets"
say = "How many planets does {{ product }} know?"
expect.contains = ["eight", "{{product}}"]
expect.matches = '^{{product}} .{2,3}'
expect.words = { max = 80 }
expect.like = { text = "There are eight.", at_least = 1 }
repeat = 5
conversation = "{{product}}-1"

[[cases]]
name = "the capital of {{country}}"
values = [{ country = "Norway", city = "Oslo" }, { country = "Italy", city = "Rome" }]
[[cases.turns]]
say = """
Hello
{{country}}"""
[[cases.turns]]
say = "And its capital?"
expect = { contains = "{{city}}", finish = "stop", judge = "it names {{city}}" }

[[cases]]
name = "a number"
say = "{{n}}"
values = [{ n = 7 }, { n = 1.5 }]

[[cases]]
name = "an order"
request = { key = "order", inputs = { id = "{{product}}", n = 3 } }
expect.answer = { status = "shipped" }
"#,
    )
    .unwrap();
    assert_eq!((suite.name.as_str(), suite.channel.as_ref().map(ChannelName::as_str)), ("faq", Some("docs")));
    let names: Vec<&str> = suite.cases.iter().map(|case| case.name.as_str()).collect();
    let wanted =
        ["planets", "the capital of Norway", "the capital of Italy", "a number #1", "a number #2", "an order"];
    assert_eq!(names, wanted);
    let planets = &suite.cases[0];
    assert_eq!((planets.repeat, planets.pass, planets.messages()), (5, 5, 5));
    assert_eq!(planets.conversation.as_ref().map(ConversationId::as_str), Some("Patch.cord-1"));
    assert_eq!(turns(planets)[0].say, "How many planets does Patch.cord know?");
    assert_eq!(turns(planets)[0].expect[1], Expectation::Contains("Patch.cord".to_owned()));
    let Expectation::Matches(pattern) = &turns(planets)[0].expect[2] else { panic!("{planets:?}") };
    assert_eq!(pattern.as_str(), r"^Patch\.cord .{2,3}");
    let Expectation::Like { language, .. } = &turns(planets)[0].expect[4] else { panic!("{planets:?}") };
    assert_eq!(*language, Language::German);
    let rome = &suite.cases[2];
    assert_eq!((rome.repeat, rome.pass, rome.messages(), rome.needs_judge()), (3, 2, 6, true));
    assert_eq!((turns(rome)[0].say.as_str(), turns(rome)[1].expect.len()), ("Hello\nItaly", 3));
    assert_eq!((turns(&suite.cases[3])[0].say.as_str(), turns(&suite.cases[4])[0].say.as_str()), ("7", "1.5"));
    let Asks::Request(request) = &suite.cases[5].asks else { panic!("no request") };
    assert_eq!((&request.inputs, suite.cases[5].messages()), (&json!({"id": "Patch.cord", "n": 3}), 0));
}

#[test]
fn every_error_is_told_at_once_with_its_place_and_what_was_meant() {
    let told = read(
        "chanel = \"docs\"\nlanguage = \"eng\"\n[variables]\ncity = \"Oslo\"\n\n\
         [[cases]]\nname = \"a\"\nsay = \"{{ctiy}}\"\nexpect.contain = \"x\"\nexpect.matches = \"a(\"\n\n\
         [[cases]]\nsay = \"x\"\nexpect.words = { max = -1 }\nexpect.finish = \"stopp\"\nrepeat = 2\npass = 3\n",
    )
    .unwrap_err();
    let lines: Vec<&str> = told.lines().collect();
    let wanted = [
        ("tests/faq.toml:1:1: chanel: unknown key; did you mean \"channel\"?", 0),
        ("tests/faq.toml:2:12: language: expected one of none, en", 1),
        ("tests/faq.toml:8:7: cases.say: there is no value \"ctiy\"; there are city; did you mean \"city\"?", 2),
        ("tests/faq.toml:9:8: expect.contain: unknown key; did you mean \"contains\"?", 3),
        ("tests/faq.toml:10:18: expect.matches: expected a regular expression", 4),
        ("tests/faq.toml:12:1: cases.name: missing", 5),
    ];
    for (wanted, at) in wanted {
        assert!(lines[at].starts_with(wanted), "{wanted}\n{told}");
    }
    for wanted in ["expect.words.max: expected", "expect.finish: expected", "cases.pass: expected at most repeat"] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
}

#[test]
fn what_is_no_suite_is_refused_with_its_key() {
    let case = |more: &str| format!("[[cases]]\nname = \"a\"\n{more}\n");
    let say = |more: &str| case(&format!("say = \"x\"\n{more}"));
    for (text, wanted) in [
        (String::new(), "cases: missing; a suite needs at least one [[cases]] table"),
        ("cases = []\n".to_owned(), "found an empty array"),
        ("[cases]\nname = \"a\"\n".to_owned(), "cases: expected at least one [[cases]] table, found a table"),
        (case(""), "expected exactly one of say, turns and request, found none"),
        (say("request = { key = \"a\" }"), "found more"),
        (say("say2 = 1"), "cases.say2: unknown key"),
        (say("values = []"), "cases.values"),
        (say("values = [{ \"a b\" = 1 }]"), "expected a name of letters"),
        (say("values = [{ a = [1] }]"), "cases.values.a: expected a text"),
        (say("expect = 3"), "expect: expected a table"),
        (say("expect.contains = []"), "expect.contains: expected at least one"),
        (say("expect.contains = \"{{a\""), "expected }} after {{"),
        (say("expect.contains = \"\""), "found an empty string"),
        (say("expect.answer = { a = 1 }"), "expect.answer: unknown key here; it is expected of a request"),
        (say("expect.like = { text = \"a\" }"), "expect.like.at_least: missing"),
        (say("expect.like = { text = \"a\", at_least = 1.5 }"), "expected a number from 0 to 1, found 1.5"),
        (say("expect.words = { min = 3, max = 2 }"), "expected no more for min than for max"),
        (say("expect.reply_ms = 0"), "expect.reply_ms: expected a whole number, 1 or more"),
        (say("expect.finish = \"cancelled\""), "expect.finish"),
        (say("repeat = 101"), "cases.repeat: expected a whole number from 1 to 100, found 101"),
        (case("say = \"a\\u001b[2J\""), "found a control character"),
        (case("turns = [{ say = \"a\" }]\nexpect.contains = \"b\""), "expected in each of the turns"),
        (case("turns = [{ expect = { contains = \"b\" } }]"), "cases.turns.say: missing"),
        (case("request = { key = \"a\" }\nexpect.judge = \"b\""), "it is expected of a turn, not of a request"),
        (say("conversation = \"\""), "cases.conversation: expected a conversation's id"),
        (case("request = { key = \"a\" }\nconversation = \"c\""), "cases.conversation: a request is asked in no"),
        (format!("{}{}", say(""), say("")), "found \"a\" a second time"),
        ("[variables]\na = [1]\n[[cases]]\nname = \"a\"\nsay = \"{{b}}\"\n".to_owned(), "variables.a: expected"),
        ("a = \n".to_owned(), "not TOML"),
    ] {
        let told = read(&text).unwrap_err();
        assert!(told.contains(wanted), "{wanted}\n{text}\n{told}");
    }
}
