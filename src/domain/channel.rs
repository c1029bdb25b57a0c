//! A channel: one configured connection to one bot on one platform. The config file's keys as values.

use std::path::PathBuf;

use super::{ChannelName, Platform, Rule, SecretRef, Timeouts};

/// One configured connection to one bot.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Unique in the config file: letters, digits, `-`, `_`.
    pub name: ChannelName,
    /// What its platform needs.
    pub settings: Settings,
    /// Whether `http://` to a host other than loopback was allowed by name.
    pub allow_http: bool,
    /// How long its calls may take.
    pub timeouts: Timeouts,
    /// Files of certificates that are trusted beside the system's, PEM: the network's, and its own.
    pub ca_files: Vec<PathBuf>,
    /// How its data requests are answered without a person.
    pub rules: Vec<Rule>,
}

impl Channel {
    /// An archive of that name: no connection at all, so no config file names it.
    pub fn archive(name: ChannelName) -> Self {
        Self {
            name,
            settings: Settings::Archive,
            allow_http: false,
            timeouts: Timeouts::default(),
            ca_files: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// The platform that its settings are for.
    pub fn platform(&self) -> Platform {
        match self.settings {
            Settings::ChatThing(_) => Platform::ChatThing,
            Settings::Klaunch(_) => Platform::Klaunch,
            Settings::Operator(_) => Platform::Operator,
            Settings::Eko(_) => Platform::Eko,
            Settings::OpTech(_) => Platform::OpTech,
            Settings::Archive => Platform::Archive,
        }
    }

    /// The last segment of its webhook's path, where its platform signs nothing and one is set.
    pub fn webhook_key(&self) -> Option<&SecretRef> {
        match &self.settings {
            Settings::Klaunch(settings) => settings.webhook_key.as_ref(),
            Settings::Eko(settings) => settings.webhook_key.as_ref(),
            Settings::ChatThing(_) | Settings::Operator(_) | Settings::OpTech(_) | Settings::Archive => None,
        }
    }
}

/// What one platform needs to be reached. URLs are checked by the config room and end without a slash.
#[derive(Debug, Clone)]
pub enum Settings {
    /// Chat Thing's API channel.
    ChatThing(ChatThing),
    /// `KLaunch`'s API medium.
    Klaunch(Klaunch),
    /// Operator.
    Operator(Operator),
    /// Eko's bot API.
    Eko(Eko),
    /// `OpTech`'s data requests.
    OpTech(OpTech),
    /// What was imported: there is nothing to be reached.
    Archive,
}

/// A Chat Thing API channel.
#[derive(Debug, Clone)]
pub struct ChatThing {
    /// The channel's id, a segment of every path.
    pub channel_id: String,
    /// Sent as `X-API-Secret-Key`.
    pub secret_key: SecretRef,
    /// `https://chatthing.ai` unless set.
    pub base_url: String,
}

/// A `KLaunch` API medium.
#[derive(Debug, Clone)]
pub struct Klaunch {
    /// From the dashboard's "Request Example".
    pub send_url: String,
    /// Stands in every body.
    pub channel_id: String,
    /// Stands in every body.
    pub token: SecretRef,
    /// The first message of a new conversation.
    pub start_keyword: Option<String>,
    /// The last segment of the webhook's path.
    pub webhook_key: Option<SecretRef>,
}

/// An Operator account.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Whose conversations are listed.
    pub operator_id: String,
    /// Sent as a bearer token.
    pub api_key: SecretRef,
    /// `2024-11-11` unless set.
    pub api_version: String,
    /// `https://api.operator.xyz` unless set.
    pub base_url: String,
    /// Verifies its webhooks.
    pub signing_key: Option<SecretRef>,
}

/// An Eko bot.
#[derive(Debug, Clone)]
pub struct Eko {
    /// The customer's own host.
    pub base_url: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretRef,
    /// Whether a webhook without a signature is refused.
    pub require_signature: bool,
    /// The last segment of the webhook's path.
    pub webhook_key: Option<SecretRef>,
}

/// An `OpTech` integration.
#[derive(Debug, Clone)]
pub struct OpTech {
    /// Sent raw after `Basic`.
    pub client_id: String,
    /// Signs both ways.
    pub client_secret: SecretRef,
    /// Answers are posted under this origin only.
    pub base_url: String,
    /// How long the platform takes an answer after it asked: 10 minutes unless set.
    pub answer_within: std::time::Duration,
}
