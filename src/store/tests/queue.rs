//! What waits in the outbox: who may take it, and what a kill leaves of it.

use super::super::StoreError;
use super::*;
use crate::domain::Attach;

async fn queued(store: &Store) -> Vec<String> {
    let turns = store.turns(&docs(), Some(&id("c"))).await.unwrap();
    turns.into_iter().filter(|turn| turn.state == OutState::Queued).map(|turn| turn.text).collect()
}

async fn enqueued(names: &[&str]) -> (TempDir, Store) {
    let dir = dir();
    let store = Store::open(dir.path());
    for name in names {
        store.enqueue(&turn(name)).await.unwrap();
    }
    (dir, store)
}

#[tokio::test]
async fn what_is_held_is_claimed_by_nobody_until_it_is_released() {
    let (dir, store) = enqueued(&["a", "b"]).await;
    assert_eq!(store.hold(&[turn_id("a"), turn_id("b")]).await.unwrap(), [turn_id("a"), turn_id("b")]);
    let other = Store::open(dir.path());
    for store in [&store, &other] {
        assert!(!store.claim(&turn_id("a"), NOW).await.unwrap());
        assert_eq!(queued(store).await, ["a", "b"]);
    }
    // The one who lets go of it first sends it; the other has nothing to send.
    let released: Vec<_> = other.release(&docs(), Some(&id("c"))).await.unwrap().into_iter().map(|t| t.id).collect();
    assert_eq!(released, [turn_id("a"), turn_id("b")]);
    assert_eq!(store.release(&docs(), Some(&id("c"))).await.unwrap(), []);
    assert!(other.claim(&turn_id("a"), NOW).await.unwrap());
    assert!(!store.claim(&turn_id("a"), NOW).await.unwrap());
    assert!(store.release(&docs(), Some(&id("never seen"))).await.unwrap().is_empty());
}

#[tokio::test]
async fn only_what_is_in_ones_own_hands_and_has_not_left_is_held() {
    let (dir, store) = enqueued(&["left", "mine"]).await;
    assert!(store.claim(&turn_id("left"), NOW).await.unwrap());
    let other = Store::open(dir.path());
    other.enqueue(&turn("theirs")).await.unwrap();
    let all = [turn_id("left"), turn_id("mine"), turn_id("theirs"), turn_id("absent")];
    assert_eq!(store.hold(&all).await.unwrap(), [turn_id("mine")]);
    assert!(other.claim(&turn_id("theirs"), NOW).await.unwrap(), "what another program sends is not held");
}

#[tokio::test]
async fn a_kill_leaves_what_waited_held_in_its_order_whether_or_not_it_was_held_before() {
    let (dir, store) = enqueued(&["a", "b", "c"]).await;
    store.move_waiting(&turn_id("c"), true).await.unwrap();
    store.hold(&[turn_id("a")]).await.unwrap();
    let seen = Store::open(dir.path());
    let elsewhere = seen.turns(&docs(), Some(&id("c"))).await.unwrap();
    assert!(elsewhere.iter().all(|turn| turn.queue.elsewhere), "it is in living hands");
    store.close().await.unwrap();

    let left = seen.turns(&docs(), Some(&id("c"))).await.unwrap();
    assert!(left.iter().all(|turn| turn.queue.held && !turn.queue.elsewhere), "{left:?}");
    assert_eq!(queued(&seen).await, ["a", "c", "b"]);
    let released: Vec<_> = seen.release(&docs(), Some(&id("c"))).await.unwrap().into_iter().map(|t| t.text).collect();
    assert_eq!(released, ["a", "c", "b"]);
    for name in ["a", "c", "b"] {
        assert!(seen.claim(&turn_id(name), NOW).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_taken_back_is_a_draft_and_no_message_in_one_commit() {
    let (dir, store) = enqueued(&["a"]).await;
    let attach = vec![Attach::Url("https://files.example.com/a.png".to_owned())];
    store.enqueue(&Turn { attach: attach.clone(), ..turn("b") }).await.unwrap();
    store.enqueue(&turn("c")).await.unwrap();
    store.save_draft(&docs(), Some(&id("c")), "half a line", NOW).await.unwrap();
    let taken = store.take_back(&turn_id("b"), NOW).await.unwrap();
    assert_eq!((taken.text.as_str(), &taken.attach), ("b", &attach));
    // However the program ends now, it is there once.
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap().as_deref(), Some("b\nhalf a line"));
    assert_eq!(store.draft_bound(&docs(), Some(&id("c"))).await.unwrap(), Some(turn_id("b")));
    assert_eq!(queued(&store).await, ["a", "c"]);
    // Sent again it has its place, and the draft is gone.
    store.save_draft(&docs(), Some(&id("c")), "b, better", NOW).await.unwrap();
    store.enqueue_instead(&turn_saying("b2", "b, better"), &turn_id("b")).await.unwrap();
    assert_eq!(queued(&store).await, ["a", "b, better", "c"]);
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap(), None);
    let places = store.places(&turn_id("b2")).await.unwrap();
    let order: Vec<_> = places.iter().map(|(id, _)| id.as_str()).collect();
    assert!(order == ["a", "b2", "c"] && places.is_sorted_by_key(|(_, place)| *place), "{places:?}");
}

#[tokio::test]
async fn what_has_left_is_neither_taken_back_nor_dropped_nor_moved() {
    for state in OutState::ALL.into_iter().filter(|state| *state != OutState::Queued) {
        let dir = dir();
        let store = Store::open(dir.path());
        match state {
            OutState::Sending => sending(&store, &turn("t")).await,
            OutState::Cancelled => {
                store.enqueue(&turn("t")).await.unwrap();
                store.drop_waiting(&turn_id("t")).await.unwrap();
            }
            other => settled(&store, &turn("t"), other).await,
        }
        let t = turn_id("t");
        let refusals = [
            store.take_back(&t, NOW).await.err(),
            store.drop_waiting(&t).await.err(),
            store.move_waiting(&t, true).await.err(),
        ];
        for refusal in refusals {
            assert!(
                matches!(refusal, Some(StoreError::Illegal { from, .. }) if from == state),
                "{state:?}: {refusal:?}"
            );
        }
        assert_eq!(state_of(&store, "t").await, state);
        assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap(), None);
    }
    let (_dir, store) = enqueued(&[]).await;
    assert!(matches!(store.take_back(&turn_id("no"), NOW).await, Err(StoreError::UnknownTurn(_))));
}

#[tokio::test]
async fn one_of_two_who_want_it_at_once_has_it() {
    for _ in 0..20 {
        let (dir, store) = enqueued(&["t"]).await;
        let other = Store::open(dir.path());
        let t = turn_id("t");
        let (claimed, taken) = tokio::join!(store.claim(&t, NOW), other.take_back(&t, NOW));
        assert_ne!(claimed.unwrap(), taken.is_ok());
    }
}

#[tokio::test]
async fn what_waits_moves_among_what_waits() {
    let (_dir, store) = enqueued(&["a", "b", "c", "d"]).await;
    assert!(store.claim(&turn_id("a"), NOW).await.unwrap());
    let moved = async |name: &str, up: bool| {
        let places = store.move_waiting(&turn_id(name), up).await.unwrap();
        let told: Vec<String> = places.into_iter().map(|(id, _)| id.to_string()).collect();
        (told, queued(&store).await)
    };
    moved("d", true).await;
    assert_eq!(moved("d", true).await.1, ["d", "b", "c"]);
    assert_eq!(moved("d", true).await.1, ["d", "b", "c"], "what is being sent is not behind it");
    assert_eq!(moved("b", false).await.1, ["d", "c", "b"]);
    assert_eq!(moved("b", false).await.1, ["d", "c", "b"]);
    store.enqueue(&turn("e")).await.unwrap();
    assert_eq!(queued(&store).await, ["d", "c", "b", "e"], "what comes stands behind");
    assert_eq!(moved("e", true).await.1, ["d", "c", "e", "b"]);
}

#[tokio::test]
async fn an_older_database_has_nothing_held_and_its_order() {
    let dir = dir();
    older(
        &dir,
        10,
        "INSERT INTO conversations (channel, id, title, created_raw) VALUES ('docs', 'c', '', '');
         INSERT INTO turns (id, channel, conversation, text, state, holder, created_ms)
         VALUES ('z', 'docs', 1, 'z', 'queued', 'gone', 1), ('a', 'docs', 1, 'a', 'queued', 'gone', 2);",
    );
    let store = Store::open(dir.path());
    let turns = store.turns(&docs(), Some(&id("c"))).await.unwrap();
    assert!(turns.iter().all(|turn| turn.queue.held), "its program has ended: {turns:?}");
    assert_eq!(queued(&store).await, ["z", "a"]);
    assert_eq!(store.release(&docs(), Some(&id("c"))).await.unwrap().len(), 2);
}
