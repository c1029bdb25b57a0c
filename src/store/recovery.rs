//! What was left behind: by dead instances, and in files beside the database in use. Owns what becomes of turns whose
//! instance ended, and sees to data requests and changes of rows; sends nothing again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Transaction;

use super::Store;
use super::database::Database;
use super::disk::{NAME, sidecar};
use super::error::StoreError;
use super::pending::Pending;
use super::salvage::{self, Salvaged};
use super::turn_row::TurnRow;
use super::{changes, reconcile, requests};
use crate::domain::{ChangeId, OutState, RequestId, Turn};

impl Store {
    /// Takes what ended instances had in hand: a message on its way is unknown, or sent if a reply to it had begun; a
    /// reply that was being written is cut. What they had only queued never left: it stays queued, and whoever claims it
    /// may send it. Answers all of these; what living instances hold is left alone. Asking again is safe. The answer
    /// to a data request that was being posted is unknown, too, and so is a change of a row that was being applied.
    pub fn recover(&self) -> Pending<Vec<Turn>> {
        self.ask(|database| {
            let left = database.write(|tx, instances| {
                let mut known = HashMap::new();
                let mut alive = |holder: String| *known.entry(holder).or_insert_with_key(|id| instances.alive(id));
                let mut left = Vec::new();
                for mut row in TurnRow::held(tx)? {
                    if row.holder.clone().is_none_or(&mut alive) {
                        continue;
                    }
                    if row.turn.state != OutState::Queued {
                        row.abandon();
                        reconcile::explain(tx, instances, &mut row)?;
                        row.save(tx)?;
                    }
                    left.push(row.turn);
                }
                for id in abandoned(tx, requests::HELD, &mut alive)? {
                    requests::abandon(tx, &RequestId::new(id))?;
                }
                for id in abandoned(tx, changes::HELD, &mut alive)? {
                    changes::abandon(tx, &ChangeId::new(id))?;
                }
                Ok(left)
            })?;
            database.instances.sweep();
            Ok(left)
        })
    }

    /// Carries over what can be read of an old file, with the log beside it where there is one: what is here already
    /// stays as it is, and what waited there to be sent is not sent. Asking again adds nothing.
    ///
    /// # Errors
    /// [`StoreError::File`] where the old file can't be opened. What of it can't be read is none: the answer counts it.
    pub fn salvage(&self, file: &Path) -> Pending<Salvaged> {
        let file = file.to_owned();
        self.ask(move |database| salvage(database, &file))
    }
}

/// The ids of rows whose holder is not alive; the query answers ids and their holders.
fn abandoned(
    tx: &Transaction<'_>,
    held: &str,
    alive: &mut impl FnMut(String) -> bool,
) -> Result<Vec<String>, StoreError> {
    let mut query = tx.prepare_cached(held)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter_map(|(id, holder)| (!alive(holder)).then_some(id)).collect())
}

/// Carries over what can be read of an old file, while nothing else is written.
fn salvage(database: &mut Database, old: &Path) -> Result<Salvaged, StoreError> {
    let (log, apart) = (sidecar(old, "-wal"), sidecar(&database.dir.join(NAME), ".reading"));
    let activity = Arc::clone(&database.activity);
    let _at_work = activity.write();
    salvage::salvage(&mut database.conn, old, &log, &apart, false)
}
