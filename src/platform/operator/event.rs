//! One event of Operator's, the same object on its streams and in its webhooks. Pure.
//!
//! The vendor's page could not be read to the end of what stands in a payload, so its words are looked for under the
//! likely names, and nothing is refused for a field.

use serde_json::Value;

use super::super::lenient_json::{self, Object};
use crate::domain::{Damage, Extras, HalfJoiner, Message, MessageId, Moment, Role};

/// How deep words are looked for.
const DEPTH: u8 = 4;

/// An event, lent.
pub(super) struct OperatorEvent<'a> {
    fields: &'a Object,
    /// What kind of one; the platform's word.
    pub(super) kind: &'a str,
}

impl<'a> OperatorEvent<'a> {
    /// None where it has no type, neither of its own nor in its payload, nor by the stream's own field.
    pub(super) fn from_fields(fields: &'a Object, named: Option<&'a str>) -> Option<Self> {
        let typed = |object: &'a Object| object.get("type").and_then(Value::as_str).filter(|kind| !kind.is_empty());
        let payload = fields.get("payload").and_then(Value::as_object);
        let kind = payload.and_then(typed).or_else(|| typed(fields)).or(named)?;
        Some(Self { fields, kind })
    }

    fn payload(&self) -> &Object {
        self.fields.get("payload").and_then(Value::as_object).unwrap_or(self.fields)
    }

    /// The platform's id of it.
    pub(super) fn id(&self) -> Option<String> {
        lenient_json::id(self.fields.get("id"))
    }

    /// When it happened.
    pub(super) fn at(&self) -> Moment {
        lenient_json::moment_or_millis(self.fields.get("created_at"))
    }

    /// The conversation that it belongs to.
    pub(super) fn conversation(&self) -> Option<String> {
        let inner = |object: &Object| {
            let nested = object.get("conversation").and_then(Value::as_object);
            lenient_json::id(object.get("conversation_id")).or_else(|| lenient_json::id(nested?.get("id")))
        };
        inner(self.fields).or_else(|| inner(self.payload()))
    }

    /// What was said in it; empty where nothing was.
    pub(super) fn words(&self) -> String {
        let payload = self.payload();
        ["text", "delta", "message", "content", "transcript", "body"]
            .iter()
            .filter_map(|key| payload.get(*key))
            .map(|value| words(value, DEPTH))
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    }

    /// What was said in a delta, with its half of a character where it shares one with the delta before.
    pub(super) fn joined(&self, half: &mut HalfJoiner, damage: &Damage) -> String {
        let words = self.words();
        let spoken = |at: &str| {
            let text = pointed(self.fields, at).and_then(Value::as_str);
            text.is_some_and(|text| words.starts_with(text) || words.ends_with(text))
        };
        half.next(&words, damage, spoken)
    }

    /// What an error says, after the platform's own name for it.
    pub(super) fn complaint(&self) -> Option<String> {
        let payload = self.payload();
        let inner = payload.get("error").and_then(Value::as_object).unwrap_or(payload);
        let said = lenient_json::complaint(inner).or_else(|| lenient_json::complaint(payload));
        match (lenient_json::id(inner.get("code")), said) {
            (Some(code), Some(said)) => Some(format!("{code}: {said}")),
            (code, said) => code.or(said),
        }
    }

    /// The message that it is; none for what nobody said. `said` stands in for words that it leaves out.
    pub(super) fn message(&self, said: &str, fallback_id: impl FnOnce() -> String) -> Option<Message> {
        let (role, text) = match self.kind {
            "user.message.received" => (Role::User, self.words()),
            "agent.message.completed" => (Role::Assistant, self.words()),
            "agent.tool_call.created" => (Role::Other("tool".to_owned()), self.tool("calls")),
            "agent.tool_call.returned" => (Role::Other("tool".to_owned()), self.tool("answered by")),
            _ => return None,
        };
        let text = if text.is_empty() && role == Role::Assistant { said.to_owned() } else { text };
        let id = MessageId::new(self.id().unwrap_or_else(fallback_id));
        Some(Message { id, role, text, created_at: self.at(), extras: Extras::default() })
    }

    /// A call of a tool, or its answer: the name, and what goes with it as JSON.
    fn tool(&self, verb: &str) -> String {
        let payload = self.payload();
        let inner = ["tool_call", "tool"].iter().find_map(|key| payload.get(*key)?.as_object()).unwrap_or(payload);
        let first = |keys: &[&str]| keys.iter().find_map(|key| inner.get(*key).or_else(|| payload.get(*key)));
        let name = lenient_json::id(first(&["name", "tool_name", "function"]))
            .or_else(|| lenient_json::id(payload.get("tool")));
        let name = name.unwrap_or_else(|| "a tool".to_owned());
        let with = first(&["result", "output", "response", "arguments", "input", "args", "parameters"]);
        let title = format!("**{verb}** {name}");
        match with {
            None | Some(Value::Null) => title,
            Some(Value::String(text)) => format!("{title}\n\n{}", fenced(text)),
            Some(other) => format!("{title}\n\n{}", fenced(&other.to_string())),
        }
    }
}

/// The value at a JSON pointer.
fn pointed<'v>(fields: &'v Object, at: &str) -> Option<&'v Value> {
    let at = at.strip_prefix('/')?;
    let (first, rest) = at.find('/').map_or((at, ""), |border| at.split_at(border));
    fields.get(&first.replace("~1", "/").replace("~0", "~"))?.pointer(rest)
}

/// In a code block that nothing in it can end.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

/// Text, also where it stands in parts or in an object.
fn words(value: &Value, depth: u8) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) if depth > 0 => parts.iter().map(|part| words(part, depth - 1)).collect(),
        Value::Object(object) if depth > 0 => ["text", "content", "message"]
            .iter()
            .filter_map(|key| object.get(*key))
            .map(|value| words(value, depth - 1))
            .find(|words| !words.is_empty())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<'a, T>(value: &'a Value, f: impl FnOnce(&OperatorEvent<'a>) -> T) -> T {
        f(&OperatorEvent::from_fields(value.as_object().unwrap(), None).unwrap())
    }

    #[test]
    fn words_are_found_under_every_likely_name() {
        for payload in [
            json!({"text": "hi"}),
            json!({"delta": "hi"}),
            json!({"delta": {"text": "hi"}}),
            json!({"message": "hi"}),
            json!({"message": {"id": "m", "content": [{"type": "text", "text": "h"}, "i"]}}),
            json!({"content": "hi", "text": ""}),
            json!({"content": {"message": {"text": "hi"}}, "message": null}),
        ] {
            let mut payload = payload;
            payload["type"] = json!("agent.message.completed");
            assert_eq!(read(&json!({"payload": payload}), OperatorEvent::words), "hi", "{payload}");
            assert_eq!(read(&payload, OperatorEvent::words), "hi", "{payload}");
        }
        let deep = (0..60).fold(json!("x"), |inner, _| json!([inner]));
        assert_eq!(read(&json!({"type": "a", "text": deep}), OperatorEvent::words), "");
        assert_eq!(read(&json!({"type": "a", "text": 7}), OperatorEvent::words), "");
    }

    #[test]
    fn an_event_names_its_kind_and_its_conversation() {
        let event = json!({"id": "ev_1", "conversation_id": "c", "payload": {"type": "a.b"}, "type": "event"});
        let read_all = |e: &OperatorEvent<'_>| (e.kind.to_string(), e.id(), e.conversation());
        assert_eq!(read(&event, read_all), ("a.b".to_owned(), Some("ev_1".to_owned()), Some("c".to_owned())));
        let event = json!({"type": "x", "conversation": {"id": 7}});
        assert_eq!(read(&event, read_all), ("x".to_owned(), None, Some("7".to_owned())));
        let event = json!({"type": "x", "payload": {"conversation": {"id": "in"}}});
        assert_eq!(read(&event, OperatorEvent::conversation).as_deref(), Some("in"));
        let none = json!({"type": 7, "payload": {"type": ""}});
        assert!(OperatorEvent::from_fields(none.as_object().unwrap(), None).is_none());
        assert_eq!(OperatorEvent::from_fields(none.as_object().unwrap(), Some("named")).unwrap().kind, "named");
    }

    #[test]
    fn a_tools_call_is_a_few_words_and_its_json() {
        let tool = |payload: Value| {
            read(&json!({"payload": payload}), |e| {
                e.message("", String::new).map(|m| (m.role.as_str().to_owned(), m.text))
            })
        };
        let said = tool(json!({"type": "agent.tool_call.created", "name": "find", "arguments": {"q": "```"}}));
        assert_eq!(said, Some(("tool".to_owned(), "**calls** find\n\n````\n{\"q\":\"```\"}\n````".to_owned())));
        let said = tool(json!({"type": "agent.tool_call.returned", "tool_call": {"name": "find"}, "result": "two"}));
        assert_eq!(said.unwrap().1, "**answered by** find\n\n```\ntwo\n```");
        assert_eq!(tool(json!({"type": "agent.tool_call.created"})).unwrap().1, "**calls** a tool");
        assert_eq!(tool(json!({"type": "agent.notice.sent", "text": "x"})), None);
    }

    #[test]
    fn an_error_is_told_with_its_code() {
        let said = |payload: Value| read(&json!({"payload": payload}), OperatorEvent::complaint);
        let error = json!({"type": "server.error", "code": "Busy", "message": "m"});
        assert_eq!(said(error).as_deref(), Some("Busy: m"));
        let error = json!({"type": "server.error", "error": {"code": "Busy", "message": "m"}});
        assert_eq!(said(error).as_deref(), Some("Busy: m"));
        assert_eq!(said(json!({"type": "server.error", "error": "m"})).as_deref(), Some("m"));
        assert_eq!(said(json!({"type": "server.error"})), None);
    }
}
