//! What a search finds.

use super::{ChannelName, ConversationId, Message, OutState, TurnId};

/// One message that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its channel.
    pub channel: ChannelName,
    /// Its conversation; none of one that never got an id.
    pub conversation: Option<ConversationId>,
    /// The conversation's title. Untrusted.
    pub title: String,
    /// Where it stands.
    pub place: HitPlace,
    /// The message. Of one that is only in the outbox the id is the turn's, and the time is when it was committed.
    pub message: Message,
    /// Whether this program is where it comes from.
    pub ours: bool,
    /// What is known of its arrival, where it is one of ours.
    pub state: Option<OutState>,
    /// Where the hits after this one begin.
    pub cursor: HitCursor,
}

/// Where a message stands that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HitPlace {
    /// In the history, at that place of the store's order.
    History(i64),
    /// It is what a turn of the outbox says.
    Turn(TurnId),
    /// It is the reply to a turn of the outbox, which is not in the history.
    Reply(TurnId),
}

/// A place in the order of hits: what comes after it is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HitCursor(pub i64);

/// A conversation whose title was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleHit {
    /// Its channel.
    pub channel: ChannelName,
    /// Its id.
    pub conversation: ConversationId,
    /// Its title. Untrusted.
    pub title: String,
}

/// What one search came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Messages, the newest first.
    pub hits: Vec<Hit>,
    /// How many messages there are in all, whatever part of them is here. Only told with the first of them.
    pub total: Option<u64>,
    /// Whether there may be more than `total`: to count them all, all would have to be read.
    pub at_least: bool,
    /// Where the next ones begin; none at the end.
    pub more: Option<HitCursor>,
    /// Conversations whose title has the words, the likest first. Only told with the first messages.
    pub titles: Vec<TitleHit>,
    /// How many messages were searched, and how many there are: fewer while an index is made of an older store.
    pub searched: Searched,
}

impl Found {
    /// Where all of them are here, from the first on, that is how many there are.
    pub fn count_all(&mut self) {
        if self.at_least && self.more.is_none() {
            (self.total, self.at_least) = (Some(self.hits.len() as u64), false);
        }
    }
}

/// How far a search could look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Searched {
    /// So many messages were searched.
    pub done: u64,
    /// So many there are.
    pub of: u64,
}

impl Searched {
    /// Whether that was all.
    pub fn is_all(self) -> bool {
        self.done >= self.of
    }
}

/// A search that is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Its name.
    pub name: String,
    /// What is searched for, as it was written.
    pub text: String,
}
