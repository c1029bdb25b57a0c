//! One connection's socket: tells its [`Conn`] when bytes come and when none can go, and gives the socket back when the
//! protocol has done with it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::conn::Conn;

/// Where the socket is put when the protocol has done with it.
pub(super) type Rest = Arc<Mutex<Option<TcpStream>>>;

/// The socket of one connection.
pub(super) struct Wire {
    stream: Option<TcpStream>,
    conn: Arc<Conn>,
    rest: Rest,
}

impl Wire {
    /// The socket goes to `rest` when this is dropped.
    pub(super) fn new(stream: TcpStream, conn: Arc<Conn>, rest: Rest) -> Self {
        Self { stream: Some(stream), conn, rest }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = self.stream.take();
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = self.stream()?.poll_read(cx, buf);
        if buf.filled().len() > before {
            self.conn.heard();
        }
        outcome
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = self.stream()?.poll_write(cx, buf);
        self.conn.wrote(outcome.is_ready());
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}
