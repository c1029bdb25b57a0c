//! From what went wrong on the wire to what it means: may it be repeated, and what is the user told.
//!
//! One table for all adapters, since the rule "a message is never sent twice" is one rule. What a platform means by a
//! status beyond HTTP's own meaning is in the [`Words`] that its adapter gives.

use std::time::Duration;

use super::lenient_json::{self, Object};
use super::{CallError, Outcome};
use crate::domain::{ChannelName, Failure, Kind, Secret, Timestamp};
use crate::http::{HttpError, Reach, Response};

/// What a call is for: how careful to be with repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Sends a message: must not happen twice.
    Message,
    /// Opens a conversation: a second one would be empty, and harmless.
    Open,
    /// Changes what can be read back: rows, sources. Never repeated unseen, since rows of one name may stand twice.
    Write,
    /// Reads.
    Read,
}

/// What a platform means, and which settings to look at.
#[derive(Debug)]
pub(super) struct Words {
    /// What to do about 401 and 403.
    pub(super) unauthorized: String,
    /// What to do about 404.
    pub(super) not_found: String,
    /// What 429 can mean.
    pub(super) busy: &'static str,
}

/// The server of one channel, as failures speak of it.
#[derive(Debug)]
pub(super) struct Peer {
    /// Its host.
    pub(super) host: String,
    /// Taken out of everything that the server says, in case it quotes it back.
    pub(super) secret: Secret,
    /// The platform's meanings.
    pub(super) words: Words,
}

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct ErrorResponse {
    /// Its status.
    pub(super) status: u16,
    /// Its Retry-After.
    pub(super) retry_after_ms: Option<u64>,
    /// When it came.
    pub(super) received: Timestamp,
    /// What the server says about it.
    pub(super) said: Option<String>,
    /// The platform's own name for it, where it has one.
    pub(super) code: Option<String>,
    /// Whether the platform says that it will pass.
    pub(super) transient: bool,
}

/// How much of an error's body is read for the server's own words, and for how long.
const COMPLAINT: (usize, Duration) = (64 * 1024, Duration::from_secs(5));

/// What an answer that is no success says, and the object that its body holds; an empty one where it holds none. Where
/// an error is plain text by `plain`, that is what it says.
pub(super) async fn refusal(mut response: Response, plain: bool) -> (ErrorResponse, Object) {
    let (status, received) = (response.status(), response.received());
    let retry_after_ms = response.retry_after_ms();
    let body = response.bytes(COMPLAINT.0, COMPLAINT.1).await.unwrap_or_default();
    let (said, object) = match lenient_json::object(&body) {
        Ok(object) => (lenient_json::complaint(&object), object),
        Err(_) => (lenient_json::plain(&body).filter(|_| plain), Object::new()),
    };
    (ErrorResponse { status, retry_after_ms, received, said, code: None, transient: false }, object)
}

/// A setting that can't work, found before anything was sent.
pub(super) fn setting(channel: &ChannelName, key: &str, error: &HttpError) -> Failure {
    Failure::new(Kind::Config, format!("the channel {channel} can't be used: {error}"))
        .hint(format!("Look at its {key} in the config file."))
}

const MAYBE: &str = "The message may have arrived. It was not sent again.";
const PERHAPS: &str = "It may have been done all the same, and was not repeated: look before you do it again.";
const TOOK: &str = "The platform took the message. What came of the reply is kept.";

/// A call without an answer, or whose answer broke off.
pub(super) fn broken(error: &HttpError, purpose: Purpose) -> CallError {
    let message = error.to_string();
    let make = |outcome, kind| CallError { outcome, failure: Failure::new(kind, &*message) };
    match (error, error.reach(), purpose) {
        (HttpError::Connect { .. }, ..) => {
            with(make(Outcome::NotSent, Kind::Network), "Nothing was sent. Check the network and base_url.")
        }
        (HttpError::ReadOnly { .. }, ..) => with(make(Outcome::Refused, Kind::Invalid), crate::domain::READ_ONLY),
        (HttpError::Address { .. } | HttpError::Header { .. }, ..) => make(Outcome::Refused, Kind::Config),
        // A proxy's doing as a rule. What it hides may be that all went well.
        (HttpError::Encoded { .. }, _, Purpose::Message) => with(make(Outcome::Accepted, Kind::Platform), TOOK),
        (HttpError::Encoded { .. }, _, Purpose::Write) => with(make(Outcome::Unknown, Kind::Platform), PERHAPS),
        (HttpError::Encoded { .. }, ..) => make(Outcome::Accepted, Kind::Platform),
        (_, Reach::NotSent, _) => make(Outcome::Refused, Kind::Failed),
        (HttpError::Redirect { status, .. }, ..) => {
            let mut error = make(Outcome::Refused, Kind::Platform);
            error.failure.status = Some(*status);
            with(error, "The request and its secret went nowhere else. If the platform has moved, change base_url.")
        }
        (_, Reach::Left, Purpose::Message) => with(make(Outcome::Unknown, Kind::UnknownDelivery), MAYBE),
        (HttpError::TooBig { .. }, _, Purpose::Write) => with(make(Outcome::Unknown, Kind::Platform), PERHAPS),
        // Also where an answer began: what it says of the change can't be read, and reading back tells more.
        (.., Purpose::Write) => with(make(Outcome::Unknown, Kind::UnknownDelivery), PERHAPS),
        (HttpError::TooBig { .. }, _, Purpose::Message) => with(make(Outcome::Accepted, Kind::Platform), TOOK),
        (HttpError::TooBig { .. }, ..) => make(Outcome::Accepted, Kind::Platform),
        (_, Reach::Answered, Purpose::Message) => with(make(Outcome::Accepted, Kind::Cut), TOOK),
        // A connection that was kept and had died shows like this, too.
        (HttpError::Broken { .. } | HttpError::BodyCut { .. }, _, Purpose::Read) => {
            make(Outcome::Passing { retry_after_ms: None }, Kind::Network)
        }
        (_, _, Purpose::Open | Purpose::Read) => make(Outcome::Unknown, Kind::Network),
    }
}

impl Peer {
    /// What an answer means that is no success. Its body is read for the server's own words, JSON or plain text.
    pub(super) async fn refusal(&self, response: Response, purpose: Purpose) -> CallError {
        self.refused(&refusal(response, true).await.0, purpose)
    }

    /// An answer with a status that is no success.
    pub(super) fn refused(&self, refusal: &ErrorResponse, purpose: Purpose) -> CallError {
        let (host, status) = (&self.host, refusal.status);
        // Credentials, ids and conflicts are not put right by waiting, whatever else is said.
        let passes =
            refusal.transient && purpose == Purpose::Read && !matches!(status, 401 | 403 | 404 | 409 | 418 | 429);
        let busy = Outcome::Busy { retry_after_ms: refusal.retry_after_ms };
        let (outcome, kind, what, hint) = match status {
            _ if passes => (busy, Kind::Platform, format!("{host} can't answer right now ({status})"), None),
            400 => (Outcome::Refused, Kind::Invalid, format!("{host} refused the request as malformed (400)"), None),
            401 | 403 => {
                let what = format!("{host} refused the credentials ({status})");
                (Outcome::Refused, Kind::Unauthorized, what, Some(&*self.words.unauthorized))
            }
            404 => {
                let what = format!("{host} knows no such channel or conversation (404)");
                (Outcome::Refused, Kind::NotFound, what, Some(&*self.words.not_found))
            }
            429 => {
                let what = format!("{host} says not now (429): {}", self.words.busy);
                (busy, Kind::RateLimited, what, None)
            }
            503 if purpose == Purpose::Read => {
                (busy, Kind::Platform, format!("{host} is not available right now (503)"), None)
            }
            500.. => {
                let passing = purpose == Purpose::Read && matches!(status, 500 | 502 | 504);
                let hint = match purpose {
                    Purpose::Message => Some(MAYBE),
                    Purpose::Write => Some(PERHAPS),
                    Purpose::Open | Purpose::Read => None,
                };
                let outcome = if passing {
                    Outcome::Passing { retry_after_ms: refusal.retry_after_ms }
                } else {
                    Outcome::Unknown
                };
                (outcome, Kind::Platform, format!("{host} failed with an error of its own ({status})"), hint)
            }
            _ => (Outcome::Refused, Kind::Failed, format!("{host} refused the request ({status})"), None),
        };
        let said = match (&refusal.code, &refusal.said) {
            (Some(code), Some(said)) => Some(format!("{code}: {said}")),
            (code, said) => code.clone().or_else(|| said.clone()),
        };
        let mut failure = Failure::new(kind, self.quote(&what, said.as_deref())).status(status);
        failure.hint = hint.map(str::to_owned);
        if let Outcome::Busy { retry_after_ms: Some(ms) } = outcome {
            failure.retry_at = Some(refusal.received.plus_millis(i64::try_from(ms).unwrap_or(i64::MAX)));
        }
        CallError { outcome, failure }
    }

    /// A success whose body isn't what the platform documents; `what` names what came. A page in a write's place may be
    /// anybody's: reading back tells.
    pub(super) fn unreadable(&self, what: &str, purpose: Purpose) -> CallError {
        self.unreadable_saying(what, None, purpose)
    }

    /// The same, with what the server says instead.
    pub(super) fn unreadable_saying(&self, what: &str, said: Option<&str>, purpose: Purpose) -> CallError {
        let message = self.quote(&format!("{} sent {what} where its answer should be", self.host), said);
        let failure = Failure::new(Kind::Platform, message);
        match purpose {
            Purpose::Message => with(CallError { outcome: Outcome::Accepted, failure }, TOOK),
            Purpose::Write => with(CallError { outcome: Outcome::Unknown, failure }, PERHAPS),
            Purpose::Open | Purpose::Read => CallError { outcome: Outcome::Accepted, failure },
        }
    }

    /// A 200 whose body says that it failed. Whether a message was kept all the same, it doesn't say.
    pub(super) fn denied(&self, said: Option<&str>, purpose: Purpose) -> CallError {
        let message = self.quote(&format!("{} answered that it failed", self.host), said);
        let failure = Failure::new(Kind::Platform, message).status(200);
        match purpose {
            Purpose::Message => with(CallError { outcome: Outcome::Unknown, failure }, MAYBE),
            Purpose::Write => with(CallError { outcome: Outcome::Unknown, failure }, PERHAPS),
            Purpose::Open => CallError { outcome: Outcome::Unknown, failure },
            Purpose::Read => CallError { outcome: Outcome::Refused, failure },
        }
    }

    /// A reply that the platform itself ended with an error.
    pub(super) fn failed_reply(&self, said: Option<&str>) -> CallError {
        let message = self.quote(&format!("{} ended the reply with an error", self.host), said);
        let failure = Failure::new(Kind::Platform, message);
        with(CallError { outcome: Outcome::Accepted, failure }, TOOK)
    }

    /// A reply that goes beyond what can be read.
    pub(super) fn boundless_reply(&self, what: &str) -> CallError {
        let failure = Failure::new(Kind::Platform, format!("{} sent {what}", self.host));
        with(CallError { outcome: Outcome::Accepted, failure }, TOOK)
    }

    /// A reply that stopped; `why` says how.
    pub(super) fn cut_reply(&self, why: &str) -> CallError {
        let failure = Failure::new(Kind::Cut, format!("the reply of {} {why}", self.host));
        with(CallError { outcome: Outcome::Accepted, failure }, TOOK)
    }

    /// Our words, and behind them the server's as far as they may be quoted.
    pub(super) fn quote(&self, what: &str, said: Option<&str>) -> String {
        let secret = self.secret.expose();
        let said =
            said.map(|said| if secret.is_empty() { said.to_owned() } else { said.replace(secret, "[secret]") });
        said.and_then(|said| lenient_json::quotable(&said))
            .map_or_else(|| what.to_owned(), |said| format!("{what}: {said}"))
    }
}

/// An error with what is to be done about it.
pub(super) fn with(mut error: CallError, hint: &str) -> CallError {
    error.failure.hint = Some(hint.to_owned());
    error
}
