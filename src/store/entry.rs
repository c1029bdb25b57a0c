//! A delivery that is believed, with all that it says, as it is written: borrowed from whoever brought it, or from the value
//! in which many of them wait to be put into their tables. Owns the form of that value; knows no table.

use rusqlite::{Error, ErrorCode, ffi};
use serde::{Deserialize, Serialize, Serializer};

use super::arrival::{Arrival, Prepared, PreparedValue};
use super::error::StoreError;
use super::rows::millis;
use crate::domain::{Asked, ConversationId, Delivery, Inbound, Meaning, Moment, ReplyHandle, Timestamp, Trust};

/// How they are written today. A change of [`Entry`] is the next number, and what was written before is still read.
pub(super) const FORM: i64 = 1;

/// One delivery. Times are milliseconds since 1970 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) channel: &'a str,
    pub(super) at: i64,
    pub(super) replay: bool,
    #[serde(borrow)]
    trust: Option<&'a str>,
    pub(super) summary: &'a str,
    pub(super) url: &'a str,
    /// As [`WrittenHeaders`](super::compact::WrittenHeaders) has them.
    pub(super) common: &'a str,
    pub(super) own: &'a str,
    #[serde(serialize_with = "bytes")]
    pub(super) body: &'a [u8],
    #[serde(borrow)]
    pub(super) said: Vec<Said<'a>>,
}

/// One thing that it says, known by its channel and this key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said<'a> {
    pub(super) key: &'a str,
    #[serde(borrow)]
    pub(super) what: What<'a>,
}

/// What of it the tables keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum What<'a> {
    Message {
        conversation: &'a str,
        title: &'a str,
        #[serde(borrow)]
        message: SaidMessage<'a>,
        #[serde(borrow)]
        reply: Option<Handle<'a>>,
    },
    Joined {
        conversation: &'a str,
        title: &'a str,
        #[serde(borrow)]
        at: SaidMoment<'a>,
        #[serde(borrow)]
        reply: Option<Handle<'a>>,
    },
    Event {
        #[serde(borrow)]
        conversation: Option<&'a str>,
        #[serde(borrow)]
        details: Vec<(&'a str, &'a str)>,
    },
    Request {
        id: &'a str,
        key: &'a str,
        inputs: &'a str,
        #[serde(borrow)]
        link: Option<&'a str>,
        deadline: i64,
    },
    Probe,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SaidMessage<'a> {
    pub(super) id: &'a str,
    pub(super) role: &'a str,
    pub(super) text: &'a str,
    #[serde(borrow)]
    pub(super) created: SaidMoment<'a>,
    /// JSON.
    #[serde(borrow)]
    pub(super) extras: Option<&'a str>,
}

/// A time as a platform wrote it, and what was read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SaidMoment<'a> {
    pub(super) at: Option<i64>,
    pub(super) raw: &'a str,
}

/// A one-time way to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Handle<'a> {
    token: &'a str,
    expires: i64,
}

impl<'a> Entry<'a> {
    /// One that was prepared.
    pub(super) fn new(prepared: &'a Prepared) -> Self {
        let Arrival { delivery, trust, meaning, summary } = &*prepared.arrival;
        let Delivery { channel, at, url, headers: _, body, replay } = delivery;
        Self {
            channel: channel.as_str(),
            at: millis(*at),
            replay: *replay,
            trust: trust.map(Trust::as_str),
            summary,
            url,
            common: &prepared.headers.common,
            own: &prepared.headers.own,
            body,
            said: meaning.iter().flatten().zip(&prepared.made).map(|(one, made)| Said::new(one, made)).collect(),
        }
    }

    pub(super) fn trust(&self) -> Option<Trust> {
        self.trust.and_then(Trust::from_word)
    }

    pub(super) fn came(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }
}

impl<'a> Said<'a> {
    fn new(inbound: &'a Inbound, made: &'a PreparedValue) -> Self {
        let what = match (&inbound.meaning, made) {
            (Meaning::Message { conversation, title, message, reply }, made) => What::Message {
                conversation: conversation.as_str(),
                title,
                message: SaidMessage {
                    id: message.id.as_str(),
                    role: message.role.as_str(),
                    text: &message.text,
                    created: SaidMoment::new(&message.created_at),
                    extras: if let PreparedValue::Extras(extras) = made { Some(extras) } else { None },
                },
                reply: reply.as_ref().map(Handle::new),
            },
            (Meaning::Joined { conversation, title, at, reply }, _) => What::Joined {
                conversation: conversation.as_str(),
                title,
                at: SaidMoment::new(at),
                reply: reply.as_ref().map(Handle::new),
            },
            (Meaning::Event { conversation, kind: _, details }, _) => What::Event {
                conversation: conversation.as_ref().map(ConversationId::as_str),
                details: details.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect(),
            },
            (Meaning::Request(Asked { key, inputs, link, deadline }), PreparedValue::Request(id)) => {
                What::Request { id: id.as_str(), key, inputs, link: link.as_deref(), deadline: millis(*deadline) }
            }
            // A request always has an id by now.
            (Meaning::Request(_) | Meaning::Probe { .. }, _) => What::Probe,
        };
        Self { key: &inbound.key, what }
    }

    /// The data request, if it is one.
    pub(super) fn asked(&self) -> Option<(&'a str, Asked)> {
        let What::Request { id, key, inputs, link, deadline } = self.what else { return None };
        let (key, inputs, link) = (key.to_owned(), inputs.to_owned(), link.map(str::to_owned));
        Some((id, Asked { key, inputs, link, deadline: Timestamp::from_millis(deadline) }))
    }
}

impl<'a> SaidMoment<'a> {
    fn new(moment: &'a Moment) -> Self {
        Self { at: moment.at.map(millis), raw: &moment.raw }
    }

    pub(super) fn moment(self) -> Moment {
        Moment { at: self.at.map(Timestamp::from_millis), raw: self.raw.to_owned() }
    }
}

impl<'a> Handle<'a> {
    fn new(handle: &'a ReplyHandle) -> Self {
        Self { token: &handle.token, expires: handle.expires.millis() }
    }

    pub(super) fn handle(self) -> ReplyHandle {
        ReplyHandle { token: self.token.to_owned(), expires: Timestamp::from_millis(self.expires) }
    }
}

/// Not byte by byte.
fn bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

/// Many of them as one value.
pub(super) fn encoded(entries: &[Entry<'_>]) -> Result<Vec<u8>, StoreError> {
    let size = entries.iter().map(|entry| 512 + 2 * entry.body.len()).sum();
    postcard::to_extend(entries, Vec::with_capacity(size)).map_err(|error| broken(&error))
}

/// What such a value holds.
///
/// # Errors
/// [`StoreError::Damaged`] where it is none.
pub(super) fn decoded(form: i64, value: &[u8]) -> Result<Vec<Entry<'_>>, StoreError> {
    match form {
        FORM => postcard::from_bytes(value).map_err(|error| broken(&error)),
        _ => Err(broken(&postcard::Error::WontImplement)),
    }
}

/// Nobody writes such a value: the file was changed behind SQLite's back.
fn broken(error: &postcard::Error) -> StoreError {
    let code = ffi::Error { code: ErrorCode::DatabaseCorrupt, extended_code: ffi::SQLITE_CORRUPT };
    Error::SqliteFailure(code, Some(format!("webhooks that wait for their tables can't be read: {error}"))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let created = SaidMoment { at: Some(-3), raw: "2024-16-01" };
        let message = SaidMessage { id: "m", role: "user", text: "hi\u{0}ü", created, extras: Some("{}") };
        let reply = Some(Handle { token: "t", expires: i64::MAX });
        let whats = [
            What::Message { conversation: "c", title: "", message, reply },
            What::Joined { conversation: "c", title: "t", at: SaidMoment { at: None, raw: "" }, reply: None },
            What::Event { conversation: None, details: vec![("a", "b")] },
            What::Request { id: "r", key: "k", inputs: "{}", link: Some("l"), deadline: i64::MIN },
            What::Probe,
        ];
        let entry = Entry {
            channel: "docs",
            at: 1_700_000_000_000,
            replay: true,
            trust: Some("verified"),
            summary: "s",
            url: "u",
            common: "[]",
            own: "",
            body: b"\xff\x00{}",
            said: whats.into_iter().map(|what| Said { key: "key", what }).collect(),
        };
        let entries = vec![entry.clone(), Entry { trust: None, said: Vec::new(), ..entry }];
        let value = encoded(&entries).unwrap();
        assert_eq!(decoded(FORM, &value).unwrap(), entries);
        assert_eq!(entries[0].trust(), Some(Trust::Verified));
        for cut in 0..value.len() {
            assert!(matches!(decoded(FORM, &value[..cut]), Err(StoreError::Damaged(_))), "{cut} bytes");
        }
        assert!(matches!(decoded(FORM + 1, &value), Err(StoreError::Damaged(_))));
    }
}
