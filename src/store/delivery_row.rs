//! A row of `deliveries` as it is read: what a list shows, and the whole of it.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};

use super::compact;
use super::error::StoreError;
use super::json::detail_from_json;
use super::rows::word;
use crate::domain::{
    ChannelName, ConversationId, Delivery, DeliveryId, DeliveryRow, MessageId, RefusalCode, Refused, RequestId,
    Timestamp, Trust, Verdict,
};

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

/// A delivery as a list shows it.
pub(super) fn delivery_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
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
