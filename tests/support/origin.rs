//! A raw HTTP server on loopback whose every byte a test decides: threads of the standard library, no framework, so
//! that it can answer what no framework would.
//!
//! Owns the connections and a record of every request. What is answered is a `script`; knows no platform.
#![allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, reason = "each test uses a part of the rig")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use super::script::{Gate, Request, Script, Stamp, Step};

const POLL: Duration = Duration::from_millis(2);
const PATIENCE: Duration = Duration::from_secs(30);

type Handler = Box<dyn Fn(&Request) -> Script + Send + Sync>;

struct Inner {
    handler: Handler,
    stop: AtomicBool,
    requests: Mutex<Vec<Request>>,
    arrived: Condvar,
    connections: Mutex<usize>,
    left: Mutex<usize>,
}

/// A server that runs until it is dropped.
pub struct Origin {
    address: SocketAddr,
    inner: Arc<Inner>,
    accept: Option<JoinHandle<()>>,
}

impl Origin {
    /// Serves on a free port of loopback; `handler` decides every answer.
    pub fn start(handler: impl Fn(&Request) -> Script + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let inner = Arc::new(Inner {
            handler: Box::new(handler),
            stop: AtomicBool::new(false),
            requests: Mutex::new(Vec::new()),
            arrived: Condvar::new(),
            connections: Mutex::new(0),
            left: Mutex::new(0),
        });
        let shared = Arc::clone(&inner);
        let accept = thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stop.load(Ordering::SeqCst) {
                    break;
                }
                if let Ok(stream) = stream {
                    *lock(&shared.connections) += 1;
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || serve(stream, &shared));
                }
            }
        });
        Self { address, inner, accept: Some(accept) }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.inner.requests).clone()
    }

    /// How many requests went to a path that ends so.
    pub fn count(&self, suffix: &str) -> usize {
        lock(&self.inner.requests).iter().filter(|r| r.path.ends_with(suffix)).count()
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        *lock(&self.inner.connections)
    }

    /// Waits until that many clients have left a connection whose answer had fallen silent.
    #[track_caller]
    pub fn wait_left(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while *lock(&self.inner.left) < count {
            assert!(Instant::now() < deadline, "waited for the client to close its connection");
            thread::sleep(POLL);
        }
    }

    /// Waits until the requests so far are as wanted.
    #[track_caller]
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&[Request]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut requests = lock(&self.inner.requests);
        while !wanted(&requests) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what}; {} requests came: {requests:#?}", requests.len());
            let woken = self.inner.arrived.wait_timeout(requests, left);
            requests = woken.map_or_else(|poisoned| poisoned.into_inner().0, |(requests, _)| requests);
        }
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.inner.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(accept) = self.accept.take() {
            let _ = accept.join();
        }
    }
}

/// An address of loopback where nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("its address"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, inner: &Inner) {
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(POLL));
    while let Some(request) = receive(&mut stream, inner) {
        let script = (inner.handler)(&request);
        lock(&inner.requests).push(request);
        inner.arrived.notify_all();
        if !play(&mut stream, script, inner) {
            return;
        }
    }
}

/// Reads one request but for its last byte, which stays with the kernel: a connection that is dropped with a byte
/// unread ends with RST, and that is the only way to one without `unsafe`.
fn receive(stream: &mut TcpStream, inner: &Inner) -> Option<Request> {
    let mut buffer = vec![0; 65_536];
    let (length, text) = loop {
        if inner.stop.load(Ordering::SeqCst) {
            return None;
        }
        match stream.peek(&mut buffer) {
            Ok(0) => return None,
            Ok(read) => match buffer[..read].windows(4).position(|w| w == b"\r\n\r\n") {
                Some(end) => break (end + 4, String::from_utf8_lossy(&buffer[..end]).into_owned()),
                None => thread::sleep(POLL),
            },
            Err(e) if quiet(&e) => {}
            Err(_) => return None,
        }
    };
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let mut request = Request { method, path, headers, body: Vec::new() };
    let body: usize = request.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut whole = vec![0; length + body];
    let held = whole.len() - 1;
    take(stream, &mut whole[..held], inner)?;
    loop {
        match stream.peek(&mut whole[held..]) {
            Ok(1) => break,
            Err(e) if quiet(&e) && !inner.stop.load(Ordering::SeqCst) => {}
            _ => return None,
        }
    }
    request.body = whole.split_off(length);
    Some(request)
}

fn take(stream: &mut TcpStream, mut into: &mut [u8], inner: &Inner) -> Option<()> {
    while !into.is_empty() {
        match stream.read(into) {
            Ok(0) => return None,
            Ok(read) => into = &mut into[read..],
            Err(e) if quiet(&e) && !inner.stop.load(Ordering::SeqCst) => {}
            Err(_) => return None,
        }
    }
    Some(())
}

fn quiet(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// Plays an answer; returns whether the connection is kept.
fn play(stream: &mut TcpStream, script: Script, inner: &Inner) -> bool {
    for step in script.0 {
        match step {
            Step::Bytes(bytes) => {
                if stream.write_all(&bytes).is_err() {
                    return false;
                }
            }
            Step::Wait(gate) => {
                while !gate.is_open(POLL) {
                    if inner.stop.load(Ordering::SeqCst) {
                        return false;
                    }
                }
            }
            Step::Pause(time) => thread::sleep(time),
            Step::Stamp(stamp) => stamp.set(),
            Step::Reset => return false,
            Step::Close => {
                let _ = swallow(stream);
                let _ = stream.shutdown(Shutdown::Write);
                linger(stream, inner);
                return false;
            }
            Step::Hang => {
                let _ = swallow(stream);
                linger(stream, inner);
                *lock(&inner.left) += 1;
                return false;
            }
        }
    }
    swallow(stream).is_ok()
}

/// Takes the byte that was held back.
fn swallow(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.read_exact(&mut [0])
}

/// Waits until the client has gone, so that the end is not a reset.
fn linger(stream: &mut TcpStream, inner: &Inner) {
    let mut rest = [0; 4_096];
    while !inner.stop.load(Ordering::SeqCst) {
        match stream.read(&mut rest) {
            Ok(0) => return,
            Ok(_) => {}
            Err(e) if quiet(&e) => {}
            Err(_) => return,
        }
    }
}
