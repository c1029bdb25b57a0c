//! One whole markdown text as rows, for a pane of its own: rendered once, and what did not change since is not rendered
//! again. The rows of a text that streams are the transcript's.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::highlight::{BLOCK_BYTES, Brush, Colours};
use super::markdown::{Count, Kind, NUMBERED_BYTES, Row, Segment, Setting, Splitter, Styles, render_inked};
use super::paint;

/// So many bytes are rendered; the rest is told by its number.
pub(super) const BYTES: usize = 1024 * 1024;

type Rows = Arc<[Row]>;

/// What the rows were made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stamp {
    text: u64,
    bytes: usize,
    width: u16,
    ascii: bool,
}

/// A text's segments, rendered.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    stamp: Stamp,
    parts: Vec<Part>,
    /// The rows of segments, by what they say.
    known: HashMap<u64, Rows>,
    rows: usize,
    colours: Colours,
    /// The text, if there is code in it whose colours may come.
    text: String,
}

/// A segment, rendered.
#[derive(Debug)]
struct Part {
    segment: Segment,
    /// Where the code block begins that it goes on with.
    code_from: usize,
    /// What is numbered before it.
    numbered: Option<Count>,
    /// A blank row stands before it.
    apart: bool,
    /// How many rows lie above it, and its own.
    above: usize,
    rows: Rows,
    /// What the rows are known by.
    key: u64,
    /// Colours of it weren't known yet: when that was, by their count.
    waits: Option<u64>,
}

impl Rendered {
    /// The same with code in colours.
    pub(super) fn coloured(colours: Colours) -> Self {
        Self { colours, ..Self::default() }
    }

    /// Lays a text out, and tells how many rows it takes.
    pub(super) fn lay(&mut self, text: &str, width: u16, ascii: bool) -> usize {
        let text = text.get(..text.floor_char_boundary(BYTES)).unwrap_or(text);
        let stamp = Stamp { text: hash(text), bytes: text.len(), width, ascii };
        if self.stamp == stamp {
            return self.rows;
        }
        if (self.stamp.width, self.stamp.ascii) != (width, ascii) {
            self.known.clear();
        }
        self.stamp = stamp;
        let mut splitter = Splitter::default();
        splitter.advance(text);
        let before = std::mem::take(&mut self.known);
        self.parts.clear();
        self.rows = 0;
        let mut count = Count::default();
        for (nth, segment) in splitter.segments().enumerate() {
            let part = text.get(segment.range.clone()).unwrap_or_default();
            let apart = !segment.glued && self.rows > 0;
            let code_from = splitter.code_from(nth);
            let above = text.get(code_from..segment.range.start).unwrap_or_default();
            let numbered = (segment.range.start <= NUMBERED_BYTES).then_some(count);
            if numbered.is_some() {
                count += Count::for_text(part, segment.kind);
            }
            let setting = Setting { before: numbered, ..Setting::new(width, Styles::new(ascii)) };
            let key = hash(&(part, apart, kind(&segment), coloured(above), numbered));
            // What isn't seen yet asks for no colours.
            let brush = Brush::new(&self.colours).below(above).silent();
            let (rows, waits) = match before.get(&key).or_else(|| self.known.get(&key)) {
                Some(rows) => (Arc::clone(rows), false),
                None => rows_of(part, &segment, apart, &setting, brush),
            };
            let above = self.rows;
            self.rows += rows.len();
            if !waits {
                self.known.insert(key, Arc::clone(&rows));
            }
            let waits = waits.then_some(u64::MAX);
            self.parts.push(Part { segment, code_from, numbered, apart, above, rows, key, waits });
        }
        self.text.clear();
        if self.parts.iter().any(|part| part.waits.is_some()) {
            text.clone_into(&mut self.text);
        }
        self.rows
    }

    /// How many rows it takes, as last laid out.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The first row of what stands at a byte of the text.
    pub(super) fn row_at(&self, byte: usize) -> usize {
        let part = self.parts.partition_point(|part| part.segment.range.end <= byte);
        let Some(part) = self.parts.get(part) else { return self.rows.saturating_sub(1) };
        let range = &part.segment.range;
        // In a long segment about there.
        part.above + part.rows.len() * byte.saturating_sub(range.start) / range.len().max(1)
    }

    /// Draws the rows from one on.
    pub(super) fn draw(&mut self, area: Rect, buf: &mut Buffer, top: usize) {
        let first = self.parts.partition_point(|part| part.above + part.rows.len() <= top);
        self.colour(first, top + usize::from(area.height));
        let shown =
            self.parts.iter().skip(first).flat_map(|part| part.rows.iter().skip(top.saturating_sub(part.above)));
        for (row, y) in shown.zip(area.top()..area.bottom()) {
            paint::draw(buf, (area.x, y), area.width, &row.line);
        }
    }

    /// Renders again what lies before a row and has waited for colours that may be there now.
    fn colour(&mut self, first: usize, before: usize) {
        let now = self.colours.generation();
        let (width, ascii) = (self.stamp.width, self.stamp.ascii);
        let seen = self.parts.iter_mut().skip(first).take_while(|part| part.above < before);
        for part in seen.filter(|part| part.waits.is_some_and(|then| then != now)) {
            let text = self.text.get(part.segment.range.clone()).unwrap_or_default();
            let above = self.text.get(part.code_from..part.segment.range.start).unwrap_or_default();
            let brush = Brush::new(&self.colours).below(above);
            let setting = Setting { before: part.numbered, ..Setting::new(width, Styles::new(ascii)) };
            let (rows, waits) = rows_of(text, &part.segment, part.apart, &setting, brush);
            part.rows = rows;
            part.waits = waits.then_some(now);
            if !waits {
                self.known.insert(part.key, Arc::clone(&part.rows));
            }
        }
    }
}

fn rows_of(text: &str, segment: &Segment, apart: bool, setting: &Setting, brush: Brush<'_>) -> (Rows, bool) {
    if segment.kind == Kind::Prose && text.trim_ascii_start().is_empty() {
        return (Arc::default(), false);
    }
    let (mut rows, waits) = render_inked(text, segment.kind, setting, brush);
    if apart && !rows.is_empty() {
        rows.insert(0, Row::default());
    }
    (rows.into(), waits)
}

/// What stands above code, as far as its colours depend on it.
fn coloured(above: &str) -> Option<&str> {
    (1..=BLOCK_BYTES).contains(&above.len()).then_some(above)
}

/// What tells segments of the same text apart.
fn kind(segment: &Segment) -> String {
    format!("{:?}", segment.kind)
}

pub(super) fn hash(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rendered: &mut Rendered, top: usize, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, 30, height);
        let mut buf = Buffer::empty(area);
        rendered.draw(area, &mut buf, top);
        let row = |y: u16| (0..30).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..height).map(row).collect()
    }

    #[test]
    fn rows_are_found_from_any_row_on() {
        let mut rendered = Rendered::default();
        let text = "# Title\n\nOne\n\n- a\n- b\n";
        assert_eq!(rendered.lay(text, 30, false), 6);
        assert_eq!(drawn(&mut rendered, 0, 6), ["# Title", "", "One", "", "• a", "• b"]);
        assert_eq!(drawn(&mut rendered, 3, 4), ["", "• a", "• b", ""]);
        assert_eq!(rendered.row_at(0), 0);
        assert!(rendered.row_at(text.find("- b").unwrap()) >= 4);
    }

    #[test]
    fn what_did_not_change_is_not_rendered_again() {
        let mut rendered = Rendered::default();
        rendered.lay("one\n\ntwo\n\nthree\n", 30, false);
        let before: Vec<Rows> = rendered.parts.iter().map(|part| Arc::clone(&part.rows)).collect();
        rendered.lay("one\n\n2\n\nthree\n", 30, false);
        let same: Vec<bool> = before.iter().zip(&rendered.parts).map(|(a, b)| Arc::ptr_eq(a, &b.rows)).collect();
        assert_eq!(same, [true, false, true]);
    }
}
