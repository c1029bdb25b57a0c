//! How much of one text stands in another: whether a file was moved and edited, or is another one.

use std::collections::HashMap;

/// From here on two texts are one that was edited.
pub(super) const ENOUGH: usize = 60;

/// So many pairs are compared at most.
pub(super) const MOST: usize = 20_000;

/// How many hundredths of the longer text are lines that both have, wherever they stand.
pub(super) fn percent(one: &str, other: &str) -> usize {
    let longer = one.len().max(other.len());
    // What is too unequal in length need not be looked at.
    if longer == 0 || one.len().min(other.len()) * 100 < longer * ENOUGH {
        return 0;
    }
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for line in one.split_inclusive('\n') {
        *lines.entry(line).or_default() += 1;
    }
    let shared = other.split_inclusive('\n').filter(|line| match lines.get_mut(line) {
        Some(left @ 1..) => {
            *left -= 1;
            true
        }
        _ => false,
    });
    shared.map(str::len).sum::<usize>() * 100 / longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_common_are_counted_by_their_length() {
        assert_eq!(percent("a\nb\nc\nd\n", "a\nb\nc\nx\n"), 75);
        assert_eq!(percent("same\n", "same\n"), 100);
        assert_eq!(percent("a\na\n", "a\nb\n"), 50);
        assert_eq!(percent("short\n", "short\nand a very long line behind\n"), 0);
        assert_eq!(percent("", ""), 0);
    }
}
