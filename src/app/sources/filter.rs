//! Which rows a filter leaves, and which of them first: words of the name, and `state:`.

use super::staged::Mark;
use crate::domain::{Change, FuzzyFilter, Rank};

/// A filter, taken apart: every part has to be found.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    words: FuzzyFilter,
    states: Vec<String>,
}

impl Filter {
    /// Reads what was typed.
    pub(super) fn read(text: &str) -> Self {
        let (mut words, mut states) = (Vec::new(), Vec::new());
        for word in text.split_whitespace() {
            match word.split_once(':') {
                Some(("state", state)) => states.push(state.to_lowercase()),
                _ => words.push(word),
            }
        }
        Self { words: FuzzyFilter::new(&words.join(" ")), states }
    }

    /// How well a row of that name with that change answers it; none where it is not left. What is merely near is not:
    /// what is left can be marked and deleted as a whole.
    pub(super) fn rank(&self, name: &str, change: Option<&Change>) -> Option<Rank> {
        let rank = self.words.rank_literally(name)?;
        let is_in = |word: &String| {
            change.is_some_and(|change| {
                "staged".starts_with(word.as_str()) || Mark::for_change(change).word().starts_with(word.as_str())
            })
        };
        self.states.iter().all(is_in).then_some(rank)
    }
}
