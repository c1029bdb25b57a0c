//! What an `OpTech` channel has in the config file.

use crate::domain::{Platform, PlatformSpec, SettingKey};

/// An answer's link lives for ten minutes, so that is the longest and, for a person at the keyboard, the default.
const ANSWER_WITHIN: u64 = 600;

pub(super) const SPEC: PlatformSpec = PlatformSpec {
    platform: Platform::new("optech"),
    title: "OpTech",
    channel_noun: "an optech channel",
    keys: &[
        // Sent raw after `Basic`.
        SettingKey::id("client_id", "the client's id"),
        // Signs both ways.
        SettingKey::secret("client_secret"),
        // Answers are posted under this origin only.
        SettingKey::base_url("base_url", "a URL").or_text("https://api.optech.ai"),
        // How long the platform takes an answer after it asked.
        SettingKey::seconds("answer_within", 1, ANSWER_WITHIN).or_seconds(ANSWER_WITHIN),
    ],
    takes_rules: true,
    sample: include_str!("sample.toml"),
    starter: r#"client_id = "your-client-id"
client_secret = { env = "OPTECH_CLIENT_SECRET" }
"#,
};
