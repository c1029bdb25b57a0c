//! Pictures of the Sources view at three sizes, what hostile rows look like, and what large ones cost.

mod hostile;
mod pictures;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::sources::{SourcesEffect, SourcesEvent};
use crate::app::{Action, ChannelEffect, ChannelEvent, ChannelInfo, Effect, Event, State, update};
use crate::domain::{
    Capabilities, ChannelName, Damage, Moment, Page, Platform, Row, RowBody, RowId, SafeText, Source, SourceId,
    SyncInterval, SyncState, Timestamp,
};
use crate::ui::View;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

fn handle_event(state: &mut State, event: SourcesEvent) -> Vec<Effect> {
    update(state, Event::Open(ChannelEvent::Sources(event)), now())
}

fn handle_action(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Event::Action(action), now())
}

fn typed(state: &mut State, text: &str) -> Vec<Effect> {
    update(state, Event::typed(text.into()), now())
}

fn ago(minutes: i64) -> Moment {
    Moment::at(now().plus_millis(-minutes * 60_000))
}

fn source(n: u8, state: SyncState, last: Option<i64>, interval: Option<SyncInterval>) -> Source {
    Source {
        id: SourceId::new(format!("{n}bb301ad-8a4e-4b0e-9a55-000000000000")),
        state,
        last_sync: last.map(ago),
        interval,
        created_at: ago(90 * 1_440),
    }
}

/// A channel with sources, of which nothing is known yet.
fn asked() -> State {
    let view = ChannelInfo {
        name: ChannelName::new("docs"),
        label: SafeText::one_line("docs"),
        platform: Platform::new("chat-thing"),
        sandbox: false,
        read_only: false,
    };
    let can = Capabilities { send: true, list: true, history: true, sources: true, ..Capabilities::NONE };
    let mut state = State::new(vec![(view, can)], 0, 7);
    handle_action(&mut state, Action::ShowSources);
    handle_event(&mut state, SourcesEvent::Changes(Vec::new()));
    state
}

fn page<T>(items: Vec<T>, total: u64) -> Page<T> {
    Page { items, total: Some(total), ..Page::default() }
}

/// The same with its sources.
fn listed() -> State {
    let mut state = asked();
    let ticket = state.channel().sources.listing.ticket;
    let sources = vec![
        source(7, SyncState::Synced, Some(2), Some(SyncInterval::Day)),
        source(8, SyncState::NotSynced, None, None),
        source(9, SyncState::SyncError, Some(3 * 1_440), Some(SyncInterval::Week)),
    ];
    handle_event(&mut state, SourcesEvent::List { ticket, page: Ok(page(sources, 3)), done: true });
    state
}

const NAMES: [&str; 8] = [
    "Planets and their moons",
    "Opening hours",
    "Refunds/How to ask for one",
    "日本語のよくある質問",
    "A name that is so long that no list of any width can show all of it, wherever that list may stand",
    "",
    "Shipping",
    "Contact",
];

const TEXT: &str = "# Planets\n\nThere are **eight** planets in the solar system. Mercury is the one that is nearest to the sun, and Neptune the one that is farthest from it.\n\n| planet | moons |\n|---|--:|\n| Mercury | 0 |\n| Jupiter | 95 |\n\n- Pluto is none of them\n- The sun is a star\n";

fn rows(n: usize) -> Vec<Row> {
    let name = |n: usize| NAMES.get(n).map_or_else(|| format!("Row {n}"), |name| (*name).to_owned());
    (0..n).map(|n| Row { id: RowId::new(format!("{n:x}c4f1b20-row")), name: name(n) }).collect()
}

/// The same with the rows of its first source, and the first of them read.
fn full() -> State {
    let mut state = listed();
    rows_come(&mut state, 18, true);
    read(&mut state, TEXT);
    state
}

fn rows_come(state: &mut State, n: usize, done: bool) {
    let ticket = state.channel().sources.rows.listing.ticket;
    let total = if done { n } else { 1_000 };
    handle_event(state, SourcesEvent::Rows { ticket, page: Ok(page(rows(n), total as u64)), done });
}

/// The selected row is read.
fn read(state: &mut State, content: &str) {
    let row = state.channel().sources.selected_row().cloned().unwrap();
    let source = state.channel().sources.selected.clone().unwrap();
    let body = RowBody {
        id: row.clone(),
        state: SyncState::Synced,
        last_sync: Some(ago(2)),
        created_at: ago(90 * 1_440),
        content: content.to_owned(),
        damage: Damage::default(),
    };
    handle_event(state, SourcesEvent::Row(source, row, Ok(body)));
}

/// Goes down to the nth row and reads it.
fn go(state: &mut State, nth: usize, content: &str) {
    handle_action(state, Action::Top);
    for _ in 0..nth {
        handle_action(state, Action::Down);
    }
    if state.channel().sources.selected_row().is_some() {
        read(state, content);
    }
}

/// Brings a text back from `$EDITOR`: to the byte, whatever it holds.
fn write_outside(state: &mut State, text: &str) {
    let change = state.channel().sources.editor.as_ref().unwrap().change.clone();
    handle_event(state, SourcesEvent::Edited(change, text.to_owned()));
}

/// Writes the selected row.
fn write(state: &mut State, text: &str) {
    handle_action(state, Action::EditRow);
    write_outside(state, text);
    handle_action(state, Action::Back);
    state.channel_mut().sources.pane = crate::app::sources::SourcesPane::Rows;
}

/// Draws as the loop does, with what the drawing measured told to the core.
fn picture(view: &mut View, state: &mut State, size: (u16, u16)) -> String {
    shown(view, state, size).0
}

/// The same, and with its styles.
fn shown(view: &mut View, state: &mut State, (width, height): (u16, u16)) -> (String, String) {
    let (mut picture, mut styled) = (String::new(), String::new());
    for _ in 0..2 {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut drawn = crate::ui::Drawn::default();
        terminal.draw(|frame| drawn = view.draw(frame, state, now())).unwrap();
        if let Some(measured) = drawn.sources {
            handle_event(state, SourcesEvent::Measured(measured));
        }
        picture = terminal.backend().to_string();
        styled = crate::ui::tests::styles::with_styles(&picture, terminal.backend().buffer());
    }
    // Clocks and dates depend on where the test runs.
    let exact = [ago(2), ago(90 * 1_440), ago(3 * 1_440)].map(|moment| moment.at.unwrap().exact());
    let anywhere = |text: String| exact.iter().fold(text, |text, exact| text.replace(exact, "2026-01-01 12:00:00"));
    (anywhere(picture), anywhere(styled))
}

fn pictures(name: &str, state: &mut State) {
    for (width, height) in SIZES {
        let mut view = View::new(false);
        let (picture, styled) = shown(&mut view, state, (width, height));
        covers((width, height), &mut view, state);
        crate::ui::tests::truth::assert_true(&picture, state);
        insta::assert_snapshot!(format!("{name}-{width}x{height}"), styled);
    }
}

/// What lies over the view covers it.
fn covers(size: (u16, u16), view: &mut View, state: &State) {
    let (glyphs, mut kept) = (view.glyphs, super::Kept::default());
    let area = crate::ui::popup::tests::assert_covers(size, |f| {
        let room = ratatui::layout::Rect { y: 1, height: f.area().height - 2, ..f.area() };
        super::overlay::draw(f, room, state, &mut kept, &glyphs, now());
    });
    assert_eq!(area.is_empty(), state.channel().sources.overlay.is_none() || state.sourceless().is_some());
    if !area.is_empty() && !state.window.is_covered() && state.window.notice.is_none() {
        crate::ui::popup::tests::assert_covered(size, view, state, area);
    }
}

/// The changes that are staged, in order.
fn staged(state: &State) -> Vec<crate::domain::ChangeId> {
    state.channel().sources.staged().map(|change| change.id.clone()).collect()
}

fn is_apply(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Open(ChannelEffect::Sources(SourcesEffect::Apply { .. }))))
}
