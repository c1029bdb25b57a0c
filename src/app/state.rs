//! What the program knows and shows. Changed by `update` alone, drawn by the floor above.

use std::collections::BTreeMap;

use super::channels::{ChannelTab, Room, Switcher};
use super::chat::{Chat, LocalTurn, Place};
use super::composer::Composer;
use super::keymap::Context;
use super::over::Over;
use super::roster::Roster;
use super::scroll::Scroll;
use super::search::SearchView;
use super::sources::Sources;
use super::text_buffer::TextBuffer;
use super::webhooks::Webhooks;
use crate::domain::{
    Capabilities, ChangeId, ChannelName, ConversationId, Failure, Kind, Platform, SafeText, Timestamp, TurnId,
};

/// Everything that is shown and everything that is under way.
#[derive(Debug)]
pub struct State {
    /// All channels, in the order of the config file.
    pub channels: Vec<ChannelTab>,
    /// What belongs to those that are not open.
    pub parked: BTreeMap<ChannelName, Room>,
    /// The list of channels, while it is open.
    pub switcher: Option<Switcher>,
    /// Set while what stands in the fields below is a parked channel's, brought up to date behind the screen.
    pub behind: bool,
    /// Which view is open.
    pub view: ViewKind,
    /// The Webhooks view.
    pub webhooks: Webhooks,
    /// The Sources view of the open channel.
    pub sources: Sources,
    /// The Search view.
    pub search: SearchView,
    /// What lies over the Chat view or the Search view and has the keys.
    pub over: Option<Over>,
    /// The channel that is open.
    pub channel: ChannelView,
    /// What its platform can do.
    pub capabilities: Capabilities,
    /// How the last call to it went.
    pub link: Link,
    /// Which pane has the keys.
    pub focus: Focus,
    /// The help overlay's first row, while it is open.
    pub help: Option<u16>,
    /// The conversations.
    pub roster: Roster,
    /// The conversation that is open.
    pub chat: Chat,
    /// Messages sent from here that the platform's history does not hold yet: of the open conversation, and of any
    /// other in which something is still under way. Their ids sort by time.
    pub turns: BTreeMap<TurnId, LocalTurn>,
    /// The message that is being written.
    pub composer: Composer,
    /// One line about what just happened.
    pub notice: Option<Notice>,
    /// Until when a second Ctrl+C quits.
    pub quit_armed: Option<Timestamp>,
    /// Whether the program takes the mouse; otherwise the terminal selects text with it.
    pub mouse: bool,
    /// How many changes of rows are staged, while it is asked whether to leave all the same.
    pub leave_asked: Option<usize>,
    /// Set once the user quits.
    pub leaving: bool,
    /// Makes the ids of turns unlike those of any other process.
    pub seed: u64,
    /// Numbers tickets, items and ids within this process.
    pub counter: u64,
    /// The time of the newest id that is known, in milliseconds since 1970.
    pub newest_id: u64,
}

/// Which view is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewKind {
    /// Conversations, messages, the message that is being written.
    #[default]
    Chat,
    /// What the bot learns from: data sources and their rows.
    Sources,
    /// What platforms posted, and the data requests.
    Webhooks,
    /// What was said, anywhere.
    Search,
}

/// What the frame says of the open channel.
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
    fn none() -> (Self, Capabilities) {
        let platform = Platform::ARCHIVE;
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

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The conversations.
    Roster,
    /// The messages.
    Transcript,
    /// The message that is being written.
    Composer,
}

/// One line about what just happened, with its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What is said.
    pub text: SafeText,
    /// Whether something failed.
    pub bad: bool,
    /// When it goes away by itself.
    pub until: Timestamp,
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
                parked.insert(view.name.clone(), Room::new(view.clone(), capabilities));
            }
            tabs.push(ChannelTab { view, capabilities, unread: 0, restored: open });
        }
        Self {
            channels: tabs,
            parked,
            switcher: None,
            behind: false,
            view: ViewKind::Chat,
            webhooks: Webhooks::default(),
            sources: Sources::default(),
            search: SearchView::default(),
            over: None,
            channel,
            capabilities,
            link: Link::Connecting,
            focus: if capabilities.send { Focus::Composer } else { Focus::Transcript },
            help: None,
            roster: Roster::default(),
            chat: Chat::new(Place::New(0)),
            turns: BTreeMap::new(),
            composer: Composer::default(),
            notice: None,
            quit_armed: None,
            mouse: true,
            leave_asked: None,
            leaving: false,
            seed,
            counter: 0,
            newest_id: 0,
        }
    }

    /// A number that this process has not used yet.
    pub fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id for a new turn.
    pub fn next_turn_id(&mut self, now: Timestamp) -> TurnId {
        TurnId::new(self.next_uuid(now))
    }

    /// An id for a change that is begun.
    pub fn next_change_id(&mut self, now: Timestamp) -> ChangeId {
        ChangeId::new(self.next_uuid(now))
    }

    /// From now on new ids sort after that one, also where the clock was set back since it was made.
    pub fn note_id(&mut self, id: &TurnId) {
        let time = uuid::Uuid::parse_str(id.as_str()).ok().and_then(|id| id.get_timestamp());
        if let Some((seconds, nanos)) = time.map(|time| time.to_unix()) {
            self.newest_id = self.newest_id.max(seconds * 1_000 + u64::from(nanos / 1_000_000) + 1);
        }
    }

    /// A version 7 UUID: sorts after all that are known, by time, and is unlike any other process's.
    fn next_uuid(&mut self, now: Timestamp) -> String {
        let n = self.next_number().to_be_bytes();
        let mut tail = [0; 10];
        // The first twelve bits after the time count up, so that ids of one millisecond keep their order.
        tail[..2].copy_from_slice(&n[6..]);
        tail[2..].copy_from_slice(&self.seed.to_be_bytes());
        let millis = u64::try_from(now.millis()).unwrap_or(0).max(self.newest_id);
        self.newest_id = millis;
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid().to_string()
    }

    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if self.leave_asked.is_some() {
            return vec![Context::Leave];
        }
        if self.help.is_some() {
            return vec![Context::Help];
        }
        if self.switcher.is_some() {
            return vec![Context::Channels];
        }
        match self.view {
            ViewKind::Webhooks => return self.webhooks.contexts(),
            ViewKind::Sources if self.capabilities.sources => return self.sources.contexts(),
            // Why there is nothing is told, and what works everywhere still does.
            ViewKind::Sources => return Vec::new(),
            ViewKind::Chat | ViewKind::Search => {}
        }
        if let Some(over) = &self.over {
            return vec![over.context()];
        }
        if self.view == ViewKind::Search {
            return self.search.contexts();
        }
        if self.chat.finding.as_ref().is_some_and(|finding| finding.writing) {
            return vec![Context::SearchHere];
        }
        let mut contexts = match self.focus {
            Focus::Composer if self.composer.prompt.is_some() => return vec![Context::Attach],
            Focus::Composer => {
                let unwritten = self.composer.text.is_empty() && self.chat.scroll != Scroll::Follow;
                [Some(Context::Composer), unwritten.then_some(Context::Unwritten)].into_iter().flatten().collect()
            }
            Focus::Roster if self.roster.filtering => vec![Context::Filter],
            Focus::Roster => vec![Context::Roster],
            Focus::Transcript => {
                let picked = self.chat.picked.is_some() || self.chat.marked.is_some();
                let picked = picked.then_some(Context::Picked);
                let found = self.chat.finding.is_some().then_some(Context::Matches);
                let undecided = self.undecided().is_some().then_some(Context::Decision);
                [picked, found, undecided, Some(Context::Transcript)].into_iter().flatten().collect()
            }
        };
        if self.focus != Focus::Roster && self.composer.is_empty() && !self.offer().is_empty() {
            // What is picked is let go of first.
            let inner = usize::from(contexts.first() == Some(&Context::Picked));
            contexts.insert(inner, Context::Offer);
        }
        contexts
    }

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

    /// Shows one line for a while.
    pub fn say(&mut self, text: &str, now: Timestamp) {
        self.notice = Some(Notice { text: SafeText::one_line(text), bad: false, until: now.plus_millis(4_000) });
    }

    /// Shows a failure in one line, for long enough to read it.
    pub fn complain(&mut self, what: &str, failure: &Failure, now: Timestamp) {
        let hint = failure.hint.as_deref().map(|h| format!(" {h}")).unwrap_or_default();
        let text = SafeText::one_line(&format!("{what}{}{hint}", failure.sentence()));
        self.notice = Some(Notice { text, bad: true, until: now.plus_millis(12_000) });
    }

    /// Puts another text into the composer, the cursor at its end.
    pub(super) fn write(&mut self, text: String) {
        self.composer.text = TextBuffer::new(self.next_number(), text).at_end();
    }

    /// Puts a text into the composer in front of what is being written there, which stays as it is.
    pub(super) fn write_before(&mut self, text: String) {
        if self.composer.text.is_empty() {
            self.write(text);
        } else if !text.is_empty() {
            self.composer.text.prepend(&format!("{text}\n"));
        }
    }

    /// The open conversation's id, once it has one.
    pub fn open_id(&self) -> Option<&ConversationId> {
        self.chat.place.id()
    }
}
