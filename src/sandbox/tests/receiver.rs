//! A receiver of webhooks on a bare socket: takes them down and answers what a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

use super::eventually;

/// A webhook as it came.
#[derive(Debug, Clone)]
pub(super) struct ReceivedHook {
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl ReceivedHook {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A status and a body.
pub(super) type ReceiverAnswer = (u16, String);

/// Listens until it is dropped.
pub(super) struct Receiver {
    addr: SocketAddr,
    stop: Arc<AtomicBool>,
    received: Arc<Mutex<Vec<ReceivedHook>>>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub(super) fn start() -> Self {
        Self::answering(|_| (200, r#"{"ok":true}"#.to_owned()))
    }

    /// Answers what the test says; it sees each webhook before that is counted.
    pub(super) fn answering(handler: impl Fn(&ReceivedHook) -> ReceiverAnswer + Send + 'static) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), handler)
    }

    /// The same at a certain address.
    pub(super) fn at(addr: SocketAddr, handler: impl Fn(&ReceivedHook) -> ReceiverAnswer + Send + 'static) -> Self {
        let listener = TcpListener::bind(addr).unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, received) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (stopped, taken) = (stop.clone(), received.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                if let Some((one, mut stream)) = stream.ok().and_then(read) {
                    let (status, body) = handler(&one);
                    taken.lock().unwrap().push(one);
                    let head = format!(
                        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nX-Receiver: test\r\n\
                         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = stream.write_all(head.as_bytes());
                }
            }
        });
        Self { addr, stop, received, thread: Some(thread) }
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where a sandbox is to post.
    pub(super) fn base(&self) -> String {
        format!("http://{}/hooks", self.addr)
    }

    pub(super) fn received(&self) -> Vec<ReceivedHook> {
        self.received.lock().unwrap().clone()
    }

    /// Waits for so many webhooks.
    pub(super) fn wait(&self, count: usize) -> Vec<ReceivedHook> {
        eventually(&format!("{count} webhooks"), || self.received.lock().unwrap().len() >= count);
        self.received()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.addr);
        let _ = self.thread.take().unwrap().join();
    }
}

fn read(stream: TcpStream) -> Option<(ReceivedHook, TcpStream)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut one = ReceivedHook { path, headers, body: Vec::new() };
    one.body = vec![0; one.header("content-length")?.parse().ok()?];
    reader.read_exact(&mut one.body).ok()?;
    Some((one, reader.into_inner()))
}
