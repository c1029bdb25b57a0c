//! The link that a data request brings, which nobody may lead elsewhere.

use std::sync::{Arc, LazyLock};

use patchcord::domain::Meaning;
use patchcord::platform::Adapter;
use url::Url;

use super::{Target, adapter, delivery};

pub(super) const TARGET: Target = Target {
    name: "link",
    words: &[
        "https://api.optech.ai/ingest/",
        "https:",
        "http:",
        "//",
        "/",
        "\\",
        "@",
        ":",
        ":443",
        "api.optech.ai",
        ".",
        "..",
        "%2e",
        "%2f",
        "?",
        "#",
        "\t",
        " ",
        "user:pass@",
        "[::1]",
        "127.0.0.1",
        "localhost",
        "ingest",
        "\u{3002}",
        "xn--",
        "a",
        "-",
        "_",
    ],
    usual: 20_000,
    run,
};

static ADAPTER: LazyLock<Arc<dyn Adapter>> = LazyLock::new(|| {
    adapter(
        "[[channels]]\nname = \"fuzzed\"\nplatform = \"optech\"\nclient_id = \"id\"\n\
         client_secret = { env = \"KEY\" }\n",
    )
});

fn run(data: &[u8]) {
    let link = String::from_utf8_lossy(data);
    let body = serde_json::json!({ "key": "order", "inputs": {}, "link": link }).to_string();
    let Ok(reception) = ADAPTER.receive(&delivery(&[], body.as_bytes())) else { return };
    for inbound in reception.inbound {
        let Meaning::Request(asked) = inbound.meaning else { continue };
        let Some(kept) = asked.link else { continue };
        let id = kept.strip_prefix("https://api.optech.ai/ingest/").expect("it leads to the platform");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/');
        assert!(!id.is_empty() && id.bytes().all(plain), "{kept}");
        assert_eq!(Url::parse(&kept).map(String::from), Ok(kept.clone()), "it is what it seems");
        assert_eq!(Url::parse(&link).map(String::from), Ok(kept), "and it is what was received");
    }
}
