//! How fast webhooks are acknowledged: signed, distinct, each on the disk before its answer. Beside it the disk's own
//! pace: small appends, each followed by fdatasync.
//!
//! `cargo bench --bench ack`. `ACK_RUNS` says how often (medians are shown), `ACK_CONNECTIONS` with how many ("1 64
//! 256"), `ACK_SCALE` multiplies the requests. The listener and the store are in this process and the client in another,
//! so memory and CPU are the listener's own. Prints a table and asserts nothing but that all were taken.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program of its own")]

pub mod process;

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use patchcord::domain::{Channel, ChannelName, OpTech, Secret, SecretRef, Settings, Timestamp};
use patchcord::http::Http;
use patchcord::platform::{Adapter, registry};
use patchcord::signature::Signature;
use patchcord::store::Store;
use patchcord::webhook::{Door, Listener, Options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SECRET: &str = "a secret of the platform";
const BODY: usize = 512;
/// What the listener takes on one connection.
const REQUESTS: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, addr, connections, count, seed] = arguments.as_slice()
        && mode == "--drive"
    {
        let number = |text: &String| text.parse().expect("a number");
        drive(addr.parse().expect("an address"), number(connections), number(count), number(seed));
        return;
    }
    let scale = setting("ACK_SCALE", 1);
    let runs = setting("ACK_RUNS", 3);
    let connections = std::env::var("ACK_CONNECTIONS").unwrap_or_else(|_| "1 64 256".to_owned());
    println!("load {}; bodies of {BODY} bytes; {runs} runs each, medians", process::load());
    println!(
        "\n{:>11} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>8}",
        "connections", "requests", "acks/s", "p50 ms", "p99 ms", "max ms", "CPU us", "peak MB"
    );
    for connections in connections.split_whitespace().filter_map(|n| n.parse::<usize>().ok()) {
        let count = if connections == 1 { 4_000 } else { 120_000 } * scale;
        let results: Vec<Run> = (0..runs).map(|seed| run(connections, count, seed)).collect();
        let median = |of: fn(&Run) -> f64| {
            let mut values: Vec<f64> = results.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        println!(
            "{connections:>11} {count:>9} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>9.1} {:>8.1}",
            median(|r| r.pace),
            median(|r| r.p50),
            median(|r| r.p99),
            median(|r| r.max),
            median(|r| r.cpu),
            median(|r| r.peak),
        );
        if connections == 1 {
            println!("{:>11} {:>9} {:>9.0}   appends of {BODY} bytes, each with fdatasync", "disk", 2_000, disk());
        }
    }
    println!("\nload {}", process::load());
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
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

struct Run {
    pace: f64,
    p50: f64,
    p99: f64,
    max: f64,
    cpu: f64,
    peak: f64,
}

fn run(connections: usize, count: usize, seed: usize) -> Run {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let store = Store::open(dir.path());
    let mut options = Options::new("127.0.0.1:0".parse().expect("an address"), store.clone(), Timestamp::now);
    options.doors =
        vec![Door { channel: ChannelName::new("lookups"), adapter: adapter(), webhook_key: None, rule: None }];
    let listening = Listener::start(options).expect("a listener");
    let own = std::env::current_exe().expect("this program's path");
    let mut client = Command::new(own)
        .arg("--drive")
        .arg(listening.addr().to_string())
        .args([connections, count, seed].map(|n| n.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the client");
    let mut out = client.stdout.take().expect("its output");
    let mut ready = [0; 1];
    out.read_exact(&mut ready).expect("that it is ready");
    let cpu = process::cpu(std::process::id());
    drop(client.stdin.take());
    let mut said = String::new();
    out.read_to_string(&mut said).expect("what it measured");
    let cpu = process::cpu(std::process::id()) - cpu;
    assert!(client.wait().expect("its end").success(), "the client failed");
    let peak = process::peak_mb(std::process::id());
    listening.stop();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let stored = runtime.block_on(store.last_delivery()).expect("the store");
    assert_eq!(usize::try_from(stored.0).ok(), Some(count), "acknowledged is stored");
    runtime.block_on(store.close()).expect("the store's end");
    let mut values = said.split_whitespace().map(|value| value.parse::<f64>().expect("a number"));
    let mut next = || values.next().expect("a value");
    Run { pace: next(), p50: next(), p99: next(), max: next(), cpu: cpu * 1e6 / count as f64, peak }
}

fn adapter() -> Arc<dyn Adapter> {
    let settings = OpTech {
        client_id: "client".to_owned(),
        client_secret: SecretRef::Env("SECRET".to_owned()),
        base_url: "https://api.optech.ai".to_owned(),
        answer_within: Duration::from_secs(10),
    };
    let (name, settings) = (ChannelName::new("lookups"), Settings::OpTech(settings));
    let channel = Channel { name, settings, allow_http: false, rules: Vec::new() };
    registry::open(&channel, &Http::new(Timestamp::now), &|_| Ok(Secret::new(SECRET))).expect("an adapter")
}

/// One request, unlike all others.
fn request(secret: &Secret, seed: usize, at: usize) -> Vec<u8> {
    let head = format!(
        "{{\"key\":\"weather\",\"link\":\"https://api.optech.ai/ingest/r{seed}x{at}\",\"inputs\":{{\"place\":\""
    );
    let body = format!("{head}{}\"}}}}", "x".repeat(BODY - head.len() - 3));
    let signature = Signature::of(secret, &[body.as_bytes()]).url_safe();
    format!(
        "POST /hooks/lookups HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nUser-Agent: bench\r\nAccept: */*\r\n\
         Content-Type: application/json\r\nX-OpTech-Signature: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The client: so many connections, each with one request at a time.
fn drive(addr: SocketAddr, connections: usize, count: usize, seed: usize) {
    let secret = Secret::new(SECRET);
    let mut shares: Vec<Vec<Vec<u8>>> = (0..connections).map(|_| Vec::new()).collect();
    for at in 0..count {
        shares[at % connections].push(request(&secret, seed, at));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!();
    std::io::stdout().flush().expect("an output");
    let _ = std::io::stdin().read(&mut [0]);
    let from = Instant::now();
    let mut times: Vec<u64> = runtime.block_on(async {
        let tasks: Vec<_> = shares.into_iter().map(|share| tokio::spawn(converse(addr, share))).collect();
        let mut times = Vec::with_capacity(count);
        for task in tasks {
            times.extend(task.await.expect("a connection's end"));
        }
        times
    });
    let took = from.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1_000] as f64 / 1e6;
    println!("{} {} {} {}", count as f64 / took, at(500), at(990), at(1_000));
}

async fn converse(addr: SocketAddr, share: Vec<Vec<u8>>) -> Vec<u64> {
    let mut times = Vec::with_capacity(share.len());
    let mut buffer = [0; 1_024];
    for requests in share.chunks(REQUESTS) {
        let mut stream = TcpStream::connect(addr).await.expect("a connection");
        stream.set_nodelay(true).expect("a setting");
        for request in requests {
            let from = Instant::now();
            stream.write_all(request).await.expect("a request sent");
            let mut read = 0;
            while !buffer[..read].ends_with(b"\r\n\r\n{\"ok\":true}") {
                let more = stream.read(&mut buffer[read..]).await.expect("an answer");
                assert!(more > 0, "cut off after {:?}", String::from_utf8_lossy(&buffer[..read]));
                read += more;
            }
            assert!(buffer.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(&buffer[..read]));
            times.push(u64::try_from(from.elapsed().as_nanos()).unwrap_or(u64::MAX));
        }
    }
    times
}
