//! What the listener needs of the store, so that its tests can have one that is slow, full or broken.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::domain::{RequestId, Timestamp};
use crate::store::{Arrival, Claimed, Filed, Store, StoreError};

/// Where deliveries are put before they are acknowledged.
pub(super) trait DeliveryStore: Send + Sync {
    /// Files a delivery; it is on its way when this returns, whether or not the answer is awaited.
    fn receive(&self, arrival: Arrival) -> BoxFuture<'static, Result<Filed, StoreError>>;

    /// Says that a data request is answered in the response to its delivery.
    fn answer(&self, id: &RequestId, data: &str, now: Timestamp) -> BoxFuture<'static, Result<Claimed, StoreError>>;
}

impl DeliveryStore for Store {
    fn receive(&self, arrival: Arrival) -> BoxFuture<'static, Result<Filed, StoreError>> {
        self.receive(arrival).boxed()
    }

    fn answer(&self, id: &RequestId, data: &str, now: Timestamp) -> BoxFuture<'static, Result<Claimed, StoreError>> {
        self.answer_request(id, data, now).boxed()
    }
}
