//! What the user asks of the Sources view by key.

use super::{apply, conflict, edit, effect, list, overlays, refilter, say, show, staging, travel, undo};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::sources::{SourcesEffect, SourcesOverlay, SourcesPane};
use crate::app::state::State;
use crate::domain::Timestamp;

/// Does what an action means in this view; none where it means the same everywhere.
pub(in crate::app::update) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    if everywhere(action) {
        return None;
    }
    if !state.channel.capabilities.sources {
        return Some(Vec::new());
    }
    // What lies over the view, and the editor, have the keys alone; an action from elsewhere finds them in its way.
    let covered = state.channel.sources.overlay.is_some() || state.channel.sources.editor.is_some();
    if covered && in_lists(action) {
        return Some(Vec::new());
    }
    Some(match action {
        Action::Up => travel::step(state, -1),
        Action::Down => travel::step(state, 1),
        Action::PageUp => travel::page(state, -1),
        Action::PageDown => travel::page(state, 1),
        Action::Top => travel::to_end(state, false),
        Action::Bottom => travel::to_end(state, true),
        Action::NextPane => travel::next_pane(state, 1, now),
        Action::PreviousPane => travel::next_pane(state, 2, now),
        Action::Back => back(state, now),
        Action::Open => open(state),
        Action::Confirm => overlays::confirm(state, now),
        Action::Filter => filter(state, now),
        Action::Refresh => list::refresh(state),
        Action::Sync => list::sync(state, now),
        Action::Interval => overlays::ask_interval(state, now),
        Action::NewSource => new_source(state, now),
        Action::DeleteSource => overlays::ask_delete(state, now),
        Action::Journal => undo::show(state, now),
        Action::Results => results(state, now),
        Action::EditRow => edit::open(state, false, now),
        Action::EditRowOutside => edit::open(state, true, now),
        Action::NewRow => edit::ask_name(state, true, now),
        Action::RenameRow => edit::ask_name(state, false, now),
        Action::DeleteRows => staging::delete(state, now),
        Action::MarkRow => travel::mark(state),
        Action::MarkRange => travel::range(state, now),
        Action::MarkAll => travel::mark_all(state),
        Action::Discard => staging::discard(state, now),
        Action::ShowDifference => travel::show_difference(state, now),
        Action::ShowNext => travel::show_next(state),
        Action::Review => apply::review_all(state, now),
        Action::Apply => apply::ask(state, now),
        Action::ApplyRow if state.channel.sources.overlay.is_none() => edit::apply_row(state, now),
        Action::CancelApply => apply::cancel(state, now),
        Action::ShowConflict => conflict::show_selected(state, now),
        Action::KeepMine => conflict::keep_mine(state, now),
        Action::TakeTheirs => conflict::take_theirs(state, now),
        Action::Merge => conflict::merge(state, now),
        Action::ExternalEditor if state.channel.sources.overlay.is_none() => edit::external(state),
        Action::Search if state.channel.sources.overlay.is_none() => edit::search(state, false),
        Action::SearchBack if state.channel.sources.overlay.is_none() => edit::search(state, true),
        Action::Preview => {
            if let Some(editor) = &mut state.channel.sources.editor {
                editor.preview = !editor.preview;
            }
            Vec::new()
        }
        Action::ShowSources => show(state, now),
        _ => Vec::new(),
    })
}

/// What means the same in every view.
const fn everywhere(action: Action) -> bool {
    matches!(
        action,
        Action::ShowChat
            | Action::ShowWebhooks
            | Action::ShowSearch
            | Action::SearchHere
            | Action::NewConversation
            | Action::Channels
            | Action::NextChannel
            | Action::PreviousChannel
            | Action::Help
            | Action::Mouse
            | Action::Redraw
            | Action::Suspend
            | Action::Interrupt
    )
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
fn back(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if let Some(effects) = overlays::close(state, now) {
        return effects;
    }
    if let Some(editor) = &mut state.channel.sources.editor {
        if editor.search.take().is_some() {
            return Vec::new();
        }
        return edit::leave(state, now);
    }
    let sources = &mut state.channel.sources;
    if let Some(awaited) = sources.awaited.take() {
        return edit::write_ahead(state, awaited.typed, now);
    }
    if sources.filtering {
        sources.filtering = false;
        return refilter(state, String::new());
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
        return refilter(state, String::new());
    }
    state.window.notice = None;
    Vec::new()
}

/// Keeps the filter; from the list of sources to the rows of the selected one.
fn open(state: &mut State) -> Vec<Effect> {
    let sources = &mut state.channel.sources;
    if sources.filtering {
        sources.filtering = false;
    } else if sources.pane == SourcesPane::Sources && sources.selected.is_some() {
        sources.pane = SourcesPane::Rows;
    }
    Vec::new()
}

fn filter(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.selected.is_none() {
        return say(state, "There are no rows to filter.", now);
    }
    state.channel.sources.filtering = true;
    state.channel.sources.pane = SourcesPane::Rows;
    Vec::new()
}

fn new_source(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.making {
        return say(state, "A source is being made already.", now);
    }
    state.channel.sources.making = true;
    let mut effects = effect(SourcesEffect::Create);
    effects.extend(say(state, "A source is being made.", now));
    effects
}

fn results(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.job.as_ref().is_none_or(|job| job.done.is_empty()) {
        return say(state, "Nothing was applied from here yet.", now);
    }
    state.channel.sources.overlay = Some(SourcesOverlay::Results(0));
    Vec::new()
}
