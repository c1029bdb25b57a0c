//! How a search is written. Owns the grammar and what is said of what can't be understood.

use std::fmt;
use std::ops::Range;

use jiff::tz::TimeZone;

use super::{FuzzyFilter, Has, Needle, Query, Term, Test, when};
use crate::domain::{OutState, Timestamp};

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

/// What can stand before a colon. Anything else before one is a word like others.
const NAMES: [&str; 8] = ["channel", "role", "after", "before", "has", "state", "in", "title"];

/// One word as it is written, with its quotes taken off.
struct QueryWord {
    at: Range<usize>,
    not: bool,
    name: Option<&'static str>,
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
    tokens(text).into_iter().filter(|token| token.name.is_none()).find_map(|token| {
        let (name, value) = text.get(token.at)?.trim_start_matches('-').split_once(':')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        (is_name && !value.starts_with("//")).then_some(name)
    })
}

/// What a word asks for; none where it asks for nothing.
fn test(token: &QueryWord, now: Timestamp, zone: &TimeZone) -> Result<Option<Test>, QueryError> {
    let wrong = |message: String| QueryError { at: token.at.clone(), message };
    let Some(name) = token.name else { return Ok(Needle::new(&token.value).map(Test::Says)) };
    let value = token.value.trim();
    if value.is_empty() {
        return Err(wrong(format!("{name}: needs a word right after it, such as {}.", example(name))));
    }
    let many = || value.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words = || many().map(str::to_owned).collect::<Vec<_>>();
    let moment = || {
        when::moment(value, now, zone)
            .ok_or_else(|| wrong(format!("{name}: takes {}; not \"{value}\".", when::FORMS)))
    };
    Ok(Some(match name {
        "channel" => Test::Channel(words()),
        "role" => Test::Role(words()),
        "after" => Test::After(moment()?),
        "before" => Test::Before(moment()?),
        "has" => Test::Has(many().map(|word| has(word).map_err(&wrong)).collect::<Result<_, _>>()?),
        "state" => Test::State(many().map(|word| state(word).map_err(&wrong)).collect::<Result<_, _>>()?),
        "title" => Test::Title(FuzzyFilter::new(value)),
        _ => match Needle::new(value) {
            Some(needle) => Test::In(needle),
            None => return Ok(None),
        },
    }))
}

fn has(word: &str) -> Result<Has, String> {
    // As people say it: has:attachments, has:errors.
    let one = |thing: &Has| word.eq_ignore_ascii_case(thing.as_str());
    let several = |thing: &Has| word.strip_suffix('s').is_some_and(|word| word.eq_ignore_ascii_case(thing.as_str()));
    Has::ALL.into_iter().find(|thing| one(thing) || several(thing)).ok_or_else(|| {
        let known: Vec<_> = Has::ALL.iter().map(|thing| thing.as_str()).collect();
        format!("has: takes {}; not \"{word}\".", known.join(", "))
    })
}

fn state(word: &str) -> Result<OutState, String> {
    OutState::from_word(&word.to_ascii_lowercase()).ok_or_else(|| {
        let known: Vec<_> = OutState::ALL.iter().map(|state| state.as_str()).collect();
        format!("state: takes {}; not \"{word}\".", known.join(", "))
    })
}

fn example(name: &str) -> &'static str {
    match name {
        "channel" => "channel:docs",
        "role" => "role:user",
        "after" => "after:2d",
        "before" => "before:2026-01-31",
        "has" => "has:attachment",
        "state" => "state:unknown",
        "in" => "in:refund",
        _ => "title:refund",
    }
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
        let name = NAMES.into_iter().find(|name| {
            let head = body.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
            head && body.get(name.len()..).is_some_and(|tail| tail.starts_with(':'))
        });
        let value = name.and_then(|name| body.get(name.len() + 1..)).unwrap_or(body);
        let (value, tail) = match value.strip_prefix('"') {
            // Without its end, as while it is typed, a phrase goes on to the end.
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = tail;
        tokens.push(QueryWord { at: start..text.len() - rest.len(), not, name, value: value.to_owned() });
    }
}
