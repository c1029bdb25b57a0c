//! The order of what is found: numbers that begin with a time.

/// The number of a message in the order of time. The end of its row tells those of one instant apart, as good as always.
pub(super) fn number(at_ms: Option<i64>, row: i64) -> i64 {
    at_ms.unwrap_or(0).clamp(0, LATEST) << ROW_BITS | ((row << 1) & ((1 << ROW_BITS) - 1))
}

/// The same of what is only in the outbox: it is never that of a message.
pub(super) fn turn_number(at_ms: i64, turn: i64) -> i64 {
    number(Some(at_ms), turn) | 1
}

/// The first number of an instant; also of one that no number can hold.
pub(super) fn first_number(at_ms: i64) -> i64 {
    number(Some(at_ms), 0)
}

const ROW_BITS: i64 = 21;
/// In the year 2109; later is as late as can be told.
const LATEST: i64 = (1 << 42) - 1;
