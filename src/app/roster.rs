//! The list of conversations: what is loaded, what a filter leaves of it, and which one is selected.

mod flags;
mod left;
mod rows;

use super::line_input::LineInput;
use super::list_view::ListView;
use std::collections::{HashMap, HashSet};

use crate::domain::{ConversationId, DeskEntry, DeskFilter, Failure, FilterText, OutState, SafeText, Timestamp};
use flags::KeptFlags;
use left::Left;
pub use rows::Rows;

/// The conversations of the open channel.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is by itself")]
pub struct Roster {
    /// All that are loaded, newest activity first.
    pub rows: Rows,
    /// The slots of `rows` that the filter leaves: in the same order, but what has the typed words stands first.
    pub shown: Vec<u32>,
    /// What the filter said of each row.
    left: Left,
    /// What the filter says.
    pub filter: LineInput,
    /// Whether the filter line has the keys.
    pub filtering: bool,
    /// Whether the first that is shown is the selected one, whatever comes: since the filter was typed, until another
    /// one is selected.
    pub follows_first: bool,
    /// The selected conversation.
    pub selected: Option<ConversationId>,
    /// The conversations that are marked, shown or not.
    pub marked: HashSet<ConversationId>,
    /// Where a range of marks began.
    range: Option<ConversationId>,
    /// What the user keeps of its conversations for themself, loaded or not.
    pub kept: HashMap<ConversationId, DeskEntry>,
    /// The part of what is shown that is on screen.
    pub view: ListView,
    /// How many there are in all, by the platform.
    pub total: Option<u64>,
    /// Where the platform's next page begins.
    pub cursor: Option<String>,
    /// Where pages of it were named already.
    pub followed: HashSet<String>,
    /// The ticket of the page that is being fetched.
    pub fetching: Option<u64>,
    /// Whether the platform's list has been read to its end.
    pub complete: bool,
    /// Whether the platform lists the oldest first, so that the newest are on its last page.
    pub oldest_first: bool,
    /// Why the last page could not be had.
    pub failure: Option<Failure>,
    /// Whether its order stays as it is shown, since somebody is at it.
    held: bool,
    /// Whether the platform is asked because the user wants it: what it says goes to its place.
    pub anew: bool,
    /// The slots of what came meanwhile, or moved, and is yet to be taken in.
    pub fresh: HashSet<u32>,
}

/// One conversation in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Its id.
    pub id: ConversationId,
    /// Its title, raw.
    pub title: String,
    /// Its title, safe to draw, on one line.
    pub label: SafeText,
    /// When something last happened in it, where that is known.
    pub activity: Option<Timestamp>,
    /// Whether an unsent text is kept for it.
    pub draft: bool,
    /// What became of the last message sent from here, where it is worth a mark.
    pub state: Option<OutState>,
    /// Whether a reply came while it was not open.
    pub unread: bool,
    /// How many messages of people, and of others, came behind the last one that was seen, as the store counts them; none
    /// where it can't tell.
    pub unseen: Option<(u32, u32)>,
    /// What was said last, on one line.
    pub last: Option<SafeText>,
    /// Whether it stands above the others, and whether it is out of the way: as is kept of it.
    pub(in crate::app) kept: KeptFlags,
    /// What else the platform tells of it, each with its name: raw.
    pub details: Vec<(String, String)>,
    /// Its title and its id as filters look at them.
    pub(in crate::app) sought: (FilterText, FilterText),
}

impl RosterRow {
    /// A row for a conversation of which only this is known.
    pub fn new(id: ConversationId, title: &str, activity: Option<Timestamp>) -> Self {
        let label = SafeText::one_line(title);
        Self {
            sought: (FilterText::new(label.as_str()), FilterText::new(id.as_str())),
            id,
            label,
            title: title.to_owned(),
            activity,
            draft: false,
            state: None,
            unread: false,
            unseen: None,
            last: None,
            kept: KeptFlags::default(),
            details: Vec::new(),
        }
    }

    /// Gives it another title.
    pub fn retitle(&mut self, title: &str) {
        self.label = SafeText::one_line(title);
        self.sought.0 = FilterText::new(self.label.as_str());
        title.clone_into(&mut self.title);
    }

    /// Learns what another one of the same conversation knows. A known title is not lost to an empty one.
    fn join(&mut self, other: Self) {
        if !other.title.is_empty() && other.title != self.title {
            self.retitle(&other.title);
        }
        self.activity = self.activity.max(other.activity);
        self.draft |= other.draft;
        self.state = other.state.or(self.state);
        self.unread |= other.unread;
        self.unseen = other.unseen.or(self.unseen);
        self.last = other.last.or_else(|| self.last.take());
        if !other.details.is_empty() {
            self.details = other.details;
        }
    }
}

impl Roster {
    /// The row of a conversation, to look at.
    pub fn row(&self, id: &ConversationId) -> Option<&RosterRow> {
        self.rows.get(id)
    }

    /// The row of a conversation.
    pub fn row_mut(&mut self, id: &ConversationId) -> Option<&mut RosterRow> {
        self.rows.get_mut(id)
    }

    /// Adds rows, or brings those that are there up to date, and puts all in order.
    pub fn merge(&mut self, rows: impl IntoIterator<Item = RosterRow>) {
        let before = self.selected_position();
        let touched = self.rows.merge(rows);
        self.flag(&touched);
        self.left.again(&self.rows, &touched);
        if self.keeps_order() {
            self.note(&touched);
        } else {
            self.settle(before);
        }
    }

    /// Puts the rows in order again: newest activity first, those without a readable time last.
    pub fn sort(&mut self) {
        let before = self.selected_position();
        self.rows.sort();
        self.left.forget();
        if self.keeps_order() {
            let moved =
                |pair: &&[u32]| matches!(pair, [above, below] if self.activity(*below) > self.activity(*above));
            let moved: Vec<u32> =
                self.shown.windows(2).filter(moved).filter_map(|pair| pair.last().copied()).collect();
            self.fresh.extend(moved);
        } else {
            self.settle(before);
        }
    }

    /// Whether the order stays as it is shown: while somebody is at the list, and no filter says what stands first.
    fn keeps_order(&self) -> bool {
        self.held && !self.anew && !self.shown.is_empty() && self.filter.trim().is_empty()
    }

    /// Keeps the order from now on, or takes in what came.
    pub(in crate::app) fn hold(&mut self, held: bool) {
        if std::mem::replace(&mut self.held, held) && !held && !self.fresh.is_empty() {
            let before = self.selected_position();
            self.settle(before);
        }
    }

    /// Puts what came where it belongs, and goes to the first.
    pub(in crate::app) fn take_in(&mut self) {
        self.refilter();
        self.view.top = 0;
        self.select(0);
    }

    /// These came or changed while the order is kept: what stands below all that is shown is shown, the rest is counted.
    fn note(&mut self, touched: &[u32]) {
        for slot in touched {
            let at = self.shown.iter().position(|shown| shown == slot);
            // What has moved itself says nothing of its place.
            let before = self.shown.get(..at.unwrap_or(self.shown.len())).unwrap_or_default();
            let above = before.iter().rev().find(|shown| !self.fresh.contains(shown)).copied();
            let belongs = above.is_none_or(|above| self.activity(*slot) <= self.activity(above));
            match at {
                None if belongs => self.shown.push(*slot),
                _ if !belongs => _ = self.fresh.insert(*slot),
                _ => {}
            }
        }
    }

    fn activity(&self, slot: u32) -> Option<Timestamp> {
        self.rows.at(slot).and_then(|row| row.activity)
    }

    /// The next conversation in which something is new: below that one in the list, then from the top on.
    pub fn next_unread(&self, after: Option<&ConversationId>) -> Option<ConversationId> {
        let order = self.rows.order();
        let from = after.and_then(|id| self.rows.slot(id)).and_then(|slot| order.iter().position(|at| *at == slot));
        let (above, below) = order.split_at(from.map_or(0, |at| at + 1));
        let unread = |slot: &u32| self.rows.at(*slot).filter(|row| row.unread && Some(&row.id) != after);
        below.iter().chain(above).find_map(unread).map(|row| row.id.clone())
    }

    /// The conversation that stands so many places below that one among those that are shown; the first, where that one
    /// isn't shown.
    pub fn neighbour(&self, of: Option<&ConversationId>, by: isize) -> Option<ConversationId> {
        let slot = of.and_then(|id| self.rows.slot(id));
        let at = match slot.and_then(|slot| self.shown.iter().position(|shown| *shown == slot)) {
            Some(at) => at.checked_add_signed(by)?,
            None => 0,
        };
        self.shown.get(at).and_then(|slot| self.rows.at(*slot)).map(|row| row.id.clone())
    }

    /// Shows what is left of rows that changed; `before` is where the selected one stood.
    fn settle(&mut self, before: Option<usize>) {
        self.refilter();
        if self.follows_first {
            self.select_first();
            return;
        }
        // What is being read stays where it is on screen, whatever came above it. At the top of the list what comes is
        // seen to come, as long as the selected row stays in sight.
        if let (Some(before), Some(after)) = (before, self.selected_position())
            && (self.view.top > 0 || after >= self.view.height)
        {
            self.view.top = (self.view.top + after).saturating_sub(before);
        }
        self.scroll(0);
    }

    /// Works out what the filter leaves.
    pub fn refilter(&mut self) {
        self.fresh.clear();
        let wanted = DeskFilter::read(&self.filter);
        self.left.show(&wanted.text, &self.rows, &mut self.shown);
        self.arrange(&wanted);
    }

    /// Marks the selected row, or takes its mark off.
    pub fn mark(&mut self) {
        if let Some(id) = self.selected.clone()
            && !self.marked.remove(&id)
        {
            self.marked.insert(id);
        }
    }

    /// Marks all that are shown; where all of them are, takes every mark off.
    pub fn mark_shown(&mut self) {
        let shown: Vec<ConversationId> = self.visible().map(|(row, _)| row.id.clone()).collect();
        if shown.iter().all(|id| self.marked.contains(id)) {
            self.marked.clear();
        } else {
            self.marked.extend(shown);
        }
    }

    /// The marked ones, in the order of the list.
    pub fn marked(&self) -> impl Iterator<Item = &RosterRow> {
        let all = if self.marked.is_empty() { &[][..] } else { self.rows.order() };
        all.iter().filter_map(|slot| self.rows.at(*slot)).filter(|row| self.marked.contains(&row.id))
    }

    /// The shown rows, with whether each is selected.
    pub fn visible(&self) -> impl Iterator<Item = (&RosterRow, bool)> {
        self.visible_from(0)
    }

    /// The same from one of them on.
    pub fn visible_from(&self, first: usize) -> impl Iterator<Item = (&RosterRow, bool)> {
        let selected = self.selected_slot();
        let shown = self.shown.get(first..).unwrap_or_default();
        shown.iter().filter_map(move |slot| Some((self.rows.at(*slot)?, selected == Some(*slot))))
    }

    /// Where the selected row stands among the shown ones.
    pub fn selected_position(&self) -> Option<usize> {
        let selected = self.selected_slot()?;
        self.shown.iter().position(|slot| *slot == selected)
    }

    fn selected_slot(&self) -> Option<u32> {
        self.selected.as_ref().and_then(|id| self.rows.slot(id))
    }

    /// Selects the first that is shown; while the filter says something, also whatever comes before it later.
    pub fn select_first(&mut self) {
        self.select(0);
        self.follows_first = !self.filter.trim().is_empty();
    }

    /// Selects the shown row at that place, the nearest one if there is none, and brings it on screen.
    pub fn select(&mut self, position: usize) {
        self.follows_first = false;
        let position = position.min(self.shown.len().saturating_sub(1));
        self.selected = self.shown.get(position).and_then(|slot| self.rows.at(*slot)).map(|r| r.id.clone());
        self.reveal();
    }

    /// Moves the selection.
    pub fn step(&mut self, by: isize) {
        let position = match self.selected_position() {
            Some(at) => at.saturating_add_signed(by),
            None => 0,
        };
        self.select(position);
    }

    /// Brings the selected row on screen.
    pub fn reveal(&mut self) {
        self.view.reveal(self.selected_position(), self.shown.len());
    }

    /// Moves the view without the selection.
    pub fn scroll(&mut self, by: isize) {
        self.view.scroll(by, self.shown.len());
    }

    /// Whether the view is so near to the end of what is loaded that the next page is due.
    pub fn wants_more(&self) -> bool {
        if self.complete || self.fetching.is_some() || self.failure.is_some() {
            return false;
        }
        self.view.is_near_end(self.shown.len()) || self.oldest_first || !self.filter.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, title: &str, ms: i64) -> RosterRow {
        RosterRow::new(ConversationId::new(id), title, Some(Timestamp::from_millis(ms)))
    }

    fn roster() -> Roster {
        let mut roster = Roster { view: ListView { top: 0, height: 3 }, ..Roster::default() };
        roster.merge((0..10).map(|n| row(&format!("c{n}"), &format!("title {n}"), n)));
        roster
    }

    #[test]
    fn the_newest_stand_first_and_the_undated_last() {
        let mut roster = roster();
        roster.merge([RosterRow::new(ConversationId::new("undated"), "", None)]);
        assert_eq!(roster.rows.first().map(|r| r.id.as_str()), Some("c9"));
        assert_eq!(roster.rows.last().map(|r| r.id.as_str()), Some("undated"));
    }

    #[test]
    fn a_row_that_comes_above_does_not_move_what_is_read() {
        let mut roster = roster();
        roster.select(5);
        let on_screen = roster.selected_position().unwrap() - roster.view.top;
        roster.merge([row("new", "new", 99)]);
        assert_eq!(roster.selected_position().unwrap() - roster.view.top, on_screen);
    }

    #[test]
    fn at_the_top_what_comes_is_seen_while_the_selected_row_stays_in_sight() {
        let mut roster = roster();
        roster.select(0);
        let shown = |roster: &Roster| (roster.view.top, roster.selected_position().unwrap());
        roster.merge([row("new", "new", 97)]);
        assert_eq!(shown(&roster), (0, 1));
        roster.merge([row("newer", "newer", 98)]);
        assert_eq!(shown(&roster), (0, 2), "the last row in sight");
        roster.merge([row("newest", "newest", 99)]);
        assert_eq!(shown(&roster), (1, 3), "from here on the list moves past it");
    }

    #[test]
    fn the_first_is_what_was_typed_and_stays_selected_whatever_comes() {
        let mut roster = Roster { view: ListView { top: 0, height: 3 }, ..Roster::default() };
        roster.merge([row("a", "Question 247?", 9), row("b", "Question 77?", 8)]);
        roster.filter = "Question 7?".into();
        roster.refilter();
        roster.select_first();
        roster.merge([row("c", "Question 7?", 1), row("d", "all Questions, 7?", 7)]);
        let selected = |roster: &Roster| roster.selected.as_ref().map(ToString::to_string);
        assert_eq!(selected(&roster).as_deref(), Some("c"));
        let shown: Vec<_> = roster.visible().map(|(row, _)| row.id.to_string()).collect();
        assert_eq!(shown, ["c", "d", "a", "b"], "then in the order of the list");
        roster.step(1);
        roster.merge([row("e", "Question 7? again", 10)]);
        assert_eq!(selected(&roster).as_deref(), Some("d"), "a selection of the user's own stays");
    }

    #[test]
    fn what_changes_under_a_filter_is_asked_again() {
        let mut roster = roster();
        roster.filter = "news".into();
        roster.refilter();
        assert_eq!(roster.shown.len(), 0);
        roster.merge([row("c3", "news", 3), row("x", "no", 99), row("y", "the news", 0)]);
        let shown = |roster: &Roster| roster.visible().map(|(row, _)| row.id.to_string()).collect::<Vec<_>>();
        assert_eq!(shown(&roster), ["c3", "y"]);
        roster.row_mut(&ConversationId::new("x")).unwrap().retitle("news, too");
        roster.sort();
        assert_eq!(shown(&roster), ["x", "c3", "y"]);
    }

    #[test]
    fn the_filter_keeps_order_and_finds_ids() {
        let mut roster = roster();
        roster.filter = "title 7".into();
        roster.refilter();
        assert_eq!(roster.visible().map(|(r, _)| r.id.as_str()).collect::<Vec<_>>(), ["c7"]);
        roster.filter = "c3".into();
        roster.refilter();
        assert_eq!(roster.shown.len(), 1);
        roster.filter.clear();
        roster.refilter();
        assert_eq!(roster.shown.len(), 10);
    }

    #[test]
    fn marks_stay_under_a_filter_and_are_told_in_the_order_of_the_list() {
        let mut roster = roster();
        let marked = |roster: &Roster| roster.marked().map(|r| r.id.as_str().to_owned()).collect::<Vec<_>>();
        roster.select(5);
        roster.mark();
        roster.filter = "title 7".into();
        roster.refilter();
        roster.mark_shown();
        assert_eq!(marked(&roster), ["c7", "c4"]);
        roster.mark_shown();
        assert_eq!(marked(&roster), [""; 0], "again: none");
    }

    #[test]
    fn the_selection_stays_on_screen() {
        let mut roster = roster();
        roster.select(0);
        for _ in 0..20 {
            roster.step(1);
            let at = roster.selected_position().unwrap();
            assert!(roster.view.top <= at && at < roster.view.top + 3);
        }
        assert_eq!(roster.selected.as_ref().map(ConversationId::as_str), Some("c0"));
        roster.step(-100);
        assert_eq!((roster.view.top, roster.selected_position()), (0, Some(0)));
    }

    #[test]
    fn a_known_title_is_not_lost_to_an_empty_one() {
        let mut roster = roster();
        roster.merge([row("c1", "", 1)]);
        assert_eq!(roster.row_mut(&ConversationId::new("c1")).unwrap().title, "title 1");
    }
}
