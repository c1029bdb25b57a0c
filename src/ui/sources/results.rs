//! What became of each change that was applied last, drawn row by row.

use ratatui::style::Style;

use super::grouped;
use super::rows::NAMELESS;
use crate::app::sources::Job;
use crate::domain::Applied;
use crate::ui::glyphs::Glyphs;
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// The text of the overlay.
pub(super) fn details(job: &Job, glyphs: &Glyphs) -> Sheet {
    let mut sheet = Sheet::default();
    let begun = if job.ended { "" } else { ", still at it" };
    sheet.note(
        &format!("{} of {}{begun}: {}", grouped(job.done.len()), grouped(job.total), summary(job)),
        theme::BOLD,
    );
    sheet.blank();
    // What did not go through stands first.
    let (through, waits): (Vec<_>, Vec<_>) =
        job.done.iter().partition(|(.., came)| matches!(came, Applied::Done(_) | Applied::Already(_)));
    for (_, name, came) in waits.into_iter().chain(through) {
        let (glyph, word, style, why) = describe(came, glyphs);
        let name = if name.as_str().trim().is_empty() { NAMELESS } else { name.as_str() };
        sheet.pair(&format!("{glyph} {word:11}"), style, name, theme::PLAIN);
        if let Some(why) = why {
            sheet.pair(&" ".repeat(13), theme::PLAIN, &why, theme::DIM);
        }
    }
    sheet
}

fn describe(came: &Applied, glyphs: &Glyphs) -> (&'static str, &'static str, Style, Option<String>) {
    let said = |failure: &crate::domain::Failure| {
        let hint = failure.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
        Some(format!("{}{hint}", failure.sentence()))
    };
    match came {
        Applied::Done(_) => (glyphs.ok, "done", theme::BOT, None),
        Applied::Already(_) => (glyphs.again, "as it was", theme::DIM, None),
        Applied::Refused(failure) => (glyphs.failed, "refused", theme::BAD, said(failure)),
        Applied::Conflict(Some(_)) => (
            glyphs.conflict,
            "conflict",
            theme::WARN,
            Some("Somebody else changed it; nothing was changed.".to_owned()),
        ),
        Applied::Conflict(None) => (
            glyphs.conflict,
            "conflict",
            theme::WARN,
            Some("Somebody else deleted it; nothing was changed.".to_owned()),
        ),
        Applied::Unknown(failure) => (glyphs.unknown, "unknown", theme::WARN, said(failure)),
        Applied::Cancelled => (glyphs.unsigned, "not begun", theme::DIM, None),
    }
}

/// How many came to what.
fn summary(job: &Job) -> String {
    const WORDS: [&str; 6] = ["done", "already as they were to be", "refused", "in conflict", "unknown", "not begun"];
    let mut numbers = [0_usize; WORDS.len()];
    for (.., came) in &job.done {
        let kind = match came {
            Applied::Done(_) => 0,
            Applied::Already(_) => 1,
            Applied::Refused(_) => 2,
            Applied::Conflict(_) => 3,
            Applied::Unknown(_) => 4,
            Applied::Cancelled => 5,
        };
        if let Some(number) = numbers.get_mut(kind) {
            *number += 1;
        }
    }
    let told = numbers.into_iter().zip(WORDS).filter(|(n, _)| *n > 0);
    told.map(|(n, word)| format!("{} {word}", grouped(n))).collect::<Vec<_>>().join(", ")
}
