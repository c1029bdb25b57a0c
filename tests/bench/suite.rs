//! The benchmark: the real program in a terminal and as commands, beside the build before and beside a floor that does
//! the least that can be done, in one run. Prints a table for docs/performance.md and asserts nothing: figures of a busy
//! machine are no verdict.
//!
//! `cargo bench --bench suite -- --against PATH` measures the program at PATH as the build before; without it there is
//! none. `--quick` for fewer rounds and a small store, `--size N` for a store of that many messages, `--write` to put the
//! table into the page. Parts that are named are measured alone: `size start idle keys deltas flood scroll acks`, and
//! `scale`, which is `index search export history list roster hooks pull reply`; `build` compiles the program from
//! nothing, and only when it is named. `PATCHCORD_BIN` names another binary than this build's. All take turns. Of what was
//! measured several times the median is shown, behind it in brackets the best; trust CPU seconds most on a machine that
//! others use too.

#![allow(clippy::expect_used, clippy::missing_panics_doc, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;

pub mod acks;
pub mod compile;
pub mod corpus;
pub mod drive;
pub mod exports;
pub mod figures;
pub mod floor;
pub mod grown;
pub mod growth;
pub mod history;
pub mod hooks_seen;
pub mod idle;
pub mod kept;
pub mod long_reply;
pub mod options;
pub mod posts;
pub mod process;
pub mod program;
pub mod pull;
pub mod roster;
pub mod screen;
pub mod scroll;
pub mod start;
pub mod stored;
pub mod stream;
pub mod table;
pub mod turns;
pub mod who;
pub mod whole;

use std::path::Path;
use std::process::exit;

use options::Options;
use table::Table;
use who::Who;

/// Where the table stands.
const PAGE: &str = "docs/performance.md";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, url, secret] = arguments.as_slice()
        && mode == "--floor"
    {
        floor::run(url, secret).expect("the floor reads its stream");
        return;
    }
    if drive::main(&arguments) || whole::main(&arguments) {
        return;
    }
    let options = Options::read(arguments.into_iter().skip(1)).unwrap_or_else(|wrong| {
        eprintln!("{wrong}");
        exit(2);
    });
    if let Some(before) = &options.against {
        let before = std::fs::canonicalize(before).unwrap_or_else(|error| {
            eprintln!("--against {before}: {error}");
            exit(2);
        });
        Who::compare_with(before.to_string_lossy().into_owned());
    }
    let head = screen::head();
    println!("{head}\n");
    let mut table = Table::new(options.against.is_some());
    measure(&mut table, &options);
    table.finish();
    if options.write
        && let Err(error) = table.write(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE).as_path(), &head)
    {
        eprintln!("{PAGE}: {error}");
        exit(1);
    }
}

/// A part: its name, and what measures it.
type Part = (&'static str, fn(&mut Table, &Options));

fn measure(table: &mut Table, options: &Options) {
    const SCREEN: &[Part] = &[
        ("size", |table, _| screen::size(table)),
        ("start", screen::starts),
        ("idle", screen::idles),
        ("keys", screen::keys),
        ("deltas", screen::deltas),
        ("flood", screen::floods),
        ("scroll", screen::scrolls),
        ("acks", acks::rows),
        ("history", history::rows),
        ("roster", roster::rows),
        ("hooks", hooks_seen::rows),
        ("pull", pull::rows),
        ("reply", long_reply::rows),
        ("export", exports::rows),
        ("export", kept::rows),
        ("build", |table, _| compile::rows(table)),
    ];
    for (name, part) in SCREEN.iter().filter(|(name, _)| options.wants(name)) {
        table.part(name, |table| part(table, options));
    }
    growth::rows(table, options);
}
