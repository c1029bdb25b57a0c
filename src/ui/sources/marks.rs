//! What stands for a state: a glyph, a word, a style.

use ratatui::style::Style;

use crate::app::sources::Mark;
use crate::domain::{SafeText, SyncState};
use crate::ui::glyphs::Glyphs;
use crate::ui::theme;

/// Of a staged change.
pub(super) fn staged(mark: Mark, glyphs: &Glyphs) -> (&'static str, Style) {
    match mark {
        Mark::New => (glyphs.new, theme::BOT),
        Mark::Changed => (glyphs.draft, theme::ACCENT),
        Mark::Renamed => (glyphs.renamed, theme::ACCENT),
        Mark::Deleted => (glyphs.gone, theme::BAD),
        Mark::Applying => (glyphs.sending, theme::DIM),
        Mark::Refused => (glyphs.failed, theme::BAD),
        Mark::Conflict => (glyphs.conflict, theme::WARN),
        Mark::Unknown => (glyphs.unknown, theme::WARN),
    }
}

/// Of a source's, or a row's, standing.
pub(super) fn synced(state: &SyncState, glyphs: &Glyphs) -> (&'static str, SafeText, Style) {
    let (glyph, word, style) = match state {
        SyncState::Synced => (glyphs.ok, "synced", theme::BOT),
        SyncState::Syncing => (glyphs.replay, "syncing", theme::ACCENT),
        SyncState::SyncError => (glyphs.failed, "sync error", theme::BAD),
        SyncState::NotSynced => (glyphs.unsynced, "not synced", theme::WARN),
        SyncState::Other(word) => return (glyphs.unknown, SafeText::one_line(word).truncate(16), theme::WARN),
    };
    (glyph, SafeText::from_static(word), style)
}
