//! What frames the panes: borders, the line of a filter, the notice, whether the program listens.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use super::glyphs::Glyphs;
use super::line_input::in_sight;
use super::{paint, theme};
use crate::app::{LineInput, ListenerState, State};
use crate::domain::{SafeText, display_width};
use crate::ui::paint::Painted as _;

/// Draws a pane's border with a title on the left and one on the right, and says what is inside.
pub(super) fn pane(
    area: Rect,
    buf: &mut Buffer,
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    focused: bool,
    glyphs: &Glyphs,
) -> Rect {
    let style = if focused { theme::ACCENT } else { theme::DIM };
    let block = Block::bordered().border_style(style);
    let block = if glyphs.ascii { block.border_set(ASCII_BORDER) } else { block.border_type(BorderType::Rounded) };
    let inner = block.inner(area);
    block.render(area, buf);
    let top = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height.min(1), ..area };
    paint::line(right).alignment(Alignment::Right).paint(top, buf);
    paint::line(left).paint(top, buf);
    // One column of air on both sides of the text.
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

const ASCII_BORDER: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The line above a list on which it is narrowed.
pub(super) fn filter_line(
    filter: &LineInput,
    (filtering, focused): (bool, bool),
    columns: u16,
    glyphs: &Glyphs,
) -> Line<'static> {
    if filtering {
        let mut spans = vec![paint::fixed("/ ", theme::ACCENT)];
        spans.extend(in_sight(filter, usize::from(columns).saturating_sub(3)).spans(theme::ACCENT, glyphs));
        return paint::line(spans);
    }
    let text = SafeText::one_line(filter);
    if text.is_empty() {
        return paint::line(vec![paint::fixed("/ filter", if focused { theme::PLAIN } else { theme::DIM })]);
    }
    paint::line(vec![paint::fixed("/ ", theme::DIM), paint::owned(text, theme::BOLD)])
}

/// Whether the program listens, in a few words, and whether anybody but this machine can reach it.
pub(super) fn listener(state: &State) -> Vec<Span<'static>> {
    let Some(listener) = &state.webhooks.listener else { return Vec::new() };
    let (text, style) = match &listener.state {
        ListenerState::Starting => ("listener starting".to_owned(), theme::DIM),
        ListenerState::Listening => {
            let port = listener.address.rsplit(':').next().unwrap_or_default();
            (format!("listening :{port}"), theme::PLAIN)
        }
        ListenerState::Elsewhere(_) => ("listening elsewhere".to_owned(), theme::PLAIN),
        ListenerState::Off(_) => ("listener off".to_owned(), theme::BAD),
    };
    let mut spans = vec![paint::span(&SafeText::one_line(&text).truncate(24), style)];
    if listener.public && !matches!(listener.state, ListenerState::Off(_)) {
        spans.push(paint::fixed(" public!", theme::WARN));
    }
    spans.push(paint::fixed(" ", theme::PLAIN));
    spans
}

/// The most lines that a notice has. On all but narrow screens two are enough.
const NOTICE: usize = 3;

/// The lines of the notice at a width. What does not fit into [`NOTICE`] lines ends in an ellipsis.
pub(super) fn notice_lines(state: &State, columns: u16) -> Vec<SafeText> {
    let Some(notice) = &state.window.notice else { return Vec::new() };
    let columns = usize::from(columns.saturating_sub(2)).max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in notice.text.as_str().split_whitespace() {
        let full = lines.len() == NOTICE;
        match lines.last_mut() {
            Some(line) if full || display_width(line) + 1 + display_width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| SafeText::one_line(line).truncate(columns)).collect()
}

/// Draws the notice.
pub(super) fn notice(area: Rect, buf: &mut Buffer, state: &State, lines: &[SafeText]) {
    let style = if state.window.notice.as_ref().is_some_and(|n| n.bad) { theme::BAD } else { theme::ACCENT };
    for (n, text) in (0..area.height).zip(lines) {
        let line = Rect { x: area.x + 1, y: area.y + n, width: area.width.saturating_sub(1), height: 1 };
        paint::line(vec![paint::span(text, style)]).paint(line, buf);
    }
}
