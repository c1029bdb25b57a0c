//! Sources as a whole: made, deleted, synced, and how often.

use super::*;

fn source_in(id: &str, state: SyncState) -> Source {
    Source { state, ..source(id) }
}

#[test]
fn a_sync_is_followed_to_its_end() {
    let mut stand = Stand::open();
    let effects = stand.press(key('s'));
    assert_eq!(effects[0], Effect::Open(ChannelEffect::Sources(SourcesEffect::Sync(sid("source-one")))));
    assert!(effects.iter().any(|e| matches!(e, Effect::Wake(_))), "seconds are counted");
    assert!(!stand.state.offers(Action::Sync));
    stand.press(key('s'));
    assert_eq!(stand.waiting.len(), 1, "one at a time");
    let running = SyncStep::Running(source_in("source-one", SyncState::Syncing));
    stand.handle_event(SourcesEvent::Sync(sid("source-one"), running));
    assert_eq!(stand.view().list[0].state, SyncState::Syncing);
    let ended = SyncStep::Ended(source_in("source-one", SyncState::Synced));
    stand.handle_event(SourcesEvent::Sync(sid("source-one"), ended));
    assert_eq!(stand.notice(), "Synced: the bot knows it now.");
    assert_eq!(stand.view().syncs[&sid("source-one")].ended, Some(now()));
    assert!(stand.state.offers(Action::Sync));
}

#[test]
fn a_sync_that_fails_says_so() {
    let mut stand = Stand::open();
    stand.press(key('s'));
    let ended = SyncStep::Ended(source_in("source-one", SyncState::SyncError));
    stand.handle_event(SourcesEvent::Sync(sid("source-one"), ended));
    assert!(stand.notice().starts_with("The sync failed"), "{}", stand.notice());
    stand.press(key('s'));
    stand.handle_event(SourcesEvent::Sync(sid("source-one"), SyncStep::Failed(failure())));
    assert_eq!(stand.notice(), "The sync failed. It went wrong.");
}

#[test]
fn a_sync_tells_what_is_no_part_of_it() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    stand.press(key('s'));
    assert_eq!(stand.notice(), "1 change is staged and no part of this sync: A applies them.");
}

#[test]
fn the_interval_is_chosen() {
    let mut stand = Stand::open();
    stand.press(key('i'));
    assert_eq!(stand.view().overlay, Some(SourcesOverlay::Interval(sid("source-one"), 0)));
    stand.keys("jj");
    let effects = stand.press(ENTER);
    let week = Some(SyncInterval::Week);
    assert_eq!(
        effects,
        [Effect::Open(ChannelEffect::Sources(SourcesEffect::Interval(sid("source-one"), week.clone())))]
    );
    let set = Source { interval: week, ..source("source-one") };
    stand.handle_event(SourcesEvent::Interval(sid("source-one"), Ok(set.clone())));
    assert_eq!((stand.view().source(), stand.notice()), (Some(&set), "It is synced by itself every week."));
}

#[test]
fn a_source_is_made_and_shown() {
    let mut stand = Stand::open();
    stand.press(Key::shift(Code::Tab));
    let effects = stand.press(key('n'));
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Create))));
    assert!(!stand.state.offers(Action::NewSource));
    stand.waiting.clear();
    let effects = stand.handle_event(SourcesEvent::Created(Ok(source("source-new"))));
    assert!(effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(SourcesEffect::Rows { .. })))));
    assert_eq!(stand.view().selected, Some(sid("source-new")));
    assert_eq!(stand.state.contexts(), [Context::RowList]);
}

#[test]
fn a_source_is_deleted_only_when_its_id_is_typed() {
    let mut stand = Stand::open();
    stand.press(key('d'));
    stand.run();
    stand.press(Key::shift(Code::Tab));
    stand.press(key('d'));
    assert_eq!(stand.state.contexts(), [Context::DeleteSource]);
    assert!(!stand.state.offers(Action::Confirm));
    assert!(!stand.press(ENTER).iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(_)))));
    stand.line("source-o");
    assert!(stand.state.offers(Action::Confirm));
    let effects = stand.press(ENTER);
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Delete(sid("source-one"))))));
    stand.handle_event(SourcesEvent::Deleted(sid("source-one"), Ok(())));
    stand.run();
    assert_eq!((stand.view().selected.clone(), stand.selected()), (Some(sid("source-two")), "Other"));
    assert!(stand.view().changes.is_empty() && stand.world.changes.is_empty());
}

#[test]
fn what_could_not_be_done_is_told() {
    let mut stand = Stand::open();
    stand.handle_event(SourcesEvent::Deleted(sid("source-one"), Err(failure())));
    assert_eq!(stand.notice(), "The source was not deleted. It went wrong.");
    stand.handle_event(SourcesEvent::Created(Err(failure())));
    assert_eq!(stand.notice(), "No source was made. It went wrong.");
    stand.handle_event(SourcesEvent::Interval(sid("source-one"), Err(failure())));
    assert_eq!(stand.notice(), "The interval was not set. It went wrong.");
    assert_eq!(stand.view().list.len(), 2);
}
