//! How deliveries are written, and what they say with them: many in one commit, each as cheap as can be. Owns the
//! tables `said` and `deliveries`; where a message stands is `ordering`.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};

use super::compact::{self, Brought, Heads};
use super::entry::{Entry, Handle, Said, SaidMessage, What};
use super::error::StoreError;
use super::json::detail_json;
use super::ordering::{self, LastMessage};
use super::prune;
use super::{local, requests, roster};
use crate::domain::{ChannelName, ConversationId, DataRequest, DeliveryId, Refused, RequestId, Trust, Verdict};

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
struct DeliveryLinks<'b> {
    conversation: Option<i64>,
    message: Option<Cow<'b, str>>,
    request: Option<DataRequest>,
    /// What stands there, if it is new.
    brought: Option<Brought<'b>>,
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
    heads: Heads<'b>,
}

/// What filing one came to.
pub(super) struct Ingested {
    pub(super) id: DeliveryId,
    pub(super) verdict: Verdict,
    pub(super) request: Option<DataRequest>,
    /// Which of the things that it says were said before, in their order.
    pub(super) known: Vec<bool>,
}

/// One delivery on its way into the tables.
pub(super) struct NumberedEntry<'b> {
    pub(super) n: i64,
    pub(super) entry: &'b Entry<'b>,
    /// Why it was refused.
    pub(super) refused: Option<&'b Refused>,
}

/// The number of the newest delivery that stands in its table.
pub(super) fn last(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    Ok(tx.prepare_cached("SELECT ifnull(max(n), 0) FROM deliveries")?.query_row([], |r| r.get(0))?)
}

/// Files deliveries in their order, and answers what each came to.
pub(super) fn write_rows(tx: &Transaction<'_>, rows: &[NumberedEntry<'_>]) -> Result<Vec<Ingested>, StoreError> {
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
                 request, summary, url, headers, body, code, detail, head, text_of, text_at, size, quoted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                 ?22)",
        )?,
        conversations: HashMap::new(),
        known: Vec::new(),
        heads: Heads::default(),
    };
    let filed = rows.iter().map(|row| writer.write_row(row)).collect::<Result<_, _>>()?;
    writer.touch()?;
    Ok(filed)
}

impl<'b> Batch<'_, 'b> {
    fn write_row(&mut self, row: &NumberedEntry<'b>) -> Result<Ingested, StoreError> {
        let mut links = DeliveryLinks::default();
        let mut known = Vec::new();
        let verdict = if let Some(refused) = row.refused {
            Verdict::Rejected(refused.clone())
        } else {
            // What says nothing at all is no repetition.
            for said in &row.entry.said {
                known.push(!self.write_said(row, said, &mut links)?);
            }
            if known.is_empty() || known.contains(&false) { Verdict::Accepted } else { Verdict::Duplicate }
        };
        self.insert_delivery(row, &verdict, &links)?;
        Ok(Ingested { id: DeliveryId(row.n), verdict, request: links.request, known })
    }

    /// Files one thing; false if it was said before.
    fn write_said(
        &mut self,
        row: &NumberedEntry<'b>,
        said: &'b Said<'b>,
        links: &mut DeliveryLinks<'b>,
    ) -> Result<bool, StoreError> {
        if said.what == What::Probe {
            return Ok(true);
        }
        let channel = row.entry.channel;
        let known = self.say.execute(params![channel, said.key, row.n])? == 0;
        #[cfg(feature = "planted")]
        let known = known && !crate::domain::PlantedFault::StoredTwice.is_planted();
        if known {
            self.said_before(channel, said.key, links)?;
            return Ok(false);
        }
        match &said.what {
            What::Message { conversation, title, message, reply } => {
                let known = self.conversation(channel, conversation, title)?;
                let inserted = self.message(known, message, row)?;
                self.touched(known, row, reply.as_ref(), links)?;
                if links.message.is_none() {
                    links.message = Some(message.id.into());
                    links.brought = inserted.map(|n| Brought::Message { n, text: message.text });
                }
            }
            What::Joined { conversation, title, at: joined, reply } => {
                let known = self.conversation(channel, conversation, title)?;
                if let Some(known) = self.known.get(known) {
                    roster::begun(self.tx, known.n, &joined.moment())?;
                }
                self.touched(known, row, reply.as_ref(), links)?;
            }
            What::Event { conversation: Some(conversation), details } => {
                let known = self.conversation(channel, conversation, "")?;
                if let Some(known) = self.known.get(known)
                    && !details.is_empty()
                {
                    let details: Vec<_> =
                        details.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
                    roster::add_details(self.tx, known.n, &details)?;
                }
                self.touched(known, row, None, links)?;
            }
            What::Request { key, inputs, .. } => {
                if let Some((id, asked)) = said.asked() {
                    // What isn't verified is told apart; what nothing is known of is unverified.
                    let trust = row.entry.trust().unwrap_or(Trust::Unverified);
                    let (id, channel) = (RequestId::new(id), ChannelName::new(channel));
                    let request = requests::insert(self.tx, &id, &channel, asked, trust, row.entry.came())?;
                    if links.request.is_none() {
                        let n = self.tx.last_insert_rowid();
                        links.request = Some(request);
                        links.brought.get_or_insert(Brought::Request { n, key, inputs });
                    }
                }
            }
            What::Event { conversation: None, .. } | What::Probe => {}
        }
        Ok(true)
    }

    /// Points at what the delivery brought that said it first.
    fn said_before(&self, channel: &str, key: &str, links: &mut DeliveryLinks<'_>) -> Result<(), StoreError> {
        let first = self
            .tx
            .prepare_cached(
                "SELECT d.conversation, ifnull(d.message, m.id), ifnull(d.request, q.id) FROM said s
                     JOIN deliveries d ON d.n = s.delivery
                     LEFT JOIN messages m ON m.n = d.text_of LEFT JOIN requests q ON q.n = -d.text_of
                 WHERE s.channel = ?1 AND s.key = ?2",
            )?
            .query_row([channel, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        // None where this same delivery says it twice.
        let Some((conversation, message, request)): Option<(Option<i64>, Option<String>, Option<String>)> = first
        else {
            return Ok(());
        };
        links.conversation = links.conversation.or(conversation);
        if links.message.is_none() {
            links.message = message.map(Cow::from);
        }
        if let (None, Some(id)) = (&links.request, request) {
            links.request = requests::find(self.tx, &RequestId::new(id))?;
        }
        Ok(())
    }

    fn insert_delivery(
        &mut self,
        row: &NumberedEntry<'b>,
        verdict: &Verdict,
        said: &DeliveryLinks<'_>,
    ) -> Result<(), StoreError> {
        let NumberedEntry { n, entry, refused } = row;
        let word = match verdict {
            Verdict::Accepted => "accepted",
            Verdict::Duplicate => "duplicate",
            Verdict::Rejected(_) => prune::REJECTED,
        };
        let taken = said.brought.and_then(|brought| compact::take(entry.body, brought, entry.summary));
        let of = taken.as_ref().map_or(0, |taken| taken.of);
        let head = if entry.own.is_empty() { None } else { self.heads.find(self.tx, entry.url, entry.common)? };
        let whole;
        let (url, headers) = if head.is_some() {
            ("", entry.own)
        } else {
            whole = compact::whole_headers(entry.common, entry.own);
            (entry.url, &*whole)
        };
        let quoted = taken.as_ref().and_then(|taken| taken.quoted);
        self.delivery.execute(params![
            n,
            entry.channel,
            entry.at,
            entry.replay,
            entry.trust().map(Trust::as_str),
            word,
            refused.map(|refused| refused.status),
            refused.map(|refused| &refused.reason),
            said.conversation,
            said.message.as_deref().filter(|_| of <= 0),
            said.request.as_ref().map(|request| request.id.as_str()).filter(|_| of >= 0),
            if quoted.is_some() { "" } else { entry.summary },
            url,
            headers,
            taken.as_ref().map_or(entry.body, |taken| &taken.body[..]),
            refused.map(|refused| refused.code.as_str()),
            refused.and_then(|refused| detail_json(&refused.detail)),
            head,
            taken.as_ref().map(|taken| taken.of),
            taken.as_ref().map(|taken| taken.at),
            taken.as_ref().map(|taken| taken.size),
            quoted,
        ])?;
        Ok(())
    }

    /// The conversation's place in `known`.
    fn conversation(&mut self, channel: &'b str, id: &'b str, title: &str) -> Result<usize, StoreError> {
        let key = (channel, id);
        let at = if let Some(at) = self.conversations.get(&key) {
            *at
        } else {
            let (channel, id) = (ChannelName::new(channel), ConversationId::new(id));
            let (n, nameless) = roster::ensure_named(self.tx, &channel, &id, title)?;
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

    /// The message's row; none where it is there already.
    fn message(
        &mut self,
        known: usize,
        message: &SaidMessage<'_>,
        row: &NumberedEntry<'_>,
    ) -> Result<Option<i64>, StoreError> {
        let Some(known) = self.known.get_mut(known) else { return Ok(None) };
        let last = match known.last {
            Some(last) => Some(last),
            None => ordering::last_message(self.tx, known.n)?,
        };
        let created = message.created.at;
        let key = ordering::incoming(self.tx, known.n, last, created)?;
        let id = message.id;
        #[cfg(feature = "planted")]
        let anew = format!("{id} of {}", row.n);
        #[cfg(feature = "planted")]
        let id = if crate::domain::PlantedFault::StoredTwice.is_planted() { anew.as_str() } else { id };
        let inserted = self.message.execute(params![
            known.n,
            key.seq,
            id,
            message.role,
            message.text,
            created,
            message.created.raw,
            row.entry.at,
            key.stand_in,
            message.extras,
            row.n,
        ])?;
        // One that a page of the history told before stays where it is.
        known.last = (inserted > 0).then_some(key.last);
        Ok((inserted > 0).then(|| self.tx.last_insert_rowid()))
    }

    fn touched(
        &mut self,
        known: usize,
        row: &NumberedEntry<'_>,
        reply: Option<&Handle<'_>>,
        links: &mut DeliveryLinks<'_>,
    ) -> Result<(), StoreError> {
        let Some(known) = self.known.get_mut(known) else { return Ok(()) };
        let at = row.entry.at;
        known.touched = Some((known.touched.map_or(at, |(before, _)| before.max(at)), row.n));
        links.conversation.get_or_insert(known.n);
        match reply {
            Some(handle) => {
                known.handles = true;
                local::keep_handle(self.tx, known.n, &handle.handle())
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
