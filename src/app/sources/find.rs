//! Where a text has what is searched: letter for letter, and whatever the case where only small letters are asked for.

use std::ops::Range;

/// All places, in order, none over another.
pub fn places(text: &str, asked: &str) -> Vec<Range<usize>> {
    if asked.is_empty() {
        return Vec::new();
    }
    if asked.chars().any(char::is_uppercase) {
        return text.match_indices(asked).map(|(at, found)| at..at + found.len()).collect();
    }
    let Some(first) = asked.chars().next() else { return Vec::new() };
    let mut places = Vec::new();
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if at < end || !same(c, first) {
            continue;
        }
        if let Some(length) = matched(text.get(at..).unwrap_or_default(), asked) {
            end = at + length;
            places.push(at..end);
        }
    }
    places
}

/// How many bytes of the text's beginning are what is asked for, whatever their case.
fn matched(text: &str, asked: &str) -> Option<usize> {
    let mut length = 0;
    let mut there = text.chars();
    for c in asked.chars() {
        let found = there.next().filter(|found| same(*found, c))?;
        length += found.len_utf8();
    }
    Some(length)
}

fn same(there: char, asked: char) -> bool {
    there == asked || there.to_lowercase().eq(asked.to_lowercase())
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
        assert!(places("a", "").is_empty());
    }
}
