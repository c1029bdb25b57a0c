//! What is said about a message, above and below its text: who, when, how fast, what hangs on it, and what failed.

use ratatui::style::Style;

use crate::app::{HistoryEntry, Pace};
use crate::domain::{Attachment, Extras, Failure, Moment, Role, SafeText, Timestamp};
use crate::ui::glyphs::Glyphs;
use crate::ui::theme;
use crate::ui::transcript::Item;

/// What stands above a text, part by part.
pub(super) type Head = Vec<(SafeText, Style)>;

/// A message of a history.
pub(in crate::ui) fn said<'b>(past: &'b HistoryEntry, mine: bool, glyphs: &Glyphs, now: Timestamp) -> Item<'b> {
    let message = &past.message;
    let mut facts = describe_pace(past.first_word_ms, past.took_ms, past.words);
    if mine && let Some(via) = &message.extras.via {
        facts.push(via.clone());
    }
    let notes = attachment_notes(&message.extras);
    let (who, style) = author(past, mine);
    let head = head_of((who, style), &message.created_at, &facts, glyphs, now);
    let lines = mine || message.role.is_person();
    Item {
        key: past.key,
        version: past.version,
        head,
        bar: style,
        text: past.text(),
        lines,
        notes,
        ..Item::default()
    }
}

/// Who, when, and what is known besides.
pub(super) fn head_of(
    (who, style): (SafeText, Style),
    at: &Moment,
    facts: &[String],
    glyphs: &Glyphs,
    now: Timestamp,
) -> Head {
    let when = match at.at {
        Some(at) if now.since(at) < 20 * 3_600_000 => at.clock(),
        Some(at) => format!("{} {}", at.date(), at.clock()),
        None => at.raw.clone(),
    };
    let mut head = vec![(who, style.patch(theme::BOLD))];
    head.push((SafeText::one_line(&format!("  {when}")).truncate(40), theme::DIM));
    for fact in facts {
        head.push((SafeText::from_static(glyphs.dot), theme::DIM));
        head.push((SafeText::one_line(fact), theme::DIM));
    }
    head
}

/// Who wrote a message, and in which colour.
fn author(past: &HistoryEntry, mine: bool) -> (SafeText, Style) {
    let extras = &past.message.extras;
    let named = |name: &String| SafeText::one_line(name).truncate(24);
    match (&past.message.role, &extras.admin_id) {
        _ if mine => (SafeText::from_static("you"), theme::USER),
        (Role::User, _) => (extras.author.as_ref().map_or(SafeText::from_static("person"), named), theme::OTHER),
        (Role::Admin, Some(id)) => (SafeText::one_line(&format!("admin {id}")).truncate(24), theme::ADMIN),
        (role, _) => (who(role), bar(role)),
    }
}

pub(super) fn who(role: &Role) -> SafeText {
    match role {
        Role::User => SafeText::from_static("you"),
        Role::Assistant => SafeText::from_static("bot"),
        Role::Admin => SafeText::from_static("admin"),
        Role::Other(word) => SafeText::one_line(word).truncate(20),
    }
}

/// Where each attachment is: shown, never fetched.
fn attachment_notes(extras: &Extras) -> Vec<(SafeText, Style)> {
    let line = |(n, attachment): (usize, &Attachment)| {
        let text = SafeText::one_line(&format!("[{}] {}", n + 1, attachment.url));
        (text.truncate(300), theme::DIM)
    };
    // What went out from here as a file has no URL, and its name stands in the text.
    extras.attachments.iter().enumerate().filter(|(_, attachment)| !attachment.url.is_empty()).map(line).collect()
}

pub(super) fn bar(role: &Role) -> Style {
    match role {
        Role::User => theme::USER,
        Role::Assistant => theme::BOT,
        Role::Admin => theme::ADMIN,
        Role::Other(_) => theme::OTHER,
    }
}

/// A failure in at most two lines.
pub(super) fn note(failure: &Failure) -> Vec<(SafeText, Style)> {
    let mut lines = vec![(SafeText::one_line(&failure.sentence()), theme::WARN)];
    lines.extend(failure.hint.as_ref().map(|hint| (SafeText::one_line(hint), theme::DIM)));
    lines
}

/// `first word 0.4 s` and, once the reply has ended, `61 words/s`: each where it means something.
pub(super) fn describe_pace(first_word_ms: Option<u64>, took_ms: Option<u64>, words: u64) -> Vec<String> {
    let pace = Pace::new(first_word_ms, took_ms, words);
    let first = pace.first_word_ms.map(|first| format!("first word {}.{} s", first / 1_000, first % 1_000 / 100));
    let words = pace.words_a_second.map(|words| format!("{words} words/s"));
    first.into_iter().chain(words).collect()
}
