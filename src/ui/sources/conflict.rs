//! A conflict, drawn: base, mine and theirs side by side, line beside line; one after the other where there is no room.

use std::collections::VecDeque;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::grouped;
use crate::app::sources::{Sources, staged_name, staged_text};
use crate::domain::{Change, ChangeState, Edit, SafeText, Version};
use crate::domain::{Side, hunks};
use crate::ui::glyphs::Glyphs;
use crate::ui::sheet::{Sheet, wrapped};
use crate::ui::{paint, theme};

/// From this many columns on the three stand side by side.
const ABREAST: u16 = 96;
/// So many equal lines stand around what differs.
const AROUND: usize = 2;

const HEADINGS: [&str; 3] = ["base: when it was begun", "mine: what is staged", "theirs: what stands there now"];

/// The three texts line beside line.
#[derive(Debug, Default)]
pub(super) struct Table {
    lines: Vec<Aligned>,
    /// What is said in the place of a text that is none.
    instead: [Option<&'static str>; 3],
}

#[derive(Debug)]
enum Aligned {
    /// A line of each; none where one has no such line.
    Line([Option<(SafeText, bool)>; 3]),
    /// So many lines that are the same in all three.
    Alike(usize),
}

/// A row of the wrapped table.
type Row<'a> = [Option<(&'a SafeText, bool)>; 3];

impl Table {
    /// The table of a change that met a conflict.
    pub(super) fn new(sources: &Sources, change: &Change) -> Self {
        let ChangeState::Conflict(theirs) = &change.state else { return Self::default() };
        let [was, _] = sources.sides(change);
        let base = change.base.as_ref();
        let base_text =
            base.map(|b| b.content.as_str()).or(was.and_then(|(_, text)| text).filter(|_| base.is_some()));
        let mine_text = match &change.edit {
            Edit::Delete => None,
            // A name alone leaves the text as it stands there.
            Edit::Update { content: None, .. } => theirs.as_ref().map(|t| t.content.as_str()),
            _ => staged_text(change),
        };
        let theirs_text = theirs.as_ref().map(|t| t.content.as_str());
        let instead = [
            base_text.is_none().then_some("It was not read then."),
            mine_text.is_none().then_some("I delete it."),
            theirs_text.is_none().then_some("They deleted it."),
        ];
        let common = base_text.or(theirs_text).or(mine_text).unwrap_or_default();
        let mut table = Self { lines: Vec::new(), instead };
        table.names(change, theirs.as_ref());
        table.texts(common, mine_text.unwrap_or(common), theirs_text.unwrap_or(common));
        table
    }

    /// The names, where they differ.
    fn names(&mut self, change: &Change, theirs: Option<&Version>) {
        let base = change.base.as_ref().map_or(change.label.as_str(), |base| base.name.as_str());
        let names = [Some(base), Some(staged_name(change)), theirs.map(|theirs| theirs.name.as_str())];
        if names.iter().flatten().all(|name| *name == base) {
            return;
        }
        let cell = |name: Option<&str>| name.map(|n| (SafeText::one_line(&format!("name: {n}")), n != base));
        self.lines.push(Aligned::Line(names.map(cell)));
        self.lines.push(Aligned::Line([None, None, None]));
    }

    fn texts(&mut self, base: &str, mine: &str, theirs: &str) {
        let lines: Vec<&str> = base.split_inclusive('\n').collect();
        let (mine, theirs) = (Beside::new(&lines, base, mine), Beside::new(&lines, base, theirs));
        let mut alike = Vec::new();
        for at in 0..=lines.len() {
            let extra =
                |side: &Beside, n: usize| side.extra.get(at).and_then(|e| e.get(n)).map(|t| (t.clone(), true));
            let most =
                [&mine, &theirs].map(|side| side.extra.get(at).map_or(0, Vec::len)).into_iter().max().unwrap_or(0);
            if most > 0 {
                self.fold(&mut alike, false);
            }
            self.lines.extend((0..most).map(|n| Aligned::Line([None, extra(&mine, n), extra(&theirs, n)])));
            let Some(line) = lines.get(at) else { break };
            let (left, right) = (mine.cell(at), theirs.cell(at));
            let whole = (said(line), !(is_same(left.as_ref()) && is_same(right.as_ref())));
            if whole.1 {
                self.fold(&mut alike, false);
                self.lines.push(Aligned::Line([Some(whole), left, right]));
            } else {
                alike.push(whole.0);
            }
        }
        self.fold(&mut alike, true);
    }

    /// Puts equal lines in: the first and the last ones, and how many stand between.
    fn fold(&mut self, alike: &mut Vec<SafeText>, last: bool) {
        let before = if self.lines.is_empty() { 0 } else { AROUND };
        let behind = if last { 0 } else { AROUND };
        let hidden = alike.len().saturating_sub(before + behind);
        // A line that says that one is left out takes as much as that one.
        let hidden = if hidden > 1 { hidden } else { 0 };
        for (at, line) in alike.drain(..).enumerate() {
            if hidden > 0 && (before..before + hidden).contains(&at) {
                if at == before {
                    self.lines.push(Aligned::Alike(hidden));
                }
                continue;
            }
            let cell = Some((line, false));
            self.lines.push(Aligned::Line([cell.clone(), cell.clone(), cell]));
        }
    }

    /// Draws it from a row on; tells how many rows there are.
    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, top: usize, glyphs: &Glyphs) -> (usize, usize) {
        if area.width < ABREAST {
            let sheet = self.in_turn();
            return (usize::from(area.height), sheet.draw(area, buf, top));
        }
        let gap = 3;
        let width = (area.width - 2 * gap) / 3;
        let left = |column: u16| area.x + column * (width + gap);
        for (column, (heading, instead)) in (0..3).zip(HEADINGS.iter().zip(&self.instead)) {
            let text = SafeText::from_static(instead.map_or(heading, |_| heading)).truncate(usize::from(width));
            paint::text(buf, (left(column), area.y), width, &text, theme::BOLD);
            for y in (area.y..area.bottom()).filter(|_| column > 0) {
                let bar = SafeText::from_static(if glyphs.ascii { "|" } else { "│" });
                paint::text(buf, (left(column) - 2, y), 1, &bar, theme::DIM);
            }
        }
        let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let rows = self.rows(usize::from(width));
        let height = usize::from(body.height);
        let top = top.min(rows.len().saturating_sub(height));
        for (row, y) in rows.iter().skip(top).zip(body.top()..body.bottom()) {
            match row {
                Wrapped::Cells(cells) => {
                    for (column, cell) in (0..3).zip(cells) {
                        let Some((text, style)) = cell else { continue };
                        paint::text(buf, (left(column), y), width, text, *style);
                    }
                }
                Wrapped::Note(text) => {
                    paint::text(buf, (area.x, y), area.width, text, theme::DIM);
                }
            }
        }
        for (column, instead) in (0..3).zip(&self.instead) {
            if let Some(words) = instead {
                let text = SafeText::from_static(words).truncate(usize::from(width));
                paint::text(buf, (left(column), body.y), width, &text, theme::WARN);
            }
        }
        (height, rows.len())
    }

    /// The rows at a width.
    fn rows(&self, width: usize) -> Vec<Wrapped> {
        let mut rows = Vec::new();
        for line in &self.lines {
            let cells = match line {
                Aligned::Line(cells) => cells,
                Aligned::Alike(n) => {
                    rows.push(Wrapped::Note(alike(*n)));
                    continue;
                }
            };
            let shown: Row<'_> = std::array::from_fn(|at| {
                let hidden = self.instead.get(at).is_some_and(Option::is_some);
                cells.get(at).and_then(Option::as_ref).filter(|_| !hidden).map(|(text, differs)| (text, *differs))
            });
            let parts =
                shown.map(|cell| cell.map(|(text, _)| wrapped(text.as_str(), width.saturating_sub(2).max(4))));
            let height = parts.iter().flatten().map(Vec::len).max().unwrap_or(1);
            for n in 0..height {
                rows.push(Wrapped::Cells(std::array::from_fn(|at| {
                    let (text, differs) = (*shown.get(at)?)?;
                    let range = parts.get(at)?.as_ref()?.get(n)?.clone();
                    let (sign, style) = sign(at, differs);
                    let mut out = SafeText::from_static(if n == 0 { sign } else { "  " });
                    out.push_part(text, range);
                    Some((out, style))
                })));
            }
        }
        rows
    }

    /// One after the other, each with its heading.
    fn in_turn(&self) -> Sheet {
        let mut sheet = Sheet::default();
        for (at, (heading, instead)) in HEADINGS.into_iter().zip(&self.instead).enumerate() {
            if at > 0 {
                sheet.blank();
            }
            sheet.note(heading, theme::BOLD);
            if let Some(words) = instead {
                sheet.note(words, theme::WARN);
                continue;
            }
            for line in &self.lines {
                match line {
                    Aligned::Alike(n) => sheet.line("", alike(*n), theme::DIM, 0..0),
                    Aligned::Line(cells) => {
                        let Some((text, differs)) = cells.get(at).and_then(Option::as_ref) else { continue };
                        let (sign, style) = sign(at, *differs);
                        let mut out = SafeText::from_static(sign);
                        out.push(text);
                        sheet.line("", out, style, 0..0);
                    }
                }
            }
        }
        sheet
    }
}

/// A row as it is painted.
enum Wrapped {
    Cells([Option<(SafeText, Style)>; 3]),
    Note(SafeText),
}

fn alike(n: usize) -> SafeText {
    SafeText::one_line(&format!("… {} lines alike", grouped(n)))
}

/// The sign and the style of a cell.
fn sign(column: usize, differs: bool) -> (&'static str, Style) {
    match (column, differs) {
        (_, false) => ("  ", theme::PLAIN),
        (0, true) => ("- ", theme::DIM),
        (1, true) => ("+ ", theme::BOT),
        (_, true) => ("+ ", theme::WARN),
    }
}

fn said(line: &str) -> SafeText {
    SafeText::one_line(line.strip_suffix('\n').unwrap_or(line))
}

fn is_same(cell: Option<&(SafeText, bool)>) -> bool {
    cell.is_some_and(|(_, differs)| !differs)
}

/// A changed text beside the lines that it began from.
struct Beside {
    /// What stands beside each of them: the same, another, or nothing.
    cells: Vec<Option<(SafeText, bool)>>,
    /// What stands before each of them, and behind the last.
    extra: Vec<Vec<SafeText>>,
}

impl Beside {
    fn new(lines: &[&str], base: &str, changed: &str) -> Self {
        let mut beside = Self {
            cells: lines.iter().map(|line| Some((said(line), false))).collect(),
            extra: vec![Vec::new(); lines.len() + 1],
        };
        for hunk in hunks(base, changed, 0) {
            // A hunk that only adds stands before the line that it names.
            let mut at = hunk.old_start - 1;
            let mut gone = VecDeque::new();
            for line in &hunk.lines {
                match line.side {
                    Side::Both => at += 1,
                    Side::Old => {
                        if let Some(cell) = beside.cells.get_mut(at) {
                            *cell = None;
                        }
                        gone.push_back(at);
                        at += 1;
                    }
                    Side::New => {
                        let text = (SafeText::one_line(&line.text), true);
                        match gone.pop_front().and_then(|place| beside.cells.get_mut(place)) {
                            Some(cell) => *cell = Some(text),
                            None => beside.extra.get_mut(at).into_iter().for_each(|extra| extra.push(text.0.clone())),
                        }
                    }
                }
            }
        }
        beside
    }

    fn cell(&self, at: usize) -> Option<(SafeText, bool)> {
        self.cells.get(at).cloned().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(base: &str, mine: &str, theirs: &str) -> Vec<String> {
        let mut table = Table::default();
        table.texts(base, mine, theirs);
        let cell = |cell: &Option<(SafeText, bool)>| match cell {
            None => "·".to_owned(),
            Some((text, differs)) => format!("{}{text}", if *differs { "*" } else { "" }),
        };
        let line = |line: &Aligned| match line {
            Aligned::Line(cells) => cells.iter().map(cell).collect::<Vec<_>>().join(" "),
            Aligned::Alike(n) => format!("{n} alike"),
        };
        table.lines.iter().map(line).collect()
    }

    #[test]
    fn lines_stand_beside_those_that_they_came_from() {
        assert_eq!(described("a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\nd\n"), ["a a a", "*b *B b", "c c c", "· · *d"]);
        assert_eq!(described("a\nb\n", "b\n", "a\nb\n"), ["*a · a", "b b b"]);
        assert_eq!(described("", "x\n", "y\n"), ["· *x *y"]);
    }

    #[test]
    fn what_is_alike_far_from_a_difference_is_folded() {
        let base = (0..20).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
        let mine = base.replace("10\n", "ten\n");
        let told = described(&base, &mine, &base);
        assert_eq!(told[0], "8 alike");
        assert_eq!(told[3], "*10 *ten 10");
        assert_eq!(told.last().unwrap(), "7 alike");
    }
}
