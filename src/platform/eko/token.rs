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
use super::super::{CallError, Outcome, lenient_json};
use crate::domain::{Failure, Kind, Secret, Timestamp};
use crate::http::{Address, Header, Http, HttpError, Method, Request};

/// What access is asked for.
const SCOPE: &str = "bot";
/// Where the credentials are right.
const GRANTED: &str =
    "client_id and client_secret were taken: whoever runs the platform has to allow this client that.";
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
    /// The same with both form-encoded before, as RFC 6749 (2.3.1) has it; none where that changes nothing.
    form_basic: Option<Header>,
    /// The credentials in every spelling that is sent, in case a server quotes them.
    spellings: Vec<String>,
    peer: Arc<Peer>,
    /// How many fetches have ended: whoever waited for one takes what came of it.
    fetches: AtomicU64,
    kept: Mutex<CachedToken>,
}

#[derive(Default)]
struct CachedToken {
    token: Option<Token>,
    /// What came of the last fetch, if it failed.
    failed: Option<CallError>,
    /// How this server takes the credentials, as far as is known.
    way: Way,
}

/// Where the credentials stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Way {
    /// In the header, as they are: what most servers take, whatever the standard says.
    #[default]
    Header,
    /// In the form.
    Form,
    /// In the header, form-encoded.
    EncodedHeader,
}

/// What a server says where the credentials are right and something else isn't (RFC 6749, 5.2): no other way helps.
const NOT_THE_CREDENTIALS: [&str; 3] = ["invalid_scope", "unauthorized_client", "unsupported_grant_type"];

/// What came of asking for a token.
struct Refused {
    error: CallError,
    /// Whether the credentials may be taken in another way.
    other_way: bool,
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
        let formed = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let encoded = STANDARD.encode(format!("{id}:{}", secret.expose()));
        let formed_secret = formed(secret.expose());
        let form_encoded = STANDARD.encode(format!("{}:{formed_secret}", formed(id)));
        let header = |encoded: &str| Header::secret("authorization", &Secret::new(format!("Basic {encoded}")));
        let form_basic = if form_encoded == encoded { None } else { Some(header(&form_encoded)?) };
        Ok(Self {
            http: http.clone(),
            address: base.join(&["oauth", "token"])?,
            id: id.to_owned(),
            secret: secret.clone(),
            basic: header(&encoded)?,
            form_basic,
            // Longer ones first, so that none is left in pieces; an empty one would be found everywhere.
            spellings: [form_encoded, encoded, formed_secret].into_iter().filter(|text| !text.is_empty()).collect(),
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
        let fetched = self.fetch(&mut kept.way, serial + 1).await;
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

    /// In the way that worked last, and if the credentials are refused in the others. What is told is what the first
    /// way came to, unless another one came further.
    async fn fetch(&self, way: &mut Way, serial: u64) -> Result<Token, CallError> {
        let others = [Way::Header, Way::Form, Way::EncodedHeader].into_iter().filter(|other| other != way);
        let ways =
            [*way].into_iter().chain(others).filter(|way| *way != Way::EncodedHeader || self.form_basic.is_some());
        let mut first = None;
        for tried in ways.collect::<Vec<_>>() {
            match self.ask(tried, serial).await {
                Ok(token) => {
                    *way = tried;
                    return Ok(token);
                }
                Err(refused) if refused.other_way => _ = first.get_or_insert(refused.error),
                Err(refused) => return Err(before_the_call(refused.error)),
            }
        }
        Err(before_the_call(first.unwrap_or_else(|| self.peer.unreadable("no access token", Purpose::Read))))
    }

    async fn ask(&self, way: Way, serial: u64) -> Result<Token, Refused> {
        let final_error = |error| Refused { error, other_way: false };
        let failed = |error: HttpError| final_error(broken(&error, Purpose::Read));
        let mut fields = vec![("grant_type", "client_credentials"), ("scope", SCOPE)];
        // It gives access and changes nothing.
        let mut request = Request::new(Method::Post, self.address.clone()).reading(true);
        match (way, &self.form_basic) {
            (Way::Form, _) => {
                fields.extend([("client_id", self.id.as_str()), ("client_secret", self.secret.expose())]);
            }
            (Way::EncodedHeader, Some(header)) => request = request.header(header.clone()),
            (Way::Header | Way::EncodedHeader, _) => request = request.header(self.basic.clone()),
        }
        let mut response = self.http.send(request.form(&fields)).await.map_err(failed)?;
        let (status, received) = (response.status(), response.received());
        if !(200..300).contains(&status) {
            return Err(self.refused(response).await);
        }
        let body = response.whole(BODY).await.map_err(failed)?;
        let unreadable = |what: &str| final_error(self.peer.unreadable(what, Purpose::Read));
        let object = lenient_json::object(&body).map_err(unreadable)?;
        let nothing = || unreadable("no access token");
        let value = object.get("access_token").and_then(serde_json::Value::as_str).filter(|value| !value.is_empty());
        let value = Secret::new(value.ok_or_else(nothing)?);
        let bearer = Secret::new(format!("Bearer {}", value.expose()));
        let header = Header::secret("authorization", &bearer).map_err(|_| nothing())?;
        let until = good_until(received, lenient_json::count(object.get("expires_in")));
        Ok(Token { header, value, serial, until })
    }

    async fn refused(&self, response: crate::http::Response) -> Refused {
        let status = response.status();
        let (mut refusal, object) = refusal(response, true).await;
        let word = |key: &str| object.get(key).and_then(serde_json::Value::as_str).map(str::trim);
        let code = word("error").unwrap_or_default().to_owned();
        if let Some(description) = word("error_description").filter(|text| !text.is_empty()) {
            let lead = if code.is_empty() { String::new() } else { format!("{code}: ") };
            refusal.said = Some(format!("{lead}{description}"));
        }
        refusal.said = refusal.said.map(|said| {
            self.spellings.iter().fold(said, |said, spelling| said.replace(spelling.as_str(), "[secret]"))
        });
        let mut error = self.peer.refused(&refusal, Purpose::Read);
        let granted = NOT_THE_CREDENTIALS.contains(&code.as_str());
        if matches!(status, 400 | 401 | 403) {
            let host = &self.peer.host;
            let (what, hint) = match code.as_str() {
                "invalid_scope" => {
                    (format!("{host} does not grant this client the scope {SCOPE} ({status})"), GRANTED)
                }
                "unauthorized_client" => (
                    format!("{host} does not let this client ask for access by its own credentials ({status})"),
                    GRANTED,
                ),
                "unsupported_grant_type" => {
                    (format!("{host} gives no access for a client's credentials ({status})"), GRANTED)
                }
                _ => {
                    let what = format!("{host} refused client_id and client_secret ({status})");
                    (what, self.peer.words.unauthorized.as_str())
                }
            };
            let message = self.peer.quote(&what, refusal.said.as_deref());
            error.failure.kind = Kind::Unauthorized;
            error.failure = Failure { message, hint: Some(hint.to_owned()), ..error.failure };
        }
        Refused { error, other_way: matches!(status, 400 | 401) && !granted }
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
