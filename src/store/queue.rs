//! What waits in the outbox: held and let go, taken back, dropped, put in another order. Owns who may do that to a turn
//! that has not left: of two programs that want one, the first to commit has it, and the other is told what it is now.

use rusqlite::{Transaction, params};

use super::Store;
use super::drafts;
use super::error::StoreError;
use super::instances::Instances;
use super::pending::Pending;
use super::roster;
use super::turn_row::TurnRow;
use crate::domain::{ChannelName, ConversationId, OutState, Timestamp, Turn, TurnId};

impl Store {
    /// Holds turns that this program has in hand and that have not left: none of them is claimed until it is released.
    /// Answers which are held now.
    pub fn hold(&self, turns: &[TurnId]) -> Pending<Vec<TurnId>> {
        let turns = turns.to_vec();
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| {
                let mut held = Vec::new();
                for id in &turns {
                    let Some(mut row) = TurnRow::find(tx, id)?.filter(is_waiting) else { continue };
                    if row.holder.as_ref() != Some(&me) {
                        continue;
                    }
                    row.turn.queue.held = true;
                    row.save(tx)?;
                    held.push(id.clone());
                }
                Ok(held)
            })
        })
    }

    /// Lets go of what is held in a conversation (none: in the one that is yet to be started), and of what ended programs
    /// left waiting there: this program has it in hand then, and is to send it. Answers these, in their order; what
    /// another program let go of before is not among them.
    pub fn release(&self, channel: &ChannelName, conversation: Option<&ConversationId>) -> Pending<Vec<Turn>> {
        let (channel, conversation) = (channel.clone(), conversation.cloned());
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, instances| {
                let n = match &conversation {
                    None => None,
                    Some(id) => match roster::find(tx, &channel, id)? {
                        None => return Ok(Vec::new()),
                        found => found,
                    },
                };
                let mut released = Vec::new();
                for mut row in TurnRow::open(tx, &channel, n)?.into_iter().filter(is_waiting) {
                    if !(row.turn.queue.held || is_left(&row, instances)) {
                        continue;
                    }
                    row.turn.queue.held = false;
                    row.turn.failure = None;
                    row.holder = Some(me.clone());
                    row.save(tx)?;
                    released.push(row.turn);
                }
                Ok(released)
            })
        })
    }

    /// Takes back a turn that has not left, whoever has it in hand: it is cancelled, and in the same commit its words are
    /// the draft of its conversation, bound to it, in front of what is kept there. Answers it as it was.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that was claimed before, or that is cancelled: then
    /// nothing changes.
    pub fn take_back(&self, id: &TurnId, now: Timestamp) -> Pending<Turn> {
        let id = id.clone();
        self.ask(move |database| {
            database.write(|tx, _| {
                let mut row = waiting(tx, &id)?;
                rank_all(tx, &row)?;
                row.turn.queue.rank.get_or_insert(row.n);
                let turn = row.turn.clone();
                cancel(tx, &mut row)?;
                drafts::take_back(tx, &turn, now)?;
                Ok(turn)
            })
        })
    }

    /// The places of all open turns of a turn's conversation, in their order.
    pub fn places(&self, turn: &TurnId) -> Pending<Vec<(TurnId, i64)>> {
        let turn = turn.clone();
        self.ask(move |database| {
            let conn = database.read();
            let of = TurnRow::load(conn, &turn)?;
            let open = TurnRow::open(conn, &of.turn.channel, of.conversation)?;
            Ok(open.into_iter().map(|row| (row.turn.id, row.turn.queue.rank.unwrap_or(row.n))).collect())
        })
    }

    /// Drops a turn that has not left, whoever has it in hand. Answers it as it was.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that was claimed before, or that is cancelled: then
    /// nothing changes.
    pub fn drop_waiting(&self, id: &TurnId) -> Pending<Turn> {
        let id = id.clone();
        self.ask(move |database| {
            database.write(|tx, _| {
                let mut row = waiting(tx, &id)?;
                let turn = row.turn.clone();
                cancel(tx, &mut row)?;
                Ok(turn)
            })
        })
    }

    /// Lets a turn that has not left and the one that waits before or behind it change places. Answers the places of all
    /// turns of the conversation; they are as they were where nothing waits there.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that was claimed before, or that is cancelled.
    pub fn move_waiting(&self, id: &TurnId, up: bool) -> Pending<Vec<(TurnId, i64)>> {
        let id = id.clone();
        self.ask(move |database| {
            database.write(|tx, _| {
                let row = waiting(tx, &id)?;
                rank_all(tx, &row)?;
                let mut open = TurnRow::open(tx, &row.turn.channel, row.conversation)?;
                let queue: Vec<usize> = (0..open.len()).filter(|at| open.get(*at).is_some_and(is_waiting)).collect();
                let nth = queue.iter().position(|at| open.get(*at).is_some_and(|row| row.turn.id == id));
                let other = nth.and_then(|nth| if up { nth.checked_sub(1) } else { nth.checked_add(1) });
                let places = nth.and_then(|nth| queue.get(nth)).zip(other.and_then(|nth| queue.get(nth)));
                if let Some((a, b)) = places {
                    let rank = |at: usize| open.get(at).and_then(|row| row.turn.queue.rank);
                    let (of_a, of_b) = (rank(*a), rank(*b));
                    for (at, rank) in [(*a, of_b), (*b, of_a)] {
                        if let Some(row) = open.get_mut(at) {
                            row.turn.queue.rank = rank;
                            row.save(tx)?;
                        }
                    }
                }
                Ok(open.into_iter().filter_map(|row| Some((row.turn.id, row.turn.queue.rank?))).collect())
            })
        })
    }
}

/// A turn as this program sees it: in whose hands it is, and whether it leaves by itself.
pub(super) fn seen_by(instances: &Instances, mut row: TurnRow) -> Turn {
    if row.turn.state == OutState::Queued {
        let left = is_left(&row, instances);
        let others = row.holder.as_ref().is_some_and(|holder| !instances.is_own(holder));
        row.turn.queue.elsewhere = others && !left;
        row.turn.queue.held |= left;
    }
    row.turn
}

/// A turn's place, which it has from now on whatever comes.
pub(super) fn rank(tx: &Transaction<'_>, row: &TurnRow) -> Result<i64, StoreError> {
    rank_all(tx, row)?;
    Ok(row.turn.queue.rank.unwrap_or(row.n))
}

/// Writes down the places of a conversation's open turns, so that they can be changed.
fn rank_all(tx: &Transaction<'_>, of: &TurnRow) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE turns SET rank = n
         WHERE channel = ?1 AND conversation IS ?2 AND filed = 0 AND state <> 'cancelled' AND rank IS NULL",
    )?
    .execute(params![of.turn.channel.as_str(), of.conversation])?;
    Ok(())
}

/// A turn that has not left.
fn waiting(tx: &Transaction<'_>, id: &TurnId) -> Result<TurnRow, StoreError> {
    let row = TurnRow::load(tx, id)?;
    if is_waiting(&row) {
        return Ok(row);
    }
    Err(StoreError::Illegal { turn: row.turn.id, from: row.turn.state, to: OutState::Cancelled })
}

fn is_waiting(row: &TurnRow) -> bool {
    row.turn.state == OutState::Queued
}

/// Whether nobody has it in hand any more.
fn is_left(row: &TurnRow, instances: &Instances) -> bool {
    row.holder.as_ref().is_none_or(|holder| !instances.alive(holder))
}

fn cancel(tx: &Transaction<'_>, row: &mut TurnRow) -> Result<(), StoreError> {
    row.turn.state = OutState::Cancelled;
    row.release();
    row.save(tx)
}
