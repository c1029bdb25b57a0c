//! The operations: a command awaits one, the terminal interface performs the same one.

pub(super) mod chat;
pub(super) mod history;
