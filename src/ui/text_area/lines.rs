//! Lines as they came, in rows of a width: where they break, and how they are painted. What a text holds besides
//! letters is seen: a carriage return has a mark, a tab its columns, and nothing hides.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::domain::{SafeText, clusters, display_width};
use crate::ui::paint;

/// A tab reaches to the next multiple of this many columns.
const TAB_STOP: usize = 4;

/// Where the row behind the one that begins there begins: behind a line end, or where the row is full, after a space if
/// there is one in its second half. None where the text ends in this row. Looks no further than the row.
pub(super) fn next_row(text: &str, from: usize, columns: usize) -> Option<usize> {
    let rest = text.get(from..).unwrap_or_default();
    let broken = |full: usize, space: Option<usize>| match space {
        Some(space) if full < 2 * space => from + space,
        _ => from + full,
    };
    let row = rest.as_bytes().get(..=columns).unwrap_or(rest.as_bytes());
    match row.iter().position(|byte| !matches!(byte, b' '..=b'~')) {
        None if row.len() <= columns => return None,
        None => {
            let space = row.iter().take(columns).rposition(|byte| *byte == b' ');
            return Some(broken(columns, space.map(|at| at + 1)));
        }
        Some(at) if row.get(at) == Some(&b'\n') => return Some(from + at + 1),
        Some(_) => {}
    }
    let (mut used, mut space) = (0, None);
    for (at, cluster) in clusters(rest) {
        if matches!(cluster, "\n" | "\r\n") {
            return Some(from + at + cluster.len());
        }
        used += width_at(cluster, used);
        if used > columns && at > 0 {
            return Some(broken(at, space));
        }
        if matches!(cluster, " " | "\t") {
            space = Some(at + 1);
        }
    }
    None
}

/// Whether each byte is a column.
fn is_plain(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The columns of a cluster that begins in a column of its row.
fn width_at(cluster: &str, column: usize) -> usize {
    match cluster {
        "\t" => TAB_STOP - column % TAB_STOP,
        _ if is_plain(cluster) => cluster.len(),
        _ => display_width(SafeText::new(cluster).as_str()),
    }
}

/// The columns of a part of a row from its beginning on.
pub(in crate::ui) fn columns_of(part: &str) -> usize {
    if is_plain(part) {
        return part.len();
    }
    clusters(part).fold(0, |used, (_, cluster)| used + width_at(cluster, used))
}

/// The byte of a row's part at a column, or of the cluster that covers it.
pub(in crate::ui) fn byte_at(part: &str, column: usize) -> usize {
    let mut used = 0;
    for (at, cluster) in clusters(part) {
        used += width_at(cluster, used);
        if used > column {
            return at;
        }
    }
    part.len()
}

/// Paints a row's part; `style` tells the style of the cluster at a byte of it. Tells how many columns it took.
pub(in crate::ui) fn paint(
    buf: &mut Buffer,
    (x, y): (u16, u16),
    columns: u16,
    part: &str,
    style: impl Fn(usize) -> Style,
) -> u16 {
    let mut used = 0;
    let mut put = |text: &SafeText, style: Style| {
        used += paint::text(buf, (x + used, y), columns - used, text, style);
        usize::from(used)
    };
    let (mut run, mut run_style, mut column) = (String::new(), Style::new(), 0);
    for (at, cluster) in clusters(part) {
        let here = style(at);
        let is_run = is_plain(cluster);
        if !run.is_empty() && (here != run_style || !is_run) {
            put(&SafeText::new(&run), run_style);
            run.clear();
        }
        run_style = here;
        if is_run {
            run.push_str(cluster);
            column += cluster.len();
        } else if cluster == "\t" {
            let spaces = width_at(cluster, column);
            put(&SafeText::new(&" ".repeat(spaces)), here);
            column += spaces;
        } else {
            let safe = SafeText::new(cluster);
            put(&safe, here);
            column += display_width(safe.as_str());
        }
    }
    if !run.is_empty() {
        put(&SafeText::new(&run), run_style);
    }
    used
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<&str> {
        let (mut rows, mut from) = (Vec::new(), 0);
        while let Some(next) = next_row(text, from, columns) {
            rows.push(&text[from..next]);
            from = next;
        }
        rows.push(&text[from..]);
        rows
    }

    #[test]
    fn rows_break_at_spaces_and_else_where_they_are_full() {
        assert_eq!(lines("one two three", 8), ["one two ", "three"]);
        assert_eq!(lines("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(lines("日本語", 4), ["日本", "語"]);
        assert_eq!(lines("a\tb", 4), ["a\t", "b"]);
        assert_eq!(lines("", 4), [""]);
        assert_eq!(lines("one\ntwo\r\n\nabcdef", 4), ["one\n", "two\r\n", "\n", "abcd", "ef"]);
    }

    #[test]
    fn what_acts_or_hides_is_seen() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
        let taken = paint(&mut buf, (0, 0), 20, "a\tb\u{1b}[1m\u{202e}", |_| Style::new());
        let drawn: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!((drawn.as_str(), taken), ("a   b␛[1m<U+202E>   ", 17));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_lost_and_painting_agrees_with_measuring(raw in "[^\n]{0,60}", columns in 8_usize..60) {
            let rows = lines(&raw, columns);
            prop_assert_eq!(rows.concat(), raw.as_str());
            for row in rows {
                let mut buf = Buffer::empty(Rect::new(0, 0, 200, 1));
                let taken = paint(&mut buf, (0, 0), 200, row, |_| Style::new());
                prop_assert_eq!(usize::from(taken), columns_of(row));
            }
        }
    }
}
