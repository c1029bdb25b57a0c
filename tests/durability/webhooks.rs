//! What was acknowledged is there: killed under load, with everything delivered several times and out of order, with a
//! terminal that nobody reads, and with a disk that takes no more.
//!
//! The witness is the client, which writes down what it read an acknowledgement of. `KILLS`, `REPLAYS` and `EVENTS` say
//! how much, `SEED` repeats a run.

use std::collections::HashMap;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use patchcord::domain::Secret;
use patchcord::signature::Signature;
use serde_json::{Value, json};

use crate::support::command::{Call, Running};
use crate::support::home::Home;
use crate::support::hooks::{Poster, eko, free_port, is_open, klaunch, now_ms};
use crate::support::pty::{Key, Pty};
use crate::support::setting::{seed, setting};
use crate::support::skip;
use crate::support::wait::wait;
use crate::{Dice, SIZE, end};

/// Connections that post at the same time.
const CONNECTIONS: usize = 16;
/// The people that they post for.
const PEOPLE: u64 = 8;
const SECRET: &str = "the platform's secret";

/// A home with channels that nobody has to answer for, and its listener's address.
pub(crate) fn desk() -> (Home, String) {
    let (home, ear) = (Home::new(), format!("127.0.0.1:{}", free_port()));
    home.configure(&format!(
        "default_channel = \"flow\"\n\
         [[channels]]\nname = \"flow\"\nplatform = \"klaunch\"\nsend_url = \"http://127.0.0.1:9/send\"\n\
         channel_id = \"c\"\ntoken = \"t\"\nwebhook_key = \"the-key\"\n\
         [[channels]]\nname = \"frontline\"\nplatform = \"eko\"\nbase_url = \"http://127.0.0.1:9\"\n\
         client_id = \"c\"\nclient_secret = \"{SECRET}\"\n\
         [listener]\nbind = \"{ear}\"\n"
    ));
    (home, ear)
}

#[track_caller]
pub(crate) fn listen(home: &Home) -> Running {
    let mut listen = Call::new(home, &["listen", "--json"]).start();
    listen.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
    listen
}

/// One webhook: where to, with which headers, what.
#[derive(Clone)]
pub(crate) struct Hook {
    path: &'static str,
    signature: Option<String>,
    body: Vec<u8>,
}

impl Hook {
    fn flow(body: &Value) -> Self {
        Self { path: "/hooks/flow/the-key", signature: None, body: body.to_string().into_bytes() }
    }

    fn frontline(events: &[Value]) -> Self {
        let body = json!({"events": events}).to_string().into_bytes();
        let signature = Signature::from_parts(&Secret::new(SECRET), &[&body]).standard();
        Self { path: "/hooks/frontline", signature: Some(signature), body }
    }

    /// Posts it; the status, or why there is none.
    pub(crate) fn post(&self, poster: &mut Poster) -> std::io::Result<u16> {
        let headers: Vec<_> = self.signature.iter().map(|s| ("x-eko-signature", s.as_str())).collect();
        poster.post(self.path, &headers, &self.body).map(|answer| answer.status)
    }
}

/// The message of that name, the same whenever it is made again.
pub(crate) fn message(name: &str, person: u64, at: u64, on_eko: bool) -> Hook {
    if on_eko {
        Hook::frontline(&[eko(&format!("p{person}"), name, name, at, &format!("token{name}"))])
    } else {
        Hook::flow(&klaunch("c", person, name, at))
    }
}

/// Every conversation of a channel: its id, and its messages' texts in order.
#[track_caller]
pub(crate) fn stored(home: &Home, channel: &str) -> HashMap<String, Vec<String>> {
    let list = Call::new(home, &["-c", channel, "conversations", "list", "--all", "--json"]).run().expect_code(0);
    let ids: Vec<String> = list.json()["conversations"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect();
    let texts = |id: &str| {
        let args = ["-c", channel, "conversations", "export", id, "--format", "jsonl"];
        let export = Call::new(home, &args).run().expect_code(0);
        export.json_lines().iter().map(|m| m["text"].as_str().expect("a text").to_owned()).collect()
    };
    ids.into_iter().map(|id| (id.clone(), texts(&id))).collect()
}

/// How often each text is there.
pub(crate) fn counted(all: &[&HashMap<String, Vec<String>>]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for text in all.iter().flat_map(|channel| channel.values()).flatten() {
        *counts.entry(text.clone()).or_default() += 1;
    }
    counts
}

/// A platform under load until its receiver is killed: what it read acknowledgements of, and what it has to send again.
fn load(ear: &str, round: usize, client: usize, again: Option<Sent>, first: &mpsc::Sender<()>) -> Loaded {
    let mut loaded = Loaded::default();
    let Ok(mut poster) = Poster::connect(ear) else {
        loaded.unanswered = again;
        return loaded;
    };
    let mut again = again.into_iter();
    for n in 0.. {
        let sent = again.next().unwrap_or_else(|| Sent { name: format!("k{round}c{client}n{n}."), at: now_ms() });
        match message(&sent.name, client as u64 % PEOPLE, sent.at, client % 4 == 3).post(&mut poster) {
            Ok(200) => {
                loaded.acked.push(sent.name);
                let _ = first.send(());
            }
            refused => {
                loaded.refused.extend(refused.ok());
                loaded.unanswered = Some(sent);
                return loaded;
            }
        }
    }
    loaded
}

/// What is sent again is the same to the last byte.
#[derive(Debug, Clone)]
struct Sent {
    name: String,
    at: u64,
}

#[derive(Default)]
struct Loaded {
    acked: Vec<String>,
    unanswered: Option<Sent>,
    refused: Vec<u16>,
}

#[test]
fn killed_under_load_nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let kills = setting("KILLS", 10);
    let seed = seed("kill_webhook");
    let mut dice = Dice(seed);
    let (home, ear) = desk();
    let mut acked: Vec<String> = Vec::new();
    let mut waiting: Vec<Option<Sent>> = vec![None; CONNECTIONS];
    let mut again = 0;
    for round in 0..kills {
        let running = listen(&home);
        let (acks, first) = mpsc::channel();
        let clients: Vec<_> = waiting
            .iter_mut()
            .enumerate()
            .map(|(client, unanswered)| {
                let (ear, unanswered, acks) = (ear.clone(), unanswered.take(), acks.clone());
                again += usize::from(unanswered.is_some());
                thread::spawn(move || load(&ear, round, client, unanswered, &acks))
            })
            .collect();
        first.recv_timeout(Duration::from_secs(30)).expect("an acknowledgement");
        // The fault's own time, and nothing waits for it.
        thread::sleep(Duration::from_millis(5 + dice.below(296) as u64));
        // This is its SIGKILL.
        drop(running);
        for (client, loaded) in clients.into_iter().enumerate() {
            let loaded = loaded.join().expect("a client's end");
            assert_eq!(loaded.refused, Vec::<u16>::new(), "refused; SEED={seed}");
            waiting[client] = loaded.unanswered;
            acked.extend(loaded.acked);
        }
    }
    // What the next one sees is what it says.
    let next = listen(&home);
    let (flow, frontline) = (stored(&home, "flow"), stored(&home, "frontline"));
    let counts = counted(&[&flow, &frontline]);
    let lost: Vec<&String> = acked.iter().filter(|name| !counts.contains_key(*name)).collect();
    let doubled: Vec<&String> = counts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    assert!(lost.is_empty(), "lost {lost:?}; SEED={seed}");
    assert!(doubled.is_empty(), "doubled {doubled:?}; SEED={seed}");
    let unanswered = waiting.iter().flatten().count();
    let extra = counts.len() - acked.len();
    assert!(extra <= unanswered, "{extra} are there that were neither acknowledged nor under way; SEED={seed}");
    assert_eq!(flow.len() + frontline.len(), usize::try_from(PEOPLE).expect("few"));
    // Without a load it would prove nothing.
    assert!(acked.len() > kills, "only {} were acknowledged", acked.len());
    next.signal("TERM");
    let _ = next.wait().expect_code(0);
    println!(
        "PASS kill_webhook n={kills} acked={} stored={} again={again} lost=0 doubled=0 seed={seed}",
        acked.len(),
        counts.len()
    );
}

#[test]
fn duplicates_and_shuffles_give_one_message_each_in_order() {
    let replays = setting("REPLAYS", 10_000);
    let seed = seed("replays");
    let mut dice = Dice(seed);
    let (home, ear) = desk();
    let distinct = (replays / 5).max(10);
    let mut deliveries = Vec::new();
    for n in 0..distinct {
        let (at, person) = (1_700_000_000_000 + n as u64 * 7, n as u64 % PEOPLE);
        let name = format!("m{n:06}.");
        if n % 2 == 0 {
            let body = klaunch("c", person, &name, at);
            deliveries.push(Hook::flow(&body));
            // The same, written down in another way.
            let fields = body.as_object().expect("an object");
            let mut turned: Vec<String> = fields.iter().map(|(k, v)| format!("{k:?} :\t{v}")).collect();
            turned.reverse();
            let respelled =
                Hook { body: format!("{{ {} }}\n", turned.join(" , ")).into_bytes(), ..Hook::flow(&body) };
            deliveries.extend([respelled.clone(), respelled, Hook::flow(&body), Hook::flow(&body)]);
        } else {
            let event = eko(&format!("p{person}"), &name, &name, at, "token");
            deliveries.push(Hook::frontline(std::slice::from_ref(&event)));
            // Twice in one delivery, and together with the one before.
            deliveries.push(Hook::frontline(&[event.clone(), event.clone()]));
            let before = format!("m{:06}.", n.saturating_sub(2) | 1);
            let earlier = (n.saturating_sub(2) | 1) as u64;
            let other =
                eko(&format!("p{}", earlier % PEOPLE), &before, &before, 1_700_000_000_000 + earlier * 7, "token");
            deliveries.push(Hook::frontline(&[event.clone(), other]));
            deliveries.extend([Hook::frontline(std::slice::from_ref(&event)), Hook::frontline(&[event])]);
        }
    }
    for at in (1..deliveries.len()).rev() {
        deliveries.swap(at, dice.below(at + 1));
    }
    let mut listen = listen(&home);
    let count = deliveries.len();
    let share = count.div_ceil(CONNECTIONS);
    let clients: Vec<_> = deliveries
        .chunks(share)
        .map(|hooks| {
            let (hooks, ear) = (hooks.to_vec(), ear.clone());
            thread::spawn(move || {
                for hooks in hooks.chunks(900) {
                    let mut poster = Poster::connect(&ear).expect("a connection");
                    for hook in hooks {
                        assert_eq!(hook.post(&mut poster).expect("an answer"), 200);
                    }
                }
            })
        })
        .collect();
    for client in clients {
        client.join().expect("a client's end");
    }
    let (flow, frontline) = (stored(&home, "flow"), stored(&home, "frontline"));
    let counts = counted(&[&flow, &frontline]);
    assert_eq!(counts.len(), distinct, "SEED={seed}");
    assert!(counts.values().all(|count| *count == 1), "{counts:?}; SEED={seed}");
    for (id, texts) in flow.iter().chain(&frontline) {
        assert!(texts.is_sorted(), "{id} is out of order: {texts:?}; SEED={seed}");
    }
    // Whoever looks on is told of each once.
    let told = listen.wait_output("every message", |text| text.matches("\"event\":\"message\"").count() >= distinct);
    listen.signal("TERM");
    let rest = listen.wait().expect_code(0);
    let messages = rest.text().matches("\"event\":\"message\"").count();
    // An event that stands beside a new one in a delivery is told with it.
    assert!(messages >= distinct && told.len() <= rest.text().len(), "{messages}");
    println!("PASS replays n={count} distinct={distinct} lost=0 doubled=0 seed={seed}");
}

#[test]
fn a_terminal_that_nobody_reads_delays_no_acknowledgement() {
    let events = setting("EVENTS", 2_000);
    let (home, ear) = desk();
    let mut pty = Pty::patchcord(&home, &["-c", "flow"], SIZE);
    pty.wait_for("patchcord");
    wait("the listener", || is_open(&ear));
    // Where each of them is drawn.
    pty.key(Key::Alt('3'));
    pty.wait_for("Deliveries");
    pty.freeze();
    let before = pty.written();
    let clients: Vec<_> = (0..8_u64)
        .map(|client| {
            let ear = ear.clone();
            thread::spawn(move || {
                let mut poster = Poster::connect(&ear).expect("a connection");
                let mut times = Vec::new();
                for n in 0..events / 8 {
                    let hook = message(&format!("c{client}n{n}."), client, now_ms(), false);
                    let from = Instant::now();
                    assert_eq!(hook.post(&mut poster).expect("an answer"), 200);
                    times.push(from.elapsed());
                    if n % 900 == 899 {
                        poster = Poster::connect(&ear).expect("a connection");
                    }
                }
                times
            })
        })
        .collect();
    let mut times: Vec<Duration> = clients.into_iter().flat_map(|client| client.join().expect("its end")).collect();
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1_000];
    assert_eq!(pty.written(), before, "it was frozen all the time");
    // What comes after it all.
    let last = message("after-all-of-it", 1, now_ms(), false);
    assert_eq!(last.post(&mut Poster::connect(&ear).expect("a connection")).expect("an answer"), 200);
    pty.thaw();
    pty.wait_for("after-all-of-it");
    pty.wait_for(&format!("{} in all", times.len() + 1));
    assert!(pty.written() > before, "it was drawn");
    end(&mut pty);
    let counts = counted(&[&stored(&home, "flow")]);
    assert!(counts.len() == times.len() + 1 && counts.values().all(|count| *count == 1), "{}", counts.len());
    let (p50, p99, max) = (at(500), at(990), at(1_000));
    // Far above what it takes, far below what a write to a stuck terminal takes.
    assert!(p99 < Duration::from_secs(2), "p99 {p99:?}");
    println!("PASS frozen_terminal n={} p50={p50:?} p99={p99:?} max={max:?} lost=0 doubled=0", times.len());
}

#[test]
fn a_disk_that_is_full_is_told_and_what_was_acknowledged_stays() {
    if skip::program("prlimit").is_none() {
        return;
    }
    let (home, ear) = desk();
    // The database exists before files may not grow any more.
    let _ = Call::new(&home, &["conversations", "list"]).run().expect_code(0);
    // A limit on the size of files stands for a full disk: a write fails in its middle, and no signal comes of it.
    let script = format!("ulimit -S -f 4096; exec {} listen --json", crate::support::home::PATCHCORD);
    let mut listen = Call::program("/bin/sh", &home, &["-c", &script]).start();
    listen.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
    let mut acked = Vec::new();
    let mut poster = Poster::connect(&ear).expect("a connection");
    let padding = "x".repeat(20_000);
    let full = (0..10_000).find_map(|n| {
        let name = format!("n{n}.{padding}");
        let body = klaunch("c", 1, &name, 1_700_000_000_000 + n);
        if n % 900 == 899 {
            poster = Poster::connect(&ear).expect("a connection");
        }
        let answer = poster.post("/hooks/flow/the-key", &[], body.to_string().as_bytes()).expect("an answer");
        if answer.status == 200 {
            acked.push(name);
            return None;
        }
        Some((n, answer))
    });
    let (at, answer) = full.expect("a refusal");
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()), "{answer:?}");
    let raised = Command::new("prlimit")
        .args(["--pid", &listen.pid().to_string(), "--fsize=unlimited:unlimited"])
        .status()
        .is_ok_and(|status| status.success());
    assert!(raised, "its own limit can be raised to what it was");
    // Room again: it goes on without a restart, and the platform's next try is taken.
    let name = format!("n{at}.{padding}");
    let body = klaunch("c", 1, &name, 1_700_000_000_000 + at).to_string();
    wait("room", || {
        let tried = Poster::connect(&ear).and_then(|mut p| p.post("/hooks/flow/the-key", &[], body.as_bytes()));
        tried.is_ok_and(|answer| answer.status == 200)
    });
    acked.push(name);
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
    let counts = counted(&[&stored(&home, "flow")]);
    assert_eq!(counts.len(), acked.len());
    assert!(acked.iter().all(|name| counts.get(name) == Some(&1)));
    println!("PASS full_disk acked={} lost=0 doubled=0", acked.len());
}
