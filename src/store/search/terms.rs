//! What the index knows messages by: terms, which are numbers. Owns how a text and an attribute become terms. Several texts
//! can have one term in common that don't have the same letters: a term says which messages may be asked for, and their
//! texts say which are.
//!
//! ```text
//!     0 ..          three letters as they follow each other: what begins with the same two stands together
//!     LETTERS ..    one letter
//!     ATTRIBUTES .. a channel, a role, what a message has, what became of it
//!     LONG          its text is too long for the index: it may have any letters
//! ```

use std::ops::RangeInclusive;

use crate::domain::{Has, Needle, OutState, folded, folded_spelt};

/// A term. Less than [`TERMS`].
pub(super) type Term = u32;

/// The bits that the first two of three letters have, and those of the third.
const PAIR_BITS: u32 = 14;
const THIRD_BITS: u32 = 4;
/// Letters that are on every keyboard have a term of their own, the others share these bits.
const LETTERS: Term = 1 << (PAIR_BITS + THIRD_BITS);
const OWN_LETTERS: Term = 128;
const SHARED_BITS: u32 = 12;
const ATTRIBUTES: Term = LETTERS + OWN_LETTERS + (1 << SHARED_BITS);
/// A text that is longer than [`LONGEST_TEXT`].
pub(super) const LONG: Term = ATTRIBUTES + (1 << SHARED_BITS);
/// So many terms there are.
pub(super) const TERMS: Term = LONG + 1;

/// A longer text, in bytes, has any term: its own would be far more than it is.
pub(super) const LONGEST_TEXT: usize = 256 << 10;
/// So many terms of a long needle are asked for: they leave few others.
const MOST_TERMS: usize = 24;
/// What stands behind the last letter of a text, so that its last two begin three.
const END: char = '\0';

/// An attribute as the index knows it.
pub(super) enum Trait<'a> {
    /// Of that channel, whatever its capitals.
    Channel(&'a str),
    /// By that role, whatever its capitals.
    Role(&'a str),
    /// It has that.
    Has(Has),
    /// That became of it.
    State(OutState),
}

impl Trait<'_> {
    /// The term of it.
    pub(super) fn term(&self) -> Term {
        let named = |kind: u32, name: &str| {
            name.bytes().fold(kind, |hash, byte| mixed(hash ^ u32::from(byte.to_ascii_lowercase())))
        };
        let hash = match self {
            Self::Channel(name) => named(1, name),
            Self::Role(name) => named(2, name),
            Self::Has(has) => named(3, has.as_str()),
            Self::State(state) => named(4, state.as_str()),
        };
        ATTRIBUTES + (mixed(hash) >> (32 - SHARED_BITS))
    }
}

/// Hands on every term of a text; many of them more than once.
pub(super) fn of_text(text: &str, put: &mut impl FnMut(Term)) {
    of_letters(&folded(text), put);
    if let Some(spelt) = folded_spelt(text) {
        of_letters(&spelt, put);
    }
}

fn of_letters(text: &str, put: &mut impl FnMut(Term)) {
    let (mut last, mut open): (Option<char>, Option<Term>) = (None, None);
    for c in text.chars().chain([END]) {
        if let Some(two) = open {
            put(two | third(c));
        }
        if c != END {
            put(letter(c));
        }
        open = last.map(|last| pair(last, c));
        last = Some(c);
    }
}

/// What the index is asked for a needle: a message that has it has a term of each of these ranges.
pub(super) fn of_needle(needle: &Needle) -> Vec<RangeInclusive<Term>> {
    let mut ranges = ranges(needle.spelt());
    if needle.is_exact() {
        ranges.extend(self::ranges(needle.folded()));
    }
    ranges.sort_unstable_by_key(|range| *range.start());
    ranges.dedup();
    // Of very many, some from everywhere.
    let step = ranges.len().div_ceil(MOST_TERMS).max(1);
    ranges.into_iter().step_by(step).collect()
}

fn ranges(needle: &str) -> Vec<RangeInclusive<Term>> {
    let letters: Vec<char> = needle.chars().collect();
    match letters[..] {
        [] => Vec::new(),
        [one] => vec![letter(one)..=letter(one)],
        [one, two] => {
            let from = pair(one, two);
            vec![from..=from | ((1 << THIRD_BITS) - 1)]
        }
        _ => letters
            .windows(3)
            .filter_map(|three| {
                let [one, two, last] = three else { return None };
                let term = pair(*one, *two) | third(*last);
                Some(term..=term)
            })
            .collect(),
    }
}

/// The first of the terms of three letters that begin with these two.
fn pair(one: char, two: char) -> Term {
    let hash = mixed(u32::from(one).wrapping_mul(0x9e37_79b1) ^ u32::from(two));
    hash >> (32 - PAIR_BITS) << THIRD_BITS
}

fn third(c: char) -> Term {
    mixed(u32::from(c)) >> (32 - THIRD_BITS)
}

fn letter(c: char) -> Term {
    let c = u32::from(c);
    if c < OWN_LETTERS { LETTERS + c } else { LETTERS + OWN_LETTERS + (mixed(c) >> (32 - SHARED_BITS)) }
}

/// Numbers that are near each other, far apart. What stands in an index depends on it, so it never changes.
const fn mixed(number: u32) -> u32 {
    let number = (number ^ (number >> 16)).wrapping_mul(0x85eb_ca6b);
    let number = (number ^ (number >> 13)).wrapping_mul(0xc2b2_ae35);
    number ^ (number >> 16)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn has(text: &str, needle: &Needle) -> bool {
        let mut terms = HashSet::new();
        of_text(text, &mut |term| terms.extend([term]));
        assert!(terms.iter().all(|term| *term < ATTRIBUTES));
        of_needle(needle).into_iter().all(|mut range| range.any(|term| terms.contains(&term)))
    }

    #[test]
    fn a_needle_leaves_out_what_lacks_it() {
        let needle = |text| Needle::new(text).unwrap();
        for (text, asked) in [("planet", "planets"), ("planet", "Planet"), ("no", "on"), ("退款", "款退"), ("a", "b")]
        {
            assert!(!has(text, &needle(asked)), "{text} {asked}");
        }
        assert!(Trait::Role("user").term() != Trait::Channel("user").term());
        assert_eq!(Trait::Role("User").term(), Trait::Role("uSER").term());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn every_part_of_a_text_is_found_by_its_terms(
            text in "[a-cA-C éÉßÅ退款か\u{3099}ガ한ᾧ7 \n]{1,40}", from in any::<prop::sample::Index>(), length in 1..60_usize,
        ) {
            let letters: Vec<char> = text.chars().collect();
            let part: String = letters.iter().skip(from.index(letters.len())).take(length).collect();
            if let Some(needle) = Needle::new(&part) && !needle.places(&text).is_empty() {
                prop_assert!(has(&text, &needle), "{:?} in {:?}", part, text);
            }
        }
    }
}
