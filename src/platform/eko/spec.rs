//! What an Eko channel has in the config file.

use crate::domain::{Platform, PlatformSpec, SettingKey, WEBHOOK_KEY};

pub(super) const SPEC: PlatformSpec = PlatformSpec {
    platform: Platform::new("eko"),
    title: "Eko",
    channel_noun: "an eko channel",
    keys: &[
        // The customer's own host.
        SettingKey::base_url("base_url", "the URL of your own Eko host"),
        SettingKey::id("client_id", "the OAuth client's id"),
        // Signs what Eko posts, too.
        SettingKey::secret("client_secret"),
        // Whether a webhook without a signature is refused.
        SettingKey::flag("require_signature"),
        SettingKey::secret(WEBHOOK_KEY).optional(),
    ],
    takes_rules: false,
    sample: include_str!("sample.toml"),
    starter: r#"base_url = "https://your-host.ekoapp.com"
client_id = "your-client-id"
client_secret = { env = "EKO_CLIENT_SECRET" }
"#,
};
