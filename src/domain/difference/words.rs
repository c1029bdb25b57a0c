//! What differs between two texts, word by word.

use std::time::Instant;

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{PATIENCE, Side};

/// What differs word by word: the parts in order, so that those of one side and of both are that side's text to the byte.
/// No two parts beside each other stand on the same side.
pub fn word_difference(old: &str, new: &str) -> Vec<(Side, String)> {
    let (old, new) = (pieces(old), pieces(new));
    let deadline = Instant::now().checked_add(PATIENCE);
    let mut parts: Vec<(Side, String)> = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline) {
        if let DiffOp::Equal { .. } = op {
            push(&mut parts, Side::Both, new.get(op.new_range()));
        } else {
            push(&mut parts, Side::Old, old.get(op.old_range()));
            push(&mut parts, Side::New, new.get(op.new_range()));
        }
    }
    parts
}

fn push(parts: &mut Vec<(Side, String)>, side: Side, pieces: Option<&[&str]>) {
    let text = pieces.unwrap_or_default().concat();
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some((last, before)) if *last == side => before.push_str(&text),
        _ => parts.push((side, text)),
    }
}

/// Words, and what stands between them.
fn pieces(text: &str) -> Vec<&str> {
    text.split_word_bounds().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_that_went_and_came_stand_where_they_stood() {
        let parts = word_difference("There are eight planets.", "There are nine planets.");
        let of = |side, text: &str| (side, text.to_owned());
        assert_eq!(
            parts,
            [
                of(Side::Both, "There are "),
                of(Side::Old, "eight"),
                of(Side::New, "nine"),
                of(Side::Both, " planets.")
            ]
        );
        assert_eq!(word_difference("a", "a"), [of(Side::Both, "a")]);
        assert_eq!(word_difference("", ""), []);
    }

    proptest! {
        #[test]
        fn both_texts_stand_in_it(old in "[ab\u{e9} .\n]{0,30}", new in "[ab\u{e9} .\n]{0,30}") {
            let parts = word_difference(&old, &new);
            let side = |without: Side| -> String {
                parts.iter().filter(|(side, _)| *side != without).map(|(_, text)| text.as_str()).collect()
            };
            prop_assert_eq!(side(Side::New), old);
            prop_assert_eq!(side(Side::Old), new);
            prop_assert!(parts.windows(2).all(|two| two[0].0 != two[1].0));
        }
    }
}
