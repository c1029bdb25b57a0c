//! A search in the open conversation: what is searched for, where the loaded messages have it, and which of the places
//! was gone to.
//!
//! Owns the places and their order. When messages are loaded for it, and where the view goes, is `update`'s business.

use std::collections::HashMap;
use std::ops::Range;

use crate::app::chat::scroll::{Passage, Scroll};
use crate::app::line_input::LineInput;
use crate::app::view::Focus;
use crate::domain::{HitPlace, OutState, Query, Timestamp};

/// A search in the open conversation, while its places are marked.
#[derive(Debug)]
pub struct Find {
    /// What is searched for, as it is written.
    pub text: LineInput,
    /// Whether the line has the keys.
    pub writing: bool,
    /// What it means; none while nothing is written.
    pub query: Option<Query>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Where the conversation was looked at when the search began, and the last place of its text on screen then.
    pub origin: (Scroll, Option<Passage>),
    /// Which pane had the keys then.
    pub focus: Focus,
    /// The place that was gone to last.
    pub current: Option<Match>,
    /// Its number, and how many places there are in what is loaded.
    pub count: (Option<usize>, usize),
    /// What older messages are loaded for.
    pub seek: Option<Seek>,
    /// How many messages the conversation has, once that was asked.
    pub messages: Option<u64>,
    /// Of which state of the parts the places are.
    pub(in crate::app) seen: Option<u64>,
    pub(in crate::app) searched: HashMap<u64, Searched>,
}

/// One of the places: its message, and which of the message's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The item's key.
    pub item: u64,
    /// Which of its places.
    pub nth: usize,
}

/// What older messages are loaded for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seek {
    /// A place before all that are loaded.
    Before,
    /// The message that stands there.
    Message(HitPlace),
}

/// What was found in one message.
#[derive(Debug)]
pub(in crate::app) struct Searched {
    pub(in crate::app) stamp: Stamp,
    pub(in crate::app) places: Vec<Range<usize>>,
}

/// What was searched: it is searched again when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) struct Stamp {
    pub(in crate::app) version: u64,
    pub(in crate::app) length: usize,
    /// It still grows.
    pub(in crate::app) live: bool,
    pub(in crate::app) state: Option<OutState>,
    pub(in crate::app) failed: bool,
}

impl Find {
    /// A search for nothing yet.
    pub fn new(origin: (Scroll, Option<Passage>), focus: Focus) -> Self {
        Self {
            text: LineInput::default(),
            writing: true,
            query: None,
            problem: None,
            origin,
            focus,
            current: None,
            count: (None, 0),
            seek: None,
            messages: None,
            seen: None,
            searched: HashMap::new(),
        }
    }

    /// Searches for something else.
    pub fn ask(&mut self, now: Timestamp) {
        (self.query, self.problem) = match Query::parse(&self.text, now) {
            _ if self.text.trim().is_empty() => (None, None),
            Ok(query) => (Some(query), None),
            Err(error) => (None, Some(error.to_string())),
        };
        self.current = None;
        self.seek = None;
        self.forget();
    }

    /// Forgets where it was found: the messages may be others.
    pub fn forget(&mut self) {
        self.searched.clear();
        self.seen = None;
    }

    /// The places in a message's text.
    pub fn places(&self, item: u64) -> &[Range<usize>] {
        self.searched.get(&item).map_or(&[], |searched| searched.places.as_slice())
    }

    /// Where the view goes to see a place.
    pub fn spot(&self, at: Match) -> Passage {
        let byte = self.places(at.item).get(at.nth).filter(|place| !place.is_empty()).map(|place| place.start);
        Passage { item: at.item, byte }
    }
}
