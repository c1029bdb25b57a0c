//! Operator: agents' conversations, and with a newer version of its interface chats with them.
//!
//! Owns which request is what call, what which version can do, and the check of a signature. Lists are in [`wire`], an
//! event in [`event`], a streamed reply in [`reply`], a conversation's messages in [`transcript`], what a webhook says
//! in [`receive`].

mod event;
mod receive;
mod reply;
mod spec;
mod transcript;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::error::{self, Peer, Purpose, Words, broken, refusal};
use super::stream::{BODY, Opening, Wording as _, open};
use super::{
    Adapter, CallError, ListRequest, Outcome, Outgoing, PlatformDescriptor, Reception, Rejection, ReplyMode,
    ResolveSecret, Sent, SignatureScheme, lenient_json,
};
use crate::domain::{
    Capabilities, ChannelName, Conversation, ConversationId, Damage, Delivery, Failure, Kind, Message, Page,
    PageRequest, Secret, Settings, Timestamp, Trust,
};
use crate::http::{Address, Header, Http, HttpError, Method, Request, Response};
use crate::signature::Signature;
use spec::SPEC;
use transcript::Failed;

/// The first version with chats, and without `operator_id` in the list's query.
const WITH_CHATS: &str = "2025-06-19";
/// How old a signed request may be, and how far ahead of our clock, in milliseconds.
const SIGNATURE_LIFE_MS: u64 = 30_000;

const TIMESTAMP: &str = "x-timestamp";
const IDEMPOTENCY_KEY: &str = "x-idempotency-key";
const SIGNATURE: &str = "x-signature";

/// The platform, as the registry has it.
pub(super) const DESCRIPTOR: PlatformDescriptor = PlatformDescriptor {
    spec: &SPEC,
    capabilities: Operator::can,
    open: |channel, http, resolve| Ok(Arc::new(Operator::open(&channel.name, &channel.settings, http, resolve)?)),
};

/// One Operator account.
pub(super) struct Operator {
    http: Http,
    base: Address,
    headers: [Header; 2],
    /// Whose conversations an older version is asked for.
    account: String,
    chats: bool,
    capabilities: Capabilities,
    signing_key: Option<Secret>,
    peer: Arc<Peer>,
}

impl Operator {
    /// What its version can do.
    fn can(settings: &Settings) -> Capabilities {
        Self::with(SPEC.text(settings, "api_version").is_ok_and(|version| Self::has_chats(&version)))
    }

    /// Dates in this form sort as text.
    fn has_chats(api_version: &str) -> bool {
        api_version >= WITH_CHATS
    }

    const fn with(chats: bool) -> Capabilities {
        Capabilities { list: true, webhook: true, send: chats, stream: chats, history: chats, ..Capabilities::NONE }
    }

    /// Checks the settings and resolves the secrets.
    pub(super) fn open(
        channel: &ChannelName,
        settings: &Settings,
        http: &Http,
        resolve: &ResolveSecret<'_>,
    ) -> Result<Self, Failure> {
        let wrong = |key: &str, error: &HttpError| error::setting(channel, key, error);
        let base = Address::parse(&SPEC.text(settings, "base_url")?).map_err(|e| wrong("base_url", &e))?;
        let secret = resolve(&SPEC.secret(settings, "api_key")?)?;
        let version = SPEC.text(settings, "api_version")?;
        let bearer = Secret::new(format!("Bearer {}", secret.expose()));
        let headers = [
            Header::new("operator-version", &version).map_err(|e| wrong("api_version", &e))?,
            Header::secret("authorization", &bearer).map_err(|e| wrong("api_key", &e))?,
        ];
        let words = Words {
            unauthorized: format!("Check api_key and operator_id of the channel {channel} in the config file."),
            not_found: format!("Check operator_id of the channel {channel}, and the conversation's id."),
            busy: "too many requests in a short time",
        };
        let peer = Arc::new(Peer { host: base.host(), secret, words });
        Ok(Self {
            http: http.clone(),
            base,
            headers,
            account: SPEC.text(settings, "operator_id")?,
            chats: Self::has_chats(&version),
            capabilities: Self::with(Self::has_chats(&version)),
            signing_key: settings.secret("signing_key").map(resolve).transpose()?,
            peer,
        })
    }

    /// One request; comes back with a success, or with what the refusal means.
    async fn call(&self, mut request: Request, purpose: Purpose) -> Result<Response, CallError> {
        for header in &self.headers {
            request = request.header(header.clone());
        }
        let request = request.reading(purpose == Purpose::Read);
        let response = self.http.send(request).await.map_err(|e| broken(&e, purpose))?;
        if (200..300).contains(&response.status()) {
            return Ok(response);
        }
        let (mut refusal, object) = refusal(response, false).await;
        refusal.code = lenient_json::id(object.get("code"));
        if let Some(key) = self.signing_key.as_ref().map(Secret::expose).filter(|key| !key.is_empty()) {
            // The platform knows it, too.
            for said in [&mut refusal.said, &mut refusal.code].into_iter().flatten() {
                *said = said.replace(key, "[secret]");
            }
        }
        refusal.transient = object.get("transient") == Some(&Value::Bool(true));
        Err(self.peer.refused(&refusal, purpose))
    }

    /// An address that is read, or written to, as events.
    fn events(&self, method: Method, conversation: &ConversationId, last: &str) -> Result<Request, HttpError> {
        let address = self.base.join(&["conversations", conversation.as_str(), last])?;
        Ok(Request::new(method, address).header(Header::new("accept", "text/event-stream")?))
    }

    async fn page(&self, asked: &ListRequest) -> Result<Page<Conversation>, CallError> {
        let failed = |error: HttpError| broken(&error, Purpose::Read);
        let time = |at: &Timestamp| at.to_rfc3339();
        let (since, until) = (asked.since.as_ref().map(time), asked.until.as_ref().map(time));
        let (cursor, skip) = asked.page.cursor.as_deref().map_or((None, 0), within);
        let parameters = [
            ("operator_id", (!self.chats).then_some(self.account.as_str())),
            ("cursor", cursor),
            ("created_at_gte", since.as_deref()),
            ("created_at_lt", until.as_deref()),
        ];
        let parameters: Vec<_> = parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let address = self.base.join(&["conversations"]).map_err(failed)?.query(&parameters);
        let mut response = self.call(Request::new(Method::Get, address), Purpose::Read).await?;
        let body = response.whole(BODY).await.map_err(failed)?;
        let object = lenient_json::document(&body).map_err(|what| self.peer.unreadable(what, Purpose::Read))?;
        let real = PageRequest { limit: asked.page.limit, cursor: cursor.map(str::to_owned) };
        let mut page = wire::page(&object, &real)
            .ok_or_else(|| self.peer.unreadable("no list of conversations", Purpose::Read))?;
        // The platform has no limit of its own: what is more than was asked for is the next page.
        page.items.drain(..skip.min(page.items.len()));
        if skip > 0 {
            // Told with its first part.
            page.damage = Damage::default();
        }
        let limit = usize::try_from(asked.page.limit).unwrap_or(usize::MAX).max(1);
        if page.items.len() > limit {
            page.items.truncate(limit);
            page.next = Some(format!("{}#{}", cursor.unwrap_or_default(), skip + limit));
        }
        Ok(page)
    }

    async fn transcript(&self, conversation: &ConversationId) -> Result<Page<Message>, CallError> {
        if !self.chats {
            return Err(needs_chats("tells no messages"));
        }
        let failed = |error: HttpError| broken(&error, Purpose::Read);
        let request = self.events(Method::Get, conversation, "events").map_err(failed)?;
        let response = self.call(request, Purpose::Read).await?;
        let named = response.content_type() == "text/event-stream";
        let read = transcript::read(response, transcript::READ_LIMITS).await.map_err(|error| match error {
            Failed::Http(error) => failed(error),
            Failed::Boundless(why) => self.peer.unreadable(&format!("too much ({why})"), Purpose::Read),
            Failed::NoEvents => self.peer.unreadable("no event stream", Purpose::Read),
        })?;
        if read.messages.is_empty() && !named {
            // Nothing at all, by something else than the platform: no reason to believe that nothing was said.
            return Err(self.peer.unreadable("no event stream", Purpose::Read));
        }
        let (items, damage) = (read.messages, read.damage);
        Ok(Page { total: Some(items.len() as u64), items, damage, ..Page::default() })
    }

    async fn send_message(&self, outgoing: &Outgoing) -> Result<Sent, CallError> {
        if !self.chats {
            return Err(needs_chats("takes no messages"));
        }
        let Some(conversation) = &outgoing.conversation else {
            return Err(refuse("Operator's conversations begin with the agent; name one with --conversation"));
        };
        if !outgoing.attach.is_empty() {
            return Err(refuse("Operator takes no files"));
        }
        let request = self.events(Method::Post, conversation, "session");
        let request =
            request.map_err(|e| broken(&e, Purpose::Message))?.json(wire::session_body(&outgoing.text)).asking();
        let response = self.call(request, Purpose::Message).await?;
        let answer = match open(response, Arc::clone(&self.peer), reply::Events::default()).await? {
            Opening::Events(stream) => ReplyMode::Stream(stream),
            Opening::Whole(body) => ReplyMode::Now(reply::Events::default().whole(&body, &self.peer)?),
        };
        Ok(Sent { conversation: Some(conversation.clone()), answer, via: None })
    }
}

/// A cursor of ours: the platform's, and how many of its page were seen.
fn within(cursor: &str) -> (Option<&str>, usize) {
    match cursor.rsplit_once('#').and_then(|(real, seen)| Some((real, seen.parse().ok()?))) {
        Some((real, seen)) => (Some(real).filter(|real| !real.is_empty()), seen),
        None => (Some(cursor), 0),
    }
}

impl Adapter for Operator {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>> {
        self.send_message(outgoing).boxed()
    }

    fn list<'a>(&'a self, request: &'a ListRequest) -> BoxFuture<'a, Result<Page<Conversation>, CallError>> {
        self.page(request).boxed()
    }

    fn messages<'a>(
        &'a self,
        conversation: &'a ConversationId,
        _page: &'a PageRequest,
    ) -> BoxFuture<'a, Result<Page<Message>, CallError>> {
        self.transcript(conversation).boxed()
    }

    fn verify(&self, delivery: &Delivery, now: Timestamp) -> Result<Trust, Rejection> {
        let Some(key) = &self.signing_key else { return Ok(Trust::Unverified) };
        let part = |name| delivery.header(name).ok_or_else(Rejection::signature);
        let (at, unique, given) = (part(TIMESTAMP)?, part(IDEMPOTENCY_KEY)?, part(SIGNATURE)?);
        let given = Signature::read(given).ok_or_else(Rejection::signature)?;
        let right = signature(key, &delivery.url, unique, at, &delivery.body).matches(&given);
        (right && is_fresh(at, now)).then_some(Trust::Verified).ok_or_else(Rejection::signature)
    }

    fn signature_scheme(&self) -> Option<SignatureScheme> {
        self.signing_key.as_ref()?;
        let needs = &[TIMESTAMP, IDEMPOTENCY_KEY];
        let time = Some((TIMESTAMP, SIGNATURE_LIFE_MS));
        Some(SignatureScheme { headers: &[SIGNATURE], needs, time, covers_url: true })
    }

    fn receive(&self, delivery: &Delivery) -> Result<Reception, Rejection> {
        receive::read(delivery)
    }

    fn sample(&self, _now: Timestamp) -> Option<Bytes> {
        Some(Bytes::from(serde_json::json!({"type": receive::PING}).to_string()))
    }

    fn sign(&self, body: &[u8], url: &str, now: Timestamp, unique: &str) -> Vec<(String, String)> {
        let mut headers = vec![("content-type", "application/json".to_owned())];
        if let Some(key) = &self.signing_key {
            let at = now.millis().div_euclid(1_000).to_string();
            let signature = signature(key, url, unique, &at, body).hex();
            headers.extend([(TIMESTAMP, at), (IDEMPOTENCY_KEY, unique.to_owned()), (SIGNATURE, signature)]);
        }
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn signature(key: &Secret, url: &str, unique: &str, at: &str, body: &[u8]) -> Signature {
    Signature::from_parts(key, &[url.as_bytes(), b":", unique.as_bytes(), b":", at.as_bytes(), b":", body])
}

/// Whether seconds since 1970 lie near enough to now, on either side.
fn is_fresh(seconds: &str, now: Timestamp) -> bool {
    let digits = !seconds.is_empty() && seconds.bytes().all(|b| b.is_ascii_digit());
    let ms = seconds.parse::<i64>().ok().filter(|_| digits).and_then(|seconds| seconds.checked_mul(1_000));
    ms.is_some_and(|ms| ms.abs_diff(now.millis()) <= SIGNATURE_LIFE_MS)
}

fn needs_chats(what: &str) -> CallError {
    let mut error = refuse(format!("this version of Operator's interface {what}"));
    error.failure.hint = Some(format!("Set api_version = \"{WITH_CHATS}\" in the config file."));
    error
}

/// What the program itself refuses: nothing was sent.
fn refuse(message: impl Into<String>) -> CallError {
    CallError { outcome: Outcome::Refused, failure: Failure::new(Kind::Invalid, message) }
}

#[cfg(test)]
mod tests;
