//! An answer: its head, and its body under a limit of bytes and of time.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use super::{HttpError, retry_after};
use crate::domain::{Timeouts, Timestamp};

/// How long an answer may take that was asked for at some moment.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until its first byte, from its head on.
    pub first: Duration,
    /// Without a byte in its middle.
    pub silence: Duration,
    /// The whole call.
    pub total: Duration,
    /// When the call is over.
    pub end: Instant,
}

impl Limits {
    /// A call is made now, whose body takes so long to go out.
    pub(super) fn begin(timeouts: &Timeouts, upload: Duration) -> Self {
        let total = timeouts.total() + upload;
        let end = Instant::now().checked_add(total).unwrap_or_else(|| Instant::now() + Duration::from_hours(24));
        Self { first: timeouts.reply(), silence: timeouts.silence(), total, end }
    }
}

/// An answer whose head is here and whose body may still be under way. Dropping it before its end closes the
/// connection.
pub struct Response {
    inner: reqwest::Response,
    host: String,
    received: Timestamp,
    limits: Limits,
}

impl Response {
    pub(super) const fn new(inner: reqwest::Response, host: String, received: Timestamp, limits: Limits) -> Self {
        Self { inner, host, received, limits }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    /// Who answered.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// When the head came.
    pub const fn received(&self) -> Timestamp {
        self.received
    }

    /// The media type in lower case, without parameters; empty where there is none.
    pub fn content_type(&self) -> String {
        self.text("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The headers whose values are text, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inner.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// How long the platform asks to be left alone, in milliseconds from the answer.
    pub fn retry_after_ms(&self) -> Option<u64> {
        // A date is read against the server's own clock where it tells it: ours may be wrong.
        let now = retry_after::http_date(self.text("date")).unwrap_or(self.received);
        retry_after::parse(self.text("retry-after"), now)
    }

    /// The next piece of the body as it came from the network; `None` at its end. Safe to cancel.
    ///
    /// # Errors
    ///
    /// [`HttpError::BodyCut`] where the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        self.inner.chunk().await.map_err(|error| self.cut(error))
    }

    /// How long the answer may take.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The rest of the body: at most `limit` bytes, as long as the channel lets an answer take.
    ///
    /// # Errors
    ///
    /// [`HttpError`] where the body is cut, silent, too slow, or longer than `limit`.
    pub async fn whole(&mut self, limit: usize) -> Result<Bytes, HttpError> {
        let Limits { silence, total, end, .. } = self.limits;
        self.rest(limit, (silence, total, end)).await
    }

    /// The rest of the body: at most `limit` bytes, in at most `within`.
    ///
    /// # Errors
    ///
    /// As for [`Response::whole`].
    pub async fn bytes(&mut self, limit: usize, within: Duration) -> Result<Bytes, HttpError> {
        self.rest(limit, (within, within, Instant::now() + within)).await
    }

    async fn rest(
        &mut self,
        limit: usize,
        (silence, total, end): (Duration, Duration, Instant),
    ) -> Result<Bytes, HttpError> {
        let too_big = |host: &str| HttpError::TooBig { host: host.to_owned(), limit };
        if self.inner.content_length().is_some_and(|announced| announced > limit as u64) {
            return Err(too_big(&self.host));
        }
        let mut body = BytesMut::new();
        loop {
            let silent = Instant::now() + silence;
            let read = timeout_at(end.min(silent), self.inner.chunk()).await;
            match read.map_err(|_| self.slow(silent < end, silence, total))? {
                Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(too_big(&self.host)),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body.freeze()),
                Err(error) => return Err(self.cut(error)),
            }
        }
    }

    fn slow(&self, silent: bool, silence: Duration, total: Duration) -> HttpError {
        let host = self.host.clone();
        if silent {
            HttpError::BodySilent { host, after: silence }
        } else {
            HttpError::BodySlow { host, after: total }
        }
    }

    fn cut(&self, error: reqwest::Error) -> HttpError {
        HttpError::BodyCut { host: self.host.clone(), source: error.without_url().into() }
    }

    fn text(&self, name: &str) -> &str {
        self.inner.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

/// Neither headers nor body.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} from {})", self.status(), self.host)
    }
}
