//! The outbox: what was to be sent, and what became of it. Owns the states and who may change them; sends nothing.

use std::sync::Arc;

use super::Store;
use super::database::Database;
use super::error::StoreError;
use super::pending::Pending;
use super::turn_row::TurnRow;
use super::{drafts, queue, reconcile, roster};
use crate::domain::{ChannelName, ConversationId, Failure, OutState, QueueEntry, Reply, Timestamp, Turn, TurnId};

impl Store {
    /// Commits a queued turn, in place of the draft with its words. When this is answered it survives whatever comes.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for a turn that isn't queued, [`StoreError::DuplicateTurn`] for an id that was committed
    /// before.
    pub fn enqueue(&self, turn: &Turn) -> Pending<()> {
        let turn = turn.clone();
        self.ask(move |database| {
            if turn.state != OutState::Queued {
                return Err(illegal(&turn, OutState::Queued));
            }
            let me = database.instances.own()?;
            database.write(|tx, _| {
                commit_new(tx, &turn, &me)?;
                drafts::sent(tx, &turn.channel, turn.conversation.as_ref(), &turn.text)
            })
        })
    }

    /// The same for words that were written in the place of a turn that did not go through, of which nobody knows, or that
    /// was taken back: that one is given up in the same commit, so that not both are sent, and the new one has its place.
    /// One that arrived meanwhile stays sent.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for a turn that isn't queued, [`StoreError::DuplicateTurn`] for an id that was committed
    /// before. An old one that can't be given up any more is none.
    pub fn enqueue_instead(&self, turn: &Turn, of: &TurnId) -> Pending<()> {
        let (turn, of) = (turn.clone(), of.clone());
        self.ask(move |database| {
            if turn.state != OutState::Queued {
                return Err(illegal(&turn, OutState::Queued));
            }
            let me = database.instances.own()?;
            database.write(|tx, _| {
                let mut turn = turn.clone();
                if let Some(mut old) = TurnRow::find(tx, &of)? {
                    turn.queue.rank = Some(queue::rank(tx, &old)?);
                    if permit(&old, OutState::Cancelled, &me).is_ok() {
                        old.turn.state = OutState::Cancelled;
                        old.release();
                        old.save(tx)?;
                    }
                }
                commit_new(tx, &turn, &me)?;
                drafts::sent(tx, &turn.channel, turn.conversation.as_ref(), &turn.text)
            })
        })
    }

    /// Takes a queued turn to send it. True for exactly one process; it must then send it once and settle it.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`]. One that is held, or not queued any more, is none: the answer is false.
    pub fn claim(&self, id: &TurnId, now: Timestamp) -> Pending<bool> {
        let id = id.clone();
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| {
                let mut row = TurnRow::load(tx, &id)?;
                if row.turn.state != OutState::Queued || row.turn.queue.held {
                    return Ok(false);
                }
                row.turn.state = OutState::Sending;
                row.turn.failure = None;
                row.holder = Some(me);
                row.claimed = Some(now);
                row.save(tx)?;
                Ok(true)
            })
        })
    }

    /// Says which conversation the turn turned out to belong to.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Bound`] where it belongs to another conversation. Binding it to its
    /// own again is none.
    pub fn bind(&self, id: &TurnId, conversation: &ConversationId) -> Pending<()> {
        let (id, conversation) = (id.clone(), conversation.clone());
        self.ask(move |database| {
            database.write(|tx, _| {
                let mut row = TurnRow::load(tx, &id)?;
                match &row.turn.conversation {
                    Some(bound) if *bound == conversation => return Ok(()),
                    Some(_) => return Err(StoreError::Bound(id)),
                    None => {}
                }
                let n = roster::ensure(tx, &row.turn.channel, &conversation, &row.turn.text)?;
                roster::touch(tx, n, row.turn.created)?;
                row.conversation = Some(n);
                row.save(tx)
            })
        })
    }

    /// Says what became of a turn: sending → sent, rejected or unknown, by the instance that claimed it; unknown → sent;
    /// and sent or unknown again, to change the failure. Answers what it is now: one that was found in the history
    /// meanwhile is sent, not unknown. A sent turn with a failure awaits no further reply.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for a step that the states don't allow,
    /// [`StoreError::NotHolder`] for a turn that another instance is sending.
    pub fn settle(&self, id: &TurnId, state: OutState, failure: Option<&Failure>) -> Pending<OutState> {
        let (id, failure) = (id.clone(), failure.cloned());
        self.change(id, state, move |row| {
            let found = state == OutState::Unknown && row.turn.message_id.is_some();
            row.turn.state = if found { OutState::Sent } else { state };
            row.turn.failure = failure;
            Ok(row.turn.state)
        })
    }

    /// Puts a claimed turn back: only when it provably never left. The failure tells why it waits.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that is not being sent, [`StoreError::NotHolder`]
    /// for one that another instance is sending.
    pub fn requeue_unsent(&self, id: &TurnId, failure: Option<&Failure>) -> Pending<()> {
        let (id, failure) = (id.clone(), failure.cloned());
        self.change(id, OutState::Queued, move |row| {
            row.turn.state = OutState::Queued;
            row.turn.failure = failure;
            Ok(())
        })
    }

    /// Takes back a turn that is queued, rejected or unknown.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that is being sent, was sent or is cancelled.
    pub fn drop_turn(&self, id: &TurnId) -> Pending<()> {
        self.change(id.clone(), OutState::Cancelled, |row| {
            row.turn.state = OutState::Cancelled;
            Ok(())
        })
    }

    /// The user's explicit "send again" of a turn that is queued, rejected or unknown: it is cancelled, and a new one
    /// with the same words is queued under the new id.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that is being sent, was sent or is cancelled,
    /// [`StoreError::DuplicateTurn`] where the new id was committed before. Neither is changed then.
    pub fn send_again(&self, id: &TurnId, new: &TurnId, now: Timestamp) -> Pending<Turn> {
        let (id, new) = (id.clone(), new.clone());
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| {
                let mut old = TurnRow::load(tx, &id)?;
                permit(&old, OutState::Cancelled, &me)?;
                let rank = Some(queue::rank(tx, &old)?);
                old.turn.state = OutState::Cancelled;
                old.release();
                old.save(tx)?;
                let again = Turn {
                    id: new,
                    state: OutState::Queued,
                    created: now,
                    message_id: None,
                    failure: None,
                    reply: None,
                    queue: QueueEntry { rank, ..QueueEntry::default() },
                    ..old.turn
                };
                commit_new(tx, &again, &me)?;
                Ok(again)
            })
        })
    }

    /// Keeps the reply as far as it came. Called while it grows, about once a second, and at its end, by the instance
    /// that claimed the turn.
    ///
    /// # Errors
    /// [`StoreError::UnknownTurn`], [`StoreError::Illegal`] for one that is neither being sent nor sent,
    /// [`StoreError::NotHolder`] for one that another instance has in hand.
    pub fn write_reply(&self, id: &TurnId, reply: &Reply) -> Pending<()> {
        self.write_shared_reply(id, reply, Arc::new(reply.text.clone()))
    }

    /// The same with the reply's text beside it, which its caller goes on to hold: a long one is not copied for this.
    ///
    /// # Errors
    /// Those of [`Store::write_reply`].
    pub fn write_shared_reply(&self, id: &TurnId, told: &Reply, text: Arc<String>) -> Pending<()> {
        let (id, mut reply) =
            (id.clone(), Reply { text: String::new(), message_id: told.message_id.clone(), ..*told });
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, instances| {
                let mut row = TurnRow::load_brief(tx, &id)?;
                if !matches!(row.turn.state, OutState::Sending | OutState::Sent) {
                    return Err(illegal(&row.turn, OutState::Sent));
                }
                if row.holder.as_ref().is_some_and(|holder| *holder != me) {
                    return Err(StoreError::NotHolder(id));
                }
                let known = row.turn.reply.take().and_then(|reply| reply.message_id);
                reply.message_id = reply.message_id.or(known);
                row.turn.reply = Some(reply);
                row.release();
                if row.turn.message_id.is_some() {
                    // The history knows the message, and may say something of the reply.
                    row.turn.reply.get_or_insert_default().text.clone_from(&text);
                    reconcile::explain(tx, instances, &mut row)?;
                    return row.save(tx);
                }
                row.save_with(tx, Some(&text))
            })
        })
    }

    /// One turn, whatever its state.
    pub fn turn(&self, id: &TurnId) -> Pending<Option<Turn>> {
        let id = id.clone();
        self.ask(move |database| Ok(TurnRow::find(database.read(), &id)?.map(|row| row.turn)))
    }

    /// The turns of a conversation (none: of the one that is yet to be started) that the history doesn't hold as a
    /// whole, in the order in which they leave; cancelled ones are left out. Where `message_id` is set, the history has the user's words.
    pub fn turns(&self, channel: &ChannelName, conversation: Option<&ConversationId>) -> Pending<Vec<Turn>> {
        let (channel, conversation) = (channel.clone(), conversation.cloned());
        self.ask(move |database| {
            let conn = database.read();
            let n = match &conversation {
                None => None,
                Some(id) => match roster::find(conn, &channel, id)? {
                    None => return Ok(Vec::new()),
                    found => found,
                },
            };
            let rows = TurnRow::open(conn, &channel, n)?;
            Ok(rows.into_iter().map(|row| queue::seen_by(&database.instances, row)).collect())
        })
    }

    /// One step of a turn's state, if the rules permit it.
    fn change<T: Send + 'static>(
        &self,
        id: TurnId,
        to: OutState,
        step: impl FnOnce(&mut TurnRow) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        self.ask(move |database: &mut Database| {
            let me = database.instances.own()?;
            database.write(|tx, instances| {
                let mut row = TurnRow::load(tx, &id)?;
                permit(&row, to, &me)?;
                let outcome = step(&mut row)?;
                row.release();
                reconcile::explain(tx, instances, &mut row)?;
                row.save(tx)?;
                Ok(outcome)
            })
        })
    }
}

fn commit_new(tx: &rusqlite::Transaction<'_>, turn: &Turn, me: &str) -> Result<(), StoreError> {
    let conversation = match &turn.conversation {
        Some(id) => {
            let n = roster::ensure(tx, &turn.channel, id, &turn.text)?;
            roster::touch(tx, n, turn.created)?;
            Some(n)
        }
        None => None,
    };
    TurnRow::insert(tx, turn, conversation, me)
}

/// Every step that a caller may ask for. What the history and a dead instance do to a turn stands where they are read.
fn permit(row: &TurnRow, to: OutState, me: &str) -> Result<(), StoreError> {
    use OutState::{Cancelled, Queued, Rejected, Sending, Sent, Unknown};
    match (row.turn.state, to) {
        (Sending, Sent | Rejected | Unknown | Queued) => match &row.holder {
            Some(holder) if holder == me => Ok(()),
            _ => Err(StoreError::NotHolder(row.turn.id.clone())),
        },
        (Sent | Unknown, Sent) | (Unknown, Unknown) | (Queued | Rejected | Unknown, Cancelled) => Ok(()),
        _ => Err(illegal(&row.turn, to)),
    }
}

pub(super) fn illegal(turn: &Turn, to: OutState) -> StoreError {
    StoreError::Illegal { turn: turn.id.clone(), from: turn.state, to }
}
