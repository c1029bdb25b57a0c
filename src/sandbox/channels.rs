//! The five channels that work against a running sandbox: as a config file, and as values.
//!
//! Both are made of one table, so that they are always the same.

use std::net::{Ipv4Addr, SocketAddr};

use url::{Host, Url};

use crate::domain::{Channel, ChannelName, Platform, Secret, SecretRef, Settings, Timeouts};

use super::emulation::{ChannelSetting, EmulationDescriptor};
use super::platforms::PlatformTable;

/// Where they lead, and where the program that has them listens.
pub(super) struct SandboxChannels<'a> {
    pub(super) platforms: PlatformTable,
    pub(super) base_url: &'a str,
    /// Whether the base is on another machine, as the config file sees it.
    pub(super) allow_http: bool,
    /// Where webhooks go.
    pub(super) hooks: Option<Url>,
}

impl SandboxChannels<'_> {
    /// A config file with them.
    pub(super) fn config_toml(&self) -> String {
        // A file that holds no plain secret may be of any mode.
        self.toml(|secret| format!("{{ command = [\"echo\", \"{secret}\"] }}"))
    }

    /// The channels themselves, their secrets plain.
    pub(super) fn values(&self) -> Vec<Channel> {
        let channel = |platform: &&EmulationDescriptor| {
            let mut settings = Settings::new(Platform::new(platform.id));
            for (key, value) in (platform.settings)(self.base_url) {
                match value {
                    ChannelSetting::Plain(text) => settings.set(key, text.as_str()),
                    ChannelSetting::Secret(secret) => settings.set(key, SecretRef::Plain(Secret::new(secret))),
                }
            }
            Channel {
                name: ChannelName::new(platform.channel),
                settings,
                allow_http: self.allow_http,
                timeouts: Timeouts::default(),
                ca_files: Vec::new(),
                read_only: false,
                rules: Vec::new(),
            }
        };
        self.platforms.iter().map(channel).collect()
    }

    fn toml(&self, secret: impl Fn(&str) -> String) -> String {
        let mut lines = vec![format!("default_channel = \"{}\"", self.platforms[0].channel)];
        for platform in self.platforms {
            let (name, id) = (platform.channel, platform.id);
            lines.push(format!("\n[[channels]]\nname = \"{name}\"\nplatform = \"{id}\""));
            lines.extend((platform.settings)(self.base_url).into_iter().map(|(key, value)| match value {
                ChannelSetting::Plain(text) => format!("{key} = \"{text}\""),
                ChannelSetting::Secret(text) => format!("{key} = {}", secret(text)),
            }));
            lines.extend(self.allow_http.then(|| "allow_http = true".to_owned()));
        }
        if let Some(bind) = self.hooks.as_ref().and_then(listener) {
            lines.push(format!("\n[listener]\nbind = \"{bind}\"   # where the webhooks go"));
        }
        lines.join("\n") + "\n"
    }
}

/// The address to listen on, so that webhooks to this URL arrive; none where another machine stands between.
fn listener(hooks: &Url) -> Option<SocketAddr> {
    let ip = match hooks.host()? {
        Host::Ipv4(ip) => ip.into(),
        Host::Ipv6(ip) => ip.into(),
        Host::Domain(name) if name.eq_ignore_ascii_case("localhost") => Ipv4Addr::LOCALHOST.into(),
        Host::Domain(_) => return None,
    };
    Some(SocketAddr::new(ip, hooks.port_or_known_default()?)).filter(|bind| bind.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::platforms::PLATFORMS;
    use super::*;

    fn channels(hooks: Option<Url>) -> SandboxChannels<'static> {
        SandboxChannels { platforms: PLATFORMS, base_url: "http://127.0.0.1:8080", allow_http: false, hooks }
    }

    #[test]
    fn the_file_and_the_values_are_the_same_five_channels() {
        let hooks = "http://127.0.0.1:9000/hooks".parse().unwrap();
        let channels = channels(Some(hooks));
        let values = channels.values();
        let shown: Vec<String> =
            values.iter().map(|channel| format!("{}: {}", channel.name.as_str(), channel.platform().id())).collect();
        let expected =
            ["sandbox: chat-thing", "flow: klaunch", "agents: operator", "frontline: eko", "lookups: optech"];
        assert_eq!(shown, expected);
        let file = crate::config::parse_known(&channels.config_toml(), std::path::Path::new("x")).unwrap();
        assert_eq!(file.channels.len(), 5);
        assert_eq!(file.default_channel.unwrap().as_str(), "sandbox");
        assert_eq!(file.listener.bind, "127.0.0.1:9000".parse().unwrap());
    }

    #[test]
    fn the_listener_stands_where_the_webhooks_go() {
        let bind = |url: &str| listener(&url.parse().unwrap()).map(|bind| bind.to_string());
        assert_eq!(bind("http://localhost:8787/hooks").as_deref(), Some("127.0.0.1:8787"));
        assert_eq!(bind("http://[::1]:9/hooks").as_deref(), Some("[::1]:9"));
        assert_eq!(bind("http://127.0.0.1/").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(bind("https://hooks.example.com/"), None);
        assert_eq!(bind("http://192.0.2.1:1/"), None);
        assert!(!channels(None).config_toml().contains("[listener]"));
    }

    #[test]
    fn a_sandbox_on_another_machine_needs_leave() {
        let channels =
            SandboxChannels { platforms: PLATFORMS, base_url: "http://192.0.2.1:1", allow_http: true, hooks: None };
        assert_eq!(channels.config_toml().matches("allow_http = true").count(), 5);
        assert_eq!(channels.values().len(), 5);
    }
}
