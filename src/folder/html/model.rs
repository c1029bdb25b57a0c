//! What a page says, between its elements and markdown's characters.

use std::rc::Rc;

/// A part of a page that stands on lines of its own. None is empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Heading { level: u8, line: Line },
    Paragraph(Line),
    Code { language: Option<String>, text: String },
    Quote(Vec<Block>),
    List(List),
    Table(Table),
    Rule,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    pub(super) numbered: bool,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Where the list is numbered.
    pub(super) number: u64,
    /// A task's tick.
    pub(super) tick: Option<bool>,
    pub(super) blocks: Vec<Block>,
}

/// A grid. A value stands where its cell begins; what the cell covers besides is empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// The names of the columns, where the page has any.
    pub(super) head: Option<Vec<Cell>>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) sides: Vec<Side>,
}

/// What a cell says, in the page's order.
pub(super) type Cell = Vec<Block>;

/// To which side a column leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Side {
    #[default]
    None,
    Left,
    Middle,
    Right,
}

/// Text that flows.
pub(super) type Line = Vec<Piece>;

/// Some of it that is all of a kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) marks: Marks,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Text(String),
    Code(String),
    /// A formula, in TeX's words.
    Math(String),
    Image {
        alt: String,
        source: String,
    },
    Break,
}

/// What is done to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Marks {
    pub(super) link: Option<Rc<str>>,
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) struck: bool,
    pub(super) inserted: bool,
    pub(super) highlighted: bool,
}

/// Whether a character is none that anybody sees.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

impl Piece {
    /// Whether nothing of it is seen.
    pub(super) fn is_blank(&self) -> bool {
        match &self.kind {
            Kind::Text(text) | Kind::Code(text) | Kind::Math(text) => text.chars().all(is_blank),
            Kind::Image { .. } => false,
            Kind::Break => true,
        }
    }
}
