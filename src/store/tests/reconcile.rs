//! What the history says about the outbox.

use super::super::StoredMessage;
use super::*;
use crate::domain::{Failure, Kind};

async fn merge(store: &Store, page: &[Message]) -> Vec<TurnId> {
    let after = store.last_message_id(&docs(), &id("c")).await.unwrap();
    store.merge_messages(&docs(), &id("c"), page, after.as_ref()).await.unwrap().settled
}

async fn open(store: &Store) -> Vec<Turn> {
    store.turns(&docs(), Some(&id("c"))).await.unwrap()
}

async fn entries(store: &Store) -> Vec<StoredMessage> {
    store.messages(&docs(), &id("c"), None, 100).await.unwrap().entries
}

/// A sent turn whose reply ended so.
async fn replied(store: &Store, turn: &Turn, text: &str, finish: Finish) {
    settled(store, turn, OutState::Sent).await;
    store.write_reply(&turn.id, &reply(text, Some(finish))).await.unwrap();
}

#[tokio::test]
async fn a_sent_turn_and_its_reply_move_into_the_history() {
    let dir = dir();
    let store = Store::open(dir.path());
    replied(&store, &turn_saying("t", "  hi\n"), "hello!", Finish::Stop).await;
    assert_eq!(open(&store).await.len(), 1);
    assert_eq!(merge(&store, &[user("1", "hi"), bot("2", "hello!\n")]).await, [turn_id("t")]);
    assert!(open(&store).await.is_empty());
    let shown = entries(&store).await;
    assert_eq!((shown[1].first_word_ms, shown[1].took_ms, shown[1].finish), (Some(400), Some(2_000), None));
    assert_eq!(shown[1].message.text, "hello!\n");
    assert_eq!(shown[0].first_word_ms, None);
    let turn = store.turn(&turn_id("t")).await.unwrap().unwrap();
    assert_eq!(turn.message_id, Some(MessageId::new("1")));
    assert_eq!(turn.reply.unwrap().message_id, Some(MessageId::new("2")));
}

#[tokio::test]
async fn why_the_platform_ended_a_reply_is_kept_with_its_history() {
    for finish in [Finish::Length, Finish::Filtered] {
        let dir = dir();
        let store = Store::open(dir.path());
        replied(&store, &turn_saying("t", "hi"), "hello", finish).await;
        merge(&store, &[user("1", "hi"), bot("2", "hello")]).await;
        let shown = entries(&store).await;
        assert_eq!((shown[1].message.text.as_str(), shown[1].finish), ("hello", Some(finish)));
        let reply = store.turn(&turn_id("t")).await.unwrap().unwrap().reply.unwrap();
        assert_eq!(reply.finish, Some(finish));
    }
}

#[tokio::test]
async fn an_unknown_turn_that_is_found_was_sent() {
    let dir = dir();
    let store = Store::open(dir.path());
    sending(&store, &turn("hi")).await;
    let lost = Failure::new(Kind::UnknownDelivery, "no answer");
    store.settle(&turn_id("hi"), OutState::Unknown, Some(&lost)).await.unwrap();
    assert_eq!(merge(&store, &[user("1", "something else")]).await, []);
    assert_eq!(state_of(&store, "hi").await, OutState::Unknown);
    assert_eq!(merge(&store, &[user("2", "hi")]).await, [turn_id("hi")]);
    let turn = &open(&store).await[0];
    assert_eq!(
        (turn.state, turn.failure.clone(), turn.message_id.clone()),
        (OutState::Sent, None, Some(MessageId::new("2")))
    );
    // Its reply comes with a later page.
    assert_eq!(merge(&store, &[bot("3", "hello")]).await, [turn_id("hi")]);
    assert!(open(&store).await.is_empty());
    let reply = store.turn(&turn_id("hi")).await.unwrap().unwrap().reply.unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), ("hello", Some(Finish::Stop)));
}

#[tokio::test]
async fn the_same_words_twice_settle_the_older_turn_first() {
    let dir = dir();
    let store = Store::open(dir.path());
    replied(&store, &turn_saying("t1", "again"), "one", Finish::Stop).await;
    settled(&store, &turn_saying("t2", "again"), OutState::Unknown).await;
    assert_eq!(merge(&store, &[user("1", "again"), bot("2", "one")]).await, [turn_id("t1")]);
    assert_eq!(state_of(&store, "t2").await, OutState::Unknown);
    assert_eq!(merge(&store, &[user("3", "again"), bot("4", "two")]).await, [turn_id("t2")]);
    assert!(open(&store).await.is_empty());
    // Where no reply tells them apart, too.
    settled(&store, &turn_saying("t3", "more"), OutState::Unknown).await;
    settled(&store, &turn_saying("t4", "more"), OutState::Unknown).await;
    assert_eq!(merge(&store, &[user("5", "more"), bot("6", "three")]).await, [turn_id("t3")]);
    assert_eq!(state_of(&store, "t4").await, OutState::Unknown);
}

#[tokio::test]
async fn a_reply_tells_which_of_two_turns_with_the_same_words_arrived() {
    let dir = dir();
    let store = Store::open(dir.path());
    settled(&store, &turn_saying("lost", "again"), OutState::Unknown).await;
    replied(&store, &turn_saying("came", "again"), "the answer", Finish::Stop).await;
    assert_eq!(merge(&store, &[user("1", "again"), bot("2", "the answer")]).await, [turn_id("came")]);
    assert_eq!(state_of(&store, "lost").await, OutState::Unknown);
}

#[tokio::test]
async fn a_message_that_was_known_before_settles_nothing() {
    let dir = dir();
    let store = Store::open(dir.path());
    merge(&store, &[user("1", "hi"), bot("2", "hello")]).await;
    settled(&store, &turn("hi"), OutState::Unknown).await;
    let again = store.merge_messages(&docs(), &id("c"), &[user("1", "hi"), bot("2", "hello")], None).await.unwrap();
    assert_eq!((again.new, again.settled), (0, Vec::new()));
    assert_eq!(state_of(&store, "hi").await, OutState::Unknown);
}

#[tokio::test]
async fn a_message_that_is_much_older_than_a_turn_settles_nothing() {
    let dir = dir();
    let store = Store::open(dir.path());
    settled(&store, &turn("hi"), OutState::Unknown).await;
    let dated = |name: &str, minutes: i64| Message {
        created_at: Moment::at(NOW.plus_millis(minutes * 60_000)),
        ..user(name, "hi")
    };
    assert_eq!(merge(&store, &[dated("1", -11)]).await, []);
    assert_eq!(merge(&store, &[dated("2", -9), bot("b", "hello")]).await, [turn_id("hi")]);
    settled(&store, &turn_saying("t", "hi"), OutState::Sent).await;
    assert_eq!(merge(&store, &[dated("3", -60 * 24 - 1)]).await, []);
    assert_eq!(merge(&store, &[dated("4", -60 * 23)]).await, [turn_id("t")]);
}

#[tokio::test]
async fn a_clock_that_is_years_behind_does_not_show_an_exchange_twice() {
    let dir = dir();
    let store = Store::open(dir.path());
    replied(&store, &turn_saying("t", "hi"), "hello, how can", Finish::Cut).await;
    let years_ago =
        |message: Message| Message { created_at: Moment::at(NOW.plus_millis(-2 * 365 * 86_400_000)), ..message };
    // The same words, but another reply: an exchange of long ago.
    assert_eq!(merge(&store, &[years_ago(user("1", "hi")), years_ago(bot("2", "go away"))]).await, []);
    let page = [years_ago(user("3", "hi")), years_ago(bot("4", "hello, how can I help?"))];
    assert_eq!(merge(&store, &page).await, [turn_id("t")]);
    assert!(open(&store).await.is_empty());
    let texts: Vec<String> = entries(&store).await.into_iter().map(|e| e.message.text).collect();
    assert_eq!(texts, ["hi", "go away", "hi", "hello, how can I help?"]);
}

#[tokio::test]
async fn queued_rejected_and_cancelled_turns_are_never_settled_by_the_history() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.enqueue(&turn_saying("queued", "hi")).await.unwrap();
    settled(&store, &turn_saying("rejected", "hi"), OutState::Rejected).await;
    settled(&store, &turn_saying("cancelled", "hi"), OutState::Unknown).await;
    store.drop_turn(&turn_id("cancelled")).await.unwrap();
    assert_eq!(merge(&store, &[user("1", "hi")]).await, []);
}

#[tokio::test]
async fn a_cut_reply_gives_way_to_one_as_long_or_longer() {
    for (ours, theirs) in [("The eight pla", "The eight planets are"), ("as long", "as long")] {
        let dir = dir();
        let store = Store::open(dir.path());
        replied(&store, &turn("hi"), ours, Finish::Cut).await;
        assert_eq!(merge(&store, &[user("1", "hi"), bot("2", theirs)]).await, [turn_id("hi")]);
        assert!(open(&store).await.is_empty());
        let shown = entries(&store).await;
        assert_eq!((shown[1].message.text.as_str(), shown[1].finish), (theirs, None));
        let reply = store.turn(&turn_id("hi")).await.unwrap().unwrap().reply.unwrap();
        assert_eq!((reply.text.as_str(), reply.finish), (theirs, Some(Finish::Stop)));
    }
}

#[tokio::test]
async fn our_own_longer_reply_goes_on_being_shown_in_its_place() {
    let dir = dir();
    let store = Store::open(dir.path());
    replied(&store, &turn("hi"), "The eight planets", Finish::Cut).await;
    merge(&store, &[user("1", "hi"), bot("2", "The eight"), user("3", "next")]).await;
    assert!(open(&store).await.is_empty());
    let shown = entries(&store).await;
    assert_eq!((shown[1].message.text.as_str(), shown[1].finish), ("The eight planets", Some(Finish::Cut)));
    assert_eq!(shown.len(), 3);
    // Until the platform's copy has caught up.
    store.merge_messages(&docs(), &id("c"), &[bot("2", "The eight pl")], None).await.unwrap();
    assert_eq!(entries(&store).await[1].message.text, "The eight planets");
    let whole = "The eight planets are these.";
    store.merge_messages(&docs(), &id("c"), &[bot("2", whole)], None).await.unwrap();
    let shown = entries(&store).await;
    assert_eq!((shown[1].message.text.as_str(), shown[1].finish), (whole, None));
}

#[tokio::test]
async fn a_reply_that_is_being_written_is_left_to_its_writer() {
    let dir = dir();
    let (writer, reader) = (Store::open(dir.path()), Store::open(dir.path()));
    settled(&writer, &turn("hi"), OutState::Sent).await;
    writer.write_reply(&turn_id("hi"), &reply("The ei", None)).await.unwrap();
    assert_eq!(merge(&reader, &[user("1", "hi"), bot("2", "The eight")]).await, [turn_id("hi")]);
    let turn = &open(&reader).await[0];
    assert_eq!((turn.message_id.clone(), turn.reply.clone().unwrap().message_id), (Some(MessageId::new("1")), None));
    writer.write_reply(&turn_id("hi"), &reply("The eight", Some(Finish::Stop))).await.unwrap();
    assert!(open(&reader).await.is_empty());
    assert_eq!(entries(&reader).await[1].took_ms, Some(2_000));
}

#[tokio::test]
async fn a_message_found_while_it_is_being_sent_is_never_unknown() {
    let dir = dir();
    let (sender, reader) = (Store::open(dir.path()), Store::open(dir.path()));
    sending(&sender, &turn("hi")).await;
    assert_eq!(merge(&reader, &[user("1", "hi")]).await, [turn_id("hi")]);
    assert_eq!(state_of(&reader, "hi").await, OutState::Sending);
    let now = sender.settle(&turn_id("hi"), OutState::Unknown, None).await.unwrap();
    assert_eq!(now, OutState::Sent);
}

#[tokio::test]
async fn a_dead_instances_message_is_found_before_anyone_recovers_it() {
    let dir = dir();
    let dead = Store::open(dir.path());
    sending(&dead, &turn("hi")).await;
    dead.close().await.unwrap();
    let store = Store::open(dir.path());
    assert_eq!(merge(&store, &[user("1", "hi"), bot("2", "hello")]).await, [turn_id("hi")]);
    assert_eq!(state_of(&store, "hi").await, OutState::Sent);
    assert!(open(&store).await.is_empty());
    assert!(store.recover().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_turn_without_reply_that_the_history_has_passed_is_shown_no_more() {
    let dir = dir();
    let store = Store::open(dir.path());
    settled(&store, &turn("hi"), OutState::Unknown).await;
    merge(&store, &[user("1", "hi")]).await;
    assert_eq!(open(&store).await.len(), 1);
    merge(&store, &[message("2", Role::Admin, "noted"), user("3", "anyone?")]).await;
    assert!(open(&store).await.is_empty());
}

#[tokio::test]
async fn a_reply_that_the_platform_never_kept_stays_in_its_place() {
    let dir = dir();
    let store = Store::open(dir.path());
    replied(&store, &turn("hi"), "half a", Finish::Cancelled).await;
    merge(&store, &[user("1", "hi")]).await;
    assert_eq!(open(&store).await.len(), 1);
    let page = [user("2", "next"), bot("3", "answer")];
    merge(&store, &page).await;
    assert!(open(&store).await.is_empty());
    for _ in 0..2 {
        let shown = entries(&store).await;
        let told: Vec<_> = shown.iter().map(|e| (e.message.text.as_str(), e.finish, e.ours)).collect();
        assert_eq!(
            told,
            [
                ("hi", None, false),
                ("half a", Some(Finish::Cancelled), true),
                ("next", None, false),
                ("answer", None, false)
            ]
        );
        assert_eq!(store.message_count(&docs(), &id("c")).await.unwrap(), 3);
        // The same when it is read again from the start.
        store.forget_messages(&docs(), &id("c")).await.unwrap();
        assert_eq!(open(&store).await.len(), 1);
        merge(&store, &[user("1", "hi"), user("2", "next"), bot("3", "answer")]).await;
    }
    // What is ours is no cursor for the platform.
    replied(&store, &turn("last"), "words", Finish::Cut).await;
    merge(&store, &[user("4", "last"), user("5", "end")]).await;
    assert_eq!(store.last_message_id(&docs(), &id("c")).await.unwrap(), Some(MessageId::new("5")));
}

#[tokio::test]
async fn an_empty_page_of_an_unknown_conversation_leaves_no_trace() {
    let dir = dir();
    let store = Store::open(dir.path());
    assert_eq!(merge(&store, &[]).await, []);
    assert_eq!(store.conversation_count(&docs()).await.unwrap(), 0);
}
