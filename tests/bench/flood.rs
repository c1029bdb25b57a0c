//! How the screen keeps up: a reply that comes as fast as a server can send, and keys pressed while one comes at the
//! pace of a person. Beside it a floor: a program that reads the same stream and writes it raw.
//!
//! `cargo bench --bench flood`, or with `-- floor` or `-- patchcord` one of the two; `PATCHCORD_BIN` names another
//! binary, `FLOOD_RUNS` and `FLOOD_KEYS` how often. Prints tables and asserts nothing: figures of a busy machine are no verdict. Trust CPU seconds and medians.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;

pub mod floor;
pub mod process;

use std::time::{Duration, Instant};

use serde_json::json;
use support::chat_thing::{ChatThing, SECRET, chunk, delta, stream_head};
use support::home::{Home, PATCHCORD};
use support::origin::{Stamp, Step};
use support::pty::{Key, Pty};

const SIZE: (u16, u16) = (120, 40);
const COUNTS: [usize; 3] = [4_096, 16_384, 65_536];
const MARKER: &str = "zzfinzz";
/// A character that no delta has.
const PROBE: char = '@';

/// Who is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Patchcord,
    Floor,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Patchcord => "patchcord",
            Self::Floor => "floor",
        }
    }

    /// The program in a terminal, with "go" typed and not sent.
    fn start(self, home: &Home, server: &ChatThing) -> Pty {
        home.configure(&server.config());
        let mut environment = home.environment();
        environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
        if self == Self::Floor {
            let own = std::env::current_exe().expect("this program's path");
            let script =
                format!("stty raw -echo; exec '{}' --floor '{}' '{SECRET}'", own.display(), server.origin.url());
            let pty = Pty::spawn("/bin/sh", &["-c", &script], &environment, SIZE);
            pty.wait_for("ready");
            return pty;
        }
        let program = std::env::var("PATCHCORD_BIN").unwrap_or_else(|_| PATCHCORD.to_owned());
        let pty = Pty::spawn(&program, &[], &environment, SIZE);
        pty.wait_for("Question number 0?");
        pty.key(Key::Ctrl('n'));
        pty.type_text("go");
        pty.wait_for("go");
        pty
    }
}

/// A delta of about six bytes, as models send them; a paragraph ends now and then.
fn word(at: usize) -> String {
    match at % 90 {
        89 => "\n\n".to_owned(),
        n => format!("w{:04} ", (at * 31 + n) % 10_000),
    }
}

fn last() -> String {
    format!("{}data: {}\n\ndata: [DONE]\n\n", delta(&format!("\n\n{MARKER}")), chunk(&json!({}), Some("stop")))
}

struct Flood {
    wall: f64,
    cpu: f64,
    peak: f64,
    bytes: f64,
    lag: f64,
}

fn flood(who: Who, count: usize) -> Flood {
    let (home, server, sent) = (Home::new(), ChatThing::start(), Stamp::default());
    let mut script = stream_head(true);
    for at in 0..count {
        script = script.chunk(delta(&word(at)));
    }
    server.next("message", script.chunk(last()).then(Step::Stamp(sent.clone())).end());
    let pty = who.start(&home, &server);
    let (cpu, bytes, from) = (process::cpu(pty.pid()), pty.written(), Instant::now());
    pty.key(Key::Enter);
    pty.wait_for(MARKER);
    let shown = Instant::now();
    let sent = sent.at().unwrap_or(shown);
    Flood {
        wall: (shown - from).as_secs_f64(),
        cpu: process::cpu(pty.pid()) - cpu,
        peak: process::peak_mb(pty.pid()),
        bytes: (pty.written() - bytes) as f64,
        lag: shown.saturating_duration_since(sent).as_secs_f64() * 1_000.0,
    }
}

/// Milliseconds from a key to its effect on the screen, while 50 deltas a second come.
fn keys(who: Who, presses: usize) -> Vec<f64> {
    let (home, server) = (Home::new(), ChatThing::start());
    let mut script = stream_head(true);
    // More than will be needed: the program is ended before the stream.
    for at in 0..presses * 20 {
        script = script.chunk(delta(&word(at))).then(Step::Pause(Duration::from_millis(20)));
    }
    server.next("message", script.end());
    let pty = who.start(&home, &server);
    pty.key(Key::Enter);
    pty.wait_for(word(3).trim());
    let mut out = Vec::new();
    for at in 0..presses {
        let shows = |screen: &vt100::Screen| screen.contents().contains(PROBE);
        for (key, wanted) in [(Key::Char(PROBE), true), (Key::Backspace, false)] {
            let from = Instant::now();
            pty.key(key);
            pty.wait_until("the key's effect", |screen| shows(screen) == wanted);
            out.push(from.elapsed().as_secs_f64() * 1_000.0);
            // Presses fall on every phase of the stream.
            std::thread::sleep(Duration::from_millis(11 + u64::try_from(at % 17).unwrap_or(0)));
        }
    }
    out
}

fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index within the list")]
    let at = (last as f64 * percent / 100.0).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// The slope of a line through the logarithms, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.max(1e-6).ln())).collect();
    let count = logs.len() as f64;
    let (x, y) = logs.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / count, b + y / count));
    let above: f64 = logs.iter().map(|(a, b)| (a - x) * (b - y)).sum();
    let below: f64 = logs.iter().map(|(a, _)| (a - x).powi(2)).sum();
    above / below
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, url, secret] = arguments.as_slice()
        && mode == "--floor"
    {
        floor::run(url, secret).expect("the floor reads its stream");
        return;
    }
    let chosen = |who: &Who| {
        !arguments.iter().any(|a| a == "floor" || a == "patchcord") || arguments.iter().any(|a| a == who.name())
    };
    let whom: Vec<Who> = [Who::Floor, Who::Patchcord].into_iter().filter(chosen).collect();
    let (runs, presses) = (setting("FLOOD_RUNS", 3), setting("FLOOD_KEYS", 200));
    println!("load {}, {runs} runs each, medians; {}x{}", process::load(), SIZE.0, SIZE.1);
    println!(
        "\n{:<10} {:>7} {:>8} {:>8} {:>8} {:>10} {:>8}",
        "", "deltas", "wall s", "CPU s", "peak MB", "bytes", "lag ms"
    );
    for who in whom.iter().copied() {
        let mut points = Vec::new();
        for count in COUNTS {
            let results: Vec<Flood> = (0..runs).map(|_| flood(who, count)).collect();
            let median = |of: fn(&Flood) -> f64| percentile(&results.iter().map(of).collect::<Vec<_>>(), 50.0);
            let cpu = median(|r| r.cpu);
            points.push((count as f64, cpu));
            println!(
                "{:<10} {count:>7} {:>8.3} {cpu:>8.4} {:>8.1} {:>10.0} {:>8.1}",
                who.name(),
                median(|r| r.wall),
                median(|r| r.peak),
                median(|r| r.bytes),
                median(|r| r.lag),
            );
        }
        println!("{:<10} CPU grows with the deltas to the power of {:.2}", who.name(), slope(&points));
    }
    println!(
        "\n{:<10} {:>7} {:>8} {:>8} {:>8}   from a key to the screen, 50 deltas a second",
        "", "keys", "p50 ms", "p99 ms", "max ms"
    );
    for who in whom {
        let times = keys(who, presses);
        let at = |percent| percentile(&times, percent);
        println!("{:<10} {:>7} {:>8.2} {:>8.2} {:>8.2}", who.name(), times.len(), at(50.0), at(99.0), at(100.0));
    }
    println!("\nload {}", process::load());
}
