//! The open conversation and the one beside it, drawn.

use ratatui::buffer::Buffer;

use super::chat;
use super::transcript::Transcript;
use super::view::View;
use crate::app::{Measured, State};
use crate::domain::Timestamp;

impl View {
    /// Draws the open one, with a word on the one beside where there is no room for it: what that measured, and where the
    /// cursor stands if a line of it has the keys.
    pub(super) fn draw_open(
        &mut self,
        buf: &mut Buffer,
        state: &State,
        now: Timestamp,
    ) -> Option<(Measured, Option<(u16, u16)>)> {
        let area = self.layout.transcript;
        let hidden = if self.layout.beside.is_empty() { chat::hidden(state, area.width) } else { None };
        let open = (state, state.channel().open_chat());
        let said = chat::draw(area, buf, open, (&mut self.transcript, hidden), &self.glyphs, now);
        self.links.mark(buf, self.transcript.links());
        said
    }

    /// Draws it, where there is room for it, and says what that measured.
    pub(super) fn draw_beside(&mut self, buf: &mut Buffer, state: &State, now: Timestamp) -> Option<Measured> {
        self.keep_sides(state.window.split.as_ref().map(|split| split.left));
        let area = self.layout.beside;
        let ((beside, _), view) = self.beside.as_mut().filter(|_| !area.is_empty()).zip(state.beside())?;
        let said = chat::draw(area, buf, (state, view), (beside, None), &self.glyphs, now);
        self.links.mark(buf, beside.links());
        said.map(|(measured, _)| measured)
    }

    /// What is kept of a transcript stays with its side of the screen, whichever of the two has the keys.
    fn keep_sides(&mut self, split: Option<bool>) {
        let Some(left) = split else {
            self.beside = None;
            return;
        };
        let new = || (Transcript::coloured(self.colours.clone()), left);
        let (beside, was_left) = self.beside.get_or_insert_with(new);
        if std::mem::replace(was_left, left) != left {
            std::mem::swap(beside, &mut self.transcript);
        }
    }
}
