//! What a delivery's row leaves out because it stands elsewhere, and how it is made whole again: its URL and the headers that
//! many have in common in `delivery_heads`, which this owns; the text that it brought, the line that quotes that, and its id
//! in the message's own row, or in the data request's. Where such a message is changed or goes, the database itself puts them
//! back (triggers in the schema); what was asked in a request never changes.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::error::StoreError;
use super::json::{pairs_from_json, pairs_json};
use super::rows::count;

/// Headers whose values many deliveries have in common. Those of others stand in the delivery's own row.
const COMMON: [&str; 14] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-type",
    "host",
    "origin",
    "user-agent",
    "via",
    "x-forwarded-host",
    "x-forwarded-proto",
];
/// So many heads are kept: whoever makes each of its requests another has all of them in its own rows.
const HEADS: i64 = 1_000;
/// A longer head is nobody's.
const LONG: usize = 4 << 10;
/// A shorter text is not worth taking out of its body.
const SHORT: usize = 32;

/// Headers as they are written: what many have in common, and what is this delivery's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct WrittenHeaders {
    /// JSON: pairs, with null for a value that stands in `own`.
    pub(super) common: String,
    /// JSON: those values, in their order. Empty where all stand in `common`.
    pub(super) own: String,
}

impl WrittenHeaders {
    pub(super) fn new(headers: &[(String, String)]) -> Self {
        let is_common = |name: &str| COMMON.binary_search(&name).is_ok();
        let common: Vec<(&str, Option<&str>)> =
            headers.iter().map(|(name, value)| (name.as_str(), is_common(name).then_some(value.as_str()))).collect();
        let own = headers.iter().filter(|(name, _)| !is_common(name)).map(|(_, value)| value.as_str());
        let own: Vec<&str> = own.collect();
        Self {
            common: serde_json::to_string(&common).unwrap_or_default(),
            own: serde_json::to_string(&own).unwrap_or_default(),
        }
    }

    /// All in one part, that has nothing in common with any other.
    pub(super) fn alone(headers: &[(String, String)]) -> Self {
        Self { common: pairs_json(headers).unwrap_or_else(|| "[]".to_owned()), own: String::new() }
    }
}

/// The headers, of both parts; a value that is missing is empty.
fn headers(common: &str, own: &str) -> Vec<(String, String)> {
    let common: Vec<(String, Option<String>)> = serde_json::from_str(common).unwrap_or_default();
    let mut own = serde_json::from_str::<Vec<String>>(own).unwrap_or_default().into_iter();
    common.into_iter().map(|(name, value)| (name, value.or_else(|| own.next()).unwrap_or_default())).collect()
}

/// The same as JSON of pairs.
pub(super) fn whole_headers<'a>(common: &'a str, own: &str) -> Cow<'a, str> {
    if own.is_empty() {
        return common.into();
    }
    serde_json::to_string(&headers(common, own)).unwrap_or_default().into()
}

/// Which head is which row, as far as a batch has looked.
#[derive(Default)]
pub(super) struct Heads<'b>(HashMap<(&'b str, &'b str), Option<i64>>);

impl<'b> Heads<'b> {
    /// The row of a head, made if need be; none where there are too many of them.
    pub(super) fn find(
        &mut self,
        tx: &Transaction<'_>,
        url: &'b str,
        common: &'b str,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(known) = self.0.get(&(url, common)) {
            return Ok(*known);
        }
        let found = if url.len() + common.len() > LONG { None } else { find(tx, url, common)? };
        self.0.insert((url, common), found);
        Ok(found)
    }
}

fn find(tx: &Transaction<'_>, url: &str, common: &str) -> Result<Option<i64>, StoreError> {
    let found = tx
        .prepare_cached("SELECT n FROM delivery_heads WHERE url = ?1 AND headers = ?2")?
        .query_row([url, common], |row| row.get(0))
        .optional()?;
    if found.is_some() {
        return Ok(found);
    }
    let inserted = tx
        .prepare_cached(
            "INSERT INTO delivery_heads (url, headers)
             SELECT ?1, ?2 WHERE ifnull((SELECT max(n) FROM delivery_heads), 0) < ?3",
        )?
        .execute(params![url, common, HEADS])?;
    Ok((inserted > 0).then(|| tx.last_insert_rowid()))
}

/// What a delivery brought that stands in a row of its own, new with it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Brought<'b> {
    /// A message's text: the body has it as JSON has a text.
    Message { n: i64, text: &'b str },
    /// A data request's inputs, which are JSON; and its key, which the summary begins with.
    Request { n: i64, key: &'b str, inputs: &'b str },
}

/// What of a delivery stands in the row of what it brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// That row: a message's, or, negative, a request's.
    pub(super) of: i64,
    /// The body without the text.
    pub(super) body: Vec<u8>,
    /// Where it stood.
    pub(super) at: i64,
    /// How long the body is.
    pub(super) size: i64,
    /// How many letters of the text are quoted, negative where an ellipsis follows; none where something else is.
    pub(super) quoted: Option<i64>,
}

/// Takes a text out of a body of JSON; none where it doesn't stand there as we would write it.
pub(super) fn take(body: &[u8], brought: Brought<'_>, summary: &str) -> Option<Taken> {
    match brought {
        Brought::Message { n, text } => {
            // What has letters that are written in more than one way is left as it is.
            let is_plain = |c: char| c >= ' ' || c == '\n' || c == '\t' || c == '\r';
            let is_worth = text.len() >= SHORT && text.chars().all(is_plain);
            let value = is_worth.then(|| serde_json::to_string(text).ok()).flatten()?;
            take_out(body, inner(&value), n, quote(text, summary))
        }
        Brought::Request { n, key, inputs } => {
            let is_worth = inputs.len() >= SHORT && !inputs.contains('\0') && !key.contains('\0');
            is_worth.then(|| take_out(body, inputs, -n, quote(&[key, " ", inputs].concat(), summary))).flatten()
        }
    }
}

fn take_out(body: &[u8], text: &str, of: i64, quoted: Option<i64>) -> Option<Taken> {
    let body = std::str::from_utf8(body).ok().filter(|body| !body.contains('\0'))?;
    let at = body.find(text)?;
    let (before, after) = (body.get(..at)?, body.get(at + text.len()..)?);
    Some(Taken { of, body: [before, after].concat().into(), at: count(at), size: count(body.len()), quoted })
}

/// A text of JSON without its quotation marks.
fn inner(value: &str) -> &str {
    value.get(1..value.len().saturating_sub(1)).unwrap_or_default()
}

fn quote(text: &str, summary: &str) -> Option<i64> {
    let (begins, sign) = summary.strip_suffix('…').map_or((summary, 1), |begins| (begins, -1));
    (!begins.is_empty() && text.starts_with(begins)).then(|| sign * count(begins.chars().count()))
}

/// A body with its text again, of the columns from that one on: the body, where its text stood, the message's text, and the
/// request's inputs.
pub(super) fn whole_body(row: &Row<'_>, from: usize) -> rusqlite::Result<Vec<u8>> {
    let mut body: Vec<u8> = row.get(from)?;
    let Some(at) = row.get::<_, Option<i64>>(from + 1)? else { return Ok(body) };
    let at = usize::try_from(at).unwrap_or(0).min(body.len());
    let (text, inputs): (Option<String>, Option<String>) = (row.get(from + 2)?, row.get(from + 3)?);
    match (text, inputs) {
        (Some(text), _) => {
            let value = serde_json::to_string(&text).unwrap_or_default();
            body.splice(at..at, inner(&value).bytes());
        }
        (None, Some(inputs)) => drop(body.splice(at..at, inputs.bytes())),
        (None, None) => drop(body.splice(at..at, LOST.bytes())),
    }
    Ok(body)
}

/// What stands for a text whose row can't be read any more.
const LOST: &str = "[…this could not be read]";

/// The URL and the headers, of the columns from that one on: the row's own URL and headers, and its head's.
pub(super) fn whole_head(row: &Row<'_>, from: usize) -> rusqlite::Result<(String, Vec<(String, String)>)> {
    let own: String = row.get(from + 1)?;
    Ok(match row.get::<_, Option<String>>(from + 3)? {
        Some(common) => (row.get(from + 2)?, headers(&common, &own)),
        None => (row.get(from)?, pairs_from_json(&own)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn common_headers_are_in_order() {
        assert!(COMMON.is_sorted());
    }

    proptest! {
        #[test]
        fn headers_are_the_same_again(
            pairs in prop::collection::vec(("(host|accept|date|x-sig)", "[ -~ü]{0,9}"), 0..6)
        ) {
            let written = WrittenHeaders::new(&pairs);
            prop_assert_eq!(headers(&written.common, &written.own), pairs.clone());
            prop_assert_eq!(pairs_from_json(&whole_headers(&written.common, &written.own)), pairs.clone());
            prop_assert_eq!(pairs_from_json(&WrittenHeaders::alone(&pairs).common), pairs);
        }
    }

    #[test]
    fn a_quotation_is_told_by_its_length() {
        assert_eq!(quote("a text", "a text"), Some(6));
        assert_eq!(quote("a längerer Text", "a läng…"), Some(-6));
        assert_eq!(quote("a  text", "a text"), None);
        assert_eq!(quote("…", "…"), None);
    }
}
