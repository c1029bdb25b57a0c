//! What becomes of a request that is refused: shown to the operator with what is wrong with it, at a bounded rate. Whoever
//! sent it learns none of that: it is answered before anything is explained.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bytes::Bytes;
use hyper::StatusCode;
use hyper::http::request::Parts;

use super::answer::Refusal;
use super::conn::Conn;
use super::desk::{Call, Office, forget_key, keyless};
use super::signed_urls::{Way, candidates};
use super::{Told, garbled, lost};
use crate::domain::{ChannelName, Delivery, RefusalCode, Refused, Requested, Trust, Verdict};
use crate::platform::{Adapter, Case, Rejection, SignedUrl, explain, glance};

/// So many deliveries are explained at a time.
const AT_ONCE: usize = 2;

/// How many are being explained.
#[derive(Debug, Default)]
pub(super) struct Explaining(AtomicUsize);

/// One of them; it is over when this is dropped.
struct Turn(Arc<Office>);

impl Turn {
    fn take(office: &Arc<Office>) -> Option<Self> {
        let turn = Self(office.clone());
        (office.desk.explaining.0.fetch_add(1, Relaxed) < AT_ONCE).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.desk.explaining.0.fetch_sub(1, Relaxed);
    }
}

impl Office {
    /// Files what an adapter refused, and says how it is answered.
    pub(super) fn reject(
        self: &Arc<Self>,
        call: &Call,
        mut delivery: Delivery,
        trust: Option<Trust>,
        rejection: Rejection,
    ) -> Refusal {
        let status = StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::BAD_REQUEST);
        if status == StatusCode::NOT_FOUND {
            return Refusal::not_found();
        }
        if rejection.code == RefusalCode::SignatureWrong {
            self.find_out(call, delivery);
        } else {
            forget_key(&mut delivery, &call.door);
            let refused = Refused::new(status.as_u16(), rejection.code, rejection.reason.as_str());
            self.show(delivery, trust, refused, call.requested(), false);
        }
        Refusal::new(status, rejection.code, rejection.reason)
    }

    /// Finds out what is wrong with a signature, beside the listener's work, and files it then. Of many at once, or many
    /// in a minute, only what can be seen at a glance is told.
    fn find_out(self: &Arc<Self>, call: &Call, mut delivery: Delivery) {
        let requested = call.requested();
        let door = call.door.clone();
        let seen = glance(door.adapter.as_ref(), &delivery);
        let turn = match &seen {
            Some(_) => None,
            None => Turn::take(self).filter(|_| self.clerk.may_explain(delivery.at)),
        };
        let Some(turn) = turn else {
            forget_key(&mut delivery, &door);
            let refused = seen.unwrap_or_else(|| {
                let reason = "the signature is wrong; why was not looked into: too many were refused at once";
                Refused::new(401, RefusalCode::SignatureWrong, reason)
            });
            return self.show(delivery, None, refused, requested, false);
        };
        let urls = self.urls(call, &delivery);
        tokio::task::spawn_blocking(move || {
            let office = &turn.0;
            let others = office.desk.doors.others(&delivery.channel);
            let case = Case {
                delivery: &delivery,
                adapter: door.adapter.as_ref() as &dyn Adapter,
                now: delivery.at,
                others: &others,
                urls: &urls,
            };
            let refused = explain(&case);
            forget_key(&mut delivery, &door);
            office.show(delivery, None, refused, requested, false);
            office.desk.tell();
        });
    }

    fn urls(&self, call: &Call, delivery: &Delivery) -> Vec<SignedUrl> {
        if !call.door.adapter.signature_scheme().is_some_and(|scheme| scheme.covers_url) {
            return Vec::new();
        }
        let way = Way {
            checked: &delivery.url,
            hook: &["/hooks/", call.door.channel.as_str()].concat(),
            target: &call.target,
            host: &call.host,
            headers: &call.headers,
            port: self.desk.addr.port(),
        };
        candidates(&way, |url| keyless(url, &call.door).unwrap_or_else(|| url.to_owned()))
    }

    /// Files what was refused without its body.
    pub(super) fn refuse(&self, call: &Call, refusal: Refusal) -> Refusal {
        let mut delivery = self.delivery(call, Bytes::new(), (self.desk.clock)());
        forget_key(&mut delivery, &call.door);
        self.show(delivery, None, refusal.refused(), call.requested(), false);
        refusal
    }

    /// Shows a request to a path that leads nowhere. What it would have brought is not even read.
    pub(super) fn nowhere(&self, head: &Parts, host: Option<&str>) {
        let (lost, path) = self.desk.doors.lost(head.uri.path());
        let requested = Requested {
            method: Some(lost::clipped(head.method.as_str())),
            path: Some(path),
            host: host.map(lost::clipped),
        };
        let mut delivery = self.unplaced(lost.channel.as_deref().unwrap_or_default());
        // So that the self-test finds its own.
        let mark = head.headers.get(super::MARK).and_then(|mark| mark.to_str().ok()).map(lost::clipped);
        delivery.replay = mark.is_some();
        delivery.headers.extend(mark.map(|mark| (super::MARK.to_owned(), mark)));
        self.show(delivery, None, Refused::new(404, lost.code, lost.reason), requested, true);
    }

    /// Shows a request that is refused before it is looked at where it leads.
    pub(super) fn turn_away(&self, head: &Parts, host: Option<&str>, refusal: &Refusal) {
        let (lost, path) = self.desk.doors.lost(head.uri.path());
        let method = Some(lost::clipped(head.method.as_str()));
        let requested = Requested { method, path: Some(path), host: host.map(lost::clipped) };
        let channel = lost.channel.unwrap_or_default();
        self.show(self.unplaced(&channel), None, refusal.refused(), requested, true);
    }

    /// Shows what came and was no request.
    pub(super) fn garbled(&self, conn: &Conn, too_long: bool) {
        let (mut requested, refused) = garbled::explain(&conn.first_bytes(), too_long);
        let mut channel = String::new();
        if let Some(path) = requested.path.take() {
            let (lost, path) = self.desk.doors.lost(&path);
            channel = lost.channel.unwrap_or_default();
            requested.path = Some(path);
        }
        self.show(self.unplaced(&channel), None, refused, requested, true);
    }

    fn unplaced(&self, channel: &str) -> Delivery {
        Delivery {
            channel: ChannelName::new(channel),
            at: (self.desk.clock)(),
            url: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            replay: false,
        }
    }

    /// Files it, and tells it at once, unless too many were refused in this minute. `unplaced` is what belongs to no
    /// channel for sure: strangers' noise takes no room from what channels lose.
    fn show(
        &self,
        mut delivery: Delivery,
        trust: Option<Trust>,
        refused: Refused,
        requested: Requested,
        unplaced: bool,
    ) {
        let channel = delivery.channel.clone();
        delivery.headers.splice(0..0, requested.headers());
        let summary = if unplaced { requested.line() } else { refused.reason.clone() };
        if self.clerk.reject(delivery, trust, refused.clone(), summary, unplaced) {
            self.desk.say(|| Told {
                id: None,
                channel,
                trust,
                verdict: Verdict::Rejected(refused),
                inbound: Vec::new(),
                known: Vec::new(),
                request: None,
                requested,
            });
        }
    }
}
