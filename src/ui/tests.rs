//! Pictures of each screen at three sizes. A picture changes only with a change that can be seen.

mod copying;
mod desk;
mod keys;
mod message;
mod platforms;
mod reading;
pub(super) mod styles;
mod transfer;
pub(super) mod truth;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::View;
use crate::app::{
    Action, ChannelEvent, ChannelInfo, Event, Fetched, Overlay, Restored, RosterRow, State, Step, Stored, update,
};
use crate::domain::{
    Capabilities, ChannelName, ConversationId, Failure, Finish, Kind, OutState, Platform, SafeText, Timestamp, TurnId,
};

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn handle_event(state: &mut State, event: Event) -> Vec<crate::app::Effect> {
    update(state, event, now())
}

/// A state with a roster, and the first conversation of it open and read to its end.
fn state() -> State {
    let view = ChannelInfo {
        name: ChannelName::new("docs"),
        label: SafeText::one_line("docs"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let all = Capabilities { start: true, send: true, stream: true, list: true, history: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(view, all)], 0, 7);
    let titles = [
        "How many planets are there?",
        "What is the distance to the moon?",
        "Refund for order 12388",
        "",
        "日本語のタイトル",
    ];
    let ago = [2, 61, 3 * 1_440, 9 * 1_440, 40 * 1_440];
    let row = |(n, (title, minutes)): (usize, (&&str, i64))| {
        let id = ConversationId::new(format!("7bb301ad-{n}"));
        RosterRow::new(id, title, Some(now().plus_millis(-minutes * 60_000)))
    };
    let mut rows: Vec<RosterRow> = titles.iter().zip(ago).enumerate().map(row).collect();
    rows[1].draft = true;
    rows[2].unread = true;
    rows[4].state = Some(OutState::Unknown);
    let open = Some(rows[0].id.clone());
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, open, ..Restored::default() }))),
    );
    state.channel_mut().roster.total = Some(15);
    state.channel_mut().roster.fetching = None;
    let ticket = state.channel().chat.ticket;
    handle_event(&mut state, Event::Open(ChannelEvent::Stored(ticket, Box::<Stored>::default())));
    let read = Fetched { new: 0, got: 0, total: Some(0), complete: true, problem: None };
    let id = state.channel().open_id().cloned().unwrap();
    handle_event(&mut state, Event::Open(ChannelEvent::HistoryPage(id, Ok(read))));
    state
}

fn send(state: &mut State, text: &str) -> TurnId {
    crate::app::testing::retype(state, text, now());
    let effects = handle_event(state, Event::Action(Action::Send));
    let Some(crate::app::Effect::Open(crate::app::ChannelEffect::Enqueue(turn))) = effects.first() else {
        panic!("{effects:?}")
    };
    handle_event(state, Event::Open(ChannelEvent::Committed(turn.id.clone())));
    handle_event(state, Event::Open(ChannelEvent::Turn(turn.id.clone(), Step::Sending)));
    turn.id.clone()
}

fn reply(state: &mut State, turn: &TurnId, text: &str) {
    handle_event(state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Sent)));
    handle_event(state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Delta(text.into()))));
}

const ANSWER: &str = "There are **eight** planets:\n\n| planet | moons |\n|---|--:|\n| Mercury | 0 |\n| Jupiter | 95 |\n\n```sh\ncurl example.com\n```\n";

fn pictures(name: &str, state: &State) {
    pictures_at(name, state, now());
}

fn pictures_at(name: &str, state: &State, at: Timestamp) {
    for (width, height) in SIZES {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut view = View::new(false);
        terminal.draw(|frame| _ = view.draw(frame, state, at)).unwrap();
        covers((width, height), &mut view, state);
        let picture = terminal.backend().to_string();
        truth::assert_true(&picture, state);
        // The clock depends on where the test runs.
        let clock = SafeText::one_line(&now().clock());
        let picture = picture.replace(clock.as_str(), "12:00");
        let styled = styles::with_styles(&picture, terminal.backend().buffer());
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), styled);
    }
}

/// What lies over the view covers it.
fn covers(size: (u16, u16), view: &mut View, state: &State) {
    let area = super::popup::tests::assert_covers(size, |f| {
        view.draw_over(f, state);
    });
    if state.window.is_covered() {
        super::popup::tests::assert_covered(size, view, state, area);
    } else {
        // What can follow keys that were pressed lies over nothing that has the mouse.
        assert!(area.is_empty() || !state.window.pressed.is_empty());
    }
}

#[test]
fn the_channels_and_the_question_before_leaving() {
    let mut state = state();
    let view = ChannelInfo {
        name: ChannelName::new("flow"),
        label: SafeText::one_line("日本語のチャンネル"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    handle_event(&mut state, Event::Channels(vec![(view, Capabilities::NONE)]));
    handle_event(&mut state, Event::Action(Action::Channels));
    for size in SIZES {
        covers(size, &mut View::new(false), &state);
    }
    handle_event(&mut state, Event::Action(Action::Back));
    state.window.open(Overlay::Leave(2));
    for size in SIZES {
        covers(size, &mut View::new(true), &state);
    }
}

#[test]
fn a_new_conversation() {
    let mut state = state();
    handle_event(&mut state, Event::Action(Action::NewConversation));
    pictures("new", &state);
}

#[test]
fn a_reply_that_streams_and_a_text_that_is_typed_meanwhile() {
    let mut state = state();
    let turn = send(&mut state, "How many planets are there in the solar system?");
    reply(&mut state, &turn, ANSWER);
    crate::app::testing::retype(&mut state, "and which of them\nhave rings?", now());
    pictures("streaming", &state);
}

#[test]
fn a_reply_that_is_awaited_and_one_that_waits_behind_it() {
    let mut state = state();
    send(&mut state, "first");
    crate::app::testing::retype(&mut state, "second", now());
    handle_event(&mut state, Event::Action(Action::Send));
    pictures("waiting", &state);
}

#[test]
fn why_a_reply_ended_and_what_it_lost() {
    let mut state = state();
    for (text, finish) in [("a long one", Finish::Length), ("a filtered one", Finish::Filtered)] {
        let turn = send(&mut state, text);
        reply(&mut state, &turn, "As far as it goes");
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn.clone(), Step::Finished(finish))));
        handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Done(finish, None))));
    }
    let damaged = send(&mut state, "one that loses a piece");
    reply(&mut state, &damaged, "What could be read");
    let failure = Failure::new(Kind::Cut, "2 pieces of the reply could not be read, so it is not whole.")
        .hint("What could be read is shown and kept.");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(damaged, Step::Done(Finish::Cut, Some(failure)))));
    pictures("ends", &state);
}

#[test]
fn what_can_become_of_a_message() {
    let mut state = state();
    let cut = send(&mut state, "a reply that breaks off");
    reply(&mut state, &cut, "Half of it");
    let failure = Failure::new(Kind::Cut, "The reply stopped before its end.").hint("What came is kept.");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(cut, Step::Done(Finish::Cut, Some(failure)))));
    let stopped = send(&mut state, "one that I stop");
    reply(&mut state, &stopped, "A long story");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(stopped, Step::Done(Finish::Cancelled, None))));
    let unknown = send(&mut state, "one of which nobody knows");
    let failure = Failure::new(Kind::UnknownDelivery, "docs.example did not answer within 30 s.")
        .hint("It may have arrived, and is not sent again by itself.");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(unknown, Step::Ended(OutState::Unknown, failure))));
    pictures("fates", &state);
}

#[test]
fn a_refused_message() {
    let mut state = state();
    let turn = send(&mut state, "with the wrong secret");
    let failure = Failure::new(Kind::Unauthorized, "The platform refused the credentials of channel docs (403).")
        .hint("Check secret_key and channel_id of that channel.");
    handle_event(&mut state, Event::Open(ChannelEvent::Turn(turn, Step::Ended(OutState::Rejected, failure))));
    pictures("refused", &state);
}

#[test]
fn the_roster_and_its_filter() {
    let mut state = state();
    handle_event(&mut state, Event::Action(Action::NextPane));
    pictures("roster", &state);
    handle_event(&mut state, Event::Action(Action::Filter));
    handle_event(&mut state, Event::typed("moon".to_owned()));
    pictures("filter", &state);
}

#[test]
fn the_help() {
    let mut state = state();
    handle_event(&mut state, Event::Action(Action::Help));
    pictures("help", &state);
}

#[test]
fn the_help_begins_with_what_has_the_keys() {
    let mut state = state();
    for (view, first) in [(Action::ShowChat, "Message"), (Action::ShowWebhooks, "Webhooks")] {
        handle_event(&mut state, Event::Action(view));
        handle_event(&mut state, Event::Action(Action::Help));
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| _ = View::new(false).draw(frame, &state, now())).unwrap();
        let picture = terminal.backend().to_string();
        assert!(picture.lines().nth(2).unwrap().contains(&format!("{first}  here")), "{picture}");
        handle_event(&mut state, Event::Action(Action::Back));
    }
}

#[test]
fn a_screen_too_small_says_so() {
    let mut terminal = Terminal::new(TestBackend::new(39, 9)).unwrap();
    let mut view = View::new(false);
    terminal.draw(|frame| _ = view.draw(frame, &state(), now())).unwrap();
    assert!(terminal.backend().to_string().contains("patchcord needs 40x10"));
}

#[test]
fn every_size_draws() {
    let mut state = state();
    let turn = send(&mut state, "How many planets are there in the solar system?");
    reply(&mut state, &turn, ANSWER);
    let mut view = View::new(true);
    for width in 1..=130 {
        for height in 1..=45 {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
        }
    }
}

#[test]
fn links_of_a_message_are_told_and_what_lies_over_them_is_none() {
    let mut state = state();
    let turn = send(&mut state, "Where?");
    reply(
        &mut state,
        &turn,
        "See [the list](https://a.example/list) and <javascript:alert(1)> or https://b.example/c.\n\n",
    );
    let linked = |state: &State| {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut view = View::new(false);
        terminal.draw(|frame| _ = view.draw(frame, state, now())).unwrap();
        let mut texts = std::collections::BTreeMap::<String, String>::new();
        for cell in &terminal.backend().buffer().content {
            if let Some(number) = super::linked(cell) {
                let (_, address) = view.links().iter().find(|(known, _)| *known == number).expect("an address");
                texts.entry(address.to_string()).or_default().push_str(cell.symbol());
            }
        }
        texts.into_iter().collect::<Vec<_>>()
    };
    let told = |address: &str, text: &str| (address.to_owned(), text.to_owned());
    assert_eq!(
        linked(&state),
        [
            told("https://a.example/list", "the list[1]https://a.example/list"),
            told("https://b.example/c", "https://b.example/c"),
        ]
    );
    handle_event(&mut state, Event::Action(Action::Help));
    assert_eq!(linked(&state), []);
}

#[test]
fn a_message_as_it_was_written() {
    let mut state = state();
    let turn = send(&mut state, "How many?");
    reply(&mut state, &turn, ANSWER);
    handle_event(&mut state, Event::Action(Action::NextPane));
    handle_event(&mut state, Event::Action(Action::NextPane));
    handle_event(&mut state, Event::Action(Action::RawSource));
    pictures("raw", &state);
    handle_event(&mut state, Event::Action(Action::RawSource));
    assert_eq!(state.channel().chat.source_view, crate::app::SourceView::default());
}
