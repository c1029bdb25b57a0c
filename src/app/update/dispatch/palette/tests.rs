//! The palette: what it finds, in which order, and what choosing it does.

use crate::app::testing::assert_edits;
use crate::app::*;
use crate::domain::*;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn channel(name: &str) -> (ChannelInfo, Capabilities) {
    let info = ChannelInfo {
        name: ChannelName::new(name),
        label: SafeText::one_line(name),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let can = Capabilities { start: true, send: true, stream: true, list: true, history: true, ..Capabilities::NONE };
    (info, can)
}

/// Two channels; on the first one a conversation is open, of three.
fn state() -> State {
    let mut state = State::new(vec![channel("docs"), channel("sales")], 0, 7);
    let rows = [("c1", "Planets"), ("c2", "Moons of Jupiter"), ("c3", "")];
    let rows = rows.iter().zip(1..).map(|((id, title), at)| {
        RosterRow::new(ConversationId::new(*id), title, Some(Timestamp::from_millis(100 - at)))
    });
    let restored = Restored { rows: rows.collect(), ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    let ticket = state.channel().chat.ticket;
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::default())));
    state
}

fn handle_event(state: &mut State, event: Event) -> Vec<Effect> {
    update(state, event, now())
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    handle_event(state, Event::Action(action))
}

/// Opens it and types.
fn find(state: &mut State, text: &str) {
    handle_action(state, Action::Palette);
    handle_event(state, Event::typed(text.to_owned()));
}

fn labels(state: &State) -> Vec<String> {
    let palette = state.window.palette().unwrap();
    palette.shown.iter().map(|at| palette.entries[*at].label.to_string()).collect()
}

fn selected(state: &State) -> &PaletteEntry {
    state.window.palette().unwrap().selected().unwrap()
}

#[test]
fn it_finds_actions_channels_and_conversations_by_what_is_typed() {
    let mut state = state();
    find(&mut state, "jupiter");
    assert_eq!(labels(&state), ["Moons of Jupiter"]);
    assert_eq!(selected(&state).command.as_deref(), Some("patchcord -c docs conversations show c2 --all"));
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.channel().open_id().map(ConversationId::as_str), Some("c2"));
    assert_eq!(state.window.palette().map(|_| ()), None);

    find(&mut state, "sales");
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.channel().info.name.as_str(), "sales");

    // One without a title is found by its id.
    find(&mut state, "c3");
    assert_eq!(labels(&state), ["c3"]);
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.channel().info.name.as_str(), "docs", "its channel is opened");
    assert_eq!(state.channel().open_id().map(ConversationId::as_str), Some("c3"));
}

#[test]
fn an_action_is_done_where_the_keys_were_and_another_panes_there() {
    let mut state = state();
    state.window.focus = Focus::Composer;
    find(&mut state, "external-editor");
    let entry = selected(&state);
    assert_eq!(entry.item, PaletteItem::Action(Action::ExternalEditor, None));
    assert_eq!(entry.keys.as_str(), "Ctrl+O", "its key is learnt on the way");
    assert!(matches!(handle_action(&mut state, Action::Confirm)[..], [Effect::Edit(_)]));

    find(&mut state, "import an exported");
    assert_eq!(selected(&state).item, PaletteItem::Action(Action::Import, Some(Focus::Roster)));
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.window.focus, Focus::Roster);
    assert!(matches!(state.window.overlay(), Some(Overlay::Import(_))));
}

#[test]
fn nothing_is_offered_that_can_do_nothing() {
    let mut state = state();
    handle_action(&mut state, Action::Palette);
    let palette = state.window.palette().unwrap();
    for entry in &palette.entries {
        if let PaletteItem::Action(action, _) = entry.item {
            assert!(!matches!(action, Action::Up | Action::Palette | Action::Newline), "{action:?}");
            assert!(!entry.label.as_str().is_empty(), "{action:?}");
        }
    }
    // The platform has no sources.
    assert!(!palette.entries.iter().any(|entry| entry.item == PaletteItem::Action(Action::ShowSources, None)));
}

#[test]
fn its_command_is_copied() {
    let mut state = state();
    find(&mut state, "export the conversation");
    assert_eq!(
        handle_action(&mut state, Action::CopyEquivalent),
        [Effect::Copy(Clip {
            what: "The command".to_owned(),
            text: "patchcord -c docs conversations export c1 --format md".to_owned()
        })]
    );
    assert!(state.window.palette().is_some(), "it stays open");
    handle_event(&mut state, Event::Line(TextInput::Key(Key::ctrl('u'))));
    handle_event(&mut state, Event::typed("redraw".to_owned()));
    handle_action(&mut state, Action::CopyEquivalent);
    assert!(state.window.notice.as_ref().is_some_and(|n| n.text.as_str().contains("screen's alone")));
}

#[test]
fn its_line_is_edited_as_any_other() {
    let mut state = state();
    handle_action(&mut state, Action::Palette);
    assert_edits(&mut state, |state| &state.window.palette().unwrap().filter, now());
}

#[test]
fn what_a_longer_filter_leaves_is_what_a_fresh_one_would() {
    let mut state = state();
    handle_action(&mut state, Action::Palette);
    let mut typed = String::new();
    for c in "co of jup".chars() {
        typed.push(c);
        handle_event(&mut state, Event::typed(c.to_string()));
        let grown = labels(&state);
        let mut fresh = self::state();
        find(&mut fresh, &typed);
        assert_eq!(grown, labels(&fresh), "{typed}");
    }
    handle_event(&mut state, Event::erased());
    assert!(labels(&state).contains(&"Moons of Jupiter".to_owned()));
}

#[test]
fn it_opens_over_anything_but_the_question_whether_to_leave() {
    let mut state = state();
    state.window.focus = Focus::Transcript;
    handle_action(&mut state, Action::Help);
    assert_eq!(state.meaning(Key::ctrl('p')), Some(Action::Palette));
    handle_action(&mut state, Action::Palette);
    assert_eq!((state.window.help(), state.contexts()), (None, vec![Context::Palette]));
    // The same key closes it.
    assert_eq!(state.meaning(Key::ctrl('p')), Some(Action::Back));
    handle_action(&mut state, Action::Back);
    assert_eq!(state.contexts(), [Context::Transcript]);
    state.window.open(Overlay::Leave(1));
    handle_action(&mut state, Action::Palette);
    assert!(state.window.palette().is_none());
}

#[test]
fn a_search_that_is_kept_is_found_once_it_is_read_and_made_again() {
    let mut state = state();
    find(&mut state, "refunds");
    assert_eq!(labels(&state), Vec::<String>::new());
    let saved = SavedSearch { name: "Refunds".to_owned(), text: "refund after:2d".to_owned() };
    handle_event(&mut state, Event::Search(SearchEvent::Saved(vec![saved])));
    assert_eq!(labels(&state), ["Refunds"], "under the same filter");
    assert_eq!(selected(&state).command.as_deref(), Some("patchcord search refund after:2d"));
    handle_action(&mut state, Action::Confirm);
    assert_eq!((state.window.view, state.search.text.as_str()), (ViewKind::Search, "refund after:2d"));
}

#[test]
fn thousands_of_conversations_cost_no_more_than_those_it_looks_at() {
    let mut state = state();
    let many = (0..5_000).map(|n| {
        RosterRow::new(ConversationId::new(format!("x{n}")), "another", Some(Timestamp::from_millis(1_000 + n)))
    });
    state.channel_mut().roster.merge(many);
    handle_action(&mut state, Action::Palette);
    let found = |state: &State| {
        let entries = &state.window.palette().unwrap().entries;
        entries.iter().filter(|entry| matches!(entry.item, PaletteItem::Conversation(..))).count()
    };
    assert_eq!(found(&state), 1_000);
}

#[test]
fn a_source_is_shown_or_synced_at_once() {
    let mut state = state();
    state.channel_mut().capabilities.sources = true;
    state.channel_mut().sources.asked = true;
    state.channel_mut().sources.list = vec![Source {
        id: SourceId::new("s1"),
        state: SyncState::NotSynced,
        last_sync: None,
        interval: None,
        created_at: Moment::at(now()),
    }];
    find(&mut state, "sync");
    assert_eq!(selected(&state).command.as_deref(), Some("patchcord -c docs sources sync s1"));
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.window.view, ViewKind::Sources);
    assert!(state.channel().sources.is_syncing(&SourceId::new("s1")));
    handle_action(&mut state, Action::ShowChat);
    find(&mut state, "s1");
    handle_action(&mut state, Action::Confirm);
    assert_eq!(state.channel().sources.selected, Some(SourceId::new("s1")));
}
