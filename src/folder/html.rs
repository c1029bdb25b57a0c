//! An HTML page as a row's markdown. Owns what of a page is kept and how markdown says it; that it is read as browsers
//! read it is the library's.
//!
//! `parse` makes the page's tree (`dom`), `read` makes of that what the page says (`model`), and `write` puts it in
//! markdown's characters. No word that a page shows is lost or moved; what a page says twice, for other eyes, is said once.

mod code;
mod definitions;
mod dom;
mod encoding;
mod furniture;
mod inline;
mod list;
mod math;
mod model;
mod parse;
mod read;
mod reader;
mod table;
mod write;

use std::time::Duration;

pub(super) use encoding::page_text;

use dom::Tree;
use model::{Block, Inline, InlineKind, InlineMarks, InlineText};
use parse::PageLimits;

/// So deep are a page's tags at most: each is a call within a call, and no page that somebody wrote is deeper.
const DEEPEST: usize = 256;

/// So long does reading a page take: a page of four megabytes takes a second.
const LONGEST: Duration = Duration::from_secs(30);

/// Why a page can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Deeper than so many tags.
    #[error("its tags are nested more than {0} deep")]
    Deep(usize),
    /// Its unclosed tags make many times more elements than it has tags.
    #[error("its unclosed tags would make more of it than it holds")]
    Crooked,
    /// It took longer than so many seconds.
    #[error("reading it took longer than {0} s")]
    Slow(u64),
}

/// The page's text as markdown, under its title where no heading of the first order says it.
///
/// # Errors
/// [`PageError`] where its tags are too deep, unclosed ones would make too much of it, or it takes too long.
pub fn markdown(page: &str) -> Result<String, PageError> {
    within(page, PageLimits { depth: DEEPEST, time: LONGEST })
}

fn within(page: &str, limits: PageLimits) -> Result<String, PageError> {
    let tree = parse::parse(page, limits)?;
    let mut blocks = read::blocks(&tree);
    if !blocks.iter().any(is_titled)
        && let Some(title) = title(&tree)
    {
        blocks.insert(0, Block::Heading { level: 1, line: title });
    }
    let mut text = write::markdown(&blocks);
    text.push('\n');
    Ok(text)
}

/// Whether it is a heading of the first order, or holds one.
fn is_titled(block: &Block) -> bool {
    match block {
        Block::Heading { level, .. } => *level == 1,
        Block::Quote(blocks) => blocks.iter().any(is_titled),
        Block::List(list) => list.items.iter().flat_map(|item| &item.blocks).any(is_titled),
        _ => false,
    }
}

/// What the page calls itself, on one line.
fn title(tree: &Tree) -> Option<InlineText> {
    let of_page = |id: &usize| tree.name(*id) == "title" && !tree.around(*id).any(|id| tree.name(id) == "svg");
    let text = tree.all_text(tree.below(Tree::ROOT).find(of_page)?);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| vec![Inline { kind: InlineKind::Text(text), marks: InlineMarks::default() }])
}

#[cfg(test)]
mod tests;
