//! The rows of webhooks that are acknowledged, each on the disk before its answer: what an event costs, how many a second
//! are taken, what is kept of each.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::drive::{Client, Load, Seen};
use crate::options::Options;
use crate::posts::Kind;
use crate::process;
use crate::program::{How, Program};
use crate::table::{Cell, Table};
use crate::turns::{Turns, turns};
use crate::who::Who;

/// How many senders there are, each with one request at a time.
const CONNECTIONS: usize = 64;
/// From how many people the events are.
const USERS: usize = 100;
/// How long what is done behind the answers may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What one run came to.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    seen: Seen,
    /// CPU microseconds an event until all was acknowledged and printed, and until the program was at rest again.
    cpu: [f64; 2],
    peak: f64,
    /// Bytes of the database for an event; outside the full-text tables, and in all. Only of a store that was new.
    kept: [f64; 2],
}

/// All rows but those of a store that is full already.
pub fn rows(table: &mut Table, options: &Options) {
    let count = options.rounds(18_000, 6_000);
    let rounds = options.rounds(5, 3);
    let mut seed = 0;
    let mut next = |who: Who, how: How| {
        seed += 1;
        run(who, how, None, Load { kind: Kind::Thirds, connections: CONNECTIONS, users: USERS, count, seed })
    };
    let listening = turns(rounds, false, |who| next(who, How::JsonFile));
    table.middles(
        "CPU µs an acknowledged event, 64 connections, a third each platform",
        &listening,
        |r| r.cpu[0],
        1,
        "1/3 of before",
    );
    table.middles("the same until the program is at rest again", &listening, |r| r.cpu[1], 1, "");
    table.middles("bytes kept an event of 512, without the full-text index", &listening, |r| r.kept[0], 0, "1,000");
    table.middles("the same with it, as far as it is made by then", &listening, |r| r.kept[1], 0, "");
    table.row("these, acknowledged a second", &pace(&listening), "4 × before");
    latencies(table, &listening);
    let frozen = turns(rounds, false, |who| next(who, How::Frozen));
    table.row("acknowledged a second by the terminal interface, its terminal frozen", &pace(&frozen), "8,000");
    latencies(table, &frozen);
}

/// The row of a store that has many messages already: each program its own, in the data directory that is told.
pub fn stored<'a>(table: &mut Table, options: &Options, messages: &str, data: impl Fn(Who) -> &'a Path) {
    let mut seed = 0;
    let full = turns(options.rounds(5, 3), false, |who| {
        seed += 1;
        let count = options.rounds(18_000, 6_000);
        let load = Load { kind: Kind::Thirds, connections: CONNECTIONS, users: USERS, count, seed };
        run(who, How::JsonFile, Some(data(who)), load)
    });
    let name = format!("CPU µs an acknowledged event with {messages} messages stored");
    table.middles(&name, &full, |r| r.cpu[0], 1, "1/3 of before");
    table.middles("the same until the program is at rest again", &full, |r| r.cpu[1], 1, "");
    table.row("these, acknowledged a second", &pace(&full), "4 × before");
    latencies(table, &full);
}

fn pace(turns: &Turns<Run>) -> Vec<(Who, Cell)> {
    turns.cells(|runs| Cell::most(&runs.iter().map(|run| run.seen.pace).collect::<Vec<_>>(), 0))
}

fn latencies(table: &mut Table, turns: &Turns<Run>) {
    let cells = turns.cells(|runs| {
        let of = |of: fn(&Run) -> f64, digits| Cell::middle(&runs.iter().map(of).collect::<Vec<_>>(), digits);
        of(|run| run.seen.p50, 2).and(of(|run| run.seen.p99, 2)).and(of(|run| run.peak, 1))
    });
    table.row("these: p50 / p99 ms / peak memory, MB", &cells, "– / 15 / 14");
}

fn run(who: Who, how: How, data: Option<&Path>, load: Load) -> Run {
    let program = Program::start_on(&who.program(), how, data);
    let (pid, count) = (program.pid(), load.count as f64);
    let client = Client::start(program.addr, load);
    let before = process::cpu(pid);
    let seen = client.run();
    // Of three events two are messages.
    program.printed(how, load.count / 3 * 2, "{\"event\":\"message\"");
    let printed = process::cpu(pid);
    let peak = process::peak_mb(pid);
    let rested = process::at_rest(pid, PATIENCE);
    let file = program.data().join("patchcord.db");
    let home = program.stop();
    let kept = if data.is_none() { kept(&file).map(|bytes| bytes / count) } else { [f64::NAN; 2] };
    drop(home);
    Run { seen, cpu: [printed, rested].map(|cpu| (cpu - before) * 1e6 / count), peak, kept }
}

/// The bytes of a database's tables and indexes that are used: outside its full-text tables, and in all.
fn kept(file: &Path) -> [f64; 2] {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database");
    let names = |sql: &str| -> Vec<String> {
        let mut asked = database.prepare(sql).expect("its schema");
        let names = asked.query_map([], |row| row.get(0)).expect("its schema");
        names.collect::<Result<_, _>>().expect("its schema")
    };
    let words = names("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%'");
    let mut asked = database
        .prepare("SELECT s.tbl_name, d.pgsize FROM dbstat('main', 1) d JOIN sqlite_schema s ON s.name = d.name")
        .expect("the sizes of its tables");
    let sizes = asked.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?))).expect("its sizes");
    let mut sums = [0.0; 2];
    for (name, bytes) in sizes.map(|size| size.expect("a size")) {
        let of_words =
            words.iter().any(|words| name.strip_prefix(words.as_str()).is_some_and(|r| r.starts_with('_')));
        sums[0] += if of_words { 0.0 } else { bytes };
        sums[1] += bytes;
    }
    sums
}
