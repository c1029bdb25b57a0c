//! Damaged databases: what is told, what is kept, and what comes over. What comes over is held against SQLite's own
//! recovery in `tests/durability/recovery.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::super::salvage::Salvaged;
use super::inbox::{arrival, says, texts};
use super::*;

const PAGE: usize = 4_096;
/// Webhooks in the database that is damaged here, one message each.
const WEBHOOKS: i64 = 250;
/// Messages of a history.
const HISTORY: usize = 120;

/// A database with something of everything, closed.
async fn whole() -> Vec<u8> {
    let dir = dir();
    let store = Store::open(dir.path());
    let page: Vec<_> =
        (0..HISTORY).map(|n| bot(&format!("h{n}"), &format!("words of {n} ").repeat(n % 9 * 20 + 1))).collect();
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    for n in 0..WEBHOOKS {
        store.receive(arrival(n, vec![says("w", n, &format!("webhook {n}"))])).await.unwrap();
    }
    // One that goes on in pages of its own.
    store.merge_messages(&docs(), &id("long"), &[bot("long", &"a long text ".repeat(5_000))], None).await.unwrap();
    settled(&store, &turn("sent"), OutState::Sent).await;
    store.enqueue(&turn("waiting")).await.unwrap();
    store.save_draft(&docs(), Some(&id("c")), "typed", NOW).await.unwrap();
    store.remember(&docs(), "open", "c").await.unwrap();
    store.stage(&super::changes::update("a", "new")).await.unwrap();
    let labels = crate::domain::read_labels("vip").unwrap();
    store.desk_change(&[(docs(), id("c"))], &labels, NOW).await.unwrap();
    store.close().await.unwrap();
    fs::read(database(&dir)).unwrap()
}

fn database(dir: &TempDir) -> PathBuf {
    dir.path().join(disk::NAME)
}

fn kept(dir: &TempDir) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.file_name().unwrap().to_string_lossy().contains(".corrupt-"));
    found
}

/// Opens a database of those bytes, and says what was warned of.
async fn opened(bytes: &[u8]) -> (TempDir, Store, Vec<String>) {
    let dir = dir();
    fs::write(database(&dir), bytes).unwrap();
    let store = Store::open(dir.path());
    let warnings = store.warnings().await.unwrap();
    (dir, store, warnings)
}

/// How many rows of each kind a salvage found in those bytes.
async fn salvaged(bytes: &[u8]) -> Salvaged {
    let (old, new) = (dir(), dir());
    let path = old.path().join("old.db");
    fs::write(&path, bytes).unwrap();
    Store::open(new.path()).salvage(&path).await.unwrap()
}

fn found(salvaged: &Salvaged) -> BTreeMap<&'static str, u64> {
    salvaged.tables.iter().map(|carried| (carried.table, carried.found)).collect()
}

#[tokio::test]
async fn a_whole_file_comes_over_once() {
    let bytes = whole().await;
    let (old, new) = (dir(), dir());
    let path = old.path().join("old.db");
    fs::write(&path, &bytes).unwrap();
    let store = Store::open(new.path());
    let first = store.salvage(&path).await.unwrap();
    assert!(first.is_whole(), "{first:?}");
    assert!(first.tables.iter().all(|carried| carried.found == carried.added), "{first:?}");
    let of = |salvaged: &Salvaged, table: &str| found(salvaged)[table];
    assert_eq!((of(&first, "conversations"), of(&first, "deliveries"), of(&first, "turns")), (3, 250, 2));
    assert_eq!(of(&first, "messages"), 371);
    assert_eq!(texts(&store, "w").await.len(), 250);
    assert_eq!(texts(&store, "long").await, ["a long text ".repeat(5_000)]);
    assert_eq!(store.draft(&docs(), Some(&id("c"))).await.unwrap().as_deref(), Some("typed"));
    // It may have been sent since that file was in use.
    assert_eq!(state_of(&store, "waiting").await, OutState::Unknown);
    assert_eq!(state_of(&store, "sent").await, OutState::Sent);
    let again = store.salvage(&path).await.unwrap();
    assert_eq!(found(&again), found(&first));
    assert!(again.tables.iter().all(|carried| carried.added == 0), "{again:?}");
    assert_eq!(texts(&store, "c").await.len(), HISTORY);
    assert_eq!(fs::read(&path).unwrap(), bytes, "it is only read");
}

#[tokio::test]
async fn every_damaged_page_costs_no_more_than_its_own_rows() {
    let bytes = whole().await;
    let all = found(&salvaged(&bytes).await);
    let pages = bytes.len() / PAGE;
    assert!(pages > 60, "{pages}");
    for n in 0..pages {
        let mut damaged = bytes.clone();
        for (at, byte) in damaged[n * PAGE..(n + 1) * PAGE].iter_mut().enumerate() {
            *byte = byte.wrapping_mul(31).wrapping_add(u8::try_from(at % 251).unwrap()) | 1;
        }
        let got = salvaged(&damaged).await;
        let rows = found(&got);
        let (lost, sum): (u64, u64) =
            (all.iter().map(|(table, rows_of)| rows_of.saturating_sub(rows[table])).sum(), all.values().sum());
        assert!(lost < sum / 4, "page {n}: {lost} of {sum} lost: {got:?}");
        if lost > 0 {
            assert!(!got.is_whole(), "page {n}: what is lost is told: {got:?}");
        }
    }
}

#[tokio::test]
async fn whatever_the_damage_is_it_is_told_and_kept_and_what_can_be_read_comes_over() {
    let bytes = whole().await;
    let noise = |mut bytes: Vec<u8>, from: usize, to: usize| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for byte in &mut bytes[from..to] {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state.to_le_bytes()[3];
        }
        bytes
    };
    let len = bytes.len();
    let cases = [
        ("noise", noise(bytes.clone(), 0, len), 0),
        ("no header", noise(bytes.clone(), 0, 100), 100),
        ("no first page", noise(bytes.clone(), 0, PAGE), 100),
        ("noise in the middle", noise(bytes.clone(), len / 2, len / 2 + 3 * PAGE), 20),
        ("half of it", bytes[..len / 2 + 17].to_vec(), 20),
        ("three quarters of it", bytes[..len / 4 * 3 + 17].to_vec(), 20),
        ("empty", Vec::new(), 0),
    ];
    for (what, bytes, least) in cases {
        let (dir, store, warnings) = opened(&bytes).await;
        assert_eq!(warnings.len(), 1, "{what}");
        let kept = kept(&dir);
        assert_eq!(kept.len(), 1, "{what}");
        assert_eq!(fs::read(&kept[0]).unwrap(), bytes, "{what}");
        assert!(warnings[0].contains(&*kept[0].to_string_lossy()), "{what}: {warnings:?}");
        let mut messages = 0;
        for conversation in store.conversations(&docs(), None, 10).await.unwrap() {
            messages += texts(&store, conversation.conversation.id.as_str()).await.len();
        }
        assert!(messages >= least, "{what}: {messages} {warnings:?}");
        // Nothing that may have left waits to leave again.
        let left = store.recover().await.unwrap();
        assert!(left.iter().all(|turn| turn.state != OutState::Sending), "{what}");
        store.close().await.unwrap();
        assert!(Store::open(dir.path()).warnings().await.unwrap().is_empty(), "{what}: it is told once");
    }
}

#[tokio::test]
async fn a_damaged_index_alone_loses_nothing() {
    let bytes = whole().await;
    let (old, copy) = (dir(), dir());
    fs::write(old.path().join("a.db"), &bytes).unwrap();
    let root: i64 = Connection::open(old.path().join("a.db"))
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'conversations_by_recency'", [], |row| row.get(0))
        .unwrap();
    let mut damaged = bytes.clone();
    let at = (usize::try_from(root).unwrap() - 1) * PAGE;
    damaged[at..at + PAGE].fill(0xee);
    drop(copy);
    let (_dir, store, warnings) = opened(&damaged).await;
    assert!(warnings[0].contains("3 conversations, 371 messages, 250 webhooks"), "{warnings:?}");
    assert_eq!(texts(&store, "c").await.len(), HISTORY);
    assert_eq!(state_of(&store, "sent").await, OutState::Sent);
}

#[tokio::test]
async fn what_stands_in_the_log_comes_over_with_the_rest() {
    let dir = dir();
    let store = Store::open(dir.path());
    for n in 0..20 {
        store.receive(arrival(n, vec![says("w", n, &format!("webhook {n}"))])).await.unwrap();
    }
    // As after a kill: nothing of it is in the file yet.
    let (bytes, log) = (fs::read(database(&dir)).unwrap(), fs::read(dir.path().join("patchcord.db-wal")).unwrap());
    for header in [true, false] {
        let other = super::dir();
        let mut bytes = bytes.clone();
        if !header {
            bytes.fill(0xa5);
        }
        fs::write(database(&other), &bytes).unwrap();
        fs::write(other.path().join("patchcord.db-wal"), &log).unwrap();
        let store = Store::open(other.path());
        let warnings = store.warnings().await.unwrap();
        assert_eq!(warnings.len(), usize::from(!header));
        assert_eq!(texts(&store, "w").await.len(), 20, "{warnings:?}");
    }
    // The log alone.
    let other = super::dir();
    fs::write(other.path().join("patchcord.db-wal"), &log).unwrap();
    let store = Store::open(other.path());
    assert_eq!(store.warnings().await.unwrap().len(), 1);
    assert_eq!(texts(&store, "w").await.len(), 20);
}

#[tokio::test]
async fn a_start_that_ends_while_it_carries_over_is_gone_on_with() {
    let bytes = whole().await;
    let mut damaged = bytes.clone();
    damaged[..100].fill(0);
    let (dir, store, _) = opened(&damaged).await;
    store.close().await.unwrap();
    let good = fs::read(database(&dir)).unwrap();
    let kept = kept(&dir).remove(0);
    // The new one was ready, and the damaged one still stood there; or it was moved already.
    for moved in [false, true] {
        fs::write(dir.path().join("patchcord.db.salvaged"), &good).unwrap();
        fs::remove_file(database(&dir)).unwrap();
        if !moved {
            fs::copy(&kept, database(&dir)).unwrap();
        }
        let store = Store::open(dir.path());
        assert_eq!(store.warnings().await.unwrap().len(), 1);
        assert_eq!(texts(&store, "w").await.len(), 250);
        store.close().await.unwrap();
    }
}
