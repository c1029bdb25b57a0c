//! Two conversations side by side: both are live, one has the keys, and nothing of the other is lost.

use std::sync::Arc;

use super::*;
use crate::app::{ResumeBeside, Slot};

fn name(name: &str) -> ChannelName {
    ChannelName::new(name)
}

fn row(of: &str) -> RosterRow {
    RosterRow::new(id(of), &format!("title {of}"), Some(now()))
}

fn on(state: &mut State, channel: &str, event: ChannelEvent) -> Vec<Effect> {
    handle_event(state, Event::Channel(name(channel), event))
}

/// The store says what it holds of a conversation that was just opened.
fn stored(state: &mut State, effects: &[Effect], stored: Stored) -> Vec<Effect> {
    let open = state.channel().info.name.clone();
    let mut loads = effects.iter().rev().filter_map(|effect| match effect {
        Effect::Open(ChannelEffect::Load { ticket, .. }) => Some((open.clone(), *ticket)),
        Effect::Channel(channel, ChannelEffect::Load { ticket, .. }) => Some((channel.clone(), *ticket)),
        _ => None,
    });
    let (channel, ticket) = loads.next().unwrap_or_else(|| panic!("nothing is loaded: {effects:?}"));
    handle_event(state, Event::Channel(channel, ChannelEvent::Stored(ticket, Box::new(stored))))
}

/// Two channels: a of docs is open and loaded, and b of docs is listed; x and y are listed on flow.
fn two() -> State {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), by_webhook())], 0, 7);
    let rows = |ids: [&str; 2]| Restored { rows: ids.map(row).into(), ..Restored::default() };
    let restored = Restored { open: Some(id("a")), ..rows(["a", "b"]) };
    let effects = on(&mut state, "docs", ChannelEvent::Restored(Box::new(restored)));
    stored(&mut state, &effects, Stored::default());
    state.channels[1].restored = true;
    let restored = Restored { open: Some(id("y")), ..rows(["x", "y"]) };
    let effects = on(&mut state, "flow", ChannelEvent::Restored(Box::new(restored)));
    stored(&mut state, &effects, Stored::default());
    state
}

/// Puts a conversation beside, as the palette does, and draws both.
fn beside(state: &mut State, channel: &str, of: &str) -> Vec<Effect> {
    handle_action(state, Action::OpenBeside);
    let palette = state.window.palette().unwrap();
    let chosen = PaletteItem::Beside(name(channel), id(of));
    let at = palette.entries.iter().position(|entry| entry.item == chosen).unwrap();
    let effects = handle_event(state, Event::Click(Pane::Palette, at));
    if effects.iter().any(|e| format!("{e:?}").contains("Load {")) {
        stored(state, &effects, Stored::default());
    }
    drawn(state);
    effects
}

fn drawn(state: &mut State) {
    let top = Some(Anchor { item: 1, row: 0 });
    let measured = Measured { top, at_bottom: true, rows: 20, ..Measured::default() };
    handle_event(state, Event::Measured(measured));
    handle_event(state, Event::BesideMeasured(Some(measured)));
}

/// The open conversation and the one beside, with whether that one stands on the left.
fn sides(state: &State) -> (String, Option<(String, bool)>) {
    let told =
        |view: ChatView<'_>| format!("{}/{}", view.channel.info.name, view.id().map_or("new", |id| id.as_str()));
    let left = state.window.split.as_ref().is_some_and(|split| split.left);
    (told(state.channel().open_chat()), state.beside().map(|view| (told(view), left)))
}

fn is(state: &State, open: &str, beside: &str, left: bool) {
    assert_eq!(sides(state), (open.to_owned(), Some((beside.to_owned(), left))));
}

fn said(state: &State) -> &str {
    state.window.notice.as_ref().map_or("", |notice| notice.text.as_str())
}

/// A turn of the conversation that has the keys goes out.
fn under_way(state: &mut State, text: &str) -> (String, TurnId) {
    let channel = state.channel().info.name.to_string();
    state.window.focus = Focus::Composer;
    let (turn, _) = send(state, text);
    for step in [Step::Sending, Step::Sent] {
        on(state, &channel, ChannelEvent::Turn(turn.clone(), step));
    }
    (channel, turn)
}

fn delta(state: &mut State, (channel, turn): &(String, TurnId), text: &str) {
    on(state, channel, ChannelEvent::Turn(turn.clone(), Step::Delta(text.into())));
}

/// What the replies of a conversation say that stand in its transcript.
fn replies(view: ChatView<'_>) -> Vec<String> {
    let answers = view.chat.items.iter().filter_map(|item| match item {
        TranscriptItem::Answer(id) => view.channel.turns.get(id)?.turn.reply.as_ref(),
        _ => None,
    });
    answers.map(|reply| reply.text.clone()).collect()
}

#[test]
fn a_conversation_of_the_same_channel_stands_beside_and_the_keys_go_over_and_back() {
    let mut state = two();
    let effects = beside(&mut state, "docs", "b");
    is(&state, "docs/a", "docs/b", false);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Remember(_)))), "a is what is open");
    assert_eq!(said(&state), "title b stands beside: F7 goes there.");
    let effects = handle_action(&mut state, Action::OtherSide);
    assert_eq!(state.window.notice, None, "who has gone there needs no way");
    is(&state, "docs/b", "docs/a", true);
    assert!(effects.contains(&Effect::Open(ChannelEffect::Remember(Some(id("b"))))), "{effects:?}");
    assert_eq!(state.channel().roster.selected, Some(id("b")));
    handle_action(&mut state, Action::OtherSide);
    is(&state, "docs/a", "docs/b", false);
}

#[test]
fn a_conversation_of_another_channel_stands_beside_and_the_keys_go_over_and_back() {
    let mut state = two();
    beside(&mut state, "flow", "x");
    is(&state, "docs/a", "flow/x", false);
    handle_action(&mut state, Action::OtherSide);
    is(&state, "flow/x", "docs/a", true);
    // What stands beside is gone to by its channel, too.
    handle_action(&mut state, Action::NextChannel);
    is(&state, "docs/a", "flow/x", false);
}

#[test]
fn from_the_list_the_row_under_the_hand_stands_beside_the_one_that_was_read() {
    let mut state = two();
    state.window.beside = true;
    state.window.focus = Focus::Roster;
    let open = state.channel().roster.selected_position().unwrap();
    handle_action(&mut state, Action::OpenBeside);
    assert_eq!(said(&state), "It is open already: another one can stand beside it.");
    let effects = handle_action(&mut state, if open == 0 { Action::Down } else { Action::Up });
    stored(&mut state, &effects, Stored::default());
    assert_eq!(sides(&state).0, "docs/b", "it is shown as the selection comes to it");
    handle_action(&mut state, Action::OpenBeside);
    is(&state, "docs/a", "docs/b", false);
    assert_eq!(state.window.focus, Focus::Transcript);
    // The selection comes over the one beside: that one is on the screen already.
    state.window.focus = Focus::Roster;
    handle_action(&mut state, if open == 0 { Action::Down } else { Action::Up });
    is(&state, "docs/a", "docs/b", false);
}

#[test]
fn from_the_inbox_the_selected_row_stands_beside() {
    let mut state = two();
    handle_action(&mut state, Action::ShowInbox);
    state.desk.selected = Some((name("flow"), id("x")));
    handle_action(&mut state, Action::OpenBeside);
    is(&state, "docs/a", "flow/x", false);
    assert_eq!(state.window.view, ViewKind::Chat);
}

#[test]
fn one_conversation_never_stands_on_both_sides() {
    let mut state = two();
    beside(&mut state, "docs", "b");
    // However it is opened, the keys go over to it.
    handle_event(&mut state, Event::Click(Pane::Beside, 0));
    is(&state, "docs/b", "docs/a", true);
    assert_eq!(state.window.focus, Focus::Transcript);
    for _ in 0..2 {
        let by = state.channel().roster.neighbour(state.channel().open_id(), 1).is_some();
        handle_action(&mut state, if by { Action::NextConversation } else { Action::PreviousConversation });
    }
    is(&state, "docs/b", "docs/a", true);
    handle_action(&mut state, Action::ShowInbox);
    state.desk.selected = Some((name("docs"), id("a")));
    handle_action(&mut state, Action::Open);
    is(&state, "docs/a", "docs/b", false);
    handle_action(&mut state, Action::ShowInbox);
    handle_action(&mut state, Action::OpenBeside);
    assert_eq!(said(&state), "It is open already: another one can stand beside it.");
    is(&state, "docs/a", "docs/b", false);
}

#[test]
fn opening_another_conversation_leaves_what_stands_beside() {
    let mut state = two();
    beside(&mut state, "flow", "x");
    handle_action(&mut state, Action::ShowInbox);
    state.desk.selected = Some((name("flow"), id("y")));
    let effects = handle_action(&mut state, Action::Open);
    is(&state, "flow/y", "flow/x", false);
    assert_eq!(state.window.split.as_ref().unwrap().slot, Slot::Aside);
    stored(&mut state, &effects, Stored::default());
    handle_action(&mut state, Action::PreviousChannel);
    is(&state, "docs/a", "flow/x", false);
    // The keys go over: what is open there is left, and x is open.
    handle_action(&mut state, Action::OtherSide);
    is(&state, "flow/x", "docs/a", true);
    assert!(state.channel().aside.is_none());
}

#[test]
fn each_side_keeps_its_own_text_what_goes_out_with_it_and_its_place() {
    let mut state = two();
    beside(&mut state, "docs", "b");
    state.window.focus = Focus::Composer;
    type_text(&mut state, "to a");
    state.channel_mut().chat.scroll = Scroll::At(Anchor { item: 3, row: 7 });
    let attached = Attached::from(Attach::Url("https://x.example/a.png".to_owned()));
    state.channel_mut().composer.attach.push(attached.clone());
    let stamp = state.channel().composer.text.stamp();
    handle_action(&mut state, Action::OtherSide);
    assert_eq!((state.channel().composer.text.as_str(), state.window.focus), ("", Focus::Composer));
    assert_ne!(state.channel().composer.text.stamp(), stamp, "the screen takes the other text over");
    let effects = type_text(&mut state, "to b");
    let kept = Effect::Open(ChannelEffect::SaveDraft { conversation: Some(id("b")), text: "to b".to_owned() });
    assert_eq!(effects, [kept]);
    assert_eq!(state.beside_composer().unwrap().text.as_str(), "to a");
    handle_action(&mut state, Action::OtherSide);
    assert_eq!(state.channel().composer.text.as_str(), "to a");
    assert_eq!(state.channel().composer.attach, std::slice::from_ref(&attached));
    assert_eq!(state.channel().chat.scroll, Scroll::At(Anchor { item: 3, row: 7 }));
    // Put away, the texts are kept as drafts, and what was to go out with them waits.
    handle_action(&mut state, Action::OtherSide);
    let effects = handle_action(&mut state, Action::CloseBeside);
    let kept = ChannelEffect::SaveDraft { conversation: Some(id("a")), text: "to a".to_owned() };
    assert!(effects.contains(&Effect::Open(kept)), "{effects:?}");
    assert_eq!(sides(&state), ("docs/b".to_owned(), None));
    handle_action(&mut state, Action::OpenBeside);
    handle_event(&mut state, Event::Click(Pane::Palette, 0));
    handle_action(&mut state, Action::CloseBeside);
    let effects =
        state.on_channel(now(), |channel, ctx| conversation::open(channel, ctx, &ConversationRef::Known(id("a"))));
    assert!(!effects.is_empty());
    assert_eq!(state.channel().composer.attach, [attached]);
}

#[test]
fn a_stream_on_each_side_is_seen_on_both_at_once() {
    for (channel, of) in [("docs", "b"), ("flow", "x")] {
        let mut state = two();
        beside(&mut state, channel, of);
        let one = under_way(&mut state, "to a");
        handle_action(&mut state, Action::OtherSide);
        // What goes out here doesn't wait for what streams there.
        let two = under_way(&mut state, "to the other");
        drawn(&mut state);
        delta(&mut state, &one, "first ");
        delta(&mut state, &two, "second ");
        delta(&mut state, &one, "one");
        assert_eq!(replies(state.beside().unwrap()), ["first one"]);
        if channel == "docs" {
            assert_eq!(replies(state.channel().open_chat()), ["second "]);
        }
        on(&mut state, &one.0, ChannelEvent::Turn(one.1.clone(), Step::Done(Finish::Stop, None)));
        let unread = state.channels[0].roster.row(&id("a")).unwrap().unread;
        assert!(!unread, "it is before the user's eyes");
        assert!(state.channels[0].turns.contains_key(&one.1), "the store has not said yet that it has it");
    }
}

#[test]
fn what_has_no_room_is_not_taken_for_read() {
    for (channel, of) in [("docs", "b"), ("flow", "x")] {
        let mut state = two();
        beside(&mut state, channel, of);
        handle_event(&mut state, Event::BesideMeasured(None));
        assert_eq!(state.on_screen().count(), 1);
        on(&mut state, channel, ChannelEvent::News(id(of)));
        let at = state.channel_at(&name(channel)).unwrap();
        assert!(state.channels[at].roster.row(&id(of)).unwrap().unread);
        drawn(&mut state);
        let effects = on(&mut state, channel, ChannelEvent::News(id(of)));
        let loads = |e: &Effect| format!("{e:?}").contains("Load {");
        assert!(effects.iter().any(loads), "it is read again where it stands: {effects:?}");
    }
}

#[test]
fn what_came_beside_is_seen_at_its_end_and_only_there() {
    let mut state = two();
    beside(&mut state, "docs", "b");
    on(&mut state, "docs", ChannelEvent::HistoryPage(id("b"), Ok(Fetched { complete: true, ..Fetched::default() })));
    let ticket = state.beside().unwrap().chat.ticket;
    let news = |seq| Stored { asked: seq, history: vec![past(1, Role::Assistant, "hi", false)], ..Stored::default() };
    let seen = |effects: &[Effect]| {
        let marks = |e: &&Effect| matches!(e, Effect::Open(ChannelEffect::Message(MessageEffect::MarkRead { conversation, .. })) if *conversation == id("b"));
        effects.iter().filter(marks).count()
    };
    let effects = on(&mut state, "docs", ChannelEvent::Stored(ticket, Box::new(news(9))));
    assert_eq!(seen(&effects), 1, "{effects:?}");
    // Where it is read further above, what comes is not seen.
    handle_event(&mut state, Event::Wheel(Pane::Beside, -3));
    assert!(matches!(state.beside().unwrap().chat.scroll, Scroll::At(_)));
    assert_eq!(state.channel().chat.scroll, Scroll::Follow, "the wheel is the other's");
    let more = vec![past(1, Role::Assistant, "hi", false), past(2, Role::Assistant, "more", false)];
    let more = Stored { asked: 10, history: more, ..Stored::default() };
    let effects = on(&mut state, "docs", ChannelEvent::Stored(ticket, Box::new(more)));
    assert_eq!(seen(&effects), 0, "{effects:?}");
}

#[test]
fn a_message_that_is_not_sent_goes_back_to_its_own_side() {
    let mut state = two();
    beside(&mut state, "docs", "b");
    let (channel, turn) = under_way(&mut state, "to a");
    handle_action(&mut state, Action::OtherSide);
    state.window.focus = Focus::Composer;
    type_text(&mut state, "to b");
    let rejected = Step::Ended(OutState::Rejected, failure(Kind::Invalid));
    on(&mut state, &channel, ChannelEvent::Turn(turn, rejected));
    assert_eq!(state.channel().composer.text.as_str(), "to b");
    assert_eq!(state.beside_composer().unwrap().text.as_str(), "to a");
    assert!(said(&state).starts_with("beside: Not sent"), "{}", said(&state));
    assert_eq!(state.window.focus, Focus::Composer);
}

#[test]
fn a_channel_that_can_not_be_written_to_is_read_beside() {
    let mut state = two();
    state.channels[1].info.read_only = true;
    beside(&mut state, "flow", "x");
    state.window.focus = Focus::Composer;
    handle_action(&mut state, Action::OtherSide);
    assert!(state.channel().send_blocker().is_some());
    type_text(&mut state, "kept");
    handle_action(&mut state, Action::Send);
    assert!(said(&state).contains("Your text is kept"), "{}", said(&state));
    handle_action(&mut state, Action::OtherSide);
    assert!(state.channel().send_blocker().is_none());
    let can = Capabilities { send: false, ..by_webhook() };
    state.channels[1].capabilities = can;
    state.window.focus = Focus::Composer;
    handle_action(&mut state, Action::OtherSide);
    assert_eq!(state.window.focus, Focus::Transcript, "nothing is written there");
}

#[test]
fn tab_stays_on_its_side_and_a_search_is_that_of_the_side_with_the_keys() {
    let mut state = two();
    beside(&mut state, "docs", "b");
    state.window.focus = Focus::Composer;
    for focus in [Focus::Roster, Focus::Transcript, Focus::Composer] {
        handle_action(&mut state, Action::NextPane);
        assert_eq!(state.window.focus, focus);
        is(&state, "docs/a", "docs/b", false);
    }
    load(&mut state, vec![past(1, Role::Assistant, "needle", false)]);
    handle_action(&mut state, Action::SearchHere);
    handle_event(&mut state, Event::typed("needle".to_owned()));
    assert_eq!(state.channel().chat.find.as_ref().unwrap().count.1, 1);
    assert!(state.beside().unwrap().chat.find.is_none());
    handle_action(&mut state, Action::OtherSide);
    assert!(!state.channel().is_finding());
    handle_action(&mut state, Action::OtherSide);
    assert!(state.channel().is_finding(), "it goes on where it was left");
}

#[test]
fn a_channel_that_goes_takes_its_side_along_and_the_other_goes_on() {
    let news = |state: &State, gone: &str| {
        let left = state.channels.iter().filter(|channel| channel.info.name != name(gone));
        Event::Reconfigured(Box::new(Reconfigured {
            later: Vec::new(),
            channels: left.map(|channel| (channel.info.clone(), channel.capabilities)).collect(),
            added: Vec::new(),
            removed: vec![name(gone)],
            changed: Vec::new(),
            keys: None,
            notify: NotifyRules::default(),
            screen: ScreenSettings::default(),
            replies: Vec::new(),
        }))
    };
    let mut state = two();
    beside(&mut state, "flow", "x");
    state.channels[1].composer.text = TextBuffer::new(99, "half".to_owned());
    let event = news(&state, "flow");
    let effects = handle_event(&mut state, event);
    let kept = ChannelEffect::SaveDraft { conversation: Some(id("x")), text: "half".to_owned() };
    assert!(effects.contains(&Effect::Channel(name("flow"), kept)), "{effects:?}");
    assert_eq!(sides(&state), ("docs/a".to_owned(), None));
    // What stands beside goes on where the open channel is gone.
    let mut state = two();
    state.channels.insert(1, crate::app::Channel::new(view("more", false), all()));
    beside(&mut state, "flow", "x");
    let event = news(&state, "docs");
    handle_event(&mut state, event);
    assert_eq!(sides(&state), ("flow/x".to_owned(), None));
    // Both of the channel that goes.
    let mut state = two();
    beside(&mut state, "docs", "b");
    let event = news(&state, "docs");
    handle_event(&mut state, event);
    assert_eq!(sides(&state), ("flow/y".to_owned(), None));
}

#[test]
fn a_title_that_changes_and_a_conversation_that_is_gone_leave_it_there() {
    let mut state = two();
    beside(&mut state, "docs", "b");
    let renamed = RosterRow::new(id("b"), "another title", Some(now()));
    on(&mut state, "docs", ChannelEvent::RowLoaded(Box::new(renamed)));
    assert_eq!(state.beside().unwrap().title().unwrap().as_str(), "another title");
    on(&mut state, "docs", ChannelEvent::HistoryPage(id("b"), Err(failure(Kind::NotFound))));
    assert!(matches!(state.beside().unwrap().chat.refresh, Refresh::Failed(_)));
    assert!(!matches!(state.channel().chat.refresh, Refresh::Failed(_)), "the other one is as it was");
    let entry = DeskEntry { archived: Some(now()), ..DeskEntry::default() };
    let kept = DeskRow { channel: name("docs"), conversation: id("b"), entry };
    handle_event(&mut state, Event::Desk(DeskEvent::Kept(1, vec![kept])));
    is(&state, "docs/a", "docs/b", false);
}

#[test]
fn a_new_conversation_gets_its_id_beside() {
    let mut state = two();
    handle_action(&mut state, Action::NewConversation);
    let place = state.channel().chat.place.clone();
    beside(&mut state, "docs", "b");
    handle_action(&mut state, Action::OtherSide);
    is(&state, "docs/b", "docs/new", true);
    on(&mut state, "docs", ChannelEvent::Started(place, Ok((id("n"), Some("Hello".to_owned())))));
    is(&state, "docs/b", "docs/n", true);
    assert_eq!(state.channel().roster.selected, Some(id("b")));
    assert!(state.beside().unwrap().chat.greeting.is_some() && state.channel().chat.greeting.is_none());
}

#[test]
fn what_stood_beside_stands_there_again_at_the_next_start() {
    let mut state = two();
    resume(&mut state, None, now());
    let effects = beside(&mut state, "flow", "x");
    let kept =
        effects.iter().find_map(|e| if let Effect::KeepResume(resume) = e { Some(resume.clone()) } else { None });
    let there = ResumeBeside { channel: name("flow"), conversation: id("x"), left: false };
    assert_eq!(kept.unwrap().beside, Some(there));
    let effects = handle_action(&mut state, Action::OtherSide);
    let kept =
        effects.iter().find_map(|e| if let Effect::KeepResume(resume) = e { Some(resume.clone()) } else { None });
    let kept = kept.unwrap();
    let there = ResumeBeside { channel: name("docs"), conversation: id("a"), left: true };
    assert_eq!((kept.channel.as_str(), kept.beside.clone()), ("flow", Some(there)));

    let channels = vec![(view("docs", false), all()), (view("flow", false), by_webhook())];
    let mut next = State::new(channels, 1, 8);
    let effects = resume(&mut next, Some(&kept), now());
    assert!(!effects.iter().any(|e| matches!(e, Effect::KeepResume(_))), "{effects:?}");
    let restored = Restored { rows: vec![row("x")], open: Some(id("x")), ..Restored::default() };
    let effects = on(&mut next, "flow", ChannelEvent::Restored(Box::new(restored)));
    is(&next, "flow/x", "docs/a", true);
    assert!(next.window.notice.is_none(), "it is no news");
    assert!(effects.contains(&Effect::Channel(name("docs"), ChannelEffect::Restore)), "{effects:?}");
    assert!(effects.contains(&Effect::Channel(name("docs"), ChannelEffect::LoadRow(id("a")))), "{effects:?}");
    // What the store remembers of that channel takes nobody elsewhere.
    on(
        &mut next,
        "docs",
        ChannelEvent::Restored(Box::new(Restored {
            rows: vec![row("a"), row("b")],
            open: Some(id("b")),
            ..Restored::default()
        })),
    );
    is(&next, "flow/x", "docs/a", true);
}

#[test]
fn where_nothing_stands_beside_the_actions_say_so() {
    let mut state = two();
    handle_action(&mut state, Action::OtherSide);
    assert_eq!(said(&state), "Nothing stands beside: F9 puts a conversation there.");
    handle_action(&mut state, Action::CloseBeside);
    assert_eq!(said(&state), "Nothing stands beside.");
    assert!(!state.offers(Action::OtherSide) && !state.offers(Action::CloseBeside));
    beside(&mut state, "docs", "b");
    assert!(state.offers(Action::OtherSide) && state.offers(Action::CloseBeside));
    // What lies over the view has the keys alone.
    handle_action(&mut state, Action::Help);
    handle_action(&mut state, Action::OtherSide);
    is(&state, "docs/a", "docs/b", false);
}

#[test]
fn each_set_of_keys_has_them() {
    for (preset, key) in [(Preset::Default, "F7"), (Preset::Vim, "Ctrl+W w"), (Preset::Emacs, "F7")] {
        let mut state = two();
        state.window.keys = Arc::new(Keymap::new(preset));
        state.window.focus = Focus::Transcript;
        assert_eq!(state.key(Action::OtherSide), key);
        assert!(!state.key(Action::OpenBeside).is_empty() && !state.key(Action::CloseBeside).is_empty());
    }
}
