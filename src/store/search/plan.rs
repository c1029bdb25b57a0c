//! How a search is asked of the index. Owns the SQL: what the index can decide by itself, and what is left to be seen on
//! the message.

use std::fmt::Write as _;

use rusqlite::types::Value;

use super::index::{IS_LONG, STATE_SHIFT, bit, first_number, letter, state_number, widened};
use crate::domain::{HitCursor, Needle, Query, Test};
use crate::store::error::StoreError;

/// Of a longer phrase the index is asked for the beginning; the rest is seen on the message.
const LONGEST: usize = 96;

/// A search as the index is asked.
pub(super) struct Plan {
    /// Answers numbers, rows of messages and rows of conversations, the newest first.
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
    /// Whether the index knows no more than that a message may be one: its text is to be looked at.
    pub(super) unsure: bool,
    /// Whether its conversation is to be looked at.
    pub(super) by_conversation: bool,
}

/// Tells which threes of letters that the index has begin with these two.
type Threes<'a> = dyn Fn(&str) -> Result<Vec<String>, StoreError> + 'a;

/// What has been understood of a search so far.
#[derive(Default)]
struct Asked {
    /// Of a document, all of them, and the values in them.
    wheres: Vec<String>,
    values: Vec<Value>,
    /// What the text must say, and what it must not.
    words: Vec<String>,
    without: Vec<String>,
    unsure: bool,
    by_conversation: bool,
}

impl Asked {
    fn ask(&mut self, condition: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.wheres.push(condition.into());
        self.values.extend(values);
    }

    /// Asks for words, as far as the index knows them.
    fn says(&mut self, needle: &Needle, not: bool, threes: &Threes<'_>) -> Result<(), StoreError> {
        self.unsure |= needle.is_exact();
        // Not to have the small letters is more than not to have these capitals.
        if not && needle.is_exact() {
            return Ok(());
        }
        let word = widened(needle.folded());
        let mut letters = word.chars();
        let phrase = match (letters.next(), letters.next(), letters.next()) {
            (Some(one), None, _) => {
                let (bit, alone) = letter(one);
                // What others have too says only that it may be there.
                self.unsure |= !alone;
                if alone || !not {
                    let is = if not { "=" } else { "<>" };
                    self.ask(format!("(d.letters & ?) {is} 0"), [bit.into()]);
                }
                return Ok(());
            }
            (_, Some(_), None) => {
                let threes: Vec<_> = threes(&word)?.iter().map(|three| quoted(three)).collect();
                if threes.is_empty() {
                    self.ask(if not { "TRUE" } else { "FALSE" }, []);
                    return Ok(());
                }
                format!("({})", threes.join(" OR "))
            }
            _ => {
                let short: String = word.chars().take(LONGEST).collect();
                if short.len() < word.len() {
                    self.unsure = true;
                    if not {
                        return Ok(());
                    }
                }
                quoted(&short)
            }
        };
        if not {
            self.without.push(phrase);
        } else {
            self.words.push(phrase);
        }
        Ok(())
    }
}

/// What an attribute asks of a document; none where its conversation is to be looked at.
fn attribute(test: &Test) -> Option<(String, Vec<Value>)> {
    let among = |column: &str, names: &[String]| {
        let places = vec!["?"; names.len()].join(", ");
        (format!("{column} IN ({places})"), names.iter().map(|name| Value::from(name.clone())).collect())
    };
    Some(match test {
        Test::Says(_) | Test::In(_) | Test::Title(_) => return None,
        Test::Channel(names) => among("d.channel COLLATE NOCASE", names),
        Test::Role(roles) => among("d.role COLLATE NOCASE", roles),
        Test::After(at) => ("ifnull(d.at_ms >= ?, FALSE)".to_owned(), vec![at.millis().into()]),
        Test::Before(at) => ("ifnull(d.at_ms < ?, FALSE)".to_owned(), vec![at.millis().into()]),
        Test::Has(things) => {
            let bits = things.iter().fold(0, |bits, thing| bits | bit(*thing));
            ("d.marks & ? <> 0".to_owned(), vec![bits.into()])
        }
        Test::State(states) => {
            let places = vec!["?"; states.len()].join(", ");
            let numbers = states.iter().map(|state| Value::from(state_number(*state))).collect();
            (format!("(d.marks >> {STATE_SHIFT}) IN ({places})"), numbers)
        }
    })
}

/// The first and the last number that can be, by the times that are asked for and by where the page before ended.
fn numbers(query: &Query, after: Option<HitCursor>) -> (i64, i64) {
    let (mut from, mut to) = (i64::MIN, after.map_or(i64::MAX, |after| after.0.saturating_sub(1)));
    for term in query.terms().iter().filter(|term| !term.not) {
        match term.test {
            Test::After(at) => from = from.max(first_number(at.millis())),
            Test::Before(at) => {
                let first = first_number(at.millis().saturating_add(1));
                // The latest instant that a number can hold stands for all after it.
                if first < first_number(i64::MAX) {
                    to = to.min(first);
                }
            }
            _ => {}
        }
    }
    (from, to)
}

/// Plans a search, in that conversation alone if one is said, of what comes after a place.
pub(super) fn plan(
    query: &Query,
    conversation: Option<i64>,
    after: Option<HitCursor>,
    threes: &Threes<'_>,
) -> Result<Plan, StoreError> {
    let mut asked = Asked::default();
    for term in query.terms() {
        match (&term.test, attribute(&term.test)) {
            (Test::Says(needle), _) => asked.says(needle, term.not, threes)?,
            (_, Some((sql, values))) => {
                asked.ask(if term.not { format!("NOT ({sql})") } else { format!("({sql})") }, values);
            }
            (_, None) => asked.by_conversation = true,
        }
    }
    if let Some(conversation) = conversation {
        asked.ask("d.conversation = ?", [conversation.into()]);
    }
    let from_words = !asked.words.is_empty();
    let number = if from_words { "w.rowid" } else { "d.n" };
    let mut sql = if from_words {
        let mut phrases = asked.words.join(" AND ");
        if !asked.without.is_empty() {
            phrases = format!("({phrases}) NOT ({})", asked.without.join(" OR "));
        }
        asked.values.insert(0, phrases.into());
        // Where nothing of the document is asked, numbers are enough: its row is read for those that are shown.
        if asked.wheres.is_empty() && !asked.unsure && !asked.by_conversation {
            "SELECT w.rowid, NULL, NULL FROM words w WHERE w.words MATCH ?".to_owned()
        } else {
            "SELECT w.rowid, d.message, d.conversation FROM words w CROSS JOIN documents d ON d.n = w.rowid
             WHERE w.words MATCH ?"
                .to_owned()
        }
    } else {
        asked.ask(format!("d.marks & {IS_LONG} = 0"), []);
        if !asked.without.is_empty() {
            let phrases = asked.without.join(" OR ");
            asked.ask("d.n NOT IN (SELECT rowid FROM words WHERE words MATCH ?)", [phrases.into()]);
        }
        "SELECT d.n, d.message, d.conversation FROM documents d WHERE TRUE".to_owned()
    };
    let (from, to) = numbers(query, after);
    if from > i64::MIN {
        asked.wheres.push(format!("{number} >= {from}"));
    }
    if to < i64::MAX {
        asked.wheres.push(format!("{number} <= {to}"));
    }
    for condition in &asked.wheres {
        sql.push_str(" AND ");
        sql.push_str(condition);
    }
    let _ = write!(sql, " ORDER BY {number} DESC");
    let Asked { values, unsure, by_conversation, .. } = asked;
    Ok(Plan { sql, values, unsure, by_conversation })
}

/// As the index's own grammar takes a phrase.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}
