//! The five channels that work against a running sandbox: as a config file, and as values.
//!
//! Both are made of one table, so that they are always the same.

use std::net::{Ipv4Addr, SocketAddr};

use url::{Host, Url};

use crate::domain::{Channel, ChannelName, Platform, Secret, SecretRef, Settings, Timeouts};

use super::keys;

/// Where they lead, and where the program that has them listens.
pub(super) struct Channels<'a> {
    pub(super) base_url: &'a str,
    /// Whether the base is on another machine, as the config file sees it.
    pub(super) allow_http: bool,
    /// Where webhooks go.
    pub(super) hooks: Option<Url>,
}

impl Channels<'_> {
    /// A config file with them.
    pub(super) fn config_toml(&self) -> String {
        let mut lines = vec!["default_channel = \"sandbox\"".to_owned()];
        for entry in self.entries() {
            let (name, platform) = (entry.name, entry.platform);
            lines.push(format!("\n[[channels]]\nname = \"{name}\"\nplatform = \"{platform}\""));
            lines.extend(entry.keys.iter().map(|(key, value)| match value {
                Value::Plain(text) => format!("{key} = \"{text}\""),
                // A file that holds no plain secret may be of any mode.
                Value::Secret(secret) => format!("{key} = {{ command = [\"echo\", \"{secret}\"] }}"),
            }));
            lines.extend(self.allow_http.then(|| "allow_http = true".to_owned()));
        }
        if let Some(bind) = self.hooks.as_ref().and_then(listener) {
            lines.push(format!("\n[listener]\nbind = \"{bind}\"   # where the webhooks go"));
        }
        lines.join("\n") + "\n"
    }

    /// The channels themselves, their secrets plain.
    pub(super) fn values(&self) -> Vec<Channel> {
        let channel = |entry: Entry| {
            let mut settings = Settings::new(Platform::new(entry.platform));
            for (key, value) in entry.keys {
                match value {
                    Value::Plain(text) => settings.set(key, text.as_str()),
                    Value::Secret(secret) => settings.set(key, SecretRef::Plain(Secret::new(secret))),
                }
            }
            Channel {
                name: ChannelName::new(entry.name),
                settings,
                allow_http: self.allow_http,
                timeouts: Timeouts::default(),
                ca_files: Vec::new(),
                rules: Vec::new(),
            }
        };
        self.entries().into_iter().map(channel).collect()
    }

    /// One for each platform; what a config file may leave out is left out.
    fn entries(&self) -> [Entry; 5] {
        let base = self.base_url;
        let entry = |name, platform, keys| Entry { name, platform, keys };
        [
            entry(
                "sandbox",
                "chat-thing",
                vec![
                    ("channel_id", plain(keys::CHAT_THING_CHANNEL)),
                    ("secret_key", Value::Secret(keys::CHAT_THING_SECRET)),
                    ("base_url", plain(base)),
                ],
            ),
            entry(
                keys::FLOW,
                "klaunch",
                vec![
                    ("send_url", plain(&format!("{base}/klaunch/send"))),
                    ("channel_id", plain(keys::KLAUNCH_CHANNEL)),
                    ("token", Value::Secret(keys::KLAUNCH_TOKEN)),
                    ("start_keyword", plain(keys::KLAUNCH_KEYWORD)),
                    ("webhook_key", Value::Secret(keys::KLAUNCH_HOOK)),
                ],
            ),
            entry(
                keys::AGENTS,
                "operator",
                vec![
                    ("operator_id", plain(keys::OPERATOR_ID)),
                    ("api_key", Value::Secret(keys::OPERATOR_API_KEY)),
                    ("base_url", plain(base)),
                    ("signing_key", Value::Secret(keys::OPERATOR_SIGNING_KEY)),
                ],
            ),
            entry(
                keys::FRONTLINE,
                "eko",
                vec![
                    ("base_url", plain(base)),
                    ("client_id", plain(keys::EKO_CLIENT_ID)),
                    ("client_secret", Value::Secret(keys::EKO_CLIENT_SECRET)),
                ],
            ),
            entry(
                keys::LOOKUPS,
                "optech",
                vec![
                    ("client_id", plain(keys::OPTECH_CLIENT_ID)),
                    ("client_secret", Value::Secret(keys::OPTECH_CLIENT_SECRET)),
                    ("base_url", plain(base)),
                ],
            ),
        ]
    }
}

/// One channel, before it is text or values.
struct Entry {
    name: &'static str,
    platform: &'static str,
    keys: Vec<(&'static str, Value)>,
}

/// What stands under a key.
enum Value {
    Plain(String),
    Secret(&'static str),
}

fn plain(text: &str) -> Value {
    Value::Plain(text.to_owned())
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
    use std::path::Path;

    use super::*;
    use crate::config;
    use crate::domain::SettingValue;

    fn channels(hooks: Option<Url>) -> Channels<'static> {
        Channels { base_url: "http://127.0.0.1:8080", allow_http: false, hooks }
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
        let file = config::parse_known(&channels.config_toml(), Path::new("x")).unwrap();
        assert_eq!(file.channels.len(), 5);
        for (mut value, mut read) in values.into_iter().zip(file.channels) {
            let shown = |channel: &mut Channel| {
                let texts = channel.settings.iter_mut().map(|(key, value)| match value {
                    SettingValue::Secret(_) => (key, "a secret".to_owned()),
                    value => (key, format!("{value:?}")),
                });
                // A flag that is left out is false, and is read as that.
                texts.filter(|(_, value)| value != "Flag(false)").collect::<Vec<_>>()
            };
            assert_eq!(shown(&mut value), shown(&mut read), "{}", value.name);
        }
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
        let channels = Channels { base_url: "http://192.0.2.1:1", allow_http: true, hooks: None };
        assert_eq!(channels.config_toml().matches("allow_http = true").count(), 5);
        assert_eq!(channels.values().len(), 5);
    }
}
