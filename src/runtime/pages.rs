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

/// A list that is read page after page to its end, each item once.
#[derive(Debug)]
pub(super) struct Following<T> {
    request: PageRequest,
    from_the_start: bool,
    pages: usize,
    gathered: Page<T>,
    ids: HashSet<String>,
    cursors: HashSet<String>,
}

impl<T: Listed> Following<T> {
    /// One that begins with that page.
    pub(super) fn new(request: PageRequest) -> Self {
        let from_the_start = request.cursor.is_none();
        let gathered = Page { items: Vec::new(), total: None, next: None };
        Self { request, from_the_start, pages: 0, gathered, ids: HashSet::new(), cursors: HashSet::new() }
    }

    /// The page that is to be fetched next.
    pub(super) fn next(&self) -> &PageRequest {
        &self.request
    }

    /// Takes a page. False once that was the last one, or no further one is read.
    pub(super) fn take(&mut self, page: Page<T>) -> bool {
        let Page { items, total, next } = page;
        let (before, count) = (self.gathered.items.len(), items.len());
        self.gathered.total = total.or(self.gathered.total);
        let ids = &mut self.ids;
        let new = items.into_iter().filter(|item| item.id().is_empty() || ids.insert(item.id().to_owned()));
        self.gathered.items.extend(new);
        self.pages += 1;
        // A platform that goes in circles brings nothing new, or names a place where it has been.
        let nothing_new = self.gathered.items.len() == before;
        let short = count < usize::try_from(self.request.limit).unwrap_or(usize::MAX);
        // A total of fewer than came counts something else, and says nothing of an end.
        let complete = self.from_the_start && self.gathered.total == u64::try_from(self.gathered.items.len()).ok();
        let at_the_end = nothing_new || (short && complete);
        match next {
            Some(cursor) if !at_the_end && self.cursors.insert(cursor.clone()) => self.request.cursor = Some(cursor),
            _ => return false,
        }
        if self.pages == PAGES {
            self.gathered.next.clone_from(&self.request.cursor);
        }
        self.pages < PAGES
    }

    /// All that came. Where the end was not reached, the next page is named.
    pub(super) fn end(self) -> Page<T> {
        self.gathered
    }
}

/// Fetches page after page to the end, each item once. Where the end is not reached, the next page is named.
pub async fn follow<T: Listed>(
    request: PageRequest,
    mut page: impl AsyncFnMut(&PageRequest) -> Result<Page<T>, Failure>,
) -> Result<Page<T>, Failure> {
    let mut following = Following::new(request);
    while following.take(page(following.next()).await?) {}
    Ok(following.end())
}
