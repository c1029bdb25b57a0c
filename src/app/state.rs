//! What the program knows and shows. Changed by `update` alone, drawn by the floor above.

use std::collections::BTreeMap;

use super::channel::{Channel, ChannelTab, ChannelView, Link};
use super::chat::{LocalTurn, Place};
use super::ids::Ids;
use super::keymap::Context;
use super::scroll::Scroll;
use super::search::SearchView;
use super::text_buffer::TextBuffer;
use super::update::Request;
use super::webhooks::Webhooks;
use super::window::{Focus, ViewKind, Window};
use crate::domain::{Capabilities, ChannelName, ConversationId, Failure, FuzzyFilter, Timestamp};

/// Everything that is shown and everything that is under way.
#[derive(Debug)]
pub struct State {
    /// All channels, in the order of the config file.
    pub channels: Vec<ChannelTab>,
    /// The channel that is open.
    pub channel: Channel,
    /// Those that are not open.
    pub parked: BTreeMap<ChannelName, Channel>,
    /// Set while what stands in `channel` is a parked one, brought up to date behind the screen.
    pub behind: bool,
    /// What belongs to the screen.
    pub window: Window,
    /// The Webhooks view.
    pub webhooks: Webhooks,
    /// The Search view.
    pub search: SearchView,
    /// What makes ids and numbers.
    pub ids: Ids,
    /// What parts asked of each other, until it is fulfilled.
    pub(super) requests: Vec<Request>,
}

impl State {
    /// A state in which nothing is known yet but the channels, one of which is open: the first, if there is none at
    /// that place.
    pub fn new(channels: Vec<(ChannelView, Capabilities)>, open: usize, seed: u64) -> Self {
        let opened = channels.get(open).or(channels.first()).cloned();
        let (channel, capabilities) = opened.unwrap_or_else(ChannelView::none);
        let mut tabs = Vec::with_capacity(channels.len());
        let mut parked = BTreeMap::new();
        for (view, capabilities) in channels {
            let open = view.name == channel.name;
            if !open {
                parked.insert(view.name.clone(), Channel::new(view.clone(), capabilities));
            }
            tabs.push(ChannelTab { view, capabilities, unread: 0, restored: open });
        }
        Self {
            channels: tabs,
            parked,
            behind: false,
            webhooks: Webhooks::default(),
            search: SearchView::default(),
            window: Window::new(if capabilities.send { Focus::Composer } else { Focus::Transcript }),
            channel: Channel::new(channel, capabilities),
            ids: Ids::new(seed),
            requests: Vec::new(),
        }
    }

    /// Shows one line for a while.
    pub fn say(&mut self, text: &str, now: Timestamp) {
        self.window.say(text, now);
    }

    /// Shows a failure in one line, for long enough to read it.
    pub fn complain(&mut self, what: &str, failure: &Failure, now: Timestamp) {
        self.window.complain(what, failure, now);
    }

    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if self.window.leave_asked.is_some() {
            return vec![Context::Leave];
        }
        if self.window.help.is_some() {
            return vec![Context::Help];
        }
        if self.window.switcher.is_some() {
            return vec![Context::Channels];
        }
        match self.window.view {
            ViewKind::Webhooks => return self.webhooks.contexts(),
            ViewKind::Sources if self.channel.capabilities.sources => return self.channel.sources.contexts(),
            // Why there is nothing is told, and what works everywhere still does.
            ViewKind::Sources => return Vec::new(),
            ViewKind::Chat | ViewKind::Search => {}
        }
        if let Some(over) = &self.window.over {
            return vec![over.context()];
        }
        if self.window.view == ViewKind::Search {
            return self.search.contexts();
        }
        if self.channel.chat.finding.as_ref().is_some_and(|finding| finding.writing) {
            return vec![Context::SearchHere];
        }
        let mut contexts = match self.window.focus {
            Focus::Composer if self.channel.composer.prompt.is_some() => return vec![Context::Attach],
            Focus::Composer => {
                let unwritten = self.channel.composer.text.is_empty() && self.channel.chat.scroll != Scroll::Follow;
                [Some(Context::Composer), unwritten.then_some(Context::Unwritten)].into_iter().flatten().collect()
            }
            Focus::Roster if self.channel.roster.filtering => vec![Context::Filter],
            Focus::Roster => vec![Context::Roster],
            Focus::Transcript => {
                let picked = self.channel.chat.picked.is_some() || self.channel.chat.marked.is_some();
                let picked = picked.then_some(Context::Picked);
                let found = self.channel.chat.finding.is_some().then_some(Context::Matches);
                let undecided = self.channel.undecided().is_some().then_some(Context::Decision);
                [picked, found, undecided, Some(Context::Transcript)].into_iter().flatten().collect()
            }
        };
        if self.window.focus != Focus::Roster && self.channel.composer.is_empty() && !self.channel.offer().is_empty()
        {
            // What is picked is let go of first.
            let inner = usize::from(contexts.first() == Some(&Context::Picked));
            contexts.insert(inner, Context::Offer);
        }
        contexts
    }
}

impl Channel {
    /// The turns of a conversation that the platform's history does not wholly hold, oldest first.
    pub fn turns_in<'a>(&'a self, place: &'a Place) -> impl DoubleEndedIterator<Item = &'a LocalTurn> {
        self.turns.values().filter(move |t| t.place == *place)
    }

    /// The turn of the open conversation whose reply is under way.
    pub fn active(&self) -> Option<&LocalTurn> {
        self.turns_in(&self.chat.place).find(|t| t.live && !t.is_whole())
    }

    /// The newest turn of the open conversation that waits for the user's word.
    pub fn undecided(&self) -> Option<&LocalTurn> {
        self.turns_in(&self.chat.place).rev().find(|t| t.needs_word())
    }

    /// Puts another text into the composer, the cursor at its end.
    pub(super) fn write(&mut self, ids: &mut Ids, text: String) {
        self.composer.text = TextBuffer::new(ids.next_number(), text).at_end();
    }

    /// Puts a text into the composer in front of what is being written there, which stays as it is.
    pub(super) fn write_before(&mut self, ids: &mut Ids, text: String) {
        if self.composer.text.is_empty() {
            self.write(ids, text);
        } else if !text.is_empty() {
            self.composer.text.prepend(&format!("{text}\n"));
        }
    }

    /// The open conversation's id, once it has one.
    pub fn open_id(&self) -> Option<&ConversationId> {
        self.chat.place.id()
    }
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
        let filter = FuzzyFilter::new(self.window.switcher.as_ref().map_or("", |s| s.filter.as_str()));
        let tabs = self.channels.iter().enumerate();
        let left = filter.order(tabs, |(_, tab)| [tab.view.label.as_str(), tab.view.platform.id()]);
        left.into_iter().map(|(i, _)| i).collect()
    }

    /// How many changes of rows are staged on all channels together.
    pub fn staged_anywhere(&self) -> usize {
        self.channel.sources.changes.len()
            + self.parked.values().map(|room| room.sources.changes.len()).sum::<usize>()
    }

    /// How many conversations of the open channel have something new, as last counted.
    pub(super) fn unread(&self) -> usize {
        self.channel.unread
    }

    /// Counts the conversations of the open channel that have something new.
    pub(super) fn count_unread(&mut self) {
        self.channel.count_unread();
        self.note_unread();
    }

    /// Tells the list of channels how many that were.
    pub(super) fn note_unread(&mut self) {
        if let Some(tab) = self.channels.iter_mut().find(|tab| tab.view.name == self.channel.info.name) {
            tab.unread = self.channel.unread;
        }
    }
}
