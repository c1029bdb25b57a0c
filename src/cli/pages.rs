//! Pages of a list: which are asked for, and what is told of how many there are.

use super::args::PageArgs;
use super::output::{Output, Stop};
use crate::domain::{Damage, Failure, Kind, Page, PageRequest, shell_word};
use crate::runtime::{Followed, Listed, follow, single};

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

    /// Fetches it.
    pub(super) async fn fetch<T: Listed>(
        self,
        page: impl AsyncFnMut(&PageRequest) -> Result<Page<T>, Failure>,
    ) -> Result<Followed<T>, Failure> {
        if self.all { follow(self.request, page).await } else { single(self.request, page).await }
    }
}

/// Says what of a list could not be read, and fails where it is not whole: what came was printed.
pub(super) fn ended<T>(output: &mut Output, came: Followed<T>) -> Result<(), Stop> {
    damaged(output, &came.page.damage);
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
pub(super) fn whole<T>(args: &PageArgs, page: &Page<T>) -> Option<u64> {
    let all = args.all && args.cursor.is_none();
    page.total.or_else(|| all.then(|| u64::try_from(page.items.len()).ok()).flatten())
}

/// Tells a person how many there are and how to see the rest.
pub(super) fn count<T>(output: &mut Output, page: &Page<T>) {
    if !output.out_is_terminal() {
        return;
    }
    let shown = page.items.len();
    let of = page.total.map(|total| format!(" of {total}")).unwrap_or_default();
    match &page.next {
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
        let page = Wanted::new(&args(None, true), 20)
            .unwrap()
            .fetch(async |request: &PageRequest| {
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
        let page = page.page;
        assert_eq!(page.next, None);
        let ids: Vec<String> = page.items.iter().map(|item| item.id.as_str().to_owned()).collect();
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
            let page = Wanted::new(&args(None, true), 20)
                .unwrap()
                .fetch(async |_: &PageRequest| {
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
            assert_eq!((page.page.items.len(), calls), (2, pages));
            let failure = page.short.unwrap();
            assert_eq!(failure.kind, Kind::Platform);
            let why = "the list is not whole: after 2 the platform leads back to what was read already";
            assert_eq!(failure.message, why);
        }
        let mut calls = 0;
        let page = Wanted::new(&args(None, true), 20)
            .unwrap()
            .fetch(async |_: &PageRequest| {
                calls += 1;
                Ok(Page { items: vec![conversation("")], next: Some("same".to_owned()), ..Page::default() })
            })
            .await
            .unwrap();
        assert_eq!((page.page.items.len(), calls, page.short.is_some()), (2, 2, true));
    }

    #[tokio::test]
    async fn one_page_says_where_the_next_begins_if_there_is_one() {
        for (total, next) in [(Some(2), None), (Some(3), Some("b")), (None, Some("b"))] {
            let page = Wanted::new(&args(Some(2), false), 20)
                .unwrap()
                .fetch(async |request: &PageRequest| {
                    assert_eq!(request.limit, 2);
                    let items = vec![conversation("a"), conversation("b")];
                    Ok(Page { items, total, next: Some("b".to_owned()), ..Page::default() })
                })
                .await
                .unwrap();
            assert_eq!((page.page.next.as_deref(), page.short), (next, None));
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
