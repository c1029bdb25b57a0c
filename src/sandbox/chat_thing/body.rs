//! The bodies that Chat Thing's endpoints take: a JSON object, and its fields. Whatever is wrong is 400 and says so.

use serde_json::{Map, Value};

use super::super::api::{ApiRequest, ErrorResponse};
use super::super::paging::PageQuery;

fn bad_request(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::bad_request(message)
}

/// The request's JSON object; none at all counts as an empty one.
pub(super) fn object(request: &ApiRequest) -> Result<Map<String, Value>, ErrorResponse> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    if request.media_type() != "application/json" {
        return Err(bad_request("the header Content-Type must be application/json"));
    }
    match request.json() {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(bad_request("the body must be a JSON object")),
        Err(error) => Err(bad_request(format!("the body is not JSON: {error}"))),
    }
}

/// A field that may be left out, or be null for the same.
pub(super) fn optional<'a>(body: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    body.get(key).filter(|value| !value.is_null())
}

pub(super) fn string(body: &Map<String, Value>, key: &str) -> Result<Option<String>, ErrorResponse> {
    let Some(value) = optional(body, key) else { return Ok(None) };
    let text = value.as_str().ok_or_else(|| bad_request(format!("{key} must be a string")))?;
    Ok(Some(text.to_owned()))
}

pub(super) fn page(body: &Map<String, Value>) -> Result<PageQuery, ErrorResponse> {
    let limit = match optional(body, "limit") {
        None => 10,
        Some(value) => {
            let limit = value.as_u64().filter(|limit| (1..=100).contains(limit));
            limit.ok_or_else(|| bad_request("limit must be an integer from 1 to 100"))?
        }
    };
    Ok(PageQuery { limit: usize::try_from(limit).unwrap_or(100), cursor: string(body, "cursor")? })
}

/// A field that must be there, a text.
pub(super) fn required(body: &Map<String, Value>, key: &str) -> Result<String, ErrorResponse> {
    string(body, key)?.ok_or_else(|| bad_request(format!("{key} is required")))
}
