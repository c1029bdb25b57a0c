//! Queries that must cost the same with a million messages: an index gives each its rows in order.

use super::super::{history, roster, turn_row};
use super::*;

/// What SQLite means to do.
async fn plan(store: &Store, sql: &'static str) -> String {
    store
        .ask(move |database| {
            let mut query = database.read().prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let nulls = vec![rusqlite::types::Null; query.parameter_count()];
            let rows = query.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?.join("\n"))
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn pages_come_from_an_index_in_order() {
    let dir = dir();
    let store = Store::open(dir.path());
    for (sql, index) in [
        (roster::PAGE, "SEARCH c USING INDEX conversations_by_recency (channel=? AND (recency,arrival)>(?,?))"),
        (roster::PAGE, "SEARCH t USING INDEX turns_by_conversation (conversation=?)"),
        (roster::PAGE, "SEARCH d USING COVERING INDEX drafts_one (channel=? AND conversation=?)"),
        (history::PAGE, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=? AND seq<?)"),
        (history::LAST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (turn_row::OPEN, "SEARCH t USING INDEX turns_open (channel=? AND conversation=?)"),
    ] {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{sql}\n{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}
