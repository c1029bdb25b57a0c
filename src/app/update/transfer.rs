//! Exports and imports on screen: marks in the roster, the sheet's questions, what is under way, and its end.

mod export;
mod import;

pub(super) use export::begin_across;

use super::{roster, wake};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::overlay::Overlay;
use crate::app::overlay::transfer::{ImportStage, Stage, TransferEffect, TransferEvent};
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::view::{Focus, ViewKind};
use crate::domain::SafeText;

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if matches!(action, Action::Mouse | Action::Redraw | Action::Suspend | Action::Interrupt | Action::Help) {
        return None;
    }
    match ctx.window.take_overlay() {
        Some(Overlay::Export(sheet)) => Some(export::handle_action(ctx, sheet, action)),
        Some(Overlay::Import(sheet)) => Some(import::handle_action(ctx, sheet, action)),
        None if ctx.window.view == ViewKind::Chat => begin(channel, ctx, action),
        other => {
            if let Some(overlay) = other {
                ctx.window.open(overlay);
            }
            None
        }
    }
}

/// What an action means while no sheet is open.
fn begin(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    let listed = ctx.window.focus == Focus::Roster;
    match action {
        Action::Export => Some(export::begin(channel, ctx)),
        Action::Import => Some(import::begin(ctx)),
        Action::MarkConversation if listed => {
            channel.roster.mark();
            channel.roster.step(1);
            Some(roster::fetch_if_due(channel, ctx))
        }
        Action::MarkConversations if listed => {
            channel.roster.mark_shown();
            Some(Vec::new())
        }
        _ => None,
    }
}

/// Asks for something.
fn ask(effect: TransferEffect) -> Vec<Effect> {
    vec![Effect::Transfer(effect)]
}

/// Something for the line that is being written; what was wrong with the text before is out of date.
pub(super) fn write_line(ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    match ctx.window.overlay_mut() {
        Some(Overlay::Export(sheet)) if matches!(sheet.stage, Stage::Naming(_) | Stage::Looking) => {
            let changed = sheet.path.take(input);
            if changed {
                sheet.stage = Stage::Naming(None);
            }
        }
        Some(Overlay::Import(sheet)) => match &mut sheet.stage {
            ImportStage::File(_) | ImportStage::Looking => {
                if sheet.file.take(input) {
                    sheet.stage = ImportStage::File(None);
                }
            }
            ImportStage::Archive(problem) => {
                if sheet.archive.take(input) {
                    *problem = None;
                }
            }
            ImportStage::Working { .. } | ImportStage::Done(_) => {}
        },
        _ => {}
    }
    Vec::new()
}

/// Takes what came of it. Nothing else than the sheet that asked is told.
pub(super) fn handle_event(ctx: &mut Ctx<'_>, event: TransferEvent) -> Vec<Effect> {
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
    match ctx.window.take_overlay() {
        Some(Overlay::Export(sheet)) if sheet.ticket == asked => export::handle_event(ctx, sheet, event),
        Some(Overlay::Import(sheet)) if sheet.ticket == asked => import::handle_event(ctx, sheet, event),
        other => {
            if let Some(overlay) = other {
                ctx.window.open(overlay);
            }
            Vec::new()
        }
    }
}

/// Says that it was stopped.
fn cancelled(ctx: &mut Ctx<'_>, what: &str) -> Vec<Effect> {
    ctx.say(what);
    wake(ctx)
}

/// Goes on with a path as far as that is possible; what was typed since is not touched.
fn complete(line: &mut LineInput, typed: &str, completed: &str) {
    if *line == *typed {
        line.set(completed);
    }
}

/// The folder in which relative paths begin, to be drawn.
fn shown(folder: &str) -> SafeText {
    SafeText::one_line(folder)
}
