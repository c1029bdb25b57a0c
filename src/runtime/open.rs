//! Opening: which config, which channel, which adapter.

use std::sync::Arc;

use super::{Inner, Runtime, Setup};
use crate::app::ChannelView;
use crate::config::{self, Backend, Config, Env, Listener, Origin};
use crate::domain::{
    Channel, ChannelName, ChatThing, Failure, Kind, SafeText, Secret, SecretRef, Settings, Timestamp,
};
use crate::http::Http;
use crate::platform::{Adapter, registry};
use crate::sandbox::{self, Sandbox};
use crate::store::Store;

/// What the embedded sandbox's channel is called.
const SANDBOX: &str = "sandbox";

/// Whether there is a config file, or one was asked for by name.
pub fn has_config(setup: &Setup) -> Result<bool, Failure> {
    let location = config::locate(setup.config.as_deref(), &Env::system())?;
    Ok(location.exists || location.origin != Origin::Default)
}

/// Reads the config. The store opens on its own thread meanwhile, and the embedded sandbox starts at the first call.
pub(super) fn open(setup: &Setup) -> Result<Runtime, Failure> {
    let env = Env::system();
    let data_dir = config::data_dir(setup.data_dir.as_deref(), &env)?;
    let config = if setup.sandbox {
        sandbox_config()
    } else {
        config::load(&config::locate(setup.config.as_deref(), &env)?.path)?
    };
    let runtime = Runtime {
        inner: Arc::new(Inner {
            config,
            wanted: setup.channel.clone(),
            http: Http::new(Timestamp::now),
            store: Store::open(&data_dir),
            data_dir,
            adapter: tokio::sync::OnceCell::new(),
            embedded: setup.sandbox,
            sandbox: std::sync::OnceLock::new(),
            tasks: std::sync::Mutex::new(Vec::new()),
        }),
    };
    runtime.chosen()?;
    Ok(runtime)
}

/// The config of somebody who has none: one channel, the sandbox, whose address is known once it runs.
fn sandbox_config() -> Config {
    Config {
        default_channel: Some(ChannelName::new(SANDBOX)),
        channels: vec![sandbox_channel("", "", String::new())],
        listener: Listener::default(),
        store: Backend::default(),
    }
}

fn sandbox_channel(channel_id: &str, secret: &str, base_url: String) -> Channel {
    let secret_key = SecretRef::Plain(Secret::new(secret));
    let settings = Settings::ChatThing(ChatThing { channel_id: channel_id.to_owned(), secret_key, base_url });
    Channel { name: ChannelName::new(SANDBOX), settings, allow_http: false, rules: Vec::new() }
}

/// Starts the embedded sandbox, and says how its channel is reached. After the first frame: it reads its journal.
fn start_sandbox(inner: &Inner) -> Result<Channel, Failure> {
    let running = if let Some(running) = inner.sandbox.get() {
        running
    } else {
        let options = sandbox::Options { data_dir: Some(inner.data_dir.clone()), ..sandbox::Options::default() };
        let started = Sandbox::start(options)
            .map_err(|e| Failure::new(Kind::Failed, format!("The embedded sandbox could not start: {e}.")))?;
        inner.sandbox.get_or_init(|| started)
    };
    Ok(sandbox_channel(running.channel_id(), running.secret(), running.base_url()))
}

/// The channel that is meant.
pub(super) fn chosen<'a>(config: &'a Config, wanted: Option<&str>) -> Result<&'a Channel, Failure> {
    let named = |name: &str| config.channels.iter().find(|c| c.name.as_str() == name);
    let all = || config.channels.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(wanted) = wanted {
        return named(wanted).ok_or_else(|| {
            Failure::new(Kind::Usage, format!("The config file has no channel named \"{wanted}\"."))
                .hint(format!("It has: {}.", all()))
        });
    }
    if let Some(found) = config.default_channel.as_ref().and_then(|name| named(name.as_str())) {
        return Ok(found);
    }
    match config.channels.as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::new(Kind::Config, "The config file has no channel.")
            .hint("Add one: `patchcord config init` writes a file with an example.")),
        _ => Err(Failure::new(Kind::Usage, "The config file has several channels and no default_channel.")
            .hint(format!("Name one with --channel: {}.", all()))),
    }
}

/// What the frame says of the chosen channel.
pub(super) fn view(runtime: &Runtime) -> Result<ChannelView, Failure> {
    let channel = runtime.chosen()?;
    Ok(ChannelView {
        name: channel.name.clone(),
        label: SafeText::one_line(channel.name.as_str()),
        platform: channel.platform(),
        sandbox: runtime.inner.embedded,
    })
}

/// The chosen channel's adapter, made once. Secrets are fetched on a thread where that may take its time.
pub(super) async fn adapter(runtime: &Runtime) -> Result<Arc<dyn Adapter>, Failure> {
    let made = runtime.inner.adapter.get_or_try_init(|| async {
        let channel = runtime.chosen()?.clone();
        let http = runtime.inner.http.clone();
        let name = channel.name.clone();
        let inner = Arc::clone(&runtime.inner);
        let making = tokio::task::spawn_blocking(move || {
            let channel = if inner.embedded { start_sandbox(&inner)? } else { channel };
            let resolve = |secret: &SecretRef| {
                config::resolve(secret, &Env::system()).map_err(|e| {
                    Failure::new(Kind::Config, format!("The secret of channel \"{name}\" could not be had: {e}."))
                })
            };
            registry::open(&channel, &http, &resolve)
        });
        making.await.map_err(|_| Failure::new(Kind::Failed, "Opening the channel ended unexpectedly."))?
    });
    made.await.cloned()
}
