//! The tests of what must never happen, held against it happening: each of twelve faults is planted, and the test that is to see
//! it has to fail, which it may not without.
//!
//! `cargo test --features planted --test planted -- --nocapture`. The faults are `PlantedFault`'s; the tests that see them are
//! other test programs' own, which are built with the feature and run here by name.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Output};

use patchcord::domain::PlantedFault;
use serde_json::Value;

/// Who has to see a fault: the test program and the test.
const fn witness(fault: PlantedFault) -> (&'static str, &'static str) {
    use PlantedFault as F;
    match fault {
        F::AckBeforeCommit | F::NoSync => {
            ("durability", "power::when_the_power_goes_nothing_acknowledged_is_lost_and_nothing_is_doubled")
        }
        F::ResendUnknown => ("commands", "failures::a_reset_leaves_a_message_unknown_and_unrepeated"),
        F::RawText => ("commands", "untrusted::a_hostile_reply_is_marked_in_plain_and_exact_in_json"),
        F::NoHeldCr => ("patchcord", "http::sse::tests::every_split_in_two_and_every_single_byte_gives_the_same"),
        F::SignatureOverJson => {
            ("patchcord", "platform::optech::sign::tests::a_body_may_be_signed_as_it_is_or_in_ascii")
        }
        F::FollowLink => ("patchcord", "platform::optech::tests::nothing_is_posted_where_it_should_not_go"),
        F::FollowRedirect => ("commands", "failures::a_redirect_is_not_followed"),
        F::OutboxAfterBytes => ("durability", "power_out::when_the_power_goes_nothing_that_left_is_taken_for_unsent"),
        F::StoredTwice => ("durability", "webhooks::duplicates_and_shuffles_give_one_message_each_in_order"),
        F::LateAnswer => ("durability", "answers::a_request_whose_time_is_up_is_never_answered"),
        F::SecretInLog => ("commands", "log::calls_are_listed_the_failed_ones_apart_and_nothing_secret_is_kept"),
    }
}

/// The test programs with the faults in them, by name.
fn programs() -> HashMap<String, PathBuf> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let wanted = ["--lib", "--test", "durability", "--test", "commands"];
    let built = Command::new(cargo)
        .args(["test", "--locked", "--features", "planted", "--no-run", "--message-format", "json"])
        .args(wanted)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let lines = String::from_utf8_lossy(&built.stdout).into_owned();
    let program = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let executable = message["executable"].as_str().filter(|_| message["profile"]["test"] == true)?;
        Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(executable)))
    };
    lines.lines().filter_map(program).collect()
}

fn run(program: &PathBuf, test: &str, fault: Option<PlantedFault>) -> Output {
    let mut command = Command::new(program);
    command.args([test, "--exact", "--nocapture"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env_remove("PATCHCORD_PLANTED").env("REPLAYS", "2000").env("CUTS", "20").env("RUST_BACKTRACE", "0");
    if let Some(fault) = fault {
        command.env("PATCHCORD_PLANTED", fault.name());
    }
    command.output().expect("the test program")
}

#[test]
fn every_planted_fault_is_caught() {
    let programs = programs();
    let mut sound: HashMap<(&str, &str), bool> = HashMap::new();
    let (mut caught, mut missed) = (0, Vec::new());
    for fault in PlantedFault::ALL {
        let (program, test) = witness(*fault);
        let path = programs.get(program).expect("a test program");
        let says = |output: &Output, what: &str| String::from_utf8_lossy(&output.stdout).contains(what);
        let is_sound = *sound.entry((program, test)).or_insert_with(|| {
            let without = run(path, test, None);
            without.status.success() && says(&without, "1 passed")
        });
        let with = run(path, test, Some(*fault));
        let seen = is_sound && !with.status.success() && says(&with, "1 failed");
        let said = String::from_utf8_lossy(&with.stderr).into_owned();
        let why = said.lines().skip_while(|line| !line.contains("panicked")).nth(1).unwrap_or_default();
        let why: String = why.chars().take(100).collect();
        println!("{} {}: {test}: {why}", if seen { "caught" } else { "MISSED" }, fault.name());
        if seen {
            caught += 1;
        } else {
            let (sound, failed) = (is_sound, !with.status.success());
            missed.push(format!("{}: without it passes {sound}, with it fails {failed}", fault.name()));
        }
    }
    assert!(missed.is_empty(), "{caught} of {} caught; {missed:?}", PlantedFault::ALL.len());
    println!("PASS planted {caught} of {} caught", PlantedFault::ALL.len());
}
