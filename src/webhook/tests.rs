//! Tests of the room over real sockets, and what they share: a platform, a store in memory that can be slow or broken,
//! and a client that sends any bytes.

mod answers;
mod bounds;
mod data_requests;
mod forms;
mod life;
mod paths;
mod refusals;
mod times;

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;

use super::delivery_store::DeliveryStore;
use super::{ListenerOptions, Listening, Route, start};
use crate::domain::{
    Asked, Capabilities, ChannelName, DataRequest, Delivery, DeliveryId, Inbound, Meaning, RequestId, RequestState,
    Secret, Timestamp, Trust, Verdict,
};
use crate::platform::{Ack, Adapter, Reception, Rejection};
use crate::store::{Arrival, Claimed, Filed, Store, StoreError};

/// How long a condition is waited for until the test fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// When the tests take place.
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A platform: `x-sign` is "good", "bad" or not there; a body is `{"id":…}`, with "ask" for a data request.
struct Postbox;

impl Adapter for Postbox {
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn verify(&self, delivery: &Delivery, _now: Timestamp) -> Result<Trust, Rejection> {
        match delivery.header("x-sign") {
            Some("good") => Ok(Trust::Verified),
            None => Ok(Trust::Unverified),
            Some(_) => Err(Rejection::signature()),
        }
    }

    fn receive(&self, delivery: &Delivery) -> Result<Reception, Rejection> {
        let body: Value = serde_json::from_slice(&delivery.body).map_err(|_| Rejection::malformed("no JSON"))?;
        assert!(body.get("panic").is_none(), "as asked");
        let id = body["id"].as_str().ok_or_else(|| Rejection::malformed("there is no `id`"))?;
        let ack = match body["ack"].as_str() {
            Some("plain") => Ack::Plain("OK"),
            Some("data") => Ack::Data,
            _ => Ack::Ok,
        };
        let meaning = match body["ask"].as_str() {
            Some(key) => Meaning::Request(Asked {
                key: key.to_owned(),
                inputs: "{}".to_owned(),
                link: body["link"].as_str().map(str::to_owned),
                deadline: NOW.plus_millis(body["deadline"].as_i64().unwrap_or(10_000)),
            }),
            None => Meaning::Probe { what: "a test" },
        };
        let summary = "one".to_owned();
        Ok(Reception { inbound: vec![Inbound { key: id.to_owned(), meaning }], ack, summary })
    }

    fn answer_now(&self, data: &str) -> (Bytes, Vec<(String, String)>) {
        (format!("{{\"data\":{data}}}").into(), vec![("x-signed".to_owned(), "yes".to_owned())])
    }
}

/// A store in memory.
struct MemoryStore {
    filed: Mutex<Vec<Arrival>>,
    requests: Mutex<HashMap<String, DataRequest>>,
    open: watch::Sender<bool>,
    broken: Mutex<Option<StoreError>>,
    /// How many it was asked to file, whether it did yet or not.
    asked: AtomicUsize,
}

impl MemoryStore {
    fn new() -> Arc<Self> {
        let (open, _) = watch::channel(true);
        Arc::new(Self {
            filed: Mutex::default(),
            requests: Mutex::default(),
            open,
            broken: Mutex::default(),
            asked: AtomicUsize::new(0),
        })
    }

    /// Nothing is answered from now on, or all at once.
    fn hold(&self, hold: bool) {
        self.open.send_replace(!hold);
    }

    fn file(&self, arrival: Arrival) -> Result<Filed, StoreError> {
        if let Some(error) = self.broken.lock().unwrap().clone() {
            return Err(error);
        }
        let mut filed = self.filed.lock().unwrap();
        let id = DeliveryId(i64::try_from(filed.len()).unwrap());
        let (mut verdict, mut request) = (Verdict::Accepted, None);
        match &arrival.meaning {
            Err(refused) => verdict = Verdict::Rejected(refused.clone()),
            Ok(inbound) => {
                let key = &inbound[0].key;
                if filed.iter().any(|a| a.delivery.channel == arrival.delivery.channel && keys(a).contains(key)) {
                    verdict = Verdict::Duplicate;
                }
                if let Meaning::Request(asked) = &inbound[0].meaning {
                    let mut requests = self.requests.lock().unwrap();
                    let stored = requests.entry(key.clone()).or_insert_with(|| DataRequest {
                        id: RequestId::new(key),
                        channel: arrival.delivery.channel.clone(),
                        key: asked.key.clone(),
                        inputs: asked.inputs.clone(),
                        link: asked.link.clone(),
                        trust: arrival.trust.unwrap(),
                        received: arrival.delivery.at,
                        deadline: asked.deadline,
                        state: RequestState::Received,
                        answer: None,
                        failure: None,
                    });
                    request = Some(stored.clone());
                }
            }
        }
        filed.push(arrival.clone());
        let known = vec![verdict == Verdict::Duplicate];
        Ok(Filed { id, verdict, request, known, arrival: Box::new(arrival) })
    }

    /// Waits until so many were handed in; whoever sent them is then at work, and no longer quiet.
    fn wait_for(&self, deliveries: usize) {
        until("the deliveries are handed in", || self.asked.load(SeqCst) >= deliveries);
    }

    /// Those that were accepted, or told so.
    fn accepted(&self) -> usize {
        self.filed.lock().unwrap().iter().filter(|a| a.meaning.is_ok()).count()
    }

    fn last(&self) -> Arrival {
        self.filed.lock().unwrap().last().cloned().unwrap()
    }

    /// Status and reason of what was filed as refused.
    fn refused(&self) -> Vec<(u16, String)> {
        self.filed
            .lock()
            .unwrap()
            .iter()
            .filter_map(|a| a.meaning.as_ref().err())
            .map(|r| (r.status, r.reason.clone()))
            .collect()
    }
}

fn keys(arrival: &Arrival) -> Vec<String> {
    arrival.meaning.iter().flatten().map(|inbound| inbound.key.clone()).collect()
}

/// [`MemoryStore`] as the listener has it.
struct MemoryStoreHandle(Arc<MemoryStore>);

impl DeliveryStore for MemoryStoreHandle {
    fn receive(&self, arrival: Arrival) -> BoxFuture<'static, Result<Filed, StoreError>> {
        let (memory, mut open) = (self.0.clone(), self.0.open.subscribe());
        memory.asked.fetch_add(1, SeqCst);
        async move {
            let _ = open.wait_for(|open| *open).await;
            memory.file(arrival)
        }
        .boxed()
    }

    fn answer(&self, id: &RequestId, data: &str, now: Timestamp) -> BoxFuture<'static, Result<Claimed, StoreError>> {
        let broken = self.0.broken.lock().unwrap().clone();
        let mut requests = self.0.requests.lock().unwrap();
        let request = requests.get_mut(id.as_str()).unwrap();
        let claimed = if let Some(error) = broken {
            Err(error)
        } else if request.state != RequestState::Received {
            Ok(Claimed::No(request.clone()))
        } else if now > request.deadline {
            Ok(Claimed::Late(request.clone()))
        } else {
            (request.state, request.answer) = (RequestState::Answered, Some(data.to_owned()));
            Ok(Claimed::Yes(request.clone()))
        };
        std::future::ready(claimed).boxed()
    }
}

/// A request's id, and what its rule said of it.
type LateWord = (String, Result<String, String>);

/// A running listener with the channels "docs" (open), "secret" (with the key "k3y/=") and "later" (not open yet).
struct Rig {
    listening: Listening,
    memory: Arc<MemoryStore>,
    changed: Arc<AtomicUsize>,
    late: Arc<Mutex<Vec<LateWord>>>,
    _dir: TempDir,
}

impl Rig {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut ListenerOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut options = ListenerOptions::new("127.0.0.1:0".parse().unwrap(), Store::open(dir.path()), || NOW);
        options.channels = ["docs", "secret", "later"].map(ChannelName::new).to_vec();
        options.routes = vec![route("docs", None), route("secret", Some("k3y/="))];
        let (changed, late) = (Arc::new(AtomicUsize::new(0)), Arc::<Mutex<Vec<_>>>::default());
        let (counted, kept) = (changed.clone(), late.clone());
        options.changed = Box::new(move || {
            counted.fetch_add(1, SeqCst);
        });
        options.late = Arc::new(move |id, said| kept.lock().unwrap().push((id.as_str().to_owned(), said)));
        change(&mut options);
        let memory = MemoryStore::new();
        let listening = start(options, Arc::new(MemoryStoreHandle(memory.clone()))).unwrap();
        Self { listening, memory, changed, late, _dir: dir }
    }

    fn client(&self) -> TestClient {
        TestClient::connect(self.listening.addr())
    }

    /// What one request on a connection of its own is answered.
    fn ask(&self, request: impl AsRef<[u8]>) -> ClientResponse {
        let mut client = self.client();
        client.send(request);
        client.answer()
    }
}

fn route(name: &str, key: Option<&str>) -> Route {
    let channel = ChannelName::new(name);
    Route {
        channel,
        adapter: Arc::new(Postbox),
        webhook_key: key.map(Secret::new),
        secrets: vec![Secret::new("the-platforms-token"), Secret::new("abc")],
        rule: None,
    }
}

/// A POST of JSON with more headers, each with its line's end.
fn post_with(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         {headers}\r\n{body}"
    )
}

fn post(path: &str, body: &str) -> String {
    post_with(path, "", body)
}

fn event(id: usize) -> String {
    post("/hooks/docs", &format!("{{\"id\":\"{id}\"}}"))
}

/// One end of a connection.
struct TestClient {
    stream: TcpStream,
    read: Vec<u8>,
}

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ClientResponse {
    status: u16,
    headers: HashMap<String, String>,
    body: String,
}

impl ClientResponse {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl TestClient {
    fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Sends what may be refused at any byte.
    fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    fn answer(&mut self) -> ClientResponse {
        self.try_answer().expect("an answer")
    }

    /// The next response; none if the connection ended before.
    fn try_answer(&mut self) -> Option<ClientResponse> {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            self.more()?;
        };
        let head = String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pairs = lines.map(|line| line.split_once(": ").unwrap());
        let headers: HashMap<String, String> =
            pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        while self.read.len() < length {
            self.more()?;
        }
        let body = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        Some(ClientResponse { status, headers, body })
    }

    /// Waits until the other side has closed, and whatever it sent before; panics if it doesn't.
    fn closed(&mut self) -> String {
        while self.more().is_some() {}
        String::from_utf8_lossy(&self.read).into_owned()
    }

    fn more(&mut self) -> Option<()> {
        let mut buffer = [0; 4_096];
        match self.stream.read(&mut buffer) {
            Ok(0) => None,
            Ok(read) => {
                self.read.extend_from_slice(&buffer[..read]);
                Some(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => None,
            Err(error) => panic!("nothing came, nor an end: {error}"),
        }
    }
}

/// Waits for a condition that another thread brings about.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let from = Instant::now();
    while !condition() {
        assert!(from.elapsed() < PATIENCE, "{what}");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// What this process has resident, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}
