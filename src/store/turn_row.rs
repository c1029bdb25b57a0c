//! A turn as the table `turns` holds it, and its way in and out. Owns the columns; decides no state.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, ToSql, params};

use super::error::StoreError;
use super::instances::Instances;
use super::json::{attach_from_json, attach_json, failure_from_json, failure_json};
use super::rows::{count, millis, word};
use crate::domain::{
    ChannelName, ConversationId, Failure, Finish, Kind, MessageId, OutState, QueueEntry, Reply, Timestamp, Turn,
    TurnId,
};

/// A turn with what only the store needs to know.
#[derive(Debug, Clone)]
pub(super) struct TurnRow {
    pub(super) turn: Turn,
    pub(super) n: i64,
    /// The row of its conversation.
    pub(super) conversation: Option<i64>,
    /// The instance that has it in hand: it is queued, on its way, or its reply is being written.
    pub(super) holder: Option<String>,
    /// All of it is in the history, so it isn't shown beside it.
    pub(super) filed: bool,
    /// When it was last taken to be sent.
    pub(super) claimed: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        select!("t.reply_text", $rest)
    };
    ($reply:literal, $rest:literal) => {
        concat!(
            "SELECT t.n, t.id, t.channel, t.conversation, c.id, t.text, t.state, t.holder, t.created_ms, t.message_id,
                    t.failure, ",
            $reply,
            ", t.reply_finish, t.first_word_ms, t.took_ms, t.reply_message_id, t.filed,
                    t.claimed_ms, t.attach, t.held, t.rank
             FROM turns t LEFT JOIN conversations c ON c.n = t.conversation ",
            $rest
        )
    };
}

/// Turns of one conversation that the history doesn't hold as a whole.
pub(super) const OPEN: &str =
    select!("WHERE t.channel = ?1 AND t.conversation IS ?2 AND t.filed = 0 AND t.state <> 'cancelled' ORDER BY t.n");
/// Turns of all conversations that the history doesn't hold as a whole.
pub(super) const UNFILED: &str = select!("WHERE t.filed = 0 AND t.state <> 'cancelled'");
/// Turns that some instance has in hand.
const HELD: &str = select!("WHERE t.holder IS NOT NULL ORDER BY t.n");

impl TurnRow {
    pub(super) fn load(conn: &Connection, id: &TurnId) -> Result<Self, StoreError> {
        Self::find(conn, id)?.ok_or_else(|| StoreError::UnknownTurn(id.clone()))
    }

    /// The same with a reply's text left out, which can be long.
    pub(super) fn load_brief(conn: &Connection, id: &TurnId) -> Result<Self, StoreError> {
        let sql = select!("CASE WHEN t.reply_text IS NULL THEN NULL ELSE '' END", "WHERE t.id = ?1");
        let found = conn.prepare_cached(sql)?.query_row([id.as_str()], turn_row).optional()?;
        found.ok_or_else(|| StoreError::UnknownTurn(id.clone()))
    }

    pub(super) fn find(conn: &Connection, id: &TurnId) -> Result<Option<Self>, StoreError> {
        Ok(conn.prepare_cached(select!("WHERE t.id = ?1"))?.query_row([id.as_str()], turn_row).optional()?)
    }

    pub(super) fn open(
        conn: &Connection,
        channel: &ChannelName,
        conversation: Option<i64>,
    ) -> Result<Vec<Self>, StoreError> {
        let mut query = conn.prepare_cached(OPEN)?;
        let rows = query.query_map(params![channel.as_str(), conversation], turn_row)?;
        let mut rows: Vec<Self> = rows.collect::<Result<_, _>>()?;
        // There are few, and their places change while they wait.
        rows.sort_by_key(|row| row.turn.queue.rank.unwrap_or(row.n));
        Ok(rows)
    }

    pub(super) fn unfiled(conn: &Connection) -> Result<Vec<Self>, StoreError> {
        let mut query = conn.prepare_cached(UNFILED)?;
        let rows = query.query_map([], turn_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn held(conn: &Connection) -> Result<Vec<Self>, StoreError> {
        let mut query = conn.prepare_cached(HELD)?;
        let rows = query.query_map([], turn_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Commits a new turn to the outbox, in that instance's hands.
    pub(super) fn insert(
        conn: &Connection,
        turn: &Turn,
        conversation: Option<i64>,
        holder: &str,
    ) -> Result<(), StoreError> {
        let inserted = conn
            .prepare_cached(
                "INSERT INTO turns (id, channel, conversation, text, state, holder, created_ms, attach, held, rank)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                turn.id.as_str(),
                turn.channel.as_str(),
                conversation,
                turn.text,
                turn.state.as_str(),
                holder,
                millis(turn.created),
                attach_json(&turn.attach),
                turn.queue.held,
                turn.queue.rank
            ]);
        match inserted {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
                    && Self::find(conn, &turn.id)?.is_some() =>
            {
                Err(StoreError::DuplicateTurn(turn.id.clone()))
            }
            other => Ok(other.map(|_| ())?),
        }
    }

    /// Writes back what can change.
    pub(super) fn save(&self, conn: &Connection) -> Result<(), StoreError> {
        self.save_with(conn, self.turn.reply.as_ref().map(|reply| reply.text.as_str()))
    }

    /// The same with this as the reply's text.
    pub(super) fn save_with(&self, conn: &Connection, text: Option<&str>) -> Result<(), StoreError> {
        let turn = &self.turn;
        let reply = turn.reply.as_ref();
        let values: [(&str, &dyn ToSql); 15] = [
            (":n", &self.n),
            (":conversation", &self.conversation),
            (":state", &turn.state.as_str()),
            (":holder", &self.holder),
            (":message_id", &turn.message_id.as_ref().map(MessageId::as_str)),
            (":failure", &turn.failure.as_ref().map(failure_json)),
            (":reply_text", &text),
            (":reply_finish", &reply.and_then(|r| r.finish).map(Finish::as_str)),
            (":first_word_ms", &reply.and_then(|r| r.first_word_ms).map(count)),
            (":took_ms", &reply.and_then(|r| r.took_ms).map(count)),
            (":reply_message_id", &reply.and_then(|r| r.message_id.as_ref()).map(MessageId::as_str)),
            (":filed", &self.filed),
            (":claimed_ms", &self.claimed.map(millis)),
            (":held", &turn.queue.held),
            (":rank", &turn.queue.rank),
        ];
        conn.prepare_cached(
            "UPDATE turns SET conversation = :conversation, state = :state, holder = :holder, message_id = :message_id,
                 failure = :failure, reply_text = :reply_text, reply_finish = :reply_finish,
                 first_word_ms = :first_word_ms, took_ms = :took_ms, reply_message_id = :reply_message_id,
                 filed = :filed, claimed_ms = :claimed_ms,
                 held = :held, rank = :rank
             WHERE n = :n",
        )?
        .execute(&values[..])?;
        Ok(())
    }

    /// Whether a reply is still to come, or to be written to its end.
    pub(super) fn reply_due(&self) -> bool {
        let finished = self.turn.reply.as_ref().is_some_and(|reply| reply.finish.is_some());
        self.turn.state == OutState::Sent && self.turn.failure.is_none() && !finished
    }

    /// Lets go of a turn that needs nobody any more.
    pub(super) fn release(&mut self) {
        let wanted = matches!(self.turn.state, OutState::Queued | OutState::Sending) || self.reply_due();
        if !wanted {
            self.holder = None;
        }
    }

    /// What becomes of a turn whose holder ended.
    pub(super) fn abandon(&mut self) {
        let turn = &mut self.turn;
        let answered = turn.reply.as_ref().is_some_and(|reply| !reply.text.is_empty() || reply.finish.is_some());
        if turn.state == OutState::Sending && !answered && turn.message_id.is_none() {
            turn.state = OutState::Unknown;
            turn.failure = Some(
                Failure::new(Kind::UnknownDelivery, "The program ended while this message was being sent")
                    .hint("It may have arrived and was not sent again. Check again, send it again or drop it."),
            );
        } else {
            turn.state = OutState::Sent;
            cut_off(turn);
        }
        self.holder = None;
    }

    /// Whether a living instance has it in hand.
    pub(super) fn in_hand(&self, instances: &Instances) -> bool {
        self.holder.as_ref().is_some_and(|holder| instances.alive(holder))
    }
}

/// What a reply is called whose writer ended before it did.
fn cut_off(turn: &mut Turn) {
    turn.reply.get_or_insert_default().finish.get_or_insert(Finish::Cut);
}

fn turn_row(row: &Row<'_>) -> rusqlite::Result<TurnRow> {
    let message_id = |at| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(at)?.map(MessageId::new));
    let reply = match row.get::<_, Option<String>>(11)? {
        Some(text) => Some(Reply {
            text,
            finish: word(row, 12, Finish::from_word)?,
            first_word_ms: row.get::<_, Option<i64>>(13)?.map(i64::unsigned_abs),
            took_ms: row.get::<_, Option<i64>>(14)?.map(i64::unsigned_abs),
            message_id: message_id(15)?,
        }),
        None => None,
    };
    Ok(TurnRow {
        n: row.get(0)?,
        turn: Turn {
            id: TurnId::new(row.get::<_, String>(1)?),
            channel: ChannelName::new(row.get::<_, String>(2)?),
            conversation: row.get::<_, Option<String>>(4)?.map(ConversationId::new),
            text: row.get(5)?,
            state: word(row, 6, OutState::from_word)?.ok_or(rusqlite::Error::InvalidQuery)?,
            created: Timestamp::from_millis(row.get(8)?),
            message_id: message_id(9)?,
            failure: row.get::<_, Option<String>>(10)?.map(|text| failure_from_json(&text)),
            reply,
            attach: row.get::<_, Option<String>>(18)?.map_or_else(Vec::new, |text| attach_from_json(&text)),
            queue: QueueEntry { held: row.get(19)?, elsewhere: false, rank: row.get(20)? },
        },
        conversation: row.get(3)?,
        holder: row.get(7)?,
        filed: row.get(16)?,
        claimed: row.get::<_, Option<i64>>(17)?.map(Timestamp::from_millis),
    })
}
