//! The listener's thread: accepts connections, serves each on a task of its own, and stops without cutting off
//! anybody who was let in.

use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
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

use super::connections::{ConnectionGuard, ConnectionRegistry};
use super::delivery_store::DeliveryStore;
use super::ingest::IngestQueue;
use super::limits::ListenerLimits;
use super::listener_config::ListenerConfig;
use super::metered_stream::{MeteredStream, ReturnedSocket};
use super::service::Service;
use super::shutdown::Shutdown;

/// How long a listener that can take nobody waits until it tries again.
const BREATH: Duration = Duration::from_millis(20);
/// The most that a connection's buffer holds of what was read and not yet looked at.
const READ_AHEAD: usize = 64 << 10;
/// How much is read and thrown away after an answer that came before the request's end.
const MOST_THROWN_AWAY: usize = 16 << 20;

/// Serves until it is told to stop.
pub(super) fn run(
    runtime: &Runtime,
    listener: TcpListener,
    config: ListenerConfig,
    store: Arc<dyn DeliveryStore>,
    mut stopping: watch::Receiver<bool>,
) {
    let limits = config.limits.clone();
    runtime.block_on(async move {
        let config = Arc::new(config);
        let shutdown = Arc::new(Shutdown::new());
        let connections = Arc::new(ConnectionRegistry::new(limits.clone()));
        let (ingest, collector) = IngestQueue::new(store, limits.clone());
        let service = Arc::new(Service::new(config.clone(), ingest, connections.clone(), shutdown.clone()));
        tokio::spawn(collector.run(config));
        let watched = connections.clone();
        tokio::spawn(async move { watched.watch().await });
        let mut acceptor = Acceptor { http: protocol(&limits), service, connections: connections.clone() };
        tokio::select! {
            () = acceptor.accept(&listener) => {}
            // Also when nobody is left to say so.
            _ = stopping.wait_for(|stop| *stop) => {}
        }
        shutdown.begin();
        // Who has connected already is let in: closing the socket would reset them.
        while let Some(accepted) = listener.accept().now_or_never() {
            if let Ok((stream, peer)) = accepted {
                acceptor.enter(stream, peer);
            }
        }
        drop(listener);
        // A quiet connection may have a request under way, which would be cut off. Who sends one now is answered, and
        // told that it was the last.
        let _ = tokio::time::timeout(limits.grace_time, connections.wait_until_empty()).await;
        shutdown.close_quiet();
        connections.wake_all();
        if tokio::time::timeout(limits.stop_time.saturating_sub(limits.grace_time), connections.wait_until_empty())
            .await
            .is_err()
        {
            tracing::warn!("the listener stopped while requests were still being worked on");
        }
    });
}

fn protocol(limits: &ListenerLimits) -> http1::Builder {
    let mut http = http1::Builder::new();
    // The times are the registry's business, which tells a quiet connection from a slow head.
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
struct Acceptor {
    http: http1::Builder,
    service: Arc<Service>,
    connections: Arc<ConnectionRegistry>,
}

impl Acceptor {
    async fn accept(&mut self, listener: &TcpListener) {
        let mut complained = false;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    while !self.connections.make_room() {
                        // Everybody is at work. Who is quiet in a moment can go then.
                        let _ = tokio::time::timeout(BREATH, self.connections.wait_for_departure()).await;
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
                    if self.connections.evict() {
                        tokio::task::yield_now().await;
                    } else {
                        tokio::time::sleep(BREATH).await;
                    }
                }
            }
        }
    }

    fn enter(&self, stream: TcpStream, peer: SocketAddr) {
        let local = stream.local_addr().map_or(self.service.config.addr.ip(), |addr| addr.ip());
        let Some(guard) = self.connections.admit(peer.ip(), local) else { return };
        // An answer is written at once and whole, so nothing is won by holding it back.
        let _ = stream.set_nodelay(true);
        let id = guard.id();
        let task = tokio::spawn(serve_connection(self.http.clone(), self.service.clone(), stream, guard));
        ConnectionGuard::set_task(&self.connections, id, task.abort_handle());
    }
}

/// Serves one connection to its end.
async fn serve_connection(http: http1::Builder, service: Arc<Service>, stream: TcpStream, guard: ConnectionGuard) {
    let returned = ReturnedSocket::default();
    let connection = guard.connection.clone();
    let stream = MeteredStream::new(stream, connection.clone(), returned.clone());
    let shutdown = service.shutdown.clone();
    let handler = {
        let (connection, service) = (connection.clone(), service.clone());
        service_fn(move |request| service.clone().handle(connection.clone(), request))
    };
    let mut serving = Box::pin(http.serve_connection(TokioIo::new(stream), handler));
    let mut is_closing = false;
    let outcome = std::future::poll_fn(|cx| {
        connection.remember_waker(cx.waker());
        let outcome = serving.as_mut().poll(cx);
        if outcome.is_pending() && !is_closing && shutdown.closes_quiet() {
            is_closing = true;
            serving.as_mut().graceful_shutdown();
            return serving.as_mut().poll(cx);
        }
        outcome
    })
    .await;
    drop(serving);
    let linger_on = match outcome {
        Ok(()) => connection.is_unread(),
        // It was refused before it was a request; or its client went away, and then reading ends at once.
        Err(error) if error.is_parse() => {
            service.refuse_malformed(&connection, error.is_parse_too_large());
            true
        }
        Err(_) => false,
    };
    let stream = returned.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(stream) = stream.filter(|_| linger_on) {
        guard.linger();
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
