//! Data sources: every call, every code, the pages, what outlives the process, and the bot that learns.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use super::super::journal::Journal;
use super::*;
use crate::domain::Timestamp;

const ROOT: &str = "/api/public/channels/sandbox/1.0/";
/// A time at which the clocks of these tests begin: 2025-11-20.
const BEGINNING: i64 = 1_763_647_200_000;

fn at(dir: &Path) -> (Running, Client) {
    start(Options { data_dir: Some(dir.to_owned()), seed_conversations: false, ..Options::default() })
}

/// A call, whatever its method.
fn call(client: &Client, method: &str, endpoint: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    client.request(method, &format!("{ROOT}{endpoint}"), &client.json_headers(), body.as_bytes()).unwrap()
}

/// A call that is answered 200.
fn good(client: &Client, method: &str, endpoint: &str, body: &Value) -> Value {
    let answer = call(client, method, endpoint, body);
    assert_eq!(answer.status, 200, "{method} {endpoint}: {}", answer.text());
    assert_eq!(answer.json()["success"], true);
    answer.json()
}

fn create(client: &Client) -> String {
    string(&good(client, "POST", "data-sources", &Value::Null)["dataSource"]["id"])
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string")).to_owned()
}

/// The source that every sandbox starts with.
fn first(client: &Client) -> String {
    string(&good(client, "POST", "data-sources/list", &json!({ "limit": 1 }))["dataSources"][0]["id"])
}

fn source(client: &Client, id: &str) -> Value {
    good(client, "GET", &format!("data-sources?dataSourceId={id}"), &Value::Null)["dataSource"].clone()
}

fn state(client: &Client, id: &str) -> String {
    string(&source(client, id)["state"])
}

fn row(client: &Client, source: &str, id: &str) -> Value {
    let path = format!("data-sources/row?dataSourceId={source}&dataSourceRowId={id}");
    good(client, "GET", &path, &Value::Null)["dataSourceRow"].clone()
}

fn row_state(client: &Client, source: &str, id: &str) -> String {
    string(&row(client, source, id)["state"])
}

fn add(client: &Client, source: &str, rows: &[(&str, &str)]) {
    let rows: Vec<Value> = rows.iter().map(|(name, content)| json!({ "name": name, "content": content })).collect();
    good(client, "POST", "data-sources/row", &json!({ "dataSourceId": source, "dataSourceRows": rows }));
}

fn update(client: &Client, source: &str, id: &str, name: &str, content: &str) {
    let rows = json!([{ "id": id, "name": name, "content": content }]);
    good(client, "PUT", "data-sources/row", &json!({ "dataSourceId": source, "dataSourceRows": rows }));
}

fn delete(client: &Client, source: &str, id: &str) {
    let body = json!({ "dataSourceId": source, "dataSourceRows": [{ "id": id }] });
    good(client, "DELETE", "data-sources/rows", &body);
}

/// The ids and names of the first hundred rows.
fn rows(client: &Client, source: &str) -> Vec<(String, String)> {
    let page = good(client, "POST", "data-sources/row/list", &json!({ "dataSourceId": source, "limit": 100 }));
    let rows = page["dataSourceRows"].as_array().unwrap();
    rows.iter().map(|row| (string(&row["id"]), string(&row["name"]))).collect()
}

fn row_named(client: &Client, source: &str, name: &str) -> String {
    rows(client, source).into_iter().find(|row| row.1 == name).unwrap_or_else(|| panic!("no row {name}")).0
}

fn sync(client: &Client, source: &str) -> Answer {
    call(client, "POST", "data-sources/sync", &json!({ "dataSourceId": source }))
}

/// A sync, to its end.
fn sync_whole(client: &Client, source: &str) -> String {
    let answer = sync(client, source);
    assert_eq!(answer.status, 200, "{}", answer.text());
    eventually("the sync is over", || state(client, source) != "syncing");
    state(client, source)
}

fn ask(client: &Client, question: &str) -> String {
    string(&post(client, "message", &json!({ "message": question })).json()["response"])
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_source_is_made_read_set_listed_and_deleted() {
    let (_running, client) = start_empty();
    let made = good(&client, "POST", "data-sources", &Value::Null)["dataSource"].clone();
    assert_eq!(keys(&made), ["id", "type", "state", "lastSync", "syncInterval", "createdAt"]);
    assert_eq!((&made["type"], &made["state"]), (&json!("MANUAL"), &json!("not_synced")));
    assert_eq!((&made["lastSync"], &made["syncInterval"]), (&Value::Null, &Value::Null));
    assert!(Timestamp::parse_rfc3339(made["createdAt"].as_str().unwrap()).is_some());
    let id = string(&made["id"]);
    assert_eq!(source(&client, &id), made);
    for interval in [json!("day"), json!("week"), json!("month"), Value::Null] {
        let body = json!({ "dataSourceId": id, "syncInterval": interval });
        let set = good(&client, "PUT", "data-sources", &body)["dataSource"].clone();
        assert_eq!((&set["syncInterval"], &set["state"]), (&interval, &json!("not_synced")));
        assert_eq!(source(&client, &id), set);
    }
    // Left out, it is its default: none.
    good(&client, "PUT", "data-sources", &json!({ "dataSourceId": id, "syncInterval": "day" }));
    assert_eq!(good(&client, "PUT", "data-sources", &json!({ "dataSourceId": id }))["dataSource"], made);
    let list = good(&client, "POST", "data-sources/list", &json!({}));
    assert_eq!(list["pagination"], json!({ "total": 2, "last": id }));
    assert_eq!(list["dataSources"][1], made);
    assert_eq!(good(&client, "DELETE", "data-sources", &json!({ "dataSourceId": id })), json!({ "success": true }));
    assert_eq!(call(&client, "GET", &format!("data-sources?dataSourceId={id}"), &Value::Null).status, 404);
    assert_eq!(call(&client, "DELETE", "data-sources", &json!({ "dataSourceId": id })).status, 404);
}

#[test]
fn rows_are_added_listed_read_changed_and_deleted_byte_for_byte() {
    let (_running, client) = start_empty();
    let source = create(&client);
    let hostile = "# Testing 1.1\r\n\u{1b}[2J \u{202e}rtl ```\n\nåäö 漢字 🏳️‍🌈\u{0}\n";
    let added = json!({ "dataSourceId": source, "dataSourceRows": [
        { "name": "../one.md", "content": hostile }, { "name": "", "content": "" }, { "name": "../one.md", "content": "3" },
    ]});
    assert_eq!(good(&client, "POST", "data-sources/row", &added), json!({ "success": true }));
    let listed = rows(&client, &source);
    let names: Vec<&str> = listed.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(names, ["../one.md", "", "../one.md"], "in the order in which they were added; names may be equal");
    let shown = row(&client, &source, &listed[0].0);
    assert_eq!(keys(&shown), ["id", "type", "state", "lastSync", "createdAt", "content"]);
    assert_eq!((&shown["id"], &shown["type"]), (&json!(listed[0].0), &json!("MANUAL")));
    assert_eq!((&shown["content"], &shown["state"]), (&json!(hostile), &json!("not_synced")));
    assert_eq!(row(&client, &source, &listed[1].0)["content"], "");

    let changed = json!({ "dataSourceId": source, "dataSourceRows": [
        { "id": listed[0].0, "name": "one", "content": "new" }, { "id": listed[2].0, "name": "three", "content": "3" },
    ]});
    assert_eq!(good(&client, "PUT", "data-sources/row", &changed), json!({ "success": true }));
    assert_eq!(row(&client, &source, &listed[0].0)["content"], "new");
    let gone = json!({ "dataSourceId": source, "dataSourceRows": [{ "id": listed[0].0 }, { "id": listed[1].0 }] });
    assert_eq!(good(&client, "DELETE", "data-sources/rows", &gone), json!({ "success": true }));
    assert_eq!(rows(&client, &source), [(listed[2].0.clone(), "three".to_owned())]);
}

#[test]
fn what_the_document_refuses_is_refused_and_changes_nothing() {
    let (_running, client) = start_empty();
    let id = create(&client);
    add(&client, &id, &[("one", "1"), ("two", "2")]);
    let [one, two] = rows(&client, &id).try_into().unwrap();
    let other = create(&client);
    add(&client, &other, &[("foreign", "f")]);
    let foreign = rows(&client, &other)[0].0.clone();
    let before = (source(&client, &id), rows(&client, &id));
    let of = |rows: Value| json!({ "dataSourceId": id, "dataSourceRows": rows });
    let full = |id: &str| json!({ "id": id, "name": "n", "content": "c" });
    let many = |count: usize| Value::from(vec![json!({ "name": "n", "content": "c" }); count]);
    let none = Value::Null;
    let unknown = json!({ "dataSourceId": "x" });
    let row_of = |source: &str, row: &str| format!("data-sources/row?dataSourceId={source}&dataSourceRowId={row}");
    let cases: Vec<(u16, &str, String, Value)> = vec![
        (400, "GET", "data-sources".to_owned(), none.clone()),
        (400, "GET", "data-sources?dataSourceId=".to_owned(), none.clone()),
        (404, "GET", "data-sources?dataSourceId=x".to_owned(), none.clone()),
        (400, "POST", "data-sources/list".to_owned(), json!({ "limit": 0 })),
        (400, "POST", "data-sources/list".to_owned(), json!({ "limit": 101 })),
        (400, "POST", "data-sources/list".to_owned(), json!({ "cursor": "x" })),
        (400, "POST", "data-sources/list".to_owned(), json!([])),
        (400, "PUT", "data-sources".to_owned(), json!({ "syncInterval": "day" })),
        (400, "PUT", "data-sources".to_owned(), json!({ "dataSourceId": id, "syncInterval": "hour" })),
        (400, "PUT", "data-sources".to_owned(), json!({ "dataSourceId": id, "syncInterval": 1 })),
        (404, "PUT", "data-sources".to_owned(), unknown.clone()),
        (400, "DELETE", "data-sources".to_owned(), none.clone()),
        (400, "DELETE", format!("data-sources?dataSourceId={id}"), none.clone()),
        (404, "DELETE", "data-sources".to_owned(), unknown.clone()),
        (400, "POST", "data-sources/row".to_owned(), json!({ "dataSourceId": id })),
        (400, "POST", "data-sources/row".to_owned(), json!({ "dataSourceRows": many(1) })),
        (400, "POST", "data-sources/row".to_owned(), of(json!([]))),
        (400, "POST", "data-sources/row".to_owned(), of(json!({}))),
        (400, "POST", "data-sources/row".to_owned(), of(json!(["n"]))),
        (400, "POST", "data-sources/row".to_owned(), of(json!([{ "name": "n", "content": "c" }, { "name": "n" }]))),
        (400, "POST", "data-sources/row".to_owned(), of(json!([{ "content": "c" }]))),
        (400, "POST", "data-sources/row".to_owned(), of(json!([{ "name": 1, "content": "c" }]))),
        (400, "POST", "data-sources/row".to_owned(), of(json!([{ "name": "é".repeat(1_025), "content": "c" }]))),
        (
            413,
            "POST",
            "data-sources/row".to_owned(),
            of(json!([{ "name": "n", "content": "x".repeat((1 << 20) + 1) }])),
        ),
        (400, "POST", "data-sources/row".to_owned(), of(many(101))),
        (404, "POST", "data-sources/row".to_owned(), json!({ "dataSourceId": "x", "dataSourceRows": many(1) })),
        (400, "GET", format!("data-sources/row?dataSourceId={id}"), none.clone()),
        (400, "GET", format!("data-sources/row?dataSourceRowId={}", one.0), none.clone()),
        (404, "GET", row_of("x", &one.0), none.clone()),
        (404, "GET", row_of(&id, "x"), none.clone()),
        (404, "GET", row_of(&id, &foreign), none.clone()),
        (400, "PUT", "data-sources/row".to_owned(), of(json!([{ "name": "n", "content": "c" }]))),
        (400, "PUT", "data-sources/row".to_owned(), of(json!([full(&one.0), { "id": two.0, "content": "c" }]))),
        (400, "PUT", "data-sources/row".to_owned(), of(json!([full(&one.0), full(&one.0)]))),
        (404, "PUT", "data-sources/row".to_owned(), of(json!([full(&one.0), full("x")]))),
        (404, "PUT", "data-sources/row".to_owned(), of(json!([full(&one.0), full(&foreign)]))),
        (400, "DELETE", "data-sources/rows".to_owned(), none.clone()),
        (400, "DELETE", "data-sources/rows".to_owned(), of(json!([one.0]))),
        (400, "DELETE", "data-sources/rows".to_owned(), of(json!([{ "id": one.0 }, { "id": one.0 }]))),
        (404, "DELETE", "data-sources/rows".to_owned(), of(json!([{ "id": one.0 }, { "id": "x" }]))),
        (400, "POST", "data-sources/row/list".to_owned(), json!({ "limit": 5 })),
        (400, "POST", "data-sources/row/list".to_owned(), json!({ "dataSourceId": id, "limit": "5" })),
        (400, "POST", "data-sources/row/list".to_owned(), json!({ "dataSourceId": id, "cursor": foreign })),
        (404, "POST", "data-sources/row/list".to_owned(), unknown.clone()),
        (400, "POST", "data-sources/sync".to_owned(), json!({})),
        (404, "POST", "data-sources/sync".to_owned(), unknown),
        (404, "POST", "data-sources/nothing".to_owned(), none.clone()),
        (404, "GET", "data-sources/".to_owned(), none.clone()),
        (405, "PATCH", "data-sources".to_owned(), none.clone()),
        (405, "GET", "data-sources/list".to_owned(), none.clone()),
        (405, "DELETE", "data-sources/row".to_owned(), none.clone()),
        (405, "POST", "data-sources/rows".to_owned(), none.clone()),
        (405, "GET", "data-sources/row/list".to_owned(), none.clone()),
        (405, "PUT", "data-sources/sync".to_owned(), none),
    ];
    for (status, method, endpoint, body) in cases {
        let answer = call(&client, method, &endpoint, &body);
        let shown: String = body.to_string().chars().take(120).collect();
        assert_eq!(answer.status, status, "{method} {endpoint} {shown}: {}", answer.text());
        assert_eq!(answer.json()["success"], json!(false), "{method} {endpoint}");
        assert!(!answer.json()["error"].as_str().unwrap().is_empty());
        assert_eq!(answer.header("allow").is_some(), status == 405, "{method} {endpoint}");
    }
    assert_eq!((source(&client, &id), rows(&client, &id)), before);
    assert_eq!(row(&client, &id, &one.0)["content"], "1");
    let allowed = call(&client, "PATCH", "data-sources", &Value::Null);
    assert_eq!(allowed.header("allow"), Some("GET, POST, PUT, DELETE"));
}

#[test]
fn every_call_asks_for_the_secret() {
    let (_running, client) = start_empty();
    for (method, endpoint) in [
        ("POST", "data-sources"),
        ("GET", "data-sources"),
        ("PUT", "data-sources"),
        ("DELETE", "data-sources"),
        ("POST", "data-sources/list"),
        ("POST", "data-sources/row"),
        ("GET", "data-sources/row"),
        ("PUT", "data-sources/row"),
        ("POST", "data-sources/row/list"),
        ("DELETE", "data-sources/rows"),
        ("POST", "data-sources/sync"),
    ] {
        let right = client.json_headers();
        let path = |channel: &str| format!("/api/public/channels/{channel}/1.0/{endpoint}");
        let cases = [
            (403, path("sandbox"), "Content-Type: application/json\r\nX-API-Secret-Key: nope\r\n"),
            (403, path("sandbox"), "Content-Type: application/json\r\n"),
            (403, path("sandbox-other"), &right),
            (404, path("sandbox-disabled"), &right),
        ];
        for (status, path, headers) in cases {
            let answer = client.request(method, &path, headers, b"{}").unwrap();
            assert_eq!((answer.status, &answer.json()["success"]), (status, &json!(false)), "{method} {path}");
        }
    }
}

/// All pages of a list, by the cursor that each gives for the next.
fn walk(client: &Client, endpoint: &str, items: &str, mut body: Value) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = good(client, "POST", endpoint, &body);
        let found = page[items].as_array().unwrap().clone();
        assert_eq!(page["pagination"]["last"], found.last().map_or(Value::Null, |item| item["id"].clone()));
        if found.is_empty() {
            assert_eq!(page["pagination"]["total"], all.len());
            return all;
        }
        all.extend(found);
        body["cursor"] = page["pagination"]["last"].clone();
    }
}

#[test]
fn lists_come_in_pages_in_the_order_of_creation() {
    let (_running, client) = start_empty();
    let sources: Vec<String> = std::iter::once(first(&client)).chain((0..11).map(|_| create(&client))).collect();
    for limit in [1, 5, 100] {
        let listed = walk(&client, "data-sources/list", "dataSources", json!({ "limit": limit }));
        assert_eq!(listed.iter().map(|source| string(&source["id"])).collect::<Vec<_>>(), sources);
    }
    let names: Vec<String> = (0..250).map(|n| format!("row {n}")).collect();
    for names in names.chunks(100) {
        add(&client, &sources[3], &names.iter().map(|name| (name.as_str(), "text")).collect::<Vec<_>>());
    }
    let listed =
        walk(&client, "data-sources/row/list", "dataSourceRows", json!({ "dataSourceId": sources[3], "limit": 100 }));
    assert_eq!(listed.iter().map(|row| string(&row["name"])).collect::<Vec<_>>(), names);
    assert!(listed.iter().all(|row| keys(row) == ["id", "name"]));
    let page = good(&client, "POST", "data-sources/row/list", &json!({ "dataSourceId": sources[3] }));
    assert_eq!(page["dataSourceRows"].as_array().unwrap().len(), 10);
    // A row that is deleted moves no other to another page, and is no place to go on from.
    delete(&client, &sources[3], listed[9]["id"].as_str().unwrap());
    let behind = json!({ "dataSourceId": sources[3], "cursor": listed[8]["id"], "limit": 1 });
    assert_eq!(good(&client, "POST", "data-sources/row/list", &behind)["dataSourceRows"][0], listed[10]);
    let gone = json!({ "dataSourceId": sources[3], "cursor": listed[9]["id"] });
    assert_eq!(call(&client, "POST", "data-sources/row/list", &gone).status, 400);
}

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
    static NOW: AtomicI64 = AtomicI64::new(BEGINNING);
    let clock: fn() -> Timestamp = || Timestamp::from_millis(NOW.load(Ordering::SeqCst));
    let dir = tempfile::tempdir().unwrap();
    let options =
        || Options { data_dir: Some(dir.path().to_owned()), seed_conversations: false, clock, ..Options::default() };
    let ((_one, here), (_two, there)) = (start(options()), start(options()));
    assert_eq!(first(&here), first(&there));
    let source = create(&here);
    add(&there, &source, &[("a", "# Quokka\nThe quokka sleeps at noon.")]);
    assert_eq!(rows(&here, &source), rows(&there, &source));
    assert_eq!(sync(&here, &source).status, 200);
    assert_eq!((sync(&there, &source).status, state(&there, &source)), (429, "syncing".into()));
    NOW.fetch_add(1_500, Ordering::SeqCst);
    assert_eq!((state(&here, &source), state(&there, &source)), ("synced".into(), "synced".into()));
    assert_eq!(self::source(&here, &source), self::source(&there, &source));
    assert!(ask(&there, "When does the quokka sleep?").contains("noon"));

    std::thread::scope(|scope| {
        for (name, client) in [("here", &here), ("there", &there)] {
            let source = &source;
            scope.spawn(move || (0..20).for_each(|n| add(client, source, &[(&format!("{name} {n}"), "text")])));
        }
    });
    let listed = rows(&here, &source);
    assert_eq!((listed.len(), &listed), (41, &rows(&there, &source)));
}

#[test]
fn a_sync_that_a_kill_interrupted_ends_all_the_same() {
    static NOW: AtomicI64 = AtomicI64::new(BEGINNING);
    let clock: fn() -> Timestamp = || Timestamp::from_millis(NOW.load(Ordering::SeqCst));
    let dir = tempfile::tempdir().unwrap();
    let options =
        || Options { data_dir: Some(dir.path().to_owned()), seed_conversations: false, clock, ..Options::default() };
    let (running, client) = start(options());
    let source = create(&client);
    add(&client, &source, &[("a", "# Quokka\nThe quokka sleeps at noon.")]);
    assert_eq!(sync(&client, &source).status, 200);
    let path = Journal::path(dir.path(), "sources.jsonl");
    let killed = std::fs::read(&path).unwrap();
    running.stop();
    assert_eq!(std::fs::read(&path).unwrap(), killed, "an orderly end leaves what a kill leaves");
    // And a call that the kill tore.
    std::fs::write(&path, [&killed[..], b"{\"event\":\"added\",\"source\":\""].concat()).unwrap();
    let (running, client) = start(options());
    assert_eq!(state(&client, &source), "syncing");
    running.stop();
    NOW.fetch_add(86_400_000, Ordering::SeqCst);
    let (_running, client) = start(options());
    assert_eq!((state(&client, &source), rows(&client, &source).len()), ("synced".into(), 1));
    assert!(ask(&client, "When does the quokka sleep?").contains("noon"));
    assert_eq!(sync(&client, &source).status, 200);
}

#[test]
fn faults_meet_the_calls_and_the_ledger_shows_them() {
    let (_running, client) = start_empty();
    let source = first(&client);
    let fault = json!({ "path": "/data-sources/sync$", "status": 429, "times": 1 });
    assert_eq!(client.post("/_sandbox/faults", &fault).status, 200);
    assert_eq!(sync(&client, &source).status, 429);
    assert_eq!(state(&client, &source), "synced");
    let fault = json!({ "path": "/data-sources/row$", "status": "reset", "times": 1 });
    assert_eq!(client.post("/_sandbox/faults", &fault).status, 200);
    let body = json!({ "dataSourceId": source, "dataSourceRows": [{ "name": "taken", "content": "c" }] });
    let torn = client.request(
        "POST",
        &format!("{ROOT}data-sources/row"),
        &client.json_headers(),
        body.to_string().as_bytes(),
    );
    assert!(torn.is_err(), "the connection is reset");
    row_named(&client, &source, "taken");
    let deleted = create(&client);
    good(&client, "DELETE", "data-sources", &json!({ "dataSourceId": deleted }));
    let ledger = client.get("/_sandbox/ledger").json();
    let entries = ledger.as_array().or_else(|| ledger["requests"].as_array()).unwrap().clone();
    let entry = entries.iter().rfind(|entry| entry["method"] == "DELETE").unwrap();
    assert_eq!((&entry["body"]["dataSourceId"], &entry["status"]), (&json!(deleted), &json!(200)));
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
