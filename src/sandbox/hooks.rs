//! The webhooks that the sandbox posts as a platform: where to, in what order, how often again.
//!
//! One task owns the queues. The webhooks of one ordering key go out one after the other, since a platform keeps a
//! conversation in order; a receiver that is not there yet is tried again for about a minute. What a webhook says, and
//! how it is signed, is its platform's business.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use url::Url;
use uuid::Uuid;

use crate::domain::Timestamp;
use crate::http::Http;

use super::hook_post::{HookPost, ReceiverResponse, is_loopback};
use super::ledger::HookAttempt;
use super::middleware::Middleware;
use super::options::SandboxError;
use super::signing::{SigningInput, SigningScheme};

/// How long a receiver may take for its answer.
const RECEIVER_TIMEOUT: Duration = Duration::from_secs(10);
/// The pauses between the attempts: about a minute in all.
const RETRY_PAUSES: [Duration; 7] = [
    Duration::from_millis(300),
    Duration::from_millis(700),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(30),
];
/// How long a webhook waits to learn where to go.
const TARGET_TIMEOUT: Duration = Duration::from_mins(1);
/// How many may wait in one queue; beyond them a webhook is lost, as a platform's is.
const LONGEST_QUEUE: usize = 1_000;

/// A webhook to be posted.
#[derive(Debug)]
pub(super) struct OutgoingHook {
    /// Whose it is: it goes to `{hooks}/{channel}`.
    pub(super) channel: &'static str,
    /// Stands behind the channel's name, where the platform signs nothing.
    pub(super) path_key: Option<&'static str>,
    /// Which conversation it belongs to: they are kept in order.
    pub(super) ordering_key: String,
    pub(super) scheme: SigningScheme,
    /// The JSON, as the bytes that are signed.
    pub(super) body: Bytes,
    /// Gets what the receiver answered in the end; dropped where it never did.
    pub(super) response_sender: Option<oneshot::Sender<ReceiverResponse>>,
}

impl OutgoingHook {
    /// One that goes to the channel's own path, and whose answer nobody waits for.
    pub(super) fn new(channel: &'static str, ordering_key: String, scheme: SigningScheme, body: Bytes) -> Self {
        Self { channel, path_key: None, ordering_key, scheme, body, response_sender: None }
    }
}

/// How the platforms' rooms hand in webhooks. Cloning is cheap.
#[derive(Clone)]
pub(super) struct HookSender {
    sender: mpsc::UnboundedSender<OutgoingHook>,
    base: watch::Receiver<Option<Url>>,
}

impl HookSender {
    /// Starts the task that posts, on the current runtime.
    pub(super) fn open(
        http: Http,
        middleware: Middleware,
        base: watch::Receiver<Option<Url>>,
        clock: fn() -> Timestamp,
    ) -> Self {
        let (sender, inbox) = mpsc::unbounded_channel();
        let poster = Arc::new(HookPoster { http, middleware, base: base.clone(), clock });
        tokio::spawn(run_queues(inbox, poster));
        Self { sender, base }
    }

    /// Hands in a webhook; it is posted when its turn has come.
    pub(super) fn post(&self, hook: OutgoingHook) {
        let _ = self.sender.send(hook);
    }

    /// Waits until it is known where webhooks go; never returns where that is never said.
    pub(super) async fn has_target(&self) {
        let mut base = self.base.clone();
        if base.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The base that a text names.
pub(super) fn parse_base(text: &str, anywhere: bool) -> Result<Url, SandboxError> {
    let refused = |reason: &str| SandboxError::Hooks { url: text.to_owned(), reason: reason.to_owned() };
    let url = Url::parse(text).map_err(|_| refused("it is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        return Err(refused("it is not a plain http:// address"));
    }
    if !anywhere && !is_loopback(&url) {
        return Err(refused("webhooks go to loopback addresses only"));
    }
    Ok(url)
}

type OrderingKey = (&'static str, String);

/// Hands each queue's webhooks to a task of its own, one at a time.
async fn run_queues(mut inbox: mpsc::UnboundedReceiver<OutgoingHook>, poster: Arc<HookPoster>) {
    let mut queues: HashMap<OrderingKey, VecDeque<OutgoingHook>> = HashMap::new();
    let mut under_way = JoinSet::new();
    loop {
        let next = tokio::select! {
            asked = inbox.recv() => {
                let Some(hook) = asked else { return };
                let ordering_key = (hook.channel, hook.ordering_key.clone());
                match queues.get_mut(&ordering_key) {
                    Some(waiting) if waiting.len() >= LONGEST_QUEUE => {
                        tracing::warn!(channel = hook.channel, "the sandbox dropped a webhook: too many wait");
                        continue;
                    }
                    Some(waiting) => {
                        waiting.push_back(hook);
                        continue;
                    }
                    None => {
                        queues.insert(ordering_key, VecDeque::new());
                        hook
                    }
                }
            }
            Some(done) = under_way.join_next() => {
                let Ok(ordering_key) = done else { continue };
                let Some(hook) = queues.get_mut(&ordering_key).and_then(VecDeque::pop_front) else {
                    queues.remove(&ordering_key);
                    continue;
                };
                hook
            }
        };
        let poster = poster.clone();
        under_way.spawn(async move {
            let ordering_key = (next.channel, next.ordering_key.clone());
            poster.deliver(next).await;
            ordering_key
        });
    }
}

/// What posting takes.
struct HookPoster {
    http: Http,
    middleware: Middleware,
    base: watch::Receiver<Option<Url>>,
    clock: fn() -> Timestamp,
}

impl HookPoster {
    /// Posts a webhook until it is taken, refused or given up.
    async fn deliver(&self, hook: OutgoingHook) {
        let once = Uuid::new_v4().to_string();
        let mut entered = None;
        for number in 1_u32.. {
            let Some(url) = self.target(&hook).await else { return };
            // Signed anew for each attempt: a signature that tells the time would be stale.
            let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            let now = (self.clock)();
            let input = SigningInput { url: &url, idempotency_key: &once, now, body: &hook.body };
            headers.extend((hook.scheme)(&input));
            let post = HookPost { url, headers, body: hook.body.clone() };
            let seq = match entered {
                Some(seq) => seq,
                None => match self.middleware.enter_post((self.clock)(), post.clone()).await {
                    Ok(seq) => *entered.insert(seq),
                    Err(_) => return,
                },
            };
            let outcome = post.send(&self.http, RECEIVER_TIMEOUT).await.map_err(|error| error.to_string());
            self.middleware.settle_post(seq, HookAttempt { number, post, outcome: outcome.clone() });
            let again = outcome.as_ref().map_or(true, |answered| is_passing(answered.status));
            match (RETRY_PAUSES.get(number as usize - 1), outcome) {
                (Some(pause), _) if again => tokio::time::sleep(*pause).await,
                (_, Ok(answered)) => {
                    if let Some(response_sender) = hook.response_sender {
                        let _ = response_sender.send(answered);
                    }
                    return;
                }
                (_, Err(_)) => return,
            }
        }
    }

    /// Where it goes, once that is known.
    async fn target(&self, hook: &OutgoingHook) -> Option<Url> {
        let mut base = self.base.clone();
        let known = tokio::time::timeout(TARGET_TIMEOUT, base.wait_for(Option::is_some)).await;
        let mut url = known.ok()?.ok()?.clone()?;
        url.path_segments_mut().ok()?.pop_if_empty().push(hook.channel).extend(hook.path_key);
        Some(url)
    }
}

/// Whether a receiver that answers so may do better later.
fn is_passing(status: u16) -> bool {
    status >= 500 || matches!(status, 408 | 429)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_stay_on_this_machine_unless_they_may_leave() {
        for good in ["http://127.0.0.1:8787/hooks", "http://localhost/", "http://[::1]:1/a/b"] {
            assert!(parse_base(good, false).is_ok(), "{good}");
        }
        for bad in ["", "hooks", "ftp://127.0.0.1", "http://127.0.0.1/?a", "http://127.0.0.1.example/"] {
            assert!(parse_base(bad, false).is_err(), "{bad}");
        }
        assert!(parse_base("https://hooks.example.com/x", false).is_err());
        assert!(parse_base("https://hooks.example.com/x", true).is_ok());
    }
}
