//! Queries that must cost the same with a million messages: an index gives each its rows in order.

use super::super::{
    changes, delivery_row, desk_list, glance, history, local, ordering, prune, record, requests, roster, turn_row,
    undo,
};
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
        (desk_list::PAGE, "SEARCH c USING INDEX conversations_by_recency (channel=? AND (recency,arrival)>(?,?))"),
        (desk_list::PAGE, "SEARCH k USING PRIMARY KEY (channel=? AND conversation=?)"),
        (desk_list::LAST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (history::PAGE, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=? AND seq<?)"),
        (history::HAS_OPEN_TURNS, "SEARCH turns USING INDEX turns_open (channel=?)"),
        (history::LAST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (glance::FIRST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (glance::LAST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (glance::UNSEEN, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=? AND seq>?)"),
        (delivery_row::NEWEST, "SEARCH d USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (delivery_row::FOLLOWING, "SEARCH d USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (delivery_row::NEWEST_OF, "SEARCH d USING INDEX deliveries_by_channel (channel=? AND rowid>? AND rowid<?)"),
        (
            delivery_row::FOLLOWING_OF,
            "SEARCH d USING INDEX deliveries_by_channel (channel=? AND rowid>? AND rowid<?)",
        ),
        (ordering::LAST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (ordering::RUN, "SEARCH messages USING COVERING INDEX messages_ours (conversation=?)"),
        (
            ordering::NEAR,
            "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=? AND seq>? AND seq<?)",
        ),
        (
            ordering::PROBE,
            "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=? AND seq>? AND seq<?)",
        ),
        (ordering::LATEST, "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (conversation=?)"),
        (prune::OLDEST, "SEARCH deliveries USING INDEX deliveries_rejected (verdict=?)"),
        (prune::FORGET, "SEARCH deliveries USING INDEX deliveries_rejected (verdict=? AND rowid<?)"),
        (local::TAKE, "SEARCH reply_handles USING INDEX reply_handles_by_end (conversation=? AND expires_ms>?)"),
        (local::FORGET, "SEARCH reply_handles USING INDEX reply_handles_by_end (conversation=? AND expires_ms<?)"),
        (record::ONE, "SEARCH messages USING INDEX sqlite_autoindex_messages_2 (conversation=? AND id=?)"),
        (record::BY_MESSAGE, "SEARCH turns USING INDEX turns_by_message (conversation=? AND message_id=?)"),
        (record::BY_REPLY, "SEARCH turns USING INDEX turns_by_reply (conversation=? AND reply_message_id=?)"),
        (record::STEPS, "SEARCH s USING INDEX turn_steps_by_turn (turn=?)"),
        (requests::NEWEST_OF, "SEARCH requests USING INDEX requests_by_channel (channel=?)"),
        (requests::WAITING, "SEARCH requests USING INDEX requests_waiting (deadline_ms<?)"),
        (changes::OF, "SEARCH changes USING INDEX changes_by_channel (channel=?)"),
        (undo::SINCE, "SEARCH replaced USING INDEX replaced_by_source (channel=? AND source=? AND rowid>?)"),
        (undo::NEWEST_OF, "SEARCH replaced USING INDEX replaced_by_source (channel=? AND source=?)"),
        (turn_row::OPEN, "SEARCH t USING INDEX turns_open (channel=? AND conversation=?)"),
    ] {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{sql}\n{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}
