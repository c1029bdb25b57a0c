//! A socket to a server: where its host is, and how soon a silent one is known to be dead.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::error::ConnectCause;
use super::wish::{Address, Place, Timing};

/// So long a name is looked up at most, where connecting has no limit.
const LOOKUP: Duration = Duration::from_secs(30);

/// Bytes to and from a server, whatever carries them.
pub(super) trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// A connected socket.
pub(super) type Wire = Box<dyn Carrier>;

/// Where a host can be reached: each of its addresses, or a socket's path.
pub(super) enum Reach {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Socket(std::path::PathBuf),
}

/// The addresses of a host; at least one.
pub(super) async fn addresses(place: &Place, timing: &Timing) -> Result<Vec<Reach>, ConnectCause> {
    let (name, at) = match &place.address {
        #[cfg(unix)]
        Address::Folder(folder) => return Ok(vec![Reach::Socket(folder.join(format!(".s.PGSQL.{}", place.port)))]),
        #[cfg(not(unix))]
        Address::Folder(_) => return Err(ConnectCause::Unreachable("there are no Unix sockets here".to_owned())),
        Address::Host { name, at } => (name, at.or_else(|| name.parse().ok())),
    };
    if let Some(at) = at {
        return Ok(vec![Reach::Tcp(SocketAddr::new(at, place.port))]);
    }
    let within = timing.connect.unwrap_or(LOOKUP);
    let found = tokio::time::timeout(within, tokio::net::lookup_host((name.as_str(), place.port))).await;
    let found = found.map_err(|_| ConnectCause::Late(within))?;
    let found: Vec<Reach> =
        found.map_err(|error| ConnectCause::NoAddress(error.to_string()))?.map(Reach::Tcp).collect();
    if found.is_empty() { Err(ConnectCause::NoAddress("it has no address".to_owned())) } else { Ok(found) }
}

/// Connects to one address.
pub(super) async fn dial(reach: &Reach, timing: &Timing) -> Result<Wire, ConnectCause> {
    let dialled = match reach {
        Reach::Tcp(address) => tcp(*address, timing).await,
        #[cfg(unix)]
        Reach::Socket(path) => tokio::net::UnixStream::connect(path).await.map(|stream| Box::new(stream) as Wire),
    };
    dialled.map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => ConnectCause::Refused,
        // The kernel's own, where the other side never answers.
        io::ErrorKind::TimedOut => ConnectCause::Unreachable("it does not answer".to_owned()),
        _ => ConnectCause::Unreachable(error.to_string()),
    })
}

async fn tcp(address: SocketAddr, timing: &Timing) -> io::Result<Wire> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let socket = socket2::SockRef::from(&stream);
    if let Some(keepalive) = &timing.keepalive {
        let mut wanted = socket2::TcpKeepalive::new();
        if let Some(idle) = keepalive.idle {
            wanted = wanted.with_time(idle);
        }
        if let Some(interval) = keepalive.interval {
            wanted = wanted.with_interval(interval);
        }
        #[cfg(unix)]
        if let Some(count) = keepalive.count {
            wanted = wanted.with_retries(count);
        }
        socket.set_tcp_keepalive(&wanted)?;
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if timing.unacknowledged.is_some() {
        socket.set_tcp_user_timeout(timing.unacknowledged)?;
    }
    Ok(Box::new(stream))
}
