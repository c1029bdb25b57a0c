//! The grammar, what it takes, and what it marks.

use super::*;
use crate::domain::{Attachment, ChannelName, ConversationId, Extras, MessageId, Moment, OutState, Role};

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-03-02T12:00:00Z").expect("valid")
}

fn query(text: &str) -> Query {
    Query::parse(text, now()).expect("understood")
}

fn message(text: &str) -> Message {
    Message {
        id: MessageId::new("m"),
        role: Role::User,
        text: text.to_owned(),
        created_at: Moment::at(now().plus_millis(-3_600_000)),
        extras: Extras::default(),
    }
}

fn takes(search: &str, message: &Message) -> bool {
    let channel = ChannelName::new("docs");
    let conversation = ConversationId::new("7bb301ad");
    let facts = Facts {
        channel: &channel,
        conversation: Some(&conversation),
        title: "How many planets are there?",
        state: None,
        failed: false,
        kept: None,
    };
    query(search).takes(message, &facts)
}

#[test]
fn every_word_must_be_there_and_no_other() {
    let said = message("There are **eight** planets:\n\nMercury, Venus");
    for yes in
        ["planet", "eight mercury", "EIGHT -moon", "\"mercury, venus\"", "are \"planets: mercury\"", "", "-pluto"]
    {
        assert_eq!(takes(yes, &said), yes != "EIGHT -moon", "{yes}");
    }
    for no in ["pluto", "planets pluto", "-planets", "\"eight planets\"", "-\"mercury, venus\"", "Eight"] {
        assert!(!takes(no, &said), "{no}");
    }
    assert!(takes("Mercury", &said));
}

#[test]
fn a_capital_asks_for_this_spelling_and_diacritics_never_matter() {
    let said = message("In the café, they said Über and naïve");
    assert!(takes("cafe naive uber", &said));
    assert!(takes("Uber CAFÉ", &message("Uber CAFE")));
    assert!(!takes("Cafe", &said));
    assert!(takes("Über", &said));
}

#[test]
fn attributes_are_asked_by_name() {
    let mut said = message("see https://example.org\n```rust\nfn main() {}\n```");
    said.extras.attachments.push(Attachment::default());
    for yes in [
        "channel:docs",
        "channel:flow,docs",
        "-channel:flow",
        "role:user",
        "ROLE:User,admin",
        "after:2h",
        "before:30m",
        "after:2026-03-01 before:2026-03-04",
        "has:attachment",
        "has:links has:code",
        "-has:error",
        "in:7bb3",
        "in:planets",
        "in:\"how many\"",
        "title:plnts",
        "-title:zebra",
        "-state:unknown",
    ] {
        assert!(takes(yes, &said), "{yes}");
    }
    for no in ["channel:doc", "role:assistant", "before:2h", "has:error", "in:ad", "title:zebra", "state:sent"] {
        assert!(!takes(no, &said), "{no}");
    }
    said.extras.state = Some(OutState::Unknown);
    assert!(takes("state:unknown,rejected has:error", &said));
    said.created_at = Moment { at: None, raw: "2024-16-01".to_owned() };
    assert!(!takes("after:2000", &said) && !takes("before:2100", &said), "it is not known when");
}

#[test]
fn what_only_looks_like_an_attribute_is_a_word() {
    assert!(takes("10:07", &message("at 10:07")));
    assert!(takes("https://example.org", &message("see https://example.org/a")));
    assert!(takes("\"role:assistant\"", &message("write role:assistant")));
    assert!(takes("- a", &message("a - b")));
    assert!(takes("\"open quo", &message("an open quote")));
    assert!(query("  \" \" ").is_empty());
}

#[test]
fn a_name_before_a_colon_that_is_no_attribute_can_be_told() {
    let name = |text: &str| query(text).no_attribute().map(str::to_owned);
    assert_eq!(name("refund -rol:user"), Some("rol".to_owned()));
    for fine in ["role:user", "https://example.org", "10:07", "\"rol:user\"", "-\"rol:user\"", ":", "rol user"] {
        assert_eq!(name(fine), None, "{fine}");
    }
}

#[test]
fn what_cannot_be_understood_is_named_with_its_place() {
    let error = |text: &str| {
        let QueryError { at, message } = Query::parse(text, now()).expect_err("wrong");
        format!("{}: {message}", text.get(at).expect("a place"))
    };
    assert_eq!(
        error("planets after:someday role:user"),
        "after:someday: after: takes 2d, 3h, 4w, today, yesterday, 2026-01-31 or 2026-01-31T10:07; not \"someday\"."
    );
    assert_eq!(error("é -has:wings"), "-has:wings: has: takes attachment, error, link, code; not \"wings\".");
    assert_eq!(error("role: x"), "role:: role: needs a word right after it, such as role:user.");
    assert!(error("state:gone").starts_with("state:gone: state: takes queued, sending, sent"));
}

#[test]
fn places_are_those_of_the_text_itself() {
    let places = |search: &str, text: &str| -> Vec<String> {
        query(search).places(text).into_iter().map(|at| text.get(at).expect("whole letters").to_owned()).collect()
    };
    assert_eq!(places("cafe", "Ein Café, zwei CAFE\u{301}S"), ["Café", "CAFE\u{301}"]);
    assert_eq!(places("\"a b\"", "xa \n\t b a b"), ["a \n\t b", "a b"]);
    assert_eq!(places("plan planet -net", "planets"), ["planet"]);
    assert_eq!(places("s", "Straße"), ["S", "ß"]);
    assert_eq!(places("退款", "申请退款退款了"), ["退款", "退款"]);
    assert_eq!(places("Rust", "rust Rust"), ["Rust"]);
    assert!(places("role:user", "role user").is_empty());
}

#[test]
fn an_excerpt_is_one_line_around_the_first_place() {
    let text = format!("{}the\n\nneedle here{}", "word ".repeat(50), " more".repeat(50));
    let excerpt = query("needle").excerpt(&text, 40);
    assert_eq!(excerpt.text, "the needle here more more more more more");
    assert_eq!(excerpt.places.as_slice(), std::slice::from_ref(&(4..10)));
    assert!(excerpt.before && excerpt.after);
    let near = query("dwarf").excerpt("And the dwarf planets, what of them?", 24);
    assert_eq!((near.text.as_str(), near.before, near.after), ("And the dwarf planets, w", false, true));
    let whole = query("x").excerpt("short", 40);
    assert_eq!((whole.text.as_str(), whole.before, whole.after), ("short", false, false));
}

#[test]
fn every_attribute_is_understood_as_hints_and_help_write_it() {
    for attribute in Attribute::ALL {
        let other = |word: &&str| format!("{}:{word}", attribute.name);
        let hinted = attribute.hint.map(|(written, _)| written.to_owned());
        let written = attribute.others.iter().map(other).chain(hinted).chain([attribute.usage.to_owned()]);
        for text in written {
            let query = query(&text);
            assert!(!matches!(query.terms(), [] | [Term { test: Test::Says(_), .. }]), "{text}");
        }
        let nothing = Query::parse(&format!("{}:", attribute.name), now()).expect_err("needs a value").message;
        let example = nothing.trim_end_matches('.').rsplit(' ').next().expect("a word");
        assert!(example.starts_with(&format!("{}:", attribute.name)) && !query(example).is_empty(), "{nothing}");
    }
    let states = OutState::ALL.map(OutState::as_str);
    let attribute = |name: &str| Attribute::ALL.iter().find(|attribute| attribute.name == name).expect("one");
    assert_eq!(attribute("state").others.len() + 1, states.len());
    assert_eq!(attribute("has").others.len() + 1, Has::ALL.len());
}
