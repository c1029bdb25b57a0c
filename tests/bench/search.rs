//! How fast all that the store has seen is searched: 100,000 messages of many conversations, through the store's own
//! face, the index complete; then the same while the index is being made.
//!
//! `cargo bench --bench search`. `SEARCH_MESSAGES` says how many messages, `SEARCH_RUNS` how often each search is made
//! (the median and the longest are shown). Prints a table and asserts nothing but that something was found.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::missing_panics_doc, reason = "a program of its own")]

#[path = "../support/setting.rs"]
pub mod setting;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use patchcord::domain::{ChannelName, ConversationId, Extras, Message, MessageId, Moment, Query, Role, Timestamp};
use patchcord::store::{SearchRequest, Store};
use setting::setting;

/// What is searched for, and why.
const SEARCHES: &[(&str, &str)] = &[
    ("in every message", "the"),
    ("in every tenth", "planet"),
    ("two words", "planet refund"),
    ("four words", "planet refund the and"),
    ("a phrase", "\"of the planet\""),
    ("not a word", "planet -refund"),
    ("only not a word", "-planet"),
    ("rare", "zanzibar"),
    ("in none", "xylophone"),
    ("a part of a word", "anzib"),
    ("two letters", "ok"),
    ("one letter", "q"),
    ("one Chinese letter", "退"),
    ("two Chinese letters", "退款"),
    ("a capital", "Zanzibar"),
    ("a capital in many", "Planet"),
    ("a role", "role:user"),
    ("a word and a role", "planet role:user"),
    ("the word and a role", "the role:user"),
    ("a channel and a time", "channel:flow after:30d"),
    ("a word and a time", "the after:30d"),
    ("a link", "has:link"),
    ("a title", "title:plnts"),
    ("a word and a title", "the title:plnts"),
];

const WORDS: &[&str] = &[
    "the",
    "and",
    "of",
    "to",
    "for",
    "with",
    "that",
    "this",
    "what",
    "how",
    "order",
    "answer",
    "channel",
    "message",
    "source",
    "row",
    "document",
    "customer",
    "delivery",
    "address",
    "invoice",
    "number",
    "please",
    "thanks",
    "today",
    "tomorrow",
    "yesterday",
    "website",
    "account",
    "password",
    "support",
    "ticket",
    "product",
    "price",
    "shipping",
    "return",
    "question",
    "problem",
    "station",
    "orbit",
    "gravity",
    "telescope",
    "distance",
    "kilometre",
    "surface",
];

fn main() {
    let many: usize = setting("SEARCH_MESSAGES", 100_000);
    let runs: usize = setting("SEARCH_RUNS", 15);
    let dir = tempfile::tempdir().expect("a directory");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(dir.path());
        let begun = Instant::now();
        let bytes = fill(&store, many).await;
        let size = std::fs::metadata(dir.path().join("patchcord.db")).map_or(0, |file| file.len());
        println!(
            "{many} messages of {} bytes in all, stored in {:.1?}; the file {} MiB",
            bytes,
            begun.elapsed(),
            size >> 20
        );
        let begun = Instant::now();
        let first = store.search(asks("planet")).await.expect("searched");
        let (done, of) = (first.searched.done, first.searched.of);
        println!("before there is an index: {:.1?} for {done} of {of}", begun.elapsed());
        let begun = Instant::now();
        store.complete_index(|_| ()).await.expect("indexed");
        println!("indexed in {:.1?}", begun.elapsed());
        store.close().await.expect("closed");
        let size = std::fs::metadata(dir.path().join("patchcord.db")).map_or(0, |file| file.len());
        let begun = Instant::now();
        let store = Store::open(dir.path());
        store.warnings().await.expect("opened");
        println!("the file then {} MiB, opened again in {:.1?}", size >> 20, begun.elapsed());
        println!();
        println!("| search | as written | found | median ms | longest ms | next page ms |");
        println!("| --- | --- | ---: | ---: | ---: | ---: |");
        for (what, text) in SEARCHES {
            let mut took = Vec::new();
            let mut found = None;
            for _ in 0..runs {
                let begun = Instant::now();
                found = Some(store.search(asks(text)).await.expect("searched"));
                took.push(begun.elapsed());
            }
            let found = found.expect("a run");
            let next = match found.more {
                None => String::new(),
                more => {
                    let begun = Instant::now();
                    store.search(SearchRequest { after: more, ..asks(text) }).await.expect("searched");
                    ms(begun.elapsed())
                }
            };
            took.sort();
            let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
            let total = found.total.expect("a total");
            println!("| {what} | `{text}` | {total} | {} | {} | {next} |", ms(median), ms(longest));
        }
        store.close().await.expect("closed");
    });
}

fn asks(text: &str) -> SearchRequest {
    let query = Query::parse(text, now()).expect("understood");
    SearchRequest { query, within: None, after: None, limit: 100 }
}

const fn now() -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000)
}

/// Messages of 40 words, a year of them, in conversations of 200.
async fn fill(store: &Store, many: usize) -> usize {
    let mut seed = 7_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % below
    };
    let (mut bytes, mut page) = (0, Vec::new());
    for n in 0..many {
        let mut text = String::new();
        for _ in 0..40 {
            // The first words are as frequent as such words are.
            let word = next(WORDS.len()).min(next(WORDS.len()));
            let _ = write!(text, "{} ", WORDS.get(word).expect("a word"));
        }
        if n % 10 == 0 {
            text.push_str("of the planet Mars ");
        }
        if n % 30 == 0 {
            text.push_str("a refund ");
        }
        if n % 50 == 0 {
            text.push_str("申请退款 https://example.org/a ok");
        }
        if n % 9_999 == 0 {
            text.push_str("Zanzibar");
        }
        bytes += text.len();
        let at =
            now().plus_millis(-365 * 86_400_000 / i64::try_from(many).expect("few") * i64::try_from(n).expect("few"));
        page.push(Message {
            id: MessageId::new(format!("m{n}")),
            role: if n % 2 == 0 { Role::User } else { Role::Assistant },
            text,
            created_at: Moment::at(at),
            extras: Extras::default(),
        });
        if page.len() == 200 || n + 1 == many {
            let channel = ChannelName::new(if n % 400 < 200 { "docs" } else { "flow" });
            let conversation = ConversationId::new(format!("c{n}"));
            store.merge_messages(&channel, &conversation, &page, None).await.expect("stored");
            page.clear();
        }
    }
    bytes
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}
