//! Bodies out to the byte, and pages in with everything that is odd about them.

use serde_json::json;

use super::*;

fn asked(limit: u32, cursor: Option<&str>) -> PageRequest {
    PageRequest { limit, cursor: cursor.map(str::to_owned) }
}

fn next(body: &Value, limit: u32, cursor: Option<&str>) -> Option<String> {
    page(body.as_object().unwrap(), "messages", &asked(limit, cursor), message).unwrap().next
}

#[test]
fn bodies_are_as_documented() {
    let mut outgoing = Outgoing { conversation: None, text: "a \"b\"\n€".to_owned(), ..Outgoing::default() };
    assert_eq!(message_body(&outgoing), r#"{"message":"a \"b\"\n€"}"#);
    outgoing.conversation = Some(ConversationId::new("c/1"));
    outgoing.stream = true;
    assert_eq!(message_body(&outgoing), r#"{"conversationId":"c/1","message":"a \"b\"\n€","stream":true}"#);
    assert_eq!(list_body(None, &asked(10, None)), r#"{"limit":10}"#);
    let id = ConversationId::new("c");
    assert_eq!(list_body(Some(&id), &asked(0, Some("x"))), r#"{"conversationId":"c","limit":1,"cursor":"x"}"#);
    assert_eq!(list_body(None, &asked(1_000, None)), r#"{"limit":100}"#);
}

#[test]
fn the_documented_pages_are_read() {
    let body = json!({"success": true, "conversations": [
        {"id": "3eda", "createdAt": "2024-16-01T10:07:04.296Z", "initialMessage": "What is the distance to the moon?"},
        {"id": "9b03", "createdAt": "2024-16-01T10:07:24.458Z", "initialMessage": "How many planets are there?"}],
        "pagination": {"total": 15, "last": "fbd1"}});
    let page = page(body.as_object().unwrap(), "conversations", &asked(2, None), conversation).unwrap();
    assert_eq!((page.items.len(), page.total, page.next.as_deref()), (2, Some(15), Some("fbd1")));
    assert_eq!(page.items[1].title, "How many planets are there?");
    assert_eq!(page.items[0].created_at.at.unwrap().to_rfc3339(), "2024-01-16T10:07:04.296Z");
}

#[test]
fn odd_items_are_kept_as_far_as_they_go() {
    let body = json!({"messages": [
        {"id": 7, "message": "number", "role": "moderator", "createdAt": "soon"},
        {"id": "b", "message": null, "role": null},
        {"id": "c"},
        {"id": "d", "message": {"parts": ["x"]}, "role": "user"},
        "text", null, 3, [], {}, {"id": null, "message": "lost"}]});
    let page = page(body.as_object().unwrap(), "messages", &asked(10, None), message).unwrap();
    let read: Vec<(&str, &str, &str)> =
        page.items.iter().map(|m| (m.id.as_str(), m.role.as_str(), m.text.as_str())).collect();
    assert_eq!(
        read,
        [("7", "moderator", "number"), ("b", "", ""), ("c", "", ""), ("d", "user", "{\"parts\":[\"x\"]}")]
    );
    assert_eq!(page.items[0].created_at.raw, "soon");
    // The page is full, though not all of it can be used; the last item has no id, so there is no way on.
    assert_eq!((page.total, page.next), (None, None));
}

#[test]
fn a_page_is_the_last_when_it_is_short_or_complete_or_leads_back() {
    let items = json!([{"id": "a"}, {"id": "b"}]);
    let with = |pagination: Value| json!({"messages": items, "pagination": pagination});
    let on = |pagination: Value, limit, cursor| next(&with(pagination), limit, cursor);
    let table = [
        (json!({"total": 9, "last": "b"}), 2, None, Some("b")),
        (json!({"total": 9, "last": "other"}), 2, None, Some("other")),
        (json!({"total": 9, "last": 5}), 2, None, Some("5")),
        (json!({"total": "9"}), 2, None, Some("b")),
        (json!({"total": null, "last": null}), 2, None, Some("b")),
        (json!(null), 2, None, Some("b")),
        (json!("odd"), 2, None, Some("b")),
        // Short.
        (json!({"total": 9, "last": "b"}), 3, None, None),
        // All there is; a later page can't tell.
        (json!({"total": 2, "last": "b"}), 2, None, None),
        (json!({"total": 2, "last": "b"}), 2, Some("z"), Some("b")),
        // Back to where it was asked for.
        (json!({"total": 9, "last": "b"}), 2, Some("b"), None),
    ];
    for (pagination, limit, cursor, expected) in table {
        assert_eq!(on(pagination.clone(), limit, cursor).as_deref(), expected, "{pagination} {limit} {cursor:?}");
    }
    assert_eq!(next(&json!({"messages": [], "pagination": {"total": 9, "last": "b"}}), 1, Some("a")), None);
    assert_eq!(next(&json!({"messages": null}), 1, None), None);
    assert!(page(json!({"success": true}).as_object().unwrap(), "messages", &asked(1, None), message).is_none());
    assert!(page(json!({"messages": {}}).as_object().unwrap(), "messages", &asked(1, None), message).is_none());
}

#[test]
fn an_opened_conversation_needs_an_id_and_nothing_else() {
    let read = |body: Value| started(body.as_object().unwrap());
    let greeted = read(json!({"success": true, "conversationId": "7bb3", "response": "Hello"})).unwrap();
    assert_eq!((greeted.conversation.as_str(), greeted.greeting.as_deref()), ("7bb3", Some("Hello")));
    assert_eq!(read(json!({"conversationId": 12, "response": null})).unwrap().greeting, None);
    assert_eq!(read(json!({"response": "Hello"})), None);
}
