//! A delivery that was read, with its body made fit to be shown: pretty and raw, and no more of it than anybody reads.

use super::json;
use crate::domain::{Delivery, DeliveryId, SafeText};

/// So many bytes of a body are drawn; the rest is counted.
pub const DRAWN_BYTES: usize = 64 * 1024;

/// A delivery that was read.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Which.
    pub id: DeliveryId,
    /// It; none if the store has it no more.
    pub delivery: Option<Box<Delivery>>,
    /// Its body laid out as JSON, and how many bytes of it are left out; none where it is no JSON.
    pub pretty: Option<(SafeText, usize)>,
    /// Its body as it came, and how many bytes of it are left out.
    pub raw: (SafeText, usize),
}

impl Opened {
    /// Makes a body fit to be shown.
    pub fn new(id: DeliveryId, delivery: Option<Box<Delivery>>) -> Self {
        let body = delivery.as_ref().map(|d| d.body.clone()).unwrap_or_default();
        let pretty = std::str::from_utf8(&body).ok().and_then(|text| json::pretty(text, DRAWN_BYTES));
        Self { id, delivery, pretty: pretty.map(|(text, left)| (SafeText::new(&text), left)), raw: raw(&body) }
    }

    /// The body as it is to be shown, and how many bytes of it are left out.
    pub fn body(&self, raw: bool) -> &(SafeText, usize) {
        self.pretty.as_ref().filter(|_| !raw).unwrap_or(&self.raw)
    }
}

fn raw(body: &[u8]) -> (SafeText, usize) {
    let mut end = body.len().min(DRAWN_BYTES);
    // Not in the middle of a character.
    while end < body.len() && end > 0 && body.get(end).is_some_and(|b| b & 0xc0 == 0x80) {
        end -= 1;
    }
    let text = String::from_utf8_lossy(body.get(..end).unwrap_or_default());
    (SafeText::new(&text), body.len() - end)
}
