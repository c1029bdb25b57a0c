//! The sockets: a listener whose connections can be reset from inside, as a failing network does.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A TCP listener that hands out [`Wire`]s.
pub(super) struct WireListener(TcpListener);

impl WireListener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self(listener)
    }
}

impl Listener for WireListener {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, peer)) => {
                    // A small piece must leave at once: Nagle's algorithm would hold it back.
                    let _ = stream.set_nodelay(true);
                    let (cord, pulled) = mpsc::channel(1);
                    return (Wire { stream, cord: Cord(cord), pulled }, peer);
                }
                Err(error) => {
                    tracing::warn!(%error, "the sandbox could not accept a connection");
                    // Out of descriptors, most likely: trying at once would spin.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One connection.
pub(super) struct Wire {
    stream: TcpStream,
    cord: Cord,
    pulled: mpsc::Receiver<()>,
}

/// Resets the connection that it belongs to.
#[derive(Clone)]
pub(super) struct Cord(mpsc::Sender<()>);

impl Cord {
    /// The connection ends in a reset, without another byte.
    pub(super) fn pull(&self) {
        let _ = self.0.try_send(());
    }

    /// Waits until the connection is no more.
    pub(super) async fn gone(&self) {
        self.0.closed().await;
    }
}

impl Connected<IncomingStream<'_, WireListener>> for Cord {
    fn connect_info(stream: IncomingStream<'_, WireListener>) -> Self {
        stream.io().cord.clone()
    }
}

impl Wire {
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.pulled.poll_recv(cx).is_ready() {
            // With no time to linger the kernel answers with RST in place of FIN.
            let _ = self.stream.set_zero_linger();
            self.pulled.close();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
