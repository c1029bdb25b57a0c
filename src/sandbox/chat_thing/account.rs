//! Chat Thing's well-known account. Its secret is none: the sandbox listens on loopback.

use super::super::emulation::ChannelSetting;

/// What its channel is called in the printed config.
pub(super) const CHANNEL: &str = "sandbox";
/// The channel that answers.
pub(in super::super) const CHANNEL_ID: &str = "sandbox";
/// Its secret.
pub(in super::super) const SECRET: &str = "sandbox-secret";

/// The settings of its channel.
pub(super) fn settings(base_url: &str) -> Vec<(&'static str, ChannelSetting)> {
    vec![
        ("channel_id", ChannelSetting::Plain(CHANNEL_ID.to_owned())),
        ("secret_key", ChannelSetting::Secret(SECRET)),
        ("base_url", ChannelSetting::Plain(base_url.to_owned())),
    ]
}
