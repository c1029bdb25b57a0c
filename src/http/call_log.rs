//! What is said of a call in a log: the method, host and path, status and time; never a secret, a query or a body.

use std::time::Duration;

use super::{HttpError, Request, Response};

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
