//! Text that flows, as it is found: blanks between words are one, as on the page.

use super::model::{Block, Inline, InlineKind, InlineMarks, InlineText, is_blank};

/// A line that grows.
#[derive(Debug, Default)]
pub(super) struct LineBuilder {
    pieces: InlineText,
    /// Whether what comes is a piece of its own.
    sealed: bool,
}

impl LineBuilder {
    /// So many pieces it has.
    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Adds what a text node says.
    pub(super) fn text(&mut self, text: &str, marks: &InlineMarks) {
        let mut blank = match self.pieces.last() {
            None => true,
            Some(Inline { kind: InlineKind::Text(text), .. }) => text.ends_with(' '),
            Some(piece) => piece.kind == InlineKind::Break,
        };
        let mut said = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                ' ' | '\t' | '\n' | '\r' | '\x0c' if blank => {}
                ' ' | '\t' | '\n' | '\r' | '\x0c' => {
                    blank = true;
                    said.push(' ');
                }
                // Where a word may be broken is for who sets it: left in, no search finds the word.
                '\u{ad}' => {}
                c => {
                    blank = false;
                    said.push(c);
                }
            }
        }
        if said.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Inline { kind: InlineKind::Text(before), marks: of }) if of == marks && !self.sealed => {
                before.push_str(&said);
            }
            _ => self.pieces.push(Inline { kind: InlineKind::Text(said), marks: marks.clone() }),
        }
        self.sealed = false;
    }

    /// Adds what is no text.
    pub(super) fn put(&mut self, kind: InlineKind, marks: &InlineMarks) {
        if kind == InlineKind::Break {
            self.trim();
        }
        if let (InlineKind::Code(code), Some(Inline { kind: InlineKind::Code(before), marks: of })) =
            (&kind, self.pieces.last_mut())
            && of == marks
        {
            before.push_str(code);
            return;
        }
        self.pieces.push(Inline { kind, marks: marks.clone() });
    }

    /// What comes is told apart from what is there, of the same marks or not.
    pub(super) fn seal(&mut self) {
        self.sealed = true;
    }

    /// Takes what came after the first so many.
    pub(super) fn split_off(&mut self, at: usize) -> InlineText {
        self.sealed = false;
        self.pieces.split_off(at.min(self.pieces.len()))
    }

    pub(super) fn extend(&mut self, line: InlineText) {
        self.pieces.extend(line);
    }

    fn trim(&mut self) {
        while let Some(Inline { kind: InlineKind::Text(text), .. }) = self.pieces.last_mut() {
            text.truncate(text.trim_end_matches([' ', '\u{a0}', '\u{200b}']).len());
            if !text.is_empty() {
                break;
            }
            self.pieces.pop();
        }
    }

    /// Its paragraphs: two breaks and more are the end of one.
    pub(super) fn paragraphs(self) -> Vec<Block> {
        let (mut out, mut line, mut breaks) = (Vec::new(), InlineText::new(), 0);
        for piece in self.pieces {
            if piece.kind == InlineKind::Break {
                breaks += 1;
                continue;
            }
            if piece.is_blank() && (breaks > 0 || line.is_empty()) {
                continue;
            }
            match breaks {
                _ if line.is_empty() => {}
                0 => {}
                1 => line.push(Inline { kind: InlineKind::Break, marks: InlineMarks::default() }),
                _ => out.extend(paragraph(std::mem::take(&mut line))),
            }
            breaks = 0;
            line.push(piece);
        }
        out.extend(paragraph(line));
        out
    }
}

/// A line without blanks at its ends; none where nothing else is left.
fn paragraph(mut line: InlineText) -> Option<Block> {
    while line.last().is_some_and(Inline::is_blank) {
        line.pop();
    }
    if let Some(Inline { kind: InlineKind::Text(text), .. }) = line.last_mut() {
        text.truncate(text.trim_end_matches(is_blank).len());
    }
    // After a break, too, a line begins with a word.
    let mut begins = true;
    for piece in &mut line {
        if let InlineKind::Text(text) = &mut piece.kind
            && begins
        {
            *text = text.trim_start_matches(is_blank).to_owned();
        }
        begins = piece.kind == InlineKind::Break;
    }
    (!line.is_empty()).then_some(Block::Paragraph(line))
}

/// What stands above the line, as most signs have it, where all of them have such a form; otherwise by `^` and brackets.
pub(super) fn raised(text: &str) -> String {
    shifted(text, '^', |c| match c {
        '1' => Some('¹'),
        '2' => Some('²'),
        '3' => Some('³'),
        '0' | '4'..='9' => char::from_u32(0x2070 + (c as u32 - '0' as u32)),
        '+' => Some('⁺'),
        '-' | '−' => Some('⁻'),
        '=' => Some('⁼'),
        '(' => Some('⁽'),
        ')' => Some('⁾'),
        'n' => Some('ⁿ'),
        _ => None,
    })
}

/// What stands below it.
pub(super) fn lowered(text: &str) -> String {
    shifted(text, '_', |c| match c {
        '0'..='9' => char::from_u32(0x2080 + (c as u32 - '0' as u32)),
        '+' => Some('₊'),
        '-' | '−' => Some('₋'),
        '=' => Some('₌'),
        '(' => Some('₍'),
        ')' => Some('₎'),
        _ => None,
    })
}

fn shifted(text: &str, sign: char, of: fn(char) -> Option<char>) -> String {
    let text = text.trim();
    match text.chars().map(of).collect::<Option<String>>() {
        Some(all) => all,
        None => format!("{sign}({text})"),
    }
}
