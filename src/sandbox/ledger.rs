//! The ledger: every request that reached the sandbox and what it was answered, bounded in number and in bytes.
//!
//! Secrets are masked on the way in, so that none can be read out of it.

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::{Map, Value, json};

use crate::domain::Timestamp;

const MOST_ENTRIES: usize = 10_000;
const MOST_BYTES: usize = 32 << 20;
const MASKED: [&str; 4] = ["x-api-secret-key", "authorization", "proxy-authorization", "cookie"];

/// What a request looked like when it came in.
pub(super) struct Visit {
    pub(super) at: Timestamp,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// The body as far as it was read.
    pub(super) body: Vec<u8>,
}

struct Entry {
    seq: u64,
    /// As it came: read as JSON it may be many times larger.
    body: Vec<u8>,
    record: Map<String, Value>,
}

impl Entry {
    fn bytes(&self) -> usize {
        self.body.len() + 512
    }

    fn to_json(&self) -> Value {
        let mut record = self.record.clone();
        record.insert("body".to_owned(), body(&self.body));
        Value::Object(record)
    }
}

/// The entries, oldest first.
#[derive(Default)]
pub(super) struct Ledger {
    entries: VecDeque<Entry>,
    bytes: usize,
    next: u64,
}

impl Ledger {
    /// Enters a request and gives its number.
    pub(super) fn enter(&mut self, visit: Visit, fault: Option<&str>) -> u64 {
        let seq = self.next;
        self.next += 1;
        let mut record = Map::new();
        record.insert("seq".to_owned(), json!(seq));
        record.insert("time".to_owned(), json!(visit.at.to_rfc3339()));
        record.insert("method".to_owned(), json!(visit.method.as_str()));
        record.insert("path".to_owned(), json!(visit.uri.path()));
        record.insert("query".to_owned(), json!(visit.uri.query()));
        record.insert("headers".to_owned(), headers(&visit.headers));
        record.insert("body".to_owned(), Value::Null);
        record.insert("status".to_owned(), Value::Null);
        record.insert("fault".to_owned(), json!(fault));
        let entry = Entry { seq, body: visit.body, record };
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > MOST_ENTRIES || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
        seq
    }

    /// Writes down what a request was answered.
    pub(super) fn settle(&mut self, seq: u64, status: u16) {
        let first = self.entries.front().map_or(seq, |entry| entry.seq);
        let place = seq.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) {
            entry.record.insert("status".to_owned(), json!(status));
        }
    }

    /// All of it, as the contract's JSON.
    pub(super) fn to_json(&self) -> Value {
        let requests: Vec<Value> = self.entries.iter().map(Entry::to_json).collect();
        json!({ "requests": requests, "webhooks": [] })
    }
}

fn headers(headers: &HeaderMap) -> Value {
    let mut out = Map::new();
    for (name, value) in headers {
        let text = if MASKED.contains(&name.as_str()) {
            "[secret]".to_owned()
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
    serde_json::from_slice(bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(body: &[u8]) -> Visit {
        let mut headers = HeaderMap::new();
        headers.insert("X-API-Secret-Key", "hush".parse().unwrap());
        headers.insert("accept", "*/*".parse().unwrap());
        Visit {
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
        let seq = ledger.enter(visit(br#"{"message":"hi"}"#), Some("cut"));
        ledger.settle(seq, 200);
        let json = ledger.to_json();
        let entry = &json["requests"][0];
        assert_eq!(entry["body"]["message"], "hi");
        assert_eq!((&entry["path"], &entry["query"], &entry["status"]), (&json!("/a"), &json!("b=c"), &json!(200)));
        assert_eq!((&entry["headers"]["accept"], &entry["fault"]), (&json!("*/*"), &json!("cut")));
        assert!(!json.to_string().contains("hush"), "{json}");
    }

    #[test]
    fn the_ledger_forgets_its_oldest_entries_and_still_settles_the_right_one() {
        let mut ledger = Ledger::default();
        for _ in 0..MOST_ENTRIES + 5 {
            ledger.enter(visit(b"not json"), None);
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
            ledger.enter(visit(&vec![b'x'; 1 << 20]), None);
        }
        assert!(ledger.bytes <= MOST_BYTES && ledger.entries.len() > 20);
    }
}
