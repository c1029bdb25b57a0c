//! Eko's access token: fetched with the client's credentials when one is needed, kept in memory alone.
//!
//! Owns how long a token is good, and that however many calls need one, one request for it is under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Mutex;

use super::super::error::{Peer, Purpose, broken, refusal};
use super::super::stream::BODY;
use super::super::{CallError, Outcome, lenient};
use crate::domain::{Failure, Kind, Secret, Timestamp};
use crate::http::{Address, Header, Http, HttpError, Method, Request};

/// How long before its end a token is not used any more.
const EARLY_MS: i64 = 60_000;
/// How long a token is good whose answer doesn't say, in seconds.
const ASSUMED: u64 = 3_600;
/// The longest life that is believed, in seconds.
const LONGEST: u64 = 365 * 24 * 3_600;

/// What one client's access rests on.
pub(super) struct Tokens {
    http: Http,
    address: Address,
    id: String,
    secret: Secret,
    basic: Header,
    /// The credentials as the header has them, in case a server quotes them.
    encoded: String,
    peer: Arc<Peer>,
    /// How many fetches have ended: whoever waited for one takes what came of it.
    fetches: AtomicU64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    /// What came of the last fetch, if it failed.
    failed: Option<CallError>,
    /// Whether this server takes the credentials in the form and not in the header.
    in_form: bool,
}

/// A token, as a header.
#[derive(Clone)]
pub(super) struct Token {
    header: Header,
    value: Secret,
    serial: u64,
    until: Timestamp,
}

impl Token {
    /// The header that bears it.
    pub(super) fn header(&self) -> Header {
        self.header.clone()
    }

    /// Server text without it.
    pub(super) fn taken_out_of(&self, said: &str) -> String {
        said.replace(self.value.expose(), "[secret]")
    }
}

impl Tokens {
    /// For the client of these credentials.
    pub(super) fn new(
        http: &Http,
        base: &Address,
        id: &str,
        secret: &Secret,
        peer: &Arc<Peer>,
    ) -> Result<Self, HttpError> {
        let encoded = STANDARD.encode(format!("{id}:{}", secret.expose()));
        Ok(Self {
            http: http.clone(),
            address: base.join(&["oauth", "token"])?,
            id: id.to_owned(),
            secret: secret.clone(),
            basic: Header::secret("authorization", &Secret::new(format!("Basic {encoded}")))?,
            encoded,
            peer: Arc::clone(peer),
            fetches: AtomicU64::new(0),
            kept: Mutex::default(),
        })
    }

    /// A token that is good for a call now. A failure says that the call itself was not made.
    pub(super) async fn get(&self) -> Result<Token, CallError> {
        let before = self.fetches.load(Ordering::SeqCst);
        let mut kept = self.kept.lock().await;
        let serial = self.fetches.load(Ordering::SeqCst);
        // Even one that ends at once serves those who waited for it.
        let good = |token: &&Token| serial != before || self.http.now() < token.until;
        if let Some(token) = kept.token.as_ref().filter(good) {
            return Ok(token.clone());
        }
        if serial != before
            && let Some(error) = &kept.failed
        {
            return Err(error.clone());
        }
        let fetched = self.fetch(&mut kept.in_form, serial + 1).await;
        self.fetches.store(serial + 1, Ordering::SeqCst);
        kept.token = fetched.as_ref().ok().cloned();
        kept.failed = fetched.as_ref().err().cloned();
        fetched
    }

    /// The platform refused this one. A newer one stays.
    pub(super) async fn forget(&self, token: &Token) {
        let mut kept = self.kept.lock().await;
        if kept.token.as_ref().is_some_and(|held| held.serial == token.serial) {
            kept.token = None;
        }
    }

    /// In the way that worked last, and if that is refused in the other.
    async fn fetch(&self, in_form: &mut bool, serial: u64) -> Result<Token, CallError> {
        let refused = |error: &CallError| matches!(error.failure.status, Some(400 | 401));
        match self.ask(*in_form, serial).await {
            Err(first) if refused(&first) => match self.ask(!*in_form, serial).await {
                Ok(token) => {
                    *in_form = !*in_form;
                    Ok(token)
                }
                Err(second) if refused(&second) => Err(first),
                Err(second) => Err(second),
            },
            other => other,
        }
        .map_err(before_the_call)
    }

    async fn ask(&self, in_form: bool, serial: u64) -> Result<Token, CallError> {
        let failed = |error: HttpError| broken(&error, Purpose::Read);
        let mut fields = vec![("grant_type", "client_credentials"), ("scope", "bot")];
        let mut request = Request::new(Method::Post, self.address.clone());
        if in_form {
            fields.extend([("client_id", self.id.as_str()), ("client_secret", self.secret.expose())]);
        } else {
            request = request.header(self.basic.clone());
        }
        let mut response = self.http.send(request.form(&fields)).await.map_err(failed)?;
        let (status, received) = (response.status(), response.received());
        if !(200..300).contains(&status) {
            return Err(self.refused(response).await);
        }
        let body = response.whole(BODY).await.map_err(failed)?;
        let object = lenient::object(&body).map_err(|what| self.peer.unreadable(what, Purpose::Read))?;
        let nothing = || self.peer.unreadable("no access token", Purpose::Read);
        let value = object.get("access_token").and_then(serde_json::Value::as_str).filter(|value| !value.is_empty());
        let value = Secret::new(value.ok_or_else(nothing)?);
        let bearer = Secret::new(format!("Bearer {}", value.expose()));
        let header = Header::secret("authorization", &bearer).map_err(|_| nothing())?;
        let until = good_until(received, lenient::count(object.get("expires_in")));
        Ok(Token { header, value, serial, until })
    }

    async fn refused(&self, response: crate::http::Response) -> CallError {
        let status = response.status();
        let (mut refusal, _) = refusal(response, true).await;
        refusal.said = refusal.said.map(|said| said.replace(&self.encoded, "[secret]"));
        let mut error = self.peer.refused(&refusal, Purpose::Read);
        if matches!(status, 400 | 401 | 403) {
            let what = format!("{} refused client_id and client_secret ({status})", self.peer.host);
            let message = self.peer.quote(&what, refusal.said.as_deref());
            error.failure.kind = Kind::Unauthorized;
            error.failure = Failure { message, hint: Some(self.peer.words.unauthorized.clone()), ..error.failure };
        }
        error
    }
}

fn good_until(received: Timestamp, expires_in: Option<u64>) -> Timestamp {
    let seconds = expires_in.unwrap_or(ASSUMED).min(LONGEST);
    received.plus_millis(i64::try_from(seconds * 1_000).unwrap_or(i64::MAX) - EARLY_MS)
}

/// Whatever came of asking for access: the call that needed it was not made.
fn before_the_call(mut error: CallError) -> CallError {
    error.outcome = match error.outcome {
        Outcome::Unknown | Outcome::Passing { .. } => Outcome::NotSent,
        Outcome::Accepted => Outcome::Refused,
        other => other,
    };
    error.failure.hint.get_or_insert_with(|| "The platform gave no access, so nothing else was sent.".to_owned());
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_until_a_minute_before_its_end() {
        let until = |expires_in| good_until(Timestamp::from_millis(5), expires_in).millis();
        assert_eq!([until(None), until(Some(3_600)), until(Some(61))], [3_540_005, 3_540_005, 1_005]);
        assert!(until(Some(0)) < 0);
        assert_eq!(until(Some(u64::MAX)), until(Some(LONGEST)));
    }
}
