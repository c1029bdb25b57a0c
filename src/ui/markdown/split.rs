//! Splits a growing text into segments that can be parsed and laid out alone, reading each byte once.
//!
//! Owns where a segment ends: at a blank line, a heading, a fence, or a size. Every decision depends on the text alone
//! and never on the pieces it came in, so a streamed text ends up in the same segments as a whole one.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::block::{Fence, Shape, is_blank};

/// No segment has more bytes.
pub const SEGMENT_BYTES: usize = 32 * 1024;
/// How far before a hard cut the start of a cluster is looked for.
const CLUSTER_WINDOW: usize = 128;

/// What a segment is, and so how it is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Blocks of markdown.
    Prose,
    /// A code block from its opening fence on.
    Fenced,
    /// The rest of a code block whose opening fence is in an earlier segment.
    Code(Fence),
}

/// One segment of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// It goes on where the one before was cut: no blank row between them.
    pub glued: bool,
    /// The line ends in it.
    pub lines: usize,
}

/// What is kept of a segment: its start. It ends where the next one starts.
#[derive(Debug, Clone, Copy)]
struct Start {
    at: u32,
    lines: u32,
    kind: Kind,
    glued: bool,
}

/// The list that the open segment is in.
#[derive(Debug, Clone, Copy)]
struct List {
    /// The column of its first item's content.
    content: usize,
    /// Where its last outer item starts.
    item: usize,
    /// The line before was blank.
    blank: bool,
}

/// An index of a growing text's segments. The last of them is open: it may change until the text is whole.
#[derive(Debug, Clone)]
pub struct Splitter {
    starts: Vec<Start>,
    /// Bytes read so far.
    seen: usize,
    /// Where the line that hasn't ended starts.
    line: usize,
    /// The open segment has a line that isn't blank.
    filled: bool,
    fence: Option<Fence>,
    list: Option<List>,
}

impl Default for Splitter {
    fn default() -> Self {
        let start = Start { at: 0, lines: 0, kind: Kind::Prose, glued: false };
        Self { starts: vec![start], seen: 0, line: 0, filled: false, fence: None, list: None }
    }
}

impl Splitter {
    /// Reads on. `text` is the text of the last time with more behind it. Tells how many bytes were new.
    pub fn advance(&mut self, text: &str) -> usize {
        let before = self.seen;
        while let Some(length) = text.get(self.seen..).and_then(|new| new.find('\n')) {
            let end = self.seen + length;
            self.peek(text);
            self.cut_to_size(text, end + 1);
            self.read_line(text.get(self.line..end).unwrap_or_default(), end + 1);
            self.line = end + 1;
            self.seen = end + 1;
        }
        self.seen = text.len().max(before);
        self.peek(text);
        // Not before it is known what the peek saw, so that the order is the same however the text grows.
        if text.len() >= self.line + 2 {
            self.cut_to_size(text, text.len());
        }
        self.seen - before
    }

    /// How many segments there are: one at least, the last one open.
    #[expect(clippy::len_without_is_empty, reason = "there is always the open segment")]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// One of the segments.
    pub fn segment(&self, index: usize) -> Option<Segment> {
        let start = self.starts.get(index)?;
        let end = self.starts.get(index + 1).map_or(self.seen, |next| next.at as usize);
        let (kind, glued, lines) = (start.kind, start.glued, start.lines as usize);
        Some(Segment { range: start.at as usize..end, kind, glued, lines })
    }

    /// Where the code block begins that a segment goes on with; where the segment does, if it goes on with none.
    pub fn code_from(&self, index: usize) -> usize {
        let goes_on = |start: &&Start| matches!(start.kind, Kind::Code(_));
        let begin = |start: &Start| start.at as usize;
        let before = self.starts.get(..=index).unwrap_or_default();
        let parts = before.iter().rev().take_while(goes_on).count();
        let opening = before.len().checked_sub(parts + 1).and_then(|at| before.get(at));
        match opening.filter(|start| parts > 0 && start.kind == Kind::Fenced) {
            Some(opening) => begin(opening),
            None => before.last().map_or(0, begin),
        }
    }

    /// The segments, the open one last.
    pub fn segments(&self) -> impl Iterator<Item = Segment> {
        (0..self.len()).filter_map(|index| self.segment(index))
    }

    /// How many bytes were read.
    pub fn bytes(&self) -> usize {
        self.seen
    }

    fn open(&self) -> usize {
        self.starts.last().map_or(0, |start| start.at as usize)
    }

    /// Ends the open segment at a byte and opens the next one there.
    fn cut(&mut self, at: usize, kind: Kind, glued: bool) {
        // Texts are limited long before this limit.
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.starts.push(Start { at, lines: 0, kind, glued });
        self.filled = false;
    }

    /// Ends a list as soon as the line behind its blank line shows that it doesn't go on, without waiting for the line's
    /// end: what is written behind a list would otherwise take the whole list along each time that it grows.
    fn peek(&mut self, text: &str) {
        let ends = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'-' | b'*' | b'+' | b'0'..=b'9');
        let waits = self.fence.is_none() && self.list.is_some_and(|list| list.blank);
        match text.as_bytes().get(self.line..) {
            Some([b' ', byte, ..] | [byte, ..]) if waits && ends(byte) => {
                self.list = None;
                self.cut(self.line, Kind::Prose, false);
            }
            _ => {}
        }
    }

    /// A whole line, without its end; `next` is where the next one starts.
    fn read_line(&mut self, line: &str, next: usize) {
        let blank = is_blank(line);
        if let Some(open) = self.starts.last_mut() {
            open.lines += 1;
        }
        let shape = if blank { Shape::default() } else { Shape::from_line(line) };
        if let Some(fence) = self.fence {
            let left_its_item = self.list.is_some_and(|list| !blank && shape.indent < list.content.min(4));
            if fence.is_closed_by(line) {
                self.fence = None;
                if self.list.is_none() {
                    self.cut(next, Kind::Prose, false);
                }
                return;
            }
            if !left_its_item {
                return;
            }
            self.fence = None;
        }
        if blank {
            self.read_blank(next);
        } else {
            self.read_filled(shape, next);
        }
    }

    fn read_blank(&mut self, next: usize) {
        if let Some(list) = &mut self.list {
            list.blank = true;
        } else if self.filled {
            self.cut(next, Kind::Prose, false);
        } else if let Some(open) = self.starts.last_mut() {
            // What was cut for its size ended right there.
            open.glued = false;
        }
    }

    fn read_filled(&mut self, shape: Shape, next: usize) {
        if let Some(list) = &mut self.list {
            let outer = shape.indent < 2;
            let stays = !outer || shape.item.is_some() || !list.blank;
            let ends = outer && (shape.heading || (shape.fence.is_some() && shape.item.is_none()));
            if stays && !ends {
                list.blank = false;
                if outer && shape.item.is_some() {
                    list.item = self.line;
                }
                self.fence = shape.fence;
                self.filled = true;
                return;
            }
            self.list = None;
        } else if shape.indent > 3 || !(shape.heading || shape.fence.is_some() || shape.item.is_some()) {
            self.filled = true;
            return;
        } else if shape.item.is_some() {
            self.enter_list(shape);
            return;
        }
        if self.filled {
            self.cut(self.line, Kind::Prose, false);
        }
        if shape.heading && shape.indent < 4 {
            self.cut(next, Kind::Prose, false);
            return;
        }
        self.filled = true;
        if shape.fence.is_some() && shape.indent < 4 {
            self.fence = shape.fence;
            if let Some(open) = self.starts.last_mut() {
                open.kind = Kind::Fenced;
            }
        }
    }

    fn enter_list(&mut self, shape: Shape) {
        let content = shape.item.unwrap_or_default();
        self.list = Some(List { content, item: self.line, blank: false });
        self.fence = shape.fence;
        self.filled = true;
    }

    /// Cuts the open segment while it is too large, what is read of its last line up to `end` included.
    fn cut_to_size(&mut self, text: &str, end: usize) {
        while end.saturating_sub(self.open()) > SEGMENT_BYTES {
            let open = self.open();
            let at = match self.list {
                _ if self.line <= open => {
                    // What follows is the rest of a line: no blank one is before it.
                    if let Some(list) = &mut self.list {
                        list.blank = false;
                    }
                    self.line = inner_cut(text, open, self.fence.is_some());
                    self.line
                }
                Some(list) if self.fence.is_none() && list.item > open => list.item,
                _ => self.line,
            };
            let (kind, blank) = match self.fence {
                Some(fence) => (Kind::Code(fence), false),
                None => (Kind::Prose, self.list.is_some_and(|list| list.blank && at == self.line)),
            };
            let filled = self.filled;
            self.cut(at, kind, !blank);
            // Lines of it may have been read already.
            self.filled = filled && at < self.line;
        }
    }
}

/// Where to cut inside a line that is too long: behind a space if it is prose, else between clusters.
fn inner_cut(text: &str, open: usize, code: bool) -> usize {
    let limit = text.floor_char_boundary(open + SEGMENT_BYTES);
    let head = text.get(open..limit).unwrap_or_default();
    if !code && let Some(space) = head.rfind(' ') {
        return open + space + 1;
    }
    let window = head.floor_char_boundary(head.len().saturating_sub(CLUSTER_WINDOW));
    let cluster = head.get(window..).and_then(|tail| tail.grapheme_indices(true).next_back());
    match cluster {
        Some((at, _)) if at > 0 => open + window + at,
        _ => limit,
    }
}
