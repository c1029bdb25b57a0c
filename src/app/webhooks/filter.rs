//! What a delivery is called in a list, and which ones a filter leaves.

use crate::app::feed::{FeedFilter, FeedRow};
use crate::domain::{DeliveryId, DeliveryRow, FuzzyFilter, Trust, Verdict};

/// What a list says of a delivery in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It comes from its platform.
    Verified,
    /// It may or may not.
    Unverified,
    /// Its platform signs nothing.
    Unsigned,
    /// All that it says was known.
    Duplicate,
    /// The program sent it itself.
    Replay,
    /// It was refused with that status.
    Rejected(u16),
}

impl Standing {
    /// What matters most about a delivery.
    pub fn for_row(row: &DeliveryRow) -> Self {
        match (&row.verdict, row.trust) {
            (Verdict::Rejected(refused), _) => Self::Rejected(refused.status),
            (Verdict::Duplicate, _) => Self::Duplicate,
            (Verdict::Accepted, _) if row.replay => Self::Replay,
            (Verdict::Accepted, Some(Trust::Verified)) => Self::Verified,
            (Verdict::Accepted, Some(Trust::Unsigned)) => Self::Unsigned,
            (Verdict::Accepted, Some(Trust::Unverified) | None) => Self::Unverified,
        }
    }

    /// The word.
    pub fn word(self) -> String {
        match self {
            Self::Verified => "verified".to_owned(),
            Self::Unverified => "unverified".to_owned(),
            Self::Unsigned => "unsigned".to_owned(),
            Self::Duplicate => "duplicate".to_owned(),
            Self::Replay => "replay".to_owned(),
            Self::Rejected(status) => format!("rejected {status}"),
        }
    }
}

/// A filter, taken apart: every part has to be found as it stands. What is left stays in the order of time.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    parts: Vec<FilterTerm>,
}

#[derive(Debug, Clone)]
enum FilterTerm {
    Channel(String),
    State(String),
    Anywhere(FuzzyFilter),
}

impl FeedRow for DeliveryRow {
    type Id = DeliveryId;
    type Filter = Filter;

    fn id(&self) -> DeliveryId {
        self.id
    }
}

impl FeedFilter<DeliveryRow> for Filter {
    /// Reads what was typed: words, `channel:` and `state:`.
    fn read(text: &str) -> Self {
        let parts = text.split_whitespace().map(|word| match word.split_once(':') {
            Some((name, of)) if name.eq_ignore_ascii_case("channel") => FilterTerm::Channel(of.to_lowercase()),
            Some((name, of)) if name.eq_ignore_ascii_case("state") => FilterTerm::State(of.to_lowercase()),
            _ => FilterTerm::Anywhere(FuzzyFilter::new(&word.to_lowercase())),
        });
        Self { parts: parts.collect() }
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn leaves(&self, row: &DeliveryRow) -> bool {
        if self.parts.is_empty() {
            return true;
        }
        let channel = row.channel.as_str().to_lowercase();
        let states = states(row);
        self.parts.iter().all(|part| match part {
            FilterTerm::Channel(name) => channel.contains(name),
            FilterTerm::State(state) => states.contains(state),
            FilterTerm::Anywhere(word) => [row.channel.as_str(), &states, &row.summary]
                .into_iter()
                .any(|text| word.rank_literally(text).is_some()),
        })
    }
}

/// Every word that says how a delivery stands, not only the one that its row has room for.
fn states(row: &DeliveryRow) -> String {
    let trust = row.trust.map_or("", Trust::as_str);
    let replay = if row.replay { "replay" } else { "" };
    let verdict = match &row.verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Duplicate => "duplicate".to_owned(),
        Verdict::Rejected(refused) => format!("rejected {} {}", refused.status, refused.code.as_str()),
    };
    format!("{trust} {replay} {verdict}")
}
