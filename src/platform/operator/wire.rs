//! Operator's lists, and what is told of a conversation. Pure.

use serde_json::{Value, json};

use super::super::lenient_json::{self, Document, Object};
use crate::domain::{Conversation, ConversationId, Page, PageRequest};

/// What a session takes.
pub(super) fn session_body(text: &str) -> String {
    json!({"payload": {"type": "user.message.send", "text": text}}).to_string()
}

/// One page; none where there is no list. An item without an id is left out, and told in the damage.
pub(super) fn page(document: &Document, asked: &PageRequest) -> Option<Page<Conversation>> {
    let came = match document.get("data")? {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        _ => return None,
    };
    let (items, damage) = lenient_json::items(document, "data", came, conversation);
    // A cursor that leads back to where nothing more is, is the end. One that does behind items is told as it is: who
    // follows it has to say that there is no end.
    let next = lenient_json::id(document.get("cursor"))
        .filter(|next| !came.is_empty() || asked.cursor.as_ref() != Some(next));
    Some(Page { items, total: None, next, damage })
}

fn conversation(object: &Object) -> Option<Conversation> {
    let id = lenient_json::id(object.get("id"))?;
    let created_at = lenient_json::moment_or_millis(object.get("created_at"));
    let mut details = Vec::new();
    facts(object, &["id", "created_at"], &mut details);
    Some(Conversation { id: ConversationId::new(id), title: title(object), created_at, details })
}

/// Its summary, else what tells it from others.
fn title(object: &Object) -> String {
    if let Some(summary) = lenient_json::quotable(&lenient_json::text(object.get("summary"))) {
        return summary;
    }
    let channel = object.get("channel").and_then(Value::as_object);
    let other = lenient_json::id(object.get("phone_no"))
        .or_else(|| lenient_json::id(channel?.get("caller_no")))
        .or_else(|| lenient_json::id(object.get("customer_id")));
    let parts = [lenient_json::id(object.get("direction")), lenient_json::id(object.get("status")), other];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Everything that an object tells but what is left out, each under its name; what stands in an inner object under both
/// names. What is null or empty tells nothing.
pub(super) fn facts(object: &Object, left_out: &[&str], into: &mut Vec<(String, String)>) {
    for (name, value) in object.iter().filter(|(name, _)| !left_out.contains(&name.as_str())) {
        match value {
            Value::Object(inner) => {
                into.extend(inner.iter().filter_map(|(key, value)| Some((format!("{name}.{key}"), fact(value)?))));
            }
            value => into.extend(fact(value).map(|fact| (name.clone(), fact))),
        }
    }
}

fn fact(value: &Value) -> Option<String> {
    let fact = match value {
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(|item| lenient_json::text(Some(item))).collect::<Vec<_>>().join(", ")
        }
        Value::Object(object) if object.is_empty() => String::new(),
        value => lenient_json::text(Some(value)),
    };
    (!fact.is_empty()).then_some(fact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(value: &Value, cursor: Option<&str>) -> Option<Page<Conversation>> {
        let object = value.as_object().unwrap().clone();
        page(
            &Document { object, ..Document::default() },
            &PageRequest { limit: 20, cursor: cursor.map(str::to_owned) },
        )
    }

    #[test]
    fn a_conversation_keeps_all_that_is_told_of_it() {
        let item = json!({
            "id": "conv_1", "livemode": true, "created_at": "2024-11-12T10:00:00Z", "started_at": null,
            "direction": "inbound", "phone_no": "+1", "status": "completed", "duration_sec": 62.5,
            "scenarios": ["a", "b"], "custom_fields": {"plan": "gold", "n": 3, "none": null, "deep": {"x": [1]}},
            "news": "kept", "empty": "", "list": [], "odd": [{"y": 1}],
        });
        let page = listed(&json!({"data": [item, {"no": "id"}, 7], "cursor": "z"}), None).unwrap();
        assert_eq!((page.items.len(), page.next.as_deref(), page.total), (1, Some("z"), None));
        let left_out: Vec<&str> = page.damage.spots().iter().map(|spot| spot.at.as_str()).collect();
        assert_eq!(left_out, ["/data/1", "/data/2"]);
        let conversation = &page.items[0];
        assert_eq!((conversation.id.as_str(), &*conversation.title), ("conv_1", "inbound · completed · +1"));
        assert_eq!(conversation.created_at.raw, "2024-11-12T10:00:00Z");
        let details: Vec<_> = conversation.details.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let expected = [
            ("livemode", "true"),
            ("direction", "inbound"),
            ("phone_no", "+1"),
            ("status", "completed"),
            ("duration_sec", "62.5"),
            ("scenarios", "a, b"),
            ("custom_fields.plan", "gold"),
            ("custom_fields.n", "3"),
            ("custom_fields.deep", "{\"x\":[1]}"),
            ("news", "kept"),
            ("odd", "[{\"y\":1}]"),
        ];
        assert_eq!(details, expected);
    }

    #[test]
    fn titles_are_made_of_what_there_is() {
        let title = |value: Value| title(value.as_object().unwrap());
        assert_eq!(title(json!({"summary": "Wants\n a refund", "status": "x"})), "Wants a refund");
        assert_eq!(
            title(json!({"status": "queued", "channel": {"caller_no": "+2"}, "customer_id": "c"})),
            "queued · +2"
        );
        assert_eq!(title(json!({"direction": "outbound", "customer_id": "cus_1"})), "outbound · cus_1");
        assert_eq!(title(json!({"summary": null, "direction": []})), "");
    }

    #[test]
    fn a_list_ends_where_its_cursor_does() {
        let next = |body: Value, cursor| listed(&body, cursor).unwrap().next;
        assert_eq!(next(json!({"data": [], "cursor": "b"}), Some("a")).as_deref(), Some("b"));
        assert_eq!(next(json!({"data": [], "cursor": "a"}), Some("a")), None);
        assert_eq!(next(json!({"data": [{"id": 1}], "cursor": "a"}), Some("a")).as_deref(), Some("a"));
        assert_eq!(next(json!({"data": null, "cursor": null}), Some("a")), None);
        assert_eq!(next(json!({"data": []}), None), None);
        assert_eq!(listed(&json!({"cursor": null}), None), None);
        assert_eq!(listed(&json!({"data": {}}), None), None);
    }
}
