//! The Sources view, pure: events in, effects out. A small world answers the effects, when a test lets it.

mod applying;
mod chance;
mod channels;
mod conflicts;
mod editing;
mod leaving;
mod lists;
mod staged;
mod syncing;
mod undoing;

use std::collections::{BTreeMap, VecDeque};

use crate::app::sources::*;
use crate::app::update::{begin, update};
use crate::app::*;
use crate::domain::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn can() -> Capabilities {
    Capabilities { send: true, list: true, history: true, sources: true, ..Capabilities::NONE }
}

fn channel(name: &str, can: Capabilities) -> (ChannelInfo, Capabilities) {
    let platform = Platform::new("chat-thing");
    let label = SafeText::one_line(name);
    (ChannelInfo { name: ChannelName::new(name), label, platform, sandbox: false, read_only: false }, can)
}

fn source(id: &str) -> Source {
    let state = SyncState::NotSynced;
    Source { id: SourceId::new(id), state, last_sync: None, interval: None, created_at: Moment::at(now()) }
}

fn sid(id: &str) -> SourceId {
    SourceId::new(id)
}

fn rid(id: &str) -> RowId {
    RowId::new(id)
}

fn row(id: &str) -> Shown {
    Shown::Row(rid(id))
}

fn failure() -> Failure {
    Failure::new(Kind::Platform, "it went wrong")
}

fn key(c: char) -> Key {
    Key::plain(Code::Char(c))
}

const ENTER: Key = Key::plain(Code::Enter);
const ESC: Key = Key::plain(Code::Esc);
const TAB: Key = Key::plain(Code::Tab);
const DOWN: Key = Key::plain(Code::Down);
const UP: Key = Key::plain(Code::Up);

/// What the platform and the store hold of one channel.
#[derive(Debug, Default)]
struct World {
    rows: Vec<(SourceId, Vec<(RowId, Version)>)>,
    changes: BTreeMap<ChangeId, Change>,
    /// Whether the store can keep nothing new.
    full: bool,
    made: usize,
}

impl World {
    fn find(&mut self, id: &RowId) -> Option<&mut Version> {
        self.rows.iter_mut().flat_map(|(_, rows)| rows).find(|(row, _)| row == id).map(|(_, version)| version)
    }

    fn rows_of(&mut self, source: &SourceId) -> &mut Vec<(RowId, Version)> {
        &mut self.rows.iter_mut().find(|(id, _)| id == source).unwrap().1
    }

    /// What an effect leads to.
    fn perform(&mut self, effect: SourcesEffect) -> Vec<SourcesEvent> {
        match effect {
            SourcesEffect::List { ticket } => {
                let items = self.rows.iter().map(|(id, _)| source(id.as_str())).collect();
                vec![SourcesEvent::List { ticket, page: Ok(page(items)), done: true }]
            }
            SourcesEffect::Rows { ticket, source } => {
                let rows = self.rows_of(&source).iter();
                let items = rows.map(|(id, v)| Row { id: id.clone(), name: v.name.clone() }).collect();
                vec![SourcesEvent::Rows { ticket, page: Ok(page(items)), done: true }]
            }
            SourcesEffect::Row(source, row) => {
                let read = self.find(&row).map(|v| body(&row, &v.content)).ok_or_else(failure);
                vec![SourcesEvent::Row(source, row, read)]
            }
            SourcesEffect::Changes => vec![SourcesEvent::Changes(self.changes.values().cloned().collect())],
            SourcesEffect::Stage(change) if self.full => vec![SourcesEvent::Unkept(change.id, failure())],
            SourcesEffect::Stage(change) => {
                assert_ne!(change.state, ChangeState::Applying, "what is applied is nobody's to stage");
                self.changes.insert(change.id.clone(), *change);
                Vec::new()
            }
            SourcesEffect::Unstage(id) => {
                self.changes.remove(&id);
                Vec::new()
            }
            SourcesEffect::Apply { source, mut changes } => {
                // What was never kept is not claimed.
                changes.retain(|id| self.changes.contains_key(id));
                let mut told: Vec<SourcesEvent> = changes
                    .into_iter()
                    .map(|id| SourcesEvent::Applied(id.clone(), self.apply(&source, &id)))
                    .collect();
                told.push(SourcesEvent::ApplyEnded(source, Ok(())));
                told
            }
            SourcesEffect::Journal(source) => vec![SourcesEvent::Journal(source, Vec::new())],
            _ => Vec::new(),
        }
    }

    /// As the engine does: the row is read again before anything is made of it.
    fn apply(&mut self, source: &SourceId, id: &ChangeId) -> Applied {
        let change = self.changes.remove(id).unwrap();
        let Some(row) = change.row.clone() else {
            let Edit::Create(version) = change.edit else { panic!("no row: {change:?}") };
            self.made += 1;
            let id = rid(&format!("made{}", self.made));
            self.rows_of(source).push((id.clone(), version));
            return Applied::Done(Some(id));
        };
        let theirs = self.find(&row).cloned();
        let met = match (&theirs, &change.base) {
            (Some(theirs), Some(base)) => theirs != base,
            (None, _) => true,
            (_, None) => false,
        };
        if met {
            let change = Change { state: ChangeState::Conflict(theirs.clone()), ..change };
            self.changes.insert(id.clone(), change);
            return Applied::Conflict(theirs);
        }
        match change.edit {
            Edit::Update { name, content } => {
                let known = self.find(&row).unwrap();
                known.name = name.unwrap_or_else(|| known.name.clone());
                known.content = content.unwrap_or_else(|| known.content.clone());
            }
            Edit::Delete => self.rows_of(source).retain(|(id, _)| *id != row),
            Edit::Create(_) => panic!("it has a row"),
        }
        Applied::Done(Some(row))
    }
}

fn page<T>(items: Vec<T>) -> Page<T> {
    Page { total: Some(items.len() as u64), items, ..Page::default() }
}

fn body(id: &RowId, content: &str) -> RowBody {
    let state = SyncState::NotSynced;
    RowBody {
        id: id.clone(),
        state,
        last_sync: None,
        created_at: Moment::at(now()),
        content: content.to_owned(),
        damage: Damage::default(),
    }
}

/// A state, the world of its first channel, and what was asked for and not answered yet.
struct Stand {
    state: State,
    world: World,
    waiting: VecDeque<SourcesEffect>,
    quit: bool,
}

impl Stand {
    /// Channels docs and notes have sources, flow has none. The view is not open.
    fn blank() -> Self {
        let channels = vec![channel("docs", can()), channel("notes", can()), channel("flow", Capabilities::NONE)];
        let named = |name: &str| Version { name: name.to_owned(), content: format!("text of {name}\n") };
        let rows = ["Prices", "Opening hours", "Returns", "prices of old"];
        let rows = rows.iter().enumerate().map(|(n, name)| (rid(&format!("r{n}")), named(name))).collect();
        let world = World {
            rows: vec![(sid("source-one"), rows), (sid("source-two"), vec![(rid("x1"), named("Other"))])],
            ..World::default()
        };
        Self { state: State::new(channels, 0, 7), world, waiting: VecDeque::new(), quit: false }
    }

    /// The view, open and read.
    fn open() -> Self {
        let mut stand = Self::blank();
        stand.press(Key::alt(Code::Char('2')));
        let measured = SourcesMeasured { sources: Some(5), rows: Some(3), detail: 10, lines: 30 };
        stand.handle_event(SourcesEvent::Measured(measured));
        stand.run();
        stand
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        let effects = update(&mut self.state, event, now());
        for effect in &effects {
            match effect {
                Effect::Open(ChannelEffect::Sources(asked)) => self.waiting.push_back(asked.clone()),
                Effect::Quit => self.quit = true,
                _ => {}
            }
        }
        effects
    }

    fn handle_event(&mut self, event: SourcesEvent) -> Vec<Effect> {
        self.event(Event::Open(ChannelEvent::Sources(event)))
    }

    fn press(&mut self, key: Key) -> Vec<Effect> {
        match self.state.meaning(key) {
            Some(action) => self.event(Event::Action(action)),
            None => panic!("{key} means nothing in {:?}", self.state.contexts()),
        }
    }

    /// Presses letters that mean something.
    fn keys(&mut self, keys: &str) {
        for c in keys.chars() {
            self.press(key(c));
        }
    }

    /// Characters for the line that has the keys.
    fn line(&mut self, text: &str) {
        assert_eq!(self.state.meaning(key('x')), None, "no line in {:?}", self.state.contexts());
        self.event(Event::typed(text.to_owned()));
    }

    fn typed(&mut self, text: &str) -> Vec<Effect> {
        let events = crate::app::testing::retyping(&self.state, text).into_iter();
        events.map(|event| self.event(event)).filter(|effects| !effects.is_empty()).last().unwrap_or_default()
    }

    /// Lets the world answer until nothing waits.
    fn run(&mut self) {
        while let Some(effect) = self.waiting.pop_front() {
            for event in self.world.perform(effect) {
                self.handle_event(event);
            }
        }
    }

    fn view(&self) -> &Sources {
        &self.state.channel().sources
    }

    fn shown(&self) -> Vec<&str> {
        self.view().rows.shown.iter().map(|line| self.view().name_at(line)).collect()
    }

    fn selected(&self) -> &str {
        self.view().rows.selected.as_ref().map_or("", |line| self.view().name_at(line))
    }

    fn notice(&self) -> &str {
        self.state.window.notice.as_ref().map_or("", |n| n.text.as_str())
    }

    /// Writes a text into the selected row, and leaves the editor.
    fn write(&mut self, text: &str) {
        self.press(key('e'));
        self.run();
        self.typed(text);
        self.press(ESC);
        self.run();
    }

    /// Applies all that is staged, or what is marked.
    fn apply(&mut self) {
        self.press(key('A'));
        self.press(ENTER);
        self.run();
    }

    fn content(&mut self, id: &str) -> String {
        self.world.find(&rid(id)).map(|v| v.content.clone()).unwrap()
    }
}
