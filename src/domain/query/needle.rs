//! Words that a text is searched for, and where they stand in it.

use std::borrow::Cow;
use std::ops::Range;

use super::fold;

/// Words that a text is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// As texts are compared: small letters without diacritics.
    pub(super) folded: String,
    /// Where capitals count: the same with them.
    pub(super) exact: Option<String>,
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

    /// Whether a text has it.
    pub(super) fn is_in(&self, hay: &mut Hay<'_>) -> bool {
        self.exact.as_ref().is_none_or(|exact| hay.exact().contains(exact)) && hay.folded().contains(&self.folded)
    }
}

/// A text that several needles are searched in: folded when the first one needs it.
pub(super) struct Hay<'a> {
    text: &'a str,
    folded: Option<Cow<'a, str>>,
    exact: Option<String>,
}

impl<'a> Hay<'a> {
    /// Not folded yet.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, folded: None, exact: None }
    }

    /// Folded before.
    pub(super) fn with_folded(text: &'a str, folded: &'a str) -> Self {
        Self { text, folded: Some(Cow::Borrowed(folded)), exact: None }
    }

    /// As texts are compared.
    pub(super) fn folded(&mut self) -> &str {
        self.folded.get_or_insert_with(|| fold::fold(self.text, false).into())
    }

    /// The same with its capitals.
    pub(super) fn exact(&mut self) -> &str {
        self.exact.get_or_insert_with(|| fold::fold(self.text, true))
    }
}

/// Where a needle stands in a folded text, as bytes of the text itself.
pub(super) fn occurrences(needle: &str, folded: &str, places: &[usize], len: usize) -> Vec<Range<usize>> {
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
pub(super) fn apart(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
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
