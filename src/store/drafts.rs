//! What the user has typed and not sent: one draft a conversation, and one for the conversation yet to be started; and
//! small things to remember. Owns the tables `drafts` and `remembered`.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Store;
use super::command::{Draft, StoreCommand};
use super::database::Database;
use super::error::StoreError;
use super::pending::Pending;
use crate::domain::{ChannelName, ConversationId, Timestamp, Turn, TurnId};

impl Store {
    /// Keeps what is being typed; empty text deletes the draft. Of drafts that wait together only the last is written.
    pub fn save_draft(
        &self,
        channel: &ChannelName,
        conversation: Option<&ConversationId>,
        text: &str,
        now: Timestamp,
    ) -> Pending<()> {
        let (channel, conversation) = (channel.clone(), conversation.cloned());
        let draft = Draft { channel, conversation, text: text.to_owned(), saved: now };
        self.send(|reply| StoreCommand::Draft(draft, reply))
    }

    /// Puts text behind the draft that is kept, on a line of its own; where there is none, it is the draft. Nothing changes
    /// where that text is what is kept.
    pub fn append_draft(
        &self,
        channel: &ChannelName,
        conversation: Option<&ConversationId>,
        text: &str,
        now: Timestamp,
    ) -> Pending<()> {
        let (channel, conversation, text) = (channel.clone(), conversation.cloned(), text.to_owned());
        self.ask(move |database| {
            let text = match kept(database.read(), &channel, conversation.as_ref())? {
                Some(kept) if kept == text => return Ok(()),
                Some(kept) => format!("{kept}\n{text}"),
                None => text,
            };
            write(database, vec![Draft { channel, conversation, text, saved: now }])
        })
    }

    /// Says in whose place the text is being written that is kept there, or is about to be: until that is forgotten, or
    /// sent, so that not both are.
    pub fn bind_draft(
        &self,
        channel: &ChannelName,
        conversation: Option<&ConversationId>,
        of: &TurnId,
    ) -> Pending<()> {
        self.remember(channel, &bound(conversation), of.as_str())
    }

    /// In whose place the text that is kept there is being written.
    pub fn draft_bound(
        &self,
        channel: &ChannelName,
        conversation: Option<&ConversationId>,
    ) -> Pending<Option<TurnId>> {
        let (channel, key) = (channel.clone(), bound(conversation));
        self.ask(move |database| {
            let sql = "SELECT value FROM remembered WHERE channel = ?1 AND key = ?2";
            let of =
                database.read().query_row(sql, [channel.as_str(), &key], |row| row.get::<_, String>(0)).optional()?;
            Ok(of.map(TurnId::new))
        })
    }

    /// What was being typed.
    pub fn draft(&self, channel: &ChannelName, conversation: Option<&ConversationId>) -> Pending<Option<String>> {
        let (channel, conversation) = (channel.clone(), conversation.cloned());
        self.ask(move |database| kept(database.read(), &channel, conversation.as_ref()))
    }

    /// Remembers a small thing of a channel from one run to the next.
    pub fn remember(&self, channel: &ChannelName, key: &str, value: &str) -> Pending<()> {
        let (channel, key, value) = (channel.clone(), key.to_owned(), value.to_owned());
        self.ask(move |database| {
            database.write(|tx, _| {
                tx.execute(
                    "INSERT INTO remembered (channel, key, value) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                    [channel.as_str(), &key, &value],
                )?;
                Ok(())
            })
        })
    }

    /// What was remembered under that key.
    pub fn recall(&self, channel: &ChannelName, key: &str) -> Pending<Option<String>> {
        let (channel, key) = (channel.clone(), key.to_owned());
        self.ask(move |database| {
            let sql = "SELECT value FROM remembered WHERE channel = ?1 AND key = ?2";
            Ok(database.read().query_row(sql, [channel.as_str(), &key], |row| row.get(0)).optional()?)
        })
    }
}

/// Under which key it is remembered in whose place a draft is being written.
fn bound(conversation: Option<&ConversationId>) -> String {
    format!("in place of {}", conversation.map_or("", ConversationId::as_str))
}

/// Deletes a draft, and what was known of it.
fn forget(
    tx: &Transaction<'_>,
    channel: &ChannelName,
    conversation: Option<&ConversationId>,
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM drafts WHERE channel = ?1 AND conversation IS ?2")?
        .execute(params![channel.as_str(), conversation.map(ConversationId::as_str)])?;
    tx.prepare_cached("DELETE FROM remembered WHERE channel = ?1 AND key = ?2")?
        .execute([channel.as_str(), &bound(conversation)])?;
    Ok(())
}

/// The draft that is kept.
fn kept(
    connection: &Connection,
    channel: &ChannelName,
    conversation: Option<&ConversationId>,
) -> Result<Option<String>, StoreError> {
    let mut query = connection.prepare_cached("SELECT text FROM drafts WHERE channel = ?1 AND conversation IS ?2")?;
    let key = params![channel.as_str(), conversation.map(ConversationId::as_str)];
    Ok(query.query_row(key, |row| row.get(0)).optional()?)
}

/// The words of a turn that is taken back are the draft from now on, bound to it; what was kept stands behind them.
pub(super) fn take_back(tx: &Transaction<'_>, turn: &Turn, now: Timestamp) -> Result<(), StoreError> {
    let conversation = turn.conversation.as_ref();
    let text = match kept(tx, &turn.channel, conversation)? {
        Some(kept) => format!("{}\n{kept}", turn.text),
        None => turn.text.clone(),
    };
    let key = conversation.map(ConversationId::as_str);
    tx.prepare_cached("DELETE FROM drafts WHERE channel = ?1 AND conversation IS ?2")?
        .execute(params![turn.channel.as_str(), key])?;
    tx.prepare_cached("INSERT INTO drafts (channel, conversation, text, saved_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![turn.channel.as_str(), key, text, now.millis()])?;
    tx.prepare_cached(
        "INSERT INTO remembered (channel, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET value = excluded.value",
    )?
    .execute([turn.channel.as_str(), &bound(conversation), turn.id.as_str()])?;
    Ok(())
}

/// Writes drafts that waited together, the last of each conversation, in one commit.
pub(super) fn write(database: &mut Database, drafts: Vec<Draft>) -> Result<(), StoreError> {
    let mut last = HashMap::new();
    for draft in drafts {
        last.insert((draft.channel.clone(), draft.conversation.clone()), draft);
    }
    database.write(|tx, _| {
        for Draft { channel, conversation, text, saved } in last.values() {
            if text.is_empty() {
                forget(tx, channel, conversation.as_ref())?;
            } else {
                let conversation = conversation.as_ref().map(ConversationId::as_str);
                tx.prepare_cached("DELETE FROM drafts WHERE channel = ?1 AND conversation IS ?2")?
                    .execute(params![channel.as_str(), conversation])?;
                tx.prepare_cached(
                    "INSERT INTO drafts (channel, conversation, text, saved_ms) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![channel.as_str(), conversation, text, saved.millis()])?;
            }
        }
        Ok(())
    })
}

/// A draft whose words went into the outbox is no draft any more, also if the program ends before it says so.
pub(super) fn sent(
    tx: &Transaction<'_>,
    channel: &ChannelName,
    conversation: Option<&ConversationId>,
    words: &str,
) -> Result<(), StoreError> {
    if kept(tx, channel, conversation)?.is_some_and(|draft| draft.trim_end() == words) {
        forget(tx, channel, conversation)?;
    }
    Ok(())
}
