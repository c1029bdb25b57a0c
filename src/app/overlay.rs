//! What lies over the Chat view and the Search view, one at a time: each has the keys alone while it is open.

pub(super) mod copy_menu;
pub(super) mod message;
pub(super) mod switcher;
pub(super) mod transfer;

use super::keymap::Context;
use super::overlay::copy_menu::CopyMenu;
use super::overlay::message::MessageSheet;
use super::overlay::transfer::{Export, Import};
use super::search::{SavedSearches, SearchNaming};

/// Something that lies over the view.
#[derive(Debug)]
pub enum Overlay {
    /// What can be copied.
    Copy(CopyMenu),
    /// What is known of a message.
    Message(MessageSheet),
    /// An export, from the choice of its format to its end.
    Export(Export),
    /// An import, from the name of its file to its end.
    Import(Import),
    /// The searches that are kept.
    SavedSearches(SavedSearches),
    /// The name under which a search is to be kept.
    SearchNaming(SearchNaming),
}

impl Overlay {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        match self {
            Self::Copy(_) => Context::CopyMenu,
            Self::Message(_) => Context::Message,
            Self::Export(export) => export.context(),
            Self::Import(import) => import.context(),
            Self::SavedSearches(_) => Context::SavedSearches,
            Self::SearchNaming(_) => Context::SearchName,
        }
    }
}
