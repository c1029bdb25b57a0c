//! The work on one request, in its order; see the room's own page. Nothing is acknowledged that is not on the disk.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode, Version};

use super::answer::{self, Refusal, Reply};
use super::body::{self, Held};
use super::clerk::Clerk;
use super::conn::{Conn, Phase};
use super::crowd::Crowd;
use super::doors::{Doors, Path, encoded};
use super::limits::Limits;
use super::serve::Closing;
use super::{Door, Late, Options, Tell, Told, manners, rules};
use crate::domain::{ChannelName, Delivery, Secret, Timestamp, Trust, Verdict};
use crate::platform::{Ack, Rejection};
use crate::store::Arrival;

/// What the listener was started with.
pub(super) struct Desk {
    /// Where it listens.
    pub(super) addr: SocketAddr,
    /// How much, how many, how long.
    pub(super) limits: Limits,
    /// The time.
    pub(super) clock: fn() -> Timestamp,
    /// Told what a rule said that was not in the response.
    pub(super) late: Late,
    doors: Arc<Doors>,
    public_host: Option<String>,
    changed: Box<dyn Fn() + Send + Sync>,
    tell: Option<Tell>,
    held: Held,
}

/// The desk with everything around it, while it serves.
pub(super) struct Office {
    /// What it was started with.
    pub(super) desk: Desk,
    /// The way into the store.
    pub(super) clerk: Clerk,
    /// All connections.
    pub(super) crowd: Arc<Crowd>,
    /// Whether it is stopping.
    pub(super) closing: Arc<Closing>,
}

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("hung up")]
pub(super) struct HangUp;

impl Desk {
    /// A desk for these doors.
    pub(super) fn new(options: Options, addr: SocketAddr, doors: Arc<Doors>) -> Self {
        let url = options.public_url.as_deref().and_then(|url| url::Url::parse(url).ok());
        Self {
            addr,
            limits: options.limits,
            clock: options.clock,
            late: options.late,
            doors,
            public_host: url.and_then(|url| url.host_str().map(str::to_owned)),
            changed: options.changed,
            tell: options.tell,
            held: Held::default(),
        }
    }

    /// Tells what came, where somebody wants to know.
    fn say(&self, told: impl FnOnce() -> Told) {
        if let Some(tell) = &self.tell
            && catch_unwind(AssertUnwindSafe(|| tell(told()))).is_err()
        {
            tracing::error!("whoever is told of what came broke");
        }
    }

    /// Something is new in the store.
    pub(super) fn tell(&self) {
        if catch_unwind(AssertUnwindSafe(|| (self.changed)())).is_err() {
            tracing::error!("whoever is told of changes broke");
        }
    }
}

/// A request that came to a channel's door, as far as it is known before its body.
struct Call {
    door: Arc<Door>,
    headers: HeaderMap,
}

impl Office {
    /// Answers one request.
    pub(super) async fn handle(
        self: Arc<Self>,
        conn: Arc<Conn>,
        request: Request<Incoming>,
    ) -> Result<Reply, HangUp> {
        let count = conn.begin();
        let (head, mut body) = request.into_parts();
        let mut reply = match self.work(&conn, head, &mut body).await {
            Ok(reply) => reply,
            Err(Some(refusal)) => refusal.reply(),
            Err(None) => return Err(HangUp),
        };
        let unread = !body.is_end_stream();
        if unread {
            conn.leave_unread();
        }
        if unread || count >= self.desk.limits.requests || self.closing.begun() {
            reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        conn.enter(Phase::Idle);
        Ok(reply)
    }

    /// The answer, or why there is none; nothing if there is to be no word at all.
    async fn work(&self, conn: &Conn, head: Parts, body: &mut Incoming) -> Result<Reply, Option<Refusal>> {
        if head.version != Version::HTTP_11 {
            return Err(Some(Refusal::new(StatusCode::BAD_REQUEST, "only HTTP/1.1 is spoken here")));
        }
        if head.headers.contains_key(TRANSFER_ENCODING) && head.headers.contains_key(CONTENT_LENGTH) {
            return Err(Some(Refusal::new(StatusCode::BAD_REQUEST, "the body has two lengths")));
        }
        if head.uri.authority().is_some() {
            return Err(Some(Refusal::new(StatusCode::BAD_REQUEST, "this is no proxy")));
        }
        let host = || manners::check_host(&head.headers, conn.local, self.desk.public_host.as_deref());
        let door = match self.desk.doors.find(head.uri.path()) {
            Path::To(door) => door,
            Path::Closed => {
                host()?;
                return Err(Some(Refusal::later("this channel is not ready yet", 30)));
            }
            Path::Health => {
                host()?;
                let get = head.method == Method::GET || head.method == Method::HEAD;
                return if get { Ok(answer::done()) } else { Err(Some(Refusal::method("GET"))) };
            }
            Path::Nowhere => {
                let too_many = self.crowd.strike(conn.peer);
                self.nowhere(&head);
                return Err((!too_many).then(Refusal::not_found));
            }
        };
        let checked = host().and_then(|()| manners::check_post(&head.method, &head.headers));
        let checked = checked.and_then(|()| body::check_length(body, &self.desk.limits));
        let call = Call { door, headers: head.headers };
        if let Err(refusal) = checked {
            return Err(Some(self.refuse(&call, refusal)));
        }
        let body = match body::read(body, conn, &self.desk.limits, &self.desk.held).await {
            None => return Err(None),
            Some(Ok(body)) => body,
            Some(Err(refusal)) if refusal.status == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Some(self.refuse(&call, refusal)));
            }
            Some(Err(refusal)) => return Err(Some(refusal)),
        };
        self.deliver(conn, &call, body).await.map_err(Some)
    }

    /// What came whole: believed as far as it can be, stored, and answered.
    async fn deliver(&self, conn: &Conn, call: &Call, body: Bytes) -> Result<Reply, Refusal> {
        let now = (self.desk.clock)();
        let mut delivery = self.delivery(call, body, now);
        let adapter = &call.door.adapter;
        let trust = match adapter.verify(&delivery, now) {
            // Who knows the key is the platform, or was told by it.
            Ok(Trust::Unsigned | Trust::Unverified) if call.door.webhook_key.is_some() => Trust::Verified,
            Ok(trust) => trust,
            Err(rejection) => return Err(self.reject(call, delivery, None, rejection)),
        };
        let reception = match adapter.receive(&delivery) {
            Ok(reception) => reception,
            Err(rejection) => return Err(self.reject(call, delivery, Some(trust), rejection)),
        };
        forget_key(&mut delivery, &call.door);
        let arrival =
            Arrival { delivery, trust: Some(trust), meaning: Ok(reception.inbound), summary: reception.summary };
        let Some(outcome) = self.clerk.file(arrival) else {
            return Err(Refusal::later("too many deliveries wait to be stored", 5));
        };
        let mut filed = match conn.within(Phase::Store, outcome).await {
            Some(Ok(Ok(filed))) => filed,
            Some(Ok(Err(error))) => {
                tracing::error!(channel = call.door.channel.as_str(), %error, "a delivery could not be stored");
                return Err(Refusal::later("it could not be stored", 30));
            }
            Some(Err(_)) => return Err(Refusal::later("the listener is stopping", 30)),
            // It may be stored all the same: then the next try is known already.
            None => return Err(Refusal::later("storing it takes too long", 5)),
        };
        self.desk.say(|| Told {
            id: Some(filed.id),
            channel: call.door.channel.clone(),
            trust: Some(trust),
            verdict: filed.verdict.clone(),
            inbound: filed.arrival.meaning.as_mut().map(std::mem::take).unwrap_or_default(),
            request: filed.request.clone(),
        });
        Ok(match reception.ack {
            Ack::Ok => answer::done(),
            Ack::Plain(words) => answer::plain(words),
            Ack::Data => rules::respond(self, &call.door, filed).await,
        })
    }

    fn delivery(&self, call: &Call, body: Bytes, at: Timestamp) -> Delivery {
        let own = match self.desk.doors.public_url() {
            Some(_) => Cow::Borrowed(""),
            None => Cow::Owned(["http://", manners::host(&call.headers).unwrap_or_default()].concat()),
        };
        let url = self.desk.doors.called(&call.door.channel, &own);
        let headers = headers(&call.headers);
        // Only a mark: it makes nothing more or less believable.
        let replay = call.headers.contains_key("x-patchcord-replay");
        Delivery { channel: call.door.channel.clone(), at, url, headers, body, replay }
    }

    /// Files what an adapter refused, and says how it is answered.
    fn reject(&self, call: &Call, mut delivery: Delivery, trust: Option<Trust>, rejection: Rejection) -> Refusal {
        let status = StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::BAD_REQUEST);
        if status == StatusCode::NOT_FOUND {
            return Refusal::not_found();
        }
        forget_key(&mut delivery, &call.door);
        self.say_refused(call, trust, status, &rejection.reason);
        self.clerk.reject(delivery, trust, status.as_u16(), &rejection.reason);
        Refusal::new(status, rejection.reason)
    }

    fn say_refused(&self, call: &Call, trust: Option<Trust>, status: StatusCode, reason: &str) {
        self.desk.say(|| refused(&call.door.channel, trust, status, reason));
    }

    /// Shows a request to a path that leads nowhere. What it would have brought is not even read.
    fn nowhere(&self, head: &Parts) {
        let (channel, reason) = self.desk.doors.named(head.uri.path());
        let (at, status) = ((self.desk.clock)(), StatusCode::NOT_FOUND);
        let delivery = Delivery {
            channel: channel.clone(),
            at,
            url: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            replay: false,
        };
        self.desk.say(|| refused(&channel, None, status, &reason));
        self.clerk.reject(delivery, None, status.as_u16(), &reason);
    }

    /// Files what was refused without its body.
    fn refuse(&self, call: &Call, refusal: Refusal) -> Refusal {
        let mut delivery = self.delivery(call, Bytes::new(), (self.desk.clock)());
        forget_key(&mut delivery, &call.door);
        self.say_refused(call, None, refusal.status, &refusal.detail);
        self.clerk.reject(delivery, None, refusal.status.as_u16(), &refusal.detail);
        refusal
    }
}

/// What is told of a delivery that was refused.
fn refused(channel: &ChannelName, trust: Option<Trust>, status: StatusCode, reason: &str) -> Told {
    Told {
        id: None,
        channel: channel.clone(),
        trust,
        verdict: Verdict::Rejected { status: status.as_u16(), reason: reason.to_owned() },
        inbound: Vec::new(),
        request: None,
    }
}

/// The headers as text.
fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// From so many bytes on a secret stands in no text by chance.
const LONG_SECRET: usize = 8;

/// A sender may put the channel's secret into a header, as where it signs nothing; and a proxy the path that was called, in
/// which the key is. Neither is stored.
fn forget_key(delivery: &mut Delivery, door: &Door) {
    for (_, value) in &mut delivery.headers {
        for secret in door.webhook_key.iter().chain(&door.secrets).map(Secret::expose) {
            // A short one may stand in any text; where it is all that is told, or follows a scheme, it is meant.
            let told = value.rsplit(' ').next().is_some_and(|last| last == secret);
            if !secret.is_empty() && (told || secret.len() >= LONG_SECRET && value.contains(secret)) {
                *value = value.replace(secret, "[secret]");
            }
        }
    }
    let Some(key) = door.webhook_key.as_ref().map(Secret::expose) else { return };
    let path = |key: &str| [door.channel.as_str(), "/", key].concat();
    let (plain, encoded, without) = (path(key), path(&encoded(key)), path("[key]"));
    for (_, value) in &mut delivery.headers {
        for secret in [&plain, &encoded] {
            if value.contains(secret) {
                *value = value.replace(secret, &without);
            }
        }
    }
}
