//! An import: which file, into which archive; then its progress, and the archive that opens.

use super::{ask, cancelled, complete, shown};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::overlay::Overlay;
use crate::app::overlay::transfer::{Import, ImportStage, Taking, TransferEffect, TransferEvent};
use crate::app::update::Request;
use crate::app::update::attach::unquoted;
use crate::app::update::ctx::Ctx;
use crate::domain::ChannelName;

/// Opens the sheet.
pub(super) fn begin(ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let ticket = ctx.ids.next_number();
    ctx.window.open(Overlay::Import(Import {
        file: LineInput::default(),
        archive: LineInput::default(),
        folder: None,
        stage: ImportStage::File(None),
        ticket,
    }));
    ask(TransferEffect::Folder { ticket })
}

/// Does what an action means on the sheet.
pub(super) fn handle_action(ctx: &mut Ctx<'_>, mut sheet: Import, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    let file = unquoted(sheet.file.trim()).to_owned();
    match (&mut sheet.stage, action) {
        (ImportStage::File(_), Action::Complete) => {
            effects = ask(TransferEffect::Complete {
                ticket: sheet.ticket,
                text: sheet.file.as_str().to_owned(),
                end: ".jsonl",
            });
        }
        (ImportStage::File(_), Action::Confirm) if !file.is_empty() => {
            sheet.stage = ImportStage::Looking;
            effects = ask(TransferEffect::Find { ticket: sheet.ticket, file });
        }
        (ImportStage::Archive(_), Action::Up) => sheet.stage = ImportStage::File(None),
        (ImportStage::Archive(_), Action::Confirm) => {
            let archive = ChannelName::new(sheet.archive_name());
            sheet.stage = ImportStage::Working { so_far: Taking::default(), cancelling: false };
            effects = ask(TransferEffect::Import { ticket: sheet.ticket, file, archive });
        }
        (ImportStage::Working { so_far, cancelling }, Action::Back) if so_far.storing.is_none() && !*cancelling => {
            *cancelling = true;
            effects = ask(TransferEffect::Cancel { ticket: sheet.ticket });
        }
        // It comes to its end first.
        (ImportStage::Working { .. }, Action::Back) => {}
        (_, Action::Back) => return effects,
        _ => {}
    }
    ctx.window.open(Overlay::Import(sheet));
    effects
}

/// Takes what came of it.
pub(super) fn handle_event(ctx: &mut Ctx<'_>, mut sheet: Import, event: TransferEvent) -> Vec<Effect> {
    let mut effects = Vec::new();
    match (&mut sheet.stage, event) {
        (_, TransferEvent::Folder(_, folder)) => sheet.folder = Some(shown(&folder)),
        (ImportStage::File(_), TransferEvent::Completed(_, typed, whole)) => {
            complete(&mut sheet.file, &typed, &whole);
        }
        (ImportStage::Working { so_far, .. }, TransferEvent::Taken(_, taking)) => *so_far = taking,
        (ImportStage::Looking, TransferEvent::Found(_, found)) => {
            sheet.stage = match found {
                Ok(()) => ImportStage::Archive(None),
                Err(failure) => ImportStage::File(Some(failure)),
            };
        }
        (ImportStage::Working { .. }, TransferEvent::Imported(_, Err(failure))) => {
            sheet.stage = ImportStage::Archive(Some(failure));
        }
        (ImportStage::Working { .. }, TransferEvent::Imported(_, Ok(arrived))) => {
            effects = ctx.ask(Request::OpenArchive(arrived.clone()));
            sheet.stage = ImportStage::Done(*arrived);
        }
        (ImportStage::Working { .. }, TransferEvent::Cancelled(_)) => {
            return cancelled(ctx, "The import was cancelled: nothing was stored.");
        }
        _ => {}
    }
    ctx.window.open(Overlay::Import(sheet));
    effects
}
