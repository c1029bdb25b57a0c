//! A platform's long conversation exported: every page fetched, kept, and written out, in each form.

use crate::figures::{median, slope};
use crate::history;
use crate::options::Options;
use crate::screen::thousands;
use crate::support::chat_thing::{ChatThing, id};
use crate::support::home::Home;
use crate::table::{Cell, Table};
use crate::turns::{Turns, turns};
use crate::who::Who;
use crate::whole::{Cost, Whole};

/// The forms.
pub const FORMATS: &[&str] = &["md", "json", "jsonl", "html"];

/// CPU seconds, their exponent, and the peak of memory, of each form.
pub fn rows(table: &mut Table, options: &Options) {
    let counts = [options.size / 100, options.size * 316 / 10_000, options.size / 10].map(|count| count.max(2));
    let servers: Vec<(usize, ChatThing)> = counts.into_iter().map(|count| (count, history::serve(count))).collect();
    for format in FORMATS {
        let by_size: Vec<(usize, Turns<Cost>)> = servers
            .iter()
            .map(|(count, server)| (*count, turns(2, false, |who| export(who, server, format))))
            .collect();
        row(table, &format!("export of a platform's conversation of {}, {format}", thousands(counts[2])), &by_size);
    }
}

/// The row of exports of several sizes, the largest last.
pub fn row(table: &mut Table, what: &str, by_size: &[(usize, Turns<Cost>)]) {
    let Some((_, largest)) = by_size.last() else { return };
    let exponent = |who: Who| {
        let cpu = |turns: &Turns<Cost>| median(&turns.rounds(who).iter().map(|cost| cost.cpu).collect::<Vec<_>>());
        slope(&by_size.iter().map(|(count, turns)| (*count as f64, cpu(turns))).collect::<Vec<_>>())
    };
    let of = |costs: &[Cost], of: fn(&Cost) -> f64, digits| {
        Cell::middle(&costs.iter().map(of).collect::<Vec<_>>(), digits)
    };
    let cells: Vec<(Who, Cell)> = Who::programs()
        .into_iter()
        .map(|who| {
            let costs = largest.rounds(who);
            let cpu = of(costs, |cost| cost.cpu, 2);
            (who, cpu.and(Cell::plain(&[exponent(who)], 2)).and(of(costs, |cost| cost.peak, 0)))
        })
        .collect();
    table.row(&format!("{what}: CPU s / exponent / peak MB"), &cells, "1.2 / 1.0 / 40");
}

fn export(who: Who, server: &ChatThing, format: &str) -> Cost {
    let home = Home::new();
    home.configure(&server.config());
    let (program, environment, id) = (who.program(), home.environment(), id(0));
    Whole {
        program: &program,
        arguments: &["conversations", "export", &id, "--format", format],
        environment: &environment,
        folder: home.path(),
        output: Some(&home.path().join("exported")),
    }
    .run()
}
