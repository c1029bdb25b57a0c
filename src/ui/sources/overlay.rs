//! What lies over the Sources view: what is staged as a whole, results, a conflict. The journal and the questions have
//! rooms of their own.

use super::large::large;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::rows::NAMELESS;
use super::{Kept, conflict, count, difference, grouped, hash, journal, questions, results};
use crate::app::sources::{Mark, SourcesOverlay, staged_name, staged_text};
use crate::app::{Action, State};
use crate::domain::{Change, ChangeId, ChangeState, SafeText, Timestamp};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{border_note, keyed};
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// Of one change so many lines are told in the whole difference.
const LINES: usize = 200;

/// Draws what lies over the view, if anything does; tells how many rows it has and how many its text takes.
pub(super) fn draw(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    kept: &mut Kept,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Option<(usize, usize)> {
    let sources = &state.channel().sources;
    let measured = match sources.overlay.as_ref()? {
        SourcesOverlay::Review { changes, top, warning } => {
            return Some(review(f, room, state, (changes, *top, warning.as_deref()), kept, glyphs));
        }
        SourcesOverlay::Conflict { change, top } => {
            return Some(conflicted(f, room, state, (change, *top), kept, glyphs));
        }
        SourcesOverlay::Undo(selected) => return Some(journal::draw(f, room, state, *selected, glyphs, now)),
        SourcesOverlay::Results(top) => {
            let inner = large(f, room, " Results ", &keyed(state, Action::Back, "closes"), glyphs);
            let job = sources.job.as_ref();
            let what = hash(&("results", job.map(|job| (job.done.len(), job.total, job.ended))));
            let sheet =
                kept.overlay.get_or_make(what, || job.map(|job| results::details(job, glyphs)).unwrap_or_default());
            scrolled(f, inner, sheet, *top)
        }
        SourcesOverlay::Name { row, text, problem } => {
            questions::name(f, room, state, row.as_ref(), (text, problem.as_deref()), glyphs)
        }
        SourcesOverlay::DeleteSource { source, rows, asked, text } => {
            questions::delete_source(f, room, state, (source, *rows, asked, text), glyphs)
        }
        SourcesOverlay::Interval(source, selected) => questions::interval(f, room, state, source, *selected, glyphs),
        SourcesOverlay::Discard { changes, delete } => {
            questions::discard(f, room, state, changes, delete.len(), glyphs)
        }
    };
    Some(measured)
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
    let sources = &state.channel().sources;
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
        hash(&(change.id.as_str(), change.at.millis(), Mark::for_change(change).word(), why, text))
    };
    let what: Vec<u64> = changes.iter().map(made_of).collect();
    let what = hash(&("review", what, warning, sources.read().map(|body| body.id.as_str())));
    let sheet = kept.overlay.get_or_make(what, || {
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
    let sources = &state.channel().sources;
    let Some(change) = sources.changes.get(id) else {
        let inner = large(f, room, " Conflict ", "", glyphs);
        let mut sheet = Sheet::default();
        sheet.note("It is decided.", theme::DIM);
        return (usize::from(inner.height), sheet.draw(inner, f.buffer_mut(), 0));
    };
    let name = staged_name(change);
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
    let what = hash(&("conflict", id.as_str(), base, staged_text(change), theirs, Mark::for_change(change).word()));
    let table = kept.conflict.get_or_make(what, || conflict::Table::new(sources, change));
    table.draw(body, f.buffer_mut(), top, glyphs)
}
