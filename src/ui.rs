//! Draws the state. Floor 4.
