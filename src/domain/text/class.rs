//! Which character is what to the sanitiser: one table of the ones that act on a terminal or that nobody sees.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// What the sanitiser does with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Stays, if its cluster is not a flood.
    Plain,
    /// Is shown by this picture of it: C0 controls and DEL.
    Picture(char),
    /// Spaces up to the next stop.
    Tab,
    /// Ends a line with the line feed behind it, else is a control like others.
    CarriageReturn,
    /// Ends a line.
    LineEnd,
    /// Zero-width joiner and non-joiner: stay where a script or an emoji needs them.
    Joiner,
    /// Text and emoji presentation selectors: stay behind what has both presentations.
    Presentation,
    /// Mongolian variation selectors: stay behind a Mongolian letter.
    MongolianVariant,
    /// Never stays: becomes a visible mark that names the code point.
    Marked,
}

/// The class of a character.
pub(super) fn class(c: char) -> Class {
    match c {
        '\t' => Class::Tab,
        '\r' => Class::CarriageReturn,
        '\n' | ' '..='~' => Class::Plain,
        '\u{0}'..='\u{1f}' => Class::Picture(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
        '\u{7f}' => Class::Picture('\u{2421}'),
        '\u{80}'..='\u{9f}' => Class::Picture('\u{fffd}'),
        '\u{2028}' | '\u{2029}' => Class::LineEnd,
        '\u{200c}' | '\u{200d}' => Class::Joiner,
        '\u{fe0e}' | '\u{fe0f}' => Class::Presentation,
        '\u{180b}'..='\u{180d}' | '\u{180f}' => Class::MongolianVariant,
        _ if is_invisible(c) => Class::Marked,
        _ => Class::Plain,
    }
}

/// Bidi controls, default-ignorable code points, other format controls that show nothing, and noncharacters.
fn is_invisible(c: char) -> bool {
    // The cheap answer first: nearly all of what is written lies in these.
    if matches!(c, '\u{ae}'..='\u{34e}' | '\u{3400}'..='\u{d7ff}' | '\u{e000}'..='\u{fdcf}') {
        return false;
    }
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether the character stays, has a width and never joins another: most of what is written in Latin, Greek, Cyrillic,
/// Chinese and Japanese, with its punctuation. No more than a short cut: what isn't here takes the long way.
pub(super) fn is_simple(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\n' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20c0}' | '\u{2100}'..='\u{23ff}'
        | '\u{2500}'..='\u{27bf}' | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff9d}')
}

/// Whether the character takes no column of its own, the ones that only attach to another included.
pub(super) fn is_zero_width(c: char) -> bool {
    c.width() == Some(0)
}

/// Whether the character, alone in a cell, is what it seems and takes a column.
pub(super) fn stands_alone(c: char) -> bool {
    is_simple(c) || class(c) == Class::Plain && !is_zero_width(c) && !is_mark(c)
}

/// Whether the character can be a part of an emoji: the cluster rules know, so no second table is kept.
pub(super) fn is_pictograph(c: char) -> bool {
    let pair: String = [c, '\u{200d}', '\u{1f600}'].iter().collect();
    !c.is_ascii() && pair.graphemes(true).count() == 1
}

/// Whether a joiner or non-joiner behind the character can change how it is written: letters and marks of the
/// scripts that shape.
pub(super) fn is_shaped(c: char) -> bool {
    let shaping = matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
        | '\u{1a00}'..='\u{1aaf}' | '\u{1b00}'..='\u{1bff}' | '\u{2d30}'..='\u{2d7f}' | '\u{a800}'..='\u{a8ff}'
        | '\u{a980}'..='\u{aa7f}' | '\u{aae0}'..='\u{abff}' | '\u{fb1d}'..='\u{fdcf}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10a00}'..='\u{10aff}' | '\u{10c00}'..='\u{10fff}' | '\u{11000}'..='\u{11fff}'
        | '\u{1e900}'..='\u{1e95f}');
    shaping && class(c) == Class::Plain && (c.is_alphabetic() || is_zero_width(c))
}

/// Whether it is a mark that belongs to a letter before it, by its category: some terminals give it no column.
pub(super) fn is_mark(c: char) -> bool {
    !is_simple(c)
        && matches!(
            c.general_category(),
            GeneralCategory::SpacingMark | GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_simple_stays_alone_and_has_a_width() {
        for c in (0..=0x0010_ffff).filter_map(char::from_u32).filter(|c| is_simple(*c)) {
            assert!(class(c) == Class::Plain && stands_alone(c), "{:x}", u32::from(c));
            for (text, clusters) in [(format!("x{c}y"), 3), (format!("{c}{c}"), 2), (format!("日{c}日"), 3)] {
                assert_eq!(text.graphemes(true).count(), clusters, "{text}");
            }
        }
    }
}
