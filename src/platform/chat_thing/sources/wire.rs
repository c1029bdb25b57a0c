//! The bodies of the calls on data sources, out and in. Pure.

use serde::Serialize;
use serde_json::Value;

use super::super::super::lenient_json::{self, Document, Object};
use super::super::wire::{json, limit};
use crate::domain::{Fault, PageRequest, Row, RowBody, RowId, Source, SourceId, SyncInterval, SyncState, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceBody<'a> {
    data_source_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data_source_id: Option<&'a str>,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IntervalBody<'a> {
    data_source_id: &'a str,
    sync_interval: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowsBody<'a> {
    data_source_id: &'a str,
    data_source_rows: Vec<RowFields<'a>>,
}

#[derive(Serialize)]
struct RowFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

/// What a delete of a source and a sync take.
pub(super) fn source_body(source: &SourceId) -> String {
    json(&SourceBody { data_source_id: source.as_str() })
}

/// What the lists of sources and of rows take.
pub(super) fn list_body(source: Option<&SourceId>, page: &PageRequest) -> String {
    let data_source_id = source.map(SourceId::as_str);
    json(&ListBody { data_source_id, limit: limit(page), cursor: page.cursor.as_deref() })
}

/// What an update of a source takes: never is written out, since a body without it might mean anything.
pub(super) fn interval_body(source: &SourceId, interval: Option<&SyncInterval>) -> String {
    json(&IntervalBody { data_source_id: source.as_str(), sync_interval: interval.map(SyncInterval::as_str) })
}

/// What makes rows.
pub(super) fn added_body(source: &SourceId, rows: &[Version]) -> String {
    rows_body(
        source,
        rows.iter().map(|row| RowFields { id: None, name: Some(&row.name), content: Some(&row.content) }),
    )
}

/// What replaces rows.
pub(super) fn updated_body(source: &SourceId, rows: &[(RowId, Version)]) -> String {
    let fields = rows.iter().map(|(id, row)| RowFields {
        id: Some(id.as_str()),
        name: Some(&row.name),
        content: Some(&row.content),
    });
    rows_body(source, fields)
}

/// What deletes rows.
pub(super) fn removed_body(source: &SourceId, rows: &[RowId]) -> String {
    rows_body(source, rows.iter().map(|id| RowFields { id: Some(id.as_str()), name: None, content: None }))
}

fn rows_body<'a>(source: &'a SourceId, rows: impl Iterator<Item = RowFields<'a>>) -> String {
    json(&RowsBody { data_source_id: source.as_str(), data_source_rows: rows.collect() })
}

/// The source that an answer holds. The one that was asked for needs no id.
pub(super) fn answered_source(object: &Object, asked: Option<&SourceId>) -> Option<Source> {
    let came = object.get("dataSource")?.as_object()?;
    source(came).or_else(|| asked.map(|id| described(came, id.clone())))
}

/// One source of a list; none where it has no id.
pub(super) fn source(object: &Object) -> Option<Source> {
    Some(described(object, SourceId::new(lenient_json::id(object.get("id"))?)))
}

fn described(object: &Object, id: SourceId) -> Source {
    let interval = lenient_json::text(object.get("syncInterval"));
    Source {
        id,
        state: SyncState::from(lenient_json::text(object.get("state")).as_str()),
        last_sync: last_sync(object),
        interval: (!interval.is_empty()).then(|| SyncInterval::from(interval.as_str())),
        created_at: lenient_json::moment(object.get("createdAt")),
    }
}

fn last_sync(object: &Object) -> Option<crate::domain::Moment> {
    let moment = lenient_json::moment(object.get("lastSync"));
    (!moment.raw.is_empty()).then_some(moment)
}

/// One row of a list; none where it has no id.
pub(super) fn row(object: &Object) -> Option<Row> {
    Some(Row { id: RowId::new(lenient_json::id(object.get("id"))?), name: lenient_json::text(object.get("name")) })
}

/// Where a row's text stands.
const CONTENT: &str = "/dataSourceRow/content";

/// The row that was asked for, or what came instead. Of the id in the answer the platform's page says that it is the
/// source's, so the one that was asked for stands. Text that isn't there is not taken for an empty one: it might be
/// written back.
pub(super) fn row_body(object: &Document, asked: &RowId) -> Result<RowBody, &'static str> {
    let row = object.get("dataSourceRow").and_then(Value::as_object).ok_or("no row")?;
    let mut damage = object.damage.within(CONTENT);
    let content = match row.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) if !damage.is_none() => return Err("a row without its text"),
        Some(Value::Null) => String::new(),
        Some(other @ (Value::Number(_) | Value::Bool(_))) => {
            damage.note(CONTENT, Fault::Kind);
            other.to_string()
        }
        _ => return Err("a row without its text"),
    };
    Ok(RowBody {
        id: asked.clone(),
        state: SyncState::from(lenient_json::text(row.get("state")).as_str()),
        last_sync: last_sync(row),
        created_at: lenient_json::moment(row.get("createdAt")),
        content,
        damage,
    })
}

#[cfg(test)]
mod tests;
