//! The undo journal: written before, settled afterwards, and never without its newest.

use super::changes::version;
use super::*;
use crate::domain::{Replaced, RowId, SourceId};
use crate::store::JournalOutcome;

fn source() -> SourceId {
    SourceId::new("s")
}

fn entry(row: &str, content: &str) -> Replaced {
    Replaced {
        n: 0,
        channel: docs(),
        source: source(),
        row: Some(RowId::new(row)),
        was: Some(version(row, content)),
        became: Some(version(row, "new")),
        certain: false,
        undone: false,
        at: NOW,
    }
}

async fn journal_of(store: &Store, limit: usize) -> Vec<Replaced> {
    store.journal_of(&docs(), &source(), limit).await.unwrap()
}

#[tokio::test]
async fn what_is_written_before_is_settled_afterwards() {
    let dir = dir();
    let store = Store::open(dir.path());
    let made = Replaced { row: None, was: None, ..entry("made", "") };
    let deleted = Replaced { became: None, ..entry("deleted", "x\0\r\n") };
    let entries = [made.clone(), deleted.clone(), entry("updated", ""), entry("untouched", "")];
    let elsewhere = Replaced { source: SourceId::new("t"), ..entry("a", "") };
    let n = store.journal(&entries).await.unwrap();
    store.journal(std::slice::from_ref(&elsewhere)).await.unwrap();
    drop(store);
    let store = Store::open(dir.path());
    let kept: Vec<Replaced> = entries.iter().zip(&n).map(|(e, n)| Replaced { n: *n, ..e.clone() }).rev().collect();
    assert_eq!(journal_of(&store, 9).await, kept);
    assert_eq!(journal_of(&store, 2).await, kept[..2]);
    let since = store.journal_since(&docs(), &source(), n[1]).await.unwrap();
    assert_eq!(since, kept[..2].iter().rev().cloned().collect::<Vec<_>>());
    let traces = vec![
        (n[0], JournalOutcome::Made(Some(RowId::new("its id")))),
        (n[1], JournalOutcome::Made(None)),
        (n[3], JournalOutcome::Nothing),
        (999, JournalOutcome::Nothing),
    ];
    store.journal_settle(traces).await.unwrap();
    store.mark_undone(n[1], None).await.unwrap();
    let told: Vec<_> = journal_of(&store, 9).await;
    assert_eq!(
        told,
        [
            Replaced { n: n[2], ..entry("updated", "") },
            Replaced { n: n[1], certain: true, undone: true, ..deleted },
            Replaced { n: n[0], certain: true, row: Some(RowId::new("its id")), ..made },
        ]
    );
    assert_eq!(store.journal_entry(n[2]).await.unwrap().as_ref(), Some(&told[0]));
    assert_eq!(store.journal_entry(n[3]).await.unwrap(), None);
    // The number of what went is not given again.
    let last = store.journal(&[entry("b", "")]).await.unwrap();
    store.journal_settle(vec![(last[0], JournalOutcome::Nothing)]).await.unwrap();
    assert!(store.journal(&[entry("c", "")]).await.unwrap()[0] > last[0]);
}

#[tokio::test]
async fn the_oldest_go_where_there_are_too_many() {
    let dir = dir();
    let store = Store::open(dir.path());
    let first = store.journal(&vec![entry("a", ""); 9_990]).await.unwrap();
    let more = store.journal(&vec![entry("b", ""); 30]).await.unwrap();
    let kept = journal_of(&store, 20_000).await;
    assert_eq!(kept.len(), 10_000);
    assert_eq!((kept[0].n, kept[9_999].n), (more[29], first[20]));
}

#[tokio::test]
async fn the_oldest_go_where_they_are_too_large_and_the_newest_never() {
    let dir = dir();
    let store = Store::open(dir.path());
    let megabyte = "0123456789abcdef".repeat(1 << 16);
    store.journal(&vec![entry("small", ""); 50]).await.unwrap();
    for n in 0..9 {
        store.journal(&vec![entry(&format!("large {n}"), &megabyte); 12]).await.unwrap();
    }
    let kept = journal_of(&store, 1_000).await;
    assert_eq!(kept.len(), 100, "a hundred, though they are more than is kept otherwise");
    assert!(kept.iter().all(|e| e.was.as_ref().is_some_and(|v| v.content.len() == 1 << 20)));
    // Small ones after them let the large ones go, as far as is needed.
    store.journal(&vec![entry("small", ""); 200]).await.unwrap();
    let large = journal_of(&store, 1_000)
        .await
        .iter()
        .filter(|e| e.was.as_ref().is_some_and(|v| !v.content.is_empty()))
        .count();
    assert_eq!(large, 63);
}

#[tokio::test]
async fn a_row_with_a_new_id_takes_its_journal_along() {
    let dir = dir();
    let store = Store::open(dir.path());
    let elsewhere = Replaced { source: SourceId::new("t"), ..entry("a", "") };
    let made = Replaced { row: None, ..entry("a", "") };
    let n = store.journal(&[entry("a", ""), entry("b", ""), elsewhere, made, entry("a", "x")]).await.unwrap();
    store.mark_undone(n[4], Some(&RowId::new("new"))).await.unwrap();
    let mut told = Vec::new();
    for n in n {
        let entry = store.journal_entry(n).await.unwrap().unwrap();
        told.push((entry.row.map(|row| row.as_str().to_owned()), entry.undone));
    }
    let row = |row: &str, undone| (Some(row.to_owned()), undone);
    assert_eq!(told, [row("new", false), row("b", false), row("a", false), (None, false), row("new", true)]);
}
