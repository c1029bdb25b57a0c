//! What a sandbox is started with, and why it may not start.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::domain::{Secret, Timestamp};
use crate::http::HttpError;

use super::fault::Fault;

/// What a sandbox is started with. The default is in memory, on any free loopback port, at a reader's pace, with its
/// seeded conversations and no faults.
#[derive(Debug, Clone)]
pub struct Options {
    /// Keeps what is said in `<data_dir>/sandbox/journal.jsonl`, which several processes may share; none: memory only.
    pub data_dir: Option<PathBuf>,
    /// Where to listen; port 0 takes any free port.
    pub bind: SocketAddr,
    /// Whether `bind` may be an address that other machines reach, and webhooks may go to one.
    pub allow_public: bool,
    /// How fast the bot writes.
    pub pace: Pace,
    /// A language model to answer in the bot's place.
    pub upstream: Option<Upstream>,
    /// What is to go wrong, in order.
    pub faults: Vec<Fault>,
    /// Whether a new journal starts with a few dozen conversations to browse.
    pub seed_conversations: bool,
    /// Where webhooks go: a channel's to `{hooks}/{channel}`, such as `http://127.0.0.1:8787/hooks/flow`. None: nowhere,
    /// until [`set_hooks`](super::Running::set_hooks) says where.
    pub hooks: Option<String>,
    /// Whether the platforms do something of their own accord, such as asking for data.
    pub simulation: bool,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_dir: None,
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_public: false,
            pace: Pace::default(),
            upstream: None,
            faults: Vec::new(),
            seed_conversations: true,
            hooks: None,
            simulation: false,
            clock: Timestamp::now,
        }
    }
}

/// How fast the bot writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// So many words a second, after a short moment of thought.
    WordsPerSecond(f32),
    /// As fast as the connection takes it.
    Unlimited,
}

impl Default for Pace {
    /// A person reading comfortably, with a little in hand.
    fn default() -> Self {
        Self::WordsPerSecond(12.0)
    }
}

/// An OpenAI-compatible server that answers in the bot's place, with the sections that the bot would have quoted.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Where its API begins, such as `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// The model's name.
    pub model: String,
    /// Sent as a bearer token.
    pub key: Option<Secret>,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Other machines could reach it, and nobody said that they may.
    #[error("{0} is not a loopback address, and the sandbox's secret is no secret: it listens on loopback only")]
    NotLoopback(SocketAddr),
    /// The address could not be taken.
    #[error("the sandbox could not listen on {addr}")]
    Bind {
        /// The address asked for.
        addr: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The journal could not be opened, read or written.
    #[error("the sandbox could not use its journal {path}")]
    Journal {
        /// The journal's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The thread or its runtime could not be started.
    #[error("the sandbox could not start its thread")]
    Thread(#[source] io::Error),
    /// Webhooks can't go there.
    #[error("webhooks can't be posted to {url:?}: {reason}")]
    Hooks {
        /// Where they were to go.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The upstream's address can't be used.
    #[error("the upstream can't be used")]
    Upstream(#[source] HttpError),
    /// The upstream's key would leave this machine unencrypted.
    #[error("the upstream's key goes to another machine over https:// only")]
    BareKey,
}
