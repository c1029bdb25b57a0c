//! A search in the open conversation, drawn: its line at the foot of the transcript, and what it marks.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::glyphs::Glyphs;
use super::line_input::in_sight;
use super::sheet::grouped;
use super::transcript::Sought;
use super::{paint, theme};
use crate::app::{Find, Refresh, State};
use crate::domain::{Query, SafeText, display_width};

/// The fewest columns that are left for what is written.
const LEAST: usize = 12;

/// What a search in the conversation marks.
pub(super) struct Places<'a> {
    pub(super) finding: &'a Find,
    pub(super) query: &'a Query,
}

impl Sought for Places<'_> {
    fn in_text(&self, key: u64) -> &[Range<usize>] {
        self.finding.places(key)
    }

    fn on_screen(&self, shown: &str) -> Vec<Range<usize>> {
        self.query.places(shown)
    }

    fn current(&self) -> Option<(u64, usize)> {
        self.finding.current.map(|at| (at.item, at.nth))
    }
}

/// Draws the line. Tells where the terminal's cursor is to stand, if the line has the keys.
pub(super) fn line(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    finding: &Find,
    glyphs: &Glyphs,
) -> Option<(u16, u16)> {
    let columns = usize::from(area.width);
    let lit = if finding.writing { theme::ACCENT } else { theme::DIM };
    paint::text(buf, (area.x, area.y), area.width, &SafeText::from_static("/ "), lit);
    let room = columns.saturating_sub(2);
    let text = SafeText::one_line(&finding.text);
    let most = room.saturating_sub(display_width(text.as_str()).clamp(LEAST, room.max(LEAST) / 2) + 2);
    let (said, style) = said(state, finding, most, glyphs);
    let width = display_width(said.as_str());
    let left = room.saturating_sub(if width > 0 { width + 2 } else { 0 });
    let seen = in_sight(&finding.text, left.saturating_sub(1));
    let written = if finding.text.is_fresh() { theme::BOLD.patch(theme::SELECTED) } else { theme::BOLD };
    paint::text(buf, (area.x + 2, area.y), area.width.saturating_sub(2), &seen.text(), written);
    let at = area.right().saturating_sub(u16::try_from(width).unwrap_or(u16::MAX)).max(area.x);
    paint::text(buf, (at, area.y), area.right() - at, &said, style);
    finding.writing.then_some((area.x + 2 + seen.cursor(), area.y))
}

/// What came of it, in the longest words that have room.
fn said(state: &State, finding: &Find, room: usize, glyphs: &Glyphs) -> (SafeText, Style) {
    let fitting = |texts: Vec<String>| {
        let texts = texts.into_iter().map(|text| SafeText::one_line(&text));
        let mut last = SafeText::default();
        for text in texts {
            if display_width(text.as_str()) <= room {
                return text;
            }
            last = text;
        }
        last.truncate(room)
    };
    if let Some(problem) = &finding.problem {
        return (fitting(vec![problem.clone()]), theme::BAD);
    }
    if finding.query.is_none() {
        return (SafeText::default(), theme::DIM);
    }
    let (number, total) = finding.count;
    let count = match (number, total) {
        (_, 0) => None,
        (Some(number), total) => Some(format!("{} of {}", grouped(number as u64), grouped(total as u64))),
        (None, 1) => Some("1 place".to_owned()),
        (None, total) => Some(format!("{} places", grouped(total as u64))),
    };
    let loaded = grouped(state.channel().chat.history.len() as u64);
    let all = finding.messages.filter(|all| *all >= state.channel().chat.history.len() as u64).map(grouped);
    let reach = all.as_ref().map_or_else(|| loaded.clone(), |all| format!("{loaded} of {all}"));
    let dot = glyphs.dot;
    if finding.seek.is_some() {
        let searching = format!("searching{} {reach}", glyphs.dots);
        let texts =
            vec![count.map_or_else(|| searching.clone(), |count| format!("{count}{dot}{searching}")), searching];
        return (fitting(texts), theme::ACCENT);
    }
    let reading = match &state.channel().chat.refresh {
        Refresh::Reading { got, total: Some(total) } if got < total => {
            Some(format!("read {} of {}", grouped(*got), grouped(*total)))
        }
        _ => None,
    };
    let older = state.channel().chat.older.then(|| format!("in the newest {reach}")).or(reading);
    let style = if count.is_none() { theme::WARN } else { theme::PLAIN };
    let short = if state.channel().chat.older { "+" } else { "" };
    let texts = match (count, older) {
        (Some(count), Some(older)) => vec![format!("{count}{dot}{older}"), format!("{count}{short}")],
        (Some(count), None) => vec![count],
        (None, Some(older)) => vec![format!("nowhere {older}"), "nowhere".to_owned()],
        (None, None) => vec!["nowhere in this conversation".to_owned(), "nowhere".to_owned()],
    };
    (fitting(texts), style)
}
