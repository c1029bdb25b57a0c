//! Wraps a run of styled text into rows, between words where it can and between clusters where it must.

use std::ops::Range;
use std::sync::Arc;

use ratatui::style::Style;

use super::row::{End, Laid, Piece, Row};
use crate::domain::{SafeText, cluster_width, clusters};

/// What a cluster that is wider than the row is replaced by.
const TOO_WIDE: &str = "\u{fffd}";

/// Styled text that hasn't been broken into rows. `\n` in it is a hard break.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    runs: Vec<Piece>,
}

impl Flow {
    /// Appends text.
    pub fn push(&mut self, text: SafeText, style: Style) {
        self.add(Piece::new(text, style));
    }

    /// Appends text that leads somewhere.
    pub(super) fn push_link(&mut self, text: SafeText, style: Style, link: Option<Arc<str>>) {
        self.add(Piece { link, ..Piece::new(text, style) });
    }

    /// Appends what is drawn and is no text.
    pub(super) fn push_border(&mut self, text: SafeText, style: Style) {
        self.add(Piece::border(text, style));
    }

    /// Appends a piece.
    pub(super) fn add(&mut self, piece: Piece) {
        match self.runs.last_mut() {
            _ if piece.text.is_empty() => {}
            Some(last) if last.goes_on(&piece) => last.text.push(&piece.text),
            _ => self.runs.push(piece),
        }
    }

    /// Appends another flow.
    pub(super) fn append(&mut self, other: &Self) {
        for piece in &other.runs {
            self.add(piece.clone());
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The columns of its widest line and of its widest word.
    pub(super) fn widths(&self) -> (usize, usize) {
        let (mut line, mut widest_line, mut word, mut widest_word) = (0, 0, 0, 0);
        for token in self.tokens() {
            match token.kind {
                Break::Hard => (line, word) = (0, 0),
                Break::Space => {
                    line += token.width;
                    word = 0;
                }
                Break::Around => {
                    line += token.width;
                    word = 0;
                    widest_word = widest_word.max(token.width);
                }
                Break::Never => {
                    line += token.width;
                    word += token.width;
                }
            }
            widest_line = widest_line.max(line);
            widest_word = widest_word.max(word);
        }
        (widest_line, widest_word)
    }

    /// The rows of it, each at most `width` columns wide, with nothing left of them.
    pub fn rows(&self, width: usize) -> Vec<Row> {
        self.laid(width).into_iter().map(|laid| laid.into_row(Vec::new())).collect()
    }

    /// The same, before it is known what stands left of them.
    pub(super) fn laid(&self, width: usize) -> Vec<Laid> {
        let mut wrap = Wrap::new(self, width);
        for token in self.tokens() {
            match token.kind {
                Break::Never => wrap.word.push(token),
                Break::Around => {
                    wrap.end_word();
                    wrap.word.push(token);
                    wrap.end_word();
                }
                Break::Space => {
                    wrap.end_word();
                    wrap.spaces.push(token);
                }
                Break::Hard => {
                    wrap.end_word();
                    wrap.end_row(End::Line);
                }
            }
        }
        wrap.end_word();
        if !wrap.row.is_empty() {
            wrap.end_row(End::Line);
        }
        wrap.rows
    }

    /// Cuts at every column instead: for code, where a space says as much as a letter.
    pub(super) fn cut(&self, width: usize) -> Vec<Laid> {
        let mut wrap = Wrap::new(self, width);
        for token in self.tokens() {
            match token.kind {
                Break::Hard => wrap.end_row(End::Line),
                _ => wrap.place_split(&token),
            }
        }
        wrap.end_row(End::Line);
        wrap.rows
    }

    fn tokens(&self) -> impl Iterator<Item = Token> {
        self.runs.iter().enumerate().flat_map(|(run, piece)| Tokens { run, text: piece.text.as_str(), at: 0 })
    }
}

/// Where a row may end at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    /// Inside a word.
    Never,
    /// Before and behind: ideographs and emoji.
    Around,
    /// At it, and then it isn't shown.
    Space,
    /// Always.
    Hard,
}

/// A part of a run: a word or a part of one, spaces, or a line end.
#[derive(Debug, Clone)]
struct Token {
    run: usize,
    range: Range<usize>,
    width: usize,
    kind: Break,
}

/// The tokens of one run.
struct Tokens<'a> {
    run: usize,
    text: &'a str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text.get(self.at..)?;
        let first = *rest.as_bytes().first()?;
        let run = rest
            .bytes()
            .take_while(|byte| (b' '..=b'~').contains(byte) && (*byte == b' ') == (first == b' '))
            .count();
        // A mark behind the last letter, or behind a space, is a part of its cluster.
        let apart = run - usize::from(rest.as_bytes().get(run).is_some_and(|byte| !byte.is_ascii()) && run > 0);
        let (length, width, kind) = match first {
            b'\n' => (1, 0, Break::Hard),
            b' ' if apart > 0 => (apart, apart, Break::Space),
            _ if apart > 0 => (apart, apart, Break::Never),
            _ => {
                let cluster = clusters(rest).next().map_or(rest, |(_, cluster)| cluster);
                let width = cluster_width(cluster);
                let kind = match cluster {
                    " " => Break::Space,
                    _ if begins_wide(cluster) => Break::Around,
                    _ => Break::Never,
                };
                (cluster.len(), width, kind)
            }
        };
        let start = self.at;
        self.at += length;
        Some(Token { run: self.run, range: start..self.at, width, kind })
    }
}

/// Whether a row may end before and behind a cluster: an ideograph or an emoji, not the letters of a word that are joined.
fn begins_wide(cluster: &str) -> bool {
    let first = cluster.chars().next().map_or(0, char::len_utf8);
    cluster.get(..first).is_some_and(|first| cluster_width(first) > 1) || cluster.contains('\u{fe0f}')
}

/// The rows made so far, and what waits to be placed.
struct Wrap<'a> {
    flow: &'a Flow,
    width: usize,
    rows: Vec<Laid>,
    row: Vec<Piece>,
    row_width: usize,
    /// The row goes on from the one before: spaces at its start are not shown.
    wrapped: bool,
    spaces: Vec<Token>,
    word: Vec<Token>,
}

impl<'a> Wrap<'a> {
    fn new(flow: &'a Flow, width: usize) -> Self {
        let width = width.max(1);
        let (rows, row, spaces, word) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { flow, width, rows, row, row_width: 0, wrapped: false, spaces, word }
    }

    fn end_row(&mut self, end: End) {
        self.rows.push(Laid { end, ..Laid::new(std::mem::take(&mut self.row)) });
        self.row_width = 0;
        self.wrapped = end != End::Line;
        self.spaces.clear();
    }

    /// Places the word that waits, with the spaces before it if both have room on the row.
    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let spaces = std::mem::take(&mut self.spaces);
        let width: usize = word.iter().map(|token| token.width).sum();
        let gap: usize = spaces.iter().map(|token| token.width).sum();
        let at_start = self.row_width == 0;
        let gap = if at_start && (self.wrapped || gap + width > self.width) { 0 } else { gap };
        if self.row_width + gap + width <= self.width {
            if gap > 0 {
                for token in &spaces {
                    self.place(token);
                }
            }
        } else if !at_start {
            self.end_row(if gap > 0 { End::Space } else { End::Word });
        }
        for token in &word {
            self.place_split(token);
        }
    }

    /// Appends a token that has room.
    fn place(&mut self, token: &Token) {
        let Some(run) = self.flow.runs.get(token.run) else { return };
        match self.row.last_mut() {
            Some(last) if last.goes_on(run) => last.text.push_part(&run.text, token.range.clone()),
            _ => self.row.push(Piece { text: run.text.part(token.range.clone()), ..run.clone() }),
        }
        self.row_width += token.width;
    }

    /// Appends a token, over as many rows as it takes.
    fn place_split(&mut self, token: &Token) {
        if self.row_width + token.width <= self.width {
            return self.place(token);
        }
        let Some(run) = self.flow.runs.get(token.run) else { return };
        let part = run.text.as_str().get(token.range.clone()).unwrap_or_default();
        if part.is_ascii() {
            let mut start = token.range.start;
            while start < token.range.end {
                if self.row_width >= self.width {
                    self.end_row(End::Word);
                }
                let end = token.range.end.min(start + self.width - self.row_width);
                self.place(&Token { range: start..end, width: end - start, ..*token });
                start = end;
            }
            return;
        }
        // Tokens that aren't ASCII are single clusters.
        if self.row_width > 0 {
            self.end_row(End::Word);
        }
        if token.width <= self.width {
            self.place(token);
        } else {
            let substitute = SafeText::from_static(TOO_WIDE);
            self.row_width += 1;
            self.row.push(Piece { text: substitute, ..run.clone() });
        }
    }
}
