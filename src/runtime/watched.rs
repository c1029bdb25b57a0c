//! What the user has before the eyes, as far as it tells what can wait: news of anything else are shown together.

use crate::app::{ChatView, State, ViewKind};
use crate::domain::{ChannelName, ConversationId, DeliveryRow};

/// What is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Watched {
    /// The Webhooks view.
    webhooks: bool,
    /// The Log view.
    log: bool,
    /// The Tests view.
    tests: bool,
    /// The conversation that is open.
    conversation: Option<(ChannelName, ConversationId)>,
    /// The one that stands beside it.
    beside: Option<(ChannelName, ConversationId)>,
}

impl Watched {
    /// Takes what the state shows.
    pub(super) fn take(&mut self, state: &State) {
        self.webhooks = state.window.view == ViewKind::Webhooks;
        self.log = state.window.view == ViewKind::Log;
        self.tests = state.window.view == ViewKind::Tests;
        note(&mut self.conversation, Some(state.channel().open_chat()));
        note(&mut self.beside, state.on_screen().nth(1));
    }

    /// Whether it is the calls that were made.
    pub(super) fn sees_calls(&self) -> bool {
        self.log
    }

    /// Whether it is the suites.
    pub(super) fn sees_suites(&self) -> bool {
        self.tests
    }

    /// Whether the user would see at once what came, or is asked for something.
    pub(super) fn sees(&self, row: &DeliveryRow) -> bool {
        let mut open = self.conversation.iter().chain(&self.beside);
        let is_open = open.any(|(channel, id)| row.channel == *channel && row.conversation.as_ref() == Some(id));
        self.webhooks || row.request.is_some() || is_open
    }
}

/// Takes note of which conversation that is. With every key: nothing is copied where it is known.
fn note(known: &mut Option<(ChannelName, ConversationId)>, view: Option<ChatView<'_>>) {
    let seen = view.and_then(|view| Some((&view.channel.info.name, view.id()?)));
    if known.as_ref().map(|(channel, id)| (channel, id)) != seen {
        *known = seen.map(|(channel, id)| (channel.clone(), id.clone()));
    }
}
