//! Files that are moved, replaced or deleted while they are in use: what was answered is in what stands at the path.

use std::fs;
use std::path::Path;

use super::super::StoreError;
use super::inbox::{arrival, says, texts};
use super::*;

/// Files as many webhooks as that, sent again as a platform does where the answer isn't that it was filed.
async fn file(store: &Store, from: i64, to: i64) {
    for n in from..to {
        for again in 0.. {
            match store.receive(arrival(n, vec![says("w", n, &format!("webhook {n}"))])).await {
                Ok(_) => break,
                Err(error) => assert!(matches!(error, StoreError::Moved) && again < 3, "{error:?}"),
            }
        }
    }
}

async fn numbers(store: &Store) -> Vec<String> {
    let mut texts = texts(store, "w").await;
    texts.sort_by_key(|text| text.rsplit(' ').next().and_then(|n| n.parse::<u32>().ok()));
    texts
}

fn all(many: i64) -> Vec<String> {
    (0..many).map(|n| format!("webhook {n}")).collect()
}

/// What is done to the files meanwhile.
type Harm = fn(&Path);

fn remove(dir: &Path, names: &[&str]) {
    for name in names {
        let _ = fs::remove_file(dir.join(name));
    }
}

const HARMS: [(&str, Harm); 9] = [
    ("the database deleted", |dir| remove(dir, &["patchcord.db"])),
    ("all of it deleted", |dir| remove(dir, &["patchcord.db", "patchcord.db-wal", "patchcord.db-shm"])),
    ("its log deleted", |dir| remove(dir, &["patchcord.db-wal"])),
    ("its log and index deleted", |dir| remove(dir, &["patchcord.db-wal", "patchcord.db-shm"])),
    ("its index deleted", |dir| remove(dir, &["patchcord.db-shm"])),
    ("the database moved", |dir| fs::rename(dir.join("patchcord.db"), dir.join("other.db")).unwrap()),
    ("all of it moved", |dir| {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::rename(dir.join(format!("patchcord.db{suffix}")), dir.join(format!("other.db{suffix}")));
        }
    }),
    ("the lock deleted", |dir| remove(dir, &["patchcord.lock"])),
    ("the directory deleted", |dir| fs::remove_dir_all(dir).unwrap()),
];

#[tokio::test]
async fn whatever_becomes_of_the_files_what_was_filed_is_there() {
    for (what, harm) in HARMS {
        let parent = dir();
        let data = parent.path().join("data");
        let (store, reader) = (Store::open(&data), Store::open(&data));
        file(&store, 0, 10).await;
        assert_eq!(numbers(&reader).await, all(10));
        harm(&data);
        file(&store, 10, 20).await;
        harm(&data);
        file(&store, 20, 30).await;
        assert_eq!(numbers(&store).await, all(30), "{what}");
        assert_eq!(numbers(&reader).await, all(30), "{what}: another that had it open");
        assert_eq!(numbers(&Store::open(&data)).await, all(30), "{what}: one that opens it now");
        assert!(!store.warnings().await.unwrap().is_empty(), "{what}: it is told");
        reader.close().await.unwrap();
        file(&store, 30, 35).await;
        store.close().await.unwrap();
        assert_eq!(numbers(&Store::open(&data)).await, all(35), "{what}");
        if data.join("other.db").exists() {
            let conn = Connection::open(data.join("other.db")).unwrap();
            let check: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            let rows: i64 = conn.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap();
            assert_eq!(check, "ok", "{what}: the moved one is whole");
            assert!(rows >= 10, "{what}: {rows}");
        }
    }
}

#[tokio::test]
async fn deleted_at_the_end_it_is_there_all_the_same() {
    let dir = dir();
    let store = Store::open(dir.path());
    file(&store, 0, 10).await;
    remove(dir.path(), &["patchcord.db", "patchcord.db-wal"]);
    store.close().await.unwrap();
    assert_eq!(numbers(&Store::open(dir.path())).await, all(10));
}

#[tokio::test]
async fn where_another_stands_there_both_are_one() {
    let (dir, other) = (dir(), dir());
    let theirs = Store::open(other.path());
    theirs.merge_messages(&docs(), &id("w"), &[bot("x", "theirs")], None).await.unwrap();
    theirs.merge_messages(&docs(), &id("c"), &[bot("y", "also theirs")], None).await.unwrap();
    theirs.close().await.unwrap();
    let store = Store::open(dir.path());
    file(&store, 0, 10).await;
    store.enqueue(&turn("waiting")).await.unwrap();
    store.save_draft(&docs(), Some(&id("c")), "typed", NOW).await.unwrap();
    fs::rename(other.path().join(disk::NAME), dir.path().join(disk::NAME)).unwrap();
    file(&store, 10, 20).await;
    let mut expected = all(20);
    expected.push("theirs".to_owned());
    let mut told = texts(&store, "w").await;
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(texts(&store, "c").await, ["also theirs"]);
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap().as_deref(), Some("typed"));
    // It waits in the same hands.
    assert_eq!(state_of(&store, "waiting").await, OutState::Queued);
    assert!(Store::open(dir.path()).recover().await.unwrap().is_empty());
    assert!(store.claim(&turn_id("waiting"), NOW).await.unwrap());
}

#[tokio::test]
async fn what_another_process_found_damaged_and_carried_over_is_written_on() {
    let dir = dir();
    let store = Store::open(dir.path());
    file(&store, 0, 200).await;
    store.close().await.unwrap();
    let path = dir.path().join(disk::NAME);
    let store = Store::open(dir.path());
    file(&store, 200, 210).await;
    // A page that the listener doesn't need.
    let root: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'replaced'", [], |row| row.get(0))
        .unwrap();
    let at = (root.unsigned_abs() - 1) * 4_096;
    let damaged = fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&damaged, &[0xee; 4_096], at).unwrap();
    let finder = Store::open(dir.path());
    assert_eq!(finder.warnings().await.unwrap().len(), 1);
    file(&store, 210, 220).await;
    assert_eq!(numbers(&finder).await, all(220));
    assert_eq!(numbers(&store).await, all(220));
}
