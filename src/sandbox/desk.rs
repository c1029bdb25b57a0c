//! The desk: what every request's task has at hand.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::domain::Timestamp;
use crate::http::Http;

use super::Pace;
use super::bot::Bot;
use super::eko::Eko;
use super::gate::Gate;
use super::history::Said;
use super::hooks::Hooks;
use super::knowledge::Knowledge;
use super::operator::Operator;
use super::optech::Links;
use super::records::Records;
use super::shelf::Shelf;
use super::speech::Speech;
use super::upstream::{Model, Mute};

/// What every request's task has at hand. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) records: Records,
    /// `KLaunch`'s users, by their numbers, and what was said with them.
    pub(super) flow: Records,
    /// `OpTech`'s one-time links.
    pub(super) links: Links,
    pub(super) gate: Gate,
    /// Where the platforms hand in their webhooks.
    pub(super) hooks: Hooks,
    /// Whether the platforms do something of their own accord.
    pub(super) life: bool,
    /// What is used to post them.
    pub(super) http: Http,
    /// What stands before its own paths, such as `http://127.0.0.1:8080`.
    pub(super) base_url: Arc<str>,
    /// Eko's people and tokens.
    pub(super) eko: Eko,
    /// Operator's conversations.
    pub(super) operator: Operator,
    /// `Chat Thing`'s data sources.
    pub(super) shelf: Shelf,
    /// The bot, as far as the sources taught it.
    pub(super) knowledge: Knowledge,
    pub(super) upstream: Option<Arc<Model>>,
    pub(super) pace: Pace,
    pub(super) clock: fn() -> Timestamp,
    /// Whether requests under any host's name are answered.
    pub(super) any_host: bool,
    /// Turns true when the sandbox stops.
    pub(super) stopping: watch::Receiver<bool>,
    /// One permit for each answer that is being made: stopping waits for all of them.
    pub(super) busy: Arc<Semaphore>,
}

impl Desk {
    /// What is answered to a message: by the upstream where there is one, else by the bot.
    pub(super) async fn speak(&self, before: &[Said], text: &str) -> Result<Speech, Mute> {
        match (&self.upstream, Bot::command(text)) {
            (_, Some(reply)) => Ok(Speech::new(reply, self.pace)),
            (None, None) => Ok(Speech::new(self.bot().await?.answer(before, text), self.pace)),
            (Some(model), None) => {
                let bot = self.bot().await?;
                let sections = bot.sections(before, text);
                let mut signal = self.stopping.clone();
                tokio::select! {
                    deltas = model.ask(before, &sections, text) => Ok(Speech::of_upstream(deltas?)),
                    _ = signal.wait_for(|stopping| *stopping) => Err("the sandbox is stopping".to_owned().into()),
                }
            }
        }
    }

    async fn bot(&self) -> Result<Arc<Bot>, String> {
        self.knowledge.bot().await.map_err(|error| error.to_string())
    }

    /// All that is said, after a thought.
    pub(super) async fn hear(&self, speech: &mut Speech) -> Result<String, String> {
        self.unless_stopping(speech.think()).await;
        speech.hurry();
        let mut text = String::new();
        let mut stopping = self.stopping.clone();
        while let Some(piece) = speech.next_unless(&mut stopping).await {
            text.push_str(&piece?);
        }
        Ok(text)
    }

    /// The name that stands in the chunks of a stream.
    pub(super) fn model(&self) -> String {
        self.upstream.as_ref().map_or_else(|| "patchcord-sandbox".to_owned(), |model| model.name().to_owned())
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
