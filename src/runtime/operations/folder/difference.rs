//! How a folder and its source differ: what a push would do, and what a pull would bring. Both are read whole.

use std::path::Path;

use super::{How, Reading, Sides, bad, open};
use crate::domain::{Failure, RowId, SourceId, hunks};
use crate::folder::{DigestedText, LeftAsIs, Manifest, PlanStep, PushChoice, PushConflict, RowAction};
use crate::runtime::Runtime;
use crate::runtime::folder::report::{Changed, Difference, Differences, Watch};
use crate::signature::digest;

/// So many lines stand around each difference.
const AROUND: usize = 3;

/// The differences, by path.
pub(in crate::runtime) async fn difference(
    runtime: &Runtime,
    source: &SourceId,
    root: &Path,
    watch: Watch,
) -> Result<Differences, Failure> {
    let opened = open(runtime, source, root, How::Look)?;
    // As with --prune: that a file was deleted is a difference too.
    let choice = PushChoice { prune: true, overwrite: false };
    let sides = Sides::read(runtime, source, &opened, Reading::All, choice, &watch).await?;
    let all = sides.plan.steps.iter().filter_map(|step| one(step, &sides, &opened.manifest)).collect();
    Ok(Differences { all, failed: bad(&sides.local).collect() })
}

fn one(step: &PlanStep, sides: &Sides, manifest: &Manifest) -> Option<Difference> {
    let there = step.row.as_ref().and_then(|id| sides.texts.get(id)).map_or("", String::as_str);
    let here = step.path.as_ref().map_or_else(String::new, |path| super::outgoing(sides, path, Some(there)));
    let named = |id: &RowId| sides.rows.iter().find(|row| row.id == *id).map(|row| row.name.clone());
    let mut was = None;
    let change = match &step.act {
        RowAction::Create => Changed::Created,
        RowAction::Update { .. } => Changed::Updated,
        RowAction::Rename { was: now, .. } => {
            was = Some(now.clone());
            Changed::Renamed
        }
        RowAction::Delete { .. } | RowAction::Left(LeftAsIs::Kept) => Changed::Deleted,
        RowAction::Conflict(clash) => {
            was = step.row.as_ref().and_then(named).filter(|name| *name != step.name);
            if *clash == PushConflict::Older { Changed::Older } else { Changed::Conflict }
        }
        RowAction::Left(LeftAsIs::New) => Changed::CreatedThere,
        RowAction::Left(LeftAsIs::Deleted) => Changed::DeletedThere,
        RowAction::Left(LeftAsIs::Renamed) => {
            was = step.path.as_ref().and_then(|path| manifest.rows.get(path)).map(|entry| entry.name.clone());
            Changed::RenamedThere
        }
        RowAction::Same if changed_there(step, there, manifest) => Changed::ChangedThere,
        RowAction::Same | RowAction::Adopt { .. } | RowAction::Forget => return None,
    };
    Some(Difference {
        path: step.path.as_ref().map(|path| path.as_str().to_owned()),
        name: step.name.clone(),
        was,
        id: step.row.clone(),
        change,
        hunks: if change == Changed::DeletedThere { Vec::new() } else { hunks(there, &here, AROUND) },
    })
}

/// Whether the row says something else than when it was last seen.
fn changed_there(step: &PlanStep, there: &str, manifest: &Manifest) -> bool {
    let seen = step.path.as_ref().and_then(|path| manifest.rows.get(path));
    seen.is_some_and(|entry| !DigestedText::new(there.to_owned(), digest).says(&entry.digest))
}
