//! Draws the rows that are in sight, and brings the cursor among them.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{TextArea, lines};
use crate::app::TextBuffer;
use crate::domain::SafeText;
use crate::ui::{paint, theme};

impl TextArea {
    /// Draws the text and tells where the cursor stands; none where there is no room. `found` are places to be marked, in
    /// order.
    pub(in crate::ui) fn draw(
        &mut self,
        text: &TextBuffer,
        area: Rect,
        buf: &mut Buffer,
        found: &[Range<usize>],
        ascii: bool,
    ) -> Option<Position> {
        self.area = area;
        if area.is_empty() {
            return None;
        }
        self.follow(text);
        let cursor = self.layout.row_of(text, text.at());
        self.keep_in_sight(text, cursor, usize::from(area.height));
        let mut position = None;
        for (row, y) in (self.top..).zip(area.top()..area.bottom()) {
            let Some(bytes) = self.layout.row(text, row) else { break };
            self.draw_row(text, bytes.clone(), (buf, y), found, ascii);
            if row == cursor {
                let before = text.get(bytes.start..text.at()).unwrap_or_default();
                let column = u16::try_from(lines::columns_of(before)).unwrap_or(u16::MAX);
                position = Some(Position { x: area.x + column.min(area.width - 1), y });
            }
        }
        position
    }

    fn draw_row(
        &mut self,
        text: &TextBuffer,
        bytes: Range<usize>,
        (buf, y): (&mut Buffer, u16),
        found: &[Range<usize>],
        ascii: bool,
    ) {
        let (area, at) = (self.area, text.at());
        let part = text.get(bytes.clone()).unwrap_or_default();
        let first = found.partition_point(|place| place.end <= bytes.start);
        let near = found.get(first..).unwrap_or_default();
        let style = |byte: usize| {
            let byte = bytes.start + byte;
            match near.iter().take_while(|place| place.start <= byte).last() {
                Some(place) if place.contains(&byte) && place.contains(&at) => theme::SELECTED,
                Some(place) if place.contains(&byte) => theme::FOUND,
                _ => theme::PLAIN,
            }
        };
        let taken = lines::paint(buf, (area.x, y), area.width, part, style);
        let ends_in_return = text.get(bytes.end..).is_some_and(|rest| rest.starts_with("\r\n"));
        if ends_in_return && taken < area.width {
            let mark = SafeText::from_static(if ascii { "$" } else { "␍" });
            paint::text(buf, (area.x + taken, y), area.width - taken, &mark, theme::DIM);
        }
    }

    /// Brings the cursor's row into sight, with as little movement as possible; after a long jump into the middle.
    fn keep_in_sight(&mut self, text: &TextBuffer, cursor: usize, height: usize) {
        let bottom = self.top + height - 1;
        if cursor < self.top {
            self.top = if self.top - cursor <= height { cursor } else { cursor.saturating_sub(height / 2) };
        } else if cursor > bottom {
            let back = if cursor - bottom <= height { height - 1 } else { height / 2 };
            self.top = cursor - back;
        }
        // Nothing is left empty below the end while there is text above.
        let shown = (0..height).rev().find(|row| self.layout.row(text, self.top + row).is_some());
        self.top = self.top.saturating_sub(height - 1 - shown.unwrap_or(0));
    }
}
