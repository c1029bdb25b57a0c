//! Draws the state. Floor 4.
//!
//! Owns the screen's layout, the transcript's rows, markdown, the editor and every style. Drawing decides nothing: it
//! returns what it measured, no more. Text reaches a cell through [`paint`] alone, which takes safe text only.

mod above;
mod channels;
mod charset;
mod chat;
mod composer;
mod copy;
mod finding;
mod frame;
mod glyphs;
mod help;
pub mod highlight;
mod layout;
mod leaving;
mod links;
mod manuscript;
pub mod markdown;
mod marking;
mod message;
mod over;
pub mod paint;
mod rendered;
mod roster;
mod search;
mod sheet;
mod sources;
mod theme;
pub mod transcript;
mod transfer;
mod view;
mod webhooks;

pub use charset::Charset;
pub use composer::Editor;
pub use manuscript::Manuscript;
pub use paint::linked;
pub use view::{Drawn, View};

#[cfg(test)]
mod tests;
