//! SQLite's trees as they stand in their pages, read so that nothing in them is believed: what can't be read is stepped
//! over and counted. Knows no table.

use std::collections::HashSet;

use rusqlite::types::Value;

use super::image::{Image, MAGIC, be16, be32};

/// Kinds of pages.
const INNER_INDEX: u8 = 2;
const INNER_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const LEAF_TABLE: u8 = 13;
/// A text or a blob is no longer than this: what a damaged length asks for is not reserved.
const LONGEST: u64 = 1 << 30;

/// One row: its number where it has one, and its fields as they stand.
pub(super) struct RowRecord {
    pub(super) rowid: Option<i64>,
    pub(super) fields: Vec<Value>,
    /// How the field after those begins, where the row goes on in pages that can't be read; null where nothing of it can
    /// be told, since the row's header is damaged.
    pub(super) cut: Option<Value>,
}

/// What was read, and what could not be.
#[derive(Default)]
pub(super) struct ReadTally {
    /// Pages that are part of some tree, that are free, or that go on with a long row.
    pub(super) seen: HashSet<u32>,
    /// Pages that should be part of a tree, and aren't.
    pub(super) damaged: HashSet<u32>,
    /// Rows that stand in a readable page, and can't be read.
    pub(super) broken: u64,
}

/// Reads every row of the tree that begins at that page, in its order. Trees of tables with numbers hold rows in their
/// leaves; those without, and indexes, in every page.
pub(super) fn walk(image: &mut Image, root: u32, tally: &mut ReadTally, each: &mut dyn FnMut(RowRecord)) {
    let mut waiting = vec![root];
    while let Some(n) = waiting.pop() {
        if !tally.seen.insert(n) {
            continue;
        }
        let Some(page) = image.page(n).and_then(|bytes| TreePage::parse(n, bytes)) else {
            tally.damaged.insert(n);
            continue;
        };
        rows(image, &page, tally, each);
        // The first is to be taken next.
        waiting.extend(page.children().into_iter().rev());
    }
}

/// Reads the rows of a page that no tree led to; false if it holds none.
pub(super) fn alone(image: &mut Image, n: u32, tally: &mut ReadTally, each: &mut dyn FnMut(RowRecord)) -> bool {
    let Some(page) =
        image.page(n).and_then(|bytes| TreePage::parse(n, bytes)).filter(|page| page.kind != INNER_TABLE)
    else {
        return false;
    };
    rows(image, &page, tally, each);
    true
}

/// Marks all that is free, as the header tells it: what stands there was deleted.
pub(super) fn free(image: &mut Image, tally: &mut ReadTally) {
    let Some(head) = image.page(1).filter(|head| head.starts_with(MAGIC)) else { return };
    let mut next = be32(&head, 32).unwrap_or(0);
    while next != 0 && tally.seen.insert(next) {
        let Some(trunk) = image.page(next) else { return };
        let many = be32(&trunk, 4).unwrap_or(0).min(u32::try_from(image.usable() / 4).unwrap_or(0).saturating_sub(2));
        tally.seen.extend((0..many as usize).filter_map(|at| be32(&trunk, 8 + 4 * at)));
        next = be32(&trunk, 0).unwrap_or(0);
    }
}

struct TreePage {
    kind: u8,
    bytes: Vec<u8>,
    /// Where its header begins: the first page bears the database's before it.
    head: usize,
    cells: Vec<usize>,
}

impl TreePage {
    fn parse(n: u32, bytes: Vec<u8>) -> Option<Self> {
        let head = if n == 1 { 100 } else { 0 };
        let kind = *bytes.get(head)?;
        let first = match kind {
            INNER_INDEX | INNER_TABLE => head + 12,
            LEAF_INDEX | LEAF_TABLE => head + 8,
            _ => return None,
        };
        let many = usize::from(be16(&bytes, head + 3)?);
        if first + 2 * many > bytes.len() {
            return None;
        }
        let cells = (0..many).filter_map(|at| be16(&bytes, first + 2 * at)).map(usize::from).collect();
        Some(Self { kind, bytes, head, cells })
    }

    fn children(&self) -> Vec<u32> {
        if !matches!(self.kind, INNER_INDEX | INNER_TABLE) {
            return Vec::new();
        }
        let last = be32(&self.bytes, self.head + 8);
        self.cells.iter().filter_map(|at| be32(&self.bytes, *at)).chain(last).collect()
    }
}

fn rows(image: &mut Image, page: &TreePage, tally: &mut ReadTally, each: &mut dyn FnMut(RowRecord)) {
    if page.kind == INNER_TABLE {
        return;
    }
    for at in &page.cells {
        match parse_row(image, page, *at, tally) {
            Some(row) => {
                tally.broken += u64::from(row.cut.is_some());
                each(row);
            }
            None => tally.broken += 1,
        }
    }
}

fn parse_row(image: &mut Image, page: &TreePage, at: usize, tally: &mut ReadTally) -> Option<RowRecord> {
    let mut at = if page.kind == INNER_INDEX { at + 4 } else { at };
    let size = varint(&page.bytes, &mut at)?;
    if size > LONGEST {
        return None;
    }
    let rowid = if page.kind == LEAF_TABLE { Some(varint(&page.bytes, &mut at)?.cast_signed()) } else { None };
    let payload = payload(image, page, at, usize::try_from(size).ok()?, tally)?;
    let (fields, cut) = fields(&payload, payload.len() as u64 == size)?;
    Some(RowRecord { rowid, fields, cut })
}

/// A row's bytes, which may go on in pages of their own; of those that can't be read, as many as stand before them.
fn payload(image: &mut Image, page: &TreePage, at: usize, size: usize, tally: &mut ReadTally) -> Option<Vec<u8>> {
    let usable = image.usable();
    let least = (usable - 12) * 32 / 255 - 23;
    let most = if page.kind == LEAF_TABLE { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if size <= most {
        return Some(page.bytes.get(at..at + size)?.to_vec());
    }
    let part = least + (size - least) % (usable - 4);
    let here = if part <= most { part } else { least };
    let mut payload = page.bytes.get(at..at + here)?.to_vec();
    let mut next = be32(&page.bytes, at + here)?;
    let mut followed = HashSet::new();
    while payload.len() < size {
        let more = image.page(next).filter(|_| followed.insert(next) && !tally.damaged.contains(&next));
        let Some(more) = more else { return Some(payload) };
        payload.extend_from_slice(more.get(4..4 + (size - payload.len()).min(usable - 4))?);
        next = be32(&more, 0)?;
    }
    tally.seen.extend(followed);
    Some(payload)
}

/// The fields of a record, and how the one begins in the midst of which it ends if it isn't whole, null where its header
/// says more than there is; none if its header isn't one.
fn fields(record: &[u8], whole: bool) -> Option<(Vec<Value>, Option<Value>)> {
    let mut at = 0;
    let head = usize::try_from(varint(record, &mut at)?).ok()?;
    if head < at || head > record.len() {
        return None;
    }
    let mut body = head;
    let mut fields = Vec::new();
    while at < head {
        let kind = varint(record, &mut at)?;
        let long = usize::try_from(match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        })
        .ok()?;
        let Some(bytes) = record.get(body..body.checked_add(long)?) else {
            if whole {
                // Its header says more than there is: what stands before that is right.
                return Some((fields, Some(Value::Null)));
            }
            let begins = record.get(body..).filter(|_| kind > 12)?;
            let text = String::from_utf8_lossy(begins);
            let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER).to_owned();
            return Some((
                fields,
                Some(if kind % 2 == 0 { Value::Blob(begins.to_vec()) } else { Value::Text(text) }),
            ));
        };
        body += long;
        fields.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(bytes)),
            7 => Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            kind if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
            // What isn't a text any more would be refused by whoever reads it.
            _ => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        });
    }
    (at == head).then_some((fields, None))
}

fn integer(bytes: &[u8]) -> i64 {
    let sign = bytes.first().map_or(0, |first| i64::from(first.cast_signed() >> 7));
    bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte))
}

/// A number of one to nine bytes.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for n in 0..9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if n == 8 {
            return Some(value << 8 | u64::from(byte));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            break;
        }
    }
    Some(value)
}
