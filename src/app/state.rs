//! What the program knows and shows. Changed by `update` alone, drawn by the floor above.

use std::collections::BTreeMap;

use super::action::Action;
use super::attach::Attached;
use super::channels::{ChannelTab, Room, Switcher};
use super::chat::{Chat, LocalTurn, Past, Place};
use super::key::Key;
use super::keymap::{Context, resolve};
use super::roster::{Roster, Row};
use crate::domain::{
    Capabilities, ChannelName, ConversationId, Failure, Kind, Platform, Role, SafeText, Timestamp, TurnId,
};

/// How long after a message was taken its reply is called late.
pub const REPLY_LATE_MS: i64 = 60_000;
/// So many of the answers that a bot offers are shown: each has a digit.
const OFFERED: usize = 9;

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
    /// Set once the user quits.
    pub leaving: bool,
    /// Makes the ids of turns unlike those of any other process.
    pub seed: u64,
    /// Numbers tickets, items and ids within this process.
    pub counter: u64,
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

/// The message that is being written. The editor on the floor above follows `version`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composer {
    /// What stands in it.
    pub text: String,
    /// Another one whenever the core, and not the user's typing, changed the text.
    pub version: u64,
    /// What goes out with it.
    pub attach: Vec<Attached>,
    /// What is typed to name something that is to go out with it, while it is being asked for.
    pub prompt: Option<String>,
}

impl Composer {
    /// Whether there is nothing that could be sent.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attach.is_empty()
    }
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
            channel,
            capabilities,
            link: Link::Connecting,
            focus: Focus::Composer,
            help: None,
            roster: Roster::default(),
            chat: Chat::new(Place::New(0)),
            turns: BTreeMap::new(),
            composer: Composer::default(),
            notice: None,
            quit_armed: None,
            mouse: true,
            leaving: false,
            seed,
            counter: 0,
        }
    }

    /// A number that this process has not used yet.
    pub fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id for a new turn, a version 7 UUID: sorts by time, and is unlike any other process's.
    pub fn next_turn_id(&mut self, now: Timestamp) -> TurnId {
        let n = self.next_number().to_be_bytes();
        let mut tail = [0; 10];
        // The first twelve bits after the time count up, so that ids of one millisecond keep their order.
        tail[..2].copy_from_slice(&n[6..]);
        tail[2..].copy_from_slice(&self.seed.to_be_bytes());
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        TurnId::new(uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid().to_string())
    }

    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if self.help.is_some() {
            return vec![Context::Help];
        }
        if self.switcher.is_some() {
            return vec![Context::Channels];
        }
        let mut contexts = match self.focus {
            Focus::Composer if self.composer.prompt.is_some() => return vec![Context::Attach],
            Focus::Composer => vec![Context::Composer],
            Focus::Roster if self.roster.filtering => vec![Context::Filter],
            Focus::Roster => vec![Context::Roster],
            Focus::Transcript if self.undecided().is_some() => vec![Context::Decision, Context::Transcript],
            Focus::Transcript => vec![Context::Transcript],
        };
        if self.focus != Focus::Roster && self.composer.is_empty() && !self.offer().is_empty() {
            contexts.insert(0, Context::Offer);
        }
        contexts
    }

    /// Whether an overlay has the keys.
    pub fn is_covered(&self) -> bool {
        self.help.is_some() || self.switcher.is_some()
    }

    /// What a key means here and now. The digits of answers that are not offered are keys like any others.
    pub fn meaning(&self, key: Key) -> Option<Action> {
        let mut contexts = self.contexts();
        match resolve(&contexts, key) {
            Some(Action::QuickReply(n)) if usize::from(n) > self.offer().len() => {
                contexts.retain(|c| *c != Context::Offer);
                resolve(&contexts, key)
            }
            meaning => meaning,
        }
    }

    /// Whether an action can do anything on this channel: hints name no other.
    pub fn offers(&self, action: Action) -> bool {
        let can = self.capabilities;
        match action {
            Action::Channels => self.channels.len() > 1,
            Action::Attach if self.composer.prompt.is_some() => {
                self.composer.prompt.as_deref() == Some("") && !self.composer.attach.is_empty()
            }
            Action::Attach => can.attach && can.send,
            Action::Refresh if self.focus == Focus::Roster => can.list,
            Action::Refresh | Action::CheckAgain => can.history,
            Action::Send | Action::Newline | Action::ExternalEditor => can.send,
            Action::NewConversation => can.send && !can.is_bot,
            _ => true,
        }
    }

    /// The answers that the bot offers: those of the newest message, until one is chosen or another message follows.
    pub fn offer(&self) -> Vec<&str> {
        let newest = self.chat.history.last().filter(|past| {
            let theirs = matches!(past.message.role, Role::Assistant | Role::Admin) && !past.ours;
            theirs && self.chat.dismissed.as_ref() != Some(&past.message.id)
        });
        match newest {
            Some(past) if self.capabilities.send && self.turns_in(&self.chat.place).next().is_none() => {
                let replies = past.message.extras.quick_replies.iter().map(String::as_str);
                replies.filter(|text| !text.trim().is_empty()).take(OFFERED).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a message of the history was sent from here, or by the person whom the user is to the bot.
    pub fn is_mine(&self, past: &Past) -> bool {
        if self.capabilities.is_bot { past.ours } else { past.message.role == Role::User }
    }

    /// The message that was taken and whose reply is still to come: the last one, if it is the user's.
    pub fn awaited(&self) -> Option<&Past> {
        let last = self.chat.history.last().filter(|past| past.ours && past.message.role == Role::User)?;
        let waits = self.capabilities.local && !self.capabilities.is_bot;
        (waits && self.turns_in(&self.chat.place).next().is_none()).then_some(last)
    }

    /// When an awaited reply is late.
    pub fn late_at(&self) -> Option<Timestamp> {
        self.awaited()?.message.created_at.at.map(|at| at.plus_millis(REPLY_LATE_MS))
    }

    /// The open conversation's row.
    pub fn open_row(&self) -> Option<&Row> {
        self.open_id().and_then(|id| self.roster.row(id))
    }

    /// Why nothing can be sent where the composer stands; none if something can.
    pub fn mute(&self) -> Option<&'static str> {
        let can = self.capabilities;
        if can.requests && !can.send {
            Some("Requests are answered in Webhooks.")
        } else if !can.send {
            Some("This channel takes no messages.")
        } else if can.is_bot && self.open_id().is_none() {
            Some("People write first here.")
        } else {
            None
        }
    }

    /// The turns of a conversation that the platform's history does not wholly hold, oldest first.
    pub fn turns_in<'a>(&'a self, place: &'a Place) -> impl DoubleEndedIterator<Item = &'a LocalTurn> {
        self.turns.values().filter(move |t| t.place == *place)
    }

    /// The turn of the open conversation whose reply is under way.
    pub fn active(&self) -> Option<&LocalTurn> {
        self.turns_in(&self.chat.place).find(|t| t.live)
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

    /// Replaces the composer's text.
    pub fn write(&mut self, text: String) {
        self.composer.text = text;
        self.composer.version = self.next_number();
    }

    /// The open conversation's id, once it has one.
    pub fn open_id(&self) -> Option<&ConversationId> {
        self.chat.place.id()
    }
}
