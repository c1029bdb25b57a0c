//! How patient each of the program's callers is: all policies of repeating a call, by what they are for. A policy is changed
//! here and nowhere else.

use super::Retry;

/// For a look at how things stand: what fails once is told.
pub const TRIAL: Retry = Retry { tries: 1, base_ms: 0, cap_ms: 0, longest_wait_ms: 0 };

/// For a command: somebody waits for it to end.
pub const COMMAND: Retry = Retry { tries: 4, base_ms: 600, cap_ms: 5_000, longest_wait_ms: 30_000 };

/// For the screen: it shows the wait, and the user may do something else meanwhile.
pub const SCREEN: Retry = Retry { tries: 5, base_ms: 1_000, cap_ms: 60_000, longest_wait_ms: 300_000 };

/// For changing many rows at once: calls side by side meet a platform's limit more often than one does, and somebody sees
/// the progress.
pub const BULK_CHANGES: Retry = Retry { tries: 6, base_ms: 500, cap_ms: 10_000, longest_wait_ms: 120_000 };

/// For reading a whole source, row by row: one row that can't be had spoils all of it.
pub const WHOLE_SOURCE: Retry = Retry { tries: 8, base_ms: 600, cap_ms: 20_000, longest_wait_ms: 120_000 };

/// For an answer by rule, which a platform waits for until a moment that is known: it is tried to that end.
pub const ANSWER_BY_RULE: Retry = Retry { tries: u32::MAX, base_ms: 200, cap_ms: 2_000, longest_wait_ms: 60_000 };

/// For an answer by hand: a person waits for word of it.
pub const ANSWER_BY_HAND: Retry = Retry { tries: 4, base_ms: 200, cap_ms: 1_000, longest_wait_ms: 5_000 };
