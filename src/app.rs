//! The pure core: state, what can happen, what is to be done. Floor 3.
//!
//! Owns [`State`] and [`update()`], which turns an [`Event`] into changes of the state and [`Effect`]s. It does no IO,
//! awaits nothing and holds no channel; the clock is an argument. It knows neither the screen nor a platform.

mod action;
mod attach;
mod channels;
mod chat;
mod composer;
mod copy;
mod effect;
mod event;
mod finding;
mod here;
mod history;
mod key;
mod keymap;
mod message;
mod over;
mod pace;
mod raw;
mod roster;
mod scroll;
mod search;
mod seen;
pub mod sources;
mod state;
#[cfg(test)]
pub mod testing;
mod text_buffer;
mod transfer;
mod update;
pub mod webhooks;

pub use action::Action;
pub use attach::{Attached, short_name};
pub use channels::{ChannelTab, Room, Switcher};
pub use chat::{Chat, DETAILS, Greeting, LocalTurn, Measured, Part, Past, Place, Refresh, words};
pub use composer::Composer;
pub use copy::{Clip, Copied, CopyMenu, Entry, Marked, Picked, Take};
pub use effect::Effect;
pub use event::{Event, Fetched, Pane, Restored, Step, Stored};
pub use finding::{Finding, Match, Seek};
pub use history::History;
pub use key::{Code, Key};
pub use keymap::{BINDINGS, Binding, Context, key_for, lies_over, resolve, takes_text};
pub use message::{MessageEffect, MessageEvent, MessageMeasured, MessageSheet, Section, Told};
pub use message::{sections as message_sections, value as message_json};
pub use over::Over;
pub use pace::Pace;
pub use raw::Raw;
pub use roster::{Roster, RosterRow};
pub use scroll::{Anchor, Passage, Scroll};
pub use search::{Around, FoundEntry, Kept, Naming, Preview, SearchEffect, SearchEvent, SearchView};
pub use seen::Seen;
pub use sources::{Sources, SourcesEffect, SourcesEvent, SourcesMeasured, SyncStep};
pub use state::{ChannelView, Focus, Link, Notice, State, ViewKind};
pub use text_buffer::{Caret, Splice, TextBuffer, TextInput};
pub use transfer::{
    ARCHIVE, Arrived, Choice, Chosen, Destination, Export, Format, Gathering, Import, ImportStage, Stage, Taking,
    There, TransferEffect, TransferEvent, Written,
};
pub use update::{begin, update};
pub use webhooks::{
    HookView, ListenerState, ListenerView, ReplayTarget, Replayed, WebhookEffect, WebhookEvent, Webhooks,
    WebhooksMeasured,
};
