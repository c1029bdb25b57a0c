//! One connection's socket: tells its [`Connection`] when bytes come and when none can go, and gives the socket back
//! when the protocol has done with it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::connection::{Connection, Phase};

/// Where the socket is put when the protocol has done with it.
pub(super) type ReturnedSocket = Arc<Mutex<Option<TcpStream>>>;

/// The socket of one connection.
pub(super) struct MeteredStream {
    stream: Option<TcpStream>,
    connection: Arc<Connection>,
    returned: ReturnedSocket,
}

impl MeteredStream {
    /// The socket goes to `returned` when this is dropped.
    pub(super) fn new(stream: TcpStream, connection: Arc<Connection>, returned: ReturnedSocket) -> Self {
        Self { stream: Some(stream), connection, returned }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for MeteredStream {
    fn drop(&mut self) {
        *self.returned.lock().unwrap_or_else(PoisonError::into_inner) = self.stream.take();
    }
}

impl AsyncRead for MeteredStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = self.stream()?.poll_read(cx, buf);
        if buf.filled().len() > before {
            self.connection.received(buf.filled().get(before..).unwrap_or_default());
        } else if outcome.is_pending() && self.connection.is_retiring() {
            // Nothing has come up to now: an end that is asked for here cuts nothing off.
            return Poll::Ready(Ok(()));
        }
        outcome
    }
}

impl AsyncWrite for MeteredStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = self.stream()?.poll_write(cx, buf);
        self.connection.wrote(outcome.is_ready());
        outcome
    }

    /// Flushing is what the protocol does whenever it has looked at everything. While a rule is waited for it reads
    /// nothing, so here is where its client is seen to end.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.phase() == Phase::Rule {
            let mut one = [0];
            let peeked = self.stream()?.poll_peek(cx, &mut ReadBuf::new(&mut one));
            if let Poll::Ready(Ok(0) | Err(_)) = peeked {
                self.connection.mark_client_closed();
            }
        }
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;
    use crate::webhook::limits::ListenerLimits;

    /// Both ends of a connection; ours is quiet, between two requests.
    async fn quiet() -> (TcpStream, MeteredStream, Arc<Connection>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (near, peer) = listener.accept().await.unwrap();
        let connection = Arc::new(Connection::new(peer.ip(), peer.ip(), Instant::now()));
        connection.enter(Phase::Idle);
        (far, MeteredStream::new(near, connection.clone(), ReturnedSocket::default()), connection)
    }

    #[tokio::test]
    async fn a_request_that_came_at_the_last_moment_is_read_before_the_end() {
        let (mut far, mut wire, connection) = quiet().await;
        far.write_all(b"POST").await.unwrap();
        assert_eq!(wire.stream().unwrap().peek(&mut [0]).await.unwrap(), 1, "it has arrived");
        assert!(connection.retire());
        let mut read = [0; 8];
        assert_eq!(wire.read(&mut read).await.unwrap(), 4);
        assert!(!connection.is_retiring(), "it is at work again");
        connection.enter(Phase::Idle);
        assert_eq!(wire.read(&mut read).await.unwrap(), 0, "nothing came, so it ends");
        assert!(!connection.retire(), "it was told before");
    }

    #[test]
    fn a_quiet_connection_is_kept_for_longer_than_a_proxy_may_use_it() {
        // nginx and Varnish hold one for 60 s, Go's client for 90, Caddy for two minutes.
        assert!(ListenerLimits::default().idle_time > std::time::Duration::from_mins(3));
    }
}
