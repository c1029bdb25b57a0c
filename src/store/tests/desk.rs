//! What a user keeps of conversations: changed, taken back, woken; and the list of all channels' conversations.

use std::collections::HashSet;

use super::super::{DeskQuery, StoreError};
use super::inbox::{arrival, says};
use super::*;
use crate::domain::{DeskChange, DeskEntry, DeskFilter, DeskItem, Label, read_labels};

fn minutes(n: i64) -> Timestamp {
    NOW.plus_millis(n * 60_000)
}

fn people(names: &[&str]) -> Vec<(ChannelName, ConversationId)> {
    names.iter().map(|name| (docs(), id(name))).collect()
}

async fn entry(store: &Store, name: &str) -> DeskEntry {
    let rows = store.desk(Some(&docs())).await.unwrap();
    rows.into_iter().find(|row| row.conversation == id(name)).map(|row| row.entry).unwrap_or_default()
}

#[tokio::test]
async fn what_is_kept_is_there_after_a_restart_and_can_be_taken_back() {
    let dir = dir();
    let store = Store::open(dir.path());
    for change in [
        DeskChange::Pin(true),
        read_labels("vip refund").unwrap(),
        DeskChange::Note("call back\nafter two".to_owned()),
        DeskChange::Archive(true),
        DeskChange::Snooze(Some(minutes(5))),
    ] {
        store.desk_change(&people(&["a"]), &change, NOW).await.unwrap();
    }
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    let kept = entry(&store, "a").await;
    assert!(kept.pinned && kept.archived == Some(NOW) && kept.sleeps(), "{kept:?}");
    assert_eq!(kept.labels.iter().map(Label::as_str).collect::<Vec<_>>(), ["refund", "vip"]);
    assert_eq!(kept.note, "call back\nafter two");
    let changed = store.desk_change(&people(&["a", "b"]), &DeskChange::Pin(false), NOW).await.unwrap();
    assert_eq!(changed.before.iter().map(|row| row.entry.pinned).collect::<Vec<_>>(), [true, false]);
    assert!(!entry(&store, "a").await.pinned);
    store.desk_restore(&changed.before).await.unwrap();
    assert_eq!(entry(&store, "a").await, kept);
    assert!(entry(&store, "b").await.is_empty());
    assert_eq!(store.desk(None).await.unwrap().len(), 1, "of what nothing is kept nothing stands there");
    assert!(store.desk(Some(&ChannelName::new("other"))).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_is_made_of_all_or_of_none() {
    let dir = dir();
    let store = Store::open(dir.path());
    let many: Vec<String> = (0..50).map(|n| format!("l{n}")).collect();
    store.desk_change(&people(&["b"]), &read_labels(&many.join(" ")).unwrap(), NOW).await.unwrap();
    let refused = store.desk_change(&people(&["a", "b", "c"]), &read_labels("more").unwrap(), NOW).await;
    assert!(matches!(refused, Err(StoreError::Desk(_))), "{refused:?}");
    assert!(entry(&store, "a").await.is_empty() && entry(&store, "c").await.is_empty());
}

#[tokio::test]
async fn a_sleep_ends_by_its_time_and_reminds_until_it_is_looked_at() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.desk_change(&people(&["a", "b"]), &DeskChange::Snooze(Some(minutes(5))), NOW).await.unwrap();
    let (changed, awake) = store.desk_wake(minutes(4), None).await.unwrap();
    assert!(changed.is_empty() && awake.is_empty());
    let (changed, awake) = store.desk_wake(minutes(5), None).await.unwrap();
    assert_eq!((changed.len(), awake.len()), (2, 2));
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    let (changed, awake) = store.desk_wake(minutes(60), None).await.unwrap();
    assert_eq!((changed.len(), awake.len()), (0, 2), "also after a restart");
    store.desk_change(&people(&["a"]), &DeskChange::Wake, minutes(61)).await.unwrap();
    let (_, awake) = store.desk_wake(minutes(62), None).await.unwrap();
    assert_eq!(awake.iter().map(|row| row.conversation.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn a_message_wakes_what_sleeps_and_brings_back_what_is_archived() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.receive(arrival(0, vec![says("asleep", 0, "one"), says("away", 0, "one")])).await.unwrap();
    let later = NOW.plus_millis(10);
    store.desk_change(&people(&["asleep"]), &DeskChange::Snooze(None), later).await.unwrap();
    store.desk_change(&people(&["away"]), &DeskChange::Archive(true), later).await.unwrap();
    // What was said before and is only read now is nothing new, and neither is another conversation's.
    let old = Message { created_at: Moment::at(NOW.plus_millis(5)), ..bot("old", "older") };
    store.merge_messages(&docs(), &id("asleep"), &[old], None).await.unwrap();
    store.receive(arrival(20, vec![says("other", 20, "two")])).await.unwrap();
    let (changed, _) = store.desk_wake(minutes(9_000), None).await.unwrap();
    assert_eq!(changed, [], "no time was said, and nobody wrote");
    store.receive(arrival(21, vec![says("asleep", 21, "two"), says("away", 21, "two")])).await.unwrap();
    let one = Some((docs(), id("asleep")));
    let (changed, awake) = store.desk_wake(minutes(1), one).await.unwrap();
    assert_eq!((changed.len(), awake.len()), (1, 1));
    assert!(entry(&store, "asleep").await.reminds());
    assert!(entry(&store, "away").await.archived.is_some(), "nobody asked about it");
    let (changed, _) = store.desk_wake(minutes(1), None).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert!(entry(&store, "away").await.is_empty());
}

/// Three channels with so many conversations each, their activity interleaved.
async fn crowd(store: &Store, many: usize) -> Vec<(ChannelName, bool)> {
    let channels = ["one", "two", "three"].map(ChannelName::new);
    for (at, channel) in channels.iter().enumerate() {
        let listed: Vec<Conversation> = (0..many)
            .map(|n| conversation(&format!("c{n}"), Some(minutes(i64::try_from(n * 3 + at).unwrap()))))
            .collect();
        store.merge_conversations(channel, &listed).await.unwrap();
    }
    channels.into_iter().map(|channel| (channel, false)).collect()
}

fn names(items: &[DeskItem]) -> Vec<String> {
    items.iter().map(|item| format!("{}/{}", item.channel, item.conversation.id)).collect()
}

/// Every page until the end.
async fn all(store: &Store, query: DeskQuery) -> Vec<DeskItem> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = store.desk_list(DeskQuery { after, ..query.clone() }).await.unwrap();
        items.extend(page.items);
        match page.next {
            Some(next) => after = super::super::RosterCursor::parse(&next),
            None => return items,
        }
    }
}

#[tokio::test]
async fn all_channels_stand_in_one_order_and_pages_tell_each_once() {
    let dir = dir();
    let store = Store::open(dir.path());
    let channels = crowd(&store, 150).await;
    let pinned = [(ChannelName::new("two"), id("c3")), (ChannelName::new("one"), id("c140"))];
    store.desk_change(&pinned, &DeskChange::Pin(true), NOW).await.unwrap();
    for limit in [1, 7, 100, 1_000] {
        let items = all(&store, DeskQuery { channels: channels.clone(), limit, ..DeskQuery::default() }).await;
        assert_eq!(items.len(), 450, "{limit}");
        assert_eq!(names(&items).into_iter().collect::<HashSet<_>>().len(), 450, "{limit}");
        assert_eq!(names(&items[..3]), ["one/c140", "two/c3", "three/c149"], "pinned first: {limit}");
        let rest: Vec<_> = items[2..].iter().map(|item| std::cmp::Reverse(item.activity)).collect();
        assert!(rest.is_sorted(), "{limit}");
    }
    let two = channels.iter().filter(|(name, _)| name.as_str() == "two").cloned().collect();
    let items = all(&store, DeskQuery { channels: two, limit: 50, ..DeskQuery::default() }).await;
    assert!(items.len() == 150 && items.iter().all(|item| item.channel.as_str() == "two"));
}

#[tokio::test]
async fn the_list_is_narrowed_by_what_is_kept_said_and_typed() {
    let dir = dir();
    let store = Store::open(dir.path());
    let channels = crowd(&store, 4).await;
    let (one, two) = (ChannelName::new("one"), ChannelName::new("two"));
    let at = |channel: &ChannelName, name: &str| [(channel.clone(), id(name))];
    store.desk_change(&at(&one, "c0"), &DeskChange::Archive(true), NOW).await.unwrap();
    store.desk_change(&at(&one, "c1"), &DeskChange::Snooze(None), NOW).await.unwrap();
    store.desk_change(&at(&two, "c2"), &read_labels("vip").unwrap(), NOW).await.unwrap();
    store.desk_change(&at(&two, "c3"), &read_labels("vip-old").unwrap(), NOW).await.unwrap();
    store.merge_messages(&two, &id("c1"), &[user("m1", "is anybody there?")], None).await.unwrap();
    store.merge_messages(&two, &id("c0"), &[user("m1", "hello"), bot("m2", "hello, too")], None).await.unwrap();
    let ask = |filter: DeskFilter| {
        let unread = HashSet::from([(two.clone(), id("c3"))]);
        let query = DeskQuery { channels: channels.clone(), filter, unread, limit: 50, ..DeskQuery::default() };
        let store = store.clone();
        async move { names(&all(&store, query).await) }
    };
    let plain = ask(DeskFilter::default()).await;
    assert_eq!(plain.len(), 10, "what is out of the way is left out: {plain:?}");
    assert_eq!(ask(DeskFilter { archived: true, ..DeskFilter::default() }).await, ["one/c0"]);
    assert_eq!(ask(DeskFilter { snoozed: true, ..DeskFilter::default() }).await, ["one/c1"]);
    let label = Label::parse("vip").ok();
    assert_eq!(ask(DeskFilter { label, ..DeskFilter::default() }).await, ["two/c2"], "the whole word");
    assert_eq!(ask(DeskFilter { unread: true, ..DeskFilter::default() }).await, ["two/c3"]);
    assert_eq!(ask(DeskFilter { waiting: true, ..DeskFilter::default() }).await, ["two/c1"]);
    let text = "two".to_owned();
    assert_eq!(ask(DeskFilter { text, ..DeskFilter::default() }).await.len(), 4, "a channel's name");
    let text = "title of c3".to_owned();
    assert_eq!(ask(DeskFilter { text, ..DeskFilter::default() }).await.len(), 3);
    let page = store.desk_list(DeskQuery { channels: channels.clone(), limit: 50, ..DeskQuery::default() }).await;
    let said = page.unwrap().items.into_iter().find(|item| names(std::slice::from_ref(item)) == ["two/c0"]).unwrap();
    assert_eq!(said.last.map(|last| last.text).as_deref(), Some("hello, too"));
}

#[tokio::test]
async fn a_search_asks_what_is_kept_of_a_conversation() {
    let dir = dir();
    let store = Store::open(dir.path());
    for name in ["a", "b", "c"] {
        store.merge_messages(&docs(), &id(name), &[user("m", "the moons")], None).await.unwrap();
    }
    let searching = |text: &str| {
        let query = crate::domain::Query::parse(text, NOW).unwrap();
        let request = super::super::SearchRequest { query, within: None, after: None, limit: 10 };
        let store = store.clone();
        async move {
            let found = store.search(request).await.unwrap();
            let mut names: Vec<String> =
                found.hits.into_iter().map(|hit| hit.conversation.unwrap().to_string()).collect();
            names.sort();
            names.concat()
        }
    };
    assert_eq!(searching("moons label:vip").await, "");
    store.desk_change(&people(&["a", "b"]), &read_labels("vip").unwrap(), NOW).await.unwrap();
    store.desk_change(&people(&["b"]), &DeskChange::Pin(true), NOW).await.unwrap();
    store.desk_change(&people(&["c"]), &DeskChange::Archive(true), NOW).await.unwrap();
    for (text, names) in [
        ("moons label:VIP", "ab"),
        ("label:vip is:pinned", "b"),
        ("moons -label:vip", "c"),
        ("moons label:other,vip", "ab"),
        ("is:pinned,archived", "bc"),
        ("moons is:snoozed", ""),
    ] {
        assert_eq!(searching(text).await, names, "{text}");
    }
    store.complete_index(|_| ()).await.unwrap();
    assert_eq!(searching("moons label:vip").await, "ab", "from the index, too");
    assert!(crate::domain::Query::parse("is:odd", NOW).is_err());
}

#[tokio::test]
async fn a_damaged_file_loses_none_of_it_that_can_be_read() {
    let (old, new) = (dir(), dir());
    let store = Store::open(old.path());
    store.desk_change(&people(&["a"]), &read_labels("vip").unwrap(), NOW).await.unwrap();
    store.desk_change(&people(&["b"]), &DeskChange::Note("theirs".to_owned()), NOW).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(new.path());
    store.desk_change(&people(&["b"]), &DeskChange::Note("mine".to_owned()), NOW).await.unwrap();
    let carried = store.salvage(&old.path().join(disk::NAME)).await.unwrap();
    let desk = carried.tables.iter().find(|carried| carried.table == "desk").unwrap();
    assert_eq!((desk.found, desk.added), (2, 1));
    assert_eq!(entry(&store, "a").await.labels.len(), 1);
    assert_eq!(entry(&store, "b").await.note, "mine", "what is here stays");
}
