//! What dead instances left behind, and what living ones hold.

use std::time::{Duration, Instant};

use super::*;
use crate::domain::Kind;

/// Files in `instances`.
fn locks(dir: &TempDir) -> usize {
    std::fs::read_dir(dir.path().join("instances")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_dropped_stores_turns_are_taken_over() {
    let dir = dir();
    let dead = Store::open(dir.path());
    sending(&dead, &turn("leaving")).await;
    sending(&dead, &turn("begun")).await;
    dead.write_reply(&turn_id("begun"), &reply("The ei", None)).await.unwrap();
    settled(&dead, &turn("silent"), OutState::Sent).await;
    settled(&dead, &turn("streaming"), OutState::Sent).await;
    dead.write_reply(&turn_id("streaming"), &reply("half", None)).await.unwrap();
    settled(&dead, &turn("whole"), OutState::Sent).await;
    dead.write_reply(&turn_id("whole"), &reply("done", Some(Finish::Stop))).await.unwrap();
    settled(&dead, &turn("refused"), OutState::Rejected).await;
    dead.enqueue(&turn("waiting")).await.unwrap();
    let store = Store::open(dir.path());
    assert!(store.recover().await.unwrap().is_empty(), "it is alive");
    assert_eq!(locks(&dir), 1);
    drop(dead);

    let deadline = Instant::now() + Duration::from_secs(20);
    let left = loop {
        let left = store.recover().await.unwrap();
        if !left.is_empty() {
            break left;
        }
        assert!(Instant::now() < deadline, "the dead are never found");
        tokio::task::yield_now().await;
    };
    let told: Vec<_> =
        left.iter().map(|t| (t.text.as_str(), t.state, t.reply.as_ref().and_then(|r| r.finish))).collect();
    assert_eq!(
        told,
        [
            ("leaving", OutState::Unknown, None),
            ("begun", OutState::Sent, Some(Finish::Cut)),
            ("silent", OutState::Sent, Some(Finish::Cut)),
            ("streaming", OutState::Sent, Some(Finish::Cut)),
            ("waiting", OutState::Queued, None),
        ]
    );
    assert_eq!(left[0].failure.as_ref().map(|f| f.kind), Some(Kind::UnknownDelivery));
    assert_eq!(left[3].reply.as_ref().map(|r| r.text.as_str()), Some("half"));
    for turn in &left {
        assert_eq!(store.turn(&turn.id).await.unwrap().as_ref(), Some(turn));
    }
    assert_eq!(locks(&dir), 0);
    // Again: only what still waits, until somebody claims it.
    let again: Vec<_> = store.recover().await.unwrap().into_iter().map(|t| t.text).collect();
    assert_eq!(again, ["waiting"]);
    assert!(store.claim(&turn_id("waiting"), NOW).await.unwrap());
    assert!(store.recover().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_living_are_left_alone() {
    let dir = dir();
    let (alive, dead, other) = (Store::open(dir.path()), Store::open(dir.path()), Store::open(dir.path()));
    sending(&alive, &turn("mine")).await;
    settled(&alive, &turn("streaming"), OutState::Sent).await;
    alive.enqueue(&turn("waiting")).await.unwrap();
    sending(&dead, &turn("theirs")).await;
    dead.close().await.unwrap();
    for store in [&other, &alive] {
        let left: Vec<_> = store.recover().await.unwrap().into_iter().map(|t| t.text).collect();
        assert!(left.is_empty() || left == ["theirs"]);
    }
    assert_eq!(state_of(&other, "theirs").await, OutState::Unknown);
    assert_eq!(state_of(&other, "mine").await, OutState::Sending);
    alive.settle(&turn_id("mine"), OutState::Sent, None).await.unwrap();
    alive.write_reply(&turn_id("streaming"), &reply("all", Some(Finish::Stop))).await.unwrap();
}

#[tokio::test]
async fn a_store_that_only_reads_holds_no_lock() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.conversations(&docs(), None, 10).await.unwrap();
    store.merge_messages(&docs(), &id("c"), &[user("1", "hi")], None).await.unwrap();
    store.recover().await.unwrap();
    assert_eq!(locks(&dir), 0);
    store.enqueue(&turn("hi")).await.unwrap();
    assert_eq!(locks(&dir), 1);
    store.close().await.unwrap();
    assert_eq!(locks(&dir), 0);
}

#[tokio::test]
async fn a_holder_is_alive_exactly_while_its_file_is_locked() {
    let dir = dir();
    let store = Store::open(dir.path());
    sending(&store, &turn("hi")).await;
    let holder = store
        .ask(|database| {
            Ok(database.read().query_row("SELECT holder FROM turns", [], |row| row.get::<_, String>(0))?)
        })
        .await
        .unwrap();
    store.close().await.unwrap();
    let path = dir.path().join("instances").join(format!("{holder}.lock"));
    let file = std::fs::File::create(&path).unwrap();
    file.lock().unwrap();
    let store = Store::open(dir.path());
    assert!(store.recover().await.unwrap().is_empty());
    assert!(path.exists());
    // As after a kill: the file is there and nobody holds it, though another may be asking at the same time.
    file.unlock().unwrap();
    file.lock_shared().unwrap();
    assert_eq!(store.recover().await.unwrap().len(), 1);
    assert!(!path.exists());
}

#[tokio::test]
async fn what_was_recovered_is_found_in_the_history_afterwards() {
    let dir = dir();
    let dead = Store::open(dir.path());
    sending(&dead, &turn("hi")).await;
    dead.close().await.unwrap();
    let store = Store::open(dir.path());
    assert_eq!(store.recover().await.unwrap()[0].state, OutState::Unknown);
    let page = [user("1", "hi"), bot("2", "hello")];
    let merged = store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    assert_eq!(merged.settled, [turn_id("hi")]);
    assert_eq!(state_of(&store, "hi").await, OutState::Sent);
}
