//! Who can have the keys.

/// Who has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Works wherever the keys are.
    Everywhere,
    /// The message that is being written.
    Composer,
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
    /// The line on which a file or a URL is named.
    Attach,
    /// The list of channels.
    Channels,
    /// The help overlay.
    Help,
    /// The lists of the Webhooks view.
    Deliveries,
    /// A delivery, while one is selected.
    Delivery,
    /// The right pane: what is selected, whole.
    Detail,
    /// A data request that waits for an answer, while it is selected.
    Waiting,
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
}

impl Context {
    /// The heading of its keys in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Composer => "Message",
            Self::Roster => "Conversations",
            Self::Filter => "Filter",
            Self::Transcript => "Transcript",
            Self::Decision => "A message that needs your word",
            Self::Offer => "Answers that the bot offers",
            Self::Attach => "What goes out with a message",
            Self::Channels => "Channels",
            Self::Help => "Help",
            Self::Deliveries => "Webhooks",
            Self::Delivery => "A delivery that is selected",
            Self::Detail => "The right pane",
            Self::Waiting => "A data request that waits",
            Self::WebhookFilter => "Filter of the deliveries",
            Self::Answer => "Answer to a data request",
            Self::Hooks => "Hooks",
            Self::ReplayUrl => "Replay to a URL",
            Self::Confirm => "Confirm",
        }
    }
}

/// Whether plain characters are text there.
pub const fn takes_text(context: Context) -> bool {
    matches!(
        context,
        Context::Composer
            | Context::Filter
            | Context::Attach
            | Context::Channels
            | Context::WebhookFilter
            | Context::Answer
            | Context::ReplayUrl
    )
}
