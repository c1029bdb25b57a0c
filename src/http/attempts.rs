//! The how many-th attempt at the same a call is: whether to make another is decided above, and here it is only counted, for
//! the log.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::Request;
use crate::domain::ChannelName;

/// So many that failed are remembered.
const KEPT: usize = 200;
/// What comes later than this after a failure is a first attempt again: no policy waits so long.
const TOGETHER: Duration = Duration::from_mins(10);

/// What makes two calls the same: the channel, the method, the whole address and the body, by a hash whose keys nobody
/// outside knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Same(u64);

/// The calls that failed last, and how often.
#[derive(Default)]
pub(super) struct Attempts {
    keys: RandomState,
    failed: Mutex<VecDeque<(Same, u32, Instant)>>,
}

impl Attempts {
    /// Which attempt a call is, from 1 on, and what it is told by when it ends.
    pub(super) fn begin(&self, channel: Option<&ChannelName>, request: &Request) -> (Same, u32) {
        let what = (channel, request.method.wire(), request.address.url().as_str(), &request.body);
        let same = Same(self.keys.hash_one(what));
        let before = self.failed.lock().ok().and_then(|failed| {
            let known = failed.iter().find(|(other, ..)| *other == same)?;
            (known.2.elapsed() < TOGETHER).then_some(known.1)
        });
        (same, before.unwrap_or(0) + 1)
    }

    /// A call has ended: an attempt that failed is counted, one that worked ends the row.
    pub(super) fn end(&self, (same, attempt): (Same, u32), failed: bool) {
        let Ok(mut all) = self.failed.lock() else { return };
        all.retain(|(other, ..)| *other != same);
        if failed {
            all.push_back((same, attempt, Instant::now()));
            if all.len() > KEPT {
                all.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Address, Method};

    #[test]
    fn attempts_at_the_same_are_counted_until_one_works() {
        let attempts = Attempts::default();
        let request =
            |body: &'static str| Request::new(Method::Post, Address::parse("https://h/p?q=1").unwrap()).body(body);
        let channel = ChannelName::new("docs");
        let made = |body, failed| {
            let (same, attempt) = attempts.begin(Some(&channel), &request(body));
            attempts.end((same, attempt), failed);
            attempt
        };
        assert_eq!([made("a", true), made("a", true), made("b", true), made("a", false)], [1, 2, 1, 3]);
        assert_eq!([made("a", false), made("b", true)], [1, 2]);
        assert_eq!(attempts.begin(None, &request("b")).1, 1, "another channel's is another call");
        for n in 0..KEPT {
            let address = Address::parse(&format!("https://h/{n}")).unwrap();
            let begun = attempts.begin(None, &Request::new(Method::Get, address));
            attempts.end(begun, true);
        }
        assert_eq!(made("b", true), 1, "what failed long ago is forgotten");
    }
}
