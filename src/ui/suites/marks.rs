//! How a case stands, by a glyph and a word.

use ratatui::style::Style;

use crate::app::CaseState;
use crate::domain::CaseVerdict;
use crate::ui::glyphs::Glyphs;
use crate::ui::sheet::grouped;
use crate::ui::theme;

/// The glyph, the word and the style.
pub(super) fn mark(state: CaseState, glyphs: &Glyphs) -> (&'static str, &'static str, Style) {
    match state {
        CaseState::UnderWay => (glyphs.sending, "asking", theme::ACCENT),
        CaseState::Waits => (glyphs.queued, "waits", theme::DIM),
        CaseState::Unfinished => (glyphs.unknown, "not ended", theme::WARN),
        CaseState::New => (" ", "not asked", theme::DIM),
        CaseState::Was(verdict) => of_verdict(verdict, glyphs),
    }
}

/// The same of how a case went.
pub(super) fn of_verdict(verdict: CaseVerdict, glyphs: &Glyphs) -> (&'static str, &'static str, Style) {
    match verdict {
        CaseVerdict::Passed => (glyphs.ok, "passed", theme::BOT),
        CaseVerdict::Failed => (glyphs.failed, "failed", theme::BAD),
        CaseVerdict::Error => (glyphs.unknown, "unknown", theme::WARN),
        CaseVerdict::Skipped => (glyphs.unsigned, "not asked", theme::DIM),
    }
}

/// So many messages, in words.
pub(super) fn messages(n: u64) -> String {
    format!("{} {}", grouped(n), if n == 1 { "message" } else { "messages" })
}

/// A time that something took.
pub(super) fn took(ms: u64) -> String {
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms % 1_000 / 100) }
}
