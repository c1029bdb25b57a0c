//! Moments as a search names them: a day, an hour, or so long ago.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use crate::domain::Timestamp;

/// What can be written, as a hint says it.
pub(super) const FORMS: &str = "2d, 3h, 4w, today, yesterday, 2026-01-31 or 2026-01-31T10:07";

/// The moment that a text names; of a day, a month or a year the first.
pub(super) fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let here = jiff::Timestamp::from_millisecond(now.millis()).ok()?.to_zoned(zone.clone());
    let moment = match text.to_ascii_lowercase().as_str() {
        "now" => here,
        "today" => here.start_of_day().ok()?,
        "yesterday" => here.start_of_day().ok()?.yesterday().ok()?,
        word => match span(word) {
            Some(span) => here.checked_sub(span).ok()?,
            None => return exact(text, zone),
        },
    };
    Some(stamp(&moment))
}

/// `2d`: a number and a unit.
pub(super) fn span(word: &str) -> Option<Span> {
    let unit = word.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = word.split_at_checked(unit)?;
    let number: i64 = number.parse().ok()?;
    let span = Span::new();
    match unit {
        "s" => span.try_seconds(number),
        "m" | "min" => span.try_minutes(number),
        "h" => span.try_hours(number),
        "d" => span.try_days(number),
        "w" => span.try_weeks(number),
        "mo" => span.try_months(number),
        "y" => span.try_years(number),
        _ => return None,
    }
    .ok()
}

/// A date, or a moment as a machine writes it.
pub(super) fn exact(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(instant) = Timestamp::parse_rfc3339(text) {
        return Some(instant);
    }
    let day = match text.split('-').count() {
        1 if text.len() == 4 => format!("{text}-01-01"),
        2 if text.len() == 7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    let civil = match day.parse::<Date>() {
        Ok(date) if day.len() == 10 => date.to_datetime(jiff::civil::Time::midnight()),
        _ => day.parse::<DateTime>().ok()?,
    };
    Some(stamp(&civil.to_zoned(zone.clone()).ok()?))
}

pub(super) fn stamp(moment: &Zoned) -> Timestamp {
    Timestamp::from_millis(moment.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_the_user_lives() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let now = Timestamp::parse_rfc3339("2026-03-02T23:30:00Z").expect("valid");
        let at = |text: &str| moment(text, now, &zone).map(Timestamp::to_rfc3339);
        let is = |text: &str| Some(format!("{text}.000Z"));
        assert_eq!(at("today"), is("2026-03-02T22:00:00"));
        assert_eq!(at("yesterday"), is("2026-03-01T22:00:00"));
        assert_eq!(at("2d"), is("2026-02-28T23:30:00"));
        assert_eq!(at("3h"), is("2026-03-02T20:30:00"));
        assert_eq!(at("1mo"), is("2026-02-02T23:30:00"));
        assert_eq!(at("2026-01-31"), is("2026-01-30T22:00:00"));
        assert_eq!(at("2026-01"), is("2025-12-31T22:00:00"));
        assert_eq!(at("2026"), is("2025-12-31T22:00:00"));
        assert_eq!(at("2026-01-31T10:07"), is("2026-01-31T08:07:00"));
        assert_eq!(at("2026-01-31T10:07:00Z"), is("2026-01-31T10:07:00"));
        for wrong in ["", "d", "2", "2q", "2026-13-01", "tomorrowish", "99999999999999999999d", "-2d"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
