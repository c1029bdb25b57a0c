//! Staged changes: kept from key to key, applied by one process, found again after its end.

use super::races::{at_once, block_on};
use super::*;
use crate::domain::{Change, ChangeId, ChangeState, Edit, RowId, SourceId, Version};
use crate::store::StoreError;

pub(super) fn version(name: &str, content: &str) -> Version {
    Version { name: name.to_owned(), content: content.to_owned() }
}

/// A change that gives the row of that name another text.
pub(super) fn update(name: &str, content: &str) -> Change {
    Change {
        id: ChangeId::new(format!("change {name}")),
        channel: docs(),
        source: SourceId::new("s"),
        row: Some(RowId::new(name)),
        base: Some(version(name, "old")),
        label: name.to_owned(),
        edit: Edit::Update { name: None, content: Some(content.to_owned()) },
        state: ChangeState::Staged,
        at: NOW,
    }
}

async fn all(store: &Store) -> Vec<Change> {
    store.changes(&docs()).await.unwrap()
}

async fn state(store: &Store, change: &Change) -> Option<ChangeState> {
    all(store).await.into_iter().find(|c| c.id == change.id).map(|c| c.state)
}

#[tokio::test]
async fn every_kind_of_change_is_kept_as_it_is_in_the_order_of_its_beginning() {
    let dir = dir();
    let store = Store::open(dir.path());
    let states = [
        ChangeState::Staged,
        ChangeState::Refused("too large".to_owned()),
        ChangeState::Conflict(None),
        ChangeState::Conflict(Some(version("theirs", "x\0y\r\n"))),
        ChangeState::Unknown("no answer".to_owned()),
    ];
    let edits = [
        Edit::Create(version("", "")),
        Edit::Create(version("../new", "\u{feff}text\r\n")),
        Edit::Update { name: Some("new".to_owned()), content: None },
        Edit::Update { name: None, content: Some(String::new()) },
        Edit::Delete,
    ];
    let mut staged = Vec::new();
    for (n, state) in states.into_iter().enumerate() {
        for (m, edit) in edits.iter().enumerate() {
            let row = (!matches!(edit, Edit::Create(_))).then(|| RowId::new(format!("r{m}")));
            let base = (m > 2).then(|| version("base", "\u{1F468}\u{200D}\u{1F469}"));
            let id = ChangeId::new(format!("{}-{m}", 9 - n));
            let change = Change { id, row, base, edit: edit.clone(), state: state.clone(), ..update("a", "") };
            store.stage(&change).await.unwrap();
            staged.push(change);
        }
    }
    let other = Change { channel: ChannelName::new("other"), id: ChangeId::new("o"), ..update("a", "") };
    store.stage(&other).await.unwrap();
    assert_eq!(all(&store).await, staged);
    // Written again, it keeps its place.
    staged[3].edit = Edit::Update { name: None, content: Some("more".to_owned()) };
    store.stage(&staged[3]).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    assert_eq!(all(&store).await, staged);
    store.unstage(&staged[0].id).await.unwrap();
    store.unstage(&staged[0].id).await.unwrap();
    assert_eq!(all(&store).await, staged[1..]);
    assert_eq!(store.changes(&ChannelName::new("other")).await.unwrap(), [other]);
}

#[tokio::test]
async fn of_keys_that_wait_together_the_last_counts_and_large_texts_are_kept_whole() {
    let dir = dir();
    let store = Store::open(dir.path());
    let large = "a row of words, long as a book\n".repeat(60_000);
    let mut answers = Vec::new();
    for n in 0..200 {
        answers.push(store.stage(&update("a", &large[..n * 31])));
        answers.push(store.stage(&update("b", &large[..n])));
    }
    answers.push(store.stage(&update("a", &large)));
    for answer in answers {
        answer.await.unwrap();
    }
    // Thousands of them are one commit, too.
    let answers: Vec<_> = (0..3_000).map(|n| store.stage(&update(&format!("many {n}"), ""))).collect();
    let gone: Vec<_> = (0..3_000).map(|n| store.unstage(&update(&format!("many {n}"), "").id)).collect();
    for answer in answers.into_iter().chain(gone) {
        answer.await.unwrap();
    }
    drop(store);
    let told: Vec<_> = all(&Store::open(dir.path())).await.into_iter().map(|c| c.edit).collect();
    let text = |text: &str| Edit::Update { name: None, content: Some(text.to_owned()) };
    assert_eq!(told, [text(&large), text(&large[..199])]);
}

#[tokio::test]
async fn a_change_that_is_being_applied_is_left_alone_until_it_is_settled() {
    let dir = dir();
    let (store, other) = (Store::open(dir.path()), Store::open(dir.path()));
    let (a, b) = (update("a", "new"), update("b", "new"));
    for change in [&a, &b] {
        store.stage(change).await.unwrap();
    }
    let claimed = store.claim_changes(&[b.id.clone(), ChangeId::new("absent"), a.id.clone()]).await.unwrap();
    assert_eq!(claimed, [b.clone(), a.clone()]);
    for store in [&store, &other] {
        assert!(store.claim_changes(std::slice::from_ref(&a.id)).await.unwrap().is_empty());
        // The one in hand is refused; the one that waits beside it is written.
        let c = update("c", "new");
        let (refused, kept) = (store.stage(&update("a", "newer")), store.stage(&c));
        assert!(matches!(refused.await, Err(StoreError::ChangeInHand(_))));
        kept.await.unwrap();
        assert!(matches!(store.unstage(&a.id).await, Err(StoreError::ChangeInHand(_))));
    }
    assert!(store.recover().await.unwrap().is_empty());
    assert_eq!(state(&store, &a).await, Some(ChangeState::Applying));
    let theirs = other.settle_changes(vec![(a.id.clone(), None)]).await;
    assert!(matches!(theirs, Err(StoreError::ChangeInHand(_))));
    let refused = ChangeState::Refused("too large".to_owned());
    let both = vec![(a.id.clone(), None), (b.id.clone(), Some(refused.clone()))];
    store.settle_changes(both.clone()).await.unwrap();
    assert_eq!((state(&store, &a).await, state(&store, &b).await), (None, Some(refused)));
    assert!(matches!(store.settle_changes(both).await, Err(StoreError::UnknownChange(_))));
    let again = store.settle_changes(vec![(b.id.clone(), None)]).await;
    assert!(matches!(again, Err(StoreError::IllegalChange(_))));
    // Refused, it can be claimed again; in conflict it can't before it is staged.
    assert_eq!(other.claim_changes(std::slice::from_ref(&b.id)).await.unwrap().len(), 1);
    let conflict = ChangeState::Conflict(Some(version("b", "theirs")));
    other.settle_changes(vec![(b.id.clone(), Some(conflict.clone()))]).await.unwrap();
    assert_eq!(state(&store, &b).await, Some(conflict));
    assert!(store.claim_changes(std::slice::from_ref(&b.id)).await.unwrap().is_empty());
    store.stage(&b).await.unwrap();
    assert_eq!(store.claim_changes(std::slice::from_ref(&b.id)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_dead_process_applied_is_unknown_and_can_be_claimed() {
    let dir = dir();
    let (dead, alive) = (Store::open(dir.path()), Store::open(dir.path()));
    let (lost, held, next) = (update("lost", "new"), update("held", "new"), update("next", "new"));
    for change in [&lost, &held, &next] {
        dead.stage(change).await.unwrap();
    }
    dead.claim_changes(&[lost.id.clone(), next.id.clone()]).await.unwrap();
    alive.claim_changes(std::slice::from_ref(&held.id)).await.unwrap();
    dead.close().await.unwrap();
    // Even before anybody recovers: its holder is dead.
    let why = ChangeState::Unknown("the program ended while it was being applied".to_owned());
    let claimed = alive.claim_changes(std::slice::from_ref(&next.id)).await.unwrap();
    assert_eq!(claimed, [Change { state: why.clone(), ..next.clone() }]);
    let store = Store::open(dir.path());
    store.recover().await.unwrap();
    assert_eq!(state(&store, &lost).await, Some(why));
    assert_eq!(state(&store, &held).await, Some(ChangeState::Applying));
    assert_eq!(state(&store, &next).await, Some(ChangeState::Applying));
    let claimed = store.claim_changes(&[lost.id.clone(), held.id.clone(), next.id.clone()]).await.unwrap();
    assert_eq!(claimed.into_iter().map(|c| c.id).collect::<Vec<_>>(), [lost.id]);
}

#[test]
fn every_change_is_claimed_by_exactly_one() {
    let dir = dir();
    let stores = [Store::open(dir.path()), Store::open(dir.path())];
    let changes: Vec<Change> = (0..60).map(|n| update(&format!("row {n}"), "new")).collect();
    block_on(async {
        for change in &changes {
            stores[0].stage(change).await.unwrap();
        }
    });
    let won = at_once(6, |n| {
        let store = stores[n % 2].clone();
        block_on(async {
            let mut won = Vec::new();
            for few in changes.chunks(7) {
                let ids: Vec<ChangeId> = few.iter().map(|c| c.id.clone()).collect();
                won.extend(store.claim_changes(&ids).await.unwrap());
            }
            won
        })
    });
    let mut all: Vec<ChangeId> = won.into_iter().flatten().map(|c| c.id).collect();
    all.sort();
    let mut expected: Vec<ChangeId> = changes.into_iter().map(|c| c.id).collect();
    expected.sort();
    assert_eq!(all, expected);
}
