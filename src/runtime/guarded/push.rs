//! A guarded run of a folder: pushed as any, with what is about to be changed written down first.

use super::forward::rows_watch;
use super::{GuardedFolder, Run, Stopped};
use crate::domain::{Failure, Kind};
use crate::runtime::folder::PushOptions;
use crate::runtime::operations::folder::{PlannedRow, push_planned};

impl Run<'_> {
    /// Pushes it: what an earlier attempt has done is known by the row.
    pub(super) async fn push(&mut self, folder: &GuardedFolder) -> Result<(), Stopped> {
        let (watch, told) = rows_watch(self.watch);
        let record = &mut self.record;
        let planned = |rows: &[PlannedRow], there: &_| record.planned(rows, there);
        let pushed = push_planned(self.runtime, self.source, &folder.folder, options(folder), watch, planned).await;
        told.wait().await;
        let pushed = pushed?;
        if !pushed.is_clean() || pushed.ask.is_some() {
            let stopped = pushed.stopped.clone().or_else(|| pushed.cause.clone());
            let what = "not all rows could be pushed";
            let failure = stopped.unwrap_or_else(|| Failure::new(Kind::Failed, what));
            self.pushed = Some(pushed);
            return Err(failure);
        }
        Ok(())
    }
}

/// How it is pushed.
pub(super) fn options(folder: &GuardedFolder) -> PushOptions {
    let GuardedFolder { prune, overwrite, yes, .. } = *folder;
    PushOptions { prune, overwrite, yes, ..PushOptions::default() }
}
