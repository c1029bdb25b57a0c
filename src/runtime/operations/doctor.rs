//! A look at all that a channel needs: the config file, the data directory, each channel's secrets and platform, the
//! listener, the network. Nothing is sent, changed or stored by it but what listing a channel stores.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::config::{self, Env, Origin};
use crate::domain::{Channel, ChannelName, Failure, Kind};
use crate::runtime::checkup::{Area, Finding, Health};
use crate::runtime::operations::trial;
use crate::runtime::{Clipboard, Notifier, Runtime, Setup, error_map, listen};

/// So long a name is looked up.
const LOOKUP: Duration = Duration::from_secs(5);

impl Runtime {
    /// Looks at the config file, the data directory, each channel's secrets and platform, the listener and the network,
    /// and tells each finding as it comes; only the named channel's where one is named. `offline` calls nobody.
    ///
    /// # Errors
    ///
    /// Of the kind of the first thing that is wrong, if something is.
    pub async fn examine(setup: &Setup, offline: bool, tell: &mut dyn FnMut(&Finding)) -> Result<(), Failure> {
        let mut findings = Vec::new();
        examine(setup, offline, &mut |finding| {
            tell(&finding);
            findings.push(finding);
        })
        .await;
        verdict(&findings)
    }
}

/// Looks at everything, and tells each finding as it comes. `offline` calls no platform and looks no name up.
async fn examine(setup: &Setup, offline: bool, tell: &mut dyn FnMut(Finding)) {
    let Some(runtime) = opened(setup, tell) else { return };
    if setup.channel.is_some()
        && let Err(failure) = runtime.chosen()
    {
        tell(Finding::bad(Area::Config, &failure));
    }
    data(&runtime, tell).await;
    for channel in &runtime.config().channels {
        if setup.channel.as_deref().is_none_or(|wanted| wanted == channel.name.as_str()) {
            self::channel(&runtime.on(&channel.name), channel, offline, tell).await;
        }
    }
    if !runtime.hooked().is_empty() && !runtime.inner.embedded {
        listener(&runtime, offline, tell).await;
    }
    tell(network());
    tell(clipboard().await);
    tell(notifications(&runtime));
    runtime.close().await;
}

/// The config file, and what it opens. None where it opens nothing.
fn opened(setup: &Setup, tell: &mut dyn FnMut(Finding)) -> Option<Runtime> {
    let mut setup = setup.clone();
    if setup.sandbox {
        tell(Finding::good(Area::Config, "The embedded sandbox is meant: no config file is read."));
    } else {
        let location = match config::locate(setup.config.as_deref(), &Env::system()) {
            Ok(location) => location,
            Err(error) => {
                tell(Finding::bad(Area::Config, &error.into()));
                return None;
            }
        };
        let path = location.path.display();
        if !location.exists && location.origin == Origin::Default {
            let what = format!("There is no config file at {path}: the program opens on its embedded sandbox.");
            tell(Finding::warning(Area::Config, what, "`patchcord config init` writes one to begin with."));
            setup.sandbox = true;
        } else {
            match config::load(&location.path, &setup.platforms.specs(), crate::app::check_keys) {
                Ok(config) => {
                    let count = config.channels.len();
                    let noun = if count == 1 { "channel" } else { "channels" };
                    tell(Finding::good(Area::Config, format!("{path} has {count} {noun}.")));
                }
                Err(errors) => {
                    tell(Finding::bad(Area::Config, &errors.into()));
                    return None;
                }
            }
        }
    }
    // Whether it has the channel that is named is told with the channels.
    match Runtime::open_any(&setup) {
        Ok(runtime) => Some(runtime),
        Err(failure) => {
            tell(Finding::bad(Area::Config, &failure));
            None
        }
    }
}

/// Whether the database can be read.
async fn data(runtime: &Runtime, tell: &mut dyn FnMut(Finding)) {
    let dir = runtime.data_dir().display();
    match runtime.store().last_delivery().await {
        Ok(_) => tell(Finding::good(Area::Data, format!("The database in {dir} opens."))),
        Err(error) => tell(Finding::bad(Area::Data, &error_map::store(&error))),
    }
}

/// A channel's secrets, and whether its platform takes them.
async fn channel(runtime: &Runtime, channel: &Channel, offline: bool, tell: &mut dyn FnMut(Finding)) {
    let name = &channel.name;
    let can = runtime.inner.platforms.capabilities(channel);
    let finding = match runtime.adapter().await {
        Err(failure) => Finding::bad(Area::Channel, &failure),
        Ok(_) if offline => Finding::good(Area::Channel, "Its secrets are there; it was not called."),
        Ok(adapter) => trial::called(&*adapter, can).await,
    };
    tell(finding.of_channel(name));
}

/// Who listens for webhooks, or could; and whether the public URL leads anywhere.
async fn listener(runtime: &Runtime, offline: bool, tell: &mut dyn FnMut(Finding)) {
    let bind = listen::address(runtime);
    tell(match runtime.store().listener().await {
        Ok(Some(url)) => Finding::good(Area::Listener, format!("Another patchcord listens, at {url}.")),
        Ok(None) => free(bind).await,
        Err(error) => Finding::bad(Area::Listener, &error_map::store(&error)),
    });
    let public = runtime.config().listener.public_url.clone();
    match public {
        None if bind.ip().is_loopback() => tell(Finding::warning(
            Area::Listener,
            "Only this machine can post webhooks to it: it listens on loopback, and there is no public_url.",
            "For webhooks from the internet put a tunnel or a proxy before it, and set listener.public_url.",
        )),
        None => {}
        Some(_) if offline => {}
        Some(url) => tell(leads(&url).await),
    }
    for channel in unsigned(runtime).await {
        let what =
            "Nothing tells its webhooks from a stranger's: its platform signs none, and it has no webhook_key.";
        tell(
            Finding::warning(Area::Listener, what, "Set webhook_key: it becomes a part of the URL.")
                .of_channel(&channel),
        );
    }
}

/// Whether the address could be listened on.
async fn free(bind: SocketAddr) -> Finding {
    match TcpListener::bind(bind).await {
        Ok(_) => Finding::good(Area::Listener, format!("Nobody listens, and {bind} is free.")),
        Err(error) => {
            let failure = Failure::new(Kind::Network, format!("The listener can't have {bind}: {error}."));
            Finding::bad(Area::Listener, &failure.hint("Stop the program that has it, or change listener.bind."))
        }
    }
}

/// Whether the name in a URL is known.
async fn leads(url: &str) -> Finding {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or(host);
    let with_port = if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        host.to_owned()
    } else {
        format!("{host}:443")
    };
    let found = tokio::time::timeout(LOOKUP, tokio::net::lookup_host(with_port)).await;
    let hint = "Is the tunnel on, and is listener.public_url what the platform calls?";
    match found {
        Ok(Ok(_)) => Finding::good(
            Area::Listener,
            format!("The name in public_url, {host}, is known. In the Webhooks view, h and then t posts through it."),
        ),
        Ok(Err(error)) => {
            let failure =
                Failure::new(Kind::Network, format!("The name in public_url, {host}, is not known: {error}."));
            Finding::bad(Area::Listener, &failure.hint(hint))
        }
        Err(_) => {
            let failure =
                Failure::new(Kind::Network, format!("The name in public_url, {host}, could not be looked up."));
            Finding::bad(Area::Listener, &failure.hint(hint))
        }
    }
}

/// The channels whose webhooks nothing tells from a stranger's. One whose secrets are not there was told of before.
async fn unsigned(runtime: &Runtime) -> Vec<ChannelName> {
    let mut unsigned = Vec::new();
    for channel in runtime
        .hooked()
        .into_iter()
        .filter(|channel| runtime.inner.wanted.as_deref().is_none_or(|wanted| wanted == channel.name.as_str()))
    {
        let on = runtime.on(&channel.name);
        if let Ok(adapter) = on.adapter().await
            && adapter.signature_scheme().is_none()
            && channel.webhook_key().is_none()
        {
            unsigned.push(channel.name.clone());
        }
    }
    unsigned
}

/// Which proxies calls go through, named without what they are entered by.
fn network() -> Finding {
    let proxies: Vec<String> = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .filter_map(|name| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?)))
        .map(|(name, value)| format!("{name} is {}", without_password(&value)))
        .collect();
    if proxies.is_empty() {
        return Finding::good(Area::Network, "No proxy is set.");
    }
    let but = std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy")).unwrap_or_default();
    let but = if but.is_empty() { String::new() } else { format!("; NO_PROXY is {but}") };
    Finding::good(Area::Network, format!("Calls go through a proxy: {}{but}.", proxies.join(", ")))
}

/// Where a copy goes.
async fn clipboard() -> Finding {
    let clipboard = Clipboard::new(|name| std::env::var(name).ok());
    if clipboard.has_desktop() {
        return Finding::good(Area::Clipboard, "Copies go to the desktop's clipboard.");
    }
    let Some(through) = clipboard.through() else {
        return Finding::good(Area::Clipboard, "Copies go to the terminal by OSC 52, which confirms nothing.");
    };
    match clipboard.tmux_lets_through().await {
        Some(false) => Finding::warning(
            Area::Clipboard,
            "tmux lets no copy through to the terminal.",
            "Set it in tmux: `set -g set-clipboard on`, or `set -g allow-passthrough on`.",
        ),
        _ => Finding::good(
            Area::Clipboard,
            format!("Copies go through {through} to the terminal by OSC 52, which confirms nothing."),
        ),
    }
}

/// How the user is told what happens while looking elsewhere.
fn notifications(runtime: &Runtime) -> Finding {
    let notifier = Notifier::new(&runtime.notify_rules(), |name| std::env::var(name).ok());
    let told = format!("While the window hasn't the focus, news are told by: {}.", notifier.describe());
    if notifier.is_missing() {
        let hint = "Install notify-send (libnotify), or set another `by` under [notify] in the config file.";
        return Finding::warning(Area::Notify, told, hint);
    }
    Finding::good(Area::Notify, told)
}

/// A proxy's URL without name and password.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
}

/// The failure that a command ends with: the first that was found, and how many there are.
fn verdict(findings: &[Finding]) -> Result<(), Failure> {
    let bad: Vec<Kind> = findings
        .iter()
        .filter_map(|finding| if let Health::Bad(kind) = finding.health { Some(kind) } else { None })
        .collect();
    match bad.first() {
        None => Ok(()),
        Some(kind) => {
            let (count, all) = (bad.len(), findings.len());
            Err(Failure::new(*kind, format!("{count} of {all} looks found something wrong.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let told =
            ["http://me:hunter2@proxy:3128", "me:p@ss@proxy:1", "socks5h://proxy", "proxy"].map(without_password);
        assert_eq!(told, ["http://proxy:3128", "proxy:1", "socks5h://proxy", "proxy"]);
    }

    #[test]
    fn the_first_that_is_wrong_gives_the_exit_code() {
        let good = Finding::good(Area::Data, "fine");
        let bad = |kind| Finding::bad(Area::Channel, &Failure::new(kind, "no"));
        assert_eq!(verdict(std::slice::from_ref(&good)), Ok(()));
        let failure = verdict(&[good, bad(Kind::Unauthorized), bad(Kind::Network)]).unwrap_err();
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (Kind::Unauthorized, "2 of 3 looks found something wrong.")
        );
    }
}
