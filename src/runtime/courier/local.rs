//! Delivering where the store keeps the history: the bot's first words, ways to answer directly, and filing what was
//! taken.

use std::time::Duration;

use super::{Courier, Delivered, TAKEN};
use crate::domain::{Extras, Failure, Kind, OutState, Role, Timestamp, Turn};
use crate::runtime::{Runtime, durable_write, error_map, uploads};

/// How long the bot's first words are waited for before the message goes out.
const GREETING: Duration = Duration::from_secs(10);
/// How often they are looked for where another process listens.
const LOOK: Duration = Duration::from_millis(100);
/// So much before its end a way to answer directly is not used any more: it has to arrive, too.
const REPLY_MARGIN_MS: i64 = 3_000;

impl Courier<'_> {
    /// Whether the store's copy is the history.
    pub(super) fn is_local(&self) -> bool {
        self.runtime.capabilities().is_ok_and(|can| can.local)
    }

    /// Takes a living way to answer the conversation directly, if there is one.
    pub(super) async fn take_handle(&mut self) {
        let now = Timestamp::now();
        self.attempt.handle =
            self.attempt.handle.take().filter(|handle| handle.expires > now.plus_millis(REPLY_MARGIN_MS));
        if let (None, Some(conversation)) = (&self.attempt.handle, &self.turn.conversation) {
            let store = self.runtime.store();
            match store.take_reply_handle(&self.turn.channel, conversation, now, REPLY_MARGIN_MS).await {
                Ok(handle) => self.attempt.handle = handle,
                // It can be pushed all the same.
                Err(error) => tracing::warn!(turn = %self.turn.id, %error, "the reply handle could not be read"),
            }
        }
    }

    /// Files a message that was taken in the conversation's history, which nobody keeps but the store: before what came
    /// since it was handed over.
    pub(super) async fn file(&mut self, via: Option<&'static str>) -> Delivered {
        let is_bot = self.runtime.capabilities().is_ok_and(|can| can.is_bot);
        let role = if is_bot { Role::Assistant } else { Role::User };
        let attachments = uploads::shown(&self.turn.attach);
        let quick_replies = uploads::offered(&self.turn.attach);
        let extras = Extras { via: via.map(str::to_owned), attachments, quick_replies, ..Extras::default() };
        let Some(conversation) = self.turn.conversation.clone() else {
            let what = "The platform took the message and named no conversation, so a reply to it can't be told.";
            let failure = Failure::new(Kind::Platform, what);
            let (store, id, told) = (self.runtime.store().clone(), self.turn.id.clone(), failure.clone());
            let settled = durable_write::until_written(move || store.settle(&id, OutState::Sent, Some(&told))).await;
            if let Err(error) = settled {
                tracing::error!(turn = %self.turn.id, %error, "the outcome could not be stored");
                return Delivered::Ended(OutState::Sent, error_map::after_sending(TAKEN, &error));
            }
            return Delivered::Ended(OutState::Sent, failure);
        };
        let (store, id, handed) = (self.runtime.store().clone(), self.turn.id.clone(), self.attempt.handed);
        match durable_write::until_written(move || store.file_sent(&id, &role, &extras, handed)).await {
            Ok(place) => Delivered::Accepted { conversation, place, ungreeted: self.attempt.ungreeted },
            Err(error) => {
                tracing::error!(turn = %self.turn.id, %error, "the outcome could not be stored");
                Delivered::Ended(OutState::Sent, error_map::after_sending(TAKEN, &error))
            }
        }
    }
}

/// Waits for the bot's first words in a conversation that was just opened: what is sent before them could overtake
/// what opened it. For a while only, and not at all where nobody listens for them.
/// Says whether they came, or would not be heard.
pub(super) async fn greeted(runtime: &Runtime, turn: &Turn) -> bool {
    let Some(conversation) = &turn.conversation else { return true };
    let store = runtime.store();
    if !matches!(store.listener().await, Ok(Some(_))) && !runtime.listens() {
        return true;
    }
    let heard = async {
        loop {
            match store.messages(&turn.channel, conversation, None, 1).await {
                Ok(slice) if slice.entries.is_empty() => runtime.news(LOOK).await,
                _ => return,
            }
        }
    };
    tokio::time::timeout(GREETING, heard).await.is_ok()
}
