//! One frame's view of the items: the parts that each is made of, and the rows of a part.

use std::ops::Range;
use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::Line;

use super::cache::{Rows, Stamp};
use super::entry::Entry;
use super::note::{NOTE_COLUMNS, noted};
use super::{Item, Items, Sought, Transcript, facts};
use crate::app::Anchor;
use crate::domain::{SafeText, display_width};
use crate::export::blank_lines_above;
use crate::ui::highlight::Brush;
use crate::ui::links::Shown;
use crate::ui::markdown::{Kind, Row, SEGMENT_BYTES, Setting, Styles, raw, render_inked};
use crate::ui::{paint, theme};

/// What stands left of the text takes this many columns, where there is room for it.
const INDENT: u16 = 2;
/// Entries that are kept beside the ones of this frame.
const MAX_ENTRIES: usize = 4096;

/// A row of a part of an item. The parts are its author line, its segments, its notes, and the row that separates it
/// from the next item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) index: usize,
    pub(super) part: usize,
    pub(super) row: usize,
}

/// What a part is.
enum Part {
    Head,
    Segment(usize),
    Notes,
    Gap,
}

/// The items during one draw.
pub(super) struct Frame<'f> {
    kept: &'f mut Transcript,
    items: &'f dyn Items,
    /// How many items there are.
    pub(super) count: usize,
    width: u16,
    /// Only ASCII glyphs.
    pub(super) ascii: bool,
    /// What is searched for.
    pub(super) sought: Option<&'f dyn Sought>,
    /// The item that was looked at last.
    current: Option<(usize, Item<'f>)>,
}

impl<'f> Frame<'f> {
    pub(super) fn new(kept: &'f mut Transcript, items: &'f dyn Items, width: u16, ascii: bool) -> Self {
        kept.frame(width, ascii);
        Self { kept, items, count: items.len(), width, ascii, sought: None, current: None }
    }

    /// The columns left of the text.
    pub(super) fn indent(&self) -> u16 {
        if self.width > 2 * INDENT { INDENT } else { 0 }
    }

    fn room(&self) -> u16 {
        self.width - self.indent()
    }

    pub(super) fn index_of(&self, key: u64) -> Option<usize> {
        self.items.index_of(key).filter(|index| *index < self.count)
    }

    /// Looks at an item: reads what is new of it, if it wasn't the one looked at before.
    fn look_up(&mut self, index: usize) {
        if matches!(&self.current, Some((current, _)) if *current == index) {
            return;
        }
        let item = self.items.item(index);
        let room = self.room();
        let kept = &mut *self.kept;
        let entry = kept.entries.entry(item.key).or_insert_with(|| Entry::new(item.version));
        if entry.is_replaced(item.version, item.text) {
            kept.cache.forget(item.key);
            *entry = Entry::new(item.version);
        }
        kept.stats.bytes_scanned += entry.read(item.text, room, item.growing, item.raw) as u64;
        entry.used = kept.frames;
        self.current = Some((index, item));
    }

    fn entry(&mut self, index: usize) -> Option<&mut Entry> {
        self.look_up(index);
        let (_, item) = self.current.as_ref()?;
        self.kept.entries.get_mut(&item.key)
    }

    /// The key of a part's item and the bytes of its text that the part shows; none where it shows no text.
    pub(super) fn source(&mut self, place: Place) -> Option<(u64, Range<usize>)> {
        let Part::Segment(at) = self.part(place.index, place.part) else { return None };
        let bytes = self.entry(place.index)?.segment(at)?.range;
        self.current.as_ref().map(|(_, item)| (item.key, bytes))
    }

    /// The key of an item and the bytes of its text.
    pub(super) fn looked_at(&mut self, index: usize) -> Option<(u64, usize)> {
        self.look_up(index);
        self.current.as_ref().map(|(_, item)| (item.key, item.text.len()))
    }

    /// The segment of an item that a byte of its text is in.
    pub(super) fn segment_at(&mut self, index: usize, byte: usize) -> Option<usize> {
        self.entry(index).map(|entry| entry.segment_at(byte))
    }

    /// How many parts an item has.
    pub(super) fn parts(&mut self, index: usize) -> usize {
        self.entry(index).map_or(0, |entry| entry.len()) + 3
    }

    fn part(&mut self, index: usize, part: usize) -> Part {
        let segments = self.entry(index).map_or(0, |entry| entry.len());
        match part {
            0 => Part::Head,
            _ if part <= segments => Part::Segment(part - 1),
            _ if part == segments + 1 => Part::Notes,
            _ => Part::Gap,
        }
    }

    /// Takes note of links that were drawn.
    pub(super) fn see(&mut self, links: impl Iterator<Item = Shown>) {
        self.kept.links.extend(links);
    }

    /// The rows of a part, laid out if they aren't known.
    pub(super) fn height(&mut self, index: usize, part: usize) -> usize {
        if let Part::Segment(at) = self.part(index, part)
            && let Some(known) = self.entry(index).and_then(|entry| entry.known(at))
        {
            return known;
        }
        self.rows(Place { index, part, row: 0 }).len()
    }

    /// The key of the item and the segment that a part is; none where it is no segment.
    pub(super) fn segment_at_place(&mut self, place: Place) -> Option<(u64, usize)> {
        let Part::Segment(at) = self.part(place.index, place.part) else { return None };
        self.current.as_ref().map(|(_, item)| (item.key, at))
    }

    /// The rows of a segment as they were made last, of whatever text and for whatever width.
    pub(super) fn last_rows(&self, item: u64, segment: usize) -> Option<Rows> {
        self.kept.cache.last(item, segment)
    }

    /// The bar left of a part.
    pub(super) fn bar(&mut self, place: Place) -> Option<Style> {
        let said = matches!(self.part(place.index, place.part), Part::Segment(_));
        self.current.as_ref().filter(|_| said).map(|(_, item)| item.bar)
    }

    /// Whether a row belongs to an item that is picked. What separates it from the next does not.
    pub(super) fn is_picked(&mut self, place: Place) -> bool {
        let part = self.part(place.index, place.part);
        self.current.as_ref().is_some_and(|(_, item)| {
            let divider = matches!(part, Part::Head) && place.row == 0 && item.divider.is_some();
            item.picked && !divider && !matches!(part, Part::Gap)
        })
    }

    /// The rows of a part.
    pub(super) fn rows(&mut self, place: Place) -> Rows {
        let part = self.part(place.index, place.part);
        let room = usize::from(self.room());
        let Some((_, item)) = &self.current else { return Arc::default() };
        match part {
            Part::Segment(at) => self.segment_rows(at),
            Part::Head => {
                let divider = item.divider.map(|words| divider(words, room, self.ascii));
                divider.into_iter().chain(head(&item.head, room)).map(Row::from).collect()
            }
            Part::Notes => {
                let notes = item.notes.iter().flat_map(|(note, style)| noted(note, *style, room));
                facts::rows(&item.facts, item.whole, room).into_iter().map(Row::from).chain(notes).collect()
            }
            Part::Gap if place.index + 1 < self.count => [Row::default()].into(),
            Part::Gap => Arc::default(),
        }
    }

    /// The rows of a segment of the item that is looked at.
    fn segment_rows(&mut self, at: usize) -> Rows {
        let (width, ascii) = (self.room(), self.ascii);
        let Some((_, item)) = &self.current else { return Arc::default() };
        let kept = &mut *self.kept;
        let Some(entry) = kept.entries.get_mut(&item.key) else { return Arc::default() };
        let Some(segment) = entry.segment(at) else { return Arc::default() };
        let cursor = item.growing && at + 1 == entry.len();
        let (version, Range { start, end }) = (item.version, segment.range.clone());
        let stamp = Stamp { version, start, end, width, cursor, raw: item.raw, lines: item.lines, ascii };
        let colours = kept.colours.generation();
        if let Some(rows) = kept.cache.get(item.key, at, stamp, colours) {
            entry.learn(at, rows.len());
            return rows;
        }
        let text = item.text.get(segment.range.clone()).unwrap_or_default();
        if segment.kind == Kind::Prose && !cursor && !item.raw && text.trim_ascii_start().is_empty() {
            entry.learn(at, 0);
            return Arc::default();
        }
        let (mut lines, waits) = if item.raw {
            (raw(text, width), false)
        } else {
            let before = entry.before(at, item.text);
            let setting =
                Setting { growing: cursor, lines: item.lines, before, ..Setting::new(width, Styles::new(ascii)) };
            let above = item.text.get(entry.code_from(at)..start).unwrap_or_default();
            let brush = Brush::new(&kept.colours).below(above).open(cursor);
            render_inked(text, segment.kind, &setting, brush)
        };
        if cursor {
            put_cursor(&mut lines, usize::from(width), ascii);
        }
        if !segment.glued && !item.raw && !lines.is_empty() {
            let kept = if item.lines { above(item.text, start) } else { 0 };
            lines.splice(..0, (0..kept.max(usize::from(at > 0))).map(|_| Row::default()));
        }
        let rows: Rows = lines.into();
        kept.stats.segments_rendered += 1;
        kept.stats.bytes_rendered += text.len() as u64;
        kept.cache.insert(item.key, at, stamp, &rows, waits.then_some(colours));
        entry.learn(at, rows.len());
        rows
    }

    /// The rows of an item, as far as they are known and guessed where not. What was never looked at isn't read.
    pub(super) fn rows_about(&mut self, index: usize) -> usize {
        let item = self.items.item(index);
        if !self.kept.entries.contains_key(&item.key) {
            return item.text.len() / usize::from(self.room().max(1)) + 3;
        }
        let text = self.entry(index).map_or(0, |entry| entry.total());
        let parts = self.parts(index);
        text + self.height(index, 0) + self.height(index, parts - 2) + self.height(index, parts - 1)
    }

    /// The part that a row of an item is in, by what is known and guessed.
    pub(super) fn find(&mut self, index: usize, row: usize) -> Place {
        let head = self.height(index, 0);
        let Some(below) = row.checked_sub(head) else { return Place { index, part: 0, row } };
        let parts = self.parts(index);
        let text = self.entry(index).map_or(0, |entry| entry.total());
        if below < text {
            let (at, row) = self.entry(index).map_or((0, 0), |entry| entry.find(below));
            return Place { index, part: at + 1, row };
        }
        let notes = self.height(index, parts - 2);
        let (part, row) =
            if below - text < notes { (parts - 2, below - text) } else { (parts - 1, below - text - notes) };
        Place { index, part, row }
    }

    /// The place by its item's key and the rows of the item before it. In a text of an ordinary size those are laid
    /// out, so that the number is exact; in a larger one the ones that weren't seen are guessed.
    pub(super) fn anchor(&mut self, place: Place) -> Anchor {
        self.look_up(place.index);
        if self.current.as_ref().is_some_and(|(_, item)| item.text.len() <= SEGMENT_BYTES) {
            for part in 0..place.part {
                self.height(place.index, part);
            }
        }
        let head = self.height(place.index, 0);
        let before = match self.part(place.index, place.part) {
            Part::Head => 0,
            Part::Segment(at) => head + self.entry(place.index).map_or(0, |entry| entry.rows_before(at)),
            Part::Notes => head + self.entry(place.index).map_or(0, |entry| entry.total()),
            Part::Gap => {
                let text = self.entry(place.index).map_or(0, |entry| entry.total());
                head + text + self.height(place.index, place.part - 1)
            }
        };
        self.look_up(place.index);
        let item = self.current.as_ref().map_or(0, |(_, item)| item.key);
        Anchor { item, row: i64::try_from(before + place.row).unwrap_or(i64::MAX) }
    }
}

impl Transcript {
    /// Begins a frame: what was laid out for another width goes.
    fn frame(&mut self, width: u16, ascii: bool) {
        if (self.width, self.ascii) != (width, ascii) {
            (self.width, self.ascii) = (width, ascii);
            self.cache.clear();
        }
        self.frames += 1;
    }

    /// Keeps the index of what was looked at lately alone, in a list so long that it matters.
    pub(super) fn forget_the_unseen(&mut self) {
        if self.entries.len() > MAX_ENTRIES {
            let frames = self.frames;
            self.entries.retain(|_, entry| entry.used == frames);
        }
    }
}

/// The blank lines above the first words of a segment that begins at a byte.
fn above(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let words = rest.find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n')).unwrap_or_default();
    blank_lines_above(text, start + words, false)
}

/// A line across the text with a few words in it.
fn divider(words: &'static str, room: usize, ascii: bool) -> Line<'static> {
    let stroke = if ascii { "-" } else { "─" };
    let text = format!("{} {words} ", stroke.repeat(2));
    let left = room.min(NOTE_COLUMNS).saturating_sub(display_width(&text));
    let text = SafeText::one_line(&format!("{text}{}", stroke.repeat(left))).truncate(room);
    paint::line(vec![paint::owned(text, theme::ACCENT)])
}

/// The author line, cut to one row.
fn head(spans: &[(SafeText, Style)], room: usize) -> Option<Line<'static>> {
    let mut left = room;
    let mut line = Vec::new();
    for (text, style) in spans.iter().filter(|(text, _)| !text.is_empty()) {
        let text = text.truncate(left);
        left -= display_width(text.as_str());
        line.push(paint::owned(text, *style));
    }
    (!line.is_empty()).then(|| paint::line(line))
}

/// The steady block at the open end, on a row of its own if the last one is full.
fn put_cursor(rows: &mut Vec<Row>, width: usize, ascii: bool) {
    let cursor = paint::fixed(if ascii { "_" } else { "▌" }, Style::new());
    match rows.last_mut() {
        Some(row) if paint::width(&row.line) < width => {
            // It is no text: nobody who marks its row wants it.
            let at = u16::try_from(paint::width(&row.line)).unwrap_or(u16::MAX - 1);
            row.borders = row.borders.iter().cloned().chain(std::iter::once(at..at + 1)).collect();
            row.line.spans.push(cursor);
        }
        _ => rows.push(Row { borders: std::iter::once(0..1).collect(), ..Row::from(paint::line(vec![cursor])) }),
    }
}
