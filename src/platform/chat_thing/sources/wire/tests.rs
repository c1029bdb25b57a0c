//! Bodies out to the byte, and sources and rows in with what may be odd about them.

use serde_json::json;

use super::*;

fn version(name: &str, content: &str) -> Version {
    Version { name: name.to_owned(), content: content.to_owned() }
}

#[test]
fn bodies_are_as_documented() {
    let id = SourceId::new("s\"/1");
    let page = |limit, cursor: Option<&str>| PageRequest { limit, cursor: cursor.map(str::to_owned) };
    assert_eq!(source_body(&id), r#"{"dataSourceId":"s\"/1"}"#);
    assert_eq!(list_body(None, &page(0, None)), r#"{"limit":1}"#);
    assert_eq!(list_body(Some(&id), &page(5_000, Some("c"))), r#"{"dataSourceId":"s\"/1","limit":100,"cursor":"c"}"#);
    assert_eq!(interval_body(&id, None), r#"{"dataSourceId":"s\"/1","syncInterval":null}"#);
    assert_eq!(interval_body(&id, Some(&SyncInterval::Week)), r#"{"dataSourceId":"s\"/1","syncInterval":"week"}"#);
    let hostile = version("../x\u{1b}", "a\r\n\u{0}\u{feff}é🙂\n");
    let fields = "\"name\":\"../x\\u001b\",\"content\":\"a\\r\\n\\u0000\u{feff}é🙂\\n\"";
    assert_eq!(
        added_body(&id, std::slice::from_ref(&hostile)),
        format!(r#"{{"dataSourceId":"s\"/1","dataSourceRows":[{{{fields}}}]}}"#)
    );
    assert_eq!(
        updated_body(&id, &[(RowId::new("r"), hostile), (RowId::new("q"), version("", ""))]),
        format!(
            r#"{{"dataSourceId":"s\"/1","dataSourceRows":[{{"id":"r",{fields}}},{{"id":"q","name":"","content":""}}]}}"#
        )
    );
    assert_eq!(
        removed_body(&id, &[RowId::new("r"), RowId::new("q")]),
        r#"{"dataSourceId":"s\"/1","dataSourceRows":[{"id":"r"},{"id":"q"}]}"#
    );
}

#[test]
fn sources_are_read_as_far_as_they_go() {
    let read = |body: Value| source(body.as_object().unwrap());
    let whole =
        read(json!({"id": "19d9", "type": "MANUAL", "state": "synced", "lastSync": "2024-01-27T14:39:03.038Z",
        "syncInterval": "day", "createdAt": "2023-10-31T14:52:19.264Z"}))
        .unwrap();
    assert_eq!(
        (whole.id.as_str(), &whole.state, &whole.interval),
        ("19d9", &SyncState::Synced, &Some(SyncInterval::Day))
    );
    assert_eq!(whole.last_sync.unwrap().at.unwrap().to_rfc3339(), "2024-01-27T14:39:03.038Z");
    assert_eq!(whole.created_at.at.unwrap().to_rfc3339(), "2023-10-31T14:52:19.264Z");

    let odd = read(json!({"id": 7, "state": "paused", "lastSync": "soon", "syncInterval": "hour", "createdAt": 3}))
        .unwrap();
    assert_eq!((odd.id.as_str(), odd.state.as_str()), ("7", "paused"));
    assert_eq!(odd.interval, Some(SyncInterval::Other("hour".to_owned())));
    let last = odd.last_sync.unwrap();
    assert_eq!((last.at, last.raw.as_str(), odd.created_at.raw.as_str()), (None, "soon", "3"));

    let bare = read(json!({"id": "b", "lastSync": null, "syncInterval": null})).unwrap();
    assert_eq!((bare.state.as_str(), bare.last_sync, bare.interval), ("", None, None));
    for none in [json!({}), json!({"id": null}), json!({"id": ""}), json!({"id": [1]})] {
        assert_eq!(read(none), None);
    }
    let without = json!({"dataSource": {"state": "syncing"}});
    let asked = SourceId::new("asked");
    assert_eq!(answered_source(without.as_object().unwrap(), None), None);
    assert_eq!(answered_source(without.as_object().unwrap(), Some(&asked)).unwrap().id, asked);
    for none in [json!({}), json!({"dataSource": null}), json!({"dataSource": "x"})] {
        assert_eq!(answered_source(none.as_object().unwrap(), Some(&asked)), None);
    }
}

#[test]
fn rows_are_read_and_a_text_is_never_made_up() {
    let name = |body: Value| row(body.as_object().unwrap()).map(|row| row.name);
    assert_eq!(name(json!({"id": "r", "name": "a/../b\u{202e}"})).as_deref(), Some("a/../b\u{202e}"));
    assert_eq!(name(json!({"id": 3, "name": null})).as_deref(), Some(""));
    assert_eq!(name(json!({"name": "lost"})), None);

    let asked = RowId::new("asked");
    let read = |body: Value| {
        let object = body.as_object().unwrap().clone();
        row_body(&Document { object, ..Document::default() }, &asked)
    };
    let body = read(json!({"dataSourceRow": {"id": "of the source", "type": "MANUAL", "state": "sync_error",
        "lastSync": null, "createdAt": "2024-27-01T14:30:01.216Z", "content": "# \u{0}\r\n"}}))
    .unwrap();
    assert_eq!((&body.id, &body.state, body.content.as_str()), (&asked, &SyncState::SyncError, "# \u{0}\r\n"));
    assert_eq!(
        (body.last_sync, body.created_at.at.unwrap().to_rfc3339().as_str()),
        (None, "2024-01-27T14:30:01.216Z")
    );
    assert_eq!(read(json!({"dataSourceRow": {"content": null}})).unwrap().content, "");
    assert_eq!(read(json!({"dataSourceRow": {"id": "r"}})), Err("a row without its text"));
    assert_eq!(read(json!({"dataSourceRow": {"content": {"parts": []}}})), Err("a row without its text"));
    for none in [json!({}), json!({"dataSourceRow": []}), json!({"dataSourceRow": null})] {
        assert_eq!(read(none), Err("no row"));
    }
}
