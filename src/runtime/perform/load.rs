//! Reading the store for the screen: what it remembers of a channel, and what it holds of a conversation.

use super::super::{Runtime, error_map};
use crate::app::{HistoryEntry, Restored, RosterRow, Stored};
use crate::domain::{ConversationId, Failure, OutState, SafeText};
use crate::store::{self, Glance, StoreError, StoredMessage};

/// How many conversations are shown before the platform was asked.
const ROSTER: usize = 1_000;

/// What the store remembers of the channel; what a dead process left is recovered first.
pub(super) async fn restore(runtime: &Runtime) -> Result<Restored, Failure> {
    let store = runtime.store();
    let channel = runtime.channel()?;
    let as_failure = |error: StoreError| error_map::store(&error);
    // Asked before anything that is typed from now on can be kept in its place.
    let draft = store.draft(&channel, None);
    let instead = store.draft_bound(&channel, None);
    let left = store.recover().await.map_err(as_failure)?;
    let rows = store.conversations(&channel, None, ROSTER).await.map_err(as_failure)?;
    let ids: Vec<ConversationId> = rows.iter().map(|row| row.conversation.id.clone()).collect();
    let glances = store.glances(&channel, &ids).await.map_err(as_failure)?;
    let open = store.recall(&channel, super::OPEN).await.map_err(as_failure)?.filter(|id| !id.is_empty());
    let mut waiting = store.turns(&channel, None).await.map_err(as_failure)?;
    // A queued one is perhaps in the hands of another window, which sends it; of a rejected one its sender was told.
    waiting.retain(|turn| match turn.state {
        OutState::Unknown => true,
        OutState::Queued => turn.queue.held || left.iter().any(|l| l.id == turn.id),
        OutState::Sending | OutState::Sent | OutState::Rejected | OutState::Cancelled => false,
    });
    let instead = instead.await.map_err(as_failure)?;
    Ok(Restored {
        waiting,
        taken_back: super::queue::taken_back(runtime, instead.as_ref()).await?,
        rows: rows.into_iter().zip(glances).map(|(stored, glance)| row(stored, glance)).collect(),
        open: open.map(ConversationId::new),
        draft: draft.await.map_err(as_failure)?,
        instead,
        warnings: store.warnings().await.map_err(as_failure)?,
    })
}

/// What the store holds of a conversation; none: of the one that is yet to be started.
pub(super) async fn load(
    runtime: &Runtime,
    conversation: Option<&ConversationId>,
    limit: usize,
) -> Result<Stored, Failure> {
    let store = runtime.store();
    let channel = runtime.channel()?;
    let as_failure = |error: StoreError| error_map::store(&error);
    let draft = store.draft(&channel, conversation).await.map_err(as_failure)?;
    let instead = store.draft_bound(&channel, conversation).await.map_err(as_failure)?;
    let turns = store.turns(&channel, conversation).await.map_err(as_failure)?;
    let taken_back = super::queue::taken_back(runtime, instead.as_ref()).await?;
    let Some(conversation) = conversation else {
        return Ok(Stored { turns, draft, instead, taken_back, ..Stored::default() });
    };
    let slice = store.messages(&channel, conversation, None, limit).await.map_err(as_failure)?;
    let reply_until = store.reply_until(&channel, conversation).await.map_err(as_failure)?;
    let history = slice.entries.into_iter().map(past).collect();
    let seen = store.seen(&channel, conversation).await.map_err(as_failure)?;
    let older = slice.older;
    Ok(Stored { history, older, turns, draft, instead, taken_back, reply_until, seen, ..Stored::default() })
}

/// A message as the transcript has it.
pub(super) fn past(entry: StoredMessage) -> HistoryEntry {
    let finish = entry.finish;
    HistoryEntry {
        finish,
        ..HistoryEntry::new(entry.seq, entry.message, entry.ours, entry.first_word_ms, entry.took_ms)
    }
}

/// A conversation as the list has it.
pub(super) fn row(stored: store::RosterRow, glance: Glance) -> RosterRow {
    let details = stored.conversation.details;
    // Where the platform gives it no title, its first words.
    let title = Some(stored.conversation.title).filter(|title| !title.trim().is_empty()).or(glance.first);
    let mut row = RosterRow::new(stored.conversation.id, &title.unwrap_or_default(), stored.activity);
    row.last = glance.last.as_deref().map(SafeText::one_line);
    row.unseen = glance.unseen;
    row.draft = stored.has_draft;
    row.details = details;
    row.state = stored.last_state;
    row
}
