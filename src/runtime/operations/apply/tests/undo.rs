//! What was replaced is put back, and only that.

use super::*;

async fn put_back(fake: &Fake, store: &Store, n: i64) -> Applied {
    let entry = store.journal_entry(n).await.unwrap().unwrap();
    let (channel, source) = (ChannelName::new("docs"), SourceId::new("s"));
    at(fake, store, &channel, &source, watch::channel(false).1).put_back(&entry).await.unwrap()
}

/// The number of the newest entry.
async fn newest(store: &Store) -> i64 {
    journal(store).await[0].n
}

#[tokio::test]
async fn a_change_a_delete_and_a_new_row_are_put_back_after_a_restart() {
    let (dir, store) = store();
    let fake = Fake::new(&store, &[("a", "old"), ("b", "old")]);
    let rename = Edit::Update { name: Some("A".to_owned()), content: Some("new".to_owned()) };
    apply(&fake, &store, vec![change("1", Some("a"), rename)]).await;
    apply(&fake, &store, vec![change("2", Some("b"), Edit::Delete)]).await;
    apply(&fake, &store, vec![create("3", "c", "made")]).await;
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    let fake = Fake::new(&store, &[]);
    for (row, version) in [("a", version("A", "new")), ("new 7", version("c", "made"))] {
        fake.set(row, Some(version));
    }
    let entries = journal(&store).await;
    let [made, deleted, changed] = &entries[..] else { panic!("{entries:?}") };
    store
        .journal_settle(vec![(made.n, crate::store::JournalOutcome::Made(Some(RowId::new("new 7"))))])
        .await
        .unwrap();
    assert_eq!(put_back(&fake, &store, changed.n).await, done("a"));
    assert_eq!(put_back(&fake, &store, deleted.n).await, done("new 1"), "its new id is told");
    assert_eq!(put_back(&fake, &store, made.n).await, done("new 7"));
    assert_eq!(fake.versions(), [version("a", "old"), version("b", "old")]);
    for n in [made.n, deleted.n, changed.n] {
        assert!(matches!(put_back(&fake, &store, n).await, Applied::Refused(_)), "once is enough");
    }
    // What put it back can be put back, too.
    assert_eq!(newest(&store).await, made.n + 3);
    let again = put_back(&fake, &store, newest(&store).await).await;
    assert!(matches!(again, Applied::Done(Some(_))));
    assert_eq!(fake.versions()[2], version("c", "made"));
}

#[tokio::test]
async fn what_somebody_changed_since_is_a_conflict_and_waits_for_a_word() {
    let (_dir, store) = store();
    let fake = Fake::new(&store, &[("a", ""), ("b", "")]);
    apply(&fake, &store, vec![write("a", "new")]).await;
    fake.set("a", Some(version("a", "theirs")));
    let n = newest(&store).await;
    let theirs = Some(version("a", "theirs"));
    assert_eq!(put_back(&fake, &store, n).await, Applied::Conflict(theirs.clone()));
    assert_eq!(fake.versions()[0], version("a", "theirs"));
    assert!(!store.journal_entry(n).await.unwrap().unwrap().undone);
    let staged = store.changes(&ChannelName::new("docs")).await.unwrap();
    assert_eq!((staged.len(), &staged[0].state), (1, &ChangeState::Conflict(theirs)));
    assert_eq!((&staged[0].base, staged[0].label.as_str()), (&Some(version("a", "new")), "a"));
    assert_eq!(staged[0].edit, Edit::Update { name: None, content: Some(String::new()) });
}

#[tokio::test]
async fn what_was_not_made_after_all_need_not_be_put_back() {
    let (_dir, store) = store();
    let fake = Fake::new(&store, &[("a", "old"), ("b", "old")]);
    let entry = |row: Option<&str>, was: Option<Version>, became: Option<Version>| Replaced {
        n: 0,
        channel: ChannelName::new("docs"),
        source: SourceId::new("s"),
        row: row.map(RowId::new),
        was,
        became,
        certain: false,
        undone: false,
        at: Timestamp::from_millis(0),
    };
    let old = |name: &str| Some(version(name, "old"));
    let entries = [
        entry(Some("a"), old("a"), Some(version("a", "new"))),
        entry(Some("b"), old("b"), None),
        entry(None, None, Some(version("c", "made"))),
    ];
    let n = store.journal(&entries).await.unwrap();
    let there = |row: &str| Applied::Already(Some(RowId::new(row)));
    assert_eq!(put_back(&fake, &store, n[0]).await, there("a"));
    assert_eq!(put_back(&fake, &store, n[1]).await, there("b"));
    assert_eq!(put_back(&fake, &store, n[2]).await, Applied::Already(None));
    assert_eq!(fake.rows().len(), 2);
    assert!(journal(&store).await.iter().all(|entry| entry.undone));
    // And what was made though nobody knew its id is found.
    fake.set("other", Some(version("c", "other")));
    fake.set("x", Some(version("c", "made")));
    let n = store.journal(&entries[2..]).await.unwrap();
    assert_eq!(put_back(&fake, &store, n[0]).await, done("x"));
    assert_eq!(fake.versions()[2], version("c", "other"));
}

#[tokio::test]
async fn an_update_before_a_delete_is_put_back_after_it() {
    let (_dir, store) = store();
    let fake = Fake::new(&store, &[("a", "")]);
    apply(&fake, &store, vec![write("a", "new")]).await;
    let updated = newest(&store).await;
    apply(&fake, &store, vec![change("gone", Some("a"), Edit::Delete)]).await;
    let deleted = newest(&store).await;
    assert_eq!(put_back(&fake, &store, deleted).await, done("new 1"));
    assert_eq!(put_back(&fake, &store, updated).await, done("new 1"));
    assert_eq!(fake.rows(), [(RowId::new("new 1"), version("a", ""))]);
}
