//! The listener: takes the webhooks that platforms post, and answers once they are on the disk. Floor 4.
//!
//! Owns its own thread, runtime and socket, who may knock and how long it may take, and the order of work: limits →
//! path → host and origin → method and type → raw bytes → signature → meaning → **committed** → answered → told.
//! What a signature is and what a body means is the adapter's business; what is new and what came before is the
//! store's; who answers a data request, and what is posted later, is the room above's.
//!
//! Rooms: `serve` accepts and stops, `crowd` knows every connection and whose time is up, `wire` is one connection's
//! socket and `conn` how far it has come; `desk` does the work in its order with `doors` (paths), `manners` (host,
//! origin, method, type), `body` (within its limits), `clerk` (on the way into the store), `rules` (data requests) and
//! `answer` (what is said). What is refused goes by `refusals`, which finds out what is wrong with it for the operator:
//! with a path (`lost`), with a head that is none (`garbled`), with a signature for another URL (`signed_urls`).

mod answer;
mod body;
mod clerk;
mod conn;
mod crowd;
mod desk;
mod doors;
mod garbled;
mod limits;
mod lost;
mod manners;
mod refusals;
mod rules;
mod serve;
mod shelf;
mod signed_urls;
#[cfg(test)]
mod tests;
mod wire;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::domain::{
    ChannelName, DataRequest, DeliveryId, Inbound, RequestId, Requested, Secret, Timestamp, Trust, Verdict,
};
use crate::platform::Adapter;
use crate::store::Store;

pub use doors::encoded;
pub use limits::Limits;

use desk::Desk;
use doors::Doors;
use shelf::Shelf;

/// Says that the program itself sent it: a replay, or the self-test. It marks, and makes nothing more believable.
pub const MARK: &str = "x-patchcord-replay";

/// How many connections may wait to be accepted; the system may hold it lower.
const BACKLOG: u32 = 4_096;

/// Where one channel's webhooks come in.
#[derive(Clone)]
pub struct Door {
    /// The channel, as its path names it.
    pub channel: ChannelName,
    /// Knows the platform's signatures and bodies.
    pub adapter: Arc<dyn Adapter>,
    /// If set, the path's last segment; without it there is nothing at that path.
    pub webhook_key: Option<Secret>,
    /// What else is secret of the channel: a header that holds it is not stored as it came.
    pub secrets: Vec<Secret>,
    /// Answers data requests by itself.
    pub rule: Option<Rule>,
}

/// Answers a data request with a JSON object's text, or says why it can't; no future where it has no rule for the key.
pub type Rule = Arc<dyn Fn(&DataRequest) -> Option<BoxFuture<'static, Result<String, String>>> + Send + Sync>;

/// Takes what a rule said that was not in the response: it came too late for that, or it failed.
pub type Late = Arc<dyn Fn(RequestId, Result<String, String>) + Send + Sync>;

/// What came, told at once besides the store.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its number; none for what was refused, which is stored when there is time.
    pub id: Option<DeliveryId>,
    /// The channel.
    pub channel: ChannelName,
    /// How far it is trusted; none where it was refused before that could be told.
    pub trust: Option<Trust>,
    /// What became of it.
    pub verdict: Verdict,
    /// What it says.
    pub inbound: Vec<Inbound>,
    /// Which of these things were known already, in their order.
    pub known: Vec<bool>,
    /// The data request that it brought, as it is stored.
    pub request: Option<DataRequest>,
    /// What was asked for, where it was refused.
    pub requested: Requested,
}

/// Takes what came. Must not block.
pub type Tell = Arc<dyn Fn(Told) + Send + Sync>;

/// What a listener is started with.
pub struct Options {
    /// Where to listen; port 0 takes any free one.
    pub bind: SocketAddr,
    /// What platforms call when a tunnel or a proxy stands before it; without a slash at its end.
    pub public_url: Option<String>,
    /// The channels that take webhooks. Those without a door yet are answered that it isn't time.
    pub channels: Vec<ChannelName>,
    /// The doors that are open from the start.
    pub doors: Vec<Door>,
    /// Where everything goes before it is acknowledged.
    pub store: Store,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// Told that something is new in the store, after it was answered; several things may be one call. Must not block.
    pub changed: Box<dyn Fn() + Send + Sync>,
    /// Told what a rule said that was not in the response. Must not block.
    pub late: Late,
    /// Told of everything that came, for whoever wants to print it.
    pub tell: Option<Tell>,
    /// How much, how many, how long.
    pub limits: Limits,
}

impl Options {
    /// The least that a listener needs: no doors, nobody told, the limits as they are by default.
    pub fn new(bind: SocketAddr, store: Store, clock: fn() -> Timestamp) -> Self {
        Self {
            bind,
            public_url: None,
            channels: Vec::new(),
            doors: Vec::new(),
            store,
            clock,
            changed: Box::new(|| ()),
            late: Arc::new(|_, _| ()),
            tell: None,
            limits: Limits::default(),
        }
    }
}

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
    pub fn start(options: Options) -> Result<Listening, ListenError> {
        let shelf = Arc::new(options.store.clone());
        start(options, shelf)
    }
}

fn start(options: Options, shelf: Arc<dyn Shelf>) -> Result<Listening, ListenError> {
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
    let doors = Arc::new(Doors::new(options.public_url.clone(), options.channels.clone()));
    doors.set(options.doors.clone());
    let (stop, stopping) = watch::channel(false);
    let desk = Desk::new(options, addr, doors.clone());
    let thread = std::thread::Builder::new()
        .name("webhook".to_owned())
        .spawn(move || serve::run(&runtime, listener, desk, shelf, stopping))
        .map_err(ListenError::Thread)?;
    Ok(Listening { addr, doors, stop, thread: Some(thread) })
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
    doors: Arc<Doors>,
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
    /// set, once its door is open.
    pub fn hook_url(&self, channel: &ChannelName) -> String {
        self.doors.hook_url(channel, &self.url())
    }

    /// Whether other machines reach it directly: it is bound to more than loopback.
    pub fn is_public(&self) -> bool {
        !self.addr.ip().to_canonical().is_loopback()
    }

    /// Opens these doors and closes all others, for requests that come from now on.
    pub fn set_doors(&self, doors: Vec<Door>) {
        self.doors.set(doors);
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
