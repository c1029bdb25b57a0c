//! Draws the state. Floor 4.

pub mod paint;
