//! The roster: its order, its pages, and what a platform's list can't take away.

use super::*;

async fn names(store: &Store) -> Vec<String> {
    let rows = store.conversations(&docs(), None, 100).await.unwrap();
    rows.iter().map(|row| row.conversation.id.as_str().to_owned()).collect()
}

#[tokio::test]
async fn newest_activity_comes_first_and_unreadable_times_last_as_they_came() {
    let dir = dir();
    let store = Store::open(dir.path());
    let listed = [
        conversation("odd 1", None),
        conversation("old", Some(NOW.plus_millis(-2_000))),
        conversation("odd 2", None),
        conversation("new", Some(NOW.plus_millis(-1_000))),
    ];
    store.merge_conversations(&docs(), &listed).await.unwrap();
    store.merge_conversations(&ChannelName::new("other"), &[conversation("x", None)]).await.unwrap();
    assert_eq!(names(&store).await, ["new", "old", "odd 1", "odd 2"]);
    assert_eq!(store.conversation_count(&docs()).await.unwrap(), 4);

    let sent = Turn { conversation: Some(id("odd 2")), ..turn("hello") };
    settled(&store, &sent, OutState::Rejected).await;
    store.save_draft(&docs(), Some(&id("old")), "typed", NOW).await.unwrap();
    assert_eq!(names(&store).await, ["odd 2", "new", "old", "odd 1"]);
    let rows = store.conversations(&docs(), None, 100).await.unwrap();
    assert_eq!(rows.iter().map(|r| r.last_state).collect::<Vec<_>>(), [Some(OutState::Rejected), None, None, None]);
    assert_eq!(rows.iter().map(|r| r.has_draft).collect::<Vec<_>>(), [false, false, true, false]);
    assert_eq!(rows[0].activity, Some(NOW));
    assert_eq!(rows[0].conversation, listed[2]);
    assert_eq!(rows[3].activity, None);
    assert_eq!(store.conversation(&docs(), &id("new")).await.unwrap(), Some(rows[1].clone()));
    assert_eq!(store.conversation(&docs(), &id("x")).await.unwrap(), None);
}

#[tokio::test]
async fn pages_of_every_size_join_to_the_whole() {
    let dir = dir();
    let store = Store::open(dir.path());
    // Many with the same time, many with none.
    let listed: Vec<_> = (0..40)
        .map(|n| conversation(&format!("{n}"), (n % 3 != 0).then(|| NOW.plus_millis(i64::from(n / 10)))))
        .collect();
    store.merge_conversations(&docs(), &listed).await.unwrap();
    let whole = store.conversations(&docs(), None, 100).await.unwrap();
    assert_eq!(whole.len(), 40);
    for size in [1, 7, 39, 40, 41] {
        let mut joined = Vec::new();
        let mut after = None;
        loop {
            let page = store.conversations(&docs(), after, size).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.cursor);
            joined.extend(page);
        }
        assert_eq!(joined, whole, "pages of {size}");
    }
}

#[tokio::test]
async fn a_list_never_takes_a_title_or_a_time_away() {
    let dir = dir();
    let store = Store::open(dir.path());
    let known = conversation("c", Some(NOW));
    store.merge_conversations(&docs(), std::slice::from_ref(&known)).await.unwrap();
    let empty =
        Conversation { id: id("c"), title: " ".to_owned(), created_at: Moment::default(), details: Vec::new() };
    store.merge_conversations(&docs(), &[empty]).await.unwrap();
    let unreadable = conversation("c", None);
    store.merge_conversations(&docs(), &[unreadable]).await.unwrap();
    assert_eq!(store.conversation(&docs(), &id("c")).await.unwrap().unwrap().conversation, known);

    let changed = Conversation { title: "renamed".to_owned(), ..conversation("c", Some(NOW.plus_millis(5))) };
    store.merge_conversations(&docs(), std::slice::from_ref(&changed)).await.unwrap();
    assert_eq!(store.conversation(&docs(), &id("c")).await.unwrap().unwrap().conversation, changed);
}

#[tokio::test]
async fn a_conversation_begun_here_shows_its_first_words_until_the_list_names_it() {
    let dir = dir();
    let store = Store::open(dir.path());
    let begun = Turn { conversation: None, ..turn("how many planets?") };
    sending(&store, &begun).await;
    assert!(store.conversations(&docs(), None, 10).await.unwrap().is_empty());
    store.bind(&begun.id, &id("c")).await.unwrap();
    let row = store.conversation(&docs(), &id("c")).await.unwrap().unwrap();
    assert_eq!((row.conversation.title.as_str(), row.activity), ("how many planets?", Some(NOW)));
    assert_eq!(row.conversation.created_at, Moment::default());
    store.merge_conversations(&docs(), &[conversation("c", Some(NOW.plus_millis(-9)))]).await.unwrap();
    let row = store.conversation(&docs(), &id("c")).await.unwrap().unwrap();
    assert_eq!((row.conversation.title.as_str(), row.activity), ("title of c", Some(NOW)));
}
