//! The outbox: what is kept, and every step that is and isn't permitted.

use super::super::StoreError;
use super::*;
use crate::domain::{Failure, Kind};

#[tokio::test]
async fn everything_about_a_turn_is_kept() {
    let dir = dir();
    let store = Store::open(dir.path());
    sending(&store, &turn("hi")).await;
    let failure = Failure {
        kind: Kind::RateLimited,
        message: "too \"many\"\n".to_owned(),
        hint: Some("wait".to_owned()),
        status: Some(429),
        retry_at: Some(NOW.plus_millis(1)),
    };
    store.settle(&turn_id("hi"), OutState::Sent, Some(&failure)).await.unwrap();
    let reply = Reply { message_id: Some(MessageId::new("m")), ..reply("some", Some(Finish::Cancelled)) };
    store.write_reply(&turn_id("hi"), &reply).await.unwrap();
    store.close().await.unwrap();

    let store = Store::open(dir.path());
    let expected = Turn { state: OutState::Sent, failure: Some(failure), reply: Some(reply), ..turn("hi") };
    assert_eq!(store.turn(&turn_id("hi")).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.turns(&docs(), Some(&id("c"))).await.unwrap(), [expected]);
}

#[tokio::test]
async fn turns_come_oldest_first_and_by_conversation() {
    let dir = dir();
    let store = Store::open(dir.path());
    let elsewhere = Turn { conversation: None, ..turn("new") };
    for turn in [turn("z"), elsewhere, turn("a"), turn("m")] {
        store.enqueue(&turn).await.unwrap();
    }
    let ids = |turns: Vec<Turn>| turns.into_iter().map(|t| t.text).collect::<Vec<_>>();
    assert_eq!(ids(store.turns(&docs(), Some(&id("c"))).await.unwrap()), ["z", "a", "m"]);
    assert_eq!(ids(store.turns(&docs(), None).await.unwrap()), ["new"]);
    assert!(store.turns(&docs(), Some(&id("never seen"))).await.unwrap().is_empty());
    assert!(store.turns(&ChannelName::new("other"), None).await.unwrap().is_empty());
    store.bind(&turn_id("new"), &id("d")).await.unwrap();
    assert!(store.turns(&docs(), None).await.unwrap().is_empty());
    assert_eq!(ids(store.turns(&docs(), Some(&id("d"))).await.unwrap()), ["new"]);
}

/// Brings a turn called `t` to that state.
async fn brought_to(state: OutState) -> (tempfile::TempDir, Store) {
    let dir = dir();
    let store = Store::open(dir.path());
    match state {
        OutState::Queued => store.enqueue(&turn("t")).await.unwrap(),
        OutState::Sending => sending(&store, &turn("t")).await,
        OutState::Cancelled => {
            store.enqueue(&turn("t")).await.unwrap();
            store.drop_turn(&turn_id("t")).await.unwrap();
        }
        other => settled(&store, &turn("t"), other).await,
    }
    (dir, store)
}

fn check<T>(answer: Result<T, StoreError>, legal: bool, step: &str, from: OutState) {
    match (answer, legal) {
        (Ok(_), true) => {}
        (Err(StoreError::Illegal { turn, from: was, .. }), false) => assert_eq!((turn, was), (turn_id("t"), from)),
        (Ok(_), false) => panic!("{step} of {from:?} should be refused"),
        (Err(error), _) => panic!("{step} of {from:?}: {error}"),
    }
}

#[tokio::test]
async fn every_step_from_every_state() {
    use OutState::{Cancelled, Queued, Rejected, Sending, Sent, Unknown};
    let t = turn_id("t");
    for from in OutState::ALL {
        for to in OutState::ALL {
            let (_dir, store) = brought_to(from).await;
            let legal = match from {
                Sending => matches!(to, Sent | Rejected | Unknown | Queued),
                Sent => to == Sent,
                Unknown => matches!(to, Sent | Unknown | Cancelled),
                Queued | Rejected => to == Cancelled,
                Cancelled => false,
            };
            // Queueing and cancelling have methods of their own, with the same rule.
            match to {
                Queued => check(store.requeue_unsent(&t, None).await, legal, "requeue", from),
                Cancelled => check(store.drop_turn(&t).await, legal, "drop", from),
                Sending => assert_eq!(store.claim(&t, NOW).await.unwrap(), from == Queued, "claim of {from:?}"),
                to => check(store.settle(&t, to, None).await, legal, "settle", from),
            }
            let claimed = to == Sending && from == Queued;
            assert_eq!(state_of(&store, "t").await, if legal || claimed { to } else { from });
        }
        let (_dir, store) = brought_to(from).await;
        let legal = matches!(from, Queued | Rejected | Unknown);
        check(store.send_again(&t, &turn_id("t2"), NOW.plus_millis(9)).await, legal, "send again", from);
        assert_eq!(store.turn(&turn_id("t2")).await.unwrap().is_some(), legal);
        let (_dir, store) = brought_to(from).await;
        let legal = matches!(from, Sending | Sent);
        check(store.write_reply(&t, &reply("a", None)).await, legal, "reply", from);
    }
}

#[tokio::test]
async fn sending_again_makes_a_new_turn_and_cancels_the_old() {
    let dir = dir();
    let store = Store::open(dir.path());
    sending(&store, &turn("hi")).await;
    let why = Failure::new(Kind::Invalid, "refused");
    store.settle(&turn_id("hi"), OutState::Rejected, Some(&why)).await.unwrap();
    let later = NOW.plus_millis(60_000);
    let again = store.send_again(&turn_id("hi"), &turn_id("hi 2"), later).await.unwrap();
    let queue = QueueEntry { rank: Some(1), ..QueueEntry::default() };
    assert_eq!(again, Turn { id: turn_id("hi 2"), created: later, queue, ..turn("hi") });
    assert_eq!(store.turns(&docs(), Some(&id("c"))).await.unwrap(), [again]);
    let old = store.turn(&turn_id("hi")).await.unwrap().unwrap();
    assert_eq!((old.state, old.failure), (OutState::Cancelled, Some(why)));
    assert!(store.claim(&turn_id("hi 2"), NOW).await.unwrap());
    // A new id that is taken changes nothing at all.
    store.settle(&turn_id("hi 2"), OutState::Unknown, None).await.unwrap();
    let taken = store.send_again(&turn_id("hi 2"), &turn_id("hi"), later).await;
    assert!(matches!(taken, Err(StoreError::DuplicateTurn(id)) if id == turn_id("hi")));
    assert_eq!(state_of(&store, "hi 2").await, OutState::Unknown);
}

#[tokio::test]
async fn a_turn_put_back_says_why_it_waits_until_it_is_claimed_again() {
    let dir = dir();
    let store = Store::open(dir.path());
    sending(&store, &turn("hi")).await;
    let why = Failure::new(Kind::Network, "refused");
    store.requeue_unsent(&turn_id("hi"), Some(&why)).await.unwrap();
    assert_eq!(store.turn(&turn_id("hi")).await.unwrap().unwrap().failure, Some(why));
    assert!(store.claim(&turn_id("hi"), NOW).await.unwrap());
    assert_eq!(store.turn(&turn_id("hi")).await.unwrap().unwrap().failure, None);
}

#[tokio::test]
async fn only_the_holder_changes_a_turn_in_hand() {
    let dir = dir();
    let (holder, other) = (Store::open(dir.path()), Store::open(dir.path()));
    sending(&holder, &turn("hi")).await;
    let t = turn_id("hi");
    assert!(matches!(other.settle(&t, OutState::Sent, None).await, Err(StoreError::NotHolder(_))));
    assert!(matches!(other.requeue_unsent(&t, None).await, Err(StoreError::NotHolder(_))));
    assert!(matches!(other.write_reply(&t, &reply("a", None)).await, Err(StoreError::NotHolder(_))));
    holder.settle(&t, OutState::Sent, None).await.unwrap();
    assert!(matches!(other.write_reply(&t, &reply("a", None)).await, Err(StoreError::NotHolder(_))));
    holder.write_reply(&t, &reply("a", None)).await.unwrap();
}

#[tokio::test]
async fn misuse_is_refused_with_its_own_error() {
    let dir = dir();
    let store = Store::open(dir.path());
    let absent = turn_id("absent");
    assert!(matches!(store.claim(&absent, NOW).await, Err(StoreError::UnknownTurn(id)) if id == absent));
    store.enqueue(&turn("hi")).await.unwrap();
    assert!(matches!(store.enqueue(&turn("hi")).await, Err(StoreError::DuplicateTurn(_))));
    let sent = Turn { state: OutState::Sent, ..turn("other") };
    assert!(matches!(store.enqueue(&sent).await, Err(StoreError::Illegal { .. })));
    store.bind(&turn_id("hi"), &id("c")).await.unwrap();
    assert!(matches!(store.bind(&turn_id("hi"), &id("d")).await, Err(StoreError::Bound(_))));
}
