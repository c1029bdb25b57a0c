//! Performing what is asked for about one message, and what of a conversation was seen.

use crate::app::{ChannelEvent, MessageEffect, MessageEvent};
use crate::domain::Failure;
use crate::runtime::operations::record;
use crate::runtime::outlet::Outlet;
use crate::runtime::{Runtime, trouble};

/// Does it, and sends what came of it. An error is the store's.
pub(super) async fn perform(runtime: &Runtime, outlet: &Outlet, effect: MessageEffect) -> Result<(), Failure> {
    let store = runtime.store();
    match effect {
        MessageEffect::Read { ticket, conversation, which } => {
            let read = record::read(runtime, conversation.as_ref(), &which).await;
            let read = read.map(|record| record.map(Box::new));
            outlet.say(ChannelEvent::Message(MessageEvent::Read(ticket, read))).await;
        }
        MessageEffect::MarkRead { conversation, last } => {
            let seen = store.see(&runtime.channel()?, &conversation, &last).await;
            seen.map_err(|error| trouble::store(&error))?;
        }
        MessageEffect::Bind { conversation, of } => {
            let bound = store.bind_draft(&runtime.channel()?, conversation.as_ref(), &of).await;
            bound.map_err(|error| trouble::store(&error))?;
        }
        MessageEffect::SendInstead { turn, of } => match store.enqueue_instead(&turn, &of).await {
            Ok(()) => outlet.say(ChannelEvent::Committed(turn.id)).await,
            Err(error) => {
                outlet.say(ChannelEvent::CommitFailed(turn.id, trouble::before(&error))).await;
                outlet.say(ChannelEvent::Message(MessageEvent::NotInstead(of))).await;
            }
        },
    }
    Ok(())
}
