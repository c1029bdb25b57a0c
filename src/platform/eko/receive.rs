//! What Eko posts: a list of events, each a message or that somebody opened a talk with the bot. Pure.
//!
//! Both spellings of a person's id and of a time are read. A talk is a group's where a topic is named: what Eko calls
//! the kind of a group is not to be relied on.

use serde_json::Value;

use super::super::lenient_json::{self, Object};
use super::super::{Ack, Reception, Rejection};
use super::conversation::EkoConversation;
use crate::domain::{
    Attachment, Delivery, Extras, Fault, Inbound, Meaning, Message, MessageId, Moment, ReplyHandle, Role,
};
use crate::http::Address;
use crate::signature::fingerprint;

/// How long a reply token is used. Eko documents no life; about a minute was seen.
const TOKEN_LIFE_MS: i64 = 50_000;
/// A delivery is later than that by a wrong clock alone.
const LATEST_MS: u64 = 24 * 3_600_000;

/// All that a delivery says.
pub(super) fn read(delivery: &Delivery, base: &Address) -> Result<Reception, Rejection> {
    let body = lenient_json::document(&delivery.body);
    let body = body.map_err(|what| Rejection::malformed(format!("{what} where an object should be")))?;
    let Some(Value::Array(events)) = body.get("events") else {
        return Err(Rejection::malformed("events is missing or no array"));
    };
    let (mut inbound, mut damage) = (Vec::with_capacity(events.len()), body.damage.clone());
    for (at, event) in events.iter().enumerate() {
        let Value::Object(fields) = event else {
            // What else was said in the same delivery is not lost for it.
            damage.note(&format!("/events/{at}"), Fault::Kind);
            continue;
        };
        inbound.push(EkoEvent { fields, delivery, base }.inbound());
    }
    if inbound.is_empty() && !events.is_empty() {
        return Err(Rejection::malformed("none of events is an object"));
    }
    let summary = lenient_json::summary(summary(&inbound), &damage);
    Ok(Reception { inbound, ack: Ack::Ok, summary })
}

fn summary(inbound: &[Inbound]) -> String {
    let first = match inbound.first().map(|first| &first.meaning) {
        None => return "no events".to_owned(),
        Some(Meaning::Message { message, .. }) => lenient_json::quotable(&message.text).unwrap_or_default(),
        Some(Meaning::Joined { title, .. }) => lenient_json::quotable(&format!("{title} joined")).unwrap_or_default(),
        Some(Meaning::Event { kind, .. }) => lenient_json::quotable(kind).unwrap_or_default(),
        Some(Meaning::Request(_) | Meaning::Probe { .. }) => String::new(),
    };
    if inbound.len() > 1 { format!("{first} (+{})", inbound.len() - 1) } else { first }
}

struct EkoEvent<'a> {
    fields: &'a Object,
    delivery: &'a Delivery,
    base: &'a Address,
}

impl EkoEvent<'_> {
    fn part(&self, key: &str) -> Option<&Object> {
        self.fields.get(key)?.as_object()
    }

    /// The first id under one of these names, in the message or its source.
    fn id(&self, keys: &[&str]) -> Option<String> {
        let parts = [self.part("message"), self.part("source")];
        parts.into_iter().flatten().find_map(|part| keys.iter().find_map(|key| lenient_json::id(part.get(*key))))
    }

    fn inbound(&self) -> Inbound {
        let at = lenient_json::moment_or_millis(self.fields.get("timestamp"));
        let kind = lenient_json::text(self.fields.get("type"));
        let id = self.part("message").and_then(|message| lenient_json::id(message.get("id")));
        let id = id
            .filter(|_| kind == "message")
            .unwrap_or_else(|| fingerprint(&[Value::Object(self.fields.clone()).to_string().as_bytes()]));
        let key = at.at.map_or_else(|| id.clone(), |at| format!("{:015}-{id}", at.millis().max(0)));
        Inbound { key, meaning: self.meaning(kind, at, id) }
    }

    fn meaning(&self, kind: String, at: Moment, id: String) -> Meaning {
        let place = self.place();
        match (kind.as_str(), place, self.part("message")) {
            ("message", Some(place), Some(message)) => {
                let text = text(message);
                let extras =
                    Extras { attachments: self.attachment(message), author: self.author(), ..Extras::default() };
                let message = Message { id: MessageId::new(id), role: Role::User, text, created_at: at, extras };
                Meaning::Message { conversation: place.id(), title: self.title(&place), message, reply: self.reply() }
            }
            ("join", Some(place), _) => {
                Meaning::Joined { conversation: place.id(), title: self.title(&place), at, reply: self.reply() }
            }
            (_, place, _) => {
                let kind = if kind.is_empty() { "without a type".to_owned() } else { kind };
                Meaning::Event { conversation: place.map(|place| place.id()), kind, details: Vec::new() }
            }
        }
    }

    /// A topic makes it a group's. A group without one is its main talk, but for a source that says that the talk is
    /// with one person: those have a group of their own behind them, which nobody sees.
    fn place(&self) -> Option<EkoConversation> {
        let group = self.id(&["groupId", "gid"]);
        let topic = self.id(&["topicId", "tid"]);
        let direct =
            self.part("source").is_some_and(|source| lenient_json::text(source.get("type")) == "direct_chat");
        match (group, topic) {
            (Some(group), Some(topic)) => Some(EkoConversation::Topic { group, topic }),
            (Some(group), None) if !direct => Some(EkoConversation::Topic { group, topic: String::new() }),
            _ => self.user().map(EkoConversation::User),
        }
    }

    fn user(&self) -> Option<String> {
        let source = self.part("source")?;
        ["uid", "userId"].iter().find_map(|key| lenient_json::id(source.get(*key)))
    }

    fn author(&self) -> Option<String> {
        lenient_json::id(self.part("source")?.get("username"))
    }

    fn title(&self, place: &EkoConversation) -> String {
        match place {
            EkoConversation::User(user) => self.author().unwrap_or_else(|| user.clone()),
            EkoConversation::Topic { group, .. } => {
                self.id(&["topicName", "groupName"]).unwrap_or_else(|| format!("group {group}"))
            }
        }
    }

    /// None for what the program posts again itself: the token's life began long ago.
    fn reply(&self) -> Option<ReplyHandle> {
        let token = lenient_json::id(self.fields.get("replyToken")).filter(|_| !self.delivery.replay)?;
        // It lives from when the platform made it: a delivery may be late. A time ahead of ours, or days behind it, is a
        // wrong clock and says nothing; a token that is refused is no loss, the answer is pushed then.
        let came = self.delivery.at;
        let made = lenient_json::moment_or_millis(self.fields.get("timestamp")).at;
        let born = made.filter(|made| *made < came && came.since(*made) < LATEST_MS).unwrap_or(came);
        Some(ReplyHandle { token, expires: born.plus_millis(TOKEN_LIFE_MS) })
    }

    fn attachment(&self, message: &Object) -> Vec<Attachment> {
        let id = ["pictureId", "fileId"].iter().find_map(|key| lenient_json::id(message.get(*key))).or_else(|| {
            let inner = ["picture", "file"].iter().find_map(|key| message.get(*key)?.as_object())?;
            lenient_json::id(inner.get("_id")).or_else(|| lenient_json::id(inner.get("id")))
        });
        let address = id.and_then(|id| self.base.join(&["file", "view", &id]).ok());
        let url = address.map(|address| address.query(&[("size", "large")]).link());
        url.map(|url| Attachment { url, offset: None, name: name(message) }).into_iter().collect()
    }
}

/// A message's words, or a line for what has none.
fn text(message: &Object) -> String {
    let kind = lenient_json::text(message.get("type"));
    let text = lenient_json::text(message.get("text"));
    let line = |what: &str, name: Option<String>| match name {
        Some(name) => format!("[{what} {name}]"),
        None => format!("[{what}]"),
    };
    let mark = match kind.as_str() {
        "" | "text" => return text,
        "sticker" => {
            let ids: Vec<String> =
                ["packageId", "stickerId"].iter().filter_map(|key| lenient_json::id(message.get(*key))).collect();
            line("sticker", (!ids.is_empty()).then(|| ids.join("/")))
        }
        kind => line(kind, name(message)),
    };
    if text.is_empty() { mark } else { format!("{mark}\n{text}") }
}

fn name(message: &Object) -> Option<String> {
    ["fileName", "filename", "name"].iter().find_map(|key| lenient_json::id(message.get(*key)))
}

#[cfg(test)]
mod tests;
