//! A roster of very many conversations: what opening it costs once the store knows them, what reading all of it from the
//! platform costs, and what a key of its filter does then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::figures::percentile;
use crate::options::Options;
use crate::process;
use crate::screen::thousands;
use crate::support::chat_thing::{ChatThing, id};
use crate::support::home::Home;
use crate::support::origin::{Request, Script};
use crate::support::pty::Key;
use crate::table::{Cell, Table};
use crate::turns::turns;
use crate::who::Who;

/// How long reading all of it may take.
const PATIENCE: Duration = Duration::from_mins(3);
/// What no title has: all of the list is read for it.
const NOWHERE: &str = "zzqxzzq";
/// What is typed: in all titles, and in fewer with each letter.
const TYPED: &str = "Question 77";

/// What one terminal interface did.
struct Opened {
    /// CPU seconds until its list is on the screen and it is at rest.
    opening: f64,
    /// CPU seconds until all of the list has been read.
    reading: f64,
    /// CPU milliseconds of each key.
    keys: Vec<f64>,
    peak: f64,
}

/// Opens it, reads all of it, types into its filter, and looks at what that took.
pub fn rows(table: &mut Table, options: &Options) {
    let count = options.size / 10;
    let (server, reached) = serve(count);
    let homes: Vec<(Who, Home)> = Who::programs().into_iter().map(|who| (who, Home::new())).collect();
    let open = |who: Who| {
        let (_, home) = homes.iter().find(|(whose, _)| *whose == who).expect("its home");
        home.configure(&server.config());
        open(who, home, &server, &reached, count)
    };
    // The first of all fills the stores.
    turns(1, false, open);
    let opened = turns(options.rounds(3, 2), false, open);
    let cells = opened.cells(|all| {
        let of = |percent| Cell::middle(&all.iter().map(|o| percentile(&o.keys, percent)).collect::<Vec<_>>(), 1);
        of(50.0).and(of(100.0))
    });
    let many = thousands(count);
    table.row(&format!("a filter's key in a roster of {many}, CPU ms: median / worst"), &cells, "15 / –");
    table.middles("opening that roster, from the start until at rest, CPU s", &opened, |o| o.opening, 2, "0.1");
    let cells = opened.cells(|all| {
        let of = |of: fn(&Opened) -> f64, digits| Cell::middle(&all.iter().map(of).collect::<Vec<_>>(), digits);
        of(|o| o.reading, 2).and(of(|o| o.peak, 0))
    });
    table.row("reading all of it from the platform: CPU s / peak MB", &cells, "");
}

/// A platform with so many conversations; beside it the end of what was asked for.
fn serve(count: usize) -> (ChatThing, Arc<AtomicUsize>) {
    let (server, reached) = (ChatThing::start(), Arc::new(AtomicUsize::new(0)));
    let told = Arc::clone(&reached);
    server.bend(move |request, _| {
        if request.path.ends_with("/messages") {
            let empty = json!({"success": true, "messages": [], "pagination": {"total": 0, "last": null}});
            return Script::json(200, &empty);
        }
        let (script, end) = page(request, count);
        told.fetch_max(end, SeqCst);
        script
    });
    (server, reached)
}

/// The page that is asked for, and where it ends.
fn page(request: &Request, count: usize) -> (Script, usize) {
    let body = request.json().unwrap_or_default();
    let limit = body.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10);
    // An id begins with its number.
    let number = |id: &str| usize::from_str_radix(id.get(..8).unwrap_or_default(), 16).ok();
    let from = body.get("cursor").and_then(Value::as_str).and_then(number).map_or(0, |at| at + 1);
    let end = (from + limit).min(count);
    let row = |at: usize| {
        let title = format!("Question number {at}?");
        json!({"id": id(at), "createdAt": "2024-01-27T15:51:04.296Z", "initialMessage": title})
    };
    let rows: Vec<Value> = (from..end).map(row).collect();
    let last = rows.last().map(|row| row["id"].clone());
    let body = json!({"success": true, "conversations": rows, "pagination": {"total": count, "last": last}});
    (Script::json(200, &body), end)
}

fn open(who: Who, home: &Home, server: &ChatThing, reached: &AtomicUsize, count: usize) -> Opened {
    reached.store(0, SeqCst);
    let pty = who.spawn(home, server);
    pty.wait_for("Question number ");
    let opening = process::at_rest(pty.pid(), PATIENCE);
    // To the list, from whichever pane has the keys after a start in this build; the hints tell.
    for _ in 0..3 {
        if pty.shows_within(Duration::from_secs(1), "Enter open") {
            break;
        }
        pty.key(Key::Tab);
    }
    pty.wait_for("Enter open");
    pty.key(Key::Char('/'));
    pty.type_text(NOWHERE);
    let from = Instant::now();
    while reached.load(SeqCst) < count {
        assert!(from.elapsed() < PATIENCE, "all of the list was not asked for:\n{}", pty.screen_text());
        thread::sleep(Duration::from_millis(20));
    }
    let reading = process::at_rest(pty.pid(), PATIENCE) - opening;
    for _ in NOWHERE.chars() {
        pty.key(Key::Backspace);
    }
    let mut before = process::at_rest(pty.pid(), PATIENCE);
    let mut keys = Vec::new();
    for letter in TYPED.chars() {
        pty.key(Key::Char(letter));
        let after = process::at_rest(pty.pid(), PATIENCE);
        keys.push((after - before) * 1_000.0);
        before = after;
    }
    pty.wait_for(&format!("/ {TYPED}"));
    Opened { opening, reading, keys, peak: process::peak_mb(pty.pid()) }
}
