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
//!     channel:docs,flow        from one of these channels
//!     role:user                by the user, the assistant, an admin, or the platform's own word
//!     after:2d before:2026-01  at or after the one, before the other
//!     has:attachment           or error, link, code
//!     state:unknown            a message of ours of which it is not known whether it arrived; or another state
//!     in:7bb301ad              in the conversation whose id begins so, or whose title has these words
//!     title:refnd              in a conversation whose title has these letters in this order
//! ```

mod fold;
mod parse;
mod rank;
#[cfg(test)]
mod tests;
mod when;

use std::ops::Range;

use super::{ChannelName, ConversationId, Message, OutState, Timestamp, display_width};

pub use parse::QueryError;
pub use rank::{FuzzyFilter, MatchPlace, Rank};

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

/// What a message can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It says this.
    Says(Needle),
    /// It is from one of these channels.
    Channel(Vec<String>),
    /// One of these roles wrote it.
    Role(Vec<String>),
    /// It is from then or later.
    After(Timestamp),
    /// It is from before then.
    Before(Timestamp),
    /// It has one of these.
    Has(Vec<Has>),
    /// What is known of its arrival is one of these.
    State(Vec<OutState>),
    /// The id of its conversation begins so, or the title says so.
    In(Needle),
    /// The title of its conversation has these letters in this order.
    Title(FuzzyFilter),
}

/// What can be with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Has {
    /// A picture or a file.
    Attachment,
    /// It was refused, or may not have arrived, or was cut off.
    Error,
    /// The address of a page.
    Link,
    /// A block of code.
    Code,
}

impl Has {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Attachment, Self::Error, Self::Link, Self::Code];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Error => "error",
            Self::Link => "link",
            Self::Code => "code",
        }
    }
}

/// Words that a text is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// As texts are compared: small letters without diacritics.
    folded: String,
    /// Where capitals count: the same with them.
    exact: Option<String>,
}

impl Needle {
    /// Some text to search for, as it is written; none where nothing is left of it to search for.
    pub fn new(text: &str) -> Option<Self> {
        let folded = fold::fold(text, false);
        let capital = text.chars().any(char::is_uppercase);
        let exact = capital.then(|| fold::fold(text, true));
        (!folded.trim().is_empty()).then_some(Self { folded, exact })
    }

    /// As texts are compared, whatever their capitals: every text that has the needle has this when it is folded.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The same, but with its capitals where they count.
    pub fn spelt(&self) -> &str {
        self.exact.as_ref().unwrap_or(&self.folded)
    }

    /// Whether having the folded form is not enough, since capitals count.
    pub fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// The places of a text that have it, in order and apart from each other: bytes of the text.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let (needle, exact) = (self.spelt(), self.is_exact());
        let (folded, origins) = fold::fold_with_places(text, exact);
        apart(occurrences(needle, &folded, &origins, text.len()))
    }

    fn is_in(&self, hay: &mut Hay<'_>) -> bool {
        self.exact.as_ref().is_none_or(|exact| hay.exact().contains(exact)) && hay.folded().contains(&self.folded)
    }
}

/// A text that several needles are searched in: folded when the first one needs it.
struct Hay<'a> {
    text: &'a str,
    folded: Option<String>,
    exact: Option<String>,
}

impl<'a> Hay<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, folded: None, exact: None }
    }

    fn folded(&mut self) -> &str {
        self.folded.get_or_insert_with(|| fold::fold(self.text, false))
    }

    fn exact(&mut self) -> &str {
        self.exact.get_or_insert_with(|| fold::fold(self.text, true))
    }
}

/// What is known of a message besides what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its channel.
    pub channel: &'a ChannelName,
    /// Its conversation; none of one that is yet to be started.
    pub conversation: Option<&'a ConversationId>,
    /// The conversation's title.
    pub title: &'a str,
    /// What is known of its arrival, where it is in the outbox. What it says itself of that counts otherwise.
    pub state: Option<OutState>,
    /// Whether sending it failed, or its text was cut off.
    pub failed: bool,
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

/// Where a needle stands in a folded text, as bytes of the text itself.
fn occurrences(needle: &str, folded: &str, places: &[usize], len: usize) -> Vec<Range<usize>> {
    let place = |at: usize| places.get(at).copied().unwrap_or(len);
    folded
        .match_indices(needle)
        .map(|(at, _)| {
            let (start, last) = (place(at), place((at + needle.len()).saturating_sub(1)));
            // A letter that became two is whole or not at all.
            let end = places.get(at + needle.len()..).into_iter().flatten().find(|end| **end > last);
            start..end.copied().unwrap_or(len)
        })
        .collect()
}

/// In order; those that overlap are one.
fn apart(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, place.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match apart.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => apart.push(place),
        }
    }
    apart
}

impl Test {
    fn holds(&self, message: &Message, facts: &Facts<'_>, hay: &mut Hay<'_>) -> bool {
        let at = message.created_at.at;
        match self {
            Self::Says(needle) => needle.is_in(hay),
            Self::Channel(names) => names.iter().any(|name| alike(name, facts.channel.as_str())),
            Self::Role(roles) => roles.iter().any(|role| alike(role, message.role.as_str())),
            Self::After(from) => at.is_some_and(|at| at >= *from),
            Self::Before(to) => at.is_some_and(|at| at < *to),
            Self::Has(things) => things.iter().any(|thing| thing.is_with(message, facts)),
            Self::State(states) => facts.state.or(message.extras.state).is_some_and(|state| states.contains(&state)),
            Self::In(_) | Self::Title(_) => self.is_of(facts.conversation, facts.title),
        }
    }

    /// Whether a conversation is one that is asked for; of what asks for none, true.
    pub fn is_of(&self, conversation: Option<&ConversationId>, title: &str) -> bool {
        match self {
            Self::In(needle) => {
                let id = conversation.map_or("", ConversationId::as_str);
                let begins = match &needle.exact {
                    Some(exact) => id.starts_with(exact.as_str()),
                    None => fold::fold(id, false).starts_with(&needle.folded),
                };
                begins || needle.is_in(&mut Hay::new(title))
            }
            Self::Title(letters) => letters.rank(title).is_some(),
            _ => true,
        }
    }
}

impl Has {
    /// Whether a message has it.
    pub fn is_with(self, message: &Message, facts: &Facts<'_>) -> bool {
        match self {
            Self::Attachment => !message.extras.attachments.is_empty(),
            Self::Error => {
                let state = facts.state.or(message.extras.state);
                facts.failed || matches!(state, Some(OutState::Rejected | OutState::Unknown))
            }
            Self::Link => message.text.contains("https://") || message.text.contains("http://"),
            Self::Code => message.text.contains("```") || message.text.contains("~~~"),
        }
    }
}

/// Words of the grammar and names are the same whatever their capitals.
fn alike(asked: &str, is: &str) -> bool {
    asked.eq_ignore_ascii_case(is)
}

/// A text as searches compare it: what an index is made of.
pub fn folded(text: &str) -> String {
    fold::fold(text, false)
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
