//! `log`: every call is told of, none of its secrets, and each can be made again.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::Desk;
use crate::support::chat_thing::{SECRET, refusal};

#[test]
fn calls_are_listed_the_failed_ones_apart_and_nothing_secret_is_kept() {
    let desk = Desk::new();
    let none = desk.run(&["--json", "log"]).expect_code(0);
    assert_eq!(none.json()["calls"].as_array().map(Vec::len), Some(0));
    let listed = desk.run(&["conversations", "list", "--json", "--limit", "3"]).expect_code(0);
    assert!(listed.errors().is_empty());
    desk.server.next("conversations", refusal(403));
    let refused = desk.run(&["conversations", "list", "--json"]).expect_code(4);
    assert!(refused.text().is_empty());

    let all = desk.run(&["--json", "log"]).expect_code(0).json();
    let calls = all["calls"].as_array().expect("calls");
    let told: Vec<_> = calls.iter().map(|call| (call["n"].as_u64(), call["status"].as_u64())).collect();
    assert_eq!(told, [(Some(2), Some(200)), (Some(1), Some(403))]);
    assert!(
        calls.iter().all(|call| call["method"] == "POST" && call["error"].is_null() && call["ms"].is_u64()),
        "{all}"
    );
    let url = calls[0]["url"].as_str().expect("a URL");
    assert!(url.starts_with(&desk.server.origin.url()) && !url.contains('?'), "{url}");

    let failed = desk.run(&["log", "--failed"]).expect_code(0);
    assert!(failed.text().lines().count() == 1 && failed.text().contains(" 403 docs POST"), "{failed}");
    let command = desk.run(&["log", "--curl", "1"]).expect_code(0);
    assert!(
        command.text().starts_with("curl -X POST http://") && command.text().contains("\"$X_API_SECRET_KEY\""),
        "{command}"
    );
    let beyond = desk.run(&["--json", "log", "--curl", "9"]).expect_code(5);
    assert_eq!(beyond.failure()["kind"], "not_found");

    // Neither in what is printed nor in the file.
    let log = std::fs::read_to_string(desk.home.path().join("state/patchcord/patchcord.log")).expect("the log");
    for text in [all.to_string().as_str(), command.text(), &log] {
        assert!(!text.contains(SECRET), "a secret in {text}");
    }
}

#[test]
fn what_is_made_meanwhile_is_printed_as_it_comes() {
    let desk = Desk::new();
    let mut follower = desk.call(&["--json", "log", "--follow"]).start();
    let seen = AtomicBool::new(false);
    let told = std::thread::scope(|scope| {
        // It begins at the log's end, whenever it gets there: calls are made until it has told of one.
        scope.spawn(|| {
            while !seen.load(Ordering::Relaxed) {
                let listed = desk.run(&["conversations", "list", "--limit", "1"]);
                assert!(listed.expect_code(0).errors().is_empty());
            }
        });
        let told = follower.wait_output("a call", |text| text.contains('\n'));
        seen.store(true, Ordering::Relaxed);
        told
    });
    let call: serde_json::Value = serde_json::from_str(told.lines().next().expect("a line")).expect("JSON");
    assert_eq!((call["status"].as_u64(), call.get("n")), (Some(200), None));
    follower.signal("INT");
    assert!(follower.wait().expect_code(0).errors().is_empty());
}
