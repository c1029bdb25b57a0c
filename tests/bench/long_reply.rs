//! A reply of 50 MB: what it takes, and how keys fare while it comes.

use std::time::Instant;

use crate::options::Options;
use crate::process;
use crate::scroll;
use crate::stream::{MARKER, ms};
use crate::support::chat_thing::ChatThing;
use crate::support::home::Home;
use crate::support::pty::Key;
use crate::table::{Cell, Table};
use crate::turns::turns;
use crate::who::Who;

/// How long it is.
const LENGTH: usize = 50_000_000;
/// A character that it doesn't have.
const PROBE: char = '@';

struct Came {
    peak: f64,
    worst: f64,
    cpu: f64,
}

/// Peak memory, the worst key, and CPU time.
pub fn rows(table: &mut Table, options: &Options) {
    let came = turns(options.rounds(5, 2), false, come);
    let cells = came.cells(|rounds| {
        let of = |of: fn(&Came) -> f64, digits| Cell::middle(&rounds.iter().map(of).collect::<Vec<_>>(), digits);
        of(|c| c.peak, 0).and(of(|c| c.worst, 1)).and(of(|c| c.cpu, 2))
    });
    table.row("a reply of 50 MB: peak MB / worst key meanwhile, ms / CPU s", &cells, "130 / 16 / –");
}

fn come(who: Who) -> Came {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    server.next("message", scroll::message(LENGTH));
    let pty = who.ask(&home, &server);
    let cpu = process::cpu(pty.pid());
    pty.key(Key::Enter);
    let (mut worst, mut ended) = (0.0_f64, false);
    while !ended {
        for (key, wanted) in [(Key::Char(PROBE), true), (Key::Backspace, false)] {
            let from = Instant::now();
            pty.key(key);
            let seen = pty.moment("the key's effect", |screen, _| screen.contents().contains(PROBE) == wanted);
            worst = worst.max(ms(from, seen));
        }
        ended = pty.screen_text().contains(MARKER);
    }
    Came { peak: process::peak_mb(pty.pid()), worst, cpu: process::cpu(pty.pid()) - cpu }
}
