//! A channel: what the config file says of it, what is known of it, and what is under way in it.

use std::collections::BTreeMap;

use super::chat::{Chat, LocalTurn, Place};
use super::composer::Composer;
use super::roster::Roster;
use super::sources::Sources;
use crate::domain::{Capabilities, ChannelName, Kind, Platform, SafeText, TurnId};

/// What the config file says of a channel.
#[derive(Debug, Clone)]
pub struct ChannelView {
    /// Its name in the config file.
    pub name: ChannelName,
    /// The same, safe to draw.
    pub label: SafeText,
    /// Its platform.
    pub platform: Platform,
    /// Whether it is the embedded sandbox, which greets a newcomer.
    pub sandbox: bool,
}

impl ChannelView {
    /// What stands for a channel where the config has none.
    pub(super) fn none() -> (Self, Capabilities) {
        let [platform, ..] = Platform::ALL;
        let view = Self { name: ChannelName::new(""), label: SafeText::default(), platform, sandbox: false };
        (view, Capabilities::NONE)
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

/// One configured channel, as the list of them shows it.
#[derive(Debug, Clone)]
pub struct ChannelTab {
    /// Its name and platform.
    pub view: ChannelView,
    /// What its platform can do.
    pub capabilities: Capabilities,
    /// How many of its conversations have something new that was not looked at.
    pub unread: usize,
    /// Whether the store was asked what it remembers of it.
    pub restored: bool,
}

/// A channel: all that is known of it and under way in it.
#[derive(Debug)]
pub struct Channel {
    /// What the config file says of it.
    pub info: ChannelView,
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
    pub turns: BTreeMap<TurnId, LocalTurn>,
    /// The message that is being written.
    pub composer: Composer,
    /// Its data sources.
    pub sources: Sources,
    /// How many of its conversations have something new that was not looked at.
    pub unread: usize,
}

impl Channel {
    /// A channel of which nothing is known yet.
    pub fn new(info: ChannelView, capabilities: Capabilities) -> Self {
        Self {
            info,
            capabilities,
            link: Link::Connecting,
            roster: Roster::default(),
            chat: Chat::new(Place::New(0)),
            turns: BTreeMap::new(),
            composer: Composer::default(),
            sources: Sources::default(),
            unread: 0,
        }
    }

    /// Counts the conversations that have something new.
    pub(super) fn count_unread(&mut self) {
        self.unread = self.roster.rows.iter().filter(|row| row.unread).count();
    }

    /// What was measured is the screen's, and the same whatever is shown on it.
    pub(super) fn is_drawn_like(&mut self, other: &Self) {
        self.roster.height = other.roster.height;
        self.chat.measured.rows = other.chat.measured.rows;
        self.sources.measured = other.sources.measured;
        self.sources.rows.height = other.sources.rows.height;
    }
}
