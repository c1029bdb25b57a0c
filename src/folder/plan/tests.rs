//! Tables of a push: the files, what was last seen, the rows; and what is to be done.

use proptest::prelude::*;

use super::*;
use crate::domain::{ChannelName, SourceId};
use crate::folder::name_of;

/// A text is its own digest here.
fn digest(bytes: &[u8]) -> String {
    format!("d:{}", String::from_utf8_lossy(bytes))
}

fn path(text: &str) -> RowPath {
    RowPath::new(text).unwrap()
}

#[derive(Default, Clone, Debug)]
struct PushCase {
    files: BTreeMap<RowPath, DigestedText>,
    manifest: Option<Manifest>,
    seen: WorkingCopy,
    rows: Vec<Row>,
    texts: HashMap<RowId, String>,
    /// What version control knows as this folder's words.
    ours: HashSet<RowId>,
    /// Files that were committed since the manifest was.
    since: HashSet<RowPath>,
    prune: bool,
    overwrite: bool,
}

impl PushCase {
    /// Files by path, what was seen by path, id and text; rows by id, name and text.
    fn new(files: &[(&str, &str)], seen: &[(&str, &str, &str)], rows: &[(&str, &str, &str)]) -> Self {
        let mut table = Self::default();
        for (at, content) in files {
            table.files.insert(path(at), DigestedText::new((*content).to_owned(), digest));
        }
        let mut manifest = Manifest::new(ChannelName::new("c"), SourceId::new("s"));
        for (at, id, text) in seen {
            let (id, name) = (RowId::new(*id), name_of(&path(at)));
            manifest.rows.insert(path(at), ManifestEntry::new(id, name, digest(text.as_bytes()), None));
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

    /// These rows say what these files said in an earlier version.
    fn ours(mut self, rows: &[(&str, &str)]) -> Self {
        self.ours = rows.iter().map(|(_, id)| RowId::new(*id)).collect();
        self.since = rows.iter().map(|(at, _)| path(at)).collect();
        self
    }

    /// This copy saw these, by id, name and text, from the oldest.
    fn record_row(mut self, rows: &[(&str, &str, &str)]) -> Self {
        for (id, name, text) in rows {
            self.seen.record_row(&RowId::new(*id), name, &digest(text.as_bytes()));
        }
        self
    }

    fn choice(&self) -> PushChoice {
        PushChoice { prune: self.prune, overwrite: self.overwrite }
    }

    /// The plan, made from what was asked to be read alone.
    fn plan(&self) -> PushPlan {
        let manifest = self.manifest.as_ref().unwrap();
        let wanted = to_read(&self.files, manifest, &self.seen, &self.rows, (self.choice(), &self.since));
        let read = wanted.into_iter().map(|id| (id.clone(), self.texts[&id].clone())).collect();
        let (files, rows, prune, overwrite) = (&self.files, &self.rows, self.prune, self.overwrite);
        plan(PushInput {
            files,
            manifest,
            seen: &self.seen,
            ours: &self.ours,
            rows,
            read: &read,
            digest,
            prune,
            overwrite,
        })
    }

    /// Its steps in short.
    fn steps(&self) -> Vec<String> {
        self.plan().steps.iter().map(short).collect()
    }

    fn reads(&self) -> usize {
        to_read(&self.files, self.manifest.as_ref().unwrap(), &self.seen, &self.rows, (self.choice(), &self.since))
            .len()
    }
}

fn short(step: &PlanStep) -> String {
    let path = step.path.as_ref().map_or("-", RowPath::as_str);
    let row = step.row.as_ref().map_or("-", RowId::as_str);
    let act = match &step.act {
        RowAction::Same => "same".to_owned(),
        RowAction::Adopt { from: None } => "adopt".to_owned(),
        RowAction::Adopt { from: Some(from) } => format!("adopt from {from}"),
        RowAction::Forget => "forget".to_owned(),
        RowAction::Create => "create".to_owned(),
        RowAction::Update { there } => format!("update {there}"),
        RowAction::Rename { from, edited: false, .. } => format!("rename {from} to {}", step.name),
        RowAction::Rename { from, there, .. } => format!("rename {from} to {}, was {there}", step.name),
        RowAction::Delete { there } => format!("delete {there}"),
        RowAction::Conflict(clash) => format!("clash {clash:?}"),
        RowAction::Left(left) => format!("left {left:?} {}", step.name),
    };
    format!("{path} {row} {act}")
}

#[test]
fn what_is_as_it_was_seen_is_neither_read_nor_written() {
    let table = PushCase::new(&[("a.md", "1")], &[("a.md", "r1", "1")], &[("r1", "a", "changed there")]);
    assert_eq!(table.steps(), ["a.md r1 same"]);
    assert_eq!(table.reads(), 0);
}

#[test]
fn a_changed_file_goes_out_unless_the_row_changed_too() {
    let seen = [("a.md", "r1", "1")];
    let with = |there: &str| PushCase::new(&[("a.md", "2")], &seen, &[("r1", "a", there)]);
    assert_eq!(with("1").steps(), ["a.md r1 update 1"]);
    assert_eq!(with("2").steps(), ["a.md r1 adopt"]);
    assert_eq!(with("3").steps(), ["a.md r1 clash Edited"]);
    assert_eq!(with("3").overwrite().steps(), ["a.md r1 update 3"]);
}

#[test]
fn a_new_file_makes_a_row_or_finds_it() {
    let with = |rows: &[(&str, &str, &str)]| PushCase::new(&[("a.md", "1")], &[], rows);
    assert_eq!(with(&[]).steps(), ["a.md - create"]);
    assert_eq!(with(&[("r1", "b", "1")]).steps(), ["- r1 left New b", "a.md - create"]);
    assert_eq!(with(&[("r1", "a", "1")]).steps(), ["a.md r1 adopt"]);
    assert_eq!(with(&[("r1", "a", "2")]).steps(), ["a.md r1 clash Unknown"]);
    assert_eq!(with(&[("r1", "a", "2")]).overwrite().steps(), ["a.md r1 update 2"]);
    assert_eq!(with(&[("r1", "b", "1")]).reads(), 0);
}

#[test]
fn a_file_whose_name_nobody_knows_makes_no_row_of_another_name() {
    let files = [("%=12.md", "1")];
    assert_eq!(PushCase::new(&files, &[], &[]).steps(), ["%=12.md - clash Nameless"]);
    assert_eq!(PushCase::new(&files, &[], &[]).overwrite().steps(), ["%=12.md - clash Nameless"]);
    let gone = PushCase::new(&files, &[("b.md", "r1", "1")], &[("r1", "b", "1")]);
    assert_eq!(gone.steps(), ["%=12.md - clash Nameless", "b.md r1 left Kept b"]);
    let known = PushCase::new(&files, &[("%=12.md", "r1", "1")], &[("r1", "%=12", "1")]);
    assert_eq!(known.steps(), ["%=12.md r1 same"]);
}

#[test]
fn twins_are_found_by_their_texts_first() {
    let files = [("a.md", "1"), ("a%+2.md", "2"), ("a%+3.md", "2")];
    let table = PushCase::new(&files, &[], &[("r1", "a", "2"), ("r2", "a", "2")]);
    assert_eq!(table.steps(), ["a%+2.md r1 adopt", "a%+3.md r2 adopt", "a.md - create"]);
    let table = PushCase::new(&files, &[], &[("r1", "a", "2"), ("r2", "a", "other")]);
    assert_eq!(table.steps(), ["a%+2.md r1 adopt", "a%+3.md r2 clash Unknown", "a.md - create"]);
}

#[test]
fn a_moved_file_renames_its_row() {
    let seen = [("a.md", "r1", "1")];
    let with = |name: &str, text: &str| PushCase::new(&[("b/c.md", "1")], &seen, &[("r1", name, text)]);
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
    let with = |there: &str| PushCase::new(&[("b.md", new)], &seen, &[("r1", "a", there)]);
    assert_eq!(with(old).steps(), [format!("b.md r1 rename a.md to b, was {old}")]);
    assert_eq!(with("1\n2\n3\n4\n5\n").steps(), ["b.md r1 clash Edited"]);
    // The push before this one was cut off after it.
    assert_eq!(PushCase::new(&[("b.md", new)], &seen, &[("r1", "b", new)]).steps(), ["b.md r1 adopt from a.md"]);
    let another = PushCase::new(&[("b.md", "something else\n")], &seen, &[("r1", "a", old)]);
    assert_eq!(another.steps(), ["a.md r1 left Kept a", "b.md - create"]);
}

#[test]
fn two_moved_files_of_one_text_keep_their_names_where_they_can() {
    let seen = [("a.md", "r1", "1"), ("b.md", "r2", "1")];
    let rows = [("r1", "a", "1"), ("r2", "b", "1")];
    let table = PushCase::new(&[("b%+2.md", "1"), ("c.md", "1")], &seen, &rows);
    assert_eq!(table.steps(), ["b%+2.md r1 rename a.md to b", "c.md r2 rename b.md to c"]);
}

#[test]
fn a_deleted_files_row_is_deleted_when_that_is_asked_for() {
    let seen = [("a.md", "r1", "1")];
    let with = |there: &str| PushCase::new(&[], &seen, &[("r1", "a", there), ("r2", "b", "2")]);
    assert_eq!(with("1").steps(), ["- r2 left New b", "a.md r1 left Kept a"]);
    assert_eq!(with("1").prune().steps(), ["- r2 left New b", "a.md r1 delete 1"]);
    assert_eq!(with("3").prune().steps(), ["- r2 left New b", "a.md r1 clash GoneHere"]);
    // This folder is right: what it never had goes too.
    assert_eq!(with("3").prune().overwrite().steps(), ["- r2 delete 2", "a.md r1 delete 3"]);
    assert_eq!(with("3").overwrite().steps(), ["- r2 left New b", "a.md r1 left Kept a"]);
    assert_eq!(with("1").reads(), 0);
}

#[test]
fn a_row_that_is_gone_is_not_made_again_unless_told() {
    let seen = [("a.md", "r1", "1")];
    let with = |here: &str, rows: &[(&str, &str, &str)]| PushCase::new(&[("a.md", here)], &seen, rows);
    assert_eq!(with("1", &[]).steps(), ["a.md - left Deleted a"]);
    assert_eq!(with("2", &[]).steps(), ["a.md - clash GoneThere"]);
    assert_eq!(with("1", &[]).overwrite().steps(), ["a.md - create"]);
    assert_eq!(with("2", &[]).overwrite().steps(), ["a.md - create"]);
    // It was put back under another id.
    assert_eq!(with("2", &[("r9", "a", "2")]).steps(), ["a.md r9 adopt"]);
    assert_eq!(PushCase::new(&[], &seen, &[]).steps(), ["a.md r1 forget"]);
}

#[test]
fn a_row_that_was_renamed_there_is_told() {
    let seen = [("a.md", "r1", "1")];
    let with = |here: &str| PushCase::new(&[("a.md", here)], &seen, &[("r1", "b", "1")]);
    assert_eq!(with("1").steps(), ["a.md r1 left Renamed b"]);
    assert_eq!(with("2").steps(), ["a.md r1 update 1"]);
}

#[test]
fn a_folder_that_went_back_is_no_change_of_the_platform() {
    let seen = [("a.md", "r1", "1")];
    let with = |here: &str, there: &str| {
        PushCase::new(&[("a.md", here)], &seen, &[("r1", "a", there)])
            .record_row(&[("r1", "a", "1"), ("r1", "a", "2")])
    };
    assert_eq!(with("1", "2").steps(), ["a.md r1 clash Older"]);
    assert_eq!(with("1", "2").overwrite().steps(), ["a.md r1 update 2"]);
    assert_eq!(with("1", "2").reads(), 1);
    // Edited besides, nobody else changed it; changed besides, somebody did.
    assert_eq!(with("mine", "2").steps(), ["a.md r1 update 2"]);
    assert_eq!(with("1", "theirs").steps(), ["a.md r1 clash OlderEdited"]);
    assert_eq!(with("mine", "theirs").steps(), ["a.md r1 clash Edited"]);
    assert_eq!(with("1", "theirs").overwrite().steps(), ["a.md r1 update theirs"]);
    assert_eq!(with("1", "1").steps(), ["a.md r1 adopt"]);
    assert_eq!(with("2", "2").steps(), ["a.md r1 adopt"]);
    // A copy that never pushed anything knows no better; the folder is right all the same when one says so.
    let strange = PushCase::new(&[("a.md", "1")], &seen, &[("r1", "a", "2")]);
    assert_eq!(strange.clone().steps(), ["a.md r1 same"]);
    assert_eq!(strange.overwrite().steps(), ["a.md r1 update 2"]);
}

#[test]
fn a_name_that_went_back_is_given_back_when_that_is_asked_for() {
    let with = |there: &str| {
        PushCase::new(&[("a.md", "1")], &[("a.md", "r1", "1")], &[("r1", there, "1")])
            .record_row(&[("r1", "a", "1"), ("r1", "b", "1")])
    };
    assert_eq!(with("b").steps(), ["a.md r1 clash Older"]);
    assert_eq!(with("b").overwrite().steps(), ["a.md r1 rename a.md to a"]);
    assert_eq!(with("theirs").steps(), ["a.md r1 clash OlderEdited"]);
    assert_eq!(with("theirs").overwrite().steps(), ["a.md r1 rename a.md to a"]);
    assert_eq!(with("a").steps(), ["a.md r1 adopt"]);
}

#[test]
fn a_folder_that_went_back_behind_a_making_or_a_deletion() {
    // Made and pushed, then taken back.
    let made = PushCase::new(&[], &[], &[("r1", "a", "1"), ("r2", "theirs", "2")]).record_row(&[("r1", "a", "1")]);
    assert_eq!(made.clone().steps(), ["- r1 clash Older", "- r2 left New theirs"]);
    assert_eq!(made.clone().prune().steps(), ["- r1 clash Older", "- r2 left New theirs"]);
    assert_eq!(made.clone().overwrite().steps(), ["- r1 delete 1", "- r2 left New theirs"]);
    assert_eq!(made.overwrite().prune().steps(), ["- r1 delete 1", "- r2 delete 2"]);
    // Pushed, and cut off before its id was known.
    let mut cut = PushCase::new(&[], &[], &[("r1", "a", "1"), ("r2", "a", "theirs")]);
    cut.seen.record_creation("a", &digest(b"1"));
    assert_eq!(cut.steps(), ["- r1 clash Older", "- r2 left New a"]);
    // Deleted and pushed, then taken back.
    let mut gone = PushCase::new(&[("a.md", "1")], &[("a.md", "r1", "1")], &[]).record_row(&[("r1", "a", "1")]);
    gone.seen.record_deletion(&RowId::new("r1"));
    assert_eq!(gone.clone().steps(), ["a.md - clash Older"]);
    assert_eq!(gone.overwrite().steps(), ["a.md - create"]);
}

#[test]
fn a_push_that_was_cut_off_is_known_when_the_file_goes_back() {
    let with = |here: &str, there: &str| {
        let mut table = PushCase::new(&[("a.md", here)], &[("a.md", "r1", "1")], &[("r1", "a", there)])
            .record_row(&[("r1", "a", "1")]);
        table.seen.record_intent(&RowId::new("r1"), Some(("a", &digest(b"2"))));
        table.steps()
    };
    assert_eq!(with("1", "2"), ["a.md r1 clash Older"]);
    assert_eq!(with("1", "1"), ["a.md r1 adopt"]);
    assert_eq!(with("2", "2"), ["a.md r1 adopt"]);
    assert_eq!(with("3", "2"), ["a.md r1 update 2"]);
    assert_eq!(with("3", "theirs"), ["a.md r1 clash Edited"]);
}

#[test]
fn both_texts_that_a_merge_left_were_seen() {
    let with = |here: &str, there: &str| {
        let mut table = PushCase::new(&[("a.md", here)], &[("a.md", "r1", "1")], &[("r1", "a", there)]);
        let known = table.manifest.as_mut().unwrap().rows.get_mut(&path("a.md")).unwrap();
        known.others.push(digest(b"2"));
        table.steps()
    };
    assert_eq!(with("2", "2"), ["a.md r1 adopt"]);
    assert_eq!(with("merged", "2"), ["a.md r1 update 2"]);
    assert_eq!(with("merged", "1"), ["a.md r1 update 1"]);
    assert_eq!(with("1", "2"), ["a.md r1 update 2"]);
    assert_eq!(with("merged", "3"), ["a.md r1 clash Edited"]);
}

#[test]
fn two_files_of_one_row_are_a_file_and_a_new_one() {
    let seen = [("a.md", "r1", "1"), ("b.md", "r1", "1")];
    let table = PushCase::new(&[("a.md", "1"), ("b.md", "1")], &seen, &[("r1", "a", "1")]);
    assert_eq!(table.steps(), ["a.md r1 same", "b.md - create"]);
}

/// The platform and what the folder remembers, as steps are carried out.
#[derive(Clone, Debug)]
struct PushWorld {
    table: PushCase,
    made: usize,
}

impl PushWorld {
    /// Carries out the steps that change something, up to `killed`; of the last of them the folder learned nothing.
    fn push(&mut self, killed: usize, unknown: usize) -> usize {
        let steps = self.table.plan().steps;
        // What was found again is remembered before anything is changed.
        for step in &steps {
            match (&step.act, &step.path, &step.row) {
                (RowAction::Adopt { from }, Some(path), Some(row)) => self.remember(path, from.as_ref(), row, None),
                (RowAction::Forget, Some(path), _) => drop(self.manifest().rows.remove(path)),
                _ => {}
            }
        }
        let changes = |step: &&PlanStep| {
            matches!(
                step.act,
                RowAction::Create | RowAction::Update { .. } | RowAction::Rename { .. } | RowAction::Delete { .. }
            )
        };
        let all = steps.iter().filter(changes).count();
        for (at, step) in steps.iter().filter(changes).take(killed).enumerate() {
            self.carry_out(step, at + unknown < killed.min(all));
        }
        all
    }

    fn carry_out(&mut self, step: &PlanStep, learned: bool) {
        let Some(path) = step.path.as_ref() else {
            assert!(matches!(step.act, RowAction::Delete { .. }), "{step:?}");
            self.table.rows.retain(|row| Some(&row.id) != step.row.as_ref());
            return;
        };
        let content = self.table.files.get(path).map(|found| found.content.clone()).unwrap_or_default();
        let id = step.row.clone().unwrap_or_else(|| {
            self.made += 1;
            RowId::new(format!("made {}", self.made))
        });
        let rows = &mut self.table.rows;
        match &step.act {
            RowAction::Create => {
                rows.push(Row { id: id.clone(), name: step.name.clone() });
                self.table.texts.insert(id.clone(), content);
            }
            RowAction::Update { .. } => drop(self.table.texts.insert(id.clone(), content)),
            RowAction::Rename { edited, .. } => {
                rows.iter_mut().filter(|row| row.id == id).for_each(|row| row.name.clone_from(&step.name));
                if *edited {
                    self.table.texts.insert(id.clone(), content);
                }
            }
            RowAction::Delete { .. } => rows.retain(|row| row.id != id),
            other => panic!("{other:?}"),
        }
        if !learned {
            return;
        }
        match &step.act {
            RowAction::Delete { .. } => drop(self.manifest().rows.remove(path)),
            RowAction::Rename { from, edited: false, .. } => {
                let seen = self.manifest().rows.get(from).map(|entry| entry.digest.clone());
                self.remember(path, Some(from), &id, seen);
            }
            RowAction::Rename { from, .. } => self.remember(path, Some(from), &id, None),
            _ => self.remember(path, None, &id, None),
        }
    }

    fn manifest(&mut self) -> &mut Manifest {
        self.table.manifest.as_mut().unwrap()
    }

    fn remember(&mut self, path: &RowPath, from: Option<&RowPath>, id: &RowId, seen: Option<String>) {
        let name = self.table.rows.iter().find(|row| row.id == *id).map(|row| row.name.clone()).unwrap();
        let digest = seen.unwrap_or_else(|| self.table.files[path].digest.clone());
        let rows = &mut self.manifest().rows;
        if let Some(from) = from {
            rows.remove(from);
        }
        rows.insert(path.clone(), ManifestEntry::new(id.clone(), name, digest, None));
    }

    /// The rows of which the folder has the file, by name and text.
    fn known(&self) -> Vec<Option<(String, String)>> {
        let entries = self.table.manifest.iter().flat_map(|manifest| &manifest.rows);
        let row = |id: &RowId| self.table.rows.iter().find(|row| row.id == *id);
        let said = |row: &Row| (row.name.clone(), self.table.texts[&row.id].clone());
        let entries = entries.filter(|(path, _)| self.table.files.contains_key(path));
        let mut known: Vec<_> = entries.map(|(_, entry)| row(&entry.id).map(said)).collect();
        known.sort();
        known
    }
}

const PATHS: [&str; 5] = ["a.md", "a%+2.md", "b.md", "c.md", "d.md"];
const TEXTS: [&str; 4] = ["one\ntwo\nsix\n", "one\ntwo\nten\n", "other\n", "more\n"];

/// A folder, what it remembers, and rows: some as they were seen, some changed, some gone, some new.
fn worlds() -> impl Strategy<Value = PushWorld> {
    let file = (0..PATHS.len(), 0..TEXTS.len());
    let seen = (0..PATHS.len(), 0..TEXTS.len(), 0..6_usize);
    let stranger = (prop::sample::select(vec!["a", "b", "z"]), 0..TEXTS.len());
    let files = prop::collection::vec(file, 0..5);
    let lists = (files, prop::collection::vec(seen, 0..5), prop::collection::vec(stranger, 0..3));
    (lists, any::<bool>(), any::<bool>()).prop_map(|((files, seen, strangers), prune, overwrite)| {
        let files: Vec<_> = files.into_iter().map(|(path, text)| (PATHS[path], TEXTS[text])).collect();
        let (mut known, mut rows) = (Vec::new(), Vec::new());
        let ids: Vec<String> = (0..8).map(|n| format!("r{n}")).collect();
        for (n, (path, text, fate)) in seen.into_iter().enumerate() {
            if known.iter().any(|(at, _, _)| *at == PATHS[path]) {
                continue;
            }
            known.push((PATHS[path], ids[n].as_str(), TEXTS[text]));
            let name = PATHS[path].trim_end_matches(".md").trim_end_matches("%+2");
            match fate {
                0 => {}
                1 => rows.push((ids[n].as_str(), name, "theirs\n")),
                2 => rows.push((ids[n].as_str(), "renamed there", TEXTS[text])),
                _ => rows.push((ids[n].as_str(), name, TEXTS[text])),
            }
        }
        for (n, (name, text)) in strangers.into_iter().enumerate() {
            rows.push((ids[n + 5].as_str(), name, TEXTS[text]));
        }
        let mut table = PushCase::new(&files, &known, &rows);
        (table.prune, table.overwrite) = (prune, overwrite);
        PushWorld { table, made: 0 }
    })
}

proptest! {
    #[test]
    fn a_push_that_is_killed_and_run_again_ends_as_one_that_is_not(
        world in worlds(), killed in 0..6_usize, unknown in 0..4_usize,
    ) {
        let mut whole = world.clone();
        whole.push(usize::MAX, 0);
        let mut cut = world;
        cut.push(killed, unknown);
        cut.push(usize::MAX, 0);
        prop_assert_eq!(cut.known(), whole.known());
        // A row that the first push would have left may have been found to be a file that was moved; no row is double.
        prop_assert!(cut.table.rows.len() <= whole.table.rows.len(), "{:?}", cut.table.rows);
        // And once more changes nothing.
        prop_assert_eq!(cut.push(usize::MAX, 0), 0, "{:?}", cut.table.steps());
    }
}

#[test]
fn words_that_version_control_knows_are_this_folders_own() {
    let edited = PushCase::new(&[("a.md", "3")], &[("a.md", "1", "1")], &[("1", "a", "2")]);
    assert_eq!(edited.steps(), ["a.md 1 clash Edited"]);
    assert_eq!(edited.clone().ours(&[("a.md", "1")]).steps(), ["a.md 1 update 2"]);
    // Taken back to what the manifest has, by a commit that stands above it.
    let reverted = PushCase::new(&[("a.md", "1")], &[("a.md", "1", "1")], &[("1", "a", "2")]);
    assert_eq!((reverted.steps(), reverted.reads()), (vec!["a.md 1 same".to_owned()], 0));
    assert_eq!(reverted.clone().ours(&[("a.md", "1")]).steps(), ["a.md 1 update 2"]);
    // What this copy pushed itself is told as one that was taken back.
    let seen = reverted.record_row(&[("1", "a", "1"), ("1", "a", "2")]).ours(&[("a.md", "1")]);
    assert_eq!(seen.steps(), ["a.md 1 clash Older"]);
    // Made by another copy since the manifest was committed, and edited or deleted since.
    let new = PushCase::new(&[("n.md", "2")], &[], &[("9", "n", "1")]);
    assert_eq!(new.steps(), ["n.md 9 clash Unknown"]);
    assert_eq!(new.ours(&[("n.md", "9")]).steps(), ["n.md 9 update 1"]);
    let gone = PushCase::new(&[], &[], &[("9", "n", "1"), ("8", "m", "1")]).ours(&[("n.md", "9")]);
    assert_eq!(gone.steps(), ["- 8 left New m", "- 9 left New n"]);
    assert_eq!(gone.prune().steps(), ["- 8 left New m", "- 9 delete 1"]);
    let deleted = PushCase::new(&[], &[("a.md", "1", "1")], &[("1", "a", "2")]).prune();
    assert_eq!(deleted.steps(), ["a.md 1 clash GoneHere"]);
    assert_eq!(deleted.ours(&[("a.md", "1")]).steps(), ["a.md 1 delete 2"]);
}

#[test]
fn a_row_that_is_named_as_its_file_is_that_files() {
    let whole = PushCase::new(&[("two.md", "2")], &[], &[("2", "two.md", "2")]);
    assert_eq!(whole.steps(), ["two.md 2 adopt"]);
    let edited = PushCase::new(&[("two.md", "3")], &[], &[("2", "two.md", "2")]);
    assert_eq!(edited.steps(), ["two.md 2 clash Unknown"]);
    assert_eq!(edited.overwrite().steps(), ["two.md 2 update 2"]);
    // Another file, or another row, has a better claim.
    let both = PushCase::new(&[("two.md", "2"), ("two.md.md", "2")], &[], &[("2", "two.md", "2")]);
    assert_eq!(both.steps(), ["two.md - create", "two.md.md 2 adopt"]);
    let plain = PushCase::new(&[("two.md", "2")], &[], &[("1", "two", "2"), ("2", "two.md", "2")]);
    assert_eq!(plain.steps(), ["- 2 left New two.md", "two.md 1 adopt"]);
}
