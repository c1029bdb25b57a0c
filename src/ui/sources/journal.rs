//! What can be put back, drawn: what was done to which row, and what putting it back does.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::difference;
use super::large::large;
use super::marks::staged;
use super::rows::NAMELESS;
use crate::app::sources::Mark;
use crate::app::{Action, State};
use crate::domain::{Replaced, SafeText, Timestamp, Version, display_width, hunks};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::keyed;
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// From this many rows on the list shows what putting back does.
const WITH_DIFFERENCE: u16 = 14;

/// Draws the list; tells how many rows it has, and how many entries.
pub(super) fn draw(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    selected: usize,
    glyphs: &Glyphs,
    now: Timestamp,
) -> (usize, usize) {
    let entries = &state.channel().sources.journal;
    let way = if state.offers(Action::Confirm) { keyed(state, Action::Confirm, "puts back") } else { String::new() };
    let inner = large(f, room, " What can be put back ", &way, glyphs);
    let buf = f.buffer_mut();
    if entries.is_empty() {
        let mut sheet = Sheet::default();
        sheet.note("Nothing yet: what a change replaces or deletes is kept here before it is made.", theme::DIM);
        sheet.draw(inner, buf, 0);
        return (usize::from(inner.height), 0);
    }
    let split = inner.height >= WITH_DIFFERENCE;
    let most = if split { inner.height / 2 } else { inner.height };
    let height = u16::try_from(entries.len()).unwrap_or(u16::MAX).min(most);
    let rows = Rect { height, ..inner };
    let top = (selected + 1).saturating_sub(usize::from(height));
    for ((at, entry), y) in entries.iter().enumerate().skip(top).zip(rows.top()..rows.bottom()) {
        let row = Rect { y, height: 1, ..rows };
        journal_line(entry, state.channel().sources.undoing == Some(entry.n), usize::from(row.width), glyphs, now)
            .paint(row, buf);
        if at == selected {
            buf.set_style(row, theme::SELECTED);
        }
    }
    if let Some(entry) = entries.get(selected).filter(|_| split) {
        let body = Rect { y: rows.bottom() + 1, height: inner.height - height - 1, ..inner };
        undo_sheet(entry).draw(body, buf, 0);
    }
    (usize::from(height), entries.len())
}

/// What an entry did, in a word.
fn did(entry: &Replaced) -> Mark {
    match (&entry.was, &entry.became) {
        (None, _) => Mark::New,
        (Some(_), None) => Mark::Deleted,
        (Some(was), Some(became)) if was.content == became.content => Mark::Renamed,
        (Some(_), Some(_)) => Mark::Changed,
    }
}

fn journal_line(
    entry: &Replaced,
    under_way: bool,
    columns: usize,
    glyphs: &Glyphs,
    now: Timestamp,
) -> ratatui::text::Line<'static> {
    let mark = did(entry);
    let (glyph, style) = staged(mark, glyphs);
    let word = if mark == Mark::New { "made" } else { mark.word() };
    let when = SafeText::one_line(&format!("{:>4}  ", entry.at.ago(now)));
    let what = SafeText::one_line(&format!("{glyph} {word:9}"));
    let right = match (under_way, entry.undone, entry.certain) {
        (true, ..) => "being put back…",
        (_, true, _) => "put back",
        (_, _, false) if columns < 60 => "uncertain",
        (_, _, false) => "may not have been made",
        _ => "",
    };
    let name = entry.became.as_ref().or(entry.was.as_ref()).map_or("", |version| version.name.as_str());
    let name = if name.trim().is_empty() { NAMELESS } else { name };
    let taken = display_width(when.as_str()) + display_width(what.as_str()) + right.len() + 1;
    let name = SafeText::one_line(name).truncate(columns.saturating_sub(taken));
    let gap = columns.saturating_sub(taken - 1 + display_width(name.as_str()));
    let quiet = if entry.undone { theme::DIM } else { theme::PLAIN };
    paint::line(vec![
        paint::owned(when, theme::DIM),
        paint::owned(what, if entry.undone { theme::DIM } else { style }),
        paint::owned(name, quiet),
        paint::owned(SafeText::new(&" ".repeat(gap)), theme::PLAIN),
        paint::fixed(right, theme::DIM),
    ])
}

/// What putting an entry back does.
fn undo_sheet(entry: &Replaced) -> Sheet {
    let mut sheet = Sheet::default();
    let says = match (&entry.was, &entry.became) {
        _ if entry.undone => "It was put back.",
        (None, _) => "Putting it back deletes the row that was made.",
        (Some(_), None) => "Putting it back makes the row again. The platform gives it a new id.",
        _ => "Putting it back does this:",
    };
    sheet.note(says, theme::BOLD);
    if entry.undone {
        return sheet;
    }
    let side = |version: &Option<Version>| version.as_ref().map(|v| v.content.clone()).unwrap_or_default();
    if let (Some(was), Some(became)) = (&entry.was, &entry.became)
        && was.name != became.name
    {
        sheet.note(&format!("- name: {}", became.name), theme::BAD);
        sheet.note(&format!("+ name: {}", was.name), theme::BOT);
    }
    let (from, to) = (side(&entry.became), side(&entry.was));
    if hunks(&from, &to, 0).is_empty() {
        return sheet;
    }
    difference::texts(&mut sheet, &from, &to, 60);
    sheet
}
