//! Where a channel's events go: each bears the channel's name, since another may be open when it comes.

use tokio::sync::mpsc;

use crate::app::{ChannelEvent, Event};
use crate::domain::ChannelName;

/// Sends one channel's events.
#[derive(Debug, Clone)]
pub(super) struct ChannelSender {
    to: mpsc::Sender<Event>,
    channel: ChannelName,
}

impl ChannelSender {
    /// One for that channel.
    pub(super) fn new(to: mpsc::Sender<Event>, channel: ChannelName) -> Self {
        Self { to, channel }
    }

    /// Says what happened. Nobody listens any more when the screen is gone: that is no error.
    pub(super) async fn send(&self, event: ChannelEvent) {
        self.tell(Event::Channel(self.channel.clone(), event)).await;
    }

    /// Says it where there is room, and otherwise leaves it out.
    pub(super) fn try_send(&self, event: ChannelEvent) {
        let _ = self.to.try_send(Event::Channel(self.channel.clone(), event));
    }

    /// Says something that concerns no channel alone: a view of all of them, or what lies over whichever is open.
    pub(super) async fn tell(&self, event: Event) {
        let _ = self.to.send(event).await;
    }

    /// The same where there is room.
    pub(super) fn hint(&self, event: Event) {
        let _ = self.to.try_send(event);
    }
}
