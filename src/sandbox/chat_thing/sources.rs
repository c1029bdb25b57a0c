//! Chat Thing's data sources: the eleven calls that make, read, change, delete and sync them and their rows.
//!
//! Owns the paths, the checks, the statuses and the JSON, written by hand from the platform's document; what a source is
//! and how it is synced is `source_store`'s business. Where the document is silent it is strict: a bulk call names at least
//! one row and at most a hundred, each once, and does all or nothing; a row that isn't there is 404. Names of rows need
//! not be unique, and ids of new rows are learnt from the list alone. A 429 names no time to wait, as the document's.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::super::api::{ApiRequest, ApiResponse, ErrorResponse};
use super::super::context::SandboxContext;
use super::super::source_store::{RowContent, RowDetails, SourceDetails, SourceStoreError, SourceSyncInterval};
use super::body::{object, optional, page, required, string};

/// The most rows that one call may bring.
const MOST_ROWS: usize = 100;
/// The longest name of a row, in characters, and the longest text, in bytes.
const LONGEST_NAME: usize = 1_024;
const LONGEST_CONTENT: usize = 1 << 20;

impl From<SourceStoreError> for ErrorResponse {
    fn from(error: SourceStoreError) -> Self {
        let status = match error {
            SourceStoreError::NoSource | SourceStoreError::NoRow => StatusCode::NOT_FOUND,
            SourceStoreError::NoCursor | SourceStoreError::Twice => StatusCode::BAD_REQUEST,
            SourceStoreError::Syncing => StatusCode::TOO_MANY_REQUESTS,
            SourceStoreError::Journal(_) | SourceStoreError::Stopping(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

/// The methods that an endpoint takes; none for a name that is no endpoint of data sources.
pub(super) fn methods(name: &str) -> Option<&'static str> {
    match name {
        "data-sources" => Some("GET, POST, PUT, DELETE"),
        "data-sources/row" => Some("GET, POST, PUT"),
        "data-sources/rows" => Some("DELETE"),
        "data-sources/list" | "data-sources/row/list" | "data-sources/sync" => Some("POST"),
        _ => None,
    }
}

/// Answers a call of an endpoint by a method that it takes.
pub(super) async fn respond(
    context: &SandboxContext,
    request: &ApiRequest,
    name: &str,
) -> Result<ApiResponse, ErrorResponse> {
    let sources = &context.sources;
    let json = match (name, &request.method) {
        ("data-sources", &Method::GET) => one(&sources.source(parameter(request, "dataSourceId")?).await?),
        // It has no body, so none is read.
        ("data-sources", &Method::POST) => one(&sources.create().await?),
        ("data-sources", &Method::PUT) => set_interval(context, &object(request)?).await?,
        ("data-sources", _) => {
            sources.remove(source(&object(request)?)?).await?;
            done()
        }
        ("data-sources/list", _) => list(context, &object(request)?).await?,
        ("data-sources/row", &Method::GET) => {
            let wanted = (parameter(request, "dataSourceId")?, parameter(request, "dataSourceRowId")?);
            row_json(&sources.row(wanted.0, wanted.1).await?)
        }
        ("data-sources/row", &Method::POST) => {
            let body = object(request)?;
            let rows = rows(&body)?.iter().map(|row| text(row)).collect::<Result<_, _>>()?;
            sources.add(source(&body)?, rows).await?;
            done()
        }
        ("data-sources/row", _) => {
            let body = object(request)?;
            let change = |row: &&Map<String, Value>| {
                let id = required(row, "id")?;
                text(row).map(|(name, content)| RowContent { id, name, content })
            };
            sources.update(source(&body)?, rows(&body)?.iter().map(change).collect::<Result<_, _>>()?).await?;
            done()
        }
        ("data-sources/rows", _) => {
            let body = object(request)?;
            let ids = rows(&body)?.iter().map(|row| required(row, "id")).collect::<Result<_, _>>()?;
            sources.delete(source(&body)?, ids).await?;
            done()
        }
        ("data-sources/row/list", _) => list_rows(context, &object(request)?).await?,
        _ => {
            sources.sync(source(&object(request)?)?, context.pace).await?;
            done()
        }
    };
    Ok(ApiResponse::Json(StatusCode::OK, json))
}

async fn list(context: &SandboxContext, body: &Map<String, Value>) -> Result<Value, ErrorResponse> {
    let listed = context.sources.sources(page(body)?).await?;
    let last = listed.items.last().map(|source| source.id.clone());
    let sources: Vec<Value> = listed.items.iter().map(source_json).collect();
    Ok(json!({ "success": true, "dataSources": sources, "pagination": { "total": listed.total, "last": last } }))
}

async fn list_rows(context: &SandboxContext, body: &Map<String, Value>) -> Result<Value, ErrorResponse> {
    let listed = context.sources.rows(source(body)?, page(body)?).await?;
    let last = listed.items.last().map(|row| row.id.clone());
    let rows: Vec<Value> = listed.items.iter().map(|row| json!({ "id": row.id, "name": *row.name })).collect();
    Ok(json!({ "success": true, "dataSourceRows": rows, "pagination": { "total": listed.total, "last": last } }))
}

async fn set_interval(context: &SandboxContext, body: &Map<String, Value>) -> Result<Value, ErrorResponse> {
    let word = string(body, "syncInterval")?;
    let known = |word: String| {
        SourceSyncInterval::from_word(&word)
            .ok_or_else(|| ErrorResponse::bad_request("syncInterval is day, week, month or null"))
    };
    let interval = word.map(known).transpose()?;
    Ok(one(&context.sources.set_interval(source(body)?, interval).await?))
}

fn done() -> Value {
    json!({ "success": true })
}

fn one(source: &SourceDetails) -> Value {
    json!({ "success": true, "dataSource": source_json(source) })
}

fn source_json(source: &SourceDetails) -> Value {
    json!({
        "id": source.id,
        "type": "MANUAL",
        "state": source.state.word(),
        "lastSync": source.last_sync,
        "syncInterval": source.interval.map(SourceSyncInterval::word),
        "createdAt": source.created_at,
    })
}

fn row_json(row: &RowDetails) -> Value {
    let row = json!({
        "id": row.id,
        "type": "MANUAL",
        "state": row.state.word(),
        "lastSync": row.last_sync,
        "createdAt": row.created_at,
        "content": *row.content,
    });
    json!({ "success": true, "dataSourceRow": row })
}

/// A parameter of the query.
fn parameter(request: &ApiRequest, key: &str) -> Result<String, ErrorResponse> {
    let mut pairs = form_urlencoded::parse(request.query.as_bytes());
    let value = pairs.find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| ErrorResponse::bad_request(format!("the query parameter {key} is required")))
}

fn source(body: &Map<String, Value>) -> Result<String, ErrorResponse> {
    required(body, "dataSourceId")
}

fn rows(body: &Map<String, Value>) -> Result<Vec<&Map<String, Value>>, ErrorResponse> {
    let rows =
        optional(body, "dataSourceRows").ok_or_else(|| ErrorResponse::bad_request("dataSourceRows is required"))?;
    let rows = rows.as_array().ok_or_else(|| ErrorResponse::bad_request("dataSourceRows must be an array"))?;
    if !(1..=MOST_ROWS).contains(&rows.len()) {
        return Err(ErrorResponse::bad_request(format!("dataSourceRows must have from 1 to {MOST_ROWS} rows")));
    }
    rows.iter()
        .map(|row| row.as_object().ok_or_else(|| ErrorResponse::bad_request("a row must be an object")))
        .collect()
}

/// A row's name and text. Either may be empty.
fn text(row: &Map<String, Value>) -> Result<(String, String), ErrorResponse> {
    let (name, content) = (required(row, "name")?, required(row, "content")?);
    if name.chars().count() > LONGEST_NAME {
        return Err(ErrorResponse::bad_request(format!("name is longer than {LONGEST_NAME} characters")));
    }
    if content.len() > LONGEST_CONTENT {
        return Err(ErrorResponse::new(StatusCode::PAYLOAD_TOO_LARGE, "content is longer than 1 MiB"));
    }
    Ok((name, content))
}
