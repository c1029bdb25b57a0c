//! The listener: takes the webhooks that platforms post, and answers once they are on the disk. Floor 4.
//!
//! Owns its own thread, runtime and socket, who may knock and how long it may take, and the order of work: limits →
//! path → host and origin → method and type → raw bytes → signature → meaning → **committed** → answered → passed on.
//! What a signature is and what a body means is the adapter's business; what is new and what came before is the
//! store's; who answers a data request, and what is posted later, is the room above's.
//!
//! Files, from below: `limits`; what is wrong with a path (`path_diagnosis`), with a head that is none (`malformed`), with
//! a signature for another URL (`signed_urls`); `responses`; `routes`, and what the listener is started with (`options`,
//! `hook_event`, `listener_config`). `connection` is how far one has come, `connections` knows all of them and whose time
//! is up, `metered_stream` is one's socket. The checks in their order: `request_checks` (host, origin, method, type), `body`
//! (within its limits), `redaction` (what is not stored), `ingest` (on the way into the `delivery_store`). The `service`
//! holds all of it; `rules` answers data requests, `refusals` shows the operator what was refused and why, `handler` does
//! the work on one request in its order, and `server` accepts connections and stops (`shutdown`).

#![warn(clippy::missing_errors_doc)]

mod body;
mod connection;
mod connections;
mod delivery_store;
mod handler;
mod hook_event;
mod ingest;
mod limits;
mod listener_config;
mod malformed;
mod metered_stream;
mod options;
mod path_diagnosis;
mod redaction;
mod refusals;
mod request_checks;
mod responses;
mod routes;
mod rules;
mod server;
mod service;
mod shutdown;
mod signed_urls;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::domain::ChannelName;

pub use hook_event::{HookEvent, HookObserver};
pub use limits::ListenerLimits;
pub use options::{LateAnswers, ListenerOptions, REPLAY_HEADER};
pub use routes::{Route, RuleFn, encoded};

use delivery_store::DeliveryStore;
use listener_config::ListenerConfig;
use routes::Routes;

/// How many connections may wait to be accepted; the system may hold it lower.
const BACKLOG: u32 = 4_096;

/// Why a listener could not start.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody listens there already: another instance, most likely.
    #[error("{0} is in use by another program")]
    InUse(SocketAddr),
    /// The address can't be had.
    #[error("could not listen on {addr}")]
    Bind {
        /// Which.
        addr: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The thread or its runtime could not be started.
    #[error("the listener's thread could not be started")]
    Thread(#[source] io::Error),
}

/// The listener, before it runs.
#[derive(Debug, Clone, Copy)]
pub struct Listener;

impl Listener {
    /// Binds the socket, so that what is wrong with it comes back here, and serves on a thread of its own until the
    /// [`Listening`] is stopped or dropped.
    ///
    /// # Errors
    /// [`ListenError::InUse`] where somebody listens there already, [`ListenError::Bind`] where the address can't be had,
    /// [`ListenError::Thread`] where the system gives no thread or runtime. Nothing runs then.
    pub fn start(options: ListenerOptions) -> Result<Listening, ListenError> {
        let store = Arc::new(options.store.clone());
        start(options, store)
    }
}

fn start(options: ListenerOptions, store: Arc<dyn DeliveryStore>) -> Result<Listening, ListenError> {
    let bind = options.bind;
    let runtime = Builder::new_current_thread().enable_all().build().map_err(ListenError::Thread)?;
    let bound = listen(&runtime, bind).and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (addr, listener) = match bound {
        Ok(bound) => bound,
        Err(source) => {
            // Who starts it may be a task, where a runtime must not be dropped.
            runtime.shutdown_background();
            return Err(match source.kind() {
                io::ErrorKind::AddrInUse => ListenError::InUse(bind),
                _ => ListenError::Bind { addr: bind, source },
            });
        }
    };
    let routes = Arc::new(Routes::new(options.public_url.clone(), options.channels.clone()));
    routes.set(options.routes.clone());
    let (stop, stopping) = watch::channel(false);
    let config = ListenerConfig::new(options, addr, routes.clone());
    let thread = std::thread::Builder::new()
        .name("webhook".to_owned())
        .spawn(move || server::run(&runtime, listener, config, store, stopping))
        .map_err(ListenError::Thread)?;
    Ok(Listening { addr, routes, stop, thread: Some(thread) })
}

fn listen(runtime: &Runtime, bind: SocketAddr) -> io::Result<TcpListener> {
    let _inside = runtime.enter();
    let socket = if bind.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port that was ours a moment ago can be had again at once. Elsewhere the option means that it can be shared.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(bind)?;
    socket.listen(BACKLOG)
}

/// A listener that serves. Dropping it stops it: requests in flight are finished, within their time.
pub struct Listening {
    addr: SocketAddr,
    routes: Arc<Routes>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a client on this machine puts before the paths.
    pub fn url(&self) -> String {
        let mut reached = self.addr;
        if reached.ip().is_unspecified() {
            reached.set_ip(if reached.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        format!("http://{reached}")
    }

    /// What the user enters at the platform as the channel's webhook. Bears the channel's `webhook_key` where one is
    /// set, once its route is open.
    pub fn hook_url(&self, channel: &ChannelName) -> String {
        self.routes.hook_url(channel, &self.url())
    }

    /// Whether other machines reach it directly: it is bound to more than loopback.
    pub fn is_public(&self) -> bool {
        !self.addr.ip().to_canonical().is_loopback()
    }

    /// Opens these routes and closes all others, for requests that come from now on.
    pub fn set_routes(&self, routes: Vec<Route>) {
        self.routes.set(routes);
    }

    /// Stops it and waits until it has stopped.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
