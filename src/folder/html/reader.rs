//! What a reader of a page has in its hands; how it reads is `read`'s, and that of lists, tables and code theirs.

use super::dom::Tree;
use super::inline::LineBuilder;
use super::model::{Block, InlineMarks};

/// Reads one tree. What stands in an element is read by a call within the call for it.
pub(super) struct TreeReader<'a> {
    pub(super) tree: &'a Tree,
    pub(super) blocks: Vec<Block>,
    pub(super) flow: LineBuilder,
    pub(super) marks: InlineMarks,
    pub(super) in_heading: bool,
}
