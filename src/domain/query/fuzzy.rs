//! Letters in their order, wherever they stand: how titles are searched.

use super::fold::fold;

/// How well a title has these letters in this order: more is better; none where it doesn't have them, or so scattered that
/// it is chance.
pub fn fuzzy(letters: &str, title: &str) -> Option<u32> {
    let letters: Vec<char> = fold(letters, false).chars().filter(|c| *c != ' ').collect();
    let title: Vec<char> = fold(title, false).chars().collect();
    if letters.is_empty() {
        return Some(0);
    }
    (0..title.len())
        .filter(|from| title.get(*from) == letters.first())
        .filter_map(|from| best_from(&letters, &title, from))
        .max()
}

/// The same, with the first letter at that place and each other at the next place that it has.
fn best_from(letters: &[char], title: &[char], from: usize) -> Option<u32> {
    let starts = |at: usize| at.checked_sub(1).and_then(|at| title.get(at)).is_none_or(|c| !c.is_alphanumeric());
    let (mut score, mut at, mut last) = (0, from, None);
    for letter in letters {
        let found = at + title.get(at..)?.iter().position(|c| c == letter)?;
        score += match last {
            Some(last) if found == last + 1 => 4,
            _ if starts(found) => 6,
            _ => 1,
        };
        (last, at) = (Some(found), found + 1);
    }
    // Scattered further than this, long titles have any few letters.
    let span = at - from;
    (span <= 4 * letters.len()).then_some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_are_found_and_the_nearest_are_best() {
        assert!(fuzzy("refnd", "Refund for order 7").is_some());
        assert!(fuzzy("rfo", "Refund for order 7").is_some());
        assert_eq!(fuzzy("dnfer", "Refund"), None);
        assert_eq!(fuzzy("z", ""), None);
        assert_eq!(fuzzy("", "anything"), Some(0));
        assert!(fuzzy("refund", "a Refund") > fuzzy("refund", "are funding"));
        assert!(fuzzy("eclair", "Un éclair").is_some());
        assert_eq!(fuzzy("abc", "a long title that has no bearing on countries"), None);
    }
}
