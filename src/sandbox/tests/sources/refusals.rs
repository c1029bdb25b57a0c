//! Every code but 200, the faults, and the ledger.

use super::*;

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
