//! How much two texts say the same by their words, without a model: pure, and the same on every machine.
//!
//! A text's words are what Unicode's word boundaries (UAX #29) leave that holds a letter or a digit, in small letters, reduced
//! to their stem by Snowball's rules of the suite's language, and without diacritics, as searches fold. Both texts' words
//! are counted; the likeness is twice the number of those they share, divided by the number of all: `2·|A∩B| / (|A|+|B|)`.
//! 1 where both have the same words equally often, in any order; 0 where they share none. Two texts without a word are alike.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::folded;

/// Whose rules reduce a word to its stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Nobody's: words stay as they are.
    None,
    /// English.
    #[default]
    English,
    /// Arabic.
    Arabic,
    /// Danish.
    Danish,
    /// Dutch.
    Dutch,
    /// Finnish.
    Finnish,
    /// French.
    French,
    /// German.
    German,
    /// Greek.
    Greek,
    /// Hungarian.
    Hungarian,
    /// Italian.
    Italian,
    /// Norwegian.
    Norwegian,
    /// Portuguese.
    Portuguese,
    /// Romanian.
    Romanian,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
    /// Swedish.
    Swedish,
    /// Tamil.
    Tamil,
    /// Turkish.
    Turkish,
}

impl Language {
    /// All of them, each with its word (ISO 639-1).
    pub const ALL: [(&'static str, Self); 19] = [
        ("none", Self::None),
        ("en", Self::English),
        ("ar", Self::Arabic),
        ("da", Self::Danish),
        ("nl", Self::Dutch),
        ("fi", Self::Finnish),
        ("fr", Self::French),
        ("de", Self::German),
        ("el", Self::Greek),
        ("hu", Self::Hungarian),
        ("it", Self::Italian),
        ("no", Self::Norwegian),
        ("pt", Self::Portuguese),
        ("ro", Self::Romanian),
        ("ru", Self::Russian),
        ("es", Self::Spanish),
        ("sv", Self::Swedish),
        ("ta", Self::Tamil),
        ("tr", Self::Turkish),
    ];

    /// The language of a word; none where it is none of them.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, language)| *language)
    }

    fn stemmer(self) -> Option<Stemmer> {
        Some(Stemmer::create(match self {
            Self::None => return None,
            Self::English => Algorithm::English,
            Self::Arabic => Algorithm::Arabic,
            Self::Danish => Algorithm::Danish,
            Self::Dutch => Algorithm::Dutch,
            Self::Finnish => Algorithm::Finnish,
            Self::French => Algorithm::French,
            Self::German => Algorithm::German,
            Self::Greek => Algorithm::Greek,
            Self::Hungarian => Algorithm::Hungarian,
            Self::Italian => Algorithm::Italian,
            Self::Norwegian => Algorithm::Norwegian,
            Self::Portuguese => Algorithm::Portuguese,
            Self::Romanian => Algorithm::Romanian,
            Self::Russian => Algorithm::Russian,
            Self::Spanish => Algorithm::Spanish,
            Self::Swedish => Algorithm::Swedish,
            Self::Tamil => Algorithm::Tamil,
            Self::Turkish => Algorithm::Turkish,
        }))
    }
}

/// How alike two texts are, from 0 to 1, as the head of this file says.
pub fn likeness(one: &str, other: &str, language: Language) -> f64 {
    let stemmer = language.stemmer();
    let (one, other) = (counted(one, stemmer.as_ref()), counted(other, stemmer.as_ref()));
    let all: usize = one.values().chain(other.values()).sum();
    if all == 0 {
        return 1.0;
    }
    let shared: usize = one.iter().map(|(word, count)| other.get(word).map_or(0, |there| *count.min(there))).sum();
    (2 * shared) as f64 / all as f64
}

/// How many words a text has.
pub(super) fn words(text: &str) -> usize {
    text.unicode_words().count()
}

fn counted(text: &str, stemmer: Option<&Stemmer>) -> HashMap<String, usize> {
    let mut counted = HashMap::new();
    for word in text.unicode_words() {
        let word = word.to_lowercase();
        let stem = stemmer.map_or_else(|| folded(&word), |stemmer| folded(&stemmer.stem(&word)));
        *counted.entry(stem).or_default() += 1;
    }
    counted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_says_the_same_in_other_forms_is_alike() {
        let of = |one, other| likeness(one, other, Language::English);
        assert!((of("There are eight planets.", "eight PLANET there are") - 1.0).abs() < 1e-9);
        assert!((of("eight planets", "nine moons")).abs() < 1e-9);
        // 2 of 3 and 3 words: 2·2/6.
        assert!((of("a red house", "a red car") - 2.0 / 3.0).abs() < 1e-9);
        // A word counts as often as both have it.
        assert!((of("ha ha ha", "ha") - 0.5).abs() < 1e-9);
        assert!((of("", "— …") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn each_language_has_its_own_stems() {
        let of = |language| likeness("Häuser", "Haus", language);
        assert!(of(Language::None) < 0.5);
        assert!((likeness("Zeitungen", "Zeitung", Language::German) - 1.0).abs() < 1e-9);
        for (word, language) in Language::ALL {
            assert_eq!(Language::from_word(word), Some(language));
            assert!((likeness("one two", "two one", language) - 1.0).abs() < 1e-9, "{word}");
        }
    }

    proptest! {
        #[test]
        fn it_is_a_share_and_the_same_both_ways(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            let (there, back) = (likeness(&one, &other, Language::English), likeness(&other, &one, Language::English));
            prop_assert!((0.0..=1.0).contains(&there) && (there - back).abs() < 1e-12);
            prop_assert!((likeness(&one, &one, Language::English) - 1.0).abs() < 1e-12);
        }
    }
}
