//! The operator's desk: the conversations of all channels as one list, what the user keeps of conversations for themself,
//! and what was done last, to be done again or taken back.

use std::collections::HashSet;

use super::keymap::Context;
use super::line_input::LineInput;
use super::list_view::ListView;
use super::view::ViewKind;
use crate::domain::{
    ChannelName, ConversationId, DeskChange, DeskChanged, DeskFilter, DeskItem, DeskPage, DeskRow, Failure, SafeText,
    Timestamp,
};

/// So many conversations are asked for at once.
pub(super) const PAGE: usize = 200;

/// A conversation among those of all channels.
pub type DeskKey = (ChannelName, ConversationId);

/// The desk.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is by itself")]
pub struct Desk {
    /// The list of all channels' conversations, as far as it was read.
    pub rows: Vec<DeskListRow>,
    /// What it is narrowed to by keys; its text is that of the line.
    pub filter: DeskFilter,
    /// What is typed to narrow it: words, `label:x`, `is:pinned`.
    pub line: LineInput,
    /// Whether that line has the keys.
    pub filtering: bool,
    /// The selected conversation; it stays selected wherever it stands.
    pub selected: Option<DeskKey>,
    /// The part of the list that is on screen.
    pub view: ListView,
    /// The conversations that are marked, shown or not.
    pub marked: HashSet<DeskKey>,
    /// Where a range of marks began.
    pub range: Option<DeskKey>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
    /// The ticket of the page that is being read, and whether it takes the place of all that is shown.
    pub asking: Option<(u64, bool)>,
    /// Whether what is shown is to be read again once that page is here.
    pub stale: bool,
    /// Whether it was read at all.
    pub loaded: bool,
    /// Why it could not be read.
    pub failure: Option<Failure>,
    /// Whether the conversation on the screen was opened from the list: then stepping back leads there.
    pub opened: bool,
    /// What woke and was not looked at.
    pub awake: Vec<Reminder>,
    /// Of which of them it was said in this run.
    pub told: HashSet<DeskKey>,
    /// When the next sleep ends by itself, of those that are known.
    pub wakes_at: Option<Timestamp>,
    /// Which version of what is kept is known here.
    pub version: Option<i64>,
    /// What was done last, to be done again.
    pub last: Option<DeskDeed>,
    /// What was done last, to be taken back.
    pub undo: Option<DeskUndo>,
}

/// Something that is done to conversations at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskDeed {
    /// What is kept of them changes.
    Change(DeskChange),
    /// Nothing in them is new any more.
    Read,
}

/// How what was done last is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskUndo {
    /// This was kept before.
    Kept(Vec<DeskRow>),
    /// In these something was new.
    Unread(Vec<DeskKey>),
}

/// A row of the list, safe to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskListRow {
    /// The conversation, and what is kept of it.
    pub item: DeskItem,
    /// Its title, on one line.
    pub label: SafeText,
    /// What was said last, on one line; empty where no message is known.
    pub words: SafeText,
}

impl DeskListRow {
    /// A row for a conversation.
    pub fn new(item: DeskItem) -> Self {
        let label = SafeText::one_line(&item.conversation.title);
        let words = item.last.as_ref().map_or_else(SafeText::default, |last| SafeText::one_line(last.text.trim()));
        Self { item, label, words }
    }

    /// Which conversation it is.
    pub fn key(&self) -> DeskKey {
        (self.item.channel.clone(), self.item.conversation.id.clone())
    }
}

impl Desk {
    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        vec![if self.filtering { Context::InboxFilter } else { Context::Inbox }]
    }

    /// Where the selected row stands.
    pub fn position(&self) -> Option<usize> {
        let (channel, id) = self.selected.as_ref()?;
        self.rows.iter().position(|row| row.item.channel == *channel && row.item.conversation.id == *id)
    }

    /// Selects the row at that place, or the last, and brings it into sight.
    pub fn select(&mut self, at: usize) {
        let at = at.min(self.rows.len().saturating_sub(1));
        self.selected = self.rows.get(at).map(DeskListRow::key);
        self.view.reveal(self.selected.as_ref().map(|_| at), self.rows.len());
    }

    /// Whether the next page is wanted: the view is near the end of what is here.
    pub fn wants_more(&self) -> bool {
        self.next.is_some() && self.asking.is_none() && self.view.is_near_end(self.rows.len())
    }

    /// What is asked for: what the keys say, and what was typed.
    pub fn wanted(&self) -> DeskFilter {
        let typed = DeskFilter::read(&self.line);
        DeskFilter {
            text: typed.text,
            unread: self.filter.unread || typed.unread,
            waiting: self.filter.waiting || typed.waiting,
            pinned: self.filter.pinned || typed.pinned,
            label: typed.label,
            archived: self.filter.archived || typed.archived,
            snoozed: self.filter.snoozed || typed.snoozed,
        }
    }

    /// The marked conversations, or the selected one where none is.
    pub fn targets(&self) -> Vec<DeskKey> {
        if self.marked.is_empty() {
            return self.selected.iter().cloned().collect();
        }
        let here: Vec<DeskKey> =
            self.rows.iter().map(DeskListRow::key).filter(|key| self.marked.contains(key)).collect();
        let listed: HashSet<&DeskKey> = here.iter().collect();
        let mut away: Vec<DeskKey> = self.marked.iter().filter(|key| !listed.contains(key)).cloned().collect();
        away.sort_by(|a, b| (a.0.as_str(), a.1.as_str()).cmp(&(b.0.as_str(), b.1.as_str())));
        here.into_iter().chain(away).collect()
    }
}

/// A line on which is written what conversations are to be given.
#[derive(Debug)]
pub struct DeskPrompt {
    /// What is written.
    pub kind: DeskPromptKind,
    /// The line.
    pub line: LineInput,
    /// What it is for.
    pub of: Vec<DeskKey>,
    /// Why it can't be so, since it was written last.
    pub problem: Option<SafeText>,
    /// What could be written, as a hint: labels that are used, or how times are named.
    pub hint: SafeText,
}

/// What is written on such a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskPromptKind {
    /// Labels, and with a minus such as are taken off.
    Labels,
    /// A note.
    Note,
    /// A time to come.
    Snooze,
}

/// Something to do at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskEffect {
    /// Read all of which something is kept, if it isn't of that version any more.
    Load(Option<i64>),
    /// Read a page of all channels' conversations.
    Page {
        /// Tells late answers.
        ticket: u64,
        /// What it is narrowed to.
        filter: DeskFilter,
        /// Where it begins; none at the top.
        after: Option<String>,
        /// How many.
        limit: usize,
    },
    /// Change what is kept of conversations.
    Change(Vec<DeskKey>, DeskChange),
    /// Keep of conversations what was kept before.
    Restore(Vec<DeskRow>),
    /// Look whether it is time for what sleeps: for all of it, or for that conversation.
    Wake(Option<DeskKey>),
}

/// Something that happened at the desk.
#[derive(Debug, Clone)]
pub enum DeskEvent {
    /// All of which something is kept, in that version.
    Kept(i64, Vec<DeskRow>),
    /// A page of all channels' conversations.
    Page(u64, Result<DeskPage, Failure>),
    /// What is kept of conversations was changed, or could not be.
    Changed(DeskChange, Result<DeskChanged, Failure>),
    /// What was kept before is kept again, or could not be.
    Restored(Result<Vec<DeskRow>, Failure>),
    /// What changed since it was time, and all that is awake and was not looked at.
    Woken(Vec<DeskRow>, Vec<Reminder>),
    /// The list was drawn with room for so many rows.
    Measured(usize),
}

/// A conversation that woke and was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Which one.
    pub key: DeskKey,
    /// Its title as the store has it, whatever of it is loaded here; may be empty. Untrusted text.
    pub title: String,
}

/// Which view a conversation that was opened from there is left for.
pub(super) const HOME: ViewKind = ViewKind::Inbox;
