//! Operator's API: no endpoint is emulated yet.

use axum::http::StatusCode;

use super::call::{Answer, Call};
use super::desk::Desk;
use super::response::error_json;

/// Answers a call.
#[expect(clippy::unused_async, reason = "the other platforms wait for their records")]
pub(super) async fn answer(_desk: &Desk, _call: &Call) -> Answer {
    Answer::Json(StatusCode::NOT_FOUND, error_json("no such endpoint"))
}
