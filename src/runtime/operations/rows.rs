//! Rows changed at once, by a command: added, changed, deleted, and what is told where that went wrong.
//!
//! How a row is changed is `apply`'s business: what stands there is read first, and what is replaced is journalled.

use std::collections::HashMap;

use tokio::sync::watch;

use super::apply::{self, Twins};
use super::sources;
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, Edit, Failure, Kind, RowId, SourceId, Timestamp, Version,
};
use crate::runtime::Runtime;

/// So many rows are named where some of them could not be deleted.
const NAMED: usize = 20;

/// Adds a row. Names need not be unique, so that one of that name may stand there already.
pub(in crate::runtime) async fn add(
    runtime: &Runtime,
    source: &SourceId,
    row: Version,
    cancelled: watch::Receiver<bool>,
) -> Result<Option<RowId>, Failure> {
    one(runtime, source, None, Edit::Create(row), cancelled).await
}

/// Changes what is given of a row.
pub(in crate::runtime) async fn update(
    runtime: &Runtime,
    source: &SourceId,
    row: &RowId,
    name: Option<String>,
    content: Option<String>,
    cancelled: watch::Receiver<bool>,
) -> Result<(), Failure> {
    one(runtime, source, Some(row), Edit::Update { name, content }, cancelled).await.map(drop)
}

/// Deletes rows, each once, and tells of all that could not be deleted.
pub(in crate::runtime) async fn delete(
    runtime: &Runtime,
    source: &SourceId,
    rows: &[RowId],
    cancelled: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let mut distinct: Vec<&RowId> = Vec::new();
    for row in rows {
        if !distinct.contains(&row) {
            distinct.push(row);
        }
    }
    let changes = distinct.iter().map(|row| change(runtime, source, Some(row), Edit::Delete));
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    let fates = carry_out(runtime, source, changes, cancelled).await?;
    let fates: Vec<(&RowId, Applied)> = distinct.into_iter().zip(fates).collect();
    deleted(&fates)
}

/// What is told of deleted rows: nothing where all went.
fn deleted(fates: &[(&RowId, Applied)]) -> Result<(), Failure> {
    let mut fate: Vec<(&RowId, Result<(), Failure>)> = Vec::new();
    for (row, applied) in fates {
        // Whoever names a row that isn't there has mistaken it for another.
        let result = match applied {
            Applied::Already(_) => Err(missing(row)),
            other => settled(other.clone()).map(drop),
        };
        fate.push((row, result));
    }
    let Some(first) = fate.iter().find_map(|(_, result)| result.as_ref().err()) else { return Ok(()) };
    if fate.len() == 1 {
        return Err(first.clone());
    }
    let done = fate.iter().filter(|(_, result)| result.is_ok()).count();
    let left: Vec<&str> = fate.iter().filter(|(_, result)| result.is_err()).map(|(row, _)| row.as_str()).collect();
    let more = left.len().saturating_sub(NAMED);
    let named = left.iter().take(NAMED).copied().collect::<Vec<_>>().join(" ");
    let named = if more > 0 { format!("{named} and {more} more") } else { named };
    let sure = if fates.iter().any(|(_, applied)| matches!(applied, Applied::Unknown(_))) {
        "Not deleted, or not known to be"
    } else {
        "Not deleted"
    };
    let hint = first.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
    let mut failure = first.clone();
    failure.message = format!("{done} of {} rows were deleted: {}", fate.len(), first.message);
    failure.hint = Some(format!("{sure}: {named}.{hint}"));
    Err(failure)
}

/// One change, and the row that it made or changed.
async fn one(
    runtime: &Runtime,
    source: &SourceId,
    row: Option<&RowId>,
    edit: Edit,
    cancelled: watch::Receiver<bool>,
) -> Result<Option<RowId>, Failure> {
    let change = change(runtime, source, row, edit)?;
    let mut fates = carry_out(runtime, source, vec![change], cancelled).await?;
    settled(fates.pop().unwrap_or(Applied::Cancelled))
}

/// What became of one change, as whoever asked for it is told.
fn settled(applied: Applied) -> Result<Option<RowId>, Failure> {
    match applied {
        Applied::Done(row) | Applied::Already(row) => Ok(row),
        Applied::Refused(failure) | Applied::Unknown(failure) => Err(failure),
        Applied::Conflict(None) => Err(Failure::new(Kind::NotFound, "the row is gone: somebody deleted it")),
        Applied::Conflict(Some(_)) => {
            Err(Failure::new(Kind::Failed, "somebody changed the row at this moment, so it was left as it is")
                .hint("Read it again before you change it."))
        }
        Applied::Cancelled => Err(Failure::new(Kind::Interrupted, "interrupted").hint("Nothing was changed.")),
    }
}

fn missing(row: &RowId) -> Failure {
    Failure::new(Kind::NotFound, format!("there is no row {row} in this data source"))
        .hint("`patchcord rows list SOURCE` tells the ids.")
}

fn change(runtime: &Runtime, source: &SourceId, row: Option<&RowId>, edit: Edit) -> Result<Change, Failure> {
    Ok(Change {
        id: ChangeId::new(uuid::Uuid::now_v7().to_string()),
        channel: runtime.channel()?,
        source: source.clone(),
        row: row.cloned(),
        base: None,
        label: String::new(),
        edit,
        state: ChangeState::Staged,
        at: Timestamp::now(),
    })
}

/// What became of each change, in their order.
async fn carry_out(
    runtime: &Runtime,
    source: &SourceId,
    changes: Vec<Change>,
    cancelled: watch::Receiver<bool>,
) -> Result<Vec<Applied>, Failure> {
    // A platform without sources says so before its secret is fetched.
    sources::adapter(runtime).await?;
    let ids: Vec<ChangeId> = changes.iter().map(|change| change.id.clone()).collect();
    let mut fates = HashMap::new();
    let mut on = |id: &ChangeId, applied: Applied| drop(fates.insert(id.clone(), applied));
    apply::apply(runtime, source, changes, Twins::Allow, cancelled, &mut on).await?;
    Ok(ids.iter().map(|id| fates.remove(id).unwrap_or(Applied::Cancelled)).collect())
}
