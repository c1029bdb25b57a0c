//! The power goes, at any moment: of what was written only what was synced is sure to be there, and of all else any part.
//! Everything that was acknowledged is there once, and nothing of which a byte left is sent again.
//!
//! The witness is a journal of what the program did to its files and said to its sockets, in order: an acknowledgement counts
//! from the moment before it leaves. `CUTS` says how many moments are tried, `SEED` repeats a run.

use std::collections::{HashMap, HashSet};
use std::thread;
use std::time::Duration;

use crate::Dice;
use crate::support::command::{Call, Output};
use crate::support::home::Home;
use crate::support::hooks::{Poster, now_ms};
use crate::support::journal::{Disk, Journal, Record, lay};
use crate::support::setting::{seed, setting};
use crate::webhooks::{Hook, counted, desk, message};

/// Connections that post at the same time.
const CONNECTIONS: usize = 8;
/// So many moments are tried of what one program did.
const MOMENTS: usize = 10;
/// So often in a row the same home is used.
const SESSIONS: usize = 4;

/// One who posts: the port that they post from, and what they posted, in order.
struct Posted {
    port: u16,
    hooks: Vec<(String, Hook)>,
}

/// Posts so many events, some of them twice, until there is no answer.
fn post(ear: &str, session: usize, client: usize, events: usize, padding: usize) -> Posted {
    let mut connection = Poster::connect(ear).expect("a connection");
    let mut posted = Posted { port: connection.port(), hooks: Vec::new() };
    for n in 0..events {
        let on_eko = client % 4 == 3;
        let length = if on_eko || n % 3 == 0 { 0 } else { padding };
        let name = format!("s{session}c{client}n{n}.{}", "x".repeat(length));
        let hook = message(&name, client as u64, now_ms(), on_eko);
        for _ in 0..if n % 9 == 8 { 2 } else { 1 } {
            posted.hooks.push((name.clone(), hook.clone()));
            match hook.post(&mut connection) {
                Ok(status) => assert_eq!(status, 200, "{name}"),
                Err(_) => return posted,
            }
        }
    }
    posted
}

/// A session: what the disk was before it, what happened, what was posted, and, by place, which acknowledgement left.
struct Session {
    disk: Disk,
    records: Vec<Record>,
    acks: Vec<(usize, String)>,
    posted: Vec<(String, Hook)>,
}

/// A listener from its start to its end, or until it is killed, with all that it is posted meanwhile.
fn session(home: &Home, ear: &str, number: usize, dice: &mut Dice, lies: bool) -> Session {
    let journal = Journal::begin(home);
    let journal = if lies { journal.with_a_disk_that_lies() } else { journal };
    let mut running = journal.watch(Call::new(home, &["listen", "--json"])).start();
    running.wait_output("the listener", |text| text.contains("\"event\":\"listening\""));
    // Now and then so much that the log is emptied into the database meanwhile.
    let (events, padding) = if number % 16 == 15 { (120, 20_000) } else { (4 + dice.below(40), 0) };
    let killed = number % 3 == 2;
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|client| {
            let ear = ear.to_owned();
            thread::spawn(move || post(&ear, number, client, events, padding))
        })
        .collect();
    let mut running = Some(running);
    if killed {
        // The fault's own time, and nothing waits for it.
        thread::sleep(Duration::from_millis(5 + dice.below(100) as u64));
        running = None;
    }
    let clients: Vec<Posted> = clients.into_iter().map(|client| client.join().expect("a client's end")).collect();
    if let Some(running) = running {
        running.signal("TERM");
        let _ = running.wait().expect_code(0);
    }
    let (disk, records) = journal.end();
    let mut answered: HashMap<u16, usize> = HashMap::new();
    let mut acks = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let Record::Said { port, bytes } = record else { continue };
        if let Some(client) = clients.iter().find(|client| client.port == *port)
            && let Some(status) = bytes.strip_prefix(b"HTTP/1.1 ")
        {
            let nth = answered.entry(*port).or_default();
            if status.starts_with(b"200") {
                acks.push((at, client.hooks[*nth].0.clone()));
            }
            *nth += 1;
        }
    }
    Session { disk, records, acks, posted: clients.into_iter().flat_map(|client| client.hooks).collect() }
}

/// Moments to cut at, in order: before which record, and whether some of what wasn't synced gets to the disk.
fn moments(session: &Session, dice: &mut Dice) -> Vec<(usize, bool)> {
    let is_sync = |record: &Record| matches!(record, Record::Sync { .. });
    let renames =
        |record: &Record| !matches!(record, Record::Write { .. } | Record::Sync { .. } | Record::Said { .. });
    let near = |wanted: &dyn Fn(&Record) -> bool, dice: &mut Dice| {
        let places: Vec<usize> =
            session.records.iter().enumerate().filter(|(_, record)| wanted(record)).map(|(at, _)| at).collect();
        places.get(dice.below(places.len().max(1))).map_or(0, |at| at + dice.below(2))
    };
    let mut moments: Vec<_> = (0..MOMENTS)
        .map(|n| {
            let at = match n % 5 {
                // Right behind an acknowledgement, where the least of time went by.
                0 | 1 if !session.acks.is_empty() => session.acks[dice.below(session.acks.len())].0 + 1,
                2 => near(&is_sync, dice),
                3 => near(&renames, dice),
                _ => dice.below(session.records.len() + 1),
            };
            (at, dice.below(2) == 0)
        })
        .collect();
    moments.sort_unstable();
    moments
}

/// What the program says is there, by the program itself.
fn exported(home: &Home, lies: bool) -> HashMap<String, usize> {
    let texts = |channel: &str| -> HashMap<String, Vec<String>> {
        let args = ["-c", channel, "conversations", "export", "--all", "--format", "jsonl"];
        let output: Output = Call::new(home, &args).run();
        if lies && output.code != Some(0) {
            return HashMap::new();
        }
        let output = output.expect_code(0);
        for word in ["damaged", "corrupt", "carried over", "panicked"] {
            assert!(lies || !output.errors().contains(word), "{output}");
        }
        let texts = output.json_lines().iter().map(|m| m["text"].as_str().expect("a text").to_owned()).collect();
        HashMap::from([(channel.to_owned(), texts)])
    };
    counted(&[&texts("flow"), &texts("frontline")])
}

/// What a run of cuts came to.
#[derive(Debug, Default)]
struct Sums {
    cuts: usize,
    acked: usize,
    lost: Vec<String>,
    doubled: Vec<String>,
    again: usize,
}

/// Load, cuts, and what the program says of each.
fn cut(cuts: usize, dice: &mut Dice, lies: bool) -> Sums {
    let mut sums = Sums::default();
    let (after, after_ear) = desk();
    let (mut home, mut ear) = desk();
    let mut before: HashSet<String> = HashSet::new();
    for number in 0.. {
        if sums.cuts >= cuts {
            break;
        }
        if number % SESSIONS == 0 {
            // One that has never been started.
            (home, ear) = desk();
            before.clear();
        }
        let mut session = session(&home, &ear, number, dice, lies);
        let moments = moments(&session, dice);
        let mut done = 0;
        for (at, in_part) in moments {
            for record in &session.records[done..at] {
                session.disk.apply(record);
            }
            done = at;
            let remains =
                if in_part { session.disk.cut(Some(&mut |limit| dice.below(limit))) } else { session.disk.cut(None) };
            lay(&remains, &after);
            let counts = exported(&after, lies);
            let acked = session.acks.iter().take_while(|(place, _)| *place < at).map(|(_, name)| name);
            let acked: HashSet<&String> = acked.chain(&before).collect();
            sums.lost.extend(acked.iter().filter(|name| !counts.contains_key(**name)).map(|name| (*name).clone()));
            sums.doubled.extend(counts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name.clone()));
            sums.acked += acked.len();
            if sums.cuts.is_multiple_of(8) && !lies {
                // The platform sends again what it has no word of, and more.
                redeliver(&after, &after_ear, &session.posted, &before);
                sums.again += session.posted.len();
            }
            sums.cuts += 1;
        }
        before.extend(session.acks.into_iter().map(|(_, name)| name));
        // What was under way when it was killed may or may not be there, and comes no more.
    }
    sums
}

/// Delivers everything again: it is there once, whatever was there before.
#[track_caller]
fn redeliver(home: &Home, ear: &str, posted: &[(String, Hook)], before: &HashSet<String>) {
    let listen = crate::webhooks::listen(home);
    for hooks in posted.chunks(900) {
        let mut connection = Poster::connect(ear).expect("a connection");
        for (_, hook) in hooks {
            assert_eq!(hook.post(&mut connection).expect("an answer"), 200);
        }
    }
    listen.signal("TERM");
    let _ = listen.wait().expect_code(0);
    let counts = exported(home, false);
    for name in posted.iter().map(|(name, _)| name).chain(before) {
        assert_eq!(counts.get(name), Some(&1), "{name} after it was delivered again");
    }
}

#[test]
fn when_the_power_goes_nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let cuts = setting("CUTS", 40);
    let seed = seed("power_cut");
    let sums = cut(cuts, &mut Dice(seed), false);
    assert!(sums.lost.is_empty(), "{} lost, such as {:?}; SEED={seed}", sums.lost.len(), sums.lost.first());
    assert!(sums.doubled.is_empty(), "doubled {:?}; SEED={seed}", sums.doubled);
    assert!(sums.acked > sums.cuts, "too little was acknowledged to prove anything: {sums:?}");
    println!(
        "PASS power_cut n={} acked={} delivered_again={} lost=0 doubled=0 seed={seed}",
        sums.cuts, sums.acked, sums.again
    );
}

#[test]
fn a_disk_that_lies_about_what_is_synced_is_found_out() {
    let seed = seed("power_cut_control");
    let sums = cut(MOMENTS, &mut Dice(seed), true);
    assert!(!sums.lost.is_empty(), "nothing was lost where nothing was synced: the test sees nothing; SEED={seed}");
    println!("PASS power_cut_control n={} lost={} as it must seed={seed}", sums.cuts, sums.lost.len());
}
