//! Steps of messages that wait together: one commit, each with its own answer.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use super::super::StoreError;
use super::*;

/// How many commits stand in the database's log since it was begun.
fn commits(dir: &Path) -> usize {
    let log = fs::read(disk::sidecar(&dir.join(disk::NAME), "-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let (page, salts) = (number(8) as usize, &log[16..24]);
    let frames = log[32..].chunks_exact(24 + page);
    frames.filter(|frame| frame[8..16] == *salts && frame[4..8] != [0; 4]).count()
}

/// Keeps the store's thread until what is asked meanwhile waits together.
fn held(store: &Store) -> mpsc::Sender<()> {
    let (let_go, wait) = mpsc::channel();
    drop(store.ask(move |_| Ok(_ = wait.recv())));
    let_go
}

#[tokio::test]
async fn steps_that_wait_together_are_one_commit() {
    let dir = dir();
    let store = Store::open(dir.path());
    // This instance's lock, and what else is made once.
    store.enqueue(&turn("first")).await.unwrap();
    let before = commits(dir.path());
    let let_go = held(&store);
    let names: Vec<String> = (0..8).map(|n| format!("t{n}")).collect();
    let queued: Vec<_> = names.iter().map(|name| store.enqueue(&turn(name))).collect();
    let claimed: Vec<_> = names.iter().map(|name| store.claim(&turn_id(name), NOW)).collect();
    let settled: Vec<_> = names.iter().map(|name| store.settle(&turn_id(name), OutState::Sent, None)).collect();
    let_go.send(()).unwrap();
    for queued in queued {
        queued.await.unwrap();
    }
    for claimed in claimed {
        assert!(claimed.await.unwrap());
    }
    for settled in settled {
        assert_eq!(settled.await.unwrap(), OutState::Sent);
    }
    assert_eq!(commits(dir.path()), before + 1);
    store.enqueue(&turn("alone")).await.unwrap();
    assert_eq!(commits(dir.path()), before + 2);
}

#[tokio::test]
async fn one_that_fails_takes_back_what_it_wrote_and_nothing_else() {
    let dir = dir();
    let store = Store::open(dir.path());
    let let_go = held(&store);
    let first = store.enqueue(&turn("a"));
    // It notes a conversation before it is refused.
    let twice = store.enqueue(&Turn { conversation: Some(id("elsewhere")), ..turn("a") });
    let unknown = store.claim(&turn_id("nobody"), NOW);
    let last = store.enqueue(&turn("b"));
    let_go.send(()).unwrap();
    first.await.unwrap();
    assert!(matches!(twice.await, Err(StoreError::DuplicateTurn(id)) if id == turn_id("a")));
    assert!(matches!(unknown.await, Err(StoreError::UnknownTurn(id)) if id == turn_id("nobody")));
    last.await.unwrap();
    let texts: Vec<_> = store.turns(&docs(), Some(&id("c"))).await.unwrap().into_iter().map(|t| t.text).collect();
    assert_eq!(texts, ["a", "b"]);
    assert!(store.conversation(&docs(), &id("elsewhere")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_read_between_two_sees_what_was_written_before_it() {
    let dir = dir();
    let store = Store::open(dir.path());
    let let_go = held(&store);
    let first = store.enqueue(&turn("a"));
    let between = store.turns(&docs(), Some(&id("c")));
    let last = store.enqueue(&turn("b"));
    let_go.send(()).unwrap();
    let seen: Vec<_> = between.await.unwrap().into_iter().map(|turn| turn.text).collect();
    assert_eq!(seen, ["a"]);
    first.await.unwrap();
    last.await.unwrap();
}

#[tokio::test]
async fn a_disk_that_is_full_is_told_to_all_and_none_is_written() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.enqueue(&turn("before")).await.unwrap();
    let full =
        |pages: &'static str| store.ask(move |database| Ok(database.read().query_row(pages, [], |_| Ok(()))?));
    full("PRAGMA max_page_count = 1").await.unwrap();
    let let_go = held(&store);
    let small = store.enqueue(&turn("small"));
    let large = store.enqueue(&turn_saying("large", &"word ".repeat(100_000)));
    let after = store.claim(&turn_id("before"), NOW);
    let_go.send(()).unwrap();
    assert!(matches!(large.await, Err(StoreError::Full(_))));
    let (small, after) = (small.await, after.await);
    let turns = store.turns(&docs(), Some(&id("c"))).await.unwrap();
    let stands = |name: &str| turns.iter().find(|turn| turn.text == name).map(|turn| turn.state);
    assert_eq!(small.is_ok(), stands("small").is_some(), "{small:?}");
    assert_eq!(after.is_ok(), stands("before") == Some(OutState::Sending), "{after:?}");
    assert!(stands("large").is_none());
    full("PRAGMA max_page_count = 1000000").await.unwrap();
    store.enqueue(&turn("later")).await.unwrap();
}
