//! One post of a webhook and what came back. Whether it is repeated is decided above.

use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::http::{Address, Header, Http, HttpError, Method, Request};

/// How much of an answer is read.
const LONGEST_ANSWER: usize = 1 << 20;

/// What is posted.
#[derive(Debug, Clone)]
pub(super) struct HookPost {
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

/// What the receiver answered.
#[derive(Debug, Clone)]
pub(super) struct ReceiverResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl HookPost {
    /// Posts it once; the receiver has so long for its whole answer.
    pub(super) async fn send(&self, http: &Http, patience: Duration) -> Result<ReceiverResponse, HttpError> {
        let address = Address::parse(self.url.as_str())?;
        let mut request = Request::new(Method::Post, address).body(self.body.clone()).first_byte(patience);
        for (name, value) in &self.headers {
            request = request.header(Header::named(name, value)?);
        }
        match http.send(request).await {
            Ok(mut response) => {
                let headers = response.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                let body = response.bytes(LONGEST_ANSWER, patience).await?;
                Ok(ReceiverResponse { status: response.status(), headers, body })
            }
            // Nobody is followed anywhere, so the status is all of the answer.
            Err(HttpError::Redirect { status, .. }) => {
                Ok(ReceiverResponse { status, headers: Vec::new(), body: Bytes::new() })
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether a URL stays on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    Address::parse(url.as_str()).is_ok_and(|address| address.is_loopback())
}
