//! What holds here and now: what a key means, which actions can do something, what is offered, awaited and refused.

use super::action::Action;
use super::channel::Channel;
use super::key::Key;
use super::keymap::{Context, KeyMeaning};
use super::overlay::Overlay;
use super::overlay::transfer::{ImportStage, Stage};
use super::state::State;
use super::view::{Focus, ViewKind};

impl State {
    /// Whether stepping back stops the reply that is under way: nothing else is there to step back from.
    pub fn stops_on_back(&self) -> bool {
        const STEPS: [Context; 5] =
            [Context::SearchHere, Context::Matches, Context::Picked, Context::Filter, Context::Attach];
        let filtered = self.window.focus == Focus::Roster && !self.channel().roster.filter.is_empty();
        let free = self.window.view == ViewKind::Chat && !self.window.is_covered() && !filtered;
        free && self.channel().active().is_some() && !self.contexts().iter().any(|context| STEPS.contains(context))
    }

    /// The action that a key means here and now; none where it means a text, the beginning of longer ones, or nothing.
    pub fn meaning(&self, key: Key) -> Option<Action> {
        match self.meaning_of(key) {
            KeyMeaning::Action(action) => Some(action),
            KeyMeaning::Prefix | KeyMeaning::Nothing => None,
        }
    }

    /// What a key means here and now, after those that were pressed before it. The digits of answers that are not offered
    /// are keys like any others.
    pub fn meaning_of(&self, key: Key) -> KeyMeaning {
        let mut contexts = self.contexts();
        let pressed = [self.window.pressed.as_slice(), &[key.canonical()]].concat();
        match self.window.keys.meaning(&contexts, &pressed) {
            KeyMeaning::Action(Action::QuickReply(n)) if usize::from(n) > self.channel().quick_replies().len() => {
                contexts.retain(|c| *c != Context::Offer);
                self.window.keys.meaning(&contexts, &pressed)
            }
            meaning => meaning,
        }
    }

    /// The key that hints name for an action here and now; empty where it has none.
    pub fn key(&self, action: Action) -> String {
        self.window.key(&self.contexts(), action)
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
        if let Some(Overlay::Message(sheet)) = self.window.overlay().filter(|_| !self.window.is_asked()) {
            return match action {
                Action::Copy => sheet.record().is_some(),
                Action::ToDelivery => sheet.record().is_some_and(|record| record.delivery.is_some()),
                Action::Up | Action::Down => sheet.measured.last > 0,
                _ => true,
            };
        }
        if self.window.view == ViewKind::Tests
            && !self.window.is_covered()
            && let Some(offered) = self.suites.offers(action)
        {
            return offered;
        }
        match action {
            Action::Channels => self.channels.len() > 1,
            Action::NextMatch | Action::PreviousMatch => {
                self.channel().chat.find.as_ref().is_some_and(|finding| finding.count.1 > 0)
            }
            Action::SaveSearch => self.search.query.is_some(),
            Action::SavedSearches | Action::ForgetSearch => !self.search.saved.is_empty(),
            Action::Confirm if matches!(self.window.overlay(), Some(Overlay::SavedSearches(_))) => {
                !self.search.saved.is_empty()
            }
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
            Action::MakeCase => can.send && !can.is_bot && !self.channel().chat.items.is_empty(),
            Action::SavedReplies => can.send && !self.listed_replies("").is_empty(),
            Action::Refresh if self.window.focus == Focus::Roster => can.list,
            Action::Refresh | Action::CheckAgain => can.history,
            Action::Send | Action::Newline | Action::RowUp | Action::RowDown | Action::ExternalEditor => can.send,
            Action::NewConversation => can.send && !can.is_bot,
            // Where nothing stands in the transcript, there is nothing to scroll.
            Action::Up | Action::Bottom if self.window.view == ViewKind::Chat && !self.window.is_covered() => {
                self.window.focus != Focus::Transcript || !self.channel().chat.items.is_empty()
            }
            Action::SearchHere | Action::RawSource => !self.channel().chat.items.is_empty(),
            Action::PickRange => self.channel().chat.picked.is_some(),
            Action::PickPrevious | Action::PickNext | Action::Copy | Action::CopyMenu
                if self.window.copies_here() =>
            {
                self.window.is_covered()
                    || (0..self.channel().chat.items.len()).any(|at| self.channel().is_message(at))
            }
            Action::ShowMessage | Action::Pager | Action::Links => self.channel().target_message().is_some(),
            Action::EditLast => {
                can.send && self.channel().send_blocker().is_none() && self.channel().target_own_message().is_some()
            }
            Action::NextUnread => self.channels.iter().any(|channel| channel.unread > 0),
            Action::OtherSide | Action::CloseBeside => self.window.split.is_some(),
            Action::OpenBeside => self.channels.iter().any(Channel::is_named),
            Action::TakeIn => !self.channel().roster.fresh.is_empty(),
            Action::AnswerRequest => self.webhooks.requests.waiting() > 0,
            Action::ReleaseQueue => {
                self.window.view == ViewKind::Chat && self.channel().queue().iter().any(|local| local.turn.queue.held)
            }
            Action::QueueEdit | Action::QueueDrop => !self.channel().queue().is_empty(),
            Action::QueueUp | Action::QueueDown => self.channel().queue().len() > 1,
            Action::QueueUndo => {
                let place = self.channel().open_id();
                self.channel().waiting.dropped.iter().any(|turn| turn.conversation.as_ref() == place)
            }
            Action::ToNew => self.channel().chat.read_marker.new_from.is_some(),
            Action::ShowWebhooks => can.requests && !can.send,
            _ => true,
        }
    }

    /// Whether an action of an export or an import can do anything; none where it is none of theirs.
    fn offers_transfer(&self, action: Action) -> Option<bool> {
        match (self.window.overlay(), action) {
            (Some(Overlay::Export(sheet)), Action::MarkConversations) => Some(sheet.choices.len() > 1),
            (Some(Overlay::Export(sheet)), Action::Back) => match &sheet.stage {
                Stage::Working { so_far, cancelling } => Some(!so_far.writing && !cancelling),
                _ => Some(true),
            },
            (Some(Overlay::Import(sheet)), Action::Back) => match &sheet.stage {
                ImportStage::Working { so_far, cancelling } => Some(so_far.storing.is_none() && !cancelling),
                _ => Some(true),
            },
            (Some(Overlay::Import(sheet)), Action::Confirm | Action::Complete) => {
                Some(!sheet.file.trim().is_empty() || sheet.context() != Context::ImportPath)
            }
            (None, Action::Export) if self.window.view == ViewKind::Inbox => Some(!self.desk.rows.is_empty()),
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
    pub fn sourceless(&self) -> Option<String> {
        let elsewhere = self.channels.iter().any(|tab| tab.capabilities.sources);
        match (self.channel().capabilities.sources, elsewhere) {
            (true, _) => None,
            (false, true) => {
                let list = match self.key(Action::Channels) {
                    key if key.is_empty() => String::new(),
                    key => format!(" {key} lists the channels."),
                };
                Some(format!("This channel's platform has no data sources.{list}"))
            }
            (false, false) => {
                Some("This channel's platform has no data sources, and no other channel's has.".to_owned())
            }
        }
    }
}
