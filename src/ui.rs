//! Draws the state. Floor 4.
//!
//! Owns the screen's layout, the transcript's rows, markdown, the texts that are being written and every style. Drawing decides nothing: it
//! returns what it measured, no more. Text reaches a cell through [`paint`] alone, which takes safe text only.

mod beside;
mod button;
mod charset;
mod chat;
mod clickable;
mod composer_title;
mod find;
mod first_line;
mod frame;
mod glyphs;
pub mod highlight;
mod hints;
mod inbox;
mod key_report;
mod layout;
mod line_input;
mod links;
mod log;
pub mod markdown;
mod measured;
mod mouse_selection;
mod overlay;
pub mod paint;
mod palette;
mod plain;
mod popup;
mod queue;
mod rendered;
mod roster;
mod row_editor;
mod search;
mod sheet;
mod sources;
mod suggestions;
mod suites;
mod text_area;
mod theme;
mod title;
pub mod transcript;
mod view;
mod webhooks;

pub use charset::Charset;
pub use key_report::{KeyReport, bindings};
pub use measured::measured;
pub use paint::linked;
pub use palette::{Depth, Palette};
pub use plain::{Plain, PlainLine, PlainMessage};
pub use text_area::TextArea;
pub use title::title;
pub use view::{Drawn, View};

#[cfg(test)]
mod tests;
