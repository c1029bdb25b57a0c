//! What the screen costs as things grow: the real program in a terminal, with a long list of conversations, a long
//! history, webhooks that come one by one, and a reply of 50 MB.
//!
//! `cargo bench --bench growth`; `-- roster history hooks reply` for some of the parts, `-- --against PATH` for another
//! binary beside it: they take turns. `PATCHCORD_BIN` names another binary in the first one's place, `GROWTH_RUNS` how
//! often everything is done; of several the median is shown, behind it in brackets the best. CPU seconds are of the
//! program alone. Asserts nothing.

#![allow(clippy::expect_used, clippy::missing_panics_doc, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;

pub mod figures;
pub mod posts;
pub mod process;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use figures::{median, percentile, slope};
use patchcord::domain::Secret;
use posts::Kind;
use serde_json::{Value, json};
use support::chat_thing::{ChatThing, chunk, delta, stream_head};
use support::home::{Home, PATCHCORD};
use support::origin::{Request, Script};
use support::pty::{Key, Pty};
use support::setting::setting;

/// The terminal's columns and rows.
const SIZE: (u16, u16) = (120, 40);
/// How many conversations the long list has.
const CONVERSATIONS: usize = 100_000;
/// What is typed into its filter, a key after the other.
const TYPED: &str = "question 4711?";
/// How many messages the histories have.
const HISTORIES: [usize; 3] = [5_000, 10_000, 20_000];
/// How many webhooks come one by one, and how far apart.
const HOOKS: usize = 100;
const APART: Duration = Duration::from_millis(50);
/// How many come at once.
const BURST: usize = 1_000;
/// How long the long reply is, and how much of it comes at once.
const REPLY: usize = 50 * 1024 * 1024;
const PIECE: usize = 64 * 1024;
/// What ends it.
const MARKER: &str = "zzfinzz";
/// A character that no reply has.
const PROBE: char = '@';
/// A page of a platform's.
const PAGE: usize = 100;
/// Nothing takes so long.
const LONGEST: Duration = Duration::from_mins(10);

/// What is measured: a part's rows, each with its values.
type Rows = Vec<(String, Vec<f64>)>;

/// A part: its name, and what measures a program.
type Part = (&'static str, fn(&str) -> Rows);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let against = arguments.iter().position(|a| a == "--against").and_then(|at| arguments.get(at + 1));
    let parts: Vec<&str> =
        arguments.iter().filter(|a| !a.starts_with('-') && Some(*a) != against).map(String::as_str).collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let program = std::env::var("PATCHCORD_BIN").unwrap_or_else(|_| PATCHCORD.to_owned());
    let programs: Vec<&str> = std::iter::once(program.as_str()).chain(against.map(String::as_str)).collect();
    println!("{}; a terminal of {}x{}; load {}\n", process::machine(), SIZE.0, SIZE.1, process::load());
    let beside = if against.is_some() { " against |" } else { "" };
    println!("| what | patchcord |{beside}\n| --- | ---: |{}", if against.is_some() { " ---: |" } else { "" });
    let all: [Part; 4] = [("roster", roster), ("history", history), ("hooks", hooks), ("reply", reply)];
    for (part, measure) in all {
        if wanted(part) {
            print(&programs, measure);
        }
    }
    println!("\nload {}", process::load());
}

/// Lets the programs take turns, and prints what came of it.
fn print(programs: &[&str], measure: fn(&str) -> Rows) {
    let mut results: Vec<Rows> = vec![Rows::new(); programs.len()];
    for _ in 0..setting("GROWTH_RUNS", 3) {
        for (program, into) in programs.iter().zip(&mut results) {
            for (at, (name, values)) in measure(program).into_iter().enumerate() {
                match into.get_mut(at) {
                    Some((_, known)) => known.extend(values),
                    None => into.push((name, values)),
                }
            }
        }
    }
    let lines = results.first().map_or(0, Vec::len);
    for line in 0..lines {
        let name = results.first().and_then(|rows| rows.get(line)).map_or("", |(name, _)| name);
        let cells = results
            .iter()
            .filter_map(|rows| rows.get(line))
            .map(|(_, values)| format!(" {:.2} ({:.2}) |", median(values), percentile(values, 0.0)));
        println!("| {name} |{}", cells.collect::<String>());
    }
}

fn start(program: &str, home: &Home) -> Pty {
    let mut environment = home.environment();
    environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
    Pty::spawn(program, &[], &environment, SIZE)
}

/// Waits for a text, however long it takes.
fn wait_long(pty: &Pty, text: &str) {
    let until = Instant::now() + LONGEST;
    while !pty.shows_within(Duration::from_secs(1), text) {
        assert!(Instant::now() < until, "{text} never came:\n{}", pty.screen_text());
    }
}

/// Waits until nothing is written any more, and the program rests.
fn rest(pty: &Pty) {
    let mut before = (pty.written(), process::cpu(pty.pid()));
    loop {
        thread::sleep(Duration::from_millis(150));
        let now = (pty.written(), process::cpu(pty.pid()));
        if now.0 == before.0 && now.1 - before.1 < 0.001 {
            return;
        }
        before = now;
    }
}

fn ms(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}

/// A page of a list of so many, by the cursor that the request has: the number of the last before it.
fn page(request: &Request, count: usize, key: &str, of: impl Fn(usize) -> Value) -> Script {
    let body = request.json().unwrap_or_default();
    let cursor = body.get("cursor").and_then(Value::as_str);
    let number = |id: &str| id.rsplit('-').next().and_then(|n| n.parse::<usize>().ok());
    let from = cursor.and_then(number).map_or(0, |n| n + 1);
    let rows: Vec<Value> = (from..count.min(from + PAGE)).map(of).collect();
    let last = rows.last().map(|row| row["id"].clone());
    Script::json(200, &json!({"success": true, key: rows, "pagination": {"total": count, "last": last}}))
}

/// A platform with so many conversations, of so many messages each.
fn platform(conversations: usize, messages: usize) -> (Home, ChatThing) {
    let server = ChatThing::start();
    server.bend(move |request, usual| {
        if request.path.ends_with("/conversations") {
            page(request, conversations, "conversations", |at| {
                json!({
                    "id": format!("c-{at:08}"),
                    "createdAt": format!("2024-01-{:02}T{:02}:{:02}:51.970Z", 27 - at / 86_400, 23 - at / 3_600 % 24, 59 - at / 60 % 60),
                    "initialMessage": format!("Question {at}? What is known of the planets and their moons"),
                })
            })
        } else if request.path.ends_with("/messages") {
            page(request, messages, "messages", |at| {
                json!({
                    "id": format!("m-{at:08}"),
                    "role": if at.is_multiple_of(2) { "user" } else { "assistant" },
                    "createdAt": "2024-01-27T15:02:51.970Z",
                    "message": format!("Message {at} of many, about *planets*, their moons and how far they are. {}", "Word ".repeat(30)),
                })
            })
        } else {
            usual()
        }
    });
    let home = Home::new();
    home.configure(&server.config());
    (home, server)
}

/// A list of 100,000 conversations: read by a filter's first key, then filtered with each key.
fn roster(program: &str) -> Rows {
    let (home, _server) = platform(CONVERSATIONS, 2);
    let pty = start(program, &home);
    pty.wait_for("Question 0?");
    rest(&pty);
    let from = process::cpu(pty.pid());
    pty.key(Key::BackTab);
    pty.key(Key::BackTab);
    pty.key(Key::Char('/'));
    pty.key(Key::Char('q'));
    wait_long(&pty, &format!("{CONVERSATIONS} of {CONVERSATIONS}"));
    rest(&pty);
    let read = process::cpu(pty.pid()) - from;
    pty.key(Key::Backspace);
    rest(&pty);
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    let keys = TYPED.chars().map(Key::Char).chain(std::iter::repeat_n(Key::Backspace, TYPED.len()));
    for key in keys {
        let (before, written, from) = (process::cpu(pty.pid()), pty.written(), Instant::now());
        pty.key(key);
        let seen = pty.moment("the key's frame", |_, raw| raw.len() > written);
        wall.push(ms(from, seen));
        rest(&pty);
        cpu.push((process::cpu(pty.pid()) - before) * 1_000.0);
    }
    let worst = percentile(&cpu, 100.0);
    vec![
        (format!("a list of {CONVERSATIONS} conversations read by pages, CPU s"), vec![read]),
        ("a key of its filter, CPU ms".to_owned(), cpu),
        ("the worst of these".to_owned(), vec![worst]),
        ("the same to the screen, ms".to_owned(), wall),
        ("memory with it, peak MB".to_owned(), vec![process::peak_mb(pty.pid())]),
    ]
}

/// A platform's history that the store has nothing of: read by pages while it is on the screen, then scrolled through.
fn history(program: &str) -> Rows {
    let (mut rows, mut points) = (Rows::new(), Vec::new());
    let mut up = 0.0;
    for count in HISTORIES {
        let (home, _server) = platform(1, count);
        let pty = start(program, &home);
        wait_long(&pty, &format!("Message {} of many", count - 1));
        rest(&pty);
        let cpu = process::cpu(pty.pid());
        points.push((count as f64, cpu));
        rows.push((format!("a platform's history of {count} messages read on screen, CPU s"), vec![cpu]));
        // From its end to its beginning: each time what is loaded is gone through, more is.
        pty.key(Key::BackTab);
        while !pty.screen_text().contains("Message 0 of many") {
            let written = pty.written();
            pty.key(Key::Home);
            pty.moment("a frame", |_, raw| raw.len() > written);
            thread::sleep(Duration::from_millis(8));
        }
        up = process::cpu(pty.pid()) - cpu;
    }
    rows.push(("its exponent".to_owned(), vec![slope(&points)]));
    rows.push((format!("scrolled up through {} messages, CPU s", HISTORIES[HISTORIES.len() - 1]), vec![up]));
    rows
}

/// Webhooks, 20 a second and then at once, while the Chat view is on the screen.
fn hooks(program: &str) -> Rows {
    let home = Home::new();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    home.configure(&posts::config(port));
    let pty = start(program, &home);
    pty.wait_for("listening");
    rest(&pty);
    let secret = Secret::new(posts::SECRET.to_owned());
    let mut line = Post::new(port);
    // What the first ones begin is not counted.
    for at in 0..100 {
        line.send(&Kind::KLaunch.request(&secret, 20, 1, at));
    }
    rest(&pty);
    let before = process::cpu(pty.pid());
    for at in 0..HOOKS {
        line.send(&Kind::KLaunch.request(&secret, 20, 2, at));
        thread::sleep(APART);
    }
    rest(&pty);
    let paced = (process::cpu(pty.pid()) - before) * 1_000.0 / HOOKS as f64;
    let before = process::cpu(pty.pid());
    let mut line = Post::new(port);
    for at in 0..BURST {
        if at % 500 == 499 {
            line = Post::new(port);
        }
        line.send(&Kind::KLaunch.request(&secret, 20, 3, at));
    }
    rest(&pty);
    let burst = (process::cpu(pty.pid()) - before) * 1_000.0 / BURST as f64;
    vec![
        ("a webhook at 20 a second in the terminal interface, CPU ms".to_owned(), vec![paced]),
        ("the same in a burst".to_owned(), vec![burst]),
    ]
}

/// A connection that webhooks are posted on, one after the other.
struct Post(TcpStream);

impl Post {
    fn new(port: u16) -> Self {
        Self(TcpStream::connect(("127.0.0.1", port)).expect("the listener"))
    }

    fn send(&mut self, request: &[u8]) {
        self.0.write_all(request).expect("a request sent");
        let (mut buffer, mut read) = ([0; 1_024], 0);
        while !buffer[..read].ends_with(b"{\"ok\":true}") {
            let more = self.0.read(&mut buffer[read..]).expect("an answer");
            assert!(more > 0, "cut off after {:?}", String::from_utf8_lossy(&buffer[..read]));
            read += more;
        }
    }
}

/// A reply of 50 MB as fast as it comes, with keys pressed meanwhile.
fn reply(program: &str) -> Rows {
    let (home, server) = platform(1, 2);
    let mut piece = String::with_capacity(PIECE);
    let mut script = stream_head(true);
    let mut at = 0;
    for _ in 0..REPLY / PIECE {
        piece.clear();
        while piece.len() < PIECE {
            at += 1;
            let more = format!(
                "Paragraph {at} is about **planets**, their moons, and how far away all of them are from here; it \
                 goes on for a line or two.\n\n- one thing\n- and another\n\n```\nlet planet = {at};\n```\n\n"
            );
            piece.push_str(&more);
        }
        script = script.chunk(delta(&piece));
    }
    let end =
        format!("{}data: {}\n\ndata: [DONE]\n\n", delta(&format!("\n\n{MARKER}")), chunk(&json!({}), Some("stop")));
    server.next("message", script.chunk(end).end());
    let pty = start(program, &home);
    pty.wait_for("Question 0?");
    pty.key(Key::Ctrl('n'));
    pty.wait_for("New conversation");
    pty.type_text("go");
    pty.wait_for("go");
    let (before, from) = (process::cpu(pty.pid()), Instant::now());
    pty.key(Key::Enter);
    pty.wait_for("Paragraph");
    let mut keys = Vec::new();
    while !pty.screen_text().contains(MARKER) {
        let shows = |screen: &vt100::Screen| screen.contents().contains(PROBE);
        for (key, wanted) in [(Key::Char(PROBE), true), (Key::Backspace, false)] {
            let from = Instant::now();
            pty.key(key);
            let seen = pty.moment("the key's effect", |screen, _| shows(screen) == wanted);
            keys.push(ms(from, seen));
            thread::sleep(Duration::from_millis(5));
        }
    }
    let wall = from.elapsed().as_secs_f64();
    rest(&pty);
    vec![
        ("a reply of 50 MB, peak MB".to_owned(), vec![process::peak_mb(pty.pid())]),
        ("the same, CPU s".to_owned(), vec![process::cpu(pty.pid()) - before]),
        ("the same, wall s".to_owned(), vec![wall]),
        ("a key meanwhile, p50 ms".to_owned(), vec![median(&keys)]),
        ("the worst key meanwhile, ms".to_owned(), vec![percentile(&keys, 100.0)]),
    ]
}
