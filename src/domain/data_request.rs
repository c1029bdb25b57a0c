//! A data request: a platform asks for data and waits for the answer until a deadline.

use super::{ChannelName, Failure, RequestId, Timestamp, Trust};

/// What became of a data request.
///
/// ```text
///     received -> answering -> answered   in the response to the delivery
///        |           |     \-> posted     to its link
///        |           |------> failed     refused, or provably not sent and out of time
///        |           \------> unknown    it left, and no answer came: never posted again
///        \-> expired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// It waits for an answer.
    Received,
    /// A process has its answer in hand.
    Answering,
    /// It was answered in the response to the delivery.
    Answered,
    /// Its answer was posted to its link, and taken.
    Posted,
    /// Its answer was refused, or could not be sent.
    Failed,
    /// Its answer left, and nobody knows whether it arrived.
    Unknown,
    /// Its time was up before an answer was sent.
    Expired,
}

impl RequestState {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Received, Self::Answering, Self::Answered, Self::Posted, Self::Failed, Self::Unknown, Self::Expired];

    /// The word for JSON, the screen and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Answering => "answering",
            Self::Answered => "answered",
            Self::Posted => "posted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
        }
    }

    /// The state that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// A stored data request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRequest {
    /// The program's own id.
    pub id: RequestId,
    /// The channel it came on.
    pub channel: ChannelName,
    /// Which tool is asked. Untrusted.
    pub key: String,
    /// JSON of what it is asked with. Untrusted.
    pub inputs: String,
    /// Where an answer may be posted, rebuilt under the channel's `base_url`.
    pub link: Option<String>,
    /// How far the delivery is trusted that brought it.
    pub trust: Trust,
    /// When it came.
    pub received: Timestamp,
    /// No answer is sent after this.
    pub deadline: Timestamp,
    /// What became of it.
    pub state: RequestState,
    /// The answer's JSON, once there is one.
    pub answer: Option<String>,
    /// Why it failed, or why that is unknown.
    pub failure: Option<Failure>,
}
