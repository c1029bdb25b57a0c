//! What lies over the view, from the undermost on, each drawn in a file of its own.

mod channels;
mod copy;
mod desk;
mod help;
mod key_test;
mod leave;
mod links;
mod menu;
mod message;
mod new_case;
mod palette;
mod replies;
mod saved_searches;
mod themes;
mod transfer;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::glyphs::Glyphs;
use crate::app::{MessageMeasured, Overlay, State};

/// Where a list stands on screen, and which of what it lists is its first.
pub(super) type Listed = (Rect, usize);

/// What a drawing of them measured.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OverlaysDrawn {
    /// Which row of the help can stand first at the most, while it is open.
    pub(super) help: Option<u16>,
    /// What is known of a message, while it is shown.
    pub(super) message: Option<MessageMeasured>,
    /// The list that can be clicked into, if one lies on top.
    pub(super) listed: Option<Listed>,
}

/// Draws them. The keys stay in sight, and of most the first line too.
pub(super) fn draw(f: &mut Frame<'_>, state: &State, glyphs: &Glyphs) -> OverlaysDrawn {
    let screen = f.area();
    let above_keys = Rect { height: screen.height.saturating_sub(1), ..screen };
    let between = Rect { y: screen.y + 1, height: screen.height.saturating_sub(2), ..screen };
    let mut drawn = OverlaysDrawn::default();
    for overlay in state.window.overlays() {
        drawn.listed = None;
        match overlay {
            Overlay::Copy(menu) => drawn.listed = Some(copy::draw(f, above_keys, menu, glyphs)),
            Overlay::Links(menu) => drawn.listed = Some(links::draw(f, above_keys, menu, glyphs)),
            Overlay::Message(sheet) => drawn.message = Some(message::draw(f, above_keys, state, sheet, glyphs)),
            Overlay::Export(sheet) => transfer::export(f, between, state, sheet, glyphs),
            Overlay::Import(sheet) => transfer::import(f, between, state, sheet, glyphs),
            Overlay::SavedSearches(list) => saved_searches::list(f, between, state, list, glyphs),
            Overlay::SearchNaming(naming) => saved_searches::name(f, between, state, naming, glyphs),
            Overlay::Desk(prompt) => desk::draw(f, between, state, prompt, glyphs),
            Overlay::NewCase(sheet) => new_case::draw(f, between, state, sheet, glyphs),
            Overlay::Replies(menu) => replies::draw(f, between, state, menu, glyphs),
            Overlay::Help(sheet) => drawn.help = Some(help::draw(f, above_keys, state, sheet, glyphs)),
            Overlay::Palette(palette) => drawn.listed = Some(palette::draw(f, above_keys, state, palette, glyphs)),
            Overlay::KeyTest(test) => key_test::draw(f, above_keys, state, test, glyphs),
            Overlay::Channels(list) => {
                drawn.listed = Some(channels::draw(screen, f.buffer_mut(), state, list, glyphs));
            }
            Overlay::Themes(picker) => {
                drawn.listed = Some(themes::draw(screen, f.buffer_mut(), state, picker, glyphs));
            }
            Overlay::Leave(staged) => leave::draw(f, above_keys, state, *staged, glyphs),
        }
    }
    drawn
}
