//! The pages of a database's file and of its log, read without SQLite: it refuses a file whose header is gone, and may
//! change one that it only looks at. Owns which of a page's versions holds; knows no table.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// What the first page begins with.
pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// SQLite's own, where nothing tells another.
const USUAL_PAGE: usize = 4_096;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// A database as it was left: its file, and over it what of its log was committed.
pub(super) struct Image {
    /// None where only the log is left.
    file: Option<File>,
    log: Option<File>,
    /// Where a page stands in the log.
    newer: HashMap<u32, u64>,
    page_size: usize,
    /// How much at the end of each page is not SQLite's.
    reserved: usize,
    pages: u32,
}

impl Image {
    /// Reads what there is of a file and the log beside it; one of them may be missing.
    pub(super) fn open(path: &Path, log: &Path) -> io::Result<Self> {
        let mut head = Vec::with_capacity(100);
        let mut file = there(path)?;
        if let Some(file) = &mut file {
            Read::by_ref(file).take(100).read_to_end(&mut head)?;
        }
        let stated = head.starts_with(MAGIC).then(|| page_size(u32::from(be16(&head, 16)?))).flatten();
        let mut log = there(log)?;
        if file.is_none() && log.is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let logged = match &mut log {
            Some(log) => committed(log)?,
            None => None,
        };
        let page_size = stated.or(logged.as_ref().map(|logged| logged.page_size)).unwrap_or(USUAL_PAGE);
        let LoggedPages { newer, pages: after, .. } =
            logged.filter(|logged| logged.page_size == page_size).unwrap_or_default();
        let bytes = file.as_ref().map_or(Ok(0), |file| file.metadata().map(|meta| meta.len()))?;
        let pages = u32::try_from(bytes.div_ceil(page_size as u64)).unwrap_or(u32::MAX).max(after);
        let reserved = if stated.is_some() { head.get(20).map_or(0, |n| usize::from(*n)) } else { 0 };
        Ok(Self { file, log, newer, page_size, reserved, pages })
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    /// How much of a page is SQLite's.
    pub(super) fn usable(&self) -> usize {
        self.page_size.saturating_sub(self.reserved)
    }

    /// A page, counted from one. None where there is none, or where the disk doesn't give it; what lacks of the last page
    /// of a file that was cut is zero.
    pub(super) fn page(&mut self, n: u32) -> Option<Vec<u8>> {
        if n == 0 || n > self.pages {
            return None;
        }
        let mut page = Vec::with_capacity(self.page_size);
        let size = self.page_size as u64;
        let (file, at) = match self.newer.get(&n) {
            Some(at) => (self.log.as_mut()?, *at),
            None => (self.file.as_mut()?, u64::from(n - 1) * size),
        };
        file.seek(SeekFrom::Start(at)).ok()?;
        Read::by_ref(file).take(size).read_to_end(&mut page).ok()?;
        if page.is_empty() {
            return None;
        }
        page.resize(self.page_size, 0);
        Some(page)
    }
}

fn there(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What of a log was committed.
#[derive(Default)]
struct LoggedPages {
    page_size: usize,
    newer: HashMap<u32, u64>,
    /// How many pages the database has after the last commit.
    pages: u32,
}

/// Reads a log as SQLite does when it opens a database after a power cut: up to the first frame that isn't one of its own.
fn committed(log: &mut File) -> io::Result<Option<LoggedPages>> {
    let mut head = Vec::with_capacity(LOG_HEADER);
    Read::by_ref(log).take(LOG_HEADER as u64).read_to_end(&mut head)?;
    let Some(magic @ (0x377f_0682 | 0x377f_0683)) = be32(&head, 0) else { return Ok(None) };
    let Some(page_size) = be32(&head, 8).and_then(page_size) else { return Ok(None) };
    let Some(salts) = head.get(16..24).map(<[u8]>::to_vec) else { return Ok(None) };
    let big = magic & 1 == 1;
    let Some(mut sum) = head.get(..24).map(|summed| checksum(big, (0, 0), summed)) else { return Ok(None) };
    if (be32(&head, 24), be32(&head, 28)) != (Some(sum.0), Some(sum.1)) {
        return Ok(None);
    }
    let mut logged = LoggedPages { page_size, ..LoggedPages::default() };
    let mut waiting = Vec::new();
    let mut at = LOG_HEADER as u64;
    let mut log = io::BufReader::new(log);
    let mut frame = vec![0; FRAME_HEADER + page_size];
    while log.read_exact(&mut frame).is_ok() {
        let (head, page) = frame.split_at(FRAME_HEADER);
        sum = checksum(big, checksum(big, sum, head.get(..8).unwrap_or_default()), page);
        let sums = (be32(head, 16), be32(head, 20)) == (Some(sum.0), Some(sum.1));
        let (Some(n), Some(pages)) = (be32(head, 0), be32(head, 4)) else { break };
        if !sums || head.get(8..16) != Some(&salts) || n == 0 {
            break;
        }
        waiting.push((n, at + FRAME_HEADER as u64));
        if pages > 0 {
            logged.newer.extend(waiting.drain(..));
            logged.pages = pages;
        }
        at += frame.len() as u64;
    }
    Ok(Some(logged))
}

/// The sum that SQLite's log has, gone on with from what came before.
fn checksum(big: bool, (mut one, mut two): (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let word = |four: &[u8]| {
        let four = four.try_into().unwrap_or_default();
        if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    for eight in bytes.chunks_exact(8) {
        let (first, second) = eight.split_at(4);
        one = one.wrapping_add(word(first)).wrapping_add(two);
        two = two.wrapping_add(word(second)).wrapping_add(one);
    }
    (one, two)
}

/// One stands for 65,536, which two bytes can't say.
fn page_size(stated: u32) -> Option<usize> {
    let size = if stated == 1 { 65_536 } else { stated };
    ((512..=65_536).contains(&size) && size.is_power_of_two()).then_some(size as usize)
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
