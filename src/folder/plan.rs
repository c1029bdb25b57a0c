//! What a push is to do, from three accounts: the files, what was last seen, and the rows as they stand. Pure.
//!
//! A file and its row were alike when they were last seen. Who differs from that now has changed: the file, then it goes
//! out; the row, then a pull brings it; both, then nothing is done until the user says so. Nor is it where the folder
//! alone went back with all that it remembers, which is no change of anybody's. What was begun by a push that was cut
//! off is found by what stands there already, so nothing is made twice.

mod alike;
mod sides;
mod step;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::names::{name_of, tells_name};
use super::text_change::{TextChange, compare_text};
use super::working_copy::{Divergence, RowHistory, text_divergence};
use super::{Digest, DigestedText, Manifest, ManifestEntry, RowPath, WorkingCopy};
use crate::domain::{Row, RowId};

use sides::{NewFile, Sides};
pub use step::{LeftAsIs, PlanStep, PushConflict, PushPlan, RowAction};

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct PushInput<'a> {
    /// The files.
    pub files: &'a BTreeMap<RowPath, DigestedText>,
    /// What was last seen.
    pub manifest: &'a Manifest,
    /// What this copy of the folder saw.
    pub seen: &'a WorkingCopy,
    /// The rows that say what a file of this folder said in an earlier version that is in version control: whoever put that
    /// there had it from this folder.
    pub ours: &'a HashSet<RowId>,
    /// The rows, in the platform's order.
    pub rows: &'a [Row],
    /// What those of them say that [`to_read`] names.
    pub read: &'a HashMap<RowId, String>,
    /// How digests are made.
    pub digest: Digest,
    /// Whether rows whose files are gone are deleted.
    pub prune: bool,
    /// Whether this folder is right, whoever changed what.
    pub overwrite: bool,
}

/// How much a push may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PushChoice {
    /// Whether rows whose files are gone are deleted.
    pub prune: bool,
    /// Whether this folder is right, whoever changed what.
    pub overwrite: bool,
}

/// The rows whose text has to be known before a plan can be made. What is as it was last seen is not read, unless this
/// folder is right whatever stands there; nor is it known where its file was committed `since` the manifest was.
#[expect(clippy::implicit_hasher, reason = "the program has one hasher")]
pub fn to_read(
    files: &BTreeMap<RowPath, DigestedText>,
    manifest: &Manifest,
    seen: &WorkingCopy,
    rows: &[Row],
    (choice, since): (PushChoice, &HashSet<RowPath>),
) -> Vec<RowId> {
    if choice.overwrite {
        return rows.iter().map(|row| row.id.clone()).collect();
    }
    let sides = Sides::new(files, manifest, rows);
    let is_last = |entry: &ManifestEntry| {
        entry.others.is_empty() && seen.row(&entry.id).is_none_or(|known| known.is_last(entry))
    };
    // Another copy may have put there what stood in a file since.
    let elsewhere = |path: &RowPath, entry: &ManifestEntry| since.contains(path) && seen.row(&entry.id).is_none();
    let changed = sides
        .both
        .iter()
        .filter(|(path, entry, file, _)| !file.says(&entry.digest) || !is_last(entry) || elsewhere(path, entry));
    let mut wanted: Vec<RowId> = changed.map(|(_, _, _, row)| row.id.clone()).collect();
    if choice.prune || !sides.new.is_empty() || !sides.orphans.is_empty() {
        wanted.extend(sides.lost.iter().map(|(_, _, row)| row.id.clone()));
    }
    let names: HashSet<String> = sides
        .new
        .iter()
        .map(|new| new.name.clone())
        .chain(sides.orphans.iter().map(|(_, entry, _)| entry.name.clone()))
        .collect();
    let asked = |row: &&&Row| names.contains(&row.name) || seen.was_making(&row.name);
    let left: HashSet<String> = if choice.prune { since.iter().map(name_of).collect() } else { HashSet::new() };
    let asked = |row: &&&Row| asked(row) || left.contains(&row.name);
    wanted.extend(sides.strangers.iter().filter(asked).map(|row| row.id.clone()));
    wanted
}

/// What a push is to do.
pub fn plan(input: PushInput<'_>) -> PushPlan {
    let mut making = Planner { input, steps: Vec::new() };
    let mut sides = Sides::new(input.files, input.manifest, input.rows);
    for (path, entry, file, row) in std::mem::take(&mut sides.both) {
        making.both(path, entry, file, row);
    }
    making.nameless(&mut sides);
    if input.overwrite {
        sides.forget_orphans();
    }
    making.moves(&mut sides);
    making.found_again(&mut sides);
    making.edited_moves(&mut sides);
    making.rest(sides);
    let mut steps = making.steps;
    steps.sort_by(|a, b| (&a.path, &a.name).cmp(&(&b.path, &b.name)));
    PushPlan { steps }
}

struct Planner<'a> {
    input: PushInput<'a>,
    steps: Vec<PlanStep>,
}

impl<'a> Planner<'a> {
    fn step(&mut self, path: &RowPath, row: Option<&RowId>, name: &str, act: RowAction) {
        self.steps.push(PlanStep { path: Some(path.clone()), row: row.cloned(), name: name.to_owned(), act });
    }

    /// What the row says now; nothing where it was not read.
    fn remote(&self, row: &RowId) -> Option<DigestedText> {
        self.input.read.get(row).map(|text| DigestedText::new(text.clone(), self.input.digest))
    }

    /// The same as text alone.
    fn remote_text(&self, row: &RowId) -> String {
        self.input.read.get(row).cloned().unwrap_or_default()
    }

    /// How the row's text and name stand to what is remembered of them. One that was not read may say anything.
    fn divergence(&self, entry: &ManifestEntry, row: &Row) -> (Divergence, Divergence) {
        let known = self.input.seen.row(&row.id);
        let changed = Divergence { untouched: false, moved: false };
        let ours = self.input.ours.contains(&row.id).then_some(Divergence { untouched: true, moved: false });
        let text = self.remote(&row.id).map_or(changed, |there| text_divergence(entry, known, &there));
        let text = ours.unwrap_or(text);
        let same = Divergence { untouched: row.name == entry.name, moved: false };
        (text, known.map_or(same, |known| known.name_divergence(entry, &row.name)))
    }

    fn both(&mut self, path: &RowPath, entry: &ManifestEntry, file: &DigestedText, row: &Row) {
        let there = self.remote(&row.id);
        // What this copy saw itself counts more: that it was taken back is told.
        let known = self.input.seen.row(&row.id).is_some() && file.says(&entry.digest);
        let ours = !known && self.input.ours.contains(&row.id);
        let text = match &there {
            Some(there) if ours && there.digest != file.digest => TextChange::Here,
            Some(there) => compare_text(file, entry, self.input.seen.row(&row.id), there),
            // What need not be read is as it was last seen.
            None => TextChange::Alike,
        };
        if self.input.overwrite {
            self.make_so(path, entry, row, text);
            return;
        }
        let name = self.divergence(entry, row).1;
        let act = match text {
            TextChange::Both => RowAction::Conflict(PushConflict::Edited),
            TextChange::OlderThere => RowAction::Conflict(PushConflict::OlderEdited),
            TextChange::Here => RowAction::Update { there: self.remote_text(&row.id) },
            TextChange::Older => RowAction::Conflict(PushConflict::Older),
            TextChange::Alike | TextChange::There if row.name != entry.name && name.moved => {
                RowAction::Conflict(if name.untouched { PushConflict::Older } else { PushConflict::OlderEdited })
            }
            TextChange::Alike if there.is_some() && !file.says(&entry.digest) => RowAction::Adopt { from: None },
            TextChange::Alike | TextChange::There if row.name != entry.name => RowAction::Left(LeftAsIs::Renamed),
            TextChange::Alike
                if there.is_some() && self.input.seen.row(&row.id).is_some_and(|k| !k.is_last(entry)) =>
            {
                RowAction::Adopt { from: None }
            }
            TextChange::Alike | TextChange::There => RowAction::Same,
        };
        // The name that it has afterwards, where the folder is right.
        let went = matches!(act, RowAction::Conflict(PushConflict::Older | PushConflict::OlderEdited));
        self.step(path, Some(&row.id), if went { &entry.name } else { &row.name }, act);
    }

    /// The row gets the file's name and text, whatever stands there.
    fn make_so(&mut self, path: &RowPath, entry: &ManifestEntry, row: &Row, text: TextChange) {
        let (edited, there) = (text != TextChange::Alike, self.remote_text(&row.id));
        let act = if row.name != entry.name {
            RowAction::Rename { from: path.clone(), was: row.name.clone(), there, edited }
        } else if edited {
            RowAction::Update { there }
        } else {
            RowAction::Adopt { from: None }
        };
        self.step(path, Some(&row.id), &entry.name, act);
    }

    /// Files of which nobody knows what they are called.
    fn nameless(&mut self, sides: &mut Sides<'a>) {
        sides.new.retain(|new| {
            if tells_name(new.path) {
                return true;
            }
            self.step(new.path, None, &new.name, RowAction::Conflict(PushConflict::Nameless));
            false
        });
    }

    /// A file that is gone and a new one that says the same are one file that was moved.
    fn moves(&mut self, sides: &mut Sides<'a>) {
        let mut kept = Vec::new();
        for (from, entry, row) in std::mem::take(&mut sides.lost) {
            let same = |new: &NewFile<'_>| new.file.says(&entry.digest);
            // Among several the one of the same name, as where only the number of a twin changed.
            let named = sides.new.iter().position(|new| same(new) && new.name == row.name);
            match named.or_else(|| sides.new.iter().position(same)) {
                Some(at) => {
                    let new = sides.new.remove(at);
                    self.rename(&new, from, entry, row);
                }
                None => kept.push((from, entry, row)),
            }
        }
        sides.lost = kept;
    }

    fn rename(&mut self, new: &NewFile<'_>, from: &RowPath, entry: &ManifestEntry, row: &Row) {
        let (file, name) = (new.file, &new.name);
        let there = self.remote(&row.id);
        let (text, named) = self.divergence(entry, row);
        // Where the folder is right, what somebody else made of the text counts too.
        let edited = (self.input.overwrite || !file.says(&entry.digest))
            && there.as_ref().is_none_or(|there| there.digest != file.digest);
        let act = if row.name == *name && !edited {
            RowAction::Adopt { from: Some(from.clone()) }
        } else if edited && !text.untouched && !self.input.overwrite {
            RowAction::Conflict(PushConflict::Edited)
        } else if !named.untouched && row.name != *name && !self.input.overwrite {
            RowAction::Conflict(PushConflict::Renamed)
        } else {
            RowAction::Rename { from: from.clone(), was: row.name.clone(), there: self.remote_text(&row.id), edited }
        };
        self.step(new.path, Some(&row.id), name, act);
    }

    /// Files whose row stands there already under that name with that text, as many as there are.
    fn found_again(&mut self, sides: &mut Sides<'a>) {
        let mut strangers: HashMap<(String, String), Vec<&RowId>> = HashMap::new();
        for row in sides.strangers.iter().rev().filter(|row| self.input.read.contains_key(&row.id)) {
            let digest = self.remote(&row.id).map(|there| there.digest).unwrap_or_default();
            strangers.entry((row.name.clone(), digest)).or_default().push(&row.id);
        }
        let mut taken: HashSet<&RowId> = HashSet::new();
        let mut find = |name: &str, file: &DigestedText| {
            let id = strangers.get_mut(&(name.to_owned(), file.digest.clone())).and_then(Vec::pop);
            taken.extend(id);
            id
        };
        let mut adopted = Vec::new();
        // New files first: what a push that was cut off made was made for them.
        sides.new.retain(|new| match find(&new.name, new.file) {
            Some(id) => {
                adopted.push((new.path, id, new.name.clone()));
                false
            }
            None => true,
        });
        sides.orphans.retain(|(path, entry, file)| match find(&entry.name, file) {
            Some(id) => {
                adopted.push((*path, id, entry.name.clone()));
                false
            }
            None => true,
        });
        for (path, id, name) in adopted {
            self.step(path, Some(id), &name, RowAction::Adopt { from: None });
        }
        sides.strangers.retain(|row| !taken.contains(&row.id));
    }

    /// A file that is gone and a new one that says nearly the same are one file that was moved and edited.
    fn edited_moves(&mut self, sides: &mut Sides<'a>) {
        // Each is compared with each: of too many none is.
        if sides.lost.len() * sides.new.len() > alike::MOST {
            return;
        }
        let taken: HashSet<String> = sides.strangers.iter().map(|row| row.name.clone()).collect();
        let mut kept = Vec::new();
        for (from, entry, row) in std::mem::take(&mut sides.lost) {
            let there = self.remote_text(&row.id);
            let likeness = |new: &NewFile<'_>| {
                if taken.contains(&new.name) { 0 } else { alike::percent(&there, &new.file.content) }
            };
            let best = (0..sides.new.len()).map(|at| (sides.new.get(at).map_or(0, likeness), at));
            match best
                .filter(|(percent, _)| *percent >= alike::ENOUGH)
                .max_by_key(|(percent, at)| (*percent, usize::MAX - at))
            {
                Some((_, at)) => {
                    let new = sides.new.remove(at);
                    self.rename(&new, from, entry, row);
                }
                None => kept.push((from, entry, row)),
            }
        }
        sides.lost = kept;
    }

    fn rest(&mut self, mut sides: Sides<'a>) {
        let overwrite = self.input.overwrite;
        for NewFile { path, name, .. } in sides.new {
            match sides.strangers.iter().position(|row| row.name == name) {
                Some(at) => {
                    let row = sides.strangers.remove(at);
                    let there = self.remote_text(&row.id);
                    let act = if overwrite || self.input.ours.contains(&row.id) {
                        RowAction::Update { there }
                    } else {
                        RowAction::Conflict(PushConflict::Unknown)
                    };
                    self.step(path, Some(&row.id), &name, act);
                }
                None => self.step(path, None, &name, RowAction::Create),
            }
        }
        for (path, entry, file) in sides.orphans {
            let act = if self.input.seen.row(&entry.id).is_some_and(RowHistory::is_gone) {
                RowAction::Conflict(PushConflict::Older)
            } else if file.says(&entry.digest) {
                RowAction::Left(LeftAsIs::Deleted)
            } else {
                RowAction::Conflict(PushConflict::GoneThere)
            };
            self.step(path, None, &entry.name, act);
        }
        for (path, entry, row) in sides.lost {
            let (text, name) = self.divergence(entry, row);
            let act = if !self.input.prune {
                RowAction::Left(LeftAsIs::Kept)
            } else if overwrite || (text.untouched && name.untouched) {
                RowAction::Delete { there: self.remote_text(&row.id) }
            } else {
                RowAction::Conflict(PushConflict::GoneHere)
            };
            self.step(path, Some(&row.id), &row.name, act);
        }
        for (path, entry) in sides.gone {
            self.step(path, Some(&entry.id), &entry.name, RowAction::Forget);
        }
        for row in sides.strangers {
            // Of a row that this copy had, the folder went back behind its making.
            let had = self.input.seen.had(&row.id, &row.name, self.remote(&row.id).as_ref());
            // Nor is one anybody's else that another copy of this folder made, and whose file is gone since.
            let ours = self.input.prune && self.input.ours.contains(&row.id);
            let act = if ours || (overwrite && (had || self.input.prune)) {
                RowAction::Delete { there: self.remote_text(&row.id) }
            } else if had {
                RowAction::Conflict(PushConflict::Older)
            } else {
                RowAction::Left(LeftAsIs::New)
            };
            self.steps.push(PlanStep { path: None, row: Some(row.id.clone()), name: row.name.clone(), act });
        }
    }
}
