//! One HTTP client for every platform. Floor 2: knows no platform and none of its neighbours.
//!
//! Owns the connection and its limits, what may be said of a call in a log, server-sent events, the pause before a call
//! is repeated, and one honest fact about every failed call: whether it may have left this machine. It follows no
//! redirect and repeats no request of its own; whether to is decided above, by what the request was for.

#![warn(clippy::missing_errors_doc)]

mod address;
mod attempts;
pub mod call_log;
mod cause;
mod client;
mod encoding;
mod error;
mod multipart;
pub mod policies;
mod reads;
mod redact;
mod request;
mod response;
mod retry;
mod retry_after;
mod sse;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use cause::Cause;
pub use client::Http;
pub use error::{HttpError, Reach};
pub use multipart::MultipartField;
pub use request::{Header, Method, Request};
pub use response::{Limits, Response};
pub use retry::Retry;
pub use sse::{Frame, Sse, SseError, Tally};

#[cfg(test)]
pub(crate) use test_server::{Step, TestServer};
