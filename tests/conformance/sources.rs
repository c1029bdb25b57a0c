//! Data sources: whoever claims them does all eleven calls, and what was written is what is read, to the byte.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use patchcord::domain::{Kind, PageRequest, RowId, SourceId, SyncInterval, SyncState, Version};
use patchcord::platform::{CallError, Outcome, Sources};

use crate::{Subject, subjects};

/// One of the eleven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eleven {
    List,
    Create,
    Get,
    SetInterval,
    Delete,
    Sync,
    Rows,
    Row,
    AddRows,
    UpdateRows,
    DeleteRows,
}

fn version(name: &str, content: &str) -> Version {
    Version { name: name.to_owned(), content: content.to_owned() }
}

fn page(limit: u32) -> PageRequest {
    PageRequest { limit, cursor: None }
}

/// The subject's data sources, which it claims.
fn sources(subject: &Subject) -> &dyn Sources {
    subject.adapter.sources().unwrap_or_else(|| panic!("{}: it claims data sources", subject.name))
}

/// A source with one row.
#[track_caller]
pub(crate) fn prepare(subject: &Subject) -> (SourceId, RowId) {
    let sources = sources(subject);
    subject.run(async {
        let source = sources.create().await.expect("a source").id;
        sources.add_rows(&source, &[version("row.md", "text")]).await.expect("a row");
        let rows = sources.rows(&source, &page(5)).await.expect("its rows");
        (source, rows.items[0].id.clone())
    })
}

/// One request, whatever comes of it.
pub(crate) fn ask(subject: &Subject) {
    let _ = subject.run(sources(subject).list(&page(1)));
}

/// Makes that call, once.
pub(crate) fn make(subject: &Subject, call: Eleven, (source, row): &(SourceId, RowId)) -> Result<(), CallError> {
    let sources = sources(subject);
    subject.run(async {
        match call {
            Eleven::List => sources.list(&page(5)).await.map(drop),
            Eleven::Create => sources.create().await.map(drop),
            Eleven::Get => sources.get(source).await.map(drop),
            Eleven::SetInterval => sources.set_interval(source, Some(&SyncInterval::Day)).await.map(drop),
            Eleven::Delete => sources.delete(source).await,
            Eleven::Sync => sources.sync(source).await,
            Eleven::Rows => sources.rows(source, &page(5)).await.map(drop),
            Eleven::Row => sources.row(source, row).await.map(drop),
            Eleven::AddRows => sources.add_rows(source, &[version("other.md", "more")]).await,
            Eleven::UpdateRows => sources.update_rows(source, &[(row.clone(), version("row.md", "new"))]).await,
            Eleven::DeleteRows => sources.delete_rows(source, std::slice::from_ref(row)).await,
        }
    })
}

/// All rows by pages of seven: ids and names.
#[track_caller]
fn every_row(subject: &Subject, source: &SourceId) -> Vec<(RowId, String)> {
    let (mut all, mut asked) = (Vec::new(), page(7));
    for pages in 0.. {
        assert!(pages < 100, "{}: the rows have no end", subject.name);
        let rows = subject.run(sources(subject).rows(source, &asked)).expect("a page");
        all.extend(rows.items.into_iter().map(|row| (row.id, row.name)));
        asked.cursor = rows.next;
        if asked.cursor.is_none() {
            break;
        }
    }
    all
}

/// A source's whole life, with names and texts that are not easy to carry.
#[track_caller]
pub(crate) fn live(subject: &Subject) {
    let name = &subject.name;
    let sources = sources(subject);
    let before = subject.run(sources.list(&page(100))).expect("the sources").items.len();
    let source = subject.run(sources.create()).expect("a source");
    assert_eq!((&source.state, &source.interval), (&SyncState::NotSynced, &None), "{name}");
    assert!(source.created_at.at.is_some() && source.last_sync.is_none(), "{name}: {source:?}");
    let id = source.id.clone();
    assert_eq!(subject.run(sources.get(&id)).expect("the source"), source, "{name}");
    let listed = subject.run(sources.list(&page(100))).expect("the sources");
    assert!(listed.items.len() == before + 1 && listed.items.contains(&source), "{name}: {listed:?}");
    for interval in [Some(SyncInterval::Day), Some(SyncInterval::Week), Some(SyncInterval::Month), None] {
        let set = subject.run(sources.set_interval(&id, interval.as_ref())).expect("it is set");
        assert_eq!(set.interval, interval, "{name}");
    }

    let mut rows: Vec<Version> =
        (0..20).map(|n| version(&format!("no {n}.md"), &format!("# {n}\r\n\n\u{feff}é 日本 🙂\t\n"))).collect();
    rows.push(version("../a/\u{202e}b & c=d?", ""));
    rows.push(version("no 0.md", "the second of that name\u{0}\u{1b}[2J\u{2028}"));
    subject.run(sources.add_rows(&id, &rows)).expect("they are made");
    let made = every_row(subject, &id);
    let names: Vec<&str> = made.iter().map(|(_, name)| name.as_str()).collect();
    let wanted: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, wanted, "{name}");
    for ((row, _), version) in made.iter().zip(&rows) {
        let body = subject.run(sources.row(&id, row)).expect("a row");
        assert_eq!((&body.content, &body.id), (&version.content, row), "{name}");
    }

    let changed: Vec<(RowId, Version)> = (3..6).map(|n| (made[n].0.clone(), version("same", "new\n"))).collect();
    subject.run(sources.update_rows(&id, &changed)).expect("they are changed");
    let gone: Vec<RowId> = made[10..15].iter().map(|(row, _)| row.clone()).collect();
    subject.run(sources.delete_rows(&id, &gone)).expect("they are deleted");
    let left: BTreeMap<RowId, String> = every_row(subject, &id).into_iter().collect();
    assert_eq!(left.len(), made.len() - gone.len(), "{name}");
    assert!(changed.iter().all(|(row, _)| left[row] == "same"), "{name}");
    assert_eq!(subject.run(sources.row(&id, &changed[0].0)).expect("a row").content, "new\n", "{name}");

    subject.run(sources.sync(&id)).expect("it begins");
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let state = subject.run(sources.get(&id)).expect("the source").state;
        if state == SyncState::Synced {
            break;
        }
        assert_eq!(state, SyncState::Syncing, "{name}");
        assert!(Instant::now() < deadline, "{name}: the sync has no end");
    }
    let body = subject.run(sources.row(&id, &changed[0].0)).expect("a row");
    assert!(body.state == SyncState::Synced && body.last_sync.is_some(), "{name}: {body:?}");
    subject.run(sources.delete(&id)).expect("it is deleted");
    assert_eq!(subject.run(sources.list(&page(100))).expect("the sources").items.len(), before, "{name}");
}

#[test]
fn what_is_gone_is_not_found() {
    for subject in subjects().into_iter().filter(|subject| subject.can.sources) {
        let gone = |call, place: &(SourceId, RowId)| {
            let error = make(&subject, call, place).expect_err("it is gone");
            assert_eq!(
                (error.outcome, error.failure.kind),
                (Outcome::Refused, Kind::NotFound),
                "{call:?}: {error:?}"
            );
        };
        let place = prepare(&subject);
        make(&subject, Eleven::DeleteRows, &place).expect("it is deleted");
        for call in [Eleven::Row, Eleven::UpdateRows, Eleven::DeleteRows] {
            gone(call, &place);
        }
        make(&subject, Eleven::Delete, &place).expect("it is deleted");
        for call in [Eleven::Get, Eleven::SetInterval, Eleven::Delete, Eleven::Sync, Eleven::Rows, Eleven::AddRows] {
            gone(call, &place);
        }
    }
}
