//! What a segment is laid out for, and what stands before it: the numbers of code blocks and links go on through a text.

use std::ops::AddAssign;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::split::Kind;
use super::styles::Styles;
use crate::export::is_numbered;

/// Behind so many bytes nothing is numbered, so that no more than these are read for what is seen far behind them.
pub const NUMBERED_BYTES: usize = 256 * 1024;

/// The extensions that are known.
pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// How a segment is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// No row is wider.
    pub width: u16,
    /// The styles and glyphs.
    pub styles: Styles,
    /// More of it may come: what would move when it does waits.
    pub growing: bool,
    /// Where a line ends in the text, one ends on the screen: a person wrote it. Else it goes on, as markdown has it.
    pub lines: bool,
    /// What stands before it in its text; none if its code and its links aren't numbered.
    pub before: Option<Count>,
}

impl Setting {
    /// For a text's first segment, whole.
    pub fn new(width: u16, styles: Styles) -> Self {
        Self { width, styles, growing: false, lines: false, before: Some(Count::default()) }
    }
}

/// How many numbered things a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Count {
    /// Code blocks.
    pub codes: u32,
    /// Links and images whose targets aren't seen where they stand.
    pub links: u32,
}

impl Count {
    /// What a segment has of them.
    pub fn for_text(text: &str, kind: Kind) -> Self {
        match kind {
            // It was counted where it begins.
            Kind::Code(_) => Self::default(),
            Kind::Fenced => Self { codes: 1, links: 0 },
            Kind::Prose if !may_have(text) => Self::default(),
            Kind::Prose => Self::of_prose(text),
        }
    }

    fn of_prose(text: &str) -> Self {
        let mut count = Self::default();
        for event in Parser::new_ext(text, OPTIONS) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => count.codes += 1,
                Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                    count.links += u32::from(is_numbered(link_type, &dest_url));
                }
                _ => {}
            }
        }
        count
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.codes += other.codes;
        self.links += other.links;
    }
}

/// A quick no for nearly all prose.
fn may_have(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'`' | b'~' | b'[' | b'\t')) || text.contains("    ")
}
