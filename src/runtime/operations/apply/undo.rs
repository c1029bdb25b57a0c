//! Putting back what a change replaced: the opposite change, made in the same way, so that it is checked and journalled
//! as any other.

use tokio::sync::watch;

use super::rate_limit::RateLimit;
use super::{Site, Twins, error_map, remote_snapshot};
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, Edit, Failure, Kind, Replaced, RowId, Timestamp, Version,
};
use crate::http::policies;
use crate::platform::CallError;
use crate::runtime::operations::sources;
use crate::runtime::{Runtime, durable_write};

/// Puts back what an entry of the journal replaced, if nobody changed the row since. Where somebody did, the change
/// that would put it back is staged as a conflict. A row that was deleted gets a new id, which is told.
pub(in crate::runtime) async fn undo(runtime: &Runtime, n: i64) -> Applied {
    put_back(runtime, n).await.unwrap_or_else(|failure| match failure.kind {
        Kind::UnknownDelivery => Applied::Unknown(failure),
        _ => Applied::Refused(failure),
    })
}

async fn put_back(runtime: &Runtime, n: i64) -> Result<Applied, Failure> {
    let store = runtime.store();
    let entry = store.journal_entry(n).await.map_err(|e| error_map::store(&e))?;
    let entry = entry.ok_or_else(|| {
        Failure::new(Kind::NotFound, "The journal has no such entry any more.").hint("Nothing was changed.")
    })?;
    runtime.on(&entry.channel).writable()?;
    let adapter = runtime.on(&entry.channel).adapter().await?;
    let (_, never) = watch::channel(false);
    let site = Site {
        sources: sources::sources_of(&*adapter)?,
        store,
        channel: &entry.channel,
        source: &entry.source,
        rate_limit: RateLimit::new(policies::BULK_CHANGES, policies::COMMAND, never),
    };
    site.put_back(&entry).await
}

impl Site<'_> {
    pub(super) async fn put_back(&self, entry: &Replaced) -> Result<Applied, Failure> {
        if entry.undone {
            let failure = Failure::new(Kind::Invalid, "This has been put back already.");
            return Ok(Applied::Refused(failure.hint("Nothing was changed.")));
        }
        let change = match self.opposite(entry).await {
            Ok(Ok(change)) => change,
            Ok(Err(applied)) => return self.end(entry, applied).await,
            Err(error) => return Err(error.failure),
        };
        let mut applied = Applied::Cancelled;
        self.apply(vec![change.clone()], Twins::Unequal, &mut |_, became| applied = became).await?;
        if let Applied::Conflict(theirs) = &applied {
            let change = Change { state: ChangeState::Conflict(theirs.clone()), ..change };
            self.store.stage(&change).await.map_err(|e| error_map::before_sending(&e))?;
        }
        self.end(entry, applied).await
    }

    /// Marks the entry where it was put back.
    async fn end(&self, entry: &Replaced, applied: Applied) -> Result<Applied, Failure> {
        if let Applied::Done(row) | Applied::Already(row) = &applied {
            // A row that was made again is meant by what is older of it, too.
            let row = if entry.became.is_none() { row.clone() } else { None };
            let (store, n) = (self.store.clone(), entry.n);
            let marked = durable_write::until_written(move || store.mark_undone(n, row.as_ref())).await;
            marked.map_err(|error| error_map::after_sending("The row was put back", &error))?;
        }
        Ok(applied)
    }

    /// The change that puts an entry back; or what is to be told where none is needed.
    async fn opposite(&self, entry: &Replaced) -> Result<Result<Change, Applied>, CallError> {
        let (row, edit) = match (&entry.was, &entry.became) {
            (Some(was), Some(became)) => {
                let differs = |was: &String, became: &String| (was != became).then(|| was.clone());
                let name = differs(&was.name, &became.name);
                (entry.row.clone(), Edit::Update { name, content: differs(&was.content, &became.content) })
            }
            (None, Some(became)) => match &entry.row {
                Some(row) => (Some(row.clone()), Edit::Delete),
                None => match self.made(became).await? {
                    Some(row) => (Some(row), Edit::Delete),
                    None => return Ok(Err(Applied::Already(None))),
                },
            },
            (Some(was), None) => {
                if let Some(row) = &entry.row
                    && !entry.certain
                    && remote_snapshot::text(self, row).await?.is_some()
                {
                    // It was not deleted after all.
                    return Ok(Err(Applied::Already(Some(row.clone()))));
                }
                (None, Edit::Create(was.clone()))
            }
            (None, None) => return Ok(Err(Applied::Already(None))),
        };
        Ok(Ok(Change {
            id: ChangeId::new(uuid::Uuid::now_v7().to_string()),
            channel: entry.channel.clone(),
            source: entry.source.clone(),
            row,
            base: entry.became.clone(),
            label: entry.became.as_ref().or(entry.was.as_ref()).map_or_else(String::new, |v| v.name.clone()),
            edit,
            state: ChangeState::Staged,
            at: Timestamp::now(),
        }))
    }

    /// A row that was made, and whose id was never learnt.
    async fn made(&self, version: &Version) -> Result<Option<RowId>, CallError> {
        let known = remote_snapshot::list(self, None).await?;
        for row in known.named(&version.name).iter().rev() {
            if remote_snapshot::text(self, row).await?.as_ref() == Some(&version.content) {
                return Ok(Some(row.clone()));
            }
        }
        Ok(None)
    }
}
