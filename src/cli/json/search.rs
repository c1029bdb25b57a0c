//! The shapes of `search`.

use serde_json::{Value, json};

use crate::domain::{ConversationId, Found, Hit, HitCursor, MessageDocument, OutState, Query, SavedSearch, TitleHit};

/// How many letters around the first place.
const EXCERPT: usize = 160;

/// `search`.
pub(in crate::cli) fn found(query: &Query, found: &Found) -> Value {
    let title = |hit: &TitleHit| json!({ "channel": hit.channel.as_str(), "id": hit.conversation.as_str(), "title": hit.title });
    json!({
        "hits": found.hits.iter().map(|one| hit(query, one)).collect::<Vec<_>>(),
        // Where they were not all counted there is no total: what is known stands beside it.
        "total": found.total.filter(|_| !found.at_least),
        "at_least": found.total,
        "next_cursor": found.more.map(|HitCursor(next)| next.to_string()),
        "titles": found.titles.iter().map(title).collect::<Vec<_>>(),
    })
}

fn hit(query: &Query, hit: &Hit) -> Value {
    json!({
        "channel": hit.channel.as_str(),
        "conversation_id": hit.conversation.as_ref().map(ConversationId::as_str),
        "title": hit.title,
        "message": MessageDocument::listed(&hit.message),
        "state": hit.state.map(OutState::as_str),
        "excerpt": query.excerpt(&hit.message.text, EXCERPT).text,
    })
}

/// `search --list-saved`.
pub(in crate::cli) fn searches(saved: &[SavedSearch]) -> Value {
    let one = |search: &SavedSearch| json!({ "name": search.name, "query": search.text });
    json!({ "searches": saved.iter().map(one).collect::<Vec<_>>() })
}
