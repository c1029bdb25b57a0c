//! The suites and their cases, drawn: one row each, with how it stands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::marks::{mark, took};
use crate::app::{CaseEntry, Side, State, SuiteEntry};
use crate::domain::{SafeText, Timestamp, display_width};
use crate::ui::frame::{filter_line, pane};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::sheet::{Sheet, grouped, padded};
use crate::ui::{paint, theme};

/// The columns of the word of how a case stands.
const WORD: usize = 9;
/// The columns of how long ago that was.
const AGO: usize = 4;
/// From this many columns on a row says how long ago, and how long it took.
const WITH_AGO: usize = 36;
/// The columns of how long it took.
const TOOK: usize = 8;
/// From this many columns on it says that, too.
const WITH_TOOK: usize = 60;
/// The most columns of a bar.
const BAR: usize = 12;

/// Draws the list and says how many rows it has.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) -> usize {
    let suites = &state.suites;
    let focused = suites.side == Side::List && !state.window.is_asked();
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
    let right = progress(state, area.width, glyphs);
    let inner = pane(area, buf, vec![paint::fixed(" Tests ", style)], right, focused, glyphs);
    if inner.height < 3 || inner.width < 8 {
        return 0;
    }
    let filter = Rect { height: 1, ..inner };
    let rows = Rect { y: inner.y + 1, height: inner.height - 2, ..inner };
    let foot = Rect { y: inner.bottom() - 1, height: 1, ..inner };
    filter_line(&suites.filter, (suites.filtering, focused), filter.width, glyphs).paint(filter, buf);
    let shown = suites.rows();
    if shown.is_empty() {
        empty(state).draw(rows, buf, 0);
    }
    let columns = usize::from(rows.width);
    for (row, y) in shown.iter().skip(suites.view.top).zip(rows.top()..rows.bottom()) {
        let line = Rect { y, height: 1, ..rows };
        match row.case {
            None => head(state, row.suite, columns, glyphs).paint(line, buf),
            Some(case) => case_line(state, row.suite, case, columns, glyphs, now).paint(line, buf),
        }
        if suites.selected.as_ref().is_some_and(|place| row.is_at(place)) {
            buf.set_style(line, if suites.side == Side::List { theme::SELECTED } else { theme::BOLD });
        }
    }
    let (text, style) = foot_text(state);
    paint::line(vec![paint::span(&SafeText::one_line(&text).truncate(columns), style)]).paint(foot, buf);
    usize::from(rows.height)
}

/// How far the run is that is under way, as a bar and in words.
pub(super) fn progress(state: &State, width: u16, glyphs: &Glyphs) -> Vec<Span<'static>> {
    let Some(run) = &state.suites.running else { return Vec::new() };
    let (done, all) = (run.done.len(), run.cases.len());
    let missed = run.totals.failed + run.totals.errors;
    let missed = if missed > 0 { format!(", {missed} missed") } else { String::new() };
    let word = if run.stopping { ", stopping" } else { "" };
    let text = SafeText::one_line(&format!(" {done} of {all}{missed}{word} "));
    let room = usize::from(width).saturating_sub(display_width(text.as_str()) + 14).min(BAR);
    let filled = (done * room).checked_div(all).unwrap_or(0).min(room);
    let mut spans = Vec::new();
    if room >= 4 {
        let bar = format!(" {}{}", glyphs.bar[0].repeat(filled), glyphs.bar[1].repeat(room - filled));
        spans.push(paint::owned(SafeText::one_line(&bar), theme::ACCENT));
    }
    spans.push(paint::owned(text, theme::ACCENT));
    spans
}

/// A suite: its name, and how many of its cases stand how.
fn head(state: &State, suite: &SuiteEntry, columns: usize, glyphs: &Glyphs) -> Line<'static> {
    let name = SafeText::one_line(&suite.name);
    let (told, style) = standing(state, suite, glyphs);
    let told = SafeText::one_line(&told);
    let room = columns.saturating_sub(display_width(told.as_str()) + 2).max(columns / 3);
    let name = name.truncate(room);
    let gap = columns.saturating_sub(display_width(name.as_str()) + display_width(told.as_str())).max(1);
    paint::line(vec![
        paint::span(&name, theme::BOLD),
        paint::owned(SafeText::one_line(&" ".repeat(gap)), theme::PLAIN),
        paint::owned(told.truncate(columns.saturating_sub(display_width(name.as_str()) + 1)), style),
    ])
}

/// How many cases of a suite stand how, in words.
pub(super) fn standing(state: &State, suite: &SuiteEntry, glyphs: &Glyphs) -> (String, Style) {
    if suite.problem.is_some() {
        return (format!("{} file is wrong", glyphs.failed), theme::BAD);
    }
    let counts = state.suites.counts(suite);
    if counts.passed == counts.cases {
        return (format!("{} all {} passed", glyphs.ok, grouped(counts.cases as u64)), theme::BOT);
    }
    let asked = counts.passed + counts.failed + counts.unknown;
    let some = [(counts.failed, "failed"), (counts.unknown, "unknown"), (counts.cases - asked, "not asked")];
    let some: Vec<String> = some
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(*count as u64)))
        .collect();
    let style = if counts.failed > 0 {
        theme::BAD
    } else if counts.unknown > 0 {
        theme::WARN
    } else {
        theme::DIM
    };
    (format!("{} of {}", some.join(", "), grouped(counts.cases as u64)), style)
}

fn case_line(
    state: &State,
    suite: &SuiteEntry,
    case: &CaseEntry,
    columns: usize,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Line<'static> {
    let (glyph, word, style) = mark(state.suites.state_of(&suite.path, case), glyphs);
    let last = case.past.first();
    let ago = if columns >= WITH_AGO { AGO + 1 } else { 0 };
    let took_columns = if columns >= WITH_TOOK { TOOK + 1 } else { 0 };
    let room = columns.saturating_sub(WORD + 3 + ago + took_columns);
    let changed = if case.changed.is_some() { " changed" } else { "" };
    let name = SafeText::one_line(&case.name).truncate(room.saturating_sub(display_width(changed)));
    let rest = room.saturating_sub(display_width(name.as_str()));
    let mut spans = vec![
        paint::owned(SafeText::one_line(&format!("{glyph} ")), style),
        paint::owned(padded(&SafeText::from_static(word), WORD + 1), style),
        paint::span(&name, theme::PLAIN),
        paint::owned(padded(&SafeText::from_static(changed), rest), theme::ACCENT),
    ];
    if took_columns > 0 {
        let text = last.map(|past| took(past.ms)).unwrap_or_default();
        spans.push(paint::owned(SafeText::one_line(&format!(" {text:>TOOK$}")), theme::DIM));
    }
    if ago > 0 {
        let text = last.map(|past| past.at.ago(now)).unwrap_or_default();
        spans.push(paint::owned(SafeText::one_line(&format!(" {text:>AGO$}")), theme::DIM));
    }
    paint::line(spans)
}

/// What stands where no suite is.
fn empty(state: &State) -> Sheet {
    let mut sheet = Sheet::default();
    if !state.suites.loaded {
        sheet.note("Reading the suites…", theme::DIM);
    } else if !state.suites.filter.trim().is_empty() {
        sheet.note("nothing matches", theme::DIM);
    } else {
        sheet.note("There is no suite yet.", theme::PLAIN);
        sheet.blank();
        sheet.note(
            "A suite is a file of conversations and of what must hold of the bot's replies. Those that [tests] of the \
             config file names stand here, and those that `patchcord test` was run with.",
            theme::DIM,
        );
    }
    sheet
}

fn foot_text(state: &State) -> (String, Style) {
    let suites = &state.suites;
    if let Some((case, why)) = suites.running.as_ref().and_then(|run| run.waiting.as_ref()) {
        return (format!("{case}: {why}"), theme::WARN);
    }
    if let Some(problem) = &suites.problem {
        return (problem.message.clone(), theme::BAD);
    }
    if let Some(ran) = &suites.ran {
        return (ran.clone(), theme::DIM);
    }
    let cases: usize = suites.suites.iter().map(|suite| suite.cases.len()).sum();
    let noun = |n: usize, one: &'static str, many: &'static str| if n == 1 { one } else { many };
    let files = suites.suites.len();
    let text = format!(
        "{} {} in {} {}",
        grouped(cases as u64),
        noun(cases, "case", "cases"),
        grouped(files as u64),
        noun(files, "suite", "suites")
    );
    (text, theme::DIM)
}
