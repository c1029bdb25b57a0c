//! The first words with a server: who it is, and what a session is to be like, so that one that dies holds nothing for
//! long.

use tokio_postgres::{Client, Error, SimpleQueryMessage, SimpleQueryRow};

use super::promised::promised_process;

/// Whether a server takes writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It does.
    Writable,
    /// Not from sessions like this one.
    ReadOnly,
    /// It follows another server.
    Standby,
}

/// What a server said of itself when the connection came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// As `server_version_num` has it: 150018 is 15.18.
    pub version: u32,
    /// Its version in its own words.
    pub version_text: String,
    /// Whether it takes writes.
    pub role: Role,
    /// No pooler stands between: the session is ours alone.
    pub direct: bool,
    /// The database's encoding.
    pub encoding: String,
    /// Where it was reached: a host and port, or a socket.
    pub place: String,
    /// Whether the connection is TLS.
    pub tls: bool,
}

impl Server {
    /// Its major version.
    pub const fn major(&self) -> u32 {
        self.version / 10_000
    }
}

const QUESTION: &str = "SELECT pg_backend_pid(), current_setting('server_version_num'), \
                        current_setting('server_version'), pg_is_in_recovery(), \
                        current_setting('transaction_read_only'), current_setting('server_encoding')";

/// Asks a server who it is.
pub(super) async fn ask(client: &Client, place: String, tls: bool) -> Result<Server, Error> {
    let told = client.simple_query(QUESTION).await?;
    let promised = promised_process(client).await;
    let row = told.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let text = |row: &SimpleQueryRow, at: usize| row.get(at).unwrap_or_default().to_owned();
    let of = |at| row.as_ref().map(|row| text(row, at)).unwrap_or_default();
    Ok(Server {
        version: of(1).parse().unwrap_or(0),
        version_text: of(2),
        role: match (of(3).as_str(), of(4).as_str()) {
            ("t", _) => Role::Standby,
            (_, "on") => Role::ReadOnly,
            _ => Role::Writable,
        },
        direct: promised.is_some() && of(0).parse().ok() == promised,
        encoding: of(5),
        place,
        tls,
    })
}

/// What a session is told that is ours alone. A client that is gone loses its locks within about 10 s, however it went.
pub(super) const SETTINGS: &str = "\
    SET statement_timeout = '8s'; \
    SET lock_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '10s'; \
    SET idle_session_timeout = 0; \
    SET tcp_keepalives_idle = 3; \
    SET tcp_keepalives_interval = 2; \
    SET tcp_keepalives_count = 3; \
    SET tcp_user_timeout = '9s'; \
    SET default_transaction_isolation = 'read committed'; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// One that servers on some systems refuse.
pub(super) const CHECK: &str = "SET client_connection_check_interval = '2s'";

/// What each transaction is told where a pooler hands sessions round: nothing of it outlives the transaction.
pub(super) const TRANSACTION: &str = "\
    SET LOCAL statement_timeout = '8s'; \
    SET LOCAL lock_timeout = '5s'; \
    SET LOCAL idle_in_transaction_session_timeout = '10s'; \
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'; ";
