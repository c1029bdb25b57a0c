//! The shapes of what a user keeps of conversations.

use serde_json::{Map, Value, json};

use crate::domain::{DeskEntry, DeskItem, DeskPage, DeskRow, Label, Timestamp};

/// What is kept of conversations.
pub(in crate::cli) fn kept(rows: &[DeskRow]) -> Value {
    let row = |row: &DeskRow| {
        let mut object = Map::new();
        object.insert("id".to_owned(), row.conversation.as_str().into());
        object.insert("channel".to_owned(), row.channel.as_str().into());
        put(&mut object, &row.entry);
        Value::Object(object)
    };
    json!({ "conversations": rows.iter().map(row).collect::<Vec<_>>() })
}

/// `conversations inbox`.
pub(in crate::cli) fn inbox(page: &DeskPage) -> Value {
    json!({ "conversations": page.items.iter().map(item).collect::<Vec<_>>(), "next_cursor": page.next })
}

fn item(item: &DeskItem) -> Value {
    let mut object = Map::new();
    let last = item.last.as_ref().map(|last| json!({ "role": last.role.as_str(), "text": last.text }));
    object.insert("id".to_owned(), item.conversation.id.as_str().into());
    object.insert("channel".to_owned(), item.channel.as_str().into());
    object.insert("title".to_owned(), item.conversation.title.as_str().into());
    object.insert("active_at".to_owned(), item.activity.map(Timestamp::to_rfc3339).into());
    object.insert("unread".to_owned(), item.unread.into());
    object.insert("draft".to_owned(), item.has_draft.into());
    object.insert("last".to_owned(), last.into());
    put(&mut object, &item.entry);
    Value::Object(object)
}

fn put(object: &mut Map<String, Value>, entry: &DeskEntry) {
    let snooze = entry.snooze.as_ref();
    object.insert("pinned".to_owned(), entry.pinned.into());
    object.insert("archived".to_owned(), entry.archived.is_some().into());
    object.insert("labels".to_owned(), entry.labels.iter().map(Label::as_str).collect::<Vec<_>>().into());
    object.insert("note".to_owned(), if entry.note.is_empty() { Value::Null } else { entry.note.as_str().into() });
    object.insert("snoozed".to_owned(), entry.sleeps().into());
    let until = snooze.and_then(|snooze| snooze.until).map(Timestamp::to_rfc3339);
    object.insert("snoozed_until".to_owned(), until.into());
    object.insert("reminder".to_owned(), entry.reminds().into());
}
