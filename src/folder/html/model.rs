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
    /// One bit for each mark.
    set: u8,
}

/// A mark that text can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Inserted,
    Highlighted,
    Struck,
    Strong,
    Emphasis,
}

impl Mark {
    pub(super) const ALL: [Self; 5] = [Self::Inserted, Self::Highlighted, Self::Struck, Self::Strong, Self::Emphasis];
}

impl Marks {
    pub(super) const fn has(&self, mark: Mark) -> bool {
        self.set & (1 << mark as u8) != 0
    }

    pub(super) const fn add(&mut self, mark: Mark) {
        self.set |= 1 << mark as u8;
    }

    pub(super) const fn remove(&mut self, mark: Mark) {
        self.set &= !(1 << mark as u8);
    }

    /// What is done to both.
    pub(super) fn common(&self, other: &Self) -> Self {
        Self { link: self.link.clone().filter(|link| Some(link) == other.link.as_ref()), set: self.set & other.set }
    }
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
