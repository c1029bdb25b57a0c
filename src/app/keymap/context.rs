//! Who can have the keys.

mod kinds;

use crate::app::view::ViewKind;

pub use kinds::{lies_over, takes_text};

/// Who has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Context {
    /// Works wherever the keys are.
    Everywhere,
    /// The message that is being written.
    Composer,
    /// The same, while nothing is written and the newest message is out of sight.
    Unwritten,
    /// The list of conversations.
    Roster,
    /// The roster's filter line.
    Filter,
    /// The conversation's messages.
    Transcript,
    /// A message whose fate the user decides, while the transcript has the keys.
    Decision,
    /// The answers that the bot offers, while no message is being written.
    Offer,
    /// What waits behind a reply.
    Queue,
    /// The line on which a file or a URL is named.
    Attach,
    /// The list of channels.
    Channels,
    /// The list of themes.
    Themes,
    /// The help overlay.
    Help,
    /// The palette: what can be done, and where one can go.
    Palette,
    /// Every key is shown, and none is done.
    KeyTest,
    /// The lists of the Webhooks view.
    Deliveries,
    /// A delivery, while one is selected.
    Delivery,
    /// The right pane: what is selected, whole.
    Detail,
    /// A data request that waits for an answer, while it is selected.
    Waiting,
    /// A data request waits for an answer, and something else is selected.
    Requested,
    /// The filter line of the deliveries.
    WebhookFilter,
    /// The answer to a data request that is being written.
    Answer,
    /// Every channel's URL.
    Hooks,
    /// The URL that a delivery is to be sent to.
    ReplayUrl,
    /// Something that waits for a yes.
    Confirm,
    /// The list of data sources.
    SourceList,
    /// The list of a source's rows, and the row beside it.
    RowList,
    /// A row, while one is selected.
    RowPicked,
    /// The right pane of the Sources view.
    RowDetail,
    /// A row that somebody else changed too, while it is selected.
    Conflicted,
    /// Something is staged in the source.
    Staged,
    /// Changes are being applied.
    Applying,
    /// The filter line of the rows.
    RowFilter,
    /// The row that is being written.
    RowEditor,
    /// The search line of the row that is being written.
    RowSearch,
    /// The name of a row.
    RowName,
    /// What is staged, as a whole, before it is applied.
    Review,
    /// Base, mine and theirs.
    Conflict,
    /// What can be put back.
    Journal,
    /// How often a source is synced by itself.
    Interval,
    /// A source that is to be deleted.
    DeleteSource,
    /// Staged changes that are to be thrown away.
    Discard,
    /// What became of changes.
    Results,
    /// Leaving while something is staged.
    Leave,
    /// The line on which is written what is searched for in the conversation.
    SearchHere,
    /// A search in the conversation, while its places are marked.
    Matches,
    /// A message that is picked, or a range of them.
    Picked,
    /// What can be copied.
    CopyMenu,
    /// Where the links of a message lead.
    Links,
    /// What is known of a message.
    Message,
    /// What is exported, and how.
    Export,
    /// The file or folder that an export goes to.
    ExportPath,
    /// While an export or an import is under way.
    Gathering,
    /// The question whether what is there is to be replaced by an export.
    Replacing,
    /// The file that is to be imported.
    ImportPath,
    /// The archive that it is imported into.
    ImportName,
    /// What an export or an import came to.
    Transferred,
    /// The list of the Log view.
    Calls,
    /// A call, while one is selected.
    Call,
    /// The right pane of the Log view.
    CallDetail,
    /// The filter line of the calls.
    CallFilter,
    /// The line of the Search view.
    SearchLine,
    /// The list of the Tests view.
    Suites,
    /// A suite or a case, while one is selected.
    Suite,
    /// The right pane of the Tests view.
    CaseDetail,
    /// A case whose answer is not the kept one, while it is selected.
    ChangedAnswer,
    /// While a run of suites is under way.
    SuitesUnderWay,
    /// The filter line of the suites.
    SuiteFilter,
    /// The question whether so much is to be asked.
    RunSuites,
    /// What the search found.
    Found,
    /// The searches that are kept.
    SavedSearches,
    /// The name under which a search is kept.
    SearchName,
    /// The conversations of all channels.
    Inbox,
    /// The line on which they are narrowed.
    InboxFilter,
    /// The line on which is written what conversations are given.
    DeskPrompt,
    /// A case that is being made of what was said.
    NewCase,
    /// The file of a suite that is being made with it.
    NewSuite,
    /// The list of saved replies.
    Replies,
    /// The place of a saved reply that is being filled.
    ReplyPlace,
}

impl Context {
    /// All of them in the order of the help, each with the view that it belongs to; those of every view are Chat's.
    pub const ALL: [(ViewKind, Self); 79] = {
        use ViewKind::{Chat, Inbox, Log, Search, Sources, Tests, Webhooks};
        [
            (Chat, Self::Everywhere),
            (Chat, Self::Composer),
            (Chat, Self::Unwritten),
            (Chat, Self::Queue),
            (Chat, Self::Offer),
            (Chat, Self::Attach),
            (Chat, Self::Roster),
            (Chat, Self::Filter),
            (Chat, Self::Transcript),
            (Chat, Self::Picked),
            (Chat, Self::Decision),
            (Chat, Self::SearchHere),
            (Chat, Self::Matches),
            (Chat, Self::CopyMenu),
            (Chat, Self::Links),
            (Chat, Self::Themes),
            (Chat, Self::Message),
            (Chat, Self::Export),
            (Chat, Self::ExportPath),
            (Chat, Self::Replacing),
            (Chat, Self::ImportPath),
            (Chat, Self::ImportName),
            (Chat, Self::Gathering),
            (Chat, Self::Transferred),
            (Chat, Self::Channels),
            (Chat, Self::DeskPrompt),
            (Chat, Self::NewCase),
            (Chat, Self::NewSuite),
            (Chat, Self::Replies),
            (Chat, Self::ReplyPlace),
            (Chat, Self::Palette),
            (Chat, Self::Help),
            (Chat, Self::KeyTest),
            (Inbox, Self::Inbox),
            (Inbox, Self::InboxFilter),
            (Sources, Self::SourceList),
            (Sources, Self::RowPicked),
            (Sources, Self::RowList),
            (Sources, Self::Staged),
            (Sources, Self::RowDetail),
            (Sources, Self::RowEditor),
            (Sources, Self::RowSearch),
            (Sources, Self::RowFilter),
            (Sources, Self::RowName),
            (Sources, Self::Review),
            (Sources, Self::Applying),
            (Sources, Self::Results),
            (Sources, Self::Conflicted),
            (Sources, Self::Conflict),
            (Sources, Self::Journal),
            (Sources, Self::Interval),
            (Sources, Self::Discard),
            (Sources, Self::DeleteSource),
            (Sources, Self::Leave),
            (Webhooks, Self::Deliveries),
            (Webhooks, Self::Delivery),
            (Webhooks, Self::Detail),
            (Webhooks, Self::Waiting),
            (Webhooks, Self::Requested),
            (Webhooks, Self::WebhookFilter),
            (Webhooks, Self::Answer),
            (Webhooks, Self::Hooks),
            (Webhooks, Self::ReplayUrl),
            (Webhooks, Self::Confirm),
            (Log, Self::Calls),
            (Log, Self::Call),
            (Log, Self::CallDetail),
            (Log, Self::CallFilter),
            (Search, Self::SearchLine),
            (Search, Self::Found),
            (Search, Self::SavedSearches),
            (Search, Self::SearchName),
            (Tests, Self::Suites),
            (Tests, Self::Suite),
            (Tests, Self::ChangedAnswer),
            (Tests, Self::SuitesUnderWay),
            (Tests, Self::CaseDetail),
            (Tests, Self::SuiteFilter),
            (Tests, Self::RunSuites),
        ]
    };

    /// What the config file and the manual call it: its name here in lower case, its words joined by `-`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The one that is called so; none where none is. `_` will do for `-`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.replace('_', "-");
        Self::ALL.into_iter().map(|(_, context)| context).find(|context| context.name() == name)
    }

    /// The heading of its keys in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Composer => "Message",
            Self::Unwritten => "Message, while nothing is written",
            Self::Roster => "Conversations",
            Self::Filter => "Filter",
            Self::Transcript => "Transcript",
            Self::Decision => "A message that needs your word",
            Self::Offer => "Answers that the bot offers",
            Self::Queue => "What waits behind a reply",
            Self::Attach => "What goes out with a message",
            Self::Channels => "Channels",
            Self::Themes => "Themes",
            Self::Help => "Help",
            Self::Palette => "Palette",
            Self::KeyTest => "Test of a key",
            Self::Deliveries => "Webhooks",
            Self::Delivery => "A delivery that is selected",
            Self::Detail => "The right pane",
            Self::Waiting => "A data request that waits, selected",
            Self::Requested => "While a data request waits",
            Self::WebhookFilter => "Filter of the deliveries",
            Self::Answer => "Answer to a data request",
            Self::Hooks => "Hooks",
            Self::ReplayUrl => "Replay to a URL",
            Self::Confirm => "Confirm",
            Self::SourceList => "Data sources",
            Self::RowList => "Rows of a source",
            Self::RowPicked => "A row that is selected",
            Self::RowDetail => "The row beside the list",
            Self::Conflicted => "A row that somebody else changed too",
            Self::Staged => "What is staged",
            Self::Applying => "While changes are applied",
            Self::RowFilter => "Filter of the rows",
            Self::RowEditor => "Text of a row",
            Self::RowSearch => "Search in the text",
            Self::RowName => "Name of a row",
            Self::Review => "Before changes are applied",
            Self::Conflict => "Conflict",
            Self::Journal => "What can be put back",
            Self::Interval => "How often a source is synced",
            Self::DeleteSource => "Delete a source",
            Self::Discard => "Throw staged changes away",
            Self::Results => "What became of changes",
            Self::Leave => "Leaving with staged changes",
            Self::SearchHere => "Search in the conversation",
            Self::Matches => "While a search is on",
            Self::Picked => "A message that is picked",
            Self::CopyMenu => "What to copy",
            Self::Links => "Links of a message",
            Self::Message => "What is known of a message",
            Self::Export => "Export",
            Self::ExportPath => "Where an export goes",
            Self::Gathering => "While an export or an import is under way",
            Self::ImportPath => "What is imported",
            Self::ImportName => "The archive that it is imported into",
            Self::Replacing => "Where something is there already",
            Self::Transferred => "What an export or an import came to",
            Self::Calls => "Log",
            Self::Call => "A call that is selected",
            Self::CallDetail => "The call beside the log",
            Self::CallFilter => "Filter of the calls",
            Self::SearchLine => "What is searched for everywhere",
            Self::Found => "What was found",
            Self::SavedSearches => "Searches that are kept",
            Self::SearchName => "Name of a search",
            Self::Suites => "Tests",
            Self::Suite => "A suite or a case that is selected",
            Self::CaseDetail => "The case beside the list",
            Self::ChangedAnswer => "An answer that changed",
            Self::SuitesUnderWay => "While tests are run",
            Self::SuiteFilter => "Filter of the tests",
            Self::RunSuites => "Before many messages are sent",
            Self::Inbox => "Inbox",
            Self::InboxFilter => "Filter of the inbox",
            Self::DeskPrompt => "Labels, a note, a time",
            Self::NewCase => "A case of what was said",
            Self::NewSuite => "The file of a new suite",
            Self::Replies => "Saved replies",
            Self::ReplyPlace => "What a saved reply lacks",
        }
    }
}
