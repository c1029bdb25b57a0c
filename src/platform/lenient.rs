//! Reads what platforms write when it isn't quite what they document. Never fails a list because of one value.
//!
//! Owns the reading of single values and of whole bodies. What a field means is the adapter's business.

use serde_json::{Map, Value};

use crate::domain::{Moment, Timestamp};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The most characters of a server's own words that are quoted.
const QUOTED: usize = 200;

/// The body as a JSON object, or what came instead, in words that follow "sent".
pub(super) fn object(body: &[u8]) -> Result<Object, &'static str> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{FEFF}').trim();
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("JSON that is no object"),
        Err(_) if text.is_empty() => Err("an empty body"),
        Err(_) if text.starts_with('<') => Err("an HTML page"),
        Err(error) if error.is_eof() && text.starts_with(['{', '[']) => Err("cut JSON"),
        Err(_) if text.starts_with(['{', '[']) => Err("broken JSON"),
        Err(_) => Err("text that is no JSON"),
    }
}

/// An id: text, or a number as text.
pub(super) fn id(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Text as it is; nothing as an empty text; anything else as its JSON, so that nothing is lost.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A count, also where it is written as text.
pub(super) fn count(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A time. The text is kept where it can't be read.
pub(super) fn moment(value: Option<&Value>) -> Moment {
    let raw = text(value);
    Moment { at: instant(&raw), raw }
}

/// A time: milliseconds since 1970 as a number, or what [`moment`] reads.
pub(super) fn moment_or_millis(value: Option<&Value>) -> Moment {
    let Some(Value::Number(number)) = value else { return moment(value) };
    let at = number.as_i64().map(Timestamp::from_millis).filter(|at| !at.to_rfc3339().is_empty());
    Moment { at, raw: number.to_string() }
}

/// RFC 3339, also with day and month swapped where the month can't be one.
fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text).or_else(|| {
        let (year, day, month, rest) = (text.get(..4)?, text.get(5..7)?, text.get(8..10)?, text.get(10..)?);
        let separated = text.get(4..5)? == "-" && text.get(7..8)? == "-";
        (separated && day.parse::<u8>().ok()? > 12)
            .then(|| Timestamp::parse_rfc3339(&format!("{year}-{month}-{day}{rest}")))
            .flatten()
    })
}

/// What a server says went wrong, as it says it: to be quoted it has to go through [`quotable`].
pub(super) fn complaint(object: &Object) -> Option<String> {
    ["error", "message", "detail"].iter().find_map(|key| match object.get(*key)? {
        Value::Object(inner) => words(inner.get("message")?),
        value => words(value),
    })
}

/// A body that is neither JSON nor a page, as text.
pub(super) fn plain(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{FEFF}').trim();
    (!text.is_empty() && !text.starts_with(['<', '{', '['])).then(|| text.to_owned())
}

fn words(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// Server text as it may be quoted: on one line, cut to what a message can hold. Still untrusted.
pub(super) fn quotable(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() > QUOTED {
        return Some(line.chars().take(QUOTED - 1).chain(['…']).collect());
    }
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_read_where_they_can_be() {
        let table = [
            ("2024-01-27T15:02:51.970Z", Some("2024-01-27T15:02:51.970Z")),
            ("2024-01-27T15:02:51+01:00", Some("2024-01-27T14:02:51.000Z")),
            ("2024-16-01T10:07:04.296Z", Some("2024-01-16T10:07:04.296Z")),
            ("2024-31-12T00:00:00Z", Some("2024-12-31T00:00:00.000Z")),
            ("2024-13-02T23:59:60Z", Some("2024-02-13T23:59:59.000Z")),
            // Both readings are possible: the standard one is taken.
            ("2024-03-01T00:00:00Z", Some("2024-03-01T00:00:00.000Z")),
            ("2024-16-16T00:00:00Z", None),
            ("2024-31-02T00:00:00Z", None),
            ("2024-32-01T00:00:00Z", None),
            ("2024-16-01", None),
            ("2024/16/01T00:00:00Z", None),
            ("", None),
            ("yesterday", None),
            ("é024-16-01T", None),
            ("20é4é16é01é", None),
        ];
        for (raw, expected) in table {
            let moment = moment(Some(&json!(raw)));
            assert_eq!(moment.at.map(Timestamp::to_rfc3339).as_deref(), expected, "{raw}");
            assert_eq!(moment.raw, raw);
        }
        assert_eq!(moment(None), Moment::default());
        assert_eq!(moment(Some(&json!(null))), Moment::default());
        assert_eq!(moment(Some(&json!(17))), Moment { at: None, raw: "17".to_owned() });
    }

    #[test]
    fn a_number_is_milliseconds_where_it_can_be_a_time() {
        let at = |value: Value| moment_or_millis(Some(&value)).at.map(Timestamp::to_rfc3339);
        assert_eq!(at(json!(1_706_367_771_970_i64)).as_deref(), Some("2024-01-27T15:02:51.970Z"));
        assert_eq!(at(json!("2024-01-27T15:02:51.970Z")).as_deref(), Some("2024-01-27T15:02:51.970Z"));
        for bad in [json!(1.5), json!(u64::MAX), json!(i64::MIN), json!(null), json!([])] {
            assert_eq!(at(bad.clone()), None, "{bad}");
        }
    }

    #[test]
    fn values_are_taken_as_far_as_they_mean_anything() {
        assert_eq!(id(Some(&json!("a"))).as_deref(), Some("a"));
        assert_eq!(id(Some(&json!(7))).as_deref(), Some("7"));
        for none in [json!(null), json!(""), json!([]), json!({}), json!(true)] {
            assert_eq!(id(Some(&none)), None, "{none}");
        }
        assert_eq!(text(Some(&json!({"a": [1]}))), "{\"a\":[1]}");
        assert_eq!([count(Some(&json!(3))), count(Some(&json!("3")))], [Some(3), Some(3)]);
        assert_eq!([count(Some(&json!(-3))), count(Some(&json!(null))), count(None)], [None; 3]);
    }

    #[test]
    fn what_came_instead_of_json_is_named() {
        let table: [(&[u8], &str); 9] = [
            (b"", "an empty body"),
            (b" \r\n", "an empty body"),
            (b"<!doctype html><p>", "an HTML page"),
            (b"{\"success\": true, \"conv", "cut JSON"),
            (b"{\"success\": true, }", "broken JSON"),
            (b"[1, 2]", "JSON that is no object"),
            (b"\"text\"", "JSON that is no object"),
            (b"Bad Gateway", "text that is no JSON"),
            (b"\xFF\xFE\x00", "text that is no JSON"),
        ];
        for (body, what) in table {
            assert_eq!(object(body).err(), Some(what), "{}", body.escape_ascii());
        }
        assert!(object("[".repeat(100_000).as_bytes()).is_err());
        assert_eq!(object(b"\xEF\xBB\xBF {\"a\":\"\xFF\"} ").unwrap()["a"], "\u{FFFD}");
    }

    #[test]
    fn complaints_are_found_and_cut() {
        let said = |value: Value| complaint(value.as_object().unwrap()).and_then(|text| quotable(&text));
        assert_eq!(said(json!({"error": "no  credits\r\nleft"})).as_deref(), Some("no credits left"));
        assert_eq!(said(json!({"error": {"message": "busy", "code": 1}})).as_deref(), Some("busy"));
        assert_eq!(said(json!({"success": false, "error": null, "message": "m"})).as_deref(), Some("m"));
        assert_eq!(said(json!({"error": "\u{1b}[31mred"})).as_deref(), Some("[31mred"));
        assert_eq!(said(json!({"error": true, "message": " "})), None);
        assert_eq!(said(json!({"error": "é".repeat(500)})).unwrap().chars().count(), QUOTED);
    }
}
