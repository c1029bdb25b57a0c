//! What stands in the open conversation's transcript, in order, and whose it is. Where it is looked at and what is
//! loaded are its neighbours' business.

use super::load::WINDOW;
use crate::app::channel::Channel;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::chat::{DETAILS, PendingTurn, TranscriptItem};
use crate::domain::{OutState, TurnId};

/// Works out what stands in the transcript, in order.
pub(super) fn rebuild(channel: &mut Channel) {
    let details = channel.open_row().is_some_and(|row| !row.details.is_empty());
    let greeting = channel.chat.greeting.is_some() && channel.chat.history.is_empty();
    let alone = |parts: &[TranscriptItem]| parts == [TranscriptItem::Details];
    let mut parts = std::mem::take(&mut channel.chat.items);
    let were_alone = alone(&parts);
    lay(&mut parts, details, greeting, channel.chat.history.len());
    // What waits stands in a list of its own.
    let waiting: Vec<&TurnId> = channel.queue().into_iter().map(|local| &local.turn.id).collect();
    for local in channel.turns_in(&channel.chat.place).filter(|local| !waiting.contains(&&local.turn.id)) {
        let id = &local.turn.id;
        if local.turn.message_id.is_none() {
            parts.push(TranscriptItem::Ask(id.clone()));
        }
        if shows_answer(local, channel.capabilities.local) {
            parts.push(TranscriptItem::Answer(id.clone()));
        }
    }
    if alone(&parts) && channel.chat.scroll == Scroll::Follow {
        // They are read from their beginning.
        channel.chat.scroll = Scroll::At(Anchor { item: DETAILS, row: 0 });
    } else if were_alone && !alone(&parts) {
        channel.chat.scroll = Scroll::Follow;
    }
    channel.chat.items = parts;
    if channel.chat.picked.is_some_and(|picked| channel.part_of(picked.key).is_none()) {
        channel.chat.picked = None;
    }
    channel.chat.revision += 1;
    mark_row(channel);
}

/// Puts down what stands before the turns. Of the history only what has changed is touched.
fn lay(parts: &mut Vec<TranscriptItem>, details: bool, greeting: bool, history: usize) {
    let head = [details.then_some(TranscriptItem::Details), greeting.then_some(TranscriptItem::Greeting)];
    let head: Vec<TranscriptItem> = head.into_iter().flatten().collect();
    let stood =
        parts.iter().take_while(|part| matches!(part, TranscriptItem::Details | TranscriptItem::Greeting)).count();
    if parts.get(..stood) != Some(head.as_slice()) {
        parts.splice(..stood, head.iter().cloned());
    }
    let behind = parts.get(head.len()..).unwrap_or_default();
    let known = behind.partition_point(|part| matches!(part, TranscriptItem::History(_))).min(history);
    parts.truncate(head.len() + known);
    parts.extend((known..history).map(TranscriptItem::History));
}

/// The roster's row says of the open conversation what its transcript says.
fn mark_row(channel: &mut Channel) {
    if !channel.chat.loaded {
        return;
    }
    let last = channel.turns_in(&channel.chat.place).rev().find(|t| !t.live).map(|t| t.turn.state);
    let open = channel.open_id().cloned();
    if let Some(row) = open.and_then(|id| channel.roster.row_mut(&id)) {
        row.state = last;
    }
}

fn shows_answer(local: &PendingTurn, by_webhook: bool) -> bool {
    match &local.turn.reply {
        Some(reply) => reply.message_id.is_none(),
        // One that was taken and whose answer could not be read has a failure to show in its place.
        None if local.turn.state == OutState::Sent && local.turn.failure.is_some() => true,
        // It comes some time, and not as an answer to the call.
        None if by_webhook => false,
        // While the platform is to be asked again, there is no answer to wait for.
        None => {
            local.live && local.waiting.is_none() && matches!(local.turn.state, OutState::Sending | OutState::Sent)
        }
    }
}

/// Whether nothing of the user's own stands in the open conversation yet. In a long one that isn't looked for.
pub(super) fn is_unwritten(channel: &Channel) -> bool {
    channel.chat.history.len() <= 2 * WINDOW && !channel.chat.items.iter().any(|part| is_own(channel, part))
}

/// Whether a part is the user's own message.
pub(super) fn is_own(channel: &Channel, part: &TranscriptItem) -> bool {
    match part {
        TranscriptItem::Ask(_) => true,
        TranscriptItem::History(i) => channel.chat.past(*i).is_some_and(|p| channel.is_mine(p)),
        TranscriptItem::Details | TranscriptItem::Greeting | TranscriptItem::Answer(_) => false,
    }
}
