//! The Webhooks view: deliveries as they came, one of them whole, and the data requests that wait for an answer.
//!
//! Owns what the view knows and where it is looked at. Changes are made by `update`; the pieces that need no state
//! (JSON, comparing, commands for a shell, masks) stand in their own files.

pub(super) mod curl;
pub(super) mod diff;
mod event;
mod filter;
pub(super) mod json;
mod mask;
mod opened;
mod requests;

use std::collections::BTreeMap;

use super::feed::Feed;
use super::keymap::Context;
use super::line_input::LineInput;
use super::text_buffer::TextBuffer;
use crate::domain::{
    ChannelName, ConversationId, DataRequest, Delivery, DeliveryId, DeliveryRow, Failure, MessageId, RequestId,
    RequestState,
};

pub use super::view::Side;
pub use diff::{Change, Changes};
pub use event::{
    HookView, ListenerState, ListenerView, ReplayTarget, Replayed, WebhookEffect, WebhookEvent, WebhooksMeasured,
};
pub use filter::Standing;
pub use json::{Problem, pretty};
pub use mask::{header as masked_header, url as masked_url};
pub use opened::{DRAWN_BYTES, Opened};
pub use requests::Requests;
pub(super) use requests::is_open;

/// The Webhooks view.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is by itself")]
pub struct Webhooks {
    /// What is known of the listener.
    pub listener: Option<ListenerView>,
    /// The data requests.
    pub requests: Requests,
    /// The deliveries that are loaded.
    pub list: Feed<DeliveryRow>,
    /// Whether the filter line has the keys.
    pub filtering: bool,
    /// Which side has the keys.
    pub side: Side,
    /// The delivery that was read last.
    pub opened: Option<Opened>,
    /// The delivery that is being read.
    pub opening: Option<DeliveryId>,
    /// A delivery that is selected although the list does not reach to it yet.
    pub seek: Option<DeliveryId>,
    /// Whether bodies are shown as they came.
    pub raw: bool,
    /// The first row of the right pane.
    pub scroll: usize,
    /// The delivery that the next one is compared with.
    pub marked: Option<(DeliveryId, Box<Delivery>)>,
    /// Two deliveries side by side.
    pub compared: Option<Compared>,
    /// The answer that is being written.
    pub answer: Option<Answer>,
    /// Answers that were begun, of requests that still live.
    pub drafts: BTreeMap<RequestId, String>,
    /// What lies over the view.
    pub overlay: Option<Overlay>,
    /// The delivery that is being sent again.
    pub replaying: Option<DeliveryId>,
    /// What came of the last replay.
    pub replayed: Option<(DeliveryId, Result<Replayed, Failure>)>,
    /// What came of the self-tests; none while one is under way.
    pub tests: BTreeMap<ChannelName, Option<Result<String, Failure>>>,
    /// How many deliveries came while the view was not open.
    pub unseen: u64,
    /// The message that Chat is to show, once its conversation is loaded, and how many rows below its first one.
    pub landing: Option<(ConversationId, MessageId, i64)>,
    /// What the last drawing measured.
    pub measured: WebhooksMeasured,
    /// Whether the first page was asked for.
    pub asked: bool,
    /// Whether nothing was asked of the view since it was opened: a data request that waits is then selected.
    pub untouched: bool,
}

/// Two deliveries, compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The one that was marked.
    pub left: DeliveryId,
    /// The one that it is compared with.
    pub right: DeliveryId,
    /// What differs; none where one of them is no JSON.
    pub changes: Option<Changes>,
}

/// The answer to a data request that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose.
    pub request: RequestId,
    /// What stands in the editor.
    pub text: TextBuffer,
    /// Why it can't be sent as it is.
    pub problem: Option<Problem>,
    /// Whether it is on its way.
    pub sending: bool,
}

/// What lies over the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// Every channel's URL, and the listener. The selected one's place.
    Hooks(usize),
    /// The URL that a delivery is to be sent to, as far as it is typed, and what is wrong with it.
    Prompt {
        /// Which delivery.
        delivery: DeliveryId,
        /// What is typed.
        text: LineInput,
        /// Why it is no URL to send to.
        problem: Option<&'static str>,
    },
    /// A replay that waits for the user's word.
    Confirm {
        /// Which delivery.
        delivery: DeliveryId,
        /// Its edited body; none sends it as it was.
        body: Option<String>,
        /// Where to.
        to: ReplayTarget,
    },
}

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selected<'a> {
    /// Nothing.
    None,
    /// A data request.
    Request(&'a DataRequest),
    /// A delivery; its row is missing where the list does not reach to it.
    Delivery(DeliveryId, Option<&'a DeliveryRow>),
}

impl Webhooks {
    /// Whether nothing listens for webhooks that should: what comes by them does not come now.
    pub fn is_deaf(&self) -> bool {
        self.listener.as_ref().is_some_and(|listener| matches!(listener.state, ListenerState::Off(_)))
    }

    /// Who has the keys, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        match &self.overlay {
            Some(Overlay::Hooks(_)) => return vec![Context::Hooks],
            Some(Overlay::Prompt { .. }) => return vec![Context::ReplayUrl],
            Some(Overlay::Confirm { .. }) => return vec![Context::Confirm],
            None if self.answer.is_some() => return vec![Context::Answer],
            None if self.filtering => return vec![Context::WebhookFilter],
            None => {}
        }
        let mut contexts = Vec::new();
        if self.answerable().is_ok() && self.requests.selected().is_none_or(|r| r.state != RequestState::Received) {
            contexts.push(Context::Requested);
        }
        // What can be done with what is selected can be done from both sides.
        match self.selected() {
            Selected::Request(request) if request.state == RequestState::Received => contexts.push(Context::Waiting),
            Selected::Delivery(..) if self.side == Side::List => contexts.push(Context::Delivery),
            _ => {}
        }
        if self.side == Side::Detail {
            contexts.push(Context::Detail);
            if self.delivery_id().is_some() {
                contexts.push(Context::Delivery);
            }
        }
        contexts.push(Context::Deliveries);
        contexts
    }

    /// What is selected.
    pub fn selected(&self) -> Selected<'_> {
        if let Some(request) = self.requests.selected() {
            return Selected::Request(request);
        }
        match self.seek.or(self.list.selected) {
            Some(id) => Selected::Delivery(id, self.list.row(id)),
            None => Selected::None,
        }
    }

    /// The data request that an answer would be written to: the selected one, or that of the selected delivery, if that
    /// one waits; else the one whose time is up first. Else what became of the one that is meant, if one is.
    pub fn answerable(&self) -> Result<&DataRequest, Option<&DataRequest>> {
        let meant = match self.selected() {
            Selected::Request(request) if request.state == RequestState::Received => Some(request),
            Selected::Delivery(_, Some(DeliveryRow { request: Some(id), .. })) => match self.requests.get(id) {
                // It is over for so long that it is not listed any more.
                None => return Err(None),
                request => request,
            },
            _ => self.requests.all.iter().find(|r| r.state == RequestState::Received),
        };
        meant.filter(|r| r.state == RequestState::Received).ok_or(meant)
    }

    /// The selected delivery, if one is.
    pub fn delivery_id(&self) -> Option<DeliveryId> {
        match self.selected() {
            Selected::Delivery(id, _) => Some(id),
            _ => None,
        }
    }

    /// The selected delivery whole, if it has been read.
    pub fn delivery(&self) -> Option<(DeliveryId, &Delivery)> {
        let id = self.delivery_id()?;
        let opened = self.opened.as_ref().filter(|o| o.id == id)?;
        Some((id, opened.delivery.as_deref()?))
    }

    /// Whether new deliveries take the top of the list: nothing older is being read.
    pub fn follows(&self) -> bool {
        let on_list = self.requests.selected.is_none() && self.seek.is_none();
        let reads = self.side == Side::Detail && on_list || self.compared.is_some() || self.overlay.is_some();
        self.list.view.top == 0 && !reads && (!on_list || self.list.at_newest())
    }

    /// The channel of what is selected; in the list of hooks the one selected there.
    pub fn channel(&self) -> Option<ChannelName> {
        if let Some(Overlay::Hooks(at)) = self.overlay {
            return self.listener.as_ref()?.hooks.get(at).map(|h| h.channel.clone());
        }
        match self.selected() {
            Selected::Request(request) => Some(request.channel.clone()),
            Selected::Delivery(_, row) => row.map(|r| r.channel.clone()),
            Selected::None => None,
        }
    }

    /// Whether there is nothing to list, so that the hooks are shown in the right pane.
    pub fn is_empty(&self) -> bool {
        self.list.rows.is_empty() && self.requests.all.is_empty() && self.seek.is_none()
    }
}
