//! A reply that streams: as fast as a server can send it, and at the pace of a person, with keys pressed meanwhile.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::process;
use crate::support::chat_thing::{ChatThing, chunk, delta, stream_head};
use crate::support::home::Home;
use crate::support::origin::{Script, Stamp, Step};
use crate::support::pty::Key;
use crate::who::Who;

/// What ends a reply that is waited for.
pub const MARKER: &str = "zzfinzz";
/// A character that no delta has.
const PROBE: char = '@';
/// Between two deltas at the pace of 50 a second.
const PACE: Duration = Duration::from_millis(20);
/// Markdown of every common kind.
const DOCUMENT: &str = "## Planets and *their* moons\n\nThere are **eight** planets, and `Pluto` is none of them any \
    more; see [the list](https://example.com/planets) of all.\n\n1. Mercury, the first, has none at all and is hot\n\
    2. Venus is next, and *brighter* than the others\n3. Earth has one:\n   - the Moon, which is far away\n   - and \
    nothing else\n\n| planet | moons | year |\n| --- | ---: | ---: |\n| Mars | 2 | 687 d |\n| Jupiter | 95 | 12 a |\n\
    | Saturn | 146 | 29 a |\n\n```python\nfor planet in planets:\n    print(planet.name, len(planet.moons))\n```\n\n\
    > What is a moon? Whatever goes around a planet, is small beside it, and was not put there by anybody.\n\n";

/// What one flood came to.
#[derive(Debug, Clone, Copy)]
pub struct Flood {
    /// Seconds from Enter to the end on the screen.
    pub wall: f64,
    /// CPU seconds of the program meanwhile.
    pub cpu: f64,
    /// The most memory that it ever had, in MB.
    pub peak: f64,
    /// Bytes written to the terminal.
    pub bytes: f64,
    /// Milliseconds from the end being sent to its being seen.
    pub lag: f64,
}

/// So many deltas of about six bytes of markdown, each sent by itself, as fast as they can be.
pub fn flood(who: Who, count: usize) -> Flood {
    let (home, server, sent) = (Home::new(), ChatThing::start(), Stamp::default());
    home.configure(&server.config());
    let document = DOCUMENT.as_bytes();
    let mut script = stream_head(true);
    for piece in document.chunks(6).cycle().take(count) {
        script = script.chunk(delta(&String::from_utf8_lossy(piece)));
    }
    server.next("message", ended(script).then(Step::Stamp(sent.clone())).end());
    let pty = who.ask(&home, &server);
    let (cpu, bytes, from) = (process::cpu(pty.pid()), pty.written(), Instant::now());
    pty.key(Key::Enter);
    let shown = pty.moment("the reply's end", |screen, _| screen.contents().contains(MARKER));
    let sent = sent.at().unwrap_or(shown);
    Flood {
        wall: (shown - from).as_secs_f64(),
        cpu: process::cpu(pty.pid()) - cpu,
        peak: process::peak_mb(pty.pid()),
        bytes: (pty.written() - bytes) as f64,
        lag: shown.saturating_duration_since(sent).as_secs_f64() * 1_000.0,
    }
}

/// The last words and the end of a reply.
pub fn ended(script: Script) -> Script {
    script.chunk(format!(
        "{}data: {}\n\ndata: [DONE]\n\n",
        delta(&format!("\n\n{MARKER}")),
        chunk(&json!({}), Some("stop"))
    ))
}

/// The milliseconds from a delta being sent to its being seen, at 50 a second.
pub fn deltas(who: Who, count: usize) -> Vec<f64> {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    let stamps: Vec<Stamp> = (0..count).map(|_| Stamp::default()).collect();
    let mut script = stream_head(true);
    for (at, stamp) in stamps.iter().enumerate() {
        script = script.then(Step::Pause(PACE)).then(Step::Stamp(stamp.clone())).chunk(delta(&word(at)));
    }
    server.next("message", ended(script).end());
    let pty = who.ask(&home, &server);
    pty.key(Key::Enter);
    let seen = (0..count).map(|at| {
        let word = word(at);
        pty.moment("a delta", |screen, _| screen.contents().contains(word.trim()))
    });
    let seen: Vec<Instant> = seen.collect();
    let sent = stamps.iter().filter_map(Stamp::at);
    // The first goes through what a reply begins with.
    sent.zip(seen).skip(5).map(|(sent, seen)| ms(sent, seen)).collect()
}

/// A word that no other delta has; a paragraph ends now and then.
fn word(at: usize) -> String {
    format!("w{:04}{}", at * 31 % 10_000, if at % 40 == 39 { "\n\n" } else { " " })
}

/// The milliseconds from a key to its effect on the screen: idle, or while 50 deltas a second come.
pub fn keys(who: Who, presses: usize, streaming: bool) -> Vec<f64> {
    let (home, server) = (Home::new(), ChatThing::start());
    home.configure(&server.config());
    let mut script = stream_head(true);
    // More than will be needed: the program is ended before the stream.
    for at in 0..presses * 20 {
        script = script.chunk(delta(&word(at))).then(Step::Pause(PACE));
    }
    server.next("message", script.end());
    let pty = who.ask(&home, &server);
    if streaming {
        pty.key(Key::Enter);
        pty.wait_for(word(3).trim());
    }
    let mut out = Vec::new();
    for at in 0..presses {
        let shows = |screen: &vt100::Screen| screen.contents().contains(PROBE);
        for (key, wanted) in [(Key::Char(PROBE), true), (Key::Backspace, false)] {
            let from = Instant::now();
            pty.key(key);
            let seen = pty.moment("the key's effect", |screen, _| shows(screen) == wanted);
            out.push(ms(from, seen));
            // Presses fall on every phase of the stream.
            thread::sleep(Duration::from_millis(11 + u64::try_from(at % 17).unwrap_or(0)));
        }
    }
    out
}

/// Milliseconds from one moment to another.
pub fn ms(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}
