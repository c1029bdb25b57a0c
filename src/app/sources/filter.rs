//! Which rows a filter leaves: words of the name, and `state:`.

use super::staged::Mark;
use crate::domain::Change;

/// A filter, taken apart: every part has to be found.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    /// A word with an upper-case letter is searched as it stands.
    Exact(String),
    /// Any other in lower case.
    Lower(String),
    State(String),
}

impl Filter {
    /// Reads what was typed.
    pub(super) fn read(text: &str) -> Self {
        let parts = text.split_whitespace().map(|word| match word.split_once(':') {
            Some(("state", state)) => Part::State(state.to_lowercase()),
            _ if word.chars().any(char::is_uppercase) => Part::Exact(word.to_owned()),
            _ => Part::Lower(word.to_lowercase()),
        });
        Self { parts: parts.collect() }
    }

    /// Whether it leaves a row of that name with that change.
    pub(super) fn leaves(&self, name: &str, change: Option<&Change>) -> bool {
        if self.parts.is_empty() {
            return true;
        }
        let lower = name.to_lowercase();
        self.parts.iter().all(|part| match part {
            Part::Exact(word) => name.contains(word),
            Part::Lower(word) => lower.contains(word),
            Part::State(word) => change.is_some_and(|change| {
                "staged".starts_with(word.as_str()) || Mark::of(change).word().starts_with(word)
            }),
        })
    }
}
