//! What a user keeps of conversations, for a person's eyes.

use super::{Style, TITLE, columns, shorten};
use crate::domain::{DeskEntry, DeskItem, SafeText, Timestamp};

/// One line a conversation of all channels: channel, id, age, what is kept of it, title.
pub(in crate::cli) fn inbox(
    items: &[DeskItem],
    now: Timestamp,
    cut: bool,
    paint: impl Fn(&str, Style) -> String,
) -> String {
    let safe = |text: &str| SafeText::one_line(text).into_string();
    let head = ["channel", "id", "active", "marks", "title"].map(str::to_owned);
    let rows = items.iter().map(|item| {
        let title = safe(&item.conversation.title);
        let title = if cut { shorten(&title, TITLE) } else { title };
        let new = if item.unread { "unread" } else { "" };
        let draft = if item.has_draft { "draft" } else { "" };
        let kept = kept(&item.entry, now);
        let marks: Vec<&str> = [new, draft, &kept].into_iter().filter(|mark| !mark.is_empty()).collect();
        [
            safe(item.channel.as_str()),
            safe(item.conversation.id.as_str()),
            item.activity.map_or_else(String::new, |at| at.ago(now)),
            marks.join(", "),
            title,
        ]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[2], paint)
}

/// What is kept of a conversation, in a few words; empty where nothing is.
pub(in crate::cli) fn kept(entry: &DeskEntry, now: Timestamp) -> String {
    let mut words = Vec::new();
    if entry.pinned {
        words.push("pinned".to_owned());
    }
    if entry.archived.is_some() {
        words.push("archived".to_owned());
    }
    if let Some(snooze) = &entry.snooze {
        words.push(match (snooze.woke, snooze.until) {
            (Some(_), _) => "woke".to_owned(),
            (None, Some(until)) if until > now => format!("snoozed until {}", until.exact()),
            (None, _) => "snoozed".to_owned(),
        });
    }
    words.extend(entry.labels.iter().map(|label| format!("#{label}")));
    if !entry.note.is_empty() {
        words.push("noted".to_owned());
    }
    words.join(", ")
}
