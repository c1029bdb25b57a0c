//! A message as a search reads it.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{
    ChannelName, ConversationId, DeskEntry, Facts, Finish, Hit, HitCursor, HitPlace, OutState, Query,
};
use crate::store::desk;
use crate::store::error::StoreError;
use crate::store::history::{StoredMessage, stored_message};
use crate::store::rows::word;

/// A message with all that a search asks of it.
pub(super) struct SearchedMessage {
    pub(super) entry: StoredMessage,
    pub(super) channel: ChannelName,
    pub(super) conversation_row: i64,
    conversation: ConversationId,
    title: String,
    state: Option<OutState>,
    kept: DeskEntry,
}

impl SearchedMessage {
    /// What a search asks of it besides what it says.
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            channel: &self.channel,
            conversation: Some(&self.conversation),
            title: &self.title,
            state: self.state,
            failed: self.entry.finish == Some(Finish::Cut),
            kept: Some(&self.kept),
        }
    }

    /// Whether it is one that is searched for.
    pub(super) fn is_taken(&self, query: &Query) -> bool {
        query.takes(&self.entry.message, &self.facts())
    }

    /// As what a search finds.
    pub(super) fn hit(self, cursor: HitCursor) -> Hit {
        let Self { entry, channel, conversation, title, state, .. } = self;
        Hit {
            channel,
            conversation: Some(conversation),
            title,
            place: HitPlace::History(entry.seq),
            state: state.or(entry.message.extras.state),
            message: entry.message,
            ours: entry.ours,
            cursor,
        }
    }
}

/// A message by its row, if it is there.
pub(super) fn read_message(conn: &Connection, row: i64) -> Result<Option<SearchedMessage>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT m.seq, m.id, m.role, ifnull(m.own_text, m.text), m.created_ms, m.created_raw, m.finish,
             m.first_word_ms, m.took_ms, m.ours, m.extras, c.channel, c.n, c.id, c.title,
             (SELECT t.state FROM turns t WHERE t.conversation = m.conversation AND t.message_id = m.id LIMIT 1),
             ifnull(k.pinned, 0), k.archived_ms, ifnull(k.labels, ''), ifnull(k.note, ''), k.snoozed_ms, k.until_ms,
             k.woke_ms
         FROM messages m JOIN conversations c ON c.n = m.conversation
             LEFT JOIN desk k ON k.channel = c.channel AND k.conversation = c.id
         WHERE m.n = ?1",
    )?;
    let read = query.query_row([row], |row| {
        Ok(SearchedMessage {
            entry: stored_message(row)?,
            channel: ChannelName::new(row.get::<_, String>(11)?),
            conversation_row: row.get(12)?,
            conversation: ConversationId::new(row.get::<_, String>(13)?),
            title: row.get(14)?,
            state: word(row, 15, OutState::from_word)?,
            kept: desk::entry(row, 16)?,
        })
    });
    Ok(read.optional()?)
}
