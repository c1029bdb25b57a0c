//! Applying what is staged: shown first, then made one by one, with a result for each.

use super::staging::{outdate, touched};
use super::{conflicts, count, editor, effect, reading, short, staging};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{
    Job, Shown, Sought, SourcesEffect, SourcesOverlay, SourcesPane, Tally, holds_marks, staged_name, staged_text,
};
use crate::app::update::ctx::{Ctx, complain, refuse, say};
use crate::app::view::ViewKind;
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, Edit, Failure, RowId, SafeText, SourceId, SyncState, Version,
};

/// Shows the whole difference of those changes.
pub(super) fn review(channel: &mut Channel, changes: Vec<ChangeId>) -> Vec<Effect> {
    channel.sources.overlay = Some(SourcesOverlay::Review { changes, top: 0, warning: None });
    Vec::new()
}

/// Shows all that is staged in the source.
pub(super) fn review_all(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let all: Vec<ChangeId> = channel.sources.staged().map(|c| c.id.clone()).collect();
    if all.is_empty() {
        return say(ctx, "Nothing is staged in this source.");
    }
    review(channel, all)
}

/// Shows what is to be applied: what is staged of the marked rows, or all.
pub(super) fn ask(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let sources = &channel.sources;
    let marked = &sources.rows.marked;
    let wanted = |change: &&Change| marked.is_empty() || marked.contains(&Shown::for_change(change));
    let changes: Vec<&Change> = sources.staged().filter(wanted).collect();
    if changes.is_empty() {
        let what = if marked.is_empty() { "in this source" } else { "of the marked rows" };
        return say(ctx, &format!("Nothing is staged {what}."));
    }
    let ready: Vec<ChangeId> = changes.iter().filter(|c| c.state.is_ready()).map(|c| c.id.clone()).collect();
    if !ready.is_empty() {
        return review(channel, ready);
    }
    match changes.iter().find(|c| matches!(c.state, ChangeState::Conflict(_))).map(|c| c.id.clone()) {
        Some(first) => conflicts::show(channel, first),
        None => say(ctx, "It is being applied already."),
    }
}

/// Applies what the review shows, as far as it is ready.
pub(super) fn confirmed(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let running = sources.applies();
    let Some(SourcesOverlay::Review { changes, warning, .. }) = &mut sources.overlay else { return Vec::new() };
    if running {
        return refuse(ctx, "Others are being applied: wait for their end.");
    }
    let known = &sources.changes;
    let ready: Vec<ChangeId> =
        changes.iter().filter(|id| known.get(id).is_some_and(|c| c.state.is_ready())).cloned().collect();
    let marks: Vec<&Change> = ready.iter().filter_map(|id| known.get(id)).filter(|c| holds_marks(c)).collect();
    if let Some(first) = marks.first()
        && warning.is_none()
    {
        let name = short(staged_name(first));
        *warning = Some(format!("Conflict marks are left in {name}: once more applies it all the same."));
        return Vec::new();
    }
    if ready.is_empty() {
        return refuse(ctx, "None of them can be applied as it is.");
    }
    sources.overlay = None;
    start(channel, ctx, &ready)
}

/// Hands changes over to be applied, all of one source. They are nobody else's to touch until they are through.
pub(super) fn start(channel: &mut Channel, ctx: &mut Ctx<'_>, ids: &[ChangeId]) -> Vec<Effect> {
    outdate(channel);
    let sources = &mut channel.sources;
    let Some(source) = ids.first().and_then(|id| sources.changes.get(id)).map(|c| c.source.clone()) else {
        return Vec::new();
    };
    let changes: Vec<ChangeId> = ids
        .iter()
        .filter(|id| sources.changes.get(id).is_some_and(|c| c.source == source && c.state.is_ready()))
        .cloned()
        .collect();
    for id in &changes {
        if let Some(change) = sources.changes.get_mut(id) {
            change.state = ChangeState::Applying;
        }
        if sources.editor.as_ref().is_some_and(|e| e.change == *id) {
            sources.editor = None;
            sources.pane = SourcesPane::Rows;
        }
    }
    sources.rows.marked.clear();
    sources.rows.range = None;
    sources.job = Some(Job {
        source: source.clone(),
        total: changes.len(),
        done: Vec::new(),
        tally: Tally::default(),
        cancelled: false,
        ended: false,
    });
    sources.refilter();
    let mut effects = reading::read_if_due(channel);
    let text = format!("{} being applied.", count(changes.len(), "change is", "changes are"));
    effects.extend(effect(SourcesEffect::Apply { source, changes }));
    effects.extend(say(ctx, &text));
    effects
}

/// Begins no more of what is being applied.
pub(super) fn cancel(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(job) = channel.sources.job.as_mut().filter(|job| !job.ended && !job.cancelled) else {
        return Vec::new();
    };
    job.cancelled = true;
    let mut effects = effect(SourcesEffect::Cancel(job.source.clone()));
    effects.extend(say(ctx, "No more are begun; what is under way comes to its end."));
    effects
}

/// A change is through.
pub(super) fn applied(channel: &mut Channel, ctx: &mut Ctx<'_>, id: &ChangeId, applied: Applied) -> Vec<Effect> {
    outdate(channel);
    let Some(change) = channel.sources.changes.get(id).cloned() else { return Vec::new() };
    if let Some(job) = channel.sources.job.as_mut().filter(|job| !job.ended && job.source == change.source) {
        job.done.push((id.clone(), SafeText::one_line(staged_name(&change)), applied.clone()));
        if let Applied::Done(_) = applied {
            match change.edit {
                Edit::Create(_) => job.tally.created += 1,
                Edit::Update { .. } => job.tally.updated += 1,
                Edit::Delete => job.tally.deleted += 1,
            }
        }
    }
    match applied {
        Applied::Done(row) | Applied::Already(row) => done(channel, ctx, &change, row),
        Applied::Refused(failure) => became(channel, change, ChangeState::Refused(describe_failure(&failure))),
        Applied::Unknown(failure) => became(channel, change, ChangeState::Unknown(describe_failure(&failure))),
        Applied::Conflict(theirs) => became(channel, change, ChangeState::Conflict(theirs)),
        Applied::Cancelled => became(channel, change, ChangeState::Staged),
    }
}

/// A failure in the words that stand on the row's line.
fn describe_failure(failure: &Failure) -> String {
    let hint = failure.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{hint}", failure.sentence())
}

/// A change was made: the row is what it was to be, also before it is read again.
fn done(channel: &mut Channel, ctx: &mut Ctx<'_>, change: &Change, row: Option<RowId>) -> Vec<Effect> {
    let sources = &mut channel.sources;
    sources.changes.remove(&change.id);
    sources.staging.remove(&change.id);
    sources.unkept.remove(&change.id);
    let open = sources.selected.as_ref() == Some(&change.source);
    if open && sources.rows.selected == Some(Shown::New(change.id.clone())) {
        let named = || Sought::Named(staged_name(change).to_owned());
        sources.rows.seek = Some(row.clone().map_or_else(named, Sought::Row));
    }
    if let Some(id) = change.row.as_ref().filter(|_| open) {
        if change.edit == Edit::Delete {
            sources.rows.take_out(id);
        }
        sources.rows.rename(id, staged_name(change));
        if let Some(opened) = sources.opened.as_mut().filter(|o| o.row == *id)
            && let (Some(Ok(body)), Some(text)) = (&mut opened.body, staged_text(change))
        {
            text.clone_into(&mut body.content);
            body.state = SyncState::NotSynced;
        }
    }
    // Somebody may be writing on: from what the row is now.
    let mut effects = Vec::new();
    if sources.editor.as_ref().is_some_and(|e| e.change == change.id) {
        let version = Version {
            name: staged_name(change).to_owned(),
            content: staged_text(change).unwrap_or_default().to_owned(),
        };
        let fresh = ctx.ids.next_change_id(ctx.now);
        if let Some(editor) = &mut channel.sources.editor {
            editor.change = fresh;
            if let Some(row) = change.row.clone().or(row) {
                editor.row = Some(row);
                editor.base = Some(version.clone());
            }
        }
        let differs =
            |e: &crate::app::sources::RowEditor| e.text.as_str() != version.content || e.name != version.name;
        if channel.sources.editor.as_ref().is_some_and(differs) {
            effects.extend(editor::keep(channel, ctx));
        } else if channel.sources.editor.as_ref().is_some_and(|e| e.row.is_none()) {
            // The id of a row that was made is found in the list, and nothing more was written.
            channel.sources.editor = None;
        }
    }
    relist(channel, change);
    effects.extend(reading::read_if_due(channel));
    effects
}

/// Brings the list up to date where a change that is through can make another one of it: a job has thousands.
fn relist(channel: &mut Channel, change: &Change) {
    let same = change.row.is_some() && change.edit != Edit::Delete;
    if !same || !channel.sources.rows.filter.is_empty() {
        channel.sources.refilter();
    }
}

/// A change waits again. Where the user wrote on under another id, that one takes its place.
fn became(channel: &mut Channel, change: Change, how: ChangeState) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let newer = sources.changes.values().rev().find(|c| c.row.is_some() && c.row == change.row && c.id > change.id);
    let Some(mut newer) = newer.filter(|c| c.source == change.source).cloned() else {
        if let Some(known) = sources.changes.get_mut(&change.id) {
            known.state = how;
        }
        relist(channel, &change);
        return Vec::new();
    };
    newer.base = change.base;
    newer.state = how;
    if let Some(editor) = sources.editor.as_mut().filter(|e| e.change == newer.id) {
        editor.base.clone_from(&newer.base);
    }
    vec![staging::put(channel, newer), staging::forget(channel, &change.id)]
}

/// All are through, or the reason why they could not be begun.
pub(super) fn ended(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    source: &SourceId,
    result: &Result<(), Failure>,
) -> Vec<Effect> {
    outdate(channel);
    let sources = &mut channel.sources;
    let mut effects = Vec::new();
    let mine = sources.job.as_mut().filter(|job| job.source == *source && !job.ended);
    if let Some(job) = mine {
        job.ended = true;
        let text = summary(job);
        let bad = job.done.iter().any(|(_, _, applied)| {
            matches!(applied, Applied::Refused(_) | Applied::Conflict(_) | Applied::Unknown(_))
        });
        match result {
            Ok(()) if bad => effects.extend(refuse(ctx, &text)),
            Ok(()) => effects.extend(say(ctx, &text)),
            Err(_) => {}
        }
    }
    let sources = &mut channel.sources;
    // What was not begun waits again; the store says so too, as soon as it is asked.
    for change in sources.changes.values_mut().filter(|c| c.source == *source && c.state == ChangeState::Applying) {
        change.state = touched(change);
    }
    sources.refilter();
    if let Err(failure) = result {
        effects.extend(complain(ctx, "", failure));
    }
    effects.extend(staging::ask(channel));
    // The source is not what the bot knows any more.
    effects.extend(reading::ask(channel, ctx));
    if channel.sources.selected.as_ref() == Some(source) {
        effects.extend(reading::ask_rows(channel, ctx));
        effects.extend(reading::read_again(channel));
    } else {
        channel.sources.shelf.remove(source);
    }
    effects.extend(apply_resolved(channel, ctx));
    let free = ctx.window.view == ViewKind::Sources
        && ctx.on_screen
        && !ctx.window.is_covered()
        && channel.sources.is_idle();
    if free
        && channel.sources.selected.as_ref() == Some(source)
        && let Some(first) = conflicts::first_of_job(channel)
    {
        effects.extend(conflicts::show(channel, first));
    }
    effects
}

/// What became of them all, in one line.
fn summary(job: &Job) -> String {
    let Tally { created, updated, deleted } = job.tally;
    let how_many = |what: fn(&Applied) -> bool| job.done.iter().filter(|(_, _, applied)| what(applied)).count();
    let already = how_many(|a| matches!(a, Applied::Already(_)));
    let refused = how_many(|a| matches!(a, Applied::Refused(_)));
    let conflicts = how_many(|a| matches!(a, Applied::Conflict(_)));
    let unknown = how_many(|a| matches!(a, Applied::Unknown(_)));
    let done = created + updated + deleted;
    let left = job.total.saturating_sub(done + already + refused + conflicts + unknown);
    let mut parts = Vec::new();
    if updated > 0 || done + already + refused + conflicts + unknown == 0 {
        parts.push(format!("{} updated", count(updated, "row", "rows")));
    }
    let mut part = |n: usize, word: &str| {
        if n > 0 {
            let what = if parts.is_empty() { count(n, "row", "rows") } else { n.to_string() };
            parts.push(format!("{what} {word}"));
        }
    };
    part(created, "created");
    part(deleted, "deleted");
    part(already, "as it should be already");
    part(refused, "refused");
    part(conflicts, if conflicts == 1 { "in conflict" } else { "in conflict, one after the other" });
    part(unknown, "of unknown fate");
    part(left, "not begun");
    let sync = if done > 0 { " s syncs it: the bot does not know yet." } else { "" };
    let kept = if refused + unknown > 0 { " What was refused stays staged." } else { "" };
    format!("{}.{kept}{sync}", parts.join(", "))
}

/// Applies what was decided, unless others are being applied: then after them.
pub(super) fn apply_resolved(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if channel.sources.resolved.is_empty() || channel.sources.applies() {
        return Vec::new();
    }
    let resolved = std::mem::take(&mut channel.sources.resolved);
    // What was touched again since waits for another word.
    let ready = |id: &&ChangeId| channel.sources.changes.get(id).is_some_and(|c| c.state == ChangeState::Staged);
    let ready: Vec<ChangeId> = resolved.iter().filter(ready).cloned().collect();
    if ready.is_empty() { Vec::new() } else { start(channel, ctx, &ready) }
}
