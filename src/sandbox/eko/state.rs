//! The state: who is on Eko, where they talk, and which tokens are good. Pure: the time is an argument.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::Timestamp;

/// How long an access token is good.
pub(super) const ACCESS_SECONDS: i64 = 3_600;
/// How long a reply token is good.
pub(super) const REPLY_MILLIS: i64 = 60_000;

/// Somebody on Eko.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EkoPerson {
    pub(super) id: &'static str,
    pub(super) username: &'static str,
    pub(super) firstname: &'static str,
    pub(super) lastname: &'static str,
}

/// Who there is. The last has not met the bot yet.
pub(super) const PEOPLE: [EkoPerson; 4] = [
    person("5f3a1c20b4e8d70017a90001", "mali.s", "Mali", "Srisuk"),
    person("5f3a1c20b4e8d70017a90002", "tom.baker", "Tom", "Baker"),
    person("5f3a1c20b4e8d70017a90003", "ananya.k", "Ananya", "Kittisak"),
    person("5f3a1c20b4e8d70017a90004", "niran.w", "Niran", "Wongsa"),
];
/// The group that is there from the start.
pub(super) const GROUP: &str = "5f3a1c20b4e8d70017a9a001";
/// Its main chat.
pub(super) const GENERAL: &str = "5f3a1c20b4e8d70017a9b001";
/// Its topic.
pub(super) const TOPIC: &str = "5f3a1c20b4e8d70017a9b002";

const fn person(
    id: &'static str,
    username: &'static str,
    firstname: &'static str,
    lastname: &'static str,
) -> EkoPerson {
    EkoPerson { id, username, firstname, lastname }
}

/// Where something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EkoChat {
    /// Between the bot and one person.
    Direct { uid: String },
    /// In a group's topic.
    Topic { gid: String, tid: String },
}

/// Where the bot wants to write, as it says so.
#[derive(Debug, Clone)]
pub(super) enum SendTarget {
    User(String),
    /// A group and a topic; no topic means the main chat.
    Group(String, String),
    Reply(String),
}

/// What the bot writes, as far as people care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BotContent {
    Text(String),
    Picture,
    File,
    /// Quick replies: what each of them says.
    Choices(Vec<String>),
}

/// What became of something that the bot wrote.
#[derive(Debug)]
pub(super) struct SentMessage {
    pub(super) message: String,
    pub(super) chat: EkoChat,
    /// Who answers, by number.
    pub(super) answers: usize,
    /// Counts what was sent, for the choice of words.
    pub(super) turn: usize,
}

/// Why something can't be done.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EkoError {
    #[error("no such user")]
    User,
    #[error("no such group or topic")]
    Group,
    #[error("the reply token is unknown, used, or older than 60 seconds")]
    ReplyToken,
    #[error("the sandbox is stopping")]
    Stopping,
}

struct EkoGroup {
    id: String,
    members: Vec<usize>,
    topics: Vec<String>,
}

/// Who is where, and which tokens are good.
pub(super) struct EkoState {
    access: HashMap<String, Timestamp>,
    replies: HashMap<String, (EkoChat, Timestamp)>,
    groups: Vec<EkoGroup>,
    turn: usize,
}

impl EkoState {
    pub(super) fn new() -> Self {
        let group = EkoGroup {
            id: GROUP.to_owned(),
            members: vec![0, 1, 2],
            topics: vec![GENERAL.to_owned(), TOPIC.to_owned()],
        };
        Self { access: HashMap::new(), replies: HashMap::new(), groups: vec![group], turn: 0 }
    }

    /// A new access token.
    pub(super) fn grant(&mut self, now: Timestamp) -> String {
        self.access.retain(|_, until| *until > now);
        let token = unguessable();
        self.access.insert(token.clone(), now.plus_millis(ACCESS_SECONDS * 1_000));
        token
    }

    /// Whether an access token is good.
    pub(super) fn admits(&self, token: &str, now: Timestamp) -> bool {
        self.access.get(token).is_some_and(|until| *until > now)
    }

    /// No access token is good any more.
    pub(super) fn revoke(&mut self) {
        self.access.clear();
    }

    /// Takes something that the bot writes.
    pub(super) fn send(&mut self, target: SendTarget, now: Timestamp) -> Result<SentMessage, EkoError> {
        let chat = match target {
            SendTarget::User(uid) => {
                known(&uid).ok_or(EkoError::User)?;
                EkoChat::Direct { uid }
            }
            SendTarget::Group(gid, tid) => {
                let group = self.groups.iter().find(|group| group.id == gid).ok_or(EkoError::Group)?;
                let tid =
                    if tid.is_empty() { group.topics.first() } else { group.topics.iter().find(|t| **t == tid) };
                EkoChat::Topic { gid, tid: tid.cloned().ok_or(EkoError::Group)? }
            }
            SendTarget::Reply(token) => {
                let (chat, until) = self.replies.remove(&token).ok_or(EkoError::ReplyToken)?;
                if until <= now {
                    return Err(EkoError::ReplyToken);
                }
                chat
            }
        };
        self.turn += 1;
        let answers = self.answers(&chat);
        Ok(SentMessage { message: id(), chat, answers, turn: self.turn })
    }

    /// Who answers in a chat: in a group its members take turns.
    fn answers(&self, chat: &EkoChat) -> usize {
        match chat {
            EkoChat::Direct { uid } => known(uid).unwrap_or_default(),
            EkoChat::Topic { gid, .. } => {
                let members = self.groups.iter().find(|group| group.id == *gid).map(|group| &group.members);
                members.and_then(|members| members.get(self.turn % members.len().max(1))).copied().unwrap_or_default()
            }
        }
    }

    /// Opens a group with a main chat; gives its id and how many are in it, the bot among them.
    pub(super) fn open_group(&mut self, uids: &[String]) -> Result<(String, usize), EkoError> {
        let mut members = Vec::new();
        for uid in uids {
            let member = known(uid).ok_or(EkoError::User)?;
            if !members.contains(&member) {
                members.push(member);
            }
        }
        let count = members.len() + 1;
        let group = EkoGroup { id: id(), members, topics: vec![id()] };
        let gid = group.id.clone();
        self.groups.push(group);
        Ok((gid, count))
    }

    /// Opens a topic in a group; gives its id.
    pub(super) fn open_topic(&mut self, gid: &str) -> Result<String, EkoError> {
        let group = self.groups.iter_mut().find(|group| group.id == gid).ok_or(EkoError::Group)?;
        let tid = id();
        group.topics.push(tid.clone());
        Ok(tid)
    }

    /// Somebody says something: the event that Eko posts, with a fresh reply token.
    pub(super) fn say(&mut self, person: usize, chat: EkoChat, text: &str, now: Timestamp) -> Value {
        let who = PEOPLE.get(person).unwrap_or(&PEOPLE[0]);
        let mut message = json!({ "id": id(), "type": "text" });
        if let EkoChat::Topic { gid, tid } = &chat {
            message["groupId"] = json!(gid);
            message["topicId"] = json!(tid);
        }
        message["text"] = json!(text);
        json!({
            "replyToken": self.reply_token(chat, now),
            "type": "message",
            "source": { "type": "user", "userId": who.id, "username": who.username },
            "message": message,
            "timestamp": now.to_rfc3339(),
        })
    }

    /// Somebody opens a chat with the bot: the event that Eko posts. Its time is a number, unlike a message's.
    pub(super) fn join(&mut self, person: usize, now: Timestamp) -> Value {
        let uid = PEOPLE.get(person).unwrap_or(&PEOPLE[0]).id;
        json!({
            "replyToken": self.reply_token(EkoChat::Direct { uid: uid.to_owned() }, now),
            "type": "join",
            "source": { "type": "direct_chat", "uid": uid },
            "timestamp": now.millis(),
        })
    }

    fn reply_token(&mut self, chat: EkoChat, now: Timestamp) -> String {
        self.replies.retain(|_, (_, until)| *until > now);
        let token = unguessable();
        self.replies.insert(token.clone(), (chat, now.plus_millis(REPLY_MILLIS)));
        token
    }
}

/// A person's number.
fn known(uid: &str) -> Option<usize> {
    PEOPLE.iter().position(|person| person.id == uid)
}

/// 24 hexadecimal digits, as the platform's ids are.
fn id() -> String {
    Uuid::new_v4().simple().to_string().get(..24).unwrap_or_default().to_owned()
}

/// 40 hexadecimal digits, as the platform's tokens are.
fn unguessable() -> String {
    let digits = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    digits.get(..40).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn token(event: &Value) -> String {
        event["replyToken"].as_str().unwrap().to_owned()
    }

    #[test]
    fn an_access_token_is_good_for_an_hour_unless_revoked() {
        let mut state = EkoState::new();
        let (one, other) = (state.grant(NOON), state.grant(NOON));
        assert!(one != other && one.len() == 40);
        assert!(state.admits(&one, NOON.plus_millis(ACCESS_SECONDS * 1_000 - 1)));
        assert!(!state.admits(&one, NOON.plus_millis(ACCESS_SECONDS * 1_000)));
        assert!(!state.admits("", NOON) && !state.admits("guess", NOON));
        state.revoke();
        assert!(!state.admits(&other, NOON));
    }

    #[test]
    fn a_reply_token_is_good_once_and_for_a_minute() {
        let mut state = EkoState::new();
        let chat = EkoChat::Topic { gid: GROUP.to_owned(), tid: TOPIC.to_owned() };
        let reply = |event: &Value| SendTarget::Reply(token(event));
        let first = state.say(1, chat.clone(), "hi", NOON);
        assert_eq!(state.send(reply(&first), NOON.plus_millis(REPLY_MILLIS - 1)).unwrap().chat, chat);
        assert_eq!(state.send(reply(&first), NOON).unwrap_err(), EkoError::ReplyToken);
        let late = state.say(1, chat.clone(), "hi", NOON);
        assert_eq!(state.send(reply(&late), NOON.plus_millis(REPLY_MILLIS)).unwrap_err(), EkoError::ReplyToken);
        let joined = state.join(3, NOON);
        assert_eq!(state.send(reply(&joined), NOON).unwrap().chat, EkoChat::Direct { uid: PEOPLE[3].id.to_owned() });
    }

    #[test]
    fn events_have_the_documented_shapes() {
        let mut state = EkoState::new();
        let chat = EkoChat::Topic { gid: GROUP.to_owned(), tid: TOPIC.to_owned() };
        let event = state.say(0, chat, "สวัสดี", NOON);
        let expected = json!({
            "replyToken": event["replyToken"],
            "type": "message",
            "source": { "type": "user", "userId": PEOPLE[0].id, "username": "mali.s" },
            "message": {
                "id": event["message"]["id"], "type": "text", "groupId": GROUP, "topicId": TOPIC, "text": "สวัสดี",
            },
            "timestamp": "2023-11-14T22:13:20.000Z",
        });
        assert_eq!(event, expected);
        let direct = state.say(0, EkoChat::Direct { uid: PEOPLE[0].id.to_owned() }, "hi", NOON);
        assert!(direct["message"].get("groupId").is_none() && direct["message"].get("topicId").is_none());
        let joined = state.join(3, NOON);
        let expected = json!({
            "replyToken": joined["replyToken"], "type": "join",
            "source": { "type": "direct_chat", "uid": PEOPLE[3].id }, "timestamp": 1_700_000_000_000_i64,
        });
        assert_eq!(joined, expected);
    }

    #[test]
    fn the_bot_writes_only_where_somebody_is() {
        let mut state = EkoState::new();
        let mut to = |target: SendTarget| state.send(target, NOON);
        let group = |gid: &str, tid: &str| SendTarget::Group(gid.to_owned(), tid.to_owned());
        assert_eq!(to(SendTarget::User("nobody".to_owned())).unwrap_err(), EkoError::User);
        assert_eq!(to(group("nowhere", "")).unwrap_err(), EkoError::Group);
        assert_eq!(to(group(GROUP, "nothing")).unwrap_err(), EkoError::Group);
        let main = EkoChat::Topic { gid: GROUP.to_owned(), tid: GENERAL.to_owned() };
        assert_eq!(to(group(GROUP, "")).unwrap().chat, main);
        assert_ne!(to(group(GROUP, TOPIC)).unwrap().answers, to(group(GROUP, TOPIC)).unwrap().answers);
        assert_eq!(state.open_group(&["nobody".to_owned()]).unwrap_err(), EkoError::User);
        let (gid, count) = state.open_group(&[PEOPLE[2].id.to_owned(), PEOPLE[2].id.to_owned()]).unwrap();
        assert_eq!(count, 2);
        let tid = state.open_topic(&gid).unwrap();
        assert_eq!(state.send(group(&gid, &tid), NOON).unwrap().answers, 2);
        assert_eq!(state.send(group(GROUP, &tid), NOON).unwrap_err(), EkoError::Group);
        assert_eq!(state.open_topic("nowhere").unwrap_err(), EkoError::Group);
    }
}
