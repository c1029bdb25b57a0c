//! The store. Floor 2.
