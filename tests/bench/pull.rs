//! A data source pulled into a folder, beside a client that asks for the same rows and keeps none of them.

use std::time::Instant;

use crate::options::Options;
use crate::support::chat_thing::{CHANNEL, ChatThing, SECRET};
use crate::support::home::Home;
use crate::support::hooks::Poster;
use crate::table::Table;
use crate::turns::turns;
use crate::who::Who;
use crate::whole::Whole;

/// The length of a row's text, about.
const LENGTH: usize = 2_000;

/// Milliseconds a row.
pub fn rows(table: &mut Table, options: &Options) {
    let count = options.rounds(400, 100);
    let server = ChatThing::start();
    let texts: Vec<(String, String)> =
        (0..count).map(|at| (format!("row {at}"), format!("Row {at} of many. ").repeat(LENGTH / 18))).collect();
    let source = server.add_source(&texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect::<Vec<_>>());
    let pulled = turns(options.rounds(5, 3), true, |who| match who {
        Who::Floor => ask(&server, &source),
        _ => pull(who, &server, &source),
    });
    table.middles("pull of a source, wall ms a row", &pulled, |[wall, _]| wall / count as f64, 2, "2");
    let cells = pulled.cells(|rounds| {
        let cpu: Vec<f64> = rounds.iter().map(|[_, cpu]| cpu / count as f64).collect();
        crate::table::Cell::middle(&cpu, 2)
    });
    let cells: Vec<_> = cells.into_iter().filter(|(who, _)| who.is_program()).collect();
    table.row("the same, CPU ms a row", &cells, "");
}

/// Wall and CPU milliseconds.
fn pull(who: Who, server: &ChatThing, source: &str) -> [f64; 2] {
    let home = Home::new();
    home.configure(&server.config());
    let folder = home.path().join("pulled").to_string_lossy().into_owned();
    let (program, environment) = (who.program(), home.environment());
    let cost = Whole {
        program: &program,
        arguments: &["sources", "pull", source, &folder],
        environment: &environment,
        folder: home.path(),
        output: None,
    }
    .run();
    [cost.wall, cost.cpu].map(|seconds| seconds * 1_000.0)
}

/// What the platform takes: every row asked for, one after the other.
fn ask(server: &ChatThing, source: &str) -> [f64; 2] {
    let rows = server.rows(source);
    let from = Instant::now();
    let mut poster = Poster::connect(server.origin.url().trim_start_matches("http://")).expect("a connection");
    for row in rows {
        let path = format!(
            "/api/public/channels/{CHANNEL}/1.0/data-sources/row?dataSourceId={source}&dataSourceRowId={}",
            row.id
        );
        let headers = [("X-API-Secret-Key", SECRET), ("content-type", "application/json")];
        let answer = poster.request("GET", &path, &headers, b"").expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    [from.elapsed().as_secs_f64() * 1_000.0, f64::NAN]
}
