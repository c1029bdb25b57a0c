//! What is said to whoever knocked: a few fixed answers, and problems that never repeat what was sent.

use std::borrow::Cow;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};

use crate::domain::{RefusalCode, Refused};

/// An answer.
pub(super) type HttpResponse = Response<Full<Bytes>>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const DONE: Bytes = Bytes::from_static(b"{\"ok\":true}");
const NOT_FOUND: Bytes = Bytes::from_static(b"{\"status\":404,\"title\":\"Not found\"}");

/// Why a request is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpRefusal {
    /// The status.
    pub(super) status: StatusCode,
    /// Why, in one word, for the operator.
    pub(super) code: RefusalCode,
    /// Why, in our words.
    pub(super) detail: Cow<'static, str>,
    allow: Option<HeaderValue>,
    retry_after: Option<HeaderValue>,
}

impl HttpRefusal {
    /// A status and why.
    pub(super) fn new(status: StatusCode, code: RefusalCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, detail: detail.into(), allow: None, retry_after: None }
    }

    /// As the operator is shown it.
    pub(super) fn refused(&self) -> Refused {
        Refused::new(self.status.as_u16(), self.code, self.detail.as_ref())
    }

    /// One text for all paths that lead nowhere, so that it tells nothing to whoever tries.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, RefusalCode::PathUnknown, "")
    }

    /// Only that method.
    pub(super) fn method(allow: &'static str) -> Self {
        let allow = HeaderValue::from_static(allow);
        let detail = "this path takes another method";
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, RefusalCode::Method, detail) }
    }

    /// Not now.
    pub(super) fn later(detail: &'static str, seconds: u16) -> Self {
        let later = Self::new(StatusCode::SERVICE_UNAVAILABLE, RefusalCode::NotReady, detail);
        Self { retry_after: Some(HeaderValue::from(seconds)), ..later }
    }

    /// As problem+json.
    pub(super) fn response(&self) -> HttpResponse {
        let mut response = respond(self.status, PROBLEM, self.body());
        let headers = [(ALLOW, &self.allow), (RETRY_AFTER, &self.retry_after)];
        for (name, value) in headers {
            if let Some(value) = value {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }

    fn body(&self) -> Bytes {
        if self.status == StatusCode::NOT_FOUND {
            return NOT_FOUND;
        }
        let (status, title) = (self.status.as_u16(), self.status.canonical_reason().unwrap_or("Refused"));
        serde_json::json!({"status": status, "title": title, "detail": self.detail}).to_string().into()
    }
}

fn respond(status: StatusCode, content_type: HeaderValue, body: Bytes) -> HttpResponse {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// 200.
pub(super) fn done() -> HttpResponse {
    respond(StatusCode::OK, JSON, DONE)
}

/// 202: the answer comes later.
pub(super) fn accepted() -> HttpResponse {
    respond(StatusCode::ACCEPTED, JSON, DONE)
}

/// 200 with these words.
pub(super) fn plain(words: &'static str) -> HttpResponse {
    respond(StatusCode::OK, TEXT, Bytes::from_static(words.as_bytes()))
}

/// 200 with the data that was asked for, as its adapter dressed it.
pub(super) fn data((body, headers): (Bytes, Vec<(String, String)>)) -> HttpResponse {
    let mut response = respond(StatusCode::OK, JSON, body);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
