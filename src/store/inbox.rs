//! The inbox: every webhook that came, committed before it is acknowledged. Owns the table `deliveries`.

use super::Store;
use super::error::StoreError;
use super::thread::Answer;
use crate::domain::{
    ChannelName, ConversationId, DataRequest, Delivery, DeliveryId, DeliveryRow, Inbound, MessageId, Trust, Verdict,
};

/// A delivery on its way into the store, with what its adapter made of it.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// As it came.
    pub delivery: Delivery,
    /// How far it is trusted; none where it was refused before that could be told.
    pub trust: Option<Trust>,
    /// What it says; or the status and the reason with which it was refused.
    pub meaning: Result<Vec<Inbound>, (u16, String)>,
    /// What it says, in one line.
    pub summary: String,
}

/// What filing a delivery came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its number.
    pub id: DeliveryId,
    /// What became of it.
    pub verdict: Verdict,
    /// The data request that it brought; for a duplicate the one that was stored at first, with its answer.
    pub request: Option<DataRequest>,
}

/// Which deliveries are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of that channel alone.
    pub channel: Option<ChannelName>,
    /// Later than that one; then the oldest of them come first.
    pub after: Option<DeliveryId>,
    /// Earlier than that one; then, as without either, the newest come first.
    pub before: Option<DeliveryId>,
    /// How many at most.
    pub limit: usize,
}

impl Store {
    /// Files a delivery. All that wait together are one commit; what is answered is on the disk. A rejected one is kept
    /// to be shown, and nothing that it says is.
    pub fn receive(&self, _arrival: Arrival) -> Answer<Filed> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// Deliveries as a list shows them.
    pub fn deliveries(&self, _filter: &DeliveryFilter) -> Answer<Vec<DeliveryRow>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// One delivery, whole.
    pub fn delivery(&self, _id: DeliveryId) -> Answer<Option<(DeliveryRow, Delivery)>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// The newest delivery that brought a message of a conversation: that message, or any.
    pub fn delivery_of(
        &self,
        _channel: &ChannelName,
        _conversation: &ConversationId,
        _message: Option<&MessageId>,
    ) -> Answer<Option<DeliveryId>> {
        self.ask(|_| Err(StoreError::Closed))
    }

    /// The number of the newest delivery; 0 where there is none.
    pub fn last_delivery(&self) -> Answer<DeliveryId> {
        self.ask(|_| Err(StoreError::Closed))
    }
}
