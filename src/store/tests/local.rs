//! What we sent, filed between what came.

use super::super::StoreError;
use super::inbox::{arrival, says, texts};
use super::*;
use crate::domain::{Attach, Extras};

/// Something of the other side's that came so many milliseconds after [`NOW`].
async fn comes(store: &Store, ms: i64, text: &str) {
    store.receive(arrival(ms, vec![says("c", ms, text)])).await.unwrap();
}

/// Commits a turn and claims it that late.
async fn leaves(store: &Store, name: &str, ms: i64) {
    store.enqueue(&turn(name)).await.unwrap();
    assert!(store.claim(&turn_id(name), NOW.plus_millis(ms)).await.unwrap());
}

async fn filed(store: &Store, name: &str) -> i64 {
    store.file_sent(&turn_id(name), &Role::User, &Extras::default(), None).await.unwrap()
}

#[tokio::test]
async fn what_was_sent_stands_before_the_reply_that_came_first() {
    let dir = dir();
    let store = Store::open(dir.path());
    comes(&store, 10, "hello").await;
    leaves(&store, "question", 20).await;
    comes(&store, 30, "answer").await;
    let seq = filed(&store, "question").await;
    assert_eq!(texts(&store, "c").await, ["hello", "question", "answer"]);
    let entry = &store.messages(&docs(), &id("c"), None, 9).await.unwrap().entries[1];
    assert_eq!((entry.seq, entry.ours, entry.message.created_at.at), (seq, true, Some(NOW.plus_millis(20))));
    assert_eq!(entry.message.id.as_str(), "question");
    assert!(store.turns(&docs(), Some(&id("c"))).await.unwrap().is_empty());
    assert_eq!(state_of(&store, "question").await, OutState::Sent);
    assert!(store.recover().await.unwrap().is_empty());
    // Another part of the answer, by the platform's clock older than the question: still after it.
    comes(&store, -5, "late").await;
    assert_eq!(texts(&store, "c").await, ["hello", "question", "late", "answer"]);
    // No history to read again: nothing of it is forgotten.
    store.forget_messages(&docs(), &id("c")).await.unwrap();
    assert_eq!(texts(&store, "c").await.len(), 4);
    assert!(store.turns(&docs(), Some(&id("c"))).await.unwrap().is_empty());
}

#[tokio::test]
async fn our_first_words_name_a_conversation_with_a_bot_and_none_with_a_person() {
    let dir = dir();
    let store = Store::open(dir.path());
    let title = async || store.conversation(&docs(), &id("c")).await.unwrap().unwrap().conversation.title;
    comes(&store, 10, "hello").await;
    leaves(&store, "as the bot", 15).await;
    let as_bot = store.file_sent(&turn_id("as the bot"), &Role::Assistant, &Extras::default(), None).await;
    as_bot.unwrap();
    let before = title().await;
    assert_ne!(before, "as the bot");
    let dir = super::dir();
    let store = Store::open(dir.path());
    let title = async || store.conversation(&docs(), &id("c")).await.unwrap().unwrap().conversation.title;
    comes(&store, 10, "hello").await;
    assert_eq!(title().await, before);
    for words in ["question", "and another"] {
        leaves(&store, words, 20).await;
        filed(&store, words).await;
        comes(&store, 30, "answer").await;
        assert_eq!(title().await, "question");
    }
}

#[tokio::test]
async fn without_a_reply_it_stands_at_the_end() {
    let dir = dir();
    let store = Store::open(dir.path());
    leaves(&store, "first", 1).await;
    filed(&store, "first").await;
    comes(&store, 10, "hello").await;
    leaves(&store, "second", 20).await;
    filed(&store, "second").await;
    leaves(&store, "third", 20).await;
    filed(&store, "third").await;
    assert_eq!(texts(&store, "c").await, ["first", "hello", "second", "third"]);
}

#[tokio::test]
async fn two_under_way_at_once_stand_as_they_left() {
    let dir = dir();
    let store = Store::open(dir.path());
    comes(&store, 1, "hello").await;
    leaves(&store, "a", 10).await;
    leaves(&store, "b", 20).await;
    comes(&store, 30, "answer").await;
    filed(&store, "b").await;
    filed(&store, "a").await;
    assert_eq!(texts(&store, "c").await, ["hello", "a", "b", "answer"]);
}

#[tokio::test]
async fn many_before_the_same_reply_find_room() {
    let dir = dir();
    let store = Store::open(dir.path());
    let mut expected = Vec::new();
    for n in 0..60 {
        leaves(&store, &format!("{n:02}"), n).await;
        expected.push(format!("{n:02}"));
    }
    comes(&store, 100, "answer").await;
    for name in &expected {
        filed(&store, name).await;
    }
    expected.push("answer".to_owned());
    assert_eq!(texts(&store, "c").await, expected);
}

#[tokio::test]
async fn only_the_claimer_files_and_only_where_the_conversation_is_known() {
    let dir = dir();
    let (store, other) = (Store::open(dir.path()), Store::open(dir.path()));
    let file = async |store: &Store| store.file_sent(&turn_id("t"), &Role::Assistant, &Extras::default(), None).await;
    assert!(matches!(file(&store).await, Err(StoreError::UnknownTurn(_))));
    store.enqueue(&Turn { conversation: None, ..turn("t") }).await.unwrap();
    assert!(matches!(file(&store).await, Err(StoreError::Illegal { .. })));
    assert!(store.claim(&turn_id("t"), NOW).await.unwrap());
    assert!(matches!(file(&other).await, Err(StoreError::NotHolder(_))));
    assert!(matches!(file(&store).await, Err(StoreError::Unbound(_))));
    assert_eq!(state_of(&store, "t").await, OutState::Sending);
    store.bind(&turn_id("t"), &id("c")).await.unwrap();
    file(&store).await.unwrap();
    assert!(matches!(file(&store).await, Err(StoreError::Illegal { .. })));
    assert_eq!(texts(&store, "c").await, ["t"]);
}

#[tokio::test]
async fn what_goes_out_with_a_turn_and_how_it_went_is_kept() {
    let dir = dir();
    let store = Store::open(dir.path());
    let attach = vec![Attach::Path("/tmp/a \"file\"".into()), Attach::Url("https://pictures.example/1".to_owned())];
    let with = Turn { attach, ..turn("t") };
    store.enqueue(&with).await.unwrap();
    assert_eq!(store.turn(&with.id).await.unwrap().unwrap(), with);
    assert_eq!(store.turns(&docs(), Some(&id("c"))).await.unwrap(), std::slice::from_ref(&with));
    let again = store.send_again(&with.id, &turn_id("t2"), NOW).await.unwrap();
    assert_eq!(store.turn(&turn_id("t2")).await.unwrap().unwrap().attach, with.attach);
    assert_eq!(again.attach, with.attach);
    assert!(store.claim(&again.id, NOW).await.unwrap());
    let extras = Extras { via: Some("push".to_owned()), ..Extras::default() };
    store.file_sent(&again.id, &Role::Assistant, &extras, None).await.unwrap();
    let entry = &store.messages(&docs(), &id("c"), None, 9).await.unwrap().entries[0];
    assert_eq!((&entry.message.extras, &entry.message.role), (&extras, &Role::Assistant));
    // A page of a history keeps its extras, too.
    let told = Message { extras: extras.clone(), ..bot("m", "x") };
    store.merge_messages(&docs(), &id("d"), std::slice::from_ref(&told), None).await.unwrap();
    assert_eq!(store.messages(&docs(), &id("d"), None, 9).await.unwrap().entries[0].message, told);
}

#[tokio::test]
async fn ours_stand_in_their_order_whatever_the_clock_said() {
    let dir = dir();
    let store = Store::open(dir.path());
    comes(&store, 0, "hello").await;
    leaves(&store, "first", 3_600_000).await;
    filed(&store, "first").await;
    // The clock was set back by an hour.
    leaves(&store, "second", 1_000).await;
    filed(&store, "second").await;
    leaves(&store, "third", 500).await;
    filed(&store, "third").await;
    assert_eq!(texts(&store, "c").await, ["hello", "first", "second", "third"]);
    // What came while the clock was far ahead came before what leaves now.
    let ahead = Timestamp::now().plus_millis(86_400_000).since(NOW);
    comes(&store, i64::try_from(ahead).unwrap(), "from tomorrow").await;
    leaves(&store, "fourth", 2_000).await;
    filed(&store, "fourth").await;
    assert_eq!(texts(&store, "c").await, ["hello", "first", "second", "third", "from tomorrow", "fourth"]);
}
