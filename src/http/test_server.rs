//! A raw TCP server for tests: reads a request, writes the bytes that it was told, as it was told. It knows no HTTP
//! beyond where a request ends, so it can answer what no library would.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does next with a connection whose request it has read.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Writes bytes, and lets them go out on their own.
    Write(Vec<u8>),
    /// Closes in order.
    Close,
    /// Closes with a reset.
    Reset,
    /// Says nothing until the other side goes away.
    Hang,
}

impl Step {
    /// A whole response that ends with the connection.
    pub(crate) fn response(status: &str, content_type: &str, body: &str) -> Vec<Self> {
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n{body}");
        vec![Self::Write(head.into_bytes()), Self::Close]
    }

    /// A whole response with a length, after which the connection can be used again.
    pub(crate) fn kept(status: &str, headers: &str, body: &str) -> Vec<Self> {
        let length = body.len();
        vec![Self::Write(
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes(),
        )]
    }
}

#[derive(Default)]
struct SeenRequest {
    connections: usize,
    requests: Vec<String>,
}

/// A server on a free loopback port; dropped, it stops.
pub(crate) struct TestServer {
    port: u16,
    seen: Arc<Mutex<SeenRequest>>,
    /// How many connections the other side has left.
    left: tokio::sync::watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// Serves the scripts, one a request, in order; then refuses with 599.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(SeenRequest::default()));
        let (leave, left) = tokio::sync::watch::channel(0);
        let scripts = Arc::new(Mutex::new(scripts.into_iter()));
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                kept.lock().unwrap().connections += 1;
                let (kept, scripts, leave) = (Arc::clone(&kept), Arc::clone(&scripts), leave.clone());
                connections.spawn(async move {
                    serve(socket, &kept, || scripts.lock().unwrap().next()).await;
                    leave.send_modify(|n| *n += 1);
                });
            }
        });
        Self { port, seen, left, task }
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far, heads and bodies as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// Waits until that many connections have ended.
    pub(crate) async fn ended(&mut self, connections: usize) {
        let wait = self.left.wait_for(|n| *n >= connections);
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("a connection stayed open").unwrap();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut socket: TcpStream, seen: &Mutex<SeenRequest>, mut script: impl FnMut() -> Option<Vec<Step>>) {
    socket.set_nodelay(true).unwrap();
    while let Some(request) = read_request(&mut socket).await {
        seen.lock().unwrap().requests.push(request);
        let script = script().unwrap_or_else(|| Step::response("599 unscripted", "text/plain", ""));
        for step in script {
            match step {
                Step::Write(bytes) => {
                    if socket.write_all(&bytes).await.is_err() {
                        return;
                    }
                    // Lets the other side read, so that the next bytes are another read more often than not.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Step::Close => return,
                Step::Reset => return socket.set_zero_linger().unwrap(),
                Step::Hang => {
                    while socket.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {}
                    return;
                }
            }
        }
    }
}

async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse().ok());
            if bytes.len() - end - 4 >= length.unwrap_or(0_usize) {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        match socket.read(&mut buffer).await {
            Ok(n) if n > 0 => bytes.extend_from_slice(&buffer[..n]),
            _ => return None,
        }
    }
}
