//! How fast webhooks are acknowledged: distinct, each on the disk before its answer. The real program first, as
//! `listen` and as a screen that nobody reads; then the listener and the store in this process, and the store alone.
//! Beside it the disk's own pace: small appends, each followed by fdatasync.
//!
//! `cargo bench --bench ack`, or with `-- program`, `-- listener`, `-- store` or `-- siege` one part of it.
//! `PATCHCORD_BIN` names other binaries, with commas between them: they take turns, so that one is compared with the
//! other. `ACK_CASES` picks the rows whose names hold one of these texts ("eko/100,frozen"), `ACK_RUNS` says how often (medians are shown),
//! `ACK_CONNECTIONS` with how many, `ACK_SCALE` multiplies the requests. The client is a process of its own, on the same
//! machine. Prints tables and asserts nothing but that all were taken.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::missing_panics_doc, reason = "a program of its own")]

pub mod arrivals;
pub mod drive;
pub mod posts;
pub mod process;
pub mod program;
#[path = "../support/setting.rs"]
pub mod setting;
pub mod siege;

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drive::{Client, Load, Seen};
use patchcord::domain::{Channel, ChannelName, Platform, Secret, SecretRef, Settings, Timeouts, Timestamp};
use patchcord::http::Http;
use patchcord::platform::{Adapter, registry::Registry};
use patchcord::store::Store;
use patchcord::webhook::{Listener, ListenerOptions, Route};
use posts::{BODY, Kind, SECRET};
use program::{How, Program};
use setting::setting;

/// What the program is measured with: how it runs, whose events, from how many people.
const CASES: &[(How, Kind, usize)] = &[
    (How::JsonFile, Kind::KLaunch, 1),
    (How::JsonFile, Kind::KLaunch, 100),
    (How::JsonFile, Kind::KLaunch, 50_000),
    (How::JsonFile, Kind::Eko, 1),
    (How::JsonFile, Kind::Eko, 100),
    (How::JsonFile, Kind::Eko, 50_000),
    (How::JsonFile, Kind::OpTech, 1),
    (How::JsonNull, Kind::KLaunch, 100),
    (How::PlainNull, Kind::KLaunch, 100),
    (How::Frozen, Kind::KLaunch, 100),
    (How::Frozen, Kind::KLaunch, 50_000),
    (How::Frozen, Kind::Eko, 100),
    (How::Frozen, Kind::OpTech, 1),
    (How::Read, Kind::KLaunch, 100),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if drive::main(&arguments) {
        return;
    }
    let parts: Vec<&str> = arguments.iter().skip(1).map(String::as_str).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    println!("load {}; bodies of {BODY} bytes; medians of {} runs", process::load(), setting("ACK_RUNS", 3));
    println!("the disk alone: {:.0} appends of {BODY} bytes a second, each with fdatasync", disk());
    if wanted("program") {
        programs();
    }
    if wanted("listener") {
        listeners();
    }
    if wanted("store") {
        arrivals::run();
    }
    if wanted("siege") {
        for binary in binaries().split(',') {
            siege::half_open(binary);
            siege::long_bodies(binary);
        }
    }
    println!("\nload {}", process::load());
}

fn connections(default: &str) -> Vec<usize> {
    let text = std::env::var("ACK_CONNECTIONS").unwrap_or_else(|_| default.to_owned());
    text.split_whitespace().filter_map(|n| n.parse().ok()).collect()
}

/// Small appends a second, each on the disk before the next.
fn disk() -> f64 {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let mut file = std::fs::File::create(dir.path().join("appended")).expect("a file");
    let from = Instant::now();
    for _ in 0..2_000 {
        file.write_all(&[b'x'; BODY]).and_then(|()| file.sync_data()).expect("an append");
    }
    2_000.0 / from.elapsed().as_secs_f64()
}

/// What one run came to: columns of the table.
#[derive(Debug, Clone, Copy)]
struct Run {
    seen: Seen,
    /// CPU microseconds for each, of whoever was measured.
    cpu: f64,
    peak: f64,
    wal: f64,
    db: f64,
    behind: f64,
}

const HEAD: &str =
    "        acks/s   p50 ms   p99 ms   max ms   CPU us  client us  peak MB   WAL MB    DB MB  behind s";

fn row(name: &str, results: &[Run]) {
    let median = |of: fn(&Run) -> f64| {
        let mut values: Vec<f64> = results.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!(
        "{name:<40} {:>7.0} {:>8.2} {:>8.2} {:>8.2} {:>8.1} {:>10.1} {:>8.1} {:>8.1} {:>8.1} {:>9.2}   load {}",
        median(|r| r.seen.pace),
        median(|r| r.seen.p50),
        median(|r| r.seen.p99),
        median(|r| r.seen.max),
        median(|r| r.cpu),
        median(|r| r.seen.cpu),
        median(|r| r.peak),
        median(|r| r.wal),
        median(|r| r.db),
        median(|r| r.behind),
        process::load(),
    );
}

/// The programs to measure, with commas between them.
fn binaries() -> String {
    std::env::var("PATCHCORD_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_patchcord").to_owned())
}

fn programs() {
    let named = binaries();
    let binaries: Vec<&str> = named.split(',').collect();
    let picked = std::env::var("ACK_CASES").unwrap_or_default();
    println!("\nthe program{:<29}{HEAD}", "");
    for connections in connections("64") {
        for (how, kind, users) in CASES {
            let name = format!("{}/{users} {}", kind.name(), how.name());
            if !picked.is_empty() && !picked.split(',').any(|word| name.contains(word)) {
                continue;
            }
            let mut results = vec![Vec::new(); binaries.len()];
            for seed in 0..setting("ACK_RUNS", 3) {
                for (binary, results) in binaries.iter().zip(&mut results) {
                    let count = setting("ACK_COUNT", 100_000) * setting("ACK_SCALE", 1);
                    let load = Load { kind: *kind, connections, users: *users, count, seed };
                    results.push(program(binary, *how, load));
                }
            }
            for (n, results) in results.iter().enumerate() {
                let mark = if binaries.len() > 1 { format!(" [{n}]") } else { String::new() };
                row(&format!("{name} x{connections}{mark}"), results);
            }
        }
    }
}

fn program(binary: &str, how: How, load: Load) -> Run {
    let program = Program::start(binary, how);
    let (pid, count) = (program.pid(), load.count as f64);
    let client = Client::start(program.addr, load);
    let cpu = process::cpu(pid);
    let seen = client.run();
    let says = if load.kind == Kind::OpTech { "{\"event\":\"data_request\"" } else { "{\"event\":\"message\"" };
    let behind = program.printed(how, load.count, says);
    let cpu = (process::cpu(pid) - cpu) * 1e6 / count;
    let peak = process::peak_mb(pid);
    let (wal, db) = (program.file_mb("patchcord.db-wal"), program.file_mb("patchcord.db"));
    let data = program.data();
    let home = program.stop();
    stored(&Store::open(&data), load.count);
    drop(home);
    Run { seen, cpu, peak, wal, db, behind }
}

/// What was acknowledged is there.
fn stored(store: &Store, count: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let last = runtime.block_on(store.last_delivery()).expect("the store");
    // A screen or a wrong method may have left a few deliveries that were refused.
    assert!(usize::try_from(last.0).is_ok_and(|last| last >= count), "{} of {count}", last.0);
    runtime.block_on(store.close()).expect("the store's end");
}

fn listeners() {
    println!("\nlistener and store in this process{:<6}{HEAD}", "");
    for connections in connections("1 64 256") {
        let count = if connections == 1 { 4_000 } else { setting("ACK_COUNT", 100_000) } * setting("ACK_SCALE", 1);
        let load = |seed| Load { kind: Kind::OpTech, connections, users: 1, count, seed };
        let results: Vec<Run> = (0..setting("ACK_RUNS", 3)).map(|seed| listener(load(seed))).collect();
        row(&format!("optech x{connections}"), &results);
    }
}

fn listener(load: Load) -> Run {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let store = Store::open(dir.path());
    let mut options = ListenerOptions::new("127.0.0.1:0".parse().expect("an address"), store.clone(), Timestamp::now);
    options.routes = vec![Route {
        channel: ChannelName::new("optech"),
        adapter: adapter(),
        webhook_key: None,
        secrets: Vec::new(),
        rule: None,
    }];
    let listening = Listener::start(options).expect("a listener");
    let client = Client::start(listening.addr(), load);
    let cpu = process::cpu(std::process::id());
    let seen = client.run();
    let cpu = (process::cpu(std::process::id()) - cpu) * 1e6 / load.count as f64;
    let peak = process::peak_mb(std::process::id());
    listening.stop();
    let file = |name: &str| std::fs::metadata(dir.path().join(name)).map_or(0.0, |f| f.len() as f64 / 1_048_576.0);
    let (wal, db) = (file("patchcord.db-wal"), file("patchcord.db"));
    stored(&store, load.count);
    Run { seen, cpu, peak, wal, db, behind: 0.0 }
}

fn adapter() -> Arc<dyn Adapter> {
    let name = ChannelName::new("optech");
    let settings = Settings::new(Platform::new("optech"))
        .with("client_id", "client")
        .with("client_secret", SecretRef::Env("SECRET".to_owned()))
        .with("answer_within", Duration::from_secs(10));
    let channel = Channel {
        name,
        settings,
        allow_http: false,
        timeouts: Timeouts::default(),
        ca_files: Vec::new(),
        read_only: false,
        rules: Vec::new(),
    };
    Registry::default().open(&channel, &Http::new(Timestamp::now), &|_| Ok(Secret::new(SECRET))).expect("an adapter")
}
