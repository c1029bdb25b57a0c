//! The question before the program ends while changes of rows are staged, or suites are being asked.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Action, State};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, width};
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// Draws the question: so many changes are staged.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, staged: usize, glyphs: &Glyphs) {
    let mut sheet = Sheet::default();
    if staged > 0 {
        let what = if staged == 1 { "1 change is".to_owned() } else { format!("{staged} changes are") };
        sheet.note(&format!("{what} staged and not applied. Leave all the same?"), theme::BOLD);
        sheet.note("What is staged is kept, and is here again at the next start.", theme::PLAIN);
    }
    match &state.suites.running {
        Some(run) => {
            let (ended, all) = (run.done.len(), run.cases.len());
            sheet.note(
                &format!("Tests are being run: {ended} of {all} cases have ended. Leave all the same?"),
                theme::BOLD,
            );
            let kept = "What has ended is kept. What is being asked is finished first, and no other case is begun.";
            sheet.note(kept, theme::PLAIN);
        }
        None if state.channels.iter().any(|channel| channel.sources.guard.running.is_some()) => {
            sheet.note("Changes are being applied around tests. Leave all the same?", theme::BOLD);
            let kept = "What is under way is finished first. The run can be taken up again at the next start.";
            sheet.note(kept, theme::PLAIN);
        }
        // The run that it was asked about has ended meanwhile.
        None if staged == 0 => sheet.note("The tests have ended. Leave?", theme::BOLD),
        None => {}
    }
    let ways = [keyed(state, Action::Confirm, "leaves"), keyed(state, Action::Back, "stays")];
    sheet.note(&format!("{}.", ways.join(", ")), theme::DIM);
    let height = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
    let inner = framed(f, room, (" Leave ", ""), height, glyphs);
    sheet.draw(inner, f.buffer_mut(), 0);
}
