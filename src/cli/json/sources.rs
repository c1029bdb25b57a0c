//! The shapes of data sources and rows.

use serde_json::{Map, Value, json};

use crate::domain::{Moment, Row, RowBody, Source, SyncInterval, Timestamp};
use crate::runtime::export;

/// `sources list`, but for its items.
pub(in crate::cli) fn sources(total: Option<u64>, next: Option<&str>) -> Value {
    json!({ "sources": [], "total": total, "next_cursor": next })
}

/// `sources create`, `show` and `set-interval`.
pub(in crate::cli) fn source(source: &Source) -> Value {
    json!({ "source": listed_source(source) })
}

/// One of a list.
pub(in crate::cli) fn listed_source(source: &Source) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), source.id.as_str().into());
    object.insert("state".to_owned(), source.state.as_str().into());
    put_last_sync(&mut object, source.last_sync.as_ref());
    object.insert("sync_interval".to_owned(), source.interval.as_ref().map(SyncInterval::as_str).into());
    export::put_moment(&mut object, &source.created_at);
    Value::Object(object)
}

/// Null where it never was, and where it can't be read: then its text stands beside it.
fn put_last_sync(object: &mut Map<String, Value>, last_sync: Option<&Moment>) {
    object.insert("last_sync".to_owned(), last_sync.and_then(|m| m.at).map(Timestamp::to_rfc3339).into());
    if let Some(Moment { at: None, raw }) = last_sync {
        object.insert("last_sync_raw".to_owned(), raw.as_str().into());
    }
}

/// `rows list`, but for its items.
pub(in crate::cli) fn rows(total: Option<u64>, next: Option<&str>) -> Value {
    json!({ "rows": [], "total": total, "next_cursor": next })
}

/// One of them.
pub(in crate::cli) fn listed_row(row: &Row) -> Value {
    json!({ "id": row.id.as_str(), "name": row.name })
}

/// `rows get`.
pub(in crate::cli) fn row(row: &RowBody) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), row.id.as_str().into());
    object.insert("state".to_owned(), row.state.as_str().into());
    put_last_sync(&mut object, row.last_sync.as_ref());
    export::put_moment(&mut object, &row.created_at);
    object.insert("content".to_owned(), row.content.as_str().into());
    json!({ "row": object })
}

/// What is said of what was done and has nothing to show.
pub(in crate::cli) fn ok() -> Value {
    json!({ "ok": true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::json::tests::filled;
    use crate::domain::{Damage, RowId, SourceId, SyncState};

    #[test]
    fn the_shapes_are_the_contracts() {
        let at = |text: &str| Moment { at: Timestamp::parse_rfc3339(text), raw: text.to_owned() };
        let whole = Source {
            id: SourceId::new("a"),
            state: SyncState::Synced,
            last_sync: Some(at("2024-01-27T14:39:03.038Z")),
            interval: Some(SyncInterval::Day),
            created_at: at("2023-10-31T14:52:19.264Z"),
        };
        let odd = Source {
            id: SourceId::new("b"),
            state: SyncState::Other("paused".to_owned()),
            last_sync: Some(at("soon")),
            interval: None,
            created_at: at("then"),
        };
        let first = r#"{"id":"a","state":"synced","last_sync":"2024-01-27T14:39:03.038Z","sync_interval":"day","created_at":"2023-10-31T14:52:19.264Z"}"#;
        let second = r#"{"id":"b","state":"paused","last_sync":null,"last_sync_raw":"soon","sync_interval":null,"created_at":null,"created_at_raw":"then"}"#;
        assert_eq!(source(&whole).to_string(), format!("{{\"source\":{first}}}"));
        assert_eq!(
            filled(&sources(Some(2), None), "sources", &[whole, odd].map(|one| listed_source(&one))),
            format!("{{\"sources\":[{first},{second}],\"total\":2,\"next_cursor\":null}}")
        );
        let listed = Row { id: RowId::new("r"), name: "a/\u{202e}".to_owned() };
        assert_eq!(
            filled(&rows(Some(3), Some("r")), "rows", &[listed_row(&listed)]),
            "{\"rows\":[{\"id\":\"r\",\"name\":\"a/\u{202e}\"}],\"total\":3,\"next_cursor\":\"r\"}"
        );
        let body = RowBody {
            id: RowId::new("r"),
            state: SyncState::NotSynced,
            last_sync: None,
            created_at: at("2024-01-27T14:30:01.216Z"),
            content: "# a\r\n".to_owned(),
            damage: Damage::default(),
        };
        assert_eq!(
            row(&body).to_string(),
            r##"{"row":{"id":"r","state":"not_synced","last_sync":null,"created_at":"2024-01-27T14:30:01.216Z","content":"# a\r\n"}}"##
        );
    }
}
