//! The inbox: what is filed, what is a duplicate, in which order messages stand, and what is kept of the rejected.

use bytes::Bytes;

use super::super::{Arrival, DeliveryFilter, Filed};
use super::*;
use crate::domain::{Delivery, DeliveryId, DeliveryRow, Extras, Inbound, Meaning, ReplyHandle, Trust, Verdict};

/// The delivery of that number, which came so many milliseconds after [`NOW`].
pub(super) fn arrival(number: i64, says: Vec<Inbound>) -> Arrival {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Arrival {
        delivery: Delivery {
            channel: docs(),
            at: NOW.plus_millis(number),
            url: "http://127.0.0.1:8787/docs".to_owned(),
            headers: vec![
                header("host", "127.0.0.1:8787"),
                header("content-type", "application/json"),
                header("user-agent", "a platform/1.0"),
                header("content-length", "231"),
            ],
            body: Bytes::from(format!("{{\"number\":{number},\"text\":\"{}\"}}", "word ".repeat(40))),
            replay: false,
        },
        trust: Some(Trust::Verified),
        meaning: Ok(says),
        summary: format!("delivery {number}"),
    }
}

/// A message whose platform's time is so many milliseconds after [`NOW`]; its key begins with that.
pub(super) fn says(conversation: &str, number: i64, text: &str) -> Inbound {
    let at = NOW.plus_millis(number);
    let message = Message { created_at: Moment::at(at), ..user(&format!("m{number}"), text) };
    Inbound {
        key: format!("{:013}:{conversation}:{number}", at.millis()),
        meaning: Meaning::Message { conversation: id(conversation), title: String::new(), message, reply: None },
    }
}
