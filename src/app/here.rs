//! What holds here and now: what a key means, which actions can do something, what is offered, awaited and refused.

use super::action::Action;
use super::channel::Channel;
use super::chat::{DETAILS, Part, Past};
use super::key::Key;
use super::keymap::{Context, resolve};
use super::over::Over;
use super::roster::RosterRow;
use super::state::State;
use super::transfer::{ImportStage, Stage};
use super::window::{Focus, ViewKind, Window};
use crate::domain::{Role, Timestamp};

/// How long after a message was taken its reply is called late.
const REPLY_LATE_MS: i64 = 60_000;
/// So many of the answers that a bot offers are shown: each has a digit.
const OFFERED: usize = 9;

impl State {
    /// Whether stepping back stops the reply that is under way: nothing else is there to step back from.
    pub fn stops_on_back(&self) -> bool {
        const STEPS: [Context; 5] =
            [Context::SearchHere, Context::Matches, Context::Picked, Context::Filter, Context::Attach];
        let filtered = self.window.focus == Focus::Roster && !self.channel().roster.filter.is_empty();
        let free = self.window.view == ViewKind::Chat && !self.window.is_covered() && !filtered;
        free && self.channel().active().is_some() && !self.contexts().iter().any(|context| STEPS.contains(context))
    }

    /// What a key means here and now. The digits of answers that are not offered are keys like any others.
    pub fn meaning(&self, key: Key) -> Option<Action> {
        let mut contexts = self.contexts();
        match resolve(&contexts, key) {
            Some(Action::QuickReply(n)) if usize::from(n) > self.channel().offer().len() => {
                contexts.retain(|c| *c != Context::Offer);
                resolve(&contexts, key)
            }
            meaning => meaning,
        }
    }

    /// Whether an action can do anything on this channel: hints name no other.
    pub fn offers(&self, action: Action) -> bool {
        let can = self.channel().capabilities;
        if self.window.view == ViewKind::Sources
            && can.sources
            && !self.window.is_covered()
            && let Some(offered) = self.channel().sources.offers(action)
        {
            return offered;
        }
        if let Some(offered) = self.offers_transfer(action) {
            return offered;
        }
        if let Some(Over::Message(sheet)) = self.window.over.as_ref().filter(|_| !self.window.is_asked()) {
            return match action {
                Action::Copy => sheet.record().is_some(),
                Action::ToDelivery => sheet.record().is_some_and(|record| record.delivery.is_some()),
                Action::Up | Action::Down => sheet.measured.last > 0,
                _ => true,
            };
        }
        match action {
            Action::Channels => self.channels.len() > 1,
            Action::NextMatch | Action::PreviousMatch => {
                self.channel().chat.finding.as_ref().is_some_and(|finding| finding.count.1 > 0)
            }
            Action::SaveSearch => self.search.query.is_some(),
            Action::SavedSearches | Action::ForgetSearch => !self.search.saved.is_empty(),
            Action::Confirm if matches!(self.window.over, Some(Over::Kept(_))) => !self.search.saved.is_empty(),
            Action::Open | Action::Copy if self.window.view == ViewKind::Search && !self.window.is_covered() => {
                !self.search.is_empty()
            }
            Action::NextPane | Action::PreviousPane if self.window.view == ViewKind::Search => {
                !self.search.is_empty()
            }
            Action::ShowSources => can.sources && self.window.view != ViewKind::Sources,
            Action::Attach if self.channel().composer.prompt.is_some() => {
                self.channel().composer.prompt.as_deref() == Some("") && !self.channel().composer.attach.is_empty()
            }
            Action::Attach => can.attach && can.send,
            Action::Refresh if self.window.focus == Focus::Roster => can.list,
            Action::Refresh | Action::CheckAgain => can.history,
            Action::Send | Action::Newline | Action::RowUp | Action::RowDown | Action::ExternalEditor => can.send,
            Action::NewConversation => can.send && !can.is_bot,
            // Where nothing stands in the transcript, there is nothing to scroll.
            Action::Up | Action::Bottom if self.window.view == ViewKind::Chat && !self.window.is_covered() => {
                self.window.focus != Focus::Transcript || !self.channel().chat.parts.is_empty()
            }
            Action::SearchHere | Action::RawSource => !self.channel().chat.parts.is_empty(),
            Action::PickRange => self.channel().chat.picked.is_some(),
            Action::PickPrevious | Action::PickNext | Action::Copy | Action::CopyMenu
                if self.window.copies_here() =>
            {
                self.window.is_covered()
                    || (0..self.channel().chat.parts.len()).any(|at| self.channel().is_message(at))
            }
            Action::ShowMessage => self.channel().meant().is_some(),
            Action::EditLast => can.send && self.channel().mute().is_none() && self.channel().own_meant().is_some(),
            Action::ToNew => self.channel().chat.seen.new_from.is_some(),
            Action::ShowWebhooks => can.requests && !can.send,
            _ => true,
        }
    }

    /// Whether an action of an export or an import can do anything; none where it is none of theirs.
    fn offers_transfer(&self, action: Action) -> Option<bool> {
        match (&self.window.over, action) {
            (Some(Over::Export(sheet)), Action::MarkConversations) => Some(sheet.choices.len() > 1),
            (Some(Over::Export(sheet)), Action::Back) => match &sheet.stage {
                Stage::Working { so_far, cancelling } => Some(!so_far.writing && !cancelling),
                _ => Some(true),
            },
            (Some(Over::Import(sheet)), Action::Back) => match &sheet.stage {
                ImportStage::Working { so_far, cancelling } => Some(so_far.storing.is_none() && !cancelling),
                _ => Some(true),
            },
            (Some(Over::Import(sheet)), Action::Confirm | Action::Complete) => {
                Some(!sheet.file.trim().is_empty() || sheet.context() != Context::ImportPath)
            }
            (None, Action::Export) if self.window.focus == Focus::Roster => {
                Some(!self.channel().roster.rows.is_empty())
            }
            (None, Action::Export) => {
                Some(self.channel().open_id().is_some() || !self.channel().roster.rows.is_empty())
            }
            (None, Action::MarkConversation | Action::MarkConversations) => {
                Some(!self.channel().roster.shown.is_empty())
            }
            _ => None,
        }
    }

    /// Why there is nothing in the Sources view; none if there can be something.
    pub fn sourceless(&self) -> Option<&'static str> {
        let elsewhere = self.channels.iter().any(|tab| tab.capabilities.sources);
        match (self.channel().capabilities.sources, elsewhere) {
            (true, _) => None,
            (false, true) => Some("This channel's platform has no data sources. Ctrl+T lists the channels."),
            (false, false) => Some("This channel's platform has no data sources, and no other channel's has."),
        }
    }
}

impl Channel {
    /// Whether what is searched for in the conversation is being written.
    pub fn is_finding(&self) -> bool {
        self.chat.finding.as_ref().is_some_and(|finding| finding.writing)
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

    /// The key on screen of what stands in the transcript.
    pub fn key_of(&self, part: &Part) -> Option<u64> {
        match part {
            Part::Details => Some(DETAILS),
            Part::Greeting => self.chat.greeting.as_ref().map(|g| g.key),
            Part::Past(i) => self.chat.history.get(*i).map(|p| p.key),
            Part::Ask(id) => self.turns.get(id).map(|t| t.keys.0),
            Part::Answer(id) => self.turns.get(id).map(|t| t.keys.1),
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

    /// Where in the open conversation's transcript the item with that key is: at once, however long it is.
    pub fn part_of(&self, key: u64) -> Option<usize> {
        let parts = &self.chat.parts;
        if let Some(at) = self.chat.history.position(key) {
            // Before the history stand at most what the platform tells of the conversation, and a greeting.
            return (at..parts.len().min(at + 3)).find(|index| parts.get(*index) == Some(&Part::Past(at)));
        }
        let others = |part: &Part| match part {
            Part::Details => key == DETAILS,
            Part::Greeting => self.chat.greeting.as_ref().is_some_and(|greeting| greeting.key == key),
            Part::Past(_) => false,
            Part::Ask(id) => self.turns.get(id).is_some_and(|turn| turn.keys.0 == key),
            Part::Answer(id) => self.turns.get(id).is_some_and(|turn| turn.keys.1 == key),
        };
        let of_history = |part: &Part| matches!(part, Part::Past(_));
        let before = parts.iter().take_while(|part| !of_history(part)).position(others);
        let behind = || parts.iter().rev().take_while(|part| !of_history(part)).position(others);
        before.or_else(|| behind().map(|from_the_end| parts.len() - 1 - from_the_end))
    }

    /// The open conversation's row.
    pub fn open_row(&self) -> Option<&RosterRow> {
        self.open_id().and_then(|id| self.roster.row(id))
    }

    /// Which pane has the keys where nobody chose one: what is written, or what is read where nothing can be.
    pub fn home(&self) -> Focus {
        if self.capabilities.send { Focus::Composer } else { Focus::Transcript }
    }

    /// Why nothing can be sent where the composer stands; none if something can.
    pub fn mute(&self) -> Option<&'static str> {
        let can = self.capabilities;
        if can.requests && !can.send {
            Some("Requests are answered in Webhooks.")
        } else if can.is_archive() {
            Some("An archive can be read, not written to.")
        } else if !can.send {
            Some("This channel takes no messages.")
        } else if can.is_bot && self.open_id().is_none() {
            Some("People write first here.")
        } else {
            None
        }
    }
}

impl Window {
    /// Whether an overlay has the keys.
    pub fn is_covered(&self) -> bool {
        self.is_asked() || self.over.is_some()
    }

    /// Whether something is asked that has the keys before what lies over the view.
    pub fn is_asked(&self) -> bool {
        self.help.is_some() || self.switcher.is_some() || self.leave_asked.is_some()
    }

    /// The keys before those of the transcript, in words: none where it has the keys.
    pub fn way_to_transcript(&self) -> &'static str {
        match self.focus {
            Focus::Transcript => "",
            Focus::Composer => "Shift+Tab, then ",
            Focus::Roster => "Tab, then ",
        }
    }
}
