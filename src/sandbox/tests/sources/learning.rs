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
    let dir = tempfile::tempdir().unwrap();
    let (_running, client) = at(dir.path());
    let id = create(&client);
    add(&client, &id, &[("a", NOON), ("b", "b"), ("slow", SLOW)]);
    let [a, b, slow] = rows(&client, &id).try_into().unwrap();
    assert_eq!(sync(&client, &id).status, 200);
    assert_eq!(states(&client, &id), ("syncing".into(), "syncing syncing syncing".into()));
    assert_eq!(source(&client, &id)["lastSync"], Value::Null);
    let again = sync(&client, &id);
    assert_eq!((again.status, again.header("retry-after")), (429, None));
    assert!(again.json()["error"].as_str().unwrap().contains("in progress"));
    assert_eq!(sync_whole(&client, &first(&client)), "synced", "another source is another sync");

    // While it runs: one is changed, one deleted, one added.
    update(&client, &id, &a.0, "a", "# Quokka\nThe quokka sleeps at midnight.");
    delete(&client, &id, &b.0);
    add(&client, &id, &[("c", "c")]);
    assert_eq!(states(&client, &id), ("syncing".into(), "not_synced syncing not_synced".into()));
    assert!(when_does_the_quokka_sleep(&client).starts_with("I don't know"));

    let (_then, client) = with_clock(dir.path(), in_two_hours);
    assert_eq!(states(&client, &id), ("not_synced".into(), "not_synced synced not_synced".into()));
    assert!(when_does_the_quokka_sleep(&client).contains("noon"));
    let ended = source(&client, &id)["lastSync"].clone();
    assert_eq!(row(&client, &id, &slow.0)["lastSync"], ended);
    delete(&client, &id, &slow.0);
    assert_eq!(sync_whole(&client, &id), "synced");
    assert_eq!(states(&client, &id), ("synced".into(), "synced synced".into()));
    assert!(when_does_the_quokka_sleep(&client).contains("midnight"));
    assert_eq!(row(&client, &id, &a.0)["lastSync"], source(&client, &id)["lastSync"]);
    assert_ne!(source(&client, &id)["lastSync"], ended);
}

#[test]
fn a_clock_that_is_set_back_leaves_no_sync_running_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let (_running, client) = at(dir.path());
    let id = create(&client);
    add(&client, &id, &[("slow", SLOW)]);
    assert_eq!((sync(&client, &id).status, sync(&client, &id).status), (200, 429));
    let (_then, client) = with_clock(dir.path(), two_hours_ago);
    assert_eq!((state(&client, &id), sync(&client, &id).status), ("synced".into(), 200));
}

#[test]
fn a_sync_fails_where_a_row_says_so_and_the_bot_goes_on_with_what_it_knew() {
    let (_running, client) = start_empty();
    let source = create(&client);
    add(&client, &source, &[("a", NOON), ("b", "b")]);
    assert_eq!(sync_whole(&client, &source), "synced");
    let synced_at = self::source(&client, &source)["lastSync"].clone();
    let [a, b] = rows(&client, &source).try_into().unwrap();
    update(&client, &source, &a.0, "a", "# Quokka\nThe quokka never sleeps.");
    update(&client, &source, &b.0, "b", "text\n<!-- sandbox: sync fails -->\n");
    assert_eq!(sync_whole(&client, &source), "sync_error");
    assert_eq!(row_state(&client, &source, &b.0), "sync_error");
    assert_eq!(row_state(&client, &source, &a.0), "not_synced");
    assert_eq!(self::source(&client, &source)["lastSync"], synced_at);
    assert!(when_does_the_quokka_sleep(&client).contains("noon"));
    update(&client, &source, &b.0, "b", "text\n");
    assert_eq!(state(&client, &source), "not_synced");
    assert_eq!(sync_whole(&client, &source), "synced");
    assert!(when_does_the_quokka_sleep(&client).contains("never"));
}
