//! What the user has before the eyes, as far as it tells what can wait: news of anything else are shown together.

use crate::app::{State, ViewKind};
use crate::domain::{ChannelName, ConversationId, DeliveryRow};

/// What is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Watched {
    /// The Webhooks view.
    webhooks: bool,
    /// The Log view.
    log: bool,
    /// The conversation that is open.
    conversation: Option<(ChannelName, ConversationId)>,
}

impl Watched {
    /// Takes what the state shows.
    pub(super) fn take(&mut self, state: &State) {
        self.webhooks = state.window.view == ViewKind::Webhooks;
        self.log = state.window.view == ViewKind::Log;
        let (channel, open) = (&state.channel().info.name, state.channel().open_id());
        let known = self.conversation.as_ref().map(|(channel, id)| (channel, id));
        if known != open.map(|open| (channel, open)) {
            self.conversation = open.map(|open| (channel.clone(), open.clone()));
        }
    }

    /// Whether it is the calls that were made.
    pub(super) fn sees_calls(&self) -> bool {
        self.log
    }

    /// Whether the user would see at once what came, or is asked for something.
    pub(super) fn sees(&self, row: &DeliveryRow) -> bool {
        let open = || {
            self.conversation
                .as_ref()
                .is_some_and(|(channel, open)| row.channel == *channel && row.conversation.as_ref() == Some(open))
        };
        self.webhooks || row.request.is_some() || open()
    }
}
