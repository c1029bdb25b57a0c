//! What differs between two texts, line by line or word by word, and three texts joined: pure, and the same for a screen and
//! a command.

mod words;

use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

pub use words::word_difference;

/// After so long the rest is told as replaced: two texts without a common line must not hold up a screen.
const PATIENCE: Duration = Duration::from_millis(200);

/// Where a line of a difference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// In both.
    Both,
    /// In the old text alone.
    Old,
    /// In the new text alone.
    New,
}

/// One line of a difference. Untrusted text, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub side: Side,
    /// What it says. A carriage return at its end belongs to it.
    pub text: String,
    /// Whether it is the last of its text and no newline follows.
    pub open: bool,
}

/// A piece of a difference with the lines around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The number of its first line in the old text, from 1.
    pub old_start: usize,
    /// The number of its first line in the new text, from 1.
    pub new_start: usize,
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

/// What differs, with so many lines around each difference. Nothing where the texts are equal to the byte.
pub fn hunks(old: &str, new: &str, around: usize) -> Vec<Hunk> {
    let (old, new) = (lines(old), lines(new));
    let ops = compare(&old, &new);
    let mut hunks = Vec::new();
    for group in similar::group_diff_ops(ops, around) {
        let Some(first) = group.first() else { continue };
        let (old_start, new_start) = (first.old_range().start + 1, first.new_range().start + 1);
        let mut hunk = Hunk { old_start, new_start, lines: Vec::new() };
        for op in &group {
            if let DiffOp::Equal { .. } = op {
                hunk.take(Side::Both, &new, op.new_range());
            } else {
                hunk.take(Side::Old, &old, op.old_range());
                hunk.take(Side::New, &new, op.new_range());
            }
        }
        hunks.push(hunk);
    }
    hunks
}

impl Hunk {
    fn take(&mut self, side: Side, lines: &[&str], range: Range<usize>) {
        self.lines.extend(lines.get(range).unwrap_or_default().iter().map(|line| {
            let text = line.strip_suffix('\n');
            Line { side, text: text.unwrap_or(line).to_owned(), open: text.is_none() }
        }));
    }
}

/// Two changed texts joined over what both began from. Where both changed the same lines differently both stand there,
/// between git's conflict marks; the number of such places.
pub fn merge_texts(base: &str, mine: &str, theirs: &str) -> (String, usize) {
    let (base, mine, theirs) = (lines(base), lines(mine), lines(theirs));
    let (in_mine, in_theirs) = (places(&base, &mine), places(&base, &theirs));
    let (mut merged, mut conflicts) = (String::new(), 0);
    let (mut b, mut m, mut t) = (0, 0, 0);
    for at in 0..=base.len() {
        // The next line that stands in all three, or their ends.
        let (to_mine, to_theirs) = match (in_mine.get(at), in_theirs.get(at)) {
            (Some(Some(mine)), Some(Some(theirs))) => (*mine, *theirs),
            (None, None) => (mine.len(), theirs.len()),
            _ => continue,
        };
        let before = base.get(b..at).unwrap_or_default();
        let ours = mine.get(m..to_mine).unwrap_or_default();
        let other = theirs.get(t..to_theirs).unwrap_or_default();
        if ours == before || ours == other {
            merged.extend(other.iter().copied());
        } else if other == before {
            merged.extend(ours.iter().copied());
        } else {
            conflicts += 1;
            mark(&mut merged, "<<<<<<< mine", ours);
            mark(&mut merged, "=======", other);
            mark(&mut merged, ">>>>>>> theirs", &[]);
        }
        merged.push_str(base.get(at).copied().unwrap_or_default());
        (b, m, t) = (at + 1, to_mine + 1, to_theirs + 1);
    }
    (merged, conflicts)
}

/// A mark on a line of its own, and the lines under it.
fn mark(merged: &mut String, mark: &str, lines: &[&str]) {
    if !merged.is_empty() && !merged.ends_with('\n') {
        merged.push('\n');
    }
    merged.push_str(mark);
    merged.push('\n');
    merged.extend(lines.iter().copied());
}

/// Each line of the base with its place in a changed text, where it is still there.
fn places(base: &[&str], changed: &[&str]) -> Vec<Option<usize>> {
    let mut places = vec![None; base.len()];
    for op in compare(base, changed) {
        if let DiffOp::Equal { .. } = op {
            for (place, at) in places.get_mut(op.old_range()).unwrap_or_default().iter_mut().zip(op.new_range()) {
                *place = Some(at);
            }
        }
    }
    places
}

fn compare(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let deadline = Instant::now().checked_add(PATIENCE);
    capture_diff_slices_deadline(Algorithm::Myers, old, new, deadline)
}

/// A text's lines with their ends.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(hunks: &[Hunk]) -> String {
        let line = |line: &Line| {
            let sign = match line.side {
                Side::Both => ' ',
                Side::Old => '-',
                Side::New => '+',
            };
            format!("{sign}{}{}", line.text, if line.open { "$" } else { "\n" })
        };
        hunks.iter().flat_map(|h| &h.lines).map(line).collect()
    }

    #[test]
    fn a_difference_shows_what_went_and_what_came_with_what_stands_around() {
        let found = hunks("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n", 1);
        assert_eq!(shown(&found), " b\n-c\n+X\n d\n");
        assert_eq!((found[0].old_start, found[0].new_start), (2, 2));
        assert!(hunks("same\n", "same\n", 3).is_empty());
    }

    #[test]
    fn line_ends_and_the_last_newline_are_differences() {
        assert_eq!(shown(&hunks("a\nb", "a\nb\n", 0)), "-b$+b\n");
        assert_eq!(shown(&hunks("a\r\n", "a\n", 0)), "-a\r\n+a\n");
        assert_eq!(shown(&hunks("", "a", 0)), "+a$");
    }

    #[test]
    fn two_changes_in_different_places_are_joined() {
        let merged = merge_texts("1\n2\n3\n4\n", "one\n2\n3\n4\n", "1\n2\n3\nfour\nfive\n");
        assert_eq!(merged, ("one\n2\n3\nfour\nfive\n".to_owned(), 0));
    }

    #[test]
    fn two_changes_in_one_place_stand_between_marks() {
        let (text, conflicts) = merge_texts("1\n2\n3\n", "1\nmine\n3\n", "1\ntheirs\n3\n");
        assert_eq!(text, "1\n<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> theirs\n3\n");
        assert_eq!(conflicts, 1);
    }

    proptest! {
        #[test]
        fn where_one_side_is_unchanged_the_other_is_the_result(base in "([ab]\n?){0,12}", other in "([abc]\n?){0,12}") {
            prop_assert_eq!(merge_texts(&base, &base, &other), (other.clone(), 0));
            prop_assert_eq!(merge_texts(&base, &other, &base), (other.clone(), 0));
            prop_assert_eq!(merge_texts(&base, &other, &other), (other.clone(), 0));
        }

        #[test]
        fn a_difference_holds_both_texts(old in "([ab]\r?\n?){0,12}", new in "([abc]\n?){0,12}") {
            let all = hunks(&old, &new, usize::MAX / 4);
            let side = |without: Side| -> String {
                let lines = all.iter().flat_map(|h| &h.lines).filter(|l| l.side != without);
                lines.fold(String::new(), |text, l| text + &l.text + if l.open { "" } else { "\n" })
            };
            if old == new {
                prop_assert!(all.is_empty());
            } else {
                prop_assert_eq!(side(Side::New), old);
                prop_assert_eq!(side(Side::Old), new);
            }
        }
    }
}
