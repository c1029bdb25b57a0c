//! What git writes into a file that two sides changed. Owns how that is recognised.

/// Whether a text bears git's conflict marks: the beginning, the middle and the end, each on a line, in this order.
pub fn is_conflicted(text: &str) -> bool {
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let mut wanted = 0;
    for line in text.split('\n').map(|line| line.trim_end_matches('\r')) {
        let Some(mark) = marks.get(wanted) else { return true };
        let rest = line.strip_prefix(mark);
        // The middle bears no name; seven of these under a line are a heading, and come without the others.
        if rest.is_some_and(|rest| rest.is_empty() || (wanted != 1 && rest.starts_with(' '))) {
            wanted += 1;
        }
    }
    wanted == marks.len()
}

/// The first line of a mark in a text that should bear none, from 1.
pub(super) fn first_marker(text: &str) -> Option<usize> {
    let is = |line: &str| ["<<<<<<<", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    text.lines().position(|line| is(line) || line == "=======").map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_told_from_a_heading() {
        assert!(is_conflicted("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd\n"));
        assert!(is_conflicted("<<<<<<< HEAD\r\nb\r\n||||||| base\r\n=======\r\n>>>>>>> x"));
        for text in [
            "Title\n=======\ntext\n",
            "<<<<<<< HEAD\n",
            " <<<<<<< a\n =======\n >>>>>>> b\n",
            "",
            "<<<<<<<<\n=======\n>>>>>>>>",
        ] {
            assert!(!is_conflicted(text), "{text}");
        }
        assert_eq!(first_marker("{\n\"a\": 1\n=======\n"), Some(3));
        assert_eq!(first_marker("{}"), None);
    }
}
