//! Listening: which instance holds the port, the doors of the channels that receive webhooks, and rules' late answers.
//!
//! Owns how the [`Listening`](crate::webhook::Listening) of this process begins. What it took is in the store; the
//! counter `news` says that there is something new.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::operations::requests;
use super::{Runtime, open, rules, trouble};
use crate::domain::{Channel, ChannelName, Failure, Kind, RequestId, Secret, Timestamp};
use crate::webhook::{Door, ListenError, Listener, Options, Tell};

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
pub(super) async fn begin(runtime: &Runtime, tell: Option<Tell>) -> Result<Ear, Failure> {
    let inner = &runtime.inner;
    let _one_at_a_time = inner.beginning.lock().await;
    if let Some(listening) = inner.listening.get() {
        return Ok(Ear::Ours(listening.url()));
    }
    let news = inner.news.clone();
    let (late_answers, late) = mpsc::unbounded_channel();
    let options = Options {
        public_url: if inner.embedded { None } else { inner.config.listener.public_url.clone() },
        channels: runtime.hooked().map(|channel| channel.name.clone()).collect(),
        changed: Box::new(move || news.send_modify(|n| *n += 1)),
        late: Arc::new(move |id: RequestId, made: rules::Yield| {
            // The other end is gone when the program ends; the request then waits for the next one.
            let _ = late_answers.send((id, made));
        }),
        tell,
        ..Options::new(address(runtime), inner.store.clone(), Timestamp::now)
    };
    let listening = match Listener::start(options) {
        Ok(listening) => listening,
        Err(error) => return elsewhere(runtime, &error).await,
    };
    let url = listening.url();
    if !inner.embedded
        && let Some(other) = inner.store.hold_listener(&url).await.map_err(|e| trouble::store(&e))?
    {
        return Ok(Ear::Elsewhere(other));
    }
    listening.set_doors(doors(runtime).await);
    if let Some(sandbox) = inner.sandbox.get() {
        sandbox
            .set_hooks(&format!("{url}/hooks"))
            .map_err(|e| Failure::new(Kind::Failed, format!("The sandbox can't post webhooks here: {e}.")))?;
    }
    let _ = inner.listening.set(listening);
    // Nobody waits for it at the end: it ends with the listener's last word.
    tokio::spawn(post_late(runtime.clone(), late));
    Ok(Ear::Ours(url))
}

/// The address is taken: by another instance, or by something else.
async fn elsewhere(runtime: &Runtime, error: &ListenError) -> Result<Ear, Failure> {
    if matches!(error, ListenError::InUse(_))
        && let Some(url) = runtime.store().listener().await.map_err(|e| trouble::store(&e))?
    {
        return Ok(Ear::Elsewhere(url));
    }
    Err(Failure::new(Kind::Network, format!("The listener is off: {error}."))
        .hint("Change listener.bind in the config file, or stop the other program."))
}

/// Where this process listens. The embedded sandbox finds any port.
pub(super) fn address(runtime: &Runtime) -> SocketAddr {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    if runtime.inner.embedded { free } else { runtime.inner.config.listener.bind }
}

/// Posts what rules yield too late for the response.
async fn post_late(runtime: Runtime, mut late: mpsc::UnboundedReceiver<(RequestId, rules::Yield)>) {
    while let Some((id, made)) = late.recv().await {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            let posted = match made {
                Ok(data) => requests::answer(&runtime, &id, &data).await.map(|_| ()),
                Err(why) => Err(Failure::new(Kind::Failed, format!("The rule has no answer: {why}"))),
            };
            if let Err(failure) = posted {
                // The request's own state says what became of it; this says why.
                tracing::warn!(request = %id, kind = failure.kind.as_str(), %failure, "a rule's answer was not posted");
            }
            runtime.inner.news.send_modify(|n| *n += 1);
        });
    }
}

/// The doors of all channels that receive webhooks and whose secrets can be had.
async fn doors(runtime: &Runtime) -> Vec<Door> {
    let mut doors = Vec::new();
    for channel in runtime.hooked() {
        match door(&runtime.on(&channel.name), channel).await {
            Ok(door) => doors.push(door),
            Err(failure) => {
                tracing::warn!(channel = %channel.name, kind = failure.kind.as_str(), "the channel can't receive");
            }
        }
    }
    doors
}

async fn door(on: &Runtime, channel: &Channel) -> Result<Door, Failure> {
    let adapter = on.adapter().await?;
    let webhook_key = webhook_key(channel).await?;
    let rule = rules::of(channel.rules.clone(), Timestamp::now);
    Ok(Door { channel: channel.name.clone(), adapter, webhook_key, rule })
}

/// The channel's `webhook_key`, fetched where that may take its time.
async fn webhook_key(channel: &Channel) -> Result<Option<Secret>, Failure> {
    let Some(secret) = channel.webhook_key().cloned() else { return Ok(None) };
    let name = channel.name.clone();
    let fetching = tokio::task::spawn_blocking(move || open::secret(&name, &secret));
    fetching.await.map_err(|_| Failure::new(Kind::Failed, "Fetching a secret ended unexpectedly."))?.map(Some)
}

/// Where each channel's platform has to post, with the key where there is one; or why it can't be told.
pub(super) async fn hooks(runtime: &Runtime) -> Vec<(ChannelName, Result<String, Failure>)> {
    let base = match (&runtime.inner.config.listener.public_url, runtime.inner.listening.get()) {
        (Some(url), _) if !runtime.inner.embedded => url.trim_end_matches('/').to_owned(),
        (_, Some(listening)) => listening.url(),
        _ => {
            let elsewhere = runtime.store().listener().await.ok().flatten();
            elsewhere.unwrap_or_else(|| format!("http://{}", address(runtime)))
        }
    };
    let mut hooks = Vec::new();
    for channel in runtime.hooked() {
        let plain = format!("{base}/hooks/{}", channel.name);
        let url = match door(&runtime.on(&channel.name), channel).await {
            Ok(Door { webhook_key: Some(key), .. }) => Ok(format!("{plain}/{}", key.expose())),
            Ok(_) => Ok(plain),
            Err(failure) => Err(failure),
        };
        hooks.push((channel.name.clone(), url));
    }
    hooks
}
