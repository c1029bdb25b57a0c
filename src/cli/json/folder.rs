//! The JSON of pulling, comparing, pushing and importing.

use serde_json::{Value, json};

use crate::domain::RowId;
use crate::runtime::folder::{Difference, Differences, Pulled, Pushed, RowReport};

/// What came of a pull.
pub(in crate::cli) fn pulled(pulled: &Pulled) -> Value {
    json!({
        "total": pulled.total,
        "written": pulled.written,
        "moved": pulled.moved,
        "removed": pulled.removed,
        "unchanged": pulled.unchanged,
        "conflicts": list(&pulled.conflicts, "why"),
        "kept": list(&pulled.kept, "why"),
    })
}

/// What came of a push or an import, or would.
pub(in crate::cli) fn pushed(pushed: &Pushed) -> Value {
    let kept = [list(&pushed.kept, "why"), list(&pushed.passed, "why")].concat();
    let mut value = json!({
        "created": pushed.created,
        "updated": pushed.updated,
        "renamed": pushed.renamed,
        "deleted": pushed.deleted,
        "unchanged": pushed.unchanged,
        "left": pushed.left,
        "changes": list(&pushed.done, "change"),
        "conflicts": list(&pushed.conflicts, "why"),
        "older": list(&pushed.older, "why"),
        "kept": kept,
        "failed": list(&pushed.failed, "why"),
    });
    if let (Some(object), Some(source)) = (value.as_object_mut(), &pushed.synced) {
        object.extend(super::source(source).as_object().cloned().unwrap_or_default());
    }
    value
}

/// How folder and source differ.
pub(in crate::cli) fn differences(found: &Differences) -> Value {
    let one = |difference: &Difference| {
        json!({
            "path": difference.path,
            "name": difference.name,
            "was": difference.was,
            "id": difference.id.as_ref().map(RowId::as_str),
            "change": difference.change.as_str(),
        })
    };
    let changes: Vec<Value> = found.all.iter().map(one).collect();
    json!({ "changes": changes, "failed": list(&found.failed, "why") })
}

fn list(all: &[RowReport], key: &str) -> Vec<Value> {
    let one = |told: &RowReport| {
        json!({
            "path": told.path,
            "name": told.name,
            "id": told.id.as_ref().map(RowId::as_str),
            key: told.why,
        })
    };
    all.iter().map(one).collect()
}
