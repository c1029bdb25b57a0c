//! A delivery with all that it says, as it is written: borrowed from whoever brought it. Knows no table.

use super::arrival::{Arrival, Prepared, PreparedValue};
use super::rows::millis;
use crate::domain::{Asked, ConversationId, Delivery, Inbound, Meaning, Moment, ReplyHandle, Timestamp, Trust};

/// One delivery. Times are milliseconds since 1970 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) channel: &'a str,
    pub(super) at: i64,
    pub(super) replay: bool,
    trust: Option<&'a str>,
    pub(super) summary: &'a str,
    pub(super) url: &'a str,
    /// As [`WrittenHeaders`](super::compact::WrittenHeaders) has them.
    pub(super) common: &'a str,
    pub(super) own: &'a str,
    pub(super) body: &'a [u8],
    pub(super) said: Vec<Said<'a>>,
}

/// One thing that it says, known by its channel and this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) key: &'a str,
    pub(super) what: What<'a>,
}

/// What of it the tables keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What<'a> {
    Message { conversation: &'a str, title: &'a str, message: SaidMessage<'a>, reply: Option<Handle<'a>> },
    Joined { conversation: &'a str, title: &'a str, at: SaidMoment<'a>, reply: Option<Handle<'a>> },
    Event { conversation: Option<&'a str>, details: Vec<(&'a str, &'a str)> },
    Request { id: &'a str, key: &'a str, inputs: &'a str, link: Option<&'a str>, deadline: i64 },
    Probe,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SaidMessage<'a> {
    pub(super) id: &'a str,
    pub(super) role: &'a str,
    pub(super) text: &'a str,
    pub(super) created: SaidMoment<'a>,
    /// JSON.
    pub(super) extras: Option<&'a str>,
}

/// A time as a platform wrote it, and what was read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SaidMoment<'a> {
    pub(super) at: Option<i64>,
    pub(super) raw: &'a str,
}

/// A one-time way to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
