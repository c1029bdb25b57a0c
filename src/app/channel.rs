//! A channel: what the config file says of it, what is known of it, and what is under way in it.

mod availability;
pub(super) mod chat_view;
pub(super) mod find;
mod message;
mod selection;
mod turns;

use std::collections::BTreeMap;

use super::chat::aside::Aside;
use super::chat::composer::Composer;
use super::chat::queue::Queue;
use super::chat::{Chat, ConversationRef, PendingTurn};
use super::roster::Roster;
use super::sources::{Sources, SourcesMeasured};
use crate::domain::{Capabilities, ChannelName, Kind, Platform, SafeText, TurnId};

/// What the config file says of a channel.
#[derive(Debug, Clone)]
pub struct ChannelInfo {
    /// Its name in the config file.
    pub name: ChannelName,
    /// The same, safe to draw.
    pub label: SafeText,
    /// Its platform.
    pub platform: Platform,
    /// Whether it is the embedded sandbox, which greets a newcomer.
    pub sandbox: bool,
    /// Whether nothing is written to it: by `--read-only`, or by the config file.
    pub read_only: bool,
}

impl ChannelInfo {
    /// What stands for a channel where the config has none.
    fn none() -> Self {
        Self {
            name: ChannelName::new(""),
            label: SafeText::default(),
            platform: Platform::ARCHIVE,
            sandbox: false,
            read_only: false,
        }
    }
}

/// How the last call to the platform went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Nothing was asked yet.
    Connecting,
    /// It answered.
    Connected,
    /// It did not, or it refused.
    Trouble(Kind),
}

/// A channel: all that is known of it and under way in it.
#[derive(Debug)]
pub struct Channel {
    /// What the config file says of it.
    pub info: ChannelInfo,
    /// What its platform can do.
    pub capabilities: Capabilities,
    /// How the last call to it went.
    pub link: Link,
    /// Its conversations.
    pub roster: Roster,
    /// The conversation that is open in it.
    pub chat: Chat,
    /// Messages sent from here that the platform's history does not hold yet: of the open conversation, and of any
    /// other in which something is still under way. Their ids sort by time.
    pub turns: BTreeMap<TurnId, PendingTurn>,
    /// The message that is being written.
    pub composer: Composer,
    /// A second conversation, while the window has one of this channel beside the open one.
    pub aside: Option<Box<Aside>>,
    /// The conversation that was open before the selection moved in the list; none where it didn't.
    pub came_from: Option<ConversationRef>,
    /// The user's hand on what waits behind a reply.
    pub waiting: Queue,
    /// Its data sources.
    pub sources: Sources,
    /// How many of its conversations have something new that was not looked at.
    pub unread: usize,
    /// Whether the store was asked what it remembers of it.
    pub restored: bool,
}

/// How many rows the panes have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measures {
    roster: usize,
    transcript: u16,
    sources: SourcesMeasured,
    rows: usize,
}

impl Channel {
    /// A channel of which nothing is known yet.
    pub fn new(info: ChannelInfo, capabilities: Capabilities) -> Self {
        Self {
            info,
            capabilities,
            link: Link::Connecting,
            roster: Roster::default(),
            chat: Chat::new(ConversationRef::New(0)),
            turns: BTreeMap::new(),
            composer: Composer::default(),
            aside: None,
            came_from: None,
            waiting: Queue::default(),
            sources: Sources::default(),
            unread: 0,
            restored: false,
        }
    }

    /// What stands for a channel where the config has none.
    pub(super) fn none() -> Self {
        Self::new(ChannelInfo::none(), Capabilities::NONE)
    }

    /// Whether it is one of the config's, or an archive.
    pub(super) fn is_named(&self) -> bool {
        !self.info.name.as_str().is_empty()
    }

    /// Counts the conversations that have something new.
    pub(super) fn count_unread(&mut self) {
        self.unread = self.roster.rows.unordered().filter(|row| row.unread).count();
    }

    /// What of it was measured. That is the screen's, and the same whichever channel is shown on it.
    pub(super) fn measured(&self) -> Measures {
        Measures {
            roster: self.roster.view.height,
            transcript: self.chat.measured.rows,
            sources: self.sources.measured,
            rows: self.sources.rows.view.height,
        }
    }

    /// Takes what was measured of another one.
    pub(super) fn measure(&mut self, measures: Measures) {
        self.roster.view.height = measures.roster;
        self.chat.measured.rows = measures.transcript;
        self.sources.measured = measures.sources;
        self.sources.rows.view.height = measures.rows;
    }
}
