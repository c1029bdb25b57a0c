//! The README's pictures, made from the program itself: `cargo bench --bench picture` writes `assets/screen.svg`,
//! `assets/reading.svg`, `assets/sources.svg` and `assets/webhooks.svg`.
//!
//! Owns what is done before a picture is taken.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;
pub mod svg;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use serde_json::{Value, json};
use support::command::{Call, Running};
use support::home::Home;
use support::pty::{Key, Pty};
use svg::draw;
use vt100::Color;

const SIZE: (u16, u16) = (104, 30);
/// A message of every kind.
const READING: (u16, u16) = (108, 41);
/// A delivery is long.
const TALL: (u16, u16) = (112, 44);
/// The editor stands beside its preview.
const WIDE: (u16, u16) = (126, 34);
fn main() {
    save("screen.svg", &chat());
    save("reading.svg", &reading());
    save("sources.svg", &sources());
    save("webhooks.svg", &webhooks());
}

fn save(name: &str, picture: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    fs::write(&path, picture).expect("writing the picture");
    println!("wrote assets/{name}");
}

/// A reply that is coming in, while the next message is written.
fn chat() -> String {
    let home = Home::new();
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("47 of 47");
    // Life on the sandbox's other channels.
    pty.wait_for("1 waiting");
    pty.wait_for("1 new");
    pty.type_text("How many planets are there in the solar system?");
    pty.key(Key::Enter);
    pty.wait_for("Mercury");
    pty.type_text("and which of them have rings?");
    pty.wait_for("have rings?");
    pty.wait_for("Saturn");
    let picture = draw(&pty.screen(), "Patchcord on its embedded sandbox");
    pty.kill9();
    picture
}

/// What is to be read: two messages, as somebody exported them.
const TOLD: &str = r"How do I read the moons of every planet from the API, and where is that written down?
";
const ANSWER: &str = r"## Moons of every planet

Ask for the [list of planets](https://example.com/planets) first, then for each one's moons; *both* calls take a `limit`.

```rust
// Every page, one after the other.
async fn moons(api: &Api, planet: &str) -> Result<Vec<Moon>, Error> {
    let mut found = Vec::new();
    while let Some(page) = api.next(planet, 100).await? {
        found.extend(page);
    }
    Ok(found)
}
```

| planet | moons | seen first by |
| --- | ---: | --- |
| Mars | 2 | Asaph Hall, 1877 |
| 木星 (Jupiter) | 95 | Galileo Galilei, 1610 |
| Saturn | 146 | Christiaan Huygens, 1655 |

- [x] read every page
- [ ] sort them by size, see [the notes](https://example.org/notes?sort=size)
";

/// A message with code, a table and links, read where it was imported.
fn reading() -> String {
    let home = Home::new();
    let line = |n: usize, role: &str, text: &str| {
        let about = json!({ "id": "moons", "channel": "space", "title": "Moons of every planet" });
        let at = format!("2026-03-02T09:41:{:02}Z", 20 + n);
        let mut line = json!({
            "conversation_id": "moons", "id": format!("m{n}"), "role": role, "text": text, "created_at": at,
        });
        if n == 1 {
            line["conversation"] = about;
        }
        line
    };
    let lines = format!("{}\n{}\n", line(1, "user", TOLD), line(2, "assistant", ANSWER));
    let file = home.path().join("moons.jsonl");
    fs::write(&file, lines).expect("writing the lines");
    let file = file.to_string_lossy().into_owned();
    let _ = Call::new(&home, &["--sandbox", "conversations", "import", &file, "--as", "space"]).run().expect_code(0);
    let mut pty = Pty::patchcord(&home, &["--sandbox", "-c", "space"], READING);
    pty.wait_for("the notes[2]");
    pty.wait_for("Christiaan");
    // Its colours come a moment after the code.
    pty.wait_until("the colours of code", |screen| {
        let (rows, columns) = screen.size();
        let last =
            (0..rows.get()).find(|row| screen.contents_between(*row, 0, *row, columns.get()).contains("Ok(found)"));
        let cell = last
            .and_then(|row| (0..columns.get()).filter_map(|at| screen.cell(row, at)).find(|c| c.contents() == "O"));
        cell.is_some_and(|cell| cell.fgcolor() != Color::Default)
    });
    let picture = draw(&pty.screen(), "A message with code, a table and links");
    pty.kill9();
    picture
}

/// A row that is being written beside its preview, while another waits to be applied.
fn sources() -> String {
    let home = Home::new();
    let mut pty = Pty::patchcord(&home, &[], WIDE);
    pty.wait_for("47 of 47");
    pty.wait_for("1 waiting");
    pty.wait_for("1 new");
    pty.key(Key::Alt('2'));
    pty.wait_for("19 rows");
    pty.wait_for("# What Patchcord is");
    // Another name for a row is staged first.
    pty.type_text("R");
    pty.wait_for("Another name");
    pty.type_text(" and is not");
    pty.key(Key::Enter);
    pty.wait_for("renamed");
    pty.key(Key::Down);
    pty.wait_for("# First steps");
    pty.type_text("e");
    pty.wait_for("as it was");
    for _ in 0..2 {
        pty.key(Key::Down);
    }
    pty.type_text("**In a hurry?** ");
    pty.wait_for("changed, staged");
    pty.wait_for("2 staged");
    pty.wait_for("line 3 of 26 · column 17");
    pty.wait_for("Ctrl+S apply");
    // The end of the frame: the cursor stands in the text.
    pty.wait_until("the cursor in the text", |screen| screen.cursor_position().0 == 4);
    // What was just said has gone.
    pty.wait_until("the notice to go", |screen| !screen.contents().contains("Kept, not applied"));
    let picture = draw(&pty.screen(), "Patchcord's Sources view");
    pty.kill9();
    picture
}

/// What four platforms posted, a data request that waits, and one delivery whole.
fn webhooks() -> String {
    let sandbox = Platforms::start();
    let home = Home::new();
    home.configure(&sandbox.config);
    let mut pty = Pty::patchcord(&home, &[], TALL);
    // The port is the one that everybody has: it stands in the picture.
    pty.wait_for("listening :8787");
    for (platform, path, signature, event) in story() {
        sandbox.deliver(platform, path, signature, &event);
    }
    pty.key(Key::Alt('3'));
    pty.wait_for("7 in all");
    // It opens on what waits for an answer; the sandbox's posts arrive in any order.
    let shown = |text: &str| text.split_once("╮╭ ").map(|(_, title)| title.chars().take(11).collect::<String>());
    while !pty.screen().contents().contains("14 pallets") {
        let before = shown(&pty.screen().contents());
        pty.key(Key::Down);
        pty.wait_until("another delivery", |screen| shown(&screen.contents()) != before);
    }
    pty.key(Key::Enter);
    pty.wait_for("x-eko-signature");
    pty.wait_for("Esc back");
    // The first second of the countdown has one digit more than all others.
    pty.wait_until("the countdown", |screen| screen.contents().contains("… 9:"));
    let picture = draw(&pty.screen(), "Patchcord's Webhooks view");
    pty.kill9();
    picture
}

/// What is posted, in this order: the platform, the end of the path, a wrong signature or the right one, the event.
fn story() -> Vec<(&'static str, &'static str, bool, Value)> {
    let said = json!({
        "replyToken": "5f0c1e7a", "type": "message", "timestamp": "2026-03-02T09:41:26.512Z",
        "source": { "type": "user", "userId": "5f3a1c20b4e8d70017a90002", "username": "tom.baker" },
        "message": {
            "id": "65e2f1c3", "type": "text", "groupId": "5f3a1c20b4e8d70017a9a001",
            "topicId": "5f3a1c20b4e8d70017a9b002", "text": "Truck is here, 14 pallets. Two are damaged.",
        },
    });
    let ended = json!({
        "id": "ev_8121", "type": "conversation.ended", "conversation_id": "conv_7f31", "status": "completed",
    });
    let offered = json!({
        "message": "Your order is on its way. Anything else?", "userID": 12388, "timestamp": 1_772_444_486_000_i64,
        "quickReplies": ["Track it", "Talk to a person"],
    });
    let order = json!({ "key": "order_status", "inputs": { "order_id": "A-10231", "customer": "Zoe Lindqvist" } });
    vec![
        ("klaunch", "flow/sandbox-flow-hook", true, offered.clone()),
        ("operator", "agents", true, ended.clone()),
        ("operator", "agents", false, ended),
        ("eko", "frontline", true, said),
        ("klaunch", "flow/sandbox-flow-hook", true, offered),
        ("eko", "frontline", false, json!({ "type": "join", "source": { "type": "direct_chat", "uid": "5f3a" } })),
        ("optech", "lookups", true, order),
    ]
}

/// The platforms, played by the program's own sandbox.
struct Platforms {
    address: String,
    config: String,
    _running: Running,
    _home: Home,
}

impl Platforms {
    fn start() -> Self {
        let home = Home::new();
        let mut running = Call::new(&home, &["sandbox", "--pace", "0"]).start();
        let printed = running.wait_output("readiness", |text| text.lines().any(|line| line == "# ready"));
        let from = printed.find("http://127.0.0.1:").expect("an address") + "http://".len();
        let address = printed[from..].chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
        Self { address, config: printed.replace("# ready", ""), _running: running, _home: home }
    }

    fn deliver(&self, platform: &str, path: &str, signed: bool, event: &Value) {
        let url = format!("http://127.0.0.1:8787/hooks/{path}");
        let mut order = json!({ "platform": platform, "url": url, "event": event });
        if !signed {
            order["signature"] = "wrong".into();
        }
        let order = order.to_string();
        let mut stream = TcpStream::connect(&self.address).expect("the sandbox");
        let (host, length) = (&self.address, order.len());
        write!(
            stream,
            "POST /_sandbox/deliver HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{order}"
        )
        .expect("the order leaves");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
