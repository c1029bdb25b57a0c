//! What the view asks for, against the embedded sandbox.

use crate::app::Event;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::app::{ChannelEffect, Effect};
use crate::domain::{Edit, Replaced, Row, RowBody, RowId, SyncInterval, Timestamp, Version};
use crate::runtime::{Performer, Setup};

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Has the sandbox sync at once.
const QUICKLY: &str = "<!-- sandbox: sync takes 0 s -->\n";

struct Window {
    runtime: Runtime,
    performer: Performer,
    events: mpsc::Receiver<Event>,
    channel: ChannelName,
}

impl Window {
    fn open(dir: &TempDir) -> Self {
        let data_dir = Some(dir.path().to_owned());
        let runtime = Runtime::open(&Setup { data_dir, sandbox: true, ..Setup::default() }).unwrap();
        let (to, events) = mpsc::channel(4);
        let performer = Performer::new(runtime.clone(), to);
        let channel = runtime.channel().unwrap();
        Self { runtime, performer, events, channel }
    }

    fn ask(&mut self, effect: SourcesEffect) {
        self.performer.perform(&self.channel, Effect::Open(ChannelEffect::Sources(effect)));
    }

    /// The next that was told.
    async fn event(&mut self) -> SourcesEvent {
        loop {
            let event = tokio::time::timeout(DEADLINE, self.events.recv()).await.expect("an event in time");
            let Some(Event::Channel(channel, event)) = event else { panic!("{event:?}") };
            assert_eq!(channel, self.channel);
            if let ChannelEvent::Sources(event) = event {
                return event;
            }
        }
    }

    async fn source(&mut self) -> Source {
        self.ask(SourcesEffect::Create);
        match self.event().await {
            SourcesEvent::Created(Ok(source)) => source,
            event => panic!("{event:?}"),
        }
    }

    async fn rows(&mut self, source: &SourceId) -> Vec<Row> {
        self.ask(SourcesEffect::Rows { ticket: 7, source: source.clone() });
        let mut rows = Vec::new();
        loop {
            match self.event().await {
                SourcesEvent::Rows { ticket: 7, page: Ok(page), done } => {
                    rows.extend(page.items);
                    if done {
                        return rows;
                    }
                }
                event => panic!("{event:?}"),
            }
        }
    }

    async fn row(&mut self, source: &SourceId, row: &RowId) -> RowBody {
        self.ask(SourcesEffect::Row(source.clone(), row.clone()));
        match self.event().await {
            SourcesEvent::Row(_, _, Ok(body)) => body,
            event => panic!("{event:?}"),
        }
    }

    async fn changes(&mut self) -> Vec<Change> {
        self.ask(SourcesEffect::Changes);
        match self.event().await {
            SourcesEvent::Changes(changes) => changes,
            event => panic!("{event:?}"),
        }
    }

    /// What is told of each, and the journal afterwards. `cancel` asks for the end after so many.
    async fn apply(
        &mut self,
        source: &SourceId,
        changes: &[Change],
        cancel: usize,
    ) -> (Vec<(ChangeId, Applied)>, Vec<Replaced>) {
        let ids = changes.iter().map(|change| change.id.clone()).collect();
        self.ask(SourcesEffect::Apply { source: source.clone(), changes: ids });
        let mut told = Vec::new();
        loop {
            match self.event().await {
                SourcesEvent::Applied(change, applied) => told.push((change, applied)),
                SourcesEvent::ApplyEnded(_, Ok(())) => break,
                event => panic!("{event:?}"),
            }
            if told.len() == cancel {
                self.ask(SourcesEffect::Cancel(source.clone()));
            }
        }
        match self.event().await {
            SourcesEvent::Journal(_, journal) => (told, journal),
            event => panic!("{event:?}"),
        }
    }

    fn change(&self, source: &SourceId, id: &str, row: Option<&RowId>, edit: Edit) -> Change {
        Change {
            id: ChangeId::new(id),
            channel: self.channel.clone(),
            source: source.clone(),
            row: row.cloned(),
            base: None,
            label: String::new(),
            edit,
            state: ChangeState::Staged,
            at: Timestamp::from_millis(0),
        }
    }

    fn stage(&mut self, change: &Change) {
        self.ask(SourcesEffect::Stage(Box::new(change.clone())));
    }
}

fn version(name: &str, content: &str) -> Version {
    Version { name: name.to_owned(), content: content.to_owned() }
}

#[tokio::test]
async fn edit_apply_sync_undo() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open(&dir);
    let source = window.source().await.id;
    let new = window.change(&source, "new", None, Edit::Create(version("planets", QUICKLY)));
    window.stage(&new);
    assert_eq!(window.changes().await, std::slice::from_ref(&new));
    let (told, journal) = window.apply(&source, std::slice::from_ref(&new), 0).await;
    let rows = window.rows(&source).await;
    let row = rows[0].id.clone();
    assert_eq!(told, [(new.id, Applied::Done(Some(row.clone())))]);
    assert_eq!((journal.len(), &journal[0].row, journal[0].certain), (1, &Some(row.clone()), true));
    assert!(window.changes().await.is_empty());

    let edit = Edit::Update { name: None, content: Some(format!("{QUICKLY}There are nine.\n")) };
    let change =
        Change { base: Some(version("planets", QUICKLY)), ..window.change(&source, "edit", Some(&row), edit) };
    window.stage(&change);
    let (_, journal) = window.apply(&source, std::slice::from_ref(&change), 0).await;
    assert!(window.row(&source, &row).await.content.ends_with("nine.\n"));
    // The same again, from what stood there before: somebody else changed it since.
    let late = Change { edit: Edit::Delete, id: ChangeId::new("late"), ..change };
    window.stage(&late);
    let (told, _) = window.apply(&source, std::slice::from_ref(&late), 0).await;
    let theirs = Some(version("planets", &format!("{QUICKLY}There are nine.\n")));
    assert_eq!(told, [(late.id.clone(), Applied::Conflict(theirs.clone()))]);
    assert_eq!(window.changes().await, [Change { state: ChangeState::Conflict(theirs), ..late.clone() }]);
    window.ask(SourcesEffect::Unstage(late.id));
    assert!(window.changes().await.is_empty());

    window.ask(SourcesEffect::Sync(source.clone()));
    assert!(matches!(window.event().await, SourcesEvent::Sync(_, SyncStep::Asking)));
    loop {
        match window.event().await {
            SourcesEvent::Sync(_, SyncStep::Running(_)) => {}
            SourcesEvent::Sync(of, SyncStep::Ended(ended)) => {
                assert_eq!((of, ended.state), (source.clone(), SyncState::Synced));
                break;
            }
            event => panic!("{event:?}"),
        }
    }
    window.ask(SourcesEffect::Undo(journal[0].n));
    let SourcesEvent::Undone(n, applied) = window.event().await else { panic!("not undone") };
    assert_eq!((n, applied), (journal[0].n, Applied::Done(Some(row.clone()))));
    assert_eq!(window.row(&source, &row).await.content, QUICKLY);
    window.ask(SourcesEffect::Journal(source.clone()));
    let SourcesEvent::Journal(_, journal) = window.event().await else { panic!("no journal") };
    assert_eq!(journal.iter().map(|entry| entry.undone).collect::<Vec<_>>(), [false, true, false]);
    window.runtime.close().await;
}

#[tokio::test]
async fn a_source_is_made_listed_set_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open(&dir);
    let source = window.source().await.id;
    window.ask(SourcesEffect::Interval(source.clone(), Some(SyncInterval::Week)));
    let SourcesEvent::Interval(_, Ok(set)) = window.event().await else { panic!("not set") };
    assert_eq!(set.interval, Some(SyncInterval::Week));
    // The newer list ends the older.
    window.ask(SourcesEffect::List { ticket: 1 });
    window.ask(SourcesEffect::List { ticket: 2 });
    let SourcesEvent::List { ticket: 2, page: Ok(page), done: true } = window.event().await else {
        panic!("no list")
    };
    assert!(page.items.iter().any(|listed| listed.id == source));
    window.ask(SourcesEffect::Delete(source.clone()));
    assert!(matches!(window.event().await, SourcesEvent::Deleted(of, Ok(())) if of == source));
    window.ask(SourcesEffect::Rows { ticket: 3, source: source.clone() });
    assert!(matches!(window.event().await, SourcesEvent::Rows { ticket: 3, page: Err(_), done: true }));
    // What is staged for a source that is gone is not begun, and waits.
    let change = window.change(&source, "a", None, Edit::Create(version("a", "")));
    window.stage(&change);
    window.ask(SourcesEffect::Apply { source: source.clone(), changes: vec![change.id.clone()] });
    assert!(matches!(window.event().await, SourcesEvent::ApplyEnded(_, Err(_))));
    assert!(matches!(window.event().await, SourcesEvent::Journal(_, journal) if journal.is_empty()));
    assert_eq!(window.changes().await, [change]);
    window.runtime.close().await;
}

#[tokio::test]
async fn cancelled_the_rest_waits_and_is_applied_another_time() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open(&dir);
    let source = window.source().await.id;
    let all: Vec<Change> = (0..250)
        .map(|n| {
            let name = format!("row {n}");
            window.change(&source, &name, None, Edit::Create(version(&name, "text")))
        })
        .collect();
    for change in &all {
        window.stage(change);
    }
    let (told, _) = window.apply(&source, &all, 1).await;
    let made = told.iter().filter(|(_, applied)| matches!(applied, Applied::Done(Some(_)))).count();
    let left = window.changes().await;
    assert!((60..250).contains(&made), "{made} were made");
    assert_eq!((told.len(), left.len(), window.rows(&source).await.len()), (250, 250 - made, made));
    assert!(left.iter().all(|change| change.state == ChangeState::Staged));
    window.apply(&source, &all, 0).await;
    let mut names: Vec<String> = window.rows(&source).await.into_iter().map(|row| row.name).collect();
    names.sort();
    names.dedup();
    assert_eq!((names.len(), window.changes().await.len()), (250, 0));
    window.runtime.close().await;
}

#[tokio::test]
async fn what_another_window_applies_is_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let (mut window, other) = (Window::open(&dir), Window::open(&dir));
    let source = SourceId::new("s");
    let change = window.change(&source, "a", None, Edit::Create(version("a", "")));
    window.stage(&change);
    assert_eq!(window.changes().await.len(), 1);
    let claimed = other.runtime.store().claim_changes(std::slice::from_ref(&change.id)).await.unwrap();
    assert_eq!(claimed.len(), 1);
    window.stage(&change);
    assert!(matches!(window.event().await, SourcesEvent::Unkept(id, _) if id == change.id));
    window.ask(SourcesEffect::Unstage(change.id.clone()));
    assert!(matches!(window.event().await, SourcesEvent::Failed(_)));
    assert_eq!(window.changes().await[0].state, ChangeState::Applying);
    // It ends without a word.
    other.runtime.close().await;
    assert!(matches!(window.changes().await[0].state, ChangeState::Unknown(_)));
    window.runtime.close().await;
}

#[tokio::test]
async fn what_was_not_begun_is_what_it_was_before() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open(&dir);
    let states = [
        ChangeState::Staged,
        ChangeState::Refused("too large".to_owned()),
        ChangeState::Unknown("no answer came".to_owned()),
    ];
    let gone = SourceId::new("gone");
    let mut all = Vec::new();
    for (n, state) in states.into_iter().enumerate() {
        let name = format!("row {n}");
        let edit = Edit::Create(version(&name, ""));
        all.push(Change { state, ..window.change(&gone, &name, None, edit) });
        window.stage(&all[n]);
    }
    let ids: Vec<ChangeId> = all.iter().map(|change| change.id.clone()).collect();
    window.ask(SourcesEffect::Apply { source: gone, changes: ids });
    assert!(matches!(window.event().await, SourcesEvent::ApplyEnded(_, Err(_))));
    assert!(matches!(window.event().await, SourcesEvent::Journal(..)));
    assert_eq!(window.changes().await, all);
    // The same where it was cancelled before it was begun.
    let source = window.source().await.id;
    for change in &mut all {
        change.source = source.clone();
        window.stage(change);
    }
    assert_eq!(window.changes().await, all);
    let store = window.runtime.store();
    let claimed = store.claim_changes(&all.iter().map(|change| change.id.clone()).collect::<Vec<_>>());
    let (to, mut told) = mpsc::channel(16);
    let sender = ChannelSender::new(to, window.channel.clone());
    apply_all(&window.runtime, &sender, &source, claimed, watch::channel(true).1).await;
    told.close();
    assert_eq!(window.runtime.store().changes(&window.channel).await.unwrap(), all);
    window.runtime.close().await;
}

#[tokio::test]
async fn what_many_changes_replaced_is_listed_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::open(&dir);
    let source = window.source().await.id;
    let entries: Vec<Replaced> = (0..1_500)
        .map(|n| Replaced {
            n: 0,
            channel: window.channel.clone(),
            source: source.clone(),
            row: Some(RowId::new(format!("row {n}"))),
            was: Some(version("a row", "text")),
            became: None,
            certain: true,
            undone: false,
            at: Timestamp::from_millis(n),
        })
        .collect();
    window.runtime.store().journal(&entries).await.unwrap();
    window.ask(SourcesEffect::Journal(source));
    assert!(matches!(window.event().await, SourcesEvent::Journal(_, journal) if journal.len() == entries.len()));
    window.runtime.close().await;
}
