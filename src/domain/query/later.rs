//! Moments to come, as a person names them: in so long, at an hour, on a day.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};

use super::when;
use crate::domain::Timestamp;

/// What can be written, as a hint says it.
pub const LATER_FORMS: &str = "30m, 2h, 3d, 1w, 17:30, tomorrow, friday, 2026-01-31 or 2026-01-31T10:07";

/// When a day is meant, and no hour of it.
const MORNING: i8 = 9;

/// The moment to come that a text names, where this machine is; of a day its morning, of an hour the next one. None where it
/// names none, or one that has been.
pub fn later(text: &str, now: Timestamp) -> Option<Timestamp> {
    later_in(text, now, &TimeZone::system())
}

fn later_in(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let here = jiff::Timestamp::from_millisecond(now.millis()).ok()?.to_zoned(zone.clone());
    let word = text.trim().to_lowercase();
    let word = word.strip_prefix("in ").unwrap_or(&word).trim();
    let at = named(word, &here).or_else(|| when::span(word).and_then(|span| here.checked_add(span).ok()));
    let at = match at {
        Some(at) => when::stamp(&at),
        None if word.len() == 10 => when::exact(&format!("{word}T{MORNING:02}:00"), zone)?,
        None => when::exact(text.trim(), zone)?,
    };
    (at > now).then_some(at)
}

/// A day by its name, or an hour.
fn named(word: &str, here: &Zoned) -> Option<Zoned> {
    let morning = |day: jiff::civil::Date| -> Option<Zoned> {
        DateTime::from_parts(day, Time::constant(MORNING, 0, 0, 0)).to_zoned(here.time_zone().clone()).ok()
    };
    if word == "tomorrow" {
        return morning(here.date().checked_add(1.day()).ok()?);
    }
    if let Some(day) = weekday(word) {
        return morning(here.date().nth_weekday(1, day).ok()?);
    }
    let time: Time = (word.len() == 5).then(|| word.parse().ok())??;
    let today = DateTime::from_parts(here.date(), time).to_zoned(here.time_zone().clone()).ok()?;
    if today > *here { Some(today) } else { today.checked_add(1.day()).ok() }
}

fn weekday(word: &str) -> Option<Weekday> {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let meant = |(name, _): &(&str, Weekday)| *name == word || (word.len() == 3 && name.starts_with(word));
    days.into_iter().find(meant).map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_to_come_is_read_as_people_name_it() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        // A Wednesday, 12:30 there.
        let now = Timestamp::parse_rfc3339("2026-11-11T10:30:00Z").unwrap();
        let read = |text: &str| later_in(text, now, &zone).map(Timestamp::to_rfc3339);
        for (text, expected) in [
            ("30m", "2026-11-11T11:00:00"),
            ("in 2h", "2026-11-11T12:30:00"),
            ("3d", "2026-11-14T10:30:00"),
            ("1w", "2026-11-18T10:30:00"),
            ("Tomorrow", "2026-11-12T07:00:00"),
            ("friday", "2026-11-13T07:00:00"),
            ("wed", "2026-11-18T07:00:00"),
            ("17:30", "2026-11-11T15:30:00"),
            ("08:00", "2026-11-12T06:00:00"),
            ("2026-12-01", "2026-12-01T07:00:00"),
            ("2026-12-01T10:07", "2026-12-01T08:07:00"),
            ("2026-12-01T10:07:00Z", "2026-12-01T10:07:00"),
        ] {
            assert!(read(text).is_some_and(|at| at.starts_with(expected)), "{text}: {:?}", read(text));
        }
        for text in ["", "soon", "2h ago", "yesterday", "2026-01-01", "0m", "25:00", "99999999999999y", "-2h"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
