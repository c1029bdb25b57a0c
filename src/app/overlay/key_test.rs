//! What the terminal sends for a key, and what the key means: so that one sees why a key does nothing.

use crate::app::key::Key;
use crate::app::keymap::Context;

/// So many keys are remembered.
pub(in crate::app) const KEPT: usize = 12;

/// The keys that were pressed while they are tested.
#[derive(Debug, Clone, Default)]
pub struct KeyTest {
    /// Who had the keys, the innermost first.
    pub here: Vec<Context>,
    /// What was pressed, the newest last.
    pub seen: Vec<TestedKey>,
}

/// A key that was pressed, and how it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedKey {
    /// The key; none for one that the program has no name for.
    pub key: Option<Key>,
    /// The bytes that the terminal sent for it.
    pub sent: Vec<u8>,
    /// Whether the terminal speaks kitty's keyboard protocol, which tells more keys apart.
    pub kitty: bool,
}
