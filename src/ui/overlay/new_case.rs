//! A case that is being made of what was said: what it asks, its name, the suite that it goes into.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Action, NewCaseSheet, State};
use crate::domain::{SafeText, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, keyed_title, typed};
use crate::ui::transcript::wrapped;
use crate::ui::{paint, theme};

/// The most rows of the suites.
const LISTED: u16 = 6;
/// The most rows of what it says.
const SAYS: u16 = 4;

/// Draws it.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, sheet: &NewCaseSheet, glyphs: &Glyphs) {
    let suites: Vec<_> = state.suites.targets().collect();
    let listed = u16::try_from(suites.len() + 1).unwrap_or(LISTED).min(LISTED);
    let says = u16::try_from(sheet.turns.len()).unwrap_or(SAYS).min(SAYS);
    let wanted = if sheet.file.is_some() { 8 } else { listed + says + 8 };
    // What it says goes where there is no room for it.
    let height = wanted.min(room.height);
    let says = if sheet.file.is_some() { 0 } else { says.saturating_sub(wanted - height) };
    let title = keyed_title(state, Action::Back, "cancels");
    let inner = framed(f, room, (" A case of what was said ", &title), height, glyphs);
    let mut y = inner.y;
    let mut line = |f: &mut Frame<'_>, text: &str, style| {
        if y < inner.bottom() {
            let text = SafeText::one_line(text).truncate(usize::from(inner.width));
            paint::text(f.buffer_mut(), (inner.x, y), inner.width, &text, style);
        }
        y += 1;
        y
    };
    let does = match &sheet.file {
        Some(_) => "makes the file",
        None if sheet.menu.selected < suites.len() => "writes it",
        None => "goes on to the file's name",
    };
    if let Some(file) = &sheet.file {
        let at = line(f, "The file of the new suite:", theme::PLAIN);
        typed(f, Rect { y: at, height: 1, ..inner }, file);
        y += 2;
    } else {
        let count = sheet.turns.len();
        let turns = if count == 1 { "1 turn".to_owned() } else { format!("{count} turns") };
        line(f, &format!("{turns}; a reply has to be like what was replied"), theme::DIM);
        for turn in sheet.turns.iter().take(usize::from(says)) {
            line(f, &format!("{}{}", "> ", turn.say), theme::PLAIN);
        }
        let at = line(f, "Its name:", theme::DIM);
        typed(f, Rect { y: at, height: 1, ..inner }, &sheet.name);
        let mut at = at + 1;
        let rows = listed.min(inner.bottom().saturating_sub(at + 2));
        let top = sheet.menu.top(usize::from(rows));
        for nth in (top..=suites.len()).take(usize::from(rows)) {
            let (name, aside) = match suites.get(nth) {
                Some(suite) => (suite.name.clone(), suite.path.to_string_lossy().into_owned()),
                None => ("a new suite".to_owned(), String::new()),
            };
            let name = SafeText::one_line(&name).truncate(usize::from(inner.width) / 2);
            let used = u16::try_from(display_width(name.as_str()) + 2).unwrap_or(inner.width);
            paint::text(f.buffer_mut(), (inner.x, at), inner.width, &name, theme::BOLD);
            let left = inner.width.saturating_sub(used);
            let aside = SafeText::one_line(&aside).truncate(usize::from(left));
            paint::text(f.buffer_mut(), (inner.x + used.min(inner.width), at), left, &aside, theme::DIM);
            if nth == sheet.menu.selected {
                f.buffer_mut().set_style(Rect { y: at, height: 1, ..inner }, theme::SELECTED);
            }
            at += 1;
        }
        y = at;
    }
    let (said, style) = match (&sheet.problem, sheet.writing) {
        (Some(problem), _) => (problem.clone(), theme::BAD),
        (None, true) => (SafeText::from_static("writing it…"), theme::DIM),
        (None, false) => (SafeText::one_line(&keyed(state, Action::Confirm, does)), theme::DIM),
    };
    for (y, row) in (y..inner.bottom()).zip(wrapped(&said, style, usize::from(inner.width))) {
        paint::draw(f.buffer_mut(), (inner.x, y), inner.width, &row);
    }
}
