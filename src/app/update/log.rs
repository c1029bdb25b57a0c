//! The Log view: what happens to it, and what the user asks of it.

use super::webhooks::copy_text;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::feed::{Feed, PAGE};
use crate::app::line_input::LineInput;
use crate::app::log::{CallKey, FAILED, LogEffect, LogEvent, LogMeasured, LogView, RanAgain};
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::{Ctx, complain, refuse, say, wake};
use crate::app::view::{Side, ViewKind};
use crate::domain::{Failure, LoggedCall};

/// Shows the view as it was left, and what was logged since.
fn show(log: &mut LogView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.view == ViewKind::Log {
        return Vec::new();
    }
    log.from = ctx.window.view;
    ctx.window.view = ViewKind::Log;
    if log.list.rows.is_empty() && log.list.fetching.is_none() {
        return begin(log, ctx);
    }
    vec![Effect::Log(LogEffect::Follow)]
}

/// Begins at the end of the log, with the filter that there is.
fn begin(log: &mut LogView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let (filter, view) = (log.list.filter.clone(), log.list.view);
    log.list = Feed::default();
    log.list.view.height = view.height;
    log.list.refilter(filter);
    let ticket = ctx.ids.next_number();
    log.list.fetching = Some(ticket);
    vec![Effect::Log(LogEffect::Begin { ticket, limit: PAGE })]
}

/// Does what an action means in this view; none where it means the same everywhere.
pub(super) fn handle_action(log: &mut LogView, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if action == Action::ShowLog {
        return Some(show(log, ctx));
    }
    if ctx.window.view != ViewKind::Log {
        return None;
    }
    let effects = match action {
        Action::Up => up_down(log, ctx, -1),
        Action::Down => up_down(log, ctx, 1),
        Action::PageUp => page(log, ctx, -1),
        Action::PageDown => page(log, ctx, 1),
        Action::Top => to_end(log, ctx, false),
        Action::Bottom => to_end(log, ctx, true),
        Action::Open if log.filtering => {
            log.filtering = false;
            Vec::new()
        }
        Action::Open => {
            if log.selected().is_some() {
                log.side = Side::Detail;
            }
            Vec::new()
        }
        Action::NextPane | Action::PreviousPane => {
            log.filtering = false;
            log.side = if log.side == Side::List { Side::Detail } else { Side::List };
            Vec::new()
        }
        Action::Back => back(log, ctx),
        Action::Filter => {
            (log.filtering, log.side) = (true, Side::List);
            Vec::new()
        }
        Action::OnlyFailed => only_failed(log, ctx),
        Action::CopyCommand => copy_command(log, ctx),
        Action::RunAgain => run_again(log, ctx),
        Action::Refresh => begin(log, ctx),
        other if other.is_for_every_view() => return None,
        // What means something in another view alone.
        _ => Vec::new(),
    };
    Some(effects)
}

/// What happened to the view.
pub(super) fn handle_event(log: &mut LogView, ctx: &mut Ctx<'_>, event: LogEvent) -> Vec<Effect> {
    match event {
        LogEvent::Page { ticket, calls, end } => {
            if log.list.fetching != Some(ticket) {
                return Vec::new();
            }
            // A page that brings nothing is the last one, whatever it says.
            let end = end || calls.is_empty();
            let rows = log.older(calls);
            log.list.page(rows, end);
            fetch_if_due(log, ctx, false)
        }
        LogEvent::Came(calls) => {
            let (rows, follow) = (log.newer(calls), log.follows());
            let before = log.list.selected;
            log.list.came(rows, follow);
            if log.list.selected != before {
                log.scroll = 0;
            }
            Vec::new()
        }
        LogEvent::Outrun => begin(log, ctx),
        LogEvent::Failed(failure) => {
            log.list.fetching = None;
            log.list.failure = Some(failure);
            Vec::new()
        }
        LogEvent::RanAgain(key, result) => ran_again(log, ctx, key, result),
        LogEvent::Measured(measured) => measure(log, ctx, measured),
    }
}

fn measure(log: &mut LogView, ctx: &mut Ctx<'_>, measured: LogMeasured) -> Vec<Effect> {
    log.measured = measured;
    log.scroll = log.scroll.min(measured.lines.saturating_sub(measured.detail));
    if let Some(height) = measured.list
        && log.list.view.height != height
    {
        log.list.view.height = height;
        log.list.reveal();
    }
    fetch_if_due(log, ctx, false)
}

/// Reads older calls once the oldest that are loaded come near.
fn fetch_if_due(log: &mut LogView, ctx: &mut Ctx<'_>, asked: bool) -> Vec<Effect> {
    if log.list.rows.is_empty() || !log.list.wants_more(asked) {
        return Vec::new();
    }
    let ticket = ctx.ids.next_number();
    (log.list.fetching, log.list.failure) = (Some(ticket), None);
    vec![Effect::Log(LogEffect::Older { ticket, loaded: log.list.rows.len(), limit: PAGE })]
}

/// Scrolls the right pane.
fn scroll(log: &mut LogView, rows: isize) {
    let last = log.measured.lines.saturating_sub(log.measured.detail);
    log.scroll = log.scroll.saturating_add_signed(rows).min(last);
}

fn step(log: &mut LogView, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    log.list.step(by);
    log.scroll = 0;
    fetch_if_due(log, ctx, false)
}

fn up_down(log: &mut LogView, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    if log.side == Side::Detail {
        scroll(log, by);
        return Vec::new();
    }
    step(log, ctx, by)
}

fn page(log: &mut LogView, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    if log.side == Side::Detail {
        scroll(log, isize::try_from(log.measured.detail.max(3) - 2).unwrap_or(1) * by);
        return Vec::new();
    }
    let rows = log.list.view.page();
    step(log, ctx, rows * by)
}

/// To the newest or the oldest. Going to the end reads on, also where a filter has found little.
fn to_end(log: &mut LogView, ctx: &mut Ctx<'_>, oldest: bool) -> Vec<Effect> {
    if log.side == Side::Detail {
        log.scroll = 0;
        if oldest {
            scroll(log, isize::MAX);
        }
        return Vec::new();
    }
    log.list.select(if oldest { usize::MAX } else { 0 });
    log.scroll = 0;
    if oldest { fetch_if_due(log, ctx, true) } else { Vec::new() }
}

/// One level back: from what is selected, from a filter, from the view.
fn back(log: &mut LogView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if log.side == Side::Detail {
        log.side = Side::List;
        return Vec::new();
    }
    if log.filtering || !log.list.filter.is_empty() {
        log.filtering = false;
        return refilter(log, ctx, LineInput::default());
    }
    ctx.window.view = log.from;
    Vec::new()
}

/// Something for the filter line.
pub(super) fn write_line(log: &mut LogView, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    let mut filter = log.list.filter.clone();
    if !log.filtering {
        return Vec::new();
    }
    if filter.take(input) {
        return refilter(log, ctx, filter);
    }
    // The cursor alone moved.
    log.list.filter = filter;
    Vec::new()
}

fn refilter(log: &mut LogView, ctx: &mut Ctx<'_>, filter: LineInput) -> Vec<Effect> {
    log.list.refilter(filter);
    log.scroll = 0;
    fetch_if_due(log, ctx, false)
}

/// Takes the word that leaves the failed ones into the filter, or out of it.
fn only_failed(log: &mut LogView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let words = log.list.filter.split_whitespace();
    let filter = if log.only_failed() {
        words.filter(|word| *word != FAILED).collect::<Vec<_>>().join(" ")
    } else {
        words.chain([FAILED]).collect::<Vec<_>>().join(" ")
    };
    refilter(log, ctx, LineInput::from(filter))
}

fn copy_command(log: &LogView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match log.selected() {
        Some(row) => copy_text(row.curl(), "The curl command, secrets as variables"),
        None => say(ctx, "Select a call first."),
    }
}

/// Makes the selected call again, if it is one that changes nothing.
fn run_again(log: &mut LogView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(row) = log.selected() else { return say(ctx, "Select a call first.") };
    if !row.read {
        return refuse(ctx, "Only what reads is made again: this call changed something. y copies it as curl.");
    }
    if log.running.is_some() {
        return say(ctx, "The one before is still on its way.");
    }
    let (key, call): (CallKey, Box<LoggedCall>) = (row.key, Box::new(row.call.clone()));
    (log.running, log.ran) = (Some(key), None);
    let mut effects = vec![Effect::Log(LogEffect::RunAgain(key, call))];
    effects.extend(say(ctx, "It is being read again."));
    effects
}

fn ran_again(log: &mut LogView, ctx: &mut Ctx<'_>, key: CallKey, result: Result<RanAgain, Failure>) -> Vec<Effect> {
    if log.running == Some(key) {
        log.running = None;
    }
    log.ran = Some((key, result.clone()));
    match result {
        Ok(RanAgain { status, ms, .. }) => {
            ctx.say(&format!("Read again: answered {status} in {ms} ms."));
            if let Some(notice) = ctx.window.notice.as_mut().filter(|_| status >= 400) {
                notice.bad = true;
            }
            wake(ctx)
        }
        Err(failure) => complain(ctx, "It was not read again. ", &failure),
    }
}

/// A click on one of the view's panes: in the list with the row on screen.
pub(super) fn click(log: &mut LogView, ctx: &mut Ctx<'_>, pane: Pane, row: usize) -> Vec<Effect> {
    if pane == Pane::CallDetail {
        log.side = Side::Detail;
        return Vec::new();
    }
    let at = log.list.view.top + row;
    if at >= log.list.shown.len() {
        return Vec::new();
    }
    log.side = Side::List;
    log.list.select(at);
    log.scroll = 0;
    fetch_if_due(log, ctx, false)
}

/// Scrolls what is under the mouse.
pub(super) fn wheel(log: &mut LogView, ctx: &mut Ctx<'_>, pane: Pane, rows: i64) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    if pane == Pane::CallDetail {
        scroll(log, rows);
        return Vec::new();
    }
    log.list.scroll(rows);
    fetch_if_due(log, ctx, false)
}
