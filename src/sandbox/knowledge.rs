//! What the bot knows: one task has the bot ready that learnt the synced rows, and teaches a new one when they change.
//!
//! All five platforms have the same bot: what was synced in Chat Thing's sources is what every one of them answers.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::bot::Bot;
use super::shelf::{Lesson, Shelf, ShelfError};

type Answer = oneshot::Sender<Result<Arc<Bot>, ShelfError>>;

/// How a request's task asks for the bot.
#[derive(Clone)]
pub(super) struct Knowledge(mpsc::UnboundedSender<Answer>);

/// The bot of some lessons.
struct Taught {
    lessons: Vec<Lesson>,
    bot: Arc<Bot>,
}

impl Knowledge {
    /// Starts the task on the current runtime.
    pub(super) fn open(shelf: Shelf) -> Self {
        let (asks, mut inbox) = mpsc::unbounded_channel::<Answer>();
        tokio::spawn(async move {
            let mut taught = None;
            while let Some(answer) = inbox.recv().await {
                let bot = up_to_date(&shelf, &mut taught).await;
                let _ = answer.send(bot);
            }
        });
        Self(asks)
    }

    /// The bot, as the last good syncs left it.
    pub(super) async fn bot(&self) -> Result<Arc<Bot>, ShelfError> {
        let (answer, bot) = oneshot::channel();
        self.0.send(answer).map_err(|_| ShelfError::Stopping)?;
        bot.await.map_err(|_| ShelfError::Stopping)?
    }
}

async fn up_to_date(shelf: &Shelf, taught: &mut Option<Taught>) -> Result<Arc<Bot>, ShelfError> {
    let lessons = shelf.lessons().await?;
    let same =
        |one: &[Lesson]| one.len() == lessons.len() && one.iter().zip(&lessons).all(|(a, b)| Arc::ptr_eq(a, b));
    if let Some(taught) = taught.as_ref().filter(|taught| same(&taught.lessons)) {
        return Ok(taught.bot.clone());
    }
    // Thousands of rows take a moment, in which other requests are answered.
    let read = lessons.clone();
    let bot = tokio::task::spawn_blocking(move || Bot::taught(&read)).await.map_err(|_| ShelfError::Stopping)?;
    let bot = Arc::new(bot);
    *taught = Some(Taught { lessons, bot: bot.clone() });
    Ok(bot)
}
