//! What is passed on of each delivery, besides the store.

use std::sync::Arc;

use crate::domain::{ChannelName, DataRequest, DeliveryId, Inbound, Requested, Trust, Verdict};

/// One delivery that came, passed on at once.
#[derive(Debug, Clone)]
pub struct HookEvent {
    /// Its number; none for what was refused, which is stored when there is time.
    pub id: Option<DeliveryId>,
    /// The channel.
    pub channel: ChannelName,
    /// How far it is trusted; none where it was refused before that could be told.
    pub trust: Option<Trust>,
    /// What became of it.
    pub verdict: Verdict,
    /// What it says.
    pub inbound: Vec<Inbound>,
    /// Which of these things were known already, in their order.
    pub known: Vec<bool>,
    /// The data request that it brought, as it is stored.
    pub request: Option<DataRequest>,
    /// What was asked for, where it was refused.
    pub requested: Requested,
}

/// Takes what came. Must not block.
pub type HookObserver = Arc<dyn Fn(HookEvent) + Send + Sync>;
