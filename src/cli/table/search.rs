//! What a search found, for a person's eyes.

use super::{Style, age, columns, shorten};
use crate::domain::{ConversationId, Excerpt, Hit, Query, SafeText, SavedSearch, Timestamp};

/// How many letters around the first place.
const EXCERPT: usize = 80;

/// One line a message: conversation, channel, author, age, and what it says around the first place.
pub(in crate::cli) fn hits(
    query: &Query,
    items: &[Hit],
    now: Timestamp,
    paint: impl Fn(&str, Style) -> String,
) -> String {
    let safe = |text: &str| SafeText::one_line(text).into_string();
    let head = ["conversation", "channel", "role", "age", "message"].map(str::to_owned);
    let rows = items.iter().map(|hit| {
        let Excerpt { text, before, after, .. } = query.excerpt(&hit.message.text, EXCERPT);
        let state = hit.state.map_or_else(String::new, |state| format!(" ({})", state.as_str()));
        let mark = |more: bool| if more { "…" } else { "" };
        [
            safe(hit.conversation.as_ref().map_or("", ConversationId::as_str)),
            safe(hit.channel.as_str()),
            safe(hit.message.role.as_str()) + &state,
            age(&hit.message.created_at, now),
            format!("{}{}{}", mark(before), safe(text.trim()), mark(after)),
        ]
    });
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[3], paint)
}

/// One line a search that is kept: name and query.
pub(in crate::cli) fn searches(items: &[SavedSearch], paint: impl Fn(&str, Style) -> String) -> String {
    let safe = |text: &str| SafeText::one_line(text).into_string();
    let head = ["name", "query"].map(str::to_owned);
    let rows = items.iter().map(|item| [shorten(&safe(&item.name), super::TITLE), safe(&item.text)]);
    columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[], paint)
}
