//! All pages of a list, from a platform that may give fewer than were asked for, or repeat itself. Owns where a list
//! ends, and whether that is its end.

use std::collections::HashSet;

use crate::domain::{Conversation, Failure, Kind, Message, Page, PageRequest, Row, Source};

/// No list is followed further than that, whatever the platform says.
const PAGES: usize = 10_000;
/// So many pages in a row may bring nothing new: one alone is no end where the platform names another one.
const EMPTY: usize = 50;

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

impl Listed for Source {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Listed for Row {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// Why what was read is not the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shortfall {
    /// The platform sends its reader back to where that was.
    Circle,
    /// It names more pages than are read.
    Endless,
    /// It counts more than it told.
    Fewer {
        /// So many.
        counted: u64,
    },
}

impl Shortfall {
    /// What a person is told of a list of which so much came.
    fn failure(self, what: &str, got: usize) -> Failure {
        let message = match self {
            Self::Fewer { counted } => format!("{what} is not whole: the platform counts {counted}, and told {got}"),
            Self::Circle => {
                format!("{what} is not whole: after {got} the platform leads back to what was read already")
            }
            Self::Endless => format!("{what} is not whole: after {got} the platform still names another page"),
        };
        Failure::new(Kind::Platform, message)
    }
}

/// A list that is read page after page to its end, each item once.
#[derive(Debug)]
pub(super) struct Following<T> {
    request: PageRequest,
    from_the_start: bool,
    pages: usize,
    /// Pages in a row that brought nothing new.
    idle: usize,
    /// The least that the platform counted: what is new since the list was begun need not be in it.
    least: Option<u64>,
    gathered: Page<T>,
    ids: HashSet<String>,
    cursors: HashSet<String>,
    stopped: Option<Shortfall>,
}

impl<T: Listed> Following<T> {
    /// One that begins with that page.
    pub(super) fn new(request: PageRequest) -> Self {
        Self {
            from_the_start: request.cursor.is_none(),
            cursors: request.cursor.iter().cloned().collect(),
            request,
            pages: 0,
            idle: 0,
            least: None,
            gathered: Page::default(),
            ids: HashSet::new(),
            stopped: None,
        }
    }

    /// The page that is to be fetched next.
    pub(super) fn next(&self) -> &PageRequest {
        &self.request
    }

    /// All that came so far.
    pub(super) fn items(&self) -> &[T] {
        &self.gathered.items
    }

    /// Takes a page. False once that was the last one, or no further one is read.
    pub(super) fn take(&mut self, page: Page<T>) -> bool {
        let Page { items, total, next, damage } = page;
        let (before, count) = (self.gathered.items.len(), items.len());
        self.gathered.total = total.or(self.gathered.total);
        self.gathered.damage.join(damage);
        self.least = self.least.into_iter().chain(total).min();
        let ids = &mut self.ids;
        let new = items.into_iter().filter(|item| item.id().is_empty() || ids.insert(item.id().to_owned()));
        self.gathered.items.extend(new);
        self.pages += 1;
        self.idle = if self.gathered.items.len() == before { self.idle + 1 } else { 0 };
        let short = count < usize::try_from(self.request.limit).unwrap_or(usize::MAX);
        // A total of fewer than came counts something else, and says nothing of an end.
        let complete = short && self.from_the_start && self.gathered.total == Some(self.got());
        let Some(cursor) = next.filter(|_| !complete) else { return false };
        if !self.cursors.insert(cursor.clone()) {
            return self.stop(Shortfall::Circle);
        }
        self.request.cursor = Some(cursor);
        if self.pages == PAGES || self.idle == EMPTY {
            self.gathered.next.clone_from(&self.request.cursor);
            return self.stop(Shortfall::Endless);
        }
        true
    }

    fn stop(&mut self, why: Shortfall) -> bool {
        self.stopped = Some(why);
        false
    }

    fn got(&self) -> u64 {
        self.gathered.items.len() as u64
    }

    /// All that came, and why `what` isn't whole where it isn't.
    pub(super) fn end(self, what: &str) -> Followed<T> {
        let (page, short) = self.ended();
        let short = short.map(|short| short.failure(what, page.items.len()));
        Followed { page, short }
    }

    fn ended(self) -> (Page<T>, Option<Shortfall>) {
        let counted = self.least.filter(|_| self.from_the_start);
        let fewer = counted.filter(|counted| *counted > self.got()).map(|counted| Shortfall::Fewer { counted });
        // Who got what is counted, has all, wherever the platform leads to then.
        let stopped = self.stopped.filter(|_| counted != Some(self.got()));
        (self.gathered, fewer.or(stopped))
    }
}

/// A list that was followed to its end.
#[derive(Debug)]
pub struct Followed<T> {
    /// All that came, each item once. Where more could be read, the next page is named.
    pub page: Page<T>,
    /// Why that isn't the whole list, where it isn't.
    pub short: Option<Failure>,
}

/// Fetches page after page to the end, each item once.
///
/// # Errors
///
/// The first failure of `page`. A list that has no end, or goes round, is none: that stands in [`Followed::short`].
pub async fn follow<T: Listed>(
    request: PageRequest,
    mut page: impl AsyncFnMut(&PageRequest) -> Result<Page<T>, Failure>,
) -> Result<Followed<T>, Failure> {
    let mut following = Following::new(request);
    while following.take(page(following.next()).await?) {}
    Ok(following.end(LIST))
}

/// One page, and whether the platform names it itself as the next one: who follows it would never end. The next page is
/// named where there is one.
///
/// # Errors
///
/// The failure of `page`.
pub async fn single<T: Listed>(
    request: PageRequest,
    mut page: impl AsyncFnMut(&PageRequest) -> Result<Page<T>, Failure>,
) -> Result<Followed<T>, Failure> {
    let mut one = page(&request).await?;
    // A total of fewer than came counts something else, and says nothing of an end.
    let complete = request.cursor.is_none() && one.total == u64::try_from(one.items.len()).ok();
    let circle = request.cursor.is_some() && one.next == request.cursor;
    if complete || circle {
        one.next = None;
    }
    let short = circle.then(|| Shortfall::Circle.failure(LIST, one.items.len()));
    // A page that is shorter than asked may be the last one, or all that the server gives at once. Only the next one tells,
    // where the count doesn't.
    let came = one.items.len() as u64;
    let counted = request.cursor.is_none() && one.total.is_some_and(|total| total > came);
    if came < u64::from(request.limit) && !counted && one.next.is_some() {
        let behind = PageRequest { limit: request.limit, cursor: one.next.clone() };
        if let Ok(Page { items, next: None, .. }) = page(&behind).await
            && items.is_empty()
        {
            one.next = None;
        }
    }
    Ok(Followed { page: one, short })
}

const LIST: &str = "the list";
