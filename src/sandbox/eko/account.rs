//! Eko's well-known account. Its secret is none: the sandbox listens on loopback.

use super::super::emulation::ChannelSetting;

/// What its channel is called in the printed config, and so where its webhooks go.
pub(super) const CHANNEL: &str = "frontline";
/// The bot's OAuth client.
pub(super) const CLIENT_ID: &str = "sandbox-eko";
/// Its secret, which also signs the webhooks.
pub(super) const CLIENT_SECRET: &str = "sandbox-eko-secret";

/// The settings of its channel.
pub(super) fn settings(base_url: &str) -> Vec<(&'static str, ChannelSetting)> {
    vec![
        ("base_url", ChannelSetting::Plain(base_url.to_owned())),
        ("client_id", ChannelSetting::Plain(CLIENT_ID.to_owned())),
        ("client_secret", ChannelSetting::Secret(CLIENT_SECRET)),
    ]
}
