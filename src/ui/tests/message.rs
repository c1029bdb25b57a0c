//! What is known of a message, the line above what is new, and a message that is written again.

use super::{SIZES, handle_event, now, pictures, send, state};
use crate::app::{Action, ChannelEvent, Event, HistoryEntry, MessageEffect, MessageEvent, Notice, Stored};
use crate::domain::{
    Attachment, ChannelName, ConversationId, Delivery, DeliveryId, DeliveryRow, Extras, Failure, Finish, Kind,
    Message, MessageId, MessageRef, Moment, OutState, QueueEntry, Record, Role, SafeText, Sending, Timestamp, Trust,
    Turn, TurnId, Verdict,
};

fn message(id: &str, role: Role, text: &str) -> Message {
    let created_at = Moment { at: None, raw: "yesterday, at noon".into() };
    Message { id: MessageId::new(id), role, text: text.into(), created_at, extras: Extras::default() }
}

/// Opens another conversation, of which the store holds that, and the user saw it up to there.
fn load(state: &mut crate::app::State, messages: Vec<Message>, seen: &str) {
    state.window.focus = crate::app::Focus::Roster;
    state.channel_mut().roster.selected = Some(state.channel_mut().roster.rows[1].id.clone());
    handle_event(state, Event::Action(Action::Open));
    let history =
        (0..).step_by(2).zip(messages).map(|(seq, m)| HistoryEntry::new(seq, m, false, None, None)).collect();
    let seen = Some(MessageRef::Filed(MessageId::new(seen)));
    let ticket = state.channel().chat.ticket;
    handle_event(
        state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, seen, ..Stored::default() }))),
    );
}

/// One with everything that can be known of it. Times that depend on where the test runs have no place in a picture, so
/// it has none but those that are told.
fn whole() -> Record {
    let mut told = message("m-17", Role::Assistant, "Your order is **on its way**.\n\nIt left this morning.");
    told.extras = Extras {
        attachments: vec![Attachment {
            url: "https://cdn.example/map.png".into(),
            offset: Some(4),
            name: Some("map".into()),
        }],
        quick_replies: vec!["Thanks!".into()],
        author: Some("Ada \u{202e}evil\u{1b}[31m".into()),
        raw: Some(r#"{"id":"m-17","message":"Your order","odd":{"deep":[1,2,{"x":null}]}}"#.into()),
        ..Extras::default()
    };
    let turn = Turn {
        id: TurnId::new("01a1feff-c546-7007-8e0d-ec4746de7a00"),
        channel: ChannelName::new("docs"),
        conversation: Some(ConversationId::new("7bb301ad-0")),
        text: "Where is it?".into(),
        attach: Vec::new(),
        state: OutState::Sent,
        created: now(),
        message_id: None,
        failure: Some(Failure::new(Kind::RateLimited, "the platform is busy").status(429).hint("It is tried again.")),
        reply: None,
        queue: QueueEntry::default(),
    };
    Record {
        conversation: Some(ConversationId::new("7bb301ad-0")),
        message: told,
        filed: true,
        received: None,
        finish: Some(Finish::Cut),
        first_word_ms: Some(412),
        took_ms: Some(3_200),
        sending: Some(Box::new(Sending { turn, steps: Vec::new(), is_reply: true })),
        delivery: None,
    }
}

fn open(record: Record) -> crate::app::State {
    let mut state = state();
    load(
        &mut state,
        vec![message("m-16", Role::User, "Where is it?"), message("m-17", Role::Assistant, "There.")],
        "m-17",
    );
    state.window.focus = crate::app::Focus::Transcript;
    let effects = handle_event(&mut state, Event::Action(Action::ShowMessage));
    let Some(crate::app::Effect::Open(crate::app::ChannelEffect::Message(MessageEffect::Read { ticket, .. }))) =
        effects.first()
    else {
        panic!("{effects:?}")
    };
    let read = MessageEvent::Read(*ticket, Ok(Some(Box::new(record))));
    handle_event(&mut state, Event::Open(ChannelEvent::Message(read)));
    state
}

#[test]
fn all_that_is_known_of_a_message() {
    let mut state = open(whole());
    let measured = crate::app::MessageMeasured { rows: 9, last: 40 };
    handle_event(&mut state, Event::Open(ChannelEvent::Message(MessageEvent::Measured(measured))));
    pictures("message", &state);
}

#[test]
fn a_message_that_a_webhook_brought_without_its_secrets() {
    let at = Timestamp::from_millis(0);
    let channel = ChannelName::new("docs");
    let headers = [("content-type", "application/json"), ("authorization", "Bearer s3cret"), ("x-api-key", "k3y")];
    let delivery = Delivery {
        channel: channel.clone(),
        at,
        url: "http://127.0.0.1:8787/hooks/docs/s3cret".into(),
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        body: br#"{"message":"hi","timestamp":1}"#.to_vec().into(),
        replay: false,
    };
    let row = DeliveryRow {
        id: DeliveryId(3),
        channel,
        at,
        trust: Some(Trust::Verified),
        verdict: Verdict::Accepted,
        replay: false,
        summary: "hi".into(),
        size: 30,
        conversation: None,
        message: None,
        request: None,
    };
    let record = Record {
        message: message("m-17", Role::Assistant, "hi"),
        sending: None,
        delivery: Some(Box::new((row, delivery))),
        ..whole()
    };
    let state = open(record);
    let mut view = super::View::new(false);
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(100, 60)).unwrap();
    terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
    let picture = terminal.backend().to_string();
    for shown in ["Bearer ***", "/hooks/docs/***", "\"timestamp\": 1", "verified", "w webhook"] {
        assert!(picture.contains(shown), "{shown}: {picture}");
    }
    assert!(!picture.contains("s3cret") && !picture.contains("k3y"), "{picture}");
}

#[test]
fn what_became_of_a_copy_is_seen_on_the_sheet() {
    let mut state = open(whole());
    let text = SafeText::from_static("It was sent to the terminal.");
    state.window.notice = Some(Notice { text, bad: false, until: now().plus_millis(5_000) });
    for (width, height) in SIZES {
        let mut view = super::View::new(false);
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
        let picture = terminal.backend().to_string();
        assert!(picture.contains("It was sent to the terminal."), "{picture}");
    }
}

#[test]
fn the_line_above_what_is_new() {
    let mut state = state();
    let said = [("m1", Role::User, "one"), ("m2", Role::Assistant, "two"), ("m3", Role::Assistant, "three")];
    load(&mut state, said.into_iter().map(|(id, role, text)| message(id, role, text)).collect(), "m2");
    pictures("new-since", &state);
}

#[test]
fn a_message_that_is_written_in_the_place_of_another() {
    let mut state = state();
    let turn = send(&mut state, "one of which nobody knows");
    let failure = Failure::new(Kind::UnknownDelivery, "docs.example did not answer within 30 s.");
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Turn(turn, crate::app::Step::Ended(OutState::Unknown, failure))),
    );
    state.window.focus = crate::app::Focus::Transcript;
    handle_event(&mut state, Event::Action(Action::EditLast));
    pictures("instead", &state);
}
