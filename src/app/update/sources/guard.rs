//! A run of a suite around what is staged: chosen in the review, followed, told at its end, and taken up again.

use super::{effect, reading, staging};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{
    GuardEnd, GuardFate, GuardHow, GuardNews, GuardRunning, GuardStep, SourcesEffect, SourcesOverlay,
};
use crate::app::update::ctx::{Ctx, complain, refuse, say};
use crate::app::view::ViewKind;
use crate::domain::{ChangeId, SourceId};

/// Asks which suites there are, and whether a run around the selected source is unfinished.
pub(super) fn look(channel: &Channel) -> Vec<Effect> {
    match &channel.sources.selected {
        Some(source) => effect(SourcesEffect::GuardLook(source.clone())),
        None => Vec::new(),
    }
}

/// Chooses the next suite, or none behind the last.
pub(super) fn next_suite(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let Some(SourcesOverlay::Review { top, .. }) = &mut sources.overlay else { return Vec::new() };
    let Some(suites) = &sources.guard.suites else { return say(ctx, "The suites are still being read.") };
    if suites.is_empty() {
        return say(ctx, "There is no suite yet: in a conversation a case is made of what was said.");
    }
    let next = sources.guard.chosen.map_or(0, |at| at + 1);
    sources.guard.chosen = Some(next).filter(|at| *at < suites.len());
    *top = 0;
    Vec::new()
}

/// In the review whether all is put back where a case breaks; of a run that ended its rows are put back.
pub(super) fn undo(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match channel.sources.overlay {
        Some(SourcesOverlay::Review { .. }) => {
            channel.sources.guard.undo = !channel.sources.guard.undo;
            Vec::new()
        }
        _ => take_up(channel, ctx, GuardHow::PutBack),
    }
}

/// Applies changes around the chosen suite.
pub(super) fn begin(channel: &mut Channel, ctx: &mut Ctx<'_>, changes: Vec<ChangeId>) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let Some(source) = changes.first().and_then(|id| sources.changes.get(id)).map(|change| change.source.clone())
    else {
        return Vec::new();
    };
    let Some(suite) = sources.guard.suite().cloned() else { return Vec::new() };
    let undo = sources.guard.undo;
    sources.rows.marked.clear();
    sources.rows.range = None;
    run(channel, &source, GuardStep::Before);
    let mut effects = effect(SourcesEffect::GuardRun { source, changes, suite: suite.path, undo });
    effects.extend(say(ctx, &format!("{} is asked before anything is changed.", super::short(&suite.name).as_str())));
    effects
}

/// Takes up the last run.
pub(super) fn take_up(channel: &mut Channel, ctx: &mut Ctx<'_>, how: GuardHow) -> Vec<Effect> {
    let guard = &channel.sources.guard;
    if channel.sources.applies() {
        return refuse(ctx, "Others are being applied: wait for their end.");
    }
    let Some(source) = guard.source().cloned() else { return Vec::new() };
    channel.sources.overlay = None;
    let step = if how == GuardHow::PutBack { GuardStep::Undoing } else { GuardStep::Before };
    run(channel, &source, step);
    effect(SourcesEffect::GuardResume(source, how))
}

fn run(channel: &mut Channel, source: &SourceId, step: GuardStep) {
    let sources = &mut channel.sources;
    sources.job = None;
    (sources.guard.ended, sources.guard.unfinished) = (None, None);
    sources.guard.running =
        Some(GuardRunning { source: source.clone(), step, done: 0, of: 0, missed: 0, stopping: false });
}

/// Asks the run to begin nothing else; none where none is under way.
pub(super) fn stop(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Option<Vec<Effect>> {
    let run = channel.sources.guard.running.as_mut().filter(|run| !run.stopping)?;
    run.stopping = true;
    let mut effects = effect(SourcesEffect::Cancel(run.source.clone()));
    effects.extend(say(ctx, "It stops: what is under way is finished, and the run can be taken up again."));
    Some(effects)
}

/// Something is told of a run.
pub(super) fn came(channel: &mut Channel, ctx: &mut Ctx<'_>, source: &SourceId, news: GuardNews) -> Vec<Effect> {
    let guard = &mut channel.sources.guard;
    match news {
        GuardNews::Known(suites, unfinished) => {
            guard.chosen = guard.chosen.filter(|at| *at < suites.len());
            guard.suites = Some(suites);
            if guard.running.is_none() {
                guard.unfinished = unfinished.map(|far| (source.clone(), far));
            }
            if !std::mem::take(&mut guard.looking) {
                return Vec::new();
            }
            if guard.unfinished.is_none() {
                return say(ctx, "Nothing was applied from here yet.");
            }
            if channel.sources.is_idle() {
                channel.sources.overlay = Some(SourcesOverlay::Results(0));
            }
            Vec::new()
        }
        GuardNews::Unfinished(far) => {
            if guard.running.is_some() || guard.ended.is_some() || guard.unfinished.is_some() {
                return Vec::new();
            }
            guard.unfinished = Some((source.clone(), far));
            let key = ctx.window.key(&channel.sources.contexts(), Action::Results);
            let way = if key.is_empty() { String::new() } else { format!(" {key} shows it.") };
            say(ctx, &format!("A run of tests around this source is unfinished.{way}"))
        }
        GuardNews::Step(step) => {
            if let Some(run) = &mut guard.running {
                (run.step, run.done, run.of, run.missed) = (step, 0, 0, 0);
            }
            Vec::new()
        }
        GuardNews::Count { done, of, missed } => {
            if let Some(run) = &mut guard.running {
                (run.done, run.of, run.missed) = (done, of, missed);
            }
            Vec::new()
        }
        GuardNews::Ended(Ok(end)) => ended(channel, ctx, *end),
        GuardNews::Ended(Err(failure)) => {
            guard.running = None;
            let mut effects = complain(ctx, "The tests were not run: ", &failure);
            // One that is unfinished may be why.
            effects.extend(look(channel));
            effects.extend(staging::ask(channel));
            effects
        }
    }
}

fn ended(channel: &mut Channel, ctx: &mut Ctx<'_>, end: GuardEnd) -> Vec<Effect> {
    let source = end.source.clone();
    let told = format!("Around the change: {}. {}", end.totals(), end.outcome());
    let bad = end.broken() > 0 || end.fate == GuardFate::Unfinished || !end.left.is_empty();
    let mut effects = match &end.failure {
        Some(failure) => complain(ctx, &format!("{told} "), failure),
        None if bad => refuse(ctx, &told),
        None => say(ctx, &told),
    };
    let nothing_to_see = end.cases.is_empty() && end.left.is_empty();
    let sources = &mut channel.sources;
    sources.guard.running = None;
    sources.guard.ended = Some(end);
    let free = ctx.window.view == ViewKind::Sources && ctx.on_screen && !ctx.window.is_covered() && sources.is_idle();
    if free && !nothing_to_see {
        sources.overlay = Some(SourcesOverlay::Results(0));
    }
    effects.extend(staging::ask(channel));
    effects.extend(reading::ask(channel, ctx));
    if channel.sources.selected.as_ref() == Some(&source) {
        effects.extend(reading::ask_rows(channel, ctx));
        effects.extend(reading::read_again(channel));
    } else {
        channel.sources.shelf.remove(&source);
    }
    effects.extend(effect(SourcesEffect::Journal(source)));
    effects
}
