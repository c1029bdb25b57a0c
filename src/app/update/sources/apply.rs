//! Applying what is staged: shown first, then made one by one, with a result for each.

use super::staging::{self, outdate, touched};
use super::{complain, conflict, count, edit, effect, list, refuse, say, short};
use crate::app::effect::Effect;
use crate::app::sources::{
    Job, Shown, Sought, SourcesEffect, SourcesOverlay, SourcesPane, Tally, holds_marks, staged_name, staged_text,
};
use crate::app::state::State;
use crate::app::window::ViewKind;
use crate::domain::{
    Applied, Change, ChangeId, ChangeState, Edit, Failure, RowId, SafeText, SourceId, SyncState, Timestamp, Version,
};

/// Shows the whole difference of those changes.
pub(super) fn review(state: &mut State, changes: Vec<ChangeId>) -> Vec<Effect> {
    state.channel.sources.overlay = Some(SourcesOverlay::Review { changes, top: 0, warning: None });
    Vec::new()
}

/// Shows all that is staged in the source.
pub(super) fn review_all(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let all: Vec<ChangeId> = state.channel.sources.staged().map(|c| c.id.clone()).collect();
    if all.is_empty() {
        return say(state, "Nothing is staged in this source.", now);
    }
    review(state, all)
}

/// Shows what is to be applied: what is staged of the marked rows, or all.
pub(super) fn ask(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let sources = &state.channel.sources;
    let marked = &sources.rows.marked;
    let wanted = |change: &&Change| marked.is_empty() || marked.contains(&Shown::of(change));
    let changes: Vec<&Change> = sources.staged().filter(wanted).collect();
    if changes.is_empty() {
        let what = if marked.is_empty() { "in this source" } else { "of the marked rows" };
        return say(state, &format!("Nothing is staged {what}."), now);
    }
    let ready: Vec<ChangeId> = changes.iter().filter(|c| c.state.is_ready()).map(|c| c.id.clone()).collect();
    if !ready.is_empty() {
        return review(state, ready);
    }
    match changes.iter().find(|c| matches!(c.state, ChangeState::Conflict(_))).map(|c| c.id.clone()) {
        Some(first) => conflict::show(state, first),
        None => say(state, "It is being applied already.", now),
    }
}

/// Applies what the review shows, as far as it is ready.
pub(super) fn confirmed(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    let running = sources.applies();
    let Some(SourcesOverlay::Review { changes, warning, .. }) = &mut sources.overlay else { return Vec::new() };
    if running {
        return refuse(state, "Others are being applied: wait for their end.", now);
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
        return refuse(state, "None of them can be applied as it is.", now);
    }
    sources.overlay = None;
    start(state, &ready, now)
}

/// Hands changes over to be applied, all of one source. They are nobody else's to touch until they are through.
pub(super) fn start(state: &mut State, ids: &[ChangeId], now: Timestamp) -> Vec<Effect> {
    outdate(state);
    let sources = &mut state.channel.sources;
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
    let mut effects = list::read_if_due(state);
    let text = format!("{} being applied.", count(changes.len(), "change is", "changes are"));
    effects.extend(effect(SourcesEffect::Apply { source, changes }));
    effects.extend(say(state, &text, now));
    effects
}

/// Begins no more of what is being applied.
pub(super) fn cancel(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(job) = state.channel.sources.job.as_mut().filter(|job| !job.ended && !job.cancelled) else {
        return Vec::new();
    };
    job.cancelled = true;
    let mut effects = effect(SourcesEffect::Cancel(job.source.clone()));
    effects.extend(say(state, "No more are begun; what is under way comes to its end.", now));
    effects
}

/// A change is through.
pub(super) fn applied(state: &mut State, id: &ChangeId, applied: Applied, now: Timestamp) -> Vec<Effect> {
    outdate(state);
    let Some(change) = state.channel.sources.changes.get(id).cloned() else { return Vec::new() };
    if let Some(job) = state.channel.sources.job.as_mut().filter(|job| !job.ended && job.source == change.source) {
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
        Applied::Done(row) | Applied::Already(row) => done(state, &change, row, now),
        Applied::Refused(failure) => became(state, change, ChangeState::Refused(told(&failure))),
        Applied::Unknown(failure) => became(state, change, ChangeState::Unknown(told(&failure))),
        Applied::Conflict(theirs) => became(state, change, ChangeState::Conflict(theirs)),
        Applied::Cancelled => became(state, change, ChangeState::Staged),
    }
}

/// A failure in the words that stand on the row's line.
fn told(failure: &Failure) -> String {
    let hint = failure.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{hint}", failure.sentence())
}

/// A change was made: the row is what it was to be, also before it is read again.
fn done(state: &mut State, change: &Change, row: Option<RowId>, now: Timestamp) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
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
        let fresh = state.ids.next_change_id(now);
        if let Some(editor) = &mut state.channel.sources.editor {
            editor.change = fresh;
            if let Some(row) = change.row.clone().or(row) {
                editor.row = Some(row);
                editor.base = Some(version.clone());
            }
        }
        let differs =
            |e: &crate::app::sources::RowEditor| e.text.as_str() != version.content || e.name != version.name;
        if state.channel.sources.editor.as_ref().is_some_and(differs) {
            effects.extend(edit::keep(state, now));
        } else if state.channel.sources.editor.as_ref().is_some_and(|e| e.row.is_none()) {
            // The id of a row that was made is found in the list, and nothing more was written.
            state.channel.sources.editor = None;
        }
    }
    relist(state, change);
    effects.extend(list::read_if_due(state));
    effects
}

/// Brings the list up to date where a change that is through can make another one of it: a job has thousands.
fn relist(state: &mut State, change: &Change) {
    let same = change.row.is_some() && change.edit != Edit::Delete;
    if !same || !state.channel.sources.rows.filter.is_empty() {
        state.channel.sources.refilter();
    }
}

/// A change waits again. Where the user wrote on under another id, that one takes its place.
fn became(state: &mut State, change: Change, how: ChangeState) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    let newer = sources.changes.values().rev().find(|c| c.row.is_some() && c.row == change.row && c.id > change.id);
    let Some(mut newer) = newer.filter(|c| c.source == change.source).cloned() else {
        if let Some(known) = sources.changes.get_mut(&change.id) {
            known.state = how;
        }
        relist(state, &change);
        return Vec::new();
    };
    newer.base = change.base;
    newer.state = how;
    if let Some(editor) = sources.editor.as_mut().filter(|e| e.change == newer.id) {
        editor.base.clone_from(&newer.base);
    }
    vec![staging::put(state, newer), staging::forget(state, &change.id)]
}

/// All are through, or the reason why they could not be begun.
pub(super) fn ended(
    state: &mut State,
    source: &SourceId,
    result: &Result<(), Failure>,
    now: Timestamp,
) -> Vec<Effect> {
    outdate(state);
    let sources = &mut state.channel.sources;
    let mut effects = Vec::new();
    let mine = sources.job.as_mut().filter(|job| job.source == *source && !job.ended);
    if let Some(job) = mine {
        job.ended = true;
        let text = summary(job);
        let bad = job.done.iter().any(|(_, _, applied)| {
            matches!(applied, Applied::Refused(_) | Applied::Conflict(_) | Applied::Unknown(_))
        });
        match result {
            Ok(()) if bad => effects.extend(refuse(state, &text, now)),
            Ok(()) => effects.extend(say(state, &text, now)),
            Err(_) => {}
        }
    }
    let sources = &mut state.channel.sources;
    // What was not begun waits again; the store says so too, as soon as it is asked.
    for change in sources.changes.values_mut().filter(|c| c.source == *source && c.state == ChangeState::Applying) {
        change.state = touched(change);
    }
    sources.refilter();
    if let Err(failure) = result {
        effects.extend(complain(state, "", failure, now));
    }
    effects.extend(staging::ask(state));
    // The source is not what the bot knows any more.
    effects.extend(list::ask(state));
    if state.channel.sources.selected.as_ref() == Some(source) {
        effects.extend(list::ask_rows(state));
        effects.extend(list::read_again(state));
    } else {
        state.channel.sources.shelf.remove(source);
    }
    effects.extend(conflict::apply_resolved(state, now));
    let free = state.window.view == ViewKind::Sources
        && !state.behind
        && !state.window.is_covered()
        && state.channel.sources.is_idle();
    if free
        && state.channel.sources.selected.as_ref() == Some(source)
        && let Some(first) = conflict::first_of_job(state)
    {
        effects.extend(conflict::show(state, first));
    }
    effects
}

/// What became of them all, in one line.
fn summary(job: &Job) -> String {
    let Tally { created, updated, deleted } = job.tally;
    let told = |what: fn(&Applied) -> bool| job.done.iter().filter(|(_, _, applied)| what(applied)).count();
    let already = told(|a| matches!(a, Applied::Already(_)));
    let refused = told(|a| matches!(a, Applied::Refused(_)));
    let conflicts = told(|a| matches!(a, Applied::Conflict(_)));
    let unknown = told(|a| matches!(a, Applied::Unknown(_)));
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
