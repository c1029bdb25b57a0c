//! Applying changes of rows: what stands there is read first, what is replaced is journalled, and then it is made.
//!
//! Owns the order of these steps and what is told of each change. A row that somebody else changed meanwhile is left
//! alone, nothing is made twice, and what becomes of a call that nobody answered is read, not guessed. Claims nothing in
//! the store: whoever has changes staged there claims and settles them.
//!
//! ```text
//!     list rows ─ read texts (6 at once) ─ decide ─ journal ─ change, delete (4 calls at once) ─ settle ┐
//!                                          └ next 60 <──────────────────────────────────────────────────┤
//!                 read twins ─ decide ─ journal ─ make (one call at a time) ─ find their ids ─ settle <─┘
//! ```

mod batches;
mod creates;
mod decide;
mod existing;
mod rate_limit;
mod remote_snapshot;
#[cfg(test)]
mod tests;
mod undo;

use std::collections::HashSet;

use tokio::sync::watch;

use super::sources;
use crate::domain::{Applied, Change, ChangeId, ChannelName, Edit, Failure, Kind, Replaced, RowId, SourceId};
use crate::http::{Retry, policies};
use crate::platform::Sources;
use crate::runtime::{Runtime, durable_write, error_map};
use crate::store::{JournalOutcome, Store};

use rate_limit::RateLimit;
pub(in crate::runtime) use undo::undo;

/// So many changes are read, journalled and made before the next are looked at.
const CHUNK: usize = 60;
/// So many rows are read at once.
const READS: usize = 6;

/// What is made of a new row's namesakes: names need not be unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime) enum Twins<'a> {
    /// One with the same text is the row itself; beside one with another text none is made.
    Refuse,
    /// One with the same text is the row itself; those with another text don't matter.
    Unequal,
    /// They don't matter.
    Allow,
    /// The caller has accounted for these rows, and they don't matter. What came since and says the same is the row
    /// itself, made by somebody who pushes the same; where both made it at once, the first in the list stays.
    Beyond(&'a HashSet<RowId>),
}

/// Where each change's fate is told, once, as soon as it is known.
pub(in crate::runtime) type On<'a> = &'a mut (dyn FnMut(&ChangeId, Applied) + Send);

/// Applies changes of one source, and tells `on` what becomes of each. Once `cancelled` says so nothing more is begun,
/// what is under way is finished, and the rest is told as cancelled. An error says that nothing was begun, and then
/// nothing was told.
pub(in crate::runtime) async fn apply(
    runtime: &Runtime,
    source: &SourceId,
    changes: Vec<Change>,
    twins: Twins<'_>,
    cancelled: watch::Receiver<bool>,
    on: On<'_>,
) -> Result<(), Failure> {
    apply_with(runtime, source, changes, twins, policies::BULK_CHANGES, cancelled, on).await
}

/// The same with another policy where the platform says not now: who waits for one row at a prompt waits less long.
pub(in crate::runtime) async fn apply_with(
    runtime: &Runtime,
    source: &SourceId,
    changes: Vec<Change>,
    twins: Twins<'_>,
    busy: Retry,
    cancelled: watch::Receiver<bool>,
    on: On<'_>,
) -> Result<(), Failure> {
    runtime.writable()?;
    let adapter = runtime.adapter().await?;
    let channel = runtime.channel()?;
    let rate_limit = RateLimit::new(busy, policies::COMMAND, cancelled);
    let site = Site {
        sources: sources::sources_of(&*adapter)?,
        store: runtime.store(),
        channel: &channel,
        source,
        rate_limit,
    };
    site.apply(changes, twins, on).await
}

/// One source that is being changed, and all that this takes.
struct Site<'a> {
    sources: &'a dyn Sources,
    store: &'a Store,
    channel: &'a ChannelName,
    source: &'a SourceId,
    rate_limit: RateLimit,
}

impl Site<'_> {
    async fn apply(&self, changes: Vec<Change>, twins: Twins<'_>, on: On<'_>) -> Result<(), Failure> {
        let (new, existing): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| matches!(change.edit, Edit::Create(_)));
        if new.is_empty() && existing.is_empty() {
            return Ok(());
        }
        let wanted = new.is_empty().then(|| existing.iter().filter_map(|change| change.row.clone()).collect());
        let mut known = match remote_snapshot::list(self, wanted.as_ref()).await {
            Ok(known) => known,
            Err(error) if error.failure.kind == Kind::Interrupted => {
                for change in existing.iter().chain(&new) {
                    on(&change.id, Applied::Cancelled);
                }
                return Ok(());
            }
            Err(error) => return Err(error.failure),
        };
        existing::apply(self, existing, &mut known, on).await;
        // Last: a name may have become free.
        creates::apply(self, new, twins, &mut known, on).await;
        Ok(())
    }

    /// Writes what is going to be replaced. Where that fails nothing may be changed any more.
    async fn journal(&self, entries: &[Replaced]) -> Result<Vec<i64>, Failure> {
        let written = self.store.journal(entries).await;
        written.map_err(|error| {
            let failure = error_map::before_sending(&error);
            self.rate_limit.stop(&failure);
            failure
        })
    }

    /// Settles what became of changes in the journal, and tells of them.
    async fn tell(&self, through: Vec<(ChangeId, i64, Applied)>, on: &mut (dyn FnMut(&ChangeId, Applied) + Send)) {
        let traces: Vec<(i64, JournalOutcome)> =
            through.iter().filter_map(|(_, n, applied)| Some((*n, trace(applied)?))).collect();
        let store = self.store.clone();
        if !traces.is_empty()
            && let Err(error) = durable_write::until_written(move || store.journal_settle(traces.clone())).await
        {
            // The entries stay uncertain: what is put back is compared with what stands there all the same.
            tracing::error!(%error, "the undo journal could not be settled");
        }
        for (change, _, applied) in through {
            on(&change, applied);
        }
    }
}

/// What the journal learns; nothing where nobody knows.
fn trace(applied: &Applied) -> Option<JournalOutcome> {
    match applied {
        Applied::Done(row) => Some(JournalOutcome::Made(row.clone())),
        Applied::Unknown(_) => None,
        Applied::Already(_) | Applied::Refused(_) | Applied::Conflict(_) | Applied::Cancelled => {
            Some(JournalOutcome::Nothing)
        }
    }
}

/// Whether a failure says that there is no such thing.
fn gone(failure: &Failure) -> bool {
    failure.kind == Kind::NotFound || matches!(failure.status, Some(404 | 410))
}

/// The failure of a change that names no row.
fn without_row() -> Failure {
    Failure::new(Kind::Invalid, "The change names no row.")
}

/// The row of a change of one that is there.
fn row_of(change: &Change) -> Result<&RowId, Failure> {
    change.row.as_ref().ok_or_else(without_row)
}
