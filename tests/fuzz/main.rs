//! Hostile bytes into everything that reads what strangers wrote. `FUZZ` says how many inputs each target gets in place of
//! its usual number, `SEED` repeats a run; what fails is printed as it can be put into a test. The same targets can be run
//! guided by coverage: `cargo +nightly fuzz run --fuzz-dir tests/fuzz NAME`.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a test fails by panicking, and says what it did")]

mod heads;
mod mutate;
#[path = "../support/support.rs"]
pub mod support;
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use mutate::Chance;
use support::setting::{seed, setting};

/// An input that takes longer hangs.
const HANG: Duration = Duration::from_mins(1);

/// What is tried at the moment, and since when.
type Trying = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("a corpus").map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.into_iter().map(|file| fs::read(file).expect("readable")).collect()
}

fn run(name: &str) {
    let target = targets::named(name);
    let seed = seed(name);
    let (count, corpus) = (setting("FUZZ", target.usual), corpus(name));
    let trying = Trying::default();
    watch(name, &trying);
    let mut chance = Chance::new(seed);
    let mut slowest = Duration::ZERO;
    for at in 0..count {
        // What is known first, as it is.
        let input = corpus.get(at).cloned().unwrap_or_else(|| mutate::next(&mut chance, &corpus, target.words));
        let begun = Instant::now();
        *trying.lock().expect("no panic") = Some((begun, input.clone()));
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(&input))) {
            println!("FAIL fuzz_{name} after {at} inputs: b\"{}\"", input.escape_ascii());
            resume_unwind(panic);
        }
        slowest = slowest.max(begun.elapsed());
    }
    *trying.lock().expect("no panic") = None;
    println!("PASS fuzz_{name} n={count} panics=0 hangs=0 slowest_ms={} seed={seed}", slowest.as_millis());
}

/// Ends the whole run, with the input, where one hangs: a thread that hangs can't be told to stop.
fn watch(name: &str, trying: &Trying) {
    let (name, trying) = (name.to_owned(), Arc::downgrade(trying));
    thread::spawn(move || {
        while let Some(trying) = trying.upgrade() {
            if let Some((begun, input)) = &*trying.lock().expect("no panic")
                && begun.elapsed() > HANG
            {
                println!("FAIL fuzz_{name} hangs: b\"{}\"", input.escape_ascii());
                std::process::abort();
            }
            drop(trying);
            thread::sleep(Duration::from_secs(1));
        }
    });
}

macro_rules! fuzz {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn each_target_is_tried() {
            let tried = [$(stringify!($name)),*];
            for target in targets::ALL {
                assert!(tried.contains(&target.name), "{} has no test", target.name);
            }
            assert_eq!(tried.len(), targets::ALL.len());
        }
    };
}

fuzz!(sse, text, json, body, link, signature, config, suite, keys, html, query, lines, difference, shell);
