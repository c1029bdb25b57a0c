//! The bodies of Eko's calls, out and in. Pure.

use serde_json::{Value, json};

use super::super::CallError;
use super::super::error::{Peer, Purpose};
use super::super::lenient_json::{self, Object};
use super::conversation::EkoConversation;
use crate::domain::{Group, Person, Topic};

/// A text that is pushed.
pub(super) fn push(place: &EkoConversation, text: &str) -> String {
    let message = json!({"type": "text", "data": text});
    match place {
        EkoConversation::User(user) => json!({"uid": user, "message": message}),
        EkoConversation::Topic { group, topic } => json!({"gid": group, "tid": topic, "message": message}),
    }
    .to_string()
}

/// A direct answer with answers to choose from.
pub(super) fn quick_reply(token: &str, text: &str, choices: &[String]) -> String {
    let item = |choice: &String| json!({"type": "label", "value": choice, "data": {"text": choice}});
    let items: Vec<Value> = choices.iter().map(item).collect();
    let meta = json!({"quickreply": {"template": "default", "items": items}});
    json!({"replyToken": token, "message": {"data": text, "meta": meta}}).to_string()
}

/// A new topic.
pub(super) fn topic_body(name: &str) -> String {
    json!({"name": name}).to_string()
}

/// People as the field of a form takes them.
pub(super) fn uids(people: &[String]) -> String {
    json!(people).to_string()
}

/// The object that a success brought, unless it says that it is none. Some calls answer with nothing at all.
pub(super) fn success(body: &[u8], peer: &Peer, purpose: Purpose) -> Result<Object, CallError> {
    if body.trim_ascii().is_empty() {
        return Ok(Object::new());
    }
    let object = lenient_json::object(body).map_err(|what| peer.unreadable(what, purpose))?;
    let good = match object.get("status") {
        Some(Value::String(word)) => ["success", "ok"].iter().any(|good| word.eq_ignore_ascii_case(good)),
        Some(Value::Number(status)) => status.as_u64().is_some_and(|status| (200..300).contains(&status)),
        Some(Value::Bool(good)) => *good,
        _ => true,
    };
    let complained = !matches!(object.get("error"), None | Some(Value::Null | Value::Bool(false)));
    if good && !complained {
        return Ok(object);
    }
    Err(peer.denied(lenient_json::complaint(&object).as_deref(), purpose))
}

/// People that were looked up; none without a list.
pub(super) fn people(object: &Object) -> Option<Vec<Person>> {
    let users = object.get("users")?.as_array()?;
    Some(users.iter().filter_map(|user| person(user.as_object()?)).collect())
}

fn person(user: &Object) -> Option<Person> {
    let part = |key: &str| lenient_json::text(user.get(key));
    let name = format!("{} {}", part("firstname"), part("lastname"));
    Some(Person {
        id: own_id(user)?,
        username: part("username"),
        name: name.trim().to_owned(),
        email: lenient_json::id(user.get("email")),
        deleted: user.get("deleted") == Some(&Value::Bool(true)),
    })
}

/// The group that was created.
pub(super) fn group(object: &Object) -> Option<Group> {
    let group = object.get("group")?.as_object()?;
    Some(Group { id: own_id(group)?, name: lenient_json::text(group.get("name")) })
}

/// The topic that was created in a group.
pub(super) fn topic(object: &Object, asked: &str) -> Option<Topic> {
    let topic = object.get("topic")?.as_object()?;
    let group = lenient_json::id(topic.get("gid")).unwrap_or_else(|| asked.to_owned());
    Some(Topic { id: own_id(topic)?, group, name: lenient_json::text(topic.get("name")) })
}

fn own_id(object: &Object) -> Option<String> {
    lenient_json::id(object.get("_id")).or_else(|| lenient_json::id(object.get("id")))
}
