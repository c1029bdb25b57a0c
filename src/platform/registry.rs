//! The platforms that there are: from a channel to its adapter. The only file that names them all.

use std::sync::Arc;

use super::archive::Archive;
use super::{Adapter, PlatformDescriptor, ResolveSecret, chat_thing, eko, klaunch, operator, optech};
use crate::domain::{Capabilities, Channel, Failure, Kind, Platform, PlatformSpec};
use crate::http::Http;

/// The platforms that the program comes with, in the order of lists and documents.
const BUILT_IN: &[&PlatformDescriptor] =
    &[&chat_thing::DESCRIPTOR, &klaunch::DESCRIPTOR, &operator::DESCRIPTOR, &eko::DESCRIPTOR, &optech::DESCRIPTOR];

/// The platforms that a run of the program knows. What it comes with by default.
#[derive(Debug, Clone)]
pub struct Registry(Vec<&'static PlatformDescriptor>);

impl Default for Registry {
    fn default() -> Self {
        Self(BUILT_IN.to_vec())
    }
}

impl Registry {
    /// The same with one more; in place of the one of its name, where there is one.
    #[must_use]
    pub fn with(mut self, descriptor: &'static PlatformDescriptor) -> Self {
        self.0.retain(|known| known.spec.platform != descriptor.spec.platform);
        self.0.push(descriptor);
        self
    }

    /// What is known of each before a channel is opened: what the config room reads channels by.
    pub fn specs(&self) -> Vec<&'static PlatformSpec> {
        self.0.iter().map(|descriptor| descriptor.spec).collect()
    }

    /// The adapter of a channel. Its secrets are resolved here and nowhere else; nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Kind::Config`] where a setting can't work or the platform isn't known, and the resolver's own failure where a
    /// secret can't be had.
    pub fn open(
        &self,
        channel: &Channel,
        http: &Http,
        resolve: &ResolveSecret<'_>,
    ) -> Result<Arc<dyn Adapter>, Failure> {
        let platform = channel.platform();
        if platform == Platform::ARCHIVE {
            return Ok(Arc::new(Archive));
        }
        let unknown = || {
            let what = format!("The channel {} is of a platform that isn't known: {}.", channel.name, platform.id());
            Failure::new(Kind::Config, what)
        };
        (self.find(platform).ok_or_else(unknown)?.open)(channel, &http.within(&channel.timeouts), resolve)
    }

    /// What a channel's platform can do, told before a secret is fetched or an adapter opened. Nothing, where it isn't
    /// known.
    pub fn capabilities(&self, channel: &Channel) -> Capabilities {
        let platform = channel.platform();
        if platform == Platform::ARCHIVE {
            return Archive::CAPABILITIES;
        }
        self.find(platform).map_or(Capabilities::NONE, |descriptor| (descriptor.capabilities)(&channel.settings))
    }

    fn find(&self, platform: Platform) -> Option<&'static PlatformDescriptor> {
        self.0.iter().copied().find(|descriptor| descriptor.spec.platform == platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, Secret, SecretRef, Settings, Timeouts, Timestamp};

    fn channel(settings: Settings) -> Channel {
        Channel {
            name: ChannelName::new("docs"),
            settings,
            allow_http: false,
            timeouts: Timeouts::default(),
            ca_files: Vec::new(),
            read_only: false,
            rules: Vec::new(),
        }
    }

    fn chat_thing(channel_id: &str, base_url: &str) -> Channel {
        channel(
            Settings::new(chat_thing::DESCRIPTOR.spec.platform)
                .with("channel_id", channel_id)
                .with("secret_key", SecretRef::Env("KEY".to_owned()))
                .with("base_url", base_url),
        )
    }

    fn try_open(channel: &Channel, secret: &str) -> Result<Arc<dyn Adapter>, Failure> {
        Registry::default().open(channel, &Http::new(Timestamp::now), &|_| Ok(Secret::new(secret)))
    }

    #[test]
    fn a_chat_thing_channel_opens_with_all_capabilities() {
        let adapter = try_open(&chat_thing("6b0f6c2e", "https://chatthing.ai"), "s").unwrap();
        let can = adapter.capabilities();
        assert!(can.start && can.send && can.stream && can.list && can.history);
    }

    #[test]
    fn settings_that_cannot_work_are_refused_before_any_call() {
        let opened = |id, url, secret| try_open(&chat_thing(id, url), secret).err().map(|f| f.kind);
        assert_eq!(opened("..", "https://h", "s"), Some(Kind::Config));
        assert_eq!(opened("a/b", "https://h", "s"), None);
        assert_eq!(opened("a", "ftp://h", "s"), Some(Kind::Config));
        assert_eq!(opened("a", "https://h", "two\nlines"), Some(Kind::Config));
    }

    #[test]
    fn a_platform_that_is_not_known_opens_nothing_and_can_nothing() {
        let unknown = channel(Settings::new(Platform::new("elsewhere")));
        let failure = try_open(&unknown, "s").err().unwrap();
        assert!(failure.kind == Kind::Config && failure.message.contains("elsewhere"), "{failure:?}");
        assert_eq!(Registry::default().capabilities(&unknown), Capabilities::NONE);
        assert!(Registry::default().capabilities(&Channel::archive(ChannelName::new("old"))).is_archive());
    }

    #[test]
    fn every_platform_has_a_name_and_keys_of_its_own() {
        let specs = Registry::default().specs();
        for (at, spec) in specs.iter().enumerate() {
            assert!(specs[..at].iter().all(|other| other.platform != spec.platform && other.title != spec.title));
            assert!(spec.platform != Platform::ARCHIVE && spec.channel_noun.contains(spec.platform.id()));
            let common = ["name", "platform", "allow_http", "timeouts", "ca_file", "rules", "read_only"];
            for (at, key) in spec.keys.iter().enumerate() {
                let double = spec.keys[..at].iter().any(|other| other.name == key.name);
                assert!(!double && !common.contains(&key.name), "{}: {}", spec.title, key.name);
            }
        }
    }

    /// The example's channels are the platforms' own blocks. `PATCHCORD_WRITE_EXAMPLE=1` writes them anew.
    #[test]
    fn the_example_has_every_platforms_sample() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml");
        let text = std::fs::read_to_string(path).unwrap();
        let begin = text.find("[[channels]]\n").unwrap();
        let end = text.find("# Where webhooks are taken").unwrap();
        let samples: Vec<&str> = Registry::default().specs().iter().map(|spec| spec.sample).collect();
        let channels = samples.join("\n") + "\n";
        if std::env::var_os("PATCHCORD_WRITE_EXAMPLE").is_some() {
            std::fs::write(path, format!("{}{channels}{}", &text[..begin], &text[end..])).unwrap();
        } else {
            assert_eq!(&text[begin..end], channels, "PATCHCORD_WRITE_EXAMPLE=1 writes it anew");
        }
    }

    #[test]
    fn a_sample_and_a_starter_show_their_keys() {
        for spec in Registry::default().specs() {
            for key in spec.keys {
                assert!(spec.sample.contains(&format!("{} = ", key.name)), "{}: {}", spec.title, key.name);
            }
            for key in spec.required_keys() {
                assert!(spec.starter.contains(&format!("{key} = ")), "{}: {key}", spec.title);
            }
        }
    }

    #[test]
    fn a_secret_that_is_not_there_is_the_resolvers_failure() {
        let missing = Failure::new(Kind::Config, "KEY is not set");
        let http = Http::new(Timestamp::now);
        let opened = Registry::default().open(&chat_thing("a", "https://h"), &http, &|_| Err(missing.clone()));
        assert_eq!(opened.err(), Some(missing));
    }
}

/// The platforms that sign, with a secret each: for tests of what signatures have in common.
#[cfg(test)]
pub(in crate::platform) mod signing {
    use std::time::Duration;

    use super::*;
    use crate::domain::{ChannelName, Secret, SecretRef, Settings, Timeouts, Timestamp};

    fn open(name: &str, settings: Settings, secret: &str) -> Arc<dyn Adapter> {
        let channel = Channel {
            name: ChannelName::new(name),
            settings,
            allow_http: false,
            rules: Vec::new(),
            timeouts: Timeouts::default(),
            ca_files: Vec::new(),
            read_only: false,
        };
        let http = Http::new(|| Timestamp::from_millis(0));
        Registry::default().open(&channel, &http, &|_| Ok(Secret::new(secret))).unwrap()
    }

    fn key() -> SecretRef {
        SecretRef::Env("KEY".to_owned())
    }

    /// One that wants signatures.
    pub(in crate::platform) fn eko(name: &str, secret: &str) -> Arc<dyn Adapter> {
        let settings = Settings::new(super::eko::DESCRIPTOR.spec.platform)
            .with("base_url", "https://h")
            .with("client_id", "id")
            .with("client_secret", key())
            .with("require_signature", true);
        open(name, settings, secret)
    }

    /// One with that secret.
    pub(in crate::platform) fn optech(name: &str, secret: &str) -> Arc<dyn Adapter> {
        let settings = Settings::new(super::optech::DESCRIPTOR.spec.platform)
            .with("client_id", "id")
            .with("client_secret", key())
            .with("base_url", "https://h")
            .with("answer_within", Duration::from_secs(10));
        open(name, settings, secret)
    }

    /// One with that signing key.
    pub(in crate::platform) fn operator(name: &str, secret: &str) -> Arc<dyn Adapter> {
        let settings = Settings::new(super::operator::DESCRIPTOR.spec.platform)
            .with("operator_id", "op")
            .with("api_key", key())
            .with("base_url", "https://h")
            .with("signing_key", key());
        open(name, settings, secret)
    }
}
