//! What the program can do: operations that a command awaits, and that the terminal interface performs as effects.
//! Floor 5.
//!
//! Owns the joining of config, store, adapters and sandbox; repeating what may safely be repeated; the courier, who
//! alone hands messages to a platform. It draws nothing, prints nothing and decides nothing that the core decides.

#![warn(clippy::missing_errors_doc)]

mod archives;
mod calls;
mod channel_sender;
mod channels;
mod checkup;
mod clipboard;
mod configured;
mod conversations;
mod courier;
mod durable_write;
pub mod editor;
mod error_map;
mod exchange;
pub mod folder;
mod folder_watch;
pub mod guarded;
mod hidden_input;
pub mod job;
mod keymap;
mod known_names;
mod listen;
mod loan;
mod log;
mod multiplexer;
mod notifier;
mod open;
mod operations;
mod pages;
mod perform;
mod programs;
mod pump;
mod random;
mod reload;
mod resume;
mod retry;
mod rules;
mod searches;
mod sources;
mod spool;
mod suites;
mod transcripts;
mod uploads;
mod watched;

/// A conversation as a file: handed on, since the doors don't know the engines.
pub mod export {
    pub use crate::export::*;
}

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{OnceCell, mpsc, watch};
use tokio::task::JoinHandle;

pub use crate::platform::registry::Registry as Platforms;
pub use crate::store::{Carried, Salvaged};
pub use calls::{CallFollower, CallNews, CallPages, calls};
pub use checkup::{Area, Finding, Health};
pub use clipboard::{Clipboard, ClipboardError, MOST as CLIPBOARD_BYTES, TooLong};
pub use configured::ConfigChanges;
pub use exchange::{ChatProgress, ChatReply, ChatRequest, WebhookUpdate};
pub use hidden_input::HiddenInput;
pub use known_names::Names;
pub use loan::{Errand, Loan, LoanResult};
pub use log::begin_log;
pub use notifier::Notifier;
pub use open::has_config;
pub use pages::{Followed, Listed, Totals, follow, single};
pub use perform::Performer;
pub use searches::SearchRequest;
pub use spool::Spool;
pub use suites::{
    ChangedAnswer, SuitePlan, SuiteProgress, SuiteReport, SuiteRun, SuiteWatch, accept_answer, changed_answers,
    keep_answers, load_suites, refuse_answer, restore_answer,
};
pub use transcripts::{ExportRequest, Exported, ExportedText, Gathering, Taking, Took, Which};

use configured::Configured;

use crate::app::ChannelInfo;
use crate::domain::{Capabilities, ChannelName, DataRequest, Failure, RequestId, SavedReply, Secret};
use crate::http::Http;
use crate::platform::Adapter;
use crate::sandbox::Running;
use crate::store::{Store, StoreError};
use crate::webhook::Listening;

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
    /// Whether the embedded sandbox's platforms do something of their own accord: for the screen, where there is time
    /// to see it.
    pub life: bool,
    /// `--color`: whether there are colours; none where the environment says.
    pub colour: Option<bool>,
    /// `--timeout`: in place of the channel's own limits.
    pub timeout: Option<Duration>,
    /// Told at once what the user should know of the store, such as that a damaged file was moved aside. Called on the
    /// store's thread.
    pub warn: Option<fn(&str)>,
    /// `--read-only`: no channel is written to.
    pub read_only: bool,
    /// What is opened with it, for whoever stops the process.
    pub opened: job::Opened,
    /// The platforms that channels may be of: those that the program comes with, unless set.
    pub platforms: Platforms,
}

/// Everything that is open: the config, the store, the network, the sandbox; and which channel is meant. Clones share
/// all but the latter.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
    /// The channel that is meant, where one was named after the start.
    channel: Option<ChannelName>,
}

struct Inner {
    data_dir: PathBuf,
    configured: Configured,
    /// What tells this config from others that have the same data directory: its file, or that it is the sandbox's.
    identity: String,
    /// The config file, where there is one: it is read again when it changes.
    config_file: Option<PathBuf>,
    /// Goes up when who is listened for, or where, is another by a config that was read again.
    reconfigured: watch::Sender<u64>,
    platforms: Platforms,
    wanted: Option<String>,
    http: Http,
    store: Store,
    /// What was fetched for each of them, so that it is known where it must not be kept.
    secrets: Mutex<BTreeMap<ChannelName, Vec<Secret>>>,
    /// Whether the channels are the embedded sandbox's.
    embedded: bool,
    /// Whether the embedded sandbox's platforms do something of their own accord.
    life: bool,
    /// What a command was given for all that it does.
    timeout: Option<Duration>,
    sandbox: OnceCell<Running>,
    /// This process's listener, once it holds the port.
    listening: Mutex<Option<Listening>>,
    /// Held while a listener is begun, so that one is.
    beginning: tokio::sync::Mutex<()>,
    /// Goes up when the listener took something, or something was done with what it took.
    news: watch::Sender<u64>,
    /// The page of a history that was filed last, where more of it is read.
    filed: Mutex<Option<operations::history::FiledPage>>,
    /// What the user has before the eyes, where there is a screen.
    watched: Mutex<watched::Watched>,
    /// The archives that are known by now.
    archives: Mutex<Vec<ChannelName>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    /// Tells a command's user what they should know of the store.
    warn: Option<fn(&str)>,
    /// Whether the store was asked for something, so that whoever asked learns what is wrong with it.
    asked: AtomicBool,
    /// Whether it was told that nothing is kept.
    unkept: AtomicBool,
}

impl Runtime {
    /// Reads the config, and opens the store behind the caller's back.
    ///
    /// # Errors
    ///
    /// `Kind::Config` where the config file has errors or is missing, and `Kind::Usage` where no channel is
    /// meant.
    pub fn open(setup: &Setup) -> Result<Self, Failure> {
        let runtime = Self::open_any(setup)?;
        runtime.chosen()?;
        Ok(runtime)
    }

    /// The same for what concerns all channels: none has to be meant.
    ///
    /// # Errors
    ///
    /// `Kind::Config` where the config file has errors or is missing.
    pub fn open_any(setup: &Setup) -> Result<Self, Failure> {
        open::open(setup)
    }

    /// The same, with another channel meant.
    #[must_use]
    pub fn on(&self, channel: &ChannelName) -> Self {
        Self { inner: Arc::clone(&self.inner), channel: Some(channel.clone()) }
    }

    /// The channel that is meant: the one that was asked for, else the default one, else the only one.
    ///
    /// # Errors
    ///
    /// `Kind::Usage` where the one that was asked for isn't there, or several are and none was named.
    pub fn channel(&self) -> Result<ChannelName, Failure> {
        self.chosen().map(|channel| channel.name.clone())
    }

    /// What the frame says of every channel, with what its platform can do; and the place of the one that is meant.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::channel`].
    pub fn channel_views(&self) -> Result<(Vec<(ChannelInfo, Capabilities)>, usize), Failure> {
        channels::views(self)
    }

    /// What is often said, as the config file has it.
    pub fn saved_replies(&self) -> Vec<SavedReply> {
        self.config().replies.clone()
    }

    /// What the platform of that channel can do.
    ///
    /// # Errors
    ///
    /// As for [`Runtime::channel`].
    pub fn capabilities(&self) -> Result<Capabilities, Failure> {
        self.chosen().map(|channel| self.inner.platforms.capabilities(&channel))
    }

    /// Sends one message and brings the reply. Dropping the future stops it; what came is kept.
    ///
    /// # Errors
    ///
    /// Why nothing was sent, or, by `Kind::UnknownDelivery`, that it may have been. A reply that is not whole is no
    /// error: its failure stands in [`ChatReply::failure`].
    pub async fn chat(
        &self,
        request: ChatRequest,
        on: &mut (dyn FnMut(ChatProgress) + Send),
    ) -> Result<ChatReply, Failure> {
        operations::chat::chat(self, request, on).await
    }

    /// Listens for webhooks, or looks on while another instance does, and tells `to` of all that comes until nobody is
    /// left there. A slow receiver keeps nothing from being taken: it learns of it later.
    ///
    /// # Errors
    ///
    /// `Kind::Network` where the port can't be listened on, and where the store can't be read.
    pub async fn follow_webhooks(&self, to: mpsc::Sender<Vec<WebhookUpdate>>) -> Result<(), Failure> {
        operations::follow_webhooks::follow(self, to).await
    }

    /// The newest data requests: of the channel that is meant, or of all.
    ///
    /// # Errors
    ///
    /// Where the store can't be read.
    pub async fn requests(&self, all: bool) -> Result<Vec<DataRequest>, Failure> {
        operations::requests::list(self, all).await
    }

    /// Posts the answer of a data request, a JSON object, and says what became of it. Once, and never late.
    ///
    /// # Errors
    ///
    /// `Kind::Invalid` where `data` is no JSON object or it is too late, `Kind::NotFound` where there is no such
    /// request, and `Kind::UnknownDelivery` where the answer may have arrived.
    pub async fn answer(&self, request: &RequestId, data: &str) -> Result<DataRequest, Failure> {
        operations::requests::answer(self, request, data).await
    }

    /// Where database, drafts and the files of an editor at work live.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.inner.data_dir
    }

    /// The config file, where this run has one.
    pub(crate) fn config_file(&self) -> Option<std::path::PathBuf> {
        self.inner.config_file.clone()
    }

    /// A place for what is printed once it is whole.
    pub fn spool(&self) -> Spool {
        Spool::new(&self.inner.data_dir)
    }

    /// 64 random bits: below this floor, randomness is an argument.
    pub fn seed(&self) -> u64 {
        random::seed()
    }

    /// Builds what the first call to a platform needs, so that it does not have to.
    pub async fn warm(&self) {
        self.inner.http.warm().await;
    }

    /// Lets what is under way come to rest, and closes the store.
    pub async fn close(self) {
        // Before the store: what was let in is still stored and acknowledged.
        if let Some(listening) = self.inner.listening.lock().ok().and_then(|mut listening| listening.take()) {
            let _ = tokio::task::spawn_blocking(move || listening.stop()).await;
        }
        let tasks = self.inner.tasks.lock().map(|mut t| std::mem::take(&mut *t)).unwrap_or_default();
        let settled = futures_util::future::join_all(tasks);
        // A platform that does not answer must not keep the user from leaving; the store says what was under way.
        let _ = tokio::time::timeout(Duration::from_secs(2), settled).await;
        if let Err(error) = self.inner.store.close().await {
            tracing::error!(%error, "the store did not close well");
            if !self.inner.asked.load(Ordering::Relaxed) {
                self.unkept(&error);
            }
        }
    }

    /// Whether this process holds the listener.
    fn listens(&self) -> bool {
        self.listening(|_| ()).is_some()
    }

    /// What this process's listener says; none where it does not listen.
    fn listening<T>(&self, ask: impl FnOnce(&Listening) -> T) -> Option<T> {
        self.inner.listening.lock().ok()?.as_ref().map(ask)
    }

    /// Asks something of what the user has before the eyes.
    fn watched(&self, ask: impl FnOnce(&watched::Watched) -> bool) -> bool {
        self.inner.watched.lock().is_ok_and(|watched| ask(&watched))
    }

    /// Waits until the listener took something, and no longer than that: where another process listens, only the
    /// store tells.
    async fn news(&self, longest: Duration) {
        let mut news = self.inner.news.subscribe();
        let _ = tokio::time::timeout(longest, news.changed()).await;
    }

    fn store(&self) -> &Store {
        self.inner.asked.store(true, Ordering::Relaxed);
        &self.inner.store
    }

    /// Waits until the store has made the data directory where there was none: it does so that no power cut takes the way to
    /// what is written there, which whoever makes it first would have to.
    async fn keep_ready(&self) {
        // A store that can't be opened says so to whoever asks it for something.
        let _ = self.store().warnings().await;
    }

    /// What a command was asked for is here, and the store can't keep it: said once.
    fn unkept(&self, error: &StoreError) {
        if let Some(warn) = self.inner.warn.filter(|_| !self.inner.unkept.swap(true, Ordering::Relaxed)) {
            warn(&format!("Nothing is kept on this machine: {}.", error_map::store(error).message));
        }
    }

    /// The channel's adapter. Its secret is fetched at the first call, on a thread where that may take its time.
    async fn adapter(&self) -> Result<Arc<dyn Adapter>, Failure> {
        open::adapter(self).await
    }

    /// That the channel that is meant may be written to.
    fn writable(&self) -> Result<(), Failure> {
        open::writable(self)
    }

    /// Keeps a task's handle, so that closing waits for it.
    fn keep(&self, task: JoinHandle<()>) {
        if let Ok(mut tasks) = self.inner.tasks.lock() {
            tasks.retain(|t| !t.is_finished());
            tasks.push(task);
        }
    }
}
