//! Draws the state. Floor 4.

pub mod markdown;
pub mod paint;
pub mod transcript;
