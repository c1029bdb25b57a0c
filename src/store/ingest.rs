//! How deliveries are written, and what they say with them: many in one commit, each as cheap as can be. Owns the
//! tables `said` and `deliveries`; where a message stands is `ordering`.

use std::collections::HashMap;

use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};

use super::arrival::{Arrival, Prepared, PreparedValue};
use super::database::Database;
use super::error::StoreError;
use super::json::detail_json;
use super::ordering::{self, LastMessage};
use super::prune::{self, RejectedTally};
use super::rows::millis;
use super::{local, requests, roster};
use crate::domain::{
    ChannelName, ConversationId, DataRequest, Delivery, DeliveryId, Inbound, Meaning, Message, ReplyHandle,
    RequestId, Trust, Verdict,
};

/// A conversation while a batch is filed: it is looked up once and touched once.
struct TouchedConversation {
    n: i64,
    nameless: bool,
    /// The last message, once it is known.
    last: Option<LastMessage>,
    /// The newest time and the newest delivery that brought something of it.
    touched: Option<(i64, i64)>,
    /// Whether a way to answer came.
    handles: bool,
}

/// What a delivery's own row points at: the first of each that it says.
#[derive(Default)]
struct DeliveryLinks {
    conversation: Option<i64>,
    message: Option<String>,
    request: Option<DataRequest>,
}

/// What writes one batch: its statements, and what it has looked up.
struct Batch<'t, 'b> {
    tx: &'t Transaction<'t>,
    say: CachedStatement<'t>,
    message: CachedStatement<'t>,
    delivery: CachedStatement<'t>,
    /// By channel and id, in `known`.
    conversations: HashMap<(&'b str, &'b str), usize>,
    known: Vec<TouchedConversation>,
}

/// What filing one came to.
pub(super) struct Ingested {
    pub(super) id: DeliveryId,
    pub(super) verdict: Verdict,
    pub(super) request: Option<DataRequest>,
    /// Which of the things that it says were said before, in their order.
    pub(super) known: Vec<bool>,
}

/// Writes arrivals that waited together, in one commit, and makes room for those that were rejected.
pub(super) fn write(database: &mut Database, batch: &[Prepared]) -> Result<Vec<Ingested>, StoreError> {
    let (mut rows, mut bytes) = (0, 0);
    for rejected in batch.iter().filter(|prepared| prepared.is_rejected()) {
        (rows, bytes) = (rows + 1, bytes + rejected.size());
    }
    // Counted anew should this fail.
    let mut tally = match (rows, database.rejected.take()) {
        (0, tally) => tally,
        (_, Some(tally)) => Some(tally),
        (_, None) => Some(RejectedTally::count(&database.conn)?),
    };
    let (filed, moved) = database.committed(|tx, _| {
        let filed = write_batch(tx, batch)?;
        // Afterwards, so that the newest is never deleted and no number is given twice.
        if let Some(tally) = tally.as_mut().filter(|_| rows > 0) {
            tally.make_room(tx, rows, bytes)?;
        }
        Ok(filed)
    })?;
    if moved {
        // It is there; but under which number, its sender's next try tells.
        return Err(StoreError::Moved);
    }
    database.rejected = tally;
    Ok(filed)
}

/// Files arrivals in their order, and answers what each came to.
fn write_batch(tx: &Transaction<'_>, batch: &[Prepared]) -> Result<Vec<Ingested>, StoreError> {
    let mut last: i64 = tx.prepare_cached("SELECT ifnull(max(n), 0) FROM deliveries")?.query_row([], |r| r.get(0))?;
    let mut writer = Batch {
        tx,
        say: tx.prepare_cached(
            "INSERT INTO said (channel, key, delivery) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?,
        message: tx.prepare_cached(
            "INSERT INTO messages (conversation, seq, id, role, text, created_ms, created_raw, received_ms, place_ms,
                 extras, delivery)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (conversation, id) DO NOTHING",
        )?,
        delivery: tx.prepare_cached(
            "INSERT INTO deliveries (n, channel, at_ms, replay, trust, verdict, status, reason, conversation, message,
                 request, summary, url, headers, body, code, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?,
        conversations: HashMap::new(),
        known: Vec::new(),
    };
    let mut filed = Vec::with_capacity(batch.len());
    for prepared in batch {
        last += 1;
        filed.push(writer.write_arrival(last, prepared)?);
    }
    writer.touch()?;
    Ok(filed)
}

impl<'b> Batch<'_, 'b> {
    fn write_arrival(&mut self, n: i64, prepared: &'b Prepared) -> Result<Ingested, StoreError> {
        let Arrival { delivery, trust, meaning, .. } = &*prepared.arrival;
        let mut links = DeliveryLinks::default();
        let mut known = Vec::new();
        let verdict = match meaning {
            Err(refused) => Verdict::Rejected(refused.clone()),
            Ok(inbounds) => {
                // What says nothing at all is no repetition.
                for (inbound, made) in inbounds.iter().zip(&prepared.made) {
                    known.push(!self.write_inbound(n, delivery, *trust, inbound, made, &mut links)?);
                }
                if known.is_empty() || known.contains(&false) { Verdict::Accepted } else { Verdict::Duplicate }
            }
        };
        self.insert_delivery(n, prepared, &verdict, &links)?;
        Ok(Ingested { id: DeliveryId(n), verdict, request: links.request, known })
    }

    /// Files one thing; false if it was said before.
    fn write_inbound(
        &mut self,
        n: i64,
        delivery: &'b Delivery,
        trust: Option<Trust>,
        inbound: &'b Inbound,
        made: &PreparedValue,
        links: &mut DeliveryLinks,
    ) -> Result<bool, StoreError> {
        if matches!(inbound.meaning, Meaning::Probe { .. }) {
            return Ok(true);
        }
        let channel = &delivery.channel;
        if self.say.execute(params![channel.as_str(), inbound.key, n])? == 0 {
            self.said_before(channel, &inbound.key, links)?;
            return Ok(false);
        }
        let at = millis(delivery.at);
        match &inbound.meaning {
            Meaning::Message { conversation, title, message, reply } => {
                let known = self.conversation(channel, conversation, title)?;
                let extras = if let PreparedValue::Extras(extras) = made { Some(extras.as_str()) } else { None };
                self.message(known, message, extras, at, n)?;
                self.touched(known, at, n, reply.as_ref(), links)?;
                links.message.get_or_insert_with(|| message.id.as_str().to_owned());
            }
            Meaning::Joined { conversation, title, at: joined, reply } => {
                let known = self.conversation(channel, conversation, title)?;
                if let Some(known) = self.known.get(known) {
                    roster::begun(self.tx, known.n, joined)?;
                }
                self.touched(known, at, n, reply.as_ref(), links)?;
            }
            Meaning::Event { conversation: Some(conversation), details, .. } => {
                let known = self.conversation(channel, conversation, "")?;
                if let Some(known) = self.known.get(known)
                    && !details.is_empty()
                {
                    roster::add_details(self.tx, known.n, details)?;
                }
                self.touched(known, at, n, None, links)?;
            }
            Meaning::Request(asked) => {
                if let PreparedValue::Request(id) = made {
                    // What isn't verified is told apart; what nothing is known of is unverified.
                    let trust = trust.unwrap_or(Trust::Unverified);
                    let request = requests::insert(self.tx, id, channel, asked, trust, delivery.at)?;
                    links.request.get_or_insert(request);
                }
            }
            Meaning::Event { conversation: None, .. } | Meaning::Probe { .. } => {}
        }
        Ok(true)
    }

    /// Points at what the delivery brought that said it first.
    fn said_before(&self, channel: &ChannelName, key: &str, links: &mut DeliveryLinks) -> Result<(), StoreError> {
        let first = self
            .tx
            .prepare_cached(
                "SELECT d.conversation, d.message, d.request FROM said s JOIN deliveries d ON d.n = s.delivery
                 WHERE s.channel = ?1 AND s.key = ?2",
            )?
            .query_row([channel.as_str(), key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        // None where this same delivery says it twice.
        let Some((conversation, message, request)): Option<(Option<i64>, _, Option<String>)> = first else {
            return Ok(());
        };
        links.conversation = links.conversation.or(conversation);
        if links.message.is_none() {
            links.message = message;
        }
        if let (None, Some(id)) = (&links.request, request) {
            links.request = requests::find(self.tx, &RequestId::new(id))?;
        }
        Ok(())
    }

    fn insert_delivery(
        &mut self,
        n: i64,
        prepared: &Prepared,
        verdict: &Verdict,
        said: &DeliveryLinks,
    ) -> Result<(), StoreError> {
        let Arrival { delivery, trust, summary, .. } = &*prepared.arrival;
        let (word, refused) = match verdict {
            Verdict::Accepted => ("accepted", None),
            Verdict::Duplicate => ("duplicate", None),
            Verdict::Rejected(refused) => (prune::REJECTED, Some(refused)),
        };
        self.delivery.execute(params![
            n,
            delivery.channel.as_str(),
            millis(delivery.at),
            delivery.replay,
            trust.map(Trust::as_str),
            word,
            refused.map(|refused| refused.status),
            refused.map(|refused| &refused.reason),
            said.conversation,
            said.message,
            said.request.as_ref().map(|request| request.id.as_str()),
            summary,
            delivery.url,
            prepared.headers,
            &delivery.body[..],
            refused.map(|refused| refused.code.as_str()),
            refused.and_then(|refused| detail_json(&refused.detail)),
        ])?;
        Ok(())
    }

    /// The conversation's place in `known`.
    fn conversation(
        &mut self,
        channel: &'b ChannelName,
        id: &'b ConversationId,
        title: &str,
    ) -> Result<usize, StoreError> {
        let key = (channel.as_str(), id.as_str());
        let at = if let Some(at) = self.conversations.get(&key) {
            *at
        } else {
            let (n, nameless) = roster::ensure_named(self.tx, channel, id, title)?;
            self.known.push(TouchedConversation { n, nameless, last: None, touched: None, handles: false });
            self.conversations.insert(key, self.known.len() - 1);
            self.known.len() - 1
        };
        if let Some(known) = self.known.get_mut(at)
            && known.nameless
            && !title.is_empty()
        {
            roster::name(self.tx, known.n, title)?;
            known.nameless = false;
        }
        Ok(at)
    }

    fn message(
        &mut self,
        known: usize,
        message: &Message,
        extras: Option<&str>,
        at: i64,
        n: i64,
    ) -> Result<(), StoreError> {
        let Some(known) = self.known.get_mut(known) else { return Ok(()) };
        let last = match known.last {
            Some(last) => Some(last),
            None => ordering::last_message(self.tx, known.n)?,
        };
        let created = message.created_at.at.map(millis);
        let key = ordering::incoming(self.tx, known.n, last, created)?;
        let inserted = self.message.execute(params![
            known.n,
            key.seq,
            message.id.as_str(),
            message.role.as_str(),
            message.text,
            created,
            message.created_at.raw,
            at,
            key.stand_in,
            extras,
            n,
        ])?;
        // One that a page of the history told before stays where it is.
        known.last = (inserted > 0).then_some(key.last);
        Ok(())
    }

    fn touched(
        &mut self,
        known: usize,
        at: i64,
        n: i64,
        reply: Option<&ReplyHandle>,
        links: &mut DeliveryLinks,
    ) -> Result<(), StoreError> {
        let Some(known) = self.known.get_mut(known) else { return Ok(()) };
        known.touched = Some((known.touched.map_or(at, |(before, _)| before.max(at)), n));
        links.conversation.get_or_insert(known.n);
        match reply {
            Some(handle) => {
                known.handles = true;
                local::keep_handle(self.tx, known.n, handle)
            }
            None => Ok(()),
        }
    }

    fn touch(&self) -> Result<(), StoreError> {
        let mut touch = self.tx.prepare_cached(
            "UPDATE conversations SET turned_ms = max(ifnull(turned_ms, ?2), ?2), delivery = ?3 WHERE n = ?1",
        )?;
        for known in &self.known {
            if let Some((at, n)) = known.touched {
                touch.execute([known.n, at, n])?;
                if known.handles {
                    local::forget_ended(self.tx, known.n, at)?;
                }
            }
        }
        Ok(())
    }
}
