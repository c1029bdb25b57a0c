//! Tests of the room, and what they share.

mod format;
mod html;
mod names;
mod page;
mod reading;
mod sanitised;

use serde_json::{Value, json};

use super::*;
use crate::domain::{
    Attachment, ChannelName, ConversationId, Extras, Message, MessageId, Moment, OutState, Role, Timestamp,
};

/// A whole conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Transcript {
    head: TranscriptHead,
    messages: Vec<Message>,
}

impl Transcript {
    fn outline(&self) -> Outline {
        Outline { head: self.head.clone(), messages: self.messages.len() }
    }
}

/// The pieces of a text, put together.
impl Format {
    fn one(self, transcript: &Transcript) -> String {
        self.joined(std::slice::from_ref(transcript), Layout::Alone)
    }

    fn many(self, transcripts: &[Transcript]) -> String {
        self.joined(transcripts, Layout::Several)
    }

    fn joined(self, transcripts: &[Transcript], layout: Layout) -> String {
        let outlines: Vec<Outline> = transcripts.iter().map(Transcript::outline).collect();
        let mut text = String::new();
        self.begin(&mut text, &outlines, layout);
        for (number, transcript) in transcripts.iter().enumerate() {
            text.push_str(if number > 0 { self.between() } else { "" });
            let place = ConversationPlace { layout, number };
            let at = |number| MessagePlace { of: &transcript.head.id, conversation: place, number };
            let (above, below) =
                transcript.messages.split_at(self.messages_before_head().min(transcript.messages.len()));
            above.iter().enumerate().for_each(|(number, message)| self.message(&mut text, message, at(number)));
            self.head(&mut text, &outlines[number], place);
            let below = below.iter().enumerate();
            below.for_each(|(n, message)| self.message(&mut text, message, at(above.len() + n)));
            self.foot(&mut text, &outlines[number], place);
        }
        self.end(&mut text, &outlines, layout);
        text
    }
}

fn head() -> TranscriptHead {
    TranscriptHead {
        title: "How many\nplanets?".into(),
        channel: ChannelName::new("docs"),
        id: ConversationId::new("7b/1"),
        created_at: Moment::default(),
        details: Vec::new(),
    }
}

fn message(id: &str, role: &str, text: &str) -> Message {
    let at = Timestamp::parse_rfc3339("2024-01-16T10:07:04.296Z").unwrap();
    Message {
        id: MessageId::new(id),
        role: Role::from_word(role),
        text: text.to_owned(),
        created_at: Moment::at(at),
        extras: Extras::default(),
    }
}

fn transcript() -> Transcript {
    let messages = vec![
        message("m1", "user", "How many\nplanets?"),
        Message {
            created_at: Moment { at: None, raw: "yesterday".to_owned() },
            ..message("m2", "narrator", "\u{1b}[31m**Eight**\u{202e}.\n")
        },
    ];
    Transcript { head: head(), messages }
}

/// One with everything that a conversation and a message can have.
fn full() -> Transcript {
    let mut last = message("m3", "assistant", "See this.");
    last.created_at.raw = "2024-01-16T12:07:04.296123+02:00".to_owned();
    last.extras = Extras {
        quick_replies: vec!["Yes".to_owned(), "<b>No</b>".to_owned()],
        attachments: vec![
            Attachment { url: "https://x.example/a.png".to_owned(), offset: Some(3), name: Some("a.png".to_owned()) },
            Attachment { url: "javascript:alert(1)".to_owned(), offset: None, name: None },
        ],
        admin_id: Some("17".to_owned()),
        author: Some("Mali".to_owned()),
        via: Some("push".to_owned()),
        state: Some(OutState::Unknown),
        ..Extras::default()
    };
    let Transcript { mut head, mut messages } = transcript();
    head.created_at = Moment { at: None, raw: "2024-16-01".to_owned() };
    head.details = vec![("status".to_owned(), "open".to_owned()), ("mood".to_owned(), "<good>".to_owned())];
    messages.push(last);
    Transcript { head, messages }
}

#[test]
fn markdown_has_its_head_and_the_exact_text() {
    assert_eq!(
        Format::Markdown.one(&transcript()),
        "# How many planets?\n\n- Channel: docs\n- Conversation: 7b/1\n- Messages: 2\n\
         \n## user · 2024-01-16T10:07:04.296Z\n\nHow many\nplanets?\n\
         \n## narrator · yesterday\n\n\u{1b}[31m**Eight**\u{202e}.\n"
    );
    let untitled = Transcript { head: TranscriptHead { title: " ".to_owned(), ..head() }, messages: Vec::new() };
    assert!(Format::Markdown.one(&untitled).starts_with("# Conversation\n"));
    assert!(Format::Markdown.one(&full()).ends_with(
        "\nSee this.\n\n- Attachment: a.png https://x.example/a.png\n- Attachment: javascript:alert(1)\n\
         - Offered: Yes\n- Offered: <b>No</b>\n"
    ));
    let two = Format::Markdown.many(&[transcript(), untitled]);
    assert!(two.contains("\u{202e}.\n\n---\n\n# Conversation\n"), "{two}");
}

#[test]
fn json_reads_back_as_it_was() {
    let value: Value = serde_json::from_str(&Format::Json.one(&transcript())).unwrap();
    assert_eq!(value["conversation"], json!({"id":"7b/1","channel":"docs","title":"How many\nplanets?"}));
    assert_eq!(
        value["messages"][0],
        json!({"id":"m1","role":"user","text":"How many\nplanets?","created_at":"2024-01-16T10:07:04.296Z"})
    );
    assert_eq!(value["messages"][1]["created_at"], Value::Null);
    assert_eq!(value["messages"][1]["created_at_raw"], "yesterday");
    assert_eq!(value["messages"][1]["text"], "\u{1b}[31m**Eight**\u{202e}.\n");
    let all: Value = serde_json::from_str(&Format::Json.many(&[transcript(), full()])).unwrap();
    assert_eq!(all["conversations"][0], value);
    assert_eq!(all["conversations"][1]["conversation"]["details"], json!([["status", "open"], ["mood", "<good>"]]));
}

/// A document that is put together piece by piece is the one that serde makes of the whole.
#[test]
fn json_is_laid_out_as_one_value() {
    let value = |transcript: &Transcript| {
        let text = Format::Jsonl.one(transcript);
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut about = lines[0]["conversation"].clone();
        about.as_object_mut().unwrap().shift_remove("message_count");
        for line in &mut lines {
            let line = line.as_object_mut().unwrap();
            line.shift_remove("conversation");
            line.shift_remove("conversation_id");
        }
        lines.retain(|line| line.as_object().is_some_and(|line| !line.is_empty()));
        json!({ "conversation": about, "messages": lines })
    };
    let empty = Transcript { head: head(), messages: Vec::new() };
    for one in [&transcript(), &full(), &empty] {
        assert_eq!(Format::Json.one(one), format!("{:#}\n", value(one)));
    }
    let all = [full(), empty, transcript()];
    for many in [&all[..], &all[..1], &[]] {
        let conversations: Vec<Value> = many.iter().map(value).collect();
        assert_eq!(Format::Json.many(many), format!("{:#}\n", json!({ "conversations": conversations })));
    }
}

#[test]
fn lines_are_messages_that_say_where_they_belong() {
    let text = Format::Jsonl.one(&transcript());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines[0],
        json!({"id":"m1","role":"user","text":"How many\nplanets?","created_at":"2024-01-16T10:07:04.296Z",
            "conversation_id":"7b/1","conversation":
                {"id":"7b/1","channel":"docs","title":"How many\nplanets?","message_count":2}})
    );
    assert_eq!(
        lines[1],
        json!({"id":"m2","role":"narrator","text":"\u{1b}[31m**Eight**\u{202e}.\n","created_at":null,
            "created_at_raw":"yesterday","conversation_id":"7b/1"})
    );
    let empty = Format::Jsonl.one(&Transcript { head: head(), messages: Vec::new() });
    assert_eq!(empty.lines().count(), 1);
}
