//! What became of a case between two runs, before a change and after it: pure.

use super::{CaseResult, CaseVerdict, SuiteTurn};

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseChange {
    /// It passed before and fails after.
    Broken,
    /// It failed before and passes after.
    Mended,
    /// It passed both times, by another answer.
    Changed,
    /// It failed both times, by whatever answer.
    StillFailing,
    /// One of the two isn't known: the bot or a judge couldn't be asked.
    Untold,
    /// It passed both times by the same answer, but for white space.
    Same,
}

impl CaseChange {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] =
        [Self::Broken, Self::Mended, Self::Changed, Self::StillFailing, Self::Untold, Self::Same];

    /// The word for JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Mended => "mended",
            Self::Changed => "changed",
            Self::StillFailing => "still_failing",
            Self::Untold => "untold",
            Self::Same => "same",
        }
    }

    /// The words for a person.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::StillFailing => "still failing",
            Self::Untold => "not to be told",
            other => other.as_str(),
        }
    }

    /// What became of a case that went so before and so after.
    pub fn between(before: &CaseResult, after: Option<&CaseResult>) -> Self {
        let Some(after) = after else { return Self::Untold };
        match (before.verdict, after.verdict) {
            (CaseVerdict::Passed, CaseVerdict::Passed) if alike(before, after) => Self::Same,
            (CaseVerdict::Passed, CaseVerdict::Passed) => Self::Changed,
            (CaseVerdict::Passed, CaseVerdict::Failed) => Self::Broken,
            (CaseVerdict::Failed, CaseVerdict::Passed) => Self::Mended,
            (CaseVerdict::Failed, CaseVerdict::Failed) => Self::StillFailing,
            (CaseVerdict::Error | CaseVerdict::Skipped, _) | (_, CaseVerdict::Error | CaseVerdict::Skipped) => {
                Self::Untold
            }
        }
    }
}

/// A case before a change and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseComparison {
    /// What became of it.
    pub change: CaseChange,
    /// How it went before.
    pub before: CaseResult,
    /// How it went after; none where it wasn't asked.
    pub after: Option<CaseResult>,
}

/// One turn whose answer is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTurn<'a> {
    /// What was said.
    pub say: &'a str,
    /// The answer before; none where the conversation had ended by then. Untrusted text.
    pub before: Option<&'a str>,
    /// The answer after; none where the conversation had ended by then. Untrusted text.
    pub after: Option<&'a str>,
}

impl CaseComparison {
    /// Compares each case of a run with the same case of a later one. Cases are known by their suite, name and channel.
    pub fn of_runs(before: &[CaseResult], after: &[CaseResult]) -> Vec<Self> {
        let key = |result: &CaseResult| (result.suite.clone(), result.case.clone(), result.channel.clone());
        let compare = |(at, before): (usize, &CaseResult)| {
            // Two suites of one name may have cases of one name: then the places tell them apart.
            let there = after.get(at).filter(|after| key(after) == key(before));
            let after = there.or_else(|| after.iter().find(|after| key(after) == key(before)));
            let change = CaseChange::between(before, after);
            Self { change, before: before.clone(), after: after.cloned() }
        };
        before.iter().enumerate().map(compare).collect()
    }

    /// The turns whose answers are other ones, by the attempts that stand for the case.
    pub fn changed_turns(&self) -> Vec<ChangedTurn<'_>> {
        let (before, after) = (turns(Some(&self.before)), turns(self.after.as_ref()));
        (0..before.len().max(after.len()))
            .filter_map(|at| {
                let (was, is) = (before.get(at), after.get(at));
                let say = &was.or(is)?.say;
                let (before, after) = (was.map(|turn| turn.reply.as_str()), is.map(|turn| turn.reply.as_str()));
                let differs = before.map(spaced) != after.map(spaced);
                differs.then_some(ChangedTurn { say, before, after })
            })
            .collect()
    }
}

/// How many cases became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChangeTotals([usize; CaseChange::ALL.len()]);

impl ChangeTotals {
    /// Counts.
    pub fn count(cases: &[CaseComparison]) -> Self {
        let mut totals = Self::default();
        for case in cases {
            totals.0[case.change as usize] += 1;
        }
        totals
    }

    /// How many became that.
    pub const fn how_many(&self, change: CaseChange) -> usize {
        self.0[change as usize]
    }
}

/// Whether two results have the same answers, but for white space.
fn alike(before: &CaseResult, after: &CaseResult) -> bool {
    let answers = |result| turns(Some(result)).iter().map(|turn| spaced(&turn.reply)).collect::<Vec<_>>();
    answers(before) == answers(after)
}

/// The turns of the attempt that stands for a case.
fn turns(result: Option<&CaseResult>) -> &[SuiteTurn] {
    result.and_then(CaseResult::telling).map(|attempt| attempt.turns.as_slice()).unwrap_or_default()
}

/// Without white space around it, and one space where there is any.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::Attempt;
    use super::*;

    fn result(case: &str, verdict: CaseVerdict, replies: &[&str]) -> CaseResult {
        let turn = |reply: &&str| SuiteTurn {
            say: "hi".to_owned(),
            reply: (*reply).to_owned(),
            finish: "stop".to_owned(),
            first_word_ms: None,
            reply_ms: None,
            quick_replies: Vec::new(),
            checks: Vec::new(),
        };
        let turns = replies.iter().map(turn).collect();
        let attempt = Attempt { verdict, conversation_id: None, turns, error: None };
        CaseResult {
            suite: "s".to_owned(),
            case: case.to_owned(),
            channel: "c".to_owned(),
            verdict,
            messages: 1,
            ms: 1,
            attempts: vec![attempt],
        }
    }

    #[test]
    fn what_became_of_a_case_is_told_by_both_verdicts_and_the_answers() {
        use CaseVerdict::{Error, Failed, Passed, Skipped};
        for (before, after, change) in [
            ((Passed, "a  b\n"), (Passed, "a b"), CaseChange::Same),
            ((Passed, "a"), (Passed, "b"), CaseChange::Changed),
            ((Passed, "a"), (Failed, "b"), CaseChange::Broken),
            ((Passed, "a"), (Failed, "a"), CaseChange::Broken),
            ((Failed, "a"), (Passed, "a"), CaseChange::Mended),
            ((Failed, "a"), (Failed, "b"), CaseChange::StillFailing),
            ((Error, "a"), (Failed, "b"), CaseChange::Untold),
            ((Passed, "a"), (Error, ""), CaseChange::Untold),
            ((Passed, "a"), (Skipped, ""), CaseChange::Untold),
        ] {
            let (before, after) = (result("a", before.0, &[before.1]), result("a", after.0, &[after.1]));
            assert_eq!(CaseChange::between(&before, Some(&after)), change, "{before:?} {after:?}");
        }
        assert_eq!(CaseChange::between(&result("a", Passed, &["a"]), None), CaseChange::Untold);
    }

    #[test]
    fn only_turns_that_differ_are_shown_and_each_case_is_compared_with_itself() {
        let before = [result("a", CaseVerdict::Passed, &["one", "two"]), result("b", CaseVerdict::Passed, &["x"])];
        let after = [result("b", CaseVerdict::Passed, &["x "]), result("a", CaseVerdict::Failed, &["one", "2", "3"])];
        let compared = CaseComparison::of_runs(&before, &after);
        let told: Vec<_> = compared.iter().map(|case| (case.before.case.as_str(), case.change)).collect();
        assert_eq!(told, [("a", CaseChange::Broken), ("b", CaseChange::Same)]);
        let turns: Vec<_> = compared[0].changed_turns().iter().map(|turn| (turn.before, turn.after)).collect();
        assert_eq!(turns, [(Some("two"), Some("2")), (None, Some("3"))]);
        assert!(compared[1].changed_turns().is_empty());
        let totals = ChangeTotals::count(&compared);
        assert_eq!(CaseChange::ALL.map(|change| totals.how_many(change)), [1, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn the_order_of_telling_is_that_of_counting() {
        assert!(CaseChange::ALL.iter().enumerate().all(|(at, change)| *change as usize == at));
    }
}
