//! What can go wrong between the store and a PostgreSQL server, as data: above all whether what was asked may have been
//! done all the same.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::server_error::ServerError;

/// What is known of a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing of it was done.
    Undone,
    /// It may have been done, commit included: nobody said.
    Unknown,
}

/// Why there is no connection, or no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// A file that the URL names can't be used.
    #[error("{}: {why}", path.display())]
    Files {
        /// Which one.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Certificates can't be used, or this machine has none that it trusts.
    #[error("TLS can't be used: {0}")]
    Tls(String),
    /// The system gives no event loop.
    #[error("no connection can be driven: {0}")]
    System(String),
    /// No host will do; each with its reason.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Connect(Vec<HostFailure>),
    /// The server didn't do it, and says why. The transaction that it was in is taken back, or can only be.
    #[error(transparent)]
    Server(Box<ServerError>),
    /// What was asked can't be sent as it is.
    #[error("the call is wrong: {0}")]
    Misuse(String),
    /// The connection had ended before anything was sent.
    #[error("the connection to the database had ended{}", because(.0.as_deref()))]
    Closed(Option<Box<ServerError>>),
    /// The connection ended before there was an answer.
    #[error("the connection to the database ended before it answered{}", because(.0.as_deref()))]
    Lost(Option<Box<ServerError>>),
    /// There was no answer in time; the connection is given up.
    #[error("the database did not answer within {} s", .0.as_secs_f32())]
    Late(Duration),
    /// It is committed on this server, and not known to be on its standby: a failover may lose it.
    #[error("the database committed without its standby")]
    Unreplicated,
}

fn because(error: Option<&ServerError>) -> String {
    error.map_or_else(String::new, |error| format!(": {error}"))
}

impl LinkError {
    /// Whether what was asked may have been done. Only what the server refused with its own words, and what was never sent,
    /// is known not to be.
    pub const fn fate(&self) -> Fate {
        match self {
            Self::Lost(_) | Self::Late(_) | Self::Unreplicated => Fate::Unknown,
            _ => Fate::Undone,
        }
    }

    /// The server's own code, where it is the server who refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Server(error) => Some(&error.code),
            _ => None,
        }
    }

    /// Whether the same call may succeed a moment later, if need be by another link.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Files { .. } | Self::Tls(_) | Self::Misuse(_) => false,
            Self::Connect(hosts) => hosts.iter().any(|host| host.cause.may_pass()),
            Self::Server(error) => error.may_pass(),
            Self::System(_) | Self::Closed(_) | Self::Lost(_) | Self::Late(_) | Self::Unreplicated => true,
        }
    }

    /// What the user can do; none where there is nothing but to try again.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Files { .. } => Some("Look at the files that the store's URL names."),
            Self::Connect(hosts) => hosts.iter().find_map(|host| host.cause.hint()),
            _ => None,
        }
    }
}

/// A host that won't do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {cause}")]
pub struct HostFailure {
    /// The host with its port, or the socket.
    pub host: String,
    /// Why.
    pub cause: ConnectCause,
}

/// Why a host won't do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectCause {
    /// The name has no address; the system's words.
    #[error("its name is not known: {0}")]
    NoAddress(String),
    /// Nobody listens there.
    #[error("nobody listens there")]
    Refused,
    /// There is no way there, or no such socket; the system's words.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
    /// Connecting took too long.
    #[error("it did not answer within {} s", .0.as_secs_f32())]
    Late(Duration),
    /// No secure connection could be agreed on; the reason in words.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The server has no TLS.
    #[error("it has no TLS")]
    NoTls,
    /// The server wants a password, and there is none.
    #[error("it wants a password")]
    NoPassword,
    /// The password or the user is wrong; the server's words.
    #[error("{0}")]
    Password(Box<ServerError>),
    /// It proves who it is in a way that isn't enough, or not at all.
    #[error("it didn't prove who it is: {0}")]
    Proof(String),
    /// Its rules (`pg_hba.conf`) keep this user or machine out; its words.
    #[error("{0}")]
    Denied(Box<ServerError>),
    /// There is no such database.
    #[error("{0}")]
    NoDatabase(Box<ServerError>),
    /// It has as many connections as it takes.
    #[error("{0}")]
    Full(Box<ServerError>),
    /// It starts, stops or recovers.
    #[error("{0}")]
    Starting(Box<ServerError>),
    /// It can't be written to, or follows another server, and the URL wants one that doesn't.
    #[error("it is {0}")]
    Unwanted(&'static str),
    /// It is older than this program takes.
    #[error("it is PostgreSQL {0}, and 14 is the oldest that will do")]
    Old(u32),
    /// Anything else that it says.
    #[error("{0}")]
    Server(Box<ServerError>),
    /// The connection ended before it came about, or something else than PostgreSQL speaks there.
    #[error("the connection broke off: {0}")]
    Broken(String),
}

impl ConnectCause {
    pub(super) fn of_server(error: ServerError) -> Self {
        let boxed = Box::new(error);
        let is = |states: &[SqlState]| states.iter().any(|state| boxed.is(state));
        if is(&[SqlState::INVALID_PASSWORD]) {
            Self::Password(boxed)
        } else if is(&[SqlState::INVALID_AUTHORIZATION_SPECIFICATION, SqlState::INSUFFICIENT_PRIVILEGE]) {
            Self::Denied(boxed)
        } else if is(&[SqlState::INVALID_CATALOG_NAME]) {
            Self::NoDatabase(boxed)
        } else if is(&[SqlState::TOO_MANY_CONNECTIONS]) {
            Self::Full(boxed)
        } else if is(&[SqlState::CANNOT_CONNECT_NOW, SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN]) {
            Self::Starting(boxed)
        } else {
            Self::Server(boxed)
        }
    }

    /// Whether it may be otherwise a moment later without anybody's changing the set-up.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NoAddress(_)
            | Self::Refused
            | Self::Unreachable(_)
            | Self::Late(_)
            | Self::Full(_)
            | Self::Starting(_)
            | Self::Unwanted(_)
            | Self::Broken(_) => true,
            Self::Server(error) => error.may_pass(),
            _ => false,
        }
    }

    /// What the user can do.
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoAddress(_) | Self::Refused | Self::Unreachable(_) | Self::Late(_) => {
                Some("Is the server on, and do host and port of the store's URL lead to it?")
            }
            Self::Tls(_) => {
                Some("Name the authority of its certificate in the store's URL: sslrootcert=/path/to/root.crt.")
            }
            Self::NoTls => Some(
                "Give the server a certificate; on a network that nobody else is on, sslmode=disable does without.",
            ),
            Self::NoPassword => Some("Set [store] password, as { env = \"NAME\" }."),
            Self::Password(_) => Some("Is [store] password that user's?"),
            Self::Proof(_) => Some("Give the user a SCRAM password, and the connection TLS."),
            Self::Denied(_) => Some("Add a line for this user and machine to the server's pg_hba.conf."),
            Self::NoDatabase(_) => Some("Make it: createdb NAME."),
            Self::Full(_) => Some("Raise max_connections, or end what isn't needed."),
            Self::Unwanted(_) => Some("Name the server that can be written to."),
            Self::Old(_) => Some("Use a newer server."),
            Self::Starting(_) | Self::Server(_) | Self::Broken(_) => None,
        }
    }
}
