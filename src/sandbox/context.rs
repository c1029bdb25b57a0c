//! What every request's task and every platform has at hand.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::domain::Timestamp;
use crate::http::Http;

use super::actor::Stopping;
use super::bot::Bot;
use super::history::StoredMessage;
use super::hooks::HookSender;
use super::knowledge::Knowledge;
use super::middleware::Middleware;
use super::options::Pace;
use super::paced_reply::PacedReply;
use super::reply_error::ReplyError;
use super::source_store::SourceStore;
use super::upstream::UpstreamModel;

/// Where nobody wants to wait, the simulation runs so many times faster.
const SPEED_UP: u32 = 40;

/// What every request's task has at hand. Cloning is cheap.
#[derive(Clone)]
pub(super) struct SandboxContext {
    pub(super) middleware: Middleware,
    /// Where the platforms hand in their webhooks.
    pub(super) hooks: HookSender,
    /// Whether the platforms do something of their own accord.
    pub(super) simulation: bool,
    /// What is used to post them.
    pub(super) http: Http,
    /// What stands before its own paths, such as `http://127.0.0.1:8080`.
    pub(super) base_url: Arc<str>,
    /// `Chat Thing`'s data sources.
    pub(super) sources: SourceStore,
    /// The bot that answers from what is synced.
    pub(super) knowledge: Knowledge,
    pub(super) upstream: Option<Arc<UpstreamModel>>,
    pub(super) pace: Pace,
    pub(super) clock: fn() -> Timestamp,
    /// Whether requests under any host's name are answered.
    pub(super) any_host: bool,
    /// Turns true when the sandbox stops.
    pub(super) stopping: watch::Receiver<bool>,
    /// One permit for each answer that is being made: stopping waits for all of them.
    pub(super) busy: Arc<Semaphore>,
}

impl SandboxContext {
    /// What is answered to a message: by the upstream where there is one, else by the bot.
    pub(super) async fn reply_to(&self, before: &[StoredMessage], text: &str) -> Result<PacedReply, ReplyError> {
        match (&self.upstream, Bot::command(text)) {
            (_, Some(reply)) => Ok(PacedReply::new(reply, self.pace)),
            (None, None) => Ok(PacedReply::new(self.bot().await?.answer(before, text), self.pace)),
            (Some(model), None) => {
                let bot = self.bot().await?;
                let sections = bot.sections(before, text);
                let mut signal = self.stopping.clone();
                tokio::select! {
                    deltas = model.ask(before, &sections, text) => Ok(PacedReply::from_upstream(deltas?)),
                    _ = signal.wait_for(|stopping| *stopping) => Err(Stopping.into()),
                }
            }
        }
    }

    async fn bot(&self) -> Result<Arc<Bot>, ReplyError> {
        Ok(self.knowledge.bot().await?)
    }

    /// All that is said, after a thought.
    pub(super) async fn collect_text(&self, reply: &mut PacedReply) -> Result<String, ReplyError> {
        self.unless_stopping(reply.wait_to_begin()).await;
        reply.skip_pauses();
        let mut text = String::new();
        let mut stopping = self.stopping.clone();
        while let Some(piece) = reply.next_unless(&mut stopping).await {
            text.push_str(&piece?);
        }
        Ok(text)
    }

    /// The name that stands in the chunks of a stream.
    pub(super) fn model(&self) -> String {
        self.upstream.as_ref().map_or_else(|| "patchcord-sandbox".to_owned(), |model| model.name().to_owned())
    }

    /// How long a pause of the simulation is that takes so long at any pace but the unlimited one.
    pub(super) fn simulated(&self, wait: Duration) -> Duration {
        if self.pace == Pace::Unlimited { wait / SPEED_UP } else { wait }
    }

    /// Waits for something, but no longer than until the sandbox stops.
    pub(super) async fn unless_stopping(&self, wait: impl Future<Output = ()>) {
        let mut signal = self.stopping.clone();
        tokio::select! {
            () = wait => {}
            _ = signal.wait_for(|stopping| *stopping) => {}
        }
    }
}
