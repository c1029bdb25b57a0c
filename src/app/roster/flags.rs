//! What the user keeps of the conversations in the list: which of them stand first, and which are left out.

use std::collections::HashMap;

use super::Roster;
use crate::domain::{ConversationId, DeskEntry, DeskFilter};

/// What the order of the list needs to know of what is kept, beside each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::app) struct KeptFlags {
    pub(in crate::app) pinned: bool,
    pub(in crate::app) away: bool,
}

impl KeptFlags {
    fn from_entry(entry: Option<&DeskEntry>) -> Self {
        entry.map_or_else(Self::default, |entry| Self { pinned: entry.pinned, away: entry.is_away() })
    }
}

impl Roster {
    /// This is all that is kept.
    pub(in crate::app) fn keep_all(&mut self, kept: HashMap<ConversationId, DeskEntry>) {
        let before = std::mem::replace(&mut self.kept, kept);
        let ids: Vec<ConversationId> = before.keys().chain(self.kept.keys()).cloned().collect();
        self.kept_changed(&ids);
    }

    /// This is kept of some of them now; an empty entry forgets one.
    pub(in crate::app) fn keep(&mut self, changed: impl Iterator<Item = (ConversationId, DeskEntry)>) {
        let mut ids = Vec::new();
        for (id, entry) in changed {
            if entry.is_empty() {
                self.kept.remove(&id);
            } else {
                self.kept.insert(id.clone(), entry);
            }
            ids.push(id);
        }
        self.kept_changed(&ids);
    }

    /// Shows what is left. Where the selected one went out of the way, what stands in its place is selected.
    fn kept_changed(&mut self, ids: &[ConversationId]) {
        if ids.is_empty() {
            return;
        }
        let before = self.selected_position();
        let slots: Vec<u32> = ids.iter().filter_map(|id| self.rows.slot(id)).collect();
        self.flag(&slots);
        self.settle(before);
        if let (Some(before), None) = (before, self.selected_position()) {
            self.select(before);
        }
    }

    /// Notes beside these rows what is kept of them.
    pub(super) fn flag(&mut self, slots: &[u32]) {
        for slot in slots {
            let Some(row) = self.rows.at(*slot) else { continue };
            let flags = KeptFlags::from_entry(self.kept.get(&row.id));
            if row.kept != flags {
                self.rows.flag(*slot, flags);
            }
        }
    }

    /// Of what the filter's words leave: what is out of the way only where it is asked for, the pinned ones first.
    pub(super) fn arrange(&mut self, wanted: &DeskFilter) {
        if self.kept.is_empty() && *wanted == (DeskFilter { text: wanted.text.clone(), ..DeskFilter::default() }) {
            return;
        }
        let rows = &self.rows;
        let none = DeskEntry::default();
        let asked = wanted.asks_for_kept();
        self.shown.retain(|slot| {
            let Some(row) = rows.at(*slot) else { return false };
            if wanted.unread && !row.unread {
                return false;
            }
            if asked { wanted.takes(self.kept.get(&row.id).unwrap_or(&none)) } else { !row.kept.away }
        });
        let pinned = |slot: &u32| rows.at(*slot).is_some_and(|row| row.kept.pinned);
        if self.shown.iter().any(pinned) {
            let (first, rest): (Vec<u32>, Vec<u32>) = self.shown.iter().partition(|slot| pinned(slot));
            self.shown.clear();
            self.shown.extend(first);
            self.shown.extend(rest);
        }
    }

    /// Begins a range of marks at the selected row; again: marks what is between them.
    pub(in crate::app) fn mark_range(&mut self) {
        let Some(to) = self.selected_position() else { return };
        let from = self.range.take().and_then(|id| self.rows.slot(&id));
        let from = from.and_then(|slot| self.shown.iter().position(|shown| *shown == slot));
        let Some(from) = from else {
            self.range.clone_from(&self.selected);
            self.marked.extend(self.selected.clone());
            return;
        };
        let between = self.shown.get(from.min(to)..=from.max(to)).unwrap_or_default();
        let ids: Vec<ConversationId> =
            between.iter().filter_map(|slot| self.rows.at(*slot)).map(|row| row.id.clone()).collect();
        self.marked.extend(ids);
    }

    /// Takes all marks off.
    pub(in crate::app) fn unmark(&mut self) {
        self.marked.clear();
        self.range = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::list_view::ListView;
    use crate::app::roster::RosterRow;
    use crate::domain::{DeskChange, Timestamp, read_labels};

    fn id(n: usize) -> ConversationId {
        ConversationId::new(format!("c{n}"))
    }

    fn entry(change: &DeskChange) -> DeskEntry {
        let mut entry = DeskEntry::default();
        entry.apply(change, Timestamp::from_millis(1)).unwrap();
        entry
    }

    fn roster() -> Roster {
        let mut roster = Roster { view: ListView { top: 0, height: 5 }, ..Roster::default() };
        let at = |n: usize| Some(Timestamp::from_millis(i64::try_from(n).unwrap()));
        roster.merge((0..10).map(|n| RosterRow::new(id(n), &format!("title {n}"), at(n))));
        roster
    }

    fn shown(roster: &Roster) -> Vec<String> {
        roster.visible().map(|(row, _)| row.id.to_string()).collect()
    }

    fn typed(roster: &mut Roster, text: &str) -> Vec<String> {
        roster.filter = text.into();
        roster.refilter();
        shown(roster)
    }

    #[test]
    fn pinned_ones_stand_first_and_what_is_away_is_left_out_unless_it_is_asked_for() {
        let mut roster = roster();
        let pinned = entry(&DeskChange::Pin(true));
        let archived = entry(&DeskChange::Archive(true));
        let asleep = entry(&DeskChange::Snooze(None));
        roster.keep([(id(3), pinned), (id(9), archived), (id(8), asleep)].into_iter());
        assert_eq!(shown(&roster), ["c3", "c7", "c6", "c5", "c4", "c2", "c1", "c0"]);
        assert_eq!(typed(&mut roster, "is:archived"), ["c9"]);
        assert_eq!(typed(&mut roster, "is:snoozed"), ["c8"]);
        assert_eq!(typed(&mut roster, "is:pinned"), ["c3"]);
        roster.keep([(id(5), entry(&read_labels("vip").unwrap()))].into_iter());
        assert_eq!(typed(&mut roster, "label:vip"), ["c5"]);
        assert_eq!(typed(&mut roster, "label:vip title"), ["c5"]);
        assert_eq!(typed(&mut roster, "label:other"), [""; 0]);
        // What comes later is known by what is kept, too.
        typed(&mut roster, "");
        roster.keep([(id(77), entry(&DeskChange::Archive(true)))].into_iter());
        roster.merge([RosterRow::new(id(77), "late", Some(Timestamp::from_millis(99)))]);
        assert!(!shown(&roster).contains(&"c77".to_owned()));
        roster.keep_all(HashMap::new());
        assert_eq!(shown(&roster).len(), 11);
        assert_eq!(shown(&roster)[0], "c77");
    }

    #[test]
    fn where_the_selected_one_goes_away_the_next_is_selected() {
        let mut roster = roster();
        roster.select(2);
        roster.keep([(id(7), entry(&DeskChange::Archive(true)))].into_iter());
        assert_eq!(roster.selected, Some(id(6)));
        assert_eq!(roster.selected_position(), Some(2));
    }

    #[test]
    fn a_range_is_marked_from_one_end_to_the_other() {
        let mut roster = roster();
        roster.select(6);
        roster.mark_range();
        roster.select(3);
        roster.mark_range();
        let marked: Vec<_> = roster.marked().map(|row| row.id.to_string()).collect();
        assert_eq!(marked, ["c6", "c5", "c4", "c3"]);
        roster.unmark();
        roster.mark_range();
        assert_eq!(roster.marked.len(), 1, "another begins");
    }
}
