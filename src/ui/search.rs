//! The Search view, drawn: what is searched for and what was found on the left, the selected message among its
//! neighbours on the right where there is room, the searches that are kept over both.

mod list;
#[cfg(test)]
mod tests;

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use self::list::Excerpts;
use super::chat;
use super::frame::pane;
use super::glyphs::Glyphs;
use super::layout::Edges;
use super::popup::keyed;
use super::transcript::{Item, Items, Sought, Transcript};
use super::{paint, theme};
use crate::app::{Action, FoundEntry, HistoryEntry, Pane, Passage, Preview, Scroll, State};
use crate::domain::{Query, Role, SafeText, Timestamp, display_width};

/// From this many columns on the selected message stands beside the list.
const WITH_PREVIEW: u16 = 100;

/// What the view keeps between frames.
#[derive(Debug, Default)]
pub(super) struct Search {
    list: Rect,
    preview: Rect,
    /// The rows of the entries, as last drawn.
    entries: Rect,
    transcript: Transcript,
    excerpts: Excerpts,
}

impl Search {
    /// Places the panes, with so many lines below them for what just happened. None where the screen is too small.
    pub(super) fn place(&mut self, screen: Rect, notice: u16) -> Option<Edges> {
        let mut edges = Edges::new(screen)?;
        edges.notice(notice);
        let body = edges.body;
        let left = if body.width >= WITH_PREVIEW { (body.width * 9 / 20).clamp(48, 80) } else { body.width };
        self.list = Rect { width: left, ..body };
        self.preview = Rect { x: body.x + left, width: body.width - left, ..body };
        Some(edges)
    }

    /// Draws the view, and says how many entries it has room for.
    pub(super) fn draw(&mut self, f: &mut Frame<'_>, state: &State, glyphs: &Glyphs, now: Timestamp) -> usize {
        let (entries, cursor) = list::draw(self.list, f.buffer_mut(), state, &mut self.excerpts, glyphs, now);
        self.entries = entries;
        if let Some(cursor) = cursor {
            f.set_cursor_position(cursor);
        }
        if !self.preview.is_empty() {
            self.draw_preview(f, state, glyphs, now);
        }
        usize::from(entries.height / list::ROWS)
    }

    /// The selected message and what stands around it.
    fn draw_preview(&mut self, f: &mut Frame<'_>, state: &State, glyphs: &Glyphs, now: Timestamp) {
        let (area, search) = (self.preview, &state.search);
        let columns = usize::from(area.width).saturating_sub(6);
        let (title, channel) = match search.entry_selected() {
            Some(FoundEntry::Hit(hit)) => (hit.title.as_str(), hit.channel.as_str()),
            Some(FoundEntry::Title(found)) => (found.title.as_str(), found.channel.as_str()),
            None => ("", ""),
        };
        let channel = SafeText::one_line(&format!(" {channel} ")).truncate(columns / 3);
        let room = columns.saturating_sub(display_width(channel.as_str()) + 2);
        let title = match SafeText::one_line(title.trim()).truncate(room) {
            none if none.is_empty() && search.is_empty() => SafeText::from_static("What is selected"),
            none if none.is_empty() => SafeText::from_static("(no title)").truncate(room),
            title => title,
        };
        let left =
            vec![paint::fixed(" ", theme::PLAIN), paint::owned(title, theme::BOLD), paint::fixed(" ", theme::PLAIN)];
        let right = if search.is_empty() { Vec::new() } else { vec![paint::owned(channel, theme::DIM)] };
        let inner = pane(area, f.buffer_mut(), left, right, false, glyphs);
        let Some(preview) = &search.preview else {
            if let Some(FoundEntry::Title(_)) = search.entry_selected() {
                let said = match keyed(state, Action::Open, "opens it.") {
                    way if search.listing && !way.is_empty() => format!("A conversation by its title: {way}"),
                    _ => "A conversation by its title.".to_owned(),
                };
                let said = SafeText::one_line(&said);
                let rows = super::transcript::wrapped(&said, theme::DIM, usize::from(inner.width));
                for (y, row) in (inner.top()..inner.bottom()).zip(rows) {
                    paint::draw(f.buffer_mut(), (inner.x, y), inner.width, &row);
                }
            }
            return;
        };
        let Some(query) = &search.found_by else { return };
        let shown = Neighbours { preview, state, glyphs, now };
        let byte = preview.places.get(&preview.key).and_then(|places| places.first()).map(|place| place.start);
        let scroll = Scroll::To(Passage { item: preview.key, byte });
        let marked = Found { preview, query };
        self.transcript.draw_sought(f.buffer_mut(), inner, &shown, scroll, glyphs.ascii, Some(&marked));
    }

    /// What is at a place on screen: in the list with its nth entry.
    pub(super) fn pane_at(&self, column: u16, row: u16) -> Option<(Pane, Option<usize>)> {
        let at = Position { x: column, y: row };
        if !self.list.contains(at) {
            return None;
        }
        let nth = self.entries.contains(at).then(|| usize::from((row - self.entries.y) / list::ROWS));
        Some((Pane::Found, nth.or(Some(usize::MAX))))
    }
}

/// The selected message and those around it.
struct Neighbours<'a> {
    preview: &'a Preview,
    state: &'a State,
    glyphs: &'a Glyphs,
    now: Timestamp,
}

impl Items for Neighbours<'_> {
    fn len(&self) -> usize {
        self.preview.history.len()
    }

    fn item(&self, index: usize) -> Item<'_> {
        let Some(past) = self.preview.history.get(index) else { return Item::default() };
        let mut item = chat::said(past, is_mine(self.state, past), self.glyphs, self.now);
        if past.key == self.preview.key {
            let found = SafeText::one_line(&format!("{} ", self.glyphs.open));
            item.head.insert(0, (found, theme::ACCENT.patch(theme::BOLD)));
        }
        item
    }

    fn index_of(&self, key: u64) -> Option<usize> {
        self.preview.history.iter().position(|past| past.key == key)
    }
}

/// Whether a message is the user's own, on the channel of what is selected.
fn is_mine(state: &State, past: &HistoryEntry) -> bool {
    let channel = match state.search.entry_selected() {
        Some(FoundEntry::Hit(hit)) => Some(&hit.channel),
        _ => None,
    };
    let is_bot = state.channels.iter().any(|tab| Some(&tab.info.name) == channel && tab.capabilities.is_bot);
    if is_bot { past.ours } else { past.message.role == Role::User }
}

/// What is marked in them.
struct Found<'a> {
    preview: &'a Preview,
    query: &'a Query,
}

impl Sought for Found<'_> {
    fn in_text(&self, key: u64) -> &[Range<usize>] {
        self.preview.places.get(&key).map_or(&[], |places| places.as_slice())
    }

    fn on_screen(&self, shown: &str) -> Vec<Range<usize>> {
        self.query.places(shown)
    }

    fn current(&self) -> Option<(u64, usize)> {
        Some((self.preview.key, 0))
    }
}
