//! A running sandbox: its thread, its address, and how it stops.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, watch};
use url::Url;

use crate::domain::Channel;
use crate::http::Http;

use super::channels::SandboxChannels;
use super::chat_thing::{CHANNEL_ID, SECRET};
use super::context::SandboxContext;
use super::hooks::{self, HookSender};
use super::knowledge::Knowledge;
use super::middleware::Middleware;
use super::options::{Options, SandboxError};
use super::platforms::{OpenedPlatforms, PlatformTable};
use super::resettable_stream::{ConnectionHandle, ResettableListener};
use super::server::{ServerState, handle};
use super::source_store::{JournaledSources, SourceStore};
use super::upstream::UpstreamModel;

/// How many answers may be in the making at once.
const MOST_BUSY: u32 = 4_096;
/// How long stopping waits for replies to reach the history.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// A sandbox that serves. Dropping it stops it: replies that were being spoken are kept whole, connections close.
#[derive(Debug)]
pub struct Running {
    platforms: PlatformTable,
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    hooks: watch::Sender<Option<Url>>,
    /// Whether webhooks may leave this machine.
    anywhere: bool,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(table: PlatformTable, options: Options) -> Result<Self, SandboxError> {
        let bind = options.bind;
        if !bind.ip().is_loopback() && !options.allow_public {
            return Err(SandboxError::NotLoopback(bind));
        }
        let anywhere = options.allow_public;
        let (hooks, base) =
            watch::channel(options.hooks.as_deref().map(|text| hooks::parse_base(text, anywhere)).transpose()?);
        let bound = |source| SandboxError::Bind { addr: bind, source };
        let listener = TcpListener::bind(bind).map_err(bound)?;
        listener.set_nonblocking(true).map_err(bound)?;
        let addr = listener.local_addr().map_err(bound)?;
        let platforms = OpenedPlatforms::open(table, &options)?;
        let sources = JournaledSources::open(&options)?;
        let upstream =
            options.upstream.as_ref().map(|upstream| UpstreamModel::new(upstream, options.clock)).transpose()?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(SandboxError::Thread)?;
        let (stop, stopping) = watch::channel(false);
        let endpoints = Endpoints { listener, base_url: base_url(addr).into(), hooks: base };
        let serve = move || serve(&runtime, endpoints, options, upstream, platforms, sources, stopping);
        let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(serve);
        Ok(Self {
            platforms: table,
            addr,
            stop,
            hooks,
            anywhere,
            thread: Some(thread.map_err(SandboxError::Thread)?),
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a client on this machine puts before the API's paths.
    pub fn base_url(&self) -> String {
        base_url(self.addr)
    }

    /// From now on webhooks go there: a channel's to `{base}/{channel}`.
    ///
    /// # Errors
    /// [`SandboxError::Hooks`], where it is no plain URL, or one on another machine without leave.
    pub fn set_hooks(&self, base: &str) -> Result<(), SandboxError> {
        let url = hooks::parse_base(base, self.anywhere)?;
        self.hooks.send_replace(Some(url));
        Ok(())
    }

    /// The channel that it serves.
    pub fn channel_id(&self) -> &'static str {
        CHANNEL_ID
    }

    /// The channel's well-known secret.
    pub fn secret(&self) -> &'static str {
        SECRET
    }

    /// A config file that works against it: five channels, one on each platform.
    pub fn config_toml(&self) -> String {
        self.channels_by(&self.base_url()).config_toml()
    }

    /// The channels of that config file, their secrets plain: `sandbox`, `flow`, `agents`, `frontline`, `lookups`.
    pub fn channels(&self) -> Vec<Channel> {
        self.channels_by(&self.base_url()).values()
    }

    fn channels_by<'a>(&self, base_url: &'a str) -> SandboxChannels<'a> {
        let allow_http = !self.addr.ip().is_loopback() && !self.addr.ip().is_unspecified();
        SandboxChannels { platforms: self.platforms, base_url, allow_http, hooks: self.hooks.borrow().clone() }
    }

    /// Stops it and waits until it has stopped.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn base_url(mut addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        addr.set_ip(if addr.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    format!("http://{addr}")
}

/// Where it is reached, and where it reaches others.
struct Endpoints {
    listener: TcpListener,
    base_url: Arc<str>,
    hooks: watch::Receiver<Option<Url>>,
}

fn serve(
    runtime: &Runtime,
    endpoints: Endpoints,
    options: Options,
    upstream: Option<UpstreamModel>,
    platforms: OpenedPlatforms,
    sources: JournaledSources,
    mut stopping: watch::Receiver<bool>,
) {
    runtime.block_on(async move {
        let listener = match tokio::net::TcpListener::from_std(endpoints.listener) {
            Ok(listener) => ResettableListener::new(listener),
            Err(error) => return tracing::error!(%error, "the sandbox could not use its socket"),
        };
        let busy = Arc::new(Semaphore::new(MOST_BUSY as usize));
        let middleware = Middleware::open(options.faults, platforms.secret_names());
        let http = Http::new(options.clock).unlogged();
        let source_store = SourceStore::open(sources);
        let context = SandboxContext {
            hooks: HookSender::open(http.clone(), middleware.clone(), endpoints.hooks, options.clock),
            middleware,
            http,
            simulation: options.simulation,
            base_url: endpoints.base_url,
            knowledge: Knowledge::open(source_store.clone()),
            sources: source_store,
            upstream: upstream.map(Arc::new),
            pace: options.pace,
            clock: options.clock,
            any_host: options.allow_public,
            stopping: stopping.clone(),
            busy: busy.clone(),
        };
        let platforms = platforms.start(&context);
        let router = Router::new().fallback(handle).with_state(ServerState { context, platforms });
        let service = router.into_make_service_with_connect_info::<ConnectionHandle>();
        tokio::select! {
            ended = axum::serve(listener, service).into_future() => if let Err(error) = ended {
                tracing::error!(%error, "the sandbox's server ended");
            },
            _ = stopping.wait_for(|stopping| *stopping) => {
                let _ = tokio::time::timeout(STOP_TIMEOUT, busy.acquire_many(MOST_BUSY)).await;
            }
        }
    });
}
