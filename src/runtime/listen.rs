//! Listening: which instance holds the port, the doors of the channels that receive webhooks, and rules' late answers.
//!
//! Owns how the [`Listening`] of this process begins. What it took is in the store; the
//! counter `news` says that there is something new.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::operations::requests;
use super::{Inner, Runtime, error_map, open, rules};
use crate::domain::{Channel, ChannelName, Delivery, Failure, Kind, RequestId, Secret, Timestamp};
use crate::webhook::{self, HookObserver, ListenError, Listener, ListenerOptions, Listening, Route};

/// How often, and how often in all, it is looked whether it is an instance that took the port.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 20;
/// The same while one that was stopped is woken to let go of it.
const WAKING: u32 = 60;

/// Who listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ear {
    /// This process, under that URL.
    Ours(String),
    /// Another instance on the same data directory, under that URL.
    Elsewhere(String),
}

/// Listens, unless this process or another instance does already. When it comes back, the doors of the channels whose
/// secrets could be had are open; the others answer that they are not ready.
pub(super) async fn begin(runtime: &Runtime, tell: Option<HookObserver>) -> Result<Ear, Failure> {
    let inner = &runtime.inner;
    let _one_at_a_time = inner.beginning.lock().await;
    if let Some(url) = runtime.listening(Listening::url) {
        return Ok(Ear::Ours(url));
    }
    // One that is stopped takes nothing: it is woken, lets go, and is stopped again once this one listens.
    let woken =
        if inner.embedded { None } else { inner.store.wake_listener().await.map_err(|e| error_map::store(&e))? };
    // Before the socket: nobody who posts finds a channel that is not ready yet.
    let doors = doors(runtime).await;
    let (late_answers, late) = mpsc::unbounded_channel();
    let mut looks = if woken.is_some() { WAKING } else { LOOKS };
    let listening = loop {
        let (news, late_answers) = (inner.news.clone(), late_answers.clone());
        let options = ListenerOptions {
            public_url: if inner.embedded { None } else { runtime.config().listener.public_url.clone() },
            channels: runtime.hooked_names(),
            changed: Box::new(move || news.send_modify(|n| *n += 1)),
            late: Arc::new(move |id: RequestId, made: rules::Yield| {
                // The other end is gone when the program ends; the request then waits for the next one.
                let _ = late_answers.send((id, made));
            }),
            observer: tell.clone(),
            routes: doors.clone(),
            ..ListenerOptions::new(address(runtime), inner.store.clone(), Timestamp::now)
        };
        let error = match Listener::start(options) {
            Ok(listening) => break listening,
            Err(error) => error,
        };
        // The address is taken: by something else, or by an instance. One that has just taken it says so a moment later; one
        // that is ending, or was woken to let go of it, does so.
        if woken.is_none()
            && let Some(url) = inner.store.listener().await.map_err(|e| error_map::store(&e))?
        {
            return Ok(Ear::Elsewhere(url));
        }
        looks -= 1;
        if looks == 0 || !matches!(error, ListenError::InUse(_)) {
            return Err(Failure::new(Kind::Network, format!("The listener is off: {error}."))
                .hint("Stop that program, or change listener.bind."));
        }
        tokio::time::sleep(LOOK).await;
    };
    drop(late_answers);
    let url = listening.url();
    if !inner.embedded
        && let Some(other) = inner.store.hold_listener(&url).await.map_err(|e| error_map::store(&e))?
    {
        return Ok(Ear::Elsewhere(other));
    }
    if let Some(sandbox) = inner.sandbox.get() {
        sandbox
            .set_hooks(&format!("{url}/hooks"))
            .map_err(|e| Failure::new(Kind::Failed, format!("The sandbox can't post webhooks here: {e}.")))?;
    }
    if let Ok(mut held) = inner.listening.lock() {
        *held = Some(listening);
    }
    // Nobody waits for it at the end: it ends with the listener's last word.
    tokio::spawn(post_late(runtime.clone(), late));
    Ok(Ear::Ours(url))
}

/// Lets go of the port, once what was let in is answered, and of what says that this process listens.
/// Blocks until that is done.
pub(super) fn end(inner: &Inner) {
    let Some(listening) = inner.listening.lock().ok().and_then(|mut listening| listening.take()) else { return };
    // Whoever waits for it tries until the port is free, which is sooner than that all are answered.
    if let Err(error) = inner.store.release_listener().wait() {
        tracing::warn!(%error, "that nobody listens here could not be said");
    }
    listening.stop();
}

/// How often it is looked whether the instance that listens is stopped.
pub(super) const STOPPED: Duration = Duration::from_millis(500);

/// This process goes on after it was stopped: lets go of the port if that is all that it was woken for.
pub(super) async fn hand_over(runtime: &Runtime) {
    if matches!(runtime.store().listener_is_wanted().await, Ok(true)) {
        tracing::info!("another instance waits for the port, and has it");
        let inner = Arc::clone(&runtime.inner);
        let _ = tokio::task::spawn_blocking(move || end(&inner)).await;
        // It is that one's now; should it have ended meanwhile, this one asks again.
        for _ in 0..LOOKS {
            if !matches!(runtime.store().listener().await, Ok(None)) {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Whether nobody listens who would answer.
pub(super) async fn is_free(runtime: &Runtime) -> bool {
    matches!(runtime.store().listener().await, Ok(None))
        || matches!(runtime.store().listener_is_stopped().await, Ok(true))
}

/// Hears that this process goes on after it was stopped.
pub(super) struct Continued(#[cfg(unix)] tokio::signal::unix::Signal);

impl Continued {
    #[cfg(unix)]
    pub(super) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())).map(Self)
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self())
    }

    /// Waits for it.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        let _ = self.0.recv().await;
        #[cfg(not(unix))]
        std::future::pending::<()>().await;
    }
}

/// Where this process listens. The embedded sandbox finds any port.
pub(super) fn address(runtime: &Runtime) -> SocketAddr {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    if runtime.inner.embedded { free } else { runtime.config().listener.bind }
}

/// Posts what rules yield too late for the response.
async fn post_late(runtime: Runtime, mut late: mpsc::UnboundedReceiver<(RequestId, rules::Yield)>) {
    while let Some((id, made)) = late.recv().await {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            let posted = match made {
                Ok(data) => requests::answer_late(&runtime, &id, &data).await.map(|_| ()),
                Err(why) => Err(Failure::new(Kind::Failed, format!("The rule has no answer: {why}."))
                    .hint("It can still be answered by hand.")),
            };
            if let Err(failure) = posted {
                tracing::warn!(request = %id, kind = failure.kind.as_str(), "a rule's answer was not posted");
                // The request waits on: whoever looks at it learns why.
                if let Err(error) = runtime.store().note_request(&id, &failure).await {
                    tracing::warn!(request = %id, %error, "why a rule failed could not be stored");
                }
            }
            runtime.inner.news.send_modify(|n| *n += 1);
        });
    }
}

/// The doors of all channels that receive webhooks and whose secrets can be had.
async fn doors(runtime: &Runtime) -> Vec<Route> {
    let mut doors = Vec::new();
    for channel in &runtime.hooked() {
        match door(&runtime.on(&channel.name), channel).await {
            Ok(door) => doors.push(door),
            Err(failure) => {
                tracing::warn!(channel = %channel.name, kind = failure.kind.as_str(), "the channel can't receive");
            }
        }
    }
    doors
}

async fn door(on: &Runtime, channel: &Channel) -> Result<Route, Failure> {
    let adapter = on.adapter().await?;
    let webhook_key = webhook_key(channel).await?;
    // Where nothing is written, no rule answers: what is asked for waits.
    let rules = if channel.read_only { Vec::new() } else { channel.rules.clone() };
    let rule = rules::webhook_rule(rules, Timestamp::now);
    let secrets = on.inner.secrets.lock().map(|all| all.get(&channel.name).cloned()).unwrap_or_default();
    Ok(Route { channel: channel.name.clone(), adapter, webhook_key, secrets: secrets.unwrap_or_default(), rule })
}

/// The channel's `webhook_key`, fetched where that may take its time.
async fn webhook_key(channel: &Channel) -> Result<Option<Secret>, Failure> {
    let Some(secret) = channel.webhook_key().cloned() else { return Ok(None) };
    let channel = channel.clone();
    let fetching = tokio::task::spawn_blocking(move || open::secret(&channel, &secret));
    fetching.await.map_err(|_| Failure::new(Kind::Failed, "Fetching a secret ended unexpectedly."))?.map(Some)
}

/// Said of a channel to which anybody can post who knows its URL.
pub(super) const OPEN: &str = "Nothing proves who posts here: whoever knows this URL can write. A webhook_key in the config file makes it secret.";

/// Where a channel's platform has to post.
pub(super) struct Hook {
    pub(super) channel: ChannelName,
    /// With the key where there is one; or why it can't be told.
    pub(super) url: Result<String, Failure>,
    /// Whether a delivery without any proof is taken.
    pub(super) open: bool,
}

/// Where each channel's platform has to post.
pub(super) async fn hooks(runtime: &Runtime) -> Vec<Hook> {
    let base = match (&runtime.config().listener.public_url, runtime.listening(Listening::url)) {
        (Some(url), _) if !runtime.inner.embedded => url.trim_end_matches('/').to_owned(),
        (_, Some(url)) => url,
        _ => {
            let elsewhere = runtime.store().listener().await.ok().flatten();
            elsewhere.unwrap_or_else(|| format!("http://{}", address(runtime)))
        }
    };
    let mut hooks = Vec::new();
    for channel in &runtime.hooked() {
        let plain = format!("{base}/hooks/{}", channel.name);
        let door = door(&runtime.on(&channel.name), channel).await;
        let open = door.as_ref().is_ok_and(|door| door.webhook_key.is_none() && takes_anything(door));
        let url = door.map(|door| match door.webhook_key {
            Some(key) => format!("{plain}/{}", webhook::encoded(key.expose())),
            None => plain,
        });
        hooks.push(Hook { channel: channel.name.clone(), url, open });
    }
    hooks
}

/// Whether the adapter lets a delivery pass that bears no signature.
fn takes_anything(door: &Route) -> bool {
    let now = Timestamp::now();
    let (channel, body) = (door.channel.clone(), bytes::Bytes::new());
    let bare = Delivery { channel, at: now, url: String::new(), headers: Vec::new(), body, replay: false };
    door.adapter.verify(&bare, now).is_ok()
}
