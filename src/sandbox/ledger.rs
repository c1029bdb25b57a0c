//! The ledger: every request that reached the sandbox, every webhook that it posted, and what was answered, bounded in
//! number and in bytes.
//!
//! Secrets are masked, so that none can be read out of it.

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::{Map, Value, json};

use crate::domain::Timestamp;

use super::hooks::post::HookPost;
use super::middleware::HookAttempt;

const MOST_ENTRIES: usize = 10_000;
const MOST_BYTES: usize = 32 << 20;
const MASKED: [&str; 4] = ["x-api-secret-key", "authorization", "proxy-authorization", "cookie"];
/// Fields of a body that some platforms take their secrets in, as JSON or as a form.
const MASKED_FIELDS: [&str; 2] = ["token", "client_secret"];
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

    fn to_json(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("body".to_owned(), body(&self.body));
        if self.out {
            fields.insert("answer".to_owned(), body(&self.answer));
        }
        Value::Object(fields)
    }
}

/// The entries, oldest first.
#[derive(Default)]
pub(super) struct Ledger {
    entries: VecDeque<LedgerEntry>,
    bytes: usize,
    next: u64,
}

impl Ledger {
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
        fields.insert("headers".to_owned(), headers(&request.headers));
        fields.insert("body".to_owned(), Value::Null);
        fields.insert("status".to_owned(), Value::Null);
        fields.insert("fault".to_owned(), json!(fault));
        fields.insert("direction".to_owned(), json!("in"));
        self.push(LedgerEntry { seq, body: request.body, answer: Vec::new(), out: false, fields });
        seq
    }

    /// Enters a webhook before its first try and gives its number.
    pub(super) fn enter_post(&mut self, at: Timestamp, post: &HookPost) -> u64 {
        let seq = self.next;
        self.next += 1;
        let mut fields = Map::new();
        fields.insert("seq".to_owned(), json!(seq));
        fields.insert("time".to_owned(), json!(at.to_rfc3339()));
        fields.insert("direction".to_owned(), json!("out"));
        fields.insert("method".to_owned(), json!("POST"));
        fields.insert("url".to_owned(), json!(post.url.as_str()));
        fields.insert("headers".to_owned(), posted_headers(post));
        fields.insert("body".to_owned(), Value::Null);
        for later in ["status", "answer", "error"] {
            fields.insert(later.to_owned(), Value::Null);
        }
        fields.insert("tries".to_owned(), json!(0));
        self.push(LedgerEntry { seq, body: post.body.to_vec(), answer: Vec::new(), out: true, fields });
        seq
    }

    /// Writes down what came of a try.
    pub(super) fn settle_post(&mut self, seq: u64, posted: HookAttempt) {
        let Some(entry) = self.entry(seq) else { return };
        entry.fields.insert("url".to_owned(), json!(posted.post.url.as_str()));
        entry.fields.insert("headers".to_owned(), posted_headers(&posted.post));
        entry.fields.insert("tries".to_owned(), json!(posted.tries));
        let (status, error, answer) = match posted.outcome {
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
        let of = |out: bool| self.entries.iter().filter(move |entry| entry.out == out).map(LedgerEntry::to_json);
        let (requests, webhooks) = (of(false).collect::<Vec<_>>(), of(true).collect::<Vec<_>>());
        json!({ "requests": requests, "webhooks": webhooks })
    }
}

/// The headers of a webhook, which hold no secret but signatures made with well-known ones.
fn posted_headers(post: &HookPost) -> Value {
    let text = |(name, value): &(String, String)| {
        let shown = if MASKED.contains(&name.to_ascii_lowercase().as_str()) { MASK } else { value };
        (name.clone(), json!(shown))
    };
    Value::Object(post.headers.iter().map(text).collect())
}

fn headers(headers: &HeaderMap) -> Value {
    let mut out = Map::new();
    for (name, value) in headers {
        let text = if MASKED.contains(&name.as_str()) {
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

fn body(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(mut fields)) => {
            for name in MASKED_FIELDS {
                if let Some(field) = fields.get_mut(name) {
                    *field = json!(MASK);
                }
            }
            Value::Object(fields)
        }
        Ok(json) => json,
        Err(_) => Value::String(form(&String::from_utf8_lossy(bytes))),
    }
}

/// A body that is no JSON, as it is but for a form's secret fields.
fn form(text: &str) -> String {
    let secret = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| MASKED_FIELDS.contains(&name));
    if !text.split('&').any(secret) {
        return text.to_owned();
    }
    let shown = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if secret(pair) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    text.split('&').map(shown).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::super::hooks::post::ReceiverResponse;
    use super::*;

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
        let mut ledger = Ledger::default();
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
        let mut ledger = Ledger::default();
        ledger.enter(request(br#"{"channelID":"c","token":"hush","message":"hi"}"#), None);
        ledger.enter(request(b"grant_type=client_credentials&client_secret=hush&scope=bot"), None);
        let json = ledger.to_json();
        assert!(!json.to_string().contains("hush"), "{json}");
        assert_eq!(json["requests"][0]["body"]["message"], "hi");
        assert_eq!(json["requests"][1]["body"], "grant_type=client_credentials&client_secret=[secret]&scope=bot");
    }

    #[test]
    fn a_webhook_stands_beside_the_requests_with_the_answer_of_its_last_try() {
        let mut ledger = Ledger::default();
        ledger.enter(request(b""), None);
        let post = HookPost {
            url: "http://127.0.0.1:1/hooks/flow".parse().unwrap(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: br#"{"message":"hi"}"#.to_vec().into(),
        };
        let seq = ledger.enter_post(Timestamp::from_millis(0), &post);
        let before = ledger.bytes;
        ledger.settle_post(seq, HookAttempt { tries: 1, post: post.clone(), outcome: Err("refused".to_owned()) });
        assert_eq!(ledger.to_json()["webhooks"][0]["error"], "refused");
        let answered = ReceiverResponse { status: 202, headers: Vec::new(), body: br#"{"ok":true}"#.to_vec().into() };
        ledger.settle_post(seq, HookAttempt { tries: 2, post, outcome: Ok(answered) });
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
        let mut ledger = Ledger::default();
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
        let mut ledger = Ledger::default();
        for _ in 0..40 {
            ledger.enter(request(&vec![b'x'; 1 << 20]), None);
        }
        assert!(ledger.bytes <= MOST_BYTES && ledger.entries.len() > 20);
    }
}
