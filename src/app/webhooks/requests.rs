//! The data requests: those that wait, and what became of the last ones.

use std::collections::HashSet;

use crate::domain::{DataRequest, RequestId, RequestState, Timestamp};

/// How many that are over stay in the list.
const OVER: usize = 3;
/// The time of a request is nearly up when no more than this is left of it, in milliseconds, or half of it, if that is
/// less.
const NEARLY_MS: u64 = 60_000;

/// The data requests that are shown.
#[derive(Debug, Default)]
pub struct Requests {
    /// Those that wait, the most urgent first; then the last that are over, newest first.
    pub all: Vec<DataRequest>,
    /// The selected one; then no delivery is.
    pub selected: Option<RequestId>,
    /// Whether they were told before, so that what is there now and wasn't then is new.
    known: bool,
    /// Those of which it was told that their time is nearly up.
    warned: HashSet<RequestId>,
}

/// Whether nothing has become of it yet.
pub(crate) fn is_open(state: RequestState) -> bool {
    matches!(state, RequestState::Received | RequestState::Answering)
}

impl Requests {
    /// Takes them as they are now. A store that has not looked at the clock yet makes none live again. Tells those that
    /// wait and are new.
    pub fn take(&mut self, mut requests: Vec<DataRequest>, now: Timestamp) -> Vec<DataRequest> {
        expire(&mut requests, now);
        let waiting = requests.iter().filter(|r| r.state == RequestState::Received);
        let new = waiting.filter(|r| self.known && self.get(&r.id).is_none()).cloned().collect();
        self.known = true;
        self.warned.retain(|id| requests.iter().any(|r| r.id == *id && is_open(r.state)));
        let (mut open, mut over): (Vec<_>, Vec<_>) = requests.into_iter().partition(|r| is_open(r.state));
        open.sort_by(|a, b| a.deadline.cmp(&b.deadline).then_with(|| a.id.cmp(&b.id)));
        over.sort_by(|a, b| b.received.cmp(&a.received).then_with(|| b.id.cmp(&a.id)));
        // The one that is being looked at stays, however old.
        let selected = self.selected.clone();
        let mut kept = 0;
        over.retain(|r| {
            kept += 1;
            kept <= OVER || Some(&r.id) == selected.as_ref()
        });
        open.append(&mut over);
        self.all = open;
        if self.selected().is_none() {
            self.selected = None;
        }
        new
    }

    /// Those that wait and whose time is nearly up, each told once.
    pub fn nearly_up(&mut self, now: Timestamp) -> Vec<DataRequest> {
        let Self { all, warned, .. } = self;
        let waiting = all.iter().filter(|r| r.state == RequestState::Received && warning(r) <= now);
        waiting.filter(|r| warned.insert(r.id.clone())).cloned().collect()
    }

    /// When the next one's time is nearly up, of which that was not told.
    pub fn next_warning(&self) -> Option<Timestamp> {
        let waiting = self.all.iter().filter(|r| r.state == RequestState::Received && !self.warned.contains(&r.id));
        waiting.map(warning).min()
    }

    /// One of them.
    pub fn get(&self, id: &RequestId) -> Option<&DataRequest> {
        self.all.iter().find(|r| r.id == *id)
    }

    /// One of them, to be changed.
    pub fn get_mut(&mut self, id: &RequestId) -> Option<&mut DataRequest> {
        self.all.iter_mut().find(|r| r.id == *id)
    }

    /// The selected one.
    pub fn selected(&self) -> Option<&DataRequest> {
        self.selected.as_ref().and_then(|id| self.get(id))
    }

    /// Where the selected one stands.
    pub fn position(&self) -> Option<usize> {
        let id = self.selected.as_ref()?;
        self.all.iter().position(|r| r.id == *id)
    }

    /// Selects the one at that place, the nearest if there is none.
    pub fn select(&mut self, position: usize) {
        let position = position.min(self.all.len().saturating_sub(1));
        self.selected = self.all.get(position).map(|r| r.id.clone());
    }

    /// How many wait for an answer.
    pub fn waiting(&self) -> usize {
        self.all.iter().filter(|r| r.state == RequestState::Received).count()
    }

    /// When the next one's time is up.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.all.iter().filter(|r| r.state == RequestState::Received).map(|r| r.deadline).min()
    }

    /// Marks those whose time is up. Says whether there were any.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        expire(&mut self.all, now)
    }
}

/// From when on the time of a request is nearly up.
fn warning(request: &DataRequest) -> Timestamp {
    let left = (request.deadline.since(request.received) / 2).min(NEARLY_MS);
    request.deadline.plus_millis(-i64::try_from(left).unwrap_or_default())
}

fn expire(requests: &mut [DataRequest], now: Timestamp) -> bool {
    let mut any = false;
    for request in requests.iter_mut().filter(|r| r.state == RequestState::Received && r.deadline <= now) {
        request.state = RequestState::Expired;
        any = true;
    }
    any
}
