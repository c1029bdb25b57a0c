//! The eleven calls against a raw server: what each asks to the byte, and what each answer means.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::super::super::{Adapter, CallError, Outcome, Sources};
use super::super::tests::{JSON, adapter, is, json, page, serve};
use crate::domain::{Kind, RowId, SourceId, SyncInterval, SyncState, Timestamp, Version};
use crate::http::{Step, TestServer};

const OK: &str = r#"{"success":true}"#;
const SOURCE: &str = r#"{"success":true,"dataSource":{"id":"41559b21","type":"MANUAL","state":"not_synced",
    "lastSync":null,"syncInterval":null,"createdAt":"2024-01-27T15:02:51.970Z"}}"#;

fn sources(adapter: &Arc<dyn Adapter>) -> &dyn Sources {
    adapter.sources().expect("it has data sources")
}

fn id() -> SourceId {
    SourceId::new("s/1 &=é")
}

fn version() -> Version {
    Version { name: "one.md".to_owned(), content: "# One\r\n".to_owned() }
}

/// What a call is, for a table of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    List,
    Create,
    Get,
    SetInterval,
    Delete,
    Sync,
    Rows,
    Row,
    Add,
    Update,
    Remove,
}

use Which::{Add, Create, Delete, Get, List, Remove, Row, Rows, SetInterval, Sync, Update};

const ALL: [Which; 11] = [List, Create, Get, SetInterval, Delete, Sync, Rows, Row, Add, Update, Remove];
const READS: [Which; 4] = [List, Get, Rows, Row];

/// Makes that call; what it brings is no matter.
async fn make(which: Which, sources: &dyn Sources) -> Result<(), CallError> {
    let (source, row) = (id(), RowId::new("r&1"));
    match which {
        List => sources.list(&page(10, None)).await.map(drop),
        Create => sources.create().await.map(drop),
        Get => sources.get(&source).await.map(drop),
        SetInterval => sources.set_interval(&source, Some(&SyncInterval::Month)).await.map(drop),
        Delete => sources.delete(&source).await,
        Sync => sources.sync(&source).await,
        Rows => sources.rows(&source, &page(500, Some("z"))).await.map(drop),
        Row => sources.row(&source, &row).await.map(drop),
        Add => sources.add_rows(&source, &[version(), version()]).await,
        Update => sources.update_rows(&source, &[(row, version())]).await,
        Remove => sources.delete_rows(&source, &[row, RowId::new("r2")]).await,
    }
}

/// The error of that call, whose only request is answered so.
async fn error(which: Which, script: Vec<Step>) -> CallError {
    let (server, adapter) = serve(vec![script]).await;
    let error = make(which, sources(&adapter)).await.expect_err("an error");
    assert_eq!(server.requests().len(), 1, "{which:?}: asked again");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    error
}

#[tokio::test]
async fn every_call_is_made_as_documented() {
    let list = r#"{"success":true,"dataSources":[{"id":"a"}],"pagination":{"total":1,"last":"a"}}"#;
    let rows = r#"{"success":true,"dataSourceRows":[{"id":"a","name":"n"}],"pagination":{"total":1,"last":"a"}}"#;
    let row = r#"{"success":true,"dataSourceRow":{"id":"a","type":"MANUAL","state":"synced","content":"c"}}"#;
    let bodies = [list, SOURCE, SOURCE, SOURCE, OK, OK, rows, row, OK, OK, OK];
    let server = TestServer::start(bodies.map(|b| json("200 OK", b)).into()).await;
    let adapter = adapter(&format!("{}/sub", server.url()), "6b/0f");
    for which in ALL {
        make(which, sources(&adapter)).await.unwrap_or_else(|e| panic!("{which:?}: {e:?}"));
    }
    let of = r#""dataSourceId":"s/1 &=é""#;
    let one = r##""name":"one.md","content":"# One\r\n""##;
    let query = "dataSourceId=s%2F1+%26%3D%C3%A9";
    let expected = [
        ("POST", "data-sources/list".to_owned(), r#"{"limit":10}"#.to_owned()),
        ("POST", "data-sources".to_owned(), String::new()),
        ("GET", format!("data-sources?{query}"), String::new()),
        ("PUT", "data-sources".to_owned(), format!(r#"{{{of},"syncInterval":"month"}}"#)),
        ("DELETE", "data-sources".to_owned(), format!("{{{of}}}")),
        ("POST", "data-sources/sync".to_owned(), format!("{{{of}}}")),
        ("POST", "data-sources/row/list".to_owned(), format!(r#"{{{of},"limit":100,"cursor":"z"}}"#)),
        ("GET", format!("data-sources/row?{query}&dataSourceRowId=r%261"), String::new()),
        ("POST", "data-sources/row".to_owned(), format!(r#"{{{of},"dataSourceRows":[{{{one}}},{{{one}}}]}}"#)),
        ("PUT", "data-sources/row".to_owned(), format!(r#"{{{of},"dataSourceRows":[{{"id":"r&1",{one}}}]}}"#)),
        (
            "DELETE",
            "data-sources/rows".to_owned(),
            format!(r#"{{{of},"dataSourceRows":[{{"id":"r&1"}},{{"id":"r2"}}]}}"#),
        ),
    ];
    let requests = server.requests();
    assert_eq!(requests.len(), expected.len());
    for (request, (method, path, body)) in requests.iter().zip(&expected) {
        let start = format!("{method} /sub/api/public/channels/6b%2F0f/1.0/{path} HTTP/1.1\r\n");
        assert!(request.starts_with(&start), "{start}\n{request}");
        assert!(request.contains("x-api-secret-key: s3cret-key\r\n"), "{request}");
        assert!(request.contains("content-type: application/json\r\n"), "{request}");
        if *method != "GET" {
            assert!(request.contains(&format!("content-length: {}\r\n", body.len())), "{request}");
        }
        assert_eq!(request.split_once("\r\n\r\n").unwrap().1, body);
    }
}

#[tokio::test]
async fn what_comes_is_read() {
    let listed = r#"{"success":true,"dataSources":[{"id":"19d9","type":"MANUAL","state":"synced",
        "lastSync":"2024-01-27T14:39:03.038Z","syncInterval":null,"createdAt":"2023-10-31T14:52:19.264Z"}],
        "pagination":{"total":1,"last":"19d9"}}"#;
    let rows = r#"{"success":true,"dataSourceRows":[{"id":"c4f8","name":"one.md"},{"id":"4f40","name":"two.md"}],
        "pagination":{"total":3,"last":"4f40"}}"#;
    let row = r##"{"success":true,"dataSourceRow":{"id":"c4f8","type":"MANUAL","state":"synced",
        "lastSync":"2024-01-27T14:39:03.014Z","createdAt":"2024-01-27T14:30:01.216Z","content":"# Testing 1.1\n## Blah"}}"##;
    let (_server, adapter) = serve([listed, SOURCE, rows, row].map(|b| json("200 OK", b)).into()).await;
    let sources = sources(&adapter);
    let page_of = sources.list(&page(10, None)).await.unwrap();
    assert_eq!((page_of.items[0].id.as_str(), page_of.total, page_of.next), ("19d9", Some(1), None));
    assert_eq!(page_of.items[0].state, SyncState::Synced);
    let made = sources.create().await.unwrap();
    assert_eq!((made.id.as_str(), &made.state, made.last_sync), ("41559b21", &SyncState::NotSynced, None));
    let page_of = sources.rows(&id(), &page(2, None)).await.unwrap();
    assert_eq!(
        (page_of.items[1].name.as_str(), page_of.total, page_of.next.as_deref()),
        ("two.md", Some(3), Some("4f40"))
    );
    let body = sources.row(&id(), &RowId::new("c4f8")).await.unwrap();
    assert_eq!((body.id.as_str(), body.content.as_str()), ("c4f8", "# Testing 1.1\n## Blah"));
}

#[tokio::test]
async fn pages_end_where_they_should() {
    let full = |last: &str, total: u64| {
        format!(
            r#"{{"success":true,"dataSourceRows":[{{"id":"a","name":"x"}},{{"id":"b","name":"x"}}],"pagination":{{"total":{total},"last":"{last}"}}}}"#
        )
    };
    let empty = r#"{"success":true,"dataSourceRows":[],"pagination":{"total":2,"last":null}}"#.to_owned();
    let table = [
        (full("b", 9), None, Some("b")),
        (full("b", 2), None, None),
        // The page calls it the number of data sources: one, of which came two rows.
        (full("b", 1), None, Some("b")),
        // Told as it is: who reads all of them says that it is a circle.
        (full("b", 9), Some("b"), Some("b")),
        (empty, Some("b"), None),
    ];
    for (body, cursor, next) in table {
        let (_server, adapter) = serve(vec![json("200 OK", &body)]).await;
        let page = sources(&adapter).rows(&id(), &page(2, cursor)).await.unwrap();
        assert_eq!(page.next.as_deref(), next, "{body} {cursor:?}");
    }
}

#[tokio::test]
async fn nothing_to_do_and_nothing_that_can_be_done_send_nothing() {
    let (server, adapter) = serve(vec![]).await;
    let sources = sources(&adapter);
    sources.add_rows(&id(), &[]).await.unwrap();
    sources.update_rows(&id(), &[]).await.unwrap();
    sources.delete_rows(&id(), &[]).await.unwrap();
    let error = sources.set_interval(&id(), Some(&SyncInterval::Other("hour".to_owned()))).await.unwrap_err();
    is(&error, Outcome::Refused, Kind::Invalid);
    assert_eq!(server.requests().len() + server.connections(), 0);
}

#[tokio::test]
async fn each_status_means_what_it_should() {
    let busy = Outcome::Busy { retry_after_ms: None };
    let table = [
        ("400 Bad Request", Outcome::Refused, Kind::Invalid),
        ("401 Unauthorized", Outcome::Refused, Kind::Unauthorized),
        ("403 Forbidden", Outcome::Refused, Kind::Unauthorized),
        ("404 Not Found", Outcome::Refused, Kind::NotFound),
        ("409 Conflict", Outcome::Refused, Kind::Failed),
        ("413 Too Large", Outcome::Refused, Kind::Failed),
        ("429 Too Many", busy, Kind::RateLimited),
        ("500 Internal", Outcome::Unknown, Kind::Platform),
        ("502 Bad Gateway", Outcome::Unknown, Kind::Platform),
        ("504 Timeout", Outcome::Unknown, Kind::Platform),
    ];
    let passing = Outcome::Passing { retry_after_ms: None };
    for which in ALL {
        for (status, outcome, kind) in table {
            // What was only read can be read again.
            let passes = outcome == Outcome::Unknown && READS.contains(&which);
            let outcome = if passes { passing } else { outcome };
            let error = error(which, json(status, r#"{"error":"because s3cret-key"}"#)).await;
            is(&error, outcome, kind);
            assert_eq!(error.failure.status.map(|s| s.to_string()).as_deref(), status.get(..3), "{which:?}");
            assert!(error.failure.message.contains("127.0.0.1:"), "{which:?} {error}");
            assert!(error.failure.message.ends_with(": because [secret]"), "{which:?} {error}");
        }
        let unavailable = error(which, json("503 Unavailable", "")).await;
        let read = READS.contains(&which);
        is(&unavailable, if read { busy } else { Outcome::Unknown }, Kind::Platform);
        let failed = error(which, json("500 Internal", "")).await;
        let maybe = failed.failure.hint.is_some_and(|hint| hint.contains("may have been done"));
        assert_eq!(maybe, !read, "{which:?}");
    }
}

#[tokio::test]
async fn hints_name_what_is_meant() {
    for which in ALL {
        let missing = error(which, json("404 Not Found", "<html>")).await.failure;
        let named = !matches!(which, List | Create);
        assert_eq!(missing.message.contains("s/1 &=é"), named, "{which:?} {missing}");
        assert_eq!(missing.message.contains("r&1"), which == Row, "{which:?} {missing}");
        assert!(missing.hint.unwrap().contains("channel_id"), "{which:?}");
        let busy = error(which, Step::kept("429 Too Many", "retry-after: 2\r\n", "")).await;
        is(&busy, Outcome::Busy { retry_after_ms: Some(2_000) }, Kind::RateLimited);
        assert_eq!(busy.failure.retry_at, Some(Timestamp::from_millis(1_002_000)));
        let causes = ["running already", "storage tokens"].iter().all(|cause| busy.failure.message.contains(cause));
        assert_eq!(causes, which == Sync, "{which:?} {busy}");
        let denied = error(which, json("403 Forbidden", "")).await.failure.hint.unwrap();
        assert!(["secret_key", "channel_id", "docs"].iter().all(|word| denied.contains(word)), "{denied}");
    }
    let (_server, adapter) = serve(vec![json("404 Not Found", "")]).await;
    let error = sources(&adapter).delete_rows(&id(), &[RowId::new("only")]).await.unwrap_err();
    assert!(error.failure.message.contains("only"), "{error}");
}

#[tokio::test]
async fn rows_are_deleted_in_the_singular_where_the_plural_takes_no_delete() {
    let (server, adapter) = serve(vec![json("405 Method Not Allowed", ""), json("200 OK", OK)]).await;
    make(Remove, sources(&adapter)).await.unwrap();
    let requests = server.requests();
    let bodies: Vec<&str> = requests.iter().map(|r| r.split_once("\r\n\r\n").unwrap().1).collect();
    assert!(
        requests[0].starts_with("DELETE /api/public/channels/6b0f6c2e/1.0/data-sources/rows "),
        "{}",
        requests[0]
    );
    assert!(requests[1].starts_with("DELETE /api/public/channels/6b0f6c2e/1.0/data-sources/row "), "{}", requests[1]);
    assert_eq!(bodies[0], bodies[1]);
    let (server, adapter) = serve(vec![json("405 No", ""), json("405 No", "")]).await;
    let error = make(Remove, sources(&adapter)).await.unwrap_err();
    is(&error, Outcome::Refused, Kind::Failed);
    assert_eq!(server.requests().len(), 2);
}

/// Asserts that a change may have been made, and that a read may be repeated.
fn is_lost(error: &CallError, which: Which) {
    if READS.contains(&which) {
        is(error, Outcome::Passing { retry_after_ms: None }, Kind::Network);
    } else {
        is(error, Outcome::Unknown, Kind::UnknownDelivery);
    }
}

#[tokio::test]
async fn a_write_without_an_answer_may_have_been_done() {
    for which in ALL {
        for fault in [Step::Reset, Step::Close] {
            let lost = error(which, vec![fault]).await;
            is_lost(&lost, which);
        }
        let half = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"success\":true,";
        for end in [Step::Close, Step::Reset] {
            let cut = error(which, vec![Step::Write(half.into()), end]).await;
            is_lost(&cut, which);
        }
    }
}

#[tokio::test]
async fn nobody_listening_is_not_sent_and_a_redirect_goes_nowhere() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nobody = adapter(&format!("http://127.0.0.1:{port}"), "c");
    let target = TestServer::start(vec![]).await;
    let headers = format!("location: {}/x\r\n", target.url());
    for which in ALL {
        is(&make(which, sources(&nobody)).await.unwrap_err(), Outcome::NotSent, Kind::Network);
        for status in ["301 Moved", "303 See Other", "307 Temporary"] {
            let error = error(which, Step::kept(status, &headers, "")).await;
            is(&error, Outcome::Refused, Kind::Platform);
        }
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn answers_that_are_not_as_documented_are_named() {
    let table = [
        ("<html>captive portal</html>", "an HTML page"),
        ("{\"success\":true,\"dataSources\":[{\"id\"", "cut JSON"),
        ("", "an empty body"),
        ("Bad Gateway", "text that is no JSON"),
        ("[]", "JSON that is no object"),
    ];
    for which in ALL {
        let read = READS.contains(&which);
        for (body, what) in table {
            let error = error(which, json("200 OK", body)).await;
            is(&error, if read { Outcome::Accepted } else { Outcome::Unknown }, Kind::Platform);
            assert!(error.failure.message.contains(what), "{which:?} {error}");
        }
        let denied = error(which, json("200 OK", r#"{"success":false,"message":"no room"}"#)).await;
        is(&denied, if read { Outcome::Refused } else { Outcome::Unknown }, Kind::Platform);
        assert!(denied.failure.message.contains("no room"), "{denied}");
        // A success that lacks what was asked for.
        let lacks = match which {
            List => "no list of dataSources",
            Rows => "no list of dataSourceRows",
            Row => "no row",
            Create | Get | SetInterval => "no data source",
            Delete | Sync | Add | Update | Remove => continue,
        };
        let error = error(which, json("200 OK", OK)).await;
        assert!(error.failure.message.contains(lacks), "{which:?} {error}");
    }
}

#[tokio::test]
async fn a_text_that_is_not_utf8_is_shown_and_told_as_damaged() {
    let mut answer = format!("HTTP/1.1 200 OK\r\n{JSON}connection: close\r\n\r\n").into_bytes();
    answer.extend(b"{\"success\":true,\"dataSourceRow\":{\"content\":\"caf\xE9\"}}");
    let (_server, adapter) = serve(vec![vec![Step::Write(answer), Step::Close]]).await;
    let row = sources(&adapter).row(&id(), &RowId::new("r")).await.unwrap();
    assert_eq!((row.content.as_str(), row.damage.many()), ("caf\u{FFFD}", 1));
    // What is damaged elsewhere says nothing of the text.
    let odd = r#"{"success":true,"x":NaN,"dataSourceRow":{"content":"whole","state":"\ud83d","lastSync":}}"#;
    let (_server, adapter) = serve(vec![json("200 OK", odd)]).await;
    let row = sources(&adapter).row(&id(), &RowId::new("r")).await.unwrap();
    assert_eq!((row.content.as_str(), row.damage.is_none()), ("whole", true));
}

#[tokio::test]
async fn a_text_comes_and_goes_to_the_byte() {
    let text = "\u{feff}# a\r\nb\n\n\u{0}\u{1b}[2J\u{2028}日本🙂 \"\\";
    let answer = serde_json::json!({"success": true, "dataSourceRow": {"content": text}}).to_string();
    let (server, adapter) = serve(vec![json("200 OK", &answer), json("200 OK", OK)]).await;
    let sources = sources(&adapter);
    let row = RowId::new("r");
    let read = sources.row(&id(), &row).await.unwrap();
    assert_eq!(read.content, text);
    let back = Version { name: text.to_owned(), content: read.content };
    sources.update_rows(&id(), &[(row, back)]).await.unwrap();
    let sent: serde_json::Value =
        serde_json::from_str(server.requests()[1].split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(sent["dataSourceRows"][0], serde_json::json!({"id": "r", "name": text, "content": text}));
}
