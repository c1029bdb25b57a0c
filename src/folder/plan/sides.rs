//! Files, what was last seen, and rows, sorted by who is there.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::{Row, RowId};
use crate::folder::{DigestedText, Manifest, ManifestEntry, RowPath, name_of};

/// Who is on which side.
#[derive(Default)]
pub(super) struct Sides<'a> {
    /// The file and the row are there.
    pub(super) both: Vec<(&'a RowPath, &'a ManifestEntry, &'a DigestedText, &'a Row)>,
    /// The row is gone.
    pub(super) orphans: Vec<(&'a RowPath, &'a ManifestEntry, &'a DigestedText)>,
    /// The file is gone.
    pub(super) lost: Vec<(&'a RowPath, &'a ManifestEntry, &'a Row)>,
    /// Both are gone.
    pub(super) gone: Vec<(&'a RowPath, &'a ManifestEntry)>,
    /// Files that were never seen.
    pub(super) new: Vec<NewFile<'a>>,
    /// Rows that were never seen.
    pub(super) strangers: Vec<&'a Row>,
}

/// A file that was never seen.
pub(super) struct NewFile<'a> {
    pub(super) path: &'a RowPath,
    pub(super) file: &'a DigestedText,
    /// The name that its row has or gets.
    pub(super) name: String,
}

impl<'a> Sides<'a> {
    /// Where this folder is right, a file whose row is gone is one that was never seen.
    pub(super) fn forget_orphans(&mut self) {
        let orphans = std::mem::take(&mut self.orphans);
        self.new.extend(orphans.into_iter().map(|(path, entry, file)| NewFile {
            path,
            file,
            name: entry.name.clone(),
        }));
        self.new.sort_by_key(|new| new.path);
    }

    pub(super) fn new(files: &'a BTreeMap<RowPath, DigestedText>, manifest: &'a Manifest, rows: &'a [Row]) -> Self {
        let by_id: HashMap<&RowId, &Row> = rows.iter().map(|row| (&row.id, row)).collect();
        let (mut sides, mut known, mut seen) = (Self::default(), HashSet::new(), HashSet::new());
        for (path, entry) in &manifest.rows {
            // Two files of one row are a merge gone wrong: the second is a file like any new one. One that isn't there
            // was taken out before.
            if !known.insert(&entry.id) {
                continue;
            }
            seen.insert(path);
            match (files.get(path), by_id.get(&entry.id)) {
                (Some(file), Some(row)) => sides.both.push((path, entry, file, row)),
                (Some(file), None) => sides.orphans.push((path, entry, file)),
                (None, Some(row)) => sides.lost.push((path, entry, row)),
                (None, None) => sides.gone.push((path, entry)),
            }
        }
        sides.strangers = rows.iter().filter(|row| !known.contains(&row.id)).collect();
        let new = files.iter().filter(|(path, _)| !seen.contains(path));
        sides.new = new.map(|(path, file)| NewFile { path, file, name: name_of(path) }).collect();
        sides.name_wholly();
        sides
    }

    /// A row that somebody named by its file's whole name, `two.md`, is that file's row, where no other file or row has a
    /// better claim to it: `two` would be a second one that says the same.
    fn name_wholly(&mut self) {
        let there: HashSet<&str> = self.strangers.iter().map(|row| row.name.as_str()).collect();
        let plain: HashSet<String> = self.new.iter().map(|new| new.name.clone()).collect();
        for new in &mut self.new {
            let ending = new.path.as_str().strip_prefix(new.path.stem()).unwrap_or_default();
            let whole = format!("{}{ending}", new.name);
            if !there.contains(new.name.as_str()) && there.contains(whole.as_str()) && !plain.contains(&whole) {
                new.name = whole;
            }
        }
    }
}
