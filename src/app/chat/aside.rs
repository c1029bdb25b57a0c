//! A second conversation of a channel, which stands beside the open one.

use super::Chat;
use super::composer::Composer;

/// A second conversation of a channel, with the message that is being written for it.
#[derive(Debug)]
pub struct Aside {
    /// The conversation.
    pub chat: Chat,
    /// The message. What was left unsent in other conversations is kept with the open one's.
    pub composer: Composer,
}
