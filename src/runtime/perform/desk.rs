//! The operator's desk, for the screen.

use crate::app::{DeskEffect, DeskEvent, Event};
use crate::domain::Timestamp;
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::operations::desk;
use crate::runtime::{Runtime, error_map};
use crate::store::{RosterCursor, StoreError};

/// Does one thing and tells what came of it. A failure is a part of that, or is told as the store's.
pub(super) async fn perform(runtime: &Runtime, sender: &ChannelSender, effect: DeskEffect) {
    let store = runtime.store();
    let as_failure = |error: StoreError| error_map::store(&error);
    let event = match effect {
        DeskEffect::Load(version) => match store.desk_since(version).await {
            Ok(Some((version, rows))) => Event::Desk(DeskEvent::Kept(version, rows)),
            Ok(None) => return,
            Err(error) => Event::StoreFailed(as_failure(error)),
        },
        DeskEffect::Page { ticket, filter, after, limit } => {
            let after = after.as_deref().and_then(RosterCursor::parse);
            Event::Desk(DeskEvent::Page(ticket, desk::page(runtime, None, filter, after, limit).await))
        }
        DeskEffect::Change(conversations, change) => {
            let changed = store.desk_change(&conversations, &change, Timestamp::now()).await.map_err(as_failure);
            Event::Desk(DeskEvent::Changed(change, changed))
        }
        DeskEffect::Restore(rows) => {
            let restored = store.desk_restore(&rows).await.map(|()| rows).map_err(as_failure);
            Event::Desk(DeskEvent::Restored(restored))
        }
        DeskEffect::Wake(only) => match desk::wake(runtime, only).await {
            Ok((changed, awake)) => Event::Desk(DeskEvent::Woken(changed, awake)),
            Err(failure) => Event::StoreFailed(failure),
        },
    };
    sender.tell(event).await;
}
