//! Where a text has what is searched: letter for letter as searches compare them, whatever the case where only small letters
//! are asked for.

use std::ops::Range;

use crate::domain::Needle;

/// All places by bytes, in order, none over another. None where nothing is asked for.
pub fn places(text: &str, asked: &str) -> Vec<Range<usize>> {
    match Needle::new(asked) {
        Some(needle) => needle.places(text),
        // Nothing but spaces, which are letters of a text like others.
        None if asked.is_empty() => Vec::new(),
        None => text.match_indices(asked).map(|(at, found)| at..at + found.len()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_find_both_and_capitals_themselves() {
        assert_eq!(places("Moon moon MOON", "moon"), [0..4, 5..9, 10..14]);
        assert_eq!(places("Moon moon MOON", "moo"), [0..3, 5..8, 10..13]);
        assert_eq!(places("Moon moon Moon", "Moon"), [0..4, 10..14]);
        assert_eq!(places("ÄÖ äö", "äö"), [0..4, 5..9]);
        assert_eq!(places("aaaaa", "aa"), [0..2, 2..4]);
        assert_eq!(places("a.b axb a.b", "a.b"), [0..3, 8..11]);
        assert_eq!(places("a  b  ", "  "), [1..3, 4..6]);
        assert!(places("a", "").is_empty());
    }

    #[test]
    fn both_forms_of_a_letter_are_one() {
        assert_eq!(places("cafe\u{301} café", "café"), [0..6, 7..12]);
        assert_eq!(places("cafe\u{301} café", "cafe\u{301}"), [0..6, 7..12]);
    }
}
