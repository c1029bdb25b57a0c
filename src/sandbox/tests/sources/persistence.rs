//! What outlives the process, several processes on one journal, and many rows.

use super::*;

#[test]
fn a_restart_keeps_sources_rows_and_what_was_learnt() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = at(dir.path());
    let seeded = first(&client);
    let keys_row = row_named(&client, &seeded, "Keys");
    update(&client, &seeded, &keys_row, "Keys", "# Keys\n\nNew line: Ctrl+Banana.");
    sync_whole(&client, &seeded);
    update(&client, &seeded, &keys_row, "Keys", "# Keys\n\nNew line: Ctrl+Cherry.");
    let empty = create(&client);
    good(&client, "PUT", "data-sources", &json!({ "dataSourceId": empty, "syncInterval": "week" }));
    let list = good(&client, "POST", "data-sources/list", &json!({}));
    let rows_before = rows(&client, &seeded);
    running.stop();
    let (_running, client) = at(dir.path());
    assert_eq!(good(&client, "POST", "data-sources/list", &json!({})), list);
    assert_eq!(rows(&client, &seeded), rows_before);
    assert_eq!(row(&client, &seeded, &keys_row)["content"], "# Keys\n\nNew line: Ctrl+Cherry.");
    assert!(ask(&client, "Which key makes a new line?").contains("Ctrl+Banana"));
}

#[test]
fn deleting_every_source_seeds_none_again() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = at(dir.path());
    good(&client, "DELETE", "data-sources", &json!({ "dataSourceId": first(&client) }));
    running.stop();
    let (_running, client) = at(dir.path());
    assert_eq!(good(&client, "POST", "data-sources/list", &json!({}))["pagination"]["total"], 0);
}

#[test]
fn two_servers_share_sources_syncs_and_what_was_learnt() {
    let dir = tempfile::tempdir().unwrap();
    let ((_one, here), (_two, there)) = (at(dir.path()), at(dir.path()));
    assert_eq!(first(&here), first(&there));
    let source = create(&here);
    add(&there, &source, &[("a", NOON)]);
    assert_eq!(rows(&here, &source), rows(&there, &source));
    assert_eq!(sync_whole(&here, &source), "synced");
    assert_eq!(self::source(&here, &source), self::source(&there, &source));
    assert!(when_does_the_quokka_sleep(&there).contains("noon"));
    add(&there, &source, &[("slow", SLOW)]);
    assert_eq!(sync(&there, &source).status, 200);
    assert_eq!((sync(&here, &source).status, state(&here, &source)), (429, "syncing".into()));

    std::thread::scope(|scope| {
        for (name, client) in [("here", &here), ("there", &there)] {
            let source = &source;
            scope.spawn(move || (0..20).for_each(|n| add(client, source, &[(&format!("{name} {n}"), "text")])));
        }
    });
    let listed = rows(&here, &source);
    assert_eq!((listed.len(), &listed), (42, &rows(&there, &source)));
}

#[test]
fn a_sync_that_a_kill_interrupted_ends_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = at(dir.path());
    let source = create(&client);
    add(&client, &source, &[("a", NOON), ("slow", SLOW)]);
    assert_eq!(sync(&client, &source).status, 200);
    let path = JournalFile::path(dir.path(), "sources.jsonl");
    let killed = std::fs::read(&path).unwrap();
    running.stop();
    assert_eq!(std::fs::read(&path).unwrap(), killed, "an orderly end leaves what a kill leaves");
    // And a call that the kill tore.
    std::fs::write(&path, [&killed[..], b"{\"event\":\"added\",\"source\":\""].concat()).unwrap();
    let (running, client) = at(dir.path());
    assert_eq!(states(&client, &source), ("syncing".into(), "syncing syncing".into()));
    running.stop();
    let (_running, client) = with_clock(dir.path(), in_two_hours);
    assert_eq!(states(&client, &source), ("synced".into(), "synced synced".into()));
    assert!(when_does_the_quokka_sleep(&client).contains("noon"));
    assert_eq!(sync(&client, &source).status, 200);
}

#[test]
fn an_emptied_journal_starts_afresh() {
    let dir = tempfile::tempdir().unwrap();
    let (_running, client) = at(dir.path());
    let (seeded, source) = (first(&client), create(&client));
    std::fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(JournalFile::path(dir.path(), "sources.jsonl"))
        .unwrap();
    assert_eq!(first(&client), seeded);
    assert_eq!(call(&client, "GET", &format!("data-sources?dataSourceId={source}"), &Value::Null).status, 404);
    assert!(ask(&client, "Which key makes a new line?").contains("Ctrl+J"));
}

#[test]
fn thousands_of_rows_and_large_ones_are_kept_and_learnt() {
    let dir = tempfile::tempdir().unwrap();
    let (running, client) = at(dir.path());
    let source = create(&client);
    let text = |n: usize| (format!("row {n}"), format!("# Lamp {n}\n\nLamp number {n} shines in colour c{n}x.\n"));
    for chunk in (0..3_000).map(text).collect::<Vec<_>>().chunks(100) {
        add(&client, &source, &chunk.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>());
    }
    let large = "é".repeat(1 << 19);
    add(&client, &source, &[("large", &large)]);
    assert_eq!(sync_whole(&client, &source), "synced");
    assert!(ask(&client, "What colour is c1234x?").contains("Lamp number 1234 "));
    running.stop();
    let (_running, client) = at(dir.path());
    let body = json!({ "dataSourceId": source, "limit": 100 });
    let listed = walk(&client, "data-sources/row/list", "dataSourceRows", body);
    assert_eq!(listed.len(), 3_001);
    assert_eq!(row(&client, &source, listed[3_000]["id"].as_str().unwrap())["content"], large);
}
