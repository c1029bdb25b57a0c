//! Whatever happens in whatever order.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// A random event, for turns and conversations that may or may not exist.
fn any_event() -> impl Strategy<Value = Event> {
    let action = prop::sample::select(BINDINGS.iter().map(|b| b.action).collect::<Vec<_>>());
    let place =
        prop_oneof![(0..4_u64).prop_map(ConversationRef::New), "[ab]".prop_map(|s| ConversationRef::Known(id(&s)))];
    let result = prop_oneof![Just(Err(failure(Kind::Network))), "[ab]".prop_map(|s| Ok((id(&s), None)))];
    prop_oneof![
        4 => action.prop_map(Event::Action),
        3 => "[a-z ]{0,6}".prop_map(|text| Event::Text(TextInput::Paste(text))),
        1 => "[a-z]{1,2}".prop_map(Event::typed),
        1 => Just(Event::erased()),
        1 => (-3..3_i64).prop_map(|n| Event::Wheel(Pane::Transcript, n)),
        1 => (0..5_usize).prop_map(|n| Event::Click(Pane::Roster, n)),
        2 => (0..5_usize).prop_map(|n| Event::Click(Pane::Palette, n)),
        2 => prop::sample::select(vec![Action::OpenBeside, Action::OtherSide, Action::OtherSide]).prop_map(Event::Action),
        1 => any::<bool>().prop_map(|drawn| Event::BesideMeasured(drawn.then(Measured::default))),
        1 => (0..90_u64).prop_map(|ticket| Event::Open(ChannelEvent::Stored(ticket, Box::default()))),
        1 => "[abc]".prop_map(|s| Event::Open(ChannelEvent::News(id(&s)))),
        1 => "[abc]".prop_map(|s| Event::Open(ChannelEvent::RowLoaded(Box::new(RosterRow::new(id(&s), &s, None))))),
        1 => prop::collection::vec("[a-z ]{0,3}", 0..12).prop_map(|replies| {
            let mut past = past(2, Role::Assistant, "choose", false);
            past.message.extras.quick_replies = replies;
            // The tickets of a young state are small numbers.
            Event::Open(ChannelEvent::Stored(3, Box::new(Stored { history: vec![past], ..Stored::default() })))
        }),
        1 => Just(Event::Tick),
        1 => any_transfer(),
        1 => (0..9_u64, any::<bool>(), any::<bool>()).prop_map(|(item, at_top, at_bottom)| {
            let top = Some(Anchor { item, row: 0 });
            let spot = |byte| Passage { item, byte: Some(byte) };
            let seen = Some((spot(0), spot(9)));
            Event::Measured(Measured { top, at_top, at_bottom, rows: 7, seen, ..Measured::default() })
        }),
        1 => (1..9_i64, "[a-z ]{0,9}", any::<bool>()).prop_map(|(seq, text, older)| {
            Event::Open(ChannelEvent::Older(3, vec![past(-seq, Role::User, &text, false)], older))
        }),
        1 => (0..60_u64, 0..4_i64, any::<bool>()).prop_map(|(ticket, many, more)| {
            let hit = |n: i64| Hit {
                channel: ChannelName::new(if n % 2 == 0 { "docs" } else { "flow" }),
                conversation: (n != 3).then(|| id("a")),
                title: String::new(),
                place: HitPlace::History(n),
                message: past(n, Role::User, "ab", false).message,
                ours: false,
                state: None,
                cursor: HitCursor(n),
            };
            let more = more.then_some(HitCursor(9));
            let found = Found { hits: (0..many).map(hit).collect(), more, ..Found::default() };
            Event::Search(SearchEvent::Found(ticket, Ok(Box::new(found))))
        }),
        1 => (place, result).prop_map(|(place, result)| Event::Open(ChannelEvent::Started(place, result))),
        1 => "[ab]".prop_map(|s| {
            Event::Open(ChannelEvent::HistoryPage(id(&s), Ok(Fetched { new: 1, got: 1, total: None, complete: true, problem: None })))
        }),
        1 => Just(Event::Open(ChannelEvent::Restored(Box::new(Restored {
            rows: vec![RosterRow::new(id("a"), "A", None), RosterRow::new(id("b"), "B", Some(now()))],
            ..Restored::default()
        })))),
    ]
}

/// What would come of an export or an import, whatever was asked. The tickets of a young state are small numbers.
fn any_transfer() -> impl Strategy<Value = Event> {
    let spot = Destination { path: "/x".into(), there: There::Nothing };
    let channel = view("archive", false);
    let capabilities = Capabilities { local: true, ..Capabilities::NONE };
    let arrived = Arrived { channel, capabilities, conversations: 1, messages: 1, new: 1, only: Some(id("a")) };
    (1..9_u64, 0..6_usize).prop_map(move |(ticket, which)| {
        Event::Transfer(match which {
            0 => TransferEvent::Looked(ticket, Ok(spot.clone())),
            1 => TransferEvent::Found(ticket, Ok(())),
            2 => TransferEvent::Gathered(ticket, Gathering::default()),
            3 => TransferEvent::Exported(ticket, Err(failure(Kind::Network))),
            4 => TransferEvent::Imported(ticket, Ok(Box::new(arrived.clone()))),
            _ => TransferEvent::Cancelled(ticket),
        })
    })
}

/// What stands beside is never the open conversation, and no channel keeps one aside that nobody sees.
fn check_sides(state: &State) -> Result<(), TestCaseError> {
    let asides = state.channels.iter().filter(|channel| channel.aside.is_some());
    let asides: Vec<&ChannelName> = asides.map(|channel| &channel.info.name).collect();
    let Some(split) = &state.window.split else {
        prop_assert!(asides.is_empty());
        return Ok(());
    };
    let beside = state.beside();
    prop_assert!(beside.is_some());
    if split.slot == crate::app::Slot::Aside {
        prop_assert_eq!(asides, [&split.channel]);
    } else {
        prop_assert!(asides.is_empty() && split.channel != state.channel().info.name);
    }
    let open = &state.channel().chat.place;
    let twice = |view: ChatView<'_>| view.channel.info.name == state.channel().info.name && view.chat.place == *open;
    prop_assert!(!beside.is_some_and(twice));
    Ok(())
}

/// What a courier would say next of a dispatched turn.
fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Sending),
        Just(Step::Sent),
        Just(Step::Accepted),
        "[ab]".prop_map(|s| Step::Bound(id(&s))),
        Just(Step::Waiting(now(), "busy".into())),
        "[a-z ]{0,4}".prop_map(|s| Step::Delta(s.as_str().into())),
        prop::sample::select(Finish::ALL.to_vec()).prop_map(|f| Step::Done(f, None)),
        prop::sample::select(vec![Finish::Stop, Finish::Length]).prop_map(Step::Finished),
        prop::sample::select(vec![OutState::Rejected, OutState::Unknown, OutState::Queued, OutState::Cancelled])
            .prop_map(|s| Step::Ended(s, failure(Kind::Network))),
    ]
}

proptest! {
    /// Whatever happens in whatever order: no panic, no turn handed over twice, never two at once in a conversation,
    /// and nothing that was typed and sent vanishes without an effect that keeps it.
    #[test]
    fn no_turn_is_ever_handed_over_twice(
        events in prop::collection::vec((any_event(), any_step(), 0..8_usize), 1..120),
    ) {
        let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), by_webhook())], 0, 7);
        let mut handed: HashMap<TurnId, u32> = HashMap::new();
        let mut enqueued: Vec<(ChannelName, TurnId)> = Vec::new();
        for (event, step, pick) in events {
            let mut effects = handle_event(&mut state, event);
            if let Some(turn) = enqueued.get(pick).cloned() {
                let (channel, turn): (ChannelName, TurnId) = turn;
                let event = if handed.contains_key(&turn) { ChannelEvent::Turn(turn, step) } else { ChannelEvent::Committed(turn) };
                effects.extend(handle_event(&mut state, Event::Channel(channel, event)));
            }
            let open = state.channel().info.name.clone();
            prop_assert_eq!(state.channels.len(), 2);
            prop_assert!(state.requests.is_empty());
            check_sides(&state)?;
            if let Some(finding) = &state.channel().chat.find {
                let (number, total) = finding.count;
                prop_assert!(number.is_none_or(|number| (1..=total).contains(&number)), "{:?}", finding.count);
            }
            prop_assert!(state.search.selected < state.search.len().max(1));
            for effect in effects {
                let (channel, effect) = match effect {
                    Effect::Channel(channel, effect) => (channel, effect),
                    Effect::Open(effect) => (open.clone(), effect),
                    _ => continue,
                };
                match effect {
                    ChannelEffect::Enqueue(turn) => {
                        prop_assert_eq!(&turn.channel, &channel);
                        enqueued.push((channel, turn.id));
                    }
                    ChannelEffect::Message(MessageEffect::SendInstead { turn, of }) => {
                        prop_assert!(turn.channel == channel && !state.channel().turns.contains_key(&of));
                        enqueued.push((channel, turn.id));
                    }
                    ChannelEffect::Dispatch(turn) => {
                        prop_assert!(enqueued.contains(&(channel, turn.id.clone())));
                        let times = handed.entry(turn.id).or_default();
                        *times += 1;
                        prop_assert_eq!(*times, 1);
                    }
                    _ => {}
                }
            }
            for local in state.channel().turns.values().filter(|t| t.live && t.turn.state == OutState::Sending) {
                let busy = state.channel().turns_in(&local.place).filter(|t| t.live && t.turn.state == OutState::Sending);
                prop_assert_eq!(busy.count(), 1);
            }
        }
    }
}
