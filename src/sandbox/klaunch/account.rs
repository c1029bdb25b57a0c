//! `KLaunch`'s well-known account. Its secrets are none: the sandbox listens on loopback.

use super::super::emulation::ChannelSetting;

/// What its channel is called in the printed config, and so where its webhooks go.
pub(super) const CHANNEL: &str = "flow";
/// The API channel.
pub(super) const CHANNEL_ID: &str = "sandbox-flow";
/// Its token, in every body.
pub(super) const TOKEN: &str = "sandbox-flow-token";
/// The hashtag that starts the bot.
pub(super) const KEYWORD: &str = "#hello";
/// It signs nothing: the last segment of its webhook's path stands for a signature.
pub(super) const WEBHOOK_KEY: &str = "sandbox-flow-hook";

/// The settings of its channel.
pub(super) fn settings(base_url: &str) -> Vec<(&'static str, ChannelSetting)> {
    vec![
        ("send_url", ChannelSetting::Plain(format!("{base_url}/klaunch/send"))),
        ("channel_id", ChannelSetting::Plain(CHANNEL_ID.to_owned())),
        ("token", ChannelSetting::Secret(TOKEN)),
        ("start_keyword", ChannelSetting::Plain(KEYWORD.to_owned())),
        ("webhook_key", ChannelSetting::Secret(WEBHOOK_KEY)),
    ]
}
