//! Draws the state. Floor 4.
//!
//! Owns the screen's layout, the transcript's rows, markdown, the texts that are being written and every style. Drawing decides nothing: it
//! returns what it measured, no more. Text reaches a cell through [`paint`] alone, which takes safe text only.

mod button;
mod channels;
mod charset;
mod chat;
mod copy;
mod find;
mod frame;
mod glyphs;
mod help;
pub mod highlight;
mod layout;
mod leaving;
mod line_input;
mod links;
pub mod markdown;
mod message;
mod mouse_selection;
mod overlay;
pub mod paint;
mod rendered;
mod roster;
mod row_editor;
mod search;
mod sheet;
mod sources;
mod suggestions;
mod text_area;
mod theme;
pub mod transcript;
mod transfer;
mod view;
mod webhooks;

pub use charset::Charset;
pub use paint::linked;
pub use text_area::TextArea;
pub use view::{Drawn, View};

#[cfg(test)]
mod tests;
