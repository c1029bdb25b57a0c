//! What a pull is to do with each row, from what was last seen and what stands in the file at that moment. Pure. An edit
//! made here is never overwritten unless told.

use std::collections::{HashMap, HashSet};

use super::seen::Known;
use super::verdict::{Verdict, verdict};
use super::{Digest, Entry, Found, Manifest, Paths, RowPath, Seen};
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
    /// What was last seen in the file.
    pub seen: Option<Entry>,
    /// The name that the row has there, where the file stays although that is another: the folder is at a version in
    /// which it had the old one.
    pub older: bool,
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
    /// Whether this copy saw before that the row is gone: the folder went back behind that.
    pub older: bool,
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
    /// The folder is at another version than it had when it last saw the row, which nobody changed since.
    Older,
    /// So it is, and the row was changed besides.
    OlderThere,
    /// This folder never saw the row, and another file stands in its place.
    Unknown,
}

/// Gives each row its file: what is known stays where it is, then the platform's order counts.
/// A row whose old name the folder has again, with all that it remembers, is not followed but where that is asked for.
pub fn arrange(manifest: &Manifest, seen: &Seen, rows: &[Row], overwrite: bool, digest: Digest) -> Sorted {
    let older = |entry: &Entry, row: &Row| {
        let moved = seen.row(&row.id).is_some_and(|known| known.name(entry, &row.name).moved);
        !overwrite && row.name != entry.name && moved
    };
    let there: HashMap<&RowId, &Row> = rows.iter().map(|row| (&row.id, row)).collect();
    let mut known: HashMap<&RowId, &RowPath> = HashMap::new();
    let mut paths = Paths::new(digest);
    for (path, entry) in &manifest.rows {
        if let Some(row) = there.get(&entry.id)
            && !known.contains_key(&entry.id)
        {
            known.insert(&entry.id, path);
            if row.name == entry.name || older(entry, row) {
                paths.keep(path);
            }
        }
    }
    let mut fetch = Vec::new();
    for row in rows {
        let old = known.get(&row.id).copied();
        let entry = old.and_then(|path| manifest.rows.get(path));
        let is_older = entry.is_some_and(|entry| older(entry, row));
        let stays = old.filter(|_| is_older || entry.is_some_and(|entry| entry.name == row.name));
        let path = stays.cloned().unwrap_or_else(|| paths.give(&row.name));
        let from = old.filter(|old| **old != path).cloned();
        // What was last seen in this file, be it of a row that is gone and whose name this one has now. One that moves
        // away leaves nothing.
        let here = manifest.rows.get(from.as_ref().unwrap_or(&path));
        let here = here.filter(|entry| entry.id == row.id || !there.contains_key(&entry.id));
        fetch.push(Fetch { row: row.clone(), path, from, seen: here.cloned(), older: is_older });
    }
    let used: HashSet<&RowPath> = fetch.iter().flat_map(|f| [Some(&f.path), f.from.as_ref()]).flatten().collect();
    let gone = manifest.rows.iter().filter(|(path, _)| !used.contains(path));
    let gone = gone.map(|(path, entry)| Gone {
        path: path.clone(),
        name: entry.name.clone(),
        seen: entry.digest.clone(),
        older: !overwrite && seen.row(&entry.id).is_some_and(Known::is_gone),
    });
    let gone = gone.collect();
    Sorted { fetch, gone }
}

/// What becomes of the file: as it stands, what was last seen in it, and the row's text now.
pub fn settle(here: Option<&Found>, fetch: &Fetch, seen: &Seen, there: &Found, overwrite: bool) -> Settled {
    let Some(here) = here else {
        return match &fetch.seen {
            _ if overwrite => Settled::Write,
            Some(_) => Settled::Deleted,
            // The folder went back behind its making.
            None if seen.had(&fetch.row.id, &fetch.row.name, Some(there)) => Settled::Older,
            None => Settled::Write,
        };
    };
    if here.digest == there.digest {
        return if fetch.older { Settled::Older } else { Settled::Same };
    }
    if overwrite {
        return Settled::Write;
    }
    let Some(entry) = &fetch.seen else { return Settled::Unknown };
    match verdict(here, entry, seen.row(&entry.id), there) {
        Verdict::Alike => Settled::Same,
        Verdict::There if fetch.older => Settled::OlderThere,
        Verdict::There => Settled::Write,
        Verdict::Here => Settled::Edited,
        Verdict::Older => Settled::Older,
        Verdict::OlderThere => Settled::OlderThere,
        Verdict::Both => Settled::Both,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, SourceId};

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
            let entry = Entry::new(RowId::new(*id), *name, format!("seen {id}"), None);
            manifest.rows.insert(RowPath::new(path).unwrap(), entry);
        }
        let found = arrange(&manifest, &Seen::default(), rows, false, digest);
        let shown = |f: &Fetch| {
            let from = f.from.as_ref().map_or("", RowPath::as_str);
            format!("{} {} <{from}> {}", f.row.id, f.path, f.seen.as_ref().map_or("-", |seen| &seen.digest))
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
            assert_eq!(settled(here, seen, &[], false), kept, "{here:?} {seen:?}");
            assert_eq!(settled(here, seen, &[], true), told, "{here:?} {seen:?}");
        }
    }

    /// What becomes of a file whose row says `new`, where this copy saw those before.
    fn settled(here: Option<&str>, seen: Option<&str>, saw: &[&str], overwrite: bool) -> Settled {
        let found = |text: &str| Found::new(text.to_owned(), digest);
        let (mut all, row) = (Seen::default(), row("1", "a"));
        for text in saw {
            all.saw(&row.id, "a", text);
        }
        let seen = seen.map(|seen| Entry::new(row.id.clone(), "a", seen, None));
        let fetch = Fetch { row, path: RowPath::new("a.md").unwrap(), from: None, seen, older: false };
        settle(here.map(found).as_ref(), &fetch, &all, &found("new"), overwrite)
    }

    #[test]
    fn a_folder_that_went_back_is_not_brought_forward_unless_told() {
        let table = [
            (Some("old"), Some("old"), &["old", "new"][..], Settled::Older),
            (Some("old"), Some("old"), &["new"], Settled::Older),
            (Some("old"), Some("old"), &["old", "last"], Settled::OlderThere),
            (Some("old"), Some("old"), &["older", "old"], Settled::Write),
            (Some("mine"), Some("old"), &["old", "new"], Settled::Edited),
            (Some("mine"), Some("old"), &["old", "last"], Settled::Both),
            (Some("new"), Some("old"), &["old", "last"], Settled::Same),
            (None, None, &["new"], Settled::Older),
        ];
        for (here, seen, saw, kept) in table {
            assert_eq!(settled(here, seen, saw, false), kept, "{here:?} {seen:?} {saw:?}");
            let told = settled(here, seen, saw, true);
            assert_eq!(told, if kept == Settled::Same { Settled::Same } else { Settled::Write });
        }
    }
}
