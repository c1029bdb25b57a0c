//! The transcript: a list of items, drawn from any row of any of them, at a cost that doesn't grow with their length.
//!
//! Owns where a row is on the screen and what is kept between frames: each item's segments, their heights as far as
//! they are known, and the rows of the ones that were seen. Only what is on the screen, and what lies next to it, is
//! parsed and wrapped; the height of the rest is guessed until it is seen. Decides nothing about what is scrolled to:
//! that comes in, and what was shown goes out.

mod cache;
mod entry;
mod facts;
mod layout;
mod marks;
mod note;
mod places;
mod reading;
mod sought;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use self::cache::Cache;
use self::entry::Entry;
pub(super) use self::facts::shown as shown_facts;
use self::layout::{Frame, Place};
use self::marks::Seen;
pub use self::marks::{Span, Spot};
pub(super) use self::note::wrapped;
use self::reading::Reading;
pub use self::sought::Sought;
use crate::app::{Anchor, Measured, Scroll};
use crate::domain::SafeText;
use crate::ui::highlight::Colours;
use crate::ui::links::Shown;
use crate::ui::{paint, theme};

/// One item: a message with what is said about it.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one message, in any mixture")]
#[derive(Debug, Clone, Default)]
pub struct Item<'a> {
    /// Names it for as long as it is in the list.
    pub key: u64,
    /// Counts the times that its text was replaced, rather than grown at its end.
    pub version: u64,
    /// The author line above it, on one row; none if empty.
    pub head: Vec<(SafeText, Style)>,
    /// The one-column bar left of its text.
    pub bar: Style,
    /// What was said: markdown, untrusted, as it came.
    pub text: &'a str,
    /// More may come: a steady block stands at its open end.
    pub growing: bool,
    /// The text is shown as it was written.
    pub raw: bool,
    /// A person wrote the text: where a line ends in it, one ends on the screen.
    pub lines: bool,
    /// Facts in two columns above the notes, each with its name.
    pub facts: Vec<(SafeText, SafeText)>,
    /// Whether all of the facts are shown, wrapped; else the first of them, each on one row.
    pub whole: bool,
    /// Whether it is picked.
    pub picked: bool,
    /// What the line says that stands above it, across the text; none if there is no line.
    pub divider: Option<&'static str>,
    /// The lines under it: states, failures.
    pub notes: Vec<(SafeText, Style)>,
}

/// The list that a transcript draws.
pub trait Items {
    /// How many items there are.
    fn len(&self) -> usize;
    /// One of them, oldest first. Asked for indices below [`len`](Self::len) alone.
    fn item(&self, index: usize) -> Item<'_>;
    /// Where the item with that key is.
    fn index_of(&self, key: u64) -> Option<usize>;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What was done since the transcript was made. For tests of what a frame costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Bytes that were looked at for boundaries of segments.
    pub bytes_scanned: u64,
    /// Segments that were parsed and wrapped.
    pub segments_rendered: u64,
    /// Their bytes.
    pub bytes_rendered: u64,
}

/// What the last draw showed at the top, to go on from there.
#[derive(Debug, Clone)]
struct Last {
    /// What was asked for, if that is what was shown.
    request: Scroll,
    /// What was told.
    top: Anchor,
    /// The part of the item, and the row in it.
    part: usize,
    row: usize,
    /// How many rows there were for it.
    height: u16,
    /// What was read before the size changed, for as long as nobody scrolls: one change after the other moves nothing.
    reading: Option<Reading>,
}

/// The caches behind a list of items on the screen.
#[derive(Debug, Default)]
pub struct Transcript {
    entries: HashMap<u64, Entry>,
    cache: Cache,
    colours: Colours,
    last: Option<Last>,
    /// The links that the last frame has.
    links: Vec<Shown>,
    stats: Stats,
    seen: Seen,
    /// How many frames were drawn, and for what the last one was laid out.
    frames: u64,
    width: u16,
    ascii: bool,
}

impl Transcript {
    /// A transcript whose code has colours.
    pub fn coloured(colours: Colours) -> Self {
        Self { colours, ..Self::default() }
    }

    /// Draws the items into the area: the end of them, or from a row of one of them on. A position past the end shows
    /// the end, one before the start the start, and one in an item that isn't there the end.
    pub fn draw(&mut self, buf: &mut Buffer, area: Rect, items: &dyn Items, scroll: Scroll, ascii: bool) -> Measured {
        self.draw_sought(buf, area, items, scroll, ascii, None)
    }

    /// The same, with what is searched for marked.
    pub fn draw_sought(
        &mut self,
        buf: &mut Buffer,
        area: Rect,
        items: &dyn Items,
        scroll: Scroll,
        ascii: bool,
        sought: Option<&dyn Sought>,
    ) -> Measured {
        let area = area.intersection(buf.area);
        self.links.clear();
        self.seen.rows.clear();
        if area.is_empty() || items.is_empty() {
            return Measured { at_top: true, at_bottom: true, ..Measured::default() };
        }
        let (last, marked) = (self.last.take(), self.seen.marked);
        let resized = self.read_before(items, last.as_ref(), scroll, area, ascii);
        let stays = last.as_ref().filter(|last| scroll != Scroll::Follow && last.is_asked(scroll));
        let reading = stays.and_then(|last| resized.clone().or_else(|| last.reading.clone()));
        let mut frame = Frame::new(self, items, area.width, ascii);
        frame.sought = sought;
        let height = usize::from(area.height);
        let mut top = match scroll {
            Scroll::Follow => frame.top_of_end(height),
            Scroll::At(anchor) => frame.locate(anchor, last.as_ref(), resized.as_ref(), height),
            Scroll::Show(key) => frame.reveal(key, last.as_ref(), height),
            Scroll::To(passage) => frame.bring(passage, last.as_ref(), height),
        };
        let mut shown = top.map(|top| frame.places(top, height)).unwrap_or_default();
        let past_the_end = shown.len() < height;
        if past_the_end {
            top = frame.top_of_end(height);
            shown = top.map(|top| frame.places(top, height)).unwrap_or_default();
        }
        let Some(top) = top else {
            return Measured { at_top: true, at_bottom: true, ..Measured::default() };
        };
        let mut marks = places::Drawn::default();
        for (place, y) in shown.iter().zip(area.top()..) {
            let row = Rect { y, height: 1, ..area };
            frame.draw_row(buf, row, *place);
            let indent = frame.indent();
            let text = Rect { x: row.x + indent, width: row.width - indent, ..row };
            frame.mark_row(buf, text, *place, &mut marks);
        }
        if let Some(marked) = marked {
            let text = Rect { x: area.x + frame.indent(), width: area.width - frame.indent(), ..area };
            frame.show_marked(buf, text, &shown, marked);
        }
        let at_top = frame.above(top).is_none();
        let at_bottom = shown.len() < height || shown.last().is_none_or(|last| frame.below(*last).is_none());
        let anchor = frame.anchor(top);
        let indent = frame.indent();
        let key = |place: &Place| (items.item(place.index).key, place.part, place.row);
        let rows: Vec<_> = shown.iter().map(key).collect();
        let bottom = rows.last().map(|(key, ..)| *key);
        let seen = shown.first().zip(shown.last()).and_then(|(first, last)| frame.seen(*first, *last));
        self.seen = Seen { area, indent, rows, marked };
        let request = if past_the_end { Scroll::Follow } else { scroll };
        self.last = Some(Last { request, top: anchor, part: top.part, row: top.row, height: area.height, reading });
        self.forget_the_unseen();
        let rows = u16::try_from(shown.len()).unwrap_or(u16::MAX);
        Measured { top: Some(anchor), at_top, at_bottom, bottom, rows, seen }
    }

    /// The links that the last draw showed.
    pub(super) fn links(&self) -> &[Shown] {
        &self.links
    }

    /// What was done so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }
}

impl Frame<'_> {
    /// One row of a part, with the bar left of it if it is said text.
    fn draw_row(&mut self, buf: &mut Buffer, area: Rect, place: Place) {
        let (rows, bar, picked) = (self.rows(place), self.bar(place), self.is_picked(place));
        let indent = self.indent();
        let bar = if picked { Some(theme::ACCENT) } else { bar };
        if let Some(style) = bar.filter(|_| indent > 0) {
            let glyph = match (picked, self.ascii) {
                (false, false) => "▎",
                (true, false) => "█",
                (false, true) => "|",
                (true, true) => "#",
            };
            paint::text(buf, (area.x, area.y), 1, &SafeText::from_static(glyph), style);
        }
        if let Some(row) = rows.get(place.row) {
            let (at, room) = ((area.x + indent, area.y), area.width - indent);
            paint::draw(buf, at, room, &row.line);
            self.see(row.links.iter().filter_map(|link| Shown::new(at, room, &link.columns, &link.target)));
        }
    }
}
