//! What outlives the process, and several processes on one journal.

use std::io::Write;
use std::path::Path;

use super::super::journal::JournalFile;
use super::*;

fn at(dir: &Path, seed_conversations: bool) -> (Running, Client) {
    start(Options { data_dir: Some(dir.to_owned()), seed_conversations, ..Options::default() })
}

fn total(client: &Client) -> u64 {
    post(client, "conversations", &json!({ "limit": 1 })).json()["pagination"]["total"].as_u64().unwrap()
}

fn say(client: &Client, text: &str) -> String {
    let answer = post(client, "message", &json!({ "message": text })).json();
    answer["conversationId"].as_str().unwrap().to_owned()
}

#[test]
fn a_restart_finds_everything_and_seeds_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = at(dir.path(), true);
    let seeded = total(&client);
    let id = say(&client, "/echo remembered");
    running.stop();
    let (_running, client) = at(dir.path(), true);
    assert_eq!(total(&client), seeded + 1);
    assert_eq!(texts(&client, &id)[1].1, "remembered");
}

#[test]
fn two_servers_on_one_journal_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (_one, first) = at(dir.path(), true);
    let (_two, second) = at(dir.path(), true);
    assert_eq!(total(&first), total(&second));
    let id = say(&first, "/echo from the first");
    assert_eq!(newest(&second), id);
    let answer = post(&second, "message", &json!({ "conversationId": id, "message": "/echo from the second" }));
    assert_eq!(answer.status, 200);
    let said: Vec<String> = texts(&first, &id).into_iter().map(|(_, text)| text).collect();
    assert_eq!(said, ["/echo from the first", "from the first", "/echo from the second", "from the second"]);
}

#[test]
fn many_writers_lose_and_mix_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let servers: Vec<(Running, Client)> = (0..3).map(|_| at(dir.path(), false)).collect();
    std::thread::scope(|scope| {
        for (server, (_, client)) in servers.iter().enumerate() {
            scope.spawn(move || {
                for n in 0..15 {
                    say(client, &format!("/echo {server}/{n}"));
                }
            });
        }
    });
    let lists: Vec<Value> =
        servers.iter().map(|(_, client)| post(client, "conversations", &json!({ "limit": 100 })).json()).collect();
    assert_eq!(lists[0]["pagination"]["total"], 45);
    assert!(lists.iter().all(|list| *list == lists[0]), "all see the same order");
    let lines = std::fs::read_to_string(JournalFile::path(dir.path(), "journal.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 45 * 3);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn a_torn_last_line_costs_that_line_only() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = at(dir.path(), false);
    let id = say(&client, "/echo before");
    let path = JournalFile::path(dir.path(), "journal.jsonl");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    // A line damaged in the middle, then one that a kill tore, beside a server that runs.
    file.write_all(b"damaged \xff line\n{\"event\":\"opened\",\"conver").unwrap();
    assert_eq!(total(&client), 1);
    say(&client, "/echo after");
    assert_eq!(total(&client), 2);
    running.stop();
    file.write_all(b"{\"event\":\"sai").unwrap();
    let (_running, client) = at(dir.path(), false);
    assert_eq!(total(&client), 2);
    assert_eq!(texts(&client, &id)[1].1, "before");
    let lines = std::fs::read(&path).unwrap();
    assert!(lines.ends_with(b"\n"));
}

#[test]
fn an_emptied_journal_is_an_empty_history() {
    let dir = tempfile::tempdir().unwrap();
    let (_running, client) = at(dir.path(), true);
    assert!(total(&client) > 30);
    std::fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(JournalFile::path(dir.path(), "journal.jsonl"))
        .unwrap();
    assert_eq!(total(&client), 0);
    say(&client, "/echo again");
    assert_eq!(total(&client), 1);
}

#[cfg(unix)]
#[test]
fn the_journal_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (_running, _client) = at(&dir.path().join("data"), false);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = JournalFile::path(&dir.path().join("data"), "journal.jsonl");
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn a_journal_that_cannot_be_opened_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("sandbox"), "in the way").unwrap();
    let error = Sandbox::start(Options { data_dir: Some(dir.path().to_owned()), ..Options::default() }).unwrap_err();
    assert!(error.to_string().contains("journal.jsonl"), "{error}");
}
