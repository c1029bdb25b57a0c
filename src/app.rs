//! The pure core: state, what can happen, what is to be done. Floor 3.
//!
//! Owns [`State`] and [`update()`], which turns an [`Event`] into changes of the state and [`Effect`]s. It does no IO,
//! awaits nothing and holds no channel; the clock is an argument. It knows neither the screen nor a platform.

mod action;
mod availability;
mod beside;
mod channel;
mod chat;
mod clip;
mod desk;
mod effect;
mod event;
mod feed;
mod ids;
mod key;
mod keymap;
mod line_input;
mod list_view;
mod log;
mod notice;
mod notify;
mod overlay;
mod resume;
mod roster;
mod search;
pub mod sources;
mod split;
mod state;
mod suites;
#[cfg(test)]
pub mod testing;
mod text_buffer;
mod update;
mod view;
pub mod webhooks;
mod window;

pub use action::Action;
pub use channel::chat_view::ChatView;
pub use channel::{Channel, ChannelInfo, Link};
pub use chat::aside::Aside;
pub use chat::attach::{Attached, short_name};
pub use chat::composer::Composer;
pub use chat::find::{Find, Match, Seek};
pub use chat::history::History;
pub use chat::pace::Pace;
pub use chat::queue::{Queue, QueueEffect, QueueEvent};
pub use chat::read_marker::ReadMarker;
pub use chat::scroll::{Anchor, Passage, Scroll};
pub use chat::selection::{Marked, Picked};
pub use chat::source_view::SourceView;
pub use chat::{
    Chat, ConversationRef, DETAILS, Greeting, HistoryEntry, Measured, PendingTurn, Refresh, TranscriptItem, words,
};
pub use clip::{Clip, Copied};
pub use desk::{
    Desk, DeskDeed, DeskEffect, DeskEvent, DeskKey, DeskListRow, DeskPrompt, DeskPromptKind, DeskUndo, Reminder,
};
pub use effect::{ChannelEffect, Effect};
pub use event::{ChannelEvent, Event, Fetched, OutsideEvent, Pane, Reconfigured, Restored, Step, Stored};
pub use feed::{Feed, FeedFilter, FeedRow};
pub use ids::Ids;
pub use key::{Code, Key, KeyNameError, KeySequence, spelt};
pub use keymap::{BINDINGS, Binding, Bound, Context, KeyMeaning, Keymap, Preset, check_keys, lies_over, takes_text};
#[cfg(test)]
pub use keymap::{key_for, resolve};
pub use line_input::{LineHistory, LineInput};
pub use log::{CallKey, CallRow, LogEffect, LogEvent, LogMeasured, LogView, RanAgain};
pub use notice::Notice;
pub use notify::{Happening, Notification, Notify};
pub use overlay::Overlay;
pub use overlay::copy_menu::{CopyEntry, CopyFormat, CopyMenu};
pub use overlay::help::HelpSheet;
pub use overlay::key_test::{KeyTest, TestedKey};
pub use overlay::links::{LinkEntry, LinkMenu};
pub use overlay::message::{LoadState, MessageEffect, MessageEvent, MessageMeasured, MessageSheet, Section};
pub use overlay::message::{sections as message_sections, value as message_json};
pub use overlay::new_case::NewCaseSheet;
pub use overlay::palette::{Palette, PaletteEntry, PaletteItem};
pub use overlay::replies::{ReplyMenu, ReplyPlace};
pub use overlay::switcher::Switcher;
pub use overlay::themes::{ThemePicker, Themes};
pub use overlay::transfer::{
    ARCHIVE, Arrived, Choice, Chosen, Destination, Export, Format, Gathering, Import, ImportStage, Stage, Taking,
    There, TransferEffect, TransferEvent, Written,
};
pub use resume::{Bookmark, Resume, ResumeBeside, ResumeKeeper};
pub use roster::{Roster, RosterRow, Rows as RosterRows};
pub use search::{Around, FoundEntry, Preview, SavedSearches, SearchEffect, SearchEvent, SearchNaming, SearchView};
pub use sources::{Sources, SourcesEffect, SourcesEvent, SourcesMeasured, SyncStep};
pub use split::{Slot, Split};
pub use state::State;
pub use suites::{
    AnswerDeed, CaseEntry, CaseId, CaseState, PastCase, RunQuestion, RunningSuites, SuiteCounts, SuiteEntry,
    SuitePlace, SuiteRow, SuitesEffect, SuitesEvent, SuitesMeasured, SuitesView,
};
pub use text_buffer::{Caret, Splice, TextBuffer, TextInput};
pub use update::{begin, resume, update};
pub use view::{Focus, Side, ViewKind};
pub use webhooks::{
    HookView, ListenerState, ListenerView, ReplayTarget, Replayed, WebhookEffect, WebhookEvent, Webhooks,
    WebhooksMeasured,
};
pub use window::Window;
