//! What one line of markdown is, as far as the splitter must know: blank, heading, list item, fence.
//!
//! Looks at the beginning of a line alone; what the line means in full is the parser's business.

/// A code fence: what opened it, and so what closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    tick: u8,
    length: u16,
    /// The columns that the code inside may lose at its line starts.
    indent: u8,
}

impl Fence {
    /// The fence that a line opens, if it opens one at its beginning.
    fn opened_by(line: &str, indent: usize) -> Option<Self> {
        let bytes = line.as_bytes();
        let tick = *bytes.first().filter(|tick| matches!(tick, b'`' | b'~'))?;
        let length = bytes.iter().take_while(|byte| **byte == tick).count();
        // Backticks behind an opening run make it inline code.
        let inline = tick == b'`' && line.get(length..).is_some_and(|info| info.contains('`'));
        (length >= 3 && !inline).then(|| Self {
            tick,
            length: u16::try_from(length).unwrap_or(u16::MAX),
            indent: u8::try_from(indent).unwrap_or(u8::MAX),
        })
    }

    /// Whether the line closes the fence.
    pub(super) fn is_closed_by(self, line: &str) -> bool {
        let (indent, rest) = unindent(line);
        let run = rest.bytes().take_while(|byte| *byte == self.tick).count();
        let blank_behind = rest.get(run..).is_some_and(is_blank);
        indent <= 3 + usize::from(self.indent) && run >= usize::from(self.length) && blank_behind
    }

    /// What the line that opens the fence says behind it.
    pub(super) fn label(self, opening: &str) -> &str {
        opening.trim_start_matches([' ', '\t']).trim_start_matches(char::from(self.tick)).trim()
    }

    /// The line without the indentation that the fence itself had.
    pub(super) fn dedent(self, line: &str) -> &str {
        let spaces = line.bytes().take_while(|byte| *byte == b' ').take(usize::from(self.indent)).count();
        line.get(spaces..).unwrap_or(line)
    }
}

/// The code of a text that goes on with a code block: without its closing fence and the fence's indentation.
pub(super) fn continued(text: &str, fence: Fence) -> String {
    let mut lines: Vec<&str> = text.lines().map(|line| fence.dedent(line)).collect();
    if text.ends_with('\n') && lines.last().is_some_and(|last| fence.is_closed_by(last)) {
        lines.pop();
    }
    lines.join("\n")
}

/// What a line that isn't blank starts with.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    /// Columns of white space before it.
    pub(super) indent: usize,
    /// It starts a list item whose content stands at that column.
    pub(super) item: Option<usize>,
    /// It is an ATX heading.
    pub(super) heading: bool,
    /// It opens a fence, perhaps behind list markers.
    pub(super) fence: Option<Fence>,
}

impl Shape {
    /// The shape of a line.
    pub(super) fn from_line(line: &str) -> Self {
        let (indent, mut rest) = unindent(line);
        let mut shape = Self { indent, heading: is_heading(rest), ..Self::default() };
        let mut column = indent;
        // A marker in a marker in a marker: nobody writes more of them on a line.
        for _ in 0..8 {
            let Some(marker) = marker_length(rest) else { break };
            let (gap, content) = unindent(rest.get(marker..).unwrap_or_default());
            // Five and more columns are one column and indented code.
            column += marker + if (1..5).contains(&gap) { gap } else { 1 };
            shape.item.get_or_insert(column);
            rest = content;
        }
        shape.fence = Fence::opened_by(rest, column);
        shape
    }
}

/// Whether there is nothing to see on the line.
pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// The columns of white space at the line's start, and the rest.
fn unindent(line: &str) -> (usize, &str) {
    let mut columns = 0;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => return (columns, line.get(at..).unwrap_or_default()),
        }
    }
    (columns, "")
}

fn is_heading(rest: &str) -> bool {
    let level = rest.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&level) && matches!(rest.as_bytes().get(level), None | Some(b' ' | b'\t' | b'\r'))
}

/// The bytes of the list marker that the line starts with.
fn marker_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let length = match bytes.first()? {
        b'-' | b'*' | b'+' => 1,
        b'0'..=b'9' => {
            let digits = bytes.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
            (digits < 10 && matches!(bytes.get(digits), Some(b'.' | b')'))).then_some(digits + 1)?
        }
        _ => return None,
    };
    matches!(bytes.get(length), None | Some(b' ' | b'\t' | b'\r')).then_some(length)
}
