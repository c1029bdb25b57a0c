//! The middleware: every request passes it, is entered in the ledger, and may be given a fault; webhooks are entered too.
//!
//! An actor owns the ledger and the faults; a [`Middleware`] is its handle.

use serde_json::Value;

use crate::domain::Timestamp;

use super::actor::{Actor, Stopping};
use super::fault::Fault;
use super::hook_post::HookPost;
use super::ledger::{HookAttempt, Ledger, RequestRecord, SecretNames};

/// A request's number in the ledger, and what is to go wrong with it.
pub(super) struct Admission {
    pub(super) seq: u64,
    pub(super) fault: Option<Fault>,
}

/// How a request's task speaks to the middleware's.
#[derive(Clone)]
pub(super) struct Middleware(Actor<MiddlewareState>);

struct MiddlewareState {
    ledger: Ledger,
    faults: Vec<Fault>,
}

impl Middleware {
    /// Starts the middleware's task on the current runtime.
    pub(super) fn open(faults: Vec<Fault>, secrets: SecretNames) -> Self {
        Self(Actor::spawn(MiddlewareState { ledger: Ledger::new(secrets), faults }))
    }

    /// Enters a request.
    ///
    /// # Errors
    /// [`Stopping`], where the sandbox is.
    pub(super) async fn admit(&self, request: RequestRecord) -> Result<Admission, Stopping> {
        self.0.ask(|state| state.admit(request)).await
    }

    /// Writes down what a request was answered.
    pub(super) fn settle(&self, seq: u64, status: u16) {
        self.0.tell(move |state| state.ledger.settle(seq, status));
    }

    /// Enters a webhook that is about to be posted and gives its number.
    ///
    /// # Errors
    /// [`Stopping`], where the sandbox is.
    pub(super) async fn enter_post(&self, at: Timestamp, post: HookPost) -> Result<u64, Stopping> {
        self.0.ask(move |state| state.ledger.enter_post(at, &post)).await
    }

    /// Writes down what came of an attempt.
    pub(super) fn settle_post(&self, seq: u64, attempt: HookAttempt) {
        self.0.tell(move |state| state.ledger.settle_post(seq, attempt));
    }

    /// Adds a fault behind those that wait.
    pub(super) fn add_fault(&self, fault: Fault) {
        self.0.tell(|state| state.faults.push(fault));
    }

    /// The ledger as JSON.
    ///
    /// # Errors
    /// [`Stopping`], where the sandbox is.
    pub(super) async fn ledger(&self) -> Result<Value, Stopping> {
        self.0.ask(|state| state.ledger.to_json()).await
    }
}

impl MiddlewareState {
    fn admit(&mut self, request: RequestRecord) -> Admission {
        let fault = take_fault(&mut self.faults, request.uri.path());
        let word = fault.as_ref().map(|fault| fault.kind().word());
        let seq = self.ledger.enter(request, word.as_deref());
        Admission { seq, fault }
    }
}

/// The first fault that matches the path; one of its times is taken. None where nothing is to go wrong.
fn take_fault(faults: &mut Vec<Fault>, path: &str) -> Option<Fault> {
    let place = faults.iter().position(|fault| fault.matches(path))?;
    let taken = faults[place].clone();
    if !faults[place].use_once() {
        faults.remove(place);
    }
    Some(taken)
}
