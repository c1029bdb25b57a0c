//! The listener while it serves, and a request as far as its head tells of it: what every step of the work shares.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, Uri};
use tokio::sync::Semaphore;

use super::body::BodyBudget;
use super::connections::ConnectionRegistry;
use super::ingest::IngestQueue;
use super::listener_config::ListenerConfig;
use super::options::REPLAY_HEADER;
use super::path_diagnosis::clipped;
use super::routes::Route;
use super::shutdown::Shutdown;
use crate::domain::{Delivery, Requested, Timestamp};

/// So many refused signatures are looked into at a time.
const EXPLAINED_AT_ONCE: usize = 2;

/// What answers requests. The steps of its work are in `handler`, `rules` and `refusals`.
pub(super) struct Service {
    /// What it was started with.
    pub(super) config: Arc<ListenerConfig>,
    /// The way into the store.
    pub(super) ingest: IngestQueue,
    /// All connections.
    pub(super) connections: Arc<ConnectionRegistry>,
    /// Whether it is stopping.
    pub(super) shutdown: Arc<Shutdown>,
    /// What bodies that are still coming hold.
    pub(super) bodies: BodyBudget,
    /// A permit for each refused signature that is being looked into.
    pub(super) explaining: Arc<Semaphore>,
}

impl Service {
    /// With nothing to do yet.
    pub(super) fn new(
        config: Arc<ListenerConfig>,
        ingest: IngestQueue,
        connections: Arc<ConnectionRegistry>,
        shutdown: Arc<Shutdown>,
    ) -> Self {
        let explaining = Arc::new(Semaphore::new(EXPLAINED_AT_ONCE));
        Self { config, ingest, connections, shutdown, bodies: BodyBudget::default(), explaining }
    }

    /// A request as what its adapter and the store take.
    pub(super) fn delivery(&self, request: &RoutedRequest, body: Bytes, at: Timestamp) -> Delivery {
        let own = match self.config.routes.public_url() {
            Some(_) => Cow::Borrowed(""),
            None => Cow::Owned(["http://", &request.host].concat()),
        };
        let url = self.config.routes.called(&request.route.channel, &own);
        let headers = headers(&request.headers);
        // Only a mark: it makes nothing more or less believable.
        let replay = request.headers.contains_key(REPLAY_HEADER);
        Delivery { channel: request.route.channel.clone(), at, url, headers, body, replay }
    }
}

/// The headers as text.
fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// A request that came to a channel's route, as far as it is known before its body.
pub(super) struct RoutedRequest {
    /// Where its path leads.
    pub(super) route: Arc<Route>,
    pub(super) method: Method,
    pub(super) target: Uri,
    /// The host that it is for; empty where that is not clear.
    pub(super) host: String,
    pub(super) headers: HeaderMap,
}

impl RoutedRequest {
    /// As the operator is shown it: with the path that the route has, whatever key it bore.
    pub(super) fn requested(&self) -> Requested {
        let path = ["/hooks/", self.route.channel.as_str()].concat();
        let path = if self.route.webhook_key.is_some() { path + "/…" } else { path };
        let host = Some(clipped(&self.host)).filter(|host| !host.is_empty());
        Requested { method: Some(clipped(self.method.as_str())), path: Some(path), host }
    }
}
