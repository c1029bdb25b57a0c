//! The rows of the program on its screen: starts, rest, keys, deltas, floods, and a message of 10 MiB.

use std::path::Path;
use std::time::Duration;

use crate::figures::{median, percentile, slope};
use crate::options::Options;
use crate::support::chat_thing::ChatThing;
use crate::support::home::Home;
use crate::table::{Cell, Table};
use crate::turns::turns;
use crate::who::Who;
use crate::{idle, process, scroll, start, stored, stream, whole};

const COUNTS: [usize; 3] = [4_096, 16_384, 65_536];

/// The program's file.
pub fn size(table: &mut Table) {
    let sizes = turns(1, false, |who| whole::file_mb(Path::new(&who.program())) * 1.048_576);
    table.middles("the program's file, million bytes", &sizes, |size| *size, 1, "13");
}

/// From nothing to a screen that takes keys.
pub fn starts(table: &mut Table, options: &Options) {
    let server = ChatThing::start();
    let silent = stored::silent();
    let homes: Vec<(Who, Home, Home)> = Who::programs()
        .into_iter()
        .chain([Who::Floor])
        .map(|who| {
            let (empty, million) = (Home::new(), if who.is_program() { stored::new_home(who) } else { Home::new() });
            empty.configure(&server.config());
            million.configure(&silent.config());
            (who, empty, million)
        })
        .collect();
    let once = |who: Who| {
        let (_, empty, million) = homes.iter().find(|(whose, _, _)| *whose == who).expect("its homes");
        let full = who.is_program();
        (start::start(who, empty, &server, false), start::start(who, million, &silent, full))
    };
    // A first start makes what is missing, and reads what the next ones have in memory.
    turns(1, true, once);
    let starts = turns(options.rounds(15, 5), true, once);
    table.middles("start to ready to type, empty store, ms", &starts, |(empty, _)| empty.ready, 1, "6");
    table.middles("the same with 1,000,000 messages stored", &starts, |(_, million)| million.ready, 1, "6");
    table.middles("start to the first key on the screen, with those", &starts, |(_, million)| million.typed, 1, "");
    table.middles("start to the last conversation on the screen", &starts, |(_, million)| million.filled, 1, "");
}

/// What it holds and does while nobody uses it; all at once, since nothing happens.
pub fn idles(table: &mut Table, options: &Options) {
    let (server, silent) = (ChatThing::start(), stored::silent());
    let (mut homes, mut ptys) = (Vec::new(), Vec::new());
    for who in Who::programs() {
        let [home, large, listening] = [Home::new(), stored::new_home(who), Home::new()];
        home.configure(&server.config());
        large.configure(&silent.config());
        listening.configure(&idle::listening(&server));
        ptys.push((who, 0, who.start(&home, &server)));
        let pty = who.start(&listening, &server);
        pty.wait_for("listening :");
        ptys.push((who, 1, pty));
        let pty = who.spawn(&large, &silent);
        pty.wait_for(stored::LAST);
        ptys.push((who, 2, pty));
        homes.push([home, large, listening]);
    }
    let home = Home::new();
    ptys.push((Who::Floor, 0, Who::Floor.start(&home, &server)));
    let watched = idle::watch(
        &ptys.iter().map(|(_, _, pty)| pty).collect::<Vec<_>>(),
        Duration::from_secs(if options.quick { 10 } else { 20 }),
    );
    let of = |which: usize, cell: fn(&idle::Idle) -> Cell| {
        let all = ptys.iter().zip(&watched).filter(|((_, case, _), _)| *case == which);
        all.map(|((who, _, _), idle)| (*who, cell(idle))).collect::<Vec<_>>()
    };
    let memory = |i: &idle::Idle| Cell::plain(&[i.resident, i.private], 1);
    table.row("memory idle, MB: resident / of it its own", &of(0, memory), "11 / 2.5");
    table.row("the same while it listens for webhooks", &of(1, memory), "12 / –");
    table.row("the same with 1,000,000 messages stored that have no index yet", &of(2, memory), "12 / –");
    let wakes = |i: &idle::Idle| Cell::plain(&[i.wakes, i.cpu, i.bytes], 2);
    table.row("idle: wake-ups a second / CPU ms a second / bytes", &of(0, wakes), "0");
    table.row("the same while it listens for webhooks", &of(1, wakes), "0");
    drop(homes);
}

/// From a key to its effect.
pub fn keys(table: &mut Table, options: &Options) {
    for (name, streaming) in [("key to screen, idle", false), ("key to screen while 50 deltas a second stream", true)]
    {
        let presses = options.rounds(50, 20);
        let keys = turns(options.rounds(5, 3), true, |who| stream::keys(who, presses, streaming));
        let reach = if streaming { "0.6 / 2" } else { "0.5 / 2" };
        table.row(&format!("{name}, p50 / p99 ms"), &keys.spread(), reach);
        table.row("the same over the floor's", &keys.over_the_floor(), "0.25 / 0.6");
    }
}

/// From a delta to its being seen.
pub fn deltas(table: &mut Table, options: &Options) {
    let deltas = turns(options.rounds(5, 3), true, |who| stream::deltas(who, options.rounds(150, 60)));
    table.row("delta to screen at 50 a second, p50 / p99 ms", &deltas.spread(), "0.6 / 2");
    table.row("the same over the floor's", &deltas.over_the_floor(), "0.3 / 0.6");
}

/// A reply as fast as it can be sent.
pub fn floods(table: &mut Table, options: &Options) {
    let mut points: Vec<(Who, Vec<(f64, f64)>)> = Vec::new();
    for count in COUNTS {
        let flood = turns(options.rounds(7, 3), true, |who| stream::flood(who, count));
        let last = count == COUNTS[COUNTS.len() - 1];
        for who in Who::programs().into_iter().chain([Who::Floor]) {
            let cpu = median(&flood.rounds(who).iter().map(|f| f.cpu).collect::<Vec<_>>());
            match points.iter_mut().find(|(whose, _)| *whose == who) {
                Some((_, points)) => points.push((count as f64, cpu)),
                None => points.push((who, vec![(count as f64, cpu)])),
            }
        }
        let name = format!("{} deltas of markdown, CPU s", thousands(count));
        table.middles(&name, &flood, |f| f.cpu, 3, if last { "0.10" } else { "" });
        if last {
            let raw: Vec<f64> = flood.rounds(Who::Floor).iter().map(|f| f.cpu).collect();
            let beside = flood.cells(|rounds| {
                Cell::middle(&rounds.iter().zip(&raw).map(|(f, raw)| f.cpu / raw).collect::<Vec<_>>(), 2)
            });
            let beside: Vec<_> = beside.into_iter().filter(|(who, _)| who.is_program()).collect();
            table.row("that CPU beside the floor's of the same round", &beside, "1.0");
            table.middles("these: wall s", &flood, |f| f.wall, 2, "");
            table.middles("these: peak memory, MB", &flood, |f| f.peak, 1, "16");
            table.middles("these: bytes written to the terminal", &flood, |f| f.bytes, 0, "");
            table.middles("the end of that reply, sent to visible, ms", &flood, |f| f.lag, 1, "20");
        }
    }
    let slopes: Vec<_> = points.iter().map(|(who, points)| (*who, Cell::plain(&[slope(points)], 2))).collect();
    table.row("slope of that CPU", &slopes, "under 1");
}

/// A message of 10 MiB, from end to end.
pub fn scrolls(table: &mut Table, options: &Options) {
    let rounds = options.rounds(5, 2);
    let scrolled = turns(rounds, true, |who| scroll::scroll(who, options.rounds(60, 50)));
    let frames = |s: &scroll::Scrolled, percent: f64| percentile(&s.frames, percent);
    let times = scrolled.cells(|rounds| {
        let of = |percent: f64| Cell::middle(&rounds.iter().map(|s| frames(s, percent)).collect::<Vec<_>>(), 2);
        of(50.0).and(of(99.0)).and(of(100.0))
    });
    table.row("key to frame under a 10 MiB message, p50 / p99 / worst ms", &times, "– / – / 1.5");
    table.middles("CPU of such a frame, ms", &scrolled, |s| s.cpu, 2, "");
    table.middles("peak memory with it, MB", &scrolled, |s| s.peak, 1, "");
}

/// A number with its thousands set apart.
pub fn thousands(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => format!("{},{:03}", number / 1_000, number % 1_000),
        _ => format!("{},{:03},{:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000),
    }
}

/// The machine, the terminal and the load, in words.
pub fn head() -> String {
    let (columns, rows) = crate::who::SIZE;
    format!("{}; a terminal of {columns}x{rows}; load {}", process::machine(), process::load())
}
