//! What is known of a message, drawn over the view.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget as _};

use crate::app::{LoadState, MessageMeasured, MessageSheet, Section, State};
use crate::domain::SafeText;
use crate::ui::frame;
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::sized;
use crate::ui::sheet::{Sheet, grouped};
use crate::ui::theme;

/// The box has at most so many columns: beyond that, a line is hard to follow.
const WIDEST: u16 = 110;

/// Draws the sheet, and says what it measured.
pub(super) fn draw(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    message: &MessageSheet,
    glyphs: &Glyphs,
) -> MessageMeasured {
    let columns = room.width.saturating_sub(4).min(WIDEST);
    let sheet = details(&message.told);
    // Two for the border, and two of air beside the text.
    let height = sheet.height(columns.saturating_sub(4)).saturating_add(2).min(room.height.saturating_sub(2));
    let rows = usize::from(sheet.height(columns.saturating_sub(4)));
    let seen = usize::from(height.saturating_sub(2));
    let last = rows.saturating_sub(seen);
    let top = message.top.min(last);
    let place = if last == 0 {
        SafeText::default()
    } else {
        SafeText::one_line(&format!(" {} to {} of {} ", top + 1, (top + seen).min(rows), rows))
    };
    let inner = sized(f, room, (&SafeText::from_static(" Message "), &place), (columns, height), glyphs);
    sheet.draw(inner, f.buffer_mut(), top);
    notice(f, inner, state);
    MessageMeasured { rows: seen, last }
}

/// What the program says stands on the sheet's last rows: its own place may lie below.
fn notice(f: &mut Frame<'_>, inner: Rect, state: &State) {
    let lines = frame::notice_lines(state, inner.width.saturating_sub(1));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(inner.height);
    let area = Rect { y: inner.bottom() - height, height, ..inner };
    Clear.render(area, f.buffer_mut());
    frame::notice(area, f.buffer_mut(), state, &lines);
}

fn details(told: &LoadState) -> Sheet {
    let mut sheet = Sheet::default();
    match told {
        LoadState::Reading => sheet.note("Reading it…", theme::DIM),
        LoadState::Unknown => sheet.note("The store does not have it: it is only on the screen yet.", theme::WARN),
        LoadState::Failed(failure) => {
            sheet.note(&failure.sentence(), theme::BAD);
            if let Some(hint) = &failure.hint {
                sheet.note(hint, theme::DIM);
            }
        }
        LoadState::Here(_, sections) => sections.iter().for_each(|one| section(&mut sheet, one)),
    }
    sheet
}

fn section(sheet: &mut Sheet, section: &Section) {
    if !section.title.is_empty() {
        sheet.heading(section.title, section.aside);
    }
    for (name, text) in &section.facts {
        sheet.named(name, text);
    }
    if let Some((text, left)) = &section.text {
        sheet.text(text.clone(), theme::PLAIN);
        if *left > 0 {
            sheet.note(&format!("… {} bytes more", grouped(*left as u64)), theme::DIM);
        }
    }
}
