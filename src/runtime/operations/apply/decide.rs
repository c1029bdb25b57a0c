//! What is to be done about a row that is there, given what stands there now. Pure.

use crate::domain::{Applied, Change, Edit, RowId, Version};

/// What a change comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The row is to become this.
    Change(Version),
    /// The row is to go.
    Delete,
    /// There is nothing to do, or nothing that may be done.
    Through(Applied),
}

/// Field by field: what somebody else changed stays where this change doesn't touch it, and is a conflict where it
/// does.
pub(super) fn decide(change: &Change, row: &RowId, theirs: Option<Version>) -> Decision {
    let there = Applied::Already(Some(row.clone()));
    match (&change.edit, theirs) {
        (Edit::Update { name, content }, Some(theirs)) => {
            let base = change.base.as_ref();
            let named = field(name.as_ref(), base.map(|b| &b.name), &theirs.name);
            let text = field(content.as_ref(), base.map(|b| &b.content), &theirs.content);
            match (named, text) {
                (Field::Conflict, _) | (_, Field::Conflict) => Decision::Through(Applied::Conflict(Some(theirs))),
                (Field::Same, Field::Same) => Decision::Through(there),
                (named, text) => {
                    Decision::Change(Version { name: named.or(theirs.name), content: text.or(theirs.content) })
                }
            }
        }
        (Edit::Delete, Some(theirs)) => match &change.base {
            Some(base) if *base != theirs => Decision::Through(Applied::Conflict(Some(theirs))),
            _ => Decision::Delete,
        },
        (Edit::Delete, None) => Decision::Through(there),
        // A new row has none that it is looked up by.
        (Edit::Update { .. }, None) | (Edit::Create(_), _) => Decision::Through(Applied::Conflict(None)),
    }
}

enum Field<'a> {
    /// It stays, or is as it was to be.
    Same,
    New(&'a String),
    Conflict,
}

impl Field<'_> {
    fn or(self, theirs: String) -> String {
        if let Self::New(mine) = self { mine.clone() } else { theirs }
    }
}

fn field<'a>(mine: Option<&'a String>, base: Option<&String>, theirs: &String) -> Field<'a> {
    match mine {
        None => Field::Same,
        Some(mine) if mine == theirs => Field::Same,
        Some(mine) if base.is_none_or(|base| base == theirs) => Field::New(mine),
        Some(_) => Field::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{change, version};
    use super::*;

    fn row() -> RowId {
        RowId::new("r")
    }

    fn update(name: Option<&str>, content: Option<&str>) -> Edit {
        Edit::Update { name: name.map(str::to_owned), content: content.map(str::to_owned) }
    }

    fn decided(edit: Edit, base: Option<(&str, &str)>, theirs: Option<(&str, &str)>) -> Decision {
        let version = |(name, content): (&str, &str)| version(name, content);
        decide(&Change { base: base.map(version), ..change("c", Some("r"), edit) }, &row(), theirs.map(version))
    }

    #[test]
    fn only_what_both_touched_differently_is_a_conflict() {
        let base = Some(("n", "t"));
        let to = |name: &str, content: &str| Decision::Change(version(name, content));
        let conflict = |name: &str, content: &str| Decision::Through(Applied::Conflict(Some(version(name, content))));
        let already = || Decision::Through(Applied::Already(Some(row())));
        for (edit, theirs, expected) in [
            (update(None, Some("T")), ("n", "t"), to("n", "T")),
            (update(None, Some("T")), ("theirs", "t"), to("theirs", "T")),
            (update(None, Some("T")), ("n", "theirs"), conflict("n", "theirs")),
            (update(None, Some("T")), ("theirs", "T"), already()),
            (update(Some("N"), None), ("n", "theirs"), to("N", "theirs")),
            (update(Some("N"), None), ("theirs", "t"), conflict("theirs", "t")),
            (update(Some("N"), Some("T")), ("N", "t"), to("N", "T")),
            (update(Some("N"), Some("T")), ("N", "theirs"), conflict("N", "theirs")),
            (update(Some("N"), Some("T")), ("N", "T"), already()),
            (update(None, None), ("n", "theirs"), already()),
            (Edit::Delete, ("n", "t"), Decision::Delete),
            (Edit::Delete, ("n", "theirs"), conflict("n", "theirs")),
            (Edit::Delete, ("theirs", "t"), conflict("theirs", "t")),
        ] {
            assert_eq!(decided(edit.clone(), base, Some(theirs)), expected, "{edit:?} over {theirs:?}");
        }
    }

    #[test]
    fn without_a_base_the_change_goes_over_what_is_there() {
        assert_eq!(decided(update(None, Some("T")), None, Some(("n", "t"))), Decision::Change(version("n", "T")));
        assert_eq!(decided(Edit::Delete, None, Some(("n", "t"))), Decision::Delete);
    }

    #[test]
    fn a_row_that_is_gone_cant_be_changed_and_need_not_be_deleted() {
        let gone = decided(update(None, Some("T")), Some(("n", "t")), None);
        assert_eq!(gone, Decision::Through(Applied::Conflict(None)));
        assert_eq!(decided(Edit::Delete, None, None), Decision::Through(Applied::Already(Some(row()))));
    }
}
