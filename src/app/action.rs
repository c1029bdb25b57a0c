//! What a key can mean: the bindable intents.

/// A bindable intent. The table in `keymap` says which key means which, and in which context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Send what the composer holds.
    Send,
    /// A new line in the composer.
    Newline,
    /// Up a row of the message; in an empty one, the message that was sent before.
    RowUp,
    /// Down a row of the message.
    RowDown,
    /// Stop the reply that is being written and keep what came.
    Stop,
    /// One level back: an overlay, a filter, a pane.
    Back,
    /// Open a new conversation.
    NewConversation,
    /// Edit the composer's text in `$EDITOR`.
    ExternalEditor,
    /// The next pane gets the keys.
    NextPane,
    /// The pane before gets the keys.
    PreviousPane,
    /// One row up in a list or text.
    Up,
    /// One row down.
    Down,
    /// One screen up.
    PageUp,
    /// One screen down.
    PageDown,
    /// To the beginning.
    Top,
    /// To the end, and stay there.
    Bottom,
    /// To the user's own message before.
    PreviousOwn,
    /// To the user's next own message.
    NextOwn,
    /// Open the selected conversation.
    Open,
    /// Open the next conversation in which something is new, on whichever channel.
    NextUnread,
    /// Open the conversation that stands below in the list.
    NextConversation,
    /// Open the one that stands above.
    PreviousConversation,
    /// Put a conversation beside the open one.
    OpenBeside,
    /// Go over to the conversation beside.
    OtherSide,
    /// Put away what stands beside.
    CloseBeside,
    /// Put what is new into the list of conversations.
    TakeIn,
    /// Type to filter the roster.
    Filter,
    /// Ask the platform again.
    Refresh,
    /// Ask the platform whether a message of unknown fate arrived.
    CheckAgain,
    /// Send such a message again, knowing that it may arrive twice.
    SendAgain,
    /// Give such a message up.
    Drop,
    /// Let go of what is held in the queue: it leaves, one behind the other.
    ReleaseQueue,
    /// Take the selected message of the queue back into the composer.
    QueueEdit,
    /// Drop the selected message of the queue.
    QueueDrop,
    /// Bring back what was dropped last.
    QueueUndo,
    /// The selected message of the queue leaves sooner.
    QueueUp,
    /// It leaves later.
    QueueDown,
    /// Send the nth of the answers that the bot offers, counted from 1.
    QuickReply(u8),
    /// Name a file or a URL that goes out with the message.
    Attach,
    /// Show all that the platform tells of the conversation, or only its beginning.
    Details,
    /// List the channels.
    Channels,
    /// Open the next channel.
    NextChannel,
    /// Open the channel before.
    PreviousChannel,
    /// Show the keys.
    Help,
    /// Choose a theme.
    Themes,
    /// Add a channel to the config file.
    AddChannel,
    /// Find what can be done, and where one can go, by its name.
    Palette,
    /// Copy the command that does the same as what is selected.
    CopyEquivalent,
    /// See what the terminal sends for a key, and what the key means.
    TestKeys,
    /// The message that is being written gets the keys.
    FocusComposer,
    /// The conversation's messages get the keys.
    FocusTranscript,
    /// The list of conversations gets the keys.
    FocusRoster,
    /// Quit, whatever is being written: it is kept as a draft.
    Quit,
    /// Give the mouse to the terminal, or take it back.
    Mouse,
    /// Draw everything anew.
    Redraw,
    /// Hand the terminal back to the shell until it continues the program.
    Suspend,
    /// Stop a reply; or quit, when pressed twice.
    Interrupt,
    /// Quit, where the composer is empty.
    Leave,
    /// Show the Chat view.
    ShowChat,
    /// Show the Sources view.
    ShowSources,
    /// Show the Webhooks view.
    ShowWebhooks,
    /// From a message to the delivery that brought it.
    ToDelivery,
    /// From a delivery, or a case of a suite, to its conversation.
    ToConversation,
    /// Send a delivery again as it was, to the program's own listener.
    Replay,
    /// The same with an edited body.
    ReplayEdited,
    /// Send a delivery to a URL.
    ReplayTo,
    /// Copy a delivery as a command for a shell, without its secrets.
    CopyCommand,
    /// The same with them.
    CopyCommandWhole,
    /// Mark a delivery, or compare this one with it.
    Mark,
    /// Compare a delivery with the marked one.
    Compare,
    /// Try whether a channel's hook can be reached.
    SelfTest,
    /// Copy a channel's URL for the platform's dashboard.
    CopyHook,
    /// Show every channel's URL.
    Hooks,
    /// A body laid out, or as it came.
    Pretty,
    /// Send the answer to a data request.
    SendAnswer,
    /// Write an answer to a data request: that of the selected delivery, or the one whose time is up first.
    AnswerRequest,
    /// Do what is asked about.
    Confirm,
    /// Write the selected row in the editor.
    EditRow,
    /// Write it in `$EDITOR`.
    EditRowOutside,
    /// Make a row.
    NewRow,
    /// Give the selected row another name.
    RenameRow,
    /// Stage the deletion of the marked rows, or the selected one; or take it back.
    DeleteRows,
    /// Mark the selected row, or take its mark off.
    MarkRow,
    /// Begin a range of marked rows, or end it.
    MarkRange,
    /// Mark all rows that are shown.
    MarkAll,
    /// Throw away what is staged of the marked rows, or of the selected one.
    Discard,
    /// Show what is staged of the selected row: old to new.
    ShowDifference,
    /// Show a row another way: rendered, as it is written, as a difference.
    ShowNext,
    /// Show the whole difference of what is staged in the source.
    Review,
    /// Apply what is staged: of the marked rows, or all; shows what it is first.
    Apply,
    /// Apply the row that is being written.
    ApplyRow,
    /// Sync the source.
    Sync,
    /// Ask how often the source is to be synced by itself.
    Interval,
    /// List what can be put back.
    Journal,
    /// Show what became of each change that was applied last.
    Results,
    /// Make a source.
    NewSource,
    /// Delete a source; asks first.
    DeleteSource,
    /// Show the conflict of the selected row.
    ShowConflict,
    /// End a conflict with what was written here.
    KeepMine,
    /// End a conflict with what stands on the platform.
    TakeTheirs,
    /// End a conflict in the editor, both joined.
    Merge,
    /// Show the preview beside the text that is being written, or not.
    Preview,
    /// Search in the text that is being written; again: the next place.
    Search,
    /// The place before in which the text was found.
    SearchBack,
    /// Begin no more of what is being applied.
    CancelApply,
    /// Pick the message before the one that is picked, or the last one on screen.
    PickPrevious,
    /// Pick the message after the one that is picked.
    PickNext,
    /// Begin a range at the picked message; again: end it.
    PickRange,
    /// Copy what is picked: the text of the message, or of the range, as it was written.
    Copy,
    /// Choose what is copied of it, and how.
    CopyMenu,
    /// Read what is picked, or all messages that are loaded, in `$PAGER`.
    Pager,
    /// List the links of the message, to open one in the browser.
    Links,
    /// Show what is known of the picked message.
    ShowMessage,
    /// Show the picked message as it was written, or rendered; with none picked all of them.
    RawSource,
    /// Write the last message again: its text goes into the composer.
    EditLast,
    /// Go to the first message that is new since the conversation was left.
    ToNew,
    /// Search in the conversation.
    SearchHere,
    /// Search everywhere for what is being searched for here.
    SearchEverywhere,
    /// Go to the next place that the search found.
    NextMatch,
    /// Go to the place before.
    PreviousMatch,
    /// Go back to where the search began.
    SearchOrigin,
    /// Show the Log view.
    ShowLog,
    /// Show the Tests view.
    ShowTests,
    /// Ask the selected case, or the cases of the selected suite.
    RunCase,
    /// Ask all cases of the suite.
    RunSuite,
    /// Ask all cases of all suites.
    RunAllSuites,
    /// Ask the cases that did not pass when they were asked last.
    RunMissed,
    /// Begin no more cases of the run that is under way.
    StopRun,
    /// Take a changed answer as the one to keep.
    AcceptAnswer,
    /// Refuse a changed answer: what is kept stays.
    RefuseAnswer,
    /// Let an answer wait again that was taken or refused last.
    UndoAnswer,
    /// Make a case of a suite of the picked turns.
    MakeCase,
    /// Edit a suite's file in `$EDITOR`.
    EditSuite,
    /// Show the failed calls, or the cases that did not pass, alone; or all.
    OnlyFailed,
    /// Make a call again that only reads.
    RunAgain,
    /// Show the Search view.
    ShowSearch,
    /// Keep the search under a name.
    SaveSearch,
    /// Show the searches that are kept.
    SavedSearches,
    /// Forget a kept search.
    ForgetSearch,
    /// Export: the open conversation, the marked ones, or all that the filter shows.
    Export,
    /// Import an exported file.
    Import,
    /// Complete the path that is being typed.
    Complete,
    /// Mark a conversation, or take the mark off.
    MarkConversation,
    /// Mark all conversations that are shown, or none.
    MarkConversations,
    /// Begin a range of marked conversations, or end it.
    MarkConversationRange,
    /// List the saved replies.
    SavedReplies,
    /// Show the conversations of all channels.
    ShowInbox,
    /// Keep conversations above the others, or take them down.
    Pin,
    /// Give conversations labels, or take some off.
    Label,
    /// Note something of conversations, for oneself.
    Note,
    /// Put conversations out of the way, or back.
    Archive,
    /// Put conversations out of the way for a while.
    Snooze,
    /// Say that nothing in conversations is new any more.
    MarkRead,
    /// Do again what was done to conversations last.
    Repeat,
    /// Take back what was done to conversations last.
    UndoDesk,
    /// Leave only conversations in which something is new, or all.
    OnlyUnread,
    /// Leave only conversations in which somebody waits, or all.
    OnlyWaiting,
    /// Leave only pinned conversations, or all.
    OnlyPinned,
    /// Leave only archived conversations, or all others.
    OnlyArchived,
    /// Leave only snoozed conversations, or all others.
    OnlySnoozed,
}

/// What the answers that the bot offers are called.
const QUICK_REPLIES: [&str; 9] = [
    "quick-reply-1",
    "quick-reply-2",
    "quick-reply-3",
    "quick-reply-4",
    "quick-reply-5",
    "quick-reply-6",
    "quick-reply-7",
    "quick-reply-8",
    "quick-reply-9",
];

impl Action {
    /// Whether it leads to a view or to the list of channels: what is of use in one view alone is closed before.
    pub(in crate::app) const fn leaves_view(self) -> bool {
        matches!(
            self,
            Self::ShowInbox
                | Self::ShowChat
                | Self::ShowSources
                | Self::ShowWebhooks
                | Self::ShowLog
                | Self::ShowTests
                | Self::ShowSearch
                | Self::Channels
        )
    }

    /// Whether it means the same whichever view is open, so that no view does anything about it, but its own.
    pub(in crate::app) const fn is_for_every_view(self) -> bool {
        self.leaves_view()
            || matches!(
                self,
                Self::SearchHere
                    | Self::NewConversation
                    | Self::NextChannel
                    | Self::PreviousChannel
                    | Self::AnswerRequest
                    | Self::NextUnread
                    | Self::ReleaseQueue
                    | Self::Help
                    | Self::Mouse
                    | Self::Redraw
                    | Self::Suspend
                    | Self::Interrupt
            )
    }

    /// What the config file and the manual call it: its name here in lower case, its words joined by `-`.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuickReply(n) => {
                QUICK_REPLIES.get(usize::from(n).wrapping_sub(1)).copied().unwrap_or("quick-reply")
            }
            other => other.into(),
        }
    }
}
