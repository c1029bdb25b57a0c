//! Webhooks of an attached database `s` that were acknowledged and waited for their tables: put into those of this one, as if
//! they came now. Owns that none of them is taken for said because that was noted when it came.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::store::arrivals;
use crate::store::entry::{self, Entry, What};
use crate::store::error::StoreError;
use crate::store::ingest::{self, NumberedEntry};
use crate::store::rows::count;

/// How many rows were found, and how many of them are new here, by table.
pub(super) type Counts = BTreeMap<&'static str, (u64, u64)>;

/// Where they wait.
pub(super) const TABLE: &str = "arrivals";

/// What waited, in the order in which it came.
pub(super) struct Unfiled {
    values: Vec<(i64, Vec<u8>)>,
    /// So many values could not be read.
    broken: u64,
}

impl Unfiled {
    /// Takes it out of `s`, and the notes on what it says. What waits in this database came before.
    pub(super) fn take(tx: &Transaction<'_>) -> Result<Self, StoreError> {
        while arrivals::file_some(tx)? {}
        let mut unfiled = Self { values: Vec::new(), broken: 0 };
        let mut query = tx.prepare("SELECT n, form, entries FROM s.arrivals ORDER BY n")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let rows: Vec<(i64, i64, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
        for (n, form, value) in rows {
            match entry::decoded(form, &value) {
                Ok(entries) => {
                    let end = n.saturating_add(count(entries.len()));
                    tx.execute("DELETE FROM s.said WHERE delivery >= ?1 AND delivery < ?2", params![n, end])?;
                    unfiled.values.push((form, value));
                }
                Err(error) => {
                    tracing::warn!(%error, "webhooks of a damaged database that waited for their tables are lost");
                    unfiled.broken += 1;
                }
            }
        }
        Ok(unfiled)
    }

    /// Puts it into the tables of this database, but for what is there already. What was broken is counted as what was found.
    pub(super) fn file(&self, tx: &Transaction<'_>, counts: &mut Counts) -> Result<(), StoreError> {
        let mut all = Vec::new();
        for (form, value) in &self.values {
            all.extend(entry::decoded(*form, value)?);
        }
        let mut known = tx.prepare_cached("SELECT 1 FROM said WHERE channel = ?1 AND key = ?2")?;
        let mut fresh = Vec::new();
        for entry in &all {
            let mut is_fresh = false;
            for said in &entry.said {
                let found: Option<i64> = known.query_row([entry.channel, said.key], |row| row.get(0)).optional()?;
                is_fresh |= found.is_none();
            }
            fresh.extend(is_fresh.then_some(entry));
        }
        let rows = (ingest::last(tx)? + 1..).zip(fresh.iter().copied());
        let rows: Vec<NumberedEntry<'_>> = rows.map(|(n, entry)| NumberedEntry { n, entry, refused: None }).collect();
        ingest::write_rows(tx, &rows, false)?;
        for (table, many) in tallied(&all) {
            counts.entry(table).or_default().0 += many;
        }
        for (table, many) in tallied(fresh) {
            counts.entry(table).or_default().1 += many;
        }
        counts.insert(TABLE, (self.broken, 0));
        Ok(())
    }
}

/// How many rows of which table they are.
fn tallied<'a>(entries: impl IntoIterator<Item = &'a Entry<'a>>) -> [(&'static str, u64); 3] {
    let mut tally = [("deliveries", 0), ("messages", 0), ("requests", 0)];
    for entry in entries {
        tally[0].1 += 1;
        for said in &entry.said {
            tally[1].1 += u64::from(matches!(said.what, What::Message { .. }));
            tally[2].1 += u64::from(matches!(said.what, What::Request { .. }));
        }
    }
    tally
}
