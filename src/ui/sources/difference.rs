//! Differences, drawn: what went and what came, line by line, with signs besides colours, and what stands out in a line.

use std::ops::Range;

use super::marks::staged;
use super::rows::NAMELESS;
use super::{count, grouped};
use crate::app::sources::{Mark, Sources};
use crate::domain::{Change, ChangeState, Edit, SafeText};
use crate::domain::{Line, Side, hunks};
use crate::ui::glyphs::Glyphs;
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// So many lines stand around what differs.
const AROUND: usize = 3;

/// What differs between two texts. At most so many lines are told, the rest is counted.
pub(super) fn texts(sheet: &mut Sheet, old: &str, new: &str, most: usize) {
    let hunks = hunks(old, new, AROUND);
    let numbers = Numbers::new(old, new);
    let all: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let mut left = most;
    for (n, hunk) in hunks.iter().enumerate() {
        if left == 0 {
            break;
        }
        if n > 0 {
            sheet.note("…", theme::DIM);
        }
        let lines = hunk.lines.get(..left.min(hunk.lines.len())).unwrap_or_default();
        left -= lines.len();
        hunk_lines(sheet, lines, (hunk.old_start, hunk.new_start), numbers);
    }
    if all > most {
        let text = format!("… {} more of the difference", count(all - most, "line", "lines"));
        sheet.note(&text, theme::DIM);
    }
}

fn hunk_lines(sheet: &mut Sheet, lines: &[Line], (mut old, mut new): (usize, usize), numbers: Numbers) {
    let safe: Vec<SafeText> = lines.iter().map(|line| SafeText::one_line(&line.text)).collect();
    for (at, line) in lines.iter().enumerate() {
        let (sign, style, lead) = match line.side {
            Side::Both => ("  ", theme::PLAIN, numbers.lead(Some(old), Some(new))),
            Side::Old => ("- ", theme::BAD, numbers.lead(Some(old), None)),
            Side::New => ("+ ", theme::BOT, numbers.lead(None, Some(new))),
        };
        old += usize::from(line.side != Side::New);
        new += usize::from(line.side != Side::Old);
        let differs =
            partner(lines, at).and_then(|other| Some(inner(safe.get(at)?.as_str(), safe.get(other)?.as_str())));
        let differs = differs.map_or(0..0, |range| range.start + sign.len()..range.end + sign.len());
        let mut text = SafeText::from_static(sign);
        text.push(&safe.get(at).cloned().unwrap_or_default());
        sheet.line(&lead, text, style, differs);
        if line.open {
            let lead = numbers.lead(None, None);
            sheet.line(&lead, SafeText::from_static("\\ no newline at the end"), theme::DIM, 0..0);
        }
    }
}

/// The line that took a line's place, or whose place it took.
fn partner(lines: &[Line], at: usize) -> Option<usize> {
    let side = lines.get(at)?.side;
    let run = |from: usize, side: Side| lines.iter().skip(from).take_while(|line| line.side == side).count();
    let back = |to: usize, side: Side| lines.iter().take(to).rev().take_while(|line| line.side == side).count();
    let (begin, old, new) = match side {
        Side::Both => return None,
        Side::Old => {
            let begin = at - back(at, Side::Old);
            let old = run(begin, Side::Old);
            (begin, old, run(begin + old, Side::New))
        }
        Side::New => {
            let first_new = at - back(at, Side::New);
            let old = back(first_new, Side::Old);
            (first_new - old, old, run(first_new, Side::New))
        }
    };
    let nth = if side == Side::Old { at - begin } else { at - begin - old };
    (nth < old.min(new)).then(|| if side == Side::Old { begin + old + nth } else { begin + nth })
}

/// What of a text differs from another: all but what both begin and end with. Nothing where they have little in common.
fn inner(text: &str, other: &str) -> Range<usize> {
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = text.chars().zip(other.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (rest, others) = (text.get(front..).unwrap_or_default(), other.get(front..).unwrap_or_default());
    let ends = rest.chars().rev().zip(others.chars().rev()).take_while(same);
    let back: usize = ends.map(|(c, _)| c.len_utf8()).sum();
    if front + back < text.len() / 4 { 0..0 } else { front..text.len() - back }
}

/// The columns of line numbers, old and new.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    columns: usize,
}

impl Numbers {
    fn new(old: &str, new: &str) -> Self {
        let lines = |text: &str| text.bytes().filter(|b| *b == b'\n').count() + 1;
        Self { columns: lines(old).max(lines(new)).to_string().len().max(2) }
    }

    fn lead(self, old: Option<usize>, new: Option<usize>) -> String {
        let columns = self.columns;
        let number = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
        format!("{:>columns$} {:>columns$} ", number(old), number(new))
    }
}

/// A text as it is written, each line behind its number.
pub(super) fn raw(sheet: &mut Sheet, text: &str) {
    let numbers = Numbers::new(text, "");
    let columns = numbers.columns;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let lead = format!("{:>columns$}  ", n + 1);
        let without = line.strip_suffix('\n');
        sheet.line(&lead, SafeText::one_line(without.unwrap_or(line)), theme::PLAIN, 0..0);
        if without.is_none() {
            let lead = " ".repeat(columns + 2);
            sheet.line(&lead, SafeText::from_static("\\ no newline at the end"), theme::DIM, 0..0);
        }
    }
}

/// A staged change: what it does, to which row, and what differs. At most so many lines of it are told.
pub(super) fn change(sheet: &mut Sheet, sources: &Sources, change: &Change, most: usize, glyphs: &Glyphs) {
    let mark = Mark::for_change(change);
    let (glyph, style) = staged(mark, glyphs);
    let [old, new] = sources.sides(change);
    let name = new.or(old).map_or("", |(name, _)| name);
    let name = if name.trim().is_empty() { NAMELESS } else { name };
    sheet.pair(&format!("{glyph} {}  ", mark.word()), style.patch(theme::BOLD), name, theme::BOLD);
    reason(sheet, change);
    content(sheet, change, (old, new), most);
}

type Known<'a> = Option<(&'a str, Option<&'a str>)>;

/// What of a row differs, its name first.
pub(super) fn content(sheet: &mut Sheet, change: &Change, (old, new): (Known<'_>, Known<'_>), most: usize) {
    if let (Some((was, _)), Some((becomes, _))) = (old, new)
        && was != becomes
    {
        sheet.note(&format!("- name: {was}"), theme::BAD);
        sheet.note(&format!("+ name: {becomes}"), theme::BOT);
    }
    let (was, becomes) = (old.map(|(_, text)| text), new.map(|(_, text)| text));
    match (was, becomes) {
        (None, Some(Some(""))) => sheet.note("It is empty.", theme::DIM),
        (None, Some(text)) => texts(sheet, "", text.unwrap_or_default(), most),
        (Some(Some(text)), None) => texts(sheet, text, "", most),
        (Some(None), None) => {
            sheet.note("Its text was not read; it is kept in the journal before it is deleted.", theme::DIM);
        }
        (Some(Some(was)), Some(Some(becomes))) if was == becomes => {
            let renames = matches!(change.edit, Edit::Update { name: Some(_), .. });
            sheet.note(if renames { "Its text stays as it is." } else { "It says the same as before." }, theme::DIM);
        }
        (Some(Some(was)), Some(Some(becomes))) => texts(sheet, was, becomes, most),
        (Some(None), Some(Some(becomes))) => {
            sheet.note("What stands there was not read; this takes its place:", theme::WARN);
            texts(sheet, "", becomes, most);
        }
        _ => {}
    }
}

/// Why a change still waits, where there is a reason.
pub(super) fn reason(sheet: &mut Sheet, change: &Change) {
    match &change.state {
        ChangeState::Staged => {}
        ChangeState::Applying => sheet.note("It is being applied.", theme::DIM),
        ChangeState::Refused(why) => sheet.note(&format!("refused: {why}"), theme::BAD),
        ChangeState::Conflict(Some(_)) => sheet.note("Somebody else changed it since it was read.", theme::WARN),
        ChangeState::Conflict(None) => sheet.note("Somebody else deleted it since it was read.", theme::WARN),
        ChangeState::Unknown(why) => {
            sheet.note(&format!("It may have been done: {why} Applying it again looks first."), theme::WARN);
        }
    }
}

/// How many changes do what, in words.
pub(super) fn summary<'a>(changes: impl Iterator<Item = &'a Change>) -> String {
    let mut numbers = [(0_usize, "new"), (0, "changed"), (0, "renamed"), (0, "deleted")];
    for change in changes {
        let place = match &change.edit {
            Edit::Create(_) => 0,
            Edit::Update { content: None, .. } => 2,
            Edit::Update { .. } => 1,
            Edit::Delete => 3,
        };
        if let Some((n, _)) = numbers.get_mut(place) {
            *n += 1;
        }
    }
    let told: Vec<String> =
        numbers.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", grouped(*n))).collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(side: Side, text: &str) -> Line {
        Line { side, text: text.to_owned(), open: false }
    }

    #[test]
    fn lines_that_took_each_others_place_are_partners() {
        let lines = [
            line(Side::Both, "a"),
            line(Side::Old, "b"),
            line(Side::Old, "c"),
            line(Side::New, "B"),
            line(Side::Both, "d"),
            line(Side::New, "e"),
        ];
        let found: Vec<Option<usize>> = (0..lines.len()).map(|at| partner(&lines, at)).collect();
        assert_eq!(found, [None, Some(3), None, Some(1), None, None]);
    }

    #[test]
    fn what_stands_out_is_what_differs() {
        assert_eq!(inner("There are eight planets.", "There are nine planets."), 10..15);
        assert_eq!(inner("same", "same"), 4..4);
        assert_eq!(inner("wholly other", "different text"), 0..0);
        assert_eq!(inner("日本語です", "日本文です"), 6..9);
    }
}
