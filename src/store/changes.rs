//! Staged changes of rows: kept until they are applied or taken back. Owns the table `changes` and who has which in
//! hand; applies nothing.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::command::{Staging, StoreCommand};
use super::database::Database;
use super::error::StoreError;
use super::instances::Instances;
use super::pending::Pending;
use super::rows::millis;
use crate::domain::{Change, ChangeId, ChangeState, ChannelName, Edit, RowId, SourceId, Timestamp, Version};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, channel, source, row_id, at_ms, state, holder, why, edit, label, name, base_name, theirs_name,
                    content, base_content, theirs_content
             FROM changes ",
            $rest
        )
    };
}

pub(super) const OF: &str = select!("WHERE channel = ?1 ORDER BY n");
pub(super) const ONE: &str = select!("WHERE id = ?1");
pub(super) const HELD: &str = "SELECT id, holder FROM changes WHERE holder IS NOT NULL";

/// A change and who has it in hand.
type HeldChange = (Change, Option<String>);

impl Store {
    /// Keeps a change, in the place of what was kept of it. Of those that wait together only the last of each is
    /// written: an editor stages at every key. One that somebody alive applies is refused and stays as it is.
    ///
    /// # Errors
    /// [`StoreError::ChangeInHand`] while somebody alive applies it, or where the change itself says that it is being
    /// applied.
    pub fn stage(&self, change: &Change) -> Pending<()> {
        let put = Staging::Put(Box::new(change.clone()));
        self.send(|reply| StoreCommand::Stage(put, reply))
    }

    /// All changes of a channel, oldest first.
    pub fn changes(&self, channel: &ChannelName) -> Pending<Vec<Change>> {
        let channel = channel.clone();
        self.ask(move |database| {
            let mut query = database.read().prepare_cached(OF)?;
            let rows = query.query_map([channel.as_str()], change)?;
            Ok(rows.map(|row| row.map(|(change, _)| change)).collect::<Result<_, _>>()?)
        })
    }

    /// Forgets a change, if there is one; not while somebody alive applies it.
    ///
    /// # Errors
    /// [`StoreError::ChangeInHand`] while somebody alive applies it.
    pub fn unstage(&self, id: &ChangeId) -> Pending<()> {
        let forget = Staging::Forget(id.clone());
        self.send(|reply| StoreCommand::Stage(forget, reply))
    }

    /// Takes changes to apply them: those that are ready, in the order asked for, each in the state that it was in. What
    /// is answered is this process's alone, until it is settled.
    ///
    /// # Errors
    /// [`StoreError::File`] where this instance can't take its lock. One that is gone, in hand or not ready is none: it
    /// is left out of the answer.
    pub fn claim_changes(&self, ids: &[ChangeId]) -> Pending<Vec<Change>> {
        let ids = ids.to_vec();
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, instances| {
                let mut claimed = Vec::new();
                for id in &ids {
                    let Some(held) = find(tx, id)? else { continue };
                    let left = matches!(held.0.state, ChangeState::Applying) && !in_hand(instances, &held);
                    let (mut change, _) = held;
                    if !left && !change.state.is_ready() {
                        continue;
                    }
                    if left {
                        change.state = cut_short();
                    }
                    set_state(tx, id, &ChangeState::Applying, Some(&me))?;
                    claimed.push(change);
                }
                Ok(claimed)
            })
        })
    }

    /// Says what became of changes that this process claimed, in one commit: each is in a new state, or done and gone.
    ///
    /// # Errors
    /// [`StoreError::UnknownChange`], [`StoreError::IllegalChange`] for one that is not being applied, and
    /// [`StoreError::ChangeInHand`] for one that another process claimed: then none of them is settled.
    pub fn settle_changes(&self, settled: Vec<(ChangeId, Option<ChangeState>)>) -> Pending<()> {
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| {
                for (id, state) in &settled {
                    let (change, holder) = find(tx, id)?.ok_or_else(|| StoreError::UnknownChange(id.clone()))?;
                    if change.state != ChangeState::Applying || matches!(state, Some(ChangeState::Applying)) {
                        return Err(StoreError::IllegalChange(id.clone()));
                    }
                    if holder.as_ref() != Some(&me) {
                        return Err(StoreError::ChangeInHand(id.clone()));
                    }
                    match state {
                        Some(state) => set_state(tx, id, state, None)?,
                        None => forget(tx, id)?,
                    }
                }
                Ok(())
            })
        })
    }
}

/// Writes and forgets changes that waited together, the last word on each, in one commit; answers those that are in
/// somebody's hands.
pub(super) fn stage(database: &mut Database, words: Vec<Staging>) -> Result<Vec<ChangeId>, StoreError> {
    let mut last = HashMap::new();
    // In the order in which each was first told, so that a list keeps it.
    let mut order = Vec::new();
    for word in words {
        let id = word.id().clone();
        if last.insert(id.clone(), word).is_none() {
            order.push(id);
        }
    }
    database.write(|tx, instances| {
        let mut refused = Vec::new();
        for id in order {
            let Some(word) = last.remove(&id) else { continue };
            if find(tx, &id)?.is_some_and(|held| in_hand(instances, &held)) {
                refused.push(id);
                continue;
            }
            match word {
                // Only a claim says that it is being applied.
                Staging::Put(change) if change.state == ChangeState::Applying => refused.push(id),
                Staging::Put(change) => write(tx, &change)?,
                Staging::Forget(id) => forget(tx, &id)?,
            }
        }
        Ok(refused)
    })
}

/// What an ended instance was applying may have been done: the row tells, once it is read again.
pub(super) fn abandon(tx: &Transaction<'_>, id: &ChangeId) -> Result<(), StoreError> {
    set_state(tx, id, &cut_short(), None)
}

/// The state of a change whose holder ended.
fn cut_short() -> ChangeState {
    ChangeState::Unknown("the program ended while it was being applied".to_owned())
}

fn find(conn: &Connection, id: &ChangeId) -> Result<Option<HeldChange>, StoreError> {
    Ok(conn.prepare_cached(ONE)?.query_row([id.as_str()], change).optional()?)
}

fn in_hand(instances: &Instances, (_, holder): &HeldChange) -> bool {
    holder.as_ref().is_some_and(|holder| instances.alive(holder))
}

fn forget(tx: &Transaction<'_>, id: &ChangeId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM changes WHERE id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

fn set_state(
    tx: &Transaction<'_>,
    id: &ChangeId,
    state: &ChangeState,
    holder: Option<&str>,
) -> Result<(), StoreError> {
    let (word, why, theirs) = parts(state);
    tx.prepare_cached(
        "UPDATE changes SET state = ?2, holder = ?3, why = ?4, theirs_name = ?5, theirs_content = ?6 WHERE id = ?1",
    )?
    .execute(params![id.as_str(), word, holder, why, theirs.map(|v| &v.name), theirs.map(|v| &v.content)])?;
    Ok(())
}

fn write(tx: &Transaction<'_>, change: &Change) -> Result<(), StoreError> {
    let (state, why, theirs) = parts(&change.state);
    let (edit, name, content) = match &change.edit {
        Edit::Create(made) => ("create", Some(&made.name), Some(&made.content)),
        Edit::Update { name, content } => ("update", name.as_ref(), content.as_ref()),
        Edit::Delete => ("delete", None, None),
    };
    tx.prepare_cached(
        "INSERT INTO changes (id, channel, source, row_id, at_ms, state, why, edit, label, name, base_name,
                              theirs_name, content, base_content, theirs_content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (id) DO UPDATE SET
             channel = excluded.channel, source = excluded.source, row_id = excluded.row_id, at_ms = excluded.at_ms,
             state = excluded.state, holder = NULL, why = excluded.why, edit = excluded.edit, label = excluded.label,
             name = excluded.name, base_name = excluded.base_name, theirs_name = excluded.theirs_name,
             content = excluded.content, base_content = excluded.base_content,
             theirs_content = excluded.theirs_content",
    )?
    .execute(params![
        change.id.as_str(),
        change.channel.as_str(),
        change.source.as_str(),
        change.row.as_ref().map(RowId::as_str),
        millis(change.at),
        state,
        why,
        edit,
        change.label,
        name,
        change.base.as_ref().map(|v| &v.name),
        theirs.map(|v| &v.name),
        content,
        change.base.as_ref().map(|v| &v.content),
        theirs.map(|v| &v.content),
    ])?;
    Ok(())
}

/// A state as the columns `state`, `why` and those of theirs hold it.
fn parts(state: &ChangeState) -> (&'static str, Option<&String>, Option<&Version>) {
    match state {
        ChangeState::Staged => ("staged", None, None),
        ChangeState::Applying => ("applying", None, None),
        ChangeState::Refused(why) => ("refused", Some(why), None),
        ChangeState::Conflict(theirs) => ("conflict", None, theirs.as_ref()),
        ChangeState::Unknown(why) => ("unknown", Some(why), None),
    }
}

fn change(row: &Row<'_>) -> rusqlite::Result<HeldChange> {
    let why = || Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(7)?.unwrap_or_default());
    let state = match row.get::<_, String>(5)?.as_str() {
        "staged" => ChangeState::Staged,
        "applying" => ChangeState::Applying,
        "refused" => ChangeState::Refused(why()?),
        "conflict" => ChangeState::Conflict(version(row, 12, 15)?),
        "unknown" => ChangeState::Unknown(why()?),
        _ => return Err(rusqlite::Error::InvalidQuery),
    };
    let edit = match row.get::<_, String>(8)?.as_str() {
        "create" => Edit::Create(version(row, 10, 13)?.ok_or(rusqlite::Error::InvalidQuery)?),
        "update" => Edit::Update { name: row.get(10)?, content: row.get(13)? },
        "delete" => Edit::Delete,
        _ => return Err(rusqlite::Error::InvalidQuery),
    };
    let change = Change {
        id: ChangeId::new(row.get::<_, String>(0)?),
        channel: ChannelName::new(row.get::<_, String>(1)?),
        source: SourceId::new(row.get::<_, String>(2)?),
        row: row.get::<_, Option<String>>(3)?.map(RowId::new),
        base: version(row, 11, 14)?,
        label: row.get(9)?,
        edit,
        state,
        at: Timestamp::from_millis(row.get(4)?),
    };
    Ok((change, row.get(6)?))
}

/// What a row says under which name, out of two columns.
pub(super) fn version(row: &Row<'_>, name: usize, content: usize) -> rusqlite::Result<Option<Version>> {
    let (name, content) = (row.get::<_, Option<String>>(name)?, row.get::<_, Option<String>>(content)?);
    Ok(name.zip(content).map(|(name, content)| Version { name, content }))
}
