//! Eko's bot API: the program is the bot, and people write first.
//!
//! Owns which request is what call, and the check of a signature. Access is in [`token`], conversations' ids in
//! [`conversation`], one message's calls in [`sending`], what a webhook says in [`receive`], bodies in [`wire`].

mod conversation;
mod receive;
mod sending;
mod spec;
mod token;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::error::{self, Peer, Purpose, Words, broken, refusal};
use super::stream::BODY;
use super::{
    Adapter, CallError, Outcome, Outgoing, PlatformDescriptor, Reception, Rejection, ResolveSecret, Sent,
    SignatureScheme, lenient_json,
};
use crate::domain::{
    Capabilities, ChannelName, Delivery, Failure, Group, Kind, Person, Secret, Settings, Timestamp, Topic, Trust,
};
use crate::http::{Address, Http, HttpError, Method, MultipartField, Request};
use crate::signature::Signature;
use spec::SPEC;
use token::{Token, Tokens};

/// Where Eko's signature stands, where it signs.
const SIGNATURE: &str = "x-eko-signature";

/// The platform, as the registry has it.
pub(super) const DESCRIPTOR: PlatformDescriptor = PlatformDescriptor {
    spec: &SPEC,
    capabilities: |_| Eko::CAPABILITIES,
    open: |channel, http, resolve| Ok(Arc::new(Eko::open(&channel.name, &channel.settings, http, resolve)?)),
};

/// One Eko bot.
pub(super) struct Eko {
    channel: ChannelName,
    http: Http,
    base: Address,
    tokens: Tokens,
    /// Signs what Eko posts.
    secret: Secret,
    require_signature: bool,
    peer: Arc<Peer>,
}

impl Eko {
    /// Eko keeps no list that a bot could read.
    pub(super) const CAPABILITIES: Capabilities = Capabilities {
        send: true,
        webhook: true,
        local: true,
        is_bot: true,
        attach: true,
        quick_replies: true,
        people: true,
        ..Capabilities::NONE
    };

    /// Checks the settings and resolves the secret. No token is fetched.
    pub(super) fn open(
        channel: &ChannelName,
        settings: &Settings,
        http: &Http,
        resolve: &ResolveSecret<'_>,
    ) -> Result<Self, Failure> {
        let wrong = |key: &str, error: &HttpError| error::setting(channel, key, error);
        let base = Address::parse(&SPEC.text(settings, "base_url")?).map_err(|e| wrong("base_url", &e))?;
        let secret = resolve(&SPEC.secret(settings, "client_secret")?)?;
        let words = Words {
            unauthorized: format!("Check client_id and client_secret of the channel {channel} in the config file."),
            not_found: format!("Check base_url of the channel {channel}, and the conversation's id."),
            busy: "too much was sent in a short time",
        };
        let peer = Arc::new(Peer { host: base.host(), secret: secret.clone(), words });
        let tokens = Tokens::new(http, &base, &SPEC.text(settings, "client_id")?, &secret, &peer);
        Ok(Self {
            channel: channel.clone(),
            http: http.clone(),
            tokens: tokens.map_err(|e| wrong("base_url", &e))?,
            base,
            secret,
            require_signature: settings.flag("require_signature"),
            peer,
        })
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<Request, HttpError> {
        Ok(Request::new(method, self.base.join(&["bot", "v1"])?.join(path)?))
    }

    fn post(&self, path: &[&str]) -> Result<Request, HttpError> {
        self.request(Method::Post, path)
    }

    /// One call.
    async fn call(&self, request: Request, purpose: Purpose) -> Result<lenient_json::Object, CallError> {
        // Before access is asked for: for what isn't sent, nobody needs any.
        self.http.permit(&request).map_err(|e| broken(&e, purpose))?;
        let token = self.tokens.get().await?;
        self.call_with(token, request, purpose).await
    }

    /// One call with this access. Where that is refused, it was not processed: it is made once more with new access.
    async fn call_with(
        &self,
        mut token: Token,
        request: Request,
        purpose: Purpose,
    ) -> Result<lenient_json::Object, CallError> {
        let mut renewed = false;
        loop {
            let sent = self.http.send(request.clone().header(token.header()).reading(purpose == Purpose::Read)).await;
            let mut response = sent.map_err(|e| broken(&e, purpose))?;
            match response.status() {
                200..300 => {
                    let body = response.whole(BODY).await.map_err(|e| broken(&e, purpose))?;
                    return wire::success(&body, &self.peer, purpose);
                }
                401 if !renewed => {
                    drop(response);
                    self.tokens.forget(&token).await;
                    token = self.tokens.get().await?;
                    renewed = true;
                }
                _ => {
                    let (mut refusal, _) = refusal(response, true).await;
                    refusal.said = refusal.said.map(|said| token.taken_out_of(&said));
                    return Err(self.peer.refused(&refusal, purpose));
                }
            }
        }
    }

    async fn find(&self, username: &str) -> Result<Vec<Person>, CallError> {
        let failed = |error: HttpError| broken(&error, Purpose::Read);
        let address = self.base.join(&["bot", "v1", "users"]).map_err(failed)?.query(&[("username", username)]);
        let object = self.call(Request::new(Method::Get, address), Purpose::Read).await?;
        wire::people(&object).ok_or_else(|| self.peer.unreadable("no list of users", Purpose::Read))
    }

    async fn new_group(&self, name: &str, people: &[String]) -> Result<Group, CallError> {
        let uids = wire::uids(people);
        let parts = [MultipartField::text("uids", &uids), MultipartField::text("name", name)];
        let request = self.post(&["groups"]).map_err(|e| broken(&e, Purpose::Open))?.multipart(&parts);
        let object = self.call(request, Purpose::Open).await?;
        wire::group(&object).ok_or_else(|| self.peer.unreadable("no group", Purpose::Open))
    }

    async fn new_topic(&self, group: &str, name: &str) -> Result<Topic, CallError> {
        let request = self.post(&["groups", group, "topics"]).map_err(|e| broken(&e, Purpose::Open))?;
        let object = self.call(request.json(wire::topic_body(name)), Purpose::Open).await?;
        wire::topic(&object, group).ok_or_else(|| self.peer.unreadable("no topic", Purpose::Open))
    }
}

impl Adapter for Eko {
    fn capabilities(&self) -> Capabilities {
        Self::CAPABILITIES
    }

    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>> {
        self.send_message(outgoing).boxed()
    }

    fn verify(&self, delivery: &Delivery, _now: Timestamp) -> Result<Trust, Rejection> {
        if delivery.count(SIGNATURE) == 0 && !self.require_signature {
            return Ok(Trust::Unverified);
        }
        let given = delivery.header(SIGNATURE).and_then(Signature::read).ok_or_else(Rejection::signature)?;
        let right = Signature::from_parts(&self.secret, &[&delivery.body]).matches(&given);
        right.then_some(Trust::Verified).ok_or_else(Rejection::signature)
    }

    fn signature_scheme(&self) -> Option<SignatureScheme> {
        Some(SignatureScheme { headers: &[SIGNATURE], needs: &[], time: None, covers_url: false })
    }

    fn receive(&self, delivery: &Delivery) -> Result<Reception, Rejection> {
        receive::read(delivery, &self.base)
    }

    /// Without an event in it: it says nothing.
    fn sample(&self, _now: Timestamp) -> Option<Bytes> {
        Some(Bytes::from_static(br#"{"events":[]}"#))
    }

    fn sign(&self, body: &[u8], _url: &str, _now: Timestamp, _unique: &str) -> Vec<(String, String)> {
        let signature = Signature::from_parts(&self.secret, &[body]).standard();
        let headers = [("content-type", "application/json".to_owned()), (SIGNATURE, signature)];
        headers.map(|(name, value)| (name.to_owned(), value)).into()
    }

    fn find_people<'a>(&'a self, username: &'a str) -> BoxFuture<'a, Result<Vec<Person>, CallError>> {
        self.find(username).boxed()
    }

    fn create_group<'a>(&'a self, name: &'a str, people: &'a [String]) -> BoxFuture<'a, Result<Group, CallError>> {
        self.new_group(name, people).boxed()
    }

    fn create_topic<'a>(&'a self, group: &'a str, name: &'a str) -> BoxFuture<'a, Result<Topic, CallError>> {
        self.new_topic(group, name).boxed()
    }
}

/// What the program itself refuses: nothing was sent.
fn refuse(message: impl Into<String>) -> CallError {
    CallError { outcome: Outcome::Refused, failure: Failure::new(Kind::Invalid, message) }
}

#[cfg(test)]
mod tests;
