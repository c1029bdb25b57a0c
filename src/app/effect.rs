//! What is to be done: data that the floors above perform, and that tests compare.

use std::path::PathBuf;

use super::chat::ConversationRef;
use super::chat::queue::QueueEffect;
use super::clip::Clip;
use super::desk::DeskEffect;
use super::log::LogEffect;
use super::notify::Notification;
use super::overlay::message::MessageEffect;
use super::overlay::transfer::TransferEffect;
use super::resume::Resume;
use super::search::SearchEffect;
use super::sources::SourcesEffect;
use super::suites::SuitesEffect;
use super::webhooks::WebhookEffect;
use crate::domain::{ChannelName, ConversationId, NotifyRules, ScreenSettings, Timestamp, Turn, TurnId};

/// Something to do, by whom it concerns. Those of the screen concern no channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Something to do for that channel, whether it is the open one or not.
    Channel(ChannelName, ChannelEffect),
    /// Something to do for the open channel.
    Open(ChannelEffect),
    /// Let the user write this text in `$EDITOR`.
    Edit(String),
    /// Let the user read this text in `$PAGER`: safe to be written to a terminal.
    Page(String),
    /// Let the user add a channel to the config file, by questions.
    AddChannel,
    /// Have this address opened in the browser.
    Browse(String),
    /// What the Webhooks view asks for.
    Webhooks(WebhookEffect),
    /// What the Search view asks for.
    Search(SearchEffect),
    /// What the Log view asks for.
    Log(LogEffect),
    /// What the Tests view asks for.
    Suites(SuitesEffect),
    /// What an export or an import asks for.
    Transfer(TransferEffect),
    /// What the operator's desk asks for.
    Desk(DeskEffect),
    /// Put a text into the desktop's clipboard, or hand it to the terminal for its own.
    Copy(Clip),
    /// Write a text to a file that is new.
    WriteClip(Clip),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Look, move and tell as the config file says now.
    Configure(Box<ScreenSettings>, Box<NotifyRules>),
    /// Tell the user something who looks elsewhere.
    Notify(Notification),
    /// Keep where the user is for the next start.
    KeepResume(Resume),
    /// Draw everything anew.
    Redraw,
    /// Hand the terminal back to the shell until it continues the program.
    Suspend,
    /// Tell the core when that moment has come.
    Wake(Timestamp),
    /// End the program.
    Quit,
}

/// Something to do for one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelEffect {
    /// Recover what a dead process left, and read what the store remembers.
    Restore,
    /// Ask the platform for a page of its conversations.
    FetchRoster {
        /// Tells late answers.
        ticket: u64,
        /// Where the page begins.
        cursor: Option<String>,
    },
    /// Read a conversation from the store.
    Load {
        /// Tells late answers.
        ticket: u64,
        /// Which; none for the drafts of a new one.
        conversation: Option<ConversationId>,
        /// How many messages.
        limit: usize,
    },
    /// Read messages from the store that are older than that place in its order.
    LoadOlder {
        /// Tells late answers.
        ticket: u64,
        /// Which.
        conversation: ConversationId,
        /// Older than this.
        before: i64,
        /// How many messages.
        limit: usize,
    },
    /// Read a conversation's row from the store.
    LoadRow(ConversationId),
    /// See whether a file can go out with a message.
    CheckAttach(PathBuf),
    /// Read the platform's history of a conversation, from where the store ends, after a while.
    Refresh {
        /// Which.
        conversation: ConversationId,
        /// Milliseconds to wait first.
        after_ms: u64,
    },
    /// Open a conversation on the platform.
    Start(ConversationRef),
    /// Put a turn into the outbox.
    Enqueue(Turn),
    /// Hand a committed turn to the platform.
    Dispatch(Turn),
    /// Stop a turn's reply, or its waiting.
    Stop(TurnId),
    /// Give a turn up and put a new one with its text into the outbox.
    SendAgain(TurnId),
    /// Give a turn up.
    Drop(TurnId),
    /// Keep the text that is being written.
    SaveDraft {
        /// Where; none for a new conversation.
        conversation: Option<ConversationId>,
        /// The text; empty forgets it.
        text: String,
    },
    /// Keep a text behind the draft of a conversation whose draft isn't known here, on a line of its own.
    AppendDraft {
        /// Where; none for a new conversation.
        conversation: Option<ConversationId>,
        /// The text.
        text: String,
    },
    /// Remember which conversation is open.
    Remember(Option<ConversationId>),
    /// Remember which conversations have something new.
    RememberUnread(Vec<ConversationId>),
    /// What the Sources view asks for.
    Sources(SourcesEffect),
    /// What is to be known of a message.
    Message(MessageEffect),
    /// What is asked of the outbox for what waits in it.
    Queue(QueueEffect),
}

impl Effect {
    /// The same for that channel, where it concerned the one that was open.
    pub(super) fn for_channel(self, name: &ChannelName) -> Self {
        match self {
            Self::Open(effect) => Self::Channel(name.clone(), effect),
            other => other,
        }
    }
}
