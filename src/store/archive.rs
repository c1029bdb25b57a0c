//! Archives: conversations that were imported, each archive a channel of its own with no platform behind it. Owns which
//! channels those are; the conversations stand in the tables of all others.

use std::sync::mpsc::{Receiver, TryRecvError};

use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::history::{self, STEP};
use super::json::{extras_json, pairs_from_json};
use super::pending::Pending;
use super::{roster, rows};
use crate::domain::{ChannelName, Conversation, ConversationId, Message, MessageId, Timestamp};

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
    /// A message is told twice.
    Twice {
        /// The line that tells it again.
        line: usize,
        /// Its id.
        message: MessageId,
    },
    /// Whoever told it went away, or took it back.
    TakenBack,
}

/// One line of what is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number.
    pub number: usize,
    /// The number of its conversation, from 0 on, in the order in which they begin.
    pub place: usize,
    /// That conversation, where it begins here.
    pub begins: Option<Conversation>,
    /// The message; none where a conversation has none.
    pub message: Option<Message>,
}

/// What is imported, as it is told: lines, and, once they have all been told, whether it is meant.
#[derive(Debug)]
pub struct ImportFeed {
    /// The lines. They end where nobody tells any more.
    pub lines: Receiver<Vec<ImportLine>>,
    /// Whether it is meant, in one word, which may come before the last lines are taken. Nobody left who could say it takes
    /// it back at once.
    pub meant: Receiver<bool>,
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
    /// date where it stands, so that the same again changes nothing. They are filed as they are told, in one transaction:
    /// whoever tells them must not be slow about it.
    ///
    /// # Errors
    /// A refusal is no error of the store: it is the answer's [`ImportRefusal`].
    pub fn import(&self, archive: &ChannelName, feed: ImportFeed) -> Pending<Result<Imported, ImportRefusal>> {
        let archive = archive.clone();
        self.ask(move |database| {
            let mut refused = None;
            let written = database.write(|tx, _| {
                import(tx, &archive, &feed)?.map_err(|refusal| {
                    refused = Some(refusal);
                    // So that what was filed is not committed.
                    StoreError::TakenBack
                })
            });
            refused.map_or_else(|| written.map(Ok), |refusal| Ok(Err(refusal)))
        })
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
    feed: &ImportFeed,
) -> Result<Result<Imported, ImportRefusal>, StoreError> {
    if !is_archive(tx, archive)? {
        if is_known(tx, archive)? {
            return Ok(Err(ImportRefusal::NoArchive));
        }
        tx.execute("INSERT INTO remembered (channel, key, value) VALUES (?1, ?2, '')", [archive.as_str(), MARK])?;
    }
    let mut filing = Filing::new(tx)?;
    let mut meant = None;
    for lines in &feed.lines {
        match feed.meant.try_recv() {
            Ok(word) => meant = Some(word),
            Err(TryRecvError::Disconnected) if meant.is_none() => return Ok(Err(ImportRefusal::TakenBack)),
            Err(_) => {}
        }
        if let Err(refusal) = filing.take(archive, &lines)? {
            return Ok(Err(refusal));
        }
    }
    if meant.or_else(|| feed.meant.recv().ok()) == Some(true) {
        filing.end().map(Ok)
    } else {
        Ok(Err(ImportRefusal::TakenBack))
    }
}
/// A conversation of an import.
struct Filed {
    /// Its row.
    n: i64,
    /// The place of its last message.
    last: i64,
    newest: Option<Timestamp>,
}

/// Files messages one by one, and knows which were told.
struct Filing<'tx> {
    tx: &'tx Transaction<'tx>,
    insert: CachedStatement<'tx>,
    /// The number of a known message.
    find: CachedStatement<'tx>,
    conversations: Vec<Filed>,
    /// The last row before the import: whatever has a greater number was told before.
    before: i64,
    /// Of the rows up to that one, those that were told.
    told: Vec<u64>,
    imported: Imported,
}

impl<'tx> Filing<'tx> {
    fn new(tx: &'tx Transaction<'tx>) -> Result<Self, StoreError> {
        Ok(Self {
            tx,
            insert: tx.prepare_cached(history::INSERT_NEW)?,
            find: tx.prepare_cached("SELECT n FROM messages WHERE conversation = ?1 AND id = ?2")?,
            conversations: Vec::new(),
            before: tx.query_row("SELECT ifnull(max(n), 0) FROM messages", [], |row| row.get(0))?,
            told: Vec::new(),
            imported: Imported::default(),
        })
    }

    /// Files lines.
    fn take(&mut self, archive: &ChannelName, lines: &[ImportLine]) -> Result<Result<(), ImportRefusal>, StoreError> {
        for line in lines {
            if let Some(conversation) = &line.begins {
                if let Some(known) = details(self.tx, archive, &conversation.id)?
                    && origin(&known) != origin(&conversation.details)
                {
                    return Ok(Err(ImportRefusal::OtherOrigin(conversation.id.clone())));
                }
                self.begin(archive, conversation)?;
            }
            if let Some(message) = &line.message
                && !self.file(line.place, message)?
            {
                return Ok(Err(ImportRefusal::Twice { line: line.number, message: message.id.clone() }));
            }
        }
        Ok(Ok(()))
    }

    fn begin(&mut self, archive: &ChannelName, conversation: &Conversation) -> Result<(), StoreError> {
        roster::merge(self.tx, archive, conversation)?;
        let n = roster::ensure(self.tx, archive, &conversation.id, "")?;
        let last = self
            .tx
            .prepare_cached("SELECT ifnull(max(seq), 0) FROM messages WHERE conversation = ?1")?
            .query_row([n], |row| row.get(0))?;
        self.conversations.push(Filed { n, last, newest: None });
        self.imported.conversations += 1;
        Ok(())
    }

    /// Files a message: a new one follows all that were known. False where it was told before.
    fn file(&mut self, place: usize, message: &Message) -> Result<bool, StoreError> {
        let Some(Filed { n, last, newest }) = self.conversations.get_mut(place) else { return Ok(false) };
        *newest = message.created_at.at.max(*newest);
        self.imported.messages += 1;
        let (n, seq) = (*n, *last + STEP);
        if history::insert_new(&mut self.insert, n, seq, message)? {
            *last = seq;
            self.imported.new += 1;
            return Ok(true);
        }
        let row: i64 = self.find.query_row(params![n, message.id.as_str()], |row| row.get(0))?;
        if row > self.before || !self.tell(row) {
            return Ok(false);
        }
        history::update(self.tx, n, message)?;
        // What is no longer said of it holds no longer, such as that nobody knows whether it arrived.
        self.tx
            .prepare_cached("UPDATE messages SET extras = ?2 WHERE n = ?1 AND extras IS NOT ?2")?
            .execute(params![row, extras_json(&message.extras)])?;
        Ok(true)
    }

    /// Notes that a row was told. False where it had been.
    fn tell(&mut self, row: i64) -> bool {
        let row = usize::try_from(row).unwrap_or_default();
        let (word, bit) = (row / 64, 1_u64 << (row % 64));
        if self.told.len() <= word {
            self.told.resize(word + 1, 0);
        }
        let Some(word) = self.told.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    fn end(self) -> Result<Imported, StoreError> {
        for Filed { n, newest, .. } in &self.conversations {
            if let Some(newest) = newest {
                roster::touch(self.tx, *n, *newest)?;
            }
        }
        Ok(self.imported)
    }
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
