//! What the listener was started with, as every part of it reads it, and whom it tells of what comes.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::hook_event::{HookEvent, HookObserver};
use super::limits::ListenerLimits;
use super::options::{LateAnswers, ListenerOptions};
use super::routes::Routes;
use crate::domain::Timestamp;

/// What the listener was started with.
pub(super) struct ListenerConfig {
    /// Where it listens.
    pub(super) addr: SocketAddr,
    /// How much, how many, how long.
    pub(super) limits: ListenerLimits,
    /// The time.
    pub(super) clock: fn() -> Timestamp,
    /// Takes what a rule said that was not in the response.
    pub(super) late: LateAnswers,
    /// Which path leads where.
    pub(super) routes: Arc<Routes>,
    /// The host of the URL that platforms call, where another than the listener's own was set.
    pub(super) public_host: Option<String>,
    changed: Box<dyn Fn() + Send + Sync>,
    observer: Option<HookObserver>,
}

impl ListenerConfig {
    /// What the options say, with these routes.
    pub(super) fn new(options: ListenerOptions, addr: SocketAddr, routes: Arc<Routes>) -> Self {
        let url = options.public_url.as_deref().and_then(|url| url::Url::parse(url).ok());
        Self {
            addr,
            limits: options.limits,
            clock: options.clock,
            late: options.late,
            routes,
            public_host: url.and_then(|url| url.host_str().map(str::to_owned)),
            changed: options.changed,
            observer: options.observer,
        }
    }

    /// Passes on what came, where somebody wants to know.
    pub(super) fn publish(&self, event: impl FnOnce() -> HookEvent) {
        if let Some(observer) = &self.observer
            && catch_unwind(AssertUnwindSafe(|| observer(event()))).is_err()
        {
            tracing::error!("whoever is told of what came broke");
        }
    }

    /// Tells that something is new in the store.
    pub(super) fn notify_changed(&self) {
        if catch_unwind(AssertUnwindSafe(|| (self.changed)())).is_err() {
            tracing::error!("whoever is told of changes broke");
        }
    }
}
