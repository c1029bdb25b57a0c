//! The sanitiser: total, idempotent, linear, its output at most four times its input.
//!
//! Two passes, each over what the one before left: characters are marked one by one, then clusters are held to a size
//! that a cell can carry. Plain text takes neither.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use super::class::{Class, class, is_mark, is_pictograph, is_shaped, is_simple, is_zero_width};
use super::width::clusters;
use super::{cluster_width, display_width};

/// A tab reaches to the next multiple of this many columns.
const TAB_STOP: usize = 4;
/// What a cluster may have: more is a flood that a terminal cell can't carry.
const MAX_CODE_POINTS: usize = 16;
const MAX_MARKS: usize = 8;
/// Longer conjuncts are no word's.
const MAX_COLUMNS: usize = 8;
/// What a mark without a letter is set on.
const DOTTED_CIRCLE: char = '\u{25cc}';
const ZWJ: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';
const CANCEL_TAG: char = '\u{e007f}';
/// The regions whose flags are written with tag characters: England, Scotland, Wales. Any other run of tags is text
/// that nobody sees.
const FLAGS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Makes `raw` safe to show.
pub(super) fn sanitise(raw: &str) -> String {
    if is_plain(raw) {
        return raw.to_owned();
    }
    limit_clusters(&mark_characters(raw))
}

/// Whether there is nothing that would be marked and nothing that joins: nearly always.
pub(super) fn is_plain(raw: &str) -> bool {
    raw.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) || raw.chars().all(is_simple)
}

/// The first pass: every character that acts or hides becomes something to see. Tabs are left for the second, which
/// knows the column.
fn mark_characters(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + raw.len() / 8);
    let mut rest = raw.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        let last = out.chars().next_back();
        match class(c) {
            Class::Plain => {
                out.push(c);
                if c == BLACK_FLAG
                    && let Some(tags) = FLAGS.iter().find(|tags| rest.as_str().starts_with(**tags))
                {
                    out.push_str(tags);
                    rest = rest.as_str().get(tags.len()..).unwrap_or_default().chars();
                }
            }
            Class::Tab => out.push('\t'),
            Class::LineEnd => out.push('\n'),
            Class::CarriageReturn if next == Some('\n') => {}
            Class::CarriageReturn => out.push('\u{240d}'),
            Class::Picture(picture) => out.push(picture),
            Class::Joiner if last.is_some_and(is_shaped) || joins_emoji(&out, c, next) => out.push(c),
            Class::Presentation if has_presentations(last, c, next) => out.push(c),
            Class::MongolianVariant if last.is_some_and(|c| matches!(c, '\u{1820}'..='\u{18aa}')) => out.push(c),
            Class::Joiner | Class::Presentation | Class::MongolianVariant | Class::Marked => push_mark(&mut out, c),
        }
    }
    out
}

/// A visible mark that names the code point.
fn push_mark(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "<U+{:04X}>", u32::from(c));
}

/// Whether the joiner is inside an emoji sequence: the cluster rules decide, from the last character with a width on.
fn joins_emoji(before: &str, joiner: char, next: Option<char>) -> bool {
    let Some(next) = next.filter(|next| joiner == ZWJ && is_pictograph(*next)) else {
        return false;
    };
    let extends = |c: char| is_zero_width(c) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
    let mut tail = before.char_indices().rev().take(MAX_CODE_POINTS);
    let window = tail.find(|(_, c)| !extends(*c)).map_or(before.len(), |(at, _)| at);
    let mut sequence = before.get(window..).unwrap_or_default().to_owned();
    sequence.extend([joiner, next]);
    sequence.graphemes(true).next_back().is_some_and(|cluster| cluster.contains(ZWJ))
}

/// Whether the character before has both a text and an emoji presentation; digits have one in a keycap.
fn has_presentations(last: Option<char>, selector: char, next: Option<char>) -> bool {
    match last {
        Some('0'..='9' | '#' | '*') => selector == '\u{fe0f}' && next == Some('\u{20e3}'),
        Some(last) => is_pictograph(last),
        None => false,
    }
}

/// The second pass: tabs become spaces, lone marks get a base, floods are cut and counted.
fn limit_clusters(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut column = 0;
    for (_, cluster) in clusters(text) {
        match cluster {
            "\n" => {
                out.push('\n');
                column = 0;
            }
            "\t" => {
                let spaces = TAB_STOP - column % TAB_STOP;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            _ if cluster.len() == 1 => {
                out.push_str(cluster);
                column += 1;
            }
            _ => {
                let start = out.len();
                push_cluster(&mut out, cluster);
                column += out.get(start..).map_or(0, display_width);
            }
        }
    }
    out
}

/// One cluster, so that it takes a column at least and a cell can carry it.
fn push_cluster(out: &mut String, cluster: &str) {
    if !cluster.starts_with(|c| is_zero_width(c) || is_mark(c)) {
        return push_limited(out, cluster);
    }
    let based = format!("{DOTTED_CIRCLE}{cluster}");
    if clusters(&based).count() == 1 {
        push_limited(out, &based);
    } else if cluster_width(cluster) == 0 {
        cluster.chars().for_each(|c| push_mark(out, c));
    } else {
        push_limited(out, cluster);
    }
}

/// The cluster, or its beginning and how many code points were left out.
fn push_limited(out: &mut String, cluster: &str) {
    let (mut points, mut marks, mut kept, mut kept_points) = (0, 0, 0, 0);
    let mut open = true;
    for (at, c) in cluster.char_indices() {
        points += 1;
        marks += usize::from(points > 1 && is_zero_width(c));
        // One place is left for the `<`, which some letters draw into their own cluster.
        let end = at + c.len_utf8();
        open = open
            && points < MAX_CODE_POINTS
            && marks <= MAX_MARKS
            && cluster.get(..end).is_some_and(|part| cluster_width(part) < MAX_COLUMNS);
        if open {
            (kept, kept_points) = (end, points);
        }
    }
    if points <= MAX_CODE_POINTS && marks <= MAX_MARKS && cluster_width(cluster) <= MAX_COLUMNS {
        return out.push_str(cluster);
    }
    let mut beginning = cluster.get(..kept).unwrap_or_default();
    // What only means something together with what was left out goes too.
    while let Some(last) = beginning.chars().next_back()
        && last != CANCEL_TAG
        && (class(last) != Class::Plain)
    {
        beginning = beginning.get(..beginning.len() - last.len_utf8()).unwrap_or_default();
        kept_points -= 1;
    }
    out.push_str(beginning);
    // Writing to a String cannot fail.
    let _ = write!(out, "<+{}>", points - kept_points);
}
