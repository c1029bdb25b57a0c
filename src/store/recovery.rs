//! What dead instances left behind. Owns what becomes of their turns, and sees to their data requests and changes of
//! rows; sends nothing again.

use std::collections::HashMap;

use super::Store;
use super::outbox::cut_off;
use super::thread::Answer;
use super::turn_row::TurnRow;
use super::{changes, reconcile, requests};
use crate::domain::{Failure, Kind, OutState, Turn};

impl Store {
    /// Takes what ended instances had in hand: a message on its way is unknown, or sent if a reply to it had begun; a
    /// reply that was being written is cut. What they had only queued never left: it stays queued, and whoever claims it
    /// may send it. Answers all of these; what living instances hold is left alone. Asking again is safe. The answer
    /// to a data request that was being posted is unknown, too, and so is a change of a row that was being applied.
    pub fn recover(&self) -> Answer<Vec<Turn>> {
        self.ask(|database| {
            let left = database.write(|tx, instances| {
                let mut alive = HashMap::new();
                let mut left = Vec::new();
                for mut row in TurnRow::held(tx)? {
                    let Some(holder) = row.holder.clone() else { continue };
                    if *alive.entry(holder).or_insert_with_key(|id| instances.alive(id)) {
                        continue;
                    }
                    if row.turn.state != OutState::Queued {
                        bury(&mut row);
                        reconcile::explain(tx, instances, &mut row)?;
                        row.save(tx)?;
                    }
                    left.push(row.turn);
                }
                requests::bury(tx, instances, &mut alive)?;
                changes::bury(tx, instances, &mut alive)?;
                Ok(left)
            })?;
            database.instances.sweep();
            Ok(left)
        })
    }
}

/// What becomes of a turn whose holder ended.
pub(super) fn bury(row: &mut TurnRow) {
    let turn = &mut row.turn;
    let answered = turn.reply.as_ref().is_some_and(|reply| !reply.text.is_empty() || reply.finish.is_some());
    if turn.state == OutState::Sending && !answered && turn.message_id.is_none() {
        turn.state = OutState::Unknown;
        turn.failure = Some(
            Failure::new(Kind::UnknownDelivery, "The program ended while this message was being sent")
                .hint("It may have arrived and was not sent again. Check again, send it again or drop it."),
        );
    } else {
        turn.state = OutState::Sent;
        cut_off(turn);
    }
    row.holder = None;
}
