//! A suite as the Tests view knows it: its cases, and what came of each in the runs that are on record.

use std::path::PathBuf;

use crate::domain::{
    Asks, Case, CaseResult, CaseVerdict, ChangedAnswer, ChannelName, Expectation, Failure, Finish, SuiteReply,
    Timestamp,
};

/// So many runs of a case are told with all that was said; of older ones only how they went.
const WHOLE: usize = 2;
/// So many runs of a case are told.
const TOLD: usize = 20;

/// A suite.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteEntry {
    /// Its file.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// The channel that it asks, where its file names one.
    pub channel: Option<ChannelName>,
    /// All that is wrong with its file, each with its place: it can't be run.
    pub problem: Option<Failure>,
    /// Its cases in the file's order; where the file is wrong, those that are known of it.
    pub cases: Vec<CaseEntry>,
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseEntry {
    /// What it is called.
    pub name: String,
    /// What it asks; none where only what came of it is known.
    pub case: Option<Case>,
    /// What came of it, newest first.
    pub past: Vec<PastCase>,
    /// When it was begun, where it was not ended: that run was stopped or killed, or another process is at it.
    pub unfinished: Option<Timestamp>,
    /// The answer that isn't the kept one, where one waits.
    pub changed: Option<ChangedAnswer>,
}

/// What came of a case in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCase {
    /// When that run began, or the case ended.
    pub at: Timestamp,
    /// How it went.
    pub verdict: CaseVerdict,
    /// Milliseconds that it took.
    pub ms: u64,
    /// All of it: of the last runs alone.
    pub result: Option<Box<CaseResult>>,
}

impl SuiteEntry {
    /// The most messages that it costs to ask all of it.
    pub fn messages(&self) -> u64 {
        self.cases.iter().map(CaseEntry::messages).sum()
    }
}

impl CaseEntry {
    /// One of which nothing is known but its name.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), case: None, past: Vec::new(), unfinished: None, changed: None }
    }

    /// The most messages that it costs.
    pub fn messages(&self) -> u64 {
        self.case.as_ref().map_or(0, Case::messages)
    }

    /// What came of it last.
    pub fn last(&self) -> Option<&CaseResult> {
        self.past.first()?.result.as_deref()
    }

    /// What came of it before that.
    pub fn before(&self) -> Option<(Timestamp, &CaseResult)> {
        let past = self.past.get(1)?;
        Some((past.at, past.result.as_deref()?))
    }

    /// What came of it in an older run than all that are known; one that was told already is none. Says whether there is
    /// room for more.
    pub fn older(&mut self, at: Timestamp, result: CaseResult) -> bool {
        // A run that goes on repeats what it did not ask again.
        let told = self.past.last().is_some_and(|past| past.result.as_deref() == Some(&result));
        if told {
            if let Some(past) = self.past.last_mut() {
                past.at = at;
            }
        } else if self.past.len() < TOLD {
            let (verdict, ms) = (result.verdict, result.ms);
            let result = (self.past.len() <= WHOLE).then(|| Box::new(result));
            self.past.push(PastCase { at, verdict, ms, result });
        }
        self.past.len() < TOLD
    }

    /// What came of it now.
    pub(in crate::app) fn newest(&mut self, at: Timestamp, result: CaseResult) {
        self.unfinished = None;
        let (verdict, ms) = (result.verdict, result.ms);
        self.past.insert(0, PastCase { at, verdict, ms, result: Some(Box::new(result)) });
        self.past.truncate(TOLD);
        self.past.iter_mut().skip(WHOLE + 1).for_each(|past| past.result = None);
    }

    /// What it says, and what must hold of the replies, in words.
    pub fn asks(&self) -> Vec<(String, Vec<(&'static str, String)>)> {
        let wanted = |expect: &[Expectation]| expect.iter().map(|one| (one.word(), in_words(one))).collect();
        match self.case.as_ref().map(|case| &case.asks) {
            None => Vec::new(),
            Some(Asks::Conversation(turns)) => {
                turns.iter().map(|turn| (turn.say.clone(), wanted(&turn.expect))).collect()
            }
            Some(Asks::Request(request)) => {
                vec![(format!("{} {}", request.key, request.inputs), wanted(&request.expect))]
            }
        }
    }
}

/// What is expected, in the words in which a result tells it.
fn in_words(expectation: &Expectation) -> String {
    let nothing = SuiteReply {
        text: String::new(),
        finish: Finish::Stop,
        quick_replies: Vec::new(),
        first_word_ms: None,
        reply_ms: None,
    };
    match (expectation.check(&nothing), expectation) {
        (Some(check), _) => check.wanted,
        (None, Expectation::Judge(statement)) => statement.clone(),
        (None, _) => String::new(),
    }
}
