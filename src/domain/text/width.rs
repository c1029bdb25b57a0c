//! How wide text is, and where terminals disagree about it.
//!
//! Owns the one table of widths. Most terminals add up the widths of a cluster's code points; others draw a cluster as
//! one. A cluster is given the columns of those that take the most, so that none cuts it and none draws over what stands
//! behind it. An emoji of several is the exception: its parts beyond the first may be set over by what follows.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_segmentation::{Graphemes, UnicodeSegmentation};
use unicode_width::UnicodeWidthChar;

use super::class::is_pictograph;

const EMOJI_PRESENTATION: char = '\u{fe0f}';

/// How many columns the text is given, by the program's one width table. Line ends take none.
pub fn display_width(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.len();
    }
    clusters(text).map(|(_, cluster)| cluster_width(cluster)).sum()
}

/// How many columns one cluster is given: as many as any terminal takes for it, and two for an emoji that begins with a
/// wide one. None for a control or a lone mark.
pub fn cluster_width(cluster: &str) -> usize {
    if let [byte] = cluster.as_bytes() {
        return usize::from(matches!(byte, b' '..=b'~'));
    }
    let mut chars = cluster.chars();
    match (chars.next(), chars.next()) {
        (None, _) => 0,
        (Some(first), _) if first.is_control() => 0,
        (Some(only), None) => columns(only),
        (Some(first), Some(_)) if columns(first) == 2 && begins_emoji(first) => 2,
        _ => {
            let mut last = 0;
            cluster.chars().fold(0, |sum, c| {
                // Asked for as an emoji, what is narrow alone is wide.
                let own = if c == EMOJI_PRESENTATION && last == 1 { 1 } else { columns(c) };
                last = own;
                sum + own
            })
        }
    }
}

/// The most columns that a terminal may take for a cluster, at least as many as it is given; none if all terminals take
/// those that it is given. What stands within them is drawn again behind the cluster.
pub fn cluster_reach(cluster: &str) -> Option<usize> {
    let mut chars = cluster.chars();
    match (chars.next(), chars.next()) {
        (None, _) => None,
        (Some(only), None) if is_agreed(only) => None,
        (Some(only), None) => Some(columns(only).max(2)),
        // Marks and joiners that a terminal doesn't know take a column of their own.
        _ => Some(cluster.chars().map(|c| columns(c).max(1)).sum::<usize>().max(cluster_width(cluster))),
    }
}

/// The beginning of a cluster that takes no more than that many columns in any terminal that knows its marks; never less
/// than its first code point. For the end of a row, behind which some terminals go on.
pub fn cluster_within(cluster: &str, room: usize) -> &str {
    let mut used = 0;
    let mut chars = cluster.char_indices();
    let over = chars.find(|(at, c)| {
        used += columns(*c).max(usize::from(*c == EMOJI_PRESENTATION));
        *at > 0 && used > room
    });
    over.and_then(|(at, _)| cluster.get(..at)).unwrap_or(cluster)
}

/// A cluster without what makes an emoji of several: its first part where it is joined, and none of it asked for as an
/// emoji. All others are as they are.
pub fn cluster_bare(cluster: &str) -> String {
    let mut chars = cluster.chars().filter(|c| *c != EMOJI_PRESENTATION);
    let first = chars.next().filter(|c| !is_regional(*c) && is_pictograph(*c));
    first.map_or_else(|| cluster.replace(EMOJI_PRESENTATION, ""), String::from)
}

/// The clusters of a text with the byte each starts at. What some terminals take for a mark is never the first of one
/// unless a line begins with it: the cluster rules set some of Burmese apart.
pub fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    Clusters { text, at: 0, inner: None }
}

struct Clusters<'a> {
    text: &'a str,
    /// Where the next one begins.
    at: usize,
    /// Finds those that are not plain, where it stands at the next one.
    inner: Option<Graphemes<'a>>,
}

impl Clusters<'_> {
    /// Whether the next one is a character of ASCII behind which nothing stands that joins it: most of all that is drawn.
    fn is_plain(&self) -> bool {
        let plain = |byte: &u8| matches!(byte, b' '..=b'~');
        let mut bytes = self.text.as_bytes().get(self.at..).unwrap_or_default().iter();
        bytes.next().is_some_and(plain) && bytes.next().is_none_or(|next| plain(next) || *next == b'\n')
    }

    /// How long the next one is, whatever it is.
    fn measure(&mut self) -> Option<usize> {
        let rest = self.text.get(self.at..)?;
        let mut inner = self.inner.take().filter(|inner| inner.as_str().len() == rest.len());
        let inner = inner.get_or_insert_with(|| rest.graphemes(true));
        let first = inner.next()?;
        if !first.starts_with(char::is_control) {
            while inner.as_str().starts_with(is_mark_apart) {
                inner.next();
            }
        }
        let len = rest.len() - inner.as_str().len();
        self.inner = Some(inner.clone());
        Some(len)
    }
}

impl<'a> Iterator for Clusters<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        self.at += if self.is_plain() { 1 } else { self.measure()? };
        self.text.get(at..self.at).map(|cluster| (at, cluster))
    }
}

/// Whether it is a spacing mark that the cluster rules don't join to the letter before it.
pub(super) fn is_mark_apart(c: char) -> bool {
    matches!(c,
        '\u{102b}'..='\u{109c}' | '\u{1a61}'..='\u{1a64}' | '\u{aa7b}'..='\u{aa7d}' | '\u{11720}'..='\u{11721}')
        && c.general_category() == GeneralCategory::SpacingMark
}

/// The columns of one code point.
fn columns(c: char) -> usize {
    match c.width() {
        // Half of a flag: terminals take one or two.
        Some(_) if is_regional(c) => 2,
        // The table counts what extends a cluster as nothing; terminals give a spacing mark its column.
        Some(0) if is_spacing(c) => 1,
        Some(columns) => columns,
        None => 0,
    }
}

fn is_spacing(c: char) -> bool {
    c >= '\u{900}' && matches!(c.general_category(), GeneralCategory::SpacingMark | GeneralCategory::ModifierLetter)
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Whether a cluster that begins with this wide character is an emoji.
fn begins_emoji(c: char) -> bool {
    is_regional(c) || (!is_ideograph(c) && is_pictograph(c))
}

/// The scripts whose every letter all terminals make two columns wide.
fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115e}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether all terminals give the character, alone, as many columns. Not: emoji, which older tables make narrow or newer
/// ones wide, and what later versions of Unicode added.
fn is_agreed(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' => false,
        '\u{a1}'..='\u{10ff}' | '\u{1200}'..='\u{1fff}' => c.width() == Some(1) && !is_mark_apart(c),
        ' '..='~'
        | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}'
        | '\u{20a0}'..='\u{20bf}'
        | '\u{2190}'..='\u{22ff}'
        | '\u{2500}'..='\u{259f}'
        | '\u{270e}'
        | '\u{2713}'
        | '\u{2717}'
        | '\u{ff61}'..='\u{ff9d}' => true,
        _ => is_ideograph(c) && c.width() == Some(2),
    }
}
