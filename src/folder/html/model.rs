//! What a page says, between its elements and markdown's characters.

use std::rc::Rc;

/// A part of a page that stands on lines of its own. None is empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Heading { level: u8, line: InlineText },
    Paragraph(InlineText),
    Code { language: Option<String>, text: String },
    Quote(Vec<Block>),
    List(HtmlList),
    Table(HtmlTable),
    Rule,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct HtmlList {
    pub(super) numbered: bool,
    pub(super) items: Vec<ListItem>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListItem {
    /// Where the list is numbered.
    pub(super) number: u64,
    /// A task's tick.
    pub(super) tick: Option<bool>,
    pub(super) blocks: Vec<Block>,
}

/// A grid. A value stands where its cell begins; what the cell covers besides is empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HtmlTable {
    /// The names of the columns, where the page has any.
    pub(super) head: Option<Vec<TableCell>>,
    pub(super) rows: Vec<Vec<TableCell>>,
    pub(super) sides: Vec<Alignment>,
}

/// What a cell says, in the page's order.
pub(super) type TableCell = Vec<Block>;

/// To which side a column leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Alignment {
    #[default]
    None,
    Left,
    Middle,
    Right,
}

/// Text that flows.
pub(super) type InlineText = Vec<Inline>;

/// Some of it that is all of a kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inline {
    pub(super) kind: InlineKind,
    pub(super) marks: InlineMarks,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum InlineKind {
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
pub(super) struct InlineMarks {
    pub(super) link: Option<Rc<str>>,
    /// One bit for each mark.
    set: u8,
}

/// A mark that text can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InlineMark {
    Inserted,
    Highlighted,
    Struck,
    Strong,
    Emphasis,
}

impl InlineMark {
    pub(super) const ALL: [Self; 5] = [Self::Inserted, Self::Highlighted, Self::Struck, Self::Strong, Self::Emphasis];
}

impl InlineMarks {
    pub(super) const fn has(&self, mark: InlineMark) -> bool {
        self.set & (1 << mark as u8) != 0
    }

    pub(super) const fn add(&mut self, mark: InlineMark) {
        self.set |= 1 << mark as u8;
    }

    pub(super) const fn remove(&mut self, mark: InlineMark) {
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

impl Inline {
    /// Whether nothing of it is seen.
    pub(super) fn is_blank(&self) -> bool {
        match &self.kind {
            InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Math(text) => text.chars().all(is_blank),
            InlineKind::Image { .. } => false,
            InlineKind::Break => true,
        }
    }
}
