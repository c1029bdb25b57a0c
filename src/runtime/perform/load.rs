//! Reading the store for the screen: what it remembers of a channel, and what it holds of a conversation.

use super::super::{Runtime, error_map};
use crate::app::{HistoryEntry, Restored, RosterRow, Stored};
use crate::domain::{ConversationId, Failure, OutState, SafeText};
use crate::store::{self, Glance, StoreError, StoredMessage};

/// How many conversations are shown before the platform was asked.
const ROSTER: usize = 1_000;
/// Of so many of them it is read at once what was said: as many as a tall terminal shows. Each is a page or two of the disk.
const SHOWN: usize = 64;

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
    let rows = list_rows(runtime, rows).await?;
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
        rows,
        open: open.map(ConversationId::new),
        draft: draft.await.map_err(as_failure)?,
        instead,
        warnings: store.warnings().await.map_err(as_failure)?,
    })
}

/// The rows of a list, newest first. What was said is looked at in those that stand at its top, and in those that have no
/// name but their first words, by which they are found.
async fn list_rows(runtime: &Runtime, stored: Vec<store::RosterRow>) -> Result<Vec<RosterRow>, Failure> {
    let nameless = |row: &store::RosterRow| row.conversation.title.trim().is_empty();
    let looked_at: Vec<bool> = stored.iter().enumerate().map(|(at, row)| at < SHOWN || nameless(row)).collect();
    let ids: Vec<ConversationId> = stored
        .iter()
        .zip(&looked_at)
        .filter(|(_, looked_at)| **looked_at)
        .map(|(row, _)| row.conversation.id.clone())
        .collect();
    let glances = runtime.store().glances(&runtime.channel()?, &ids).await.map_err(|e| error_map::store(&e))?;
    let mut glances = glances.into_iter();
    let rows = stored.into_iter().zip(looked_at).map(|(stored, looked_at)| {
        let glance = if looked_at { glances.next() } else { None };
        let mut row = row(stored, glance.unwrap_or_default());
        row.looked_at = looked_at;
        row
    });
    Ok(rows.collect())
}

/// Rows of conversations that came on the screen, of those that the store knows.
pub(super) async fn rows(runtime: &Runtime, ids: &[ConversationId]) -> Result<Vec<RosterRow>, Failure> {
    let (store, channel) = (runtime.store(), runtime.channel()?);
    let as_failure = |error: StoreError| error_map::store(&error);
    let stored = store.conversations_of(&channel, ids).await.map_err(as_failure)?;
    let known: Vec<ConversationId> = stored.iter().map(|row| row.conversation.id.clone()).collect();
    let glances = store.glances(&channel, &known).await.map_err(as_failure)?;
    Ok(stored.into_iter().zip(glances).map(|(stored, glance)| row(stored, glance)).collect())
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
    row.looked_at = true;
    row.draft = stored.has_draft;
    row.details = details;
    row.state = stored.last_state;
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Conversation, Extras, Message, MessageId, Moment, Role, Timestamp};
    use crate::runtime::Setup;

    #[tokio::test]
    async fn what_was_said_is_read_at_once_of_what_is_seen_first_and_of_what_has_no_other_name() {
        let dir = tempfile::tempdir().unwrap();
        let setup = Setup { data_dir: Some(dir.path().to_owned()), sandbox: true, ..Setup::default() };
        let runtime = Runtime::open(&setup).unwrap();
        let (store, channel) = (runtime.store(), runtime.channel().unwrap());
        let listed: Vec<Conversation> = (0..SHOWN + 3)
            .map(|n| Conversation {
                id: ConversationId::new(format!("c{n}")),
                title: if n == SHOWN + 1 { String::new() } else { format!("title {n}") },
                created_at: Moment::at(Timestamp::from_millis(1_000_000 - i64::try_from(n).unwrap())),
                details: Vec::new(),
            })
            .collect();
        store.merge_conversations(&channel, &listed).await.unwrap();
        for conversation in &listed {
            let said = Message {
                id: MessageId::new("m"),
                role: Role::User,
                text: format!("first words of {}", conversation.id.as_str()),
                created_at: conversation.created_at.clone(),
                extras: Extras::default(),
            };
            store.merge_messages(&channel, &conversation.id, &[said], None).await.unwrap();
        }
        let restored = restore(&runtime).await.unwrap();
        assert_eq!(restored.rows.len(), SHOWN + 3);
        for (at, row) in restored.rows.iter().enumerate() {
            let looked_at = at < SHOWN || at == SHOWN + 1;
            assert_eq!((row.looked_at, row.last.is_some()), (looked_at, looked_at), "{}", row.id);
        }
        assert_eq!(restored.rows[SHOWN + 1].title, format!("first words of c{}", SHOWN + 1));
        let ids = [listed[SHOWN + 2].id.clone(), ConversationId::new("unknown")];
        let later = rows(&runtime, &ids).await.unwrap();
        assert_eq!(later.iter().map(|row| (row.looked_at, row.last.is_some())).collect::<Vec<_>>(), [(true, true)]);
        runtime.close().await;
    }
}
