//! Data requests: who answers which, once, and never late. Owns the table `requests`.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::error::StoreError;
use super::json::{failure_from_json, failure_json};
use super::pending::Pending;
use super::rows::{count, millis, word};
use crate::domain::{Asked, ChannelName, DataRequest, Failure, Kind, RequestId, RequestState, Timestamp, Trust};

/// What claiming a data request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is this process's to answer, once.
    Yes(DataRequest),
    /// Its time is up; it is expired.
    Late(DataRequest),
    /// It was answered already, or another process has it in hand.
    No(DataRequest),
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, channel, key, inputs, link, trust, received_ms, deadline_ms, state, answer, failure, holder
             FROM requests ",
            $rest
        )
    };
}

pub(super) const NEWEST: &str = select!("ORDER BY n DESC LIMIT ?1");
pub(super) const NEWEST_OF: &str = select!("WHERE channel = ?2 ORDER BY n DESC LIMIT ?1");
pub(super) const OLDER_OPEN: &str = select!(
    "WHERE state = 'received' AND n < (SELECT n FROM requests WHERE id = ?1) AND (?2 IS NULL OR channel = ?2)
     ORDER BY deadline_ms LIMIT ?3"
);
pub(super) const HELD: &str = "SELECT id, holder FROM requests WHERE holder IS NOT NULL";
pub(super) const WAITING: &str =
    "SELECT id FROM requests WHERE state = 'received' AND deadline_ms <= ?1 ORDER BY deadline_ms";

/// So much time is left to one that waits again: more than is kept free for an answer's way, which it may have expired by.
const TIME_LEFT: i64 = 6_000;
/// Among the newest requests: those whose deadline the clock has passed and not reached.
pub(super) const EARLY: &str = "SELECT EXISTS (SELECT 1 FROM requests
    WHERE n > (SELECT max(n) FROM requests) - 500 AND state = 'expired' AND answer IS NULL AND deadline_ms > ?1)";
const REVIVE: &str = "UPDATE requests SET state = 'received'
    WHERE n > (SELECT max(n) FROM requests) - 500 AND state = 'expired' AND answer IS NULL AND deadline_ms > ?1";

impl Store {
    /// The newest data requests of a channel, or of all, and at most `waiting` older ones that still wait, of which the
    /// oldest are the first to be too late; newest first.
    pub fn requests(&self, channel: Option<&ChannelName>, limit: usize, waiting: usize) -> Pending<Vec<DataRequest>> {
        let channel = channel.cloned();
        self.ask(move |database| {
            let conn = database.read();
            let mut query = conn.prepare_cached(if channel.is_some() { NEWEST_OF } else { NEWEST })?;
            let rows = match &channel {
                Some(channel) => query.query_map(params![count(limit), channel.as_str()], request)?,
                None => query.query_map([count(limit)], request)?,
            };
            let mut listed: Vec<DataRequest> =
                rows.map(|row| row.map(|(request, _)| request)).collect::<Result<_, _>>()?;
            if let Some(oldest) = listed.last().filter(|_| listed.len() == limit).map(|oldest| oldest.id.clone()) {
                let mut query = conn.prepare_cached(OLDER_OPEN)?;
                let channel = channel.as_ref().map(ChannelName::as_str);
                let rows = query.query_map(params![oldest.as_str(), channel, count(waiting)], request)?;
                let mut older: Vec<DataRequest> =
                    rows.map(|row| row.map(|(request, _)| request)).collect::<Result<_, _>>()?;
                older.sort_by_key(|request| std::cmp::Reverse(request.received));
                listed.extend(older);
            }
            Ok(listed)
        })
    }

    /// One data request.
    pub fn request(&self, id: &RequestId) -> Pending<Option<DataRequest>> {
        let id = id.clone();
        self.ask(move |database| find(database.read(), &id))
    }

    /// Answers in the response to the delivery: received → answered, with this JSON, if it is not past the deadline.
    ///
    /// # Errors
    /// [`StoreError::UnknownRequest`]. One that is late or answered already is none: [`Claimed`] says so.
    pub fn answer_request(&self, id: &RequestId, data: &str, now: Timestamp) -> Pending<Claimed> {
        let (id, data) = (id.clone(), data.to_owned());
        self.ask(move |database| database.write(|tx, _| claim(tx, &id, data, now, RequestState::Answered, None)))
    }

    /// Takes a request to post its answer: received → answering, with this JSON, if there are more than `margin_ms` to
    /// its deadline. `Yes` for exactly one process.
    ///
    /// # Errors
    /// [`StoreError::UnknownRequest`]. One that is late, answered or in hand is none: [`Claimed`] says so.
    pub fn claim_request(&self, id: &RequestId, data: &str, now: Timestamp, margin_ms: i64) -> Pending<Claimed> {
        let (id, data, latest) = (id.clone(), data.to_owned(), now.plus_millis(margin_ms.max(0)));
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| claim(tx, &id, data, latest, RequestState::Answering, Some(&me)))
        })
    }

    /// Says what became of the post: answering → posted, failed, unknown or expired, by the instance that claimed it.
    ///
    /// # Errors
    /// [`StoreError::UnknownRequest`], [`StoreError::IllegalRequest`] for one that is not being answered or a state
    /// that ends no post, [`StoreError::RequestInHand`] for one that another instance claimed.
    pub fn settle_request(&self, id: &RequestId, state: RequestState, failure: Option<&Failure>) -> Pending<()> {
        use RequestState::{Expired, Failed, Posted, Unknown};
        let legal = matches!(state, Posted | Failed | Unknown | Expired);
        self.let_go(id, state, legal, failure)
    }

    /// Puts a claimed request back, its answer kept: only when the post provably never left, or was refused.
    ///
    /// # Errors
    /// [`StoreError::UnknownRequest`], [`StoreError::IllegalRequest`] for one that is not being answered,
    /// [`StoreError::RequestInHand`] for one that another instance claimed.
    pub fn release_request(&self, id: &RequestId, failure: Option<&Failure>) -> Pending<()> {
        self.let_go(id, RequestState::Received, true, failure)
    }

    /// Keeps why a request that still waits was not answered by itself. One that no longer waits is left as it is.
    ///
    /// # Errors
    /// [`StoreError::UnknownRequest`].
    pub fn note_request(&self, id: &RequestId, failure: &Failure) -> Pending<()> {
        let (id, failure) = (id.clone(), failure.clone());
        self.ask(move |database| {
            database.write(|tx, _| {
                let (request, _) = load(tx, &id)?;
                if request.state == RequestState::Received {
                    let_go(tx, &id, request.state, Some(&failure))
                } else {
                    Ok(())
                }
            })
        })
    }

    /// Marks those that wait past their deadline as expired, and says which. One that expired while the clock was ahead
    /// waits again once it isn't.
    pub fn expire_requests(&self, now: Timestamp) -> Pending<Vec<RequestId>> {
        self.ask(move |database| {
            // Asked every second or so, and there is almost never one: nothing is written then.
            let late = |conn: &Connection| -> Result<Vec<RequestId>, StoreError> {
                let mut query = conn.prepare_cached(WAITING)?;
                let ids = query.query_map([millis(now)], |row| Ok(RequestId::new(row.get::<_, String>(0)?)))?;
                Ok(ids.collect::<Result<_, _>>()?)
            };
            let early: bool =
                database.read().prepare_cached(EARLY)?.query_row([millis(now) + TIME_LEFT], |row| row.get(0))?;
            if !early && late(database.read())?.is_empty() {
                return Ok(Vec::new());
            }
            database.write(|tx, _| {
                if early {
                    tx.prepare_cached(REVIVE)?.execute([millis(now) + TIME_LEFT])?;
                }
                let late = late(tx)?;
                for id in &late {
                    tx.prepare_cached("UPDATE requests SET state = 'expired' WHERE id = ?1")?
                        .execute([id.as_str()])?;
                }
                Ok(late)
            })
        })
    }

    fn let_go(&self, id: &RequestId, to: RequestState, legal: bool, failure: Option<&Failure>) -> Pending<()> {
        let (id, failure) = (id.clone(), failure.cloned());
        self.ask(move |database| {
            let me = database.instances.own()?;
            database.write(|tx, _| {
                let (request, holder) = load(tx, &id)?;
                if request.state != RequestState::Answering || !legal {
                    return Err(StoreError::IllegalRequest { request: id, from: request.state, to });
                }
                if holder.as_ref() != Some(&me) {
                    return Err(StoreError::RequestInHand(id));
                }
                let_go(tx, &id, to, failure.as_ref())
            })
        })
    }
}

/// One data request, if there is one.
pub(super) fn find(conn: &Connection, id: &RequestId) -> Result<Option<DataRequest>, StoreError> {
    let mut query = conn.prepare_cached(select!("WHERE id = ?1"))?;
    Ok(query.query_row([id.as_str()], request).optional()?.map(|(request, _)| request))
}

fn load(conn: &Connection, id: &RequestId) -> Result<(DataRequest, Option<String>), StoreError> {
    let mut query = conn.prepare_cached(select!("WHERE id = ?1"))?;
    query.query_row([id.as_str()], request).optional()?.ok_or_else(|| StoreError::UnknownRequest(id.clone()))
}

/// Files a request that came.
pub(super) fn insert(
    tx: &Transaction<'_>,
    id: &RequestId,
    channel: &ChannelName,
    asked: Asked,
    trust: Trust,
    received: Timestamp,
) -> Result<DataRequest, StoreError> {
    let request = begun(id, channel, asked, trust, received);
    tx.prepare_cached(
        "INSERT INTO requests (id, channel, key, inputs, link, trust, received_ms, deadline_ms, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'received')",
    )?
    .execute(params![
        id.as_str(),
        channel.as_str(),
        request.key,
        request.inputs,
        request.link,
        trust.as_str(),
        millis(received),
        millis(request.deadline)
    ])?;
    Ok(request)
}

/// A request that has just come.
pub(super) fn begun(
    id: &RequestId,
    channel: &ChannelName,
    asked: Asked,
    trust: Trust,
    received: Timestamp,
) -> DataRequest {
    let Asked { key, inputs, link, deadline } = asked;
    DataRequest {
        id: id.clone(),
        channel: channel.clone(),
        key,
        inputs,
        link,
        trust,
        received,
        deadline,
        state: RequestState::Received,
        answer: None,
        failure: None,
    }
}

/// Takes a request that waits, if an answer that is there at `latest` is in time.
fn claim(
    tx: &Transaction<'_>,
    id: &RequestId,
    data: String,
    latest: Timestamp,
    to: RequestState,
    holder: Option<&str>,
) -> Result<Claimed, StoreError> {
    let (mut request, _) = load(tx, id)?;
    #[cfg(feature = "planted")]
    let late = crate::domain::PlantedFault::LateAnswer.is_planted();
    #[cfg(feature = "planted")]
    let latest = if late { Timestamp::from_millis(0) } else { latest };
    match request.state {
        RequestState::Received => {}
        // It expired while the clock was ahead.
        RequestState::Expired if request.answer.is_none() && latest < request.deadline => {}
        RequestState::Expired => return Ok(Claimed::Late(request)),
        _ => return Ok(Claimed::No(request)),
    }
    if latest >= request.deadline {
        tx.prepare_cached("UPDATE requests SET state = 'expired' WHERE id = ?1")?.execute([id.as_str()])?;
        request.state = RequestState::Expired;
        return Ok(Claimed::Late(request));
    }
    tx.prepare_cached("UPDATE requests SET state = ?2, holder = ?3, answer = ?4, failure = NULL WHERE id = ?1")?
        .execute(params![id.as_str(), to.as_str(), holder, data])?;
    (request.state, request.answer, request.failure) = (to, Some(data), None);
    Ok(Claimed::Yes(request))
}

fn let_go(
    tx: &Transaction<'_>,
    id: &RequestId,
    to: RequestState,
    failure: Option<&Failure>,
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE requests SET state = ?2, holder = NULL, failure = ?3 WHERE id = ?1")?
        .execute(params![id.as_str(), to.as_str(), failure.map(failure_json)])?;
    Ok(())
}

/// What an ended instance had in hand may have been posted: nobody knows, so it never is again.
pub(super) fn abandon(tx: &Transaction<'_>, id: &RequestId) -> Result<(), StoreError> {
    let lost = Failure::new(Kind::UnknownDelivery, "The program ended while this answer was being posted")
        .hint("It may have arrived and was not posted again.");
    let_go(tx, id, RequestState::Unknown, Some(&lost))
}

/// A request and its holder.
fn request(row: &Row<'_>) -> rusqlite::Result<(DataRequest, Option<String>)> {
    let request = DataRequest {
        id: RequestId::new(row.get::<_, String>(0)?),
        channel: ChannelName::new(row.get::<_, String>(1)?),
        key: row.get(2)?,
        inputs: row.get(3)?,
        link: row.get(4)?,
        trust: word(row, 5, Trust::from_word)?.ok_or(rusqlite::Error::InvalidQuery)?,
        received: Timestamp::from_millis(row.get(6)?),
        deadline: Timestamp::from_millis(row.get(7)?),
        state: word(row, 8, RequestState::from_word)?.ok_or(rusqlite::Error::InvalidQuery)?,
        answer: row.get(9)?,
        failure: row.get::<_, Option<String>>(10)?.map(|text| failure_from_json(&text)),
    };
    Ok((request, row.get(11)?))
}
