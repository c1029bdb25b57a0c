//! The body of a webhook, as each platform's adapter reads it.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use patchcord::domain::{Meaning, SafeText};
use patchcord::platform::Adapter;

use super::{Target, adapter, delivery};

pub(super) const TARGET: Target = Target {
    name: "body",
    words: &[
        "\"userID\":",
        "\"channelID\":",
        "\"message\":",
        "\"timestamp\":",
        "\"quickReplies\":",
        "\"attachments\":",
        "\"events\":",
        "\"replyToken\":",
        "\"type\":",
        "\"message.new\"",
        "\"source\":",
        "\"link\":",
        "\"inputs\":",
        "\"data\":",
        "\"key\":",
        "\"validation\"",
        "\"https://api.optech.ai/ingest/a\"",
        "null",
        "{}",
        "[]",
        "[{",
        "}]",
        "\"2024-16-01T10:07:04.296Z\"",
        "-1",
        "1e400",
        "\"\\ud800\"",
        "{\"a\":",
        ",",
    ],
    usual: 6_000,
    run,
};

static ADAPTERS: LazyLock<[Arc<dyn Adapter>; 4]> = LazyLock::new(|| {
    let of = |platform: &str, keys: &str| {
        adapter(&format!("[[channels]]\nname = \"fuzzed\"\nplatform = \"{platform}\"\n{keys}"))
    };
    [
        of("optech", "client_id = \"id\"\nclient_secret = { env = \"KEY\" }\n"),
        of("klaunch", "send_url = \"https://h.example/send\"\nchannel_id = \"id\"\ntoken = { env = \"KEY\" }\n"),
        of("eko", "client_id = \"id\"\nclient_secret = { env = \"KEY\" }\nbase_url = \"https://h.example\"\n"),
        of("operator", "operator_id = \"op\"\napi_key = { env = \"KEY\" }\nsigning_key = { env = \"KEY\" }\n"),
    ]
});

fn run(data: &[u8]) {
    for adapter in ADAPTERS.iter() {
        let delivery = delivery(&[("content-type", "application/json")], data);
        let Ok(reception) = adapter.receive(&delivery) else { continue };
        let mut keys = HashSet::new();
        for inbound in &reception.inbound {
            assert!(!inbound.key.is_empty(), "a thing without a key is known by nothing");
            assert!(keys.insert(&inbound.key), "{:?} is there twice", inbound.key);
            if let Meaning::Request(asked) = &inbound.meaning
                && let Some(link) = &asked.link
            {
                assert!(link.starts_with("https://api.optech.ai/ingest/"), "{link}");
            }
        }
        assert_eq!(adapter.receive(&delivery).expect("as before"), reception, "the same delivery says the same");
        let _ = SafeText::one_line(&reception.summary);
    }
}
