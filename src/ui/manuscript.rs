//! The text of a row that is being written: cursor, steps back, soft wrap, search.
//!
//! Owns a row's text to the byte, and where it is looked at. It is no textarea: those keep a text as lines without
//! their ends, and lay all of it out with every key. A row may have hundreds of kilobytes, and its line ends are its
//! writer's; here only the lines that are seen are laid out, and what is not edited is never touched.

mod keys;
pub(super) mod lines;
mod search;
mod seen;
#[cfg(test)]
mod tests;
mod written;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use ratatui::layout::Rect;

use self::seen::Passage;
use self::written::Written;
use crate::app::sources::{RowEditor, Search};
use crate::domain::ChangeId;

/// Where git's and the program's own marks of a conflict begin.
const CONFLICT: &str = "<<<<<<< ";

/// The text of a row, while it is being written.
#[derive(Debug, Default)]
pub struct Manuscript {
    written: Written,
    /// Whose text it is, and the core's number of it.
    of: Option<(ChangeId, u64)>,
    /// The first row on screen.
    top: Passage,
    /// Where it was drawn last.
    area: Rect,
    /// The column that moves up and down keep to.
    goal: Option<usize>,
    /// The rows of the lines that were looked at, by where the line begins, for a version of the text and a width.
    laid: HashMap<usize, Arc<[Range<usize>]>>,
    laid_for: (u64, u16),
    found: Found,
}

/// What a search found.
#[derive(Debug, Default)]
struct Found {
    asked: String,
    version: u64,
    places: Vec<Range<usize>>,
    /// Where the cursor was when the search began, and the number of the last jump.
    from: usize,
    jump: u64,
}

impl Manuscript {
    /// Takes over a text that the core put there. A text of the same row becomes one step, which can be taken back.
    pub fn follow(&mut self, editor: &RowEditor) {
        let version = editor.text.version;
        // A change that another process applies goes on under another id, with the same text.
        let known = self.of.as_ref().is_some_and(|(_, known)| *known == version);
        let of = (editor.change.clone(), version);
        let before = self.of.replace(of);
        if !known {
            self.goal = None;
            if before.is_some_and(|(change, _)| change == editor.change) {
                self.written.become_text(&editor.text.text);
            } else {
                self.written = Written::new(&editor.text.text);
                self.top = Passage::default();
                self.found = Found::default();
                self.laid.clear();
            }
            if let Some(at) = editor.text.text.find(CONFLICT) {
                self.written.go(at);
            }
        }
        self.seek(editor.search.as_ref());
    }

    /// Goes to where the search says.
    fn seek(&mut self, search: Option<&Search>) {
        let Some(search) = search else {
            self.found = Found { from: self.written.at(), ..Found::default() };
            return;
        };
        let (at, version) = (self.written.at(), self.written.version());
        let asks = self.found.asked != search.text;
        if asks || self.found.version != version {
            self.found.places = search::places(self.written.text(), &search.text);
            self.found.version = version;
            self.found.asked.clone_from(&search.text);
        }
        let places = &self.found.places;
        let next = if self.found.jump != search.jump {
            self.found.jump = search.jump;
            if search.backwards {
                places.iter().rev().find(|place| place.start < at).or(places.last())
            } else {
                places.iter().find(|place| place.start > at).or(places.first())
            }
        } else if asks && search.typing {
            places.iter().find(|place| place.start >= self.found.from).or(places.first())
        } else {
            None
        };
        if let Some(start) = next.map(|place| place.start) {
            self.written.go(start);
            self.goal = None;
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.written.text()
    }

    /// Where the cursor stands in it.
    pub fn at(&self) -> usize {
        self.written.at()
    }

    /// Puts text in at the cursor, with the line ends that the text has there. Control characters are left out.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        let ending = self.written.line_ending();
        let clean = if ending == "\n" { clean } else { clean.replace('\n', ending) };
        self.goal = None;
        let at = self.written.at();
        self.written.replace(at..at, &clean, false);
    }

    /// Begins a new line at the cursor.
    pub fn newline(&mut self) {
        self.goal = None;
        self.written.insert(self.written.line_ending());
    }

    /// The line of the cursor and its column, how many lines there are, all from 1; how the lines end, and whether the
    /// last one does.
    pub fn facts(&self) -> Facts {
        let (line, lines) = self.written.line_numbers();
        let text = self.written.text();
        let start = self.written.line_start(self.at());
        let column = lines::columns_of(text.get(start..self.at()).unwrap_or_default()) + 1;
        let returns = text.matches("\r\n").count();
        let endings = match (returns, lines - 1) {
            (0, _) => Endings::Newlines,
            (some, all) if some == all => Endings::Returns,
            _ => Endings::Mixed,
        };
        Facts { line, column, lines, endings, open: !text.is_empty() && !text.ends_with('\n') }
    }

    /// Which match the cursor stands at, from 1 (0 for none), and how many there are.
    pub fn matches(&self) -> (usize, usize) {
        let at = self.at();
        let nth = self.found.places.iter().position(|place| place.start == at).map_or(0, |n| n + 1);
        (nth, self.found.places.len())
    }
}

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endings {
    /// With a newline.
    Newlines,
    /// With a carriage return and a newline.
    Returns,
    /// Some so, some so.
    Mixed,
}

/// What is said of a text and the cursor in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The cursor's line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// How many lines there are.
    pub lines: usize,
    /// How they end.
    pub endings: Endings,
    /// Whether no newline ends the text.
    pub open: bool,
}
