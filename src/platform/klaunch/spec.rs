//! What a `KLaunch` channel has in the config file.

use crate::domain::{Platform, PlatformSpec, SettingKey, WEBHOOK_KEY};

pub(super) const SPEC: PlatformSpec = PlatformSpec {
    platform: Platform::new("klaunch"),
    title: "KLaunch",
    channel_noun: "a klaunch channel",
    keys: &[
        SettingKey::endpoint_url("send_url", "the URL of the dashboard's \"Request Example\""),
        // Both stand in every body.
        SettingKey::id("channel_id", "the API medium's channel id"),
        SettingKey::secret("token"),
        // The first message of a new conversation.
        SettingKey::text("start_keyword", "a message").optional(),
        SettingKey::secret(WEBHOOK_KEY).optional(),
    ],
    takes_rules: false,
    sample: include_str!("sample.toml"),
    starter: r#"send_url = "https://your-host/send"   # from the dashboard's "Request Example"
channel_id = "your-channel-id"
token = { env = "KLAUNCH_TOKEN" }
"#,
};
