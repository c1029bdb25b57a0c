//! The mouse in the transcript: a click picks a message, a drag marks text, two clicks mark a word and three a line.
//!
//! Owns what is under way between a button's press and its release. What is marked stays marked for as long as the
//! core says so.

use std::time::{Duration, Instant};

use super::View;
use super::chat;
use super::transcript::Span;
use crate::app::{Event, Marked, Pane, State};
use crate::domain::Timestamp;

/// Clicks that follow each other within this time are one.
const TOGETHER: Duration = Duration::from_millis(400);

impl View {
    /// The button goes down in the transcript.
    pub fn press(&mut self, state: &State, (column, row): (u16, u16), at: Instant) -> Vec<Event> {
        let before = self
            .button
            .last
            .filter(|(then, place, _)| at.saturating_duration_since(*then) <= TOGETHER && *place == (column, row));
        let clicks = before.map_or(1, |(.., clicks)| clicks % 3 + 1);
        self.button.last = Some((at, (column, row), clicks));
        self.button.held = self.transcript.spot_at(column, row).map(|spot| (spot, false));
        self.transcript.mark(None);
        let (Some(key), Some((spot, _))) = (self.transcript.key_at(column, row), self.button.held) else {
            return vec![Event::Click(Pane::Transcript, 0)];
        };
        let span = match clicks {
            1 => return vec![Event::Pick(key)],
            2 => Span::Word,
            _ => Span::Line,
        };
        let shown = chat::shown(state, state.channel().open_chat(), &self.glyphs, Timestamp::now());
        self.transcript.mark_around(&shown, spot, span);
        self.marked(state)
    }

    /// It moves while it is down. Beyond an edge the view scrolls.
    pub fn drag(&mut self, state: &State, (column, row): (u16, u16)) -> Vec<Event> {
        let Some((from, moved)) = self.button.held else { return Vec::new() };
        let Some(to) = self.transcript.spot_at(column, row).filter(|to| moved || *to != from) else {
            return Vec::new();
        };
        self.button.held = Some((from, true));
        self.button.last = None;
        self.transcript.mark(Some((from, to)));
        let mut events = Vec::new();
        if state.channel().chat.marked != Some(Marked::Moving) {
            events.push(Event::Marked(Marked::Moving));
        }
        let beyond = self.transcript.beyond(row);
        events.push(if beyond == 0 { Event::Moved } else { Event::Wheel(Pane::Transcript, beyond) });
        events
    }

    /// It is let go.
    pub fn release(&mut self, state: &State) -> Vec<Event> {
        match self.button.held.take() {
            Some((_, true)) => self.marked(state),
            _ => Vec::new(),
        }
    }

    fn marked(&mut self, state: &State) -> Vec<Event> {
        let shown = chat::shown(state, state.channel().open_chat(), &self.glyphs, Timestamp::now());
        let text = self.transcript.marked_text(&shown);
        vec![Event::Marked(Marked::Text(text.unwrap_or_default()))]
    }

    /// Shows nothing as marked any more, where the core has let go of it.
    pub(super) fn follow_marked(&mut self, state: &State) {
        if state.channel().chat.marked.is_none() {
            self.transcript.mark(None);
        }
    }
}
