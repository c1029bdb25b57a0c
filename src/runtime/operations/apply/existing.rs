//! Rows that are there: changed and deleted, a few calls at once. Both may be repeated: the second time changes nothing.

use std::collections::{HashSet, VecDeque};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use super::decide::{Decision, decide};
use super::rate_limit::is_final;
use super::remote_snapshot::{self, RemoteRows};
use super::{CHUNK, On, READS, Site, batches, gone, row_of};
use crate::domain::{Applied, Change, ChangeId, Failure, Replaced, RowId, Timestamp, Version};
use crate::platform::{CallError, Outcome};

/// So many calls at once.
const CALLS: usize = 4;

/// One change that is to be made.
struct Step {
    change: ChangeId,
    /// Its entry in the journal.
    entry: i64,
    row: RowId,
    /// What stands there.
    was: Version,
    /// What is to stand there; nothing where the row is to go.
    to: Option<Version>,
}

/// Changes that are made by one call.
struct Call {
    steps: Vec<Step>,
    /// Why it is unknown whether they were made by an earlier call: what they replaced stays in the journal then.
    doubt: Option<Failure>,
    /// Whether nobody answered the earlier call.
    repeated: bool,
}

type Through = Vec<(Step, Applied)>;

/// Applies changes of rows that are there.
pub(super) async fn apply(site: &Site<'_>, changes: Vec<Change>, known: &mut RemoteRows, on: On<'_>) {
    let mut rest = VecDeque::from(changes);
    while !rest.is_empty() {
        let chunk = next(&mut rest);
        let steps = prepare(site, chunk, known, on).await;
        let (updates, deletes): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| step.to.is_some());
        let bytes = |step: &Step| step.to.as_ref().map_or(0, |to| to.name.len() + to.content.len());
        let mut calls = batches::split(updates, bytes);
        calls.extend(batches::split(deletes, bytes));
        let calls: Vec<BoxFuture<'_, Through>> = calls.into_iter().map(|steps| make(site, steps).boxed()).collect();
        let mut made = stream::iter(calls).buffer_unordered(CALLS);
        while let Some(through) = made.next().await {
            for (step, applied) in &through {
                if let Applied::Done(_) = applied {
                    known.set(&step.row, step.to.as_ref().map(|to| to.name.as_str()));
                }
            }
            let told = through.into_iter().map(|(step, applied)| (step.change, step.entry, applied)).collect();
            site.tell(told, on).await;
        }
    }
}

/// The next changes, no two of one row: the second sees what the first made.
fn next(rest: &mut VecDeque<Change>) -> Vec<Change> {
    let (mut chunk, mut rows) = (Vec::new(), HashSet::new());
    while chunk.len() < CHUNK
        && let Some(change) = rest.pop_front_if(|change| change.row.as_ref().is_none_or(|row| !rows.contains(row)))
    {
        rows.extend(change.row.clone());
        chunk.push(change);
    }
    chunk
}

/// Reads the rows, decides, and journals what is to be replaced. What needs no call is told of at once.
async fn prepare(site: &Site<'_>, chunk: Vec<Change>, known: &RemoteRows, on: On<'_>) -> Vec<Step> {
    let look = |change: Change| {
        async move {
            let decided = look_and_decide(site, &change, known).await;
            (change, decided)
        }
        .boxed()
    };
    let looks: Vec<BoxFuture<'_, _>> = chunk.into_iter().map(look).collect();
    let mut looked = stream::iter(looks).buffered(READS);
    let (mut steps, mut entries) = (Vec::new(), Vec::new());
    while let Some((change, decided)) = looked.next().await {
        match decided {
            Ok((row, was, to)) => {
                entries.push(Replaced {
                    n: 0,
                    channel: site.channel.clone(),
                    source: site.source.clone(),
                    row: Some(row.clone()),
                    was: Some(was.clone()),
                    became: to.clone(),
                    certain: false,
                    undone: false,
                    at: Timestamp::now(),
                });
                steps.push(Step { change: change.id, entry: 0, row, was, to });
            }
            Err(applied) => on(&change.id, applied),
        }
    }
    if steps.is_empty() {
        return steps;
    }
    match site.journal(&entries).await {
        Ok(numbers) => {
            for (step, n) in steps.iter_mut().zip(numbers) {
                step.entry = n;
            }
            steps
        }
        Err(failure) => {
            for step in &steps {
                on(&step.change, Applied::Refused(failure.clone()));
            }
            Vec::new()
        }
    }
}

/// The row, what stands there and what is to stand there; or what is to be told without a call.
async fn look_and_decide(
    site: &Site<'_>,
    change: &Change,
    known: &RemoteRows,
) -> Result<(RowId, Version, Option<Version>), Applied> {
    if let Some(applied) = site.rate_limit.standing() {
        return Err(applied);
    }
    let row = row_of(change).map_err(Applied::Refused)?;
    let theirs = remote_snapshot::read_version(site, row, known.name(row))
        .await
        .map_err(|error| site.rate_limit.verdict(&error))?;
    match (decide(change, row, theirs.clone()), theirs) {
        (Decision::Change(to), Some(theirs)) => Ok((row.clone(), theirs, Some(to))),
        (Decision::Delete, Some(theirs)) => Ok((row.clone(), theirs, None)),
        (Decision::Through(applied), _) => Err(applied),
        (_, None) => Err(Applied::Conflict(None)),
    }
}

/// Makes the changes of one call, by as many as it takes.
async fn make(site: &Site<'_>, steps: Vec<Step>) -> Through {
    let mut through = Vec::new();
    let mut waiting = VecDeque::from([Call { steps, doubt: None, repeated: false }]);
    while let Some(Call { steps, doubt, repeated }) = waiting.pop_front() {
        if let Some(applied) = site.rate_limit.standing() {
            all(&mut through, steps, &doubt.map_or(applied, Applied::Unknown));
            continue;
        }
        let Err(error) = send(site, &steps).await else {
            site.rate_limit.answered();
            through.extend(steps.into_iter().map(done));
            continue;
        };
        match error.outcome {
            Outcome::NotSent | Outcome::Busy { .. } => {
                let applied = site.rate_limit.verdict(&error);
                all(&mut through, steps, &doubt.map_or(applied, Applied::Unknown));
            }
            // One of them is the offender, and nobody knows which of the others were made.
            Outcome::Refused if steps.len() > 1 && !is_final(&error) => {
                let doubt = doubt.or(Some(error.failure));
                for step in steps.into_iter().rev() {
                    waiting.push_front(Call { steps: vec![step], doubt: doubt.clone(), repeated });
                }
            }
            Outcome::Refused => {
                for step in steps {
                    let applied = refused(site, &step, &error).await;
                    through.push((step, applied));
                }
            }
            Outcome::Unknown | Outcome::Passing { .. } | Outcome::Accepted => {
                site.rate_limit.unanswered(&error.failure);
                let again = read_back(site, steps, repeated, &error.failure, &mut through).await;
                if !again.is_empty() {
                    waiting.push_back(Call { steps: again, doubt: Some(error.failure), repeated: true });
                }
            }
        }
    }
    through
}

/// One call for rows that are all to be changed, or all to go.
async fn send(site: &Site<'_>, steps: &[Step]) -> Result<(), CallError> {
    let updates: Vec<(RowId, Version)> =
        steps.iter().filter_map(|step| Some((step.row.clone(), step.to.clone()?))).collect();
    if updates.is_empty() {
        let rows: Vec<RowId> = steps.iter().map(|step| step.row.clone()).collect();
        site.rate_limit.call(|| site.sources.delete_rows(site.source, &rows)).await
    } else {
        site.rate_limit.call(|| site.sources.update_rows(site.source, &updates)).await
    }
}

/// What became of the one row of a refused call.
async fn refused(site: &Site<'_>, step: &Step, error: &CallError) -> Applied {
    let applied = site.rate_limit.verdict(error);
    // It may have gone meanwhile, or with the call that was for several.
    if gone(&error.failure) && matches!(remote_snapshot::text(site, &step.row).await, Ok(None)) {
        return if step.to.is_some() { Applied::Conflict(None) } else { Applied::Done(Some(step.row.clone())) };
    }
    applied
}

/// After a call that nobody answered: each row tells. Those that stand as they did are answered, to be repeated once.
async fn read_back(
    site: &Site<'_>,
    steps: Vec<Step>,
    repeated: bool,
    failure: &Failure,
    through: &mut Through,
) -> Vec<Step> {
    // Names are in the list alone.
    let renamed = |step: &Step| step.to.as_ref().is_some_and(|to| to.name != step.was.name);
    let names = if steps.iter().any(renamed) {
        let wanted: HashSet<RowId> = steps.iter().map(|step| step.row.clone()).collect();
        remote_snapshot::list(site, Some(&wanted)).await.ok()
    } else {
        None
    };
    let mut again = Vec::new();
    for step in steps {
        let name = match &names {
            Some(names) => names.name(&step.row),
            None if renamed(&step) => None,
            None => Some(&step.was.name),
        };
        match remote_snapshot::read_version(site, &step.row, name).await {
            Ok(None) if step.to.is_some() => through.push((step, Applied::Conflict(None))),
            Ok(now) if now == step.to => through.push(done(step)),
            Ok(Some(now)) if now == step.was && !repeated => again.push(step),
            Ok(_) | Err(_) => through.push((step, Applied::Unknown(failure.clone()))),
        }
    }
    again
}

fn done(step: Step) -> (Step, Applied) {
    let applied = Applied::Done(Some(step.row.clone()));
    (step, applied)
}

fn all(through: &mut Through, steps: Vec<Step>, applied: &Applied) {
    through.extend(steps.into_iter().map(|step| (step, applied.clone())));
}
