//! Staged changes that were claimed: applied to the end, and what became of each written down before it is told.

use std::collections::HashMap;

use super::apply::{self, Twins};
use crate::domain::{Applied, Change, ChangeId, ChangeState, Failure, SourceId};
use crate::runtime::folder::{Progress, Watch};
use crate::runtime::{Runtime, durable_write, error_map};
use crate::store::StoreError;

/// Applies changes of one source that this process claimed. Where nothing was begun all of them wait again.
///
/// # Errors
///
/// Why nothing was begun, or why the store could not be told what became of them.
pub(in crate::runtime) async fn apply_claimed(
    runtime: &Runtime,
    source: &SourceId,
    changes: Vec<Change>,
    watch: &Watch,
) -> Result<Vec<(ChangeId, Applied)>, Failure> {
    let before: HashMap<ChangeId, ChangeState> =
        changes.iter().map(|change| (change.id.clone(), change.state.clone())).collect();
    let (mut through, of) = (Vec::new(), changes.len());
    let mut on = |change: &ChangeId, applied: Applied| {
        through.push((change.clone(), applied));
        // Nobody has to listen.
        let _ = watch.to.send(Progress::Changed { done: through.len(), of });
    };
    let begun = apply::apply(runtime, source, changes, Twins::Refuse, watch.cancelled.clone(), &mut on).await;
    let settled = match &begun {
        Ok(()) => through.iter().map(|(id, applied)| (id.clone(), left(applied, before.get(id)))).collect(),
        Err(_) => before.into_iter().map(|(id, state)| (id, Some(state))).collect(),
    };
    settle(runtime, settled).await.map_err(|error| error_map::after_sending("The changes were applied", &error))?;
    begun.map(|()| through)
}

/// Writes down what is left of changes.
pub(in crate::runtime) async fn settle(
    runtime: &Runtime,
    left: Vec<(ChangeId, Option<ChangeState>)>,
) -> Result<(), StoreError> {
    let store = runtime.store().clone();
    durable_write::until_written(move || store.settle_changes(left.clone())).await
}

/// What stays staged of a change that is through; nothing where it is done. One that was not begun is as it was before:
/// it may have been refused for a reason, or perhaps done.
pub(in crate::runtime) fn left(applied: &Applied, before: Option<&ChangeState>) -> Option<ChangeState> {
    match applied {
        Applied::Done(_) | Applied::Already(_) => None,
        Applied::Refused(failure) => Some(ChangeState::Refused(why(failure))),
        Applied::Conflict(theirs) => Some(ChangeState::Conflict(theirs.clone())),
        Applied::Unknown(failure) => Some(ChangeState::Unknown(why(failure))),
        Applied::Cancelled => Some(before.cloned().unwrap_or(ChangeState::Staged)),
    }
}

/// A failure in the words that stay with the change.
fn why(failure: &Failure) -> String {
    let hint = failure.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{hint}", failure.sentence())
}
