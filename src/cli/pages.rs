//! Pages of a list: which are asked for, and what is told of how many there are.

use std::io::{self, Write as _};

use serde_json::Value;

use super::args::PageArgs;
use super::json;
use super::output::{Output, Stop, Style};
use super::signals::Signals;
use super::table::Columns;
use crate::domain::{Damage, Failure, Kind, Page, PageRequest, shell_word};
use crate::runtime::{Followed, Listed, Runtime, Totals, follow, single};

/// The most that a platform gives in one page.
const MOST: u32 = 100;

/// Which page or pages the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    request: PageRequest,
    all: bool,
}

impl Wanted {
    /// What the flags say; `usual` is how many where they say nothing.
    pub(super) fn new(args: &PageArgs, usual: u32) -> Result<Self, Failure> {
        let limit = match args.limit {
            None if args.all => MOST,
            None => usual,
            Some(limit) => u32::try_from(limit).ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
                Failure::new(Kind::Invalid, format!("--limit takes 1 to {MOST}, not {limit}"))
                    .hint("`--all` follows the pages to the end")
            })?,
        };
        if args.cursor.as_deref() == Some("") {
            return Err(Failure::new(Kind::Invalid, "--cursor is empty").hint("leave it out to begin at the start"));
        }
        Ok(Self { request: PageRequest { limit, cursor: args.cursor.clone() }, all: args.all })
    }

    /// Fetches it, and hands on what comes as it comes.
    async fn each<T: Listed, E: From<Failure>>(
        self,
        page: impl AsyncFnMut(&PageRequest, Totals) -> Result<Page<T>, Failure>,
        on: impl FnMut(Vec<T>) -> Result<(), E>,
    ) -> Result<Followed, E> {
        if self.all { follow(self.request, page, on).await } else { single(self.request, page, on).await }
    }

    /// Fetches it, and hands on all that came.
    pub(super) async fn fetch<T: Listed>(
        self,
        page: impl AsyncFnMut(&PageRequest, Totals) -> Result<Page<T>, Failure>,
    ) -> Result<(Vec<T>, Followed), Failure> {
        let mut all = Vec::new();
        let keep = |new| {
            all.extend(new);
            Ok::<_, Failure>(())
        };
        let followed = self.each(page, keep).await?;
        Ok((all, followed))
    }
}

/// How a list is printed, item by item.
pub(super) struct Shape<'a, T> {
    /// What is told where there is none: "no rows".
    pub(super) nothing: &'a str,
    /// The document of a list that has no item, with how many there are in all and where the next page begins.
    pub(super) document: &'a dyn Fn(Option<u64>, Option<&str>) -> Value,
    /// The key of its empty list.
    pub(super) key: &'a str,
    /// An item as JSON.
    pub(super) item: &'a dyn Fn(&T) -> Value,
    /// An item for a person.
    pub(super) plain: Plain<'a, T>,
}

/// How an item is shown to a person.
pub(super) enum Plain<'a, T> {
    /// As a line of a table.
    Cells(Columns, &'a dyn Fn(&T) -> Vec<String>),
    /// By itself: safe, with what stands between it and the one before, if there is one.
    Text(&'a dyn Fn(&T, bool) -> String),
}

/// Fetches a list and prints it once it is there. What comes is set aside: a list of any length takes little memory, and of
/// one that can't be had nothing is printed.
pub(super) async fn print<T: Listed>(
    runtime: &Runtime,
    (wanted, args): (Wanted, &PageArgs),
    page: impl AsyncFnMut(&PageRequest, Totals) -> Result<Page<T>, Failure>,
    shape: Shape<'_, T>,
    output: &mut Output,
) -> Result<(), Stop> {
    let Shape { nothing, document, key, item, mut plain } = shape;
    let (mut spool, is_json, for_terminal) = (runtime.spool(), output.is_json(), output.out_is_terminal());
    let mut put = |one: &T| {
        let is_first = spool.is_empty();
        if is_json {
            let value = item(one);
            let text = if for_terminal { json::for_terminal(&value) } else { value.to_string() };
            return spool
                .write_all(if is_first { b"" } else { b"," })
                .and_then(|()| spool.write_all(text.as_bytes()));
        }
        match &mut plain {
            Plain::Cells(columns, cells) => columns.add(&cells(one), &mut spool),
            Plain::Text(text) => spool.write_all(text(one, is_first).as_bytes()),
        }
    };
    let fetch = wanted.each(page, |new: Vec<T>| new.iter().try_for_each(&mut put).map_err(|error| unset(&error)));
    let came = Signals::new()?.or(fetch).await??;
    if is_json {
        let document = document(whole(args, &came), came.next.as_deref());
        let (before, behind) = json::around(&json::damaged(document, &came.damage), key, for_terminal);
        output.set_aside(&before, &spool, &(behind + "\n"))?;
    } else if came.got == 0 {
        output.aside(nothing);
    } else {
        match plain {
            Plain::Cells(columns, _) => {
                let head = output.styled(&columns.head(), Style::Dim);
                let mut lined = runtime.spool();
                columns.line_up(&spool, &mut lined).map_err(|error| unset(&error))?;
                output.set_aside(&(head + "\n"), &lined, "")?;
            }
            Plain::Text(_) => output.set_aside("", &spool, "")?,
        }
        count(output, &came);
    }
    ended(output, came)
}

fn unset(error: &io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("The list could not be set aside in the data directory: {error}."))
}

/// Says what of a list could not be read, and fails where it is not whole: what came was printed.
fn ended(output: &mut Output, came: Followed) -> Result<(), Stop> {
    damaged(output, &came.damage);
    match came.short {
        None => Ok(()),
        Some(failure) => Err(failure.hint("What came was printed. Reading it again may bring the rest.").into()),
    }
}

/// Says what could not be read as it was sent.
pub(super) fn damaged(output: &mut Output, damage: &Damage) {
    if let Some(words) = damage.words() {
        output.aside(&words);
    }
}

/// How many there are where the platform doesn't say: known once all have been read.
fn whole(args: &PageArgs, came: &Followed) -> Option<u64> {
    let all = args.all && args.cursor.is_none();
    came.total.or_else(|| all.then(|| u64::try_from(came.got).ok()).flatten())
}

/// Tells a person how many there are and how to see the rest.
fn count(output: &mut Output, came: &Followed) {
    if !output.out_is_terminal() {
        return;
    }
    let shown = came.got;
    let of = came.total.map(|total| format!(" of {total}")).unwrap_or_default();
    match &came.next {
        Some(next) => {
            output.aside(&format!("{shown}{of}; more with `--cursor {}`, all with `--all`", shell_word(next)));
        }
        None => output.aside(&format!("{shown}{of}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Conversation, ConversationId, Moment};

    fn args(limit: Option<i64>, all: bool) -> PageArgs {
        PageArgs { limit, cursor: None, all }
    }

    fn conversation(id: &str) -> Conversation {
        Conversation {
            id: ConversationId::new(id),
            title: String::new(),
            created_at: Moment::default(),
            details: Vec::new(),
        }
    }

    /// A platform that lists `count` conversations as documented: a cursor is the last id, on the last page too.
    async fn list(count: usize, total: Option<u64>, cap: usize) -> (Vec<String>, usize) {
        let mut calls = 0;
        let all: Vec<String> = (0..count).map(|n| format!("c{n}")).collect();
        let (items, page) = Wanted::new(&args(None, true), 20)
            .unwrap()
            .fetch(async |request: &PageRequest, _| {
                calls += 1;
                let from = request.cursor.as_ref().map_or(0, |c| all.iter().position(|id| id == c).unwrap() + 1);
                let size = usize::try_from(request.limit).unwrap().min(cap);
                let ids: Vec<&String> = all.iter().skip(from).take(size).collect();
                let next = ids.last().map(|id| (*id).clone());
                Ok(Page {
                    items: ids.into_iter().map(|id| conversation(id)).collect(),
                    total,
                    next,
                    ..Page::default()
                })
            })
            .await
            .unwrap();
        assert_eq!(page.short, None);
        assert_eq!(page.next, None);
        let ids: Vec<String> = items.iter().map(|item| item.id.as_str().to_owned()).collect();
        assert_eq!(ids, all);
        (ids, calls)
    }

    #[tokio::test]
    async fn all_follows_the_cursor_to_the_end() {
        assert_eq!(list(250, Some(250), 100).await.1, 3);
        assert_eq!(list(1_234, Some(1_234), 100).await.1, 13);
        assert_eq!(list(0, Some(0), 100).await.1, 1);
        // Without a total, or with one that is too small, or where a page is shorter than asked: nothing is missed.
        list(250, None, 100).await;
        list(250, Some(10), 100).await;
        list(250, Some(250), 30).await;
        list(250, Some(10), 30).await;
        list(200, Some(200), 100).await;
    }

    #[tokio::test]
    async fn a_platform_that_goes_in_circles_is_left() {
        for (next, pages) in [(&["a", "a", "a", "a"][..], 2), (&["a", "b", "a", "b", "a"], 3)] {
            let mut calls = 0;
            let (items, page) = Wanted::new(&args(None, true), 20)
                .unwrap()
                .fetch(async |_: &PageRequest, _| {
                    calls += 1;
                    let next = next[(calls - 1) % next.len()].to_owned();
                    Ok(Page {
                        items: vec![conversation("x"), conversation("y")],
                        next: Some(next),
                        ..Page::default()
                    })
                })
                .await
                .unwrap();
            assert_eq!((items.len(), calls), (2, pages));
            let failure = page.short.unwrap();
            assert_eq!(failure.kind, Kind::Platform);
            let why = "the list is not whole: after 2 the platform leads back to what was read already";
            assert_eq!(failure.message, why);
        }
        let mut calls = 0;
        let (items, page) = Wanted::new(&args(None, true), 20)
            .unwrap()
            .fetch(async |_: &PageRequest, _| {
                calls += 1;
                Ok(Page { items: vec![conversation("")], next: Some("same".to_owned()), ..Page::default() })
            })
            .await
            .unwrap();
        assert_eq!((items.len(), calls, page.short.is_some()), (2, 2, true));
    }

    #[tokio::test]
    async fn one_page_says_where_the_next_begins_if_there_is_one() {
        for (total, next) in [(Some(2), None), (Some(3), Some("b")), (None, Some("b"))] {
            let (_, page) = Wanted::new(&args(Some(2), false), 20)
                .unwrap()
                .fetch(async |request: &PageRequest, _| {
                    assert_eq!(request.limit, 2);
                    let items = vec![conversation("a"), conversation("b")];
                    Ok(Page { items, total, next: Some("b".to_owned()), ..Page::default() })
                })
                .await
                .unwrap();
            assert_eq!((page.next.as_deref(), page.short), (next, None));
        }
    }

    #[test]
    fn limits_are_from_one_to_a_hundred() {
        for limit in [1, 100] {
            assert!(Wanted::new(&args(Some(limit), false), 20).is_ok());
        }
        for limit in [0, -1, 101, i64::MAX, i64::MIN] {
            assert_eq!(Wanted::new(&args(Some(limit), false), 20).unwrap_err().kind, Kind::Invalid);
        }
    }
}
