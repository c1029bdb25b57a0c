//! How many arrivals a second: a measurement, run by hand with
//! `cargo test --profile release-fast --lib store::tests::load -- --ignored --nocapture`.

use std::time::Instant;

use super::inbox::{arrival, says};
use super::*;

const TASKS: usize = 64;
const ARRIVALS: usize = 200_000;

/// Conversations, and what the measured times are called.
async fn measure(conversations: usize) {
    let dir = dir();
    let store = Store::open(dir.path());
    store.warnings().await.unwrap();
    let started = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for n in 0..ARRIVALS / TASKS {
                    let number = i64::try_from(n * TASKS + task).unwrap();
                    let conversation = format!("person {}", number.unsigned_abs() % conversations as u64);
                    let arrival =
                        arrival(number, vec![says(&conversation, number, "hello, is anybody there today?")]);
                    let asked = Instant::now();
                    store.receive(arrival).await.unwrap();
                    times.push(asked.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let took = started.elapsed();
    times.sort();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share"
        )]
        let place = ((times.len() - 1) as f64 * share) as usize;
        times[place]
    };
    println!(
        "{conversations} conversations: {:.0}/s; p50 {:?}, p99 {:?}, p99.9 {:?}, longest {:?}",
        times.len() as f64 / took.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    for file in std::fs::read_dir(dir.path()).unwrap().flatten() {
        println!("    {} {} KiB", file.file_name().to_string_lossy(), file.metadata().unwrap().len() >> 10);
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn arrivals_a_second() {
    for conversations in [1, 100, 50_000] {
        measure(conversations).await;
    }
}
