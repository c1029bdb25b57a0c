//! A platform's long history on the screen: it is opened, and gone through up to its first message.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::corpus::Texts;
use crate::figures::{median, slope};
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

/// How many messages, the most last; a quick look leaves out the last.
const COUNTS: [usize; 3] = [2_000, 6_320, 20_000];
/// What the first and the last message say.
const FIRST: &str = "zzfirstzz";
const LAST: &str = "zzlastzz";
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// CPU seconds, and the exponent.
pub fn rows(table: &mut Table, options: &Options) {
    let counts = if options.quick { &COUNTS[..2] } else { &COUNTS[..] };
    let mut points: Vec<(Who, Vec<(f64, f64)>)> = Who::programs().into_iter().map(|who| (who, Vec::new())).collect();
    let (mut cells, mut last) = (Vec::new(), 0);
    for count in counts {
        let server = serve(*count);
        let read = turns(options.rounds(5, 3), false, |who| read(who, &server));
        cells = read.cells(|rounds| Cell::middle(rounds, 2));
        last = *count;
        for (who, points) in &mut points {
            points.push((*count as f64, median(read.rounds(*who))));
        }
    }
    let exponents = points.iter().map(|(_, points)| Cell::plain(&[slope(points)], 2));
    let cells: Vec<_> =
        cells.into_iter().zip(exponents).map(|((who, cpu), exponent)| (who, cpu.and(exponent))).collect();
    let name = format!("a platform's history of {} read on the screen: CPU s / exponent", thousands(last));
    table.row(&name, &cells, "1.0 / 1.0");
}

/// A platform with one conversation of so many messages.
pub fn serve(count: usize) -> ChatThing {
    let mut texts = Texts::default();
    let mut said: Vec<String> = (0..count).map(|at| format!("{at}: {}", texts.text(at))).collect();
    for (at, mark) in [(0, FIRST), (count - 1, LAST)] {
        if let Some(text) = said.get_mut(at) {
            *text = format!("{text} {mark}");
        }
    }
    let server = ChatThing::start();
    server.bend(move |request, _| {
        if request.path.ends_with("/messages") {
            return page(request, &said);
        }
        let one =
            json!({"id": id(0), "createdAt": "2024-01-27T15:51:04.296Z", "initialMessage": "Question number 0?"});
        Script::json(
            200,
            &json!({"success": true, "conversations": [one], "pagination": {"total": 1, "last": id(0)}}),
        )
    });
    server
}

/// The page that is asked for: the number of a message is its id.
fn page(request: &Request, said: &[String]) -> Script {
    let body = request.json().unwrap_or_default();
    let limit = body.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10);
    let from =
        body.get("cursor").and_then(Value::as_str).and_then(|at| at.parse::<usize>().ok()).map_or(0, |at| at + 1);
    let rows: Vec<Value> = said
        .iter()
        .enumerate()
        .skip(from)
        .take(limit)
        .map(|(at, text)| {
            let role = if at.is_multiple_of(2) { "assistant" } else { "user" };
            json!({"id": at.to_string(), "message": text, "role": role, "createdAt": "2024-01-27T15:02:51.970Z"})
        })
        .collect();
    let last = rows.last().map(|row| row["id"].clone());
    Script::json(200, &json!({"success": true, "messages": rows, "pagination": {"total": said.len(), "last": last}}))
}

/// The CPU seconds from the start until the first message has been seen.
fn read(who: Who, server: &ChatThing) -> f64 {
    let home = Home::new();
    home.configure(&server.config());
    let pty = who.spawn(&home, server);
    pty.wait_for("Question number 0?");
    let from = Instant::now();
    // From the message, which has the keys after a start, to the list and its only conversation; then to the transcript.
    pty.key(Key::Tab);
    pty.key(Key::Enter);
    while !pty.shows_within(Duration::from_millis(20), LAST) {
        assert!(from.elapsed() < PATIENCE, "the last message was not seen:\n{}", pty.screen_text());
    }
    while !pty.shows_within(Duration::from_millis(20), FIRST) {
        let screen = pty.screen_text();
        assert!(from.elapsed() < PATIENCE, "the first message was not seen:\n{screen}");
        // Which pane has the keys after opening isn't the same in all builds; the hints tell.
        pty.key(if screen.contains("Enter send") { Key::BackTab } else { Key::Home });
    }
    process::cpu(pty.pid())
}
