//! The work on one request, in its order (see the room's own page): the top of the [`Service`]. Nothing is acknowledged
//! that is not on the disk.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};

use super::connection::{Connection, Phase};
use super::hook_event::HookEvent;
use super::redaction::redact_secrets;
use super::responses::{self, HttpRefusal, HttpResponse};
use super::routes::RouteMatch;
use super::service::{RoutedRequest, Service};
use super::{body, request_checks, rules};
use crate::domain::{Requested, Trust};
use crate::platform::Ack;
use crate::store::Arrival;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("hung up")]
pub(super) struct HangUp;

impl Service {
    /// Answers one request.
    pub(super) async fn handle(
        self: Arc<Self>,
        connection: Arc<Connection>,
        request: Request<Incoming>,
    ) -> Result<HttpResponse, HangUp> {
        let count = connection.begin();
        let (head, mut body) = request.into_parts();
        let mut response = match self.dispatch(&connection, head, &mut body).await {
            Ok(response) => response,
            Err(Some(refusal)) => refusal.response(),
            Err(None) => return Err(HangUp),
        };
        let unread = !body.is_end_stream();
        if unread {
            connection.leave_unread();
        }
        if unread || count >= self.config.limits.requests || self.shutdown.has_begun() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        connection.enter(Phase::Idle);
        Ok(response)
    }

    /// The answer, or why there is none; nothing if there is to be no word at all.
    async fn dispatch(
        self: &Arc<Self>,
        connection: &Connection,
        head: Parts,
        body: &mut Incoming,
    ) -> Result<HttpResponse, Option<HttpRefusal>> {
        let named = || request_checks::host(&head.uri, &head.headers);
        if let Err(refusal) = request_checks::check_form(&head) {
            self.refuse_early(&head, named().ok(), &refusal);
            return Err(Some(refusal));
        }
        let public_host = self.config.public_host.as_deref();
        let host = || request_checks::check_host(&head.uri, &head.headers, connection.local, public_host);
        let route = match self.config.routes.find(head.uri.path()) {
            RouteMatch::Channel(route) => route,
            RouteMatch::NotReady => {
                let refusal = host().err().unwrap_or_else(|| HttpRefusal::later("this channel is not ready yet", 30));
                self.refuse_early(&head, named().ok(), &refusal);
                return Err(Some(refusal));
            }
            RouteMatch::Health => {
                host()?;
                let get = head.method == Method::GET || head.method == Method::HEAD;
                return if get { Ok(responses::done()) } else { Err(Some(HttpRefusal::method("GET"))) };
            }
            RouteMatch::NotFound => {
                let too_many = self.connections.count_wrong_path(connection.peer);
                self.refuse_unknown_path(&head, named().ok());
                return Err((!too_many).then(HttpRefusal::not_found));
            }
        };
        let checked = host().and_then(|()| request_checks::check_post(&head.method, &head.headers));
        let checked = checked.and_then(|()| body::check_length(body, &self.config.limits));
        let host = named().unwrap_or_default().to_owned();
        let request = RoutedRequest { route, method: head.method, target: head.uri, host, headers: head.headers };
        if let Err(refusal) = checked {
            return Err(Some(self.refuse(&request, refusal)));
        }
        let body = match body::read(body, connection, &self.config.limits, &self.bodies).await {
            None => return Err(None),
            Some(Ok(body)) => body,
            // Where there is only no room just now, it comes again.
            Some(Err(refusal)) if refusal.status == StatusCode::SERVICE_UNAVAILABLE => return Err(Some(refusal)),
            Some(Err(refusal)) => return Err(Some(self.refuse(&request, refusal))),
        };
        self.deliver(connection, &request, body).await.map_err(Some)
    }

    /// What came whole: believed as far as it can be, stored, and answered.
    async fn deliver(
        self: &Arc<Self>,
        connection: &Connection,
        request: &RoutedRequest,
        body: Bytes,
    ) -> Result<HttpResponse, HttpRefusal> {
        let now = (self.config.clock)();
        let mut delivery = self.delivery(request, body, now);
        let adapter = &request.route.adapter;
        let trust = match adapter.verify(&delivery, now) {
            // Who knows the key is the platform, or was told by it.
            Ok(Trust::Unsigned | Trust::Unverified) if request.route.webhook_key.is_some() => Trust::Verified,
            Ok(trust) => trust,
            Err(rejection) => return Err(self.reject(request, delivery, None, rejection)),
        };
        let reception = match adapter.receive(&delivery) {
            Ok(reception) => reception,
            Err(rejection) => return Err(self.reject(request, delivery, Some(trust), rejection)),
        };
        redact_secrets(&mut delivery, &request.route);
        let arrival =
            Arrival { delivery, trust: Some(trust), meaning: Ok(reception.inbound), summary: reception.summary };
        let Some(outcome) = self.ingest.enqueue(arrival) else {
            return Err(HttpRefusal::later("too many deliveries wait to be stored", 5));
        };
        #[cfg(feature = "planted")]
        if crate::domain::PlantedFault::AckBeforeCommit.is_planted() {
            return Ok(responses::done());
        }
        let mut filed = match connection.within(Phase::Store, outcome).await {
            Some(Ok(Ok(filed))) => filed,
            Some(Ok(Err(error))) => {
                tracing::error!(channel = request.route.channel.as_str(), %error, "a delivery could not be stored");
                return Err(HttpRefusal::later("it could not be stored", 30));
            }
            Some(Err(_)) => return Err(HttpRefusal::later("the listener is stopping", 30)),
            // It may be stored all the same: then the next try is known already.
            None => return Err(HttpRefusal::later("storing it takes too long", 5)),
        };
        self.config.publish(|| HookEvent {
            id: Some(filed.id),
            channel: request.route.channel.clone(),
            trust: Some(trust),
            verdict: filed.verdict.clone(),
            inbound: filed.arrival.meaning.as_mut().map(std::mem::take).unwrap_or_default(),
            known: std::mem::take(&mut filed.known),
            request: filed.request.clone(),
            requested: Requested::default(),
        });
        Ok(match reception.ack {
            Ack::Ok => responses::done(),
            Ack::Plain(words) => responses::plain(words),
            Ack::Data => rules::respond(self, connection, &request.route, filed).await,
        })
    }
}
