//! What a sync takes in, when, and what the bot makes of it.

use super::*;

#[test]
fn edit_sync_ask() {
    let (_running, client) = start_empty();
    let source = first(&client);
    let question = "Which key makes a new line?";
    assert_eq!(state(&client, &source), "synced");
    assert!(ask(&client, question).contains("Ctrl+J"));
    let id = row_named(&client, &source, "Keys");
    let old = row(&client, &source, &id);
    assert_eq!((&old["state"], &old["lastSync"]), (&json!("synced"), &old["createdAt"]));
    let text = string(&old["content"]);
    update(&client, &source, &id, "Keys", &text.replace("Ctrl+J", "Ctrl+Banana"));
    assert_eq!(
        (state(&client, &source), row_state(&client, &source, &id)),
        ("not_synced".into(), "not_synced".into())
    );
    assert!(ask(&client, question).contains("Ctrl+J"), "nothing is learnt before the sync");

    assert_eq!(sync_whole(&client, &source), "synced");
    let answer = ask(&client, question);
    assert!(answer.contains("Ctrl+Banana") && answer.contains("“Keys”"), "{answer}");
    assert_eq!(row_state(&client, &source, &id), "synced");
    update(&client, &source, &id, "Keys", &text);
    assert_eq!(sync_whole(&client, &source), "synced");
    assert!(ask(&client, question).contains("Ctrl+J"));
}

#[test]
fn add_delete_sync_ask() {
    let (_running, client) = start_empty();
    let source = create(&client);
    let question = "How tall is the lighthouse of Zanzibar?";
    assert!(ask(&client, question).starts_with("I don't know"));
    add(&client, &source, &[("lighthouses.md", "# Zanzibar\n\nThe lighthouse of Zanzibar is 31 metres tall.")]);
    assert!(ask(&client, question).starts_with("I don't know"));
    assert_eq!(sync_whole(&client, &source), "synced");
    let answer = ask(&client, question);
    assert!(answer.contains("31 metres") && answer.contains("“lighthouses.md”"), "{answer}");

    delete(&client, &source, &rows(&client, &source)[0].0);
    assert_eq!(state(&client, &source), "not_synced");
    assert!(ask(&client, question).contains("31 metres"));
    assert_eq!(sync_whole(&client, &source), "synced");
    assert!(ask(&client, question).starts_with("I don't know"));

    // A source that is gone can't be synced: it is forgotten at once.
    add(&client, &source, &[("lighthouses.md", "# Zanzibar\n\nThe lighthouse of Zanzibar is 32 metres tall.")]);
    sync_whole(&client, &source);
    assert!(ask(&client, question).contains("32 metres"));
    good(&client, "DELETE", "data-sources", &json!({ "dataSourceId": source }));
    assert!(ask(&client, question).starts_with("I don't know"));
    let all = first(&client);
    good(&client, "DELETE", "data-sources", &json!({ "dataSourceId": all }));
    assert!(ask(&client, "Which key makes a new line?").starts_with("I don't know"));
}

#[test]
fn a_sync_goes_from_syncing_to_synced_and_takes_the_rows_as_they_stood() {
    static NOW: AtomicI64 = AtomicI64::new(BEGINNING);
    let clock: fn() -> Timestamp = || Timestamp::from_millis(NOW.load(Ordering::SeqCst));
    let (_running, client) = start(Options { seed_conversations: false, clock, ..Options::default() });
    let source_id = create(&client);
    add(&client, &source_id, &[("a", "# Quokka\nThe quokka sleeps at noon."), ("b", "b")]);
    let [a, b] = rows(&client, &source_id).try_into().unwrap();
    assert_eq!(sync(&client, &source_id).status, 200);
    let states = |client: &Client| {
        let rows = rows(client, &source_id);
        let states = rows.iter().map(|row| row_state(client, &source_id, &row.0));
        (state(client, &source_id), states.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(states(&client), ("syncing".into(), "syncing syncing".into()));
    assert_eq!(source(&client, &source_id)["lastSync"], Value::Null);
    let again = sync(&client, &source_id);
    assert_eq!((again.status, again.header("retry-after")), (429, None));
    assert!(again.json()["error"].as_str().unwrap().contains("in progress"));
    assert_eq!(sync(&client, &first(&client)).status, 200, "another source is another sync");

    // While it runs: one is changed, one deleted, one added.
    update(&client, &source_id, &a.0, "a", "# Quokka\nThe quokka sleeps at midnight.");
    delete(&client, &source_id, &b.0);
    add(&client, &source_id, &[("c", "c")]);
    assert_eq!(states(&client), ("syncing".into(), "not_synced not_synced".into()));
    assert!(ask(&client, "When does the quokka sleep?").starts_with("I don't know"));
    NOW.fetch_add(1_500, Ordering::SeqCst);
    assert_eq!(states(&client), ("not_synced".into(), "not_synced not_synced".into()));
    assert!(ask(&client, "When does the quokka sleep?").contains("noon"));
    let synced_at = source(&client, &source_id)["lastSync"].clone();
    assert!(Timestamp::parse_rfc3339(synced_at.as_str().unwrap()).unwrap() <= clock());

    assert_eq!(sync(&client, &source_id).status, 200);
    NOW.fetch_add(1_500, Ordering::SeqCst);
    assert_eq!(states(&client), ("synced".into(), "synced synced".into()));
    assert!(ask(&client, "When does the quokka sleep?").contains("midnight"));
    assert_eq!(row(&client, &source_id, &a.0)["lastSync"], source(&client, &source_id)["lastSync"]);
    assert_ne!(source(&client, &source_id)["lastSync"], synced_at);
    // A clock that is set back leaves nothing running for ever.
    assert_eq!(sync(&client, &source_id).status, 200);
    NOW.fetch_add(-3_600_000, Ordering::SeqCst);
    assert_eq!(state(&client, &source_id), "synced");
}

#[test]
fn a_sync_fails_where_a_row_says_so_and_the_bot_goes_on_with_what_it_knew() {
    let (_running, client) = start_empty();
    let source = create(&client);
    add(&client, &source, &[("a", "# Quokka\nThe quokka sleeps at noon."), ("b", "b")]);
    assert_eq!(sync_whole(&client, &source), "synced");
    let synced_at = self::source(&client, &source)["lastSync"].clone();
    let [a, b] = rows(&client, &source).try_into().unwrap();
    update(&client, &source, &a.0, "a", "# Quokka\nThe quokka never sleeps.");
    update(&client, &source, &b.0, "b", "text\n<!-- sandbox: sync fails -->\n");
    assert_eq!(sync_whole(&client, &source), "sync_error");
    assert_eq!(row_state(&client, &source, &b.0), "sync_error");
    assert_eq!(row_state(&client, &source, &a.0), "not_synced");
    assert_eq!(self::source(&client, &source)["lastSync"], synced_at);
    assert!(ask(&client, "When does the quokka sleep?").contains("noon"));
    update(&client, &source, &b.0, "b", "text\n");
    assert_eq!(state(&client, &source), "not_synced");
    assert_eq!(sync_whole(&client, &source), "synced");
    assert!(ask(&client, "When does the quokka sleep?").contains("never"));
}
