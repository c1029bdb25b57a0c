//! Searching all that the store has seen, and the searches that are kept.

use std::collections::BTreeSet;

use crate::app::{Around, HistoryEntry};
use crate::domain::{ChannelName, ConversationId, Failure, Found, Kind, Query, QueryError, SavedSearch, Timestamp};
use crate::runtime::{Runtime, SearchRequest, error_map};
use crate::store::StoredMessage;

/// Understands a search as it is written on a command line.
pub(in crate::runtime) fn understand(text: &str) -> Result<Query, Failure> {
    let wrong = |QueryError { at, message }: QueryError| {
        let place = text.get(at).unwrap_or_default();
        Failure::new(Kind::Invalid, format!("\"{place}\" can't be searched for: {message}"))
            .hint("Put it in quotes to search for these letters.")
    };
    Query::parse(text, Timestamp::now()).map_err(wrong)
}

/// Finds messages, after all that the store has is in the index; `told` hears how many are yet to be put there.
pub(in crate::runtime) async fn search(
    runtime: &Runtime,
    request: SearchRequest,
    told: impl FnMut(u64),
) -> Result<Found, Failure> {
    let store = runtime.store();
    store.complete_index(told).await.map_err(|error| error_map::store(&error))?;
    store.search(request).await.map_err(|error| error_map::store(&error))
}

/// What stands around a place of a history.
pub(in crate::runtime) async fn around(
    runtime: &Runtime,
    channel: &ChannelName,
    conversation: &ConversationId,
    seq: i64,
    (before, after): (usize, usize),
) -> Result<Around, Failure> {
    let store = runtime.store();
    let earlier = store.messages(channel, conversation, Some(seq), before);
    // One more tells whether there are newer ones, and the place itself is one.
    let later = store.messages_after(channel, conversation, Some(seq.saturating_sub(1)), after.saturating_add(2));
    let earlier = earlier.await.map_err(|error| error_map::store(&error))?;
    let mut later = later.await.map_err(|error| error_map::store(&error))?;
    let newer = later.len() > after.saturating_add(1);
    later.truncate(after.saturating_add(1));
    let past = |entry: StoredMessage| HistoryEntry {
        finish: entry.finish,
        ..HistoryEntry::new(entry.seq, entry.message, entry.ours, entry.first_word_ms, entry.took_ms)
    };
    Ok(Around { history: earlier.entries.into_iter().chain(later).map(past).collect(), older: earlier.older, newer })
}

/// The searches that are kept, by name.
pub(in crate::runtime) async fn saved(runtime: &Runtime) -> Result<Vec<SavedSearch>, Failure> {
    runtime.store().saved_searches().await.map_err(|error| error_map::store(&error))
}

/// The one of that name.
pub(in crate::runtime) async fn saved_as(runtime: &Runtime, name: &str) -> Result<SavedSearch, Failure> {
    let all = saved(runtime).await?;
    let names: BTreeSet<_> = all.iter().map(|search| search.name.clone()).collect();
    all.into_iter().find(|search| search.name == name).ok_or_else(|| {
        let failure = Failure::new(Kind::NotFound, format!("No search is kept as \"{name}\"."));
        let names: Vec<_> = names.into_iter().collect();
        match names.as_slice() {
            [] => failure.hint("`search --save NAME QUERY` keeps one."),
            names => failure.hint(format!("There are: {}.", names.join(", "))),
        }
    })
}

/// Keeps a search under its name.
pub(in crate::runtime) async fn save(runtime: &Runtime, search: &SavedSearch) -> Result<(), Failure> {
    if search.name.trim().is_empty() {
        return Err(Failure::new(Kind::Invalid, "The name is empty, so nothing was kept."));
    }
    runtime.store().save_search(search).await.map_err(|error| error_map::store(&error))
}

/// Forgets the search of that name.
pub(in crate::runtime) async fn forget(runtime: &Runtime, name: &str) -> Result<(), Failure> {
    saved_as(runtime, name).await?;
    runtime.store().forget_search(name).await.map_err(|error| error_map::store(&error))?;
    Ok(())
}
