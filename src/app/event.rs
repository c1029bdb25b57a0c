//! What can happen: from the keyboard, from the screen, from the store, from the platform.

use std::sync::Arc;

use super::action::Action;
use super::channel::ChannelInfo;
use super::chat::queue::QueueEvent;
use super::chat::selection::Marked;
use super::chat::{HistoryEntry, Measured};
use super::clip::{Clip, Copied};
use super::desk::DeskEvent;
use super::key::Key;
use super::keymap::Keymap;
use super::log::LogEvent;
use super::overlay::key_test::TestedKey;
use super::overlay::message::MessageEvent;
use super::overlay::transfer::TransferEvent;
use super::roster::RosterRow;
use super::search::SearchEvent;
use super::sources::SourcesEvent;
use super::suites::SuitesEvent;
use super::text_buffer::TextInput;
use super::webhooks::WebhookEvent;
use crate::app::ConversationRef;
use crate::domain::{
    Attach, Capabilities, ChannelName, Conversation, ConversationId, Failure, Finish, MessageRef, NotifyRules,
    OutState, Page, Piece, SavedReply, ScreenSettings, Timestamp, Turn, TurnId,
};

/// Something that happened. Answers that can be late carry a ticket or an id.
#[derive(Debug, Clone)]
pub enum Event {
    /// Something happened to that channel, whether it is the open one or not.
    Channel(ChannelName, ChannelEvent),
    /// Something happened to the open channel.
    Open(ChannelEvent),
    /// A key that means something, or a click that does.
    Action(Action),
    /// A key that begins longer ones, or goes on with them.
    Prefix(Key),
    /// A key with which nothing goes on that was begun.
    Astray(Key),
    /// A key that was pressed while keys are tested.
    Tested(TestedKey),
    /// Something for the text that is being written.
    Text(TextInput),
    /// What the view keeps by itself changed: nothing of the core's did.
    Moved,
    /// Something for the line that has the keys: a filter, what is searched for, a path, a name.
    Line(TextInput),
    /// The mouse wheel over a pane: rows, down is positive.
    Wheel(Pane, i64),
    /// A click on a pane; where it is a list, on its nth row on screen.
    Click(Pane, usize),
    /// A click on the message with that key.
    Pick(u64),
    /// The mouse marks text in the transcript, or has marked it.
    Marked(Marked),
    /// What became of a text that was to be copied.
    Copied(Clip, Copied),
    /// The transcript was drawn.
    Measured(Measured),
    /// The conversation beside was drawn; none where there is no room for it.
    BesideMeasured(Option<Measured>),
    /// The roster was drawn with so many rows.
    RosterMeasured(usize),
    /// Whether the messages are drawn beside the roster.
    Beside(bool),
    /// The help was drawn; this row can stand first at the most.
    HelpMeasured(u16),
    /// `$EDITOR` came back: with a text, without one (nothing changed), or not at all.
    Edited(Result<Option<String>, Failure>),
    /// The program was to be suspended, and nobody would continue it.
    NotSuspended,
    /// The program is being ended from outside.
    Ending,
    /// The terminal has told whether its background is light.
    Background(bool),
    /// The window has the focus now, or no longer.
    Focus(bool),
    /// A moment that was asked for has come.
    Tick,

    /// There are these channels too: what was imported. They stand at the end of the list.
    Channels(Vec<(ChannelInfo, Capabilities)>),
    /// The config file was read again.
    Reconfigured(Box<Reconfigured>),
    /// The config file was changed, and can't be read as it stands.
    ConfigRefused(Failure),
    /// Another process wrote to the store: what is shown may stand there otherwise.
    ChangedElsewhere,
    /// The store could not be used.
    StoreFailed(Failure),
    /// What the user should know of the store, such as that its file was moved while it was in use.
    Warned(String),

    /// Something of the Webhooks view.
    Webhooks(WebhookEvent),
    /// Something of the Search view.
    Search(SearchEvent),
    /// Something of the Log view.
    Log(LogEvent),
    /// Something of the Tests view.
    Suites(SuitesEvent),
    /// Something of an export or an import.
    Transfer(TransferEvent),
    /// Something of the operator's desk.
    Desk(DeskEvent),
    /// Something of the user's own programs.
    Outside(OutsideEvent),
}

/// What became of what was handed to a program of the user's own.
#[derive(Debug, Clone)]
pub enum OutsideEvent {
    /// A channel was added, with what is to be said of that; it was not, where nothing is; or why it could not be.
    ChannelAdded(Result<Option<String>, Failure>),
    /// The pager was closed, or could not be opened.
    Paged(Result<(), Failure>),
    /// An address was handed to that program, or could not be opened.
    Browsed(String, Result<String, Failure>),
}

/// What a config file has otherwise that was read again.
#[derive(Debug, Clone)]
pub struct Reconfigured {
    /// All channels that it has now, in its order.
    pub channels: Vec<(ChannelInfo, Capabilities)>,
    /// Those that were not there.
    pub added: Vec<ChannelName>,
    /// Those that were there, and are no more.
    pub removed: Vec<ChannelName>,
    /// Those of which it says something else.
    pub changed: Vec<ChannelName>,
    /// Which key means what; none where that stays as it is.
    pub keys: Option<Arc<Keymap>>,
    /// What the user is told of while looking elsewhere.
    pub notify: NotifyRules,
    /// How the screen looks and moves, and what the mouse does.
    pub screen: ScreenSettings,
    /// The keys of what it says otherwise now that count from the next start.
    pub later: Vec<&'static str>,
    /// What is often said, as it has that now.
    pub replies: Vec<SavedReply>,
}

/// What can happen to one channel, whether it is on the screen or not.
#[derive(Debug, Clone)]
pub enum ChannelEvent {
    /// What the store remembers of this channel.
    Restored(Box<Restored>),
    /// What the store holds of the conversation that was opened.
    Stored(u64, Box<Stored>),
    /// Older messages from the store.
    Older(u64, Vec<HistoryEntry>, bool),
    /// The store has new messages in that conversation: a webhook came, or another process wrote.
    News(ConversationId),
    /// There was something new in these conversations when the program ended.
    Unread(Vec<ConversationId>),
    /// A conversation as the store's list has it.
    RowLoaded(Box<RosterRow>),
    /// A file can go out with a message, under that label; or why it can't.
    AttachChecked(Result<(Attach, String), Failure>),
    /// The store could not be used.
    StoreFailed(Failure),
    /// The platform did not answer; it is asked again in a while.
    Trying(Failure),
    /// A page of the platform's conversations.
    RosterPage(u64, Result<Page<Conversation>, Failure>),
    /// A page of a conversation's history is in the store.
    HistoryPage(ConversationId, Result<Fetched, Failure>),
    /// A new conversation is open on the platform, with the bot's first words.
    Started(ConversationRef, Result<(ConversationId, Option<String>), Failure>),

    /// A turn is in the outbox.
    Committed(TurnId),
    /// A turn could not be put into the outbox, so nothing was sent.
    CommitFailed(TurnId, Failure),
    /// Something happened to a turn.
    Turn(TurnId, Step),
    /// A turn was given up, and this one takes its place.
    Replaced(TurnId, Box<Turn>),

    /// Something of the Sources view.
    Sources(SourcesEvent),
    /// Something of a message.
    Message(MessageEvent),
    /// What the outbox answered about what waits in it.
    Queue(QueueEvent),
}

/// What can happen to a turn that is under way.
#[derive(Debug, Clone)]
pub enum Step {
    /// It is being handed to the platform.
    Sending,
    /// Its conversation is known.
    Bound(ConversationId),
    /// It waits until then before it is tried again, and why.
    Waiting(Timestamp, String),
    /// The platform took it, and its reply follows.
    Sent,
    /// The platform took it, and the reply comes by webhook, some time. The message is in the store's history now.
    Accepted,
    /// More of the reply came.
    Delta(Piece),
    /// The platform said that the reply has ended so. Its stream is still read to its end: what waits behind it waits
    /// for that.
    Finished(Finish),
    /// The reply ended, and nothing is under way with it any more.
    Done(Finish, Option<Failure>),
    /// It did not get so far as a reply.
    Ended(OutState, Failure),
    /// It is not to be sent from here: it is held, or, if it isn't, somebody took it back.
    Withdrawn {
        /// Whether it waits on.
        held: bool,
    },
}

impl Event {
    /// Whether it brings the end of a reply that streams.
    pub fn is_last_words(&self) -> bool {
        match self {
            Self::Channel(_, ChannelEvent::Turn(_, step)) | Self::Open(ChannelEvent::Turn(_, step)) => match step {
                Step::Finished(_) => true,
                Step::Delta(piece) => piece.done(),
                _ => false,
            },
            _ => false,
        }
    }
}

/// What the store remembers of a channel.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// Its newest conversations.
    pub rows: Vec<RosterRow>,
    /// The one that was open last.
    pub open: Option<ConversationId>,
    /// The text kept for a new conversation.
    pub draft: Option<String>,
    /// The message in whose place it was being written.
    pub instead: Option<TurnId>,
    /// The same, where that one was taken back.
    pub taken_back: Option<Turn>,
    /// Messages of a new conversation that never got an id, which wait for the user's word.
    pub waiting: Vec<Turn>,
    /// What the store had to mend, one sentence each.
    pub warnings: Vec<String>,
}

/// What the store holds of a conversation.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Which of all that was asked for this answers, counted up: answers overtake each other.
    pub asked: u64,
    /// Its newest messages, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Whether there are older ones.
    pub older: bool,
    /// What was sent from here and is not wholly in the history.
    pub turns: Vec<Turn>,
    /// The text that was being written.
    pub draft: Option<String>,
    /// The message in whose place it was.
    pub instead: Option<TurnId>,
    /// The same, where that one was taken back.
    pub taken_back: Option<Turn>,
    /// Until when it can be answered directly.
    pub reply_until: Option<Timestamp>,
    /// What of it was seen last.
    pub seen: Option<MessageRef>,
}

/// A page of history that came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fetched {
    /// How many of its messages were new.
    pub new: usize,
    /// How many messages the store now has.
    pub got: u64,
    /// How many there are, by the platform.
    pub total: Option<u64>,
    /// Whether it was the last page.
    pub complete: bool,
    /// With the last page: why what was read is not all, or what of it could not be read as sent.
    pub problem: Option<Failure>,
}

/// A place on the screen that the mouse can point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The conversations.
    Roster,
    /// The messages.
    Transcript,
    /// The messages of the conversation beside.
    Beside,
    /// The message that is being written.
    Composer,
    /// The help overlay.
    Help,
    /// The palette.
    Palette,
    /// The data requests.
    Requests,
    /// The deliveries.
    Deliveries,
    /// What is selected in the Webhooks view, whole.
    Detail,
    /// The list of channels.
    Channels,
    /// The answers that the bot offers.
    Offer,
    /// The list of data sources.
    Sources,
    /// The list of a source's rows.
    Rows,
    /// What is selected in the Sources view, whole.
    Row,
    /// The calls of the Log view.
    Calls,
    /// The selected call, whole.
    CallDetail,
    /// The list of the Tests view.
    Suites,
    /// What is selected in the Tests view, whole.
    CaseDetail,
    /// What the Search view found.
    Found,
    /// The conversations of all channels.
    Inbox,
    /// What lies over the view.
    Overlay,
}
