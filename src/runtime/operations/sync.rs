//! Syncing a data source: begun, and followed to its end.
//!
//! A platform may take a sync and show it a moment later, so the state that was there before is not taken for the end.

use std::time::Duration;

use super::sources;
use crate::domain::{Failure, Kind, Source, SourceId, SyncState};
use crate::http::policies;
use crate::platform::{CallError, Outcome, Sources};
use crate::runtime::{Runtime, retry};

/// The first wait before the state is looked at, in milliseconds, and the longest.
const WAITS: (u64, u64) = (300, 3_000);
/// How often the state of before is seen before it is believed: some six seconds.
const STALE: u32 = 6;
/// How many looks in a row may fail.
const BLIND: u32 = 5;
/// The longest that a platform is left alone between two looks, in milliseconds, where it asks for it.
const LONGEST: u64 = 30_000;

/// Has the platform begin.
pub(in crate::runtime) async fn begin(runtime: &Runtime, source: &SourceId) -> Result<(), Failure> {
    runtime.writable()?;
    let adapter = sources::adapter(runtime).await?;
    start(sources::sources_of(&*adapter)?, source).await.map_err(|e| e.failure)
}

/// Has the platform begin, and waits for the end; `on` is told of the source each time that it was looked at. One that
/// is running already is followed instead.
pub(in crate::runtime) async fn to_the_end(
    runtime: &Runtime,
    source: &SourceId,
    mut on: impl FnMut(&Source),
) -> Result<Source, Failure> {
    runtime.writable()?;
    let adapter = sources::adapter(runtime).await?;
    let sources = sources::sources_of(&*adapter)?;
    let before = sources::get(runtime, source).await?;
    if let Err(error) = start(sources, source).await {
        if !matches!(error.outcome, Outcome::Busy { .. } | Outcome::Unknown) {
            return Err(error.failure);
        }
        // One may be running, or this one have begun though nobody said so. Otherwise the failure stands.
        let now = sources::get(runtime, source).await?;
        let runs = now.state == SyncState::Syncing || now.last_sync != before.last_sync;
        if !runs {
            return Err(error.failure);
        }
    }
    follow(sources, &before, &mut on).await
}

/// A sync that is running already, and storage that is used up, don't pass while a command waits, unless the platform
/// names a time.
async fn start(sources: &dyn Sources, source: &SourceId) -> Result<(), CallError> {
    let passes = |_, error: &CallError| !matches!(error.outcome, Outcome::Busy { retry_after_ms: None });
    retry::with_retries(&policies::COMMAND, || sources.sync(source), passes).await
}

async fn follow(sources: &dyn Sources, before: &Source, on: &mut impl FnMut(&Source)) -> Result<Source, Failure> {
    let (mut wait, mut seen, mut stale, mut blind) = (WAITS.0, false, 0, 0);
    loop {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        wait = (wait * 3 / 2).min(WAITS.1);
        let now = match sources.get(&before.id).await {
            Ok(now) => now,
            Err(error) if error.outcome != Outcome::Refused && blind < BLIND => {
                blind += 1;
                if let Outcome::Busy { retry_after_ms: Some(asked) } = error.outcome {
                    wait = wait.max(asked.min(LONGEST));
                }
                continue;
            }
            Err(error) => return Err(error.failure),
        };
        blind = 0;
        on(&now);
        let fresh = seen || now.state != before.state || now.last_sync != before.last_sync || stale >= STALE;
        match &now.state {
            SyncState::Syncing => seen = true,
            SyncState::Synced if fresh => return Ok(now),
            SyncState::SyncError if fresh => return Err(failed(&now)),
            SyncState::NotSynced if seen || stale >= STALE => return Err(unfinished(&now, seen)),
            // An unknown word may mean that it goes on.
            SyncState::Other(_) => {}
            SyncState::Synced | SyncState::SyncError | SyncState::NotSynced => stale += 1,
        }
    }
}

fn failed(source: &Source) -> Failure {
    Failure::new(Kind::Failed, format!("the platform could not sync the data source {}", source.id))
        .hint("The bot keeps what it knew. The state of each row says which ones it doesn't know.")
}

fn unfinished(source: &Source, seen: bool) -> Failure {
    let what = if seen {
        format!("the sync of the data source {} ended, and not all of it is synced", source.id)
    } else {
        format!("the platform took the sync of the data source {} and did not begin it", source.id)
    };
    Failure::new(Kind::Failed, what).hint("It may have been changed meanwhile. Sync it again.")
}
