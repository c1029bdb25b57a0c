//! A listener that is stopped, from outside or by its terminal: another instance takes over, nothing is lost, and nobody
//! waits for what the stopped one has in hand. `STOPS` says how often, `SEED` repeats a run.

use std::fs;
use std::time::{Duration, Instant};

use crate::load::Load;
use crate::support::command::{Call, Running};
use crate::support::home::{Home, PATCHCORD};
use crate::support::pty::{Key, Pty};
use crate::support::setting::{seed, setting};
use crate::support::wait::{is_stopped, wait};
use crate::webhooks::{counted, desk, listen, stored};
use crate::{Dice, SIZE};

const CLIENTS: usize = 4;

/// Which process says that it listens.
fn holder(home: &Home) -> Option<u32> {
    fs::read_to_string(home.data().join("listener.lock")).ok()?.lines().nth(1)?.parse().ok()
}

/// Reads and writes by commands of their own, none of which waits for anybody.
#[track_caller]
fn nobody_is_locked_out(home: &Home, round: usize) {
    let name = format!("s{round}");
    let calls: [&[&str]; 3] = [
        &["-vv", "-c", "flow", "search", "--save", &name, "word"],
        &["-vv", "-c", "flow", "conversations", "list", "--all"],
        &["-vv", "-c", "flow", "search", "--forget", &name],
    ];
    for args in calls {
        let began = Instant::now();
        let output = Call::new(home, args).run();
        assert_eq!(output.code, Some(0), "{args:?} after {:?}\n{output}", began.elapsed());
    }
}

#[track_caller]
fn judge(home: &Home, acked: &[String], seed: u64) {
    let counts = counted(&[&stored(home, "flow")]);
    let lost: Vec<&String> = acked.iter().filter(|name| !counts.contains_key(*name)).collect();
    let doubled: Vec<&String> = counts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    assert!(lost.is_empty(), "{} of {} lost: {lost:?}; SEED={seed}", lost.len(), acked.len());
    assert!(doubled.is_empty(), "doubled {doubled:?}; SEED={seed}");
}

#[test]
fn one_that_is_stopped_from_outside_is_passed_by() {
    let stops = setting("STOPS", 6);
    let seed = seed("stops");
    let mut dice = Dice(seed);
    let (home, ear) = desk();
    let both = [listen(&home), listen(&home)];
    let load = Load::start(&ear, CLIENTS);
    load.wait_more(5);
    let mut longest = Duration::ZERO;
    for round in 0..stops {
        // The fault's own time, and nothing waits for it.
        std::thread::sleep(Duration::from_millis(dice.below(300) as u64));
        let holder = holder(&home).expect("somebody listens");
        let stopped: &Running = both.iter().find(|one| one.pid() == holder).expect("one of the two");
        stopped.signal("STOP");
        wait("its stop", || is_stopped(holder));
        let began = Instant::now();
        // What was under way when it was stopped may be answered still.
        let before = load.acked();
        wait("another one", || self::holder(&home).is_some_and(|now| now != holder));
        longest = longest.max(began.elapsed());
        wait("acknowledgements", || load.acked() > before + CLIENTS);
        nobody_is_locked_out(&home, round);
        wait("its stop again", || is_stopped(holder));
        load.wait_more(5);
        stopped.signal("CONT");
    }
    let (acked, later) = load.end();
    for one in both {
        one.signal("CONT");
        one.signal("TERM");
        let _ = one.wait().expect_code(0);
    }
    judge(&home, &acked, seed);
    assert!(longest < Duration::from_secs(10), "{longest:?}");
    println!(
        "PASS stopped n={stops} acked={} later={later} longest={longest:?} lost=0 doubled=0 seed={seed}",
        acked.len()
    );
}

#[test]
fn a_busy_one_that_is_stopped_while_it_writes_locks_nobody_out() {
    let stops = setting("STOPS", 6);
    let seed = seed("stops_busy");
    let mut dice = Dice(seed);
    let (home, ear) = desk();
    let running = listen(&home);
    let load = Load::start(&ear, CLIENTS);
    for round in 0..stops {
        load.wait_more(5);
        // The fault's own time, and nothing waits for it.
        std::thread::sleep(Duration::from_micros(dice.below(20_000) as u64));
        running.signal("STOP");
        wait("its stop", || is_stopped(running.pid()));
        nobody_is_locked_out(&home, round);
        assert!(is_stopped(running.pid()), "it is left as it was; SEED={seed}");
        running.signal("CONT");
    }
    let (acked, _) = load.end();
    running.signal("TERM");
    let _ = running.wait().expect_code(0);
    judge(&home, &acked, seed);
    println!("PASS stopped_busy n={stops} acked={} lost=0 doubled=0 seed={seed}", acked.len());
}

#[test]
fn a_window_that_is_suspended_hands_over_and_takes_up_again() {
    let stops = setting("STOPS", 6);
    let seed = seed("suspended");
    let mut dice = Dice(seed);
    let (home, ear) = desk();
    let mut environment = home.environment();
    environment.push(("TERM".to_owned(), "xterm-256color".to_owned()));
    let script = format!("set -m; {PATCHCORD}; while read -r line; do fg; done");
    let mut shell = Pty::spawn("/bin/bash", &["-c", &script], &environment, SIZE);
    wait("the window's listener", || holder(&home).is_some());
    let window = holder(&home).expect("the window");
    let load = Load::start(&ear, CLIENTS);
    let mut longest = Duration::ZERO;
    for round in 0..stops {
        load.wait_more(5);
        let other = listen(&home);
        // The fault's own time, and nothing waits for it.
        std::thread::sleep(Duration::from_millis(dice.below(300) as u64));
        shell.key(Key::Ctrl('z'));
        wait("its stop", || is_stopped(window));
        let began = Instant::now();
        wait("another one", || holder(&home) == Some(other.pid()));
        longest = longest.max(began.elapsed());
        load.wait_more(5);
        nobody_is_locked_out(&home, round);
        assert!(is_stopped(window), "nobody had to wake it");
        shell.key(Key::Enter);
        wait("its end", || !is_stopped(window));
        // Whoever took over has it until it ends.
        other.signal("TERM");
        let _ = other.wait().expect_code(0);
        wait("the window's listener", || holder(&home) == Some(window));
    }
    let (acked, _) = load.end();
    shell.key(Key::Ctrl('c'));
    shell.wait_for("again to quit");
    shell.key(Key::Ctrl('c'));
    wait("the window's end", || holder(&home).is_none());
    shell.kill9();
    judge(&home, &acked, seed);
    assert!(longest < Duration::from_secs(10), "{longest:?}");
    println!("PASS suspended n={stops} acked={} longest={longest:?} lost=0 doubled=0 seed={seed}", acked.len());
}
