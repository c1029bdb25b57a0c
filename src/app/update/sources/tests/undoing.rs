//! The journal, and putting back.

use super::*;

fn entry(n: i64, row: &str, became: Option<&str>) -> Replaced {
    let version = |text: &str| Version { name: "Prices".into(), content: text.into() };
    Replaced {
        n,
        channel: ChannelName::new("docs"),
        source: sid("source-one"),
        row: Some(rid(row)),
        was: Some(version("old")),
        became: became.map(version),
        certain: true,
        undone: false,
        at: now(),
    }
}

/// The journal, open, with a deletion and a change before it.
fn listed() -> Stand {
    let mut stand = Stand::open();
    assert_eq!(
        stand.press(key('u')),
        [Effect::Open(ChannelEffect::Sources(SourcesEffect::Journal(sid("source-one"))))]
    );
    stand.waiting.clear();
    let entries = vec![entry(2, "r9", None), entry(1, "r0", Some("new"))];
    stand.handle_event(SourcesEvent::Journal(sid("source-one"), entries));
    assert_eq!(stand.state.contexts(), [Context::Journal]);
    stand
}

#[test]
fn the_selected_entry_is_put_back() {
    let mut stand = listed();
    stand.press(DOWN);
    assert_eq!(stand.press(ENTER), [Effect::Open(ChannelEffect::Sources(SourcesEffect::Undo(1)))]);
    assert!(!stand.state.offers(Action::Confirm));
    stand.press(ENTER);
    assert_eq!(stand.waiting.len(), 1, "one at a time");
    let effects = stand.handle_event(SourcesEvent::Undone(1, Applied::Done(Some(rid("r0")))));
    assert_eq!(stand.notice(), "Put back. s syncs it: the bot does not know yet.");
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Journal(sid("source-one"))))));
    assert!(
        effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Row(sid("source-one"), rid("r0")))))
    );
    assert_ne!(stand.state.contexts(), [Context::Journal], "s syncs it now");
    stand.press(key('u'));
    stand.press(DOWN);
    stand.press(ENTER);
    assert_eq!(stand.notice(), "That one has been put back already.");
}

#[test]
fn a_new_id_is_told() {
    let mut stand = listed();
    stand.press(ENTER);
    stand.handle_event(SourcesEvent::Undone(2, Applied::Done(Some(rid("r12")))));
    assert_eq!(stand.notice(), "Put back as a new row, its id is r12 now. s syncs it.");
    let mut stand = listed();
    stand.press(ENTER);
    stand.handle_event(SourcesEvent::Undone(2, Applied::Done(None)));
    assert_eq!(stand.notice(), "Put back as a new row, with a new id. s syncs it.");
}

#[test]
fn what_was_changed_since_is_a_conflict() {
    let mut stand = listed();
    stand.press(DOWN);
    stand.press(ENTER);
    let effects = stand.handle_event(SourcesEvent::Undone(1, Applied::Conflict(None)));
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes))));
    assert!(stand.notice().contains("staged as a conflict"));
}

#[test]
fn the_same_entry_stays_selected_and_other_sources_are_not_taken_for_this_one() {
    let mut stand = listed();
    stand.press(DOWN);
    let entries = vec![entry(3, "r1", None), entry(2, "r9", None), entry(1, "r0", Some("new"))];
    stand.handle_event(SourcesEvent::Journal(sid("source-one"), entries));
    assert_eq!(stand.view().overlay, Some(SourcesOverlay::Undo(2)));
    stand.handle_event(SourcesEvent::Journal(sid("source-two"), Vec::new()));
    assert_eq!(stand.view().journal.len(), 3);
    stand.press(key('u'));
    assert_eq!(stand.view().overlay, None);
}
