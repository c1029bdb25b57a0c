//! Rows changed at once, by a command: added, changed, deleted, and what is told where that went wrong.
//!
//! How a row is changed is `apply`'s business: what stands there is read first, and what is replaced is journalled.

use std::collections::{HashMap, HashSet};

use tokio::sync::watch;

use super::apply::{self, Twins};
use super::sources;
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, Edit, Failure, Kind, RowId, SourceId, Timestamp, Version,
};
use crate::http::policies;
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
    let mut seen = HashSet::new();
    let distinct: Vec<&RowId> = rows.iter().filter(|row| seen.insert(*row)).collect();
    let changes = distinct.iter().map(|row| change(runtime, source, Some(row), Edit::Delete));
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    let fates = apply_changes(runtime, source, changes, cancelled).await?;
    deleted(&distinct.into_iter().zip(fates).collect::<Vec<_>>())
}

/// What is told of deleted rows: nothing where all went.
fn deleted(fates: &[(&RowId, Applied)]) -> Result<(), Failure> {
    // Whoever names a row that isn't there has mistaken it for another.
    let failed = |(row, applied): &(&RowId, Applied)| match applied {
        Applied::Already(_) => Some(missing(row)),
        other => settled(other.clone(), Some(row)).err(),
    };
    let left: Vec<(&RowId, Failure)> = fates.iter().filter_map(|fate| Some((fate.0, failed(fate)?))).collect();
    // The user's own word explains more than a row's, and that nobody knows more than that one was refused.
    let rank = |kind| match kind {
        Kind::Interrupted => 0,
        Kind::UnknownDelivery => 1,
        _ => 2,
    };
    let Some((_, worst)) = left.iter().min_by_key(|(_, failure)| rank(failure.kind)) else { return Ok(()) };
    let mut told = worst.clone();
    if fates.len() > 1 {
        let named: Vec<&str> = left.iter().take(NAMED).map(|(row, _)| row.as_str()).collect();
        let more = left.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let unknown = fates.iter().any(|(_, applied)| matches!(applied, Applied::Unknown(_)));
        let sure = if unknown { "Not deleted, or not known to be" } else { "Not deleted" };
        let hint = worst.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
        let done = fates.len() - left.len();
        told.message = format!("{done} of {} rows were deleted: {}", fates.len(), worst.message);
        told.hint = Some(format!("{sure}: {}{more}.{hint}", named.join(" ")));
    }
    Err(told)
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
    let mut fates = apply_changes(runtime, source, vec![change], cancelled).await?;
    settled(fates.pop().unwrap_or(Applied::Cancelled), row)
}

/// What became of one change, as whoever asked for it is told.
fn settled(applied: Applied, row: Option<&RowId>) -> Result<Option<RowId>, Failure> {
    match (applied, row) {
        (Applied::Done(row) | Applied::Already(row), _) => Ok(row),
        (Applied::Refused(failure) | Applied::Unknown(failure), _) => Err(failure),
        (Applied::Conflict(None), Some(row)) => Err(missing(row)),
        (Applied::Conflict(_), _) => {
            Err(Failure::new(Kind::Failed, "somebody changed the row at this moment, so it was left as it is")
                .hint("Read it again before you change it."))
        }
        (Applied::Cancelled, _) => Err(Failure::new(Kind::Interrupted, "interrupted before it was begun")),
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
async fn apply_changes(
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
    if let [_] = ids[..] {
        let policy = policies::COMMAND;
        apply::apply_with(runtime, source, changes, Twins::Allow, policy, cancelled, &mut on).await?;
    } else {
        apply::apply(runtime, source, changes, Twins::Allow, cancelled, &mut on).await?;
    }
    Ok(ids.iter().map(|id| fates.remove(id).unwrap_or(Applied::Cancelled)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure_of(fates: &[Applied]) -> Option<(Kind, String, Option<String>)> {
        let rows: Vec<RowId> = (0..fates.len()).map(|n| RowId::new(format!("r{n}"))).collect();
        let fates: Vec<(&RowId, Applied)> = rows.iter().zip(fates.iter().cloned()).collect();
        deleted(&fates).err().map(|failure| (failure.kind, failure.message, failure.hint))
    }

    #[test]
    fn a_delete_tells_of_all_that_is_left() {
        let done = Applied::Done(None);
        let refused = Applied::Refused(Failure::new(Kind::Unauthorized, "no").hint("Look."));
        let unknown = Applied::Unknown(Failure::new(Kind::UnknownDelivery, "lost"));
        assert_eq!(failure_of(&[done.clone(), done.clone()]), None);
        assert_eq!(failure_of(std::slice::from_ref(&refused)).unwrap().1, "no");
        assert_eq!(failure_of(&[Applied::Already(None)]).unwrap().0, Kind::NotFound);
        let (kind, message, hint) = failure_of(&[done.clone(), refused.clone(), Applied::Already(None)]).unwrap();
        assert_eq!((kind, message.as_str()), (Kind::Unauthorized, "1 of 3 rows were deleted: no"));
        assert_eq!(hint.as_deref(), Some("Not deleted: r1 r2. Look."));
        let (kind, _, hint) = failure_of(&[refused, unknown]).unwrap();
        assert_eq!(kind, Kind::UnknownDelivery);
        assert_eq!(hint.as_deref(), Some("Not deleted, or not known to be: r0 r1."));
        let many: Vec<Applied> = std::iter::once(done).chain(vec![Applied::Cancelled; 30]).collect();
        let (kind, message, hint) = failure_of(&many).unwrap();
        assert_eq!((kind, message.starts_with("1 of 31 rows")), (Kind::Interrupted, true));
        assert!(hint.unwrap().ends_with("r20 and 10 more."));
    }
}
