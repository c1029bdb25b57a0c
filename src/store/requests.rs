//! Data requests: who answers which, once, and never late. Owns the table `requests`.

use super::Store;
use super::error::StoreError;
use super::thread::Answer;
use crate::domain::{ChannelName, DataRequest, Failure, RequestId, RequestState, Timestamp};

/// What claiming a data request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is this process's to answer, once.
    Yes(DataRequest),
    /// Its time is up; it is expired.
    Late(DataRequest),
    /// It was answered already, or another process has it in hand.
    No(DataRequest),
}

impl Store {
    /// The newest data requests of a channel, or of all, newest first.
    pub fn requests(&self, _channel: Option<&ChannelName>, _limit: usize) -> Answer<Vec<DataRequest>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// One data request.
    pub fn request(&self, _id: &RequestId) -> Answer<Option<DataRequest>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Answers in the response to the delivery: received → answered, with this JSON, if it is not past the deadline.
    pub fn answer_request(&self, _id: &RequestId, _data: &str, _now: Timestamp) -> Answer<Claimed> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Takes a request to post its answer: received → answering, with this JSON, if there are more than `margin_ms` to
    /// its deadline. `Yes` for exactly one process.
    pub fn claim_request(&self, _id: &RequestId, _data: &str, _now: Timestamp, _margin_ms: i64) -> Answer<Claimed> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Says what became of the post: answering → posted, failed, unknown or expired, by the instance that claimed it.
    pub fn settle_request(&self, _id: &RequestId, _state: RequestState, _failure: Option<&Failure>) -> Answer<()> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Puts a claimed request back, its answer kept: only when the post provably never left, or was refused.
    pub fn release_request(&self, _id: &RequestId, _failure: Option<&Failure>) -> Answer<()> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Marks those that wait past their deadline as expired, and says which.
    pub fn expire_requests(&self, _now: Timestamp) -> Answer<Vec<RequestId>> {
        self.ask(|_| Err(StoreError::Closed))
    }
}
