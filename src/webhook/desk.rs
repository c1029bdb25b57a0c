//! The work on one request, in its order; see the room's own page. Nothing is acknowledged that is not on the disk.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode, Uri};

use super::answer::{self, Refusal, Reply};
use super::body::{self, Held};
use super::clerk::Clerk;
use super::conn::{Conn, Phase};
use super::crowd::Crowd;
use super::doors::{Doors, Path, encoded};
use super::limits::Limits;
use super::refusals::Explaining;
use super::serve::Closing;
use super::{Door, Late, Options, Tell, Told, lost, manners, rules};
use crate::domain::{Delivery, Requested, Secret, Timestamp, Trust};
use crate::platform::Ack;
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
    pub(super) doors: Arc<Doors>,
    /// How many refused signatures are being looked into.
    pub(super) explaining: Explaining,
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
            explaining: Explaining::default(),
            public_host: url.and_then(|url| url.host_str().map(str::to_owned)),
            changed: options.changed,
            tell: options.tell,
            held: Held::default(),
        }
    }

    /// Tells what came, where somebody wants to know.
    pub(super) fn say(&self, told: impl FnOnce() -> Told) {
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
pub(super) struct Call {
    pub(super) door: Arc<Door>,
    pub(super) method: Method,
    pub(super) target: Uri,
    /// The host that it is for; empty where that is not clear.
    pub(super) host: String,
    pub(super) headers: HeaderMap,
}

impl Call {
    /// As the operator is shown it: with the path that the door has, whatever key it bore.
    pub(super) fn requested(&self) -> Requested {
        let path = ["/hooks/", self.door.channel.as_str()].concat();
        let path = if self.door.webhook_key.is_some() { path + "/…" } else { path };
        let host = Some(lost::clipped(&self.host)).filter(|host| !host.is_empty());
        Requested { method: Some(lost::clipped(self.method.as_str())), path: Some(path), host }
    }
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
    async fn work(self: &Arc<Self>, conn: &Conn, head: Parts, body: &mut Incoming) -> Result<Reply, Option<Refusal>> {
        let named = || manners::host(&head.uri, &head.headers);
        if let Err(refusal) = manners::check_form(&head) {
            self.turn_away(&head, named().ok(), &refusal);
            return Err(Some(refusal));
        }
        let public_host = self.desk.public_host.as_deref();
        let host = || manners::check_host(&head.uri, &head.headers, conn.local, public_host);
        let door = match self.desk.doors.find(head.uri.path()) {
            Path::To(door) => door,
            Path::Closed => {
                let refusal = host().err().unwrap_or_else(|| Refusal::later("this channel is not ready yet", 30));
                self.turn_away(&head, named().ok(), &refusal);
                return Err(Some(refusal));
            }
            Path::Health => {
                host()?;
                let get = head.method == Method::GET || head.method == Method::HEAD;
                return if get { Ok(answer::done()) } else { Err(Some(Refusal::method("GET"))) };
            }
            Path::Nowhere => {
                let too_many = self.crowd.strike(conn.peer);
                self.nowhere(&head, named().ok());
                return Err((!too_many).then(Refusal::not_found));
            }
        };
        let checked = host().and_then(|()| manners::check_post(&head.method, &head.headers));
        let checked = checked.and_then(|()| body::check_length(body, &self.desk.limits));
        let host = named().unwrap_or_default().to_owned();
        let call = Call { door, method: head.method, target: head.uri, host, headers: head.headers };
        if let Err(refusal) = checked {
            return Err(Some(self.refuse(&call, refusal)));
        }
        let body = match body::read(body, conn, &self.desk.limits, &self.desk.held).await {
            None => return Err(None),
            Some(Ok(body)) => body,
            // Where there is only no room just now, it comes again.
            Some(Err(refusal)) if refusal.status == StatusCode::SERVICE_UNAVAILABLE => return Err(Some(refusal)),
            Some(Err(refusal)) => return Err(Some(self.refuse(&call, refusal))),
        };
        self.deliver(conn, &call, body).await.map_err(Some)
    }

    /// What came whole: believed as far as it can be, stored, and answered.
    async fn deliver(self: &Arc<Self>, conn: &Conn, call: &Call, body: Bytes) -> Result<Reply, Refusal> {
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
            known: std::mem::take(&mut filed.known),
            request: filed.request.clone(),
            requested: Requested::default(),
        });
        Ok(match reception.ack {
            Ack::Ok => answer::done(),
            Ack::Plain(words) => answer::plain(words),
            Ack::Data => rules::respond(self, conn, &call.door, filed).await,
        })
    }

    pub(super) fn delivery(&self, call: &Call, body: Bytes, at: Timestamp) -> Delivery {
        let own = match self.desk.doors.public_url() {
            Some(_) => Cow::Borrowed(""),
            None => Cow::Owned(["http://", &call.host].concat()),
        };
        let url = self.desk.doors.called(&call.door.channel, &own);
        let headers = headers(&call.headers);
        // Only a mark: it makes nothing more or less believable.
        let replay = call.headers.contains_key(super::MARK);
        Delivery { channel: call.door.channel.clone(), at, url, headers, body, replay }
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
pub(super) fn forget_key(delivery: &mut Delivery, door: &Door) {
    for (_, value) in &mut delivery.headers {
        if let Some(without) = keyless(value, door) {
            *value = without;
        }
    }
    for (_, value) in &mut delivery.headers {
        for secret in door.webhook_key.iter().chain(&door.secrets).map(Secret::expose) {
            // A short one may stand in any text; where it is all that is told, or follows a scheme, it is meant.
            let told = value.rsplit(' ').next().is_some_and(|last| last == secret);
            if !secret.is_empty() && (told || secret.len() >= LONG_SECRET && value.contains(secret)) {
                *value = value.replace(secret, "[secret]");
            }
        }
    }
}

/// The text without the key behind the channel's name; none where it has none.
pub(super) fn keyless(text: &str, door: &Door) -> Option<String> {
    let key = door.webhook_key.as_ref().map(Secret::expose)?;
    let path = |key: &str| [door.channel.as_str(), "/", key].concat();
    let (plain, encoded, without) = (path(key), path(&encoded(key)), path("[key]"));
    let found = [plain, encoded].into_iter().filter(|secret| text.contains(secret.as_str()));
    let mut shown: Option<String> = None;
    for secret in found {
        shown = Some(shown.as_deref().unwrap_or(text).replace(&secret, &without));
    }
    shown
}
