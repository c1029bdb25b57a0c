//! The Log view: the calls that were made, by whatever process, newest first, and one of them whole.

use std::ops::Deref;

use super::feed::{Feed, FeedFilter, FeedRow};
use super::keymap::Context;
use super::view::{Side, ViewKind};
use crate::domain::{ChannelName, Failure, FuzzyFilter, LoggedCall, SafeText};

/// The word of the filter that leaves the failed ones.
pub(super) const FAILED: &str = "failed";

/// What a call is known by on this screen. A later one has a greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CallKey(pub i64);

/// A call in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// What it is known by.
    pub key: CallKey,
    /// It. Its texts are untrusted.
    pub call: LoggedCall,
}

impl Deref for CallRow {
    type Target = LoggedCall;

    fn deref(&self) -> &LoggedCall {
        &self.call
    }
}

impl FeedRow for CallRow {
    type Id = CallKey;
    type Filter = CallFilter;

    fn id(&self) -> CallKey {
        self.key
    }
}

/// The Log view.
#[derive(Debug, Default)]
pub struct LogView {
    /// The calls that are loaded.
    pub list: Feed<CallRow>,
    /// Whether the filter line has the keys.
    pub filtering: bool,
    /// Which side has the keys.
    pub side: Side,
    /// The first row of the right pane.
    pub scroll: usize,
    /// What the last drawing measured.
    pub measured: LogMeasured,
    /// The read that is being made again.
    pub running: Option<CallKey>,
    /// What came of the last one.
    pub ran: Option<(CallKey, Result<RanAgain, Failure>)>,
    /// The view that was open before.
    pub from: ViewKind,
    /// The keys of the newest and of the oldest that were loaded.
    keys: (i64, i64),
}

/// What came of a read that was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RanAgain {
    /// The status of the answer.
    pub status: u16,
    /// Milliseconds to its head.
    pub ms: u64,
    /// Its body, laid out where it is JSON, as far as it is shown.
    pub body: SafeText,
    /// How many bytes of it are not.
    pub left_out: usize,
}

/// What a drawing of the view measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogMeasured {
    /// How many rows the list has for calls; none where it was not drawn.
    pub list: Option<usize>,
    /// How many rows the right pane has.
    pub detail: usize,
    /// How many rows its text takes.
    pub lines: usize,
}

/// What the Log view asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEffect {
    /// Read the newest calls, and tell of those that are made from then on, as long as the view is open.
    Begin {
        /// Tells late answers.
        ticket: u64,
        /// How many.
        limit: usize,
    },
    /// Read calls that are older than those that were told.
    Older {
        /// Tells late answers.
        ticket: u64,
        /// How many are loaded, the newest among them: of those that were told the oldest may have been forgotten.
        loaded: usize,
        /// How many.
        limit: usize,
    },
    /// Go on telling of those that are made: the view is open again.
    Follow,
    /// Make a read again.
    RunAgain(CallKey, Box<LoggedCall>),
}

/// What can happen to the Log view.
#[derive(Debug, Clone)]
pub enum LogEvent {
    /// A page of calls.
    Page {
        /// Which page was asked for.
        ticket: u64,
        /// Newest first.
        calls: Vec<LoggedCall>,
        /// Whether there are none older.
        end: bool,
    },
    /// Calls that were made since, oldest first.
    Came(Vec<LoggedCall>),
    /// So many were made since that what is loaded is of no use any more.
    Outrun,
    /// The log can't be read.
    Failed(Failure),
    /// What came of a read that was made again.
    RanAgain(CallKey, Result<RanAgain, Failure>),
    /// The view was drawn.
    Measured(LogMeasured),
}

impl LogView {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if self.filtering {
            return vec![Context::CallFilter];
        }
        let mut contexts = Vec::new();
        if self.side == Side::Detail {
            contexts.push(Context::CallDetail);
        }
        if self.selected().is_some() {
            contexts.push(Context::Call);
        }
        contexts.push(Context::Calls);
        contexts
    }

    /// The selected call.
    pub fn selected(&self) -> Option<&CallRow> {
        self.list.selected.and_then(|key| self.list.row(key))
    }

    /// Whether new calls take the top of the list: nothing older is being read.
    pub fn follows(&self) -> bool {
        self.list.view.top == 0 && self.side == Side::List && self.list.at_newest()
    }

    /// Whether the filter leaves the failed ones alone.
    pub fn only_failed(&self) -> bool {
        self.list.filter.split_whitespace().any(|word| word == FAILED)
    }

    /// Calls that came, as rows: newer than all before, the last of them newest.
    pub(super) fn newer(&mut self, calls: Vec<LoggedCall>) -> Vec<CallRow> {
        let row = |call| {
            self.keys.0 += 1;
            CallRow { key: CallKey(self.keys.0), call }
        };
        calls.into_iter().map(row).collect()
    }

    /// A page of calls as rows: older than all before, the last of them oldest.
    pub(super) fn older(&mut self, calls: Vec<LoggedCall>) -> Vec<CallRow> {
        let row = |call| {
            self.keys.1 -= 1;
            CallRow { key: CallKey(self.keys.1), call }
        };
        calls.into_iter().map(row).collect()
    }
}

/// What the list is narrowed by: every part has to be found.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    parts: Vec<CallTerm>,
}

#[derive(Debug, Clone)]
enum CallTerm {
    Channel(String),
    Status(String),
    Failed,
    Anywhere(FuzzyFilter),
}

impl FeedFilter<CallRow> for CallFilter {
    /// Reads what was typed: words, `channel:`, `status:` (`4` means all of 400 to 499) and `failed`.
    fn read(text: &str) -> Self {
        let parts = text.split_whitespace().map(|word| match word.split_once(':') {
            Some((name, of)) if name.eq_ignore_ascii_case("channel") => CallTerm::Channel(of.to_lowercase()),
            Some((name, of)) if name.eq_ignore_ascii_case("status") => CallTerm::Status(of.to_lowercase()),
            _ if word.eq_ignore_ascii_case(FAILED) => CallTerm::Failed,
            _ => CallTerm::Anywhere(FuzzyFilter::new(&word.to_lowercase())),
        });
        Self { parts: parts.collect() }
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn leaves(&self, row: &CallRow) -> bool {
        if self.parts.is_empty() {
            return true;
        }
        let channel = row.channel.as_ref().map_or("", ChannelName::as_str);
        let status = row.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        self.parts.iter().all(|part| match part {
            CallTerm::Channel(name) => channel.to_lowercase().contains(name),
            CallTerm::Status(begins) => status.starts_with(begins.as_str()),
            CallTerm::Failed => row.has_failed(),
            CallTerm::Anywhere(word) => {
                let marks = marks(row);
                let error = row.error.as_deref().unwrap_or_default();
                [channel, &row.method, &row.url, &status, error, &marks]
                    .into_iter()
                    .any(|text| word.rank_literally(text).is_some())
            }
        })
    }
}

/// Words for what is special about a call.
fn marks(call: &LoggedCall) -> String {
    let retried = if call.attempt > 1 { "retry attempt" } else { "" };
    let (again, kind) = (if call.again { "again" } else { "" }, if call.read { "read" } else { "write" });
    format!("{kind} {retried} {again}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_asks_for_channel_status_failure_and_words() {
        let call = LoggedCall {
            channel: Some(ChannelName::new("docs")),
            method: "POST".to_owned(),
            url: "https://host/api/conversations".to_owned(),
            status: Some(429),
            attempt: 2,
            ..LoggedCall::default()
        };
        let row = CallRow { key: CallKey(1), call };
        for (filter, leaves) in [
            ("", true),
            ("failed", true),
            ("channel:doc status:4", true),
            ("status:429 post CONVERS", true),
            ("retry write", true),
            ("status:5", false),
            ("channel:flow", false),
            ("failed rows", false),
            ("again", false),
        ] {
            assert_eq!(CallFilter::read(filter).leaves(&row), leaves, "{filter}");
        }
        let good = CallRow { key: CallKey(2), call: LoggedCall { status: Some(200), ..row.call } };
        assert!(!CallFilter::read("Failed").leaves(&good));
    }
}
