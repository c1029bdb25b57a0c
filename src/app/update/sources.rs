//! The Sources view: what happens to it.

use crate::app::sources::SourcesEvent;
use crate::app::{Effect, Pane, State};
use crate::domain::Timestamp;

/// Something of the view happened.
pub(super) fn happen(_state: &mut State, _event: SourcesEvent, _now: Timestamp) -> Vec<Effect> {
    Vec::new()
}

/// A click on one of its panes, on the nth row on screen.
pub(super) fn click(_state: &mut State, _pane: Pane, _row: usize, _now: Timestamp) -> Vec<Effect> {
    Vec::new()
}

/// The wheel over one of its panes: rows, down is positive.
pub(super) fn wheel(_state: &mut State, _pane: Pane, _rows: i64) -> Vec<Effect> {
    Vec::new()
}

/// Shows the view.
pub(super) fn show(state: &mut State, _now: Timestamp) -> Vec<Effect> {
    state.view = crate::app::ViewKind::Sources;
    Vec::new()
}

/// Does what an action means in this view; none where it means the same everywhere.
pub(super) fn act(_state: &mut State, _action: crate::app::Action, _now: Timestamp) -> Option<Vec<Effect>> {
    None
}
