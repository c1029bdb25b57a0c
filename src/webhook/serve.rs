//! The listener's thread: accepts connections, attends to each on a task of its own, and stops without cutting off
//! anybody who was let in.

use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::clerk::Clerk;
use super::crowd::{Crowd, Place};
use super::desk::{Desk, Office};
use super::limits::Limits;
use super::shelf::Shelf;
use super::wire::{Rest, Wire};

/// How long a listener that can take nobody waits until it tries again.
const BREATH: Duration = Duration::from_millis(20);
/// The most that a connection's buffer holds of what was read and not yet looked at.
const READ_AHEAD: usize = 64 << 10;
/// How much is read and thrown away after an answer that came before the request's end.
const MOST_THROWN_AWAY: usize = 16 << 20;

/// How far stopping has come.
#[derive(Debug, Default)]
pub(super) struct Closing(AtomicU8);

impl Closing {
    /// Whether every answer says that it is the last.
    pub(super) fn begun(&self) -> bool {
        self.0.load(Relaxed) > 0
    }

    /// Whether a connection that is quiet now is closed.
    fn quiet_go(&self) -> bool {
        self.0.load(Relaxed) > 1
    }
}

/// Serves until it is told to stop.
pub(super) fn run(
    runtime: &Runtime,
    listener: TcpListener,
    desk: Desk,
    shelf: Arc<dyn Shelf>,
    mut stopping: watch::Receiver<bool>,
) {
    runtime.block_on(async move {
        let limits = desk.limits.clone();
        let closing = Arc::new(Closing::default());
        let crowd = Arc::new(Crowd::new(limits.clone()));
        let (clerk, collector) = Clerk::new(shelf, limits.clone());
        let office = Arc::new(Office { desk, clerk, crowd: crowd.clone(), closing: closing.clone() });
        tokio::spawn(collector.run(office.clone()));
        let watched = crowd.clone();
        tokio::spawn(async move { watched.watch().await });
        let mut entrance = Entrance { http: protocol(&limits), office, crowd: crowd.clone() };
        tokio::select! {
            () = entrance.accept(&listener) => {}
            // Also when nobody is left to say so.
            _ = stopping.wait_for(|stop| *stop) => {}
        }
        closing.0.store(1, Relaxed);
        // Who has connected already is let in: closing the socket would reset them.
        while let Some(accepted) = listener.accept().now_or_never() {
            if let Ok((stream, peer)) = accepted {
                entrance.enter(stream, peer);
            }
        }
        drop(listener);
        // A quiet connection may have a request under way, which would be cut off. Who sends one now is answered, and
        // told that it was the last.
        let _ = tokio::time::timeout(limits.grace_time, crowd.empty()).await;
        closing.0.store(2, Relaxed);
        crowd.wake_all();
        if tokio::time::timeout(limits.stop_time.saturating_sub(limits.grace_time), crowd.empty()).await.is_err() {
            tracing::warn!("the listener stopped while requests were still being worked on");
        }
    });
}

fn protocol(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    // The times are the crowd's business, which tells a quiet connection from a slow head.
    http.header_read_timeout(None)
        // Who closes its own side behind a whole request still waits for the answer: some clients and proxies do.
        .half_close(true)
        .max_headers(limits.headers)
        .max_header_size(limits.head)
        .max_buf_size(READ_AHEAD.max(limits.head))
        // Answers are small: one buffer, one write.
        .writev(false);
    http
}

/// Where connections come in.
struct Entrance {
    http: http1::Builder,
    office: Arc<Office>,
    crowd: Arc<Crowd>,
}

impl Entrance {
    async fn accept(&mut self, listener: &TcpListener) {
        let mut complained = false;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    while !self.crowd.make_room() {
                        // Everybody is at work. Who is quiet in a moment can go then.
                        let _ = tokio::time::timeout(BREATH, self.crowd.departure()).await;
                    }
                    self.enter(stream, peer);
                    // Whoever made room is really gone after this, socket and all.
                    tokio::task::yield_now().await;
                }
                Err(error) if of_one_connection(&error) => {}
                Err(error) => {
                    // Out of descriptors, most likely.
                    if !std::mem::replace(&mut complained, true) {
                        tracing::warn!(%error, "the listener could not accept a connection");
                    }
                    if self.crowd.evict() {
                        tokio::task::yield_now().await;
                    } else {
                        tokio::time::sleep(BREATH).await;
                    }
                }
            }
        }
    }

    fn enter(&self, stream: TcpStream, peer: SocketAddr) {
        let local = stream.local_addr().map_or(self.office.desk.addr.ip(), |addr| addr.ip());
        let Some(place) = self.crowd.admit(peer.ip(), local) else { return };
        // An answer is written at once and whole, so nothing is won by holding it back.
        let _ = stream.set_nodelay(true);
        let id = place.id();
        let task = tokio::spawn(attend(self.http.clone(), self.office.clone(), stream, place));
        Place::seat(&self.crowd, id, task.abort_handle());
    }
}

/// Attends to one connection to its end.
async fn attend(http: http1::Builder, office: Arc<Office>, stream: TcpStream, place: Place) {
    let rest = Rest::default();
    let conn = place.conn.clone();
    let wire = Wire::new(stream, conn.clone(), rest.clone());
    let closing = office.closing.clone();
    let service = {
        let (conn, office) = (conn.clone(), office.clone());
        service_fn(move |request| office.clone().handle(conn.clone(), request))
    };
    let mut serving = Box::pin(http.serve_connection(TokioIo::new(wire), service));
    let mut told = false;
    let outcome = std::future::poll_fn(|cx| {
        conn.attend(cx.waker());
        let outcome = serving.as_mut().poll(cx);
        if outcome.is_pending() && !told && closing.quiet_go() {
            told = true;
            serving.as_mut().graceful_shutdown();
            return serving.as_mut().poll(cx);
        }
        outcome
    })
    .await;
    drop(serving);
    let ours = match outcome {
        Ok(()) => conn.is_unread(),
        // It was refused before it was a request; or its client went away, and then reading ends at once.
        Err(error) if error.is_parse() => {
            office.garbled(&conn, error.is_parse_too_large());
            true
        }
        Err(_) => false,
    };
    let stream = rest.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(stream) = stream.filter(|_| ours) {
        place.linger();
        linger(stream).await;
    }
}

/// Closing a socket that has something to read resets it, and the client may lose the answer that it has not read yet.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut thrown_away = 0;
    // Not on the task, which would be that much larger for all.
    let mut buffer = vec![0; 4_096];
    while thrown_away < MOST_THROWN_AWAY {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => thrown_away += read,
            _ => return,
        }
    }
}

/// Whether accepting failed because that connection was gone again.
fn of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
