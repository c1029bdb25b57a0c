//! What a user keeps of conversations for themself. Owns the table `desk`, and the list of all channels' conversations,
//! narrowed by it.
//!
//! A sleep ends, and what is out of the way comes back, when somebody looks whether it is time ([`Store::desk_wake`]):
//! so no message that comes has to know of it.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::pending::Pending;
use super::rows::millis;
use crate::domain::{
    ChannelName, ConversationId, DeskChange, DeskChanged, DeskEntry, DeskRow, Label, Snooze, Timestamp,
};

const COLUMNS: &str = "SELECT channel, conversation, pinned, archived_ms, labels, note, snoozed_ms, until_ms, woke_ms
    FROM desk";

/// Goes up with each change: so that other processes see that there is one.
const VERSION: &str = "SELECT CAST(value AS INTEGER) FROM remembered WHERE channel = '' AND key = 'desk'";
const CHANGED: &str = "INSERT INTO remembered (channel, key, value) VALUES ('', 'desk', '1')
    ON CONFLICT (channel, key) DO UPDATE SET value = CAST(value AS INTEGER) + 1";

/// Since a time, whether something was said in a conversation that isn't ours: of the newest messages alone, since what is
/// new stands at the end.
const SAID_SINCE: &str = "SELECT EXISTS (SELECT 1 FROM
        (SELECT created_ms, received_ms, ours FROM messages WHERE conversation = ?1 ORDER BY seq DESC LIMIT 50)
    WHERE ours = 0 AND max(ifnull(created_ms, received_ms), ifnull(received_ms, created_ms)) > ?2)";

impl Store {
    /// All of which something is kept: of one channel, or of every one.
    pub fn desk(&self, channel: Option<&ChannelName>) -> Pending<Vec<DeskRow>> {
        let channel = channel.cloned();
        self.ask(move |database| {
            let sql = format!("{COLUMNS} WHERE ?1 IS NULL OR channel = ?1 ORDER BY channel, conversation");
            let mut query = database.read().prepare_cached(&sql)?;
            let rows = query.query_map([channel.as_ref().map(ChannelName::as_str)], desk_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All of which something is kept, and which version of that it is; none where it is this one still.
    pub fn desk_since(&self, version: Option<i64>) -> Pending<Option<(i64, Vec<DeskRow>)>> {
        self.ask(move |database| {
            let now =
                database.read().prepare_cached(VERSION)?.query_row([], |row| row.get(0)).optional()?.unwrap_or(0);
            if version == Some(now) {
                return Ok(None);
            }
            let mut query = database.read().prepare_cached(COLUMNS)?;
            let rows = query.query_map([], desk_row)?;
            Ok(Some((now, rows.collect::<Result<_, _>>()?)))
        })
    }

    /// Changes what is kept of conversations, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::Desk`] where one of them can't be changed so. Nothing is changed then.
    pub fn desk_change(
        &self,
        conversations: &[(ChannelName, ConversationId)],
        change: &DeskChange,
        now: Timestamp,
    ) -> Pending<DeskChanged> {
        let (conversations, change) = (conversations.to_vec(), change.clone());
        self.ask(move |database| {
            database.write(|tx, _| {
                let mut changed = DeskChanged::default();
                for (channel, conversation) in &conversations {
                    let before = find(tx, channel, conversation)?;
                    let mut after = before.clone();
                    after.entry.apply(&change, now).map_err(StoreError::Desk)?;
                    write(tx, &after)?;
                    changed.before.push(before);
                    changed.after.push(after);
                }
                count_change(tx)?;
                Ok(changed)
            })
        })
    }

    /// Keeps of conversations what was kept before, whatever is kept now.
    pub fn desk_restore(&self, rows: &[DeskRow]) -> Pending<()> {
        let rows = rows.to_vec();
        self.ask(move |database| database.write(|tx, _| write_all(tx, &rows)))
    }

    /// Wakes what sleeps where its time has come or somebody wrote since, and brings back what was put out of the way and
    /// in which somebody wrote: of all conversations, or of that one. Answers what changed, and all that is awake again
    /// and was not looked at.
    pub fn desk_wake(
        &self,
        now: Timestamp,
        only: Option<(ChannelName, ConversationId)>,
    ) -> Pending<(Vec<DeskRow>, Vec<DeskRow>)> {
        self.ask(move |database| {
            let (channel, conversation) = match &only {
                Some((channel, conversation)) => (Some(channel.as_str()), Some(conversation.as_str())),
                None => (None, None),
            };
            let sql = format!(
                "{COLUMNS} WHERE (?1 IS NULL OR (channel = ?1 AND conversation = ?2))
                     AND (snoozed_ms IS NOT NULL AND woke_ms IS NULL OR archived_ms IS NOT NULL)"
            );
            let mut query = database.read().prepare_cached(&sql)?;
            let away = query.query_map(params![channel, conversation], desk_row)?;
            let away = away.collect::<Result<Vec<DeskRow>, _>>()?;
            let mut changed = Vec::new();
            for row in away {
                let due = due(database.read(), &row, now)?;
                if due != row.entry {
                    changed.push(DeskRow { entry: due, ..row });
                }
            }
            drop(query);
            if !changed.is_empty() {
                database.write(|tx, _| write_all(tx, &changed))?;
            }
            let mut query = database.read().prepare_cached(&format!(
                "{COLUMNS} WHERE woke_ms IS NOT NULL ORDER BY woke_ms, channel, conversation"
            ))?;
            let awake = query.query_map([], desk_row)?.collect::<Result<_, _>>()?;
            Ok((changed, awake))
        })
    }
}

/// What is kept of a conversation once it was looked whether it is time.
fn due(conn: &Connection, row: &DeskRow, now: Timestamp) -> Result<DeskEntry, StoreError> {
    let mut entry = row.entry.clone();
    if let Some(since) = entry.archived
        && said_since(conn, row, since)?
    {
        entry.archived = None;
    }
    if let Some(snooze) = entry.snooze.filter(|snooze| snooze.woke.is_none()) {
        let time = snooze.until.is_some_and(|until| until <= now);
        if time || said_since(conn, row, snooze.since)? {
            entry.snooze = Some(Snooze { woke: Some(now), ..snooze });
        }
    }
    Ok(entry)
}

fn said_since(conn: &Connection, row: &DeskRow, since: Timestamp) -> Result<bool, StoreError> {
    let Some(n) = super::roster::find(conn, &row.channel, &row.conversation)? else { return Ok(false) };
    Ok(conn.prepare_cached(SAID_SINCE)?.query_row([n, millis(since)], |row| row.get(0))?)
}

/// What is kept of a conversation.
pub(super) fn entry_of(
    conn: &Connection,
    channel: &ChannelName,
    id: &ConversationId,
) -> Result<DeskEntry, StoreError> {
    find(conn, channel, id).map(|row| row.entry)
}

fn find(tx: &Connection, channel: &ChannelName, id: &ConversationId) -> Result<DeskRow, StoreError> {
    let sql = format!("{COLUMNS} WHERE channel = ?1 AND conversation = ?2");
    let found = tx.prepare_cached(&sql)?.query_row([channel.as_str(), id.as_str()], desk_row).optional()?;
    let nothing = || DeskRow { channel: channel.clone(), conversation: id.clone(), entry: DeskEntry::default() };
    Ok(found.unwrap_or_else(nothing))
}

/// Notes that there is a change.
fn count_change(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(CHANGED)?.execute([])?;
    Ok(())
}

fn write_all(tx: &Transaction<'_>, rows: &[DeskRow]) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| write(tx, row))?;
    count_change(tx)
}

fn write(tx: &Transaction<'_>, row: &DeskRow) -> Result<(), StoreError> {
    let DeskRow { channel, conversation, entry } = row;
    if entry.is_empty() {
        tx.prepare_cached("DELETE FROM desk WHERE channel = ?1 AND conversation = ?2")?
            .execute([channel.as_str(), conversation.as_str()])?;
        return Ok(());
    }
    let snooze = entry.snooze.as_ref();
    tx.prepare_cached(
        "INSERT OR REPLACE INTO desk
             (channel, conversation, pinned, archived_ms, labels, note, snoozed_ms, until_ms, woke_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        channel.as_str(),
        conversation.as_str(),
        entry.pinned,
        entry.archived.map(millis),
        labels_text(&entry.labels),
        entry.note,
        snooze.map(|snooze| millis(snooze.since)),
        snooze.and_then(|snooze| snooze.until).map(millis),
        snooze.and_then(|snooze| snooze.woke).map(millis),
    ])?;
    Ok(())
}

/// Labels as they stand in the table: so that one is found with the line's ends around it.
fn labels_text(labels: &[Label]) -> String {
    let mut text = String::new();
    for label in labels {
        if text.is_empty() {
            text.push('\n');
        }
        text.push_str(label.as_str());
        text.push('\n');
    }
    text
}

fn desk_row(row: &Row<'_>) -> rusqlite::Result<DeskRow> {
    Ok(DeskRow {
        channel: ChannelName::new(row.get::<_, String>(0)?),
        conversation: ConversationId::new(row.get::<_, String>(1)?),
        entry: entry(row, 2)?,
    })
}

/// What stands in the columns from that one on.
pub(super) fn entry(row: &Row<'_>, at: usize) -> rusqlite::Result<DeskEntry> {
    let time = |column: usize| row.get::<_, Option<i64>>(column).map(|ms| ms.map(Timestamp::from_millis));
    // What a newer version, or damage, made of a label is left out.
    let labels = row.get::<_, String>(at + 2)?;
    let labels = labels.split('\n').filter_map(|label| Label::parse(label).ok()).collect();
    let (until, woke) = (time(at + 5)?, time(at + 6)?);
    Ok(DeskEntry {
        pinned: row.get(at)?,
        archived: time(at + 1)?,
        labels,
        note: row.get(at + 3)?,
        snooze: time(at + 4)?.map(|since| Snooze { since, until, woke }),
    })
}
