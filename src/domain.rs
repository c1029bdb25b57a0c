//! The nouns of the program, and text that is safe to show. Floor 1: imports nothing of ours.
//!
//! Owns what every other room talks about: channels, conversations, messages, turns of the outbox, failures, times,
//! secrets, and the one type that may be drawn. Does no IO and knows no platform's wire format.

#![warn(clippy::missing_errors_doc)]

mod call;
mod capability;
mod change;
mod channel;
mod conversation;
mod data_request;
mod delivery;
mod desk;
mod difference;
mod failure;
mod hit;
mod id;
mod inbound;
mod json;
mod message;
mod near;
mod notify;
mod outgoing;
mod people;
#[cfg(feature = "planted")]
mod planted;
mod platform;
mod platform_spec;
mod query;
mod record;
mod refusal;
mod requested;
mod rule;
mod saved_reply;
mod screen;
mod secret;
mod settings;
mod shell;
mod source;
mod stream;
mod suite;
mod text;
mod theme;
mod time;
mod timeouts;
mod web_address;

pub use call::{LoggedCall, SECRET};
pub use capability::Capabilities;
pub use change::{Applied, Change, ChangeState, Edit, Replaced};
pub use channel::Channel;
pub use conversation::{Conversation, Page, PageRequest};
pub use data_request::{DataRequest, RequestState};
pub use delivery::{Delivery, DeliveryId, DeliveryRow, Trust, Verdict};
pub use desk::{
    DeskChange, DeskChanged, DeskEntry, DeskFilter, DeskItem, DeskPage, DeskRow, Label, LastWords, Snooze,
    read_labels,
};
pub use difference::{Hunk, Line, Side, hunks, merge_texts, word_difference};
pub use failure::{Failure, Kind, READ_ONLY};
pub use hit::{Found, Hit, HitCursor, HitPlace, SavedSearch, Searched, TitleHit};
pub use id::{ChangeId, ChannelName, ConversationId, MessageId, RequestId, RowId, SourceId, TurnId};
pub use inbound::{Asked, Inbound, Meaning, ReplyHandle};
pub use json::{Damage, Fault, HalfJoiner, Json, NoJson, Spot};
pub use message::{Attachment, Extras, Message, MessageDocument, MessageDocumentError, Role};
pub use near::nearest;
pub use notify::{NotifyKind, NotifyRoute, NotifyRules, QuietHours};
pub use outgoing::{Attach, OutState, QueueEntry, Reply, Turn};
pub use people::{Group, Person, Topic};
#[cfg(feature = "planted")]
pub use planted::PlantedFault;
pub use platform::Platform;
pub use platform_spec::{PlatformSpec, Presence, SettingForm, SettingKey};
#[cfg(test)]
pub(crate) use query::canonical_forms;
pub use query::{
    Attribute, Excerpt, Facts, FilterText, FuzzyFilter, Has, Kept, LATER_FORMS, MatchPlace, Needle, Query,
    QueryError, Rank, Term, Test, folded, folded_spelt, later,
};
pub use record::{MessageRef, Record, Sending, TurnStep};
pub use refusal::{RefusalCode, Refused};
pub use requested::Requested;
pub use rule::{Respond, Rule};
pub use saved_reply::SavedReply;
pub use screen::{MouseUse, ScreenSettings};
pub use secret::{Secret, SecretRef};
pub use settings::{SettingValue, Settings, WEBHOOK_KEY};
pub use shell::{command_words, shell_word};
pub use source::{Row, RowBody, Source, SyncInterval, SyncState, Version};
pub use stream::{Finish, Piece};
pub use suite::{
    Asks, Attempt, Case, CaseChange, CaseComparison, CaseRequest, CaseResult, CaseTurn, CaseVerdict, ChangeTotals,
    ChangedAnswer, ChangedTurn, Check, Expectation, Language, Pattern, RunTotals, Suite, SuiteReply, SuiteTurn,
    likeness,
};
pub use text::{SafeText, cluster_bare, cluster_reach, cluster_width, cluster_within, clusters, display_width};
pub use theme::{COLOUR_WORDS, Colour, ColourRole, Theme};
pub use time::{Moment, Timestamp};
pub use timeouts::Timeouts;
pub use web_address::{bare_address, web_address};
