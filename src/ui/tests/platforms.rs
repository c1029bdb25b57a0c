//! Pictures of what other platforms bring: offered answers, attachments, replies that come by webhook, people who write
//! to a bot, conversations that can only be read.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::app::{Channel, ChannelEvent, Code, HistoryEntry, Key, Pane};
use crate::domain::{Attachment, Extras, Message, MessageId, Moment, Role};

fn view(name: &str, platform: usize) -> ChannelInfo {
    let platform = Platform::new(["chat-thing", "klaunch", "operator", "eko", "optech"][platform]);
    let label = SafeText::one_line(name);
    ChannelInfo { name: ChannelName::new(name), label, platform, sandbox: false, read_only: false }
}

fn by_webhook() -> Capabilities {
    let can = Capabilities::NONE;
    Capabilities { send: true, webhook: true, local: true, quick_replies: true, attach: true, ..can }
}

fn on(name: &str, platform: usize, can: Capabilities, title: &str) -> State {
    let mut state = State::new(vec![(view(name, platform), can)], 0, 7);
    let rows = vec![RosterRow::new(ConversationId::new("u-4711"), title, Some(now().plus_millis(-120_000)))];
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))));
    state.channel_mut().link = crate::app::Link::Connected;
    state
}

fn past(seq: i64, role: Role, text: &str, ours: bool, extras: Extras) -> HistoryEntry {
    let id = MessageId::new(format!("m{seq}"));
    HistoryEntry::new(
        seq,
        Message { id, role, text: text.into(), created_at: Moment::at(now()), extras },
        ours,
        None,
        None,
    )
}

fn load(state: &mut State, history: Vec<HistoryEntry>) {
    let ticket = state.channel().chat.ticket;
    handle_event(state, Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, ..Stored::default() }))));
}

/// A conversation in which a person answered, and then the bot, which offers answers.
fn offering() -> State {
    let mut state = on("flow", 1, by_webhook(), "Where is my order?");
    let admin = Extras { admin_id: Some("12".into()), ..Extras::default() };
    let picture = Attachment {
        url: "https://cdn.example/maps/route.png?size=2".into(),
        offset: Some(12),
        name: Some("route.png".into()),
    };
    let replies =
        ["Tell me more", "Start again", "Speak to a person, please, and as soon as somebody is there", "No"];
    let bot = Extras {
        attachments: vec![picture],
        quick_replies: replies.iter().map(|r| (*r).to_owned()).collect(),
        ..Extras::default()
    };
    load(
        &mut state,
        vec![
            past(2, Role::User, "Where is my order?", true, Extras::default()),
            past(4, Role::Admin, "I am looking for it.", false, admin),
            past(6, Role::Assistant, "It is on its **way**:\n\nWhat else?", false, bot),
        ],
    );
    state
}

#[test]
fn offered_answers_an_attachment_and_a_person_of_the_platforms_side() {
    let mut state = offering();
    pictures("offer", &state);
    handle_event(&mut state, Event::Action(Action::Attach));
    handle_event(&mut state, Event::typed("https://cdn.example/a.png".to_owned()));
    handle_event(&mut state, Event::Action(Action::Open));
    handle_event(&mut state, Event::Action(Action::Attach));
    handle_event(&mut state, Event::typed("~/pictures/order".to_owned()));
    pictures("attach", &state);
}

#[test]
fn a_click_on_an_offered_answer_is_its_digit() {
    let state = offering();
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut view = View::new(false);
    terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
    let picture = terminal.backend().to_string();
    let (row, line) = picture.lines().enumerate().find(|(_, line)| line.contains("[2] Start again")).unwrap();
    let column = line.chars().take_while(|c| *c != '[').count() - 1;
    let second = line.chars().collect::<String>().find("[2]").map(|b| line[..b].chars().count() - 1).unwrap();
    let at =
        |column: usize, row: usize| view.pane_at(&state, u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
    assert_ne!(column, second);
    assert_eq!(at(column, row), Some((Pane::Offer, Some(0))));
    assert_eq!(at(second + 3, row), Some((Pane::Offer, Some(1))));
    assert!(!matches!(at(second - 1, row), Some((Pane::Offer, _))));
    assert_eq!(state.meaning(Key::plain(Code::Char('2'))), Some(Action::QuickReply(2)));
}

#[test]
fn a_reply_that_is_to_come_by_webhook() {
    let mut state = on("flow", 1, by_webhook(), "Where is my order?");
    load(&mut state, vec![past(2, Role::User, "Where is my order?", true, Extras::default())]);
    pictures("accepted", &state);
    pictures_at("late", &state, now().plus_millis(61_000));
}

#[test]
fn people_write_to_a_bot_that_answers_in_time_or_pushes() {
    let mut state = on("eko", 3, Capabilities { is_bot: true, ..by_webhook() }, "Ada Lovelace");
    let ada = Extras { author: Some("Ada Lovelace".into()), ..Extras::default() };
    let reply = Extras { via: Some("reply".into()), ..Extras::default() };
    let history = vec![
        past(2, Role::User, "Is anybody there?", false, ada),
        past(4, Role::Assistant, "I am.", true, reply),
        past(6, Role::User, "Good!", false, Extras::default()),
    ];
    let ticket = state.channel().chat.ticket;
    let reply_until = Some(now().plus_millis(41_500));
    handle_event(
        &mut state,
        Event::Open(ChannelEvent::Stored(ticket, Box::new(Stored { history, reply_until, ..Stored::default() }))),
    );
    pictures("eko", &state);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut view = View::new(false);
    terminal.draw(|frame| _ = view.draw(frame, &state, now().plus_millis(41_500))).unwrap();
    let after = terminal.backend().to_string();
    assert!(after.contains("─ push ╮") && !after.contains("reply 0 s"), "{after}");
}

#[test]
fn a_conversation_that_can_only_be_read_shows_what_is_told_of_it() {
    let can = Capabilities { list: true, ..Capabilities::NONE };
    let mut state = on("op", 2, can, "Refund for order 12388");
    let mut row = state.channel().roster.rows[0].clone();
    let words = ["status", "direction", "sentiment", "summary", "from", "to", "duration", "language"];
    row.details = words.iter().map(|w| ((*w).to_owned(), format!("what the platform says of {w}"))).collect();
    row.details[3].1 = "The caller asked for a refund. ".repeat(8);
    row.details.extend((0..8).map(|n| (format!("custom_field_{n}"), format!("{n}"))));
    handle_event(&mut state, Event::Open(ChannelEvent::RowLoaded(Box::new(row))));
    load(&mut state, Vec::new());
    pictures("details", &state);
    handle_event(&mut state, Event::Action(Action::Details));
    pictures("details-whole", &state);
}

#[test]
fn a_platform_that_asks_for_data() {
    let can = Capabilities { webhook: true, requests: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(view("data", 4), can)], 0, 7);
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    pictures("requests", &state);
}

#[test]
fn the_list_of_channels() {
    let all = Capabilities { send: true, list: true, history: true, ..Capabilities::NONE };
    let channels = vec![
        (view("docs", 0), all),
        (view("flow", 1), by_webhook()),
        (view("a-channel-with-quite-a-long-name", 2), all),
        (view("eko", 3), by_webhook()),
    ];
    let mut state = State::new(channels, 0, 7);
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::default())));
    for (channel, conversation) in [("flow", "u1"), ("flow", "u2"), ("eko", "u1")] {
        let news = ChannelEvent::News(ConversationId::new(conversation));
        handle_event(&mut state, Event::Channel(ChannelName::new(channel), news));
    }
    handle_event(&mut state, Event::Action(Action::Channels));
    handle_event(&mut state, Event::Action(Action::Down));
    pictures("channels", &state);
    handle_event(&mut state, Event::typed("eko".to_owned()));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut view = View::new(true);
    terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
    let picture = terminal.backend().to_string();
    assert!(picture.contains("/ eko_"), "{picture}");
    let (row, _) =
        picture.lines().enumerate().find(|(_, line)| line.contains("|   eko ") || line.contains("| * eko ")).unwrap();
    assert_eq!(view.pane_at(&state, 40, u16::try_from(row).unwrap()), Some((Pane::Channels, Some(0))));
}

#[test]
fn the_first_line_keeps_what_matters_most() {
    let mut state = State::new(vec![(view("a-long-name", 0), by_webhook()), (view("flow", 1), by_webhook())], 0, 7);
    state.channel_mut().link = crate::app::Link::Connected;
    for conversation in ["u1", "u2"] {
        let news = ChannelEvent::News(ConversationId::new(conversation));
        handle_event(&mut state, Event::Channel(ChannelName::new("flow"), news));
    }
    let first = |state: &State, width: u16| {
        let mut terminal = Terminal::new(TestBackend::new(width, 24)).unwrap();
        let mut view = View::new(false);
        terminal.draw(|frame| _ = view.draw(frame, state, now())).unwrap();
        terminal.backend().to_string().lines().next().unwrap().trim_matches(['"', ' ']).to_owned()
    };
    let ends = |width: u16, end: &str| {
        let line = first(&state, width);
        assert!(line.ends_with(end), "{width}: {line}");
    };
    ends(120, "flow 2 new   a-long-name · chat-thing · connected");
    ends(84, "  flow 2 new   a-long-name · chat-thing · connected");
    for width in 40..=120 {
        let line = first(&state, width);
        assert!(line.contains("2 new") && line.contains("a-lo"), "what is new has room at every width: {line}");
        assert!(line.contains("Chat"), "{line}");
        // A key has the name of its view behind it, and goes before the name does.
        let bare = |key: &str| line.split("  ").any(|part| part.trim() == key);
        assert!(!bare("1") && !bare("3") && !bare("3:"), "{width}: {line}");
        assert_eq!(line.contains("3 Webhooks"), line.contains("1 Chat"), "{width}: {line}");
        assert!(line.contains("1 Chat") || width < 72, "{width}: {line}");
    }
    // What waits has, too, and what is new besides.
    let request = |id: &str, deadline: i64| crate::domain::DataRequest {
        id: crate::domain::RequestId::new(id),
        channel: ChannelName::new("flow"),
        key: "stock".to_owned(),
        inputs: "{}".to_owned(),
        received: now(),
        deadline: now().plus_millis(deadline),
        state: crate::domain::RequestState::Received,
        link: None,
        trust: crate::domain::Trust::Verified,
        answer: None,
        failure: None,
    };
    let requests = vec![request("r1", 60_000), request("r2", 1_000)];
    handle_event(&mut state, Event::Webhooks(crate::app::WebhookEvent::Requests(requests)));
    crate::app::update(&mut state, Event::Tick, now().plus_millis(1_000));
    for width in 40..=120 {
        let line = first(&state, width);
        assert!(line.contains("1 waiting 1 expired") && line.contains("2 new"), "{width}: {line}");
    }
    state.webhooks.requests.all.clear();
    state.webhooks.requests.missed.clear();
    state.webhooks.unseen = 12_345_678_901;
    assert!(first(&state, 40).contains("12345678901 new"), "{}", first(&state, 40));
}

#[test]
fn every_size_draws_what_stands_above_the_composer_and_over_the_screen() {
    let mut state = offering();
    let other = ChannelInfo { name: ChannelName::new("other"), ..state.channel().info.clone() };
    state.channels.push(Channel::new(other, state.channel().capabilities));
    let mut view = View::new(true);
    for listed in [false, true] {
        if listed {
            handle_event(&mut state, Event::Action(Action::Channels));
        }
        for width in (1..=130).step_by(7) {
            for height in (1..=45).step_by(2) {
                let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
                terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
            }
        }
    }
}

/// The rows of a message of a person's, without what stands left of them.
fn drawn(said: &str) -> Vec<String> {
    let mut state = on("eko", 3, Capabilities { is_bot: true, ..by_webhook() }, "Ada Lovelace");
    load(&mut state, vec![past(2, Role::User, said, false, Extras::default())]);
    let mut terminal = Terminal::new(TestBackend::new(60, 60)).unwrap();
    terminal.draw(|frame| _ = View::new(true).draw(frame, &state, now())).unwrap();
    let picture = terminal.backend().to_string();
    let rows = picture.lines().map(|row| row.trim_matches('"'));
    let rows = rows.skip_while(|row| !row.contains("person  ")).skip(1);
    let said = rows.map_while(|row| row.strip_suffix('|')?.strip_prefix("| |"));
    said.map(|row| row.strip_prefix(' ').unwrap_or(row).trim_end().to_owned()).collect()
}

#[test]
fn blank_lines_of_a_person_are_as_many_as_were_written() {
    let said =
        "one\n\n\n\ntwo\n# head\n\n\nthree\n\n```\na\n\n\nb\n```\n\n\n> x\n>\n>\n> y\n\n\n- p\n\n\n- q\n\n\n\nend";
    insta::assert_snapshot!(drawn(said).join("\n"));
}

proptest! {
    #[test]
    fn lines_of_words_are_drawn_as_they_were_written(lines in vec(prop_oneof![Just(""), Just("word"), Just("two words")], 1..20)) {
        let said = lines.join("\n");
        let words = said.trim_end();
        let expected: Vec<&str> = if words.is_empty() { Vec::new() } else { words.split('\n').collect() };
        prop_assert_eq!(drawn(&said), expected);
    }
}

#[test]
fn a_line_that_a_person_ended_is_ended_and_a_bots_goes_on() {
    let said = "one line\nand another\n- a point\n  of two lines";
    for (role, ours, is_kept) in [
        (Role::User, true, true),
        (Role::User, false, true),
        (Role::Admin, false, true),
        (Role::Other("human".into()), false, true),
        (Role::Assistant, true, true),
        (Role::Assistant, false, false),
        (Role::Other("system".into()), false, false),
    ] {
        let mut state = on("eko", 3, Capabilities { is_bot: true, ..by_webhook() }, "Ada Lovelace");
        load(&mut state, vec![past(2, role.clone(), said, ours, Extras::default())]);
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut view = View::new(false);
        terminal.draw(|frame| _ = view.draw(frame, &state, now())).unwrap();
        let picture = terminal.backend().to_string();
        let has = |text: &str| picture.contains(text);
        assert_eq!(
            has("one line and another") || has("a point of two"),
            !is_kept,
            "{role:?}, ours: {ours}\n{picture}"
        );
        assert!(
            has("one line") && has("and another") && has("a point") && has("of two lines"),
            "{role:?}\n{picture}"
        );
    }
}

#[test]
fn a_notice_is_seen_whatever_lies_over_the_view() {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        for over in [Action::Export, Action::Help, Action::Channels] {
            let mut state = offering();
            let other = ChannelInfo { name: ChannelName::new("other"), ..state.channel().info.clone() };
            state.channels.push(Channel::new(other, state.channel().capabilities));
            handle_event(&mut state, Event::Action(over));
            assert!(state.window.is_covered(), "{over:?}");
            handle_event(&mut state, Event::Action(Action::Interrupt));
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| _ = View::new(true).draw(frame, &state, now())).unwrap();
            let picture = terminal.backend().to_string();
            assert!(picture.contains("again to quit"), "{over:?} at {width}x{height}\n{picture}");
        }
    }
}
