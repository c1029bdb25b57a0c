//! The blank lines between blocks: markdown makes one of several, what a person wrote has them all.

/// How many blank lines stand right above the line that a byte of a text is in. `quoted`: the byte is in a quote, where
/// a line is blank too that has nothing but the quote's marks.
pub fn blank_lines_above(text: &str, at: usize, quoted: bool) -> usize {
    let above = text.as_bytes().get(..at).unwrap_or_default();
    let Some(end) = above.iter().rposition(|byte| *byte == b'\n') else { return 0 };
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r') || (quoted && *byte == b'>');
    let lines = above.get(..end).unwrap_or_default().rsplit(|byte| *byte == b'\n');
    lines.take_while(|line| line.iter().all(is_blank)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_counted_up_to_the_line_with_words() {
        let above = |text: &str, quoted| blank_lines_above(text, text.len() - 1, quoted);
        assert_eq!(above("x", false), 0);
        assert_eq!(above("a\nx", false), 0);
        assert_eq!(above("a\n\nx", false), 1);
        assert_eq!(above("a\n \t\r\n\n\n  - x", false), 3);
        assert_eq!(above("\n\nx", false), 2);
        assert_eq!(above("> a\n>\n> >\n> x", true), 2);
        assert_eq!(above("> a\n>\n\nx", false), 1);
        assert_eq!(blank_lines_above("é", 1, false), 0);
    }
}
