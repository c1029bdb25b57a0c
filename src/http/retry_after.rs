//! Reads a `Retry-After` header: seconds, or a date in any of the three forms that HTTP allows.

use std::time::UNIX_EPOCH;

use crate::domain::Timestamp;

/// Milliseconds to wait from `now`; what can't be read, or lies behind, is as if nothing had been said.
pub(super) fn parse(text: &str, now: Timestamp) -> Option<u64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit is as good as for ever; the policy says how long is too long.
        return Some(text.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(1_000));
    }
    let at = http_date(text)?;
    (at >= now).then(|| at.since(now))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`. As forgiving as some
/// servers are careless: with a day of one digit, and with UTC for GMT.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let mut text = text.trim().replace(" UTC", " GMT");
    if let Some((weekday, date)) = text.split_once(", ")
        && date.as_bytes().get(1) == Some(&b' ')
    {
        text = format!("{weekday}, 0{date}");
    }
    let since = httpdate::parse_http_date(&text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(i64::try_from(since.as_millis()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("1994-11-06T08:49:07Z").expect("valid")
    }

    #[test]
    fn seconds_and_dates_are_read() {
        let table = [
            ("0", Some(0)),
            ("120", Some(120_000)),
            (" 5 ", Some(5_000)),
            ("31536000", Some(31_536_000_000)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30_000)),
            ("Sun Nov  6 08:49:37 1994", Some(30_000)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("Sun, 6 Nov 1994 08:49:37 GMT", Some(30_000)),
            ("Sun, 06 Nov 1994 08:49:37 UTC", Some(30_000)),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text, now()), expected, "{text}");
        }
    }

    #[test]
    fn garbage_the_negative_and_the_past_are_ignored() {
        let table = [
            "",
            "-1",
            "+5",
            "1.5",
            "5s",
            "soon",
            "١٢",
            "Sun, 06 Nov 1994 08:48:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:00:00 GMT",
            "a b c d e f",
            "a b c d e",
            "1 2 3 4 5",
        ];
        for text in table {
            assert_eq!(parse(text, now()), None, "{text}");
        }
    }
}
