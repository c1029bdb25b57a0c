//! `KLaunch`'s API medium: a message goes out, and the reply comes by webhook, up to a minute later or never.
//!
//! Owns the one call that there is. Its bodies are in [`wire`], what a webhook says in [`hook`].

mod hook;
mod spec;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::error::{self, Peer, Purpose, Words, broken};
use super::{
    Adapter, CallError, Outgoing, PlatformDescriptor, Reception, Rejection, ReplyMode, ResolveSecret, Sent, Started,
};
use crate::domain::{Capabilities, ChannelName, Delivery, Failure, Kind, Settings, Timestamp, Trust};
use crate::http::{Address, Header, Http, HttpError, Method, Request};
use spec::SPEC;

/// The most that an answer may hold: it echoes the message, and the message may be long.
const BODY: usize = 8 * 1024 * 1024;
/// The platform, as the registry has it.
pub(super) const DESCRIPTOR: PlatformDescriptor = PlatformDescriptor {
    spec: &SPEC,
    capabilities: Klaunch::can,
    open: |channel, http, resolve| Ok(Arc::new(Klaunch::open(&channel.name, &channel.settings, http, resolve)?)),
};

/// One `KLaunch` channel.
pub(super) struct Klaunch {
    http: Http,
    address: Address,
    content_type: Header,
    channel_id: String,
    start_keyword: Option<String>,
    /// Its secret is the token, which stands in every body.
    peer: Peer,
}

impl Klaunch {
    /// What the platform's document describes. A conversation is opened where its settings say with which words.
    pub(super) fn can(settings: &Settings) -> Capabilities {
        Self::with(settings.text("start_keyword").is_some())
    }

    const fn with(start: bool) -> Capabilities {
        Capabilities {
            start,
            send: true,
            webhook: true,
            local: true,
            attach: true,
            quick_replies: true,
            ..Capabilities::NONE
        }
    }

    /// Checks the settings and resolves the secret.
    pub(super) fn open(
        channel: &ChannelName,
        settings: &Settings,
        http: &Http,
        resolve: &ResolveSecret<'_>,
    ) -> Result<Self, Failure> {
        let wrong = |error: HttpError| error::setting(channel, "send_url", &error);
        let address = Address::parse(&SPEC.text(settings, "send_url")?).map_err(wrong)?;
        let content_type = Header::new("content-type", "application/json").map_err(wrong)?;
        let secret = resolve(&SPEC.secret(settings, "token")?)?;
        let words = Words {
            unauthorized: format!("Check token and channel_id of the channel {channel} in the config file."),
            not_found: format!("Check send_url and channel_id of the channel {channel} in the config file."),
            busy: "too many messages for its plan",
        };
        Ok(Self {
            http: http.clone(),
            content_type,
            channel_id: SPEC.text(settings, "channel_id")?,
            start_keyword: SPEC.optional_text(settings, "start_keyword"),
            peer: Peer { host: address.host(), secret, words },
            address,
        })
    }

    /// Sends one message, once.
    async fn post(&self, outgoing: &Outgoing, purpose: Purpose) -> Result<wire::Queued, CallError> {
        let body = wire::message_body(outgoing, &self.channel_id, &self.peer.secret);
        let request = Request::new(Method::Post, self.address.clone()).header(self.content_type.clone()).body(body);
        let failed = |error: HttpError| broken(&error, purpose);
        let mut response = self.http.send(request).await.map_err(failed)?;
        if !(200..300).contains(&response.status()) {
            return Err(self.peer.refusal(response, purpose).await);
        }
        let body = response.whole(BODY).await.map_err(failed)?;
        wire::queued(&body, outgoing, &self.peer, purpose)
    }

    async fn start_with(&self, keyword: &str) -> Result<Started, CallError> {
        let outgoing = Outgoing { text: keyword.to_owned(), ..Outgoing::default() };
        let queued = self.post(&outgoing, Purpose::Open).await?;
        let conversation = queued.conversation.ok_or_else(|| self.peer.unreadable("no userID", Purpose::Open))?;
        Ok(Started { conversation, greeting: None })
    }

    async fn send_message(&self, outgoing: &Outgoing) -> Result<Sent, CallError> {
        let conversation = self.post(outgoing, Purpose::Message).await?.conversation;
        if conversation.is_none() && outgoing.conversation.is_none() {
            // It was taken, and whose the reply will be is not known.
            return Err(self.peer.unreadable("no userID", Purpose::Message));
        }
        Ok(Sent { conversation, answer: ReplyMode::Later, via: None })
    }
}

impl Adapter for Klaunch {
    fn capabilities(&self) -> Capabilities {
        Self::with(self.start_keyword.is_some())
    }

    /// A conversation is a user, and a user's id is a number in every example of the platform's.
    fn names(&self, conversation: &crate::domain::ConversationId) -> Result<(), Failure> {
        let id = conversation.as_str();
        let number = (1..=15).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        if number && (id == "0" || !id.starts_with('0')) {
            return Ok(());
        }
        let what = "a conversation here is a user's id, which is a number; nothing was sent";
        Err(Failure::new(Kind::Invalid, what).hint("`conversations list` names those that were seen."))
    }

    fn start(&self) -> BoxFuture<'_, Result<Started, CallError>> {
        match &self.start_keyword {
            Some(keyword) => self.start_with(keyword).boxed(),
            None => super::unsupported("open a conversation without a start_keyword"),
        }
    }

    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>> {
        self.send_message(outgoing).boxed()
    }

    /// Nothing is signed. Whether the path's key was right, the listener knows.
    fn verify(&self, _delivery: &Delivery, _now: Timestamp) -> Result<Trust, Rejection> {
        Ok(Trust::Unsigned)
    }

    fn receive(&self, delivery: &Delivery) -> Result<Reception, Rejection> {
        hook::receive(&delivery.body, &self.channel_id)
    }

    fn sample(&self, now: Timestamp) -> Option<Bytes> {
        Some(hook::sample(&self.channel_id, now))
    }
}

#[cfg(test)]
mod tests;
