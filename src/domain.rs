//! The nouns of the program, and text that is safe to show. Floor 1: imports nothing of ours.
//!
//! Owns what every other room talks about: channels, conversations, messages, turns of the outbox, failures, times,
//! secrets, and the one type that may be drawn. Does no IO and knows no platform's wire format.

mod capability;
mod channel;
mod conversation;
mod failure;
mod id;
mod message;
mod outgoing;
mod platform;
mod secret;
mod stream;
mod text;
mod time;

pub use capability::Capabilities;
pub use channel::{Channel, ChatThing, Eko, Klaunch, OpTech, Operator, Settings};
pub use conversation::{Conversation, Page, PageRequest};
pub use failure::{Failure, Kind};
pub use id::{ChannelName, ConversationId, MessageId, TurnId};
pub use message::{Message, Role};
pub use outgoing::{OutState, Reply, Turn};
pub use platform::Platform;
pub use secret::{Secret, SecretRef};
pub use stream::{Finish, Piece};
pub use text::{SafeText, cluster_width, display_width};
pub use time::{Moment, Timestamp};
