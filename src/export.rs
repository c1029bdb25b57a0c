//! A conversation as a file: markdown, one JSON document, or one JSON object a line. Floor 2.
//!
//! Owns the shape of an exported conversation and of a message in JSON. Pure: it reads nothing and writes nowhere. The
//! text is exact: what is untrusted in it is made safe where it is shown, not in a file.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::domain::{ChannelName, ConversationId, Message, Moment, Timestamp};

/// What stands above the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What a list calls the conversation.
    pub title: String,
    /// The channel that it is of.
    pub channel: ChannelName,
    /// Its id.
    pub id: ConversationId,
}

/// Markdown: the head, then each message under who wrote it and when.
pub fn markdown(head: &Head, messages: &[Message]) -> String {
    let title = one_line(&head.title);
    let title = if title.is_empty() { "Conversation" } else { &title };
    let (channel, id) = (one_line(head.channel.as_str()), one_line(head.id.as_str()));
    let mut text =
        format!("# {title}\n\n- Channel: {channel}\n- Conversation: {id}\n- Messages: {}\n", messages.len());
    for message in messages {
        let role = one_line(message.role.as_str());
        let time = message.created_at.at.map_or_else(|| one_line(&message.created_at.raw), Timestamp::to_rfc3339);
        let separator = if time.is_empty() { "" } else { " · " };
        let _ = write!(text, "\n## {role}{separator}{time}\n\n{}", message.text);
        if !message.text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// One JSON document.
pub fn json(head: &Head, messages: &[Message]) -> String {
    let document = json!({
        "conversation": { "id": head.id.as_str(), "channel": head.channel.as_str(), "title": head.title },
        "messages": messages.iter().map(message_value).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// One JSON object a line, one line a message.
pub fn jsonl(messages: &[Message]) -> String {
    messages.iter().fold(String::new(), |mut text, message| {
        let _ = writeln!(text, "{}", message_value(message));
        text
    })
}

/// A message in JSON, as every command writes it.
pub fn message_value(message: &Message) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), message.id.as_str().into());
    object.insert("role".to_owned(), message.role.as_str().into());
    object.insert("text".to_owned(), message.text.as_str().into());
    put_moment(&mut object, &message.created_at);
    if let Some(state) = message.extras.state {
        object.insert("state".to_owned(), state.as_str().into());
    }
    Value::Object(object)
}

/// `created_at` in RFC 3339 and UTC; where the platform's time can't be read null, with its text beside it.
pub fn put_moment(object: &mut Map<String, Value>, moment: &Moment) {
    object.insert("created_at".to_owned(), moment.at.map(Timestamp::to_rfc3339).into());
    if moment.at.is_none() {
        object.insert("created_at_raw".to_owned(), moment.raw.as_str().into());
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{MessageId, Role};

    fn head() -> Head {
        Head {
            title: "How many\nplanets?".into(),
            channel: ChannelName::new("docs"),
            id: ConversationId::new("7b/1"),
        }
    }

    fn messages() -> Vec<Message> {
        let at = Timestamp::parse_rfc3339("2024-01-16T10:07:04.296Z").unwrap();
        vec![
            Message {
                id: MessageId::new("m1"),
                role: Role::User,
                text: "How many\nplanets?".to_owned(),
                created_at: Moment::at(at),
                extras: crate::domain::Extras::default(),
            },
            Message {
                id: MessageId::new("m2"),
                role: Role::Other("narrator".to_owned()),
                text: "\u{1b}[31m**Eight**\u{202e}.\n".to_owned(),
                created_at: Moment { at: None, raw: "yesterday".to_owned() },
                extras: crate::domain::Extras::default(),
            },
        ]
    }

    #[test]
    fn markdown_has_its_head_and_the_exact_text() {
        assert_eq!(
            markdown(&head(), &messages()),
            "# How many planets?\n\n- Channel: docs\n- Conversation: 7b/1\n- Messages: 2\n\
             \n## user · 2024-01-16T10:07:04.296Z\n\nHow many\nplanets?\n\
             \n## narrator · yesterday\n\n\u{1b}[31m**Eight**\u{202e}.\n"
        );
        assert!(markdown(&Head { title: " ".to_owned(), ..head() }, &[]).starts_with("# Conversation\n"));
    }

    #[test]
    fn json_reads_back_as_it_was() {
        let value: Value = serde_json::from_str(&json(&head(), &messages())).unwrap();
        assert_eq!(value["conversation"], json!({"id":"7b/1","channel":"docs","title":"How many\nplanets?"}));
        assert_eq!(
            value["messages"][0],
            json!({"id":"m1","role":"user","text":"How many\nplanets?","created_at":"2024-01-16T10:07:04.296Z"})
        );
        assert_eq!(value["messages"][1]["created_at"], Value::Null);
        assert_eq!(value["messages"][1]["created_at_raw"], "yesterday");
        assert_eq!(value["messages"][1]["text"], "\u{1b}[31m**Eight**\u{202e}.\n");
    }

    #[test]
    fn jsonl_has_one_line_a_message() {
        let text = jsonl(&messages());
        let values: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(values, messages().iter().map(message_value).collect::<Vec<_>>());
    }
}
