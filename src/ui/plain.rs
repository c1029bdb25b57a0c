//! The screen as lines of text, for a door that draws none: what is drawn without its borders, colours and places. Since it
//! is the same drawing, what a person is told there is what the screen tells.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::chat::shown;
use super::glyphs::ASCII;
use super::transcript::Items as _;
use super::{Drawn, View, measured, theme};
use crate::app::{Event, Pane, State};
use crate::domain::{SafeText, Timestamp, display_width};

/// Narrow enough that no two panes stand side by side.
const COLUMNS: u16 = 79;
/// As much as one listens to at once.
const ROWS: u16 = 34;

/// One line of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainLine {
    /// What it says.
    pub text: SafeText,
    /// Whether it is the title of a pane.
    pub heading: bool,
    /// Whether it is what is selected.
    pub selected: bool,
    /// What a click on it would mean, where it is an entry of a list: the pane, and which of its entries on screen.
    pub entry: Option<(Pane, usize)>,
}

/// One message of the open conversation, as its transcript has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainMessage<'a> {
    /// Its key on screen.
    pub key: u64,
    /// Who said it: `you`, `bot`, a name. Empty where it is what the platform tells of the conversation.
    pub speaker: SafeText,
    /// Its text, as it was written. Untrusted.
    pub text: &'a str,
    /// Whether more of it may come.
    pub growing: bool,
    /// What is told of it besides: how it stands, what hangs on it, why something failed, what can be done.
    pub notes: Vec<SafeText>,
}

/// The drawing that nobody sees.
pub struct Plain {
    terminal: Terminal<TestBackend>,
    view: View,
    drawn: Drawn,
}

impl Plain {
    /// One that has drawn nothing yet.
    pub fn new() -> Self {
        let Ok(terminal) = Terminal::new(TestBackend::new(COLUMNS, ROWS));
        Self { terminal, view: View::new(true), drawn: Drawn::default() }
    }

    /// Draws, and hands back what the core is to be told of it.
    pub fn draw(&mut self, state: &State, now: Timestamp) -> Vec<Event> {
        self.terminal.current_buffer_mut().reset();
        let drawn = self.view.draw(&mut self.terminal.get_frame(), state, now);
        measured(state, std::mem::replace(&mut self.drawn, drawn), drawn).0
    }

    /// The lines of what has the keys, as last drawn: what lies over the view, or the view.
    pub fn lines(&mut self, state: &State) -> Vec<PlainLine> {
        let buf = self.terminal.current_buffer_mut();
        let all = Rect { y: 1, height: ROWS - 2, ..buf.area };
        let covered = state.contexts().first().is_some_and(|context| crate::app::lies_over(*context));
        let area = if covered { box_over(buf).unwrap_or(all) } else { all };
        // What was just said is told by whoever asks.
        let notice = state.window.notice.as_ref().map_or("", |notice| notice.text.as_str());
        let mut lines: Vec<PlainLine> = Vec::new();
        for y in area.top()..area.bottom() {
            let read =
                plain(&row(buf, area, y)).filter(|(text, _)| !is_bare(text) && !notice.contains(text.as_str()));
            let Some((text, heading)) = read else { continue };
            let selected = !heading && is_selected(buf, area, y);
            let entry = self.view.pane_at(state, area.x + 2, y).and_then(|(pane, nth)| Some((pane, nth?)));
            // The second row of an entry is no other entry; a click into the empty rest of a list is none.
            let entry = entry.filter(|(pane, nth)| {
                let first = lines.iter().all(|line| line.entry != Some((*pane, *nth)));
                !heading
                    && first
                    && is_there(state, *pane, *nth)
                    && matches!(
                        pane,
                        Pane::Roster
                            | Pane::Channels
                            | Pane::Requests
                            | Pane::Deliveries
                            | Pane::Calls
                            | Pane::Suites
                            | Pane::Sources
                            | Pane::Rows
                            | Pane::Found
                            | Pane::Overlay
                    )
            });
            lines.push(PlainLine { text, heading, selected, entry });
        }
        lines
    }

    /// Hands over the messages of the open conversation from that one on, counted from the oldest that is loaded, and says
    /// how many there are.
    ///
    /// # Errors
    ///
    /// The first of `on`, which ends it.
    pub fn messages<E>(
        state: &State,
        from: usize,
        now: Timestamp,
        mut on: impl FnMut(&PlainMessage<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let all = shown(state, state.channel().open_chat(), &ASCII, now);
        for item in (from..all.len()).map(|index| all.item(index)) {
            let speaker = item.head.first().map(|(who, _)| who.clone()).unwrap_or_default();
            // Of what stands behind the name and the time: what is worth a colour.
            let marks =
                item.head.iter().skip(2).filter(|(_, style)| *style != theme::DIM).map(|(text, _)| text.clone());
            let facts = item
                .facts
                .iter()
                .map(|(name, value)| SafeText::one_line(&format!("{}: {}", name.as_str(), value.as_str())));
            let notes = marks.chain(facts).chain(item.notes.iter().map(|(text, _)| text.clone())).collect();
            on(&PlainMessage { key: item.key, speaker, text: item.text, growing: item.growing, notes })?;
        }
        Ok(all.len())
    }
}

impl Default for Plain {
    fn default() -> Self {
        Self::new()
    }
}

/// A row of the drawing as text.
fn row(buf: &Buffer, area: Rect, y: u16) -> String {
    let (mut text, mut x) = (String::new(), area.left());
    while x < area.right() {
        let symbol = buf.cell((x, y)).map_or(" ", |cell| cell.symbol());
        text.push_str(symbol);
        x += u16::try_from(display_width(symbol)).unwrap_or(1).max(1);
    }
    text
}

/// What a row says, without borders, and whether that is a title; none where it says nothing.
fn plain(row: &str) -> Option<(SafeText, bool)> {
    let row = row.trim();
    if row.starts_with('+') && row.ends_with('+') && row.len() > 1 {
        let parts = row
            .trim_matches('+')
            .split("--")
            .map(|part| part.trim_matches(['-', ' ']))
            .filter(|part| !part.is_empty());
        let title = parts.collect::<Vec<_>>().join(", ");
        return (!title.is_empty()).then(|| (SafeText::one_line(&title), true));
    }
    let inside = row.strip_prefix('|').and_then(|row| row.strip_suffix('|')).unwrap_or(row).trim();
    (!inside.is_empty()).then(|| (SafeText::one_line(&drawn_together(inside)), false))
}

/// A row without the air between its columns.
fn drawn_together(row: &str) -> String {
    let mut out = String::with_capacity(row.len());
    let mut spaces = 0;
    for letter in row.chars() {
        spaces = if letter == ' ' { spaces + 1 } else { 0 };
        if spaces <= 2 {
            out.push(letter);
        }
    }
    out
}

/// Whether it is a line to be written on that says nothing.
fn is_bare(text: &SafeText) -> bool {
    matches!(text.as_str(), "/" | "/ _" | "/ filter")
}

/// Whether a list has an entry there: what stands below its last one is none.
fn is_there(state: &State, pane: Pane, nth: usize) -> bool {
    let sources = &state.channel().sources;
    let (top, len) = match pane {
        Pane::Roster => (state.channel().roster.view.top, state.channel().roster.shown.len()),
        Pane::Rows => (sources.rows.view.top, sources.rows.shown.len()),
        Pane::Deliveries => (state.webhooks.list.view.top, state.webhooks.list.shown.len()),
        Pane::Calls => (state.log.list.view.top, state.log.list.shown.len()),
        Pane::Suites => (state.suites.view.top, state.suites.rows().len()),
        Pane::Found => (state.search.view.top, state.search.len()),
        _ => (0, usize::MAX),
    };
    nth != usize::MAX && top + nth < len
}

/// The box that lies over the view: the last one whose corner stands within the screen.
fn box_over(buf: &Buffer) -> Option<Rect> {
    let is = |x: u16, y: u16, symbol: &str| buf.cell((x, y)).is_some_and(|cell| cell.symbol() == symbol);
    let right = |x: u16, y: u16| (x + 2..COLUMNS).rev().find(|end| is(*end, y, "+") && is(*end, y + 1, "|"));
    let corners = (1..ROWS - 2).flat_map(|y| (1..COLUMNS - 2).map(move |x| (x, y)));
    corners.filter(|(x, y)| is(*x, *y, "+") && is(*x, y + 1, "|")).find_map(|(x, y)| {
        let end = right(x, y).filter(|end| *end < COLUMNS - 1)?;
        let bottom = (y + 1..ROWS).find(|below| is(x, *below, "+"))?;
        Some(Rect { x, y, width: end - x + 1, height: bottom - y + 1 })
    })
}

/// Whether a row is what is selected.
fn is_selected(buf: &Buffer, area: Rect, y: u16) -> bool {
    (area.left()..area.right())
        .any(|x| buf.cell((x, y)).is_some_and(|cell| cell.modifier.contains(Modifier::REVERSED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_say_nothing_and_titles_stay() {
        let read = |row: &str| plain(row).map(|(text, heading)| (text.as_str().to_owned(), heading));
        assert_eq!(read("+ Calls ------------ 3 new above +"), Some(("Calls, 3 new above".to_owned(), true)));
        assert_eq!(read("+-----------------+"), None);
        assert_eq!(read("|  now + 200  docs |"), Some(("now + 200  docs".to_owned(), false)));
        assert_eq!(read("|                 |"), None);
        assert_eq!(read("|1 planets       2y |"), Some(("1 planets  2y".to_owned(), false)));
        assert_eq!(read("a notice"), Some(("a notice".to_owned(), false)));
    }
}
