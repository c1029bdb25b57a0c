//! What reads bytes of strangers, each as a function that takes any bytes and panics where something is wrong with what
//! came of them. Shared by the runs on stable Rust and by those that are guided by coverage.
#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "a panic is how a target says that it failed")]

mod body;
mod config;
mod difference;
mod html;
mod json;
mod keys;
mod lines;
mod link;
mod query;
mod shell;
mod signature;
mod sse;
mod text;

/// A target: its name, the pieces that its inputs are made of, and what looks at them.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// As its corpus and its test are called.
    pub(crate) name: &'static str,
    /// Pieces that mean something to what is tried, to be put into inputs.
    pub(crate) words: &'static [&'static str],
    /// How many inputs a usual run gives it: fewer where one costs more.
    pub(crate) usual: usize,
    /// Takes any bytes.
    pub(crate) run: fn(&[u8]),
}

/// All.
pub(crate) const ALL: &[Target] = &[
    sse::TARGET,
    text::TARGET,
    json::TARGET,
    body::TARGET,
    link::TARGET,
    signature::TARGET,
    config::TARGET,
    config::SUITE,
    keys::TARGET,
    html::TARGET,
    query::TARGET,
    lines::TARGET,
    difference::TARGET,
    shell::TARGET,
];

/// The target of that name.
pub(crate) fn named(name: &str) -> Target {
    *ALL.iter().find(|target| target.name == name).expect("a target")
}

/// The adapter of a channel whose secret is `secret`, as the config file `text` has it.
fn adapter(text: &str) -> std::sync::Arc<dyn patchcord::platform::Adapter> {
    use patchcord::domain::{Secret, Timestamp};
    let registry = patchcord::platform::registry::Registry::default();
    let path = std::path::Path::new("config.toml");
    let config = patchcord::config::parse(text, path, &registry.specs(), |_| Vec::new()).expect("a right config");
    let http = patchcord::http::Http::new(|| Timestamp::from_millis(0));
    registry.open(&config.channels[0], &http, &|_| Ok(Secret::new(SECRET))).expect("a right channel")
}

/// The secret of every channel here.
const SECRET: &str = "the-secret-of-the-fuzzed-channel";

/// A delivery with that body and those headers.
fn delivery(headers: &[(&str, &str)], body: &[u8]) -> patchcord::domain::Delivery {
    patchcord::domain::Delivery {
        channel: patchcord::domain::ChannelName::new("fuzzed"),
        at: patchcord::domain::Timestamp::from_millis(1_780_000_000_000),
        url: "https://hooks.example/hooks/fuzzed".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: bytes::Bytes::copy_from_slice(body),
        replay: false,
    }
}
