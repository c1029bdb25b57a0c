//! How a webhook is signed. Each platform's scheme is in its own folder, spelled out by hand from what is known of it.

use url::Url;

use crate::domain::Timestamp;

/// What a scheme may sign.
pub(super) struct SigningInput<'a> {
    /// Where the webhook goes, as the platform knows it.
    pub(super) url: &'a Url,
    /// The same for each attempt to post one webhook.
    pub(super) idempotency_key: &'a str,
    pub(super) now: Timestamp,
    pub(super) body: &'a [u8],
}

/// A scheme: gives the headers that go with a webhook, names and values.
pub(super) type SigningScheme = fn(&SigningInput<'_>) -> Vec<(String, String)>;

/// The scheme of a platform that signs nothing.
pub(super) fn unsigned(_: &SigningInput<'_>) -> Vec<(String, String)> {
    Vec::new()
}
