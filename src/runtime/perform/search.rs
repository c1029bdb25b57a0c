//! What the Search view asks for, done in the background.

use crate::app::{Event, SearchEffect, SearchEvent};
use crate::domain::Failure;
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::operations::search as searching;
use crate::runtime::{Runtime, SearchRequest, error_map};
use crate::store::StoreError;

/// Does one thing for the Search view and sends what came of it. An error is the store's.
pub(super) async fn search(runtime: &Runtime, sender: &ChannelSender, effect: SearchEffect) -> Result<(), Failure> {
    let event = match effect {
        SearchEffect::Find { ticket, query, within, after, limit } => {
            match runtime.store().search(SearchRequest { query, within, after, limit }).await {
                // Nobody waits for it any more.
                Err(StoreError::Superseded) => return Ok(()),
                found => SearchEvent::Found(ticket, found.map(Box::new).map_err(|error| error_map::store(&error))),
            }
        }
        SearchEffect::Around { ticket, channel, conversation, seq, before, after } => {
            let around = searching::around(runtime, &channel, &conversation, seq, (before, after)).await?;
            SearchEvent::Around(ticket, around)
        }
        SearchEffect::Count(conversation) => {
            let channel = runtime.channel()?;
            let messages = runtime.store().message_count(&channel, &conversation).await;
            SearchEvent::Counted(conversation, messages.map_err(|error| error_map::store(&error))?)
        }
        SearchEffect::Saved => SearchEvent::Saved(searching::saved(runtime).await?),
        SearchEffect::Save(search) => {
            searching::save(runtime, &search).await?;
            SearchEvent::Saved(searching::saved(runtime).await?)
        }
        SearchEffect::Forget(name) => {
            // One that is gone already is forgotten.
            runtime.store().forget_search(&name).await.map_err(|error| error_map::store(&error))?;
            SearchEvent::Saved(searching::saved(runtime).await?)
        }
    };
    sender.tell(Event::Search(event)).await;
    Ok(())
}

/// Brings the index up to date, where it lacks much: after an upgrade, or after many messages came that nobody searched.
pub(super) async fn tend(runtime: Runtime) {
    // The start of the program is not made longer by it.
    tokio::time::sleep(super::AFTER_START).await;
    if let Err(error) = runtime.store().tend_index().await {
        tracing::warn!(%error, "the index could not be brought up to date");
    }
}
