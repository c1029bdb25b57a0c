//! What has a time is never late: answers of data requests, also across kills, and reply tokens.
//!
//! The witness is the platform's server, which notes when each answer came, and counts.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::command::{Call, Running};
use crate::support::home::Home;
use crate::support::hooks::{Answer, eko, free_port, now_ms, optech_signature, post};
use crate::support::origin::{Gate, Origin, Request, Script, Stamp};
use crate::support::wait::wait;
use crate::{Dice, held};

const SECRET: &str = "the platform's secret";

/// A fake OpTech, a home for it, and the home's listener's address.
struct Desk {
    server: Origin,
    home: Home,
    ear: String,
}

impl Desk {
    /// The platform waits so many seconds; `rules` stand in its channel.
    fn new(server: Origin, within: u32, rules: &str) -> Self {
        let (home, ear) = (Home::new(), format!("127.0.0.1:{}", free_port()));
        home.configure(&format!(
            "[[channels]]\nname = \"lookups\"\nplatform = \"optech\"\nclient_id = \"c\"\nbase_url = \"{}\"\n\
             client_secret = \"{SECRET}\"\nanswer_within = {within}\n{rules}\n[listener]\nbind = \"{ear}\"\n",
            server.url()
        ));
        Self { server, home, ear }
    }

    #[track_caller]
    fn listen(&self) -> Running {
        let mut listen = Call::new(&self.home, &["listen", "--json"]).start();
        listen.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
        listen
    }

    /// Asks for data under that name.
    #[track_caller]
    fn ask(&self, name: &str) -> Answer {
        let link = format!("{}/ingest/{name}", self.server.url());
        let body = json!({"key": name, "inputs": {}, "link": link}).to_string();
        let signature = optech_signature(SECRET, body.as_bytes());
        let url = format!("http://{}/hooks/lookups", self.ear);
        post(&url, &[("x-optech-signature", signature.as_str())], body.as_bytes())
    }

    /// The request under that name.
    #[track_caller]
    fn request(&self, name: &str) -> Value {
        let list = Call::new(&self.home, &["requests", "list", "--json"]).run().expect_code(0).json();
        let rows = list["requests"].as_array().expect("rows");
        let mut named = rows.iter().filter(|row| row["key"] == name);
        let found = named.next().unwrap_or_else(|| panic!("{name} in {list}")).clone();
        assert!(named.next().is_none(), "{name} is there twice: {list}");
        found
    }

    fn answer(&self, id: &str) -> Call {
        Call::new(&self.home, &["requests", "answer", id, "--data", "{\"a\":1}", "--json"])
    }

    /// How often the platform was answered under that name.
    fn copies(&self, name: &str) -> usize {
        self.server.count(&format!("/ingest/{name}"))
    }
}

fn taken() -> Script {
    Script::json(200, &json!({"code": 200}))
}

#[test]
fn a_request_whose_time_is_up_is_never_answered() {
    let desk = Desk::new(Origin::start(|_| taken()), 1, "");
    let listen = desk.listen();
    let names: Vec<String> = (0..5).map(|n| format!("late{n}")).collect();
    for name in &names {
        assert_eq!(desk.ask(name).status, 202);
        // Delivered again it is no new request, and gets no new time.
        assert_eq!(desk.ask(name).status, 202);
    }
    for name in &names {
        wait("its end", || desk.request(name)["state"] == "expired");
        let id = desk.request(name)["id"].as_str().expect("an id").to_owned();
        let output = desk.answer(&id).run().expect_code(11);
        assert!(output.failure()["message"].as_str().expect("a message").contains("too late"), "{output}");
    }
    drop(listen);
    let again = desk.listen();
    assert_eq!(desk.ask(&names[0]).status, 202);
    let id = desk.request(&names[0])["id"].as_str().expect("an id").to_owned();
    let _ = desk.answer(&id).run().expect_code(11);
    drop(again);
    assert_eq!(desk.server.requests().len(), 0);
    println!("PASS expired n={} late=0", names.len());
}

/// Where the program is when it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// So many milliseconds after its start.
    Early(u64),
    /// The server has the answer, and said nothing.
    Silent,
    /// The server has said so many steps of its word.
    Half,
    /// Not at all.
    Never,
}

#[test]
fn killed_while_answering_nothing_is_posted_twice_or_late() {
    let kills: usize = env::var("KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let seed: u64 = env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(now_ms()) | 1;
    println!("kill_answer: SEED={seed}");
    let mut dice = Dice(seed);
    let stamps =
        std::sync::Arc::new(std::sync::Mutex::new(std::collections::HashMap::<String, (Stamp, usize)>::new()));
    let bends = stamps.clone();
    let server = Origin::start(move |request: &Request| {
        let name = request.path.trim_start_matches("/ingest/").to_owned();
        match bends.lock().expect("no panic").get(&name) {
            Some((come, steps)) => held(taken(), *steps, come),
            None => taken(),
        }
    });
    let desk = Desk::new(server, 600, "");
    let listen = desk.listen();
    let mut counts = [0; 3];
    for n in 0..kills {
        let (name, come) = (format!("k{n}"), Stamp::default());
        let moment = match n % 4 {
            0 => Moment::Early(dice.below(60) as u64),
            1 => Moment::Silent,
            2 => Moment::Half,
            _ => Moment::Never,
        };
        if let Some(steps) = match moment {
            Moment::Silent => Some(0),
            Moment::Half => Some(1),
            _ => None,
        } {
            stamps.lock().expect("no panic").insert(name.clone(), (come.clone(), steps));
        }
        assert_eq!(desk.ask(&name).status, 202);
        let id = desk.request(&name)["id"].as_str().expect("an id").to_owned();
        let running = desk.answer(&id).start();
        match moment {
            // The fault's own time, and nothing waits for it.
            Moment::Early(ms) => thread::sleep(Duration::from_millis(ms)),
            Moment::Never => {
                let _ = running.wait().expect_code(0);
                let output = desk.answer(&id).run().expect_code(11);
                assert_eq!(output.failure()["kind"], "invalid");
                assert_eq!((desk.copies(&name), &desk.request(&name)["state"]), (1, &json!("posted")));
                counts[0] += 1;
                continue;
            }
            _ => {
                wait("the answer at the server", || come.at().is_some());
                if moment == Moment::Half && dice.below(2) == 0 {
                    let _ = running.wait();
                    assert_eq!(desk.copies(&name), 1, "SEED={seed}");
                    continue;
                }
            }
        }
        // This is its SIGKILL.
        drop(running);
        let left = desk.copies(&name);
        let output = desk.answer(&id).run();
        let state = desk.request(&name)["state"].as_str().expect("a state").to_owned();
        let copies = desk.copies(&name);
        assert!(copies <= 1, "{name} killed at {moment:?} was posted {copies} times; SEED={seed}");
        match moment {
            // Nobody knows whether it arrived: it is not posted again.
            Moment::Silent | Moment::Half => {
                assert_eq!((left, output.code), (1, Some(11)), "{output}");
                assert!(["unknown", "posted"].contains(&state.as_str()), "{state}; SEED={seed}");
            }
            _ => {
                // It never claimed it, and the second one posts; or it did, and nobody posts again.
                let claimed = output.code != Some(0);
                assert_eq!(output.code, if claimed { Some(11) } else { Some(0) }, "{output}");
                assert!(claimed || (left, copies) == (0, 1), "SEED={seed}");
            }
        }
        counts[1 + usize::from(state == "unknown")] += 1;
    }
    drop(listen);
    // Whoever starts next posts nothing of it.
    let posted = desk.server.requests().len();
    let again = desk.listen();
    let _ = Call::new(&desk.home, &["requests", "list"]).run().expect_code(0);
    drop(again);
    assert_eq!(desk.server.requests().len(), posted);
    println!(
        "PASS kill_answer n={kills} posted={} unknown={} late=0 doubled=0 seed={seed}",
        counts[0] + counts[1],
        counts[2]
    );
}

#[test]
fn a_rule_that_is_killed_or_late_posts_nothing_late() {
    let gate = Gate::new();
    let held = gate.clone();
    let rule = Origin::start(move |_| {
        let answer = Script::json(200, &json!({"by": "rule"}));
        Script::default().wait(&held).then(answer.0[0].clone())
    });
    let rules = format!("[[channels.rules]]\nkey = \"*\"\nurl = \"{}/rule\"\n", rule.url());
    let desk = Desk::new(Origin::start(|_| taken()), 4, &rules);
    let listen = desk.listen();
    let from = Instant::now();
    assert_eq!(desk.ask("slow").status, 202);
    assert!(from.elapsed() < Duration::from_secs(4), "{:?}", from.elapsed());
    // The rule is still at it when its time is up, and says its word then.
    wait("its end", || desk.request("slow")["state"] == "expired");
    gate.open();
    // Delivered again it is answered as before; the rule is not asked again.
    assert_eq!(desk.ask("slow").status, 202);
    assert_eq!((desk.copies("slow"), &desk.request("slow")["state"]), (0, &json!("expired")));
    // In time it answers in the response.
    let told = desk.ask("quick");
    assert_eq!((told.status, told.json()), (200, json!({"data": {"by": "rule"}})));
    assert_eq!(desk.ask("quick").json(), json!({"data": {"by": "rule"}}), "the same again");
    assert_eq!(rule.requests().len(), 2);
    drop(listen);
    assert_eq!(desk.server.requests().len(), 0);
    println!("PASS rule_late n=2 late=0 doubled=0");
}

#[test]
fn a_reply_token_is_used_once_and_never_past_its_life() {
    let server = Origin::start(|request| match request.path.as_str() {
        "/oauth/token" => {
            Script::json(200, &json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3600}))
        }
        _ => Script::json(200, &json!({"status": "success"})),
    });
    let (home, ear) = (Home::new(), format!("127.0.0.1:{}", free_port()));
    home.configure(&format!(
        "[[channels]]\nname = \"frontline\"\nplatform = \"eko\"\nbase_url = \"{}\"\nclient_id = \"c\"\n\
         client_secret = \"{SECRET}\"\n[listener]\nbind = \"{ear}\"\n",
        server.url()
    ));
    let mut listen = Call::new(&home, &["listen", "--json"]).start();
    listen.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
    let url = format!("http://{ear}/hooks/frontline");
    for (person, token) in [("alive", "token-alive"), ("dead", "token-dead"), ("replayed", "token-replayed")] {
        let body = json!({"events": [eko(person, person, "hello", now_ms(), token)]}).to_string();
        let mark: &[(&str, &str)] = if person == "replayed" { &[("x-patchcord-replay", "1")] } else { &[] };
        assert_eq!(post(&url, mark, body.as_bytes()).status, 200);
    }
    drop(listen);
    // As though its time had passed while nothing ran.
    let database = rusqlite::Connection::open(home.data().join("patchcord.db")).expect("the database");
    let aged =
        database.execute("UPDATE reply_handles SET expires_ms = expires_ms - 50000 WHERE token = 'token-dead'", []);
    assert_eq!(aged.expect("its end is brought forward"), 1);
    drop(database);
    for person in ["alive", "alive", "dead", "replayed"] {
        let id = format!("u:{person}");
        let _ = Call::new(&home, &["chat", "--conversation", &id, "answer"]).run().expect_code(0);
    }
    let used = |token: &str| {
        let says = |request: &&Request| request.body.windows(token.len()).any(|w| w == token.as_bytes());
        server.requests().iter().filter(says).count()
    };
    assert_eq!((used("token-alive"), used("token-dead"), used("token-replayed")), (1, 0, 0));
    assert_eq!((server.count("/bot/v1/message/text"), server.count("/bot/v1/direct/message")), (1, 3));
    println!("PASS reply_token n=4 late=0 doubled=0");
}
