//! Exports and imports on screen: marks in the roster, the sheet's questions, what is under way, and its end.

mod export;
mod import;

use super::{roster, wake};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::over::Over;
use crate::app::state::State;
use crate::app::transfer::{ImportStage, Stage, TransferEffect, TransferEvent};
use crate::app::window::{Focus, ViewKind};
use crate::domain::{SafeText, Timestamp};

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    if matches!(action, Action::Mouse | Action::Redraw | Action::Suspend | Action::Interrupt | Action::Help) {
        return None;
    }
    match state.window.over.take() {
        Some(Over::Export(sheet)) => Some(export::act(state, sheet, action)),
        Some(Over::Import(sheet)) => Some(import::act(state, sheet, action)),
        None if state.window.view == ViewKind::Chat => begin(state, action, now),
        other => {
            state.window.over = other;
            None
        }
    }
}

/// What an action means while no sheet is open.
fn begin(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let listed = state.window.focus == Focus::Roster;
    match action {
        Action::Export => Some(export::begin(state, now)),
        Action::Import => Some(import::begin(state)),
        Action::MarkConversation if listed => {
            state.channel.roster.mark();
            state.channel.roster.step(1);
            Some(roster::fetch_if_due(state))
        }
        Action::MarkConversations if listed => {
            state.channel.roster.mark_shown();
            Some(Vec::new())
        }
        _ => None,
    }
}

/// Asks for something.
fn ask(effect: TransferEffect) -> Vec<Effect> {
    vec![Effect::Transfer(effect)]
}

/// Changes the line that is being typed; what was wrong with the one before is out of date.
fn line(state: &mut State, change: impl FnOnce(&mut String)) -> Vec<Effect> {
    match &mut state.window.over {
        Some(Over::Export(sheet)) if matches!(sheet.stage, Stage::Naming(_) | Stage::Looking) => {
            change(&mut sheet.path);
            sheet.stage = Stage::Naming(None);
        }
        Some(Over::Import(sheet)) => match &mut sheet.stage {
            ImportStage::File(_) | ImportStage::Looking => {
                change(&mut sheet.file);
                sheet.stage = ImportStage::File(None);
            }
            ImportStage::Archive(problem) => {
                change(&mut sheet.archive);
                *problem = None;
            }
            ImportStage::Working { .. } | ImportStage::Done(_) => {}
        },
        _ => {}
    }
    Vec::new()
}

/// Characters for its line.
pub(super) fn line_typed(state: &mut State, text: &str) -> Vec<Effect> {
    let clean = super::printable(text);
    line(state, |line| line.push_str(&clean))
}

/// Backspace on its line.
pub(super) fn line_erased(state: &mut State) -> Vec<Effect> {
    line(state, |line| _ = line.pop())
}

/// Takes what came of it. Nothing else than the sheet that asked is told.
pub(super) fn happen(state: &mut State, event: TransferEvent, now: Timestamp) -> Vec<Effect> {
    let asked = match &event {
        TransferEvent::Folder(ticket, _)
        | TransferEvent::Completed(ticket, ..)
        | TransferEvent::Looked(ticket, _)
        | TransferEvent::Found(ticket, _)
        | TransferEvent::Gathered(ticket, _)
        | TransferEvent::Exported(ticket, _)
        | TransferEvent::Taken(ticket, _)
        | TransferEvent::Imported(ticket, _)
        | TransferEvent::Cancelled(ticket) => *ticket,
    };
    match state.window.over.take() {
        Some(Over::Export(sheet)) if sheet.ticket == asked => export::happen(state, sheet, event, now),
        Some(Over::Import(sheet)) if sheet.ticket == asked => import::happen(state, sheet, event, now),
        other => {
            state.window.over = other;
            Vec::new()
        }
    }
}

/// Says that it was stopped.
fn cancelled(state: &mut State, what: &str, now: Timestamp) -> Vec<Effect> {
    state.say(what, now);
    wake(state)
}

/// Goes on with a path as far as that is possible; what was typed since is not touched.
fn complete(line: &mut String, typed: &str, completed: String) {
    if line == typed {
        *line = completed;
    }
}

/// The folder in which relative paths begin, to be drawn.
fn shown(folder: &str) -> SafeText {
    SafeText::one_line(folder)
}
