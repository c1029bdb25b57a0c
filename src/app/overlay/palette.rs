//! The palette: everything that can be done where the keys are, and every place that one can go to, found by its name.

use crate::app::action::Action;
use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;
use crate::app::view::Focus;
use crate::domain::{ChannelName, ConversationId, FilterText, FuzzyFilter, Rank, SafeText, SourceId};

/// The palette, while it is open.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What was typed to find something.
    pub filter: LineInput,
    /// Which of those that are left is selected.
    pub menu: Menu,
    /// Whether it is asked which conversation is to stand beside the open one: then nothing else is found.
    pub beside: bool,
    /// Everything that can be found, in the order in which it stands without a filter.
    pub entries: Vec<PaletteEntry>,
    /// The places of those that the filter leaves, the best first.
    pub shown: Vec<usize>,
    /// What the filter was when they were found.
    found_by: String,
}

/// Something that can be found.
#[derive(Debug, Clone)]
pub struct PaletteEntry {
    /// What it is.
    pub item: PaletteItem,
    /// Its name.
    pub label: SafeText,
    /// What else is said of it: the pane of an action, the channel of a conversation.
    pub aside: SafeText,
    /// The keys that do it; empty where none do.
    pub keys: SafeText,
    /// The command that does the same; none where there is none.
    pub command: Option<String>,
    /// What filters look at.
    sought: String,
    seen: FilterText,
}

/// What can be done, or gone to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaletteItem {
    /// An action; where another pane's, that one gets the keys first.
    Action(Action, Option<Focus>),
    /// A channel is opened.
    Channel(ChannelName),
    /// A conversation is opened.
    Conversation(ChannelName, ConversationId),
    /// A conversation is put beside the open one.
    Beside(ChannelName, ConversationId),
    /// A data source is shown, and something done with it, if an action is named.
    Source(ChannelName, SourceId, Option<Action>),
    /// A search that is kept, as it was written, is made again.
    Search(String),
}

impl PaletteItem {
    /// What kind of thing it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Action(..) => "action",
            Self::Channel(_) => "channel",
            Self::Conversation(..) | Self::Beside(..) => "conversation",
            Self::Source(..) => "source",
            Self::Search(_) => "search",
        }
    }
}

impl PaletteEntry {
    /// One with that name; `also` are more words by which it is found.
    pub(in crate::app) fn new(item: PaletteItem, label: SafeText, aside: SafeText, also: &str) -> Self {
        let sought = format!("{} {} {also}", label.as_str(), aside.as_str());
        Self { item, label, aside, keys: SafeText::default(), command: None, seen: FilterText::new(&sought), sought }
    }
}

impl Palette {
    /// One with these.
    pub(in crate::app) fn new(entries: Vec<PaletteEntry>) -> Self {
        let shown = (0..entries.len()).collect();
        Self { entries, shown, ..Self::default() }
    }

    /// The selected one; none where nothing is left.
    pub fn selected(&self) -> Option<&PaletteEntry> {
        self.shown.get(self.menu.selected).and_then(|at| self.entries.get(*at))
    }

    /// Other entries, under the same filter.
    pub(in crate::app) fn renew(&mut self, entries: Vec<PaletteEntry>) {
        let selected = self.selected().map(|entry| entry.item.clone());
        self.entries = entries;
        self.found_by.clear();
        self.shown = (0..self.entries.len()).collect();
        self.narrow();
        let again = selected.and_then(|item| {
            self.shown.iter().position(|at| self.entries.get(*at).is_some_and(|entry| entry.item == item))
        });
        self.menu.select(again.unwrap_or(0), self.shown.len());
    }

    /// Works out what the filter leaves. Where it only grew, nothing is looked at that was left out before.
    pub(in crate::app) fn narrow(&mut self) {
        let typed = self.filter.as_str().to_owned();
        let filter = FuzzyFilter::new(&typed);
        let mut among: Vec<usize> = if !self.found_by.is_empty() && typed.starts_with(&self.found_by) {
            std::mem::take(&mut self.shown)
        } else {
            (0..self.entries.len()).collect()
        };
        self.found_by.clone_from(&typed);
        // Of one rank those first that stand first without a filter.
        among.sort_unstable();
        if filter.is_empty() {
            self.shown = among;
            return;
        }
        let rank = |at: usize| -> Option<(Rank, usize)> {
            let entry = self.entries.get(at)?;
            // The name itself before what else is known of it; a key alone is found by its spelling.
            let name = filter.rank_seen(&entry.sought, &entry.seen)?;
            let own = filter.rank_literally(entry.label.as_str());
            Some((own.unwrap_or(name), usize::from(own.is_none())))
        };
        let mut ranked: Vec<((Rank, usize), usize)> =
            among.into_iter().filter_map(|at| Some((rank(at)?, at))).collect();
        ranked.sort_by_key(|((rank, aside), at)| (*aside, *rank, *at));
        self.shown = ranked.into_iter().map(|(_, at)| at).collect();
    }
}
