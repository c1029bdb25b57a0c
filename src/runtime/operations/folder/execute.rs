//! Carrying out what a plan or an import wants changed: through `apply`, which looks again, journals and changes.

use std::collections::{HashMap, HashSet};

use super::row_report;
use crate::domain::{Applied, Change, ChangeId, ChangeState, Edit, Failure, RowId, SourceId, Timestamp, Version};
use crate::folder::RowPath;
use crate::runtime::Runtime;
use crate::runtime::folder::report::{Progress, Pushed, RowReport, Watch};
use crate::runtime::operations::apply::{Twins, apply};

/// One row that is to be changed.
pub(super) struct Job {
    /// The file that wants it.
    pub(super) path: Option<RowPath>,
    /// The file that it was in before.
    pub(super) from: Option<RowPath>,
    /// The row.
    pub(super) row: Option<RowId>,
    /// What it is now; none where that doesn't count.
    pub(super) base: Option<Version>,
    /// The name that it has afterwards.
    pub(super) name: String,
    /// What is to be done.
    pub(super) edit: Edit,
}

impl Job {
    /// What is told of it when it is done.
    pub(super) fn report(&self, row: Option<&RowId>) -> RowReport {
        let why = match &self.edit {
            Edit::Create(_) => "created",
            Edit::Update { name: None, .. } => "updated",
            Edit::Update { .. } => "renamed",
            Edit::Delete => "deleted",
        };
        row_report(self.path.as_ref(), &self.name, row.or(self.row.as_ref()), why)
    }

    /// Counts it.
    pub(super) fn count(&self, pushed: &mut Pushed) {
        match &self.edit {
            Edit::Create(_) => pushed.created += 1,
            Edit::Update { name: None, .. } => pushed.updated += 1,
            Edit::Update { .. } => pushed.renamed += 1,
            Edit::Delete => pushed.deleted += 1,
        }
    }
}

/// Carries out all of them and tells of each in `pushed`; `done` learns of those that stand as they were to be.
pub(super) async fn execute(
    runtime: &Runtime,
    source: &SourceId,
    jobs: Vec<Job>,
    accounted: &HashSet<RowId>,
    watch: &Watch,
    pushed: &mut Pushed,
    mut done: impl FnMut(&Job, Option<&RowId>) + Send,
) -> Result<(), Failure> {
    let (channel, at) = (runtime.channel()?, Timestamp::now());
    let mut waiting: HashMap<ChangeId, Job> = HashMap::new();
    let mut changes = Vec::new();
    for job in jobs {
        let id = ChangeId::new(uuid::Uuid::now_v7().to_string());
        changes.push(Change {
            id: id.clone(),
            channel: channel.clone(),
            source: source.clone(),
            row: job.row.clone(),
            base: job.base.clone(),
            label: job.base.as_ref().map(|base| base.name.clone()).unwrap_or_default(),
            edit: job.edit.clone(),
            state: ChangeState::Staged,
            at,
        });
        waiting.insert(id, job);
    }
    let (mut through, of) = (0, changes.len());
    watch.tell(Progress::Changed { done: 0, of });
    let mut on = |id: &ChangeId, applied: Applied| {
        let Some(job) = waiting.remove(id) else { return };
        through += 1;
        watch.tell(Progress::Changed { done: through, of });
        settle(&job, applied, pushed, &mut done);
    };
    let begun = apply(runtime, source, changes, Twins::Beyond(accounted), watch.cancelled.clone(), &mut on).await;
    // What nobody told of was not begun.
    pushed.left += waiting.len();
    begun
}

fn settle(job: &Job, applied: Applied, pushed: &mut Pushed, done: &mut impl FnMut(&Job, Option<&RowId>)) {
    let say = |why: String| row_report(job.path.as_ref(), &job.name, job.row.as_ref(), why);
    match applied {
        Applied::Done(row) => {
            job.count(pushed);
            pushed.done.push(job.report(row.as_ref()));
            done(job, row.as_ref().or(job.row.as_ref()));
        }
        Applied::Already(row) => {
            pushed.unchanged += 1;
            done(job, row.as_ref().or(job.row.as_ref()));
        }
        Applied::Conflict(Some(_)) => pushed.conflicts.push(say("changed on the platform at this moment".to_owned())),
        Applied::Conflict(None) => pushed.conflicts.push(say("deleted on the platform at this moment".to_owned())),
        Applied::Refused(failure) => {
            pushed.failed.push(say(failure.message.clone()));
            pushed.because_of(failure);
        }
        Applied::Unknown(failure) => {
            pushed.failed.push(say(format!("it may have been done, since no answer came: {}", failure.message)));
            pushed.because_of(failure);
        }
        Applied::Cancelled => pushed.left += 1,
    }
}
