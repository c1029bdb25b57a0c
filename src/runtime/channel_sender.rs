//! Where a channel's events go: each bears the channel's name, since another may be open when it comes.

use tokio::sync::mpsc;

use crate::app::Event;
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
    pub(super) async fn send(&self, event: Event) {
        let _ = self.to.send(self.address(event)).await;
    }

    /// Says it where there is room, and otherwise leaves it out.
    pub(super) fn try_send(&self, event: Event) {
        let _ = self.to.try_send(self.address(event));
    }

    fn address(&self, event: Event) -> Event {
        match event {
            // These views are of all channels, and the sheet of an export lies over whichever is open.
            Event::Webhooks(_) | Event::Search(_) | Event::Transfer(_) => event,
            event => Event::At(self.channel.clone(), Box::new(event)),
        }
    }
}
