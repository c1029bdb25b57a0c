//! A push: what was changed in the folder is changed on the platform. It can be cut off at any moment: the next one
//! finds what is done, and finishes the rest.

use std::collections::HashSet;
use std::path::Path;

use super::execute::{Job, execute};
use super::planned::PlannedRow;
use super::{How, Memory, Opened, Reading, Sides, bad, interrupted, open, row_report, skipped, unfit};
use crate::domain::{Edit, Failure, Row, RowId, Source, SourceId, Version};
use crate::folder::{
    DigestedText, LeftAsIs, ManifestEntry, PlanStep, PushChoice, PushConflict, RowAction, RowPath, SkipReason,
    is_conflicted, rank,
};
use crate::runtime::Runtime;
use crate::runtime::folder::report::{Progress, PushOptions, Pushed, RowReport, Watch};
use crate::runtime::operations::sync;
use crate::signature::digest;

/// Makes the source what the folder is.
pub(in crate::runtime) async fn push(
    runtime: &Runtime,
    source: &SourceId,
    root: &Path,
    options: PushOptions,
    watch: Watch,
) -> Result<Pushed, Failure> {
    push_planned(runtime, source, root, options, watch, |_, _| Ok(())).await
}

/// The same. `planned` is told which rows are about to be changed, and which there are, before the first of them is;
/// where it fails nothing is.
pub(in crate::runtime) async fn push_planned(
    runtime: &Runtime,
    source: &SourceId,
    root: &Path,
    options: PushOptions,
    watch: Watch,
    planned: impl FnOnce(&[PlannedRow], &HashSet<RowId>) -> Result<(), Failure>,
) -> Result<Pushed, Failure> {
    if !options.dry_run {
        runtime.writable()?;
    }
    let how = if options.dry_run { How::Look } else { How::Change };
    let opened = open(runtime, source, root, how)?;
    let choice = PushChoice { prune: options.prune, overwrite: options.overwrite };
    let sides = Sides::read(runtime, source, &opened, Reading::Needed, choice, &watch).await?;
    let Opened { folder, manifest, seen } = opened;
    let mut memory = Memory::new(&folder, manifest, seen);
    let (kept, passed) = skipped(&sides.local).partition(|(skip, _)| *skip == SkipReason::Ignored);
    let only = |list: Vec<(SkipReason, RowReport)>| list.into_iter().map(|(_, told)| told).collect();
    let mut pushed = Pushed { kept: only(kept), passed: only(passed), ..Pushed::default() };
    pushed.failed.extend(bad(&sides.local));
    let mut jobs = Vec::new();
    for step in &sides.plan.steps {
        let Some(job) = sort(step, &sides, options.overwrite, &mut memory, &mut pushed) else { continue };
        if is_unresolved(&job, &sides) {
            let why = "git's conflict marks stand in it; where they are meant, indent them by a blank";
            pushed.failed.push(row_report(job.path.as_ref(), &job.name, job.row.as_ref(), why));
            continue;
        }
        jobs.push(job);
    }
    // Rows that are made in this order have the same paths for whoever pulls them.
    jobs.sort_by_key(|job| job.path.as_ref().map(|path| (rank(path), path.clone())));
    if !pushed.failed.is_empty() {
        pushed.because_of(unfit(pushed.failed.len(), "pushed"));
        if !options.keep_going && !options.dry_run {
            pushed.left = jobs.len();
            pushed.stopped = pushed.cause.clone();
            return Ok(pushed);
        }
    }
    let deleted = jobs.iter().filter(|job| job.edit == Edit::Delete).count();
    pushed.ask = (deleted * 2 > sides.all.len() && !options.yes).then_some((deleted, sides.all.len()));
    if options.dry_run {
        for job in jobs {
            job.count(&mut pushed);
            pushed.done.push(job.report(None));
        }
        return Ok(pushed);
    }
    if pushed.ask.is_some() {
        pushed.left = jobs.len();
        return Ok(pushed);
    }
    if !jobs.is_empty() {
        let rows: Vec<PlannedRow> = jobs.iter().map(|job| PlannedRow::from_job(job, &memory.manifest)).collect();
        planned(&rows, &sides.all)?;
    }
    // What was found again is worth as much as what is changed; and what is about to be done is known before it is.
    for job in &jobs {
        intend(job, &sides, &mut memory);
    }
    memory.changed |= !jobs.is_empty();
    memory.put();
    if let Some(failure) = memory.failure.take() {
        return Err(failure);
    }
    if !jobs.is_empty() {
        let done = |job: &Job, row: Option<&RowId>| {
            remember(&mut memory, &sides, job, row);
            memory.now_and_then();
        };
        let accounted = sides.all.clone();
        let begun = execute(runtime, source, jobs, &accounted, &watch, &mut pushed, done).await;
        pushed.stopped = begun.err();
    }
    memory.seen.trust_manifest(&memory.manifest);
    // Even where nothing is known yet, so that the folder is known to be this source's.
    memory.changed = true;
    memory.put();
    if pushed.stopped.is_none() {
        pushed.stopped = memory.failure;
    }
    if pushed.stopped.is_none() && (pushed.left > 0 || watch.is_cancelled()) {
        pushed.stopped = Some(interrupted());
    }
    if options.sync && pushed.is_clean() {
        watch.tell(Progress::Syncing);
        let mut quiet = |_: &Source| ();
        match watch.or(sync::to_the_end(runtime, source, &mut quiet)).await {
            Ok(synced) => pushed.synced = Some(synced),
            Err(failure) => pushed.stopped = Some(failure),
        }
    }
    Ok(pushed)
}

/// Whether a file that two sides of a merge changed is still to be resolved. Marks that stand on the platform already are
/// what the page is about.
fn is_unresolved(job: &Job, sides: &Sides) -> bool {
    let (Edit::Create(Version { content, .. }) | Edit::Update { content: Some(content), .. }) = &job.edit else {
        return false;
    };
    let there = job.row.as_ref().and_then(|row| sides.texts.get(row));
    is_conflicted(content) && !there.is_some_and(|there| is_conflicted(there))
}

/// Notes what is about to be done: whoever is killed on the way knows afterwards that it was this folder's doing.
fn intend(job: &Job, sides: &Sides, memory: &mut Memory<'_>) {
    let digest = |text: &str| DigestedText::new(text.to_owned(), digest).digest;
    match (&job.edit, &job.row) {
        (Edit::Create(version), _) => memory.seen.record_creation(&version.name, &digest(&version.content)),
        (Edit::Delete, Some(row)) => memory.seen.record_intent(row, None),
        (Edit::Update { content, .. }, Some(row)) => {
            let there = sides.texts.get(row).map(String::as_str);
            let known = job.from.as_ref().or(job.path.as_ref()).and_then(|path| memory.manifest.rows.get(path));
            // Of a row that is renamed alone, the text need not have been read.
            let text = content.as_deref().or(there).map(digest);
            let text = text.or_else(|| known.map(|entry| entry.digest.clone())).unwrap_or_default();
            memory.seen.record_intent(row, Some((&job.name, &text)));
        }
        (_, None) => {}
    }
}

/// What a step asks of the platform; what it does not is remembered and told at once.
fn sort(
    step: &PlanStep,
    sides: &Sides,
    overwrite: bool,
    memory: &mut Memory<'_>,
    pushed: &mut Pushed,
) -> Option<Job> {
    let there = step.row.as_ref().and_then(|row| sides.texts.get(row)).map(String::as_str);
    let content = || step.path.as_ref().map_or_else(String::new, |path| super::outgoing(sides, path, there));
    let base =
        |name: &str, there: &str| (!overwrite).then(|| Version { name: name.to_owned(), content: there.to_owned() });
    let job = |from: Option<&RowPath>, base: Option<Version>, edit: Edit| Job {
        path: step.path.clone(),
        from: from.cloned(),
        row: step.row.clone(),
        base,
        name: step.name.clone(),
        edit,
    };
    let mut keep = |why: &str| {
        pushed.kept.push(row_report(step.path.as_ref(), &step.name, step.row.as_ref(), why));
        None
    };
    match &step.act {
        RowAction::Create => {
            Some(job(None, None, Edit::Create(Version { name: step.name.clone(), content: content() })))
        }
        RowAction::Update { there } => {
            let now = step.row.as_ref().and_then(|id| row(sides, id)).map_or(step.name.as_str(), |row| &row.name);
            Some(job(None, base(now, there), Edit::Update { name: None, content: Some(content()) }))
        }
        RowAction::Rename { from, was, there, edited } => {
            let edit = Edit::Update { name: Some(step.name.clone()), content: edited.then(content) };
            Some(job(Some(from), base(was, there), edit))
        }
        RowAction::Delete { there } => Some(job(None, base(&step.name, there), Edit::Delete)),
        RowAction::Same => {
            pushed.unchanged += 1;
            None
        }
        RowAction::Adopt { from } => {
            pushed.unchanged += 1;
            let as_it_is = Edit::Update { name: None, content: Some(content()) };
            remember(memory, sides, &job(from.as_ref(), None, as_it_is), None);
            None
        }
        RowAction::Forget => {
            // Gone for good as far as this copy knows: should git bring the file again, it is no news that the row is gone.
            if let Some(path) = &step.path {
                memory.gone(path);
            }
            None
        }
        RowAction::Conflict(clash) => {
            let why = in_words(*clash).to_owned();
            let list = if *clash == PushConflict::Older { &mut pushed.older } else { &mut pushed.conflicts };
            list.push(row_report(step.path.as_ref(), &step.name, step.row.as_ref(), why));
            None
        }
        RowAction::Left(LeftAsIs::New) => keep("on the platform alone; a pull brings it"),
        RowAction::Left(LeftAsIs::Kept) => keep("its file was deleted here; --prune deletes the row"),
        RowAction::Left(LeftAsIs::Deleted) => keep("deleted on the platform; a pull removes the file"),
        RowAction::Left(LeftAsIs::Renamed) => keep("renamed on the platform; a pull moves the file"),
    }
}

fn row<'a>(sides: &'a Sides, id: &RowId) -> Option<&'a Row> {
    sides.rows.iter().find(|row| row.id == *id)
}

/// How both sides changed.
pub(super) const fn in_words(clash: PushConflict) -> &'static str {
    match clash {
        PushConflict::Edited => "changed here and on the platform",
        PushConflict::GoneThere => "changed here, and deleted on the platform",
        PushConflict::GoneHere => "deleted here, and changed on the platform",
        PushConflict::Renamed => "renamed here and on the platform",
        PushConflict::Older => {
            "nobody changed it on the platform; the folder is at another version than the one last pushed"
        }
        PushConflict::OlderEdited => {
            "changed on the platform, and the folder is at another version than the one last pushed"
        }
        PushConflict::Unknown => {
            "a row of this name is on the platform, which this folder never saw, and says something else"
        }
        PushConflict::Nameless => {
            "its name is too long for a path, and the folder's .patchcord.json, which keeps such names, doesn't know it"
        }
    }
}

/// What the folder knows of a row that stands there as its file has it.
fn remember(memory: &mut Memory<'_>, sides: &Sides, job: &Job, row: Option<&RowId>) {
    let Some(path) = &job.path else {
        // A row that this folder is to have no file of.
        if let (Edit::Delete, Some(row)) = (&job.edit, &job.row) {
            memory.seen.record_deletion(row);
            memory.changed = true;
        }
        return;
    };
    let old = job.from.as_ref().and_then(|from| memory.change().rows.remove(from));
    if job.edit == Edit::Delete {
        memory.gone(path);
        return;
    }
    // A new row whose id was not found is found again by the next push.
    let Some(id) = row.or(job.row.as_ref()) else { return };
    let name = match (&job.edit, memory.manifest.rows.get(path)) {
        // Where it was renamed there, the file has yet to follow: a pull moves it.
        (Edit::Update { name: None, .. }, Some(known)) if known.id == *id => known.name.clone(),
        (Edit::Update { name: None, .. }, _) => {
            self::row(sides, id).map_or_else(|| job.name.clone(), |row| row.name.clone())
        }
        _ => job.name.clone(),
    };
    let file = sides.local.files.get(path);
    // A row that was renamed alone was not compared: what was last seen of its text still counts.
    let seen = match (&job.edit, old, file) {
        (Edit::Update { content: None, .. }, Some(old), _) => old.digest,
        (_, _, Some(file)) => file.digest.clone(),
        (_, _, None) => return,
    };
    memory.record_row(path, ManifestEntry::new(id.clone(), name, seen, None));
}
