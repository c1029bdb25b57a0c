//! Performing what is asked for about one message, and what of a conversation was seen.

use crate::app::{ChannelEvent, MessageEffect, MessageEvent};
use crate::domain::Failure;
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::operations::record;
use crate::runtime::{Runtime, error_map};

/// Does it, and sends what came of it. An error is the store's.
pub(super) async fn perform(runtime: &Runtime, sender: &ChannelSender, effect: MessageEffect) -> Result<(), Failure> {
    let store = runtime.store();
    match effect {
        MessageEffect::Read { ticket, conversation, which } => {
            let read = record::read(runtime, conversation.as_ref(), &which).await;
            let read = read.map(|record| record.map(Box::new));
            sender.send(ChannelEvent::Message(MessageEvent::Read(ticket, read))).await;
        }
        MessageEffect::MarkRead { conversation, last } => {
            let seen = store.see(&runtime.channel()?, &conversation, &last).await;
            seen.map_err(|error| error_map::store(&error))?;
        }
        MessageEffect::Bind { conversation, of } => {
            let bound = store.bind_draft(&runtime.channel()?, conversation.as_ref(), &of).await;
            bound.map_err(|error| error_map::store(&error))?;
        }
        MessageEffect::SendInstead { turn, of } => match store.enqueue_instead(&turn, &of).await {
            Ok(()) => {
                super::queue::tell_places(runtime, sender, &turn.id).await?;
                sender.send(ChannelEvent::Committed(turn.id)).await;
            }
            Err(error) => {
                sender.send(ChannelEvent::CommitFailed(turn.id, error_map::before_sending(&error))).await;
                sender.send(ChannelEvent::Message(MessageEvent::NotInstead(of))).await;
            }
        },
    }
    Ok(())
}
