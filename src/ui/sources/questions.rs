//! The questions of the Sources view, drawn: names, how often to sync, and what is not easily undone.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::marks::staged;
use super::rows::NAMELESS;
use super::{count, grouped, list};
use crate::app::sources::{Mark, Shown, staged_name};
use crate::app::{Action, LineInput, State};
use crate::domain::{Change, ChangeId, SafeText, SourceId};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::{framed, keyed, keyed_title, typed, width};
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// How often a source is synced by itself, in the order of the choices.
const INTERVALS: [&str; 4] = ["never", "every day", "every week", "every month"];

/// A name is asked for.
pub(super) fn name(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    row: Option<&Shown>,
    (text, problem): (&LineInput, Option<&str>),
    glyphs: &Glyphs,
) -> (usize, usize) {
    let way = keyed_title(state, Action::Back, "cancels");
    let titles = (if row.is_some() { " Another name " } else { " A new row " }, way.as_str());
    let mut said = Sheet::default();
    match problem {
        Some(problem) => said.note(problem, theme::WARN),
        None if row.is_some() => said.note("It is staged, and changed when it is applied.", theme::DIM),
        None => {
            said.note("The bot is not told a row's name.", theme::DIM);
            said.note("It is staged; the platform has it when it is applied.", theme::DIM);
        }
    }
    let height = said.height(width(room).saturating_sub(4)) + 4;
    let inner = framed(f, room, titles, height, glyphs);
    let question = match row {
        Some(row) => format!("What is {} to be called?", state.channel().sources.name_at(row)),
        None => "What is it to be called?".to_owned(),
    };
    ask(f, inner, &question, text, &said);
    (usize::from(inner.height), usize::from(inner.height))
}

/// A question, the line on which it is answered, and what is said of the answer.
fn ask(f: &mut Frame<'_>, inner: Rect, question: &str, text: &LineInput, said: &Sheet) {
    if inner.height < 2 {
        return;
    }
    let question = SafeText::one_line(question).truncate(usize::from(inner.width));
    paint::text(f.buffer_mut(), (inner.x, inner.y), inner.width, &question, theme::PLAIN);
    let below = Rect { y: inner.y + 2, height: inner.height - 2, ..inner };
    said.draw(below, f.buffer_mut(), 0);
    typed(f, Rect { y: inner.y + 1, height: 1, ..inner }, text);
}

pub(super) fn delete_source(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    (source, rows, asked, text): (&SourceId, Option<u64>, &str, &LineInput),
    glyphs: &Glyphs,
) -> (usize, usize) {
    let rows = match rows.map(|n| usize::try_from(n).unwrap_or(usize::MAX)) {
        Some(0) => "It has no rows.".to_owned(),
        Some(n) => format!("Its {} are deleted with it, and cannot be put back.", count(n, "row", "rows")),
        None => "All its rows are deleted with it, and cannot be put back.".to_owned(),
    };
    let staged = state.channel().sources.changes.values().filter(|change| change.source == *source).count();
    let mut said = Sheet::default();
    let typed = text.trim();
    let (style, way) = if typed == asked {
        (theme::BAD, keyed(state, Action::Confirm, "deletes it."))
    } else if asked.starts_with(typed) {
        (theme::DIM, "Nothing is deleted before that.".to_owned())
    } else {
        (theme::WARN, "That is not how its id begins.".to_owned())
    };
    said.note(&rows, theme::WARN);
    if staged > 0 {
        said.note(&format!("{} here is thrown away.", count(staged, "staged change", "staged changes")), theme::WARN);
    }
    said.note(&way, style);
    let height = said.height(width(room).saturating_sub(4)) + 4;
    let inner = framed(f, room, (" Delete a source ", &keyed_title(state, Action::Back, "cancels")), height, glyphs);
    ask(f, inner, &format!("Type {asked} to delete source {}.", source.as_str()), text, &said);
    (usize::from(inner.height), usize::from(inner.height))
}

pub(super) fn interval(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    source: &SourceId,
    selected: usize,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let inner = framed(f, room, (" Sync by itself ", &keyed_title(state, Action::Back, "cancels")), 7, glyphs);
    let named =
        state.channel().sources.list.iter().find(|other| other.id == *source).map(list::short).unwrap_or_default();
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
        .paint(row, f.buffer_mut());
        if at == selected {
            f.buffer_mut().set_style(row, theme::SELECTED);
        }
    }
    (usize::from(inner.height), INTERVALS.len())
}

pub(super) fn discard(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    ids: &[ChangeId],
    deletes: usize,
    glyphs: &Glyphs,
) -> (usize, usize) {
    let changes: Vec<&Change> = ids.iter().filter_map(|id| state.channel().sources.changes.get(id)).collect();
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
        let mark = Mark::for_change(change);
        let (glyph, style) = staged(mark, glyphs);
        let name = staged_name(change);
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
