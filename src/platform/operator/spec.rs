//! What an Operator channel has in the config file.

use crate::domain::{Platform, PlatformSpec, SettingKey};

pub(super) const SPEC: PlatformSpec = PlatformSpec {
    platform: Platform::new("operator"),
    title: "Operator",
    channel_noun: "an operator channel",
    keys: &[
        // Whose conversations are listed.
        SettingKey::id("operator_id", "the operator's id"),
        // Sent as a bearer token.
        SettingKey::secret("api_key"),
        // The platform names the versions of its API by their dates.
        SettingKey::date(
            "api_version",
            "an API version, a date such as \"2024-11-11\"",
            &["2024-11-11", "2025-06-19"],
        )
        .or_text("2024-11-11"),
        SettingKey::base_url("base_url", "a URL").or_text("https://api.operator.xyz"),
        // Verifies its webhooks.
        SettingKey::secret("signing_key").optional(),
    ],
    takes_rules: false,
    sample: include_str!("sample.toml"),
    starter: r#"operator_id = "your-operator-id"
api_key = { env = "OPERATOR_API_KEY" }
"#,
};
