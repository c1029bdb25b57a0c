//! The saved replies: their list, what the selected one says, and the place of one that is being filled.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Action, ReplyMenu, State};
use crate::domain::{SafeText, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, typed};
use crate::ui::transcript::wrapped;
use crate::ui::{paint, theme};

/// The most rows of the list.
const LISTED: u16 = 10;
/// The rows of what the selected one says.
const SAYS: u16 = 5;

/// Draws them.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, menu: &ReplyMenu, glyphs: &Glyphs) {
    if let Some(place) = &menu.asking {
        let inner = framed(f, room, (" Saved reply ", " Esc cancels "), 6, glyphs);
        let said = SafeText::one_line(&format!("{{{}}} is:", place.name)).truncate(usize::from(inner.width));
        paint::text(f.buffer_mut(), (inner.x, inner.y), inner.width, &said, theme::PLAIN);
        typed(f, Rect { y: inner.y + 1, height: 1, ..inner }, &place.line);
        let does = SafeText::one_line(&keyed(state, Action::Confirm, "goes on; nothing is sent"));
        paint::text(f.buffer_mut(), (inner.x, inner.y + 3), inner.width, &does, theme::DIM);
        return;
    }
    let listed = state.listed_replies(&menu.filter);
    let rows = u16::try_from(listed.len().max(1)).unwrap_or(LISTED).min(LISTED);
    let height = (rows + SAYS + 4).min(room.height.saturating_sub(1));
    let inner = framed(f, room, (" Saved replies ", " Esc closes "), height, glyphs);
    paint::text(f.buffer_mut(), (inner.x, inner.y), inner.width, &SafeText::from_static("/ "), theme::ACCENT);
    typed(f, Rect { x: inner.x + 2, width: inner.width.saturating_sub(2), height: 1, ..inner }, &menu.filter);
    let rows = rows.min(inner.height.saturating_sub(1));
    let list = Rect { y: inner.y + 1, height: rows, ..inner };
    let buf = f.buffer_mut();
    if listed.is_empty() {
        paint::text(buf, (list.x, list.y), list.width, &SafeText::from_static("nothing matches"), theme::DIM);
        return;
    }
    let most = usize::from(inner.width) / 3;
    let name = |at: &usize| state.replies.get(*at).map_or(0, |reply| display_width(&reply.name));
    let names = listed.iter().map(name).max().unwrap_or(0).min(most);
    let top = menu.menu.top(usize::from(rows));
    for (y, (place, at)) in (list.top()..list.bottom()).zip(listed.iter().enumerate().skip(top)) {
        let Some(reply) = state.replies.get(*at) else { continue };
        let name = SafeText::one_line(&reply.name).truncate(names);
        paint::text(buf, (list.x, y), list.width, &name, theme::BOLD);
        let x = list.x + u16::try_from(names + 2).unwrap_or(0);
        let left = list.right().saturating_sub(x);
        let says = SafeText::one_line(&reply.text).truncate(usize::from(left));
        paint::text(buf, (x, y), left, &says, theme::DIM);
        if place == menu.menu.selected {
            buf.set_style(Rect { y, height: 1, ..list }, theme::SELECTED);
        }
    }
    let below = Rect { y: list.bottom() + 1, height: inner.bottom().saturating_sub(list.bottom() + 1), ..inner };
    let says = listed.get(menu.menu.selected).and_then(|at| state.replies.get(*at)).map(|reply| reply.text.as_str());
    let lines = says.unwrap_or_default().lines();
    let rows = lines.flat_map(|line| wrapped(&SafeText::one_line(line), theme::PLAIN, usize::from(below.width)));
    for (y, row) in (below.top()..below.bottom()).zip(rows) {
        paint::draw(buf, (below.x, y), below.width, &row);
    }
}
