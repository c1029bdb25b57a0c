//! Writing a row: read first, staged at every change, searched, lent to `$EDITOR`.

use super::*;
use crate::app::testing::assert_edits;

fn staged(effects: &[Effect]) -> Option<&Change> {
    effects.iter().find_map(|e| match e {
        Effect::Open(ChannelEffect::Sources(SourcesEffect::Stage(change))) => Some(&**change),
        _ => None,
    })
}

#[test]
fn each_change_of_the_text_is_staged_and_the_old_text_takes_it_back() {
    let mut stand = Stand::open();
    stand.press(ENTER);
    assert_eq!(stand.state.contexts(), [Context::RowEditor]);
    let effects = stand.typed("text of Prices\nmore");
    let change = staged(&effects).unwrap().clone();
    let content = Some("text of Prices\nmore".to_owned());
    assert_eq!(change.edit, Edit::Update { name: None, content });
    assert_eq!(change.base, Some(Version { name: "Prices".into(), content: "text of Prices\n".into() }));
    assert_eq!((change.channel.as_str(), change.label.as_str()), ("docs", "Prices"));
    assert_eq!(stand.typed("text of Prices\nmore"), [], "nothing new");
    let effects = stand.typed("text of Prices\nmore!");
    assert_eq!(staged(&effects).unwrap().id, change.id);
    assert_eq!(
        stand.typed("text of Prices\n"),
        [Effect::Open(ChannelEffect::Sources(SourcesEffect::Unstage(change.id.clone())))]
    );
    let effects = stand.typed("again");
    assert_eq!(staged(&effects).unwrap().id, change.id);
    stand.press(ESC);
    assert!(stand.notice().contains("Kept, not applied"), "{}", stand.notice());
    assert_eq!((stand.view().pane, stand.view().text()), (SourcesPane::Rows, Some("again")));
    assert_eq!(stand.view().selected_change().map(Mark::for_change), Some(Mark::Changed));
}

#[test]
fn a_row_that_is_not_read_yet_is_read_first() {
    let mut stand = Stand::open();
    stand.press(DOWN);
    stand.press(key('e'));
    assert_eq!(stand.view().editor, None);
    assert!(stand.view().awaited.is_some());
    // What is typed behind the key is text already, and no command of the list: `d` would stage its deletion.
    for c in "do".chars() {
        assert_eq!(resolve(&stand.state.contexts(), key(c)), None);
        stand.event(Event::Text(TextInput::Key(key(c))));
    }
    stand.run();
    let editor = stand.view().editor.clone().unwrap();
    assert_eq!((editor.name.as_str(), editor.text.as_str()), ("Opening hours", "dotext of Opening hours\n"));
}

#[test]
fn what_was_typed_for_a_row_that_is_not_opened_is_told() {
    let mut stand = Stand::open();
    stand.press(DOWN);
    stand.press(key('e'));
    stand.event(Event::Text(TextInput::Key(key('x'))));
    stand.press(ESC);
    assert!(stand.notice().contains("what was typed for it is not kept"), "{}", stand.notice());
    stand.run();
    assert_eq!(stand.view().editor, None);
}

#[test]
fn who_went_on_meanwhile_finds_no_editor() {
    let mut stand = Stand::open();
    stand.press(DOWN);
    stand.press(key('e'));
    stand.press(ESC);
    stand.press(DOWN);
    stand.run();
    assert_eq!(stand.view().editor, None);
    stand.press(UP);
    stand.press(key('e'));
    stand.press(Key::alt(Code::Char('1')));
    stand.run();
    assert_eq!(stand.view().editor, None);
}

#[test]
fn a_row_that_could_not_be_read_is_asked_for_again() {
    let mut stand = Stand::open();
    stand.press(DOWN);
    stand.waiting.clear();
    stand.handle_event(SourcesEvent::Row(sid("source-one"), rid("r1"), Err(failure())));
    assert_eq!(stand.view().text(), None);
    stand.press(key('e'));
    stand.run();
    assert!(stand.view().editor.is_some());
}

#[test]
fn what_comes_back_from_outside_is_one_step_that_can_be_taken_back() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.typed("x");
    let effects = stand.press(Key::ctrl('o'));
    let [Effect::Open(ChannelEffect::Sources(SourcesEffect::Edit { change, text }))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(text, "x");
    stand.handle_event(SourcesEvent::Edited(change.clone(), "from outside".into()));
    assert_eq!(stand.view().text(), Some("from outside"));
    stand.event(Event::Text(TextInput::Key(Key::ctrl('_'))));
    assert_eq!(stand.view().text(), Some("x"));
}

#[test]
fn an_editor_for_outside_alone_closes_when_that_comes_back() {
    let mut stand = Stand::open();
    let effects = stand.press(key('E'));
    let [Effect::Open(ChannelEffect::Sources(SourcesEffect::Edit { change, text }))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(text, "text of Prices\n");
    let effects = stand.handle_event(SourcesEvent::Edited(change.clone(), "better".into()));
    assert!(staged(&effects).is_some());
    assert_eq!((stand.view().editor.clone(), stand.view().text()), (None, Some("better")));
    stand.press(key('E'));
    stand.event(Event::Edited(Ok(None)));
    assert_eq!((stand.view().editor.clone(), stand.view().text()), (None, Some("better")));
    stand.press(key('E'));
    stand.event(Event::Edited(Err(failure())));
    assert_eq!((stand.view().editor.clone(), stand.view().text()), (None, Some("better")));
    assert_eq!(stand.notice(), "It went wrong.");
}

#[test]
fn what_comes_from_outside_is_staged_also_where_the_editor_is_gone() {
    let mut stand = Stand::open();
    stand.write("one");
    let change = stand.view().selected_change().unwrap().id.clone();
    let effects = stand.handle_event(SourcesEvent::Edited(change, "two".into()));
    assert_eq!(staged(&effects).and_then(staged_text), Some("two"));
    let effects = stand.handle_event(SourcesEvent::Edited(ChangeId::new("gone"), "three".into()));
    assert_eq!(staged(&effects), None);
    assert!(stand.notice().contains("dropped"));
}

#[test]
fn a_new_row_asks_for_its_name_and_opens() {
    let mut stand = Stand::open();
    stand.press(key('n'));
    assert_eq!(stand.state.contexts(), [Context::RowName]);
    stand.press(ENTER);
    let Some(SourcesOverlay::Name { problem: Some(problem), .. }) = &stand.view().overlay else { panic!() };
    assert!(problem.contains("no name"), "{problem}");
    stand.line("Returns");
    stand.press(ENTER);
    let Some(SourcesOverlay::Name { problem: Some(problem), .. }) = &stand.view().overlay else { panic!() };
    assert!(problem.contains("Returns is there already"), "{problem}");
    stand.line(" 2");
    let effects = stand.press(ENTER);
    assert_eq!(
        staged(&effects).unwrap().edit,
        Edit::Create(Version { name: "Returns 2".into(), content: String::new() })
    );
    assert_eq!(stand.state.contexts(), [Context::RowEditor]);
    stand.typed("new text");
    stand.press(ESC);
    assert_eq!(
        (stand.shown()[0], stand.selected(), stand.view().text()),
        ("Returns 2", "Returns 2", Some("new text"))
    );
    assert_eq!(stand.view().selected_change().map(Mark::for_change), Some(Mark::New));
}

#[test]
fn a_name_that_is_doubted_goes_with_a_second_enter() {
    let mut stand = Stand::open();
    stand.press(key('n'));
    stand.press(ENTER);
    stand.press(ENTER);
    assert_eq!(
        stand.view().staged().map(|c| c.edit.clone()).collect::<Vec<_>>(),
        [Edit::Create(Version { name: String::new(), content: String::new() })]
    );
}

#[test]
fn a_rename_is_staged_beside_the_text_and_its_old_name_takes_it_back() {
    let mut stand = Stand::open();
    stand.press(key('R'));
    stand.line(" 2026");
    stand.press(ENTER);
    assert_eq!(stand.selected(), "Prices 2026");
    assert_eq!(stand.view().selected_change().map(Mark::for_change), Some(Mark::Renamed));
    stand.write("and a text");
    let edit = stand.view().selected_change().unwrap().edit.clone();
    let (name, content) = (Some("Prices 2026".to_owned()), Some("and a text".to_owned()));
    assert_eq!(edit, Edit::Update { name, content });
    stand.press(key('R'));
    for _ in 0..5 {
        stand.event(Event::erased());
    }
    stand.press(ENTER);
    assert_eq!(stand.view().selected_change().map(Mark::for_change), Some(Mark::Changed));
}

#[test]
fn a_search_jumps_and_ends() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.press(Key::ctrl('f'));
    assert_eq!(stand.state.contexts(), [Context::RowSearch]);
    stand.line("of");
    stand.press(ENTER);
    stand.press(Key::shift(Code::Enter));
    let search = stand.view().editor.as_ref().unwrap().search.clone().unwrap();
    assert_eq!(search, Search { text: "of".into(), typing: true, from: 0 });
    let at = |stand: &Stand| stand.view().editor.as_ref().unwrap().text.at();
    assert_eq!(at(&stand), 5);
    stand.press(ESC);
    stand.typed("one Two\ntwo\ntwo!");
    stand.event(Event::Text(TextInput::Key(Key::ctrl_key(Code::Home))));
    stand.press(Key::ctrl('f'));
    stand.line("two");
    assert_eq!(at(&stand), 4);
    for (key, expected) in [(ENTER, 8), (ENTER, 12), (ENTER, 4), (Key::shift(Code::Enter), 12)] {
        stand.press(key);
        assert_eq!(at(&stand), expected);
    }
    // What is typed behind the search line goes where the search led, whether that was drawn or not.
    stand.press(ESC);
    stand.event(Event::Text(TextInput::Paste("> ".to_owned())));
    assert_eq!(stand.view().text(), Some("one Two\ntwo\n> two!"));
    assert_eq!(stand.state.contexts(), [Context::RowEditor]);
}

#[test]
fn the_preview_is_switched() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    let preview = |stand: &Stand| stand.view().editor.as_ref().unwrap().preview;
    assert!(preview(&stand), "the screen has room");
    stand.press(Key::ctrl('r'));
    assert!(!preview(&stand));
}

#[test]
fn a_text_that_the_store_could_not_keep_is_kept_and_told_again() {
    let mut stand = Stand::open();
    stand.write("precious");
    let change = stand.view().selected_change().unwrap().clone();
    stand.world.changes.clear();
    stand.handle_event(SourcesEvent::Unkept(change.id.clone(), failure()));
    assert!(stand.notice().contains("kept here"));
    stand.run();
    assert_eq!(stand.view().text(), Some("precious"));
    assert_eq!(stand.world.changes.len(), 1, "it was told again");
}

#[test]
fn what_may_not_have_been_kept_is_told_again() {
    let mut stand = Stand::open();
    stand.write("precious");
    stand.press(DOWN);
    stand.press(UP);
    stand.world.changes.clear();
    stand.handle_event(SourcesEvent::Failed(failure()));
    stand.press(key('r'));
    stand.run();
    assert_eq!(stand.world.changes.len(), 1);
}

#[test]
fn the_editors_text_wins_over_what_another_process_left() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.typed("mine");
    stand.run();
    let mut theirs = stand.world.changes.values().next().unwrap().clone();
    theirs.edit = Edit::Update { name: None, content: Some("theirs".into()) };
    stand.handle_event(SourcesEvent::Changes(vec![theirs]));
    stand.run();
    assert_eq!(stand.world.changes.values().next().and_then(staged_text), Some("mine"));
    stand.handle_event(SourcesEvent::Changes(Vec::new()));
    stand.run();
    assert_eq!(stand.view().changes.values().next().and_then(staged_text), Some("mine"));
}

#[test]
fn two_windows_that_write_the_same_change_part_and_both_are_kept() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.typed("mine");
    stand.run();
    let mut theirs = stand.world.changes.values().next().unwrap().clone();
    theirs.edit = Edit::Update { name: None, content: Some("theirs".into()) };
    stand.world.changes.insert(theirs.id.clone(), theirs.clone());
    let told = |stand: &Stand| SourcesEvent::Changes(stand.world.changes.values().cloned().collect());
    let event = told(&stand);
    stand.handle_event(event);
    assert!(stand.notice().contains("Another window"));
    stand.run();
    let texts = |stand: &Stand| {
        let changes = stand.world.changes.values();
        changes.filter_map(staged_text).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(texts(&stand), ["theirs", "mine"]);
    let event = told(&stand);
    assert_eq!(stand.handle_event(event).iter().filter(|e| staged(std::slice::from_ref(e)).is_some()).count(), 0);
    stand.typed("mine, more");
    stand.run();
    assert_eq!(texts(&stand), ["theirs", "mine, more"]);
}

#[test]
fn writing_goes_on_beside_what_another_process_applies() {
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.typed("one");
    stand.run();
    let mut applying = stand.world.changes.values().next().unwrap().clone();
    applying.state = ChangeState::Applying;
    stand.handle_event(SourcesEvent::Changes(vec![applying.clone()]));
    let effects = stand.typed("one two");
    let next = staged(&effects).unwrap().clone();
    assert_ne!(next.id, applying.id);
    assert_eq!(next.base.as_ref().map(|b| b.content.as_str()), Some("one"));
    stand.handle_event(SourcesEvent::Changes(vec![next.clone()]));
    assert_eq!(stand.view().changes.values().collect::<Vec<_>>(), [&next]);
    assert_eq!(stand.view().editor.as_ref().unwrap().text.as_str(), "one two");
}

#[test]
fn a_store_that_keeps_nothing_is_not_asked_again_and_again() {
    let mut stand = Stand::open();
    stand.write("precious");
    let change = stand.view().selected_change().unwrap().clone();
    let effects = stand.handle_event(SourcesEvent::Unkept(change.id.clone(), failure()));
    assert!(effects.contains(&Effect::Open(ChannelEffect::Sources(SourcesEffect::Changes))));
    let effects = stand.handle_event(SourcesEvent::Changes(Vec::new()));
    assert_eq!(staged(&effects).map(|c| &c.id), Some(&change.id));
    let effects = stand.handle_event(SourcesEvent::Unkept(change.id, failure()));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(ChannelEffect::Sources(_)))), "{effects:?}");
    assert_eq!(stand.view().text(), Some("precious"));
}

#[test]
fn what_was_written_as_another_process_began_to_apply_is_staged_beside_it() {
    let mut stand = Stand::open();
    stand.write("one");
    let mut applying = stand.view().selected_change().unwrap().clone();
    stand.write("one two");
    applying.state = ChangeState::Applying;
    stand.handle_event(SourcesEvent::Unkept(applying.id.clone(), failure()));
    let effects = stand.handle_event(SourcesEvent::Changes(vec![applying.clone()]));
    let beside = staged(&effects).unwrap();
    assert_ne!(beside.id, applying.id);
    assert_eq!(
        (beside.base.as_ref().map(|b| b.content.as_str()), staged_text(beside)),
        (Some("one"), Some("one two"))
    );
    assert_eq!(stand.view().text(), Some("one two"));
}

#[test]
fn each_line_of_the_view_is_edited_as_any_line() {
    let mut stand = Stand::open();
    stand.press(key('/'));
    assert_edits(&mut stand.state, |state| &state.channel().sources.rows.filter, now());
    stand.press(ESC);
    for name in ['n', 'R'] {
        stand.press(key(name));
        assert_edits(&mut stand.state, asked, now());
        stand.press(ESC);
    }
    stand.press(Key::shift(Code::Tab));
    stand.press(key('d'));
    assert_edits(&mut stand.state, asked, now());
    stand.press(ESC);
    let mut stand = Stand::open();
    stand.press(key('e'));
    stand.press(Key::ctrl('f'));
    assert_edits(&mut stand.state, line_of_search, now());
}

fn line_of_search(state: &State) -> &LineInput {
    &state.channel().sources.editor.as_ref().unwrap().search.as_ref().unwrap().text
}

fn asked(state: &State) -> &LineInput {
    match &state.channel().sources.overlay {
        Some(SourcesOverlay::Name { text, .. } | SourcesOverlay::DeleteSource { text, .. }) => text,
        other => panic!("{other:?}"),
    }
}
