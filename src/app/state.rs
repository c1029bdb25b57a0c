//! What the program knows and shows. Changed by `update` alone, drawn by the floor above.

use super::channel::{Channel, ChannelInfo, Link};
use super::chat::scroll::Scroll;
use super::desk::Desk;
use super::ids::Ids;
use super::keymap::Context;
use super::log::LogView;
use super::search::SearchView;
use super::suites::SuitesView;
use super::update::Request;
use super::view::{Focus, ViewKind};
use super::webhooks::Webhooks;
use super::window::Window;
use crate::domain::{Capabilities, ChannelName, Failure, FuzzyFilter, SavedReply, Timestamp};

/// Everything that is shown and everything that is under way.
#[derive(Debug)]
pub struct State {
    /// All channels, in the order of the config file; one without a name where it has none.
    pub channels: Vec<Channel>,
    /// Which of them is open.
    open: usize,
    /// What belongs to the screen.
    pub window: Window,
    /// The Webhooks view.
    pub webhooks: Webhooks,
    /// The Log view.
    pub log: LogView,
    /// The Tests view.
    pub suites: SuitesView,
    /// The Search view.
    pub search: SearchView,
    /// The operator's desk.
    pub desk: Desk,
    /// What is often said, in the config file's order.
    pub replies: Vec<SavedReply>,
    /// What makes ids and numbers.
    pub ids: Ids,
    /// What parts asked of each other, until it is fulfilled.
    pub(super) requests: Vec<Request>,
}

impl State {
    /// A state in which nothing is known yet but the channels, one of which is open: the first, if there is none at
    /// that place.
    pub fn new(channels: Vec<(ChannelInfo, Capabilities)>, open: usize, seed: u64) -> Self {
        let mut channels: Vec<Channel> = channels.into_iter().map(|(info, can)| Channel::new(info, can)).collect();
        if channels.is_empty() {
            channels.push(Channel::none());
        }
        let open = if open < channels.len() { open } else { 0 };
        let mut state = Self {
            channels,
            open,
            webhooks: Webhooks::default(),
            log: LogView::default(),
            suites: SuitesView::default(),
            search: SearchView::default(),
            desk: Desk::default(),
            replies: Vec::new(),
            window: Window::new(Focus::Transcript),
            ids: Ids::new(seed),
            requests: Vec::new(),
        };
        state.window.focus = state.channel().default_focus();
        // It is asked for first of all.
        state.channel_mut().restored = true;
        state
    }

    /// The channel that is open.
    #[expect(clippy::indexing_slicing, reason = "the open one is always one of them")]
    pub fn channel(&self) -> &Channel {
        &self.channels[self.open]
    }

    /// The same, to be changed.
    #[expect(clippy::indexing_slicing, reason = "the open one is always one of them")]
    pub fn channel_mut(&mut self) -> &mut Channel {
        &mut self.channels[self.open]
    }

    /// The open channel, the screen, and what parts are given beside them.
    #[expect(clippy::indexing_slicing, reason = "the open one is always one of them")]
    pub(super) fn split(&mut self) -> (&mut Channel, &mut Window, &mut Ids, &mut Vec<Request>) {
        (&mut self.channels[self.open], &mut self.window, &mut self.ids, &mut self.requests)
    }

    /// Where a channel stands among all; none if there is none of that name.
    pub fn channel_at(&self, name: &ChannelName) -> Option<usize> {
        self.channels.iter().position(|channel| channel.info.name == *name)
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
        if let Some(overlay) = self.window.top() {
            return vec![overlay.context()];
        }
        match self.window.view {
            ViewKind::Webhooks => return self.webhooks.contexts(),
            ViewKind::Log => return self.log.contexts(),
            ViewKind::Tests => return self.suites.contexts(),
            ViewKind::Sources if self.channel().capabilities.sources => return self.channel().sources.contexts(),
            // Why there is nothing is told, and what works everywhere still does.
            ViewKind::Sources => return Vec::new(),
            ViewKind::Inbox => return self.desk.contexts(),
            ViewKind::Chat | ViewKind::Search => {}
        }
        if self.window.view == ViewKind::Search {
            return self.search.contexts();
        }
        if self.channel().is_finding() {
            return vec![Context::SearchHere];
        }
        let mut contexts = match self.window.focus {
            Focus::Composer if self.channel().composer.prompt.is_some() => return vec![Context::Attach],
            Focus::Composer => {
                let unwritten =
                    self.channel().composer.text.is_empty() && self.channel().chat.scroll != Scroll::Follow;
                [Some(Context::Composer), unwritten.then_some(Context::Unwritten)].into_iter().flatten().collect()
            }
            Focus::Queue => return vec![Context::Queue],
            Focus::Roster if self.channel().roster.filtering => vec![Context::Filter],
            Focus::Roster => vec![Context::Roster],
            Focus::Transcript => {
                let picked = self.channel().is_picked().then_some(Context::Picked);
                let found = self.channel().chat.find.is_some().then_some(Context::Matches);
                let undecided = self.channel().undecided().is_some().then_some(Context::Decision);
                [picked, found, undecided, Some(Context::Transcript)].into_iter().flatten().collect()
            }
        };
        if self.window.focus != Focus::Roster
            && self.channel().composer.is_empty()
            && !self.channel().quick_replies().is_empty()
        {
            // What is picked is let go of first.
            let inner = usize::from(contexts.first() == Some(&Context::Picked));
            contexts.insert(inner, Context::Offer);
        }
        contexts
    }

    /// How the last call to a channel's platform went.
    pub fn link_of(&self, name: &ChannelName) -> Link {
        self.channel_at(name).and_then(|at| self.channels.get(at)).unwrap_or(self.channel()).link
    }

    /// Opens the channel that stands there, if one does.
    pub(super) fn open(&mut self, at: usize) {
        if at < self.channels.len() {
            self.open = at;
        }
    }

    /// Puts these in place of all channels, the one at that place open; what stands for none, where there is none.
    pub(super) fn set_channels(&mut self, channels: Vec<Channel>, open: usize) {
        self.channels = channels;
        if self.channels.is_empty() {
            self.channels.push(Channel::none());
        }
        self.open = if open < self.channels.len() { open } else { 0 };
    }

    /// The open channel's place among all.
    pub fn open_at(&self) -> usize {
        self.open
    }

    /// The channels besides the open one in which something is new.
    pub fn news_elsewhere(&self) -> impl Iterator<Item = &Channel> {
        self.channels
            .iter()
            .enumerate()
            .filter(|(at, channel)| *at != self.open && channel.unread > 0)
            .map(|(_, c)| c)
    }

    /// The places of the channels that the overlay's filter leaves, what has the typed words first; else in the order of
    /// the config file.
    pub fn listed_channels(&self) -> Vec<usize> {
        let filter = FuzzyFilter::new(self.window.switcher().map_or("", |s| s.filter.as_str()));
        let channels = self.channels.iter().enumerate().filter(|(_, channel)| channel.is_named());
        let left = filter.order(channels, |(_, c)| [c.info.label.as_str(), c.info.platform.id()]);
        left.into_iter().map(|(i, _)| i).collect()
    }

    /// The places of the saved replies for the open channel that a filter leaves, what has the typed words first.
    pub fn listed_replies(&self, typed: &str) -> Vec<usize> {
        let filter = FuzzyFilter::new(typed);
        let here = &self.channel().info.name;
        let replies = self.replies.iter().enumerate().filter(|(_, reply)| reply.is_for(here));
        let left = filter.order(replies, |(_, reply)| [reply.name.as_str(), reply.text.as_str()]);
        left.into_iter().map(|(at, _)| at).collect()
    }

    /// How many changes of rows are staged on all channels together.
    pub fn staged_anywhere(&self) -> usize {
        self.channels.iter().map(|channel| channel.sources.changes.len()).sum()
    }
}
