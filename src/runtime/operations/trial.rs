//! Whether a channel works: its secrets fetched, its platform asked for something that changes nothing. For one that no config
//! file has yet as well, with no store opened for it.

use std::time::Instant;

use crate::domain::{Capabilities, Channel, Failure, Kind, PageRequest, Timestamp};
use crate::http::{Http, Retry};
use crate::platform::{Adapter, CallError, ListRequest};
use crate::runtime::checkup::{Area, Finding};
use crate::runtime::{Platforms, Runtime, open, retry};

/// One try: whoever asks wants to know how it is now.
const ONCE: Retry = crate::http::policies::TRIAL;

impl Runtime {
    /// Tries a channel that no config file has yet: fetches its secrets, and asks its platform for something that changes
    /// nothing. Nothing is kept.
    pub async fn try_channel(platforms: &Platforms, channel: &Channel) -> Finding {
        let can = platforms.capabilities(channel);
        let (platforms, channel) = (platforms.clone(), channel.clone());
        let name = channel.name.clone();
        // A secret may take its time.
        let opening = tokio::task::spawn_blocking(move || {
            let http = open::trusting(Http::new(Timestamp::now), &channel)?;
            platforms.open(&channel, &http, &|reference| open::secret(&channel, reference))
        });
        let opened = opening
            .await
            .unwrap_or_else(|_| Err(Failure::new(Kind::Failed, "Opening the channel ended unexpectedly.")));
        match opened {
            Ok(adapter) => called(&*adapter, can).await,
            Err(failure) => Finding::bad(Area::Channel, &failure),
        }
        .of_channel(&name)
    }
}

/// Asks the platform for something that changes nothing.
pub(in crate::runtime) async fn called(adapter: &dyn Adapter, can: Capabilities) -> Finding {
    let begun = Instant::now();
    let asked = match asked(adapter, can).await {
        Ok(Some(asked)) => asked,
        Ok(None) => {
            let what =
                "Its secrets are there. Its platform has nothing that could be asked without a message going out.";
            let hint = if can.webhook {
                "In the Webhooks view, h and then t posts a sample to its hook."
            } else {
                "`patchcord chat` sends one."
            };
            return Finding::warning(Area::Channel, what, hint);
        }
        Err(failure) => return Finding::bad(Area::Channel, &failure),
    };
    let took = begun.elapsed().as_millis();
    Finding::good(Area::Channel, format!("Its platform answered in {took} ms: {asked}."))
}

/// What it answered; none where nothing can be asked.
async fn asked(adapter: &dyn Adapter, can: Capabilities) -> Result<Option<String>, Failure> {
    let page = PageRequest { limit: 1, cursor: None };
    let counted = |items: usize, total: Option<u64>, noun: &str| {
        total.map_or_else(
            || if items == 0 { format!("it lists no {noun}") } else { format!("it lists its {noun}") },
            |total| format!("{total} {noun}"),
        )
    };
    let failed = |error: CallError| error.failure;
    if can.list {
        let request = ListRequest::from(page);
        let listed = retry::with_retries(&ONCE, || adapter.list(&request), |_, _| true).await.map_err(failed)?;
        return Ok(Some(counted(listed.items.len(), listed.total, "conversations")));
    }
    if let Some(sources) = adapter.sources() {
        let listed = retry::with_retries(&ONCE, || sources.list(&page), |_, _| true).await.map_err(failed)?;
        return Ok(Some(counted(listed.items.len(), listed.total, "data sources")));
    }
    Ok(None)
}
