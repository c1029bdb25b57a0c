//! A request's body, read within its limits: it is never longer in memory than it may be, however long it is.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::{Body as _, Incoming};

use super::connection::{Connection, Phase};
use super::limits::ListenerLimits;
use super::responses::HttpRefusal;
use crate::domain::RefusalCode;

/// What every body may hold without being counted, so that nobody's long body keeps out a short one.
const FREE: usize = 16 << 10;

/// What bodies that are still coming hold, all together.
#[derive(Debug, Default)]
pub(super) struct BodyBudget(AtomicUsize);

/// One body's part of it.
struct BodyShare<'a> {
    held: &'a BodyBudget,
    bytes: usize,
}

impl BodyShare<'_> {
    /// Whether a body that holds that much may go on.
    fn grow(&mut self, to: usize, most: usize) -> bool {
        let more = to.saturating_sub(FREE).saturating_sub(self.bytes);
        self.bytes += more;
        self.held.0.fetch_add(more, Relaxed) + more <= most || more == 0
    }
}

impl Drop for BodyShare<'_> {
    fn drop(&mut self) {
        self.held.0.fetch_sub(self.bytes, Relaxed);
    }
}

/// Refuses a body that says itself that it is too long.
pub(super) fn check_length(body: &Incoming, limits: &ListenerLimits) -> Result<(), HttpRefusal> {
    let fits = usize::try_from(body.size_hint().lower()).is_ok_and(|length| length <= limits.longest_body());
    if fits { Ok(()) } else { Err(too_long()) }
}

/// Reads a body to its end; none if the connection broke.
pub(super) async fn read(
    body: &mut Incoming,
    connection: &Connection,
    limits: &ListenerLimits,
    held: &BodyBudget,
) -> Option<Result<Bytes, HttpRefusal>> {
    if body.is_end_stream() {
        return Some(Ok(Bytes::new()));
    }
    let reading = std::pin::pin!(collect(body, limits, held));
    let late = || HttpRefusal::new(StatusCode::REQUEST_TIMEOUT, RefusalCode::TooSlow, "the body took too long");
    connection.within(Phase::Body, reading).await.unwrap_or_else(|| Some(Err(late())))
}

async fn collect(
    body: &mut Incoming,
    limits: &ListenerLimits,
    held: &BodyBudget,
) -> Option<Result<Bytes, HttpRefusal>> {
    let mut share = BodyShare { held, bytes: 0 };
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        let length = whole.len() + data.len();
        if length > limits.longest_body() {
            return Some(Err(too_long()));
        }
        if !share.grow(length, limits.reading_bytes) {
            return Some(Err(HttpRefusal::later("too many long bodies are coming in", 5)));
        }
        if whole.is_empty() && body.is_end_stream() {
            // Copied, since it is part of a buffer that serves for the next request.
            return Some(Ok(Bytes::copy_from_slice(&data)));
        }
        whole.extend_from_slice(&data);
        if body.is_end_stream() {
            break;
        }
    }
    Some(Ok(whole.into()))
}

fn too_long() -> HttpRefusal {
    HttpRefusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        RefusalCode::TooLong,
        "the body is longer than this listener takes",
    )
}
