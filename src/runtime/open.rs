//! Opening: which config, which channel, which adapter.

use std::sync::Arc;

use super::configured::Configured;
use super::{Inner, Runtime, Setup, archives};
use crate::app::check_keys;
use crate::config::{self, Backend, Config, Env, Listener, Origin};
use crate::domain::{
    Channel, ChannelName, Failure, Kind, NotifyRules, READ_ONLY, SavedReply, ScreenSettings, Secret, SecretRef,
    SettingValue, Timestamp,
};
use crate::http::Http;
use crate::platform::Adapter;
use crate::sandbox::{self, Running, Sandbox};
use crate::store::Store;

/// What the embedded sandbox's first channel is called.
const SANDBOX: &str = "sandbox";
/// Where its channels lead until it runs: nobody listens on the discard port.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Whether there is a config file, or one was asked for by name.
///
/// # Errors
///
/// [`Kind::Config`] where there is no home to look for a config file in.
pub fn has_config(setup: &Setup) -> Result<bool, Failure> {
    let location = config::locate(setup.config.as_deref(), &Env::system())?;
    Ok(location.exists || location.origin != Origin::Default)
}

/// Reads the config. The store opens on its own thread meanwhile, and the embedded sandbox starts at the first call.
pub(super) fn open(setup: &Setup) -> Result<Runtime, Failure> {
    let env = Env::system();
    let data_dir = config::data_dir(setup.data_dir.as_deref(), &env)?;
    let warn = setup.warn;
    let store = Store::open_telling(&data_dir, move |text| {
        if let Some(warn) = warn {
            warn(text);
        }
    });
    let mut archives = Vec::new();
    let mut identity = "sandbox".to_owned();
    let config = if setup.sandbox {
        sandbox_config()
    } else {
        let location = config::locate(setup.config.as_deref(), &env)?;
        let path = std::fs::canonicalize(&location.path);
        identity = path.as_deref().unwrap_or(&location.path).display().to_string();
        let nothing = !location.exists && location.origin == Origin::Default;
        match config::load(&location.path, &setup.platforms.specs(), check_keys) {
            // An archive needs no config file.
            Err(failure) if nothing && setup.channel.is_some() => {
                archives = archives::ask(&store);
                let named = |name: &&ChannelName| Some(name.as_str()) == setup.channel.as_deref();
                archives.iter().find(named).map(|_| archives::config()).ok_or(failure)?
            }
            loaded => loaded?,
        }
    };
    let named = |channel: &Channel| Some(channel.name.as_str()) == setup.channel.as_deref();
    if archives.is_empty() && setup.channel.is_some() && !config.channels.iter().any(named) {
        archives = archives::ask(&store);
    }
    let config_file = if setup.sandbox { None } else { config::locate(setup.config.as_deref(), &env).ok() };
    let config_file = config_file.filter(|location| location.exists).map(|location| location.path);
    let runtime = Runtime {
        channel: None,
        inner: Arc::new(Inner {
            configured: Configured::new(config, setup.read_only),
            config_file,
            reconfigured: tokio::sync::watch::Sender::new(0),
            platforms: setup.platforms.clone(),
            wanted: setup.channel.clone(),
            http: Http::new(Timestamp::now),
            store,
            data_dir,
            identity,
            secrets: std::sync::Mutex::default(),
            embedded: setup.sandbox,
            life: setup.life,
            timeout: setup.timeout,
            sandbox: tokio::sync::OnceCell::new(),
            listening: std::sync::Mutex::new(None),
            beginning: tokio::sync::Mutex::new(()),
            news: tokio::sync::watch::Sender::new(0),
            filed: std::sync::Mutex::default(),
            watched: std::sync::Mutex::default(),
            archives: std::sync::Mutex::new(archives),
            tasks: std::sync::Mutex::new(Vec::new()),
            warn,
            asked: std::sync::atomic::AtomicBool::new(false),
            unkept: std::sync::atomic::AtomicBool::new(false),
        }),
    };
    setup.opened.note(&runtime.inner);
    if setup.channel.is_some() {
        runtime.chosen()?;
    }
    Ok(runtime)
}

/// The config of somebody who has none: the sandbox's channels, whose address is known once it runs.
fn sandbox_config() -> Config {
    Config {
        default_channel: Some(ChannelName::new(SANDBOX)),
        channels: Sandbox::channels_at(NOWHERE),
        listener: Listener::default(),
        store: Backend::default(),
        replies: vec![SavedReply {
            name: "Introduction".to_owned(),
            text: "Hello {name}, this is Patchcord on {channel}. How can I help?".to_owned(),
            channels: Vec::new(),
        }],
        warnings: Vec::new(),
        notify: NotifyRules::default(),
        screen: ScreenSettings::default(),
        keys: config::KeySettings::default(),
        judge: None,
        tests: config::TestSettings::default(),
    }
}

/// The embedded sandbox, started when it is first needed, after the first frame: it reads its journal.
async fn sandbox(inner: &Arc<Inner>) -> Result<&Running, Failure> {
    let starting = inner.sandbox.get_or_try_init(|| async {
        let options = sandbox::Options {
            data_dir: Some(inner.data_dir.clone()),
            simulation: inner.life,
            ..sandbox::Options::default()
        };
        let started = tokio::task::spawn_blocking(|| Sandbox::start(options)).await;
        let started = started.map_err(|_| Failure::new(Kind::Failed, "Starting the sandbox ended unexpectedly."))?;
        started.map_err(|e| Failure::new(Kind::Failed, format!("The embedded sandbox could not start: {e}.")))
    });
    starting.await
}

/// A channel's secret, fetched. May take its time. Where one can't be had, it says as well which of the channel's other
/// variables are not set, so that nobody learns of them one by one.
pub(super) fn secret(channel: &Channel, reference: &SecretRef) -> Result<Secret, Failure> {
    let env = Env::system();
    config::resolve(reference, &env).map_err(|error| {
        let why = Failure::from(error);
        let others: Vec<&str> = channel
            .settings
            .iter()
            .filter_map(|(_, value)| match (value, reference) {
                (SettingValue::Secret(SecretRef::Env(name)), SecretRef::Env(this)) if name == this => None,
                (SettingValue::Secret(SecretRef::Env(name)), _) => Some(name.as_str()),
                _ => None,
            })
            .filter(|name| env.filled(name).is_none())
            .collect();
        let others =
            if others.is_empty() { String::new() } else { format!(". Nor is there {}", others.join(" and ")) };
        let message =
            format!("The secret of channel \"{}\" could not be had: {}{others}.", channel.name, why.message);
        Failure { message, ..why }
    })
}

/// The client as far as the channel may use it: one that only reads, where it is read only.
fn permitted(http: Http, channel: &Channel) -> Http {
    if channel.read_only { http.reading_only() } else { http }
}

/// The client that something goes out by in the name of the channel that is meant.
pub(super) fn client(runtime: &Runtime) -> Result<Http, Failure> {
    let channel = runtime.chosen()?;
    Ok(permitted(runtime.inner.http.clone(), &channel))
}

/// That the channel that is meant may be written to: asked before anything is begun that ends with a write, so that
/// nothing is claimed for what the client would refuse.
///
/// # Errors
///
/// [`Kind::Invalid`] where it is read only.
pub(super) fn writable(runtime: &Runtime) -> Result<(), Failure> {
    let channel = runtime.chosen()?;
    if !channel.read_only {
        return Ok(());
    }
    let what = format!("The channel {} is read only here, so nothing was sent.", channel.name);
    Err(Failure::new(Kind::Invalid, what).hint(READ_ONLY))
}

/// The client that trusts what the channel's `ca_file` and the network's hold, too.
pub(super) fn trusting(http: Http, channel: &Channel) -> Result<Http, Failure> {
    channel.ca_files.iter().try_fold(http, |http, file| {
        let refused = |why: String| {
            let what = format!("The certificates of channel \"{}\" in {} {why}.", channel.name, file.display());
            Failure::new(Kind::Config, what).hint("ca_file names a file of certificates in PEM. Nothing was sent.")
        };
        let pem = std::fs::read(file).map_err(|error| refused(format!("can't be read: {error}")))?;
        http.trusting(&pem).ok_or_else(|| refused("are none, or one of them can't be read".to_owned()))
    })
}

/// The chosen channel's adapter, made once. Secrets are fetched on a thread where that may take its time.
pub(super) async fn adapter(runtime: &Runtime) -> Result<Arc<dyn Adapter>, Failure> {
    let channel = runtime.chosen()?;
    let missing = || Failure::new(Kind::Failed, format!("There is no channel {}.", channel.name));
    let Some(cell) = runtime.inner.configured.adapter(&channel.name) else {
        // An archive: it has no secret, and there is nothing to be reached.
        return runtime.inner.platforms.open(&channel, &runtime.inner.http, &|_| Err(missing()));
    };
    let made = cell.get_or_try_init(|| async {
        let mut channel = channel.clone();
        if runtime.inner.embedded {
            let real = sandbox(&runtime.inner).await?.channels();
            let real = real.into_iter().find(|real| real.name == channel.name).ok_or_else(missing)?;
            channel = Channel { read_only: channel.read_only, ..real };
        }
        if let Some(limit) = runtime.inner.timeout {
            channel.timeouts = channel.timeouts.within(limit);
        }
        let http = runtime.inner.http.for_channel(&channel.name);
        let inner = Arc::clone(&runtime.inner);
        let making = tokio::task::spawn_blocking(move || {
            let http = trusting(permitted(http, &channel), &channel)?;
            inner.platforms.open(&channel, &http, &|reference| {
                let secret = secret(&channel, reference)?;
                if let Ok(mut known) = inner.secrets.lock() {
                    known.entry(channel.name.clone()).or_default().push(secret.clone());
                }
                Ok(secret)
            })
        });
        making.await.map_err(|_| Failure::new(Kind::Failed, "Opening the channel ended unexpectedly."))?
    });
    made.await.cloned()
}
