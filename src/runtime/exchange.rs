//! A message and its reply, and what comes by webhook, as a command sees them.

use std::time::Duration;

use super::ConfigChanges;
use crate::domain::{
    Attach, Attachment, ChannelName, ConversationId, DataRequest, Failure, Finish, Message, Refused, Requested, Trust,
};

/// A message that a command sends.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The conversation; none begins a new one.
    pub conversation: Option<ConversationId>,
    /// What is sent.
    pub text: String,
    /// What goes out with it.
    pub attach: Vec<Attach>,
    /// Whether the reply is asked for piece by piece.
    pub stream: bool,
    /// After how long the program stops waiting.
    pub timeout: Option<Duration>,
}

/// What happens while a command waits for a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatProgress {
    /// The conversation's id is known.
    Conversation(ConversationId),
    /// More of the reply came.
    Delta(String),
    /// The platform takes back what it told so far: the reply is this.
    Corrected(String),
    /// The platform said that the reply has ended so. Only its stream is read to its end.
    Finished(Finish),
    /// The platform took the message, and the reply comes later.
    Accepted,
    /// The platform is asked again after a while.
    Waiting {
        /// How long.
        seconds: u64,
        /// Why.
        why: String,
    },
}

/// A reply, whole or as far as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatReply {
    /// The conversation, where it is known.
    pub conversation: Option<ConversationId>,
    /// What came.
    pub text: String,
    /// How it ended.
    pub finish: Finish,
    /// Why it is not whole.
    pub failure: Option<Failure>,
    /// How many pieces of it could not be read.
    pub damaged: u32,
    /// What the bot offers as answers.
    pub quick_replies: Vec<String>,
    /// Pictures and files that came with it.
    pub attachments: Vec<Attachment>,
    /// Milliseconds from handing the message over to the first word; none where the reply came by webhook.
    pub first_word_ms: Option<u64>,
    /// The same to its end.
    pub took_ms: Option<u64>,
}

impl Default for ChatReply {
    /// Nothing has come.
    fn default() -> Self {
        Self {
            conversation: None,
            text: String::new(),
            finish: Finish::Cut,
            failure: None,
            damaged: 0,
            quick_replies: Vec::new(),
            attachments: Vec::new(),
            first_word_ms: None,
            took_ms: None,
        }
    }
}

/// What came by webhook, as a command sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookUpdate {
    /// The listener is ready.
    Listening {
        /// Where, on this machine.
        url: String,
        /// Whether it is another instance's.
        elsewhere: bool,
        /// Whether other machines reach it directly.
        public: bool,
        /// What each channel's platform has to post to, its key included; or why that can't be told.
        hooks: Vec<(ChannelName, Result<String, Failure>)>,
        /// The channels that take a delivery without any proof of where it is from.
        open: Vec<ChannelName>,
    },
    /// The config file was read again: what it has otherwise; or it can't be, and all stays as it was.
    Config(Result<ConfigChanges, Failure>),
    /// Somebody wrote.
    Message {
        /// On which channel.
        channel: ChannelName,
        /// Where.
        conversation: ConversationId,
        /// What.
        message: Box<Message>,
        /// How far it is trusted.
        trust: Trust,
        /// Whether it was known already: whoever answers has done so.
        duplicate: bool,
    },
    /// A platform asks for data.
    Request {
        /// What, as it was stored at first.
        request: Box<DataRequest>,
        /// Whether it was known already.
        duplicate: bool,
    },
    /// Something else happened: somebody joined, a conversation ended, a probe came.
    Event {
        /// On which channel.
        channel: ChannelName,
        /// Where.
        conversation: Option<ConversationId>,
        /// The platform's word for it. Untrusted.
        kind: String,
        /// How far it is trusted.
        trust: Trust,
        /// Whether it was known already.
        duplicate: bool,
    },
    /// A delivery was refused.
    Rejected {
        /// On which channel; empty where its path named none.
        channel: ChannelName,
        /// Why.
        refused: Refused,
        /// What was asked for.
        requested: Requested,
    },
}
