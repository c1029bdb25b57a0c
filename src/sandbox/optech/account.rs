//! `OpTech`'s well-known account. Its secret is none: the sandbox listens on loopback.

use super::super::emulation::ChannelSetting;

/// What its channel is called in the printed config, and so where its webhooks go.
pub(super) const CHANNEL: &str = "lookups";
/// Sent raw after `Basic`.
pub(super) const CLIENT_ID: &str = "sandbox-optech";
/// Signs both ways.
pub(super) const CLIENT_SECRET: &str = "sandbox-optech-secret";

/// The settings of its channel.
pub(super) fn settings(base_url: &str) -> Vec<(&'static str, ChannelSetting)> {
    vec![
        ("client_id", ChannelSetting::Plain(CLIENT_ID.to_owned())),
        ("client_secret", ChannelSetting::Secret(CLIENT_SECRET)),
        ("base_url", ChannelSetting::Plain(base_url.to_owned())),
    ]
}
