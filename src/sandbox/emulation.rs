//! What a platform brings so that the sandbox emulates it: a [`EmulationDescriptor`], known before anything runs, and an
//! [`EmulatedPlatform`], which answers its requests while the sandbox does. `platforms` lists them all.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::api::{ApiRequest, ApiResponse, ErrorResponse};
use super::context::SandboxContext;
use super::hook_post::ReceiverResponse;
use super::options::{Options, SandboxError};
use super::signing::SigningScheme;

/// What is known of a platform before the sandbox runs.
#[derive(Debug)]
pub(super) struct EmulationDescriptor {
    /// Its id, as a config and a request to `deliver` have it.
    pub(super) id: &'static str,
    /// What its channel is called in the printed config, and so where its webhooks go.
    pub(super) channel: &'static str,
    /// The settings of that channel for a sandbox under a base URL, in the order in which the config has them.
    pub(super) settings: fn(base_url: &str) -> Vec<(&'static str, ChannelSetting)>,
    /// The first segments of the paths that are its own.
    pub(super) roots: &'static [&'static str],
    /// The headers that its secrets come in, in lower case: the ledger masks them.
    pub(super) secret_headers: &'static [&'static str],
    /// The fields of a JSON object or of a form that its secrets come in: the ledger masks them too.
    pub(super) secret_fields: &'static [&'static str],
    /// How its webhooks are signed; none where it posts none.
    pub(super) webhooks: Option<SigningScheme>,
    /// Opens what it keeps, and gives what starts it.
    pub(super) open: fn(&Options) -> Result<StartPlatform, SandboxError>,
}

/// Starts a platform's tasks on the sandbox's runtime.
pub(super) type StartPlatform = Box<dyn FnOnce(&SandboxContext) -> Arc<dyn EmulatedPlatform> + Send>;

/// The value of a channel's setting.
pub(super) enum ChannelSetting {
    Plain(String),
    Secret(&'static str),
}

/// A platform, as it runs.
pub(super) trait EmulatedPlatform: Send + Sync {
    /// Answers a request whose path is the platform's, or says that there is no such endpoint.
    fn respond<'a>(&'a self, request: &'a ApiRequest) -> BoxFuture<'a, ApiResponse>;

    /// Begins to do something of its own accord, where the platform does; it goes on until the sandbox stops.
    fn simulate(&self) {}

    /// The webhook that tells of an event, as somebody described that to `deliver`.
    ///
    /// # Errors
    /// What is wrong with the event, as the answer to who described it.
    fn webhook(&self, event: Value) -> Result<EventWebhook, ErrorResponse>;
}

/// What is done with what a receiver answered.
pub(super) type OnResponse = Box<dyn FnOnce(&ReceiverResponse) + Send>;

/// The webhook that tells of an event, before it is signed.
pub(super) struct EventWebhook {
    pub(super) body: String,
    /// Is called with what the receiver answered; not where it never did.
    pub(super) on_response: Option<OnResponse>,
}

impl EventWebhook {
    /// One whose answer says nothing to the platform.
    pub(super) fn new(body: &Value) -> Self {
        Self { body: body.to_string(), on_response: None }
    }
}
