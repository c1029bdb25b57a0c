//! The conversations that are loaded: found by id, and kept in the order of the list, at a cost that doesn't grow with
//! how many there are.
//!
//! Owns where a row stands; what a filter leaves of them is its neighbour's business. A row has a slot, which it keeps
//! for as long as the roster lives; the order is one of slots, so that what comes moves numbers and no rows.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Index;

use super::RosterRow;
use crate::domain::{ConversationId, Timestamp};

/// Of so many rows or more that come at once, all are put in order, rather than each in its place.
const MANY: usize = 256;

/// All rows.
#[derive(Debug, Default)]
pub struct Rows {
    slots: Vec<RosterRow>,
    places: HashMap<ConversationId, u32>,
    /// The slots, newest activity first, those without a readable time last; of the same time the first known first.
    order: Vec<u32>,
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The first of the list.
    pub fn first(&self) -> Option<&RosterRow> {
        self.order.first().and_then(|slot| self.at(*slot))
    }

    /// The last of the list.
    pub fn last(&self) -> Option<&RosterRow> {
        self.order.last().and_then(|slot| self.at(*slot))
    }

    /// All in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = &RosterRow> {
        self.order.iter().filter_map(|slot| self.at(*slot))
    }

    /// All in the order in which they came to be known, which is the quicker one.
    pub fn unordered(&self) -> impl Iterator<Item = &RosterRow> {
        self.slots.iter()
    }

    /// The row of a conversation.
    pub fn get(&self, id: &ConversationId) -> Option<&RosterRow> {
        self.slot(id).and_then(|slot| self.at(slot))
    }

    /// The same, to change. Whoever changes its time puts all in order after that.
    pub(super) fn get_mut(&mut self, id: &ConversationId) -> Option<&mut RosterRow> {
        let slot = self.slot(id)?;
        self.slots.get_mut(slot as usize)
    }

    /// Notes in a slot what is kept of its row.
    pub(super) fn flag(&mut self, slot: u32, flags: super::KeptFlags) {
        if let Some(row) = self.slots.get_mut(slot as usize) {
            row.kept = flags;
        }
    }

    /// The slot of a conversation.
    pub(super) fn slot(&self, id: &ConversationId) -> Option<u32> {
        self.places.get(id).copied()
    }

    /// The row in a slot.
    pub(super) fn at(&self, slot: u32) -> Option<&RosterRow> {
        self.slots.get(slot as usize)
    }

    /// The slots in the order of the list.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Adds rows, or brings those that are there up to date, and puts each where it belongs. Tells which slots were
    /// touched.
    pub(super) fn merge(&mut self, rows: impl IntoIterator<Item = RosterRow>) -> Vec<u32> {
        let before = self.slots.len();
        let (mut touched, mut moved, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for row in rows {
            let slot = self.slot(&row.id);
            let slot = if let Some(slot) = slot {
                let Some(known) = self.slots.get_mut(slot as usize) else { continue };
                let activity = known.activity;
                known.join(row);
                if known.activity != activity && seen.insert(slot) {
                    moved.push(slot);
                }
                slot
            } else {
                let slot = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
                self.places.insert(row.id.clone(), slot);
                self.slots.push(row);
                seen.insert(slot);
                moved.push(slot);
                slot
            };
            touched.push(slot);
        }
        let is_new = |slot: u32| slot as usize >= before;
        if moved.len() >= MANY {
            self.order.extend(moved.into_iter().filter(|slot| is_new(*slot)));
            self.sort();
            return touched;
        }
        // Those that move leave first: until they do, what is searched in is not in order.
        for slot in moved.iter().filter(|slot| !is_new(**slot)) {
            if let Some(at) = self.order.iter().position(|other| other == slot) {
                self.order.remove(at);
            }
        }
        for slot in moved {
            let activity = self.activity(slot);
            let at = self.order.partition_point(|other| Reverse(self.activity(*other)) <= Reverse(activity));
            self.order.insert(at, slot);
        }
        touched
    }

    /// Puts all in order.
    pub(super) fn sort(&mut self) {
        let slots = &self.slots;
        self.order.sort_by_key(|slot| Reverse(slots.get(*slot as usize).and_then(|row| row.activity)));
    }

    fn activity(&self, slot: u32) -> Option<Timestamp> {
        self.at(slot).and_then(|row| row.activity)
    }
}

impl Index<usize> for Rows {
    type Output = RosterRow;

    /// The row at a place of the list.
    fn index(&self, place: usize) -> &RosterRow {
        &self.slots[self.order[place] as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_stands_in_order_and_is_found(
            batches in prop::collection::vec(prop::collection::vec((0_u8..60, 0_i64..9), 0..40), 0..12),
            large in any::<bool>(),
        ) {
            let mut rows = Rows::default();
            let mut known: BTreeMap<String, Option<Timestamp>> = BTreeMap::new();
            for batch in batches {
                let mut batch: Vec<(String, Option<Timestamp>)> = batch
                    .into_iter()
                    .map(|(id, at)| (format!("c{id}"), (at > 0).then(|| Timestamp::from_millis(at))))
                    .collect();
                if large {
                    // Enough of them that all are put in order at once.
                    let more = (0..MANY).map(|n| (format!("more{n}"), Some(Timestamp::from_millis(5))));
                    batch.extend(more);
                }
                for (id, at) in &batch {
                    let newest = known.entry(id.clone()).or_default();
                    *newest = (*newest).max(*at);
                }
                rows.merge(batch.into_iter().map(|(id, at)| RosterRow::new(ConversationId::new(id), "", at)));
                prop_assert_eq!(rows.len(), known.len());
                prop_assert!(rows.iter().map(|row| Reverse(row.activity)).is_sorted());
                prop_assert_eq!(rows.iter().count(), known.len());
                for (id, at) in &known {
                    let row = rows.get(&ConversationId::new(id.clone()));
                    prop_assert_eq!(row.map(|row| (row.id.as_str(), row.activity)), Some((id.as_str(), *at)));
                }
            }
        }
    }
}
