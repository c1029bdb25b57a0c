//! What a platform posts: one webhook as it came, how far it can be trusted, and what became of it.

use bytes::Bytes;

use super::{ChannelName, ConversationId, MessageId, Refused, RequestId, Timestamp};

/// One webhook POST, as it came. Nothing of it has been believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The channel that its path names.
    pub channel: ChannelName,
    /// When its last byte came.
    pub at: Timestamp,
    /// The URL that the platform called, without a query: under `public_url` where that is set.
    pub url: String,
    /// Names in lower case, in the order in which they came; bytes that are no UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The raw body, before anything was parsed.
    pub body: Bytes,
    /// Whether the program itself sent it: a replay, or the self-test's sample.
    pub replay: bool,
}

impl Delivery {
    /// The only value of a header; none where it is missing or stands there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// How often a header stands there.
    pub fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(n, _)| n == name).count()
    }
}

/// How far a delivery can be trusted to come from its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Its signature is right, or its path holds the channel's `webhook_key`.
    Verified,
    /// The platform can sign, and this one bears no signature or there is no key to check it with.
    Unverified,
    /// The platform signs nothing, and no `webhook_key` is set.
    Unsigned,
}

impl Trust {
    /// As the contract's `verified` has it.
    pub const fn verified(self) -> Option<bool> {
        match self {
            Self::Verified => Some(true),
            Self::Unverified => Some(false),
            Self::Unsigned => None,
        }
    }

    /// The word for the screen and for the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
            Self::Unsigned => "unsigned",
        }
    }

    /// The trust that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Verified, Self::Unverified, Self::Unsigned].into_iter().find(|t| t.as_str() == word)
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored, and what it means with it.
    Accepted,
    /// All that it says was known already.
    Duplicate,
    /// It was refused, and nothing that it says was believed.
    Rejected(Refused),
}

/// The number of a stored delivery: later ones have higher numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub i64);

/// A delivery as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its number.
    pub id: DeliveryId,
    /// Its channel.
    pub channel: ChannelName,
    /// When it came.
    pub at: Timestamp,
    /// How far it is trusted; none where it was rejected before that could be told.
    pub trust: Option<Trust>,
    /// What became of it.
    pub verdict: Verdict,
    /// Whether the program itself sent it.
    pub replay: bool,
    /// What it says, in one line of untrusted text.
    pub summary: String,
    /// The size of its body in bytes.
    pub size: u64,
    /// The conversation that it belongs to.
    pub conversation: Option<ConversationId>,
    /// The message that it brought.
    pub message: Option<MessageId>,
    /// The data request that it brought.
    pub request: Option<RequestId>,
}
