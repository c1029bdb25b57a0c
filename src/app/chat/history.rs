//! The loaded end of a conversation's history. Grows at both ends, and finds what is drawn, at a cost that doesn't grow
//! with what is loaded.
//!
//! Owns how what the store tells is joined to what is loaded, and which number on screen stands for which message.
//! Asks for nothing.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Index;

use crate::app::chat::HistoryEntry;

/// Messages of one conversation without a hole, oldest first.
#[derive(Debug, Default)]
pub struct History {
    /// Boxed, so that room for more is made by moving little.
    past: VecDeque<Box<HistoryEntry>>,
    /// Where the message with each key is, counted from where the history once began.
    places: BTreeMap<u64, i64>,
    /// The first message's place by that count.
    first: i64,
}

/// How messages that the store told belong to those that are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Joint {
    /// They stand for all of them.
    Whole,
    /// They stand for those from that one on.
    From(usize),
    /// Between the two there may be others.
    Apart,
}

impl History {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.past.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    /// One of them.
    pub fn get(&self, index: usize) -> Option<&HistoryEntry> {
        self.past.get(index).map(|past| &**past)
    }

    /// The oldest that is loaded.
    pub fn first(&self) -> Option<&HistoryEntry> {
        self.get(0)
    }

    /// The newest.
    pub fn last(&self) -> Option<&HistoryEntry> {
        self.past.back().map(|past| &**past)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &HistoryEntry> + ExactSizeIterator {
        self.past.iter().map(|past| &**past)
    }

    /// Where the message with that key on screen is.
    pub fn position(&self, key: u64) -> Option<usize> {
        let at = usize::try_from(*self.places.get(&key)? - self.first).ok()?;
        self.get(at).filter(|past| past.key == key).map(|_| at)
    }

    /// How the newest messages of the store, with or without older ones before them, belong to these.
    pub(in crate::app) fn joint(&self, newest: &[HistoryEntry], older: bool) -> Joint {
        let Some(first) = newest.first().filter(|_| older) else { return Joint::Whole };
        match self.past.binary_search_by_key(&first.seq, |past| past.seq) {
            // The numbers begin again where a history was forgotten and read anew.
            Ok(at) if self.get(at).is_some_and(|past| past.message.id == first.message.id) => Joint::From(at),
            _ if newest.len() > self.len() => Joint::Whole,
            _ => Joint::Apart,
        }
    }

    /// Leaves the first so many, and gives the others by their places in the store's order.
    pub(in crate::app) fn cut(&mut self, at: usize) -> BTreeMap<i64, Box<HistoryEntry>> {
        let cut: Vec<Box<HistoryEntry>> = self.past.drain(at.min(self.past.len())..).collect();
        for past in &cut {
            self.places.remove(&past.key);
        }
        cut.into_iter().map(|past| (past.seq, past)).collect()
    }

    /// Adds a message at the end.
    pub(in crate::app) fn push(&mut self, past: HistoryEntry) {
        self.places.insert(past.key, self.first + i64::try_from(self.past.len()).unwrap_or(i64::MAX));
        self.past.push_back(Box::new(past));
    }

    /// Adds messages before the first.
    pub(in crate::app) fn put_before(&mut self, older: Vec<HistoryEntry>) {
        for past in older.into_iter().rev() {
            self.first -= 1;
            self.places.insert(past.key, self.first);
            self.past.push_front(Box::new(past));
        }
    }

    /// Lets the oldest go until so many are left, at most some of them at once. Tells how many went.
    pub(in crate::app) fn trim(&mut self, left: usize, most: usize) -> usize {
        let gone = self.len().saturating_sub(left).min(most);
        for past in self.past.drain(..gone) {
            self.places.remove(&past.key);
            self.first += 1;
        }
        if gone > 0 && self.past.capacity() > 4 * self.past.len() {
            self.past.shrink_to(2 * self.past.len());
        }
        gone
    }
}

impl Index<usize> for History {
    type Output = HistoryEntry;

    fn index(&self, index: usize) -> &HistoryEntry {
        &self.past[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Extras, Message, MessageId, Moment, Role};
    use proptest::prelude::*;

    fn past(seq: i64, key: u64) -> HistoryEntry {
        let message = Message {
            id: MessageId::new(format!("m{seq}")),
            role: Role::User,
            text: String::new(),
            created_at: Moment::default(),
            extras: Extras::default(),
        };
        HistoryEntry { key, ..HistoryEntry::new(seq, message, false, None, None) }
    }

    #[test]
    fn what_is_told_joins_where_it_is_known_and_nowhere_else() {
        let mut history = History::default();
        (0..10).for_each(|n| history.push(past(2 * n, 0)));
        let told = |from: i64, to: i64| (from..to).map(|n| past(2 * n, 0)).collect::<Vec<_>>();
        assert_eq!(history.joint(&told(7, 12), true), Joint::From(7));
        assert_eq!(history.joint(&told(0, 12), true), Joint::From(0));
        assert_eq!(history.joint(&told(7, 12), false), Joint::Whole, "there are no others");
        assert_eq!(history.joint(&[], false), Joint::Whole);
        assert_eq!(history.joint(&told(11, 15), true), Joint::Apart);
        assert_eq!(history.joint(&told(11, 21), true), Joint::Apart, "they may stand right behind these");
        assert_eq!(history.joint(&told(11, 30), true), Joint::Whole, "more than are loaded");
        assert_eq!(history.joint(&told(11, 22), true), Joint::Whole, "no more is asked for without end");
        let mut others = told(7, 12);
        others[0].message.id = MessageId::new("another");
        assert_eq!(history.joint(&others, true), Joint::Apart);
        assert_eq!(History::default().joint(&told(7, 12), true), Joint::Whole);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_drawn_is_found(steps in prop::collection::vec((0_u8..4, 0_usize..9), 0..40)) {
            let mut history = History::default();
            let mut plain: VecDeque<u64> = VecDeque::new();
            let mut key = 0;
            for (step, many) in steps {
                let mut keys = || (0..many).map(|_| { key += 1; key }).collect::<Vec<u64>>();
                match step {
                    0 => for key in keys() {
                        history.push(past(0, key));
                        plain.push_back(key);
                    },
                    1 => {
                        let keys = keys();
                        history.put_before(keys.iter().map(|key| past(0, *key)).collect());
                        keys.into_iter().rev().for_each(|key| plain.push_front(key));
                    }
                    2 => {
                        history.cut(many);
                        plain.truncate(many);
                    }
                    _ => {
                        let gone = history.trim(many, 3);
                        prop_assert_eq!(gone, plain.len().saturating_sub(many).min(3));
                        plain.drain(..gone);
                    }
                }
                prop_assert_eq!(history.iter().map(|past| past.key).collect::<VecDeque<_>>(), plain.clone());
                for key in 0..=key {
                    prop_assert_eq!(history.position(key), plain.iter().position(|other| *other == key));
                }
            }
        }
    }
}
