//! What a part of the core asks of the whole: the dispatcher alone knows both sides.

use crate::app::overlay::palette::PaletteItem;
use crate::app::overlay::transfer::Arrived;
use crate::domain::{ChannelName, ConversationId, DeliveryId, HitPlace, MessageId};

/// Something that a part can't do itself.
#[derive(Debug)]
pub(in crate::app) enum Request {
    /// Show a conversation of a channel, at the message if it is known by then.
    ShowConversation {
        /// The channel.
        channel: ChannelName,
        /// The conversation.
        conversation: ConversationId,
        /// The message.
        message: Option<MessageId>,
    },
    /// Show what a search found: the message, with the words of the search marked.
    ShowFound {
        /// The channel.
        channel: ChannelName,
        /// The conversation; none where the platform has not given it an id.
        conversation: Option<ConversationId>,
        /// The message; none opens the conversation alone.
        place: Option<HitPlace>,
        /// What was searched for.
        text: String,
    },
    /// Search everywhere.
    Search(String),
    /// Show the delivery that brought a message; none says that there is none.
    ShowDelivery(Option<DeliveryId>),
    /// Do, or go to, what was chosen in the palette.
    Choose(PaletteItem),
    /// Open an archive that was imported.
    OpenArchive(Box<Arrived>),
}
