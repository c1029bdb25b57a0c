//! What stands beside the open conversation, wherever it is kept.

use super::channel::chat_view::ChatView;
use super::chat::composer::Composer;
use super::resume::ResumeBeside;
use super::split::Slot;
use super::state::State;

impl State {
    /// The conversation that stands beside the open one, drawn or not; none where none does.
    pub fn beside(&self) -> Option<ChatView<'_>> {
        let split = self.window.split.as_ref()?;
        let channel = self.channels.get(self.channel_at(&split.channel)?)?;
        match split.slot {
            Slot::Open => Some(channel.open_chat()),
            Slot::Aside => channel.aside.as_ref().map(|aside| ChatView { channel, chat: &aside.chat }),
        }
    }

    /// What is being written for the conversation beside; none where there is none.
    pub fn beside_composer(&self) -> Option<&Composer> {
        let split = self.window.split.as_ref()?;
        let channel = self.channels.get(self.channel_at(&split.channel)?)?;
        match split.slot {
            Slot::Open => Some(&channel.composer),
            Slot::Aside => channel.aside.as_ref().map(|aside| &aside.composer),
        }
    }

    /// The conversations that the Chat view has on the screen: the open one, and the one beside it where that is drawn.
    pub fn on_screen(&self) -> impl Iterator<Item = ChatView<'_>> {
        let beside = self.beside().filter(|_| self.window.split.as_ref().is_some_and(|split| split.drawn));
        std::iter::once(self.channel().open_chat()).chain(beside)
    }

    /// What stands beside, for the next start; none where the platform has given it no id.
    pub(super) fn resume_beside(&self) -> Option<ResumeBeside> {
        let (beside, left) = (self.beside()?, self.window.split.as_ref()?.left);
        Some(ResumeBeside { channel: beside.channel.info.name.clone(), conversation: beside.id()?.clone(), left })
    }
}
