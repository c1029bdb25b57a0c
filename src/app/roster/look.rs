//! Which rows are on the screen of which nothing but the list's own words is known: what was said in a conversation is
//! read for those that are seen, since each is a page or two of the disk.

use super::Roster;
use crate::domain::ConversationId;

impl Roster {
    /// The conversations on the screen that the store wasn't asked about yet; from now on it was.
    pub(in crate::app) fn look(&mut self) -> Vec<ConversationId> {
        let seen = self.shown.iter().skip(self.view.top).take(self.view.height);
        let mut new = Vec::new();
        for slot in seen {
            if let Some(row) = self.rows.slot_mut(*slot).filter(|row| !row.looked_at) {
                row.looked_at = true;
                new.push(row.id.clone());
            }
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::super::RosterRow;
    use super::*;

    #[test]
    fn each_row_is_looked_at_once_and_when_it_comes_on_the_screen() {
        let names: Vec<_> = (0..6).map(|n| ConversationId::new(format!("c{n}"))).collect();
        let mut roster = Roster::default();
        roster.merge(names.iter().map(|id| RosterRow::new(id.clone(), "title", None)));
        assert_eq!(roster.look(), [], "nothing was drawn yet");
        roster.view.height = 2;
        assert_eq!(roster.look(), names[..2]);
        assert_eq!(roster.look(), []);
        roster.view.top = 1;
        assert_eq!(roster.look(), names[2..3]);
        // What is listed again, and what was looked at from elsewhere.
        let looked_at = RosterRow { looked_at: true, ..RosterRow::new(names[3].clone(), "title", None) };
        roster.merge([RosterRow::new(names[0].clone(), "another title", None), looked_at]);
        roster.view.top = 0;
        assert_eq!(roster.look(), []);
        (roster.view.top, roster.view.height) = (3, 9);
        assert_eq!(roster.look(), names[4..]);
    }
}
