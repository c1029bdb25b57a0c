//! What came of a case: one shape for `--json`, for what a run keeps, and for whoever compares two runs.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Check;
use crate::domain::{ConversationId, Failure, Kind};

/// How a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseVerdict {
    /// All held, as often as was asked for.
    Passed,
    /// Something didn't hold.
    Failed,
    /// It can't be told: the bot or a judge couldn't be asked.
    Error,
    /// It wasn't asked, or not to its end.
    Skipped,
}

impl CaseVerdict {
    /// The word for JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The suite's name.
    pub suite: String,
    /// The case's name.
    pub case: String,
    /// The channel that was asked.
    pub channel: String,
    /// How it went.
    pub verdict: CaseVerdict,
    /// How many messages went out for it, or may have.
    pub messages: u64,
    /// Milliseconds from its beginning to its end.
    pub ms: u64,
    /// Each time that it was asked, in order; none where it wasn't.
    pub attempts: Vec<Attempt>,
}

/// One time that a case was asked, in a conversation of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// How it went.
    pub verdict: CaseVerdict,
    /// The conversation, where one was begun.
    pub conversation_id: Option<String>,
    /// Its turns as far as they were asked: it ends with the first that isn't as expected.
    pub turns: Vec<SuiteTurn>,
    /// Why it can't be told how it went.
    #[serde(with = "failure")]
    pub error: Option<Failure>,
}

/// One turn that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteTurn {
    /// What was said; of a data request its key.
    pub say: String,
    /// The reply: markdown, untrusted. Of a data request its answer as JSON.
    pub reply: String,
    /// The word of how it ended.
    pub finish: String,
    /// Milliseconds to its first word, where that is known.
    pub first_word_ms: Option<u64>,
    /// Milliseconds to its end, where that is known.
    pub reply_ms: Option<u64>,
    /// What the bot offered as answers.
    pub quick_replies: Vec<String>,
    /// What was expected, and whether it holds.
    pub checks: Vec<Check>,
}

impl SuiteTurn {
    /// Whether all that was expected holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }
}

impl Attempt {
    /// The conversation, where one was begun.
    pub fn conversation(&self) -> Option<ConversationId> {
        self.conversation_id.as_ref().map(ConversationId::new)
    }
}

impl CaseResult {
    /// Whether it was asked to its end and judged, so that a run that goes on need not ask it again.
    pub const fn is_judged(&self) -> bool {
        matches!(self.verdict, CaseVerdict::Passed | CaseVerdict::Failed)
    }

    /// Why it can't be told how it went.
    pub fn error(&self) -> Option<&Failure> {
        self.attempts.iter().rev().find_map(|attempt| attempt.error.as_ref())
    }

    /// The time that it was asked whose answers stand for the case: the first that went as the case went.
    pub fn telling(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.verdict == self.verdict).or(self.attempts.first())
    }
}

/// An answer of a case that isn't the kept one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedAnswer {
    /// The case: `SUITE/CASE`.
    pub name: String,
    /// The file that is kept, from the folder on.
    pub file: PathBuf,
    /// What is kept: markdown, untrusted. None where nothing is yet.
    pub old: Option<String>,
    /// What came instead: markdown, untrusted.
    pub new: String,
}

/// How many cases went how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunTotals {
    /// All of them.
    pub cases: usize,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// Of how many it can't be told.
    pub errors: usize,
    /// How many weren't asked.
    pub skipped: usize,
    /// How many messages went out, or may have.
    pub messages: u64,
}

impl RunTotals {
    /// Counts.
    pub fn count(results: &[CaseResult]) -> Self {
        let mut totals = Self::default();
        for result in results {
            totals.cases += 1;
            totals.messages += result.messages;
            *match result.verdict {
                CaseVerdict::Passed => &mut totals.passed,
                CaseVerdict::Failed => &mut totals.failed,
                CaseVerdict::Error => &mut totals.errors,
                CaseVerdict::Skipped => &mut totals.skipped,
            } += 1;
        }
        totals
    }
}

/// A failure as `--json` has it, and back.
mod failure {
    use serde::{Deserializer, Serializer};

    use super::{Deserialize, Failure, Kind, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Document {
        kind: String,
        message: String,
        status: Option<u16>,
        hint: Option<String>,
    }

    #[expect(clippy::ref_option, reason = "as serde calls it")]
    pub(super) fn serialize<S: Serializer>(failure: &Option<Failure>, to: S) -> Result<S::Ok, S::Error> {
        let document = failure.as_ref().map(|failure| Document {
            kind: failure.kind.as_str().to_owned(),
            message: failure.message.clone(),
            status: failure.status,
            hint: failure.hint.clone(),
        });
        document.serialize(to)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Option<Failure>, D::Error> {
        let document = Option::<Document>::deserialize(from)?;
        Ok(document.map(|document| {
            let kind = Kind::from_word(&document.kind).unwrap_or(Kind::Failed);
            let failure = Failure::new(kind, document.message);
            Failure { status: document.status, hint: document.hint, ..failure }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(verdict: CaseVerdict, error: Option<Failure>) -> CaseResult {
        let turn = SuiteTurn {
            say: "hi".to_owned(),
            reply: "a\u{1b}[2J".to_owned(),
            finish: "stop".to_owned(),
            first_word_ms: Some(3),
            reply_ms: None,
            quick_replies: Vec::new(),
            checks: Vec::new(),
        };
        let attempt = Attempt { verdict, conversation_id: Some("7b".to_owned()), turns: vec![turn], error };
        CaseResult {
            suite: "s".to_owned(),
            case: "c".to_owned(),
            channel: "docs".to_owned(),
            verdict,
            messages: 1,
            ms: 5,
            attempts: vec![attempt],
        }
    }

    #[test]
    fn a_result_is_read_back_as_it_was() {
        for result in [
            result(CaseVerdict::Passed, None),
            result(CaseVerdict::Error, Some(Failure::new(Kind::Network, "no way").status(503).hint("wait"))),
        ] {
            let text = serde_json::to_string(&result).unwrap();
            assert_eq!(serde_json::from_str::<CaseResult>(&text).unwrap(), result);
        }
    }

    #[test]
    fn cases_are_counted_by_how_they_went() {
        let all =
            [CaseVerdict::Passed, CaseVerdict::Passed, CaseVerdict::Failed, CaseVerdict::Error, CaseVerdict::Skipped];
        let totals = RunTotals::count(&all.map(|verdict| result(verdict, None)));
        assert_eq!((totals.cases, totals.passed, totals.failed, totals.errors), (5, 2, 1, 1));
        assert_eq!((totals.skipped, totals.messages), (1, 5));
        assert!(all.map(|verdict| result(verdict, None)).iter().filter(|r| r.is_judged()).count() == 3);
    }
}
