//! What becomes of a request that is refused: shown to the operator with what is wrong with it, at a bounded rate. Whoever
//! sent it learns none of that: it is answered before anything is explained.

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::http::request::Parts;

use super::connection::Connection;
use super::hook_event::HookEvent;
use super::malformed;
use super::options::REPLAY_HEADER;
use super::path_diagnosis::clipped;
use super::redaction::{redact_key, redact_secrets};
use super::responses::HttpRefusal;
use super::service::{RoutedRequest, Service};
use super::signed_urls::{UrlClues, candidates};
use crate::domain::{ChannelName, Delivery, RefusalCode, Refused, Requested, Trust, Verdict};
use crate::platform::{Adapter, Case, Rejection, SignedUrl, explain, glance};

impl Service {
    /// Files what an adapter refused, and says how it is answered.
    pub(super) fn reject(
        self: &Arc<Self>,
        request: &RoutedRequest,
        mut delivery: Delivery,
        trust: Option<Trust>,
        rejection: Rejection,
    ) -> HttpRefusal {
        let status = StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::BAD_REQUEST);
        if status == StatusCode::NOT_FOUND {
            return HttpRefusal::not_found();
        }
        if rejection.code == RefusalCode::SignatureWrong {
            self.diagnose_signature(request, delivery);
        } else {
            redact_secrets(&mut delivery, &request.route);
            let refused = Refused::new(status.as_u16(), rejection.code, rejection.reason.as_str());
            self.record_refusal(delivery, trust, refused, request.requested(), false);
        }
        HttpRefusal::new(status, rejection.code, rejection.reason)
    }

    /// Finds out what is wrong with a signature, beside the listener's work, and files it then. Of many at once, or many
    /// in a minute, only what can be seen at a glance is told.
    fn diagnose_signature(self: &Arc<Self>, request: &RoutedRequest, mut delivery: Delivery) {
        let requested = request.requested();
        let route = request.route.clone();
        let seen = glance(route.adapter.as_ref(), &delivery);
        let permit = match &seen {
            Some(_) => None,
            None => self.explaining.clone().try_acquire_owned().ok().filter(|_| self.ingest.may_explain(delivery.at)),
        };
        let Some(permit) = permit else {
            redact_secrets(&mut delivery, &route);
            let refused = seen.unwrap_or_else(|| {
                let reason = "the signature is wrong; why was not looked into: too many were refused at once";
                Refused::new(401, RefusalCode::SignatureWrong, reason)
            });
            return self.record_refusal(delivery, None, refused, requested, false);
        };
        let urls = self.urls(request, &delivery);
        let service = self.clone();
        tokio::task::spawn_blocking(move || {
            let others = service.config.routes.others(&delivery.channel);
            let case = Case {
                delivery: &delivery,
                adapter: route.adapter.as_ref() as &dyn Adapter,
                now: delivery.at,
                others: &others,
                urls: &urls,
            };
            let refused = explain(&case);
            redact_secrets(&mut delivery, &route);
            service.record_refusal(delivery, None, refused, requested, false);
            service.config.notify_changed();
            drop(permit);
        });
    }

    fn urls(&self, request: &RoutedRequest, delivery: &Delivery) -> Vec<SignedUrl> {
        if !request.route.adapter.signature_scheme().is_some_and(|scheme| scheme.covers_url) {
            return Vec::new();
        }
        let clues = UrlClues {
            checked: &delivery.url,
            hook: &["/hooks/", request.route.channel.as_str()].concat(),
            target: &request.target,
            host: &request.host,
            headers: &request.headers,
            port: self.config.addr.port(),
        };
        candidates(&clues, |url| redact_key(url, &request.route).unwrap_or_else(|| url.to_owned()))
    }

    /// Files what was refused without its body.
    pub(super) fn refuse(&self, request: &RoutedRequest, refusal: HttpRefusal) -> HttpRefusal {
        let mut delivery = self.delivery(request, Bytes::new(), (self.config.clock)());
        redact_secrets(&mut delivery, &request.route);
        self.record_refusal(delivery, None, refusal.refused(), request.requested(), false);
        refusal
    }

    /// Shows a request to a path that leads nowhere. What it would have brought is not even read.
    pub(super) fn refuse_unknown_path(&self, head: &Parts, host: Option<&str>) {
        let (diagnosis, path) = self.config.routes.diagnose(head.uri.path());
        let requested =
            Requested { method: Some(clipped(head.method.as_str())), path: Some(path), host: host.map(clipped) };
        let mut delivery = self.unplaced(diagnosis.channel.as_deref().unwrap_or_default());
        // So that the self-test finds its own.
        let mark = head.headers.get(REPLAY_HEADER).and_then(|mark| mark.to_str().ok()).map(clipped);
        delivery.replay = mark.is_some();
        delivery.headers.extend(mark.map(|mark| (REPLAY_HEADER.to_owned(), mark)));
        self.record_refusal(delivery, None, Refused::new(404, diagnosis.code, diagnosis.reason), requested, true);
    }

    /// Shows a request that is refused before it is looked at where it leads.
    pub(super) fn refuse_early(&self, head: &Parts, host: Option<&str>, refusal: &HttpRefusal) {
        let (diagnosis, path) = self.config.routes.diagnose(head.uri.path());
        let method = Some(clipped(head.method.as_str()));
        let requested = Requested { method, path: Some(path), host: host.map(clipped) };
        let channel = diagnosis.channel.unwrap_or_default();
        self.record_refusal(self.unplaced(&channel), None, refusal.refused(), requested, true);
    }

    /// Shows what came and was no request.
    pub(super) fn refuse_malformed(&self, connection: &Connection, too_long: bool) {
        let (mut requested, refused) = malformed::diagnose(&connection.first_bytes(), too_long);
        let mut channel = String::new();
        if let Some(path) = requested.path.take() {
            let (diagnosis, path) = self.config.routes.diagnose(&path);
            channel = diagnosis.channel.unwrap_or_default();
            requested.path = Some(path);
        }
        self.record_refusal(self.unplaced(&channel), None, refused, requested, true);
    }

    fn unplaced(&self, channel: &str) -> Delivery {
        Delivery {
            channel: ChannelName::new(channel),
            at: (self.config.clock)(),
            url: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            replay: false,
        }
    }

    /// Files it, and tells it at once, unless too many were refused in this minute. `unplaced` is what belongs to no
    /// channel for sure: strangers' noise takes no room from what channels lose.
    fn record_refusal(
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
        if self.ingest.reject(delivery, trust, refused.clone(), summary, unplaced) {
            self.config.publish(|| HookEvent {
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
