//! Data sources: every call, every code, the pages, what outlives the process, and the bot that learns.

mod calls;
mod learning;
mod persistence;
mod refusals;

use std::path::Path;

use super::super::journal::JournalFile;
use super::*;
use crate::domain::Timestamp;

const ROOT: &str = "/api/public/channels/sandbox/1.0/";
/// A row with this makes syncs take an hour.
const SLOW: &str = "<!-- sandbox: sync takes 3600 s -->";
/// What makes the bot know about quokkas.
const NOON: &str = "# Quokka\nThe quokka sleeps at noon.";

fn at(dir: &Path) -> (Running, Client) {
    with_clock(dir, Timestamp::now)
}

/// The same at another time.
fn with_clock(dir: &Path, clock: fn() -> Timestamp) -> (Running, Client) {
    start(Options { data_dir: Some(dir.to_owned()), seed_conversations: false, clock, ..Options::default() })
}

fn in_two_hours() -> Timestamp {
    Timestamp::now().plus_millis(7_200_000)
}

fn two_hours_ago() -> Timestamp {
    Timestamp::now().plus_millis(-7_200_000)
}

/// A call, whatever its method.
fn call(client: &Client, method: &str, endpoint: &str, body: &Value) -> ClientResponse {
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

fn sync(client: &Client, source: &str) -> ClientResponse {
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

/// A source's state, and those of its rows.
fn states(client: &Client, source: &str) -> (String, String) {
    let of_rows: Vec<String> = rows(client, source).iter().map(|row| row_state(client, source, &row.0)).collect();
    (state(client, source), of_rows.join(" "))
}

fn when_does_the_quokka_sleep(client: &Client) -> String {
    ask(client, "When does the quokka sleep?")
}
