//! Suites: conversations that are asked of a bot, and what must hold of its replies.
//!
//! Owns the nouns, and whether a reply is as expected, which is pure but for what a judge says. Reads no file, asks nobody.

mod comparison;
mod expectation;
mod likeness;
mod pattern;
mod result;

use std::path::PathBuf;

use serde_json::Value;

use super::{ChannelName, ConversationId};

pub use comparison::{CaseChange, CaseComparison, ChangeTotals, ChangedTurn};
pub use expectation::{Check, Expectation, SuiteReply};
pub use likeness::{Language, likeness};
pub use pattern::Pattern;
pub use result::{Attempt, CaseResult, CaseVerdict, ChangedAnswer, RunTotals, SuiteTurn};

/// A suite's file, read: every case that it asks for, its tables of values filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// What it is called: its file's name without the ending.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The channel that is asked; none means whichever is meant.
    pub channel: Option<ChannelName>,
    /// Its cases, in the file's order; at least one. No two have the same name.
    pub cases: Vec<Case>,
}

/// One thing that is tested.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it is called, once in its suite.
    pub name: String,
    /// What is asked.
    pub asks: Asks,
    /// The conversation in which it is asked, where its platform lets nobody begin one; none begins one each time.
    pub conversation: Option<ConversationId>,
    /// How often it is asked, each time anew; at least 1.
    pub repeat: u32,
    /// How many of these times all must hold; from 1 to `repeat`.
    pub pass: u32,
}

/// What a case asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    /// A conversation with the bot, its turns in order; at least one.
    Conversation(Vec<CaseTurn>),
    /// A data request, answered by the channel's own rules: no platform is called.
    Request(CaseRequest),
}

/// One message to the bot, and what must hold of the reply.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseTurn {
    /// What is said.
    pub say: String,
    /// What must hold; nothing asks only for a reply.
    pub expect: Vec<Expectation>,
}

/// A data request as the platform would post it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRequest {
    /// Its key.
    pub key: String,
    /// Its inputs: a JSON object.
    pub inputs: Value,
    /// What must hold of the answer.
    pub expect: Vec<Expectation>,
}

impl Case {
    /// The most messages that it sends: those of all its turns, each time that it is asked.
    pub fn messages(&self) -> u64 {
        match &self.asks {
            Asks::Conversation(turns) => u64::try_from(turns.len()).unwrap_or(u64::MAX) * u64::from(self.repeat),
            Asks::Request(_) => 0,
        }
    }

    /// Everything that is expected, of all turns.
    pub fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        let (turns, request) = match &self.asks {
            Asks::Conversation(turns) => (turns.as_slice(), None),
            Asks::Request(request) => (&[][..], Some(request)),
        };
        turns.iter().flat_map(|turn| &turn.expect).chain(request.into_iter().flat_map(|request| &request.expect))
    }

    /// Whether a model has to say whether something holds.
    pub fn needs_judge(&self) -> bool {
        self.expectations().any(|expectation| matches!(expectation, Expectation::Judge(_)))
    }
}
