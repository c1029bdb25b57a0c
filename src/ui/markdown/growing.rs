//! How much of a segment's text is shown while more of it comes: what is still to become a table's row or a link's
//! target waits, so that nothing is seen that is gone with the next word.

/// So many bytes wait at most.
const WAITING: usize = 4 * 1024;

/// The beginning of the text that is shown.
pub(super) fn settled(text: &str) -> &str {
    let line = text.rfind('\n').map_or(0, |at| at + 1);
    let from = before_table(text, line).unwrap_or_else(|| before_target(text, line));
    if text.len() - from > WAITING { text } else { text.get(..from).unwrap_or(text) }
}

/// Where the row of a table begins that isn't whole, or what may be its head.
fn before_table(text: &str, line: usize) -> Option<usize> {
    let open = content(&text[line..]);
    let before = &text[..line];
    let block = before.rmatch_indices('\n').skip(1).find(|(at, _)| content_of_line(before, at + 1).is_empty());
    let block = block.map_or(0, |(at, _)| at + 1);
    let lines = || text[block..line].lines().map(content);
    if lines().any(is_rule) {
        return (!open.is_empty()).then_some(line);
    }
    // The head waits for the rule under it.
    let last = lines().next_back().filter(|last| last.starts_with('|'));
    if last.is_some() && open.chars().all(is_of_rule) {
        let head = text[..line].trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        return Some(head);
    }
    open.starts_with('|').then_some(line)
}

/// Where a link's target begins that isn't whole.
fn before_target(text: &str, line: usize) -> usize {
    let open = &text[line..];
    match open.rfind("](") {
        Some(at) if !open[at..].contains([')', ' ', '`']) => line + at,
        _ => text.len(),
    }
}

fn content_of_line(text: &str, at: usize) -> &str {
    content(text[at..].lines().next().unwrap_or_default())
}

/// A line without what quotes it.
fn content(line: &str) -> &str {
    line.trim_matches(|c: char| matches!(c, ' ' | '\t' | '\r' | '>'))
}

fn is_of_rule(c: char) -> bool {
    matches!(c, '|' | '-' | ':' | ' ' | '\t')
}

/// Whether it is the rule under a table's head.
fn is_rule(line: &str) -> bool {
    line.contains('-') && line.contains('|') && line.chars().all(is_of_rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_shown_row_by_row() {
        let table = "| a | b |\n|---|---|\n| 1 | 2 |\n";
        let rows: Vec<usize> = table.match_indices('\n').map(|(at, _)| at + 1).collect();
        for end in 0..=table.len() {
            let shown = settled(&table[..end]);
            let whole = rows.iter().copied().filter(|row| *row <= end).max().unwrap_or(0);
            assert_eq!(shown.len(), if whole < rows[1] { 0 } else { whole }, "{:?}", &table[..end]);
        }
        assert_eq!(settled("words\n> | a | b"), "words\n");
        assert_eq!(settled("words\n| a | b |\n|-"), "words\n");
        assert_eq!(settled("| a | b |\nno ta"), "| a | b |\nno ta");
        assert_eq!(settled("a | b\n-|-\n1"), "a | b\n-|-\n");
    }

    #[test]
    fn a_target_waits_for_its_end() {
        assert_eq!(settled("see [it](https://a.ex"), "see [it");
        assert_eq!(settled("see [it](https://a.example) and"), "see [it](https://a.example) and");
        assert_eq!(settled("f[0](x y"), "f[0](x y");
        let long = format!("[it]({}", "x".repeat(WAITING));
        assert_eq!(settled(&long), long);
    }
}
