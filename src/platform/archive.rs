//! An archive: conversations that were imported. There is no platform behind it, so every call answers that it can't.

use super::Adapter;
use crate::domain::Capabilities;

/// What stands where a platform's adapter would.
pub(super) struct Archive;

impl Archive {
    /// The store's copy is all there is.
    pub(super) const CAPABILITIES: Capabilities = Capabilities { local: true, ..Capabilities::NONE };
}

impl Adapter for Archive {
    fn capabilities(&self) -> Capabilities {
        Self::CAPABILITIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;
    use crate::platform::Outgoing;

    #[tokio::test]
    async fn it_can_be_read_and_that_is_all() {
        assert!(Archive.capabilities().is_archive());
        let sent = Archive.send(&Outgoing { text: "hi".to_owned(), ..Outgoing::default() }).await;
        assert_eq!(sent.err().map(|error| error.failure.kind), Some(Kind::Invalid));
    }
}
