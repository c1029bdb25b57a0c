//! Data sources: reading, making, deleting and syncing them. Changing rows is `apply`'s business.

use crate::domain::{Failure, Kind, Page, PageRequest, Row, RowBody, RowId, Source, SourceId};
use crate::platform::{Adapter, Sources};
use crate::runtime::{Runtime, patience};

use super::history::PAGE;

/// The channel's data sources; a platform without any says so.
pub(in crate::runtime) fn of(adapter: &dyn Adapter) -> Result<&dyn Sources, Failure> {
    adapter.sources().ok_or_else(|| Failure::new(Kind::Invalid, "This channel's platform has no data sources."))
}

/// One page of the channel's sources.
pub(in crate::runtime) async fn list(runtime: &Runtime, page: &PageRequest) -> Result<Page<Source>, Failure> {
    let adapter = runtime.adapter().await?;
    let sources = of(&*adapter)?;
    let listed = patience::patiently(&patience::command(), || sources.list(page), |_, _| true).await;
    listed.map_err(|e| e.failure)
}

/// One source.
pub(in crate::runtime) async fn get(runtime: &Runtime, source: &SourceId) -> Result<Source, Failure> {
    let adapter = runtime.adapter().await?;
    let sources = of(&*adapter)?;
    let got = patience::patiently(&patience::command(), || sources.get(source), |_, _| true).await;
    got.map_err(|e| e.failure)
}

/// One page of a source's rows.
pub(in crate::runtime) async fn rows(
    runtime: &Runtime,
    source: &SourceId,
    page: &PageRequest,
) -> Result<Page<Row>, Failure> {
    let adapter = runtime.adapter().await?;
    let sources = of(&*adapter)?;
    let listed = patience::patiently(&patience::command(), || sources.rows(source, page), |_, _| true).await;
    listed.map_err(|e| e.failure)
}

/// All rows of a source, page by page; `on` is told of each page's rows as they come, and of how many there are in all.
/// A list that goes round in a circle ends.
pub(in crate::runtime) async fn every_row(
    runtime: &Runtime,
    source: &SourceId,
    mut on: impl FnMut(&[Row], Option<u64>),
) -> Result<Vec<Row>, Failure> {
    let (mut all, mut cursor) = (Vec::new(), None);
    let mut seen = std::collections::HashSet::new();
    loop {
        let page = rows(runtime, source, &PageRequest { limit: PAGE, cursor }).await?;
        let fresh: Vec<Row> = page.items.into_iter().filter(|row| seen.insert(row.id.clone())).collect();
        on(&fresh, page.total);
        let more = !fresh.is_empty();
        all.extend(fresh);
        cursor = page.next;
        if cursor.is_none() || !more {
            return Ok(all);
        }
    }
}

/// One row's text and standing.
pub(in crate::runtime) async fn row(runtime: &Runtime, source: &SourceId, row: &RowId) -> Result<RowBody, Failure> {
    let adapter = runtime.adapter().await?;
    let sources = of(&*adapter)?;
    let read = patience::patiently(&patience::command(), || sources.row(source, row), |_, _| true).await;
    read.map_err(|e| e.failure)
}
