//! The last calls that only read, as they were made: what is needed to make one again. In memory alone, secrets included,
//! and gone with the program.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Address, Method, Request};
use crate::domain::{ChannelName, LoggedCall, Timestamp};

/// So many are kept.
const KEPT: usize = 500;

/// What a call is known by in the log of all processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallId(String);

impl CallId {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The last reads of this process, each with who made it.
pub(super) struct Reads<C> {
    /// Tells this process's calls from those of all others.
    process: String,
    made: AtomicU64,
    kept: Mutex<VecDeque<Read<C>>>,
}

/// A call that only read, and whose it was.
struct Read<C> {
    id: CallId,
    channel: Option<ChannelName>,
    caller: C,
    request: Request,
}

impl<C: Clone> Reads<C> {
    /// Of a process that begins now.
    pub(super) fn new(now: Timestamp) -> Self {
        let process = format!("{:x}.{:x}", std::process::id(), now.millis());
        Self { process, made: AtomicU64::new(0), kept: Mutex::default() }
    }

    /// Names a call, and keeps it where it only reads.
    pub(super) fn begin(&self, caller: &C, channel: Option<&ChannelName>, request: &Request) -> CallId {
        let id = CallId(format!("{}.{:x}", self.process, self.made.fetch_add(1, Ordering::Relaxed)));
        if request.reads
            && let Ok(mut kept) = self.kept.lock()
        {
            kept.push_back(Read {
                id: id.clone(),
                channel: channel.cloned(),
                caller: caller.clone(),
                request: request.clone(),
            });
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        id
    }

    /// What is needed to make a read again: as it was, where this process made it. One of another process, of which nothing
    /// but secrets is unknown, gets those that the same channel last sent to the same server.
    pub(super) fn find(&self, call: &LoggedCall) -> Option<(C, Request)> {
        let kept = self.kept.lock().ok()?;
        if let Some(read) = kept.iter().rev().find(|read| read.id.as_str() == call.id) {
            return Some((read.caller.clone(), read.request.clone()));
        }
        if !call.read || call.method != "GET" || call.query || call.bytes > 0 {
            return None;
        }
        let address = Address::parse(&call.url).ok()?;
        let named = |request: &Request| {
            request.headers.iter().map(|header| header.name.as_str()).eq(call.headers.iter().map(|(name, _)| name))
        };
        let alike = |read: &&Read<C>| {
            read.channel.is_some()
                && read.channel == call.channel
                && read.request.address.url().origin() == address.url().origin()
                && named(&read.request)
        };
        let other = kept.iter().rev().find(alike)?;
        let headers = other.request.headers.iter().cloned();
        let request = headers.fold(Request::new(Method::Get, address.clone()), Request::header);
        Some((other.caller.clone(), request.reading(true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{SECRET, Secret};
    use crate::http::Header;

    #[test]
    fn a_read_is_found_again_and_a_write_never() {
        let reads: Reads<u8> = Reads::new(Timestamp::from_millis(5));
        let key = || Header::secret("x-api-key", &Secret::new("k")).unwrap();
        let request = |url: &str| Request::new(Method::Get, Address::parse(url).unwrap()).header(key());
        let channel = ChannelName::new("docs");
        let id = reads.begin(&1, Some(&channel), &request("https://h/a?q=1").reading(true));
        let write = reads.begin(&2, Some(&channel), &request("https://h/a"));
        let call = |id: &str| LoggedCall {
            id: id.to_owned(),
            channel: Some(channel.clone()),
            method: "GET".to_owned(),
            url: "https://h/other".to_owned(),
            read: true,
            headers: vec![("x-api-key".to_owned(), SECRET.to_owned())],
            ..LoggedCall::default()
        };
        let (by, found) = reads.find(&call(id.as_str())).unwrap();
        assert_eq!((by, found.address.url().query()), (1, Some("q=1")));
        // Another run's, with what the same channel sends to the same server.
        let (_, found) = reads.find(&call("elsewhere")).unwrap();
        assert_eq!((found.address.url().as_str(), found.reads), ("https://h/other", true));
        let elsewhere = || call("elsewhere");
        for unknown in [
            LoggedCall { read: false, ..call(write.as_str()) },
            LoggedCall { read: false, ..elsewhere() },
            LoggedCall { query: true, ..elsewhere() },
            LoggedCall { bytes: 1, ..elsewhere() },
            LoggedCall { method: "POST".to_owned(), ..elsewhere() },
            LoggedCall { url: "https://h:8443/other".to_owned(), ..elsewhere() },
            LoggedCall { channel: Some(ChannelName::new("flow")), ..elsewhere() },
            LoggedCall { headers: Vec::new(), ..elsewhere() },
        ] {
            assert!(reads.find(&unknown).is_none(), "{unknown:?}");
        }
    }

    #[test]
    fn only_the_last_reads_are_kept() {
        let reads: Reads<()> = Reads::new(Timestamp::from_millis(5));
        let request = || Request::new(Method::Get, Address::parse("https://h/a").unwrap()).reading(true);
        let first = reads.begin(&(), None, &request());
        let ids: Vec<CallId> = (0..KEPT).map(|_| reads.begin(&(), None, &request())).collect();
        let known =
            |id: &CallId| reads.find(&LoggedCall { id: id.as_str().to_owned(), ..LoggedCall::default() }).is_some();
        assert!(!known(&first) && ids.iter().all(known));
    }
}
