//! What a listener is started with.

use std::net::SocketAddr;
use std::sync::Arc;

use super::hook_event::HookObserver;
use super::limits::ListenerLimits;
use super::routes::Route;
use crate::domain::{ChannelName, RequestId, Timestamp};
use crate::store::Store;

/// Says that the program itself sent it: a replay, or the self-test. It marks, and makes nothing more believable.
pub const REPLAY_HEADER: &str = "x-patchcord-replay";

/// Takes what a rule said that was not in the response: it came too late for that, or it failed. Must not block.
pub type LateAnswers = Arc<dyn Fn(RequestId, Result<String, String>) + Send + Sync>;

/// What a listener is started with.
pub struct ListenerOptions {
    /// Where to listen; port 0 takes any free one.
    pub bind: SocketAddr,
    /// What platforms call when a tunnel or a proxy stands before it; without a slash at its end.
    pub public_url: Option<String>,
    /// The channels that take webhooks. Those without a route yet are answered that it isn't time.
    pub channels: Vec<ChannelName>,
    /// The routes that are open from the start.
    pub routes: Vec<Route>,
    /// Where everything goes before it is acknowledged.
    pub store: Store,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// Called when something is new in the store, after it was answered; several things may be one call. Must not block.
    pub changed: Box<dyn Fn() + Send + Sync>,
    /// Takes what a rule said that was not in the response.
    pub late: LateAnswers,
    /// Takes everything that came, for whoever wants to print it.
    pub observer: Option<HookObserver>,
    /// How much, how many, how long.
    pub limits: ListenerLimits,
}

impl ListenerOptions {
    /// The least that a listener needs: no routes, no observers, the limits as they are by default.
    pub fn new(bind: SocketAddr, store: Store, clock: fn() -> Timestamp) -> Self {
        Self {
            bind,
            public_url: None,
            channels: Vec::new(),
            routes: Vec::new(),
            store,
            clock,
            changed: Box::new(|| ()),
            late: Arc::new(|_, _| ()),
            observer: None,
            limits: ListenerLimits::default(),
        }
    }
}
