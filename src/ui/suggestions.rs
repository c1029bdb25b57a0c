//! What stands right above the composer: the answers that the bot offers, what goes out with the message, and the line
//! on which that is named.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::glyphs::Glyphs;
use super::line_input::in_sight;
use super::{paint, theme};
use crate::app::{Action, Context, State};
use crate::domain::{SafeText, display_width};
use crate::ui::paint::Painted as _;

/// An offered answer takes at most so many columns.
const OFFER: usize = 36;
/// Fewer say nothing.
const LEAST: usize = 6;
/// The columns of an answer's digit: `[1] `.
const DIGIT: usize = 4;
/// The columns between the answers.
const GAP: usize = 2;
/// The columns left of the lines.
const INDENT: u16 = 2;

/// The lines above the composer, and where the offered answers stand in them.
#[derive(Debug, Default)]
pub(super) struct Above {
    lines: Vec<Vec<Span<'static>>>,
    /// Line, first column, the column behind the last, and which answer.
    offers: Vec<(usize, usize, usize, usize)>,
    area: Rect,
    /// How many lines had no room.
    skipped: usize,
}

impl Above {
    /// The lines at that width.
    pub(super) fn new(state: &State, columns: u16, low: bool, glyphs: &Glyphs) -> Self {
        let mut above = Self::default();
        let columns = usize::from(columns);
        // A line that is being typed takes the digits.
        if state.channel().composer.prompt.is_none() {
            above.draw_quick_replies(state, columns, OFFER);
            // On a screen with few rows they share one, as long as each is still told from the others.
            let many = above.offers.len().max(1);
            let each = (columns.saturating_sub((many - 1) * GAP) / many).saturating_sub(DIGIT);
            if low && above.lines.len() > 1 && each >= LEAST {
                above = Self::default();
                above.draw_quick_replies(state, columns, each);
            }
        }
        above.attached(state, columns, glyphs);
        if let Some(prompt) = &state.channel().composer.prompt {
            let bot = state.channel().capabilities.is_bot;
            let label = if bot { "attach, a file or ?answer: " } else { "attach, a file or a URL: " };
            let style = if state.contexts().contains(&Context::Attach) { theme::ACCENT } else { theme::DIM };
            let mut line = vec![paint::fixed(label, style)];
            line.extend(in_sight(prompt, columns.saturating_sub(label.len() + 1)).spans(style, glyphs));
            above.lines.push(line);
        }
        above
    }

    fn draw_quick_replies(&mut self, state: &State, columns: usize, most: usize) {
        let offered = state.channel().quick_replies();
        if offered.is_empty() {
            return;
        }
        let works = state.contexts().contains(&Context::Offer);
        let key = if works { theme::BOLD.patch(theme::ACCENT) } else { theme::DIM };
        let text = if works { theme::PLAIN } else { theme::DIM };
        let mut at = 0;
        let mut line = Vec::new();
        for (n, answer) in offered.into_iter().enumerate() {
            let digit = SafeText::one_line(&format!("[{}] ", n + 1));
            let room = columns.saturating_sub(display_width(digit.as_str())).min(most);
            let answer = SafeText::one_line(answer.trim()).truncate(room);
            let wide = display_width(digit.as_str()) + display_width(answer.as_str());
            if at > 0 && at + GAP + wide > columns {
                self.lines.push(std::mem::take(&mut line));
                at = 0;
            }
            if at > 0 {
                line.push(paint::fixed("  ", theme::PLAIN));
                at += GAP;
            }
            self.offers.push((self.lines.len(), at, at + wide, n));
            line.push(paint::owned(digit, key));
            line.push(paint::owned(answer, text));
            at += wide;
        }
        self.lines.push(line);
    }

    fn attached(&mut self, state: &State, columns: usize, glyphs: &Glyphs) {
        if state.channel().composer.attach.is_empty() {
            return;
        }
        let names: Vec<&str> = state.channel().composer.attach.iter().map(|a| a.label.as_str()).collect();
        let what = SafeText::one_line(&format!("attached: {}", names.join(", ")));
        let how = SafeText::one_line(&match state.window.key(&[Context::Composer], Action::Attach) {
            key if key.is_empty() => String::new(),
            key => format!("{}remove with {key} on an empty line", glyphs.dot),
        });
        let room = columns.saturating_sub(display_width(how.as_str()));
        let mut line: Vec<(SafeText, Style)> = Vec::new();
        if display_width(what.as_str()) <= room {
            line.extend([(what, theme::PLAIN), (how, theme::DIM)]);
        } else {
            line.push((what.truncate(columns), theme::PLAIN));
        }
        self.lines.push(line.into_iter().map(|(text, style)| paint::owned(text, style)).collect());
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(u16::MAX)
    }

    /// Draws as many of the lines as there is room for: the last ones, which stand next to the text.
    pub(super) fn draw(&mut self, area: Rect, buf: &mut Buffer) {
        self.area = Rect { x: area.x + INDENT.min(area.width), width: area.width.saturating_sub(INDENT), ..area };
        self.skipped = self.lines.len().saturating_sub(usize::from(area.height));
        for (y, line) in (0..area.height).zip(self.lines.iter().skip(self.skipped)) {
            let row = Rect { y: self.area.y + y, height: 1, ..self.area };
            paint::line(line.clone()).paint(row, buf);
        }
    }

    /// The offered answer at a place on screen.
    pub(super) fn offer_at(&self, column: u16, row: u16) -> Option<usize> {
        if !self.area.contains(Position { x: column, y: row }) {
            return None;
        }
        let (x, y) = (usize::from(column - self.area.x), usize::from(row - self.area.y) + self.skipped);
        self.offers.iter().find(|(line, from, to, _)| *line == y && (*from..*to).contains(&x)).map(|(.., n)| *n)
    }
}
