//! Reading: the platform's lists, page by page, into the store.

use crate::app::{Event, Fetched};
use crate::domain::{Conversation, ConversationId, Failure, Message, Page, PageRequest};
use crate::http::Retry;
use crate::platform::{CallError, ListRequest, Outcome};
use crate::runtime::operations::local;
use crate::runtime::outlet::Outlet;
use crate::runtime::{Runtime, patience, trouble};
use crate::store::StoreError;

/// How many items a page of the program's own reading has: the most that the platforms give.
pub(in crate::runtime) const PAGE: u32 = 100;
/// How many pages are read at most: a platform that lists without end is not followed for ever.
const MOST_PAGES: usize = 10_000;

/// One page of the platform's conversations. Before each wait `waits` is told why.
pub(in crate::runtime) async fn list(
    runtime: &Runtime,
    request: &ListRequest,
    retry: Retry,
    waits: impl Fn(&Failure),
) -> Result<Page<Conversation>, Failure> {
    let adapter = runtime.adapter().await?;
    if !adapter.capabilities().list {
        return local::list(runtime, &request.page).await;
    }
    let waiting = |_, error: &CallError| {
        waits(&error.failure);
        true
    };
    let listed = patience::patiently(&retry, || adapter.list(request), waiting).await.map_err(|e| e.failure)?;
    let channel = runtime.channel()?;
    if let Err(error) = runtime.store().merge_conversations(&channel, &listed.items).await {
        // What was asked for is here; that it is not kept for the next start is worth a line in the log.
        tracing::warn!(%error, "the conversations could not be stored");
    }
    Ok(listed)
}

/// One page of a conversation's messages. Not filed: a page out of the middle would leave a hole in the store.
pub(in crate::runtime) async fn messages(
    runtime: &Runtime,
    conversation: &ConversationId,
    page: &PageRequest,
    retry: Retry,
) -> Result<Page<Message>, Failure> {
    let adapter = runtime.adapter().await?;
    let can = adapter.capabilities();
    if !can.history {
        if can.list {
            known(runtime, conversation, retry).await?;
        }
        return local::messages(runtime, conversation, page).await;
    }
    let read = patience::patiently(&retry, || adapter.messages(conversation, page), |_, _| true).await;
    let mut read = read.map_err(|e| e.failure)?;
    // Of use to the store alone: who gathers a long conversation would hold all of it twice.
    read.items.iter_mut().for_each(|message| message.extras.raw = None);
    Ok(read)
}

/// Makes sure that the store knows a conversation that its platform lists, and of which it tells no messages.
async fn known(runtime: &Runtime, conversation: &ConversationId, retry: Retry) -> Result<(), Failure> {
    let channel = runtime.channel()?;
    let store = runtime.store();
    if store.conversation(&channel, conversation).await.map_err(|e| trouble::store(&e))?.is_some() {
        return Ok(());
    }
    let mut page = PageRequest { limit: PAGE, cursor: None };
    for _ in 0..MOST_PAGES {
        let listed = list(runtime, &page.clone().into(), retry, |_| {}).await?;
        if listed.items.iter().any(|one| one.id == *conversation) {
            return Ok(());
        }
        match listed.next {
            Some(next) if page.cursor.as_ref() != Some(&next) => page.cursor = Some(next),
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// Reads a conversation's history from where the store ends to its end, and tells `outlet` of every page.
pub(in crate::runtime) async fn refresh(
    runtime: &Runtime,
    conversation: &ConversationId,
    retry: Retry,
    outlet: Option<&Outlet>,
) -> Result<(), Failure> {
    let adapter = runtime.adapter().await?;
    let channel = runtime.channel()?;
    let store = runtime.store();
    let mut after = store.last_message_id(&channel, conversation).await.map_err(|e| trouble::store(&e))?;
    let mut restarted = false;
    for _ in 0..MOST_PAGES {
        let cursor = after.as_ref().map(|id| id.as_str().to_owned());
        let page = PageRequest { limit: PAGE, cursor };
        let read = patience::patiently(&retry, || adapter.messages(conversation, &page), |_, _| true).await;
        let read = match read {
            Ok(read) => read,
            // The platform does not know our place any more (a message was deleted): read from the start again. What is
            // stored goes only once there is something in its place: the channel may be off, the conversation gone.
            Err(error)
                if error.outcome == Outcome::Refused
                    && after.is_some()
                    && !restarted
                    && error.failure.status.is_some_and(|s| s == 400 || s == 404) =>
            {
                restarted = true;
                let start = PageRequest { limit: PAGE, cursor: None };
                let read = patience::patiently(&retry, || adapter.messages(conversation, &start), |_, _| true).await;
                let read = read.map_err(|e| e.failure)?;
                store.forget_messages(&channel, conversation).await.map_err(|e| trouble::store(&e))?;
                after = None;
                read
            }
            Err(error) => return Err(error.failure),
        };
        let merged = store.merge_messages(&channel, conversation, &read.items, after.as_ref()).await;
        let merged = match merged {
            // Another process forgot the history meanwhile, to read it from the start: so does this one.
            Err(StoreError::UnknownCursor(_)) if after.is_some() => {
                after = None;
                continue;
            }
            merged => merged.map_err(|e| trouble::store(&e))?,
        };
        let last = read.items.last().map(|m| m.id.clone());
        // No next page, or one that brought nothing new: a list that goes round in a circle ends here too.
        let complete = read.next.is_none() || merged.new == 0 || last == after;
        let got = store.message_count(&channel, conversation).await.map_err(|e| trouble::store(&e))?;
        let new = merged.new + merged.settled.len();
        if let Some(outlet) = outlet {
            let fetched = Fetched { new, got, total: read.total, complete };
            outlet.say(Event::HistoryPage(conversation.clone(), Ok(fetched))).await;
        }
        if complete {
            return Ok(());
        }
        after = last;
    }
    Ok(())
}
