//! The commands. Floor 6.
