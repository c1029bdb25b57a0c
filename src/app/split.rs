//! Two conversations side by side: the open one, which has the keys, and the one beside it.
//!
//! The one beside is either what is open in a channel that isn't the window's, or a second one that a channel keeps aside.
//! Both sides keep their places on the screen: what changes is which of them has the keys.

use crate::domain::ChannelName;

/// Where the conversation beside is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// It is what is open in its channel, which isn't the window's.
    Open,
    /// Its channel keeps it aside, whichever other is open there.
    Aside,
}

/// The conversation that stands beside the open one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Its channel.
    pub channel: ChannelName,
    /// Where it is kept there.
    pub slot: Slot,
    /// Whether it stands on the left.
    pub left: bool,
    /// Whether both were on the screen when that was last drawn.
    pub drawn: bool,
}
