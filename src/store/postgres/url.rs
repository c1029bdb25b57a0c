//! Where a store on PostgreSQL is and how it is reached, from its URL. What each option means is libpq's to say; what this
//! program adds is that off loopback nothing but verified TLS will do, unless the URL says `sslmode=disable`.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::authority::split;
use super::options::read;
use super::url_error::UrlError;
use crate::domain::Secret;

/// What `[store] url` says. Its `Debug` shows no password.
#[derive(Debug, Clone)]
pub struct StoreUrl {
    /// The hosts, in the order in which they are tried; at least one.
    pub(super) places: Vec<Place>,
    /// The operating system's user if none.
    pub(super) user: Option<String>,
    /// The user's name if none.
    pub(super) database: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) application: String,
    /// `-c name=value` for the server's session.
    pub(super) options: Option<String>,
    pub(super) tls: TlsWish,
    pub(super) binding: BindingWish,
    pub(super) timing: Timing,
    pub(super) session: SessionWish,
    warnings: Vec<String>,
}

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

impl StoreUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// The first thing in it that is wrong. A password is never quoted.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let parts = split(text)?;
        let (user, password, database) = (parts.user.clone(), parts.password.clone(), parts.database.clone());
        let said = read(parts)?;
        let password = said.password.or(password).filter(|password| !password.is_empty());
        let session =
            said.session.unwrap_or(if said.places.len() > 1 { SessionWish::ReadWrite } else { SessionWish::Any });
        let mut url = Self {
            places: said.places,
            user: said.user.or(user),
            database: said.database.or(database),
            password: password.map(Secret::new),
            application: said.application.unwrap_or_else(|| "patchcord".to_owned()),
            options: said.options,
            tls: said.tls,
            binding: said.binding,
            timing: said.timing,
            session,
            warnings: Vec::new(),
        };
        url.warnings = url.judge();
        Ok(url)
    }

    /// The hosts, in the order in which they are tried.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The database's name; the user's where the URL names none.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref().or(self.user.as_deref())
    }

    /// Which of several hosts will do.
    pub const fn session(&self) -> SessionWish {
        self.session
    }

    /// What works, and is likely not what was meant: a sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn judge(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.password.is_some() {
            let text = "The store's URL holds its password: name it in [store] password, as { env = \"NAME\" }.";
            warnings.push(text.to_owned());
        }
        let Some(far) = self.places.iter().find(|place| !place.is_local()) else { return warnings };
        match self.tls.mode {
            Some(SslMode::Disable) => warnings.push(format!(
                "With sslmode=disable everybody on the way to {far} can read and change what the store is told."
            )),
            Some(mode @ (SslMode::Allow | SslMode::Prefer | SslMode::Require)) => warnings.push(format!(
                "sslmode={} would take any certificate from {far}: it is verified as with verify-full.",
                mode.as_str()
            )),
            _ => {}
        }
        warnings
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
