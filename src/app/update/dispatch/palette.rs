//! The palette: opened, narrowed, and what is chosen there.

mod commands;
mod entries;
#[cfg(test)]
mod tests;

use crate::app::action::Action;
use crate::app::clip::Clip;
use crate::app::effect::Effect;
use crate::app::event::{ChannelEvent, Event};
use crate::app::keymap::Context;
use crate::app::overlay::palette::Palette;
use crate::app::overlay::{Layer, Overlay};
use crate::app::search::{SearchEffect, SearchEvent};
use crate::app::sources::SourcesEvent;
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::app::update::{Request, sources};
use crate::app::view::ViewKind;
use crate::domain::Timestamp;

/// So many rows make a page.
const PAGE: isize = 10;

/// Opens it for what has the keys. What lies over all else gives way to it.
pub(in crate::app::update) fn show(state: &mut State) -> Vec<Effect> {
    close(state);
    for layer in [Layer::Help, Layer::KeyTest, Layer::Channels] {
        state.window.close(layer);
    }
    let entries = entries::all(state);
    state.window.open(Overlay::Palette(Palette::new(entries)));
    // What was not read yet is found once it is.
    let mut effects = vec![Effect::Search(SearchEffect::Saved)];
    effects.extend(state.channels_sources());
    effects
}

/// Opens it for the conversation that is to stand beside the open one.
pub(in crate::app::update) fn show_beside(state: &mut State) -> Vec<Effect> {
    let mut palette = Palette::new(entries::beside(state));
    palette.beside = true;
    state.window.open(Overlay::Palette(palette));
    Vec::new()
}

/// Takes it away, if it is open, and says who has the keys then.
pub(in crate::app::update) fn close(state: &mut State) -> Vec<Context> {
    state.window.close(Layer::Palette);
    state.contexts()
}

/// Whether something that happened may be found in it.
pub(in crate::app::update) fn finds(event: &Event) -> bool {
    let sources = |event: &ChannelEvent| matches!(event, ChannelEvent::Sources(SourcesEvent::List { .. }));
    match event {
        Event::Search(SearchEvent::Saved(_)) => true,
        Event::Open(event) => sources(event),
        _ => false,
    }
}

/// There may be more to be found.
pub(in crate::app::update) fn renew(state: &mut State) {
    let Some(Overlay::Palette(mut palette)) = state.window.close(Layer::Palette) else { return };
    let entries = if palette.beside { entries::beside(state) } else { entries::all(state) };
    palette.renew(entries);
    state.window.open(Overlay::Palette(palette));
}

/// Does what an action means in it; none where it means what it means elsewhere.
pub(in crate::app::update) fn handle_action(
    state: &mut State,
    action: Action,
    now: Timestamp,
) -> Option<Vec<Effect>> {
    match action {
        Action::Up => step(state, -1),
        Action::Down => step(state, 1),
        Action::PageUp => step(state, -PAGE),
        Action::PageDown => step(state, PAGE),
        Action::Confirm => return Some(choose(state)),
        Action::CopyEquivalent => return Some(copy(state, now)),
        Action::Back => {
            state.window.close(Layer::Palette);
        }
        Action::Mouse | Action::Redraw | Action::Suspend | Action::Interrupt => return None,
        _ => {
            state.window.close(Layer::Palette);
            return None;
        }
    }
    Some(Vec::new())
}

/// Something for its line.
pub(in crate::app::update) fn write_filter(state: &mut State, input: TextInput) {
    if let Some(palette) = state.window.palette_mut()
        && palette.filter.take(input)
    {
        palette.narrow();
        palette.menu.select(0, palette.shown.len());
    }
}

/// Moves the selection within what is left.
pub(in crate::app::update) fn step(state: &mut State, by: isize) {
    if let Some(palette) = state.window.palette_mut() {
        let left = palette.shown.len();
        palette.menu.step(by, left);
    }
}

/// A click on one of them.
pub(in crate::app::update) fn click(state: &mut State, place: usize) -> Vec<Effect> {
    let Some(palette) = state.window.palette_mut().filter(|palette| place < palette.shown.len()) else {
        return Vec::new();
    };
    palette.menu.select(place, palette.shown.len());
    choose(state)
}

/// Closes it, and asks for what is selected.
fn choose(state: &mut State) -> Vec<Effect> {
    if let Some(item) = state.window.palette().and_then(Palette::selected).map(|entry| entry.item.clone()) {
        state.window.close(Layer::Palette);
        state.requests.push(Request::Choose(item));
    }
    Vec::new()
}

fn copy(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let command = state.window.palette().and_then(Palette::selected).and_then(|entry| entry.command.clone());
    if let Some(text) = command {
        return vec![Effect::Copy(Clip { what: "The command".to_owned(), text })];
    }
    state.say("No command does that: it is the screen's alone.", now);
    state.wake()
}

impl State {
    /// Asks for the open channel's sources, where nobody did.
    fn channels_sources(&mut self) -> Vec<Effect> {
        if self.window.view == ViewKind::Sources || !self.channel().capabilities.sources {
            return Vec::new();
        }
        self.on_channel(Timestamp::from_millis(0), sources::ask_once)
    }
}
