//! Times: an instant in milliseconds, and what a platform wrote where that may not be readable.

use jiff::tz::TimeZone;

/// An instant, in milliseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant now, by the system's clock. Only the doors call it; below, the clock is an argument.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_millisecond())
    }

    /// That many milliseconds later (or earlier), at the end of time at the latest.
    #[must_use]
    pub const fn plus_millis(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The next whole second: one phase for all that count seconds, so that wakes never multiply.
    #[must_use]
    pub const fn next_second(self) -> Self {
        Self((self.0.div_euclid(1_000) + 1).saturating_mul(1_000))
    }

    /// Milliseconds from `earlier` to here; zero if it is later.
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// Reads RFC 3339.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }

    /// RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        self.instant().map_or_else(String::new, |t| format!("{t:.3}"))
    }

    /// `10:07` in the local time zone.
    pub fn clock(self) -> String {
        self.local("%H:%M")
    }

    /// The minute of the day in the local time zone, from 0 on; none where it is no time that a calendar has.
    pub fn minute_of_day(self) -> Option<u16> {
        let local = self.instant()?.to_zoned(TimeZone::system());
        u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).ok()
    }

    /// `2024-01-16 10:07:04` in the local time zone.
    pub fn exact(self) -> String {
        self.local("%Y-%m-%d %H:%M:%S")
    }

    /// `2024-01-16 10:07:04.296 +01:00` in the local time zone.
    pub fn precise(self) -> String {
        self.local("%Y-%m-%d %H:%M:%S%.3f %:z")
    }

    /// `16 Jan 2024` in the local time zone.
    pub fn date(self) -> String {
        self.local("%-d %b %Y")
    }

    /// `2m`, `1h`, `3d`, `5w`, `2y` before `now`; `now` within a minute and for what lies ahead.
    pub fn ago(self, now: Self) -> String {
        let minutes = now.since(self) / 60_000;
        match minutes {
            0 => "now".to_owned(),
            1..60 => format!("{minutes}m"),
            60..1_440 => format!("{}h", minutes / 60),
            1_440..50_400 => format!("{}d", minutes / 1_440),
            50_400..525_600 => format!("{}w", minutes / 10_080),
            _ => format!("{}y", minutes / 525_600),
        }
    }

    fn instant(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_millisecond(self.0).ok()
    }

    fn local(self, format: &str) -> String {
        self.instant().map_or_else(String::new, |t| t.to_zoned(TimeZone::system()).strftime(format).to_string())
    }
}

/// A time as a platform wrote it: Chat Thing's own page has `2024-16-01T…`, so it may not be readable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moment {
    /// The instant, where the text could be read.
    pub at: Option<Timestamp>,
    /// The platform's own text; empty where it gave none.
    pub raw: String,
}

impl Moment {
    /// A known instant, written as RFC 3339.
    pub fn at(at: Timestamp) -> Self {
        Self { at: Some(at), raw: at.to_rfc3339() }
    }

    /// From RFC 3339, where it could be read, and the platform's own text, where that was kept beside it. None where the
    /// first is no time.
    pub fn read(rfc3339: Option<&str>, raw: Option<&str>) -> Option<Self> {
        let Some(text) = rfc3339 else { return Some(Self { at: None, raw: raw.unwrap_or_default().to_owned() }) };
        let at = Timestamp::parse_rfc3339(text)?;
        Some(Self { at: Some(at), raw: raw.map_or_else(|| at.to_rfc3339(), str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_round_trips_to_the_millisecond() {
        let t = Timestamp::parse_rfc3339("2024-01-27T15:02:51.970Z").expect("valid");
        assert_eq!(t.to_rfc3339(), "2024-01-27T15:02:51.970Z");
        assert_eq!(Timestamp::parse_rfc3339("2024-16-01T10:07:04.296Z"), None);
    }

    #[test]
    fn ages_grow_in_units_that_fit() {
        let now = Timestamp::from_millis(1_000_000_000_000);
        let ago = |minutes: i64| now.plus_millis(-minutes * 60_000).ago(now);
        assert_eq!([ago(0), ago(-5), ago(59)], ["now", "now", "59m"]);
        assert_eq!([ago(60), ago(1_440), ago(50_400), ago(600_000)], ["1h", "1d", "5w", "1y"]);
    }
}
