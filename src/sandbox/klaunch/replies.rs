//! What `KLaunch`'s bot says by webhook, and when: its answers, and what a few words in a message bring about.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::domain::Timestamp;

use super::super::Pace;
use super::super::bot::GREETING;
use super::super::desk::Desk;
use super::super::history::Said;
use super::super::hooks::Hook;
use super::super::keys::{FLOW, KLAUNCH_CHANNEL, KLAUNCH_HOOK, KLAUNCH_KEYWORD};
use super::super::sign::Seal;
use super::PICTURE;

/// How long an answer takes that is asked to be slow.
const SLOW: Duration = Duration::from_secs(4);
/// The longest that the bot seems to write, at any pace but the unlimited one.
const LONGEST_TYPING: f32 = 2.5;
/// Who speaks where a person does.
const ADMIN: u32 = 7;

/// One message from the platform.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Reply {
    text: String,
    quick: Vec<String>,
    /// A picture, at this place in the text.
    picture: Option<usize>,
    admin: Option<u32>,
}

impl Reply {
    fn says(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// What a message brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
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

impl Wish {
    fn of(text: &str) -> Self {
        let lower = text.trim().to_lowercase();
        if lower == KLAUNCH_KEYWORD {
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
        found.map_or(Self::Answer, |(_, wish)| *wish)
    }
}

/// Answers a message by webhook. Nobody waits for it.
pub(super) async fn reply(desk: Desk, user: u64, before: Vec<Said>, text: String, attachments: Vec<String>) {
    let wish = Wish::of(&text);
    let replies = match wish {
        Wish::Greeting => vec![greeting()],
        Wish::Picture => vec![picture()],
        Wish::Human => vec![
            Reply::says("I'll get a person for you."),
            Reply {
                admin: Some(ADMIN),
                ..Reply::says("Hello, Maya here, at the sandbox's desk. I am a person. What can I do for you?")
            },
        ],
        Wish::Slow => vec![Reply::says("That took its time, as you asked.")],
        Wish::Twice => vec![Reply::says("This was delivered twice; you should see it once.")],
        Wish::Disorder => vec![
            Reply::says("This was said first, and delivered second."),
            Reply::says("This was said second, and delivered first."),
        ],
        Wish::Answer if !attachments.is_empty() => vec![received(&attachments)],
        Wish::Answer => vec![speak(&desk, &before, &text).await],
    };
    let typing = match (wish, desk.pace) {
        (Wish::Slow, _) => SLOW,
        (_, Pace::Unlimited) => Duration::ZERO,
        (_, Pace::WordsPerSecond(pace)) => typing(&replies, pace),
    };
    desk.unless_stopping(tokio::time::sleep(typing)).await;
    for reply in &replies {
        if let Err(error) = desk.flow.reply(&user.to_string(), &reply.text).await {
            tracing::warn!(%error, "the sandbox could not keep a reply");
        }
    }
    let said = (desk.clock)();
    let mut bodies: Vec<Value> = (0_i64..)
        .zip(&replies)
        .map(|(place, reply)| body(&desk.base_url, user, reply, said.plus_millis(place)))
        .collect();
    match wish {
        Wish::Twice => bodies.extend_from_within(..),
        Wish::Disorder => bodies.reverse(),
        _ => {}
    }
    for body in bodies {
        desk.hooks.post(Hook {
            channel: FLOW,
            key: Some(KLAUNCH_HOOK),
            lane: user.to_string(),
            seal: Seal::Bare,
            body: body.to_string().into(),
            told: None,
        });
    }
}

/// How long the bot seems to write.
fn typing(replies: &[Reply], pace: f32) -> Duration {
    let words = replies.iter().flat_map(|reply| reply.text.split_whitespace()).count();
    Duration::try_from_secs_f32((words as f32 / pace).min(LONGEST_TYPING)).unwrap_or_default()
}

async fn speak(desk: &Desk, before: &[Said], text: &str) -> Reply {
    let spoken = match desk.speak(before, text).await {
        Ok(mut speech) => desk.hear(&mut speech).await,
        Err(mute) => Err(mute.reason),
    };
    match spoken {
        Ok(text) => Reply { quick: suggested(&text), ..Reply::says(text) },
        Err(error) => Reply::says(format!("I can't answer: {error}")),
    }
}

fn greeting() -> Reply {
    let quick = ["What is Patchcord?", "Show me a picture", "I want to talk to a human"];
    Reply { quick: quick.map(str::to_owned).to_vec(), ..Reply::says(GREETING) }
}

fn picture() -> Reply {
    const BEFORE: &str = "Here is a picture of the lighthouse:\n";
    let text = format!("{BEFORE}\nIt stands between these two lines.");
    Reply { picture: Some(BEFORE.len()), quick: vec!["Another picture".to_owned()], ..Reply::says(text) }
}

fn received(attachments: &[String]) -> Reply {
    let noun = if attachments.len() == 1 { "attachment" } else { "attachments" };
    Reply::says(format!("I received {} {noun}:\n\n- {}", attachments.len(), attachments.join("\n- ")))
}

/// What an answer offers to ask next.
fn suggested(text: &str) -> Vec<String> {
    if text.ends_with("say “tell me more”.") {
        return vec!["Tell me more".to_owned(), "What can you do?".to_owned()];
    }
    let numbered = |line: &str| Some(line.split_once(". ").filter(|(n, _)| n.parse::<u8>().is_ok())?.1.to_owned());
    text.lines().filter(|line| line.ends_with('?')).filter_map(numbered).collect()
}

fn body(base_url: &str, user: u64, reply: &Reply, at: Timestamp) -> Value {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    put("channelID", json!(KLAUNCH_CHANNEL));
    put("message", json!(reply.text));
    put("userID", json!(user));
    put("timestamp", json!(at.millis()));
    if !reply.quick.is_empty() {
        put("quickReplies", json!(reply.quick));
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
        for (text, wish) in [
            (" #Hello ", Wish::Greeting),
            ("#hello there", Wish::Answer),
            ("Show me a picture!", Wish::Picture),
            ("a HUMAN, please", Wish::Human),
            ("agent", Wish::Human),
            ("agents", Wish::Answer),
            ("say it twice", Wish::Twice),
            ("disorder", Wish::Disorder),
            ("go slow", Wish::Slow),
            ("/echo twice", Wish::Answer),
        ] {
            assert_eq!(Wish::of(text), wish, "{text}");
        }
    }

    #[test]
    fn an_answer_offers_what_it_suggests() {
        let list = "I don't know; you could ask\n\n1. How do I connect?\n2. What happens?";
        assert_eq!(suggested(list), ["How do I connect?", "What happens?"]);
        assert_eq!(suggested("There is more: say “tell me more”.").len(), 2);
        assert!(suggested("Plain.\nReally?").is_empty());
    }

    #[test]
    fn a_body_has_the_optional_fields_only_where_there_is_something_in_them() {
        let at = Timestamp::from_millis(5);
        let plain = body("http://h", 9, &Reply::says("hi"), at);
        let required = json!({ "channelID": "sandbox-flow", "message": "hi", "userID": 9, "timestamp": 5 });
        assert_eq!(plain, required);
        let rich = body("http://h", 9, &Reply { admin: Some(1), ..picture() }, at);
        assert_eq!(rich["attachments"][0]["url"], "http://h/klaunch/files/lighthouse.svg");
        let offset = usize::try_from(rich["attachments"][0]["offset"].as_u64().unwrap()).unwrap();
        assert!(rich["message"].as_str().unwrap()[..offset].ends_with(":\n"));
        assert_eq!((&rich["adminID"], rich["quickReplies"].as_array().unwrap().len()), (&json!(1), 1));
    }

    #[test]
    fn typing_takes_a_moment_and_no_more() {
        assert_eq!(typing(&[Reply::says("one two three")], 12.0), Duration::from_millis(250));
        assert_eq!(typing(&[Reply::says("word ".repeat(1000))], 12.0), Duration::from_millis(2_500));
    }
}
