//! What the calls answer, and the pages.

use super::*;

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
