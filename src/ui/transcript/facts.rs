//! Facts in two columns: their names on the left, what they are on the right.

use ratatui::text::Line;

use super::note::{NOTE_COLUMNS, wrapped};
use crate::domain::{SafeText, display_width};
use crate::ui::{paint, theme};

/// So many rows the beginning of the facts takes at most.
const ROWS: usize = 12;
/// The columns between the two.
const GAP: usize = 2;

/// The facts in rows: all of them, wrapped, or the first, each cut to one row.
pub(super) fn rows(facts: &[(SafeText, SafeText)], whole: bool, room: usize) -> Vec<Line<'static>> {
    let widest = facts.iter().map(|(name, _)| display_width(name.as_str())).max().unwrap_or(0);
    let names = widest.min(24).min(room / 2);
    let Some(values) = room.checked_sub(names + GAP).filter(|left| *left > 0) else { return Vec::new() };
    let mut rows = Vec::new();
    for (name, value) in facts.iter().take(if whole { facts.len() } else { shown(facts.len()) }) {
        let mut name = name.truncate(names);
        let style = if whole { theme::PLAIN } else { theme::DIM };
        let lines = if whole {
            wrapped(value, style, values.min(NOTE_COLUMNS))
        } else {
            vec![paint::line(vec![paint::owned(value.truncate(values), style)])]
        };
        for line in lines {
            let gap = names + GAP - display_width(name.as_str());
            let mut spans = vec![
                paint::owned(std::mem::take(&mut name), theme::DIM),
                paint::owned(SafeText::new(&" ".repeat(gap)), theme::PLAIN),
            ];
            spans.extend(line.spans);
            rows.push(paint::line(spans));
        }
    }
    rows
}

/// How many of so many facts the beginning shows; the last row says how many more there are.
pub(in crate::ui) fn shown(count: usize) -> usize {
    if count > ROWS { ROWS - 1 } else { count }
}
