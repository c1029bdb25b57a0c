//! What may be said of a call in a log: the method, host and path, status and time; never a secret, a query or a body.

use std::time::Duration;

use reqwest::header::HeaderValue;

use super::{HttpError, Request, Response};

/// A header's value, or a mask where it is a secret or not text.
pub(super) fn value(value: &HeaderValue) -> &str {
    if value.is_sensitive() { "[secret]" } else { value.to_str().unwrap_or("[bytes]") }
}

/// One line a call.
pub(super) fn log(request: &Request, took: Duration, outcome: &Result<Response, HttpError>) {
    let method = request.method.wire();
    let (to, ms) = (request.address.to_string(), took.as_millis());
    match outcome {
        Ok(response) if response.status() < 400 => tracing::debug!("{method} {to} {} in {ms} ms", response.status()),
        Ok(response) => tracing::info!("{method} {to} {} in {ms} ms", response.status()),
        Err(error) => tracing::info!("{method} {to} failed in {ms} ms: {error}"),
    }
}
