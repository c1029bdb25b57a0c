//! What the program can do: operations that a command awaits, and that the terminal interface performs as effects.
//! Floor 5.
//!
//! Owns the joining of config, store, adapters and sandbox; repeating what may safely be repeated; the courier, who
//! alone hands messages to a platform. It draws nothing, prints nothing and decides nothing that the core decides.

mod chance;
mod courier;
mod log;
mod open;
mod operations;
mod patience;
mod perform;
mod trouble;

/// A conversation as a file: handed on, since the doors don't know the engines.
pub mod export {
    pub use crate::export::*;
}

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::task::JoinHandle;

pub use log::begin_log;
pub use open::has_config;
pub use perform::Performer;

use crate::app::ChannelView;
use crate::config::Config;
use crate::domain::{
    Capabilities, Channel, ChannelName, Conversation, ConversationId, Failure, Finish, Message, Page, PageRequest,
};
use crate::http::Http;
use crate::platform::Adapter;
use crate::sandbox::Running;
use crate::store::Store;

/// The global flags: where things are and which channel is meant.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--channel`.
    pub channel: Option<String>,
    /// `--sandbox`: the embedded sandbox instead of a config file.
    pub sandbox: bool,
}

/// Everything that is open: the config, the store, the network, the sandbox.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: PathBuf,
    config: Config,
    wanted: Option<String>,
    http: Http,
    store: Store,
    adapter: OnceCell<Arc<dyn Adapter>>,
    /// Whether the channel is the embedded sandbox.
    embedded: bool,
    sandbox: OnceLock<Running>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// A message that a command sends.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The conversation; none begins a new one.
    pub conversation: Option<ConversationId>,
    /// What is sent.
    pub text: String,
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
}

impl Runtime {
    /// Reads the config, and opens the store behind the caller's back.
    pub fn open(setup: &Setup) -> Result<Self, Failure> {
        open::open(setup)
    }

    /// The channel that is meant: the one that was asked for, else the default one, else the only one.
    pub fn channel(&self) -> Result<ChannelName, Failure> {
        self.chosen().map(|c| c.name.clone())
    }

    /// What the frame says of the channel that is meant.
    pub fn channel_view(&self) -> Result<ChannelView, Failure> {
        open::view(self)
    }

    /// What the platform of that channel can do.
    pub fn capabilities(&self) -> Result<Capabilities, Failure> {
        self.chosen().map(crate::platform::registry::capabilities)
    }

    /// One page of the platform's conversations, which the store then knows too.
    pub async fn list(&self, page: &PageRequest) -> Result<Page<Conversation>, Failure> {
        operations::history::list(self, page, patience::command(), |_| {}).await
    }

    /// One page of a conversation's messages, oldest first.
    pub async fn messages(
        &self,
        conversation: &ConversationId,
        page: &PageRequest,
    ) -> Result<Page<Message>, Failure> {
        operations::history::messages(self, conversation, page, patience::command()).await
    }

    /// Sends one message and brings the reply. Dropping the future stops it; what came is kept.
    pub async fn chat(&self, request: ChatRequest, on: &mut dyn FnMut(ChatProgress)) -> Result<ChatReply, Failure> {
        operations::chat::chat(self, request, on).await
    }

    /// Where database, drafts and the files of an editor at work live.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.inner.data_dir
    }

    /// 64 random bits: below this floor, randomness is an argument.
    pub fn seed(&self) -> u64 {
        chance::seed()
    }

    /// Builds what the first call to a platform needs, so that it does not have to.
    pub async fn warm(&self) {
        self.inner.http.warm().await;
    }

    /// Lets what is under way come to rest, and closes the store.
    pub async fn close(self) {
        let tasks = self.inner.tasks.lock().map(|mut t| std::mem::take(&mut *t)).unwrap_or_default();
        let settled = futures_util::future::join_all(tasks);
        // A platform that does not answer must not keep the user from leaving; the store says what was under way.
        let _ = tokio::time::timeout(Duration::from_secs(2), settled).await;
        if let Err(error) = self.inner.store.close().await {
            tracing::error!(%error, "the store did not close well");
        }
    }

    fn chosen(&self) -> Result<&Channel, Failure> {
        open::chosen(&self.inner.config, self.inner.wanted.as_deref())
    }

    fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The channel's adapter. Its secret is fetched at the first call, on a thread where that may take its time.
    async fn adapter(&self) -> Result<Arc<dyn Adapter>, Failure> {
        open::adapter(self).await
    }

    /// Keeps a task's handle, so that closing waits for it.
    fn keep(&self, task: JoinHandle<()>) {
        if let Ok(mut tasks) = self.inner.tasks.lock() {
            tasks.retain(|t| !t.is_finished());
            tasks.push(task);
        }
    }
}
