//! Chat Thing's API channel: start, send, stream, list, messages.
//!
//! Owns which request is what call. The bodies are in [`wire`], the reply as it streams in [`stream`], what the bot
//! learns from in [`sources`], what a failure means in the platforms' common table. One attempt a call.

mod chunk;
mod sources;
mod spec;
mod stream;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::error::{self, Peer, Purpose, Words, broken, refusal};
use super::stream::{BODY, Opening, open};
use super::{
    Adapter, CallError, ListRequest, Outcome, Outgoing, PlatformDescriptor, ReplyMode, ResolveSecret, Sent, Sources,
    Started, lenient_json,
};
use crate::domain::{
    Capabilities, ChannelName, Conversation, ConversationId, Failure, Kind, Message, Page, PageRequest, Settings,
};
use crate::http::{Address, Header, Http, HttpError, Method, Request, Response};
use spec::SPEC;
use stream::Chunks;

/// The platform, as the registry has it.
pub(super) const DESCRIPTOR: PlatformDescriptor = PlatformDescriptor {
    spec: &SPEC,
    capabilities: |_| ChatThing::CAPABILITIES,
    open: |channel, http, resolve| Ok(Arc::new(ChatThing::open(&channel.name, &channel.settings, http, resolve)?)),
};

/// One Chat Thing channel.
pub(super) struct ChatThing {
    http: Http,
    /// Up to and with the version.
    base: Address,
    headers: [Header; 2],
    peer: Arc<Peer>,
}

impl ChatThing {
    /// All that the platform's document describes.
    pub(super) const CAPABILITIES: Capabilities = Capabilities {
        start: true,
        send: true,
        stream: true,
        list: true,
        history: true,
        sources: true,
        ..Capabilities::NONE
    };

    /// Checks the settings and resolves the secret.
    pub(super) fn open(
        channel: &ChannelName,
        settings: &Settings,
        http: &Http,
        resolve: &ResolveSecret<'_>,
    ) -> Result<Self, Failure> {
        let wrong = |key: &str, error: &HttpError| error::setting(channel, key, error);
        let base = Address::parse(&SPEC.text(settings, "base_url")?).map_err(|e| wrong("base_url", &e))?;
        let segments = ["api", "public", "channels", &SPEC.text(settings, "channel_id")?, "1.0"];
        let base = base.join(&segments).map_err(|e| wrong("channel_id", &e))?;
        let secret = resolve(&SPEC.secret(settings, "secret_key")?)?;
        let headers = [
            Header::new("content-type", "application/json").map_err(|e| wrong("secret_key", &e))?,
            Header::secret("x-api-secret-key", &secret).map_err(|e| wrong("secret_key", &e))?,
        ];
        let words = Words {
            unauthorized: format!("Check secret_key and channel_id of the channel {channel} in the config file."),
            not_found: format!(
                "Check channel_id of the channel {channel}, that its API channel is enabled, and the conversation's id."
            ),
            busy: "out of message credits, or the model is overloaded",
        };
        let peer = Arc::new(Peer { host: base.host(), secret, words });
        Ok(Self { http: http.clone(), base, headers, peer })
    }

    /// A request with the headers that every one has.
    fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> Result<Request, HttpError> {
        let request = Request::new(method, self.base.join(path)?.query(query));
        Ok(self.headers.iter().fold(request, |request, header| request.header(header.clone())))
    }

    /// One request; comes back with a success, or with what the refusal means.
    async fn call(&self, endpoint: &str, body: Option<String>, purpose: Purpose) -> Result<Response, CallError> {
        let failed = |error: HttpError| broken(&error, purpose);
        let request = self.request(Method::Post, &[endpoint], &[]).map_err(failed)?;
        // Reads are POSTs, too.
        let mut request = request.reading(purpose == Purpose::Read);
        if let Some(body) = body {
            request = request.body(body);
        }
        if purpose == Purpose::Message {
            // Whole or streamed: a bot may think before its first word.
            request = request.asking();
        }
        let response = self.http.send(request).await.map_err(failed)?;
        if (200..300).contains(&response.status()) {
            return Ok(response);
        }
        Err(self.peer.refused(&refusal(response, false).await.0, purpose))
    }

    /// One request, and the documented object that it answers with.
    async fn ask(
        &self,
        endpoint: &str,
        body: Option<String>,
        purpose: Purpose,
    ) -> Result<lenient_json::Document, CallError> {
        let mut response = self.call(endpoint, body, purpose).await?;
        let body = response.whole(BODY).await.map_err(|e| broken(&e, purpose))?;
        wire::success(&body, &self.peer, purpose)
    }

    async fn open_conversation(&self) -> Result<Started, CallError> {
        let object = self.ask("conversation", None, Purpose::Open).await?;
        wire::started(&object).ok_or_else(|| self.peer.unreadable("no conversation id", Purpose::Open))
    }

    async fn send_message(&self, outgoing: &Outgoing) -> Result<Sent, CallError> {
        if !outgoing.attach.is_empty() {
            // Without them it would be another message than the one that was written.
            let failure = Failure::new(Kind::Invalid, "Chat Thing takes no files");
            return Err(CallError { outcome: Outcome::Refused, failure });
        }
        let body = Some(wire::message_body(outgoing));
        if !outgoing.stream {
            let object = self.ask("message", body, Purpose::Message).await?;
            return wire::sent(&object, &self.peer);
        }
        let response = self.call("message", body, Purpose::Message).await?;
        match open(response, Arc::clone(&self.peer), Chunks::default()).await? {
            Opening::Events(stream) => Ok(Sent { conversation: None, answer: ReplyMode::Stream(stream), via: None }),
            Opening::Whole(body) => self.whole(&body),
        }
    }

    fn whole(&self, body: &Bytes) -> Result<Sent, CallError> {
        wire::sent(&*wire::success(body, &self.peer, Purpose::Message)?, &self.peer)
    }

    async fn page<T>(
        &self,
        endpoint: &str,
        key: &str,
        body: String,
        page: &PageRequest,
        item: fn(&lenient_json::Object) -> Option<T>,
    ) -> Result<Page<T>, CallError> {
        let object = self.ask(endpoint, Some(body), Purpose::Read).await?;
        wire::page(&object, key, page, item)
            .ok_or_else(|| self.peer.unreadable(&format!("no list of {key}"), Purpose::Read))
    }
}

impl Adapter for ChatThing {
    fn capabilities(&self) -> Capabilities {
        Self::CAPABILITIES
    }

    fn start(&self) -> BoxFuture<'_, Result<Started, CallError>> {
        self.open_conversation().boxed()
    }

    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> BoxFuture<'a, Result<Sent, CallError>> {
        self.send_message(outgoing).boxed()
    }

    fn list<'a>(&'a self, request: &'a ListRequest) -> BoxFuture<'a, Result<Page<Conversation>, CallError>> {
        let page = &request.page;
        let body = wire::list_body(None, page);
        self.page("conversations", "conversations", body, page, wire::conversation).boxed()
    }

    fn messages<'a>(
        &'a self,
        conversation: &'a ConversationId,
        page: &'a PageRequest,
    ) -> BoxFuture<'a, Result<Page<Message>, CallError>> {
        let body = wire::list_body(Some(conversation), page);
        async move {
            let mut came = self.page("messages", "messages", body, page, wire::message).await?;
            lenient_json::tell_apart(&mut came.items);
            Ok(came)
        }
        .boxed()
    }

    fn sources(&self) -> Option<&dyn Sources> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;
