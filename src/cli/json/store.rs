//! The shapes of what is told of the database.

use serde_json::{Map, Value, json};

use crate::runtime::Salvaged;

/// `store recover`.
pub(in crate::cli) fn salvaged(salvaged: &Salvaged) -> Value {
    let tables: Map<String, Value> = salvaged
        .tables
        .iter()
        .map(|carried| {
            let rows = json!({ "found": carried.found, "added": carried.added, "missing": carried.missing });
            (carried.table.to_owned(), rows)
        })
        .collect();
    json!({
        "file": salvaged.file.to_string_lossy(),
        "whole": salvaged.is_whole(),
        "pages": salvaged.pages,
        "unread_pages": salvaged.unread,
        "broken_rows": salvaged.broken,
        "tables": tables,
    })
}
