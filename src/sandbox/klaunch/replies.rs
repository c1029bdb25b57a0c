//! What `KLaunch`'s bot says by webhook, and when: its answers, and what a few words in a message bring about.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::domain::Timestamp;

use super::super::bot::GREETING;
use super::super::context::SandboxContext;
use super::super::conversation_store::ConversationStore;
use super::super::history::StoredMessage;
use super::super::hooks::OutgoingHook;
use super::super::options::Pace;
use super::super::signing::unsigned;
use super::account::{CHANNEL, CHANNEL_ID, KEYWORD, WEBHOOK_KEY};

/// Where the picture is.
pub(super) const PICTURE: &str = "/klaunch/files/lighthouse.svg";
/// How long an answer takes that is asked to be slow.
const SLOW: Duration = Duration::from_secs(4);
/// The longest that the bot seems to write, at any pace but the unlimited one.
const LONGEST_TYPING: f32 = 2.5;
/// Who speaks where a person does.
const ADMIN: u32 = 7;

/// One message from the platform.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct BotMessage {
    text: String,
    quick_replies: Vec<String>,
    /// A picture, at this place in the text.
    picture: Option<usize>,
    admin: Option<u32>,
}

impl BotMessage {
    fn says(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// What a message brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReplyBehaviour {
    /// The bot starts.
    Greeting,
    /// A picture in the text.
    Picture,
    /// A person takes over.
    Human,
    /// The answer takes its time.
    Slow,
    /// The same webhook comes twice.
    Twice,
    /// The second of two messages comes first.
    Disorder,
    /// An answer.
    Answer,
}

impl ReplyBehaviour {
    fn for_message(text: &str) -> Self {
        let lower = text.trim().to_lowercase();
        if lower == KEYWORD {
            return Self::Greeting;
        }
        if lower.starts_with('/') {
            return Self::Answer;
        }
        let words = [
            ("picture", Self::Picture),
            ("human", Self::Human),
            ("agent", Self::Human),
            ("slow", Self::Slow),
            ("twice", Self::Twice),
            ("disorder", Self::Disorder),
        ];
        let mut said = lower.split(|c: char| !c.is_alphanumeric());
        let found = said.find_map(|word| words.iter().find(|(known, _)| *known == word));
        found.map_or(Self::Answer, |(_, behaviour)| *behaviour)
    }
}

/// Whom a message is answered.
pub(super) struct Recipient {
    pub(super) context: SandboxContext,
    pub(super) users: ConversationStore,
    /// The user's number.
    pub(super) user: u64,
}

/// Answers a message by webhook. Nobody waits for it.
pub(super) async fn reply(to: Recipient, before: Vec<StoredMessage>, text: String, attachments: Vec<String>) {
    let Recipient { context, users, user } = to;
    let behaviour = ReplyBehaviour::for_message(&text);
    let replies = match behaviour {
        ReplyBehaviour::Greeting => vec![greeting()],
        ReplyBehaviour::Picture => vec![picture()],
        ReplyBehaviour::Human => vec![
            BotMessage::says("I'll get a person for you."),
            BotMessage {
                admin: Some(ADMIN),
                ..BotMessage::says("Hello, Maya here, at the sandbox's desk. I am a person. What can I do for you?")
            },
        ],
        ReplyBehaviour::Slow => vec![BotMessage::says("That took its time, as you asked.")],
        ReplyBehaviour::Twice => vec![BotMessage::says("This was delivered twice; you should see it once.")],
        ReplyBehaviour::Disorder => vec![
            BotMessage::says("This was said first, and delivered second."),
            BotMessage::says("This was said second, and delivered first."),
        ],
        ReplyBehaviour::Answer if !attachments.is_empty() => vec![acknowledgement(&attachments)],
        ReplyBehaviour::Answer => vec![answer(&context, &before, &text).await],
    };
    let typing = match (behaviour, context.pace) {
        (ReplyBehaviour::Slow, _) => SLOW,
        (_, Pace::Unlimited) => Duration::ZERO,
        (_, Pace::WordsPerSecond(pace)) => typing(&replies, pace),
    };
    context.unless_stopping(tokio::time::sleep(typing)).await;
    for reply in &replies {
        if let Err(error) = users.record_reply(&user.to_string(), &reply.text).await {
            tracing::warn!(%error, "the sandbox could not keep a reply");
        }
    }
    let said = (context.clock)();
    let mut bodies: Vec<Value> = (0_i64..)
        .zip(&replies)
        .map(|(place, reply)| body(&context.base_url, user, reply, said.plus_millis(place)))
        .collect();
    match behaviour {
        ReplyBehaviour::Twice => bodies.extend_from_within(..),
        ReplyBehaviour::Disorder => bodies.reverse(),
        _ => {}
    }
    for body in bodies {
        context.hooks.post(OutgoingHook {
            channel: CHANNEL,
            path_key: Some(WEBHOOK_KEY),
            ordering_key: user.to_string(),
            scheme: unsigned,
            body: body.to_string().into(),
            response_sender: None,
        });
    }
}

/// How long the bot seems to write.
fn typing(replies: &[BotMessage], pace: f32) -> Duration {
    let words = replies.iter().flat_map(|reply| reply.text.split_whitespace()).count();
    Duration::try_from_secs_f32((words as f32 / pace).min(LONGEST_TYPING)).unwrap_or_default()
}

async fn answer(context: &SandboxContext, before: &[StoredMessage], text: &str) -> BotMessage {
    let spoken = match context.reply_to(before, text).await {
        Ok(mut reply) => context.collect_text(&mut reply).await,
        Err(error) => Err(error),
    };
    match spoken {
        Ok(text) => BotMessage { quick_replies: quick_replies_for(&text), ..BotMessage::says(text) },
        Err(error) => BotMessage::says(format!("I can't answer: {error}")),
    }
}

fn greeting() -> BotMessage {
    let quick_replies = ["What is Patchcord?", "Show me a picture", "I want to talk to a human"];
    BotMessage { quick_replies: quick_replies.map(str::to_owned).to_vec(), ..BotMessage::says(GREETING) }
}

fn picture() -> BotMessage {
    const BEFORE: &str = "Here is a picture of the lighthouse:\n";
    let text = format!("{BEFORE}\nIt stands between these two lines.");
    BotMessage {
        picture: Some(BEFORE.len()),
        quick_replies: vec!["Another picture".to_owned()],
        ..BotMessage::says(text)
    }
}

fn acknowledgement(attachments: &[String]) -> BotMessage {
    let noun = if attachments.len() == 1 { "attachment" } else { "attachments" };
    BotMessage::says(format!("I received {} {noun}:\n\n- {}", attachments.len(), attachments.join("\n- ")))
}

/// What an answer offers to ask next.
fn quick_replies_for(text: &str) -> Vec<String> {
    if text.ends_with("say “tell me more”.") {
        return vec!["Tell me more".to_owned(), "What can you do?".to_owned()];
    }
    let numbered = |line: &str| Some(line.split_once(". ").filter(|(n, _)| n.parse::<u8>().is_ok())?.1.to_owned());
    text.lines().filter(|line| line.ends_with('?')).filter_map(numbered).collect()
}

fn body(base_url: &str, user: u64, reply: &BotMessage, at: Timestamp) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    put("channelID", json!(CHANNEL_ID));
    put("message", json!(reply.text));
    put("userID", json!(user));
    put("timestamp", json!(at.millis()));
    if !reply.quick_replies.is_empty() {
        put("quickReplies", json!(reply.quick_replies));
    }
    if let Some(offset) = reply.picture {
        put("attachments", json!([{ "url": format!("{base_url}{PICTURE}"), "offset": offset }]));
    }
    if let Some(admin) = reply.admin {
        put("adminID", json!(admin));
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_brings_something_about() {
        for (text, behaviour) in [
            (" #Hello ", ReplyBehaviour::Greeting),
            ("#hello there", ReplyBehaviour::Answer),
            ("Show me a picture!", ReplyBehaviour::Picture),
            ("a HUMAN, please", ReplyBehaviour::Human),
            ("agent", ReplyBehaviour::Human),
            ("agents", ReplyBehaviour::Answer),
            ("say it twice", ReplyBehaviour::Twice),
            ("disorder", ReplyBehaviour::Disorder),
            ("go slow", ReplyBehaviour::Slow),
            ("/echo twice", ReplyBehaviour::Answer),
        ] {
            assert_eq!(ReplyBehaviour::for_message(text), behaviour, "{text}");
        }
    }

    #[test]
    fn an_answer_offers_what_it_suggests() {
        let list = "I don't know; you could ask\n\n1. How do I connect?\n2. What happens?";
        assert_eq!(quick_replies_for(list), ["How do I connect?", "What happens?"]);
        assert_eq!(quick_replies_for("There is more: say “tell me more”.").len(), 2);
        assert!(quick_replies_for("Plain.\nReally?").is_empty());
    }

    #[test]
    fn a_body_has_the_optional_fields_only_where_there_is_something_in_them() {
        let at = Timestamp::from_millis(5);
        let plain = body("http://h", 9, &BotMessage::says("hi"), at);
        let required = json!({ "channelID": "sandbox-flow", "message": "hi", "userID": 9, "timestamp": 5 });
        assert_eq!(plain, required);
        let rich = body("http://h", 9, &BotMessage { admin: Some(1), ..picture() }, at);
        assert_eq!(rich["attachments"][0]["url"], "http://h/klaunch/files/lighthouse.svg");
        let offset = usize::try_from(rich["attachments"][0]["offset"].as_u64().unwrap()).unwrap();
        assert!(rich["message"].as_str().unwrap()[..offset].ends_with(":\n"));
        assert_eq!((&rich["adminID"], rich["quickReplies"].as_array().unwrap().len()), (&json!(1), 1));
    }

    #[test]
    fn typing_takes_a_moment_and_no_more() {
        assert_eq!(typing(&[BotMessage::says("one two three")], 12.0), Duration::from_millis(250));
        assert_eq!(typing(&[BotMessage::says("word ".repeat(1000))], 12.0), Duration::from_millis(2_500));
    }
}
