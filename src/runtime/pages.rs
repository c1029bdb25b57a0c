//! All pages of a list, from a platform that may repeat itself.

use std::collections::HashSet;

use crate::domain::{Conversation, Failure, Message, Page, PageRequest};

/// No list is followed further than that, whatever the platform says.
const PAGES: usize = 10_000;

/// What can be told apart in a list.
pub trait Listed {
    /// The platform's id; it may be empty where the platform gave none.
    fn id(&self) -> &str;
}

impl Listed for Conversation {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Listed for Message {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// Fetches page after page to the end, each item once. Where the end is not reached, the next page is named.
pub async fn follow<T: Listed>(
    mut request: PageRequest,
    mut page: impl AsyncFnMut(&PageRequest) -> Result<Page<T>, Failure>,
) -> Result<Page<T>, Failure> {
    let from_the_start = request.cursor.is_none();
    let mut gathered = Page { items: Vec::new(), total: None, next: None };
    let (mut ids, mut cursors) = (HashSet::new(), HashSet::new());
    for _ in 0..PAGES {
        let Page { items, total, next } = page(&request).await?;
        let (before, count) = (gathered.items.len(), items.len());
        gathered.total = total.or(gathered.total);
        gathered
            .items
            .extend(items.into_iter().filter(|item| item.id().is_empty() || ids.insert(item.id().to_owned())));
        // A platform that goes in circles brings nothing new, or names a place where it has been.
        let nothing_new = gathered.items.len() == before;
        let short = count < usize::try_from(request.limit).unwrap_or(usize::MAX);
        // A total of fewer than came counts something else, and says nothing of an end.
        let complete = from_the_start && gathered.total == u64::try_from(gathered.items.len()).ok();
        let at_the_end = nothing_new || (short && complete);
        match next {
            Some(cursor) if !at_the_end && cursors.insert(cursor.clone()) => request.cursor = Some(cursor),
            _ => return Ok(gathered),
        }
    }
    gathered.next = request.cursor;
    Ok(gathered)
}
