//! How values stand in columns: words of closed sets, numbers and times. Knows no table.

use rusqlite::Row;
use rusqlite::types::Type;

use crate::domain::{Moment, Timestamp};

/// A word of a closed set, or none where the column is empty.
pub(super) fn word<T>(row: &Row<'_>, at: usize, read: impl Fn(&str) -> Option<T>) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get::<_, Option<String>>(at)? else { return Ok(None) };
    match read(&text) {
        Some(value) => Ok(Some(value)),
        None => Err(rusqlite::Error::FromSqlConversionFailure(at, Type::Text, format!("unknown word {text}").into())),
    }
}

/// A number as SQLite holds it.
pub(super) fn count(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// A time as two columns hold it.
pub(super) fn moment(row: &Row<'_>, ms: usize, raw: usize) -> rusqlite::Result<Moment> {
    Ok(Moment { at: row.get::<_, Option<i64>>(ms)?.map(Timestamp::from_millis), raw: row.get(raw)? })
}

/// As the database holds it: the first instant of all can't be negated there.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.millis().max(-i64::MAX)
}
