//! Long conversations: what is asked for, joined and kept doesn't grow with what is loaded.

use proptest::prelude::*;

use super::*;

fn stored(state: &mut State, history: Vec<HistoryEntry>, older: bool) -> Vec<Effect> {
    let ticket = state.channel().chat.ticket;
    handle_event(
        state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, older, ..Stored::default() }))),
    )
}

/// Messages of a store by their numbers.
fn entries(numbers: std::ops::Range<i64>) -> Vec<HistoryEntry> {
    numbers.map(|n| past(2 * n, if n % 2 == 0 { Role::User } else { Role::Assistant }, "text", false)).collect()
}

fn measured(top: Anchor, at_top: bool, at_bottom: bool) -> Event {
    Event::Measured(Measured { top: Some(top), at_top, at_bottom, rows: 20, ..Measured::default() })
}

/// A conversation of that many messages, loaded up to its first by pages, and read there.
fn read_to_its_beginning(many: i64) -> State {
    let mut state = open("c1");
    stored(&mut state, entries(many - 200..many), true);
    let mut first = many - 200;
    while first > 0 {
        let item = state.channel().chat.history[0].key;
        state.channel_mut().chat.scroll = Scroll::At(Anchor { item, row: 0 });
        let effects = handle_event(&mut state, measured(Anchor { item, row: 0 }, true, false));
        let [Effect::Open(ChannelEffect::LoadOlder { ticket, before, .. })] = effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(before, 2 * first);
        let from = (first - 200).max(0);
        handle_event(&mut state, Event::Open(ChannelEvent::Older(ticket, entries(from..first), from > 0)));
        first = from;
    }
    state
}

fn limits(effects: &[Effect]) -> Vec<usize> {
    let limit = |effect: &Effect| match effect {
        Effect::Open(ChannelEffect::Load { limit, .. }) => Some(*limit),
        _ => None,
    };
    effects.iter().filter_map(limit).collect()
}

#[test]
fn what_was_asked_for_earlier_and_comes_later_takes_nothing_away() {
    let mut state = open("c1");
    // As it is when it has just been opened.
    state.channel_mut().chat.loaded = false;
    let ticket = state.channel().chat.ticket;
    let answer = |asked, many, draft: Option<&str>| {
        let draft = draft.map(str::to_owned);
        Event::Open(ChannelEvent::Stored(
            ticket,
            Box::new(Stored { asked, history: entries(0..many), draft, ..Stored::default() }),
        ))
    };
    // A page of the history came while the store was first read, and what was read after it overtook that.
    handle_event(&mut state, answer(2, 4, Some("typed")));
    handle_event(&mut state, answer(1, 0, None));
    assert_eq!((state.channel().chat.history.len(), state.channel().composer.text.as_str()), (4, "typed"));
    handle_event(&mut state, answer(3, 5, None));
    assert_eq!(state.channel().chat.history.len(), 5);
}

#[test]
fn news_cost_what_is_new_however_much_is_loaded() {
    let mut asked = Vec::new();
    for many in [400, 20_000] {
        let mut state = read_to_its_beginning(many);
        assert_eq!(state.channel().chat.history.len(), usize::try_from(many).unwrap());
        let keys: Vec<u64> = state.channel().chat.history.iter().map(|past| past.key).collect();
        let (scroll, fetched) =
            (state.channel().chat.scroll, Fetched { new: 3, got: 3, total: None, complete: true, problem: None });
        let mut limit =
            limits(&handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id("c1"), Ok(fetched)))));
        limit.extend(limits(&handle_event(&mut state, Event::Open(ChannelEvent::News(id("c1"))))));
        limit.extend(limits(&handle_event(&mut state, Event::ChangedElsewhere)));
        asked.push(limit);
        stored(&mut state, entries(many - 200..many + 3), true);
        assert_eq!(state.channel().chat.history.len(), keys.len() + 3);
        assert!(
            state.channel().chat.history.iter().map(|past| past.key).zip(&keys).all(|(now, before)| now == *before)
        );
        assert_eq!(state.channel().chat.items.len(), keys.len() + 3);
        assert_eq!(
            (state.channel().chat.scroll, state.channel().chat.older),
            (scroll, false),
            "it is read on where it was"
        );
    }
    assert_eq!(asked, [[203, 200, 200], [203, 200, 200]]);
}

#[test]
fn what_is_above_is_let_go_little_by_little_while_the_end_is_followed() {
    let mut state = read_to_its_beginning(3_000);
    let end = state.channel().chat.history[2_990].key;
    handle_action(&mut state, Action::PreviousPane);
    handle_action(&mut state, Action::Bottom);
    let mut left = 3_000;
    while left > 200 {
        handle_event(&mut state, measured(Anchor { item: end, row: 0 }, false, true));
        assert!((1..=256).contains(&(left - state.channel().chat.history.len())), "a little with each frame");
        left = state.channel().chat.history.len();
        assert!(state.channel().chat.older);
        assert_eq!(state.channel().chat.items.len(), left);
    }
    handle_event(&mut state, measured(Anchor { item: end, row: 0 }, false, true));
    assert_eq!((state.channel().chat.history.len(), state.channel().chat.history[0].seq), (200, 2 * 2_800));
    assert_eq!(state.channel().part_of(end), Some(190));
    // What is read stays.
    let mut state = read_to_its_beginning(3_000);
    let item = state.channel().chat.history[0].key;
    handle_event(&mut state, measured(Anchor { item, row: 0 }, false, false));
    assert_eq!(state.channel().chat.history.len(), 3_000);
}

/// What is searched for, picked or marked at the end of a conversation.
fn hold(state: &mut State, what: usize) -> u64 {
    let key = state.channel().chat.history[0].key;
    match what {
        0 => state.channel_mut().chat.find = Some(Find::new((Scroll::Follow, None), Focus::Transcript)),
        1 => state.channel_mut().chat.picked = Some(Picked { key, from: None }),
        2 => state.channel_mut().chat.marked = Some(Marked::Moving),
        _ => state.channel_mut().chat.marked = Some(Marked::Text("text".to_owned())),
    }
    state.channel_mut().chat.scroll = Scroll::Follow;
    key
}

#[test]
fn what_is_searched_for_picked_or_marked_is_not_let_go() {
    for what in 0..4 {
        let mut state = read_to_its_beginning(3_000);
        let first = hold(&mut state, what);
        let end = state.channel().chat.history[2_990].key;
        handle_event(&mut state, measured(Anchor { item: end, row: 0 }, false, true));
        state.channel_mut().chat.scroll = Scroll::Follow;
        handle_event(&mut state, measured(Anchor { item: end, row: 0 }, false, true));
        assert_eq!((state.channel().chat.history.len(), state.channel().part_of(first)), (3_000, Some(0)), "{what}");
    }
}

#[test]
fn news_that_do_not_join_take_away_nothing_that_is_held() {
    for what in 0..4 {
        let mut state = open("c1");
        stored(&mut state, entries(0..300), true);
        let first = hold(&mut state, what);
        let limit = limits(&stored(&mut state, entries(350..550), true));
        assert_eq!(limit, [500], "so many are read that it is among them");
        assert_eq!(state.channel().part_of(first), Some(0));
        stored(&mut state, entries(50..550), true);
        assert_eq!(state.channel().chat.history.len(), 550);
        assert_eq!((state.channel().part_of(first), state.channel().chat.is_held()), (Some(0), true), "{what}");
    }
    // As many as are loaded, and more came since than are told at once.
    let mut state = open("c1");
    stored(&mut state, entries(100..300), true);
    let first = hold(&mut state, 1);
    assert_eq!(limits(&stored(&mut state, entries(350..550), true)), [400]);
    stored(&mut state, entries(150..550), true);
    assert_eq!((state.channel().part_of(first), state.channel().chat.history.len()), (Some(0), 450));
}

#[test]
fn a_message_that_says_something_else_now_is_drawn_anew() {
    let mut state = open("c1");
    stored(&mut state, entries(0..10), false);
    let before: Vec<_> = state.channel().chat.history.iter().map(|past| (past.key, past.version)).collect();
    let mut other = entries(0..10);
    other[4].message.text = "another text, which is longer".to_owned();
    stored(&mut state, other.clone(), false);
    stored(&mut state, other, false);
    for (at, past) in state.channel().chat.history.iter().enumerate() {
        assert_eq!((past.key, past.version), (before[at].0, before[at].1 + u64::from(at == 4)));
    }
}

/// What another thread's store does meanwhile.
#[derive(Debug, Clone)]
enum Chance {
    /// So many messages come.
    Grow(usize),
    /// The history is forgotten and read anew, so many messages of it at first.
    Anew(usize),
    /// News are told.
    News,
    /// What was asked for first is answered.
    Answer,
    /// A frame: at that message's place of all that are loaded, or at the end.
    Frame(Option<u8>),
}

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        2 => (1_usize..500).prop_map(Chance::Grow),
        1 => (0_usize..300).prop_map(Chance::Anew),
        2 => Just(Chance::News),
        4 => Just(Chance::Answer),
        3 => prop::option::of(0_u8..=255).prop_map(Chance::Frame),
    ]
}

/// The store: ids in order, and what was asked of it.
#[derive(Default)]
struct Kept {
    ids: Vec<String>,
    /// Goes up when a history is read anew, so that the numbers don't mean what they meant.
    shift: i64,
    asked: std::collections::VecDeque<Effect>,
}

impl Kept {
    fn past(&self, at: usize) -> HistoryEntry {
        let mut past = past(2 * (i64::try_from(at).unwrap() + self.shift), Role::User, "text", false);
        past.message.id = MessageId::new(self.ids[at].clone());
        past
    }

    fn slice(&self, end: usize, limit: usize) -> (Vec<HistoryEntry>, bool) {
        let from = end.saturating_sub(limit);
        ((from..end).map(|at| self.past(at)).collect(), from > 0)
    }

    fn answer(&mut self, state: &mut State) {
        let asked = self.asked.pop_front();
        let effects = match asked {
            Some(Effect::Open(ChannelEffect::Load { ticket, limit, .. })) => {
                let (history, older) = self.slice(self.ids.len(), limit);
                handle_event(
                    state,
                    Event::Open(ChannelEvent::Stored(
                        ticket,
                        Box::new(Stored { history, older, ..Stored::default() }),
                    )),
                )
            }
            Some(Effect::Open(ChannelEffect::LoadOlder { ticket, before, .. })) => {
                let end = (0..self.ids.len()).filter(|at| self.past(*at).seq < before).count();
                let (history, older) = self.slice(end, 200);
                handle_event(state, Event::Open(ChannelEvent::Older(ticket, history, older)))
            }
            _ => Vec::new(),
        };
        self.asked.extend(effects);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_loaded_has_no_hole(chances in prop::collection::vec(chance(), 1..40)) {
        let mut state = open("c1");
        let mut kept = Kept::default();
        let mut named = 0;
        let mut known = std::collections::HashMap::new();
        for chance in chances {
            match chance {
                Chance::Grow(many) => {
                    kept.ids.extend((named..named + many).map(|n| format!("m{n}")));
                    named += many;
                }
                Chance::Anew(many) => {
                    kept.ids.truncate(many);
                    kept.shift += 1;
                }
                Chance::News => kept.asked.extend(handle_event(&mut state, Event::Open(ChannelEvent::News(id("c1"))))),
                Chance::Answer => kept.answer(&mut state),
                Chance::Frame(at) => {
                    let history = &state.channel().chat.history;
                    let at = at.map(|at| usize::from(at) * history.len() / 256);
                    let item = at.and_then(|at| history.get(at)).map(|past| past.key);
                    state.channel_mut().chat.scroll = item.map_or(Scroll::Follow, |item| Scroll::At(Anchor { item, row: 0 }));
                    let event = measured(Anchor { item: item.unwrap_or(0), row: 0 }, at == Some(0), item.is_none());
                    kept.asked.extend(handle_event(&mut state, event));
                }
            }
            let history = &state.channel().chat.history;
            let pasts = state.channel().chat.items.iter().filter(|part| matches!(part, TranscriptItem::History(_))).count();
            prop_assert_eq!((pasts, state.channel().chat.items.len()), (history.len(), history.len()));
            for (at, past) in history.iter().enumerate() {
                prop_assert_eq!(state.channel().part_of(past.key), Some(at));
                // A number on screen never comes to mean another message.
                let seq = *known.entry(past.key).or_insert(past.seq);
                prop_assert_eq!(seq, past.seq);
            }
        }
        // Once all is told, it is what the store has, from some message on.
        while !kept.asked.is_empty() {
            kept.answer(&mut state);
        }
        kept.asked.extend(handle_event(&mut state, Event::Open(ChannelEvent::News(id("c1")))));
        while !kept.asked.is_empty() {
            kept.answer(&mut state);
        }
        let loaded: Vec<String> = state.channel().chat.history.iter().map(|p| p.message.id.as_str().to_owned()).collect();
        prop_assert_eq!(&loaded[..], &kept.ids[kept.ids.len() - loaded.len()..]);
        prop_assert_eq!(state.channel().chat.older, loaded.len() < kept.ids.len());
    }
}
