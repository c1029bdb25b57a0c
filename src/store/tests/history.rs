//! The history: its order, its pages, and reading it again.

use super::super::{Merged, StoreError};
use super::*;

async fn texts(store: &Store) -> Vec<String> {
    let slice = store.messages(&docs(), &id("c"), None, 10_000).await.unwrap();
    slice.entries.into_iter().map(|entry| entry.message.text).collect()
}

#[tokio::test]
async fn the_servers_order_stands_whatever_the_times_say() {
    let dir = dir();
    let store = Store::open(dir.path());
    let late = |mut m: Message, ms: i64| {
        m.created_at = Moment::at(NOW.plus_millis(ms));
        m
    };
    let page = [late(user("1", "a"), 900), late(bot("2", "b"), 100), user("3", "c"), late(bot("4", "d"), 50)];
    let merged = store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    assert_eq!(merged, Merged { new: 4, settled: Vec::new() });
    let slice = store.messages(&docs(), &id("c"), None, 10).await.unwrap();
    assert_eq!(slice.entries.into_iter().map(|e| e.message).collect::<Vec<_>>(), page);
    assert!(!slice.older);
}

#[tokio::test]
async fn known_messages_change_where_they_are_and_new_ones_follow() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.merge_messages(&docs(), &id("c"), &[user("1", "a"), bot("2", "b")], None).await.unwrap();
    let page = [user("1", "a"), bot("2", "b, edited"), user("3", "c"), user("3", "c again")];
    let merged = store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    assert_eq!(merged.new, 1);
    assert_eq!(texts(&store).await, ["a", "b, edited", "c again"]);
    assert_eq!(store.last_message_id(&docs(), &id("c")).await.unwrap(), Some(MessageId::new("3")));
    assert_eq!(store.message_count(&docs(), &id("c")).await.unwrap(), 3);
    // Another conversation may use the same ids.
    store.merge_messages(&docs(), &id("d"), &[user("1", "other")], None).await.unwrap();
    assert_eq!(texts(&store).await.len(), 3);
    assert_eq!(store.last_message_id(&docs(), &id("e")).await.unwrap(), None);
}

#[tokio::test]
async fn slices_of_every_size_join_to_the_whole() {
    let dir = dir();
    let store = Store::open(dir.path());
    let all: Vec<_> = (0..57).map(|n| user(&format!("{n}"), &format!("text {n}"))).collect();
    let mut after = None;
    for page in all.chunks(10) {
        store.merge_messages(&docs(), &id("c"), page, after.as_ref()).await.unwrap();
        after = page.last().map(|message| message.id.clone());
    }
    for size in [1, 8, 56, 57, 58] {
        let (mut joined, mut before) = (Vec::new(), None);
        loop {
            let slice = store.messages(&docs(), &id("c"), before, size).await.unwrap();
            before = slice.entries.first().map(|entry| entry.seq);
            joined.splice(0..0, slice.entries.into_iter().map(|entry| entry.message));
            if !slice.older {
                break;
            }
        }
        assert_eq!(joined, all, "slices of {size}");
    }
}

#[tokio::test]
async fn a_page_that_follows_nothing_known_is_refused_and_changes_nothing() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.merge_messages(&docs(), &id("c"), &[user("1", "a")], None).await.unwrap();
    let stray = store.merge_messages(&docs(), &id("c"), &[user("9", "z")], Some(&MessageId::new("8"))).await;
    assert!(matches!(stray, Err(StoreError::UnknownCursor(at)) if at == MessageId::new("8")));
    assert_eq!(texts(&store).await, ["a"]);
}

#[tokio::test]
async fn whatever_becomes_of_a_page_the_next_write_waits_for_the_disk() {
    let dir = dir();
    let store = Store::open(dir.path());
    let waits = || {
        store.ask(|database| {
            Ok(database.read().pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))?)
        })
    };
    store.merge_messages(&docs(), &id("c"), &[user("1", "a")], None).await.unwrap();
    assert_eq!(waits().await.unwrap(), 2);
    store.merge_messages(&docs(), &id("c"), &[user("9", "i")], Some(&MessageId::new("8"))).await.unwrap_err();
    assert_eq!(waits().await.unwrap(), 2);
}

#[tokio::test]
async fn a_history_that_is_read_again_keeps_its_turns_joined() {
    let dir = dir();
    let store = Store::open(dir.path());
    settled(&store, &turn("hi"), OutState::Sent).await;
    store.write_reply(&turn_id("hi"), &reply("hello there", Some(Finish::Cut))).await.unwrap();
    let page = [user("1", "hi"), bot("2", "hello")];
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    let before = store.messages(&docs(), &id("c"), None, 10).await.unwrap();
    assert_eq!(before.entries[1].message.text, "hello there");

    store.forget_messages(&docs(), &id("c")).await.unwrap();
    assert_eq!(store.message_count(&docs(), &id("c")).await.unwrap(), 0);
    assert!(store.turn(&turn_id("hi")).await.unwrap().is_some());
    let merged = store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    assert_eq!(merged.new, 2);
    assert_eq!(store.messages(&docs(), &id("c"), None, 10).await.unwrap(), before);
    assert!(store.turns(&docs(), Some(&id("c"))).await.unwrap().is_empty());
}
