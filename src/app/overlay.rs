//! What lies over a view: each has the keys and the mouse alone while it is on top. Those that a view asks within itself
//! (a row's name, a URL) stand with that view's state: they wait there while another channel or view is open.

pub(super) mod copy_menu;
pub(super) mod help;
pub(super) mod key_test;
pub(super) mod links;
pub(super) mod message;
pub(super) mod new_case;
pub(super) mod palette;
pub(super) mod replies;
pub(super) mod switcher;
pub(super) mod themes;
pub(super) mod transfer;

use super::desk::DeskPrompt;
use super::keymap::Context;
use super::overlay::copy_menu::CopyMenu;
use super::overlay::help::HelpSheet;
use super::overlay::key_test::KeyTest;
use super::overlay::links::LinkMenu;
use super::overlay::message::MessageSheet;
use super::overlay::new_case::NewCaseSheet;
use super::overlay::palette::Palette;
use super::overlay::replies::ReplyMenu;
use super::overlay::switcher::Switcher;
use super::overlay::themes::ThemePicker;
use super::overlay::transfer::{Export, Import};
use super::search::{SavedSearches, SearchNaming};
use super::view::ViewKind;

/// Something that lies over the view.
#[derive(Debug)]
pub enum Overlay {
    /// What can be copied.
    Copy(CopyMenu),
    /// Where the links of a message lead.
    Links(LinkMenu),
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
    /// What conversations are to be given: labels, a note, a time.
    Desk(DeskPrompt),
    /// A case that is being made of what was said.
    NewCase(NewCaseSheet),
    /// The saved replies, or a place of one that is being filled.
    Replies(ReplyMenu),
    /// Every key.
    Help(HelpSheet),
    /// What can be done, and where one can go.
    Palette(Palette),
    /// What the terminal sends for a key.
    KeyTest(KeyTest),
    /// The list of channels.
    Channels(Switcher),
    /// The list of themes.
    Themes(ThemePicker),
    /// The question whether to leave while so many changes of rows are staged.
    Leave(usize),
}

/// Where an overlay lies. There is one of each at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Over the Chat view and the Search view.
    View,
    /// Over every view: the keys.
    Help,
    /// Over every view: the palette.
    Palette,
    /// Over every view: the test of a key.
    KeyTest,
    /// Over every view: the channels.
    Channels,
    /// Over every view: the themes.
    Themes,
    /// Over every view: the question before the program ends.
    Leave,
}

impl Overlay {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        match self {
            Self::Copy(_) => Context::CopyMenu,
            Self::Links(_) => Context::Links,
            Self::Message(_) => Context::Message,
            Self::Export(export) => export.context(),
            Self::Import(import) => import.context(),
            Self::SavedSearches(_) => Context::SavedSearches,
            Self::SearchNaming(_) => Context::SearchName,
            Self::Desk(_) => Context::DeskPrompt,
            Self::NewCase(sheet) => sheet.context(),
            Self::Replies(menu) => menu.context(),
            Self::Help(_) => Context::Help,
            Self::Palette(_) => Context::Palette,
            Self::KeyTest(_) => Context::KeyTest,
            Self::Channels(_) => Context::Channels,
            Self::Themes(_) => Context::Themes,
            Self::Leave(_) => Context::Leave,
        }
    }

    /// Where it lies.
    pub fn layer(&self) -> Layer {
        match self {
            Self::Copy(_)
            | Self::Links(_)
            | Self::Message(_)
            | Self::Export(_)
            | Self::Import(_)
            | Self::SavedSearches(_)
            | Self::SearchNaming(_)
            | Self::Desk(_)
            | Self::NewCase(_)
            | Self::Replies(_) => Layer::View,
            Self::Help(_) => Layer::Help,
            Self::Palette(_) => Layer::Palette,
            Self::KeyTest(_) => Layer::KeyTest,
            Self::Channels(_) => Layer::Channels,
            Self::Themes(_) => Layer::Themes,
            Self::Leave(_) => Layer::Leave,
        }
    }

    /// Whether it lies over that view.
    pub fn lies_over(&self, view: ViewKind) -> bool {
        self.layer() != Layer::View || matches!(view, ViewKind::Chat | ViewKind::Search | ViewKind::Inbox)
    }
}
