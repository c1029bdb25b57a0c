//! A channel that isn't on the screen: whatever happens to it, the screen stays as it is but for what is said.

use super::*;
use crate::app::sources::{SourcesEvent, SourcesMeasured, SyncStep};

/// One number for each kind of event, so that none is missed.
fn kind(event: &ChannelEvent) -> usize {
    match event {
        ChannelEvent::Restored(_) => 0,
        ChannelEvent::Stored(..) => 1,
        ChannelEvent::Older(..) => 2,
        ChannelEvent::News(_) => 3,
        ChannelEvent::Unread(_) => 4,
        ChannelEvent::RowLoaded(_) => 5,
        ChannelEvent::AttachChecked(_) => 6,
        ChannelEvent::StoreFailed(_) => 7,
        ChannelEvent::Trying(_) => 8,
        ChannelEvent::RosterPage(..) => 9,
        ChannelEvent::HistoryPage(..) => 10,
        ChannelEvent::Started(..) => 11,
        ChannelEvent::Committed(_) => 12,
        ChannelEvent::CommitFailed(..) => 13,
        ChannelEvent::Turn(_, step) => match step {
            Step::Sending => 14,
            Step::Bound(_) => 15,
            Step::Waiting(..) => 16,
            Step::Sent => 17,
            Step::Accepted => 18,
            Step::Delta(_) => 19,
            Step::Finished(_) => 20,
            Step::Done(..) => 21,
            Step::Ended(..) => 22,
            Step::Withdrawn { .. } => 43,
        },
        ChannelEvent::Replaced(..) => 23,
        ChannelEvent::Message(event) => match event {
            MessageEvent::Read(..) => 24,
            MessageEvent::Measured(_) => 25,
            MessageEvent::NotInstead(_) => 26,
        },
        ChannelEvent::Queue(event) => match event {
            QueueEvent::Released(_) => 44,
            QueueEvent::TakenBack(_) => 45,
            QueueEvent::Dropped(_) => 46,
            QueueEvent::Held(_) => 47,
            QueueEvent::Ranked(_) => 48,
            QueueEvent::Gone(..) => 49,
        },
        ChannelEvent::Sources(event) => match event {
            SourcesEvent::List { .. } => 27,
            SourcesEvent::Rows { .. } => 28,
            SourcesEvent::Row(..) => 29,
            SourcesEvent::Changes(_) => 30,
            SourcesEvent::Journal(..) => 31,
            SourcesEvent::Applied(..) => 32,
            SourcesEvent::ApplyEnded(..) => 33,
            SourcesEvent::Undone(..) => 34,
            SourcesEvent::Created(_) => 35,
            SourcesEvent::Deleted(..) => 36,
            SourcesEvent::Interval(..) => 37,
            SourcesEvent::Sync(..) => 38,
            SourcesEvent::Edited(..) => 39,
            SourcesEvent::Unkept(..) => 40,
            SourcesEvent::Failed(_) => 41,
            SourcesEvent::Measured(_) => 42,
        },
    }
}

const KINDS: usize = 50;

fn source() -> Source {
    let (id, created_at) = (SourceId::new("s"), Moment::at(now()));
    Source { id, state: SyncState::Synced, last_sync: None, interval: None, created_at }
}

fn change() -> Change {
    Change {
        id: ChangeId::new("c"),
        channel: ChannelName::new("behind"),
        source: SourceId::new("s"),
        row: Some(RowId::new("r")),
        base: None,
        label: "Prices".into(),
        edit: Edit::Delete,
        state: ChangeState::Applying,
        at: now(),
    }
}

/// Every event, for the turn that was sent there and the tickets that are awaited there.
fn events(turn: &Turn, tickets: [u64; 2]) -> Vec<ChannelEvent> {
    let [chat, roster] = tickets;
    let wrong = || failure(Kind::Network);
    let conversation = id("c1");
    let step = |step| ChannelEvent::Turn(turn.id.clone(), step);
    let (page, row) = (Page { items: Vec::new(), ..Page::default() }, RosterRow::new(id("c2"), "two", Some(now())));
    let entry = super::past(7, Role::Assistant, "said elsewhere", false);
    let stored = Stored { asked: 9, history: vec![entry.clone()], draft: Some("kept".into()), ..Stored::default() };
    let fetched = Fetched { new: 1, got: 1, total: None, complete: true, problem: Some(wrong()) };
    let sources = [
        SourcesEvent::List { ticket: 0, page: Err(wrong()), done: true },
        SourcesEvent::Rows { ticket: 0, page: Err(wrong()), done: true },
        SourcesEvent::Row(SourceId::new("s"), RowId::new("r"), Err(wrong())),
        SourcesEvent::Changes(vec![change()]),
        SourcesEvent::Journal(SourceId::new("s"), Vec::new()),
        SourcesEvent::Applied(ChangeId::new("c"), Applied::Refused(wrong())),
        SourcesEvent::ApplyEnded(SourceId::new("s"), Err(wrong())),
        SourcesEvent::Undone(1, Applied::Done(None)),
        SourcesEvent::Created(Ok(source())),
        SourcesEvent::Deleted(SourceId::new("s"), Err(wrong())),
        SourcesEvent::Interval(SourceId::new("s"), Err(wrong())),
        SourcesEvent::Sync(SourceId::new("s"), SyncStep::Failed(wrong())),
        SourcesEvent::Edited(ChangeId::new("c"), "text".into()),
        SourcesEvent::Unkept(ChangeId::new("c"), wrong()),
        SourcesEvent::Failed(wrong()),
        SourcesEvent::Measured(SourcesMeasured { sources: Some(3), rows: Some(3), detail: 3, lines: 9 }),
    ];
    let mut events = vec![
        ChannelEvent::Restored(Box::new(Restored {
            rows: vec![row.clone()],
            open: Some(id("c2")),
            ..Restored::default()
        })),
        ChannelEvent::Stored(chat, Box::new(stored)),
        ChannelEvent::Older(chat, vec![entry], false),
        ChannelEvent::News(conversation.clone()),
        ChannelEvent::Unread(vec![conversation.clone()]),
        ChannelEvent::RowLoaded(Box::new(row)),
        ChannelEvent::AttachChecked(Err(wrong())),
        ChannelEvent::StoreFailed(wrong()),
        ChannelEvent::Trying(wrong()),
        ChannelEvent::RosterPage(roster, Ok(page)),
        ChannelEvent::HistoryPage(conversation.clone(), Ok(fetched)),
        ChannelEvent::Started(ConversationRef::Known(conversation.clone()), Err(wrong())),
        ChannelEvent::Committed(turn.id.clone()),
        step(Step::Sending),
        step(Step::Bound(conversation)),
        step(Step::Waiting(now(), "429".into())),
        step(Step::Sent),
        step(Step::Accepted),
        step(Step::Delta("words".into())),
        step(Step::Finished(Finish::Stop)),
        step(Step::Done(Finish::Cut, Some(wrong()))),
        step(Step::Ended(OutState::Unknown, wrong())),
        ChannelEvent::Replaced(turn.id.clone(), Box::new(turn.clone())),
        ChannelEvent::CommitFailed(turn.id.clone(), wrong()),
        ChannelEvent::Message(MessageEvent::Read(chat, Ok(None))),
        ChannelEvent::Message(MessageEvent::Measured(MessageMeasured { rows: 5, last: 5 })),
        ChannelEvent::Message(MessageEvent::NotInstead(turn.id.clone())),
    ];
    let queue = [
        QueueEvent::Held(vec![turn.id.clone()]),
        QueueEvent::Ranked(vec![(turn.id.clone(), 1)]),
        QueueEvent::Released(vec![turn.clone()]),
        QueueEvent::Released(Vec::new()),
        QueueEvent::Gone(turn.id.clone(), Some(OutState::Sent)),
        QueueEvent::Dropped(Box::new(turn.clone())),
        QueueEvent::TakenBack(Box::new(turn.clone())),
    ];
    events.extend(queue.map(ChannelEvent::Queue));
    events.push(step(Step::Withdrawn { held: false }));
    events.extend(sources.map(ChannelEvent::Sources));
    events
}

/// A channel with a message under way and much on its screen, left for another one whose window is in the midst of things.
fn behind() -> (State, Vec<ChannelEvent>) {
    let can = Capabilities { sources: true, ..all() };
    let mut state = State::new(vec![(view("behind", false), can), (view("open", false), can)], 0, 7);
    let rows = vec![RosterRow::new(id("c1"), "one", Some(now()))];
    let restored = Restored { rows, ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let chat = state.channel().chat.ticket;
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(chat, Box::default())));
    handle_event(&mut state, Event::Text(TextInput::Paste("a question".into())));
    let effects = handle_action(&mut state, Action::Send);
    let turn = effects
        .iter()
        .find_map(|e| if let Effect::Open(ChannelEffect::Enqueue(turn)) = e { Some(turn.clone()) } else { None });
    let tickets = [chat, state.channel().roster.fetching.unwrap_or(0)];
    let events = events(&turn.expect("a turn"), tickets);
    handle_action(&mut state, Action::NextChannel);
    let rows = vec![RosterRow::new(id("o1"), "open", Some(now()))];
    let restored = Restored { rows, ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let ticket = state.channel().chat.ticket;
    let history = vec![super::past(1, Role::Assistant, "hello", false)];
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, ..Stored::default() }))),
    );
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::ShowMessage);
    handle_action(&mut state, Action::Help);
    state.window.quit_armed = Some(now().plus_millis(500));
    (state, events)
}

/// All that is on the screen, but for the line that says what happened.
fn seen(state: &mut State) -> String {
    state.window.notice = None;
    format!("{:?}\n{:?}\n{:?}\n{:?}", state.window, state.channel(), state.webhooks, state.search)
}

#[test]
fn whatever_happens_to_a_channel_behind_the_screen_leaves_the_window_as_it_is() {
    let (_, all) = behind();
    let kinds: std::collections::BTreeSet<usize> = all.iter().map(kind).collect();
    assert_eq!(kinds.len(), KINDS, "each kind of event, and no number twice");
    // Each alone, and all of them one after the other.
    for from in 0..=all.len() {
        let (mut state, events) = behind();
        let events = if from == all.len() { &events[..] } else { &events[from..=from] };
        for event in events {
            let before = seen(&mut state);
            assert!(state.window.overlay().is_some() && state.window.help().is_some());
            let effects = handle_event(&mut state, Event::Channel(ChannelName::new("behind"), event.clone()));
            let said = state.window.notice.clone();
            assert_eq!(seen(&mut state), before, "{event:?}");
            if let Some(said) = said {
                assert!(said.text.as_str().starts_with("behind: "), "{said:?}");
            }
            for effect in effects {
                let ours = matches!(&effect, Effect::Channel(name, _) if name.as_str() == "behind");
                assert!(ours || matches!(effect, Effect::Wake(_)), "{effect:?}");
            }
        }
    }
}
