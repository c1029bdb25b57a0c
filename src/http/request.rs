//! What is asked: method, address, headers, body. Its `Debug` is safe to log.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue};

use super::multipart::{self, MultipartField};
use super::{Address, HttpError, redact};
use crate::domain::{Secret, Timeouts};

/// The bytes a second that a slow line takes.
const SLOW_LINE: u64 = 64 * 1024;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Send, or read with a body.
    Post,
    /// Replace.
    Put,
    /// Remove.
    Delete,
}

impl Method {
    pub(super) const fn wire(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Post => reqwest::Method::POST,
            Self::Put => reqwest::Method::PUT,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

/// One header, checked when it is made.
#[derive(Clone)]
pub struct Header {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

impl Header {
    /// A header that may be logged. Names are lower case.
    ///
    /// # Errors
    ///
    /// [`HttpError::Header`] where the value holds what no header can carry.
    pub fn new(name: &'static str, value: &str) -> Result<Self, HttpError> {
        let refuse = |_| HttpError::Header { name };
        let value = HeaderValue::from_str(value).map_err(refuse)?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HttpError::Header { name })?;
        Ok(Self { name, value })
    }

    /// A header whose name is not known before the program runs.
    ///
    /// # Errors
    ///
    /// [`HttpError::Header`] where name or value hold what no header can carry.
    pub fn named(name: &str, value: &str) -> Result<Self, HttpError> {
        const GIVEN: &str = "that was asked for";
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HttpError::Header { name: GIVEN })?;
        let value = HeaderValue::from_str(value).map_err(|_| HttpError::Header { name: GIVEN })?;
        Ok(Self { name, value })
    }

    /// A header that is never logged.
    ///
    /// # Errors
    ///
    /// [`HttpError::Header`] where the secret holds what no header can carry.
    pub fn secret(name: &'static str, value: &Secret) -> Result<Self, HttpError> {
        let mut header = Self::new(name, value.expose())?;
        header.value.set_sensitive(true);
        Ok(header)
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, redact::value(&self.value))
    }
}

/// One request.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) address: Address,
    pub(super) headers: Vec<Header>,
    pub(super) body: Bytes,
    /// How long the head of the answer may take, where that isn't the channel's to say.
    first_byte: Option<Duration>,
    /// Whether its answer has to be written first.
    asks: bool,
    /// Whether it changes nothing where it goes.
    pub(super) reads: bool,
}

impl Request {
    /// A request without headers and body.
    pub const fn new(method: Method, address: Address) -> Self {
        Self { method, address, headers: Vec::new(), body: Bytes::new(), first_byte: None, asks: false, reads: false }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    /// Sets the body. The answer may take longer by what the body takes to go out on a slow line.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a JSON text as the body, and says so.
    #[must_use]
    pub fn json(self, text: impl Into<Bytes>) -> Self {
        self.typed("application/json", text.into())
    }

    /// Sets the fields of a form as the body, and says so.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.typed("application/x-www-form-urlencoded", body.into())
    }

    /// Sets the parts of a form with files as the body, and says so.
    #[must_use]
    pub fn multipart(self, parts: &[MultipartField<'_>]) -> Self {
        let (content_type, body) = multipart::encode(parts);
        self.typed(&content_type, body)
    }

    /// The type is our own text, which every header can carry.
    fn typed(mut self, content_type: &str, body: Bytes) -> Self {
        self.headers.extend(Header::new("content-type", content_type));
        self.body(body)
    }

    /// Sets how long the head of the answer may take, connecting included, whatever the channel's limits are.
    #[must_use]
    pub const fn first_byte(mut self, limit: Duration) -> Self {
        self.first_byte = Some(limit);
        self
    }

    /// Says that the answer has to be written first, which may take its time.
    #[must_use]
    pub const fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    /// Says whether it changes nothing where it goes, whatever its method: some platforms read with a POST. One that changes
    /// something is never made again by hand.
    #[must_use]
    pub const fn reading(mut self, reads: bool) -> Self {
        self.reads = reads;
        self
    }

    /// Whether it may change something where it goes.
    pub(super) const fn writes(&self) -> bool {
        !matches!(self.method, Method::Get) && !self.reads
    }

    /// How long the body may take to go out.
    pub(super) fn upload(&self) -> Duration {
        Duration::from_secs(self.body.len() as u64 / SLOW_LINE)
    }

    /// How long the head of the answer may take.
    pub(super) fn head_within(&self, limits: &Timeouts) -> Duration {
        let own = if self.asks { limits.reply() } else { limits.answer() };
        self.first_byte.unwrap_or(own) + self.upload()
    }
}

/// Neither the body nor a sensitive header.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("address", &self.address)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_secret_nor_body() {
        let address = Address::parse("https://h/p?q=hidden-query").unwrap();
        let request = Request::new(Method::Post, address)
            .header(Header::secret("x-api-secret-key", &Secret::new("hidden-key")).unwrap())
            .header(Header::new("content-type", "application/json").unwrap())
            .body("hidden-body");
        let shown = format!("{request:?}");
        assert!(shown.contains("application/json") && shown.contains("x-api-secret-key"), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
    }

    #[test]
    fn a_form_is_encoded_and_never_shown() {
        let request = Request::new(Method::Post, Address::parse("https://h/t").unwrap());
        let request = request.form(&[("grant_type", "client_credentials"), ("client_secret", "hidden &=+é")]);
        assert_eq!(&*request.body, b"grant_type=client_credentials&client_secret=hidden+%26%3D%2B%C3%A9");
        let shown = format!("{request:?}");
        assert!(shown.contains("application/x-www-form-urlencoded") && !shown.contains("hidden"), "{shown}");
    }

    #[test]
    fn a_file_is_given_the_time_that_it_takes() {
        let request = || Request::new(Method::Post, Address::parse("https://h/t").unwrap());
        let limits = Timeouts::default();
        let of = |size: usize| {
            request().multipart(&[MultipartField::file("f", "n", "a/b", &vec![0; size])]).head_within(&limits)
        };
        assert_eq!(of(10), limits.answer());
        assert_eq!(of(10 * 1024 * 1024), limits.answer() + Duration::from_secs(160));
        assert_eq!(request().asking().head_within(&limits), limits.reply());
        assert_eq!(
            request().asking().first_byte(Duration::from_secs(2)).head_within(&limits),
            Duration::from_secs(2)
        );
    }

    #[test]
    fn a_value_that_no_header_can_carry_is_refused_without_quoting_it() {
        let error = Header::secret("x-api-secret-key", &Secret::new("hidden\nkey")).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hidden"));
    }
}
