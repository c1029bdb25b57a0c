//! A server to connect to: a URL, its password and its certificates, tried host by host.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, SslMode as RawSslMode, SslNegotiation};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::dial::{Reach, Wire, addresses, dial};
use super::driver::{Driver, RawConnection};
use super::error::{ConnectCause, HostFailure, LinkError};
use super::link::Link;
use super::secure::{Clients, tls_words};
use super::server_error::ServerError;
use super::session::{self, Role, Server};
use super::url::StoreUrl;
use super::wish::{Address, BindingWish, Place, SessionWish, Way};
use crate::domain::Secret;

/// The oldest version that will do.
const OLDEST: u32 = 140_000;

/// What makes links to one database.
pub struct Target {
    url: StoreUrl,
    config: Config,
    clients: Clients,
}

impl Target {
    /// Reads the certificates that the URL names; connects to nothing. The password, where there is one, is in place of the
    /// URL's.
    ///
    /// # Errors
    /// [`LinkError::Files`] and [`LinkError::Tls`].
    pub fn new(url: StoreUrl, password: Option<&Secret>) -> Result<Self, LinkError> {
        let clients = Clients::new(&url)?;
        let mut config = Config::new();
        if let Some(user) = &url.user {
            config.user(user);
        }
        if let Some(database) = url.database() {
            config.dbname(database);
        }
        if let Some(options) = &url.options {
            config.options(options);
        }
        if let Some(password) = password.or(url.password.as_ref()) {
            config.password(password.expose());
        }
        config.application_name(&url.application);
        config.channel_binding(match url.binding {
            BindingWish::Disable => ChannelBinding::Disable,
            BindingWish::Prefer => ChannelBinding::Prefer,
            BindingWish::Require => ChannelBinding::Require,
        });
        if url.tls.direct {
            config.ssl_negotiation(SslNegotiation::Direct);
        }
        Ok(Self { url, config, clients })
    }

    /// Where it is.
    pub const fn url(&self) -> &StoreUrl {
        &self.url
    }

    /// Makes a link by the first host that will do. Not to be called within an event loop: it has its own.
    ///
    /// # Errors
    /// [`LinkError::Connect`] with what is wrong with each host.
    pub fn connect(&self) -> Result<Link, LinkError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| LinkError::System(error.to_string()))?;
        let made = runtime.block_on(async {
            let mut failures = Vec::new();
            for place in &self.url.places {
                match self.open(place).await {
                    Ok(made) => return Ok(made),
                    Err(cause) => failures.push(HostFailure { host: place.to_string(), cause }),
                }
            }
            Err(LinkError::Connect(failures))
        });
        match made {
            Ok((client, driver, server)) => Ok(Link::new(runtime, client, driver, server)),
            Err(error) => {
                // A name that is still being looked up isn't waited for.
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    async fn open(&self, place: &Place) -> Result<(Client, Driver, Server), ConnectCause> {
        let reaches = addresses(place, &self.url.timing).await?;
        let mut last = ConnectCause::Refused;
        for reach in &reaches {
            for way in self.url.tls.ways(place) {
                match within(self.url.timing.connect, self.attempt(place, reach, way)).await {
                    Ok(made) => return Ok(made),
                    // Only what another way could mend is tried in it.
                    Err(cause @ (ConnectCause::Tls(_) | ConnectCause::NoTls | ConnectCause::Denied(_))) => {
                        last = cause;
                    }
                    Err(cause) => {
                        last = cause;
                        break;
                    }
                }
            }
            if !matches!(
                last,
                ConnectCause::Refused
                    | ConnectCause::Unreachable(_)
                    | ConnectCause::Late(_)
                    | ConnectCause::Broken(_)
            ) {
                break;
            }
        }
        Err(last)
    }

    async fn attempt(
        &self,
        place: &Place,
        reach: &Reach,
        way: Way,
    ) -> Result<(Client, Driver, Server), ConnectCause> {
        let wire = dial(reach, &self.url.timing).await?;
        let mut config = self.config.clone();
        config.ssl_mode(if way == Way::Plain { RawSslMode::Disable } else { RawSslMode::Require });
        let name = match &place.address {
            Address::Host { name, .. } => name.as_str(),
            Address::Folder(_) => "localhost",
        };
        let mut clients: MakeRustlsConnect = self.clients.for_way(way).clone();
        let Ok(tls) = MakeTlsConnect::<Wire>::make_tls_connect(&mut clients, name);
        let opened: Result<(Client, RawConnection), Error> = config.connect_raw(wire, tls).await;
        let (client, connection) = opened.map_err(|error| cause_of(&error))?;
        let mut driver = Driver::new(connection);
        let secure = way != Way::Plain;
        let asked = driver.during(session::ask(&client, place.to_string(), secure)).await;
        let server = asked.map_err(|error| cause_of(&error))?;
        if server.version < OLDEST {
            return Err(ConnectCause::Old(server.major()));
        }
        let will_do = match self.url.session {
            SessionWish::ReadWrite if server.role == Role::ReadOnly => Err(ConnectCause::Unwanted("read-only")),
            SessionWish::ReadWrite | SessionWish::Primary if server.role == Role::Standby => {
                Err(ConnectCause::Unwanted("a standby"))
            }
            _ => Ok(()),
        };
        will_do?;
        if server.direct {
            let settle = async {
                let (settings, check) =
                    tokio::join!(client.batch_execute(session::SETTINGS), client.batch_execute(session::CHECK));
                if let Err(error) = check {
                    tracing::info!("the database doesn't look after clients that are gone: {error}");
                }
                settings
            };
            driver.during(settle).await.map_err(|error| cause_of(&error))?;
        }
        Ok((client, driver, server))
    }
}

async fn within<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, ConnectCause>>,
) -> Result<T, ConnectCause> {
    match limit {
        None => work.await,
        Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or(Err(ConnectCause::Late(limit))),
    }
}

/// What an error of a connection that is coming about means.
fn cause_of(error: &Error) -> ConnectCause {
    if let Some(error) = error.as_db_error() {
        return ConnectCause::of_server(ServerError::from_db_error(error));
    }
    let mut words = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(inner) = next {
        next = inner.source();
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return ConnectCause::Tls(tls_words(tls));
        }
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            // An `io::Error` hides the error that it was made of from `source`.
            if let Some(tls) = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                return ConnectCause::Tls(tls_words(tls));
            }
        }
        words.push(inner.to_string());
    }
    let inner = words.pop().unwrap_or_default();
    // The library keeps the kinds of its errors to itself, but not their words.
    match error.to_string().as_str() {
        "error performing TLS handshake" if inner.contains("does not support TLS") => ConnectCause::NoTls,
        "error performing TLS handshake" => ConnectCause::Tls(inner),
        "invalid configuration" if inner.contains("password") => ConnectCause::NoPassword,
        "authentication error" => ConnectCause::Proof(inner),
        what if inner.is_empty() => ConnectCause::Broken(what.to_owned()),
        what => ConnectCause::Broken(format!("{what}: {inner}")),
    }
}
