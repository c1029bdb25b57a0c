//! Places in the file's text: bytes in, line and column out.

use std::ops::Range;

use super::SourceLocation;

/// The text of a config file with the start of each line, so that a place is found without counting from the top.
pub(super) struct ConfigText<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
}

impl<'t> ConfigText<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self { text, line_starts: std::iter::once(0).chain(after_newlines).collect() }
    }

    /// Where that byte stands. A byte past the end is at the end.
    pub(super) fn place(&self, byte: usize) -> SourceLocation {
        let (line, start) = self.line_of(byte);
        let rest = self.text.get(start..).unwrap_or("");
        let column = rest.char_indices().take_while(|(at, _)| start + at < byte).count() + 1;
        SourceLocation { line, column }
    }

    /// The number of its line alone, which costs no walk along the line.
    pub(super) fn line_number(&self, byte: usize) -> usize {
        self.line_of(byte).0
    }

    /// The whole line that the byte stands on.
    pub(super) fn line(&self, byte: usize) -> &'t str {
        let (_, start) = self.line_of(byte);
        self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("")
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: &Range<usize>) -> &'t str {
        self.text.get(span.clone()).unwrap_or("")
    }

    fn line_of(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        (line, self.line_starts.get(line - 1).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_and_columns_in_characters() {
        let source = ConfigText::new("a\nbé = 1\n\n");
        let at = |byte| {
            let place = source.place(byte);
            (place.line, place.column)
        };
        assert_eq!([at(0), at(1), at(2), at(6)], [(1, 1), (1, 2), (2, 1), (2, 4)]);
        assert_eq!(at(100), (4, 1));
        assert_eq!(source.line(4), "bé = 1");
    }
}
