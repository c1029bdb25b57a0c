//! What is said of a call in a log: the channel, method, host and path, status, time and headers; never a secret, a query
//! or a body.

use std::time::Duration;

use super::reads::CallId;
use super::{HttpError, Request, Response, redact};
use crate::domain::ChannelName;

/// The target of the line of each call, which is for the log file: what a person reads has a line of its own.
pub const CALLS: &str = "patchcord::calls";
/// The target of that line.
pub const READ_BY_PEOPLE: &str = "patchcord::http::call_log";

/// What is said of a call beside what was asked.
pub(super) struct Made<'a> {
    /// What it is known by.
    pub(super) id: &'a CallId,
    /// For which channel.
    pub(super) channel: Option<&'a ChannelName>,
    /// The how many-th attempt at the same it was.
    pub(super) attempt: u32,
    /// Whether somebody made it again by hand.
    pub(super) again: bool,
    /// How long it took to the head of the answer.
    pub(super) took: Duration,
}

/// One line a call for the file, and one for people.
pub(super) fn log(request: &Request, made: &Made<'_>, outcome: &Result<Response, HttpError>) {
    let method = request.method.wire();
    let (to, ms) = (request.address.to_string(), made.took.as_millis());
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
    let query = request.address.url().query().is_some();
    let (ms, bytes) = (u64::try_from(ms).unwrap_or(u64::MAX), request.body.len() as u64);
    let (call, channel) = (made.id.as_str(), made.channel.map_or("", ChannelName::as_str));
    let (reads, again, attempt) = (request.reads, made.again, made.attempt);
    // A value that isn't there has no field.
    let (status, error) = match outcome {
        Ok(response) => (Some(response.status()), None),
        Err(error) => (None, Some(error.to_string())),
    };
    tracing::info!(
        target: CALLS, %method, %url, status, error, ms, bytes, call, channel, attempt, query, reads, again, %headers
    );
}
