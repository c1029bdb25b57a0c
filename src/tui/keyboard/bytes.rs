//! What holds for bytes on their way: how long they may stall, and which of them are whole characters.

use std::time::Duration;

/// The longest silence of a link within a sequence that is bridged.
pub(super) const STALL: Duration = Duration::from_millis(2_500);

/// How many of these bytes are whole characters: all but the beginning of one at the end.
pub(super) fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    (tail..bytes.len())
        .find(|at| matches!(std::str::from_utf8(&bytes[*at..]), Err(e) if e.error_len().is_none() && e.valid_up_to() == 0))
        .unwrap_or(bytes.len())
}
