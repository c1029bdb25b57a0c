//! Which process a server said that it is, so that a pooler in between, which makes one up, is known. The driver library
//! keeps that to itself, but writes it into a cancellation: one is written here, and sent to nobody.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf};
use tokio_postgres::Client;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

/// So many bytes stand before the process's number.
const HEAD: usize = 8;

/// The process that a cancellation would be for.
pub(super) async fn promised_process(client: &Client) -> Option<i32> {
    let (near, mut far) = tokio::io::duplex(64);
    let token = client.cancel_token();
    let sent = token.cancel_query_raw(Clear(near), Clearly);
    let (_, process) = tokio::join!(sent, read(&mut far));
    process.ok()
}

async fn read(far: &mut DuplexStream) -> io::Result<i32> {
    let mut head = [0; HEAD];
    far.read_exact(&mut head).await?;
    // Over TLS it asks for that first: yes.
    if head[4..] == 80_877_103_u32.to_be_bytes() {
        far.write_all(b"S").await?;
        far.read_exact(&mut head).await?;
    }
    far.read_i32().await
}

/// "TLS" without any, within this process.
struct Clearly;

/// What it carries.
struct Clear(DuplexStream);

impl TlsConnect<Clear> for Clearly {
    type Stream = Clear;
    type Error = io::Error;
    type Future = Ready<Result<Clear, io::Error>>;

    fn connect(self, stream: Clear) -> Self::Future {
        ready(Ok(stream))
    }
}

impl TlsStream for Clear {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Clear {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Clear {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
