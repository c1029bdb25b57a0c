//! Bodies out to the byte, and pages in with everything that is odd about them.

use serde_json::json;

use super::*;

fn asked(limit: u32, cursor: Option<&str>) -> PageRequest {
    PageRequest { limit, cursor: cursor.map(str::to_owned) }
}

fn document(body: &Value) -> Document {
    Document { object: body.as_object().unwrap().clone(), ..Document::default() }
}

fn next(body: &Value, limit: u32, cursor: Option<&str>) -> Option<String> {
    page(&document(body), "messages", &asked(limit, cursor), message).unwrap().next
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
    let page = page(&document(&body), "conversations", &asked(2, None), conversation).unwrap();
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
    let page = page(&document(&body), "messages", &asked(10, None), message).unwrap();
    let read: Vec<(&str, &str, &str)> =
        page.items.iter().map(|m| (m.id.as_str(), m.role.as_str(), m.text.as_str())).collect();
    let known = [("7", "moderator", "number"), ("b", "", ""), ("c", "", ""), ("d", "user", "{\"parts\":[\"x\"]}")];
    assert_eq!(read[..4], known);
    // Without an id they are shown all the same, by one that stays the same.
    let made: Vec<&str> = page.items[4..].iter().map(|message| message.text.as_str()).collect();
    assert_eq!((made, page.items[4..].iter().all(|message| message.id.is_made())), (vec!["", "lost"], true));
    assert_ne!(page.items[4].id, page.items[5].id);
    let left_out: Vec<&str> = page.damage.spots().iter().map(|spot| spot.at.as_str()).collect();
    assert_eq!(left_out, ["/messages/4", "/messages/5", "/messages/6", "/messages/7"]);
    assert_eq!(page.items[0].created_at.raw, "soon");
    // The page is full, though not all of it can be used; the last id there is shows the way on.
    assert_eq!((page.total, page.next.as_deref()), (None, Some("d")));
}

#[test]
fn a_page_is_the_last_when_nothing_says_otherwise() {
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
        // Shorter than asked: the end where neither the place nor the total says otherwise.
        (json!({"total": 9, "last": "b"}), 3, None, Some("b")),
        (json!({"total": 9}), 3, None, Some("b")),
        (json!({"last": "b"}), 3, None, Some("b")),
        (json!({"last": "b"}), 3, Some("z"), Some("b")),
        (json!({"total": 1}), 3, None, None),
        (json!({}), 3, None, None),
        (json!({"total": 2, "last": "b"}), 3, Some("z"), None),
        // All there is; a later page can't tell.
        (json!({"total": 2, "last": "b"}), 2, None, None),
        (json!({"total": 2, "last": "b"}), 2, Some("z"), Some("b")),
        // Back to where it was asked for: the items may know better, else it is told as it is.
        (json!({"total": 9, "last": "z"}), 2, Some("z"), Some("b")),
        (json!({"total": 9, "last": "b"}), 2, Some("b"), Some("b")),
    ];
    for (pagination, limit, cursor, expected) in table {
        assert_eq!(on(pagination.clone(), limit, cursor).as_deref(), expected, "{pagination} {limit} {cursor:?}");
    }
    // An empty page is passed where another place is named, and ends where none is.
    let empty = |last: Value| json!({"messages": [], "pagination": {"total": 9, "last": last}});
    assert_eq!(next(&empty(json!("b")), 1, Some("a")).as_deref(), Some("b"));
    assert_eq!([next(&empty(json!("a")), 1, Some("a")), next(&empty(json!(null)), 1, Some("a"))], [None, None]);
    assert_eq!(next(&json!({"messages": null}), 1, None), None);
    assert!(page(&document(&json!({"success": true})), "messages", &asked(1, None), message).is_none());
    assert!(page(&document(&json!({"messages": {}})), "messages", &asked(1, None), message).is_none());
}

#[test]
fn an_opened_conversation_needs_an_id_and_nothing_else() {
    let read = |body: Value| started(body.as_object().unwrap());
    let greeted = read(json!({"success": true, "conversationId": "7bb3", "response": "Hello"})).unwrap();
    assert_eq!((greeted.conversation.as_str(), greeted.greeting.as_deref()), ("7bb3", Some("Hello")));
    assert_eq!(read(json!({"conversationId": 12, "response": null})).unwrap().greeting, None);
    assert_eq!(read(json!({"response": "Hello"})), None);
}
