//! Values of the command line that several commands read.

use crate::domain::Timestamp;

/// A time, or a date: the beginning of that day in UTC.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let whole = format!("{text}T00:00:00Z");
    Timestamp::parse_rfc3339(text)
        .or_else(|| Timestamp::parse_rfc3339(&whole))
        .ok_or_else(|| "expected a time such as 2024-11-11T09:00:00Z, or a date".to_owned())
}
