//! What a database's URL asks for, as types: the hosts, how much of TLS, and how long a silence may last.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A host of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is reached by.
    pub address: Address,
    /// Its port; of a socket, the number at its name's end.
    pub port: u16,
}

/// What a host is reached by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A name, or an address in its place.
    Host {
        /// What the certificate must be for.
        name: String,
        /// Where it is; looked up by its name if none.
        at: Option<IpAddr>,
    },
    /// The folder of a Unix socket.
    Folder(PathBuf),
}

impl Place {
    /// Whether what is said to it stays on this machine.
    pub fn is_local(&self) -> bool {
        match &self.address {
            Address::Folder(_) => true,
            Address::Host { at: Some(at), .. } => at.is_loopback(),
            Address::Host { name, at: None } => {
                name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|at: IpAddr| at.is_loopback())
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Host { name, .. } if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            Address::Host { name, .. } => write!(f, "{name}:{}", self.port),
            Address::Folder(folder) => write!(f, "{}/.s.PGSQL.{}", folder.display(), self.port),
        }
    }
}

/// `sslmode`, as libpq names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS where the server takes nothing else.
    Allow,
    /// TLS where the server has it.
    Prefer,
    /// TLS, with anybody.
    Require,
    /// TLS, with whom an authority vouches for.
    VerifyCa,
    /// TLS, with whom an authority vouches for under this name.
    VerifyFull,
}

/// What the URL says of TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct TlsWish {
    /// None where it isn't said.
    pub(super) mode: Option<SslMode>,
    /// Whom alone to trust; the system's authorities if none.
    pub(super) root: Option<PathBuf>,
    /// The client's own certificate and its key.
    pub(super) own: Option<(PathBuf, PathBuf)>,
    /// Without asking first, as servers from 17 on take it.
    pub(super) direct: bool,
}

/// How much of a certificate is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Check {
    /// Nothing.
    Nothing,
    /// Who vouches for it.
    Chain,
    /// Who vouches for it, and for which name.
    Name,
}

/// One way to speak to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Without TLS.
    Plain,
    /// With it.
    Tls(Check),
}

impl TlsWish {
    /// The ways in which a host may be spoken to, the first that works being taken.
    pub(super) fn ways(&self, place: &Place) -> Vec<Way> {
        if matches!(place.address, Address::Folder(_)) {
            return vec![Way::Plain];
        }
        // As in libpq: whoever names an authority wants it asked.
        let named = if self.root.is_some() { Check::Chain } else { Check::Nothing };
        match (self.mode, place.is_local()) {
            (Some(SslMode::Disable), _) => vec![Way::Plain],
            (Some(SslMode::VerifyCa), _) if self.root.is_some() => vec![Way::Tls(Check::Chain)],
            (Some(SslMode::VerifyFull | SslMode::VerifyCa), _) | (_, false) => vec![Way::Tls(Check::Name)],
            (Some(SslMode::Require), true) => vec![Way::Tls(named)],
            (Some(SslMode::Allow), true) => vec![Way::Plain, Way::Tls(named)],
            (Some(SslMode::Prefer) | None, true) => vec![Way::Tls(named), Way::Plain],
        }
    }
}

/// `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum BindingWish {
    /// The password's proof is bound to no connection.
    Disable,
    /// It is where both sides can.
    #[default]
    Prefer,
    /// It is, or there is no connection.
    Require,
}

/// `target_session_attrs`: which of several hosts will do. The store writes, so those that only read never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionWish {
    /// The first that answers.
    Any,
    /// One that can be written to.
    ReadWrite,
    /// One that follows no other.
    Primary,
}

/// How long a silence means that nobody is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timing {
    /// How long connecting to one address may take, with TLS and the password; as long as it takes if none.
    pub(super) connect: Option<Duration>,
    /// None where the other side isn't asked whether it is there.
    pub(super) keepalive: Option<Keepalive>,
    /// How long sent bytes may stay unacknowledged; the system's time if none.
    pub(super) unacknowledged: Option<Duration>,
}

/// How the other side of a silent connection is asked whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keepalive {
    /// After how much silence.
    pub(super) idle: Option<Duration>,
    /// How far apart.
    pub(super) interval: Option<Duration>,
    /// How often without an answer.
    pub(super) count: Option<u32>,
}

/// Of which a dead network is known after 3 s.
impl Default for Timing {
    fn default() -> Self {
        let second = Some(Duration::from_secs(1));
        Self {
            connect: Some(Duration::from_secs(5)),
            keepalive: Some(Keepalive { idle: second, interval: second, count: Some(2) }),
            unacknowledged: Some(Duration::from_secs(3)),
        }
    }
}

impl SslMode {
    pub(super) const ALL: [Self; 6] =
        [Self::Disable, Self::Allow, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];

    /// The word of libpq.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}
