//! One whole markdown text as rows, for a pane of its own: rendered once, and what did not change since is not rendered
//! again. The rows of a text that streams are the transcript's.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::markdown::{Count, Kind, NUMBERED_BYTES, Row, Segment, Setting, Splitter, Styles, render};
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
    /// The last byte of each segment, how many rows lie above it, and its own.
    parts: Vec<(usize, usize, Rows)>,
    /// The rows of segments, by what they say.
    known: HashMap<u64, Rows>,
    rows: usize,
}

impl Rendered {
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
        for segment in splitter.segments() {
            let part = text.get(segment.range.clone()).unwrap_or_default();
            let apart = !segment.glued && self.rows > 0;
            let numbered = (segment.range.start <= NUMBERED_BYTES).then_some(count);
            let key = hash(&(part, apart, kind(&segment), numbered));
            let rows = match before.get(&key).or_else(|| self.known.get(&key)) {
                Some(rows) => Arc::clone(rows),
                None => {
                    let setting = Setting { before: numbered, ..Setting::new(width, Styles::new(ascii)) };
                    rows_of(part, &segment, apart, &setting)
                }
            };
            if numbered.is_some() {
                count += Count::of(part, segment.kind);
            }
            self.parts.push((segment.range.end, self.rows, Arc::clone(&rows)));
            self.rows += rows.len();
            self.known.insert(key, rows);
        }
        self.rows
    }

    /// The first row of what stands at a byte of the text.
    pub(super) fn row_at(&self, byte: usize) -> usize {
        let part = self.parts.partition_point(|(end, ..)| *end <= byte);
        let (from, (end, above, rows)) =
            match (part.checked_sub(1).and_then(|n| self.parts.get(n)), self.parts.get(part)) {
                (_, None) => return self.rows.saturating_sub(1),
                (before, Some(part)) => (before.map_or(0, |before| before.0), part),
            };
        // In a long segment about there.
        above + rows.len() * byte.saturating_sub(from) / end.saturating_sub(from).max(1)
    }

    /// Draws the rows from one on.
    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, top: usize) {
        let first = self.parts.partition_point(|(_, above, rows)| above + rows.len() <= top);
        let shown =
            self.parts.iter().skip(first).flat_map(|(_, above, rows)| rows.iter().skip(top.saturating_sub(*above)));
        for (row, y) in shown.zip(area.top()..area.bottom()) {
            paint::draw(buf, (area.x, y), area.width, &row.line);
        }
    }
}

fn rows_of(text: &str, segment: &Segment, apart: bool, setting: &Setting) -> Rows {
    if segment.kind == Kind::Prose && text.trim_ascii_start().is_empty() {
        return Arc::default();
    }
    let mut lines = render(text, segment.kind, setting);
    if apart && !lines.is_empty() {
        lines.insert(0, Row::default());
    }
    lines.into()
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

    fn drawn(rendered: &Rendered, top: usize, height: u16) -> Vec<String> {
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
        assert_eq!(drawn(&rendered, 0, 6), ["# Title", "", "One", "", "• a", "• b"]);
        assert_eq!(drawn(&rendered, 3, 4), ["", "• a", "• b", ""]);
        assert_eq!(rendered.row_at(0), 0);
        assert!(rendered.row_at(text.find("- b").unwrap()) >= 4);
    }

    #[test]
    fn what_did_not_change_is_not_rendered_again() {
        let mut rendered = Rendered::default();
        rendered.lay("one\n\ntwo\n\nthree\n", 30, false);
        let before: Vec<Rows> = rendered.parts.iter().map(|(.., rows)| Arc::clone(rows)).collect();
        rendered.lay("one\n\n2\n\nthree\n", 30, false);
        let same: Vec<bool> = before.iter().zip(&rendered.parts).map(|(a, (.., b))| Arc::ptr_eq(a, b)).collect();
        assert_eq!(same, [true, false, true]);
    }
}
