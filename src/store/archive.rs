//! Archives: conversations that were imported, each archive a channel of its own with no platform behind it. Owns which
//! channels those are; the conversations stand in the tables of all others.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::history::{self, STEP};
use super::json::{extras_json, pairs_from_json};
use super::pending::Pending;
use super::{roster, rows};
use crate::domain::{ChannelName, Conversation, ConversationId, Message};

/// What is remembered of a channel that is an archive.
const MARK: &str = "archive";
/// The channel that a conversation is from stands first among its details, under this name.
pub const ORIGIN: &str = "from";

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many conversations were told.
    pub conversations: usize,
    /// How many messages were told.
    pub messages: usize,
    /// How many of them were not known before.
    pub new: usize,
}

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportRefusal {
    /// The store knows a channel of that name that is no archive.
    NoArchive,
    /// The archive has a conversation of that id which is from another channel.
    OtherOrigin(ConversationId),
}

impl Store {
    /// The channels that are archives, by name.
    pub fn archives(&self) -> Pending<Vec<ChannelName>> {
        self.ask(|database| {
            let mut query = database.read().prepare_cached("SELECT channel FROM remembered WHERE key = ?1")?;
            let names = query.query_map([MARK], |row| row.get::<_, String>(0))?;
            let names: Vec<String> = names.collect::<Result<_, _>>()?;
            Ok(names.into_iter().map(ChannelName::new).collect())
        })
    }

    /// Puts conversations into an archive, which is made if need be: all of them, or none. What it knows is brought up to
    /// date where it stands, so that the same again changes nothing.
    ///
    /// # Errors
    /// A refusal is no error of the store: it is the answer's [`ImportRefusal`].
    pub fn import(
        &self,
        archive: &ChannelName,
        exported: Vec<(Conversation, Vec<Message>)>,
    ) -> Pending<Result<Imported, ImportRefusal>> {
        let archive = archive.clone();
        self.ask(move |database| database.write(|tx, _| import(tx, &archive, &exported)))
    }

    /// An archive's conversations in the order in which they came.
    pub fn archived(&self, archive: &ChannelName) -> Pending<Vec<Conversation>> {
        let archive = archive.clone();
        self.ask(move |database| {
            let mut query = database.read().prepare_cached(
                "SELECT id, title, created_ms, created_raw, details FROM conversations WHERE channel = ?1 ORDER BY n",
            )?;
            let rows = query.query_map([archive.as_str()], |row| {
                Ok(Conversation {
                    id: ConversationId::new(row.get::<_, String>(0)?),
                    title: row.get(1)?,
                    created_at: rows::moment(row, 2, 3)?,
                    details: row.get::<_, Option<String>>(4)?.map_or_else(Vec::new, |text| pairs_from_json(&text)),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn import(
    tx: &Transaction<'_>,
    archive: &ChannelName,
    exported: &[(Conversation, Vec<Message>)],
) -> Result<Result<Imported, ImportRefusal>, StoreError> {
    // Before anything is written: what is refused leaves no trace.
    if !is_archive(tx, archive)? && is_known(tx, archive)? {
        return Ok(Err(ImportRefusal::NoArchive));
    }
    for (conversation, _) in exported {
        if let Some(known) = details(tx, archive, &conversation.id)?
            && origin(&known) != origin(&conversation.details)
        {
            return Ok(Err(ImportRefusal::OtherOrigin(conversation.id.clone())));
        }
    }
    tx.execute(
        "INSERT INTO remembered (channel, key, value) VALUES (?1, ?2, '') ON CONFLICT DO NOTHING",
        [archive.as_str(), MARK],
    )?;
    let mut imported = Imported::default();
    for (conversation, messages) in exported {
        roster::merge(tx, archive, conversation)?;
        let n = roster::ensure(tx, archive, &conversation.id, "")?;
        imported.new += file(tx, n, messages)?;
        imported.conversations += 1;
        imported.messages += messages.len();
        if let Some(newest) = messages.iter().filter_map(|message| message.created_at.at).max() {
            roster::touch(tx, n, newest)?;
        }
    }
    Ok(Ok(imported))
}

/// Files the messages of one conversation, and says how many are new: those follow all that were known.
fn file(tx: &Transaction<'_>, conversation: i64, messages: &[Message]) -> Result<usize, StoreError> {
    let mut last: i64 = tx
        .prepare_cached("SELECT ifnull(max(seq), 0) FROM messages WHERE conversation = ?1")?
        .query_row([conversation], |row| row.get(0))?;
    let mut new = 0;
    for message in messages {
        if history::update(tx, conversation, message)? {
            // What is no longer said of it holds no longer, such as that nobody knows whether it arrived.
            tx.prepare_cached(
                "UPDATE messages SET extras = ?3 WHERE conversation = ?1 AND id = ?2 AND extras IS NOT ?3",
            )?
            .execute(params![conversation, message.id.as_str(), extras_json(&message.extras)])?;
        } else {
            last += STEP;
            history::insert(tx, conversation, last, message)?;
            new += 1;
        }
    }
    Ok(new)
}

fn is_archive(conn: &Connection, channel: &ChannelName) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM remembered WHERE channel = ?1 AND key = ?2)";
    Ok(conn.prepare_cached(sql)?.query_row([channel.as_str(), MARK], |row| row.get(0))?)
}

fn is_known(conn: &Connection, channel: &ChannelName) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM conversations WHERE channel = ?1)";
    Ok(conn.prepare_cached(sql)?.query_row([channel.as_str()], |row| row.get(0))?)
}

type DetailPairs = Vec<(String, String)>;

fn details(conn: &Connection, channel: &ChannelName, id: &ConversationId) -> Result<Option<DetailPairs>, StoreError> {
    let sql = "SELECT details FROM conversations WHERE channel = ?1 AND id = ?2";
    let found = conn
        .prepare_cached(sql)?
        .query_row(params![channel.as_str(), id.as_str()], |row| row.get::<_, Option<String>>(0))
        .optional()?;
    Ok(found.map(|text| text.map_or_else(Vec::new, |text| pairs_from_json(&text))))
}

fn origin(details: &[(String, String)]) -> Option<&str> {
    details.first().filter(|(name, _)| name == ORIGIN).map(|(_, channel)| channel.as_str())
}
