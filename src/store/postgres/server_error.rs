//! What a server says of what it didn't do.

use tokio_postgres::error::{DbError, ErrorPosition, Severity, SqlState};

/// An error with the server's own code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{} (SQLSTATE {code})", detail.as_ref().map_or_else(String::new, |detail| format!(": {detail}")))]
pub struct ServerError {
    /// SQLSTATE: five letters and digits.
    pub code: String,
    /// Whether it ended the connection.
    pub ended: bool,
    /// Its words, in its language.
    pub message: String,
    /// More of them.
    pub detail: Option<String>,
    /// The server's advice.
    pub hint: Option<String>,
    /// The constraint that was broken.
    pub constraint: Option<String>,
    /// Where in the statement, in characters from 1.
    pub position: Option<u32>,
}

impl ServerError {
    pub(super) fn from_db_error(error: &DbError) -> Self {
        // Servers of before 9.6 alone don't say it in English besides.
        let ended = matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let position = match error.position() {
            Some(ErrorPosition::Original(at)) => Some(*at),
            _ => None,
        };
        Self {
            code: error.code().code().to_owned(),
            ended,
            message: error.message().to_owned(),
            detail: owned(error.detail()),
            hint: owned(error.hint()),
            constraint: owned(error.constraint()),
            position,
        }
    }

    /// Whether it is that code.
    pub fn is(&self, state: &SqlState) -> bool {
        self.code == state.code()
    }

    /// Whether the same may succeed a moment later, on this connection or another one: two were in each other's way, or the
    /// server is short of something, starts or stops.
    pub fn may_pass(&self) -> bool {
        let class = self.code.get(..2).unwrap_or_default();
        // 40: a deadlock or a conflict; 53: no memory, disk or connection left; 57: stopped by somebody; 58: the system.
        matches!(class, "08" | "40" | "53" | "57" | "58")
            || [SqlState::LOCK_NOT_AVAILABLE, SqlState::READ_ONLY_SQL_TRANSACTION].iter().any(|state| self.is(state))
            || self.is(&SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT)
    }
}
