//! What the Webhooks view is told, and what it asks for.

use crate::domain::{
    ChannelName, ConversationId, DataRequest, Delivery, DeliveryId, DeliveryRow, Failure, MessageId, RequestId,
    RequestState, SafeText,
};

/// The listener, as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerView {
    /// Whether it listens.
    pub state: ListenerState,
    /// Where: `127.0.0.1:8787`.
    pub address: String,
    /// Whether it is bound beyond loopback.
    pub public: bool,
    /// The URL of every channel whose platform posts webhooks.
    pub hooks: Vec<HookView>,
}

/// A channel's URL, for the platform's dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookView {
    /// The channel.
    pub channel: ChannelName,
    /// Its URL, its key masked.
    pub url: SafeText,
    /// What is wrong with it, such as a secret that could not be had.
    pub note: Option<String>,
}

/// Whether the listener listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenerState {
    /// Not yet.
    Starting,
    /// It does.
    Listening,
    /// Another instance does; the URL it says.
    Elsewhere(String),
    /// It does not.
    Off(Failure),
}

/// What can happen to the Webhooks view. Answers that can be late carry a ticket or an id.
#[derive(Debug, Clone)]
pub enum WebhookEvent {
    /// The listener changed.
    Listener(ListenerView),
    /// A page of older deliveries.
    Page {
        /// Which page was asked for.
        ticket: u64,
        /// Newest first.
        rows: Vec<DeliveryRow>,
        /// Whether there are none older.
        end: bool,
    },
    /// Deliveries that came, oldest first.
    Came(Vec<DeliveryRow>),
    /// A delivery was read; none if the store has it no more.
    Opened(DeliveryId, Option<Box<Delivery>>),
    /// The data requests as they are now.
    Requests(Vec<DataRequest>),
    /// What became of an answer.
    Answered(RequestId, Result<RequestState, Failure>),
    /// What a replay was answered.
    Replayed(Result<Replayed, Failure>),
    /// What a self-test found, in a sentence or two.
    SelfTested(ChannelName, Result<String, Failure>),
    /// An answer came back from `$EDITOR`.
    Drafted(RequestId, String),
    /// A body to replay came back from `$EDITOR`.
    ReplayDrafted(DeliveryId, String),
    /// The delivery that brought the message that was asked for.
    FoundDelivery(Option<DeliveryId>),
    /// A channel's URL with its key, to be copied.
    HookUrl(ChannelName, Result<String, Failure>),
    /// Something that was asked for could not be done.
    Failed(Failure),
    /// The view was drawn.
    Measured(WebhooksMeasured),
}

/// What a replay was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The HTTP status.
    pub status: u16,
    /// The answer's body. Untrusted.
    pub body: String,
    /// Milliseconds to the answer.
    pub ms: u64,
    /// Where it went.
    pub to: String,
}

/// What the Webhooks view asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEffect {
    /// Read older deliveries from the store.
    Page {
        /// Tells late answers.
        ticket: u64,
        /// Older than this; none for the newest.
        before: Option<DeliveryId>,
        /// How many.
        limit: usize,
    },
    /// Read one delivery whole.
    Open(DeliveryId),
    /// Read the data requests.
    Requests,
    /// Answer a data request, if it is not too late.
    Answer {
        /// Which.
        request: RequestId,
        /// A JSON object.
        data: String,
    },
    /// Send a delivery again, signed anew and marked as a replay.
    Replay {
        /// Which.
        delivery: DeliveryId,
        /// Another body; none sends it as it was.
        body: Option<String>,
        /// Where to.
        to: ReplayTarget,
    },
    /// Send a sample to a channel's hook and explain what comes of it.
    SelfTest(ChannelName),
    /// Say a channel's URL with its key, to be copied.
    CopyHookUrl(ChannelName),
    /// Let the user write an answer in `$EDITOR`.
    EditAnswer {
        /// Whose.
        request: RequestId,
        /// As far as it is written.
        text: String,
    },
    /// Let the user edit a body in `$EDITOR` before it is replayed.
    EditReplay {
        /// Whose.
        delivery: DeliveryId,
        /// The body.
        text: String,
    },
    /// Find the delivery that brought a message, or the newest of its conversation.
    FindDelivery {
        /// Which conversation.
        conversation: ConversationId,
        /// Which message.
        message: Option<MessageId>,
    },
}

/// Where a replay goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayTarget {
    /// To the program's own listener.
    Own,
    /// To a URL that the user confirmed.
    Url(String),
}

/// What a drawing of the view measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WebhooksMeasured {
    /// How many rows the list has for deliveries; none where it was not drawn.
    pub list: Option<usize>,
    /// How many rows the right pane has.
    pub detail: usize,
    /// How many rows its text takes.
    pub lines: usize,
}
