//! A row of a segment: its line, and what is known of it beside what it looks like.
//!
//! Owns how a row says where its text begins, how it goes on in the next one, which columns are no text, and where its
//! links lead, so that what is on the screen can be marked, followed and taken out of it again as it was written.

use std::ops::Range;
use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::Line;

use crate::domain::{SafeText, display_width};
use crate::ui::paint;

/// How a row's text goes on in the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum End {
    /// It doesn't: the line ends.
    #[default]
    Line,
    /// Behind spaces that were left out.
    Space,
    /// At once, inside a word or between two ideographs.
    Word,
}

/// A link on a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// The columns that it takes.
    pub columns: Range<u16>,
    /// Where it leads: as it came, so fit to be compared and to be checked, and not to be drawn.
    pub target: Arc<str>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Row {
    /// What is drawn.
    pub line: Line<'static>,
    /// The columns of what stands left of the text: indents and markers of lists, bars of quotes and of code.
    pub margin: u16,
    /// How it goes on.
    pub end: End,
    /// Columns right of the margin that are no text either: bars, rules and padding of tables, labels.
    pub borders: Box<[Range<u16>]>,
    /// Its links, from left to right.
    pub links: Box<[Link]>,
    /// Which row of its segment's tables it shows, their heads counted along; the same however the table is drawn.
    pub record: Option<u32>,
}

impl From<Line<'static>> for Row {
    fn from(line: Line<'static>) -> Self {
        Self { line, ..Self::default() }
    }
}

/// A run of text on a row.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: SafeText,
    pub(super) style: Style,
    /// Where it leads.
    pub(super) link: Option<Arc<str>>,
    /// It is no text, but drawn around it.
    pub(super) border: bool,
}

impl Piece {
    pub(super) fn new(text: SafeText, style: Style) -> Self {
        Self { text, style, link: None, border: false }
    }

    /// What is drawn around the text.
    pub(super) fn border(text: SafeText, style: Style) -> Self {
        Self { border: true, ..Self::new(text, style) }
    }

    /// Whether the other one can stand in the same run.
    pub(super) fn goes_on(&self, other: &Self) -> bool {
        let same = match (&self.link, &other.link) {
            (Some(link), Some(other)) => Arc::ptr_eq(link, other),
            (None, None) => true,
            _ => false,
        };
        same && self.style == other.style && self.border == other.border
    }
}

/// Pieces that stand on one row, without what stands left of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Laid {
    pub(super) pieces: Vec<Piece>,
    pub(super) end: End,
    pub(super) record: Option<u32>,
}

impl Laid {
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        Self { pieces, end: End::Line, record: None }
    }

    /// The row, with its margin.
    pub(super) fn into_row(self, margin: Vec<(SafeText, Style)>) -> Row {
        let mut at = 0;
        let mut spans = Vec::with_capacity(margin.len() + self.pieces.len());
        for (text, style) in margin {
            at += display_width(text.as_str());
            spans.push(paint::owned(text, style));
        }
        let (margin, mut borders, mut links) = (columns(at), Vec::<Range<u16>>::new(), Vec::<Link>::new());
        for piece in self.pieces {
            let from = columns(at);
            at += display_width(piece.text.as_str());
            let range = from..columns(at);
            if piece.border {
                match borders.last_mut() {
                    Some(last) if last.end == range.start => last.end = range.end,
                    _ => borders.push(range.clone()),
                }
            }
            if let Some(target) = piece.link {
                match links.last_mut() {
                    Some(last) if last.columns.end == range.start && Arc::ptr_eq(&last.target, &target) => {
                        last.columns.end = range.end;
                    }
                    _ => links.push(Link { columns: range, target }),
                }
            }
            spans.push(paint::owned(piece.text, piece.style));
        }
        let (line, borders, links) = (paint::line(spans), borders.into(), links.into());
        Row { line, margin, end: self.end, borders, links, record: self.record }
    }
}

fn columns(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
