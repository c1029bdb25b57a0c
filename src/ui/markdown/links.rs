//! Links of a segment: the numbers of those whose targets aren't seen, and the list of them.

use std::sync::Arc;

use super::flow::Flow;
use super::row::Piece;
use super::styles::Styles;
use crate::domain::SafeText;

/// No more columns of a target are shown: beyond these it is data, and nothing to read.
const TARGET_COLUMNS: usize = 400;

/// The links that got a number, in their order.
#[derive(Debug, Default)]
pub(super) struct Targets {
    numbered: Vec<(u32, Arc<str>)>,
}

impl Targets {
    /// Puts the number behind the text of a link, in one word with it.
    pub(super) fn number(&mut self, number: u32, target: &Arc<str>, flow: &mut Flow, styles: Styles) {
        let text = SafeText::new(&format!("[{number}]"));
        flow.add(Piece { link: Some(Arc::clone(target)), ..Piece::border(text, styles.dim) });
        self.numbered.push((number, Arc::clone(target)));
    }

    /// The number and the target of each, as they stand under the block.
    pub(super) fn list(self, styles: Styles) -> impl Iterator<Item = (SafeText, Flow)> {
        self.numbered.into_iter().map(move |(number, target)| {
            let mut flow = Flow::default();
            flow.push_link(shown(&target), styles.dim, Some(target));
            (SafeText::new(&format!("[{number}] ")), flow)
        })
    }
}

/// A target as it is shown.
pub(super) fn shown(target: &str) -> SafeText {
    let text = SafeText::one_line(target);
    if text.as_str().len() <= TARGET_COLUMNS {
        return text;
    }
    text.truncate(TARGET_COLUMNS)
}
