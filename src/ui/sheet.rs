//! A text of many lines in a window: lines are wrapped, only what is seen is made into cells.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::{SafeText, cluster_width, clusters, display_width};
use crate::ui::{paint, theme};

/// The columns of a fact's name.
const NAME: usize = 13;
/// The same where names are longer, without what separates them from the fact.
const LABEL: usize = 12;

/// A text in parts, each under its own name or none.
#[derive(Debug, Default)]
pub(in crate::ui) struct Sheet {
    parts: Vec<Part>,
    seen: Option<usize>,
    /// The rows at the width of the last drawing.
    laid: RefCell<Option<(usize, Rc<[Row]>)>>,
}

#[derive(Debug)]
struct Part {
    lead: SafeText,
    lead_style: Style,
    text: SafeText,
    style: Style,
    /// What of the text stands out, by bytes.
    stands_out: Range<usize>,
}

/// One row: of which part, what of its text, and whether its name stands before it.
#[derive(Debug)]
struct Row {
    part: usize,
    range: Range<usize>,
    first: bool,
}

impl Sheet {
    fn push(&mut self, lead: SafeText, lead_style: Style, text: SafeText, style: Style) {
        self.part(Part { lead, lead_style, text, style, stands_out: 0..0 });
    }

    fn part(&mut self, part: Part) {
        self.laid.take();
        self.parts.push(part);
    }

    /// A fact under its name.
    pub(in crate::ui) fn fact(&mut self, name: &'static str, text: &str) {
        self.styled_fact(name, text, theme::PLAIN);
    }

    /// The same in a style.
    pub(in crate::ui) fn styled_fact(&mut self, name: &'static str, text: &str, style: Style) {
        let lead = SafeText::one_line(&format!("{name:NAME$}"));
        self.push(lead, theme::DIM, SafeText::one_line(text), style);
    }

    /// A fact under a name that is anybody's: a long one stands as it is.
    pub(in crate::ui) fn named(&mut self, name: &str, text: &str) {
        let lead = SafeText::one_line(&format!("{name:LABEL$}  ")).truncate(40);
        self.push(lead, theme::DIM, SafeText::one_line(text), theme::PLAIN);
    }

    /// A text behind a few words of its own style.
    pub(in crate::ui) fn pair(&mut self, lead: &str, lead_style: Style, text: &str, style: Style) {
        self.push(SafeText::one_line(lead).truncate(40), lead_style, SafeText::one_line(text), style);
    }

    /// A line of a text behind its number, with what stands out of it, by bytes.
    pub(in crate::ui) fn line(&mut self, lead: &str, text: SafeText, style: Style, stands_out: Range<usize>) {
        let lead = SafeText::one_line(lead).truncate(40);
        self.part(Part { lead, lead_style: theme::DIM, text, style, stands_out });
    }

    /// A line of its own.
    pub(in crate::ui) fn note(&mut self, text: &str, style: Style) {
        self.push(SafeText::default(), theme::PLAIN, SafeText::one_line(text), style);
    }

    /// A text with its lines as they are.
    pub(in crate::ui) fn text(&mut self, text: SafeText, style: Style) {
        self.push(SafeText::default(), theme::PLAIN, text, style);
    }

    /// A heading, with a few words behind it, and air above.
    pub(in crate::ui) fn heading(&mut self, words: &'static str, aside: &str) {
        self.blank();
        let lead = SafeText::one_line(&format!("{words}  "));
        self.push(lead, theme::BOLD, SafeText::one_line(aside), theme::DIM);
    }

    /// An empty line.
    pub(in crate::ui) fn blank(&mut self) {
        self.note("", theme::PLAIN);
    }

    /// The part that was pushed last is to be in sight.
    pub(in crate::ui) fn keep_in_sight(&mut self) {
        self.seen = self.parts.len().checked_sub(1);
    }

    fn rows(&self, columns: usize) -> Rc<[Row]> {
        if let Some((_, rows)) = self.laid.borrow().as_ref().filter(|(laid, _)| *laid == columns) {
            return Rc::clone(rows);
        }
        let rows: Rc<[Row]> = self.lay(columns).into();
        self.laid.replace(Some((columns, Rc::clone(&rows))));
        rows
    }

    fn lay(&self, columns: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (part, Part { lead, text, .. }) in self.parts.iter().enumerate() {
            let room = columns.saturating_sub(display_width(lead.as_str())).max(8);
            let mut first = true;
            for range in wrapped(text.as_str(), room) {
                rows.push(Row { part, range, first });
                first = false;
            }
        }
        rows
    }

    /// How many rows it takes at that width.
    pub(in crate::ui) fn height(&self, columns: u16) -> u16 {
        u16::try_from(self.rows(usize::from(columns)).len()).unwrap_or(u16::MAX)
    }

    /// Draws the rows from one on, and tells how many there are.
    pub(in crate::ui) fn draw(&self, area: Rect, buf: &mut Buffer, top: usize) -> usize {
        if area.is_empty() {
            return 0;
        }
        let rows = self.rows(usize::from(area.width));
        // Two rows of air below, for what is said of that part.
        let seen = self.seen.and_then(|part| rows.iter().rposition(|row| row.part == part));
        let top = top.max(seen.map_or(0, |at| (at + 3).saturating_sub(usize::from(area.height))));
        let top = top.min(rows.len().saturating_sub(usize::from(area.height)));
        for (row, y) in rows.iter().skip(top).zip(area.top()..area.bottom()) {
            let Some(part) = self.parts.get(row.part) else { continue };
            let lead = u16::try_from(display_width(part.lead.as_str())).unwrap_or(0).min(area.width);
            if row.first {
                paint::text(buf, (area.x, y), area.width, &part.lead, part.lead_style);
            }
            let (from, to) = (row.range.start, row.range.end);
            let (begin, end) = (part.stands_out.start.clamp(from, to), part.stands_out.end.clamp(from, to));
            let mut x = area.x + lead;
            let stands_out = part.style.patch(theme::STANDS_OUT);
            for (range, style) in [(from..begin, part.style), (begin..end, stands_out), (end..to, part.style)] {
                x += paint::text(buf, (x, y), area.right().saturating_sub(x), &part.text.part(range), style);
            }
        }
        rows.len()
    }
}

/// The rows that a text takes, by bytes: at its line ends, and where a row is full, after a space if there is one in
/// its second half.
pub(in crate::ui) fn wrapped(text: &str, columns: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        if line.len() <= columns {
            rows.push(start..end);
        } else {
            wrap_line(line, start, columns, &mut rows);
        }
        start = end + 1;
    }
    rows
}

fn wrap_line(line: &str, offset: usize, columns: usize, rows: &mut Vec<Range<usize>>) {
    let (mut from, mut used, mut space) = (0, 0, None);
    for (at, cluster) in clusters(line) {
        let width = cluster_width(cluster);
        if used + width > columns {
            let end = match space {
                Some((end, _)) if at - from < 2 * (end - from) => end,
                _ => at,
            };
            rows.push(offset + from..offset + end);
            from = end;
            used = display_width(line.get(from..at).unwrap_or_default());
            space = None;
        }
        used += width;
        if cluster == " " {
            space = Some((at + 1, used));
        }
    }
    rows.push(offset + from..offset + line.len());
}

/// The text with spaces behind it, up to that many columns.
pub(in crate::ui) fn padded(text: &SafeText, columns: usize) -> SafeText {
    let mut out = text.clone();
    out.push(&SafeText::new(&" ".repeat(columns.saturating_sub(display_width(text.as_str())))));
    out
}

/// A number with its thousands apart.
pub(in crate::ui) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str, columns: usize) -> Vec<&str> {
        wrapped(text, columns).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn rows_break_at_spaces_and_else_where_they_are_full() {
        assert_eq!(lines("one two three\nfour", 8), ["one two ", "three", "four"]);
        assert_eq!(lines("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(lines("a bcdefghij", 8), ["a bcdefg", "hij"]);
        assert_eq!(lines("日本語", 4), ["日本", "語"]);
        assert_eq!(lines("", 4), [""]);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 1_048_576].map(grouped), ["0", "999", "1,000", "1,048,576"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_lost_and_no_row_is_too_wide(raw in any::<String>(), columns in 8_usize..60) {
            let text = SafeText::new(&raw);
            let rows = lines(text.as_str(), columns);
            prop_assert_eq!(rows.concat(), text.as_str().replace('\n', ""));
            prop_assert!(rows.iter().all(|row| display_width(row) <= columns));
        }
    }
}
