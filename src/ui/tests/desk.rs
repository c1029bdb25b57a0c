//! The operator's desk, drawn.

use super::*;
use crate::app::{DeskEvent, DeskKey, Focus, Reminder};
use crate::domain::{
    Conversation, DeskChange, DeskEntry, DeskItem, DeskPage, DeskRow, LastWords, Moment, Role, SavedReply,
    read_labels,
};

fn entry(changes: &[DeskChange]) -> DeskEntry {
    let mut entry = DeskEntry::default();
    for change in changes {
        entry.apply(change, now()).unwrap();
    }
    entry
}

fn item(channel: &str, id: &str, title: &str, ago: i64, last: &str) -> DeskItem {
    let at = now().plus_millis(-ago * 60_000);
    DeskItem {
        channel: ChannelName::new(channel),
        conversation: Conversation {
            id: ConversationId::new(id),
            title: title.to_owned(),
            created_at: Moment::at(at),
            details: Vec::new(),
        },
        activity: Some(at),
        has_draft: false,
        entry: DeskEntry::default(),
        unread: false,
        last: (!last.is_empty()).then(|| LastWords { role: Role::User, ours: false, text: last.to_owned() }),
    }
}

/// The inbox of two channels, with something of everything.
fn inbox() -> State {
    let mut state = state();
    let other = ChannelInfo { name: ChannelName::new("frontline"), ..state.channel().info.clone() };
    let other = ChannelInfo { label: SafeText::one_line("frontline"), ..other };
    state.channels.push(crate::app::Channel::new(other, Capabilities { send: true, ..Capabilities::NONE }));
    handle_event(&mut state, Event::Action(Action::ShowInbox));
    let labels = read_labels("vip refund").unwrap();
    let mut items = vec![
        item("frontline", "u:1", "Ann Example", 300, "I am still waiting for the refund"),
        item("docs", "7bb301ad-0", "How many planets are there?", 2, "There are **eight** planets."),
        item("frontline", "u:2", "Заказ 12388", 5, "where is\u{1b}[31m my order"),
        item(
            "docs",
            "x",
            "",
            61,
            "日本語の言葉 and a long text that goes on and on, much further than there is room for",
        ),
        item("frontline", "u:4", "Bob", 3 * 1_440, ""),
    ];
    items[0].entry = entry(&[DeskChange::Pin(true), labels, DeskChange::Note("call".to_owned())]);
    items[2].unread = true;
    items[3].has_draft = true;
    items[4].entry = entry(&[DeskChange::Snooze(Some(now()))]);
    if let Some(snooze) = &mut items[4].entry.snooze {
        snooze.woke = Some(now());
    }
    let ticket = state.desk.asking.unwrap().0;
    let page = DeskPage { items, next: Some("p1.2".to_owned()) };
    handle_event(&mut state, Event::Desk(DeskEvent::Page(ticket, Ok(page))));
    handle_event(&mut state, Event::Desk(DeskEvent::Measured(20)));
    state
}

#[test]
fn the_inbox_of_all_channels() {
    let mut state = inbox();
    let key: DeskKey = (ChannelName::new("frontline"), ConversationId::new("u:4"));
    state.desk.awake = vec![Reminder { key, title: String::new() }];
    handle_event(&mut state, Event::Action(Action::Down));
    handle_event(&mut state, Event::Action(Action::MarkConversation));
    pictures("the-inbox", &state);
}

#[test]
fn what_is_asked_at_the_desk() {
    let mut state = inbox();
    handle_event(&mut state, Event::Action(Action::Snooze));
    handle_event(&mut state, Event::typed("yesterday".to_owned()));
    handle_event(&mut state, Event::Action(Action::Confirm));
    pictures("the-inbox-snooze", &state);
}

#[test]
fn saved_replies_and_a_place_of_one() {
    let mut state = state();
    let reply =
        |name: &str, text: &str| SavedReply { name: name.to_owned(), text: text.to_owned(), channels: Vec::new() };
    state.replies = vec![
        reply("Hours", "We open at nine and close at five.\nOn Sundays we are closed."),
        reply("Refund", "Hello {name}, your {order} is refunded."),
    ];
    state.window.focus = Focus::Composer;
    handle_event(&mut state, Event::Action(Action::SavedReplies));
    pictures("saved-replies", &state);
    handle_event(&mut state, Event::typed("ref".to_owned()));
    handle_event(&mut state, Event::Action(Action::Confirm));
    handle_event(&mut state, Event::typed("Ann".to_owned()));
    pictures("saved-replies-place", &state);
}

#[test]
fn what_is_kept_stands_in_the_roster_and_that_nothing_is_written_in_the_frame() {
    let mut state = state();
    let id = |n: usize| ConversationId::new(format!("7bb301ad-{n}"));
    let row = |n: usize, changes: &[DeskChange]| DeskRow {
        channel: ChannelName::new("docs"),
        conversation: id(n),
        entry: entry(changes),
    };
    let kept = vec![row(4, &[DeskChange::Pin(true)]), row(2, &[read_labels("vip").unwrap()])];
    handle_event(&mut state, Event::Desk(DeskEvent::Kept(1, kept)));
    state.channel_mut().info.read_only = true;
    state.window.focus = Focus::Roster;
    pictures("kept-and-read-only", &state);
}
