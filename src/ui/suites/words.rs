//! What differs between two texts, word by word, as rows: what went and what came by signs and by style.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::{SafeText, Side, word_difference};
use crate::ui::sheet::wrapped;
use crate::ui::{paint, theme};

/// A text with parts in styles of their own.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: SafeText,
    parts: Vec<(Range<usize>, Style)>,
}

impl Words {
    /// What differs between the two: `[-what went-]{+what came+}`.
    pub(super) fn new(old: &str, new: &str) -> Self {
        let mut words = Self::default();
        for (side, text) in word_difference(SafeText::new(old).as_str(), SafeText::new(new).as_str()) {
            let text = SafeText::new(&text);
            match side {
                Side::Both => words.push(&[&text], theme::PLAIN),
                Side::Old => {
                    words.push(&[&SafeText::from_static("[-"), &text, &SafeText::from_static("-]")], theme::BAD);
                }
                Side::New => {
                    let style = theme::BOT.patch(theme::BOLD);
                    words.push(&[&SafeText::from_static("{+"), &text, &SafeText::from_static("+}")], style);
                }
            }
        }
        words
    }

    fn push(&mut self, texts: &[&SafeText], style: Style) {
        let from = self.text.as_str().len();
        for text in texts {
            self.text.push(text);
        }
        self.parts.push((from..self.text.as_str().len(), style));
    }

    /// How many rows it takes.
    pub(super) fn height(&self, columns: u16) -> usize {
        wrapped(self.text.as_str(), usize::from(columns)).len()
    }

    /// Draws the rows from one on.
    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, top: usize) {
        let rows = wrapped(self.text.as_str(), usize::from(area.width));
        for (row, y) in rows.into_iter().skip(top).zip(area.top()..area.bottom()) {
            let mut x = area.x;
            for (part, style) in &self.parts {
                let (from, to) = (part.start.max(row.start), part.end.min(row.end));
                if from < to {
                    let text = self.text.part(from..to);
                    x += paint::text(buf, (x, y), area.right().saturating_sub(x), &text, *style);
                }
            }
        }
    }
}
