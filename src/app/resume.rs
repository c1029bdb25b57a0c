//! Where the user is, as far as the next start brings it back.

use super::view::{Focus, ViewKind};
use crate::domain::{ChannelName, ConversationId, MessageId, Timestamp};

/// Where the user is. Which conversation of a channel is open and what is being written there, the store keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// The channel that is open.
    pub channel: ChannelName,
    /// The view.
    pub view: ViewKind,
    /// Which pane of the Chat view has the keys.
    pub focus: Focus,
    /// What is searched for, in the Search view.
    pub search: String,
    /// Where the open conversation is read; none at its end.
    pub reading: Option<Bookmark>,
    /// The theme that was chosen on the screen; none where that was never done.
    pub theme: Option<String>,
    /// What stands beside the open conversation; none where nothing does.
    pub beside: Option<ResumeBeside>,
}

/// A conversation that stands beside the open one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeBeside {
    /// Its channel.
    pub channel: ChannelName,
    /// The conversation.
    pub conversation: ConversationId,
    /// Whether it stands on the left.
    pub left: bool,
}

/// A place in a conversation: a message, and how many rows below its first one the screen begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// The conversation.
    pub conversation: ConversationId,
    /// The message.
    pub message: MessageId,
    /// The rows.
    pub row: i64,
}

/// What was kept of it, and when more of it is.
#[derive(Debug, Default)]
pub struct ResumeKeeper {
    /// What was kept last; none before the program is where it was.
    pub(super) kept: Option<Resume>,
    /// Whether what is to be brought back has been.
    pub(super) armed: bool,
    /// The row at the top for which the place was worked out: the item's key, and rows from its first one.
    pub(super) top: Option<(u64, i64)>,
    /// When a place that changed is kept.
    pub(super) due: Option<Timestamp>,
    /// Which pane is to have the keys once the store has said what it remembers.
    pub(super) focus: Option<Focus>,
    /// What is to stand beside the open conversation then.
    pub(super) beside: Option<ResumeBeside>,
}

impl Resume {
    /// The word of its view.
    pub const fn view_word(&self) -> &'static str {
        match self.view {
            ViewKind::Chat => "chat",
            ViewKind::Sources => "sources",
            ViewKind::Webhooks => "webhooks",
            ViewKind::Search => "search",
            ViewKind::Log => "log",
            ViewKind::Tests => "tests",
            ViewKind::Inbox => "inbox",
        }
    }

    /// The view of that word.
    pub fn view_from_word(word: &str) -> Option<ViewKind> {
        let views = [
            ViewKind::Chat,
            ViewKind::Sources,
            ViewKind::Webhooks,
            ViewKind::Search,
            ViewKind::Log,
            ViewKind::Inbox,
            ViewKind::Tests,
        ];
        views.into_iter().find(|view| Self { view: *view, ..Self::at(ChannelName::new("")) }.view_word() == word)
    }

    /// The word of its pane.
    pub const fn focus_word(&self) -> &'static str {
        match self.focus {
            Focus::Roster => "conversations",
            Focus::Transcript => "messages",
            // What waits may be gone by then.
            Focus::Composer | Focus::Queue => "composer",
        }
    }

    /// The pane of that word.
    pub fn focus_from_word(word: &str) -> Option<Focus> {
        let panes = [Focus::Roster, Focus::Transcript, Focus::Composer];
        panes.into_iter().find(|focus| Self { focus: *focus, ..Self::at(ChannelName::new("")) }.focus_word() == word)
    }

    /// The Chat view of a channel, at its beginning.
    pub const fn at(channel: ChannelName) -> Self {
        Self {
            channel,
            view: ViewKind::Chat,
            focus: Focus::Transcript,
            search: String::new(),
            reading: None,
            theme: None,
            beside: None,
        }
    }
}
