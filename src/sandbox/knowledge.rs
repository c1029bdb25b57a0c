//! What the bot knows: one task has the bot ready that learnt the synced rows, and teaches a new one when they change.
//!
//! All five platforms have the same bot: what was synced in Chat Thing's sources is what every one of them answers.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::actor::Stopping;
use super::bot::Bot;
use super::source_store::{SourceStore, SourceStoreError, SyncedDocuments};

type ReplySender = oneshot::Sender<Result<Arc<Bot>, SourceStoreError>>;

/// How a request's task asks for the bot.
#[derive(Clone)]
pub(super) struct Knowledge(mpsc::UnboundedSender<ReplySender>);

/// The bot of some documents.
struct TrainedBot {
    documents: Vec<SyncedDocuments>,
    bot: Arc<Bot>,
}

impl Knowledge {
    /// Starts the task on the current runtime.
    pub(super) fn open(sources: SourceStore) -> Self {
        let (requests, mut inbox) = mpsc::unbounded_channel::<ReplySender>();
        tokio::spawn(async move {
            let mut trained = None;
            while let Some(answer) = inbox.recv().await {
                let bot = trained_bot(&sources, &mut trained).await;
                let _ = answer.send(bot);
            }
        });
        Self(requests)
    }

    /// The bot, as the last good syncs left it.
    pub(super) async fn bot(&self) -> Result<Arc<Bot>, SourceStoreError> {
        let (answer, bot) = oneshot::channel();
        self.0.send(answer).map_err(|_| Stopping)?;
        bot.await.map_err(|_| Stopping)?
    }
}

async fn trained_bot(sources: &SourceStore, trained: &mut Option<TrainedBot>) -> Result<Arc<Bot>, SourceStoreError> {
    let documents = sources.synced_documents().await?;
    let same = |one: &[SyncedDocuments]| {
        one.len() == documents.len() && one.iter().zip(&documents).all(|(a, b)| Arc::ptr_eq(a, b))
    };
    if let Some(trained) = trained.as_ref().filter(|trained| same(&trained.documents)) {
        return Ok(trained.bot.clone());
    }
    // Thousands of rows take a moment, in which other requests are answered.
    let read = documents.clone();
    let bot = tokio::task::spawn_blocking(move || Bot::from_documents(&read)).await.map_err(|_| Stopping)?;
    let bot = Arc::new(bot);
    *trained = Some(TrainedBot { documents, bot: bot.clone() });
    Ok(bot)
}
