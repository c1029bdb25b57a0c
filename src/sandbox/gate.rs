//! The gate: every request passes it, is entered in the ledger, and may be given a fault.
//!
//! One task owns the ledger and the faults; a [`Gate`] is how the requests' tasks ask it.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::Fault;
use super::ledger::{Ledger, Visit};

enum Ask {
    Admit(Box<Visit>, oneshot::Sender<Admission>),
    Settle(u64, u16),
    Add(Box<Fault>),
    Ledger(oneshot::Sender<Value>),
}

/// A request's number in the ledger, and what is to go wrong with it.
pub(super) struct Admission {
    pub(super) seq: u64,
    pub(super) fault: Option<Fault>,
}

/// How a request's task speaks to the gate's.
#[derive(Clone)]
pub(super) struct Gate(mpsc::UnboundedSender<Ask>);

impl Gate {
    /// Starts the gate's task on the current runtime.
    pub(super) fn open(faults: Vec<Fault>) -> Self {
        let (asks, inbox) = mpsc::unbounded_channel();
        tokio::spawn(keep(inbox, faults));
        Self(asks)
    }

    /// Enters a request; none when the sandbox is stopping.
    pub(super) async fn admit(&self, visit: Visit) -> Option<Admission> {
        let (answer, admission) = oneshot::channel();
        self.0.send(Ask::Admit(Box::new(visit), answer)).ok()?;
        admission.await.ok()
    }

    /// Writes down what a request was answered.
    pub(super) fn settle(&self, seq: u64, status: u16) {
        let _ = self.0.send(Ask::Settle(seq, status));
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
