//! The power goes while messages, answers to data requests and changes of rows are on their way: none of which a byte left is
//! taken for one that never did, so none is ever sent twice, and what a change replaced can be put back.
//!
//! The witnesses are the journal of what the program said to its sockets and wrote to its files, in order, and the servers,
//! which count copies. `CUTS` says how many moments are tried, `SEED` repeats a run.

use std::collections::HashMap;

use rusqlite::Connection;
use rusqlite::types::FromSql;
use serde_json::{Value, json};

use crate::support::chat_thing::{ChatThing, id};
use crate::support::command::{Call, Output};
use crate::support::files::holds;
use crate::support::home::Home;
use crate::support::hooks::{free_port, optech_signature, post};
use crate::support::journal::{Disk, Journal, Record, lay};
use crate::support::origin::{Origin, Script, Stamp};
use crate::support::pty::Pty;
use crate::support::setting::{seed, setting};
use crate::support::wait::wait;
use crate::{Dice, SIZE, copies, held, says};

/// So many moments are tried of what was done in one session.
const MOMENTS: usize = 20;
const SECRET: &str = "the platform's secret";

/// What left, by a word that nothing else has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Message,
    Answer,
    Row,
}

/// The servers, and a home for them.
struct Place {
    chat: ChatThing,
    lookups: Origin,
    home: Home,
    ear: String,
}

impl Place {
    fn new() -> Self {
        let (chat, lookups) = (ChatThing::start(), Origin::start(|_| Script::json(200, &json!({"code": 200}))));
        chat.reply(crate::REPLY);
        let place = Self { chat, lookups, home: Home::new(), ear: format!("127.0.0.1:{}", free_port()) };
        place.configure(&place.home);
        place
    }

    fn configure(&self, home: &Home) {
        home.configure(&format!(
            "default_channel = \"docs\"\n{}\n[[channels]]\nname = \"lookups\"\nplatform = \"optech\"\nclient_id = \"c\"\n\
             base_url = \"{}\"\nclient_secret = \"{SECRET}\"\nanswer_within = 600\n[listener]\nbind = \"{}\"\n",
            self.chat.config(),
            self.lookups.url(),
            self.ear
        ));
    }

    /// How often it reached a server.
    fn copies(&self, kind: Kind, word: &str) -> usize {
        match kind {
            Kind::Message => copies(&self.chat, word),
            Kind::Answer => self.lookups.count(&format!("/ingest/{word}")),
            Kind::Row => self
                .chat
                .origin
                .requests()
                .iter()
                .filter(|r| r.method == "PUT" && r.body.windows(word.len()).any(|w| w == word.as_bytes()))
                .count(),
        }
    }
}

/// What happened in a session, and what was to leave in it.
struct Session {
    disk: Disk,
    records: Vec<Record>,
    words: Vec<(Kind, String)>,
}

/// Messages, answers and changes of rows, one command each, and one message more that is killed on its way.
fn session(place: &Place, number: usize, dice: &mut Dice) -> Session {
    let (home, chat) = (&place.home, &place.chat);
    let journal = Journal::begin(home);
    let run = |args: &[&str]| -> Output { journal.watch(Call::new(home, args)).run().expect_code(0) };
    let mut words = Vec::new();
    let asked: Vec<String> = (0..3).map(|n| format!("s{number}a{n}x")).collect();
    let mut listen = journal.watch(Call::new(home, &["listen", "--json"])).start();
    listen.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
    for name in &asked {
        let body = json!({"key": name, "inputs": {}, "link": format!("{}/ingest/{name}", place.lookups.url())});
        let (url, body) = (format!("http://{}/hooks/lookups", place.ear), body.to_string());
        let signature = optech_signature(SECRET, body.as_bytes());
        assert_eq!(post(&url, &[("x-optech-signature", signature.as_str())], body.as_bytes()).status, 202);
    }
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
    let waiting = run(&["-c", "lookups", "requests", "list", "--json"]).json();
    let source = chat.add_source(&[("page.md", "as it was before")]);
    for (n, name) in asked.into_iter().enumerate() {
        let _ =
            run(&["-c", "lookups", "requests", "answer", &id_of(&waiting, &name), "--data", "{\"a\":1}", "--json"]);
        words.push((Kind::Answer, name));
        let row = (format!("s{number}r{n}x"), chat.rows(&source)[0].id.clone());
        let update = Call::new(home, &["rows", "update", &source, &row.1, "--file", "-", "--json"]);
        let _ = journal.watch(update.stdin(row.0.as_str())).run().expect_code(0);
        words.push((Kind::Row, row.0));
        let (text, to) = (format!("s{number}m{n}x"), id(100 + dice.below(100)));
        let mut args = vec!["chat", "--json"];
        // One in a conversation that it has to begin, one whose answer comes whole.
        match n {
            0 => {}
            1 => args.extend(["--conversation", &to, "--no-stream"]),
            _ => args.extend(["--conversation", &to]),
        }
        let _ = run(&[&args[..], &[&text]].concat());
        words.push((Kind::Message, text));
    }
    // One more that is killed while the server keeps silent, or half way through its answer.
    let (text, come, steps) = (format!("s{number}m9x"), Stamp::default(), dice.below(6));
    let (wanted, seen) = (text.clone(), come.clone());
    chat.bend(move |request, answer| if says(request, &wanted) { held(answer(), steps, &seen) } else { answer() });
    let running = journal.watch(Call::new(home, &["chat", "--json", "--conversation", &id(1), &text])).start();
    wait("the message at the server", || come.at().is_some());
    drop(running);
    chat.unbend();
    words.push((Kind::Message, text));
    let (disk, records) = journal.end();
    Session { disk, records, words }
}

/// The id of a data request in a list of them.
fn id_of(list: &Value, name: &str) -> String {
    let mut requests = list["requests"].as_array().expect("rows").iter();
    let found = requests.find(|request| request["key"] == name);
    found.and_then(|request| request["id"].as_str()).unwrap_or_else(|| panic!("{name} in {list}")).to_owned()
}

/// The store's answer to a question about a word; none where it knows nothing of it.
fn ask<T: FromSql>(home: &Home, question: &str, word: &str) -> Option<T> {
    let database = Connection::open(home.data().join("patchcord.db")).expect("the database");
    database.query_row(question, [word], |row| row.get(0)).ok()
}

/// What is wrong with what the store knows of something of which a byte left.
fn wrong(home: &Home, kind: Kind, word: &str) -> Option<String> {
    let state: Option<String> = match kind {
        Kind::Message => ask(home, "SELECT state FROM turns WHERE text = ?1", word),
        Kind::Answer => ask(home, "SELECT state FROM requests WHERE key = ?1", word),
        Kind::Row => ask(home, "SELECT was_content FROM replaced WHERE became_content = ?1", word),
    };
    let fine = match (kind, state.as_deref()) {
        (Kind::Message, Some("unknown" | "sent")) | (Kind::Answer, Some("unknown" | "posted")) => true,
        (Kind::Row, Some(was)) => was == "as it was before" || was.ends_with('x'),
        _ => false,
    };
    (!fine).then(|| format!("{kind:?} {word}: {state:?}"))
}

/// Moments right behind bytes that left, and any others.
fn moments(session: &Session, dice: &mut Dice) -> Vec<(usize, bool)> {
    let left: Vec<usize> = (0..session.records.len()).filter(|at| word_that_left(session, *at).is_some()).collect();
    let mut moments: Vec<_> = (0..MOMENTS)
        .map(|n| {
            let any = dice.below(session.records.len() + 1);
            let at = if n % 4 == 3 || left.is_empty() { any } else { left[dice.below(left.len())] + 1 };
            (at, dice.below(2) == 0)
        })
        .collect();
    moments.sort_unstable();
    moments
}

/// What began to leave at that place.
fn word_that_left(session: &Session, at: usize) -> Option<&(Kind, String)> {
    let Record::Said { bytes, .. } = &session.records[at] else { return None };
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    session.words.iter().find(|(_, word)| holds(word))
}

#[test]
fn when_the_power_goes_nothing_that_left_is_taken_for_unsent() {
    let cuts = setting("CUTS", 40);
    let seed = seed("power_cut_sent");
    let mut dice = Dice(seed);
    let (mut done, mut left, mut faults) = (0, HashMap::<&str, usize>::new(), Vec::new());
    for number in 0.. {
        if done >= cuts {
            break;
        }
        // Every session in a home that was never started.
        let (place, after) = (Place::new(), Home::new());
        place.configure(&after);
        let mut session = session(&place, number, &mut dice);
        let mut so_far = 0;
        for (at, in_part) in moments(&session, &mut dice) {
            for record in &session.records[so_far..at] {
                session.disk.apply(record);
            }
            so_far = at;
            let mut chance = |limit: usize| dice.below(limit);
            let remains = session.disk.cut(if in_part { Some(&mut chance) } else { None });
            lay(&remains, &after);
            // The program's own start, which takes up what somebody left who is no more.
            let list = ["-c", "lookups", "requests", "list", "--json"];
            let started = Call::new(&after, &list).run().expect_code(0);
            assert!(!started.errors().contains("damaged"), "{started}; SEED={seed}");
            let waiting = started.json();
            for (kind, word) in (0..at).filter_map(|at| word_that_left(&session, at)) {
                faults.extend(wrong(&after, *kind, word).map(|wrong| format!("{wrong} at {at}")));
                if *kind == Kind::Answer && dice.below(4) == 0 {
                    // Whoever answers it again is refused; the server counts.
                    let id = id_of(&waiting, word);
                    let again = ["-c", "lookups", "requests", "answer", &id, "--data", "{\"a\":2}", "--json"];
                    let _ = Call::new(&after, &again).run().expect_code(11);
                }
                *left
                    .entry(match kind {
                        Kind::Message => "messages",
                        Kind::Answer => "answers",
                        Kind::Row => "rows",
                    })
                    .or_default() += 1;
            }
            done += 1;
        }
        for (kind, word) in &session.words {
            assert_eq!(place.copies(*kind, word), 1, "{kind:?} {word}; SEED={seed}");
        }
    }
    assert!(faults.is_empty(), "{} are known otherwise than they are: {faults:?}; SEED={seed}", faults.len());
    assert!(left.len() == 3, "nothing left: {left:?}");
    println!(
        "PASS power_cut_sent n={done} messages={} answers={} rows={} lost=0 doubled=0 seed={seed}",
        left["messages"], left["answers"], left["rows"]
    );
}

#[test]
fn when_the_power_goes_a_draft_is_there_but_for_its_last_words() {
    let cuts = setting("CUTS", 40).div_ceil(10);
    let place = Place::new();
    for n in 0..cuts {
        let (home, after) = (Home::new(), Home::new());
        place.configure(&home);
        place.configure(&after);
        let journal = Journal::begin(&home);
        let environment = journal.environment();
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = Pty::patchcord_with(&home, &["-c", "docs"], SIZE, &environment);
        pty.wait_for("Question number 0?");
        // The store does one thing after the other: once a later word is in its file, the one before is synced.
        for word in ["first", "second", "third"] {
            pty.type_text(&format!("{word}word{n} "));
            wait("the draft", || holds(&home.data(), format!("{word}word{n}")));
        }
        pty.kill9();
        let (mut disk, records) = journal.end();
        for record in &records {
            disk.apply(record);
        }
        lay(&disk.cut(None), &after);
        let mut again = Pty::patchcord(&after, &["-c", "docs"], SIZE);
        again.wait_for(&format!("firstword{n} secondword{n}"));
        again.kill9();
    }
    println!("PASS power_cut_draft n={cuts} lost=0");
}
