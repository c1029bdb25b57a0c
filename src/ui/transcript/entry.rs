//! What is kept of one item: where its segments are, and how high they are, known or guessed.

use crate::ui::markdown::{Count, Kind, NUMBERED_BYTES, Segment, Splitter};

/// Heights are added up in blocks of this many, so that a row is found in a text of 100,000 segments at once.
const BLOCK: usize = 512;
/// Set in a height that is a guess.
const GUESS: u32 = 1 << 31;

/// The index of one item's text at one width.
#[derive(Debug, Default)]
pub(super) struct Entry {
    version: u64,
    width: u16,
    growing: bool,
    raw: bool,
    splitter: Splitter,
    /// The rows of each segment; [`GUESS`] is set until it was laid out.
    heights: Vec<u32>,
    /// The sums of whole blocks of them, and of the last one.
    blocks: Vec<u64>,
    /// What is numbered up to the end of each segment, as far as it was asked for.
    counts: Vec<Count>,
    /// The frame that it was last used in.
    pub(super) used: u64,
}

impl Entry {
    /// Whether the text isn't the one that was read, with more behind it.
    pub(super) fn is_replaced(&self, version: u64, text: &str) -> bool {
        self.version != version || text.len() < self.splitter.bytes()
    }

    /// An entry for another text.
    pub(super) fn new(version: u64) -> Self {
        Self { version, ..Self::default() }
    }

    /// Reads what is new of the text. Tells how many bytes that was.
    pub(super) fn read(&mut self, text: &str, width: u16, growing: bool, raw: bool) -> usize {
        let scanned = self.splitter.advance(text);
        let same = (self.width, self.raw) == (width, raw);
        let stale = if same { self.heights.len().saturating_sub(1) } else { 0 };
        if same && scanned == 0 && self.growing == growing && !self.heights.is_empty() {
            return 0;
        }
        (self.width, self.growing, self.raw) = (width, growing, raw);
        // What was open has changed, and there may be more behind it.
        self.heights.truncate(stale);
        self.heights.extend((stale..self.splitter.len()).map(|at| GUESS | guess(self.splitter.segment(at), width)));
        self.blocks.truncate(stale / BLOCK);
        for block in self.heights.get(self.blocks.len() * BLOCK..).unwrap_or_default().chunks(BLOCK) {
            self.blocks.push(block.iter().map(|height| u64::from(height & !GUESS)).sum());
        }
        scanned
    }

    /// How many segments there are.
    pub(super) fn len(&self) -> usize {
        self.splitter.len()
    }

    /// One of the segments.
    pub(super) fn segment(&self, at: usize) -> Option<Segment> {
        self.splitter.segment(at)
    }

    /// The segment that a byte is in; behind the end the last one.
    pub(super) fn segment_at(&self, byte: usize) -> usize {
        let (mut low, mut high) = (0, self.splitter.len());
        while low + 1 < high {
            let middle = low.midpoint(high);
            if self.splitter.segment(middle).is_some_and(|segment| segment.range.start <= byte) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// What is numbered before a segment; none if so much lies before it that nothing is numbered there.
    pub(super) fn before(&mut self, at: usize, text: &str) -> Option<Count> {
        if self.segment(at)?.range.start > NUMBERED_BYTES {
            return None;
        }
        // What was said before the open segment doesn't change any more.
        for index in self.counts.len()..at {
            let segment = self.segment(index)?;
            let mut count = self.counts.last().copied().unwrap_or_default();
            count += Count::for_text(text.get(segment.range).unwrap_or_default(), segment.kind);
            self.counts.push(count);
        }
        Some(at.checked_sub(1).and_then(|before| self.counts.get(before)).copied().unwrap_or_default())
    }

    /// Where the code block begins that a segment goes on with; where the segment does, if it goes on with none.
    pub(super) fn code_from(&self, at: usize) -> usize {
        self.splitter.code_from(at)
    }

    /// The height of a segment, if it is known.
    pub(super) fn known(&self, at: usize) -> Option<usize> {
        self.heights.get(at).filter(|height| **height & GUESS == 0).map(|height| *height as usize)
    }

    /// Takes note of a segment's height.
    pub(super) fn learn(&mut self, at: usize, rows: usize) {
        let rows = u32::try_from(rows).unwrap_or(GUESS - 1).min(GUESS - 1);
        if let (Some(height), Some(block)) = (self.heights.get_mut(at), self.blocks.get_mut(at / BLOCK)) {
            *block = *block + u64::from(rows) - u64::from(*height & !GUESS);
            *height = rows;
        }
    }

    /// The rows of all segments, known or guessed.
    pub(super) fn total(&self) -> usize {
        usize::try_from(self.blocks.iter().sum::<u64>()).unwrap_or(usize::MAX)
    }

    /// The rows before a segment, known or guessed.
    pub(super) fn rows_before(&self, at: usize) -> usize {
        let whole: u64 = self.blocks.iter().take(at / BLOCK).sum();
        let rest = self.heights.get(at / BLOCK * BLOCK..at).unwrap_or_default();
        let rest: u64 = rest.iter().map(|height| u64::from(height & !GUESS)).sum();
        usize::try_from(whole + rest).unwrap_or(usize::MAX)
    }

    /// The segment that a row is in by what is known or guessed, and the row in it.
    pub(super) fn find(&self, mut row: usize) -> (usize, usize) {
        let mut at = 0;
        for block in &self.blocks {
            let rows = usize::try_from(*block).unwrap_or(usize::MAX);
            if row < rows || at + BLOCK >= self.heights.len() {
                break;
            }
            row -= rows;
            at += BLOCK;
        }
        for height in self.heights.get(at..).unwrap_or_default() {
            let rows = (height & !GUESS) as usize;
            if row < rows {
                break;
            }
            row -= rows;
            at += 1;
        }
        (at.min(self.heights.len().saturating_sub(1)), row)
    }
}

/// How high a segment might be.
fn guess(segment: Option<Segment>, width: u16) -> u32 {
    let Some(segment) = segment else { return 0 };
    let bytes = segment.range.len();
    if bytes == 0 {
        return 0;
    }
    let wrapped = bytes / usize::from(width.max(1)) + 1;
    let rows = match segment.kind {
        Kind::Prose => wrapped + usize::from(!segment.glued),
        Kind::Fenced | Kind::Code(_) => wrapped.max(segment.lines),
    };
    u32::try_from(rows).unwrap_or(GUESS - 1)
}
