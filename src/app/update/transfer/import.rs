//! An import: which file, into which archive; then its progress, and the archive that opens.

use super::{ask, cancelled, complete, shown};
use crate::app::action::Action;
use crate::app::chat::Place;
use crate::app::effect::Effect;
use crate::app::over::Over;
use crate::app::state::State;
use crate::app::transfer::{Arrived, Import, ImportStage, Taking, TransferEffect, TransferEvent};
use crate::app::update::attach::unquoted;
use crate::app::update::{channels, conversation, news};
use crate::app::window::ViewKind;
use crate::domain::{ChannelName, Timestamp};

/// Opens the sheet.
pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    let ticket = state.ids.next_number();
    state.window.over = Some(Over::Import(Import {
        file: String::new(),
        archive: String::new(),
        folder: None,
        stage: ImportStage::File(None),
        ticket,
    }));
    ask(TransferEffect::Folder { ticket })
}

/// Does what an action means on the sheet.
pub(super) fn act(state: &mut State, mut sheet: Import, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    let file = unquoted(sheet.file.trim()).to_owned();
    match (&mut sheet.stage, action) {
        (ImportStage::File(_), Action::Complete) => {
            effects = ask(TransferEffect::Complete { ticket: sheet.ticket, text: sheet.file.clone(), end: ".jsonl" });
        }
        (ImportStage::File(_), Action::Confirm) if !file.is_empty() => {
            sheet.stage = ImportStage::Looking;
            effects = ask(TransferEffect::Find { ticket: sheet.ticket, file });
        }
        (ImportStage::Archive(_), Action::Up) => sheet.stage = ImportStage::File(None),
        (ImportStage::Archive(_), Action::Confirm) => {
            let archive = ChannelName::new(sheet.meant());
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
    state.window.over = Some(Over::Import(sheet));
    effects
}

/// Takes what came of it.
pub(super) fn happen(state: &mut State, mut sheet: Import, event: TransferEvent, now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    match (&mut sheet.stage, event) {
        (_, TransferEvent::Folder(_, folder)) => sheet.folder = Some(shown(&folder)),
        (ImportStage::File(_), TransferEvent::Completed(_, typed, whole)) => {
            complete(&mut sheet.file, &typed, whole);
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
            effects = open(state, &arrived, now);
            sheet.stage = ImportStage::Done(*arrived);
        }
        (ImportStage::Working { .. }, TransferEvent::Cancelled(_)) => {
            return cancelled(state, "The import was cancelled: nothing was stored.", now);
        }
        _ => {}
    }
    state.window.over = Some(Over::Import(sheet));
    effects
}

/// Opens the archive behind the sheet, and in it the conversation, if it was one alone.
fn open(state: &mut State, arrived: &Arrived, now: Timestamp) -> Vec<Effect> {
    let name = &arrived.channel.name;
    let mut effects = channels::found(state, vec![(arrived.channel.clone(), arrived.capabilities)]);
    state.window.view = ViewKind::Chat;
    if state.channel.info.name == *name {
        effects.push(Effect::Restore);
    } else {
        // What was read of it before is not all that there is.
        if let Some(tab) = state.channels.iter_mut().find(|tab| tab.view.name == *name) {
            tab.restored = false;
        }
        effects.extend(channels::open(state, name, now));
    }
    match &arrived.only {
        Some(id) if state.channel.info.name == *name && state.channel.open_id() != Some(id) => {
            effects.extend(conversation::open(state, Place::Known(id.clone())));
        }
        _ => effects.extend(news::abroad(state)),
    }
    effects
}
