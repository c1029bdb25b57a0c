//! All pages of a list, from a platform that may give fewer than were asked for, or repeat itself. Owns where a list
//! ends, and whether that is its end.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::domain::{Conversation, Damage, Failure, Kind, Message, Page, PageRequest, Row, Source};

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

/// Whether a page has to say how many there are in all. Where the store keeps the list, that is a look at the whole of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    /// It has to.
    Wanted,
    /// The list's last page has to: of those between it, nobody asks.
    AtTheEnd,
}

/// What came before, without keeping it: of an id of any length, sixteen bytes by keys that nobody outside knows. Two that
/// are alike there are one in 2^128.
#[derive(Debug, Default)]
struct SeenIds {
    keys: [RandomState; 2],
    seen: HashSet<u128>,
}

impl SeenIds {
    /// Whether it is new.
    fn insert(&mut self, id: &str) -> bool {
        let [high, low] = self.keys.each_ref().map(|key| u128::from(key.hash_one(id)));
        self.seen.insert(high << 64 | low)
    }
}

/// A list that is read page after page to its end, each item once. Holds nothing of what came but how much it was.
#[derive(Debug)]
pub(super) struct Following {
    request: PageRequest,
    from_the_start: bool,
    pages: usize,
    /// Pages in a row that brought nothing new.
    idle: usize,
    /// The least that the platform counted: what is new since the list was begun need not be in it.
    least: Option<u64>,
    got: usize,
    total: Option<u64>,
    next: Option<String>,
    damage: Damage,
    ids: SeenIds,
    cursors: HashSet<String>,
    stopped: Option<Shortfall>,
}

impl Following {
    /// One that begins with that page.
    pub(super) fn new(request: PageRequest) -> Self {
        Self {
            from_the_start: request.cursor.is_none(),
            cursors: request.cursor.iter().cloned().collect(),
            request,
            pages: 0,
            idle: 0,
            least: None,
            got: 0,
            total: None,
            next: None,
            damage: Damage::default(),
            ids: SeenIds::default(),
            stopped: None,
        }
    }

    /// The page that is to be fetched next.
    pub(super) fn next(&self) -> &PageRequest {
        &self.request
    }

    /// What that page has to say of how many there are: the first one, so that it is known how far the list is.
    pub(super) const fn totals(&self) -> Totals {
        if self.pages == 0 { Totals::Wanted } else { Totals::AtTheEnd }
    }

    /// Takes a page, and hands back what of it is new. False beside it once that was the last page, or no further one is
    /// read.
    pub(super) fn take<T: Listed>(&mut self, page: Page<T>) -> (Vec<T>, bool) {
        let Page { mut items, total, next, damage } = page;
        let count = items.len();
        self.total = total.or(self.total);
        self.damage.join(damage);
        self.least = self.least.into_iter().chain(total).min();
        let ids = &mut self.ids;
        items.retain(|item| item.id().is_empty() || ids.insert(item.id()));
        self.got += items.len();
        self.pages += 1;
        self.idle = if items.is_empty() { self.idle + 1 } else { 0 };
        let short = count < usize::try_from(self.request.limit).unwrap_or(usize::MAX);
        // A total of fewer than came counts something else, and says nothing of an end.
        let complete = short && self.from_the_start && self.total == Some(self.got as u64);
        let Some(cursor) = next.filter(|_| !complete) else { return (items, false) };
        if !self.cursors.insert(cursor.clone()) {
            return (items, self.stop(Shortfall::Circle));
        }
        self.request.cursor = Some(cursor);
        if self.pages == PAGES || self.idle == EMPTY {
            self.next.clone_from(&self.request.cursor);
            return (items, self.stop(Shortfall::Endless));
        }
        (items, true)
    }

    fn stop(&mut self, why: Shortfall) -> bool {
        self.stopped = Some(why);
        false
    }

    /// What is known of the list, and why `what` isn't whole where it isn't.
    pub(super) fn end(self, what: &str) -> Followed {
        let counted = self.least.filter(|_| self.from_the_start);
        let got = self.got as u64;
        let fewer = counted.filter(|counted| *counted > got).map(|counted| Shortfall::Fewer { counted });
        // Who got what is counted, has all, wherever the platform leads to then.
        let stopped = self.stopped.filter(|_| counted != Some(got));
        let short = fewer.or(stopped).map(|short| short.failure(what, self.got));
        let Self { got, total, next, damage, .. } = self;
        Followed { got, total, next, damage, short }
    }
}

/// A list that was followed to its end, or one page of it: all that is known but what came.
#[derive(Debug)]
pub struct Followed {
    /// How many came, each once.
    pub got: usize,
    /// How many there are in all, where anybody says so.
    pub total: Option<u64>,
    /// The next page, where more could be read.
    pub next: Option<String>,
    /// What could not be read as it was sent.
    pub damage: Damage,
    /// Why that isn't the whole list, where it isn't.
    pub short: Option<Failure>,
}

/// Fetches page after page to the end, and hands on each item once, as it comes.
///
/// # Errors
///
/// The first failure of `page` or of `on`. A list that has no end, or goes round, is none: that stands in
/// [`Followed::short`].
pub async fn follow<T: Listed, E: From<Failure>>(
    request: PageRequest,
    mut page: impl AsyncFnMut(&PageRequest, Totals) -> Result<Page<T>, Failure>,
    mut on: impl FnMut(Vec<T>) -> Result<(), E>,
) -> Result<Followed, E> {
    let mut following = Following::new(request);
    loop {
        let (new, more) = following.take(page(following.next(), following.totals()).await?);
        on(new)?;
        if !more {
            return Ok(following.end(LIST));
        }
    }
}

/// One page, and whether the platform names it itself as the next one: who follows it would never end. The next page is
/// named where there is one.
///
/// # Errors
///
/// The failure of `page` or of `on`.
pub async fn single<T: Listed, E: From<Failure>>(
    request: PageRequest,
    mut page: impl AsyncFnMut(&PageRequest, Totals) -> Result<Page<T>, Failure>,
    mut on: impl FnMut(Vec<T>) -> Result<(), E>,
) -> Result<Followed, E> {
    let Page { items, total, mut next, damage } = page(&request, Totals::Wanted).await?;
    let got = items.len();
    // A total of fewer than came counts something else, and says nothing of an end.
    let complete = request.cursor.is_none() && total == u64::try_from(got).ok();
    let circle = request.cursor.is_some() && next == request.cursor;
    if complete || circle {
        next = None;
    }
    let short = circle.then(|| Shortfall::Circle.failure(LIST, got));
    // A page that is shorter than asked may be the last one, or all that the server gives at once. Only the next one tells,
    // where the count doesn't.
    let came = got as u64;
    let counted = request.cursor.is_none() && total.is_some_and(|total| total > came);
    if came < u64::from(request.limit) && !counted && next.is_some() {
        let behind = PageRequest { limit: request.limit, cursor: next.clone() };
        if let Ok(Page { items, next: None, .. }) = page(&behind, Totals::AtTheEnd).await
            && items.is_empty()
        {
            next = None;
        }
    }
    on(items)?;
    Ok(Followed { got, total, next, damage, short })
}

const LIST: &str = "the list";
