//! A guarded run of changes that are staged in the source: claimed, written down and applied; and staged again where they
//! were put back, since they wait then as they did before.

use std::collections::{HashMap, HashSet};

use super::forward::rows_watch;
use super::{Run, Stopped};
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, ChannelName, Edit, Failure, Kind, Replaced, RowId, SourceId, Timestamp,
};
use crate::runtime::operations::folder::{PlannedChange, PlannedRow};
use crate::runtime::operations::{sources, staged};
use crate::runtime::{Runtime, error_map};

/// Those of the changes that are staged in the source.
async fn staged_of(runtime: &Runtime, source: &SourceId, ids: &[ChangeId]) -> Result<Vec<Change>, Failure> {
    let channel = runtime.channel()?;
    let mut changes = runtime.store().changes(&channel).await.map_err(|error| error_map::store(&error))?;
    changes.retain(|change| change.source == *source && ids.contains(&change.id));
    Ok(changes)
}

/// That all of them can be applied.
///
/// # Errors
///
/// `Kind::Invalid` where one is not there any more, waits for a word, or is being applied.
pub(super) async fn all_ready(runtime: &Runtime, source: &SourceId, ids: &[ChangeId]) -> Result<(), Failure> {
    let ready = staged_of(runtime, source, ids).await?.iter().filter(|change| change.state.is_ready()).count();
    if ready == ids.len() && ready > 0 {
        return Ok(());
    }
    let what = format!("{ready} of {} staged changes can be applied as they are", ids.len());
    Err(Failure::new(Kind::Invalid, what).hint("Nobody was asked, and nothing was changed."))
}

impl Run<'_> {
    /// Applies what of the changes is left: what an earlier attempt has done is known by the row.
    pub(super) async fn apply_staged(&mut self, ids: &[ChangeId]) -> Result<(), Stopped> {
        let store = self.runtime.store();
        // What a process was applying that was killed can be claimed then.
        store.recover().await.map_err(|error| error_map::store(&error))?;
        let open = staged_of(self.runtime, self.source, ids).await?;
        if open.is_empty() {
            return Ok(());
        }
        let (watch, told) = rows_watch(self.watch);
        let there = watch.or(sources::every_row(self.runtime, self.source, |_, _| ())).await?;
        let there: HashSet<RowId> = there.into_iter().map(|row| row.id).collect();
        let claimed = store.claim_changes(ids).await.map_err(|error| error_map::store(&error))?;
        let rows: Vec<PlannedRow> = claimed.iter().map(PlannedRow::from_change).collect();
        let what = format!("{} of {} staged changes need a word first", open.len() - rows.len(), open.len());
        let fit = if rows.len() == open.len() { Ok(()) } else { Err(Failure::new(Kind::Failed, what)) };
        if let Err(failure) = fit.and_then(|()| self.record.planned(&rows, &there)) {
            let waiting = claimed.into_iter().map(|change| (change.id, Some(change.state))).collect();
            staged::settle(self.runtime, waiting).await.map_err(|error| error_map::store(&error))?;
            return Err(failure);
        }
        let through = staged::apply_claimed(self.runtime, self.source, claimed, &watch).await;
        drop(watch);
        told.wait().await;
        unapplied(&through?).map_or(Ok(()), Err)
    }

    /// Stages again what was put back, unless something else is staged of the row by now.
    pub(super) async fn stage_again(&self, since: i64) -> Result<(), Stopped> {
        let (channel, store) = (self.runtime.channel()?, self.runtime.store());
        let entries =
            store.journal_since(&channel, self.source, since).await.map_err(|error| error_map::store(&error))?;
        let known = store.changes(&channel).await.map_err(|error| error_map::store(&error))?;
        let busy: HashSet<&RowId> = known.iter().filter_map(|change| change.row.as_ref()).collect();
        let planned = &self.record.state.rows;
        let mine = entries.into_iter().filter(|entry| entry.undone && planned.iter().any(|row| is_of(row, entry)));
        // The last word on a row that was changed twice, as of what it was at first.
        let mut changes: HashMap<Option<RowId>, Vec<Change>> = HashMap::new();
        for entry in mine {
            let id = ChangeId::new(format!("{}-{}", self.record.id(), entry.n));
            let change = change_of(entry, id, &channel, self.source);
            let of_row = changes.entry(change.row.clone()).or_default();
            match of_row.first_mut().filter(|_| change.row.is_some()) {
                Some(first) => first.edit = change.edit,
                None => of_row.push(change),
            }
        }
        for change in changes.into_values().flatten() {
            if change.row.as_ref().is_none_or(|row| !busy.contains(row)) {
                store.stage(&change).await.map_err(|error| error_map::store(&error))?;
            }
        }
        Ok(())
    }
}

/// Whether an entry of the journal is of that row. A row that was deleted and made again has another id by now.
fn is_of(row: &PlannedRow, entry: &Replaced) -> bool {
    row.is_of(entry)
        || row.change == PlannedChange::Deleted
            && entry.became.is_none()
            && entry.was.as_ref().is_some_and(|was| was.name == row.name)
}

/// The change that an entry of the journal tells of.
fn change_of(entry: Replaced, id: ChangeId, channel: &ChannelName, source: &SourceId) -> Change {
    let Replaced { row, was, became, .. } = entry;
    let label = was.as_ref().map(|was| was.name.clone()).unwrap_or_default();
    let (row, edit) = match (&was, became) {
        (None, Some(became)) => (None, Edit::Create(became)),
        (Some(was), Some(became)) => {
            let differs = |was: &String, became: String| (*was != became).then_some(became);
            let (name, content) = (differs(&was.name, became.name), differs(&was.content, became.content));
            (row, Edit::Update { name, content })
        }
        (_, None) => (row, Edit::Delete),
    };
    Change {
        id,
        channel: channel.clone(),
        source: source.clone(),
        row,
        base: was,
        label,
        edit,
        state: ChangeState::Staged,
        at: Timestamp::now(),
    }
}

/// Why not all were applied; none where they were.
fn unapplied(through: &[(ChangeId, Applied)]) -> Option<Failure> {
    let not: Vec<&Applied> = through
        .iter()
        .map(|(_, how)| how)
        .filter(|how| !matches!(how, Applied::Done(_) | Applied::Already(_)))
        .collect();
    let what = |why: &str| format!("{} of {} changes could not be applied: {why}", not.len(), through.len());
    match not.first()? {
        Applied::Refused(failure) | Applied::Unknown(failure) => {
            Some(Failure { message: what(&failure.message), ..failure.clone() })
        }
        Applied::Cancelled => Some(Failure::new(Kind::Interrupted, "interrupted")),
        _ => Some(Failure::new(Kind::Failed, what("somebody changed the row meanwhile"))),
    }
}
