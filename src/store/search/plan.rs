//! How a search is asked of the index. Owns the SQL: what the index can decide by itself, and what is left to be seen on
//! the message.

use rusqlite::types::Value;

use super::index::{IS_LONG, STATE_SHIFT, bit, first_number, state_number, widened};
use crate::domain::{HitCursor, Query, Test};

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

/// Plans a search, in that conversation alone if one is said, of what comes after a place.
pub(super) fn plan(query: &Query, conversation: Option<i64>, after: Option<HitCursor>) -> Plan {
    let mut wheres: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let (mut words, mut without) = (Vec::new(), Vec::new());
    let (mut unsure, mut by_conversation) = (false, false);
    // The numbers that can be, by time.
    let (mut from, mut to) = (i64::MIN, i64::MAX);
    for term in query.terms() {
        let (sql, more): (String, Vec<Value>) = match &term.test {
            Test::Says(needle) => {
                let word = widened(needle.folded());
                let known = word.chars().count() >= 3;
                // Not to have the small letters is more than not to have these capitals.
                match (known, term.not) {
                    (true, false) => words.push(quoted(&word)),
                    (true, true) if !needle.is_exact() => without.push(quoted(&word)),
                    _ => {}
                }
                unsure |= !known || needle.is_exact();
                continue;
            }
            Test::In(_) | Test::Title(_) => {
                by_conversation = true;
                continue;
            }
            Test::Channel(names) => among("d.channel COLLATE NOCASE", names),
            Test::Role(roles) => among("d.role COLLATE NOCASE", roles),
            Test::After(at) => {
                if !term.not {
                    from = from.max(first_number(at.millis()));
                }
                ("ifnull(d.at_ms >= ?, FALSE)".to_owned(), vec![at.millis().into()])
            }
            Test::Before(at) => {
                if !term.not {
                    // Of the same instant as far as numbers go, and before it all the same: nothing but the latest of all.
                    to = to.min(first_number(at.millis().saturating_add(1)));
                }
                ("ifnull(d.at_ms < ?, FALSE)".to_owned(), vec![at.millis().into()])
            }
            Test::Has(things) => {
                let bits = things.iter().fold(0, |bits, thing| bits | bit(*thing));
                ("d.marks & ? <> 0".to_owned(), vec![bits.into()])
            }
            Test::State(states) => {
                let places = vec!["?"; states.len()].join(", ");
                let numbers = states.iter().map(|state| Value::from(state_number(*state))).collect();
                (format!("(d.marks >> {STATE_SHIFT}) IN ({places})"), numbers)
            }
        };
        wheres.push(if term.not { format!("NOT ({sql})") } else { format!("({sql})") });
        values.extend(more);
    }
    if let Some(conversation) = conversation {
        wheres.push("d.conversation = ?".to_owned());
        values.push(conversation.into());
    }
    // The latest instant that a number can hold stands for all after it.
    let to = if to == first_number(i64::MAX) { i64::MAX } else { to };
    let to = after.map_or(to, |after| to.min(after.0.saturating_sub(1)));
    let from_words = !words.is_empty();
    let number = if from_words { "w.rowid" } else { "d.n" };
    let mut sql = if from_words {
        let mut asked = words.join(" AND ");
        if !without.is_empty() {
            asked = format!("({asked}) NOT ({})", without.join(" OR "));
        }
        values.insert(0, asked.into());
        "SELECT w.rowid, d.message, d.conversation FROM words w CROSS JOIN documents d ON d.n = w.rowid
         WHERE w.words MATCH ?"
            .to_owned()
    } else {
        wheres.push(format!("d.marks & {IS_LONG} = 0"));
        if !without.is_empty() {
            wheres.push("d.n NOT IN (SELECT rowid FROM words WHERE words MATCH ?)".to_owned());
            values.push(without.join(" OR ").into());
        }
        "SELECT d.n, d.message, d.conversation FROM documents d WHERE TRUE".to_owned()
    };
    // Nothing of the document is asked: the numbers are enough, and its row is read for those that are shown.
    if from_words && wheres.is_empty() && !unsure && !by_conversation {
        sql = "SELECT w.rowid, NULL, NULL FROM words w WHERE w.words MATCH ?".to_owned();
    }
    if from > i64::MIN {
        wheres.push(format!("{number} >= {from}"));
    }
    if to < i64::MAX {
        wheres.push(format!("{number} <= {to}"));
    }
    for condition in wheres {
        sql.push_str(" AND ");
        sql.push_str(&condition);
    }
    sql.push_str(&format!(" ORDER BY {number} DESC"));
    Plan { sql, values, unsure, by_conversation }
}

/// As the index's own grammar takes a phrase.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

fn among(column: &str, names: &[String]) -> (String, Vec<Value>) {
    let places = vec!["?"; names.len()].join(", ");
    (format!("{column} IN ({places})"), names.iter().map(|name| Value::from(name.clone())).collect())
}
