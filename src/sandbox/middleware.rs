//! The middleware: every request passes it, is entered in the ledger, and may be given a fault.
//!
//! One task owns the ledger and the faults; a [`Middleware`] is how the requests' tasks ask it.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::domain::Timestamp;

use super::Fault;
use super::hooks::post::{HookPost, ReceiverResponse};
use super::ledger::{Ledger, RequestRecord};

enum Ask {
    Admit(Box<RequestRecord>, oneshot::Sender<Admission>),
    Settle(u64, u16),
    Posting(Timestamp, Box<HookPost>, oneshot::Sender<u64>),
    Posted(u64, Box<HookAttempt>),
    Add(Box<Fault>),
    Ledger(oneshot::Sender<Value>),
}

/// A try of a webhook: which it was, what was posted, and what came of it.
pub(super) struct HookAttempt {
    pub(super) tries: u32,
    pub(super) post: HookPost,
    pub(super) outcome: Result<ReceiverResponse, String>,
}

/// A request's number in the ledger, and what is to go wrong with it.
pub(super) struct Admission {
    pub(super) seq: u64,
    pub(super) fault: Option<Fault>,
}

/// How a request's task speaks to the middleware's.
#[derive(Clone)]
pub(super) struct Middleware(mpsc::UnboundedSender<Ask>);

impl Middleware {
    /// Starts the middleware's task on the current runtime.
    pub(super) fn open(faults: Vec<Fault>) -> Self {
        let (asks, inbox) = mpsc::unbounded_channel();
        tokio::spawn(keep(inbox, faults));
        Self(asks)
    }

    /// Enters a request; none when the sandbox is stopping.
    pub(super) async fn admit(&self, visit: RequestRecord) -> Option<Admission> {
        let (answer, admission) = oneshot::channel();
        self.0.send(Ask::Admit(Box::new(visit), answer)).ok()?;
        admission.await.ok()
    }

    /// Writes down what a request was answered.
    pub(super) fn settle(&self, seq: u64, status: u16) {
        let _ = self.0.send(Ask::Settle(seq, status));
    }

    /// Enters a webhook that is about to be posted and gives its number; none when the sandbox is stopping.
    pub(super) async fn posting(&self, at: Timestamp, post: HookPost) -> Option<u64> {
        let (answer, seq) = oneshot::channel();
        self.0.send(Ask::Posting(at, Box::new(post), answer)).ok()?;
        seq.await.ok()
    }

    /// Writes down what came of a try.
    pub(super) fn posted(&self, seq: u64, tries: u32, post: HookPost, outcome: Result<ReceiverResponse, String>) {
        let _ = self.0.send(Ask::Posted(seq, Box::new(HookAttempt { tries, post, outcome })));
    }

    /// Adds a fault behind those that wait.
    pub(super) fn add(&self, fault: Fault) {
        let _ = self.0.send(Ask::Add(Box::new(fault)));
    }

    /// The ledger as JSON; none when the sandbox is stopping.
    pub(super) async fn ledger(&self) -> Option<Value> {
        let (answer, ledger) = oneshot::channel();
        self.0.send(Ask::Ledger(answer)).ok()?;
        ledger.await.ok()
    }
}

async fn keep(mut inbox: mpsc::UnboundedReceiver<Ask>, mut faults: Vec<Fault>) {
    let mut ledger = Ledger::default();
    while let Some(ask) = inbox.recv().await {
        match ask {
            Ask::Admit(visit, answer) => {
                let fault = take(&mut faults, visit.uri.path());
                let word = fault.as_ref().map(|fault| fault.kind().word());
                let seq = ledger.enter(*visit, word.as_deref());
                let _ = answer.send(Admission { seq, fault });
            }
            Ask::Settle(seq, status) => ledger.settle(seq, status),
            Ask::Posting(at, post, answer) => drop(answer.send(ledger.enter_post(at, &post))),
            Ask::Posted(seq, posted) => ledger.settle_post(seq, *posted),
            Ask::Add(fault) => faults.push(*fault),
            Ask::Ledger(answer) => {
                let _ = answer.send(ledger.to_json());
            }
        }
    }
}

/// The first fault that meets the path; one of its times is taken.
fn take(faults: &mut Vec<Fault>, path: &str) -> Option<Fault> {
    let place = faults.iter().position(|fault| fault.meets(path))?;
    let taken = faults[place].clone();
    if !faults[place].spend() {
        faults.remove(place);
    }
    Some(taken)
}
