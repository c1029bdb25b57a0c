//! Tests of the room, and what they share.

mod creates;
mod existing;
mod fake;
mod undo;

use tempfile::TempDir;
use tokio::sync::watch;

use super::rate_limit::RateLimit;
use super::{Site, Twins};
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, ChannelName, Edit, Failure, Replaced, RowId, SourceId, Timestamp, Version,
};
use crate::http::{Retry, policies};
use crate::store::Store;

use fake::Fake;

pub(super) fn version(name: &str, content: &str) -> Version {
    Version { name: name.to_owned(), content: content.to_owned() }
}

pub(super) fn change(id: &str, row: Option<&str>, edit: Edit) -> Change {
    Change {
        id: ChangeId::new(id),
        channel: ChannelName::new("docs"),
        source: SourceId::new("s"),
        row: row.map(RowId::new),
        base: None,
        label: String::new(),
        edit,
        state: ChangeState::Staged,
        at: Timestamp::from_millis(1_700_000_000_000),
    }
}

/// Gives the row of that name another text; it was empty before.
fn write(row: &str, content: &str) -> Change {
    let edit = Edit::Update { name: None, content: Some(content.to_owned()) };
    Change { base: Some(version(row, "")), ..change(row, Some(row), edit) }
}

fn delete(row: &str) -> Change {
    Change { base: Some(version(row, "")), ..change(row, Some(row), Edit::Delete) }
}

fn create(id: &str, name: &str, content: &str) -> Change {
    change(id, None, Edit::Create(version(name, content)))
}

fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path());
    (dir, store)
}

/// What is told of each change, in that order.
type Outcomes = Vec<(String, Applied)>;

async fn apply(fake: &Fake, store: &Store, changes: Vec<Change>) -> Outcomes {
    apply_with(fake, store, changes, Twins::Refuse, watch::channel(false).1).await.unwrap()
}

async fn apply_with(
    fake: &Fake,
    store: &Store,
    changes: Vec<Change>,
    twins: Twins<'_>,
    cancelled: watch::Receiver<bool>,
) -> Result<Outcomes, Failure> {
    let (channel, source) = (ChannelName::new("docs"), SourceId::new("s"));
    let mut told = Vec::new();
    let site = at(fake, store, &channel, &source, cancelled);
    site.apply(changes, twins, &mut |id, applied| told.push((id.as_str().to_owned(), applied))).await?;
    Ok(told)
}

fn at<'a>(
    fake: &'a Fake,
    store: &'a Store,
    channel: &'a ChannelName,
    source: &'a SourceId,
    cancelled: watch::Receiver<bool>,
) -> Site<'a> {
    let retry = Retry { base_ms: 1, cap_ms: 2, ..policies::BULK_CHANGES };
    Site { sources: fake, store, channel, source, rate_limit: RateLimit::new(retry, retry, cancelled) }
}

/// What was told of one change.
#[track_caller]
fn outcome_of<'a>(told: &'a Outcomes, id: &str) -> &'a Applied {
    let all: Vec<_> = told.iter().filter(|(other, _)| other == id).collect();
    assert_eq!(all.len(), 1, "{id} is told of once: {all:?}");
    &all[0].1
}

fn done(row: &str) -> Applied {
    Applied::Done(Some(RowId::new(row)))
}

async fn journal(store: &Store) -> Vec<Replaced> {
    store.journal_of(&ChannelName::new("docs"), &SourceId::new("s"), 20_000).await.unwrap()
}
