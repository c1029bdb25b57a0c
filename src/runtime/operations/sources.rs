//! Data sources: reading, making, setting and deleting them. Syncing is `sync`'s business, changing rows `apply`'s.
//!
//! A change is repeated only where it is certain that the platform did not act on it.

use std::sync::Arc;

use crate::domain::{Damage, Failure, Kind, Page, PageRequest, Row, RowBody, RowId, Source, SourceId, SyncInterval};
use crate::http::policies;
use crate::platform::{Adapter, Sources};
use crate::runtime::pages::{Followed, Following};
use crate::runtime::{Runtime, retry};

use super::history::PAGE;

/// The channel's data sources; a platform without any says so.
pub(in crate::runtime) fn sources_of(adapter: &dyn Adapter) -> Result<&dyn Sources, Failure> {
    adapter.sources().ok_or_else(none)
}

/// The channel's adapter, if its platform has data sources: where it has none, no secret is fetched either.
pub(in crate::runtime) async fn adapter(runtime: &Runtime) -> Result<Arc<dyn Adapter>, Failure> {
    if !runtime.capabilities()?.sources {
        return Err(none());
    }
    runtime.adapter().await
}

fn none() -> Failure {
    Failure::new(Kind::Invalid, "This channel's platform has no data sources.")
}

/// One page of the channel's sources.
pub(in crate::runtime) async fn list(runtime: &Runtime, page: &PageRequest) -> Result<Page<Source>, Failure> {
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    let listed = retry::with_retries(&policies::COMMAND, || sources.list(page), |_, _| true).await;
    let listed = listed.map_err(|e| e.failure)?;
    if page.cursor.is_none() {
        runtime.remember_sources(&listed.items).await;
    }
    Ok(listed)
}

/// One source.
pub(in crate::runtime) async fn get(runtime: &Runtime, source: &SourceId) -> Result<Source, Failure> {
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    let got = retry::with_retries(&policies::COMMAND, || sources.get(source), |_, _| true).await;
    got.map_err(|e| e.failure)
}

/// Makes an empty source.
pub(in crate::runtime) async fn create(runtime: &Runtime) -> Result<Source, Failure> {
    runtime.writable()?;
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    retry::with_retries(&policies::COMMAND, || sources.create(), |_, _| true).await.map_err(|e| e.failure)
}

/// Sets how often the platform syncs a source by itself.
pub(in crate::runtime) async fn set_interval(
    runtime: &Runtime,
    source: &SourceId,
    interval: Option<&SyncInterval>,
) -> Result<Source, Failure> {
    runtime.writable()?;
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    let set = retry::with_retries(&policies::COMMAND, || sources.set_interval(source, interval), |_, _| true).await;
    set.map_err(|e| e.failure)
}

/// Deletes a source with all its rows.
pub(in crate::runtime) async fn delete(runtime: &Runtime, source: &SourceId) -> Result<(), Failure> {
    runtime.writable()?;
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    let gone = retry::with_retries(&policies::COMMAND, || sources.delete(source), |_, _| true).await;
    gone.map_err(|e| e.failure)
}

/// One page of a source's rows.
pub(in crate::runtime) async fn rows(
    runtime: &Runtime,
    source: &SourceId,
    page: &PageRequest,
) -> Result<Page<Row>, Failure> {
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    let listed = retry::with_retries(&policies::COMMAND, || sources.rows(source, page), |_, _| true).await;
    let listed = listed.map_err(|e| e.failure)?;
    if page.cursor.is_none() {
        runtime.remember_rows(source, &listed.items).await;
    }
    Ok(listed)
}

/// All rows of a source, page by page; `on` is told of each page's rows as they come, and of how many there are in all.
/// A list that isn't whole fails: whoever takes a missing row for a deleted one would delete what is there.
pub(in crate::runtime) async fn every_row(
    runtime: &Runtime,
    source: &SourceId,
    mut on: impl FnMut(&[Row], Option<u64>),
) -> Result<Vec<Row>, Failure> {
    let mut following = Following::new(PageRequest { limit: PAGE, cursor: None });
    let mut all = Vec::new();
    loop {
        let page = rows(runtime, source, following.next()).await?;
        let total = page.total;
        let (new, more) = following.take(page);
        on(&new, total);
        all.extend(new);
        if !more {
            break;
        }
    }
    let Followed { damage, short, .. } = following.end("the list of rows");
    match short {
        Some(failure) => Err(failure),
        None if damage.left_out() > 0 => Err(left_out_of(&damage)),
        None => Ok(all),
    }
}

/// Rows of which nothing could be made, not even an id.
pub(in crate::runtime) fn left_out_of(damage: &Damage) -> Failure {
    let words = damage.words().unwrap_or_default();
    Failure::new(Kind::Platform, format!("the list of rows is not whole: {words}"))
}

/// One row's text and standing.
pub(in crate::runtime) async fn row(runtime: &Runtime, source: &SourceId, row: &RowId) -> Result<RowBody, Failure> {
    let adapter = adapter(runtime).await?;
    let sources = sources_of(&*adapter)?;
    let read = retry::with_retries(&policies::COMMAND, || sources.row(source, row), |_, _| true).await;
    read.map_err(|e| e.failure)
}
