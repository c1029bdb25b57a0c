//! How a search is written. Owns the grammar and what is said of what can't be understood.

use std::fmt;
use std::ops::Range;

use jiff::tz::TimeZone;

use super::attribute::{Attribute, Test};
use super::needle::Needle;
use super::{Query, Term};
use crate::domain::Timestamp;

/// Why a search can't be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where: bytes of what was written.
    pub at: Range<usize>,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}

/// One word as it is written, with its quotes taken off.
struct QueryWord {
    at: Range<usize>,
    not: bool,
    attribute: Option<&'static Attribute>,
    value: String,
}

pub(super) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Query, QueryError> {
    let mut terms = Vec::new();
    for token in tokens(text) {
        if let Some(test) = test(&token, now, zone)? {
            terms.push(Term { not: token.not, test });
        }
    }
    Ok(Query { text: text.to_owned(), terms })
}

/// The first name before a colon that is no attribute's; a URL has none.
pub(super) fn no_attribute(text: &str) -> Option<&str> {
    tokens(text).into_iter().filter(|token| token.attribute.is_none()).find_map(|token| {
        let (name, value) = text.get(token.at)?.trim_start_matches('-').split_once(':')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        (is_name && !value.starts_with("//")).then_some(name)
    })
}

/// What a word asks for; none where it asks for nothing.
fn test(token: &QueryWord, now: Timestamp, zone: &TimeZone) -> Result<Option<Test>, QueryError> {
    let wrong = |message: String| QueryError { at: token.at.clone(), message };
    let Some(attribute) = token.attribute else { return Ok(Needle::new(&token.value).map(Test::Says)) };
    attribute.test(token.value.trim(), now, zone).map_err(wrong)
}

fn tokens(text: &str) -> Vec<QueryWord> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return tokens;
        }
        let start = text.len() - rest.len();
        // A dash alone is a word like others.
        let not = rest.starts_with('-') && rest.chars().nth(1).is_some_and(|c| !c.is_whitespace());
        let body = if not { rest.get(1..).unwrap_or("") } else { rest };
        let attribute = Attribute::ALL.iter().find(|attribute| {
            let head = body.get(..attribute.name.len()).is_some_and(|head| head.eq_ignore_ascii_case(attribute.name));
            head && body.get(attribute.name.len()..).is_some_and(|tail| tail.starts_with(':'))
        });
        let value = attribute.and_then(|attribute| body.get(attribute.name.len() + 1..)).unwrap_or(body);
        let (value, tail) = match value.strip_prefix('"') {
            // Without its end, as while it is typed, a phrase goes on to the end.
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = tail;
        tokens.push(QueryWord { at: start..text.len() - rest.len(), not, attribute, value: value.to_owned() });
    }
}
