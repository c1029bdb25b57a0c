//! The terminal interface. Floor 6.
