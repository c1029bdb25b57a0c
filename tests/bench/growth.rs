//! The rows of a store that has grown: import, index, searches, exports, lists, each as a whole process.

use std::path::Path;

use crate::acks;
use crate::exports::{self, FORMATS};
use crate::grown::Stores;
use crate::options::Options;
use crate::screen::thousands;
use crate::table::{Cell, Table};
use crate::turns::turns;
use crate::who::Who;
use crate::whole::Cost;

/// What is searched for, and why.
const SEARCHES: &[(&str, &str, &str)] = &[
    ("a common word", "planet", "0.05"),
    ("a phrase", "\"of the planet\"", "0.1"),
    ("a word with a filter", "planet role:user", "0.1"),
    ("title:", "title:plnts", "0.1"),
    ("one letter", "q", "0.1"),
    ("one Chinese letter", "一", "0.1"),
    ("a capital in a common word", "Planet", "0.1"),
];

/// A part: its name, and what measures it.
type Part = (&'static str, fn(&mut Table, &Options, &Stores));

/// All of them that are wanted. The store is made once.
pub fn rows(table: &mut Table, options: &Options) {
    if !["index", "search", "export", "list"].iter().any(|part| options.wants(part)) {
        return;
    }
    let mut stores = None;
    table.part("import and index", |table| {
        let made = Stores::make(options.size);
        if options.wants("index") {
            index(table, options, &made);
        }
        stores = Some(made);
    });
    let Some(stores) = stores else { return };
    let parts: [Part; 4] = [("search", searches), ("export", archived), ("list", lists), ("index", stored)];
    for (name, part) in parts {
        if options.wants(name) {
            let told = if name == "index" { "acks with these" } else { name };
            table.part(told, |table| part(table, options, &stores));
        }
    }
}

/// How many messages there are, in words.
fn many(options: &Options) -> String {
    thousands(options.size)
}

fn index(table: &mut Table, options: &Options, stores: &Stores) {
    let cells = |of: &dyn Fn(&crate::grown::Grown) -> Cell| -> Vec<(Who, Cell)> {
        stores.stores.iter().map(|grown| (grown.who, of(grown))).collect()
    };
    let import = cells(&|grown| Cell::plain(&[grown.import.cpu, grown.import.peak], 1));
    table.row(&format!("import of {} messages: CPU s / peak MB", many(options)), &import, "15 / 40");
    let index = cells(&|grown| {
        let beside = grown.size / stores.corpus.text_mb;
        Cell::plain(&[grown.index.cpu], 0)
            .and(Cell::plain(&[grown.index.written / 1_000.0 * 1.048_576], 2))
            .and(Cell::plain(&[beside], 1))
    });
    let name = format!("index of {}: CPU s / GB written / database beside its text", many(options));
    table.row(&name, &index, "150 / 4 / 4");
    let sums = cells(&|grown| {
        let written = (grown.import.written + grown.index.written) / 1_000.0 * 1.048_576;
        Cell::plain(&[grown.import.cpu + grown.index.cpu], 0)
            .and(Cell::plain(&[written], 2))
            .and(Cell::plain(&[grown.index.peak], 1))
    });
    table.row("import and index together: CPU s / GB written / the index's peak MB", &sums, "");
}

fn searches(table: &mut Table, options: &Options, stores: &Stores) {
    for (what, text, reach) in SEARCHES {
        let searched =
            turns(options.rounds(5, 3), false, |who| stores.made_by(who).run(&["search", "--", text], None));
        let name = format!("`search` in {}, whole process, CPU s: {what}", many(options));
        table.middles(&name, &searched, |cost| cost.cpu, 3, reach);
    }
}

fn archived(table: &mut Table, options: &Options, stores: &Stores) {
    for format in FORMATS {
        let out = stores.folder().join("exported");
        let by_size: Vec<_> = stores
            .corpus
            .large
            .iter()
            .rev()
            .map(|(count, id)| {
                let arguments = ["-c", "archive", "conversations", "export", id, "--format", format];
                (*count, turns(options.rounds(3, 2), false, |who| stores.made_by(who).run(&arguments, Some(&out))))
            })
            .collect();
        let messages = thousands(stores.corpus.large[0].0);
        exports::row(table, &format!("export of an archive's conversation of {messages}, {format}"), &by_size);
    }
}

fn lists(table: &mut Table, options: &Options, stores: &Stores) {
    let arguments = ["-c", "archive", "--json", "conversations", "list", "--all"];
    let out = stores.folder().join("listed");
    let listed = turns(options.rounds(5, 3), false, |who| stores.made_by(who).run(&arguments, Some(&out)));
    let cells = listed.cells(|costs| {
        let of = |of: fn(&Cost) -> f64, digits| Cell::middle(&costs.iter().map(of).collect::<Vec<_>>(), digits);
        of(|cost| cost.cpu, 2).and(of(|cost| cost.peak, 0))
    });
    let count = thousands(stores.corpus.conversations);
    table.row(&format!("`conversations list --all --json` of {count}: CPU s / peak MB"), &cells, "1.2 / 40");
}

fn stored(table: &mut Table, options: &Options, stores: &Stores) {
    let data: Vec<_> = stores.stores.iter().map(|grown| (grown.who, grown.data())).collect();
    acks::stored(table, options, &many(options), |who| {
        data.iter().find(|(whose, _)| *whose == who).map_or_else(|| Path::new(""), |(_, data)| data.as_path())
    });
}
