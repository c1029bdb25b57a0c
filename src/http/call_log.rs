//! What is said of a call in a log: the method, host and path, status, time and headers; never a secret, a query or a
//! body.

use std::time::Duration;

use super::{HttpError, Request, Response, redact};

/// The target of the line of each call, which is for the log file: what a person reads has a line of its own.
pub const CALLS: &str = "patchcord::calls";
/// The target of that line.
pub const READ_BY_PEOPLE: &str = "patchcord::http::call_log";

/// One line a call for the file, and one for people.
pub(super) fn log(request: &Request, took: Duration, outcome: &Result<Response, HttpError>) {
    let method = request.method.wire();
    let (to, ms) = (request.address.to_string(), took.as_millis());
    match outcome {
        Ok(response) if response.status() < 400 => {
            tracing::debug!(target: READ_BY_PEOPLE, "{method} {to} {} in {ms} ms", response.status());
        }
        Ok(response) => tracing::info!(target: READ_BY_PEOPLE, "{method} {to} {} in {ms} ms", response.status()),
        Err(error) => tracing::info!(target: READ_BY_PEOPLE, "{method} {to} failed in {ms} ms: {error}"),
    }
    if !tracing::enabled!(target: CALLS, tracing::Level::INFO) {
        return;
    }
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|header| (header.name.as_str(), redact::value(&header.value))).collect();
    let headers = serde_json::to_string(&headers).unwrap_or_default();
    let url = request.address.without_query();
    let (ms, bytes) = (u64::try_from(ms).unwrap_or(u64::MAX), request.body.len() as u64);
    match outcome {
        Ok(response) => {
            let status = response.status();
            tracing::info!(target: CALLS, %method, %url, status, ms, bytes, %headers);
        }
        Err(error) => tracing::info!(target: CALLS, %method, %url, %error, ms, bytes, %headers),
    }
}
