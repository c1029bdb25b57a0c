//! The client itself: built late and off the screen's thread, one attempt a call, no redirect, no cookie.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use super::attempts::Attempts;
use super::call_log::Made;
use super::reads::Reads;
use super::response::Limits;
use super::{Address, Cause, HttpError, Method, Request, Response, call_log, encoding};
use crate::domain::{ChannelName, LoggedCall, Timeouts, Timestamp};

/// Servers of the common kind close an idle connection after 5 s. A request on one that is just being closed would fail
/// after it left, so ours are dropped before that.
const IDLE: Duration = Duration::from_secs(4);

/// The HTTP client. Cloning shares its connections.
#[derive(Clone)]
pub struct Http {
    caller: Caller,
    reads: Arc<Reads<Caller>>,
    attempts: Arc<Attempts>,
}

/// Who makes calls: by which connections, within which limits, for which channel.
#[derive(Clone)]
struct Caller {
    shared: Arc<Shared>,
    limits: Timeouts,
    /// The channel whose calls they are.
    channel: Option<ChannelName>,
    /// Whether they are written down.
    logs: bool,
    /// Whether it sends nothing that may change something: the one place where that is decided.
    read_only: bool,
}

struct Shared {
    clock: fn() -> Timestamp,
    /// How long connecting may take: name, TCP, proxy and TLS together.
    connect: Duration,
    /// Whether a proxy may be configured; without one, the client for loopback serves for all.
    proxied: bool,
    /// Whose certificates are trusted beside the system's.
    roots: Vec<reqwest::Certificate>,
    direct: OnceCell<reqwest::Client>,
    outer: OnceCell<reqwest::Client>,
}

impl Shared {
    /// Clients that are not built yet.
    fn new(clock: fn() -> Timestamp, connect: Duration, roots: Vec<reqwest::Certificate>) -> Arc<Self> {
        let (direct, outer) = (OnceCell::new(), OnceCell::new());
        Arc::new(Self { clock, connect, proxied: a_proxy_may_be_set(), roots, direct, outer })
    }
}

impl Http {
    /// A client that is not built yet. The clock dates what platforms say about "later".
    pub fn new(clock: fn() -> Timestamp) -> Self {
        let (limits, reads) = (Timeouts::default(), Arc::new(Reads::new(clock())));
        let shared = Shared::new(clock, limits.connect(), Vec::new());
        Self {
            caller: Caller { shared, limits, channel: None, logs: true, read_only: false },
            reads,
            attempts: Arc::default(),
        }
    }

    /// The same for another caller, what is remembered of calls shared.
    fn by(&self, caller: Caller) -> Self {
        Self { caller, reads: Arc::clone(&self.reads), attempts: Arc::clone(&self.attempts) }
    }

    /// One for calls that may take so long. It shares the connections, unless one may take another time to come about.
    #[must_use]
    pub fn within(&self, limits: &Timeouts) -> Self {
        let mut caller = Caller { limits: *limits, ..self.caller.clone() };
        let before = &self.caller.shared;
        if limits.connect() != before.connect {
            caller.shared = Shared::new(before.clock, limits.connect(), before.roots.clone());
        }
        self.by(caller)
    }

    /// One whose calls are nobody's to read about: those of a platform that is emulated, and those whose address is secret.
    #[must_use]
    pub fn unlogged(&self) -> Self {
        self.by(Caller { logs: false, ..self.caller.clone() })
    }

    /// One whose calls are that channel's.
    #[must_use]
    pub fn for_channel(&self, channel: &ChannelName) -> Self {
        self.by(Caller { channel: Some(channel.clone()), ..self.caller.clone() })
    }

    /// One that trusts the certificates of a file beside those that it trusts already. None where the file, PEM, holds
    /// no certificate, or one that can't be read.
    #[must_use]
    pub fn trusting(&self, pem: &[u8]) -> Option<Self> {
        let more = reqwest::Certificate::from_pem_bundle(pem).ok().filter(|more| !more.is_empty())?;
        let before = &self.caller.shared;
        let roots = before.roots.iter().cloned().chain(more).collect();
        let shared = Shared::new(before.clock, self.caller.limits.connect(), roots);
        Some(self.by(Caller { shared, ..self.caller.clone() }))
    }

    /// One that refuses, before a byte leaves, all that isn't a read: by its method, or by [`Request::reading`]. It can't
    /// be taken back: what is made of it refuses too.
    #[must_use]
    pub fn reading_only(self) -> Self {
        let caller = Caller { read_only: true, ..self.caller.clone() };
        self.by(caller)
    }

    /// Whether the request may be sent: asked by [`Http::send`], and by whoever has to call somebody else first.
    ///
    /// # Errors
    ///
    /// [`HttpError::ReadOnly`] where it isn't a read, and the client only reads.
    pub fn permit(&self, request: &Request) -> Result<(), HttpError> {
        if self.caller.read_only && request.writes() {
            return Err(HttpError::ReadOnly { host: request.address.host() });
        }
        Ok(())
    }

    /// The time by the clock that dates answers.
    pub fn now(&self) -> Timestamp {
        (self.caller.shared.clock)()
    }

    /// Builds the client ahead of the first call, off this thread. A failure shows at the first call.
    pub async fn warm(&self) {
        if let Err(error) = self.client(self.caller.shared.proxied).await {
            tracing::info!("the HTTP client was not built: {error}");
        }
    }

    /// Makes one attempt, and returns as soon as the head of the answer is there.
    ///
    /// Any status but 3xx is an answer; a redirect is an error, since following it would carry the secret along.
    ///
    /// # Errors
    ///
    /// [`HttpError`], whose [`HttpError::reach`] says whether the request may have been acted upon.
    pub async fn send(&self, request: Request) -> Result<Response, HttpError> {
        self.make(request, false).await
    }

    /// Makes a logged call again by hand; none where it is no read, or not enough is known of it any more.
    pub async fn again(&self, call: &LoggedCall) -> Option<Result<Response, HttpError>> {
        let (caller, request) = self.reads.find(call).filter(|(_, request)| request.reads)?;
        Some(self.by(caller).make(request, true).await)
    }

    async fn make(&self, request: Request, again: bool) -> Result<Response, HttpError> {
        self.permit(&request)?;
        let client = self.client(self.caller.shared.proxied && !request.address.is_loopback()).await?;
        let (channel, started) = (self.caller.channel.as_ref(), Instant::now());
        let id = self.reads.begin(&self.caller, channel, &request);
        let begun = self.attempts.begin(channel, &request);
        let outcome = self.attempt(client, &request).await;
        self.attempts.end(begun, outcome.as_ref().map_or(true, |response| response.status() >= 400));
        if self.caller.logs {
            let made = Made { id: &id, channel, attempt: begun.1, again, took: started.elapsed() };
            call_log::log(&request, &made, &outcome);
        }
        outcome
    }

    async fn attempt(&self, client: &reqwest::Client, request: &Request) -> Result<Response, HttpError> {
        let mut built = reqwest::Request::new(request.method.wire(), request.address.url().clone());
        // Without a word of it a proxy may encode the answer by a guess.
        built.headers_mut().insert("accept-encoding", reqwest::header::HeaderValue::from_static("identity"));
        for header in &request.headers {
            built.headers_mut().insert(header.name.clone(), header.value.clone());
        }
        if request.body.is_empty() && matches!(request.method, Method::Post | Method::Put) {
            // The library leaves it out, and some servers and proxies answer 411 without it.
            built.headers_mut().insert("content-length", reqwest::header::HeaderValue::from_static("0"));
        }
        *built.body_mut() = Some(request.body.clone().into());
        let host = request.address.host();
        let limits = Limits::begin(&self.caller.limits, request.upload());
        let within = request.head_within(&self.caller.limits);
        match timeout(within, client.execute(built)).await {
            Err(_) => Err(HttpError::NoAnswer { host, after: within }),
            Ok(Ok(response)) => self.accept(response, host, &request.address, limits),
            Ok(Err(error)) => Err(failed(error.without_url(), host)),
        }
    }

    fn accept(
        &self,
        response: reqwest::Response,
        host: String,
        asked: &Address,
        limits: Limits,
    ) -> Result<Response, HttpError> {
        if response.status().is_redirection() {
            let location = response.headers().get("location").and_then(|v| v.to_str().ok());
            let target =
                location.and_then(|l| asked.url().join(l).ok()).and_then(|u| u.host_str().map(str::to_owned));
            return Err(HttpError::Redirect { host, status: response.status().as_u16(), target });
        }
        // What a refusal means its status tells; a success that can't be read is none.
        if response.status().is_success()
            && let Some(encoding) = encoding::named(response.headers())
        {
            return Err(HttpError::Encoded { host, encoding });
        }
        Ok(Response::new(response, host, self.now(), limits))
    }

    async fn client(&self, outer: bool) -> Result<&reqwest::Client, HttpError> {
        let cell = if outer { &self.caller.shared.outer } else { &self.caller.shared.direct };
        cell.get_or_try_init(|| async move {
            let shared = Arc::clone(&self.caller.shared);
            let built = tokio::task::spawn_blocking(move || build(outer, shared.connect, &shared.roots)).await;
            match built {
                Ok(Ok(client)) => Ok(client),
                Ok(Err(error)) => Err(HttpError::Client { source: error.into() }),
                Err(error) => Err(HttpError::Client { source: error.into() }),
            }
        })
        .await
    }
}

/// An error before the head of the answer.
fn failed(error: reqwest::Error, host: String) -> HttpError {
    if error.is_connect() {
        let cause = Cause::from_error(&error);
        HttpError::Connect { host, cause, source: error.into() }
    } else if error.is_builder() {
        HttpError::Client { source: error.into() }
    } else {
        HttpError::Broken { host, source: error.into() }
    }
}

fn build(outer: bool, connect: Duration, roots: &[reqwest::Certificate]) -> Result<reqwest::Client, reqwest::Error> {
    // Fails if it was done before, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let plan = || {
        let plan = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("patchcord/", env!("CARGO_PKG_VERSION")));
        #[cfg(feature = "planted")]
        let plan = if crate::domain::PlantedFault::FollowRedirect.is_planted() {
            plan.redirect(reqwest::redirect::Policy::default())
        } else {
            plan
        };
        if outer { plan } else { plan.no_proxy() }
    };
    let trusting = if roots.is_empty() { plan() } else { plan().tls_certs_merge(roots.iter().cloned()) };
    // A machine without any CA certificate can still talk to the sandbox: over https it then trusts nobody else.
    trusting.build().or_else(|_| plan().tls_certs_only(roots.iter().cloned()).build())
}

/// On Linux a proxy is a matter of the environment; elsewhere the system may name one.
fn a_proxy_may_be_set() -> bool {
    cfg!(any(target_os = "macos", target_os = "windows"))
        || ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
