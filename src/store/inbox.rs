//! The inbox: every webhook that came, committed before it is acknowledged. Owns the table `deliveries` as it is read;
//! how it is written, and what a delivery says with it, is `ingest`.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Store;
use super::arrival::{Arrival, Filed, Prepared};
use super::command::StoreCommand;
use super::compact;
use super::error::StoreError;
use super::json::detail_from_json;
use super::pending::Pending;
use super::roster;
use super::rows::{count, word};
use crate::domain::{
    ChannelName, ConversationId, Delivery, DeliveryId, DeliveryRow, MessageId, RefusalCode, Refused, RequestId,
    Timestamp, Trust, Verdict,
};

/// Which deliveries are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of that channel alone.
    pub channel: Option<ChannelName>,
    /// Later than that one; then the oldest of them come first.
    pub after: Option<DeliveryId>,
    /// Earlier than that one; then, as without either, the newest come first.
    pub before: Option<DeliveryId>,
    /// How many at most.
    pub limit: usize,
}

macro_rules! select {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT d.n, d.channel, d.at_ms, d.replay, d.trust, d.verdict, d.status, d.reason, c.id,
                 ifnull(d.message, m.id), ifnull(d.request, q.id),
                 iif(d.quoted IS NULL, d.summary,
                     substr(ifnull(m.text, q.key || ' ' || q.inputs), 1, abs(d.quoted)) || iif(d.quoted < 0, '…', '')),
                 ifnull(d.size, length(d.body)), d.code, d.detail",
            $more,
            " FROM deliveries d LEFT JOIN conversations c ON c.n = d.conversation
                 LEFT JOIN messages m ON m.n = d.text_of LEFT JOIN requests q ON q.n = -d.text_of
                 LEFT JOIN delivery_heads h ON h.n = d.head WHERE ",
            $rest
        )
    };
}

pub(super) const NEWEST: &str = select!("", "d.n > ?1 AND d.n < ?2 ORDER BY d.n DESC LIMIT ?3");
pub(super) const FOLLOWING: &str = select!("", "d.n > ?1 AND d.n < ?2 ORDER BY d.n LIMIT ?3");
pub(super) const NEWEST_OF: &str = select!("", "d.n > ?1 AND d.n < ?2 AND d.channel = ?4 ORDER BY d.n DESC LIMIT ?3");
pub(super) const FOLLOWING_OF: &str = select!("", "d.n > ?1 AND d.n < ?2 AND d.channel = ?4 ORDER BY d.n LIMIT ?3");
const ONE: &str = select!(", d.url, d.headers, h.url, h.headers, d.body, d.text_at, m.text, q.inputs", "d.n = ?1");

impl Store {
    /// Files a delivery. All that wait together are one commit; what is answered is on the disk. A rejected one is kept
    /// to be shown, and nothing that it says is.
    ///
    /// Each thing that it says is known by its channel and its key. If all of them were said before, the delivery is a
    /// duplicate and changes nothing; otherwise what is new is filed. Of the rejected ones the newest are kept: at most
    /// 10,000, and 64 MiB of them.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where the database's file was moved while the delivery was committed: it is stored, its
    /// number is not known. Whether it is after another error, the next try of the same tells: then it is a duplicate.
    pub fn receive(&self, arrival: Arrival) -> Pending<Filed> {
        // The thread that all wait for makes no JSON.
        let prepared = Prepared::new(arrival);
        self.send(|reply| StoreCommand::Receive(prepared, reply))
    }

    /// Deliveries as a list shows them.
    pub fn deliveries(&self, filter: &DeliveryFilter) -> Pending<Vec<DeliveryRow>> {
        let DeliveryFilter { channel, after, before, limit } = filter.clone();
        self.ask(move |database| {
            let from = after.map_or(i64::MIN, |id| id.0);
            let to = before.map_or(i64::MAX, |id| id.0);
            let sql = match (&channel, after) {
                (None, None) => NEWEST,
                (None, Some(_)) => FOLLOWING,
                (Some(_), None) => NEWEST_OF,
                (Some(_), Some(_)) => FOLLOWING_OF,
            };
            let mut query = database.read().prepare_cached(sql)?;
            let rows = match &channel {
                None => query.query_map(params![from, to, count(limit)], delivery_row)?,
                Some(channel) => query.query_map(params![from, to, count(limit), channel.as_str()], delivery_row)?,
            };
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// One delivery, whole.
    pub fn delivery(&self, id: DeliveryId) -> Pending<Option<(DeliveryRow, Delivery)>> {
        self.ask(move |database| whole(database.read(), id))
    }

    /// The delivery that brought that message; or the newest one that brought something of that conversation.
    pub fn delivery_of(
        &self,
        channel: &ChannelName,
        conversation: &ConversationId,
        message: Option<&MessageId>,
    ) -> Pending<Option<DeliveryId>> {
        let (channel, conversation, message) = (channel.clone(), conversation.clone(), message.cloned());
        self.ask(move |database| {
            let conn = database.read();
            let Some(n) = roster::find(conn, &channel, &conversation)? else { return Ok(None) };
            let found: Option<Option<i64>> = match &message {
                None => conn
                    .prepare_cached("SELECT delivery FROM conversations WHERE n = ?1")?
                    .query_row([n], |row| row.get(0))
                    .optional()?,
                Some(id) => conn
                    .prepare_cached("SELECT delivery FROM messages WHERE conversation = ?1 AND id = ?2")?
                    .query_row(params![n, id.as_str()], |row| row.get(0))
                    .optional()?,
            };
            Ok(found.flatten().map(DeliveryId))
        })
    }

    /// Which of these keys another delivery than that one said first: those were known when it came.
    pub fn said_before(&self, channel: &ChannelName, keys: Vec<String>, by: DeliveryId) -> Pending<Vec<bool>> {
        let channel = channel.clone();
        self.ask(move |database| {
            let mut query =
                database.read().prepare_cached("SELECT delivery FROM said WHERE channel = ?1 AND key = ?2")?;
            let mut known = |key: &String| -> Result<bool, StoreError> {
                let first: Option<i64> =
                    query.query_row([channel.as_str(), key.as_str()], |row| row.get(0)).optional()?;
                Ok(first.is_some_and(|first| first != by.0))
            };
            keys.iter().map(&mut known).collect()
        })
    }

    /// The number of the newest delivery; 0 where there is none.
    pub fn last_delivery(&self) -> Pending<DeliveryId> {
        self.ask(|database| {
            let mut query = database.read().prepare_cached("SELECT ifnull(max(n), 0) FROM deliveries")?;
            Ok(DeliveryId(query.query_row([], |row| row.get(0))?))
        })
    }
}

/// One delivery, whole.
pub(super) fn whole(conn: &Connection, id: DeliveryId) -> Result<Option<(DeliveryRow, Delivery)>, StoreError> {
    let found = conn.prepare_cached(ONE)?.query_row([id.0], |row| {
        let listed = delivery_row(row)?;
        let (url, headers) = compact::whole_head(row, 15)?;
        let delivery = Delivery {
            channel: listed.channel.clone(),
            at: listed.at,
            url,
            headers,
            body: compact::whole_body(row, 19)?.into(),
            replay: listed.replay,
        };
        Ok((listed, delivery))
    });
    Ok(found.optional()?)
}

fn delivery_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    let verdict = match row.get::<_, String>(5)?.as_str() {
        "accepted" => Verdict::Accepted,
        "duplicate" => Verdict::Duplicate,
        "rejected" => Verdict::Rejected(refused(row)?),
        other => {
            let why = format!("unknown word {other}").into();
            return Err(rusqlite::Error::FromSqlConversionFailure(5, Type::Text, why));
        }
    };
    Ok(DeliveryRow {
        id: DeliveryId(row.get(0)?),
        channel: ChannelName::new(row.get::<_, String>(1)?),
        at: Timestamp::from_millis(row.get(2)?),
        replay: row.get(3)?,
        trust: word(row, 4, Trust::from_word)?,
        verdict,
        conversation: row.get::<_, Option<String>>(8)?.map(ConversationId::new),
        message: row.get::<_, Option<String>>(9)?.map(MessageId::new),
        request: row.get::<_, Option<String>>(10)?.map(RequestId::new),
        summary: row.get::<_, Option<String>>(11)?.unwrap_or_default(),
        size: row.get::<_, i64>(12)?.unsigned_abs(),
    })
}

/// Why it was refused. What an earlier release kept has no code.
fn refused(row: &Row<'_>) -> rusqlite::Result<Refused> {
    let status = row.get(6)?;
    let code = row.get::<_, Option<String>>(13)?.and_then(|word| RefusalCode::from_word(&word));
    Ok(Refused {
        status,
        code: code.unwrap_or(RefusalCode::from_status(status)),
        reason: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        detail: row.get::<_, Option<String>>(14)?.map(|text| detail_from_json(&text)).unwrap_or_default(),
    })
}
