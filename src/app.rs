//! The pure core. Floor 3.
mod scroll;
pub use scroll::{Anchor, Scroll};
