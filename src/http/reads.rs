//! The last calls that only read, as they were made: what is needed to make one again. In memory alone, secrets included,
//! and gone with the program.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::client::Caller;
use super::{Address, Method, Request};
use crate::domain::{LoggedCall, Timestamp};

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

/// The last reads of this process.
pub(super) struct Reads {
    /// Tells this process's calls from those of all others.
    process: String,
    made: AtomicU64,
    kept: Mutex<VecDeque<Read>>,
}

/// A call that only read, and whose it was.
struct Read {
    id: CallId,
    caller: Caller,
    request: Request,
}

impl Reads {
    /// Of a process that begins now.
    pub(super) fn new(now: Timestamp) -> Self {
        let process = format!("{:x}.{:x}", std::process::id(), now.millis());
        Self { process, made: AtomicU64::new(0), kept: Mutex::default() }
    }

    /// Names a call, and keeps it where it only reads.
    pub(super) fn begin(&self, caller: &Caller, request: &Request) -> CallId {
        let id = CallId(format!("{}.{:x}", self.process, self.made.fetch_add(1, Ordering::Relaxed)));
        if request.reads
            && let Ok(mut kept) = self.kept.lock()
        {
            kept.push_back(Read { id: id.clone(), caller: caller.clone(), request: request.clone() });
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        id
    }

    /// What is needed to make a read again: as it was, where this process made it. One of another process, of which nothing
    /// but secrets is unknown, gets those that the same channel last sent to the same server.
    pub(super) fn find(&self, call: &LoggedCall) -> Option<(Caller, Request)> {
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
        let alike = |read: &&Read| {
            read.caller.channel.is_some()
                && read.caller.channel == call.channel
                && read.request.address.url().origin() == address.url().origin()
                && named(&read.request)
        };
        let other = kept.iter().rev().find(alike)?;
        let headers = other.request.headers.iter().cloned();
        let request = headers.fold(Request::new(Method::Get, address.clone()), Request::header);
        Some((other.caller.clone(), request.reading(true)))
    }
}
