//! Who listens, and whether others have written.

use super::*;

#[tokio::test]
async fn one_listens_at_a_time_and_the_others_know_where() {
    let dir = dir();
    let (first, second) = (Store::open(dir.path()), Store::open(dir.path()));
    assert_eq!(second.listener().await.unwrap(), None);
    assert_eq!(first.hold_listener("http://127.0.0.1:1").await.unwrap(), None);
    assert_eq!(second.hold_listener("http://127.0.0.1:2").await.unwrap().as_deref(), Some("http://127.0.0.1:1"));
    for store in [&first, &second] {
        assert_eq!(store.listener().await.unwrap().as_deref(), Some("http://127.0.0.1:1"));
    }
    // Under a new URL, shorter than the one before.
    assert_eq!(first.hold_listener("http://[::1]:3").await.unwrap(), None);
    assert_eq!(second.listener().await.unwrap().as_deref(), Some("http://[::1]:3"));
    first.close().await.unwrap();
    let gone = async || second.listener().await.unwrap().is_none();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !gone().await {
        assert!(std::time::Instant::now() < deadline);
    }
    assert_eq!(second.hold_listener("http://127.0.0.1:2").await.unwrap(), None);
}

#[tokio::test]
async fn what_a_dead_listener_left_behind_holds_nobody_up() {
    let dir = dir();
    std::fs::write(dir.path().join("listener.lock"), "http://127.0.0.1:1 of long ago").unwrap();
    let store = Store::open(dir.path());
    assert_eq!(store.listener().await.unwrap(), None);
    assert_eq!(store.hold_listener("http://127.0.0.1:2").await.unwrap(), None);
    assert_eq!(store.listener().await.unwrap().as_deref(), Some("http://127.0.0.1:2"));
}

#[tokio::test]
async fn only_what_others_commit_is_counted() {
    let dir = dir();
    let (reader, writer) = (Store::open(dir.path()), Store::open(dir.path()));
    let first = reader.foreign_commits().await.unwrap();
    reader.remember(&docs(), "a", "own").await.unwrap();
    assert_eq!(reader.foreign_commits().await.unwrap(), first);
    writer.remember(&docs(), "a", "theirs").await.unwrap();
    let second = reader.foreign_commits().await.unwrap();
    assert!(second > first);
    assert_eq!(reader.foreign_commits().await.unwrap(), second);
}

#[tokio::test]
async fn what_another_process_writes_is_told() {
    let dir = dir();
    let (reader, writer) = (Store::open(dir.path()), Store::open(dir.path()));
    let mut watch = reader.watch_changes().await.unwrap();
    let before = reader.foreign_commits().await.unwrap();
    writer.remember(&docs(), "a", "theirs").await.unwrap();
    let told = async {
        while reader.foreign_commits().await.unwrap() == before {
            watch.changed().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), told).await.expect("it is told");
}
