//! The store alone: how many deliveries a second it files, each on the disk before it is answered, from many tasks at
//! once. `ARRIVALS` says how many.

use std::time::Instant;

use bytes::Bytes;
use patchcord::domain::{
    ChannelName, ConversationId, Delivery, Extras, Inbound, Meaning, Message, MessageId, Moment, Role, Timestamp,
    Trust,
};
use patchcord::store::{Arrival, Store};

use crate::setting::setting;

const TASKS: usize = 64;
/// When the first one came, in milliseconds.
const BEGIN: i64 = 1_700_000_000_000;

/// Prints a row for each number of conversations that the arrivals are of.
pub fn run() {
    println!(
        "\nthe store alone, {TASKS} tasks        a second   p50 us   p99 us  p99.9 us   max ms    WAL MB    DB MB"
    );
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for conversations in [1, 100, 50_000] {
        runtime.block_on(measure(conversations, setting("ARRIVALS", 200_000)));
    }
}

async fn measure(conversations: u64, arrivals: usize) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let store = Store::open(dir.path());
    store.warnings().await.expect("a new store");
    let started = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for n in 0..arrivals / TASKS {
                    let arrival = arrival(i64::try_from(n * TASKS + task).expect("few"), conversations);
                    let asked = Instant::now();
                    store.receive(arrival).await.expect("it is filed");
                    times.push(asked.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a task's end"));
    }
    let took = started.elapsed();
    times.sort();
    let at = |of_a_thousand: usize| times[(times.len() - 1) * of_a_thousand / 1_000].as_secs_f64();
    let file = |name: &str| std::fs::metadata(dir.path().join(name)).map_or(0.0, |f| f.len() as f64 / 1_048_576.0);
    println!(
        "{:<36}{:>8.0} {:>8.0} {:>8.0} {:>9.0} {:>8.1} {:>9.1} {:>8.1}",
        format!("{conversations} conversations"),
        times.len() as f64 / took.as_secs_f64(),
        at(500) * 1e6,
        at(990) * 1e6,
        at(999) * 1e6,
        at(1_000) * 1e3,
        file("patchcord.db-wal"),
        file("patchcord.db"),
    );
    store.close().await.expect("the store's end");
}

/// The delivery of that number, with one message in one of so many conversations.
fn arrival(number: i64, conversations: u64) -> Arrival {
    let at = Timestamp::from_millis(BEGIN + number);
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let conversation = format!("person {}", number.unsigned_abs() % conversations);
    let message = Message {
        id: MessageId::new(format!("m{number}")),
        role: Role::User,
        text: "hello, is anybody there today?".to_owned(),
        created_at: Moment::at(at),
        extras: Extras::default(),
    };
    Arrival {
        delivery: Delivery {
            channel: ChannelName::new("docs"),
            at,
            url: "http://127.0.0.1:8787/docs".to_owned(),
            headers: vec![
                header("host", "127.0.0.1:8787"),
                header("content-type", "application/json"),
                header("user-agent", "a platform/1.0"),
                header("content-length", "231"),
            ],
            body: Bytes::from(format!("{{\"number\":{number},\"text\":\"{}\"}}", "word ".repeat(40))),
            replay: false,
        },
        trust: Some(Trust::Verified),
        meaning: Ok(vec![Inbound {
            key: format!("{:013}:{conversation}:{number}", at.millis()),
            meaning: Meaning::Message {
                conversation: ConversationId::new(conversation),
                title: String::new(),
                message,
                reply: None,
            },
        }]),
        summary: format!("delivery {number}"),
    }
}
