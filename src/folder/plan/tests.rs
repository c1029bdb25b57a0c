//! Tables of a push: the files, what was last seen, the rows; and what is to be done.

use super::*;
use crate::domain::{ChannelName, SourceId};

/// A text is its own digest here.
fn digest(bytes: &[u8]) -> String {
    format!("d:{}", String::from_utf8_lossy(bytes))
}

fn path(text: &str) -> RowPath {
    RowPath::new(text).unwrap()
}

#[derive(Default)]
struct Table {
    files: BTreeMap<RowPath, Found>,
    manifest: Option<Manifest>,
    rows: Vec<Row>,
    texts: HashMap<RowId, String>,
    prune: bool,
    overwrite: bool,
}

impl Table {
    /// Files by path, what was seen by path, id and text; rows by id, name and text.
    fn new(files: &[(&str, &str)], seen: &[(&str, &str, &str)], rows: &[(&str, &str, &str)]) -> Self {
        let mut table = Self::default();
        for (at, content) in files {
            let found = Found { content: (*content).to_owned(), digest: digest(content.as_bytes()) };
            table.files.insert(path(at), found);
        }
        let mut manifest = Manifest::new(ChannelName::new("c"), SourceId::new("s"));
        for (at, id, text) in seen {
            let (id, name) = (RowId::new(*id), name_of(&path(at)));
            manifest.rows.insert(path(at), Entry { id, name, digest: digest(text.as_bytes()), pulled: None });
        }
        table.manifest = Some(manifest);
        for (id, name, text) in rows {
            table.rows.push(Row { id: RowId::new(*id), name: (*name).to_owned() });
            table.texts.insert(RowId::new(*id), (*text).to_owned());
        }
        table
    }

    fn prune(mut self) -> Self {
        self.prune = true;
        self
    }

    fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// The steps in short, made from what was asked to be read alone.
    fn steps(&self) -> Vec<String> {
        let manifest = self.manifest.as_ref().unwrap();
        let wanted = to_read(&self.files, manifest, &self.rows, self.prune);
        let read = wanted.into_iter().map(|id| (id.clone(), self.texts[&id].clone())).collect();
        let (files, rows, prune, overwrite) = (&self.files, &self.rows, self.prune, self.overwrite);
        let found = plan(PushInput { files, manifest, rows, read: &read, digest, prune, overwrite });
        found.steps.iter().map(short).collect()
    }

    fn reads(&self) -> usize {
        to_read(&self.files, self.manifest.as_ref().unwrap(), &self.rows, self.prune).len()
    }
}

fn short(step: &Step) -> String {
    let path = step.path.as_ref().map_or("-", RowPath::as_str);
    let row = step.row.as_ref().map_or("-", RowId::as_str);
    let act = match &step.act {
        Act::Same => "same".to_owned(),
        Act::Adopt { from: None } => "adopt".to_owned(),
        Act::Adopt { from: Some(from) } => format!("adopt from {from}"),
        Act::Forget => "forget".to_owned(),
        Act::Create => "create".to_owned(),
        Act::Update { there } => format!("update {there}"),
        Act::Rename { from, edited: false, .. } => format!("rename {from} to {}", step.name),
        Act::Rename { from, there, .. } => format!("rename {from} to {}, was {there}", step.name),
        Act::Delete { there } => format!("delete {there}"),
        Act::Clash(clash) => format!("clash {clash:?}"),
        Act::Left(left) => format!("left {left:?} {}", step.name),
    };
    format!("{path} {row} {act}")
}

#[test]
fn what_is_as_it_was_seen_is_neither_read_nor_written() {
    let table = Table::new(&[("a.md", "1")], &[("a.md", "r1", "1")], &[("r1", "a", "changed there")]);
    assert_eq!(table.steps(), ["a.md r1 same"]);
    assert_eq!(table.reads(), 0);
}

#[test]
fn a_changed_file_goes_out_unless_the_row_changed_too() {
    let seen = [("a.md", "r1", "1")];
    let with = |there: &str| Table::new(&[("a.md", "2")], &seen, &[("r1", "a", there)]);
    assert_eq!(with("1").steps(), ["a.md r1 update 1"]);
    assert_eq!(with("2").steps(), ["a.md r1 adopt"]);
    assert_eq!(with("3").steps(), ["a.md r1 clash Edited"]);
    assert_eq!(with("3").overwrite().steps(), ["a.md r1 update 3"]);
}

#[test]
fn a_new_file_makes_a_row_or_finds_it() {
    let with = |rows: &[(&str, &str, &str)]| Table::new(&[("a.md", "1")], &[], rows);
    assert_eq!(with(&[]).steps(), ["a.md - create"]);
    assert_eq!(with(&[("r1", "b", "1")]).steps(), ["- r1 left New b", "a.md - create"]);
    assert_eq!(with(&[("r1", "a", "1")]).steps(), ["a.md r1 adopt"]);
    assert_eq!(with(&[("r1", "a", "2")]).steps(), ["a.md r1 clash Unknown"]);
    assert_eq!(with(&[("r1", "a", "2")]).overwrite().steps(), ["a.md r1 update 2"]);
    assert_eq!(with(&[("r1", "b", "1")]).reads(), 0);
}

#[test]
fn twins_are_found_by_their_texts_first() {
    let files = [("a.md", "1"), ("a%+2.md", "2"), ("a%+3.md", "2")];
    let table = Table::new(&files, &[], &[("r1", "a", "2"), ("r2", "a", "2")]);
    assert_eq!(table.steps(), ["a%+2.md r1 adopt", "a%+3.md r2 adopt", "a.md - create"]);
    let table = Table::new(&files, &[], &[("r1", "a", "2"), ("r2", "a", "other")]);
    assert_eq!(table.steps(), ["a%+2.md r1 adopt", "a%+3.md r2 clash Unknown", "a.md - create"]);
}

#[test]
fn a_moved_file_renames_its_row() {
    let seen = [("a.md", "r1", "1")];
    let with = |name: &str, text: &str| Table::new(&[("b/c.md", "1")], &seen, &[("r1", name, text)]);
    assert_eq!(with("a", "1").steps(), ["b/c.md r1 rename a.md to b/c"]);
    assert_eq!(with("a", "changed there").steps(), ["b/c.md r1 rename a.md to b/c"]);
    // The push before this one was cut off after it.
    assert_eq!(with("b/c", "1").steps(), ["b/c.md r1 adopt from a.md"]);
    assert_eq!(with("x", "1").steps(), ["b/c.md r1 clash Renamed"]);
    assert_eq!(with("x", "1").overwrite().steps(), ["b/c.md r1 rename a.md to b/c"]);
}

#[test]
fn a_moved_and_edited_file_renames_its_row_too() {
    let (old, new) = ("1\n2\n3\n4\n", "1\n2\n3\nX\n");
    let seen = [("a.md", "r1", old)];
    let with = |there: &str| Table::new(&[("b.md", new)], &seen, &[("r1", "a", there)]);
    assert_eq!(with(old).steps(), [format!("b.md r1 rename a.md to b, was {old}")]);
    assert_eq!(with("1\n2\n3\n4\n5\n").steps(), ["b.md r1 clash Edited"]);
    let another = Table::new(&[("b.md", "something else\n")], &seen, &[("r1", "a", old)]);
    assert_eq!(another.steps(), ["a.md r1 left Kept a", "b.md - create"]);
}

#[test]
fn two_moved_files_of_one_text_keep_their_names_where_they_can() {
    let seen = [("a.md", "r1", "1"), ("b.md", "r2", "1")];
    let rows = [("r1", "a", "1"), ("r2", "b", "1")];
    let table = Table::new(&[("b%+2.md", "1"), ("c.md", "1")], &seen, &rows);
    assert_eq!(table.steps(), ["b%+2.md r1 rename a.md to b", "c.md r2 rename b.md to c"]);
}

#[test]
fn a_deleted_files_row_is_deleted_when_that_is_asked_for() {
    let seen = [("a.md", "r1", "1")];
    let with = |there: &str| Table::new(&[], &seen, &[("r1", "a", there), ("r2", "b", "2")]);
    assert_eq!(with("1").steps(), ["- r2 left New b", "a.md r1 left Kept a"]);
    assert_eq!(with("1").prune().steps(), ["- r2 left New b", "a.md r1 delete 1"]);
    assert_eq!(with("3").prune().steps(), ["- r2 left New b", "a.md r1 clash GoneHere"]);
    assert_eq!(with("3").prune().overwrite().steps(), ["- r2 left New b", "a.md r1 delete 3"]);
    assert_eq!(with("1").reads(), 0);
}

#[test]
fn a_row_that_is_gone_is_not_made_again_unless_told() {
    let seen = [("a.md", "r1", "1")];
    let with = |here: &str, rows: &[(&str, &str, &str)]| Table::new(&[("a.md", here)], &seen, rows);
    assert_eq!(with("1", &[]).steps(), ["a.md - left Deleted a"]);
    assert_eq!(with("2", &[]).steps(), ["a.md - clash GoneThere"]);
    assert_eq!(with("1", &[]).overwrite().steps(), ["a.md - create"]);
    assert_eq!(with("2", &[]).overwrite().steps(), ["a.md - create"]);
    // It was put back under another id.
    assert_eq!(with("2", &[("r9", "a", "2")]).steps(), ["a.md r9 adopt"]);
    assert_eq!(Table::new(&[], &seen, &[]).steps(), ["a.md r1 forget"]);
}

#[test]
fn a_row_that_was_renamed_there_is_told() {
    let seen = [("a.md", "r1", "1")];
    let with = |here: &str| Table::new(&[("a.md", here)], &seen, &[("r1", "b", "1")]);
    assert_eq!(with("1").steps(), ["a.md r1 left Renamed b"]);
    assert_eq!(with("2").steps(), ["a.md r1 update 1"]);
}

#[test]
fn two_files_of_one_row_are_a_file_and_a_new_one() {
    let seen = [("a.md", "r1", "1"), ("b.md", "r1", "1")];
    let table = Table::new(&[("a.md", "1"), ("b.md", "1")], &seen, &[("r1", "a", "1")]);
    assert_eq!(table.steps(), ["a.md r1 same", "b.md - create"]);
}
