//! The benchmark: the real program in a terminal, beside a floor that does the least that can be done, in one run.
//! Prints a table for docs/performance.md and asserts nothing: figures of a busy machine are no verdict.
//!
//! `cargo bench --bench suite`; `-- --quick` for fewer rounds, `-- start idle keys deltas flood scroll` for some of the
//! parts. `PATCHCORD_BIN` names another binary. The two take turns. Of what was measured several times the median is
//! shown, behind it in brackets the best; trust CPU seconds most on a machine that others use too.

#![allow(clippy::expect_used, clippy::missing_panics_doc, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;

pub mod figures;
pub mod floor;
pub mod idle;
pub mod process;
pub mod scroll;
pub mod start;
pub mod stored;
pub mod stream;
pub mod who;

use std::time::Duration;

use figures::{median, percentile, slope};
use support::chat_thing::ChatThing;
use support::home::Home;
use who::{SIZE, Who};

const COUNTS: [usize; 3] = [4_096, 16_384, 65_536];

/// How often everything is done.
#[derive(Debug, Clone, Copy)]
struct Rounds {
    starts: usize,
    idle: Duration,
    keys: usize,
    deltas: usize,
    floods: usize,
    scrolls: usize,
}

const FULL: Rounds =
    Rounds { starts: 15, idle: Duration::from_secs(20), keys: 250, deltas: 600, floods: 7, scrolls: 300 };
const QUICK: Rounds =
    Rounds { starts: 5, idle: Duration::from_secs(10), keys: 60, deltas: 150, floods: 3, scrolls: 100 };

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, url, secret] = arguments.as_slice()
        && mode == "--floor"
    {
        floor::run(url, secret).expect("the floor reads its stream");
        return;
    }
    let rounds = if arguments.iter().any(|a| a == "--quick") { QUICK } else { FULL };
    let parts: Vec<&str> = arguments.iter().skip(1).map(String::as_str).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    println!("{}; a terminal of {}x{}; load {}\n", process::machine(), SIZE.0, SIZE.1, process::load());
    println!("| what | patchcord | floor | to reach |\n| --- | ---: | ---: | ---: |");
    if wanted("start") {
        starts(rounds);
    }
    if wanted("idle") {
        idles(rounds);
    }
    if wanted("keys") {
        for (name, streaming) in
            [("key to screen, idle", false), ("key to screen while 50 deltas a second stream", true)]
        {
            let [ours, floor] =
                interleaved(2, |who| stream::keys(who, rounds.keys / 2, streaming)).map(|r| r.concat());
            let reach = if streaming { "0.6 / 2" } else { "0.5 / 2" };
            row(&format!("{name}, p50 / p99 ms"), &spread(&ours), &spread(&floor), reach);
        }
    }
    if wanted("deltas") {
        let [ours, floor] = interleaved(2, |who| stream::deltas(who, rounds.deltas / 2)).map(|r| r.concat());
        row("delta to screen at 50 a second, p50 / p99 ms", &spread(&ours), &spread(&floor), "0.6 / 2");
    }
    if wanted("flood") {
        floods(rounds);
    }
    if wanted("scroll") {
        scrolls(rounds);
    }
    println!("\nload {}", process::load());
}

fn row(what: &str, ours: &str, floor: &str, reach: &str) {
    println!("| {what} | {ours} | {floor} | {reach} |");
}

/// Both in turn, so many times.
fn interleaved<T>(rounds: usize, mut measure: impl FnMut(Who) -> T) -> [Vec<T>; 2] {
    let mut out = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (who, results) in Who::ALL.into_iter().zip(&mut out) {
            results.push(measure(who));
        }
    }
    out
}

/// The median and the best.
fn middle(values: &[f64], digits: usize) -> String {
    format!("{:.digits$} ({:.digits$})", median(values), percentile(values, 0.0))
}

fn spread(values: &[f64]) -> String {
    format!("{:.2} / {:.2}", median(values), percentile(values, 99.0))
}

fn starts(rounds: Rounds) {
    let server = ChatThing::start();
    let empty = Home::new();
    empty.configure(&server.config());
    let silent = stored::silent();
    let million = stored::new_home();
    million.configure(&silent.config());
    // A first start makes what is missing, and reads what the next ones have in memory.
    start::start(Who::Patchcord, &empty, &server, false);
    start::start(Who::Patchcord, &million, &silent, true);
    let (mut small, mut large, mut floor) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds.starts {
        small.push(start::start(Who::Patchcord, &empty, &server, false));
        floor.push(start::start(Who::Floor, &empty, &server, false));
        large.push(start::start(Who::Patchcord, &million, &silent, true));
    }
    let of = |starts: &[start::Start], of: fn(&start::Start) -> f64| -> String {
        middle(&starts.iter().map(of).collect::<Vec<_>>(), 1)
    };
    row("start to ready to type, empty store, ms", &of(&small, |s| s.ready), &of(&floor, |s| s.ready), "6");
    row("the same with 1,000,000 messages stored", &of(&large, |s| s.ready), "", "6");
    row("start to the first key on the screen, with those", &of(&large, |s| s.typed), &of(&floor, |s| s.typed), "");
    row("start to the last conversation on the screen", &of(&large, |s| s.filled), "", "");
}

fn idles(rounds: Rounds) {
    let (server, silent, home, million, listening) =
        (ChatThing::start(), stored::silent(), Home::new(), stored::new_home(), Home::new());
    home.configure(&server.config());
    million.configure(&silent.config());
    listening.configure(&idle::listening(&server));
    let floor = Who::Floor.start(&home, &server);
    let ours = Who::Patchcord.start(&home, &server);
    let listens = Who::Patchcord.start(&listening, &server);
    listens.wait_for("listening :");
    let large = Who::Patchcord.spawn(&million, &silent);
    large.wait_for(stored::LAST);
    let watched = idle::watch(&[&floor, &ours, &large, &listens], rounds.idle);
    let [floor, ours, large, listens] = watched.as_slice() else { return };
    let memory = |i: &idle::Idle| format!("{:.1}", i.resident);
    row("resident memory idle, MB", &memory(ours), &memory(floor), "12");
    row("the same with 1,000,000 messages stored", &memory(large), "", "12");
    row("the same while it listens for webhooks", &memory(listens), "", "12");
    let wakes = |i: &idle::Idle| format!("{:.1} / {:.2} / {:.0}", i.wakes, i.cpu, i.bytes);
    row("idle: wake-ups a second / CPU ms a second / bytes", &wakes(ours), &wakes(floor), "0");
    row("the same while it listens for webhooks", &wakes(listens), "", "0");
}

fn floods(rounds: Rounds) {
    let mut points = [Vec::new(), Vec::new()];
    for count in COUNTS {
        let results = interleaved(rounds.floods, |who| stream::flood(who, count));
        let of = |of: fn(&stream::Flood) -> f64| results.each_ref().map(|r| r.iter().map(of).collect::<Vec<f64>>());
        let put = |what: &str, values: [Vec<f64>; 2], digits: usize, reach: &str| {
            let [ours, floor] = values.each_ref().map(|values| middle(values, digits));
            row(what, &ours, &floor, reach);
        };
        let cpu = of(|r| r.cpu);
        for (points, cpu) in points.iter_mut().zip(&cpu) {
            points.push((count as f64, median(cpu)));
        }
        let last = count == COUNTS[COUNTS.len() - 1];
        put(&format!("{} deltas of markdown, CPU s", thousands(count)), cpu, 3, if last { "0.10" } else { "" });
        if last {
            put("these: wall s", of(|r| r.wall), 2, "");
            put("these: peak memory, MB", of(|r| r.peak), 1, "16");
            put("these: bytes written to the terminal", of(|r| r.bytes), 0, "");
            put("the end of that reply, sent to visible, ms", of(|r| r.lag), 1, "20");
        }
    }
    let [ours, floor] = points.each_ref().map(|points| format!("{:.2}", slope(points)));
    row("slope of that CPU", &ours, &floor, "under 1");
}

fn scrolls(rounds: Rounds) {
    let [ours, floor] = interleaved(2, |who| scroll::scroll(who, rounds.scrolls / 2));
    let all = |of: &[scroll::Scrolled]| of.iter().flat_map(|s| s.frames.clone()).collect::<Vec<f64>>();
    let times = |of: &[scroll::Scrolled]| {
        let all = all(of);
        format!("{} / {:.2}", spread(&all), percentile(&all, 100.0))
    };
    row("key to frame under a 10 MiB message, p50 / p99 / worst ms", &times(&ours), &times(&floor), "– / – / 2");
    let of = |of: &[scroll::Scrolled], value: fn(&scroll::Scrolled) -> f64| {
        format!("{:.2}", median(&of.iter().map(value).collect::<Vec<_>>()))
    };
    row("CPU of such a frame, ms", &of(&ours, |s| s.cpu), &of(&floor, |s| s.cpu), "");
    row("peak memory with it, MB", &of(&ours, |s| s.peak), &of(&floor, |s| s.peak), "");
}

/// A number with its thousands set apart.
fn thousands(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
