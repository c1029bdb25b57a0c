//! `sources list`, `create`, `show`, `set-interval`, `delete` and `sync`.

use serde_json::{Value, json};

use crate::Desk;
use crate::failures::failed;
use crate::support::chat_thing::{self, CHANNEL, HOSTILE, SECRET, refusal};
use crate::support::command::Call;
use crate::support::escapes::strays;
use crate::support::home::Home;
use crate::support::origin::{Origin, Script, nobody};
use crate::support::pty::{Key, Pty};
use crate::support::wait::wait;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn a_source_is_made_shown_set_listed_and_deleted() {
    let desk = Desk::new();
    let id = desk.run(&["sources", "create"]).expect_code(0).text().trim_end().to_owned();
    assert_eq!(desk.server.source_ids(), std::slice::from_ref(&id));
    let made = desk.run(&["sources", "create", "--json"]).expect_code(0).json();
    assert_eq!(keys(&made), ["source"]);
    assert_eq!(keys(&made["source"]), ["id", "state", "last_sync", "sync_interval", "created_at"]);
    assert_eq!(
        (&made["source"]["state"], &made["source"]["last_sync"], &made["source"]["sync_interval"]),
        (&json!("not_synced"), &json!(null), &json!(null))
    );
    let second = made["source"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(desk.run(&["sources", "show", &second, "--json"]).expect_code(0).json(), made);
    for (word, interval) in
        [("day", json!("day")), ("week", json!("week")), ("month", json!("month")), ("none", Value::Null)]
    {
        let set = desk.run(&["sources", "set-interval", &id, word, "--json"]).expect_code(0).json();
        assert_eq!(set["source"]["sync_interval"], interval);
        assert_eq!(desk.server.source(&id).1, interval);
    }
    let plain = desk.run(&["sources", "show", &id]).expect_code(0);
    assert!(plain.text().contains(&id) && plain.text().contains("not_synced"), "{plain}");

    let list = desk.run(&["sources", "list", "--json"]).expect_code(0).json();
    assert_eq!(keys(&list), ["sources", "total", "next_cursor"]);
    assert_eq!((&list["total"], &list["next_cursor"]), (&json!(2), &Value::Null));
    assert_eq!(list["sources"][1], made["source"]);
    let plain = desk.run(&["sources", "list"]).expect_code(0);
    assert_eq!(plain.text().lines().filter(|line| line.contains("not_synced")).count(), 2, "{plain}");

    let gone = desk.run(&["sources", "delete", &id, "--yes", "--json"]).expect_code(0);
    assert_eq!((gone.json(), desk.server.source_ids()), (json!({"ok": true}), vec![second]));
    failed(desk.run(&["sources", "delete", &id, "--yes", "--json"]), 5, "not_found");
    desk.expect_well_formed();
}

#[test]
fn pages_are_followed() {
    let desk = Desk::new();
    let ids: Vec<String> = (0..230).map(|_| desk.server.add_source(&[])).collect();
    let all = desk.run(&["sources", "list", "--all", "--json"]).expect_code(0).json();
    let listed: Vec<&str> =
        all["sources"].as_array().expect("a list").iter().filter_map(|s| s["id"].as_str()).collect();
    assert_eq!((listed.len(), &all["total"], &all["next_cursor"]), (230, &json!(230), &Value::Null));
    assert_eq!(listed, ids);
    let first = desk.run(&["sources", "list", "--limit", "7", "--json"]).expect_code(0).json();
    assert_eq!(first["next_cursor"], json!(ids[6]));
    let next = desk.run(&["sources", "list", "--limit", "100", "--cursor", &ids[6], "--json"]).expect_code(0).json();
    assert_eq!((&next["sources"][0]["id"], &next["next_cursor"]), (&json!(ids[7]), &json!(ids[106])));
    desk.expect_well_formed();
}

#[test]
fn a_time_that_cannot_be_read_is_kept_as_it_is() {
    let desk = Desk::new();
    let source = json!({"id": "s", "type": "MANUAL", "state": "resting", "lastSync": "last week",
        "syncInterval": "hour", "createdAt": "2024-27-01T15:02:51.970Z"});
    let body = json!({"success": true, "dataSources": [source, {"id": "bare"}], "pagination": {"total": 2}});
    desk.server.next("data-sources/list", Script::json(200, &body));
    let list = desk.run(&["sources", "list", "--json"]).expect_code(0).json();
    assert_eq!(
        list["sources"][0],
        json!({"id": "s", "state": "resting", "last_sync": null, "last_sync_raw": "last week",
            "sync_interval": "hour", "created_at": "2024-01-27T15:02:51.970Z"})
    );
    assert_eq!(
        (&list["sources"][1]["created_at"], &list["sources"][1]["created_at_raw"]),
        (&Value::Null, &json!(""))
    );
}

#[test]
fn a_sync_is_begun_or_followed_to_its_end() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    let begun = desk.run(&["sources", "sync", &id, "--json"]).expect_code(0);
    assert_eq!((begun.json(), desk.server.source(&id).0.as_str()), (json!({"ok": true}), "syncing"));
    // One is running: that is a failure for whoever only wants to begin, and followed by whoever waits.
    let busy = failed(desk.run(&["sources", "sync", &id, "--json"]), 6, "rate_limited");
    for cause in ["running already", "storage tokens"] {
        assert!(busy["message"].as_str().is_some_and(|m| m.contains(cause)), "{busy}");
    }
    let waited = desk.run(&["sources", "sync", &id, "--wait", "--json"]).expect_code(0);
    assert_eq!(waited.json_lines(), [json!({"ok": true})]);
    assert_eq!((desk.server.source(&id).0.as_str(), desk.server.counts().syncs), ("synced", 1));
    // And once more, when there is nothing new.
    let _ = desk.run(&["sources", "sync", &id, "--wait"]).expect_code(0);
    assert_eq!((desk.server.source(&id).0.as_str(), desk.server.counts().syncs), ("synced", 2));
    desk.expect_well_formed();
}

#[test]
fn a_sync_that_fails_or_cannot_begin_says_why() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    desk.server.sync_takes(1, "sync_error");
    let failure = failed(desk.run(&["sources", "sync", &id, "--wait", "--json"]), 1, "failed");
    assert!(failure["message"].as_str().is_some_and(|m| m.contains(&id)), "{failure}");
    desk.server.sync_takes(1, "not_synced");
    failed(desk.run(&["sources", "sync", &id, "--wait", "--json"]), 1, "failed");
    desk.server.storage_full(true);
    failed(desk.run(&["sources", "sync", &id, "--wait", "--json"]), 6, "rate_limited");
    failed(desk.run(&["sources", "sync", "nobody", "--wait", "--json"]), 5, "not_found");
    failed(desk.run(&["sources", "sync", "nobody", "--json"]), 5, "not_found");
    desk.expect_well_formed();
}

#[test]
fn the_state_of_before_is_not_taken_for_the_end() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    desk.server.sync_takes(0, "synced");
    let _ = desk.run(&["sources", "sync", &id, "--wait"]).expect_code(0);
    let show = || desk.run(&["sources", "show", &id, "--json"]).expect_code(0).json();
    let before = show();
    let stale = json!({"success": true, "dataSource": {"id": id, "type": "MANUAL", "state": "synced",
        "lastSync": before["source"]["last_sync"], "syncInterval": null, "createdAt": before["source"]["created_at"]}});
    for _ in 0..3 {
        // Also for the look before the sync.
        desk.server.next("GET data-sources", Script::json(200, &stale));
    }
    desk.server.sync_takes(1, "synced");
    let _ = desk.run(&["sources", "sync", &id, "--wait"]).expect_code(0);
    assert_ne!(show()["source"]["last_sync"], before["source"]["last_sync"]);
}

#[test]
fn looking_on_survives_what_passes() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    desk.server.bend({
        let looks = std::sync::atomic::AtomicUsize::new(0);
        move |request, answer| {
            if request.method != "GET" {
                return answer();
            }
            match looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                1 => refusal(500),
                2 => Script::default().reset(),
                3 => Script::answer(429, &[("retry-after", "0")], ""),
                4 => Script::answer(200, &[], "<html>"),
                _ => answer(),
            }
        }
    });
    let _ = desk.run(&["sources", "sync", &id, "--wait"]).expect_code(0);
    assert_eq!((desk.server.source(&id).0.as_str(), desk.server.counts().syncs), ("synced", 1));
}

#[test]
fn a_sync_whose_answer_is_lost_is_looked_for_and_not_begun_twice() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    desk.server.bend(|request, answer| {
        if !request.path.ends_with("/sync") {
            return answer();
        }
        let _ = answer();
        Script::default().reset()
    });
    let _ = desk.run(&["sources", "sync", &id, "--wait"]).expect_code(0);
    assert_eq!((desk.server.source(&id).0.as_str(), desk.server.counts().syncs), ("synced", 1));
    desk.server.put_row(&id, "c", "d");
    let failure = failed(desk.run(&["sources", "sync", &id, "--json"]), 9, "unknown_delivery");
    assert!(failure["hint"].is_string(), "{failure}");
}

#[test]
fn waiting_ends_with_a_signal() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    desk.server.sync_takes(1_000_000, "synced");
    let waiting = desk.call(&["sources", "sync", &id, "--wait", "--json"]).start();
    wait("the sync", || desk.server.source(&id).0 == "syncing");
    waiting.signal("INT");
    let failure = failed(waiting.wait(), 130, "interrupted");
    assert!(failure["hint"].as_str().is_some_and(|hint| hint.contains("goes on")), "{failure}");
}

#[test]
fn a_delete_asks_on_a_terminal_and_is_refused_elsewhere() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[("a", "b")]);
    let failure = failed(desk.run(&["sources", "delete", &id, "--json"]), 2, "usage");
    assert!(failure["message"].as_str().is_some_and(|m| m.contains("--yes")), "{failure}");
    let piped = desk.call(&["sources", "delete", &id]).stdin("y\n").run().expect_code(2);
    assert!(piped.errors().contains("--yes"), "{piped}");
    assert_eq!(desk.server.origin.requests().len(), 0);

    for (answer, code, left) in [("n", 1, 1), ("", 1, 1), ("y", 0, 0)] {
        let mut pty = Pty::patchcord(&desk.home, &["sources", "delete", &id], (100, 20));
        pty.wait_for("[y/N]");
        assert!(pty.screen_text().contains("all its rows"), "{}", pty.screen_text());
        pty.type_text(answer);
        pty.key(Key::Enter);
        assert_eq!(pty.wait_exit().exit_code(), code, "{answer:?}");
        assert_eq!(desk.server.source_ids().len(), left, "{answer:?}");
    }
    desk.expect_well_formed();
}

/// A call, and the key of the request that it ends at.
fn calls(id: &str) -> Vec<(Vec<String>, &'static str, bool)> {
    let call = |words: &[&str]| words.iter().map(|w| (*w).replace("ID", id)).chain(["--json".to_owned()]).collect();
    vec![
        (call(&["sources", "list"]), "POST data-sources/list", true),
        (call(&["sources", "create"]), "POST data-sources", false),
        (call(&["sources", "show", "ID"]), "GET data-sources", true),
        (call(&["sources", "set-interval", "ID", "day"]), "PUT data-sources", false),
        (call(&["sources", "delete", "ID", "--yes"]), "DELETE data-sources", false),
        (call(&["sources", "sync", "ID"]), "POST data-sources/sync", false),
    ]
}

#[test]
fn each_status_has_its_code_and_no_change_is_made_twice() {
    let desk = Desk::new();
    let id = desk.server.add_source(&[]);
    let statuses = [
        (400, 11, "invalid"),
        (401, 4, "unauthorized"),
        (403, 4, "unauthorized"),
        (404, 5, "not_found"),
        (409, 1, "failed"),
        (429, 6, "rate_limited"),
        (500, 8, "platform"),
        (302, 8, "platform"),
    ];
    for (args, key, read) in calls(&id) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        for (status, code, kind) in statuses {
            for _ in 0..6 {
                let headers = [("retry-after", "0"), ("location", "http://127.0.0.1:9/")];
                desk.server.next(key, Script::answer(status, &headers, "{\"success\":false}"));
            }
            let before = desk.server.origin.requests().len();
            let failure = failed(desk.run(&args), code, kind);
            assert_eq!(failure["status"], json!(status), "{args:?}");
            let made = desk.server.origin.requests().len() - before;
            let most = if status == 429 || (read && status == 500) { 6 } else { 1 };
            assert!((1..=most).contains(&made), "{made} of {args:?} for {status}");
            desk.server.forget(key);
        }
        let odd = [
            Script::answer(200, &[("content-type", "text/html")], "<html>portal</html>"),
            Script::answer(200, &[], "{\"success\":true,"),
            Script::answer(200, &[], ""),
            Script::answer(200, &[], "{\"success\":false,\"message\":\"no\"}"),
        ];
        for script in odd {
            desk.server.next(key, script);
            failed(desk.run(&args), 8, "platform");
        }
        for _ in 0..6 {
            desk.server.next(key, Script::default().reset());
        }
        let before = desk.server.origin.requests().len();
        let (code, kind) = if read { (7, "network") } else { (9, "unknown_delivery") };
        failed(desk.run(&args), code, kind);
        assert_eq!(desk.server.origin.requests().len() - before > 1, read, "{args:?}");
        desk.server.forget(key);
    }
    let home = Home::new();
    home.configure(&chat_thing::config(&nobody(), CHANNEL, SECRET));
    for (args, ..) in calls(&id) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        failed(Call::new(&home, &args).run(), 7, "network");
    }
    assert_eq!(desk.server.source_ids(), [id]);
}

#[test]
fn hostile_words_are_marked() {
    let desk = Desk::new();
    let source =
        json!({"id": HOSTILE, "state": HOSTILE, "lastSync": HOSTILE, "syncInterval": HOSTILE, "createdAt": HOSTILE});
    let list = json!({"success": true, "dataSources": [source], "pagination": {}});
    desk.server.next("data-sources/list", Script::json(200, &list));
    desk.server.next("GET data-sources", Script::json(200, &json!({"success": true, "dataSource": source})));
    desk.server.next("POST data-sources", Script::json(200, &json!({"success": true, "dataSource": source})));
    for args in [&["sources", "list"][..], &["sources", "show", HOSTILE], &["sources", "create"]] {
        let plain = desk.run(args).expect_code(0);
        assert_eq!(strays(&plain.stdout), Vec::<String>::new(), "{plain}");
        assert!(plain.text().contains("safe") && plain.text().contains("end"), "{plain}");
    }
    let missing = desk.run(&["sources", "show", HOSTILE]).expect_code(5);
    assert_eq!(strays(&missing.stderr), Vec::<String>::new(), "{missing}");
}

#[test]
fn a_platform_without_sources_says_so_and_is_sent_nothing() {
    let (home, origin) = (Home::new(), Origin::start(|_| refusal(500)));
    home.configure(&format!(
        "[[channels]]\nname = \"agents\"\nplatform = \"operator\"\noperator_id = \"op\"\n\
         api_key = {{ env = \"NOT_SET\" }}\nbase_url = \"{}\"\n",
        origin.url()
    ));
    let all: [&[&str]; 6] = [
        &["sources", "list", "--json"],
        &["sources", "create", "--json"],
        &["sources", "sync", "a", "--wait", "--json"],
        &["rows", "list", "a", "--json"],
        &["rows", "add", "a", "b", "--json"],
        &["rows", "delete", "a", "b", "--yes", "--json"],
    ];
    for args in all {
        failed(Call::new(&home, args).run(), 11, "invalid");
    }
    assert_eq!(origin.connections(), 0);
}

#[test]
fn wrong_words_are_usage_and_empty_ids_are_invalid() {
    let home = Home::new();
    let usage: [&[&str]; 8] = [
        &["sources", "--json"],
        &["sources", "show", "--json"],
        &["sources", "set-interval", "a", "--json"],
        &["sources", "set-interval", "a", "hour", "--json"],
        &["sources", "delete", "--json"],
        &["rows", "get", "a", "--json"],
        &["rows", "update", "a", "b", "--json"],
        &["rows", "delete", "a", "--json"],
    ];
    for args in usage {
        let output = Call::new(&home, args).run().expect_code(2);
        assert_eq!(output.failure()["kind"], "usage", "{output}");
    }
    let desk = Desk::new();
    let invalid: [&[&str]; 7] = [
        &["sources", "show", "", "--json"],
        &["sources", "delete", "", "--yes", "--json"],
        &["rows", "get", "a", "", "--json"],
        &["rows", "add", "a", "", "--json"],
        &["rows", "update", "a", "b", "--name", "", "--json"],
        &["sources", "list", "--limit", "101", "--json"],
        &["rows", "list", "a", "--limit", "0", "--json"],
    ];
    for args in invalid {
        failed(desk.run(args), 11, "invalid");
    }
    assert_eq!(desk.server.origin.requests().len(), 0);
}
