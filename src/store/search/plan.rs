//! How a search is asked of the index: what a message that is found has for certain. Whether one that has it is found is
//! seen on the message.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::order::first_number;
use super::segment::conversation_key;
use super::terms::{Term, Trait, of_needle};
use crate::domain::{HitCursor, Query, Test};

/// A search as the index is asked.
pub(super) struct SearchPlan {
    /// What every message has that is found.
    pub(super) clauses: Vec<Clause>,
    /// The first and the last number that can be.
    pub(super) from: i64,
    pub(super) to: i64,
    /// The conversations, where not all are searched.
    pub(super) conversations: Option<ConversationSet>,
}

/// Terms of which a message has one.
pub(super) struct Clause {
    pub(super) any: Vec<RangeInclusive<Term>>,
    /// Whether its text tells; of a text that is too long for the index it is not known.
    pub(super) of_text: bool,
}

/// Some conversations, as segments know them.
pub(super) enum ConversationSet {
    /// As bits: nearly always.
    Near(Vec<u64>),
    Far(HashSet<u32>),
}

impl ConversationSet {
    /// The most that bits take, in conversations.
    const NEAR: u32 = 1 << 24;

    /// Those of these rows.
    pub(super) fn new(rows: impl IntoIterator<Item = i64>) -> Self {
        let keys: HashSet<u32> = rows.into_iter().map(conversation_key).collect();
        let last = keys.iter().copied().max().unwrap_or(0);
        if last >= Self::NEAR {
            return Self::Far(keys);
        }
        let mut bits = vec![0; last as usize / 64 + 1];
        for key in keys {
            if let Some(word) = bits.get_mut(key as usize / 64) {
                *word |= 1 << (key % 64);
            }
        }
        Self::Near(bits)
    }

    /// Whether one is among them.
    pub(super) fn has(&self, key: u32) -> bool {
        match self {
            Self::Near(bits) => bits.get(key as usize / 64).is_some_and(|word| word & (1 << (key % 64)) != 0),
            Self::Far(keys) => keys.contains(&key),
        }
    }
}

/// Plans a search, in these conversations alone if some are said, of what comes after a place.
pub(super) fn plan(query: &Query, conversations: Option<ConversationSet>, after: Option<HitCursor>) -> SearchPlan {
    let mut clauses = Vec::new();
    // What a message must not be the index can't tell: it may have a term and not what is meant by it.
    for term in query.terms().iter().filter(|term| !term.not) {
        let traits: Vec<Trait<'_>> = match &term.test {
            Test::Says(needle) => {
                clauses.extend(of_needle(needle).into_iter().map(|range| Clause { any: vec![range], of_text: true }));
                continue;
            }
            Test::Channel(names) => names.iter().map(|name| Trait::Channel(name)).collect(),
            Test::Role(names) => names.iter().map(|name| Trait::Role(name)).collect(),
            Test::Has(things) => things.iter().map(|has| Trait::Has(*has)).collect(),
            Test::State(states) => states.iter().map(|state| Trait::State(*state)).collect(),
            Test::After(_) | Test::Before(_) | Test::In(_) | Test::Title(_) | Test::Kept(_) => continue,
        };
        let any = traits.iter().map(Trait::term).map(|term| term..=term).collect();
        clauses.push(Clause { any, of_text: false });
    }
    let (from, to) = numbers(query, after);
    SearchPlan { clauses, from, to, conversations }
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
