//! A channel's `timeouts`: how long its calls may take.

use std::time::Duration;

use super::table::{ConfigValue, TableReader};
use crate::domain::Timeouts;

/// The longest: a day.
const MOST: f64 = 86_400.0;
/// The shortest: less is no time for anything.
const LEAST: f64 = 0.1;

/// Reads them; `None` is an error that was reported.
pub(super) fn read(channel: &TableReader<'_, '_>) -> Option<Timeouts> {
    let Some(item) = channel.get("timeouts") else { return Some(Timeouts::default()) };
    let Some(table) = item.value.get_ref().as_table() else {
        item.wrong_type("timeouts", "seconds by their names, such as { first_word = 120, silence = 60 }");
        return None;
    };
    let table = TableReader::new(table, item.value.span(), channel.sink, "timeouts.");
    let read = |key: &'static str| match table.get(key) {
        None => Some(None),
        Some(item) => seconds(item, &table.name(key)).map(Some),
    };
    let (connect, first_word, silence, total) = (read("connect"), read("first_word"), read("silence"), read("total"));
    table.finish("timeouts");
    let timeouts = Timeouts { connect: connect?, first_word: first_word?, silence: silence?, total: total? };
    let longer = |key: &str, limit: Option<Duration>| {
        let total = timeouts.total.filter(|total| limit.is_some_and(|limit| limit > *total))?;
        let text = format!("expected no more than timeouts.total, which is {} s", total.as_secs_f64());
        item.refuse(&format!("timeouts.{key}"), text);
        Some(())
    };
    let wrong = [
        longer("connect", timeouts.connect),
        longer("first_word", timeouts.first_word),
        longer("silence", timeouts.silence),
    ];
    wrong.iter().all(Option::is_none).then_some(timeouts)
}

fn seconds(item: ConfigValue<'_, '_>, key: &str) -> Option<Duration> {
    let expected = format!("a number of seconds from {LEAST} to {MOST}");
    let value = item.value.get_ref();
    let (whole, part) = (value.as_integer(), value.as_float());
    let (number, shown) = match (whole, part) {
        (Some(whole), _) => (
            i64::from_str_radix(whole.as_str(), whole.radix())
                .ok()
                .and_then(|n| u32::try_from(n).ok())
                .map(f64::from),
            whole.to_string(),
        ),
        (_, Some(part)) => (part.as_str().parse().ok(), part.to_string()),
        _ => {
            item.wrong_type(key, &expected);
            return None;
        }
    };
    let number = number.filter(|number| (LEAST..=MOST).contains(number));
    if number.is_none() {
        item.refuse(key, format!("expected {expected}, found {shown}"));
    }
    Duration::try_from_secs_f64(number?).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::parse;
    use super::*;

    const CHANNEL: &str =
        "[[channels]]\nname = \"a\"\nplatform = \"chat-thing\"\nchannel_id = \"c\"\nsecret_key = { env = \"K\" }\n";

    fn read(timeouts: &str) -> Result<Timeouts, String> {
        let parsed = parse(&format!("{CHANNEL}timeouts = {timeouts}\n"), Path::new("c.toml"));
        parsed.map(|config| config.channels[0].timeouts).map_err(|errors| errors.to_string())
    }

    #[test]
    fn limits_are_whole_seconds_or_parts_and_each_may_be_left_out() {
        let limits = read("{ connect = 5, first_word = 120, silence = 0.5, total = 1_800 }").unwrap();
        assert_eq!(limits.connect, Some(Duration::from_secs(5)));
        assert_eq!(limits.first_word, Some(Duration::from_mins(2)));
        assert_eq!(limits.silence, Some(Duration::from_millis(500)));
        assert_eq!(limits.total, Some(Duration::from_mins(30)));
        assert_eq!(read("{}"), Ok(Timeouts::default()));
        assert_eq!(read("{ total = 0x10 }").unwrap().total, Some(Duration::from_secs(16)));
    }

    #[test]
    fn what_is_no_limit_is_refused_with_its_key() {
        for (timeouts, key, found) in [
            ("30", "timeouts", "found an integer"),
            ("{ total = \"30\" }", "timeouts.total", "found a string"),
            ("{ silence = 0 }", "timeouts.silence", "found 0"),
            ("{ silence = -1 }", "timeouts.silence", "found -1"),
            ("{ silence = nan }", "timeouts.silence", "found nan"),
            ("{ silence = inf }", "timeouts.silence", "found inf"),
            ("{ connect = 86401 }", "timeouts.connect", "found 86401"),
            ("{ connect = 99999999999999999999 }", "timeouts.connect", "found 99999999999999999999"),
            ("{ first_wrod = 3 }", "timeouts.first_wrod", "did you mean \"first_word\"?"),
            ("{ first = 3, x = 1 }", "timeouts.x", "unknown key"),
            ("{ first_word = 60, total = 30 }", "timeouts.first_word", "expected no more than timeouts.total"),
        ] {
            let error = read(timeouts).expect_err(timeouts);
            assert!(error.contains(&format!(" {key}: ")) && error.contains(found), "{timeouts}: {error}");
            assert!(error.starts_with("c.toml:6:"), "{error}");
        }
    }
}
