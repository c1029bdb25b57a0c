//! A long conversation of a platform that keeps none: what came by webhook is in the store alone, and exported from there.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::drive::{Client, Load};
use crate::exports::{FORMATS, row};
use crate::options::Options;
use crate::posts::Kind;
use crate::program::{How, Program};
use crate::screen::thousands;
use crate::table::Table;
use crate::turns::{Turns, turns};
use crate::who::Who;
use crate::whole::{Cost, Whole};

/// One program's home after so many messages of one person came.
struct Filled {
    who: Who,
    count: usize,
    home: TempDir,
    id: String,
}

/// CPU seconds, their exponent, and the peak of memory, of each form.
pub fn rows(table: &mut Table, options: &Options) {
    let counts = [options.size / 100, options.size * 316 / 10_000, options.size / 10].map(|count| count.max(64));
    let filled: Vec<Filled> =
        counts.iter().flat_map(|count| Who::programs().into_iter().map(|who| fill(who, *count))).collect();
    for format in FORMATS {
        let export = |who: Who, count: usize| {
            let of = filled.iter().find(|f| f.who == who && f.count == count).expect("a store");
            let arguments = ["-c", "klaunch", "conversations", "export", &of.id, "--format", format];
            run(who, of.home.path(), &arguments)
        };
        let by_size: Vec<(usize, Turns<Cost>)> =
            counts.iter().map(|count| (*count, turns(2, false, |who| export(who, *count)))).collect();
        row(table, &format!("export of {} that came by webhook, {format}", thousands(counts[2])), &by_size);
    }
}

fn fill(who: Who, count: usize) -> Filled {
    let program = Program::start(&who.program(), How::JsonNull);
    Client::start(program.addr, Load { kind: Kind::KLaunch, connections: 64, users: 1, count, seed: 1 }).run();
    let home = program.stop();
    run(who, home.path(), &["-c", "klaunch", "--json", "conversations", "list"]);
    let listed = fs::read(home.path().join("printed")).expect("the list");
    let listed: Value = serde_json::from_slice(&listed).expect("the list");
    let id = listed["conversations"][0]["id"].as_str().expect("a conversation").to_owned();
    Filled { who, count, home, id }
}

fn run(who: Who, home: &Path, arguments: &[&str]) -> Cost {
    let at = |name: &str| home.join(name).to_string_lossy().into_owned();
    let environment = [
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("HOME", at("")),
        ("PATCHCORD_CONFIG", at("config/config.toml")),
        ("PATCHCORD_DATA_DIR", at("data")),
        ("XDG_STATE_HOME", at("state")),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let program = who.program();
    let output = home.join("printed");
    Whole { program: &program, arguments, environment: &environment, folder: home, output: Some(&output) }.run()
}
