//! `OpTech`'s data requests: it asks by webhook and waits for the answer, in the response or at a one-time link.
//!
//! Owns the one call that there is, which posts an answer. Who may ask is in [`sign`], what is asked in [`hook`], and
//! where an answer may go, the only address here that others name, in [`link`].

mod hook;
mod link;
mod sign;
mod spec;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::error::{self, Peer, Purpose, Words, broken};
use super::{Adapter, CallError, Outcome, PlatformDescriptor, Reception, Rejection, ResolveSecret, SignatureScheme};
use crate::domain::{
    Capabilities, ChannelName, DataRequest, Delivery, Failure, Kind, Secret, Settings, Timestamp, Trust,
};
use crate::http::{Address, Header, Http, HttpError, Method, Request};
use spec::SPEC;

const MAYBE: &str = "The answer may have arrived. It was not posted again.";

/// The platform, as the registry has it.
pub(super) const DESCRIPTOR: PlatformDescriptor = PlatformDescriptor {
    spec: &SPEC,
    capabilities: |_| OpTech::CAPABILITIES,
    open: |channel, http, resolve| Ok(Arc::new(OpTech::open(&channel.name, &channel.settings, http, resolve)?)),
};

/// One `OpTech` integration.
pub(super) struct OpTech {
    http: Http,
    base_url: String,
    answer_within: Duration,
    client_id: String,
    /// The content type and the client's id.
    headers: [Header; 2],
    /// Its secret signs, both ways.
    peer: Peer,
}

impl OpTech {
    /// It asks, and that is all.
    pub(super) const CAPABILITIES: Capabilities =
        Capabilities { webhook: true, requests: true, ..Capabilities::NONE };

    /// Checks the settings and resolves the secret.
    pub(super) fn open(
        channel: &ChannelName,
        settings: &Settings,
        http: &Http,
        resolve: &ResolveSecret<'_>,
    ) -> Result<Self, Failure> {
        let wrong = |key: &str, error: &HttpError| error::setting(channel, key, error);
        let base_url = SPEC.text(settings, "base_url")?;
        let base = Address::parse(&base_url).map_err(|e| wrong("base_url", &e))?;
        let client_id = SPEC.text(settings, "client_id")?;
        // The platform wants the id as it is where Basic has a name and a password in base64.
        let basic = Secret::new(format!("Basic {client_id}"));
        let headers = [
            Header::new("content-type", "application/json").map_err(|e| wrong("client_id", &e))?,
            Header::secret("authorization", &basic).map_err(|e| wrong("client_id", &e))?,
        ];
        let secret = resolve(&SPEC.secret(settings, "client_secret")?)?;
        let words = Words {
            unauthorized: format!("Check client_id and client_secret of the channel {channel} in the config file."),
            not_found: "A request's link lives for ten minutes and may take one answer alone.".to_owned(),
            busy: "too many answers",
        };
        Ok(Self {
            http: http.clone(),
            base_url,
            answer_within: SPEC.seconds(settings, "answer_within")?,
            client_id,
            headers,
            peer: Peer { host: base.host(), secret, words },
        })
    }

    async fn post(&self, request: &DataRequest, data: &str) -> Result<(), CallError> {
        // What is stored was rebuilt when it came, but perhaps under another base_url, or written by somebody else.
        let link = request.link.as_deref().ok_or_else(|| refused("the request brought no link to answer at"))?;
        let link = link::rebuild(&self.base_url, link).ok_or_else(|| refused(&link::wrong(&self.base_url)))?;
        if serde_json::from_str::<Map<String, Value>>(data).is_err() {
            return Err(refused("the answer is no JSON object"));
        }
        let failed = |error: HttpError| broken(&error, Purpose::Message);
        let body = sign::answer_body(data);
        let mut post = Request::new(Method::Post, Address::parse(&link.url).map_err(failed)?);
        for header in &self.headers {
            post = post.header(header.clone());
        }
        let signature = sign::signature(&self.peer.secret, body.as_bytes());
        for name in sign::SENT {
            post = post.header(Header::new(name, &signature).map_err(failed)?);
        }
        let response = self.http.send(post.body(body)).await.map_err(failed)?;
        if (200..300).contains(&response.status()) {
            return Ok(());
        }
        let mut error = self.peer.refusal(response, Purpose::Message).await;
        error.failure.message = error.failure.message.replace(&self.client_id, "[client id]");
        Err(error)
    }
}

/// An answer that must not be posted.
fn refused(message: &str) -> CallError {
    CallError { outcome: Outcome::Refused, failure: Failure::new(Kind::Invalid, message) }
}

/// The common table speaks of messages.
fn of_an_answer(mut error: CallError) -> CallError {
    if error.outcome == Outcome::Unknown {
        error.failure.hint = Some(MAYBE.to_owned());
    }
    error
}

impl Adapter for OpTech {
    fn capabilities(&self) -> Capabilities {
        Self::CAPABILITIES
    }

    fn verify(&self, delivery: &Delivery, _now: Timestamp) -> Result<Trust, Rejection> {
        if sign::is_signed(delivery, &self.peer.secret) { Ok(Trust::Verified) } else { Err(Rejection::signature()) }
    }

    fn signature_scheme(&self) -> Option<SignatureScheme> {
        Some(SignatureScheme { headers: &sign::TAKEN, needs: &[], time: None, covers_url: false })
    }

    fn receive(&self, delivery: &Delivery) -> Result<Reception, Rejection> {
        let within = i64::try_from(self.answer_within.as_millis()).unwrap_or(i64::MAX);
        hook::receive(&delivery.body, &self.base_url, delivery.at.plus_millis(within))
    }

    fn sample(&self, _now: Timestamp) -> Option<Bytes> {
        Some(Bytes::from_static(br#"{"key":"validation"}"#))
    }

    fn sign(&self, body: &[u8], _url: &str, _now: Timestamp, _unique: &str) -> Vec<(String, String)> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        headers.extend(sign::headers(&self.peer.secret, body));
        headers
    }

    fn answer<'a>(&'a self, request: &'a DataRequest, data: &'a str) -> BoxFuture<'a, Result<(), CallError>> {
        async move { self.post(request, data).await.map_err(of_an_answer) }.boxed()
    }

    fn answer_now(&self, data: &str) -> (Bytes, Vec<(String, String)>) {
        let body = sign::answer_body(data);
        let headers = sign::headers(&self.peer.secret, body.as_bytes()).into();
        (body.into(), headers)
    }
}

#[cfg(test)]
mod tests;
