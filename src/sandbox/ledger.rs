//! The ledger: every request that reached the sandbox, every webhook that it posted, and what was answered, bounded in
//! number and in bytes.
//!
//! Secrets are masked, so that none can be read out of it.

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::{Map, Value, json};

use crate::domain::Timestamp;

use super::hook_post::{HookPost, ReceiverResponse};

const MOST_ENTRIES: usize = 10_000;
const MOST_BYTES: usize = 32 << 20;
/// Headers that a secret may come in, whatever the platform.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];
const MASK: &str = "[secret]";

/// What a request looked like when it came in.
pub(super) struct RequestRecord {
    pub(super) at: Timestamp,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// The body as far as it was read.
    pub(super) body: Vec<u8>,
}

/// An attempt to post a webhook.
pub(super) struct HookAttempt {
    /// Which attempt it was; the first is 1.
    pub(super) number: u32,
    pub(super) post: HookPost,
    /// What the receiver answered, or what went wrong in one sentence.
    pub(super) outcome: Result<ReceiverResponse, String>,
}

struct LedgerEntry {
    seq: u64,
    /// As it came or went: read as JSON it may be many times larger.
    body: Vec<u8>,
    /// What a webhook was answered.
    answer: Vec<u8>,
    /// Whether the sandbox posted it.
    out: bool,
    fields: Map<String, Value>,
}

impl LedgerEntry {
    fn bytes(&self) -> usize {
        self.body.len() + self.answer.len() + 512
    }

    fn to_json(&self, secrets: &SecretNames) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("body".to_owned(), secrets.body(&self.body));
        if self.out {
            fields.insert("answer".to_owned(), secrets.body(&self.answer));
        }
        Value::Object(fields)
    }
}

/// The names of headers and of a body's fields that hold secrets.
pub(super) struct SecretNames {
    headers: Vec<&'static str>,
    /// Of a JSON object or of a form.
    fields: Vec<&'static str>,
}

impl SecretNames {
    /// The platforms' own, beside those that hold one anywhere. Headers are in lower case.
    pub(super) fn new(
        headers: impl Iterator<Item = &'static str>,
        fields: impl Iterator<Item = &'static str>,
    ) -> Self {
        Self { headers: headers.chain(SECRET_HEADERS).collect(), fields: fields.collect() }
    }
}

/// The entries, oldest first.
pub(super) struct Ledger {
    secrets: SecretNames,
    entries: VecDeque<LedgerEntry>,
    bytes: usize,
    next: u64,
}

impl Ledger {
    /// An empty one.
    pub(super) fn new(secrets: SecretNames) -> Self {
        Self { secrets, entries: VecDeque::new(), bytes: 0, next: 0 }
    }

    /// Enters a request and gives its number.
    pub(super) fn enter(&mut self, request: RequestRecord, fault: Option<&str>) -> u64 {
        let seq = self.next;
        self.next += 1;
        let mut fields = Map::new();
        fields.insert("seq".to_owned(), json!(seq));
        fields.insert("time".to_owned(), json!(request.at.to_rfc3339()));
        fields.insert("method".to_owned(), json!(request.method.as_str()));
        fields.insert("path".to_owned(), json!(request.uri.path()));
        fields.insert("query".to_owned(), json!(request.uri.query()));
        fields.insert("headers".to_owned(), self.secrets.headers(&request.headers));
        fields.insert("body".to_owned(), Value::Null);
        fields.insert("status".to_owned(), Value::Null);
        fields.insert("fault".to_owned(), json!(fault));
        fields.insert("direction".to_owned(), json!("in"));
        self.push(LedgerEntry { seq, body: request.body, answer: Vec::new(), out: false, fields });
        seq
    }

    /// Enters a webhook before its first attempt and gives its number.
    pub(super) fn enter_post(&mut self, at: Timestamp, post: &HookPost) -> u64 {
        let seq = self.next;
        self.next += 1;
        let mut fields = Map::new();
        fields.insert("seq".to_owned(), json!(seq));
        fields.insert("time".to_owned(), json!(at.to_rfc3339()));
        fields.insert("direction".to_owned(), json!("out"));
        fields.insert("method".to_owned(), json!("POST"));
        fields.insert("url".to_owned(), json!(post.url.as_str()));
        fields.insert("headers".to_owned(), self.secrets.posted_headers(post));
        fields.insert("body".to_owned(), Value::Null);
        for later in ["status", "answer", "error"] {
            fields.insert(later.to_owned(), Value::Null);
        }
        fields.insert("tries".to_owned(), json!(0));
        self.push(LedgerEntry { seq, body: post.body.to_vec(), answer: Vec::new(), out: true, fields });
        seq
    }

    /// Writes down what came of an attempt.
    pub(super) fn settle_post(&mut self, seq: u64, attempt: HookAttempt) {
        let headers = self.secrets.posted_headers(&attempt.post);
        let Some(entry) = self.entry(seq) else { return };
        entry.fields.insert("url".to_owned(), json!(attempt.post.url.as_str()));
        entry.fields.insert("headers".to_owned(), headers);
        entry.fields.insert("tries".to_owned(), json!(attempt.number));
        let (status, error, answer) = match attempt.outcome {
            Ok(answered) => (json!(answered.status), Value::Null, answered.body.to_vec()),
            Err(error) => (Value::Null, json!(error), Vec::new()),
        };
        entry.fields.insert("status".to_owned(), status);
        entry.fields.insert("error".to_owned(), error);
        let (before, now) = (entry.answer.len(), answer.len());
        entry.answer = answer;
        self.bytes = self.bytes - before + now;
        self.shrink();
    }

    fn push(&mut self, entry: LedgerEntry) {
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        self.shrink();
    }

    /// Forgets the oldest beyond the bounds.
    fn shrink(&mut self) {
        while self.entries.len() > MOST_ENTRIES || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }

    /// Writes down what a request was answered.
    pub(super) fn settle(&mut self, seq: u64, status: u16) {
        if let Some(entry) = self.entry(seq) {
            entry.fields.insert("status".to_owned(), json!(status));
        }
    }

    fn entry(&mut self, seq: u64) -> Option<&mut LedgerEntry> {
        let first = self.entries.front()?.seq;
        self.entries.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    /// All of it, as the contract's JSON.
    pub(super) fn to_json(&self) -> Value {
        let entries = |out: bool| {
            self.entries.iter().filter(move |entry| entry.out == out).map(|entry| entry.to_json(&self.secrets))
        };
        let (requests, webhooks) = (entries(false).collect::<Vec<_>>(), entries(true).collect::<Vec<_>>());
        json!({ "requests": requests, "webhooks": webhooks })
    }
}

impl SecretNames {
    /// The headers of a webhook, which hold no secret but signatures made with well-known ones.
    fn posted_headers(&self, post: &HookPost) -> Value {
        let text = |(name, value): &(String, String)| {
            let shown = if self.headers.contains(&name.to_ascii_lowercase().as_str()) { MASK } else { value };
            (name.clone(), json!(shown))
        };
        Value::Object(post.headers.iter().map(text).collect())
    }

    fn headers(&self, headers: &HeaderMap) -> Value {
        let mut out = Map::new();
        for (name, value) in headers {
            let text = if self.headers.contains(&name.as_str()) {
                MASK.to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            match out.get_mut(name.as_str()) {
                Some(Value::String(earlier)) => {
                    earlier.push_str(", ");
                    earlier.push_str(&text);
                }
                _ => {
                    out.insert(name.as_str().to_owned(), Value::String(text));
                }
            }
        }
        Value::Object(out)
    }

    fn body(&self, bytes: &[u8]) -> Value {
        if bytes.is_empty() {
            return Value::Null;
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(mut fields)) => {
                for name in &self.fields {
                    if let Some(field) = fields.get_mut(*name) {
                        *field = json!(MASK);
                    }
                }
                Value::Object(fields)
            }
            Ok(json) => json,
            Err(_) => Value::String(self.form(&String::from_utf8_lossy(bytes))),
        }
    }

    /// A body that is no JSON, as it is but for a form's secret fields.
    fn form(&self, text: &str) -> String {
        let secret = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| self.fields.contains(&name));
        if !text.split('&').any(secret) {
            return text.to_owned();
        }
        let shown = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if secret(pair) => format!("{name}={MASK}"),
            _ => pair.to_owned(),
        };
        text.split('&').map(shown).collect::<Vec<_>>().join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Ledger {
        Ledger::new(SecretNames::new(["x-api-secret-key"].into_iter(), ["token", "client_secret"].into_iter()))
    }

    fn request(body: &[u8]) -> RequestRecord {
        let mut headers = HeaderMap::new();
        headers.insert("X-API-Secret-Key", "hush".parse().unwrap());
        headers.insert("accept", "*/*".parse().unwrap());
        RequestRecord {
            at: Timestamp::from_millis(0),
            method: Method::POST,
            uri: "/a?b=c".parse().unwrap(),
            headers,
            body: body.to_vec(),
        }
    }

    #[test]
    fn an_entry_holds_the_request_and_its_answer_but_no_secret() {
        let mut ledger = empty();
        let seq = ledger.enter(request(br#"{"message":"hi"}"#), Some("cut"));
        ledger.settle(seq, 200);
        let json = ledger.to_json();
        let entry = &json["requests"][0];
        assert_eq!(entry["body"]["message"], "hi");
        assert_eq!((&entry["path"], &entry["query"], &entry["status"]), (&json!("/a"), &json!("b=c"), &json!(200)));
        assert_eq!((&entry["headers"]["accept"], &entry["fault"]), (&json!("*/*"), &json!("cut")));
        assert!(!json.to_string().contains("hush"), "{json}");
    }

    #[test]
    fn a_secret_in_a_body_is_masked_too() {
        let mut ledger = empty();
        ledger.enter(request(br#"{"channelID":"c","token":"hush","message":"hi"}"#), None);
        ledger.enter(request(b"grant_type=client_credentials&client_secret=hush&scope=bot"), None);
        let json = ledger.to_json();
        assert!(!json.to_string().contains("hush"), "{json}");
        assert_eq!(json["requests"][0]["body"]["message"], "hi");
        assert_eq!(json["requests"][1]["body"], "grant_type=client_credentials&client_secret=[secret]&scope=bot");
    }

    #[test]
    fn a_webhook_stands_beside_the_requests_with_the_answer_of_its_last_try() {
        let mut ledger = empty();
        ledger.enter(request(b""), None);
        let post = HookPost {
            url: "http://127.0.0.1:1/hooks/flow".parse().unwrap(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: br#"{"message":"hi"}"#.to_vec().into(),
        };
        let seq = ledger.enter_post(Timestamp::from_millis(0), &post);
        let before = ledger.bytes;
        ledger.settle_post(seq, HookAttempt { number: 1, post: post.clone(), outcome: Err("refused".to_owned()) });
        assert_eq!(ledger.to_json()["webhooks"][0]["error"], "refused");
        let answered = ReceiverResponse { status: 202, headers: Vec::new(), body: br#"{"ok":true}"#.to_vec().into() };
        ledger.settle_post(seq, HookAttempt { number: 2, post, outcome: Ok(answered) });
        assert_eq!(ledger.bytes, before + 11);
        let json = ledger.to_json();
        assert_eq!(
            (json["requests"].as_array().unwrap().len(), &json["requests"][0]["direction"]),
            (1, &json!("in"))
        );
        let entry = &json["webhooks"][0];
        assert_eq!((&entry["direction"], &entry["status"], &entry["tries"]), (&json!("out"), &json!(202), &json!(2)));
        assert_eq!((&entry["answer"]["ok"], &entry["body"]["message"]), (&json!(true), &json!("hi")));
        assert_eq!((&entry["url"], &entry["error"]), (&json!("http://127.0.0.1:1/hooks/flow"), &Value::Null));
    }

    #[test]
    fn the_ledger_forgets_its_oldest_entries_and_still_settles_the_right_one() {
        let mut ledger = empty();
        for _ in 0..MOST_ENTRIES + 5 {
            ledger.enter(request(b"not json"), None);
        }
        ledger.settle(4, 500);
        ledger.settle(5, 201);
        let json = ledger.to_json();
        let entries = json["requests"].as_array().unwrap();
        assert_eq!(entries.len(), MOST_ENTRIES);
        assert_eq!((&entries[0]["seq"], &entries[0]["status"]), (&json!(5), &json!(201)));
        assert_eq!((&entries[1]["status"], &entries[1]["body"]), (&Value::Null, &json!("not json")));
        let mut ledger = empty();
        for _ in 0..40 {
            ledger.enter(request(&vec![b'x'; 1 << 20]), None);
        }
        assert!(ledger.bytes <= MOST_BYTES && ledger.entries.len() > 20);
    }
}
