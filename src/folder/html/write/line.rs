//! A line's pieces in markdown's characters: marks open and close where CommonMark takes them for marks.

use std::fmt::Write as _;

use super::escape::{self, TextPosition};
use crate::folder::html::model::{Inline, InlineKind, InlineMark, InlineMarks, InlineText, is_blank};

pub(super) fn paragraph(line: &InlineText) -> String {
    LineWriter::new(TextForm::Paragraph).write(line)
}

pub(super) fn heading(line: &InlineText) -> String {
    let text = LineWriter::new(TextForm::Heading).write(line);
    // What ends a heading would be taken for the other half of its mark.
    match text.strip_suffix('#') {
        Some(before) if !before.ends_with('\\') => format!("{before}\\#"),
        _ => text,
    }
}

pub(super) fn cell(line: &InlineText) -> String {
    LineWriter::new(TextForm::Cell).write(line)
}

/// A row of a block of code, in a table's cell.
pub(super) fn code_in_cell(row: &str) -> String {
    if row.trim().is_empty() { String::new() } else { escape::code(row, true) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextForm {
    Paragraph,
    Heading,
    Cell,
}

/// How a mark is written.
impl InlineMark {
    const fn opens(self) -> &'static str {
        match self {
            Self::Strong => "**",
            Self::Emphasis => "*",
            Self::Struck => "~~",
            Self::Inserted => "<ins>",
            Self::Highlighted => "<mark>",
        }
    }

    const fn closes(self) -> &'static str {
        match self {
            Self::Inserted => "</ins>",
            Self::Highlighted => "</mark>",
            mark => mark.opens(),
        }
    }

    /// Whether its characters are marks only beside certain others.
    const fn flanks(self) -> bool {
        matches!(self, Self::Strong | Self::Emphasis | Self::Struck)
    }
}

struct LineWriter {
    form: TextForm,
    out: String,
    /// The link that is open, where its text begins.
    link: Option<std::rc::Rc<str>>,
    open: Vec<InlineMark>,
    /// Whether the last that was written closed a mark.
    closed: bool,
    /// Where the row that is written begins.
    row: usize,
}

impl LineWriter {
    const fn new(form: TextForm) -> Self {
        Self { form, out: String::new(), link: None, open: Vec::new(), closed: false, row: 0 }
    }

    fn write(mut self, line: &InlineText) -> String {
        let line = prepared(line);
        for at in 0..line.len() {
            let piece = &line[at];
            self.turn_to(&line, at);
            let behind = line.get(at + 1);
            match &piece.kind {
                InlineKind::Text(text) => {
                    let same = behind.is_some_and(|next| next.marks == piece.marks);
                    let place = TextPosition {
                        before: self.out[self.row..].chars().next_back(),
                        begins_row: self.form == TextForm::Paragraph,
                        behind: match behind {
                            None => Some('\n'),
                            Some(next) if same => self.first_char(next),
                            // Whatever opens or closes there: it isn't known to be harmless.
                            Some(_) => None,
                        },
                        in_link: self.link.is_some(),
                        in_cell: self.form == TextForm::Cell,
                    };
                    escape::push(&mut self.out, text, place);
                }
                InlineKind::Code(code) => {
                    let code = escape::code(code, self.form == TextForm::Cell);
                    // Two codes side by side would be one.
                    if self.out.ends_with('`') {
                        self.out.push_str("&#8203;");
                    }
                    self.out.push_str(&code);
                }
                InlineKind::Math(formula) => {
                    let code = escape::code(formula, self.form == TextForm::Cell);
                    self.push(format_args!("${code}$"));
                }
                InlineKind::Image { alt, source } => {
                    let in_cell = self.form == TextForm::Cell;
                    self.out.push_str("![");
                    let place =
                        TextPosition { before: Some('['), begins_row: false, behind: None, in_link: true, in_cell };
                    escape::push(&mut self.out, alt, place);
                    self.push(format_args!("]({})", escape::target(source)));
                }
                InlineKind::Break => match self.form {
                    TextForm::Paragraph => {
                        self.out.push_str("\\\n");
                        self.row = self.out.len();
                    }
                    TextForm::Heading => self.out.push(' '),
                    TextForm::Cell => self.out.push_str("<br>"),
                },
            }
            self.closed = false;
        }
        self.close_to(0);
        self.close_link();
        self.out
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // A string takes all that is written to it.
        let _ = self.out.write_fmt(text);
    }

    /// Closes and opens marks, so that a piece stands in its own.
    fn turn_to(&mut self, line: &InlineText, at: usize) {
        let piece = &line[at];
        if self.link != piece.marks.link {
            self.close_to(0);
            self.close_link();
            if let Some(link) = &piece.marks.link {
                self.link = Some(link.clone());
                self.out.push('[');
                self.closed = false;
            }
        }
        let keeps = self.open.iter().take_while(|mark| piece.marks.has(**mark)).count();
        self.close_to(keeps);
        // What goes on longest is opened first, so that what ends first stands within.
        let mut opens: Vec<(usize, InlineMark)> = InlineMark::ALL
            .into_iter()
            .filter(|mark| piece.marks.has(*mark) && !self.open.contains(mark))
            .map(|mark| (extent(line, at, mark), mark))
            .collect();
        opens.sort_by_key(|(extent, _)| std::cmp::Reverse(*extent));
        for (end, mark) in opens {
            // Stars that close and stars that open would be taken for one row of stars.
            if mark.flanks() && (self.closed || !self.may_open(line, at, end)) {
                continue;
            }
            self.out.push_str(mark.opens());
            self.open.push(mark);
        }
    }

    /// Whether stars around those pieces are marks.
    fn may_open(&self, line: &InlineText, from: usize, end: usize) -> bool {
        let before = self.out[self.row..].chars().next_back();
        let first = self.first_char(&line[from]);
        let last = last_char(&line[end - 1]);
        let behind = line.get(end).and_then(|piece| self.first_char(piece));
        let opens = first.is_some_and(|c| !c.is_whitespace() && (!is_punctuation(c) || before.is_none_or(is_apart)));
        opens && last.is_some_and(|c| !c.is_whitespace() && (!is_punctuation(c) || behind.is_none_or(is_apart)))
    }

    /// What a piece begins with, once it is written.
    fn first_char(&self, piece: &Inline) -> Option<char> {
        match (&piece.kind, self.form) {
            (InlineKind::Break, TextForm::Paragraph) => Some('\\'),
            (InlineKind::Break, TextForm::Cell) => Some('<'),
            _ => first_char(piece),
        }
    }

    fn close_to(&mut self, keeps: usize) {
        while self.open.len() > keeps {
            if let Some(mark) = self.open.pop() {
                self.out.push_str(mark.closes());
                self.closed |= mark.flanks();
            }
        }
    }

    fn close_link(&mut self) {
        if let Some(link) = self.link.take() {
            self.push(format_args!("]({})", escape::target(&link)));
            self.closed = false;
        }
    }
}

/// How far a mark goes on: the first piece that hasn't it, or stands in another link.
fn extent(line: &InlineText, from: usize, mark: InlineMark) -> usize {
    let within = &line[from].marks.link;
    let goes_on = |piece: &Inline| piece.marks.has(mark) && piece.marks.link == *within;
    line[from..].iter().position(|piece| !goes_on(piece)).map_or(line.len(), |at| from + at)
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || !c.is_alphanumeric() && !c.is_whitespace()
}

fn is_apart(c: char) -> bool {
    c.is_whitespace() || is_punctuation(c)
}

fn first_char(piece: &Inline) -> Option<char> {
    match &piece.kind {
        _ if piece.marks.link.is_some() => Some('['),
        InlineKind::Text(text) => text.chars().next(),
        InlineKind::Code(_) => Some('`'),
        InlineKind::Math(_) => Some('$'),
        InlineKind::Image { .. } => Some('!'),
        InlineKind::Break => Some(' '),
    }
}

fn last_char(piece: &Inline) -> Option<char> {
    match &piece.kind {
        InlineKind::Text(text) => text.chars().next_back(),
        InlineKind::Code(_) => Some('`'),
        InlineKind::Math(_) => Some('$'),
        InlineKind::Image { .. } => Some(')'),
        InlineKind::Break => Some(' '),
    }
}

/// The pieces with their marks where they can stand: not on blanks at their ends, not on a break.
fn prepared(line: &InlineText) -> InlineText {
    let mut out = InlineText::new();
    for piece in line {
        let InlineKind::Text(text) = &piece.kind else {
            out.push(piece.clone());
            continue;
        };
        let inner = text.trim_matches(is_blank);
        let from = text.len() - text.trim_start_matches(is_blank).len();
        let parts = if inner.is_empty() {
            [text.as_str(), "", ""]
        } else {
            [&text[..from], inner, &text[from + inner.len()..]]
        };
        for text in parts.into_iter().filter(|text| !text.is_empty()) {
            let kind = InlineKind::Text(text.to_owned());
            out.push(Inline { kind, marks: piece.marks.clone() });
        }
    }
    // A blank within a mark is the mark's; one at its end isn't.
    for at in 0..out.len() {
        if out[at].is_blank() {
            let none = InlineMarks::default();
            let before = at.checked_sub(1).map_or(&none, |at| &out[at].marks);
            // The first of them that follow each other decides for all.
            let behind = out[at + 1..].iter().find(|piece| !piece.is_blank()).map_or(&none, |piece| &piece.marks);
            out[at].marks = before.common(behind).common(&out[at].marks);
        }
    }
    merged(narrowed(&out))
}

/// Punctuation at a marked run's ends, where it would keep the run from being marked, stands outside of it.
fn narrowed(line: &InlineText) -> InlineText {
    let mut out = InlineText::new();
    for (at, piece) in line.iter().enumerate() {
        let InlineKind::Text(text) = &piece.kind else {
            out.push(piece.clone());
            continue;
        };
        let (mut from, mut to) = (0, text.len());
        let mut bare = piece.marks.clone();
        for mark in InlineMark::ALL.into_iter().filter(|mark| mark.flanks() && piece.marks.has(*mark)) {
            let begins = at == 0 || !line[at - 1].marks.has(mark) || line[at - 1].marks.link != piece.marks.link;
            let ends =
                line.get(at + 1).is_none_or(|next| !next.marks.has(mark) || next.marks.link != piece.marks.link);
            let before = at.checked_sub(1).and_then(|at| last_char(&line[at]));
            let behind = line.get(at + 1).and_then(first_char);
            if begins && before.is_some_and(char::is_alphanumeric) {
                from = from.max(text.len() - text.trim_start_matches(is_punctuation).len());
                bare.remove(mark);
            }
            if ends && behind.is_some_and(char::is_alphanumeric) {
                to = to.min(text.trim_end_matches(is_punctuation).len());
                bare.remove(mark);
            }
        }
        if from >= to {
            out.push(Inline { kind: piece.kind.clone(), marks: if from == 0 { piece.marks.clone() } else { bare } });
            continue;
        }
        for (part, marks) in [(&text[..from], &bare), (&text[from..to], &piece.marks), (&text[to..], &bare)] {
            if !part.is_empty() {
                out.push(Inline { kind: InlineKind::Text(part.to_owned()), marks: marks.clone() });
            }
        }
    }
    out
}

/// Texts of the same marks as one.
fn merged(line: InlineText) -> InlineText {
    let mut out = InlineText::new();
    for piece in line {
        if let (Some(Inline { kind: InlineKind::Text(before), marks }), InlineKind::Text(text)) =
            (out.last_mut(), &piece.kind)
            && *marks == piece.marks
        {
            before.push_str(text);
        } else {
            out.push(piece);
        }
    }
    out
}
