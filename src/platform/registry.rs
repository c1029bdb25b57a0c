//! From a channel to its adapter: the only match on the platform outside the domain.

use std::sync::Arc;

use super::Adapter;
use super::archive::Archive;
use super::chat_thing::ChatThing;
use super::eko::Eko;
use super::klaunch::Klaunch;
use super::operator::Operator;
use super::optech::OpTech;
use crate::domain::{Capabilities, Channel, Failure, Secret, SecretRef, Settings};
use crate::http::Http;

/// The adapter of a channel. Its secrets are resolved here and nowhere else; nothing is sent.
pub fn open(
    channel: &Channel,
    http: &Http,
    resolve: &dyn Fn(&SecretRef) -> Result<Secret, Failure>,
) -> Result<Arc<dyn Adapter>, Failure> {
    let http = &http.within(&channel.timeouts);
    match &channel.settings {
        Settings::ChatThing(settings) => Ok(Arc::new(ChatThing::open(&channel.name, settings, http, resolve)?)),
        Settings::Klaunch(settings) => Ok(Arc::new(Klaunch::open(&channel.name, settings, http, resolve)?)),
        Settings::OpTech(settings) => Ok(Arc::new(OpTech::open(&channel.name, settings, http, resolve)?)),
        Settings::Operator(settings) => Ok(Arc::new(Operator::open(&channel.name, settings, http, resolve)?)),
        Settings::Eko(settings) => Ok(Arc::new(Eko::open(&channel.name, settings, http, resolve)?)),
        Settings::Archive => Ok(Arc::new(Archive)),
    }
}

/// What a channel's platform can do, told before a secret is fetched or an adapter opened.
pub fn capabilities(channel: &Channel) -> Capabilities {
    match &channel.settings {
        Settings::ChatThing(_) => ChatThing::CAPABILITIES,
        Settings::Klaunch(settings) => Klaunch::can(settings),
        Settings::OpTech(_) => OpTech::CAPABILITIES,
        Settings::Operator(settings) => Operator::can(&settings.api_version),
        Settings::Eko(_) => Eko::CAPABILITIES,
        Settings::Archive => Archive::CAPABILITIES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, ChatThing, Kind, Timeouts, Timestamp};

    fn channel(settings: Settings) -> Channel {
        Channel {
            name: ChannelName::new("docs"),
            settings,
            allow_http: false,
            timeouts: Timeouts::default(),
            ca_files: Vec::new(),
            rules: Vec::new(),
        }
    }

    fn chat_thing(channel_id: &str, base_url: &str) -> Channel {
        let secret_key = SecretRef::Env("KEY".to_owned());
        channel(Settings::ChatThing(ChatThing {
            channel_id: channel_id.to_owned(),
            secret_key,
            base_url: base_url.to_owned(),
        }))
    }

    fn try_open(channel: &Channel, secret: &str) -> Result<Arc<dyn Adapter>, Failure> {
        open(channel, &Http::new(Timestamp::now), &|_| Ok(Secret::new(secret)))
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
    fn a_secret_that_is_not_there_is_the_resolvers_failure() {
        let missing = Failure::new(Kind::Config, "KEY is not set");
        let http = Http::new(Timestamp::now);
        let opened = open(&chat_thing("a", "https://h"), &http, &|_| Err(missing.clone()));
        assert_eq!(opened.err(), Some(missing));
    }
}

/// The platforms that sign, with a secret each: for tests of what signatures have in common.
#[cfg(test)]
pub(in crate::platform) mod signing {
    use std::time::Duration;

    use super::*;
    use crate::domain::{ChannelName, Timeouts, Timestamp};

    fn open(name: &str, settings: Settings, secret: &str) -> Arc<dyn Adapter> {
        let channel = Channel {
            name: ChannelName::new(name),
            settings,
            allow_http: false,
            rules: Vec::new(),
            timeouts: Timeouts::default(),
            ca_files: Vec::new(),
        };
        super::open(&channel, &Http::new(|| Timestamp::from_millis(0)), &|_| Ok(Secret::new(secret))).unwrap()
    }

    fn key() -> SecretRef {
        SecretRef::Env("KEY".to_owned())
    }

    /// One that wants signatures.
    pub(in crate::platform) fn eko(name: &str, secret: &str) -> Arc<dyn Adapter> {
        let settings = crate::domain::Eko {
            base_url: "https://h".to_owned(),
            client_id: "id".to_owned(),
            client_secret: key(),
            require_signature: true,
            webhook_key: None,
        };
        open(name, Settings::Eko(settings), secret)
    }

    /// One with that secret.
    pub(in crate::platform) fn optech(name: &str, secret: &str) -> Arc<dyn Adapter> {
        let settings = crate::domain::OpTech {
            client_id: "id".to_owned(),
            client_secret: key(),
            base_url: "https://h".to_owned(),
            answer_within: Duration::from_secs(10),
        };
        open(name, Settings::OpTech(settings), secret)
    }

    /// One with that signing key.
    pub(in crate::platform) fn operator(name: &str, secret: &str) -> Arc<dyn Adapter> {
        let settings = crate::domain::Operator {
            operator_id: "op".to_owned(),
            api_key: key(),
            api_version: "2024-11-11".to_owned(),
            base_url: "https://h".to_owned(),
            signing_key: Some(key()),
        };
        open(name, Settings::Operator(settings), secret)
    }
}
