//! The core, pure: events in, effects out.
