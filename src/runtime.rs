//! PLACEHOLDER for the runtime's face, to be replaced wholesale. Floor 5.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{self, Config, Env};
use crate::domain::{ChannelName, Conversation, ConversationId, Failure, Finish, Kind, Message, Page, PageRequest};

pub use crate::export;

/// The global flags.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--channel`.
    pub channel: Option<String>,
    /// `--sandbox`.
    pub sandbox: bool,
}

/// The program's operations.
#[derive(Debug)]
pub struct Runtime {
    config: Config,
    channel: Option<String>,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The conversation; none starts one.
    pub conversation: Option<ConversationId>,
    /// The message.
    pub text: String,
    /// Whether the reply is asked for piece by piece.
    pub stream: bool,
    /// How long the whole may take.
    pub timeout: Option<Duration>,
}

/// What happens until the reply is whole.
#[derive(Debug, Clone)]
pub enum ChatProgress {
    /// The conversation is known.
    Conversation(ConversationId),
    /// A piece of the reply.
    Delta(String),
    /// The platform said not now.
    Waiting {
        /// How long.
        seconds: u64,
        /// Why.
        why: String,
    },
}

/// The reply, whole or as far as it came.
#[derive(Debug, Clone)]
pub struct ChatReply {
    /// The conversation.
    pub conversation: Option<ConversationId>,
    /// The text.
    pub text: String,
    /// How it ended.
    pub finish: Finish,
    /// Why it was cut.
    pub failure: Option<Failure>,
}

impl Runtime {
    /// Loads the config.
    pub fn open(setup: &Setup) -> Result<Self, Failure> {
        let location = config::locate(setup.config.as_deref(), &Env::system())?;
        Ok(Self { config: config::load(&location.path)?, channel: setup.channel.clone() })
    }

    /// The channel that is meant.
    pub fn channel(&self) -> Result<ChannelName, Failure> {
        if let Some(name) = &self.channel {
            return Ok(ChannelName::new(name));
        }
        let only = || self.config.channels.first().map(|channel| channel.name.clone());
        let name = self.config.default_channel.clone().or_else(only);
        name.ok_or_else(|| Failure::new(Kind::Usage, "which channel?"))
    }

    /// One page of conversations.
    #[expect(clippy::unused_async, reason = "placeholder")]
    pub async fn list(&self, _page: &PageRequest) -> Result<Page<Conversation>, Failure> {
        Err(placeholder())
    }

    /// One page of messages.
    #[expect(clippy::unused_async, reason = "placeholder")]
    pub async fn messages(
        &self,
        _conversation: &ConversationId,
        _page: &PageRequest,
    ) -> Result<Page<Message>, Failure> {
        Err(placeholder())
    }

    /// Sends a message.
    #[expect(clippy::unused_async, reason = "placeholder")]
    pub async fn chat(&self, _request: ChatRequest, _on: &mut dyn FnMut(ChatProgress)) -> Result<ChatReply, Failure> {
        Err(placeholder())
    }

    /// Closes.
    #[expect(clippy::unused_async, reason = "placeholder")]
    pub async fn close(self) {}
}

fn placeholder() -> Failure {
    Failure::new(Kind::Failed, "the runtime's placeholder does nothing")
}
