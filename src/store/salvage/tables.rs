//! What a damaged database holds, as plain rows beside the new one. Owns which row is taken for which table's: what a
//! tree of that name holds, and, where no tree leads to a page, what has the table's columns and no other's.
//!
//! The rows are put into tables of the same names in an attached database `s`, without any of their rules.

use std::collections::{HashMap, HashSet};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::btree::{self, ReadTally, RowRecord};
use super::image::Image;
use crate::store::error::StoreError;

/// What is carried over: all but the index of the search, which is made anew.
pub(super) const TABLES: [&str; 15] = [
    "conversations",
    "messages",
    "turns",
    "turn_steps",
    "drafts",
    "remembered",
    "deliveries",
    "delivery_heads",
    "said",
    "requests",
    "reply_handles",
    "changes",
    "replaced",
    "searches",
    "desk",
];

/// The texts that are worth something by their beginning, by table and column: a person reads them. Of what a machine
/// reads, a part says something else.
const READABLE: [(&str, &str); 3] = [("messages", "text"), ("drafts", "text"), ("desk", "note")];
/// What stands in such a text for what could not be read.
const LOST: &str = " […the rest could not be read]";

/// How a table's rows stand in a file.
struct TableLayout {
    name: &'static str,
    columns: Vec<ColumnLayout>,
    /// Rows have no number.
    keyed: bool,
}

struct ColumnLayout {
    name: String,
    kind: String,
    required: bool,
    role: ColumnRole,
}

/// What a column is to its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnRole {
    Plain,
    /// Of what tells rows apart that have no number.
    Key,
    /// Stands for the row's number, and is none in the row itself.
    Number,
    /// Stands in the row, and is computed from others.
    Computed,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extract {
    /// Pages in the file and its log.
    pub(super) pages: u64,
    /// Pages that hold nothing that could be read.
    pub(super) unread: u64,
    /// Rows that stand in readable pages and could not be read.
    pub(super) broken: u64,
    /// Rows that an index names and no page has, by table.
    pub(super) missing: HashMap<&'static str, u64>,
    /// The trees that were read whole.
    pub(super) whole: HashSet<&'static str>,
}

impl Extract {
    /// Whether anything is known to be lost.
    pub(super) fn is_whole(&self) -> bool {
        self.whole.len() == TABLES.len()
    }
}

/// Reads all that there is into the tables of `s`, which are made.
pub(super) fn extract(conn: &Connection, image: &mut Image) -> Result<Extract, StoreError> {
    let tables: Vec<TableLayout> =
        TABLES.iter().map(|name| TableLayout::describe(conn, name)).collect::<Result<_, _>>()?;
    for table in &tables {
        table.make(conn)?;
    }
    let mut tally = ReadTally::default();
    btree::free(image, &mut tally);
    let free = tally.seen.clone();
    let mut extract = Extract { pages: u64::from(image.pages()), ..Extract::default() };
    let (roots, indexes) = roots(image, &mut tally);
    let schema = tally.damaged.is_empty();
    let mut failed = Ok(());
    for table in &tables {
        let Some(root) = roots.get(table.name) else {
            // A table that the schema of an older database doesn't have.
            if schema && !roots.is_empty() {
                extract.whole.insert(table.name);
            }
            continue;
        };
        let before = (tally.damaged.len(), tally.broken);
        btree::walk(image, *root, &mut tally, &mut |row| {
            if failed.is_ok() {
                failed = table.keep_or_mend(conn, &row).map(|kept| extract.broken += u64::from(!kept));
            }
        });
        if before == (tally.damaged.len(), tally.broken) {
            extract.whole.insert(table.name);
        }
    }
    std::mem::replace(&mut failed, Ok(()))?;
    for (table, root) in &indexes {
        let Some(table) = tables.iter().find(|known| known.name == table && !known.keyed) else {
            btree::walk(image, *root, &mut tally, &mut |_| {});
            continue;
        };
        let mut named = HashSet::new();
        btree::walk(image, *root, &mut tally, &mut |row| {
            if let (Some(Value::Integer(n)), None) = (row.fields.last(), &row.cut) {
                named.insert(*n);
            }
        });
        table.miss(conn, &named)?;
    }
    for n in 1..=image.pages() {
        if !tally.seen.contains(&n) {
            orphan(conn, image, n, &tables, &mut tally)?;
        }
    }
    for table in &tables {
        let missing = table.missing(conn)?;
        if missing > 0 {
            extract.whole.remove(table.name);
            extract.missing.insert(table.name, missing);
        }
    }
    extract.unread = tally.damaged.difference(&free).count() as u64;
    extract.broken += tally.broken;
    Ok(extract)
}

/// Where the trees of tables begin, by name, and those of indexes with their tables.
fn roots(image: &mut Image, tally: &mut ReadTally) -> (HashMap<String, u32>, Vec<(String, u32)>) {
    let (mut roots, mut indexes) = (HashMap::new(), Vec::new());
    btree::walk(image, 1, tally, &mut |row| {
        if let [Value::Text(kind), Value::Text(name), Value::Text(table), Value::Integer(root), ..] = &row.fields[..]
            && let Ok(root @ 1..) = u32::try_from(*root)
        {
            match kind.as_str() {
                "table" => drop(roots.insert(name.clone(), root)),
                "index" => indexes.push((table.clone(), root)),
                _ => {}
            }
        }
    });
    (roots, indexes)
}

/// Keeps the rows of a page that no tree led to, if all of them are one table's.
fn orphan(
    conn: &Connection,
    image: &mut Image,
    n: u32,
    tables: &[TableLayout],
    tally: &mut ReadTally,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let broken = tally.broken;
    if !btree::alone(image, n, tally, &mut |row| rows.push(row)) || rows.is_empty() {
        tally.broken = broken;
        return Ok(());
    }
    let mut fitting = tables.iter().filter(|table| rows.iter().all(|row| table.fits(row)));
    match (fitting.next(), fitting.next()) {
        (Some(table), None) => {
            for row in &rows {
                table.keep(conn, row)?;
            }
        }
        // Nobody knows whose they are: an index, mostly. One that fits as well does no harm.
        _ => tally.broken = broken,
    }
    Ok(())
}

impl TableLayout {
    fn describe(conn: &Connection, name: &'static str) -> Result<Self, StoreError> {
        let keyed: bool =
            conn.query_row("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1", [name], |row| {
                row.get(0)
            })?;
        let mut query = conn.prepare(
            "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 2 ORDER BY cid",
        )?;
        let columns = query.query_map([name], |row| {
            let (kind, key): (String, bool) = (row.get(1)?, row.get(3)?);
            let number = key && !keyed && kind == "INTEGER";
            let (required, hidden): (bool, i64) = (row.get(2)?, row.get(4)?);
            let role = match (number, key, hidden) {
                (true, ..) => ColumnRole::Number,
                (_, true, _) => ColumnRole::Key,
                (_, _, 0) => ColumnRole::Plain,
                _ => ColumnRole::Computed,
            };
            Ok(ColumnLayout { name: row.get(0)?, kind, required: required && !number, role })
        })?;
        Ok(Self { name, columns: columns.collect::<Result<_, _>>()?, keyed })
    }

    fn make(&self, conn: &Connection) -> Result<(), StoreError> {
        let columns: Vec<_> = self
            .columns
            .iter()
            .filter(|column| column.role != ColumnRole::Computed)
            .map(|column| {
                format!(
                    "\"{}\"{}",
                    column.name,
                    if column.role == ColumnRole::Number { " INTEGER PRIMARY KEY" } else { "" }
                )
            })
            .collect();
        let key: Vec<_> = self
            .columns
            .iter()
            .filter(|column| column.role == ColumnRole::Key)
            .map(|c| format!("\"{}\"", c.name))
            .collect();
        let unique = if self.keyed { format!(", UNIQUE ({})", key.join(", ")) } else { String::new() };
        let name = self.name;
        conn.execute_batch(&format!(
            "CREATE TABLE s.\"{name}\" ({}{unique}); CREATE TABLE s.\"{name}_missing\" (n INTEGER PRIMARY KEY);",
            columns.join(", ")
        ))?;
        Ok(())
    }

    /// Whether a row has what the table's rows have.
    fn fits(&self, row: &RowRecord) -> bool {
        row.rowid.is_some() != self.keyed
            && row.fields.len() <= self.columns.len()
            && self.columns.iter().enumerate().all(|(at, column)| match (row.fields.get(at), &*column.kind) {
                (None, _) => row.cut.is_some() || !column.required,
                // It is made anew.
                (Some(Value::Null), _) if column.role == ColumnRole::Computed => true,
                (Some(Value::Null), _) => !column.required,
                (Some(Value::Integer(_)), "INTEGER") => column.role != ColumnRole::Number,
                (Some(Value::Text(_)), "TEXT") | (Some(Value::Blob(_)), "BLOB") => true,
                _ => false,
            })
    }

    /// Keeps a row that is one of this table's, as far as it is one; false where something of it was lost.
    fn keep_or_mend(&self, conn: &Connection, row: &RowRecord) -> Result<bool, StoreError> {
        // It was counted where it was read.
        let is_counted = matches!(row.cut, Some(Value::Null));
        if !is_counted && self.keep(conn, row)? {
            return Ok(true);
        }
        if let Some(mended) = self.mended(row) {
            self.keep(conn, &mended)?;
        }
        Ok(is_counted)
    }

    /// A row with what can be nothing in the place of what can't be. Of a table with texts that a person reads every field
    /// is taken for what it has to be, so that the text is there whatever the rest says; of others, what must be there has
    /// to be right.
    fn mended(&self, row: &RowRecord) -> Option<RowRecord> {
        let is_readable = READABLE.iter().any(|(table, _)| *table == self.name);
        if row.rowid.is_some() == self.keyed {
            return None;
        }
        let field = |(at, column): (usize, &ColumnLayout)| {
            let field = row.fields.get(at);
            if column.role == ColumnRole::Number {
                return Some(Value::Null);
            }
            match (field, &*column.kind) {
                (Some(Value::Integer(n)), "INTEGER") => Some(Value::Integer(*n)),
                (Some(Value::Text(text)), "TEXT") => Some(Value::Text(text.clone())),
                (Some(Value::Blob(bytes)), "BLOB") => Some(Value::Blob(bytes.clone())),
                _ if !column.required || column.role == ColumnRole::Computed => Some(Value::Null),
                _ if !is_readable || column.role == ColumnRole::Key => None,
                (Some(Value::Integer(n)), "TEXT") => Some(Value::Text(n.to_string())),
                (Some(Value::Blob(bytes)), "TEXT") => Some(Value::Text(String::from_utf8_lossy(bytes).into_owned())),
                (_, "TEXT") => Some(Value::Text(String::new())),
                (_, "BLOB") => Some(Value::Blob(Vec::new())),
                _ => Some(Value::Integer(0)),
            }
        };
        let fields = self.columns.iter().enumerate().map(field).collect::<Option<_>>()?;
        Some(RowRecord { rowid: row.rowid, fields, cut: None })
    }

    /// What is kept of a row that is cut, if its beginning is worth something.
    fn completed(&self, row: &RowRecord) -> Option<RowRecord> {
        let (_, text) = READABLE.into_iter().find(|(table, _)| *table == self.name)?;
        let at = self.columns.iter().position(|column| column.name == text).filter(|at| *at <= row.fields.len())?;
        let mut fields = row.fields.clone();
        if let (true, Some(Value::Text(begins))) = (at == fields.len(), &row.cut) {
            fields.push(Value::Text(format!("{begins}{LOST}")));
        }
        for column in self.columns.get(fields.len()..)? {
            fields.push(match (column.required, &*column.kind) {
                (false, _) => Value::Null,
                (true, "TEXT") => Value::Text(String::new()),
                (true, _) => Value::Integer(0),
            });
        }
        Some(RowRecord { rowid: row.rowid, fields, cut: None })
    }

    /// Keeps a row, unless there is one of its number already; false if it can't be one of this table's. One that is cut is
    /// counted where it was read.
    fn keep(&self, conn: &Connection, row: &RowRecord) -> Result<bool, StoreError> {
        if row.cut.is_some() {
            return match self.completed(row) {
                Some(row) => self.keep(conn, &row),
                None => Ok(true),
            };
        }
        if !self.fits(row) {
            return Ok(false);
        }
        let (mut names, mut values) = (Vec::new(), Vec::new());
        if !self.columns.iter().any(|column| column.role == ColumnRole::Number)
            && let Some(n) = row.rowid
        {
            names.push("rowid".to_owned());
            values.push(Value::Integer(n));
        }
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| column.role != ColumnRole::Computed)
        {
            names.push(format!("\"{}\"", column.name));
            values.push(match (column.role == ColumnRole::Number, row.rowid) {
                (true, Some(n)) => Value::Integer(n),
                _ => row.fields.get(at).cloned().unwrap_or(Value::Null),
            });
        }
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO s.\"{}\" ({}) VALUES ({places})", self.name, names.join(", "));
        conn.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        Ok(true)
    }

    /// Notes rows that an index names.
    fn miss(&self, conn: &Connection, named: &HashSet<i64>) -> Result<(), StoreError> {
        let sql = format!("INSERT OR IGNORE INTO s.\"{}_missing\" (n) VALUES (?1)", self.name);
        let mut note = conn.prepare_cached(&sql)?;
        for n in named {
            note.execute([n])?;
        }
        Ok(())
    }

    /// How many rows an index named that were not found.
    fn missing(&self, conn: &Connection) -> Result<u64, StoreError> {
        if self.keyed {
            return Ok(0);
        }
        let name = self.name;
        let sql =
            format!("SELECT count(*) FROM s.\"{name}_missing\" WHERE n NOT IN (SELECT rowid FROM s.\"{name}\")");
        Ok(conn.query_row(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }
}
