//! What a Chat Thing channel has in the config file. Its API channel's reference calls the id `channelId` and the secret the
//! API channel's secret key.

use crate::domain::{Platform, PlatformSpec, SettingKey};

pub(super) const SPEC: PlatformSpec = PlatformSpec {
    platform: Platform::new("chat-thing"),
    title: "Chat Thing",
    channel_noun: "a chat-thing channel",
    keys: &[
        // A segment of every path.
        SettingKey::id("channel_id", "the API channel's id"),
        // Sent as `X-API-Secret-Key`.
        SettingKey::secret("secret_key"),
        SettingKey::base_url("base_url", "a URL").or_text("https://chatthing.ai"),
    ],
    takes_rules: false,
    sample: include_str!("sample.toml"),
    starter: r#"channel_id = "your-channel-id"   # from the API channel's page on chatthing.ai
secret_key = { env = "CHAT_THING_SECRET_KEY" }
"#,
};
