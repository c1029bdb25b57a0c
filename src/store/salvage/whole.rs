//! Deliveries of an attached database `s` as rows that leave out nothing, and which of them are here already: what they leave
//! out stands there under numbers that say nothing here.

use rusqlite::{Connection, Row, params};

use crate::domain::DeliveryId;
use crate::store::compact;
use crate::store::delivery_row;
use crate::store::error::StoreError;
use crate::store::rows::count;

/// What they have in common stands in rows of this.
pub(super) const HEADS: &str = "delivery_heads";
/// So many at a time are made whole.
const PAGE: usize = 500;

const LACKING: &str = "SELECT d.n, d.url, d.headers, h.url, h.headers, d.body, d.text_at, m.text, q.inputs,
        ifnull(d.message, m.id), ifnull(d.request, q.id),
        iif(d.quoted IS NULL, d.summary,
            substr(ifnull(m.text, q.key || ' ' || q.inputs), 1, abs(d.quoted)) || iif(d.quoted < 0, '…', ''))
    FROM s.deliveries d LEFT JOIN s.delivery_heads h ON h.n = d.head LEFT JOIN s.messages m ON m.n = d.text_of
        LEFT JOIN s.requests q ON q.n = -d.text_of
    WHERE d.n > ?1 AND (d.head IS NOT NULL OR d.text_of IS NOT NULL) ORDER BY d.n LIMIT ?2";

/// A delivery, whole.
struct WholeRow {
    n: i64,
    url: String,
    headers: String,
    body: Vec<u8>,
    message: Option<String>,
    request: Option<String>,
    summary: String,
}

impl WholeRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (url, headers) = compact::whole_head(row, 1)?;
        Ok(Self {
            n: row.get(0)?,
            url,
            headers: compact::WrittenHeaders::alone(&headers).common,
            body: compact::whole_body(row, 5)?,
            message: row.get(9)?,
            request: row.get(10)?,
            summary: row.get::<_, Option<String>>(11)?.unwrap_or_default(),
        })
    }
}

/// Makes them whole.
pub(super) fn restore(conn: &Connection) -> Result<(), StoreError> {
    let mut query = conn.prepare(LACKING)?;
    let mut update = conn.prepare(
        "UPDATE s.deliveries SET url = ?2, headers = ?3, body = ?4, message = ?5, request = ?6, summary = ?7,
             head = NULL, text_of = NULL, text_at = NULL, size = NULL, quoted = NULL WHERE n = ?1",
    )?;
    let mut after = i64::MIN;
    loop {
        let rows = query.query_map(params![after, count(PAGE)], WholeRow::read)?.collect::<Result<Vec<_>, _>>()?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.n;
        for WholeRow { n, url, headers, body, message, request, summary } in rows {
            update.execute(params![n, url, headers, body, message, request, summary])?;
        }
    }
}

/// Puts into `s.d` which of them is which row here: one that came at the same time and says the same.
pub(super) fn find_known(conn: &Connection) -> Result<(), StoreError> {
    conn.execute_batch(
        "CREATE TABLE s.there AS SELECT channel, at_ms, ifnull(size, length(body)) AS long, n FROM main.deliveries;
         CREATE INDEX s.there_by_time ON there (at_ms, long);",
    )?;
    let mut query = conn.prepare(
        "SELECT o.n, t.n, o.url, o.headers, o.body FROM s.deliveries o
             JOIN s.there t ON t.at_ms = o.at_ms AND t.long = length(o.body) AND t.channel = o.channel
         ORDER BY o.n, t.n",
    )?;
    let mut note = conn.prepare("INSERT INTO s.d VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (old, new): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (url, headers, body): (String, String, Vec<u8>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let here = delivery_row::whole(conn, DeliveryId(new))?;
        let is_same = here.is_some_and(|(_, here)| {
            here.url == url && compact::WrittenHeaders::alone(&here.headers).common == headers && here.body == body
        });
        if is_same {
            note.execute([old, new])?;
        }
    }
    Ok(())
}
