//! Operator's well-known account. Its secrets are none: the sandbox listens on loopback.

use super::super::emulation::ChannelSetting;

/// What its channel is called in the printed config, and so where its webhooks go.
pub(super) const CHANNEL: &str = "agents";
/// Whose conversations are listed.
pub(super) const OPERATOR_ID: &str = "op_sandbox";
/// The bearer token.
pub(super) const API_KEY: &str = "op_test_sandbox";
/// Signs the webhooks.
pub(super) const SIGNING_KEY: &str = "sandbox-signing-key";

/// The settings of its channel.
pub(super) fn settings(base_url: &str) -> Vec<(&'static str, ChannelSetting)> {
    vec![
        ("operator_id", ChannelSetting::Plain(OPERATOR_ID.to_owned())),
        ("api_key", ChannelSetting::Secret(API_KEY)),
        ("base_url", ChannelSetting::Plain(base_url.to_owned())),
        ("signing_key", ChannelSetting::Secret(SIGNING_KEY)),
    ]
}
