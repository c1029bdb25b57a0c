//! Putting back what a push changed, row by row, by the undo journal. It can be cut off at any moment and begun again:
//! what stands there as it did before is recognised, and what somebody else changed since is left and named.
//!
//! The folder's memory goes back first. Until a row follows it, its file says what the platform says; once it did, the
//! file is an edit that waits to be pushed, as before.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::planned::{PlannedChange, PlannedRow};
use super::row_return::RowReturn;
use super::{How, Memory, Opened, list, open, texts};
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, ChannelName, Edit, Failure, Replaced, Row, RowId, SourceId, Timestamp,
    Version,
};
use crate::folder::{DigestedText, ManifestEntry};
use crate::runtime::folder::report::{Progress, Watch};
use crate::runtime::operations::apply::{Twins, apply};
use crate::runtime::{Runtime, error_map};
use crate::signature::digest;

/// What is to be put back.
pub(in crate::runtime) struct TakeBack<'a> {
    /// The rows that the push was to change, each with whether it was put back already.
    pub(in crate::runtime) rows: &'a [(PlannedRow, bool)],
    /// The rows that were there before it.
    pub(in crate::runtime) accounted: &'a HashSet<RowId>,
    /// The journal's newest entry before it.
    pub(in crate::runtime) since: i64,
}

/// One change that puts something of a row back.
struct Step {
    /// Whose, by its place in the list.
    row: usize,
    change: Change,
    /// The entries of the journal behind it.
    entries: Vec<i64>,
    /// What else the push may have made of the row, by a version that it was cut off at.
    also: Vec<Version>,
}

/// What is known before anything is put back.
struct Look {
    channel: ChannelName,
    source: SourceId,
    entries: Vec<Replaced>,
    there: Vec<Row>,
    texts: HashMap<RowId, String>,
}

/// Puts rows back, and tells `on` what became of each, by its place, as soon as it is known. The failure is what the
/// gravest of the rows failed of, or why nothing was begun.
pub(in crate::runtime) async fn take_back(
    runtime: &Runtime,
    source: &SourceId,
    root: &Path,
    back: TakeBack<'_>,
    watch: &Watch,
    on: &mut (dyn FnMut(usize, RowReturn) + Send),
) -> Result<(), Failure> {
    runtime.writable()?;
    let look = Look::new(runtime, source, &back, watch).await?;
    let mut fates: Vec<RowReturn> = back.rows.iter().map(|_| RowReturn::NotPushed).collect();
    let mut steps = Vec::new();
    // The last first: a row that was made and then changed goes once the change is taken back.
    for (at, (planned, done)) in back.rows.iter().enumerate().rev() {
        if *done {
            fates[at] = RowReturn::PutBack;
            continue;
        }
        match look.steps(at, planned, back.accounted, &steps) {
            Ok(these) => steps.extend(these),
            Err(settled) => fates[at] = settled,
        }
    }
    // The folder may be gone: then it has nothing to remember.
    let opened = open(runtime, source, root, How::Change).map_err(|failure| {
        tracing::warn!(%failure.message, "the folder can't be told that its push is taken back");
    });
    let mut memory = opened.as_ref().ok().map(|Opened { folder, manifest, seen }| {
        let mut memory = Memory::new(folder, manifest.clone(), seen.clone());
        let rows = back.rows.iter().filter(|(_, done)| !done).map(|(planned, _)| planned);
        forget(&mut memory, rows, &steps);
        for step in &steps {
            remember(&mut memory, &back.rows[step.row].0, step, step.change.row.as_ref());
        }
        memory
    });
    if let Some(memory) = &mut memory {
        memory.put();
    }
    let mut left: HashMap<usize, usize> = HashMap::new();
    for step in &steps {
        *left.entry(step.row).or_default() += 1;
    }
    for (at, fate) in fates.iter().enumerate().filter(|(at, _)| !left.contains_key(at)) {
        if !back.rows[at].1 {
            on(at, fate.clone());
        }
    }
    let cause = rounds(runtime, &look, steps, back, watch, (&mut fates, &mut left, &mut memory), on).await?;
    if let Some(memory) = &mut memory {
        memory.put();
    }
    cause.map_or(Ok(()), Err)
}

/// Makes the changes, again where a row stands at what else the push may have made of it.
async fn rounds(
    runtime: &Runtime,
    look: &Look,
    mut steps: Vec<Step>,
    back: TakeBack<'_>,
    watch: &Watch,
    (fates, left, memory): (&mut [RowReturn], &mut HashMap<usize, usize>, &mut Option<Memory<'_>>),
    on: &mut (dyn FnMut(usize, RowReturn) + Send),
) -> Result<Option<Failure>, Failure> {
    let (mut through, of) = (0, steps.len());
    let mut cause = None;
    watch.tell(Progress::Changed { done: 0, of });
    while !steps.is_empty() {
        let changes: Vec<Change> = steps.iter().map(|step| step.change.clone()).collect();
        let mut waiting: HashMap<ChangeId, Step> =
            steps.drain(..).map(|step| (step.change.id.clone(), step)).collect();
        let (mut again, mut undone, mut made_again) = (Vec::new(), Vec::new(), Vec::new());
        let mut told = |id: &ChangeId, applied: Applied| {
            let Some(mut step) = waiting.remove(id) else { return };
            if let Applied::Conflict(Some(theirs)) = &applied
                && let Some(at) = step.also.iter().position(|version| version == theirs)
            {
                step.change.base = Some(step.also.remove(at));
                step.change.id = new_id();
                again.push(step);
                return;
            }
            through += 1;
            watch.tell(Progress::Changed { done: through, of });
            let (fate, failure) = fate(&applied);
            if let Applied::Done(row) | Applied::Already(row) = applied {
                if let (Edit::Create(_), Some(memory)) = (&step.change.edit, memory.as_mut()) {
                    remember(memory, &back.rows[step.row].0, &step, row.as_ref());
                }
                let made = if matches!(step.change.edit, Edit::Create(_)) { row } else { None };
                undone.extend(step.entries.iter().map(|n| (*n, made.clone())));
            }
            if cause.is_none() {
                cause = failure;
            }
            let (at, rest) = (step.row, left.entry(step.row).or_default());
            if fate.rank() > fates[at].rank() {
                fates[at] = fate;
            }
            *rest = rest.saturating_sub(1);
            match step.change.edit {
                // Its new id has to be remembered first: what is told counts as done, and isn't looked at again.
                Edit::Create(_) => made_again.push(at),
                _ if *rest == 0 => on(at, fates[at].clone()),
                _ => {}
            }
        };
        let twins = Twins::Beyond(back.accounted);
        apply(runtime, &look.source, changes, twins, watch.cancelled.clone(), &mut told).await?;
        if let Some(memory) = memory.as_mut().filter(|_| !made_again.is_empty()) {
            memory.put();
        }
        for at in made_again {
            on(at, fates[at].clone());
        }
        for (n, row) in undone {
            // Not for certain: what is put back twice stands there already the second time.
            let _ = runtime.store().mark_undone(n, row.as_ref()).await;
        }
        steps = again;
    }
    Ok(cause)
}

/// What becomes of a row, and what that failed of where trying again may help.
fn fate(applied: &Applied) -> (RowReturn, Option<Failure>) {
    match applied {
        Applied::Done(_) | Applied::Already(_) => (RowReturn::PutBack, None),
        Applied::Conflict(Some(_)) => (RowReturn::ChangedSince, None),
        Applied::Conflict(None) => (RowReturn::DeletedSince, None),
        Applied::Refused(failure) => (RowReturn::Refused(failure.message.clone()), Some(failure.clone())),
        Applied::Unknown(failure) => (RowReturn::Unknown(failure.message.clone()), Some(failure.clone())),
        Applied::Cancelled => (RowReturn::NotBegun, Some(super::interrupted())),
    }
}

fn new_id() -> ChangeId {
    ChangeId::new(uuid::Uuid::now_v7().to_string())
}

impl Look {
    async fn new(runtime: &Runtime, source: &SourceId, back: &TakeBack<'_>, watch: &Watch) -> Result<Self, Failure> {
        let channel = runtime.channel()?;
        let entries = runtime.store().journal_since(&channel, source, back.since).await;
        let entries = entries.map_err(|error| error_map::store(&error))?;
        let there = list(runtime, source, watch).await?;
        let todo = || back.rows.iter().filter(|(_, done)| !done).map(|(planned, _)| planned);
        // What the journal doesn't tell, the row's own text does.
        let named: HashSet<&str> =
            todo().filter(|row| row.change == PlannedChange::Created).map(|row| row.name.as_str()).collect();
        let unknown: HashSet<RowId> = todo()
            .filter(|planned| !entries.iter().any(|entry| planned.is_of(entry)))
            .filter_map(PlannedRow::id)
            .collect();
        let wanted = there.iter().filter(|row| {
            unknown.contains(&row.id) || (named.contains(row.name.as_str()) && !back.accounted.contains(&row.id))
        });
        let texts = texts(runtime, source, wanted.map(|row| row.id.clone()).collect(), watch).await?;
        Ok(Self { channel, source: source.clone(), entries, there, texts })
    }

    fn change(&self, row: Option<RowId>, base: Option<Version>, edit: Edit) -> Change {
        Change {
            id: new_id(),
            channel: self.channel.clone(),
            source: self.source.clone(),
            row,
            label: base.as_ref().map(|base| base.name.clone()).unwrap_or_default(),
            base,
            edit,
            state: ChangeState::Staged,
            at: Timestamp::now(),
        }
    }

    /// What puts a row back; or what there is to say of it without a change.
    fn steps(
        &self,
        at: usize,
        planned: &PlannedRow,
        accounted: &HashSet<RowId>,
        others: &[Step],
    ) -> Result<Vec<Step>, RowReturn> {
        let mine: Vec<&Replaced> = self.entries.iter().filter(|entry| planned.is_of(entry)).collect();
        let entries = || mine.iter().map(|entry| entry.n).collect::<Vec<_>>();
        if planned.change == PlannedChange::Created {
            return self.made(at, planned, &mine, accounted, others);
        }
        let row = planned.id().ok_or(RowReturn::NotPushed)?;
        let there = self.there.iter().find(|known| known.id == row);
        let (Some(first), Some(last)) = (mine.first(), mine.last()) else {
            return Err(self.without_entry(planned, &row));
        };
        let Some(was) = first.was.clone() else { return Err(RowReturn::NotInJournal) };
        let step = |change: Change, also: Vec<Version>| Ok(vec![Step { row: at, change, entries: entries(), also }]);
        if planned.change == PlannedChange::Deleted {
            return match there {
                Some(_) => Err(RowReturn::NotPushed),
                None => step(self.change(None, None, Edit::Create(was)), Vec::new()),
            };
        }
        let mut became: Vec<Version> = mine.iter().filter_map(|entry| entry.became.clone()).collect();
        let Some(base) = last.became.clone() else { return Err(RowReturn::NotInJournal) };
        became.retain(|version| *version != base);
        let differs = |was: &String, fields: fn(&Version) -> &String| {
            std::iter::once(&base).chain(&became).any(|version| fields(version) != was).then(|| was.clone())
        };
        let edit = Edit::Update {
            name: differs(&was.name, |version| &version.name),
            content: differs(&was.content, |version| &version.content),
        };
        step(self.change(Some(row), Some(base), edit), became)
    }

    /// What is to be said of a row of which the journal has nothing.
    fn without_entry(&self, planned: &PlannedRow, row: &RowId) -> RowReturn {
        let Some(there) = self.there.iter().find(|known| known.id == *row) else {
            let deleted = planned.change == PlannedChange::Deleted;
            return if deleted { RowReturn::NotInJournal } else { RowReturn::NotPushed };
        };
        let content = self.texts.get(row).cloned().unwrap_or_default();
        let version = Version { name: there.name.clone(), content };
        let is_new = planned.change != PlannedChange::Deleted && planned.is_new(&version);
        if is_new && !planned.is_old(&version.content) { RowReturn::NotInJournal } else { RowReturn::NotPushed }
    }

    /// What deletes a row that the push made: as many rows as calls were made for it, were they found.
    fn made(
        &self,
        at: usize,
        planned: &PlannedRow,
        mine: &[&Replaced],
        accounted: &HashSet<RowId>,
        others: &[Step],
    ) -> Result<Vec<Step>, RowReturn> {
        // A file of the same name and text is another row: each takes its own.
        let taken: HashSet<&RowId> = others.iter().filter_map(|step| step.change.row.as_ref()).collect();
        let claimed: HashSet<i64> = others.iter().flat_map(|step| step.entries.iter().copied()).collect();
        if mine.is_empty() {
            return Err(RowReturn::NotPushed);
        }
        let mine: Vec<&&Replaced> = mine.iter().filter(|entry| !claimed.contains(&entry.n)).collect();
        let fresh: Vec<&Row> = self
            .there
            .iter()
            .filter(|row| !accounted.contains(&row.id) && !taken.contains(&row.id))
            .filter(|row| row.name == planned.name || mine.iter().any(|entry| entry.row.as_ref() == Some(&row.id)))
            .collect();
        let says = |row: &Row| {
            let content = self.texts.get(&row.id)?.clone();
            Some(Version { name: row.name.clone(), content })
        };
        let mut steps = Vec::new();
        for entry in &mine {
            let Some(became) = entry.became.clone() else { continue };
            let open = |row: &&&Row| !steps.iter().any(|step: &Step| step.change.row.as_ref() == Some(&row.id));
            let by_id = fresh.iter().filter(open).find(|row| entry.row.as_ref() == Some(&row.id));
            let by_text = || fresh.iter().filter(open).find(|row| says(row).is_some_and(|version| version == became));
            let found = if entry.row.is_some() { by_id } else { by_text() };
            if let Some(row) = found {
                let change = self.change(Some(row.id.clone()), Some(became), Edit::Delete);
                steps.push(Step { row: at, change, entries: vec![entry.n], also: Vec::new() });
            }
        }
        if !steps.is_empty() {
            return Ok(steps);
        }
        // Whose the one is that stands there by this name, nobody can say, unless the id of what was made is known.
        let known = mine.iter().all(|entry| entry.row.is_some());
        Err(if known || fresh.is_empty() { RowReturn::PutBack } else { RowReturn::ChangedSince })
    }
}

/// The files that the push gave rows are nobody's for now.
fn forget<'p>(memory: &mut Memory<'_>, rows: impl Iterator<Item = &'p PlannedRow>, steps: &[Step]) {
    let ids: HashSet<RowId> = steps.iter().filter_map(|step| step.change.row.clone()).collect();
    for planned in rows {
        let Some(path) = planned.file() else { continue };
        let of_it = |entry: &ManifestEntry| ids.contains(&entry.id);
        if !memory.manifest.rows.get(&path).is_some_and(of_it) {
            continue;
        }
        if planned.change == PlannedChange::Created {
            memory.gone(&path);
        } else {
            memory.change().rows.remove(&path);
        }
    }
}

/// The row stands there again as it did, as far as the folder is concerned.
fn remember(memory: &mut Memory<'_>, planned: &PlannedRow, step: &Step, row: Option<&RowId>) {
    let (Some(path), Some(row)) = (planned.known_file(), row) else { return };
    let (name, content) = match (&step.change.edit, &step.change.base) {
        (Edit::Create(version), _) => (version.name.clone(), version.content.clone()),
        (Edit::Update { name, content }, Some(base)) => {
            let field = |new: &Option<String>, base: &String| new.as_ref().unwrap_or(base).clone();
            (field(name, &base.name), field(content, &base.content))
        }
        (Edit::Delete, _) | (Edit::Update { .. }, None) => return,
    };
    let digest = DigestedText::new(content, digest).digest;
    memory.record_row(&path, ManifestEntry::new(row.clone(), name, digest, None));
}
