//! The inbox: every webhook that came, committed before it is acknowledged. Owns the table `deliveries` as it is read;
//! how it is written, and what a delivery says with it, is `ingest`.

use rusqlite::{OptionalExtension, params};

use super::Store;
use super::arrival::{Arrival, Filed, Prepared};
use super::command::StoreCommand;
use super::delivery_row::{FOLLOWING, FOLLOWING_OF, NEWEST, NEWEST_OF, delivery_row, whole};
use super::error::StoreError;
use super::pending::Pending;
use super::roster;
use super::rows::count;
use crate::domain::{ChannelName, ConversationId, Delivery, DeliveryId, DeliveryRow, MessageId};

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
