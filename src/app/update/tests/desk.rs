//! The operator's desk: what is done to conversations, at once or to many, again and back; and all channels as one list.

use super::*;
use crate::app::testing::assert_edits;

fn two() -> State {
    let mut state = State::new(vec![(view("docs", false), all()), (view("flow", false), as_bot())], 0, 7);
    let rows =
        (0..5).map(|n| RosterRow::new(id(&format!("c{n}")), &format!("title {n}"), Some(minutes(n)))).collect();
    let restored = Restored { rows, open: Some(id("c4")), ..Restored::default() };
    handle_event(&mut state, Event::Open(ChannelEvent::Restored(Box::new(restored))));
    load(&mut state, Vec::new());
    state.channel_mut().roster.view.height = 10;
    state.window.focus = Focus::Roster;
    state.channel_mut().roster.select(0);
    state
}

fn minutes(n: i64) -> Timestamp {
    now().plus_millis(n * 60_000)
}

fn key(channel: &str, name: &str) -> DeskKey {
    (ChannelName::new(channel), id(name))
}

fn item(channel: &str, name: &str, at: i64) -> DeskItem {
    let created_at = Moment::at(minutes(at));
    DeskItem {
        channel: ChannelName::new(channel),
        conversation: Conversation {
            id: id(name),
            title: format!("title of {name}"),
            created_at,
            details: Vec::new(),
        },
        activity: Some(minutes(at)),
        has_draft: false,
        entry: DeskEntry::default(),
        unread: false,
        last: None,
    }
}

/// What the store is asked to change.
#[track_caller]
fn change(effects: &[Effect]) -> (Vec<DeskKey>, DeskChange) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Desk(DeskEffect::Change(keys, change)) => Some((keys.clone(), change.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no change: {effects:?}"))
}

/// The store makes the change; of what was kept before this is told.
fn made(state: &mut State, effects: &[Effect]) -> Vec<Effect> {
    let (keys, change) = change(effects);
    let row = |(channel, conversation): &DeskKey, entry| DeskRow {
        channel: channel.clone(),
        conversation: conversation.clone(),
        entry,
    };
    let kept = |key: &DeskKey| {
        let at = state.channel_at(&key.0).unwrap();
        state.channels[at].roster.kept.get(&key.1).cloned().unwrap_or_default()
    };
    let before: Vec<DeskRow> = keys.iter().map(|key| row(key, kept(key))).collect();
    let mut after = before.clone();
    for row in &mut after {
        row.entry.apply(&change, now()).unwrap();
    }
    handle_event(state, Event::Desk(DeskEvent::Changed(change, Ok(DeskChanged { before, after }))))
}

fn shown(state: &State) -> Vec<String> {
    state.channel().roster.visible().map(|(row, _)| row.id.to_string()).collect()
}

fn said(state: &State) -> String {
    state.window.notice.as_ref().map(|notice| notice.text.as_str().to_owned()).unwrap_or_default()
}

/// The inbox is shown, and the store has these for it.
fn inbox(state: &mut State, items: Vec<DeskItem>) {
    let effects = handle_action(state, Action::ShowInbox);
    page(state, &effects, items);
    handle_event(state, Event::Desk(DeskEvent::Measured(10)));
}

#[track_caller]
fn page(state: &mut State, effects: &[Effect], items: Vec<DeskItem>) -> DeskFilter {
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Desk(DeskEffect::Page { ticket, filter, .. }) => Some((*ticket, filter.clone())),
        _ => None,
    });
    let (ticket, filter) = asked.unwrap_or_else(|| panic!("nothing is read: {effects:?}"));
    handle_event(state, Event::Desk(DeskEvent::Page(ticket, Ok(DeskPage { items, next: None }))));
    filter
}

#[test]
fn what_is_archived_leaves_the_list_and_comes_back_by_one_key() {
    let mut state = two();
    let effects = handle_action(&mut state, Action::Archive);
    assert_eq!(change(&effects), (vec![key("docs", "c4")], DeskChange::Archive(true)));
    made(&mut state, &effects);
    assert_eq!(shown(&state), ["c3", "c2", "c1", "c0"]);
    assert_eq!(state.channel().roster.selected, Some(id("c3")), "the next is selected");
    assert!(said(&state).starts_with("1 conversation archived"), "{}", said(&state));
    let effects = handle_action(&mut state, Action::UndoDesk);
    let [Effect::Desk(DeskEffect::Restore(rows))] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(rows[0].entry.is_empty());
    handle_event(&mut state, Event::Desk(DeskEvent::Restored(Ok(rows.clone()))));
    assert_eq!(shown(&state), ["c4", "c3", "c2", "c1", "c0"]);
    handle_action(&mut state, Action::UndoDesk);
    assert_eq!(said(&state), "There is nothing to take back.", "once");
}

#[test]
fn many_are_marked_and_changed_at_once_and_the_marks_are_gone() {
    let mut state = two();
    handle_action(&mut state, Action::MarkConversationRange);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::MarkConversationRange);
    let effects = handle_action(&mut state, Action::Pin);
    assert_eq!(change(&effects).0, [key("docs", "c4"), key("docs", "c3"), key("docs", "c2")]);
    made(&mut state, &effects);
    assert!(state.channel().roster.marked.is_empty());
    // Where all are so, it is taken back; where one isn't, all become so.
    state.channel_mut().roster.select(0);
    assert_eq!(change(&handle_action(&mut state, Action::Pin)).1, DeskChange::Pin(false));
    handle_action(&mut state, Action::MarkConversations);
    assert_eq!(change(&handle_action(&mut state, Action::Pin)).1, DeskChange::Pin(true));
}

#[test]
fn a_dot_does_the_last_again_to_what_is_selected_now() {
    let mut state = two();
    handle_action(&mut state, Action::Repeat);
    assert!(said(&state).contains("Nothing was done"), "{}", said(&state));
    handle_action(&mut state, Action::Label);
    handle_event(&mut state, Event::typed("vip -old".to_owned()));
    let effects = handle_action(&mut state, Action::Confirm);
    let labels = change(&effects).1;
    made(&mut state, &effects);
    state.channel_mut().roster.select(2);
    assert_eq!(change(&handle_action(&mut state, Action::Repeat)), (vec![key("docs", "c2")], labels));
    // Also of the conversation that is read.
    state.window.focus = Focus::Transcript;
    assert_eq!(change(&handle_action(&mut state, Action::Repeat)).0, [key("docs", "c4")]);
}

#[test]
fn what_is_asked_is_edited_as_any_line_and_refused_where_it_is_none() {
    let mut state = two();
    handle_action(&mut state, Action::Note);
    assert_eq!(state.contexts(), [Context::DeskPrompt]);
    let line = |state: &State| match state.window.overlay() {
        Some(Overlay::Desk(prompt)) => Some((prompt.line.as_str().to_owned(), prompt.problem.is_some())),
        _ => None,
    };
    assert_edits(
        &mut state,
        |state| match state.window.overlay() {
            Some(Overlay::Desk(prompt)) => &prompt.line,
            _ => panic!("nothing is asked"),
        },
        now(),
    );
    handle_action(&mut state, Action::Back);
    assert_eq!(line(&state), None);
    handle_action(&mut state, Action::Snooze);
    handle_event(&mut state, Event::typed("yesterday".to_owned()));
    assert_eq!(handle_action(&mut state, Action::Confirm), []);
    assert_eq!(line(&state), Some(("yesterday".to_owned(), true)), "it stays to be mended");
    handle_event(&mut state, Event::typed("s".to_owned()));
    assert_eq!(line(&state), Some(("yesterdays".to_owned(), false)));
    handle_action(&mut state, Action::Back);
    handle_action(&mut state, Action::Snooze);
    handle_event(&mut state, Event::typed("2h".to_owned()));
    let effects = handle_action(&mut state, Action::Confirm);
    assert_eq!(change(&effects).1, DeskChange::Snooze(Some(minutes(120))));
    let effects = made(&mut state, &effects);
    assert!(effects.contains(&Effect::Wake(minutes(120))), "{effects:?}");
    assert!(!shown(&state).contains(&"c4".to_owned()));
}

#[test]
fn a_reminder_is_said_once_a_run_and_ends_when_the_conversation_is_opened() {
    let mut state = two();
    let snooze = Snooze { since: now(), until: Some(minutes(1)), woke: Some(minutes(1)) };
    let entry = DeskEntry { snooze: Some(snooze), ..DeskEntry::default() };
    let row = DeskRow { channel: ChannelName::new("docs"), conversation: id("c1"), entry };
    let woke = Reminder { key: key("docs", "c1"), title: String::new() };
    handle_event(&mut state, Event::Desk(DeskEvent::Kept(1, vec![row])));
    handle_event(&mut state, Event::Desk(DeskEvent::Woken(Vec::new(), vec![woke.clone()])));
    assert!(said(&state).starts_with("Reminder: title 1 (docs)"), "{}", said(&state));
    assert_eq!(state.desk.awake.len(), 1);
    state.window.notice = None;
    handle_event(&mut state, Event::Desk(DeskEvent::Woken(Vec::new(), vec![woke])));
    assert_eq!(said(&state), "");
    state.channel_mut().roster.select(3);
    handle_action(&mut state, Action::Open);
    let effects = load(&mut state, Vec::new());
    assert_eq!(change(&effects), (vec![key("docs", "c1")], DeskChange::Wake));
    made(&mut state, &effects);
    assert!(state.desk.awake.is_empty());
    assert_eq!(said(&state), "", "that it was looked at needs no word");
}

#[test]
fn a_reminder_is_named_as_the_store_knows_it_before_the_list_is_there() {
    let mut state = two();
    let woke = Reminder { key: key("docs", "unseen"), title: "Refund\u{1b}[2J".to_owned() };
    handle_event(&mut state, Event::Desk(DeskEvent::Woken(Vec::new(), vec![woke])));
    assert!(said(&state).starts_with("Reminder: Refund"), "{}", said(&state));
    assert!(!said(&state).contains('\u{1b}'));
    let nameless = Reminder { key: key("docs", "other"), title: String::new() };
    handle_event(&mut state, Event::Desk(DeskEvent::Woken(Vec::new(), vec![nameless])));
    assert!(said(&state).starts_with("Reminder: other (docs)"), "{}", said(&state));
}

#[test]
fn a_sleep_is_looked_after_when_its_time_comes_and_when_somebody_writes() {
    let mut state = two();
    let snooze = Snooze { since: now(), until: Some(minutes(5)), woke: None };
    let entry = DeskEntry { snooze: Some(snooze), ..DeskEntry::default() };
    let row = DeskRow { channel: ChannelName::new("docs"), conversation: id("c1"), entry };
    let effects = handle_event(&mut state, Event::Desk(DeskEvent::Kept(1, vec![row])));
    assert!(effects.contains(&Effect::Wake(minutes(5))), "{effects:?}");
    let looks = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Desk(DeskEffect::Wake(_))));
    assert!(!looks(&update(&mut state, Event::Tick, minutes(4))));
    assert!(looks(&update(&mut state, Event::Tick, minutes(5))));
    assert!(looks(&handle_event(&mut state, Event::Open(ChannelEvent::News(id("c1"))))));
    assert!(!looks(&handle_event(&mut state, Event::Open(ChannelEvent::News(id("c2"))))));
}

#[test]
fn from_the_inbox_a_conversation_opens_in_its_channel_and_back_leads_to_its_place() {
    let mut state = two();
    inbox(&mut state, vec![item("docs", "c4", 4), item("flow", "u1", 3), item("docs", "c2", 2)]);
    assert_eq!(state.contexts(), [Context::Inbox]);
    handle_action(&mut state, Action::Down);
    handle_action(&mut state, Action::Open);
    assert_eq!((state.window.view, state.channel().info.name.as_str()), (ViewKind::Chat, "flow"));
    assert_eq!(state.channel().open_id(), Some(&id("u1")));
    state.say("Something was said meanwhile.", now());
    let effects = handle_action(&mut state, Action::Back);
    assert_eq!((state.window.view, state.window.notice.is_none()), (ViewKind::Inbox, true));
    // Something newer came meanwhile; what was selected stays so.
    let items = vec![item("docs", "c0", 9), item("docs", "c4", 4), item("flow", "u1", 3), item("docs", "c2", 2)];
    page(&mut state, &effects, items);
    assert_eq!(state.desk.selected, Some(key("flow", "u1")));
    assert_eq!(state.desk.position(), Some(2));
    // Chat that was not opened from here is left for nothing. What was said takes no step of its own.
    state.say("Something was said meanwhile.", now());
    handle_action(&mut state, Action::Back);
    assert_eq!((state.window.view, state.window.notice.is_none()), (ViewKind::Chat, true));
    state.window.focus = Focus::Transcript;
    state.say("Something was said meanwhile.", now());
    handle_action(&mut state, Action::Back);
    assert_eq!((state.window.view, state.window.focus), (ViewKind::Chat, Focus::Composer));
    assert!(state.window.notice.is_none());
}

#[test]
fn keys_narrow_the_inbox_and_back_shows_all() {
    let mut state = two();
    inbox(&mut state, vec![item("docs", "c4", 4)]);
    let effects = handle_action(&mut state, Action::OnlyWaiting);
    assert!(page(&mut state, &effects, Vec::new()).waiting);
    let effects = handle_action(&mut state, Action::OnlyArchived);
    let filter = page(&mut state, &effects, Vec::new());
    assert!(filter.waiting && filter.archived, "both");
    let effects = handle_action(&mut state, Action::Back);
    assert_eq!(page(&mut state, &effects, vec![item("docs", "c4", 4)]), DeskFilter::default());
    handle_action(&mut state, Action::Filter);
    assert_eq!(state.contexts(), [Context::InboxFilter]);
    let effects = handle_event(&mut state, Event::typed("refund label:vip".to_owned()));
    let filter = page(&mut state, &effects, Vec::new());
    assert_eq!((filter.text.as_str(), filter.label.is_some()), ("refund", true));
    assert_edits(&mut state, |state| &state.desk.line, now());
}

#[test]
fn in_the_inbox_many_of_several_channels_are_changed_together() {
    let mut state = two();
    inbox(&mut state, vec![item("docs", "c4", 4), item("flow", "u1", 3), item("docs", "c2", 2)]);
    handle_action(&mut state, Action::MarkConversation);
    handle_action(&mut state, Action::MarkConversation);
    let effects = handle_action(&mut state, Action::Archive);
    assert_eq!(change(&effects).0, [key("docs", "c4"), key("flow", "u1")]);
    let effects = made(&mut state, &effects);
    assert!(state.desk.marked.is_empty());
    page(&mut state, &effects, vec![item("docs", "c2", 2)]);
    assert_eq!(state.desk.rows.len(), 1);
}

#[test]
fn what_is_read_can_be_unread_again() {
    let mut state = two();
    handle_event(&mut state, Event::Open(ChannelEvent::News(id("c1"))));
    handle_event(&mut state, Event::Open(ChannelEvent::News(id("c2"))));
    assert_eq!(state.channel().unread, 2);
    handle_action(&mut state, Action::MarkConversations);
    handle_action(&mut state, Action::MarkRead);
    assert_eq!(state.channel().unread, 0);
    assert!(said(&state).starts_with("2 conversations marked as read"), "{}", said(&state));
    handle_action(&mut state, Action::UndoDesk);
    assert_eq!(state.channel().unread, 2);
}

#[test]
fn late_pages_are_dropped_and_what_changes_meanwhile_is_read_once_more() {
    let mut state = two();
    let first = handle_action(&mut state, Action::ShowInbox);
    let second = handle_action(&mut state, Action::Refresh);
    page(&mut state, &first, vec![item("docs", "old", 1)]);
    assert!(state.desk.rows.is_empty(), "that was asked anew");
    handle_event(&mut state, Event::ChangedElsewhere);
    handle_event(&mut state, Event::ChangedElsewhere);
    assert!(state.desk.stale);
    let Some(Effect::Desk(DeskEffect::Page { ticket, .. })) = second.first() else { panic!("{second:?}") };
    let page = DeskPage { items: vec![item("docs", "c4", 4)], next: None };
    let effects = handle_event(&mut state, Event::Desk(DeskEvent::Page(*ticket, Ok(page))));
    let reads = effects.iter().filter(|effect| matches!(effect, Effect::Desk(DeskEffect::Page { .. }))).count();
    assert_eq!((state.desk.rows.len(), reads), (1, 1));
}

#[test]
fn what_is_marked_in_the_inbox_is_exported_each_of_its_channel() {
    let mut state = two();
    inbox(&mut state, vec![item("docs", "c4", 4), item("flow", "u1", 3), item("docs", "c2", 2)]);
    handle_action(&mut state, Action::MarkConversation);
    handle_action(&mut state, Action::MarkConversation);
    let effects = handle_action(&mut state, Action::Export);
    assert!(matches!(effects.as_slice(), [Effect::Transfer(TransferEffect::Folder { .. })]), "{effects:?}");
    let Some(Overlay::Export(sheet)) = state.window.overlay() else { panic!("no sheet") };
    let told: Vec<(&str, Chosen)> =
        sheet.choices.iter().map(|choice| (choice.label.as_str(), choice.what.clone())).collect();
    let across = |keys: &[(&str, &str)]| Chosen::Across(keys.iter().map(|(channel, id)| key(channel, id)).collect());
    assert_eq!(told[0], ("the 2 that are marked", across(&[("docs", "c4"), ("flow", "u1")])));
    assert_eq!(told[1].1, across(&[("docs", "c2")]));
    assert!(told[1].0.starts_with("this conversation: ") && told[1].0.ends_with(" (docs)"), "{told:?}");
    assert_eq!(told[2], ("all 3 that are shown", across(&[("docs", "c4"), ("flow", "u1"), ("docs", "c2")])));
    assert_eq!((sheet.suggested().starts_with("inbox-"), state.contexts()), (true, vec![Context::Export]));
    handle_action(&mut state, Action::Back);
    assert_eq!((state.window.view, state.window.overlay().is_none()), (ViewKind::Inbox, true));
}

#[test]
fn the_inbox_is_reached_from_every_view() {
    for from in [Action::ShowSources, Action::ShowWebhooks, Action::ShowLog, Action::ShowSearch, Action::ShowChat] {
        let mut state = two();
        handle_action(&mut state, from);
        handle_action(&mut state, Action::ShowInbox);
        assert_eq!(state.window.view, ViewKind::Inbox, "{from:?}");
    }
}
