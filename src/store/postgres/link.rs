//! One connection to a server, for one thread: it stands still unless it is called, and each call has a time limit of its
//! own, after which the connection is given up.

use std::collections::HashMap;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Notification, Row, Statement};

use super::driver::Driver;
use super::error::LinkError;
use super::server_error::ServerError;
use super::session::{self, Server};

/// So long an answer is waited for, unless it is said otherwise: longer than a session lets a statement run.
const LIMIT: Duration = Duration::from_secs(10);

/// So many statements are kept prepared.
const PREPARED: usize = 256;

/// A connection to a server; it ends when it is dropped. Once it is given up, every call is answered [`LinkError::Closed`]: its
/// [`Target`](super::Target) makes another. None of its methods is to be called within an event loop.
pub struct Link {
    /// Taken when it is dropped.
    runtime: Option<Runtime>,
    client: Client,
    driver: Driver,
    server: Server,
    statements: HashMap<Box<str>, Statement>,
    limit: Duration,
}

impl Drop for Link {
    fn drop(&mut self) {
        // A name that is still being looked up isn't waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Link {
    pub(super) fn new(runtime: Runtime, client: Client, driver: Driver, server: Server) -> Self {
        Self { runtime: Some(runtime), client, driver, server, statements: HashMap::new(), limit: LIMIT }
    }

    /// Who is at the other end, as of when the link was made.
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// How long each call waits for its answer.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Whether calls can be made, as far as is known without asking.
    pub fn is_open(&self) -> bool {
        self.driver.ended().is_none() && !self.client.is_closed()
    }

    /// A value that the server reports by itself, such as `TimeZone` or `in_hot_standby`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.driver.parameter(name)
    }

    /// What begins a transaction on this link: `BEGIN`, and where a pooler hands sessions round what else a session of ours
    /// would have been told.
    pub fn begin(&self) -> String {
        if self.server.direct { "BEGIN".to_owned() } else { format!("BEGIN; {}", session::TRANSACTION) }
    }

    /// The rows that a statement gives. It is prepared once; through a pooler it isn't, and each parameter is then asked to
    /// encode itself as [`Type::UNKNOWN`], which it should do as text.
    ///
    /// # Errors
    /// Every [`LinkError`] but those of connecting.
    pub fn query(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, LinkError> {
        if !self.server.direct {
            let typed: Vec<_> = parameters.iter().map(|parameter| (*parameter, Type::UNKNOWN)).collect();
            return self.run(async |client| client.query_typed(sql, &typed).await);
        }
        let statement = self.prepare(sql)?;
        let outcome = self.run(async |client| client.query(&statement, parameters).await);
        self.forget_stale(sql, &outcome);
        outcome
    }

    /// The same of a statement that gives no rows: how many it concerned.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn execute(&mut self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64, LinkError> {
        if !self.server.direct {
            let typed: Vec<_> = parameters.iter().map(|parameter| (*parameter, Type::UNKNOWN)).collect();
            return self.run(async |client| client.execute_typed(sql, &typed).await);
        }
        let statement = self.prepare(sql)?;
        let outcome = self.run(async |client| client.execute(&statement, parameters).await);
        self.forget_stale(sql, &outcome);
        outcome
    }

    /// Statements with `;` between them and no parameter, as one transaction unless they say otherwise.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn batch(&mut self, sql: &str) -> Result<(), LinkError> {
        self.run(async |client| client.batch_execute(sql).await)
    }

    /// A prepared statement, kept by its text. Through a pooler it is of no use.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn prepare(&mut self, sql: &str) -> Result<Statement, LinkError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.run(async |client| client.prepare(sql).await)?;
        if self.statements.len() >= PREPARED {
            self.statements.clear();
        }
        self.statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// Whatever the client library can do, within the time limit: several statements on their way at once, a COPY. What
    /// is begun in it is ended in it.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn run<T>(&mut self, work: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, LinkError> {
        let Self { runtime, client, driver, limit, .. } = self;
        let Some(runtime) = runtime else { return Err(LinkError::Closed(None)) };
        runtime.block_on(call(client, driver, *limit, work))
    }

    /// Waits until a notification is there that wasn't taken yet, at most so long; whether there is one.
    ///
    /// # Errors
    /// [`LinkError::Closed`] where the connection has ended: what was notified since is lost.
    pub fn wait(&mut self, at_most: Duration) -> Result<bool, LinkError> {
        let Self { runtime, driver, .. } = self;
        let Some(runtime) = runtime else { return Err(LinkError::Closed(None)) };
        runtime.block_on(async {
            driver.catch_up().await;
            // Its being too late is no failure.
            _ = tokio::time::timeout(at_most, driver.notified()).await;
        });
        // What came before the end is handed out first.
        match driver.ended() {
            Some(ended) if !driver.has_notification() => Err(ended.clone()),
            _ => Ok(driver.has_notification()),
        }
    }

    /// The notifications that came and weren't taken yet, in their order.
    pub fn notifications(&mut self) -> Vec<Notification> {
        self.driver.notifications()
    }

    /// Drops a prepared statement that no longer is what the server has.
    fn forget_stale<T>(&mut self, sql: &str, outcome: &Result<T, LinkError>) {
        let stale = [SqlState::FEATURE_NOT_SUPPORTED, SqlState::INVALID_SQL_STATEMENT_NAME];
        if let Err(LinkError::Server(error)) = outcome
            && stale.iter().any(|state| error.is(state))
        {
            self.statements.remove(sql);
        }
    }
}

async fn call<T>(
    client: &Client,
    driver: &mut Driver,
    limit: Duration,
    work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
) -> Result<T, LinkError> {
    // One that has ended meanwhile is known before anything is sent, so that nothing is of unknown fate for nothing.
    driver.catch_up().await;
    if let Some(ended) = driver.ended() {
        return Err(ended.clone());
    }
    driver.take_unreplicated();
    let Ok(outcome) = tokio::time::timeout(limit, driver.during(work(client))).await else {
        driver.end();
        return Err(LinkError::Late(limit));
    };
    match outcome {
        Ok(_) if driver.take_unreplicated() => Err(LinkError::Unreplicated),
        Ok(value) => Ok(value),
        Err(error) => Err(failed(&error, driver)),
    }
}

/// What an error of a call means. Whatever has no code of the server's is of unknown fate, unless it was never sent.
fn failed(error: &Error, driver: &mut Driver) -> LinkError {
    if let Some(error) = error.as_db_error() {
        let error = Box::new(ServerError::from_db_error(error));
        if error.ended {
            driver.end();
            // It may have been ended while it waited for its standby.
            return LinkError::Lost(Some(error));
        }
        return LinkError::Server(error);
    }
    let words = error.to_string();
    // The library keeps the kinds of its errors to itself, but not their words.
    let unsent =
        ["error serializing parameter", "error encoding message", "query returned an unexpected number", "expected "];
    if unsent.iter().any(|beginning| words.starts_with(beginning)) {
        let inner = std::error::Error::source(error).map_or_else(String::new, |inner| format!(": {inner}"));
        return LinkError::Misuse(format!("{words}{inner}"));
    }
    let last_words = driver.last_words();
    driver.end();
    LinkError::Lost(last_words)
}
