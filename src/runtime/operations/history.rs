//! Reading: the platform's lists, page by page, into the store.

use std::collections::HashSet;

use crate::app::{ChannelEvent, Fetched};
use crate::domain::{
    ChannelName, Conversation, ConversationId, Damage, Failure, Kind, Message, MessageId, Page, PageRequest,
};
use crate::http::Retry;
use crate::platform::{CallError, ListRequest, Outcome};
use crate::runtime::channel_sender::ChannelSender;
use crate::runtime::operations::local;
use crate::runtime::pages::Totals;
use crate::runtime::{Runtime, error_map, retry};
use crate::store::StoreError;

/// How many items a page of the program's own reading has: the most that the platforms give.
pub(in crate::runtime) const PAGE: u32 = 100;
/// The same of what only the store keeps.
const STORED_PAGE: u32 = 500;

/// How many items a page has at most where a list is read whole, which the platform keeps or only the store.
pub(in crate::runtime) const fn page_size(platform_keeps: bool) -> u32 {
    if platform_keeps { PAGE } else { STORED_PAGE }
}

/// How many pages are read at most: a platform that lists without end is not followed for ever.
const MOST_PAGES: usize = 10_000;

/// One page of the platform's conversations. Before each wait `waits` is told why.
pub(in crate::runtime) async fn list(
    runtime: &Runtime,
    request: &ListRequest,
    totals: Totals,
    retry: Retry,
    waits: impl Fn(&Failure),
) -> Result<Page<Conversation>, Failure> {
    let adapter = runtime.adapter().await?;
    if !adapter.capabilities().list {
        return local::list(runtime, &request.page, totals).await;
    }
    let waiting = |_, error: &CallError| {
        waits(&error.failure);
        true
    };
    let listed = retry::with_retries(&retry, || adapter.list(request), waiting).await.map_err(|e| e.failure)?;
    let channel = runtime.channel()?;
    if let Err(error) = runtime.store().merge_conversations(&channel, &listed.items).await {
        // What was asked for is here.
        tracing::warn!(%error, "the conversations could not be stored");
        runtime.unkept(&error);
    }
    Ok(listed)
}

/// The page that was filed last of what somebody reads from the start on.
#[derive(Debug)]
pub(in crate::runtime) struct FiledPage {
    of: (ChannelName, ConversationId),
    /// Where the platform said that the next one begins.
    next: String,
    /// The last message of it.
    last: MessageId,
}

/// One page of a conversation's messages. It is filed where it begins at the start, or goes on with what was filed last: one
/// out of the middle would leave a hole in the store.
pub(in crate::runtime) async fn messages(
    runtime: &Runtime,
    conversation: &ConversationId,
    page: &PageRequest,
    totals: Totals,
    retry: Retry,
) -> Result<Page<Message>, Failure> {
    let adapter = runtime.adapter().await?;
    let can = adapter.capabilities();
    if !can.history {
        if can.list {
            known(runtime, conversation, retry).await?;
        }
        return local::messages(runtime, conversation, page, totals).await;
    }
    let read = retry::with_retries(&retry, || adapter.messages(conversation, page), |_, _| true).await;
    let mut read = read.map_err(|e| e.failure)?;
    file(runtime, conversation, page, &read).await?;
    // Of use to the store alone: who gathers a long conversation would hold all of it twice.
    read.items.iter_mut().for_each(|message| message.extras.raw = None);
    Ok(read)
}

/// Files a page, if what stands before it is filed.
async fn file(
    runtime: &Runtime,
    conversation: &ConversationId,
    page: &PageRequest,
    read: &Page<Message>,
) -> Result<(), Failure> {
    let of = (runtime.channel()?, conversation.clone());
    let before = runtime.inner.filed.lock().ok().and_then(|mut filed| filed.take());
    let after = match &page.cursor {
        None => None,
        Some(cursor) => match before.filter(|before| before.of == of && before.next == *cursor) {
            Some(before) => Some(before.last),
            None => return Ok(()),
        },
    };
    match runtime.store().merge_messages(&of.0, &of.1, &read.items, after.as_ref()).await {
        Ok(_) => {}
        // Another process forgot the history meanwhile, to read it from the start.
        Err(StoreError::UnknownCursor(_)) => return Ok(()),
        Err(error) => {
            // What was asked for is here.
            tracing::warn!(%error, "the messages could not be stored");
            runtime.unkept(&error);
            return Ok(());
        }
    }
    let last = read.items.last().map(|message| message.id.clone()).or(after);
    if let (Some(next), Some(last), Ok(mut filed)) = (read.next.clone(), last, runtime.inner.filed.lock()) {
        *filed = Some(FiledPage { of, next, last });
    }
    Ok(())
}

/// Makes sure that the store knows a conversation that its platform lists, and of which it tells no messages.
async fn known(runtime: &Runtime, conversation: &ConversationId, retry: Retry) -> Result<(), Failure> {
    let channel = runtime.channel()?;
    let store = runtime.store();
    if store.conversation(&channel, conversation).await.map_err(|e| error_map::store(&e))?.is_some() {
        return Ok(());
    }
    let mut page = PageRequest { limit: PAGE, cursor: None };
    for _ in 0..MOST_PAGES {
        let listed = list(runtime, &page.clone().into(), Totals::AtTheEnd, retry, |_| {}).await?;
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

/// Reads a conversation's history from where the store ends to its end, and tells `sender` of every page.
pub(in crate::runtime) async fn refresh(
    runtime: &Runtime,
    conversation: &ConversationId,
    retry: Retry,
    sender: Option<&ChannelSender>,
) -> Result<(), Failure> {
    let adapter = runtime.adapter().await?;
    let channel = runtime.channel()?;
    let store = runtime.store();
    // The platform knows no place by an id that it didn't give: then all is read.
    let mut after = store
        .last_message_id(&channel, conversation)
        .await
        .map_err(|e| error_map::store(&e))?
        .filter(|id| !id.is_made());
    let mut walk = Walk { cursor: after.as_ref().map(|id| id.as_str().to_owned()), ..Walk::default() };
    let mut restarted = false;
    // How many the store has: counted, and from then on reckoned, since to count is to look at the whole of it.
    let mut stored: Option<u64> = None;
    for _ in 0..MOST_PAGES {
        let page = PageRequest { limit: PAGE, cursor: walk.cursor.clone() };
        let read = retry::with_retries(&retry, || adapter.messages(conversation, &page), |_, _| true).await;
        let read = match read {
            Ok(read) => read,
            // The platform does not know our place any more (a message was deleted): read from the start again. What is
            // stored goes only once there is something in its place: the channel may be off, the conversation gone.
            Err(error)
                if error.outcome == Outcome::Refused
                    && walk.cursor.is_some()
                    && !restarted
                    && error.failure.status.is_some_and(|s| s == 400 || s == 404) =>
            {
                restarted = true;
                let start = PageRequest { limit: PAGE, cursor: None };
                let read = retry::with_retries(&retry, || adapter.messages(conversation, &start), |_, _| true).await;
                let read = read.map_err(|e| e.failure)?;
                store.forget_messages(&channel, conversation).await.map_err(|e| error_map::store(&e))?;
                (after, walk, stored) = (None, Walk::default(), None);
                read
            }
            Err(error) => return Err(error.failure),
        };
        let merged = store.merge_messages(&channel, conversation, &read.items, after.as_ref()).await;
        let merged = match merged {
            // Another process forgot the history meanwhile, to read it from the start: so does this one.
            Err(StoreError::UnknownCursor(_)) if after.is_some() => {
                (after, walk, stored) = (None, Walk::default(), None);
                continue;
            }
            merged => merged.map_err(|e| error_map::store(&e))?,
        };
        if let Some(last) = read.items.last() {
            after = Some(last.id.clone());
        }
        let reckoned = stored.map(|before| before + merged.new as u64);
        let got = match reckoned.filter(|got| !Walk::may_end(&read, *got)) {
            Some(got) => got,
            None => store.message_count(&channel, conversation).await.map_err(|e| error_map::store(&e))?,
        };
        stored = Some(got);
        let new = merged.new + merged.settled.len();
        let total = read.total;
        let complete = walk.step(read, got);
        if let Some(sender) = sender {
            let problem = if complete { walk.problem(got) } else { None };
            let fetched = Fetched { new, got, total, complete, problem };
            sender.send(ChannelEvent::HistoryPage(conversation.clone(), Ok(fetched))).await;
        }
        if complete {
            return Ok(());
        }
    }
    Ok(())
}

/// The way through the pages of a history that the store has a part of.
#[derive(Default)]
struct Walk {
    /// Where the next page begins.
    cursor: Option<String>,
    /// Where pages began already.
    followed: HashSet<String>,
    total: Option<u64>,
    /// Whether the platform led back to one of those.
    circle: bool,
    damage: Damage,
}

impl Walk {
    /// Whether a page may be the last one, if so many messages are in the store.
    fn may_end(page: &Page<Message>, got: u64) -> bool {
        let short = page.items.len() < PAGE as usize;
        page.next.is_none() || (short && page.total.is_some_and(|total| got >= total))
    }

    /// Goes on behind a page; `got` messages are in the store. True at the end.
    fn step(&mut self, page: Page<Message>, got: u64) -> bool {
        self.followed.extend(self.cursor.take());
        self.total = page.total;
        self.damage.join(page.damage);
        let short = page.items.len() < PAGE as usize;
        let all = short && page.total.is_some_and(|total| got >= total);
        self.cursor = page.next.filter(|_| !all);
        self.circle = self.cursor.as_ref().is_some_and(|next| self.followed.contains(next));
        self.cursor.is_none() || self.circle
    }

    /// What is to be said at the end.
    fn problem(&self, got: u64) -> Option<Failure> {
        let fewer = self.total.filter(|total| *total > got);
        let why = match fewer {
            Some(total) => format!("the platform counts {total} messages, and told {got}"),
            None if self.circle && self.total != Some(got) => {
                format!("after {got} messages the platform leads back to what was read already")
            }
            None => return self.damage.failure(),
        };
        Some(Failure::new(Kind::Platform, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Extras, Fault, Moment, Role};

    fn page(items: usize, total: Option<u64>, next: Option<&str>) -> Page<Message> {
        let message = |n: usize| Message {
            id: MessageId::new(n.to_string()),
            role: Role::User,
            text: String::new(),
            created_at: Moment::default(),
            extras: Extras::default(),
        };
        Page { items: (0..items).map(message).collect(), total, next: next.map(str::to_owned), ..Page::default() }
    }

    /// Walks through pages, each with how many messages the store has then; how many were read, and what is said.
    fn walked(pages: Vec<(Page<Message>, u64)>) -> (usize, Option<String>) {
        let mut walk = Walk::default();
        let mut last = 0;
        for (at, (page, got)) in pages.into_iter().enumerate() {
            last = got;
            if walk.step(page, got) {
                return (at + 1, walk.problem(got).map(|failure| failure.message));
            }
        }
        (0, walk.problem(last).map(|failure| failure.message))
    }

    #[test]
    fn a_history_ends_where_all_that_is_counted_is_here() {
        let capped = |total| {
            vec![(page(25, total, Some("a")), 25), (page(25, total, Some("b")), 50), (page(10, total, None), 60)]
        };
        assert_eq!(walked(capped(Some(60))), (3, None));
        assert_eq!(walked(capped(None)), (3, None));
        // Nothing more is asked for once all is here, though another place is named.
        assert_eq!(walked(vec![(page(2, Some(60), Some("z")), 60)]), (1, None));
        // An empty page is none, where another place is named.
        let gap = vec![(page(0, Some(60), Some("gap")), 0), (page(60, Some(60), None), 60)];
        assert_eq!(walked(gap), (2, None));
    }

    #[test]
    fn a_history_that_is_not_whole_says_so() {
        let fewer = vec![(page(25, Some(60), Some("a")), 25), (page(0, Some(60), None), 25)];
        assert_eq!(walked(fewer), (2, Some("the platform counts 60 messages, and told 25".to_owned())));
        let circle = |total| {
            vec![(page(25, total, Some("a")), 25), (page(25, total, Some("b")), 25), (page(25, total, Some("a")), 25)]
        };
        let (pages, said) = walked(circle(None));
        assert!(pages == 3 && said.unwrap().contains("leads back"));
        assert_eq!(walked(circle(Some(25))).1, None);
        let mut damaged = page(1, None, None);
        damaged.damage.note("/messages/0", Fault::Kind);
        assert!(walked(vec![(damaged, 1)]).1.unwrap().contains("/messages/0 (left out)"));
    }
}
