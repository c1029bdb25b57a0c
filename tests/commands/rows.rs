//! `rows list`, `get`, `add`, `update` and `delete`: texts to the byte, and no change twice.

use serde_json::{Value, json};

use crate::Desk;
use crate::failures::failed;
use crate::support::chat_thing::{HOSTILE, refusal};
use crate::support::data_sources::Held;
use crate::support::escapes::strays;
use crate::support::origin::Script;
use crate::support::pty::{Key, Pty};

/// A text with everything that is easily lost.
const TEXT: &str = "\u{feff}# Ünïcödé 日本 🙂\r\n\r\n\ttab \u{0}\u{1b}[2J\u{2028}\n\n";

fn row_id(desk: &Desk, source: &str, at: usize) -> String {
    desk.server.rows(source)[at].id.clone()
}

fn versions(rows: &[Held]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row.name.as_str(), row.content.as_str())).collect()
}

#[test]
fn rows_are_listed_by_pages() {
    let desk = Desk::new();
    let names: Vec<String> = (0..230).map(|n| format!("row {n}.md")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "text")).collect();
    let source = desk.server.add_source(&rows);
    let all = desk.run(&["rows", "list", &source, "--all", "--json"]).expect_code(0).json();
    assert_eq!((&all["total"], &all["next_cursor"]), (&json!(230), &Value::Null));
    let listed: Vec<&str> = all["rows"].as_array().expect("rows").iter().filter_map(|r| r["name"].as_str()).collect();
    assert_eq!(listed, names);
    let one = desk.run(&["rows", "list", &source, "--limit", "1", "--json"]).expect_code(0).json();
    let first = row_id(&desk, &source, 0);
    assert_eq!(one, json!({"rows": [{"id": first, "name": "row 0.md"}], "total": 230, "next_cursor": first}));
    let next = desk.run(&["rows", "list", &source, "--cursor", &first, "--json"]).expect_code(0).json();
    assert_eq!((next["rows"].as_array().map(Vec::len), &next["rows"][0]["name"]), (Some(20), &json!("row 1.md")));
    let plain = desk.run(&["rows", "list", &source]).expect_code(0);
    assert_eq!(plain.text().lines().count(), 21, "{plain}");
    failed(desk.run(&["rows", "list", "nobody", "--json"]), 5, "not_found");
    let empty = desk.server.add_source(&[]);
    let none = desk.run(&["rows", "list", &empty, "--json"]).expect_code(0).json();
    assert_eq!(none, json!({"rows": [], "total": 0, "next_cursor": null}));
    desk.expect_well_formed();
}

#[test]
fn a_text_goes_in_and_comes_out_to_the_byte() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[]);
    let file = desk.home.path().join("home/text.md");
    std::fs::write(&file, TEXT).expect("a file");
    let file = file.to_str().expect("a path");
    let ways: [(&[&str], &str); 3] = [(&[], TEXT), (&["--file", "-"], TEXT), (&["--file", file], "")];
    for (at, (more, stdin)) in ways.into_iter().enumerate() {
        let mut args = vec!["rows", "add", &source, "the same.md", "--json"];
        args.extend(more);
        let added = desk.call(&args).stdin(stdin).run().expect_code(0);
        assert_eq!(added.json(), json!({"ok": true}));
        assert_eq!(versions(&desk.server.rows(&source))[at..], [("the same.md", TEXT)]);
        let id = row_id(&desk, &source, at);
        let got = desk.run(&["rows", "get", &source, &id]).expect_code(0);
        assert_eq!(got.stdout, TEXT.as_bytes());
        let got = desk.run(&["rows", "get", &source, &id, "--json"]).expect_code(0).json();
        let keys: Vec<&str> = got["row"].as_object().expect("a row").keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "state", "last_sync", "created_at", "content"]);
        assert_eq!((&got["row"]["content"], &got["row"]["id"]), (&json!(TEXT), &json!(id)));
    }
    // Nothing at all is a text, too.
    let _ = desk.call(&["rows", "add", &source, "empty"]).stdin("").run().expect_code(0);
    let id = row_id(&desk, &source, 3);
    assert_eq!(desk.run(&["rows", "get", &source, &id]).expect_code(0).stdout, b"");
    assert_eq!(desk.server.counts().created, 4);
    desk.expect_well_formed();
}

#[test]
fn what_is_no_text_is_refused_and_named() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[]);
    let add = ["rows", "add", &source, "a", "--json"];
    let failure = failed(desk.call(&add).stdin(b"caf\xe9 ol\xe9".to_vec()).run(), 11, "invalid");
    assert!(failure["message"].as_str().is_some_and(|m| m.contains("byte 3")), "{failure}");
    let missing = ["rows", "add", &source, "a", "--file", "/no/such/file", "--json"];
    let failure = failed(desk.run(&missing), 11, "invalid");
    assert!(failure["message"].as_str().is_some_and(|m| m.contains("/no/such/file")), "{failure}");
    let huge = "a".repeat(5 * 1024 * 1024);
    failed(desk.call(&add).stdin(huge).run(), 11, "invalid");
    assert_eq!(desk.server.origin.requests().len(), 0);
}

#[test]
fn an_update_changes_what_is_given() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("one.md", TEXT), ("two.md", "two"), ("one.md", "the other")]);
    let id = row_id(&desk, &source, 0);
    let renamed = desk.run(&["rows", "update", &source, &id, "--name", "new/name.md", "--json"]).expect_code(0);
    assert_eq!(renamed.json(), json!({"ok": true}));
    assert_eq!(versions(&desk.server.rows(&source))[0], ("new/name.md", TEXT));
    let changed = desk.call(&["rows", "update", &source, &id, "--file", "-"]).stdin("a\r\n").run().expect_code(0);
    assert_eq!(versions(&desk.server.rows(&source))[0], ("new/name.md", "a\r\n"), "{changed}");
    let both = desk.call(&["rows", "update", &source, &id, "--file", "-", "--name", "-n"]).stdin("").run();
    let _ = both.expect_code(0);
    assert_eq!(
        versions(&desk.server.rows(&source)),
        [("-n", ""), ("two.md", "two"), ("one.md", "the other")],
        "the others stay"
    );
    assert_eq!(desk.server.counts().updated, 3);
    // What stands there already need not be sent again.
    let _ = desk.run(&["rows", "update", &source, &id, "--name", "-n"]).expect_code(0);
    assert_eq!(desk.server.counts().updated, 3);
    failed(desk.run(&["rows", "update", &source, "nobody", "--name", "x", "--json"]), 5, "not_found");
    failed(desk.run(&["rows", "update", "nobody", &id, "--name", "x", "--json"]), 5, "not_found");
    failed(desk.run(&["rows", "get", &source, "nobody", "--json"]), 5, "not_found");
    desk.expect_well_formed();
}

#[test]
fn what_is_replaced_and_what_is_removed_is_kept() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("a", TEXT), ("b", "two")]);
    let (a, b) = (row_id(&desk, &source, 0), row_id(&desk, &source, 1));
    let _ = desk.run(&["rows", "update", &source, &a, "--name", "A"]).expect_code(0);
    let _ = desk.run(&["rows", "delete", &source, &b, "--yes"]).expect_code(0);
    let database = rusqlite::Connection::open(desk.home.data().join("patchcord.db")).expect("the database");
    let mut read =
        database.prepare("SELECT row_id, was_name, was_content, certain FROM replaced ORDER BY n").expect("it");
    let kept = read.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let kept: Vec<(String, String, String, bool)> = kept.expect("rows").map(|row| row.expect("a row")).collect();
    let was = |id: &str, name: &str, content: &str| (id.to_owned(), name.to_owned(), content.to_owned(), true);
    assert_eq!(kept, [was(&a, "a", TEXT), was(&b, "b", "two")]);
}

#[test]
fn several_rows_go_at_once() {
    let desk = Desk::new();
    let names: Vec<String> = (0..250).map(|n| format!("{n}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "text")).collect();
    let source = desk.server.add_source(&rows);
    let ids: Vec<String> = desk.server.rows(&source).iter().map(|row| row.id.clone()).collect();
    let mut args = vec!["rows", "delete", &source];
    args.extend(ids[..245].iter().map(String::as_str));
    // Named twice, gone once.
    args.extend([ids[0].as_str(), "--yes", "--json"]);
    let gone = desk.run(&args).expect_code(0);
    assert_eq!((gone.json(), desk.server.rows(&source).len()), (json!({"ok": true}), 5));
    let deletes = desk.server.origin.requests().iter().filter(|r| r.method == "DELETE").count();
    assert!(deletes < 25, "{deletes} requests for 245 rows");
    desk.expect_well_formed();
}

#[test]
fn a_delete_that_fails_in_part_says_what_is_left() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let (a, b) = (row_id(&desk, &source, 0), row_id(&desk, &source, 1));
    let failure = failed(desk.run(&["rows", "delete", &source, &a, "nobody", "--yes", "--json"]), 5, "not_found");
    assert!(failure["message"].as_str().is_some_and(|m| m.starts_with("1 of 2 rows were deleted")), "{failure}");
    assert!(failure["hint"].as_str().is_some_and(|h| h.contains("nobody") && !h.contains(&a)), "{failure}");
    assert_eq!(desk.server.rows(&source).len(), 2);
    failed(desk.run(&["rows", "delete", &source, "nobody", "--yes", "--json"]), 5, "not_found");

    desk.server.next("DELETE data-sources/rows", refusal(403));
    failed(desk.run(&["rows", "delete", &source, &b, "--yes", "--json"]), 4, "unauthorized");
    assert_eq!(desk.server.rows(&source).len(), 2);
    desk.expect_well_formed();
}

#[test]
fn what_nobody_answered_is_looked_at_and_not_done_twice() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("a", "1"), ("b", "2"), ("c", "3")]);
    desk.server.swallow();
    let added = desk.call(&["rows", "add", &source, "new"]).stdin("text").run().expect_code(0);
    assert_eq!(desk.server.rows(&source).len(), 4, "{added}");
    desk.server.swallow();
    let _ = desk.run(&["rows", "update", &source, &row_id(&desk, &source, 0), "--name", "A"]).expect_code(0);
    desk.server.tear(1);
    let all: Vec<String> = desk.server.rows(&source).iter().map(|row| row.id.clone()).collect();
    let _ = desk.run(&["rows", "delete", &source, &all[1], &all[2], "--yes"]).expect_code(0);
    let counts = desk.server.counts();
    assert_eq!(versions(&desk.server.rows(&source)), [("A", "1"), ("new", "text")]);
    assert_eq!((counts.created, counts.deleted), (1, 2));
    desk.expect_well_formed();
}

#[test]
fn a_signal_lets_what_is_under_way_end_and_begins_no_more() {
    let desk = Desk::new();
    let names: Vec<String> = (0..1_000).map(|n| format!("{n}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "text")).collect();
    let source = desk.server.add_source(&rows);
    let ids: Vec<String> = desk.server.rows(&source).iter().map(|row| row.id.clone()).collect();
    let mut args = vec!["rows", "delete", &source, "--yes", "--json"];
    args.extend(ids.iter().map(String::as_str));
    desk.server.delay(std::time::Duration::from_millis(20));
    let deleting = desk.call(&args).start();
    desk.server.wait_changes(1);
    deleting.signal("INT");
    let failure = failed(deleting.wait(), 130, "interrupted");
    let left = desk.server.rows(&source).len();
    let told = format!("{} of 1000 rows were deleted", 1_000 - left);
    assert!(left > 0 && failure["message"].as_str().is_some_and(|m| m.starts_with(&told)), "{left} {failure}");
    desk.expect_well_formed();
}

#[test]
fn a_total_of_something_else_hides_no_row() {
    let desk = Desk::new();
    let rows: Vec<Value> = (0..3).map(|n| json!({"id": format!("{n}"), "name": "n"})).collect();
    let body = json!({"success": true, "dataSourceRows": rows, "pagination": {"total": 1, "last": "2"}});
    desk.server.next("data-sources/row/list", Script::json(200, &body));
    let list = desk.run(&["rows", "list", "s", "--limit", "3", "--json"]).expect_code(0).json();
    assert_eq!(list["next_cursor"], "2");
}

#[test]
fn a_delete_asks_on_a_terminal_and_is_refused_elsewhere() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("a", "1"), ("b", "2")]);
    let (a, b) = (row_id(&desk, &source, 0), row_id(&desk, &source, 1));
    failed(desk.call(&["rows", "delete", &source, &a, "--json"]).stdin("y\n").run(), 2, "usage");
    assert_eq!(desk.server.origin.requests().len(), 0);
    for (answer, code, left) in [("no", 1, 2), ("yes", 0, 0)] {
        let mut pty = Pty::patchcord(&desk.home, &["rows", "delete", &source, &a, &b], (100, 20));
        pty.wait_for("Delete 2 rows");
        pty.type_text(answer);
        pty.key(Key::Enter);
        assert_eq!((pty.wait_exit().exit_code(), desk.server.rows(&source).len()), (code, left));
    }
    let mut pty = Pty::patchcord(&desk.home, &["rows", "delete", &source, &a], (100, 20));
    pty.wait_for("[y/N]");
    pty.key(Key::Ctrl('c'));
    assert_eq!(pty.wait_exit().exit_code(), 130);
}

#[test]
fn on_a_terminal_a_text_is_safe_and_in_a_pipe_exact() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[(HOSTILE, HOSTILE)]);
    let id = row_id(&desk, &source, 0);
    let list = desk.run(&["rows", "list", &source]).expect_code(0);
    assert_eq!(strays(&list.stdout), Vec::<String>::new(), "{list}");
    assert!(list.text().contains("safe") && list.text().contains("end"), "{list}");
    assert_eq!(desk.run(&["rows", "get", &source, &id]).expect_code(0).stdout, HOSTILE.as_bytes());
    let mut pty = Pty::patchcord(&desk.home, &["rows", "get", &source, &id], (100, 20));
    pty.wait_for("end");
    assert!(pty.wait_exit().success());
    assert_eq!(strays(&pty.raw()), Vec::<String>::new());
    // And every answer that names what was done.
    let renamed = desk.call(&["rows", "add", &source, HOSTILE]).stdin(HOSTILE).run().expect_code(0);
    assert_eq!(strays(&renamed.stderr), Vec::<String>::new(), "{renamed}");
    let missing = desk.run(&["rows", "get", &source, HOSTILE]).expect_code(5);
    assert_eq!(strays(&missing.stderr), Vec::<String>::new(), "{missing}");
}

#[test]
fn names_are_carried_whatever_they_hold() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[]);
    let names = ["../x", "/etc/passwd", "CON", "a\nb", "ünï/日本/🙂.md", "x\u{202e}y", &"n".repeat(300), " "];
    for name in names {
        let _ = desk.call(&["rows", "add", &source, name]).stdin("text").run().expect_code(0);
    }
    let _ = desk.call(&["rows", "add", &source, "--", "--name"]).stdin("text").run().expect_code(0);
    let rows = desk.server.rows(&source);
    let held: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((&held[..names.len()], held[names.len()]), (&names[..], "--name"));
    let list = desk.run(&["rows", "list", &source, "--json"]).expect_code(0).json();
    assert_eq!(list["rows"][3]["name"], "a\nb");
    desk.expect_well_formed();
}

#[test]
fn each_status_has_its_code() {
    let desk = Desk::new();
    let source = desk.server.add_source(&[("a", "1")]);
    let id = row_id(&desk, &source, 0);
    let calls: [(&[&str], &str); 5] = [
        (&["rows", "list", &source, "--json"], "POST data-sources/row/list"),
        (&["rows", "get", &source, &id, "--json"], "GET data-sources/row"),
        (&["rows", "add", &source, "n", "--json"], "POST data-sources/row"),
        (&["rows", "update", &source, &id, "--name", "n", "--json"], "PUT data-sources/row"),
        (&["rows", "delete", &source, &id, "--yes", "--json"], "DELETE data-sources/rows"),
    ];
    let statuses = [
        (400, 11, "invalid"),
        (403, 4, "unauthorized"),
        (409, 1, "failed"),
        (302, 8, "platform"),
        (429, 6, "rate_limited"),
    ];
    for (args, key) in calls {
        for (status, code, kind) in statuses {
            let headers = [("location", "http://127.0.0.1:9/"), ("retry-after", "0")];
            for _ in 0..6 {
                desk.server.next(key, Script::answer(status, &headers, "{\"success\":false}"));
            }
            let failure = failed(desk.run(args), code, kind);
            assert_eq!(failure["status"], json!(status), "{args:?}");
            desk.server.forget(key);
        }
        let odd = [
            Script::answer(200, &[("content-type", "text/html")], "<html>portal</html>"),
            Script::answer(200, &[], "{\"success\":true,"),
            refusal(500),
        ];
        for script in odd {
            for _ in 0..12 {
                desk.server.next(key, script.clone());
            }
            let output = desk.run(args);
            assert!(matches!(output.code, Some(8)), "{args:?}\n{output}");
            desk.server.forget(key);
        }
        assert_eq!(versions(&desk.server.rows(&source)), [("a", "1")], "{args:?}");
    }
    assert_eq!(desk.server.counts().changes(), 0);
}
