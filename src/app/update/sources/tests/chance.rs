//! Whatever happens in whatever order.

use proptest::prelude::*;

use super::*;
use crate::app::overlay::Layer;

#[derive(Debug, Clone)]
enum Turn {
    Key(Key),
    Act(Action),
    Line(String),
    Typed(String),
    Event(SourcesEvent),
    Click(Pane, usize),
    Wheel(Pane, i64),
    Erase,
    Answer(usize),
    Theirs(usize, String),
    ChangedElsewhere,
    Full(bool),
}

fn any_turn() -> impl Strategy<Value = Turn> {
    let code = prop_oneof![
        6 => "[jkgGeERndxvpDAuosir=/ mtyc]".prop_map(|s| Code::Char(s.chars().next().unwrap_or('j'))),
        2 => prop::sample::select(vec![Code::Enter, Code::Esc, Code::Tab, Code::Up, Code::Down, Code::End]),
    ];
    let pane = || prop::sample::select(vec![Pane::Sources, Pane::Rows, Pane::Row]);
    let event = prop_oneof![
        Just(SourcesEvent::Failed(failure())),
        (0..9_u64, 0..4_usize, any::<bool>()).prop_map(|(ticket, n, done)| {
            let items = (0..n).map(|n| Row { id: rid(&format!("r{n}")), name: format!("late {n}") }).collect();
            SourcesEvent::Rows { ticket, page: Ok(page(items)), done }
        }),
        (0..5_usize).prop_map(|n| SourcesEvent::Row(sid("source-one"), rid(&format!("r{n}")), Err(failure()))),
        (0..3_i64).prop_map(|n| SourcesEvent::Undone(n, Applied::Done(None))),
        (0..9_usize, 0..9_usize, 0..40_usize).prop_map(|(rows, detail, lines)| {
            let sources = (rows > 3).then_some(rows);
            SourcesEvent::Measured(SourcesMeasured { sources, rows: (rows > 0).then_some(rows), detail, lines })
        }),
        prop::sample::select(vec![
            SyncStep::Asking,
            SyncStep::Ended(source("source-one")),
            SyncStep::Failed(failure())
        ])
        .prop_map(|step| SourcesEvent::Sync(sid("source-one"), step)),
        Just(SourcesEvent::ApplyEnded(sid("source-one"), Err(failure()))),
    ];
    prop_oneof![
        12 => code.prop_map(|code| Turn::Key(Key::plain(code))),
        2 => prop::sample::select(vec![Key::ctrl('s'), Key::ctrl('f'), Key::ctrl('a'), Key::ctrl_key(Code::PageDown)])
            .prop_map(Turn::Key),
        1 => prop::sample::select(BINDINGS.iter().map(|b| b.action).collect::<Vec<_>>()).prop_map(Turn::Act),
        2 => "[a-z:]{1,3}".prop_map(Turn::Line),
        6 => "[ab\n]{0,6}".prop_map(Turn::Typed),
        2 => event.prop_map(Turn::Event),
        1 => (pane(), 0..5_usize).prop_map(|(pane, n)| Turn::Click(pane, n)),
        1 => (pane(), -3..3_i64).prop_map(|(pane, n)| Turn::Wheel(pane, n)),
        1 => Just(Turn::Erase),
        9 => (0..4_usize).prop_map(Turn::Answer),
        1 => (0..4_usize, "[ab]{1,3}").prop_map(|(n, text)| Turn::Theirs(n, text)),
        1 => Just(Turn::ChangedElsewhere),
        1 => any::<bool>().prop_map(Turn::Full),
    ]
}

impl Stand {
    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Key(key) => {
                if let Some(action) = self.state.meaning(key) {
                    self.event(Event::Action(action));
                }
            }
            Turn::Act(action) => _ = self.event(Event::Action(action)),
            Turn::Line(text) => _ = self.event(Event::typed(text)),
            Turn::Typed(text) => _ = self.typed(&text),
            Turn::Event(event) => _ = self.handle_event(event),
            Turn::Click(pane, n) => _ = self.event(Event::Click(pane, n)),
            Turn::Wheel(pane, n) => _ = self.event(Event::Wheel(pane, n)),
            Turn::Erase => _ = self.event(Event::erased()),
            Turn::Answer(n) => {
                for _ in 0..n {
                    let Some(effect) = self.waiting.pop_front() else { break };
                    for event in self.world.perform(effect) {
                        self.at_home(event);
                    }
                }
            }
            Turn::Theirs(n, text) => {
                if let Some(row) = self.world.find(&rid(&format!("r{n}"))) {
                    row.content = text;
                }
            }
            Turn::Full(full) => self.world.full = full,
            Turn::ChangedElsewhere => _ = self.event(Event::ChangedElsewhere),
        }
    }

    /// An answer for the channel whose world it is, whichever is open.
    fn at_home(&mut self, event: SourcesEvent) {
        self.event(Event::Channel(ChannelName::new("docs"), ChannelEvent::Sources(event)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: no panic, what is in the editor is staged in the same moment, the list and
    /// its selection hold together, and once all is answered the store has what the screen shows.
    #[test]
    fn what_is_typed_is_never_lost(turns in prop::collection::vec(any_turn(), 1..150)) {
        let mut stand = Stand::open();
        for turn in turns {
            let asked = stand.waiting.len();
            stand.take(turn);
            // The world is that of docs alone: what the others ask for has no answer.
            while stand.state.channel().info.name.as_str() != "docs" {
                stand.waiting.truncate(asked);
                stand.state.window.close(Layer::Leave);
                stand.state.window.close(Layer::Help);
                stand.state.window.close(Layer::Channels);
                stand.event(Event::Action(Action::NextChannel));
            }
            stand.state.window.close(Layer::Leave);
            let view = stand.view();
            if let Some(editor) = &view.editor {
                let change = view.changes.get(&editor.change);
                let as_it_was = editor.base.as_ref().is_some_and(|base| base.content == editor.text.as_str());
                let kept = change.and_then(staged_text) == Some(editor.text.as_str());
                prop_assert!(kept || as_it_was, "{editor:?} {change:?}");
            }
            let rows = &view.rows;
            prop_assert!(rows.selected.is_some() != rows.shown.is_empty(), "{rows:?}");
            prop_assert!(rows.selected.as_ref().is_none_or(|line| rows.position(line).is_some()));
            prop_assert!(rows.view.top <= rows.shown.len());
            prop_assert!(view.job.as_ref().is_none_or(|job| job.done.len() <= job.total));
            stand.state.contexts();
        }
        stand.state.window.view = ViewKind::Sources;
        stand.run();
        stand.world.full = false;
        stand.event(Event::ChangedElsewhere);
        stand.run();
        stand.event(Event::ChangedElsewhere);
        stand.run();
        let shown: Vec<_> = stand.view().changes.iter().map(|(id, c)| (id, &c.edit)).collect();
        let kept: Vec<_> = stand.world.changes.iter().map(|(id, c)| (id, &c.edit)).collect();
        prop_assert_eq!(shown, kept);
    }
}
