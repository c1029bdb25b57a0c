//! What lies over the Search view: the searches that are kept, and the name of one that is to be.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Action, SavedSearches, SearchNaming, State};
use crate::domain::{SafeText, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, keyed, keyed_title, typed, width};
use crate::ui::{paint, theme};

/// Draws the searches that are kept.
pub(super) fn list(f: &mut Frame<'_>, room: Rect, state: &State, kept: &SavedSearches, glyphs: &Glyphs) {
    let saved = &state.search.saved;
    let wanted = u16::try_from(saved.len().max(2)).unwrap_or(u16::MAX).saturating_add(2);
    let height = wanted.min(room.height.saturating_sub(2).max(4));
    let inner =
        framed(f, room, (" Searches that are kept ", &keyed_title(state, Action::Back, "closes")), height, glyphs);
    let buf = f.buffer_mut();
    if saved.is_empty() {
        let how = keyed_in_view(state);
        for (y, text) in (inner.top()..inner.bottom()).zip(["None is kept yet.", how.as_str()]) {
            let text = SafeText::one_line(text).truncate(usize::from(inner.width));
            paint::text(buf, (inner.x, y), inner.width, &text, theme::DIM);
        }
        return;
    }
    let most = usize::from(inner.width) / 2;
    let names =
        saved.iter().map(|one| display_width(SafeText::one_line(&one.name).as_str())).max().unwrap_or(0).min(most);
    let top = kept.menu.top(usize::from(inner.height));
    for (y, (at, one)) in (inner.top()..inner.bottom()).zip(saved.iter().enumerate().skip(top)) {
        let name = SafeText::one_line(&one.name).truncate(names);
        paint::text(buf, (inner.x, y), inner.width, &name, theme::BOLD);
        let x = inner.x + u16::try_from(names + 2).unwrap_or(0);
        if one.text != one.name && x < inner.right() {
            let left = inner.right() - x;
            let text = SafeText::one_line(&one.text).truncate(usize::from(left));
            paint::text(buf, (x, y), left, &text, theme::DIM);
        }
        if at == kept.menu.selected {
            buf.set_style(Rect { y, height: 1, ..inner }, theme::SELECTED);
        }
    }
}

/// How one is kept: the key that the view has for it once this is closed.
fn keyed_in_view(state: &State) -> String {
    match state.window.key(&state.search.contexts(), Action::SaveSearch) {
        key if key.is_empty() => key,
        key => format!("{key} in the view keeps what is searched for."),
    }
}

/// Draws the name under which one is to be.
pub(super) fn name(f: &mut Frame<'_>, room: Rect, state: &State, naming: &SearchNaming, glyphs: &Glyphs) {
    let inner = framed(f, room, (" Keep this search ", &keyed_title(state, Action::Back, "cancels")), 6, glyphs);
    let columns = usize::from(width(room).saturating_sub(4));
    let text = SafeText::one_line(&format!("searched for: {}", state.search.text.trim())).truncate(columns);
    paint::text(f.buffer_mut(), (inner.x, inner.y), inner.width, &text, theme::DIM);
    typed(f, Rect { y: inner.y + 1, height: 1, ..inner }, &naming.name);
    let taken = state.search.saved.iter().any(|saved| saved.name == naming.name.trim());
    let said = if taken { "takes the place of the one of this name" } else { "keeps it under this name" };
    let said = SafeText::one_line(&keyed(state, Action::Confirm, said));
    paint::text(f.buffer_mut(), (inner.x, inner.y + 3), inner.width, &said, theme::DIM);
}
