//! Exports and imports that the user asks for on screen: what is chosen, how far it has come, what it came to. One at a
//! time, on a sheet that lies over the view from the first question to the last word.

use crate::app::line_input::LineInput;
use std::path::PathBuf;

use crate::app::channel::ChannelInfo;
use crate::app::keymap::Context;
use crate::domain::{Capabilities, ChannelName, ConversationId, Failure, SafeText};
pub use crate::export::Format;

/// The archive that is meant where none is named.
pub const ARCHIVE: &str = "archive";

/// An export, from what is to be exported to what it came to.
#[derive(Debug)]
pub struct Export {
    /// What can be exported from where the user is.
    pub choices: Vec<Choice>,
    /// Which of them is.
    pub chosen: usize,
    /// How it is written.
    pub format: Format,
    /// Where it goes, as typed; empty for what is suggested.
    pub path: LineInput,
    /// The folder in which a relative path leads on, once that is known.
    pub folder: Option<SafeText>,
    /// How far it is.
    pub stage: Stage,
    /// Tells late answers.
    pub ticket: u64,
}

/// Conversations that can be exported together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What they are called.
    pub label: SafeText,
    /// Which they are.
    pub what: Chosen,
    /// What a file of them is called, without what tells its format.
    pub stem: String,
}

/// Which conversations are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Those, in that order.
    These(Vec<ConversationId>),
    /// Those of any channels, in that order.
    Across(Vec<(ChannelName, ConversationId)>),
    /// All of the channel that a filter leaves; an empty one leaves all.
    All {
        /// What the filter says.
        filter: String,
    },
}

/// How far an export is.
#[derive(Debug)]
pub enum Stage {
    /// It is chosen which conversations, and how they are written.
    Choosing,
    /// The path is written; with what was wrong with the one before.
    Naming(Option<Failure>),
    /// It is seen what is there already.
    Looking,
    /// Something is there, and would be replaced.
    Replacing(Destination),
    /// It is under way.
    Working {
        /// How far it has come.
        so_far: Gathering,
        /// Whether it is to stop.
        cancelling: bool,
    },
    /// It is over.
    Ended(Result<Written, Failure>),
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Where, from the root on.
    pub path: PathBuf,
    /// What is there.
    pub there: There,
}

/// What is at a place where something is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum There {
    /// Nothing that would be touched.
    Nothing,
    /// A file of that name.
    File,
    /// A folder with so many entries in it.
    Folder(usize),
}

/// How far an export has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gathering {
    /// How many conversations are read to their end.
    pub conversations: usize,
    /// How many there are to read, once that is known.
    pub of: Option<usize>,
    /// How many pages came, of whatever list.
    pub pages: usize,
    /// How many messages came.
    pub messages: usize,
    /// How many of them are of the conversation that is being read.
    pub here: usize,
    /// How many that one has, where its platform says so.
    pub here_of: Option<u64>,
    /// Whether all was read and is being written: from now on nothing stops it.
    pub writing: bool,
}

impl Gathering {
    /// How many of so many equal parts are done; none where nobody knows.
    pub fn share(&self, parts: usize) -> Option<usize> {
        let of = self.of?;
        let here_of = self.here_of.and_then(|of| usize::try_from(of).ok()).unwrap_or(0);
        let within = (self.here.min(here_of) * parts).checked_div(here_of).unwrap_or(0);
        let done = (self.conversations * parts + within).checked_div(of).unwrap_or(parts);
        Some(if self.writing { parts } else { done.min(parts) })
    }
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// How many conversations.
    pub conversations: usize,
    /// How many messages, of all of them.
    pub messages: usize,
    /// How many messages the platform counts in them, where it says so for each.
    pub counted: Option<u64>,
    /// Why that isn't everything, or what of it could not be read as sent.
    pub problem: Option<Failure>,
    /// How many files.
    pub files: usize,
    /// The file, or the folder with the files.
    pub to: PathBuf,
}

impl Export {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        match self.stage {
            Stage::Choosing => Context::Export,
            Stage::Naming(_) | Stage::Looking => Context::ExportPath,
            Stage::Replacing(_) => Context::Replacing,
            Stage::Working { .. } => Context::Gathering,
            Stage::Ended(_) => Context::Transferred,
        }
    }

    /// What is exported as it stands.
    pub fn choice(&self) -> Option<&Choice> {
        self.choices.get(self.chosen)
    }

    /// The path that is meant where none is typed.
    pub fn suggested(&self) -> String {
        let stem = self.choice().map_or("conversations", |choice| choice.stem.as_str());
        format!("{stem}.{}", self.format.extension())
    }
}

/// An import, from the name of its file to what it came to.
#[derive(Debug)]
pub struct Import {
    /// The file, as typed.
    pub file: LineInput,
    /// The archive, as typed; empty for [`ARCHIVE`].
    pub archive: LineInput,
    /// The folder in which a relative path leads on, once that is known.
    pub folder: Option<SafeText>,
    /// How far it is.
    pub stage: ImportStage,
    /// Tells late answers.
    pub ticket: u64,
}

/// How far an import is.
#[derive(Debug)]
pub enum ImportStage {
    /// The file is named; with what was wrong with the one before.
    File(Option<Failure>),
    /// It is seen whether there is such a file.
    Looking,
    /// The archive is named; with why nothing came of the import before.
    Archive(Option<Failure>),
    /// It is under way.
    Working {
        /// How far it has come.
        so_far: Taking,
        /// Whether it is to stop.
        cancelling: bool,
    },
    /// It is done: what came, and into which archive.
    Done(Arrived),
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taking {
    /// How many bytes of the file were read.
    pub bytes: u64,
    /// How many it has, where that is known.
    pub of: Option<u64>,
    /// How many messages are being stored, once all is read: from then on nothing stops it.
    pub storing: Option<usize>,
}

/// What an import came to.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The archive, as the frame tells of a channel.
    pub channel: ChannelInfo,
    /// What can be done with it.
    pub capabilities: Capabilities,
    /// How many conversations the file has.
    pub conversations: usize,
    /// How many messages.
    pub messages: usize,
    /// How many of them were not known before.
    pub new: usize,
    /// The conversation, if it was one alone.
    pub only: Option<ConversationId>,
}

impl Import {
    /// Whose keys work.
    pub fn context(&self) -> Context {
        match self.stage {
            ImportStage::File(_) | ImportStage::Looking => Context::ImportPath,
            ImportStage::Archive(_) => Context::ImportName,
            ImportStage::Working { .. } => Context::Gathering,
            ImportStage::Done(_) => Context::Transferred,
        }
    }

    /// The archive that is meant.
    pub fn archive_name(&self) -> &str {
        let typed = self.archive.trim();
        if typed.is_empty() { ARCHIVE } else { typed }
    }
}

/// Something to do for exports and imports. Paths are as they were typed: a `~` is the home, what is relative begins in
/// the folder where the program was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferEffect {
    /// Tell in which folder relative paths begin.
    Folder {
        /// Tells late answers.
        ticket: u64,
    },
    /// Complete a path that is being typed.
    Complete {
        /// Tells late answers.
        ticket: u64,
        /// What is typed.
        text: String,
        /// How the names of the files end that are meant, folders beside; empty for any.
        end: &'static str,
    },
    /// See what is at a path.
    Look {
        /// Tells late answers.
        ticket: u64,
        /// The path.
        path: String,
    },
    /// See whether there is such a file to read.
    Find {
        /// Tells late answers.
        ticket: u64,
        /// The file.
        file: String,
    },
    /// Read conversations whole and write them.
    Export {
        /// Tells late answers, and what is to be stopped.
        ticket: u64,
        /// Which conversations.
        what: Chosen,
        /// How they are written.
        format: Format,
        /// Where to.
        to: PathBuf,
        /// Whether what is there is replaced.
        force: bool,
    },
    /// Read a file into an archive.
    Import {
        /// Tells late answers, and what is to be stopped.
        ticket: u64,
        /// The file.
        file: String,
        /// The archive.
        archive: ChannelName,
    },
    /// Stop what is under way, while that is possible.
    Cancel {
        /// Which.
        ticket: u64,
    },
}

/// Something that happened to exports and imports; each with the ticket of what asked for it.
#[derive(Debug, Clone)]
pub enum TransferEvent {
    /// Relative paths begin in that folder.
    Folder(u64, String),
    /// A path that was typed, and how it goes on.
    Completed(u64, String, String),
    /// What is at a path, or why nothing can be written there.
    Looked(u64, Result<Destination, Failure>),
    /// There is such a file to read, or there is none.
    Found(u64, Result<(), Failure>),
    /// An export has come so far.
    Gathered(u64, Gathering),
    /// An export is over.
    Exported(u64, Result<Written, Failure>),
    /// An import has come so far.
    Taken(u64, Taking),
    /// An import is over.
    Imported(u64, Result<Box<Arrived>, Failure>),
    /// It was stopped: nothing was written, nothing was stored.
    Cancelled(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_counts_whole_conversations_and_what_is_read_of_the_next() {
        let so_far =
            Gathering { conversations: 1, of: Some(4), here: 50, here_of: Some(100), ..Gathering::default() };
        assert_eq!(so_far.share(80), Some(30));
        assert_eq!(Gathering { here_of: None, ..so_far }.share(80), Some(20));
        assert_eq!(Gathering { here: 900, ..so_far }.share(80), Some(40));
        assert_eq!(Gathering { here_of: Some(0), ..so_far }.share(80), Some(20));
        assert_eq!(Gathering { of: None, ..so_far }.share(80), None);
        assert_eq!(Gathering { of: Some(0), ..so_far }.share(80), Some(80));
        assert_eq!(Gathering { writing: true, ..so_far }.share(80), Some(80));
    }
}
