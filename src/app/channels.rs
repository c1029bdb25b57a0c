//! Several channels: the one that is open stands in the state's own fields, the others are parked beside it.
//!
//! Owns what belongs to one channel alone, and the overlay that lists them all. When to change over is `update`'s
//! business.

use std::collections::BTreeMap;

use super::chat::{Chat, LocalTurn, Place};
use super::composer::Composer;
use super::roster::Roster;
use super::sources::Sources;
use super::state::{ChannelView, Link, State};
use crate::domain::{Capabilities, ChannelName, FuzzyFilter, TurnId};

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
        }
    }

    /// What was measured is the screen's, and the same whatever is shown on it.
    fn is_drawn_like(&mut self, other: &Self) {
        self.roster.height = other.roster.height;
        self.chat.measured.rows = other.chat.measured.rows;
        self.sources.measured = other.sources.measured;
        self.sources.rows.height = other.sources.rows.height;
    }
}

/// The overlay that lists the channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switcher {
    /// What was typed to narrow the list.
    pub filter: String,
    /// Which of those that are left is selected.
    pub selected: usize,
}

impl State {
    /// Opens a channel in the place of the open one, which is handed back.
    pub(super) fn swap(&mut self, mut channel: Channel) -> Channel {
        channel.is_drawn_like(&self.channel);
        std::mem::replace(&mut self.channel, channel)
    }

    /// Keeps a channel that is not open.
    pub(super) fn park(&mut self, channel: Channel) {
        self.parked.insert(channel.info.name.clone(), channel);
    }

    /// How the last call to a channel's platform went.
    pub fn link_of(&self, name: &ChannelName) -> Link {
        self.parked.get(name).map_or(self.channel.link, |room| room.link)
    }

    /// The open channel's place among all.
    pub fn open_tab(&self) -> Option<usize> {
        self.channels.iter().position(|tab| tab.view.name == self.channel.info.name)
    }

    /// The channels besides the open one in which something is new.
    pub fn news_elsewhere(&self) -> impl Iterator<Item = &ChannelTab> {
        self.channels.iter().filter(|tab| tab.unread > 0 && tab.view.name != self.channel.info.name)
    }

    /// The places of the channels that the overlay's filter leaves, what has the typed words first; else in the order of
    /// the config file.
    pub fn listed_channels(&self) -> Vec<usize> {
        let filter = FuzzyFilter::new(self.switcher.as_ref().map_or("", |s| s.filter.as_str()));
        let tabs = self.channels.iter().enumerate();
        let left = filter.order(tabs, |(_, tab)| [tab.view.label.as_str(), tab.view.platform.id()]);
        left.into_iter().map(|(i, _)| i).collect()
    }

    /// How many changes of rows are staged on all channels together.
    pub fn staged_anywhere(&self) -> usize {
        self.channel.sources.changes.len()
            + self.parked.values().map(|room| room.sources.changes.len()).sum::<usize>()
    }

    /// How many conversations of the channel in the state's own fields have something new, as last counted.
    pub(super) fn unread(&self) -> usize {
        self.open_tab().and_then(|at| self.channels.get(at)).map_or(0, |tab| tab.unread)
    }

    /// Counts the conversations of the channel in the state's own fields that have something new.
    pub(super) fn count_unread(&mut self) {
        let unread = self.channel.roster.rows.iter().filter(|row| row.unread).count();
        if let Some(tab) = self.channels.iter_mut().find(|tab| tab.view.name == self.channel.info.name) {
            tab.unread = unread;
        }
    }
}
