//! Reads what platforms write when it isn't quite what they document. Never fails a list because of one value.
//!
//! Owns the reading of single values and of whole bodies. What a field means is the adapter's business.

use std::collections::HashMap;
use std::ops::Deref;

use serde_json::{Map, Value};

use super::Rejection;
use crate::domain::{Damage, Fault, Json, Message, MessageId, Moment, NoJson, Timestamp};
use crate::signature::fingerprint;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The most characters of a server's own words that are quoted.
const QUOTED: usize = 200;
/// The most bytes of one message's JSON that are kept.
const KEPT: usize = 64 * 1024;
/// In one that is larger, the most bytes of one text.
const LONG: usize = 1_024;
/// The deepest that a webhook's JSON may be nested.
const DEEPEST: usize = 64;
/// The most values that a webhook's JSON may hold.
const MOST: usize = 10_000;

/// The object that a body is, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Document {
    /// What it says.
    pub(super) object: Object,
    /// What of it could not be read as it stands.
    pub(super) damage: Damage,
}

impl Deref for Document {
    type Target = Object;

    fn deref(&self) -> &Object {
        &self.object
    }
}

/// The body as a JSON object, or what came instead, in words that follow "sent".
pub(super) fn document(body: &[u8]) -> Result<Document, &'static str> {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
    let is_json = text.starts_with(b"{") || text.starts_with(b"[");
    match Json::read(text) {
        Ok(Json { value: Value::Object(object), damage }) => {
            if !damage.is_none() {
                tracing::info!("{} values of an answer could not be read as sent", damage.many());
            }
            Ok(Document { object, damage })
        }
        Ok(_) => Err("JSON that is no object"),
        Err(_) if text.is_empty() => Err("an empty body"),
        Err(_) if text.starts_with(b"<") => Err("an HTML page"),
        Err(NoJson::Cut(_)) if is_json => Err("cut JSON"),
        Err(_) if is_json => Err("broken JSON"),
        Err(_) => Err("text that is no JSON"),
    }
}

/// The same, for who shows nothing of it that could be damaged.
pub(super) fn object(body: &[u8]) -> Result<Object, &'static str> {
    document(body).map(|document| document.object)
}

/// A webhook's body as a JSON object. Whoever posts it may mean harm, so its depth and its number of values are checked
/// before anything is built of it. The reason says where, and quotes nothing.
pub(super) fn bounded(body: &[u8]) -> Result<Document, Rejection> {
    let (mut depth, mut values, mut within, mut escaped, mut fresh) = (0_usize, 1_usize, false, false, false);
    for (at, byte) in body.iter().enumerate() {
        if within {
            (within, escaped) = (escaped || *byte != b'"', !escaped && *byte == b'\\');
            continue;
        }
        // The first value of a list or an object has no comma before it.
        if fresh && !byte.is_ascii_whitespace() {
            values += usize::from(!matches!(byte, b']' | b'}'));
            fresh = false;
        }
        match byte {
            b'"' => within = true,
            b'[' | b'{' => (depth, fresh) = (depth + 1, true),
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Rejection::malformed(format!("the JSON is nested over {DEEPEST} deep at byte {at}")));
        }
        if values > MOST {
            return Err(Rejection::malformed(format!("the JSON holds over {MOST} values at byte {at}")));
        }
    }
    document(body).map_err(|what| Rejection::malformed(format!("expected a JSON object, found {what}")))
}

/// What a delivery says in one line, and that something in it could not be read, where that is so.
pub(super) fn summary(line: String, damage: &Damage) -> String {
    match (damage.many(), line.is_empty()) {
        (0, _) => line,
        (many, true) => format!("[{many} damaged]"),
        (many, false) => format!("{line} [{many} damaged]"),
    }
}

/// What a platform told, as it is kept with what was made of it. Long texts are cut if it takes too much room; none if it
/// takes too much all the same.
pub(super) fn kept(object: &Object) -> Option<String> {
    let whole = serde_json::to_string(object).ok()?;
    if whole.len() <= KEPT {
        return Some(whole);
    }
    let mut less = Value::Object(object.clone());
    cut(&mut less);
    serde_json::to_string(&less).ok().filter(|text| text.len() <= KEPT)
}

/// Cuts the long texts in a value, and says so in them.
fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONG => {
            let mut end = LONG;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let left = text.len() - end;
            text.truncate(end);
            *text = format!("{text}… {left} bytes more");
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(fields) => fields.values_mut().for_each(cut),
        _ => {}
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

/// Words, also where they stand in parts; anything else as its JSON, so that nothing is lost.
pub(super) fn said(value: Option<&Value>) -> String {
    match value {
        Some(Value::Array(parts)) => {
            parts.iter().map(|part| words_of(part).unwrap_or_else(|| text(Some(part)))).collect()
        }
        Some(part @ Value::Object(_)) => words_of(part).unwrap_or_else(|| text(Some(part))),
        other => text(other),
    }
}

/// The words of one part.
fn words_of(part: &Value) -> Option<String> {
    match part {
        Value::String(text) => Some(text.clone()),
        Value::Object(part) => ["text", "content"].iter().find_map(|key| part.get(*key)?.as_str().map(str::to_owned)),
        _ => None,
    }
}

/// An id for a message that came without one: the same each time that it comes.
pub(super) fn made_id(object: &Object) -> MessageId {
    let words = serde_json::to_vec(object).unwrap_or_default();
    MessageId::made(&fingerprint(&[&words]))
}

/// Tells messages apart that came without an id and say the same, by their order.
pub(super) fn tell_apart(messages: &mut [Message]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for message in messages.iter_mut().filter(|message| message.id.is_made()) {
        let many = seen.entry(message.id.as_str().to_owned()).or_default();
        *many += 1;
        if *many > 1 {
            message.id = MessageId::new(format!("{}-{many}", message.id));
        }
    }
}

/// What can be made of the items of a list, and the damage of the document with those that nothing can be made of.
pub(super) fn items<T>(
    document: &Document,
    key: &str,
    came: &[Value],
    item: fn(&Object) -> Option<T>,
) -> (Vec<T>, Damage) {
    let mut damage = document.damage.clone();
    let mut items = Vec::with_capacity(came.len());
    for (at, value) in came.iter().enumerate() {
        match value.as_object().and_then(item) {
            Some(item) => items.push(item),
            None => damage.note(&format!("/{key}/{at}"), Fault::Kind),
        }
    }
    (items, damage)
}

/// A count, also where it is written as text.
pub(super) fn count(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => whole(&number.to_string()),
        Value::String(text) => whole(text.trim()),
        _ => None,
    }
}

/// A whole number that isn't negative, also where it is written with a fraction of zero.
fn whole(text: &str) -> Option<u64> {
    let digits =
        text.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0')).map_or(text, |(whole, _)| whole);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A time. The text is kept where it can't be read.
pub(super) fn moment(value: Option<&Value>) -> Moment {
    let raw = text(value);
    Moment { at: instant(&raw), raw }
}

/// A time that is milliseconds since 1970, as a number or in digits, or else text as [`moment`] takes it. The text is
/// kept where it can't be read.
pub(super) fn millis(value: Option<&Value>) -> Moment {
    let moment = moment(value);
    let at = moment.raw.trim().parse().ok().filter(|ms| *ms >= 0).map(Timestamp::from_millis);
    // Past the calendar's end there is no date to show.
    let at = at.filter(|at| !at.to_rfc3339().is_empty());
    Moment { at: at.or(moment.at), raw: moment.raw }
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
    const KEYS: [&str; 9] =
        ["error", "error_message", "errorMessage", "message", "detail", "msg", "errors", "error_type", "error_code"];
    let inner = |value: &Value| match value {
        Value::Object(inner) => {
            ["message", "msg", "detail", "error", "type", "code"].iter().find_map(|key| words(inner.get(*key)?))
        }
        value => words(value),
    };
    KEYS.iter().find_map(|key| match object.get(*key)? {
        Value::Array(several) => several.iter().find_map(inner),
        value => inner(value),
    })
}

/// A body that is neither JSON nor a page, as text.
pub(super) fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{FEFF}').trim();
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
        assert_eq!([count(Some(&json!(3.0))), count(Some(&json!(" 3.00")))], [Some(3), Some(3)]);
        assert_eq!([count(Some(&json!(-3))), count(Some(&json!(null))), count(None)], [None; 3]);
        assert_eq!([count(Some(&json!(3.5))), count(Some(&json!(""))), count(Some(&json!("x")))], [None; 3]);
        let huge = document(b"{\"id\":12345678901234567890123}").unwrap();
        assert_eq!(id(huge.get("id")).as_deref(), Some("12345678901234567890123"));
    }

    #[test]
    fn what_is_kept_is_what_came_and_bounded() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        assert_eq!(kept(&object(json!({"b": 1.50, "a": [null]}))).as_deref(), Some(r#"{"b":1.5,"a":[null]}"#));
        let long = object(json!({"id": "m", "message": "é".repeat(40_000), "odd": {"x": true}}));
        let text = kept(&long).unwrap();
        assert!(text.len() < 2_000 && text.contains("… 78976 bytes more") && text.ends_with(r#""odd":{"x":true}}"#));
        let many = object(json!({"all": vec!["a".repeat(1_000); 100]}));
        assert_eq!(kept(&many), None);
    }

    #[test]
    fn what_came_instead_of_json_is_named() {
        let table: [(&[u8], &str); 9] = [
            (b"", "an empty body"),
            (b" \r\n", "an empty body"),
            (b"<!doctype html><p>", "an HTML page"),
            (b"{\"success\": true, \"conv", "cut JSON"),
            (b"{\"success\" true}", "broken JSON"),
            (b"[1, 2]", "JSON that is no object"),
            (b"\"text\"", "JSON that is no object"),
            (b"Bad Gateway", "text that is no JSON"),
            (b"\xFF\xFE\x00", "text that is no JSON"),
        ];
        for (body, what) in table {
            assert_eq!(object(body).err(), Some(what), "{}", body.escape_ascii());
        }
        assert!(object("[".repeat(100_000).as_bytes()).is_err());
        // As the vendor's own examples have it.
        assert_eq!(object(b"{\"success\": true, }").unwrap()["success"], true);
        assert_eq!(object(b"\xEF\xBB\xBF {\"a\":\"\xFF\"} ").unwrap()["a"], "\u{FFFD}");
    }

    #[test]
    fn milliseconds_are_read_as_numbers_and_as_text() {
        let read = |value: Value| millis(Some(&value)).at.map(Timestamp::millis);
        assert_eq!(read(json!(1_700_000_000_123_i64)), Some(1_700_000_000_123));
        assert_eq!(read(json!("1700000000123")), Some(1_700_000_000_123));
        assert_eq!(read(json!("1970-01-01T00:00:01Z")), Some(1_000));
        assert_eq!(read(json!(0)), Some(0));
        for none in [json!(-1), json!(i64::MAX), json!(u64::MAX), json!(1e300), json!(null), json!([1]), json!("")] {
            assert_eq!(read(none.clone()), None, "{none}");
        }
        assert_eq!(millis(Some(&json!(-1))).raw, "-1");
        assert_eq!(millis(None), Moment::default());
    }

    #[test]
    fn bombs_are_refused_before_they_are_built() {
        let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        let listed = |items: usize| format!("{{\"a\":[{}]}}", vec!["1"; items].join(", "));
        let refused = |body: &str| bounded(body.as_bytes()).err().map(|r| (r.status, r.reason));
        assert_eq!(refused(&nested(64)), None);
        assert_eq!(refused(&nested(65)), Some((400, "the JSON is nested over 64 deep at byte 68".to_owned())));
        // The object, the list, and what is in it.
        assert_eq!(refused(&listed(9_998)), None);
        assert!(refused(&listed(9_999)).unwrap().1.starts_with("the JSON holds over 10000 values at byte "));
        let keys: Vec<String> = (0..10_000).map(|n| format!("\"k{n}\":{{}}")).collect();
        assert!(refused(&format!("{{{}}}", keys.join(","))).unwrap().1.contains("values"));
        assert_eq!(refused(&format!("{{{}}}", keys[..9_999].join(","))), None);
        for huge in ["[".repeat(1 << 20), "{\"a\":".repeat(1 << 17), "[[],".repeat(1 << 18), "[1,".repeat(1 << 18)] {
            assert_eq!(refused(&huge).unwrap().0, 400);
        }
        // What only looks like structure stands in a text.
        assert_eq!(bounded(format!(r#"{{"a":"\"{}\\"}}"#, "[,{".repeat(9_000)).as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn a_webhook_that_is_no_object_is_named() {
        let odd: [&[u8]; 10] = [b"", b"null", b"[]", b"1", b"\xFF", b"{\"a\"", b"{]", b"]]]", b"\"", b"\"\\"];
        // One value that can't be read refuses no event.
        for damaged in [&b"{\"a\":\"\xC3\",\"b\":1}"[..], b"{\"a\":\"\\ud800\",\"b\":1}", b"{\"a\":NaN,\"b\":1}"] {
            let read = bounded(damaged).unwrap();
            assert_eq!((&read["b"], read.damage.many()), (&json!(1), 1));
        }
        assert_eq!(bounded(b"{\"a\":1e999}").unwrap()["a"].to_string(), "1e+999");
        for body in odd {
            let refused = bounded(body).unwrap_err();
            assert_eq!(refused.status, 400);
            assert!(refused.reason.starts_with("expected a JSON object, found "), "{}", refused.reason);
        }
        assert_eq!(bounded(b"{\"a\":1,\"a\":2,\"b\":1e308}").unwrap()["a"], 2);
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
        assert_eq!(plain(b" too many\n").as_deref(), Some("too many"));
        for none in [&b""[..], b" \n", b"<html>", b"{\"error\":", b"[1", b"\xFF"] {
            assert_eq!(plain(none), None);
        }
    }
}
