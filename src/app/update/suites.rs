//! The Tests view: what happens to it, and what the user asks of it. What it runs stands in `running`, what is done to
//! kept answers in `answers`.

mod answers;
mod running;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::Request;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::line_input::LineInput;
use crate::app::suites::{CaseEntry, FAILED, SuiteEntry, SuitesEffect, SuitesEvent, SuitesMeasured, SuitesView};
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::{Ctx, complain, say};
use crate::app::view::{Side, ViewKind};

/// Shows the view as it was left, and what is on the disk by now.
fn show(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.view != ViewKind::Tests {
        suites.from = ctx.window.view;
        ctx.window.view = ViewKind::Tests;
    }
    vec![Effect::Suites(SuitesEffect::Load)]
}

/// Does what an action means in this view; none where it means the same everywhere.
pub(super) fn handle_action(suites: &mut SuitesView, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if action == Action::ShowTests {
        return Some(show(suites, ctx));
    }
    if ctx.window.view != ViewKind::Tests {
        return None;
    }
    let effects = match action {
        Action::Confirm => running::confirm(suites, ctx),
        Action::Back => back(suites, ctx),
        Action::Up => up_down(suites, -1),
        Action::Down => up_down(suites, 1),
        Action::PageUp => page(suites, -1),
        Action::PageDown => page(suites, 1),
        Action::Top => to_end(suites, false),
        Action::Bottom => to_end(suites, true),
        Action::Open if suites.filtering => {
            suites.filtering = false;
            Vec::new()
        }
        Action::Open => {
            if suites.selected.is_some() {
                suites.side = Side::Detail;
            }
            Vec::new()
        }
        Action::NextPane | Action::PreviousPane => {
            suites.filtering = false;
            suites.side = if suites.side == Side::List { Side::Detail } else { Side::List };
            Vec::new()
        }
        Action::Filter => {
            (suites.filtering, suites.side) = (true, Side::List);
            Vec::new()
        }
        Action::OnlyFailed => only_failed(suites),
        Action::Refresh => vec![Effect::Suites(SuitesEffect::Load)],
        Action::RunCase => running::selected(suites, ctx),
        Action::RunSuite => running::suite(suites, ctx),
        Action::RunAllSuites => running::all(suites, ctx),
        Action::RunMissed => running::missed(suites, ctx),
        Action::StopRun => running::stop(suites, ctx),
        Action::AcceptAnswer => answers::decide(suites, ctx, true),
        Action::RefuseAnswer => answers::decide(suites, ctx, false),
        Action::UndoAnswer => answers::undo(suites, ctx),
        Action::EditSuite => edit(suites, ctx),
        Action::ToConversation => to_conversation(suites, ctx),
        other if other.is_for_every_view() => return None,
        // What means something in another view alone.
        _ => Vec::new(),
    };
    Some(effects)
}

/// What happened to the view.
pub(super) fn handle_event(suites: &mut SuitesView, ctx: &mut Ctx<'_>, event: SuitesEvent) -> Vec<Effect> {
    match event {
        SuitesEvent::Loaded { suites: read, answers, folder, problem } => {
            (suites.answers, suites.folder, suites.problem) = (answers, Some(folder), problem);
            loaded(suites, read);
            Vec::new()
        }
        SuitesEvent::CaseBegan(run, id) => running::began(suites, run, id),
        SuitesEvent::Waiting { run, case, seconds, why } => running::waits(suites, run, case, seconds, &why),
        SuitesEvent::CaseEnded(run, id, result) => running::case_ended(suites, ctx, run, &id, *result),
        SuitesEvent::RunEnded { run, ms, failure, changed } => {
            running::ended(suites, ctx, run, ms, failure.as_ref(), changed)
        }
        SuitesEvent::Answered(deed, result) => answers::answered(suites, ctx, deed, result),
        SuitesEvent::Restored(result) => answers::restored(ctx, result),
        SuitesEvent::Edited(Ok(())) => vec![Effect::Suites(SuitesEffect::Load)],
        SuitesEvent::Edited(Err(failure)) => {
            let mut effects = complain(ctx, "", &failure);
            effects.push(Effect::Suites(SuitesEffect::Load));
            effects
        }
        // Told to the overlay that made it.
        SuitesEvent::CaseAdded { .. } => Vec::new(),
        SuitesEvent::Measured(measured) => {
            measure(suites, measured);
            Vec::new()
        }
    }
}

/// Takes what was read. Where a file is wrong now, what is known of its cases stays; what came of a run that is under way
/// is newer than what was read meanwhile.
fn loaded(suites: &mut SuitesView, mut read: Vec<SuiteEntry>) {
    let before = suites.position();
    for entry in &mut read {
        let Some(known) = suites.suites.iter().find(|known| known.path == entry.path) else { continue };
        if entry.problem.is_some() {
            for case in &known.cases {
                match entry.cases.iter_mut().find(|read| read.name == case.name) {
                    Some(read) => read.case = read.case.take().or_else(|| case.case.clone()),
                    None => entry.cases.push(case.clone()),
                }
            }
        }
        let Some(run) = &suites.running else { continue };
        let asked: HashSet<&str> =
            run.cases.iter().filter(|id| id.suite == entry.path).map(|id| id.case.as_str()).collect();
        let was: HashMap<&str, &CaseEntry> = known.cases.iter().map(|case| (case.name.as_str(), case)).collect();
        for is in entry.cases.iter_mut().filter(|case| asked.contains(case.name.as_str())) {
            if let Some(was) = was.get(is.name.as_str()) {
                (is.past, is.unfinished) = (was.past.clone(), was.unfinished);
            }
        }
    }
    suites.suites = read;
    suites.loaded = true;
    suites.settle(before);
}

fn measure(suites: &mut SuitesView, measured: SuitesMeasured) {
    suites.measured = measured;
    suites.scroll = suites.scroll.min(measured.lines.saturating_sub(measured.detail));
    if let Some(height) = measured.list.filter(|height| *height != suites.view.height) {
        suites.view.height = height;
        let (at, len) = (suites.position(), suites.rows().len());
        suites.view.reveal(at, len);
    }
}

/// Scrolls the right pane.
fn scroll(suites: &mut SuitesView, rows: isize) {
    let last = suites.measured.lines.saturating_sub(suites.measured.detail);
    suites.scroll = suites.scroll.saturating_add_signed(rows).min(last);
}

fn step(suites: &mut SuitesView, by: isize) {
    let at = suites.position().unwrap_or(0).saturating_add_signed(by);
    suites.select(at);
}

fn up_down(suites: &mut SuitesView, by: isize) -> Vec<Effect> {
    if suites.side == Side::Detail {
        scroll(suites, by);
    } else {
        step(suites, by);
    }
    Vec::new()
}

fn page(suites: &mut SuitesView, by: isize) -> Vec<Effect> {
    if suites.side == Side::Detail {
        scroll(suites, isize::try_from(suites.measured.detail.max(3) - 2).unwrap_or(1) * by);
    } else {
        let rows = suites.view.page();
        step(suites, rows * by);
    }
    Vec::new()
}

fn to_end(suites: &mut SuitesView, last: bool) -> Vec<Effect> {
    if suites.side == Side::Detail {
        suites.scroll = 0;
        scroll(suites, if last { isize::MAX } else { 0 });
    } else {
        suites.select(if last { usize::MAX } else { 0 });
    }
    Vec::new()
}

/// One level back: from a question, from what is selected, from a filter, from the view.
fn back(suites: &mut SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if suites.question.take().is_some() {
        return Vec::new();
    }
    if suites.side == Side::Detail {
        suites.side = Side::List;
    } else if suites.filtering || !suites.filter.is_empty() {
        suites.filtering = false;
        refilter(suites, LineInput::default());
    } else {
        ctx.window.view = suites.from;
    }
    Vec::new()
}

/// Something for the filter line.
pub(super) fn write_line(suites: &mut SuitesView, input: TextInput) -> Vec<Effect> {
    if !suites.filtering || suites.question.is_some() {
        return Vec::new();
    }
    let mut filter = suites.filter.clone();
    if filter.take(input) {
        refilter(suites, filter);
    } else {
        // The cursor alone moved.
        suites.filter = filter;
    }
    Vec::new()
}

fn refilter(suites: &mut SuitesView, filter: LineInput) {
    suites.filter = filter;
    suites.settle(None);
}

/// Takes the word that leaves those that didn't pass into the filter, or out of it.
fn only_failed(suites: &mut SuitesView) -> Vec<Effect> {
    let words: Vec<&str> = suites.filter.split_whitespace().collect();
    let filter = if words.contains(&FAILED) {
        words.into_iter().filter(|word| *word != FAILED).collect::<Vec<_>>().join(" ")
    } else {
        words.into_iter().chain([FAILED]).collect::<Vec<_>>().join(" ")
    };
    refilter(suites, LineInput::from(filter));
    Vec::new()
}

/// Lets the user write the selected suite's file.
fn edit(suites: &SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match suites.selected_suite() {
        Some(suite) => vec![Effect::Suites(SuitesEffect::Edit(suite.path.clone()))],
        None => say(ctx, "Select a suite first."),
    }
}

/// Opens the conversation in which the selected case was asked last.
fn to_conversation(suites: &SuitesView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match suites.conversation() {
        Some((channel, conversation)) => {
            let conversation = Some(conversation);
            ctx.ask(Request::ShowFound { channel, conversation, place: None, text: String::new() })
        }
        None => say(ctx, "It was asked in no conversation that is on record."),
    }
}

/// A click on one of the view's panes: in the list with the row on screen.
pub(super) fn click(suites: &mut SuitesView, pane: Pane, row: usize) -> Vec<Effect> {
    if suites.question.is_some() {
        return Vec::new();
    }
    if pane == Pane::CaseDetail {
        suites.side = Side::Detail;
    } else if suites.view.top + row < suites.rows().len() {
        suites.side = Side::List;
        suites.select(suites.view.top + row);
    }
    Vec::new()
}

/// Scrolls what is under the mouse.
pub(super) fn wheel(suites: &mut SuitesView, pane: Pane, rows: i64) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    if pane == Pane::CaseDetail {
        scroll(suites, rows);
    } else {
        let len = suites.rows().len();
        suites.view.scroll(rows, len);
    }
    Vec::new()
}
