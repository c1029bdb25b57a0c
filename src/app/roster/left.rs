//! What a filter leaves of the list. Owns what it said of each row: that is asked once for a filter, and again only for a
//! row that changed.

use super::RosterRow;
use super::rows::Rows;
use crate::domain::{FuzzyFilter, MatchPlace, Rank};

/// All ranks, the best first.
const RANKS: [Rank; 7] = [
    Rank::Whole(MatchPlace::Word),
    Rank::Whole(MatchPlace::Start),
    Rank::Whole(MatchPlace::Middle),
    Rank::Words(MatchPlace::Word),
    Rank::Words(MatchPlace::Start),
    Rank::Words(MatchPlace::Middle),
    Rank::Near,
];

/// What the last filter said.
#[derive(Debug, Default)]
pub(super) struct Left {
    filter: FuzzyFilter,
    /// By slot, what it said of the row.
    ranks: Vec<Option<Rank>>,
}

impl Left {
    /// These rows changed, or are new.
    pub(super) fn again(&mut self, rows: &Rows, touched: &[u32]) {
        if self.filter.is_empty() || self.ranks.is_empty() {
            return;
        }
        for slot in touched {
            let rank = rows.at(*slot).and_then(|row| rank(&self.filter, row));
            let at = *slot as usize;
            if self.ranks.len() <= at {
                self.ranks.resize(at + 1, None);
            }
            if let Some(known) = self.ranks.get_mut(at) {
                *known = rank;
            }
        }
    }

    /// Any row may have changed.
    pub(super) fn forget(&mut self) {
        self.ranks.clear();
    }

    /// What this filter leaves, the best first; those of one rank stay in the list's order.
    pub(super) fn show(&mut self, typed: &str, rows: &Rows, shown: &mut Vec<u32>) {
        if self.filter.typed() != typed {
            (self.filter, self.ranks) = (FuzzyFilter::new(typed), Vec::new());
        }
        shown.clear();
        if self.filter.is_empty() {
            self.ranks = Vec::new();
            shown.extend_from_slice(rows.order());
            return;
        }
        if self.ranks.len() != rows.len() {
            self.ranks.clear();
            self.ranks.extend(rows.unordered().map(|row| rank(&self.filter, row)));
        }
        let mut by_rank: [Vec<u32>; RANKS.len()] = Default::default();
        for slot in rows.order() {
            let rank = self.ranks.get(*slot as usize).copied().flatten();
            let place = rank.and_then(|rank| RANKS.iter().position(|one| *one == rank));
            if let Some(left) = place.and_then(|place| by_rank.get_mut(place)) {
                left.push(*slot);
            }
        }
        for left in &by_rank {
            shown.extend_from_slice(left);
        }
    }
}

/// The better of its title's and its id's.
fn rank(filter: &FuzzyFilter, row: &RosterRow) -> Option<Rank> {
    let (title, id) = &row.sought;
    let title = filter.rank_seen(row.label.as_str(), title);
    let id = filter.rank_seen(row.id.as_str(), id);
    title.into_iter().chain(id).min()
}
