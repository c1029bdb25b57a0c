//! The data requests: those that wait, and what became of the last ones.

use std::collections::BTreeSet;

use crate::domain::{DataRequest, RequestId, RequestState, Timestamp};

/// How many that are over stay in the list.
const OVER: usize = 3;

/// The data requests that are shown.
#[derive(Debug, Default)]
pub struct Requests {
    /// Those that wait, the most urgent first; then the last that are over, newest first.
    pub all: Vec<DataRequest>,
    /// The selected one; then no delivery is.
    pub selected: Option<RequestId>,
    /// Those whose time was up in this run, unanswered, and which nobody has looked at since.
    pub missed: BTreeSet<RequestId>,
}

/// Whether nothing has become of it yet.
pub(crate) fn is_open(state: RequestState) -> bool {
    matches!(state, RequestState::Received | RequestState::Answering)
}

impl Requests {
    /// Takes them as they are now. A store that has not looked at the clock yet makes none live again.
    pub fn take(&mut self, mut requests: Vec<DataRequest>, now: Timestamp) {
        expire(&mut requests, now);
        let waited = |id: &RequestId| self.get(id).is_some_and(|known| is_open(known.state));
        let missed = requests.iter().filter(|r| r.state == RequestState::Expired && waited(&r.id));
        let missed: Vec<RequestId> = missed.map(|r| r.id.clone()).collect();
        self.missed.extend(missed);
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
        let due = self.all.iter().filter(|r| r.state == RequestState::Received && r.deadline <= now);
        let due: Vec<RequestId> = due.map(|r| r.id.clone()).collect();
        self.missed.extend(due);
        expire(&mut self.all, now)
    }
}

fn expire(requests: &mut [DataRequest], now: Timestamp) -> bool {
    let mut any = false;
    for request in requests.iter_mut().filter(|r| r.state == RequestState::Received && r.deadline <= now) {
        request.state = RequestState::Expired;
        any = true;
    }
    any
}
