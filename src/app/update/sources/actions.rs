//! What the user asks of the Sources view by key.

use super::{apply, conflict, edit, effect, list, navigation, overlays, refilter, show, staging, undo};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::sources::{SourcesEffect, SourcesOverlay, SourcesPane};
use crate::app::update::ctx::{Ctx, say};

/// Does what an action means in this view; none where it means the same everywhere.
pub(in crate::app::update) fn handle_action(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    action: Action,
) -> Option<Vec<Effect>> {
    if action.is_for_every_view() {
        return None;
    }
    if !channel.capabilities.sources {
        return Some(Vec::new());
    }
    // What lies over the view, and the editor, have the keys alone; an action from elsewhere finds them in its way.
    let covered = channel.sources.overlay.is_some() || channel.sources.editor.is_some();
    if covered && in_lists(action) {
        return Some(Vec::new());
    }
    Some(match action {
        Action::Up => navigation::step(channel, ctx, -1),
        Action::Down => navigation::step(channel, ctx, 1),
        Action::PageUp => navigation::page(channel, ctx, -1),
        Action::PageDown => navigation::page(channel, ctx, 1),
        Action::Top => navigation::to_end(channel, ctx, false),
        Action::Bottom => navigation::to_end(channel, ctx, true),
        Action::NextPane => navigation::next_pane(channel, ctx, 1),
        Action::PreviousPane => navigation::next_pane(channel, ctx, 2),
        Action::Back => back(channel, ctx),
        Action::Open => open(channel),
        Action::Confirm => overlays::confirm(channel, ctx),
        Action::Filter => filter(channel, ctx),
        Action::Refresh => list::refresh(channel, ctx),
        Action::Sync => list::sync(channel, ctx),
        Action::Interval => overlays::ask_interval(channel, ctx),
        Action::NewSource => new_source(channel, ctx),
        Action::DeleteSource => overlays::ask_delete(channel, ctx),
        Action::Journal => undo::show(channel, ctx),
        Action::Results => results(channel, ctx),
        Action::EditRow => edit::open(channel, ctx, false),
        Action::EditRowOutside => edit::open(channel, ctx, true),
        Action::NewRow => edit::ask_name(channel, ctx, true),
        Action::RenameRow => edit::ask_name(channel, ctx, false),
        Action::DeleteRows => staging::delete(channel, ctx),
        Action::MarkRow => navigation::mark(channel),
        Action::MarkRange => navigation::range(channel, ctx),
        Action::MarkAll => navigation::mark_all(channel),
        Action::Discard => staging::discard(channel, ctx),
        Action::ShowDifference => navigation::show_difference(channel, ctx),
        Action::ShowNext => navigation::show_next(channel),
        Action::Review => apply::review_all(channel, ctx),
        Action::Apply => apply::ask(channel, ctx),
        Action::ApplyRow if channel.sources.overlay.is_none() => edit::apply_row(channel, ctx),
        Action::CancelApply => apply::cancel(channel, ctx),
        Action::ShowConflict => conflict::show_selected(channel, ctx),
        Action::KeepMine => conflict::keep_mine(channel, ctx),
        Action::TakeTheirs => conflict::take_theirs(channel, ctx),
        Action::Merge => conflict::merge(channel, ctx),
        Action::ExternalEditor if channel.sources.overlay.is_none() => edit::external(channel),
        Action::Search if channel.sources.overlay.is_none() => edit::search(channel, false),
        Action::SearchBack if channel.sources.overlay.is_none() => edit::search(channel, true),
        Action::Preview => {
            if let Some(editor) = &mut channel.sources.editor {
                editor.preview = !editor.preview;
            }
            Vec::new()
        }
        Action::ShowSources => show(channel, ctx),
        _ => Vec::new(),
    })
}

/// What is done in the lists, and not while something lies over them or is being written.
const fn in_lists(action: Action) -> bool {
    matches!(
        action,
        Action::Open
            | Action::Filter
            | Action::Refresh
            | Action::Sync
            | Action::Interval
            | Action::NewSource
            | Action::DeleteSource
            | Action::Journal
            | Action::Results
            | Action::EditRow
            | Action::EditRowOutside
            | Action::NewRow
            | Action::RenameRow
            | Action::DeleteRows
            | Action::MarkRow
            | Action::MarkRange
            | Action::MarkAll
            | Action::Discard
            | Action::ShowDifference
            | Action::ShowNext
            | Action::Review
            | Action::Apply
            | Action::CancelApply
            | Action::ShowConflict
    )
}

/// One level back.
fn back(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if let Some(effects) = overlays::close(channel, ctx) {
        return effects;
    }
    if let Some(editor) = &mut channel.sources.editor {
        if editor.search.take().is_some() {
            return Vec::new();
        }
        return edit::leave(channel, ctx);
    }
    let sources = &mut channel.sources;
    if let Some(awaited) = sources.awaited.take() {
        return edit::write_ahead(channel, ctx, awaited.typed);
    }
    if sources.filtering {
        sources.filtering = false;
        return refilter(channel, LineInput::default());
    }
    if sources.pane == SourcesPane::Detail {
        sources.pane = SourcesPane::Rows;
        return Vec::new();
    }
    if sources.rows.range.take().is_some() {
        return Vec::new();
    }
    if !sources.rows.marked.is_empty() {
        sources.rows.marked.clear();
        return Vec::new();
    }
    if !sources.rows.filter.is_empty() {
        return refilter(channel, LineInput::default());
    }
    ctx.window.notice = None;
    Vec::new()
}

/// Keeps the filter; from the list of sources to the rows of the selected one.
fn open(channel: &mut Channel) -> Vec<Effect> {
    let sources = &mut channel.sources;
    if sources.filtering {
        sources.filtering = false;
    } else if sources.pane == SourcesPane::Sources && sources.selected.is_some() {
        sources.pane = SourcesPane::Rows;
    }
    Vec::new()
}

fn filter(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if channel.sources.selected.is_none() {
        return say(ctx, "There are no rows to filter.");
    }
    channel.sources.filtering = true;
    channel.sources.pane = SourcesPane::Rows;
    Vec::new()
}

fn new_source(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if channel.sources.making {
        return say(ctx, "A source is being made already.");
    }
    channel.sources.making = true;
    let mut effects = effect(SourcesEffect::Create);
    effects.extend(say(ctx, "A source is being made."));
    effects
}

fn results(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if channel.sources.job.as_ref().is_none_or(|job| job.done.is_empty()) {
        return say(ctx, "Nothing was applied from here yet.");
    }
    channel.sources.overlay = Some(SourcesOverlay::Results(0));
    Vec::new()
}
