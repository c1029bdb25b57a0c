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
pub(super) struct SearchPlan {
    /// Answers numbers, rows of messages and rows of conversations, the newest first.
    pub(super) rows: SqlQuery,
    /// Answers how many rows these are: far sooner than they are read.
    pub(super) count: SqlQuery,
    /// What is not to be among them; none where the rows are without it already.
    pub(super) except: Option<Exclusion>,
    /// Whether the index knows no more than that a message may be one: its text is to be looked at.
    pub(super) unsure: bool,
    /// Whether its conversation is to be looked at.
    pub(super) by_conversation: bool,
}

/// One question to the database.
pub(super) struct SqlQuery {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

/// What is not to be among the rows of a plan. A set of it made by the database would take longer than both lists.
pub(super) struct Exclusion {
    /// Answers numbers, the newest first: also such as are not among the rows.
    pub(super) rows: SqlQuery,
    /// Answers how many of the plan's rows it takes away.
    pub(super) count: SqlQuery,
}

/// Tells which threes of letters that the index has begin with these two.
type Threes<'a> = dyn Fn(&str) -> Result<Vec<String>, StoreError> + 'a;

/// What has been understood of a search so far.
#[derive(Default)]
struct Conditions {
    /// Of a document, all of them, and the values in them.
    wheres: Vec<String>,
    values: Vec<Value>,
    /// What the text must say, and what it must not.
    words: Vec<String>,
    without: Vec<String>,
    unsure: bool,
    by_conversation: bool,
}

impl Conditions {
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
) -> Result<SearchPlan, StoreError> {
    let mut asked = Conditions::default();
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
    let range = numbers(query, after);
    Ok(if asked.words.is_empty() { among_all(asked, range) } else { among_words(asked, range) })
}

/// Those that have the words.
fn among_words(asked: Conditions, range: (i64, i64)) -> SearchPlan {
    let Conditions { wheres, values, words, without, unsure, by_conversation } = asked;
    let mut phrases = words.join(" AND ");
    if !without.is_empty() {
        phrases = format!("({phrases}) NOT ({})", without.join(" OR "));
    }
    // Where nothing of the document is asked, numbers are enough: its row is read for those that are shown.
    let alone = wheres.is_empty() && !unsure && !by_conversation;
    let from = from_words(&wheres, range, alone);
    let columns = if alone { "w.rowid, NULL, NULL" } else { "w.rowid, d.message, d.conversation" };
    let values: Vec<Value> = std::iter::once(phrases.into()).chain(values).collect();
    SearchPlan {
        rows: SqlQuery { sql: format!("SELECT {columns} {from} ORDER BY w.rowid DESC"), values: values.clone() },
        count: SqlQuery { sql: format!("SELECT count(*) {from}"), values },
        except: None,
        unsure,
        by_conversation,
    }
}

/// Those of all documents that have none of the words.
fn among_all(asked: Conditions, range: (i64, i64)) -> SearchPlan {
    let Conditions { wheres, values, without, unsure, by_conversation, .. } = asked;
    let except = (!without.is_empty()).then(|| {
        let phrases = Value::from(without.join(" OR "));
        let (all, taken) = (from_words(&[], range, true), from_words(&wheres, range, wheres.is_empty()));
        let taken_values = std::iter::once(phrases.clone()).chain(values.iter().cloned()).collect();
        Exclusion {
            rows: SqlQuery { sql: format!("SELECT w.rowid {all} ORDER BY w.rowid DESC"), values: vec![phrases] },
            count: SqlQuery { sql: format!("SELECT count(*) {taken}"), values: taken_values },
        }
    });
    // Of those that are too long no words are known: they are looked at.
    let mut from = format!("FROM documents d WHERE d.marks & {IS_LONG} = 0");
    narrow(&mut from, &wheres, "d.n", range);
    let sql = format!("SELECT d.n, d.message, d.conversation {from} ORDER BY d.n DESC");
    SearchPlan {
        rows: SqlQuery { sql, values: values.clone() },
        count: SqlQuery { sql: format!("SELECT count(*) {from}"), values },
        except,
        unsure,
        by_conversation,
    }
}

/// From the words, and where more is asked from the documents too.
fn from_words(wheres: &[String], range: (i64, i64), alone: bool) -> String {
    let documents = if alone { "" } else { "CROSS JOIN documents d ON d.n = w.rowid " };
    let mut from = format!("FROM words w {documents}WHERE w.words MATCH ?");
    narrow(&mut from, wheres, "w.rowid", range);
    from
}

fn narrow(sql: &mut String, wheres: &[String], number: &str, (from, to): (i64, i64)) {
    if from > i64::MIN {
        let _ = write!(sql, " AND {number} >= {from}");
    }
    if to < i64::MAX {
        let _ = write!(sql, " AND {number} <= {to}");
    }
    for condition in wheres {
        sql.push_str(" AND ");
        sql.push_str(condition);
    }
}

/// As the index's own grammar takes a phrase.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}
