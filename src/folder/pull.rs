//! What a pull is to do with each row, from what was last seen and what stands in the file at that moment. Pure. An edit
//! made here is never overwritten unless told.

use std::collections::{HashMap, HashSet};

use super::text_change::{TextChange, compare_text};
use super::working_copy::RowHistory;
use super::{Digest, DigestedText, Manifest, ManifestEntry, Paths, RowPath, WorkingCopy};
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
    pub seen: Option<ManifestEntry>,
    /// The name that the row has there, where the file stays although that is another: the folder is at a version in
    /// which it had the old one.
    pub older: bool,
}

/// A file whose row is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneFile {
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
pub struct PullPlan {
    /// In the platform's order.
    pub fetch: Vec<Fetch>,
    /// By path.
    pub gone: Vec<GoneFile>,
}

/// What becomes of a file when its row has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOutcome {
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
pub fn plan_pull(manifest: &Manifest, seen: &WorkingCopy, rows: &[Row], overwrite: bool, digest: Digest) -> PullPlan {
    let older = |entry: &ManifestEntry, row: &Row| {
        let moved = seen.row(&row.id).is_some_and(|known| known.name_divergence(entry, &row.name).moved);
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
    let gone = gone.map(|(path, entry)| GoneFile {
        path: path.clone(),
        name: entry.name.clone(),
        seen: entry.digest.clone(),
        older: !overwrite && seen.row(&entry.id).is_some_and(RowHistory::is_gone),
    });
    let gone = gone.collect();
    PullPlan { fetch, gone }
}

/// What becomes of the file: as it stands, what was last seen in it, and the row's text now.
pub fn settle(
    here: Option<&DigestedText>,
    fetch: &Fetch,
    seen: &WorkingCopy,
    there: &DigestedText,
    overwrite: bool,
) -> FileOutcome {
    let Some(here) = here else {
        return match &fetch.seen {
            _ if overwrite => FileOutcome::Write,
            Some(_) => FileOutcome::Deleted,
            // The folder went back behind its making.
            None if seen.had(&fetch.row.id, &fetch.row.name, Some(there)) => FileOutcome::Older,
            None => FileOutcome::Write,
        };
    };
    if here.digest == there.digest {
        return if fetch.older { FileOutcome::Older } else { FileOutcome::Same };
    }
    if overwrite {
        return FileOutcome::Write;
    }
    let Some(entry) = &fetch.seen else { return FileOutcome::Unknown };
    match compare_text(here, entry, seen.row(&entry.id), there) {
        TextChange::Alike => FileOutcome::Same,
        TextChange::There if fetch.older => FileOutcome::OlderThere,
        TextChange::There => FileOutcome::Write,
        TextChange::Here => FileOutcome::Edited,
        TextChange::Older => FileOutcome::Older,
        TextChange::OlderThere => FileOutcome::OlderThere,
        TextChange::Both => FileOutcome::Both,
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
            let entry = ManifestEntry::new(RowId::new(*id), *name, format!("seen {id}"), None);
            manifest.rows.insert(RowPath::new(path).unwrap(), entry);
        }
        let found = plan_pull(&manifest, &WorkingCopy::default(), rows, false, digest);
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
            (None, None, FileOutcome::Write, FileOutcome::Write),
            (None, Some("new"), FileOutcome::Deleted, FileOutcome::Write),
            (None, Some("old"), FileOutcome::Deleted, FileOutcome::Write),
            (Some("new"), None, FileOutcome::Same, FileOutcome::Same),
            (Some("new"), Some("old"), FileOutcome::Same, FileOutcome::Same),
            (Some("old"), Some("old"), FileOutcome::Write, FileOutcome::Write),
            (Some("mine"), Some("new"), FileOutcome::Edited, FileOutcome::Write),
            (Some("mine"), Some("old"), FileOutcome::Both, FileOutcome::Write),
            (Some("mine"), None, FileOutcome::Unknown, FileOutcome::Write),
        ];
        for (here, seen, kept, told) in table {
            assert_eq!(settled(here, seen, &[], false), kept, "{here:?} {seen:?}");
            assert_eq!(settled(here, seen, &[], true), told, "{here:?} {seen:?}");
        }
    }

    /// What becomes of a file whose row says `new`, where this copy saw those before.
    fn settled(here: Option<&str>, seen: Option<&str>, saw: &[&str], overwrite: bool) -> FileOutcome {
        let found = |text: &str| DigestedText::new(text.to_owned(), digest);
        let (mut all, row) = (WorkingCopy::default(), row("1", "a"));
        for text in saw {
            all.record_row(&row.id, "a", text);
        }
        let seen = seen.map(|seen| ManifestEntry::new(row.id.clone(), "a", seen, None));
        let fetch = Fetch { row, path: RowPath::new("a.md").unwrap(), from: None, seen, older: false };
        settle(here.map(found).as_ref(), &fetch, &all, &found("new"), overwrite)
    }

    #[test]
    fn a_folder_that_went_back_is_not_brought_forward_unless_told() {
        let table = [
            (Some("old"), Some("old"), &["old", "new"][..], FileOutcome::Older),
            (Some("old"), Some("old"), &["new"], FileOutcome::Older),
            (Some("old"), Some("old"), &["old", "last"], FileOutcome::OlderThere),
            (Some("old"), Some("old"), &["older", "old"], FileOutcome::Write),
            (Some("mine"), Some("old"), &["old", "new"], FileOutcome::Edited),
            (Some("mine"), Some("old"), &["old", "last"], FileOutcome::Both),
            (Some("new"), Some("old"), &["old", "last"], FileOutcome::Same),
            (None, None, &["new"], FileOutcome::Older),
        ];
        for (here, seen, saw, kept) in table {
            assert_eq!(settled(here, seen, saw, false), kept, "{here:?} {seen:?} {saw:?}");
            let told = settled(here, seen, saw, true);
            assert_eq!(told, if kept == FileOutcome::Same { FileOutcome::Same } else { FileOutcome::Write });
        }
    }
}
