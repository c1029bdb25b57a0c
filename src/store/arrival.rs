//! A delivery on its way into the store: as its adapter gave it, as it is prepared to be written, and what writing it came
//! to. Knows no table.

use uuid::{NoContext, Uuid};

use super::compact::WrittenHeaders;
use super::json::extras_json;
use crate::domain::{
    DataRequest, Delivery, DeliveryId, Inbound, Meaning, Refused, RequestId, Timestamp, Trust, Verdict,
};

/// A delivery on its way into the store, with what its adapter made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// As it came.
    pub delivery: Delivery,
    /// How far it is trusted; none where it was refused before that could be told.
    pub trust: Option<Trust>,
    /// What it says; or why it was refused.
    pub meaning: Result<Vec<Inbound>, Refused>,
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
    /// Which of the things that it says were said before, in their order.
    pub known: Vec<bool>,
    /// What was filed, given back: whoever waited may have use for it, and its memory is let go where it was taken.
    pub arrival: Box<Arrival>,
}

/// An arrival, with all made that needs no database.
pub(super) struct Prepared {
    pub(super) arrival: Box<Arrival>,
    pub(super) headers: WrittenHeaders,
    /// Beside each thing that it says.
    pub(super) made: Vec<PreparedValue>,
}

/// What is made of one thing that it says.
pub(super) enum PreparedValue {
    Nothing,
    Extras(String),
    Request(RequestId),
}

impl Prepared {
    /// Makes it, on the thread of whoever asks.
    pub(super) fn new(arrival: Arrival) -> Self {
        let at = arrival.delivery.at;
        let made = |inbound: &Inbound| match &inbound.meaning {
            Meaning::Message { message, .. } => {
                extras_json(&message.extras).map_or(PreparedValue::Nothing, PreparedValue::Extras)
            }
            Meaning::Request(_) => PreparedValue::Request(request_id(at)),
            Meaning::Joined { .. } | Meaning::Event { .. } | Meaning::Probe { .. } => PreparedValue::Nothing,
        };
        let made = arrival.meaning.iter().flatten().map(made).collect();
        let headers = match &arrival.meaning {
            Ok(_) => WrittenHeaders::new(&arrival.delivery.headers),
            // Anybody can post that: it has nothing in common with what is believed.
            Err(_) => WrittenHeaders::alone(&arrival.delivery.headers),
        };
        Self { arrival: Box::new(arrival), headers, made }
    }

    /// Whether it was refused.
    pub(super) fn is_rejected(&self) -> bool {
        self.arrival.meaning.is_err()
    }

    /// What one that was refused takes on the disk.
    pub(super) fn size(&self) -> u64 {
        let Delivery { url, body, .. } = &self.arrival.delivery;
        (url.len() + self.headers.common.len() + body.len()) as u64
    }
}

/// Sorts by when the request came.
fn request_id(at: Timestamp) -> RequestId {
    let ms = u64::try_from(at.millis()).unwrap_or(0);
    let nanos = u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
    RequestId::new(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, ms / 1_000, nanos)).to_string())
}
