//! What a pull is to do with each row, from what was last seen and what stands in the file at that moment. Pure. An edit
//! made here is never overwritten unless told.

use std::collections::{HashMap, HashSet};

use super::{Digest, Manifest, Paths, RowPath};
use crate::domain::{Row, RowId};

/// A row that a pull reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The row.
    pub row: Row,
    /// Its file.
    pub path: RowPath,
    /// The file that it was last seen in, where that is another: its name was changed there.
    pub from: Option<RowPath>,
    /// The digest of what was last seen in the file.
    pub seen: Option<String>,
}

/// A file whose row is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The file.
    pub path: RowPath,
    /// The row's name.
    pub name: String,
    /// The digest of what was last seen in it.
    pub seen: String,
}

/// The rows that are there, and those that are not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// In the platform's order.
    pub fetch: Vec<Fetch>,
    /// By path.
    pub gone: Vec<Gone>,
}

/// What becomes of a file when its row has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is written.
    Write,
    /// It says the same already.
    Same,
    /// It was edited here, and the row is as it was last seen: the edit waits for a push.
    Edited,
    /// It was deleted here.
    Deleted,
    /// It was changed here and there.
    Both,
    /// This folder never saw the row, and another file stands in its place.
    Unknown,
}

/// Gives each row its file: what is known stays where it is, then the platform's order counts.
pub fn arrange(manifest: &Manifest, rows: &[Row], digest: Digest) -> Sorted {
    let there: HashMap<&RowId, &Row> = rows.iter().map(|row| (&row.id, row)).collect();
    let mut known: HashMap<&RowId, &RowPath> = HashMap::new();
    let mut paths = Paths::new(digest);
    for (path, entry) in &manifest.rows {
        if let Some(row) = there.get(&entry.id)
            && !known.contains_key(&entry.id)
        {
            known.insert(&entry.id, path);
            if row.name == entry.name {
                paths.keep(path);
            }
        }
    }
    let mut fetch = Vec::new();
    for row in rows {
        let old = known.get(&row.id).copied();
        let stays = old.filter(|path| manifest.rows.get(*path).is_some_and(|entry| entry.name == row.name));
        let path = stays.cloned().unwrap_or_else(|| paths.give(&row.name));
        let from = old.filter(|old| **old != path).cloned();
        // What was last seen in this file, be it of a row that is gone and whose name this one has now. One that moves
        // away leaves nothing.
        let here = manifest.rows.get(from.as_ref().unwrap_or(&path));
        let here = here.filter(|entry| entry.id == row.id || !there.contains_key(&entry.id));
        let seen = here.map(|entry| entry.digest.clone());
        fetch.push(Fetch { row: row.clone(), path, from, seen });
    }
    let used: HashSet<&RowPath> = fetch.iter().flat_map(|f| [Some(&f.path), f.from.as_ref()]).flatten().collect();
    let gone = manifest.rows.iter().filter(|(path, _)| !used.contains(path));
    let gone =
        gone.map(|(path, entry)| Gone { path: path.clone(), name: entry.name.clone(), seen: entry.digest.clone() });
    let gone = gone.collect();
    Sorted { fetch, gone }
}

/// What becomes of the file: its digest as it stands, what was last seen in it, and the row's now.
pub fn settle(here: Option<&str>, seen: Option<&str>, there: &str, overwrite: bool) -> Settled {
    match (here, seen) {
        (None, None) => Settled::Write,
        (Some(here), _) if here == there => Settled::Same,
        (Some(here), Some(seen)) if here == seen => Settled::Write,
        _ if overwrite => Settled::Write,
        (None, Some(_)) => Settled::Deleted,
        (Some(_), Some(seen)) if seen == there => Settled::Edited,
        (Some(_), Some(_)) => Settled::Both,
        (Some(_), None) => Settled::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, SourceId};
    use crate::folder::Entry;

    fn digest(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn row(id: &str, name: &str) -> Row {
        Row { id: RowId::new(id), name: name.to_owned() }
    }

    /// Path, where it was, what was seen; then the paths that are gone.
    fn sorted(seen: &[(&str, &str, &str)], rows: &[Row]) -> (Vec<String>, Vec<String>) {
        let mut manifest = Manifest::new(ChannelName::new("c"), SourceId::new("s"));
        for (path, id, name) in seen {
            let entry =
                Entry { id: RowId::new(*id), name: (*name).to_owned(), digest: format!("seen {id}"), pulled: None };
            manifest.rows.insert(RowPath::new(path).unwrap(), entry);
        }
        let found = arrange(&manifest, rows, digest);
        let shown = |f: &Fetch| {
            let from = f.from.as_ref().map_or("", RowPath::as_str);
            format!("{} {} <{from}> {}", f.row.id, f.path, f.seen.as_deref().unwrap_or("-"))
        };
        let gone = found.gone.iter().map(|g| g.path.as_str().to_owned()).collect();
        (found.fetch.iter().map(shown).collect(), gone)
    }

    #[test]
    fn rows_keep_their_files_and_new_ones_go_around_them() {
        let (fetch, gone) =
            sorted(&[("a%+2.md", "2", "a")], &[row("1", "a"), row("2", "a"), row("3", "a"), row("4", "A/b")]);
        assert_eq!(fetch, ["1 a.md <> -", "2 a%+2.md <> seen 2", "3 a%+3.md <> -", "4 A/b.md <> -"]);
        assert!(gone.is_empty());
        let (fetch, _) = sorted(&[("CON.md", "1", "CON")], &[row("1", "CON"), row("2", "CON")]);
        assert_eq!(fetch, ["1 CON.md <> seen 1", "2 %43ON.md <> -"]);
    }

    #[test]
    fn a_renamed_row_moves_its_file_and_a_gone_row_leaves_one() {
        let (fetch, gone) = sorted(&[("a.md", "1", "a"), ("b.md", "2", "b")], &[row("1", "c")]);
        assert_eq!(fetch, ["1 c.md <a.md> seen 1"]);
        assert_eq!(gone, ["b.md"]);
        // One that is given the name that another had before was never seen.
        let (fetch, gone) = sorted(&[("a.md", "1", "a")], &[row("1", "c"), row("9", "a")]);
        assert_eq!(fetch, ["1 c.md <a.md> seen 1", "9 a.md <> -"]);
        assert!(gone.is_empty());
        // Put back under another id it has the same file.
        let (fetch, gone) = sorted(&[("a.md", "1", "a")], &[row("9", "a")]);
        assert_eq!(fetch, ["9 a.md <> seen 1"]);
        assert!(gone.is_empty());
    }

    #[test]
    fn two_rows_that_change_names_change_files() {
        let (fetch, gone) = sorted(&[("a.md", "1", "a"), ("b.md", "2", "b")], &[row("1", "b"), row("2", "a")]);
        assert_eq!(fetch, ["1 b.md <a.md> seen 1", "2 a.md <b.md> seen 2"]);
        assert!(gone.is_empty());
    }

    #[test]
    fn an_edit_made_here_is_not_overwritten_unless_told() {
        let table = [
            (None, None, Settled::Write, Settled::Write),
            (None, Some("new"), Settled::Deleted, Settled::Write),
            (None, Some("old"), Settled::Deleted, Settled::Write),
            (Some("new"), None, Settled::Same, Settled::Same),
            (Some("new"), Some("old"), Settled::Same, Settled::Same),
            (Some("old"), Some("old"), Settled::Write, Settled::Write),
            (Some("mine"), Some("new"), Settled::Edited, Settled::Write),
            (Some("mine"), Some("old"), Settled::Both, Settled::Write),
            (Some("mine"), None, Settled::Unknown, Settled::Write),
        ];
        for (here, seen, kept, told) in table {
            assert_eq!(settle(here, seen, "new", false), kept, "{here:?} {seen:?}");
            assert_eq!(settle(here, seen, "new", true), told, "{here:?} {seen:?}");
        }
    }
}
