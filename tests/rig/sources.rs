//! The server's data sources, tried by hand: what it takes, what it refuses, and the faults that a test may ask for.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::chat_thing::{CHANNEL, ChatThing, SECRET};

/// The status and the body; nothing where the connection broke.
fn ask(server: &ChatThing, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} /api/public/channels/{CHANNEL}/1.0/data-sources{path} HTTP/1.1\r\nHost: x\r\n\
         Content-Type: application/json\r\nX-API-Secret-Key: {SECRET}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server.origin.url().replace("http://", "")).expect("a connection");
    stream.write_all(request.as_bytes()).expect("the request leaves");
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.get(9..12)?.parse().ok()?, serde_json::from_str(body).unwrap_or_default()))
}

fn status(server: &ChatThing, method: &str, path: &str, body: &Value) -> u16 {
    ask(server, method, path, body).map_or(0, |(status, _)| status)
}

#[test]
fn rows_are_made_listed_read_changed_and_deleted() {
    let server = ChatThing::start();
    let made = ask(&server, "POST", "", &Value::Null).expect("an answer").1;
    assert_eq!(
        (&made["dataSource"]["state"], &made["dataSource"]["syncInterval"]),
        (&json!("not_synced"), &json!(null))
    );
    let id = made["dataSource"]["id"].as_str().expect("an id");
    let rows: Vec<Value> = (0..23).map(|n| json!({"name": "same", "content": format!("text {n}")})).collect();
    assert_eq!(status(&server, "POST", "/row", &json!({"dataSourceId": id, "dataSourceRows": rows})), 200);
    let (mut seen, mut body) = (Vec::new(), json!({"dataSourceId": id}));
    loop {
        let page = ask(&server, "POST", "/row/list", &body).expect("an answer").1;
        assert_eq!(page["pagination"]["total"], 23);
        seen.extend(page["dataSourceRows"].as_array().expect("rows").clone());
        if page["pagination"]["last"].is_null() {
            break;
        }
        body["cursor"] = page["pagination"]["last"].clone();
    }
    assert_eq!(seen.len(), 23);
    let row = seen[7]["id"].as_str().expect("an id");
    let of = format!("/row?dataSourceId={id}&dataSourceRowId={row}");
    assert_eq!(ask(&server, "GET", &of, &Value::Null).expect("an answer").1["dataSourceRow"]["content"], "text 7");
    let change = json!([{"id": row, "name": "new", "content": ""}]);
    assert_eq!(status(&server, "PUT", "/row", &json!({"dataSourceId": id, "dataSourceRows": change})), 200);
    assert_eq!(server.rows(id)[7].name, "new");
    let gone = json!({"dataSourceId": id, "dataSourceRows": [{"id": row}]});
    assert_eq!(status(&server, "DELETE", "/rows", &gone), 200);
    assert_eq!(status(&server, "DELETE", "/rows", &gone), 404);
    assert_eq!(status(&server, "GET", &of, &Value::Null), 404);
    let counts = server.counts();
    assert_eq!((counts.created, counts.updated, counts.deleted, counts.read, counts.listed), (23, 1, 1, 1, 4));
    let interval = json!({"dataSourceId": id, "syncInterval": "week"});
    assert_eq!(ask(&server, "PUT", "", &interval).expect("an answer").1["dataSource"]["syncInterval"], "week");
    assert_eq!(server.complaints(), Vec::<String>::new());
    assert_eq!(status(&server, "DELETE", "", &json!({"dataSourceId": id})), 200);
    assert_eq!(status(&server, "DELETE", "", &json!({"dataSourceId": id})), 404);
    assert_eq!(server.source_ids(), Vec::<String>::new());
}

#[test]
fn a_sync_runs_until_it_was_asked_for_often_enough() {
    let server = ChatThing::start();
    let id = server.add_source(&[("a", "b")]);
    let state = || {
        let source = ask(&server, "GET", &format!("?dataSourceId={id}"), &Value::Null).expect("an answer").1;
        source["dataSource"]["state"].as_str().expect("a state").to_owned()
    };
    let sync = json!({"dataSourceId": id});
    assert_eq!((state(), status(&server, "POST", "/sync", &sync)), ("not_synced".to_owned(), 200));
    assert_eq!(status(&server, "POST", "/sync", &sync), 429);
    assert_eq!([state(), state(), state()], ["syncing", "syncing", "synced"]);
    assert_eq!(server.rows(&id)[0].state, "synced");
    let row = server.put_row(&id, "c", "d");
    assert_eq!(state(), "not_synced");
    server.sync_takes(0, "sync_error");
    server.begin_sync(&id);
    assert_eq!((state(), server.rows(&id)[1].state.as_str()), ("sync_error".to_owned(), "sync_error"));
    server.drop_row(&id, &row);
    server.storage_full(true);
    assert_eq!(status(&server, "POST", "/sync", &sync), 429);
    assert_eq!(server.counts().syncs, 1);
}

#[test]
fn what_the_page_does_not_allow_is_complained_about() {
    let server = ChatThing::start();
    let id = server.add_source(&[("a", "b")]);
    let row = server.rows(&id)[0].id.clone();
    let of = |rows: Value| json!({"dataSourceId": id, "dataSourceRows": rows});
    let twice = json!([{"id": row}, {"id": row}]);
    let table = [
        ("POST", "", json!({}), 400),
        ("GET", "", Value::Null, 400),
        ("GET", "?dataSourceId=x&more=1", Value::Null, 400),
        ("GET", "/rows?dataSourceId=x", Value::Null, 404),
        ("PUT", "", json!({"dataSourceId": id, "syncInterval": "hour"}), 400),
        ("POST", "/row/list", json!({"dataSourceId": id, "limit": 101}), 400),
        ("POST", "/row/list", json!({"dataSourceId": id, "cursor": "nobody"}), 400),
        ("POST", "/row", of(json!([])), 400),
        ("POST", "/row", of(json!([{"name": "a"}])), 400),
        ("POST", "/row", of(json!([{"name": "a", "content": null}])), 400),
        ("PUT", "/row", of(json!([{"id": row, "name": "a"}])), 400),
        ("DELETE", "/rows", of(twice), 400),
        ("DELETE", "/row", of(json!([{"id": row}])), 404),
        ("PATCH", "/row", of(json!([{"id": row}])), 404),
    ];
    for (at, (method, path, body, expected)) in table.iter().enumerate() {
        assert_eq!(status(&server, method, path, body), *expected, "{method} {path} {body}");
        assert_eq!(server.complaints().len(), at + 1, "{method} {path} {body}");
    }
    let unknown =
        of(json!([{"id": row, "name": "n", "content": "c"}, {"id": "nobody", "name": "n", "content": "c"}]));
    assert_eq!(status(&server, "PUT", "/row", &unknown), 404);
    server.unique_names(true);
    assert_eq!(status(&server, "POST", "/row", &of(json!([{"name": "a", "content": ""}]))), 400);
    assert_eq!((server.complaints().len(), server.counts().changes()), (table.len(), 0));
}

#[test]
fn a_change_of_several_rows_may_be_torn_or_swallowed() {
    let server = ChatThing::start();
    let id = server.add_source(&[]);
    let rows = json!({"dataSourceId": id, "dataSourceRows":
        [{"name": "a", "content": ""}, {"name": "b", "content": ""}, {"name": "c", "content": ""}]});
    server.tear(2);
    server.swallow();
    assert_eq!((status(&server, "POST", "/row", &rows), server.rows(&id).len()), (500, 2));
    assert_eq!((ask(&server, "POST", "/row", &rows), server.rows(&id).len()), (None, 5));
    assert_eq!((status(&server, "POST", "/row", &rows), server.counts().created), (200, 8));
    server.next("POST data-sources/row", crate::support::chat_thing::refusal(503));
    assert_eq!(status(&server, "GET", &format!("?dataSourceId={id}"), &Value::Null), 200);
    assert_eq!((status(&server, "POST", "/row", &rows), server.counts().created), (503, 8));
    server.wait_changes(8);
    server.reset_counts();
    assert_eq!(server.counts().changes(), 0);
}
