//! What is searched for: one grammar for the open conversation, for the store and for the command.
//!
//! Owns how a search is written, which messages it takes, and which places of a text it marks. Reads no store: an index
//! may only find the same messages sooner.
//!
//! ```text
//!     planets moons            both words, anywhere in the message, also inside longer words
//!     "eight planets"          the words as they follow each other
//!     Paris                    a capital letter asks for this very spelling; small ones take any
//!     -draft -"to do"          not these
//!     channel:docs,flow        an attribute: all of them are in `attribute`
//! ```

mod attribute;
mod fold;
mod later;
mod needle;
mod parse;
mod rank;
#[cfg(test)]
mod tests;
mod when;

use std::ops::Range;

use super::{Message, Timestamp, display_width};

pub use attribute::{Attribute, Facts, Has, Kept, Test};
pub use later::{LATER_FORMS, later};
pub use needle::Needle;
pub use parse::QueryError;
pub use rank::{FilterText, FuzzyFilter, MatchPlace, Rank};

use needle::{Hay, apart, occurrences};

/// A search, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    text: String,
    terms: Vec<Term>,
}

/// One thing that is asked of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether the message must not be so.
    pub not: bool,
    /// What it is to be.
    pub test: Test,
}

impl Query {
    /// Understands a search; what can't be understood is named with its place. Days begin by this machine's clock.
    ///
    /// # Errors
    /// Where an attribute is unknown, or its value can't be understood.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, QueryError> {
        parse::parse(text, now, &jiff::tz::TimeZone::system())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before a colon as an attribute does, and is none: it is searched for as it is written.
    pub fn no_attribute(&self) -> Option<&str> {
        parse::no_attribute(&self.text)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// All that is asked for.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// What a message must say, in the order in which it was written.
    pub fn needles(&self) -> impl Iterator<Item = &Needle> {
        self.terms.iter().filter(|term| !term.not).filter_map(|term| match &term.test {
            Test::Says(needle) => Some(needle),
            _ => None,
        })
    }

    /// Whether a message is one that is searched for.
    pub fn takes(&self, message: &Message, facts: &Facts<'_>) -> bool {
        let mut hay = Hay::new(&message.text);
        // What costs nothing first.
        let (says, others): (Vec<_>, Vec<_>) = self.terms.iter().partition(|term| matches!(term.test, Test::Says(_)));
        others.into_iter().chain(says).all(|term| term.test.holds(message, facts, &mut hay) != term.not)
    }

    /// Whether a text says what is searched for, whatever else is asked.
    pub fn says(&self, text: &str) -> bool {
        let mut hay = Hay::new(text);
        self.terms.iter().all(|term| match &term.test {
            Test::Says(needle) => needle.is_in(&mut hay) != term.not,
            _ => true,
        })
    }

    /// The places of a text that are to be marked, in order and apart from each other: bytes of the text.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let mut add = |needle: &str, (folded, origins): &(String, Vec<usize>)| {
            places.extend(occurrences(needle, folded, origins, text.len()));
        };
        let (mut any, mut exactly) = (None, None);
        for needle in self.needles() {
            match &needle.exact {
                None => add(&needle.folded, any.get_or_insert_with(|| fold::fold_with_places(text, false))),
                Some(exact) => {
                    add(exact, exactly.get_or_insert_with(|| fold::fold_with_places(text, true)));
                }
            }
        }
        apart(places)
    }
}

/// A text as searches compare it: what an index is made of.
pub fn folded(text: &str) -> String {
    fold::fold(text, false)
}

/// The same with its capitals; none where it has none, so that this would be the same text.
pub fn folded_spelt(text: &str) -> Option<String> {
    fold::has_capitals(text).then(|| fold::fold(text, true))
}

/// A text in its two canonical forms.
#[cfg(test)]
pub(crate) fn canonical_forms(text: &str) -> [String; 2] {
    use unicode_normalization::UnicodeNormalization;
    [text.nfc().collect(), text.nfd().collect()]
}

/// What of a text is to be shown in one line: about so many letters around the first place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// One line of the text: untrusted, its runs of white space one space each.
    pub text: String,
    /// The places in it.
    pub places: Vec<Range<usize>>,
    /// Whether there is more before it.
    pub before: bool,
    /// Whether there is more after it.
    pub after: bool,
}

impl Query {
    /// The part of a text around the first place, of about `length` letters.
    pub fn excerpt(&self, text: &str, length: usize) -> Excerpt {
        let (first, end) = self.places(text).first().map_or((0, 0), |place| (place.start, place.end));
        // From the text's own beginning, where what was found is then in sight.
        let near = text.get(..end).is_some_and(|to| to.len() <= length * 4 && display_width(to) <= length * 2 / 3);
        let lead = if near { end } else { length / 4 };
        let before = text.get(..first).unwrap_or("");
        let start = before.char_indices().rev().take(lead).last().map_or(first, |(at, _)| at);
        // At the beginning of a word, if there is one.
        let start = match text.get(start..first).and_then(|lead| lead.find(char::is_whitespace)) {
            Some(space) if start > 0 => start + space,
            _ => start,
        };
        let rest = text.get(start..).unwrap_or("");
        let mut line = String::new();
        let (mut letters, mut end) = (0, rest.len());
        for (at, c) in rest.char_indices() {
            if letters >= length {
                end = at;
                break;
            }
            if !c.is_whitespace() {
                line.push(c);
            } else if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            } else {
                continue;
            }
            letters += 1;
        }
        let after = rest.get(end..).is_some_and(|rest| !rest.trim().is_empty());
        let before = text.get(..start).is_some_and(|before| !before.trim().is_empty());
        let places = self.places(&line);
        Excerpt { text: line, places, before, after }
    }
}
