//! Rows of an attached database `s` put into this one, which may hold some of them already. Owns what is the same and
//! under which number it stands here; nothing that is here is changed but to be completed.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, Transaction, params};

use super::tables::TABLES;
use super::whole::{self, HEADS};
use crate::domain::{Failure, Kind};
use crate::store::archive::ORIGIN;
use crate::store::error::StoreError;
use crate::store::json::{failure_json, pairs_json};
use crate::store::ordering::STEP;

/// The archive of messages whose conversation nobody knows any more.
const LOST: &str = "recovered";

/// How many rows were found, and how many of them are new here, by table.
pub(super) type Counts = BTreeMap<&'static str, (u64, u64)>;

/// What is believed of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belief {
    /// It is as it was left.
    Whole,
    /// It may be older than what happened since: what waited to be sent may have been sent.
    Doubtful,
}

/// Puts all of it into the tables of this database, within the transaction that is open.
pub(super) fn merge(conn: &Transaction<'_>, belief: Belief) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    for table in TABLES {
        counts.insert(table, (count(conn, &format!("SELECT count(*) FROM s.\"{table}\""))?, 0));
    }
    let mut add = |table: &'static str, rows: usize| {
        if let Some((_, new)) = counts.get_mut(table) {
            *new += rows as u64;
        }
    };
    add("conversations", conversations(conn)?);
    add("deliveries", deliveries(conn)?);
    add("messages", messages(conn)?);
    let (turns, steps) = turns(conn, belief)?;
    add("turns", turns);
    add("turn_steps", steps);
    let simple: [(&str, &str, String); 9] = [
        ("requests", "n", String::new()),
        ("changes", "n", String::new()),
        ("searches", "", String::new()),
        ("desk", "", String::new()),
        ("remembered", "", String::new()),
        ("said", "", String::new()),
        ("reply_handles", "", "WHERE conversation IN (SELECT old FROM s.c)".to_owned()),
        (
            "replaced",
            "n",
            "WHERE NOT EXISTS (SELECT 1 FROM main.replaced m WHERE m.channel = o.channel AND m.source = o.source
                 AND m.row_id IS o.row_id AND m.at_ms = o.at_ms AND m.became_content IS o.became_content
                 AND m.was_content IS o.was_content)"
                .to_owned(),
        ),
        // Words that went into the outbox are no draft any more.
        (
            "drafts",
            "",
            "WHERE NOT EXISTS (SELECT 1 FROM main.turns t WHERE t.channel = o.channel
                 AND rtrim(o.text, char(9, 10, 13, 32)) = t.text)"
                .to_owned(),
        ),
    ];
    for (table, without, only) in simple {
        let maps = [
            (
                "conversation",
                if table == "reply_handles" { "(SELECT new FROM s.c WHERE old = o.conversation)" } else { "" },
            ),
            ("delivery", "ifnull((SELECT new FROM s.d WHERE old = o.delivery), 0)"),
        ];
        let rows = copy(conn, table, without, &maps, &only)?;
        if let Some(table) = TABLES.into_iter().find(|known| *known == table) {
            add(table, rows);
        }
    }
    counts.remove(HEADS);
    Ok(counts)
}

fn count(conn: &Connection, sql: &str) -> Result<u64, StoreError> {
    Ok(conn.query_row(sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// Copies a table's rows but for one column that is given anew, others computed; rows `o`. What is there stays.
fn copy(
    conn: &Connection,
    table: &str,
    without: &str,
    computed: &[(&str, &str)],
    only: &str,
) -> Result<usize, StoreError> {
    let mut query =
        conn.prepare("SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0 AND name <> ?2 ORDER BY cid")?;
    let names = query.query_map([table, without], |row| row.get::<_, String>(0))?;
    let names: Vec<String> = names.collect::<Result<_, _>>()?;
    let values: Vec<String> = names
        .iter()
        .map(|name| match computed.iter().find(|(known, sql)| known == name && !sql.is_empty()) {
            Some((_, sql)) => (*sql).to_owned(),
            None => format!("o.\"{name}\""),
        })
        .collect();
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    // Where rows have no number, their order is no matter.
    let order = if without.is_empty() { "" } else { "ORDER BY o.n" };
    let sql = format!(
        "INSERT OR IGNORE INTO main.\"{table}\" ({}) SELECT {} FROM s.\"{table}\" o",
        names.join(", "),
        values.join(", ")
    );
    let only = if only.is_empty() { "WHERE true" } else { only };
    insert(conn, table, &sql, only, order)
}

/// Runs an `INSERT … SELECT … FROM s.table o`. Where a row is none that the table takes, which may be anything that damage
/// makes, it is left, and the others come over one by one.
fn insert(conn: &Connection, table: &str, sql: &str, only: &str, rest: &str) -> Result<usize, StoreError> {
    match conn.execute(&format!("{sql} {only} {rest}"), []) {
        Err(error) if refused(&error) => {}
        done => return Ok(done?),
    }
    let mut query = conn.prepare(&format!("SELECT o.rowid FROM s.\"{table}\" o {only} ORDER BY o.rowid"))?;
    let numbers = query.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut one = conn.prepare(&format!("{sql} {only} AND o.rowid = ?1 {rest}"))?;
    let mut rows = 0;
    for number in numbers {
        match one.execute([number]) {
            Err(error) if refused(&error) => {
                tracing::warn!(table, "a row of a damaged database fits no row of this one");
            }
            done => rows += done?,
        }
    }
    Ok(rows)
}

/// Whether a row breaks a rule of its table.
fn refused(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}

/// Conversations by their channel and id. Under `s.c` stands which row here is which there.
fn conversations(conn: &Connection) -> Result<usize, StoreError> {
    let before = count(conn, "SELECT count(*) FROM main.conversations")?;
    // Where somebody had read to is no reason to lose what was read.
    insert(
        conn,
        "conversations",
        "INSERT INTO main.conversations (channel, id, title, created_ms, created_raw, turned_ms, details, seen, seen_of)
             SELECT channel, id, title, created_ms, created_raw, turned_ms, details,
                 iif(seen_of IN ('message', 'ask', 'reply'), seen, NULL),
                 iif(seen_of IN ('message', 'ask', 'reply'), seen_of, NULL) FROM s.conversations o",
        "WHERE true",
        "ORDER BY o.n
             ON CONFLICT (channel, id) DO UPDATE SET title = iif(title = '', excluded.title, title),
                 created_ms = ifnull(created_ms, excluded.created_ms), details = ifnull(details, excluded.details),
                 turned_ms = max(ifnull(turned_ms, excluded.turned_ms), ifnull(excluded.turned_ms, turned_ms)),
                 seen = ifnull(seen, excluded.seen), seen_of = ifnull(seen_of, excluded.seen_of)",
    )?;
    conn.execute_batch(
        "CREATE TABLE s.c (old INTEGER PRIMARY KEY, new INTEGER);
         INSERT INTO s.c SELECT o.n, m.n FROM s.conversations o
             JOIN main.conversations m ON m.channel = o.channel AND m.id = o.id;",
    )?;
    // Messages whose conversation is lost: what is known of it is the channel, at most.
    let mut query = conn.prepare(
        "SELECT DISTINCT m.conversation, (SELECT d.channel FROM s.deliveries d WHERE d.n = m.delivery)
         FROM s.messages m WHERE m.conversation NOT IN (SELECT old FROM s.c) GROUP BY m.conversation",
    )?;
    let lost = query.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?)))?;
    for lost in lost.collect::<Result<Vec<_>, _>>()? {
        let (old, channel) = lost;
        conn.execute(
            "INSERT INTO main.remembered (channel, key, value) VALUES (?1, 'archive', '') ON CONFLICT DO NOTHING",
            [LOST],
        )?;
        let from = channel.map(|channel| pairs_json(&[(ORIGIN.to_owned(), channel)]));
        let (id, title) = (format!("conversation-{old}"), format!("Recovered conversation {old}"));
        conn.execute(
            "INSERT INTO main.conversations (channel, id, title, created_raw, details) VALUES (?1, ?2, ?3, '', ?4)
             ON CONFLICT DO NOTHING",
            params![LOST, id, title, from.flatten()],
        )?;
        conn.execute(
            "INSERT INTO s.c SELECT ?1, n FROM main.conversations WHERE channel = ?2 AND id = ?3",
            params![old, LOST, id],
        )?;
    }
    Ok(usize::try_from(count(conn, "SELECT count(*) FROM main.conversations")?.saturating_sub(before)).unwrap_or(0))
}

/// Webhooks by when they came and what they say. Under `s.d` stands which number here is which there.
fn deliveries(conn: &Connection) -> Result<usize, StoreError> {
    conn.execute_batch("CREATE TABLE s.d (old INTEGER PRIMARY KEY, new INTEGER);")?;
    whole::restore(conn)?;
    whole::find_known(conn)?;
    conn.execute_batch(
        "CREATE TABLE s.fresh AS SELECT n FROM s.deliveries WHERE n NOT IN (SELECT old FROM s.d);
         INSERT INTO s.d SELECT f.n, CASE WHEN top.n IS NULL THEN f.n ELSE top.n + row_number() OVER (ORDER BY f.n) END
             FROM s.fresh f, (SELECT max(n) AS n FROM main.deliveries) top;",
    )?;
    let maps = [
        ("n", "(SELECT new FROM s.d WHERE old = o.n)"),
        ("conversation", "(SELECT new FROM s.c WHERE old = o.conversation)"),
    ];
    let rows = copy(conn, "deliveries", "", &maps, "WHERE o.n IN (SELECT n FROM s.fresh)")?;
    conn.execute(
        "UPDATE main.conversations SET delivery = max(ifnull(delivery, 0), l.new) FROM
             (SELECT c.new AS row, max(d.new) AS new FROM s.conversations o JOIN s.c c ON c.old = o.n
                  JOIN s.d d ON d.old = o.delivery GROUP BY c.new) l
         WHERE main.conversations.n = l.row",
        [],
    )?;
    Ok(rows)
}

/// Messages by their conversation and id, in their order.
fn messages(conn: &Connection) -> Result<usize, StoreError> {
    conn.execute_batch(
        "CREATE INDEX s.messages_by_conversation ON messages (conversation, seq);
         CREATE TABLE s.met AS SELECT c.old, c.new FROM s.c c
             WHERE EXISTS (SELECT 1 FROM main.messages m WHERE m.conversation = c.new);",
    )?;
    let maps = [
        ("conversation", "(SELECT new FROM s.c WHERE old = o.conversation)"),
        ("delivery", "(SELECT new FROM s.d WHERE old = o.delivery)"),
    ];
    let known = "WHERE o.conversation IN (SELECT old FROM s.c)";
    let mut rows =
        copy(conn, "messages", "n", &maps, &format!("{known} AND o.conversation NOT IN (SELECT old FROM s.met)"))?;
    let mut query = conn.prepare("SELECT old, new FROM s.met")?;
    let met = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (old, new) in met.collect::<Result<Vec<(i64, i64)>, _>>()? {
        let theirs = ids(conn, "SELECT id FROM s.messages WHERE conversation = ?1 ORDER BY seq", old)?;
        let ours = ids(conn, "SELECT id FROM main.messages WHERE conversation = ?1 ORDER BY seq", new)?;
        // Out of the way of those that are there, until all have a place.
        let maps = [maps[0], maps[1], ("seq", "-(o.n & ((1 << 60) - 1)) - (1 << 60)")];
        let new_rows = copy(conn, "messages", "n", &maps, &format!("WHERE o.conversation = {old}"))?;
        rows += new_rows;
        if new_rows == 0 {
            continue;
        }
        let mut place =
            conn.prepare_cached("UPDATE main.messages SET seq = ?3 WHERE conversation = ?1 AND id = ?2")?;
        let order = joined(&theirs, &ours);
        for base in [-(1_i64 << 59), 0] {
            for (at, id) in (1_i64..).zip(&order) {
                place.execute(params![new, id, base + at * STEP])?;
            }
        }
    }
    Ok(rows)
}

fn ids(conn: &Connection, sql: &str, conversation: i64) -> Result<Vec<String>, StoreError> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([conversation], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Two orders as one: what stands in both keeps its place in ours, and what only they have stands before what followed
/// it there, or, where nothing did, before what only we have.
fn joined<'a>(theirs: &'a [String], ours: &'a [String]) -> Vec<&'a str> {
    let mine: HashMap<&str, usize> = ours.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let mut order = Vec::with_capacity(theirs.len() + ours.len());
    let mut done: HashSet<&str> = HashSet::new();
    let (mut next, mut waiting) = (0, Vec::new());
    for id in theirs {
        let Some(at) = mine.get(id.as_str()).copied() else {
            waiting.push(id.as_str());
            continue;
        };
        // Ours up to it, then theirs that stood right before it.
        for own in ours.get(next..at).unwrap_or_default() {
            if done.insert(own) {
                order.push(own.as_str());
            }
        }
        order.append(&mut waiting);
        if done.insert(id) {
            order.push(id);
        }
        next = next.max(at + 1);
    }
    order.append(&mut waiting);
    for own in ours {
        if done.insert(own) {
            order.push(own);
        }
    }
    order
}

/// The outbox by its turns' ids, with their steps.
fn turns(conn: &Connection, belief: Belief) -> Result<(usize, usize), StoreError> {
    conn.execute_batch(
        "CREATE TABLE s.new_turns AS SELECT n, id FROM s.turns WHERE id NOT IN (SELECT id FROM main.turns);
         CREATE INDEX s.new_turns_by_id ON new_turns (id);",
    )?;
    let maps = [("conversation", "(SELECT new FROM s.c WHERE old = o.conversation)")];
    let rows = copy(conn, "turns", "n", &maps, "WHERE o.n IN (SELECT n FROM s.new_turns)")?;
    conn.execute_batch(
        "CREATE TABLE s.t (old INTEGER PRIMARY KEY, new INTEGER);
         INSERT INTO s.t SELECT o.n, m.n FROM s.new_turns o JOIN main.turns m ON m.id = o.id;
         UPDATE main.turns SET rank =
             (SELECT r.new FROM s.turns o JOIN s.t r ON r.old = o.rank WHERE o.id = main.turns.id)
             WHERE n IN (SELECT new FROM s.t) AND rank IS NOT NULL;
         DELETE FROM main.turn_steps WHERE turn IN
             (SELECT new FROM s.t WHERE old IN (SELECT turn FROM s.turn_steps));",
    )?;
    let maps = [("turn", "(SELECT new FROM s.t WHERE old = o.turn)")];
    let steps = copy(conn, "turn_steps", "n", &maps, "WHERE o.turn IN (SELECT old FROM s.t)")?;
    if belief == Belief::Doubtful {
        let failure = Failure::new(Kind::UnknownDelivery, "The database was damaged while this message waited")
            .hint("It may have been sent and was not sent again. Check again, send it again or drop it.");
        conn.execute(
            "UPDATE main.turns SET state = 'unknown', holder = NULL, failure = ?1
             WHERE state IN ('queued', 'sending') AND n IN (SELECT new FROM s.t)",
            [failure_json(&failure)],
        )?;
    }
    Ok((rows, steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_orders_become_one() {
        let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let both = |theirs: &str, ours: &str| joined(&list(theirs), &list(ours)).concat();
        assert_eq!(both("abc", ""), "abc");
        assert_eq!(both("abc", "de"), "abcde");
        assert_eq!(both("abc", "cde"), "abcde");
        assert_eq!(both("abc", "bxc"), "abxc");
        assert_eq!(both("cab", "abc"), "abc");
        assert_eq!(both("ab", "abc"), "abc");
    }
}
