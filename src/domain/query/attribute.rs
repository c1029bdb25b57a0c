//! What a message can be asked for besides its words. Owns the table of attributes: how each is written, what it asks, and
//! what hints say of it. One more is a variant of [`Test`], a row of the table, and what the index is asked for it.
//!
//! ```text
//!     channel:docs,flow        from one of these channels
//!     role:user                by the user, the assistant, an admin, or the platform's own word
//!     after:2d before:2026-01  at or after the one, before the other
//!     has:attachment           or error, link, code
//!     state:unknown            a message of ours of which it is not known whether it arrived; or another state
//!     in:7bb301ad              in the conversation whose id begins so, or whose title has these words
//!     title:refnd              in a conversation whose title has these letters in this order
//!     label:vip                in a conversation that was given that label, or one of these
//!     is:pinned                in one that is pinned, archived or snoozed here
//! ```

use jiff::tz::TimeZone;

use super::needle::{Hay, Needle};
use super::rank::FuzzyFilter;
use super::{fold, when};
use crate::domain::{ChannelName, ConversationId, DeskEntry, Label, Message, OutState, Timestamp};

/// What a message can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It says this.
    Says(Needle),
    /// It is from one of these channels.
    Channel(Vec<String>),
    /// One of these roles wrote it.
    Role(Vec<String>),
    /// It is from then or later.
    After(Timestamp),
    /// It is from before then.
    Before(Timestamp),
    /// It has one of these.
    Has(Vec<Has>),
    /// What is known of its arrival is one of these.
    State(Vec<OutState>),
    /// The id of its conversation begins so, or the title says so.
    In(Needle),
    /// The title of its conversation has these letters in this order.
    Title(FuzzyFilter),
    /// Of its conversation one of these is kept.
    Kept(Vec<Kept>),
}

/// What is kept of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// That label.
    Label(Label),
    /// A pin.
    Pinned,
    /// It is archived.
    Archived,
    /// It sleeps.
    Snoozed,
}

impl Kept {
    /// Whether that is so of what is kept.
    pub fn is_so(&self, entry: &DeskEntry) -> bool {
        match self {
            Self::Label(label) => entry.labels.contains(label),
            Self::Pinned => entry.pinned,
            Self::Archived => entry.archived.is_some(),
            Self::Snoozed => entry.sleeps(),
        }
    }
}

/// What stands before a colon, and is asked for by it. Anything else before one is a word like others.
#[derive(Debug)]
pub struct Attribute {
    /// The word before the colon.
    pub name: &'static str,
    /// How it is used, as the command's help shows it.
    pub usage: &'static str,
    /// The words that its value can be besides that of `usage`; none where any text can be.
    pub others: &'static [&'static str],
    /// How it is used, and what else of its kind can be written: a row of the hints on the screen. None where another's
    /// row tells of it.
    pub hint: Option<(&'static str, &'static str)>,
    example: &'static str,
    read: fn(&AttributeValue<'_>) -> Result<Option<Test>, String>,
}

impl Attribute {
    /// All of them, in the order in which they are named to a user.
    pub const ALL: &[Self] = &[
        Self {
            name: "channel",
            usage: "channel:docs,flow",
            others: &[],
            hint: Some(("channel:docs", "role:user, role:assistant")),
            example: "channel:docs",
            read: |value| Ok(Some(Test::Channel(value.words()))),
        },
        Self {
            name: "role",
            usage: "role:user",
            others: &[],
            hint: None,
            example: "role:user",
            read: |value| Ok(Some(Test::Role(value.words()))),
        },
        Self {
            name: "after",
            usage: "after:2d",
            others: &[],
            hint: Some(("after:2d", "before:2026-01-31, after:today")),
            example: "after:2d",
            read: |value| Ok(Some(Test::After(value.moment()?))),
        },
        Self {
            name: "before",
            usage: "before:2026-01-31",
            others: &[],
            hint: None,
            example: "before:2026-01-31",
            read: |value| Ok(Some(Test::Before(value.moment()?))),
        },
        Self {
            name: "has",
            usage: "has:attachment",
            others: &["error", "link", "code"],
            hint: Some(("has:attachment", "has:error, has:link, has:code")),
            example: "has:attachment",
            read: |value| Ok(Some(Test::Has(value.many().map(has).collect::<Result<_, _>>()?))),
        },
        Self {
            name: "state",
            usage: "state:unknown",
            others: &["queued", "sending", "sent", "rejected", "cancelled"],
            hint: Some(("state:unknown", "sent from here, with this state")),
            example: "state:unknown",
            read: |value| Ok(Some(Test::State(value.many().map(state).collect::<Result<_, _>>()?))),
        },
        Self {
            name: "in",
            usage: "in:ID-OR-TITLE",
            others: &[],
            hint: None,
            example: "in:refund",
            read: |value| Ok(Needle::new(value.text).map(Test::In)),
        },
        Self {
            name: "title",
            usage: "title:refnd",
            others: &[],
            hint: Some(("title:refnd", "letters of the title; in: its id")),
            example: "title:refund",
            read: |value| Ok(Some(Test::Title(FuzzyFilter::new(value.text)))),
        },
        Self {
            name: "label",
            usage: "label:vip",
            others: &[],
            hint: Some(("label:vip", "is:pinned, is:archived, is:snoozed")),
            example: "label:vip",
            read: |value| {
                let label = |word| Label::parse(word).map(Kept::Label);
                Ok(Some(Test::Kept(value.many().map(label).collect::<Result<_, _>>()?)))
            },
        },
        Self {
            name: "is",
            usage: "is:pinned",
            others: &["archived", "snoozed"],
            hint: None,
            example: "is:pinned",
            read: |value| Ok(Some(Test::Kept(value.many().map(kept).collect::<Result<_, _>>()?))),
        },
    ];

    /// What it asks for with that value; none where that is nothing.
    pub(super) fn test(&self, text: &str, now: Timestamp, zone: &TimeZone) -> Result<Option<Test>, String> {
        let Self { name, example, .. } = self;
        if text.is_empty() {
            return Err(format!("{name}: needs a word right after it, such as {example}."));
        }
        (self.read)(&AttributeValue { name, text, now, zone })
    }
}

/// What stands behind the colon.
struct AttributeValue<'a> {
    name: &'a str,
    text: &'a str,
    now: Timestamp,
    zone: &'a TimeZone,
}

impl AttributeValue<'_> {
    fn many(&self) -> impl Iterator<Item = &str> {
        self.text.split(',').map(str::trim).filter(|word| !word.is_empty())
    }

    fn words(&self) -> Vec<String> {
        self.many().map(str::to_owned).collect()
    }

    fn moment(&self) -> Result<Timestamp, String> {
        let Self { name, text, now, zone } = self;
        when::moment(text, *now, zone).ok_or_else(|| format!("{name}: takes {}; not \"{text}\".", when::FORMS))
    }
}

fn has(word: &str) -> Result<Has, String> {
    // As people say it: has:attachments, has:errors.
    let one = |thing: &Has| word.eq_ignore_ascii_case(thing.as_str());
    let several = |thing: &Has| word.strip_suffix('s').is_some_and(|word| word.eq_ignore_ascii_case(thing.as_str()));
    Has::ALL.into_iter().find(|thing| one(thing) || several(thing)).ok_or_else(|| {
        let known: Vec<_> = Has::ALL.iter().map(|thing| thing.as_str()).collect();
        format!("has: takes {}; not \"{word}\".", known.join(", "))
    })
}

fn kept(word: &str) -> Result<Kept, String> {
    match word.to_ascii_lowercase().as_str() {
        "pinned" => Ok(Kept::Pinned),
        "archived" => Ok(Kept::Archived),
        "snoozed" => Ok(Kept::Snoozed),
        _ => Err(format!("is: takes pinned, archived, snoozed; not \"{word}\".")),
    }
}

fn state(word: &str) -> Result<OutState, String> {
    OutState::from_word(&word.to_ascii_lowercase()).ok_or_else(|| {
        let known: Vec<_> = OutState::ALL.iter().map(|state| state.as_str()).collect();
        format!("state: takes {}; not \"{word}\".", known.join(", "))
    })
}

/// What can be with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Has {
    /// A picture or a file.
    Attachment,
    /// It was refused, or may not have arrived, or was cut off.
    Error,
    /// The address of a page.
    Link,
    /// A block of code.
    Code,
}

impl Has {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Attachment, Self::Error, Self::Link, Self::Code];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::Error => "error",
            Self::Link => "link",
            Self::Code => "code",
        }
    }
}

/// What is known of a message besides what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its channel.
    pub channel: &'a ChannelName,
    /// Its conversation; none of one that is yet to be started.
    pub conversation: Option<&'a ConversationId>,
    /// The conversation's title.
    pub title: &'a str,
    /// What is known of its arrival, where it is in the outbox. What it says itself of that counts otherwise.
    pub state: Option<OutState>,
    /// Whether sending it failed, or its text was cut off.
    pub failed: bool,
    /// What is kept of its conversation, where that is anything.
    pub kept: Option<&'a DeskEntry>,
}

impl Test {
    /// Whether a message is so; `hay` is its text.
    pub(super) fn holds(&self, message: &Message, facts: &Facts<'_>, hay: &mut Hay<'_>) -> bool {
        let at = message.created_at.at;
        match self {
            Self::Says(needle) => needle.is_in(hay),
            Self::Channel(names) => names.iter().any(|name| alike(name, facts.channel.as_str())),
            Self::Role(roles) => roles.iter().any(|role| alike(role, message.role.as_str())),
            Self::After(from) => at.is_some_and(|at| at >= *from),
            Self::Before(to) => at.is_some_and(|at| at < *to),
            Self::Has(things) => things.iter().any(|thing| thing.is_with(message, facts)),
            Self::State(states) => facts.state.or(message.extras.state).is_some_and(|state| states.contains(&state)),
            Self::Kept(kept) => facts.kept.is_some_and(|entry| kept.iter().any(|kept| kept.is_so(entry))),
            Self::In(_) | Self::Title(_) => self.is_of(facts.conversation, facts.title),
        }
    }

    /// Whether a conversation is one that is asked for; of what asks for none, true.
    pub fn is_of(&self, conversation: Option<&ConversationId>, title: &str) -> bool {
        match self {
            Self::In(needle) => {
                let id = conversation.map_or("", ConversationId::as_str);
                let begins = match &needle.exact {
                    Some(exact) => id.starts_with(exact.as_str()),
                    None => fold::fold(id, false).starts_with(&needle.folded),
                };
                begins || needle.is_in(&mut Hay::new(title))
            }
            Self::Title(letters) => letters.rank(title).is_some(),
            _ => true,
        }
    }
}

impl Has {
    /// Whether a message has it.
    pub fn is_with(self, message: &Message, facts: &Facts<'_>) -> bool {
        match self {
            Self::Attachment => !message.extras.attachments.is_empty(),
            Self::Error => {
                let state = facts.state.or(message.extras.state);
                facts.failed || matches!(state, Some(OutState::Rejected | OutState::Unknown))
            }
            Self::Link => message.text.contains("https://") || message.text.contains("http://"),
            Self::Code => message.text.contains("```") || message.text.contains("~~~"),
        }
    }
}

/// Words of the grammar and names are the same whatever their capitals.
fn alike(asked: &str, is: &str) -> bool {
    asked.eq_ignore_ascii_case(is)
}
