//! What lies over the Sources view: what is staged as a whole, results, what can be put back, a conflict, and the
//! questions before something is done that is not easily undone.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::marks::staged;
use super::rows::NAMELESS;
use super::{Kept, conflict, count, difference, grouped, hash, list, results};
use crate::app::sources::{Mark, Shown, SourcesOverlay, staged_text};
use crate::app::{Action, State};
use crate::domain::hunks;
use crate::domain::{Change, ChangeId, ChangeState, Replaced, SafeText, SourceId, Timestamp, Version, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::over::{border_note, framed, keyed, sized, typed, width};
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// Of one change so many lines are told in the whole difference.
const LINES: usize = 200;
/// From this many rows on the journal shows what putting back does.
const WITH_DIFFERENCE: u16 = 14;
/// How often a source is synced by itself, in the order of the choices.
const INTERVALS: [&str; 4] = ["never", "every day", "every week", "every month"];

/// Draws what lies over the view, if anything does; tells how many rows it has and how many its text takes.
pub(super) fn draw(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    kept: &mut Kept,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Option<(usize, usize)> {
    let sources = &state.sources;
    let measured = match sources.overlay.as_ref()? {
        SourcesOverlay::Review { changes, top, warning } => {
            return Some(review(f, room, state, (changes, *top, warning.as_deref()), kept, glyphs));
        }
        SourcesOverlay::Conflict { change, top } => {
            return Some(conflicted(f, room, state, (change, *top), kept, glyphs));
        }
        SourcesOverlay::Undo(selected) => return Some(journal(f, room, state, *selected, glyphs, now)),
        SourcesOverlay::Results(top) => {
            let inner = large(f, room, " Results ", &keyed(state, Action::Back, "closes"), glyphs);
            let job = sources.job.as_ref();
            let what = hash(&("results", job.map(|job| (job.done.len(), job.total, job.ended))));
            let sheet = kept.overlay.of(what, || job.map(|job| results::sheet(job, glyphs)).unwrap_or_default());
            scrolled(f, inner, sheet, *top)
        }
        SourcesOverlay::Name { row, text, problem } => {
            name(f, room, state, row.as_ref(), (text, problem.as_deref()), glyphs)
        }
        SourcesOverlay::DeleteSource { source, rows, asked, text } => {
            delete_source(f, room, state, (source, *rows, asked, text), glyphs)
        }
        SourcesOverlay::Interval(source, selected) => interval(f, room, state, source, *selected, glyphs),
        SourcesOverlay::Discard { changes, delete } => discard(f, room, state, changes, delete.len(), glyphs),
    };
    Some(measured)
}

/// A box over nearly all that it may cover.
fn large(f: &mut Frame<'_>, room: Rect, title: &str, right: &str, glyphs: &Glyphs) -> Rect {
    let air = |n: u16, least: u16| if n > least { n - 4 } else { n };
    let size = (air(room.width, 60), if room.height > 16 { room.height - 2 } else { room.height });
    let right = if right.is_empty() { SafeText::default() } else { SafeText::one_line(&format!(" {right} ")) };
    sized(f, room, (&SafeText::one_line(title), &right), size, glyphs)
}

/// The whole difference, and whether to apply it.
fn review(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    (ids, top, warning): (&[ChangeId], usize, Option<&str>),
    kept: &mut Kept,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let sources = &state.sources;
    let changes: Vec<&Change> = ids.iter().filter_map(|id| sources.changes.get(id)).collect();
    let title =
        format!(" {}: {} ", count(changes.len(), "change", "changes"), difference::summary(changes.iter().copied()));
    let way = if state.offers(Action::Confirm) { keyed(state, Action::Confirm, "applies") } else { String::new() };
    let inner = large(f, room, &title, &way, glyphs);
    let made_of = |change: &&Change| {
        let why = match &change.state {
            ChangeState::Refused(why) | ChangeState::Unknown(why) => why.as_str(),
            _ => "",
        };
        let text = staged_text(change).map_or(0, str::len);
        hash(&(change.id.as_str(), change.at.millis(), Mark::of(change).word(), why, text))
    };
    let what: Vec<u64> = changes.iter().map(made_of).collect();
    let what = hash(&("review", what, warning, sources.read().map(|body| body.id.as_str())));
    let sheet = kept.overlay.of(what, || {
        let mut sheet = Sheet::default();
        if let Some(warning) = warning {
            sheet.note(&format!("{} {warning}", glyphs.conflict), theme::WARN);
            sheet.blank();
        }
        for (n, change) in changes.iter().enumerate() {
            if n > 0 {
                sheet.blank();
            }
            difference::change(&mut sheet, sources, change, LINES, glyphs);
        }
        if changes.is_empty() {
            sheet.note("Nothing is staged any more.", theme::DIM);
        }
        sheet
    });
    scrolled(f, inner, sheet, top)
}

/// Draws a text in a box from a row on, with how much more there is on the box's border.
fn scrolled(f: &mut Frame<'_>, inner: Rect, sheet: &Sheet, top: usize) -> (usize, usize) {
    let lines = sheet.draw(inner, f.buffer_mut(), top);
    let rows = usize::from(inner.height);
    let below = lines.saturating_sub(rows + top);
    if below > 0 {
        let text = SafeText::one_line(&format!(" {} more ", grouped(below)));
        let area = Rect { x: inner.x.saturating_sub(2), width: inner.width + 4, height: inner.height + 1, ..inner };
        border_note(area, f.buffer_mut(), &text, theme::DIM);
    }
    (rows, lines)
}

/// Base, mine and theirs.
fn conflicted(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    (id, top): (&ChangeId, usize),
    kept: &mut Kept,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let sources = &state.sources;
    let Some(change) = sources.changes.get(id) else {
        let inner = large(f, room, " Conflict ", "", glyphs);
        let mut sheet = Sheet::default();
        sheet.note("It is decided.", theme::DIM);
        return (usize::from(inner.height), sheet.draw(inner, f.buffer_mut(), 0));
    };
    let name = crate::app::sources::staged_name(change);
    let title = format!(" Conflict: {} ", if name.trim().is_empty() { NAMELESS } else { name });
    let inner = large(f, room, &title, &keyed(state, Action::Back, "decides later"), glyphs);
    let mut said = Sheet::default();
    let gone = change.state == ChangeState::Conflict(None);
    said.note(
        if gone {
            "Somebody else deleted this row while a change of it was staged here. Nothing was changed."
        } else {
            "Somebody else changed this row while a change of it was staged here. Nothing was overwritten."
        },
        theme::PLAIN,
    );
    let ways = [
        (Action::KeepMine, "keeps mine"),
        (Action::TakeTheirs, "takes theirs"),
        (Action::Merge, "joins both in the editor"),
    ];
    let ways: Vec<String> =
        ways.into_iter().filter(|(way, _)| state.offers(*way)).map(|(way, does)| keyed(state, way, does)).collect();
    said.note(&ways.join(", "), theme::ACCENT);
    let height = said.height(inner.width).min(inner.height / 2);
    said.draw(Rect { height, ..inner }, f.buffer_mut(), 0);
    let air = u16::from(inner.height > height + 8);
    let body = Rect { y: inner.y + height + air, height: inner.height.saturating_sub(height + air), ..inner };
    let theirs = match &change.state {
        ChangeState::Conflict(theirs) => theirs.as_ref(),
        _ => None,
    };
    let base = change.base.as_ref();
    let what = hash(&("conflict", id.as_str(), base, staged_text(change), theirs, Mark::of(change).word()));
    let table = kept.conflict.of(what, || conflict::Table::new(sources, change));
    table.draw(body, f.buffer_mut(), top, glyphs)
}

/// What can be put back, and what that does.
fn journal(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    selected: usize,
    glyphs: &Glyphs,
    now: Timestamp,
) -> (usize, usize) {
    let entries = &state.sources.journal;
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
        journal_line(entry, state.sources.undoing == Some(entry.n), usize::from(row.width), glyphs, now)
            .render(row, buf);
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

/// A name is asked for.
fn name(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    row: Option<&Shown>,
    (text, problem): (&str, Option<&str>),
    glyphs: &Glyphs,
) -> (usize, usize) {
    let titles = if row.is_some() { (" Another name ", " Esc cancels ") } else { (" A new row ", " Esc cancels ") };
    let mut said = Sheet::default();
    match problem {
        Some(problem) => said.note(problem, theme::WARN),
        None if row.is_some() => said.note("It is staged, and changed when it is applied.", theme::DIM),
        None => said.note("It is staged; the platform has it when it is applied.", theme::DIM),
    }
    let height = said.height(width(room).saturating_sub(4)) + 4;
    let inner = framed(f, room, titles, height, glyphs);
    let question = match row {
        Some(row) => format!("What is {} to be called?", state.sources.name_at(row)),
        None => "What is it to be called? The bot is not told a row's name.".to_owned(),
    };
    ask(f, inner, &question, text, &said);
    (usize::from(inner.height), usize::from(inner.height))
}

/// A question, the line on which it is answered, and what is said of the answer.
fn ask(f: &mut Frame<'_>, inner: Rect, question: &str, text: &str, said: &Sheet) {
    if inner.height < 2 {
        return;
    }
    let question = SafeText::one_line(question).truncate(usize::from(inner.width));
    paint::text(f.buffer_mut(), (inner.x, inner.y), inner.width, &question, theme::PLAIN);
    let below = Rect { y: inner.y + 2, height: inner.height - 2, ..inner };
    said.draw(below, f.buffer_mut(), 0);
    typed(f, Rect { y: inner.y + 1, height: 1, ..inner }, text);
}

fn delete_source(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    (source, rows, asked, text): (&SourceId, Option<u64>, &str, &str),
    glyphs: &Glyphs,
) -> (usize, usize) {
    let rows = match rows.map(|n| usize::try_from(n).unwrap_or(usize::MAX)) {
        Some(0) => "It has no rows.".to_owned(),
        Some(n) => format!("Its {} are deleted with it, and cannot be put back.", count(n, "row", "rows")),
        None => "All its rows are deleted with it, and cannot be put back.".to_owned(),
    };
    let staged = state.sources.changes.values().filter(|change| change.source == *source).count();
    let mut said = Sheet::default();
    let right = text.trim() == asked;
    let (style, way) = match (text.is_empty(), right) {
        (_, true) => (theme::BAD, keyed(state, Action::Confirm, "deletes it.")),
        (true, _) => (theme::DIM, "Nothing is deleted before that.".to_owned()),
        _ => (theme::WARN, "That is not how its id begins.".to_owned()),
    };
    said.note(&rows, theme::WARN);
    if staged > 0 {
        said.note(&format!("{} here is thrown away.", count(staged, "staged change", "staged changes")), theme::WARN);
    }
    said.note(&way, style);
    let height = said.height(width(room).saturating_sub(4)) + 4;
    let inner = framed(f, room, (" Delete a source ", " Esc cancels "), height, glyphs);
    ask(f, inner, &format!("Type {asked} to delete source {}.", source.as_str()), text, &said);
    (usize::from(inner.height), usize::from(inner.height))
}

fn interval(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    source: &SourceId,
    selected: usize,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let inner = framed(f, room, (" Sync by itself ", " Esc cancels "), 7, glyphs);
    let named = state.sources.list.iter().find(|other| other.id == *source).map(list::short).unwrap_or_default();
    let question = SafeText::one_line(&format!("How often is source {named} to be synced by itself?"));
    paint::text(
        f.buffer_mut(),
        (inner.x, inner.y),
        inner.width,
        &question.truncate(usize::from(inner.width)),
        theme::PLAIN,
    );
    for ((at, words), y) in INTERVALS.into_iter().enumerate().zip(inner.y + 1..inner.bottom()) {
        let row = Rect { y, height: 1, ..inner };
        let mark = if at == selected { glyphs.open } else { " " };
        paint::line(vec![
            paint::fixed(mark, theme::ACCENT),
            paint::fixed(" ", theme::PLAIN),
            paint::fixed(words, theme::PLAIN),
        ])
        .render(row, f.buffer_mut());
        if at == selected {
            f.buffer_mut().set_style(row, theme::SELECTED);
        }
    }
    (usize::from(inner.height), INTERVALS.len())
}

fn discard(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    ids: &[ChangeId],
    deletes: usize,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let changes: Vec<&Change> = ids.iter().filter_map(|id| state.sources.changes.get(id)).collect();
    let mut sheet = Sheet::default();
    let what = count(changes.len(), "staged change", "staged changes");
    let then = if deletes > 0 {
        format!(
            " {} then staged to be deleted.",
            if deletes == 1 { "The row is".to_owned() } else { format!("{} rows are", grouped(deletes)) }
        )
    } else {
        String::new()
    };
    sheet.note(&format!("Throw {what} away? What was written is lost.{then}"), theme::BOLD);
    for change in changes.iter().take(5) {
        let mark = Mark::of(change);
        let (glyph, style) = staged(mark, glyphs);
        let name = crate::app::sources::staged_name(change);
        let name = if name.trim().is_empty() { NAMELESS } else { name };
        sheet.pair(&format!("  {glyph} {:9}", mark.word()), style, name, theme::PLAIN);
    }
    if changes.len() > 5 {
        sheet.note(&format!("  … {} more", grouped(changes.len() - 5)), theme::DIM);
    }
    let ways = [keyed(state, Action::Confirm, "throws away"), keyed(state, Action::Back, "keeps")];
    sheet.note(&format!("{}.", ways.join(", ")), theme::DIM);
    let height = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
    let inner = framed(f, room, (" Discard ", ""), height, glyphs);
    (usize::from(inner.height), sheet.draw(inner, f.buffer_mut(), 0))
}
