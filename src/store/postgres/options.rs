//! The options of a database's URL, each with libpq's meaning.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::authority::Parts;
use super::url_error::UrlError;
use super::wish::{Address, BindingWish, Keepalive, Place, SessionWish, SslMode, Timing, TlsWish};
use crate::domain::nearest;

/// Those that are taken.
const TAKEN: [&str; 27] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "options",
    "password",
    "port",
    "ssl",
    "sslcert",
    "sslcompression",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Those that libpq has besides.
const NOT_TAKEN: [&str; 26] = [
    "gssdelegation",
    "gsslib",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcertmode",
    "sslcrl",
    "sslcrldir",
    "sslkeylogfile",
    "sslpassword",
];

/// What a URL's hosts and options say together.
#[derive(Default)]
pub(super) struct Said {
    pub(super) places: Vec<Place>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: Option<String>,
    pub(super) application: Option<String>,
    pub(super) options: Option<String>,
    pub(super) tls: TlsWish,
    pub(super) binding: BindingWish,
    pub(super) timing: Timing,
    pub(super) session: Option<SessionWish>,
}

/// Lists that stand for the hosts of the URL.
#[derive(Default)]
struct Lists {
    hosts: Option<String>,
    addresses: Option<String>,
    ports: Option<String>,
}

/// Reads the hosts and options; of an option that stands twice, the last holds.
pub(super) fn read(parts: Parts) -> Result<Said, UrlError> {
    let mut said = Said::default();
    let (mut lists, mut files, mut keeps) = (Lists::default(), Files::default(), true);
    for (name, value) in parts.options {
        let Some(option) = TAKEN.into_iter().find(|taken| *taken == name) else {
            return Err(unknown(&name));
        };
        let wrong = |expected| UrlError::Value { option, expected, found: value.chars().take(40).collect() };
        let text = || Some(value.clone()).filter(|value| !value.is_empty());
        let file = || text().map(PathBuf::from);
        match option {
            "host" => lists.hosts = text(),
            "hostaddr" => lists.addresses = text(),
            "port" => lists.ports = text(),
            "user" => said.user = text(),
            "password" => said.password = text(),
            "dbname" => said.database = text(),
            "application_name" => said.application = text(),
            "fallback_application_name" => said.application = said.application.or_else(text),
            "options" => said.options = text(),
            "sslmode" => {
                let mode = SslMode::ALL.into_iter().find(|mode| mode.as_str() == value);
                let expected = "disable, allow, prefer, require, verify-ca or verify-full";
                said.tls.mode = Some(mode.ok_or_else(|| wrong(expected))?);
            }
            // What JDBC says, and libpq understands.
            "ssl" if value == "true" => said.tls.mode = Some(SslMode::Require),
            "ssl" => return Err(wrong("true, or sslmode in its place")),
            "sslrootcert" => files.root = text(),
            "sslcert" => files.cert = file(),
            "sslkey" => files.key = file(),
            "sslnegotiation" => {
                said.tls.direct =
                    one_of(&value, &["postgres", "direct"]).ok_or_else(|| wrong("postgres or direct"))? == 1;
            }
            "sslsni" | "sslcompression" => {
                let usual = if option == "sslsni" { "1" } else { "0" };
                if value != usual {
                    return Err(wrong(if usual == "1" {
                        "1, which always holds here"
                    } else {
                        "0, which always holds here"
                    }));
                }
            }
            // There is no GSS here, so that nothing but its being required can't be.
            "gssencmode" => _ = one_of(&value, &["disable", "prefer"]).ok_or_else(|| wrong("disable or prefer"))?,
            "client_encoding" => {
                _ = one_of(&value.to_lowercase(), &["utf8", "utf-8", "auto"]).ok_or_else(|| wrong("UTF8"))?;
            }
            "channel_binding" => {
                let all = [BindingWish::Disable, BindingWish::Prefer, BindingWish::Require];
                let at = one_of(&value, &["disable", "prefer", "require"]);
                said.binding = all[at.ok_or_else(|| wrong("disable, prefer or require"))?];
            }
            "target_session_attrs" => said.session = Some(session(&value).map_err(wrong)?),
            "connect_timeout" => {
                let seconds = number(&value).ok_or_else(|| wrong("whole seconds, 0 for no limit"))?;
                said.timing.connect = (seconds > 0).then(|| Duration::from_secs(seconds.unsigned_abs().into()));
            }
            "tcp_user_timeout" => {
                let time = number(&value).ok_or_else(|| wrong("whole milliseconds, 0 for the system's"))?;
                said.timing.unacknowledged = (time > 0).then(|| Duration::from_millis(time.unsigned_abs().into()));
            }
            "keepalives" => keeps = number(&value).ok_or_else(|| wrong("1 or 0"))? != 0,
            _ => keepalive(&mut said.timing, option, &value)
                .ok_or_else(|| wrong("a whole number, 0 for the system's"))?,
        }
    }
    if !keeps {
        said.timing.keepalive = None;
    }
    files.into(&mut said.tls)?;
    said.places = places(parts.hosts, &lists)?;
    Ok(said)
}

fn unknown(name: &str) -> UrlError {
    if let Some(theirs) = NOT_TAKEN.into_iter().find(|theirs| *theirs == name) {
        return UrlError::NotTaken(theirs);
    }
    let near = nearest(name, TAKEN);
    UrlError::Unknown { name: name.chars().take(40).collect(), near }
}

fn one_of(value: &str, words: &[&str]) -> Option<usize> {
    words.iter().position(|word| *word == value)
}

fn number(value: &str) -> Option<i32> {
    value.trim().parse().ok()
}

fn session(value: &str) -> Result<SessionWish, &'static str> {
    match value {
        "any" => Ok(SessionWish::Any),
        "read-write" => Ok(SessionWish::ReadWrite),
        "primary" => Ok(SessionWish::Primary),
        _ => Err("any, read-write or primary, since the store writes"),
    }
}

/// Sets one of `keepalives_idle`, `keepalives_interval` (seconds) and `keepalives_count`.
fn keepalive(timing: &mut Timing, option: &str, value: &str) -> Option<()> {
    let value = number(value)?;
    let (some, amount) = (value > 0, value.unsigned_abs());
    let Keepalive { idle, interval, count } = timing.keepalive.as_mut()?;
    let seconds = some.then(|| Duration::from_secs(amount.into()));
    match option {
        "keepalives_idle" => *idle = seconds,
        "keepalives_interval" => *interval = seconds,
        _ => *count = some.then_some(amount),
    }
    Some(())
}

/// The files that are named for TLS.
#[derive(Default)]
struct Files {
    root: Option<String>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Files {
    fn into(self, tls: &mut TlsWish) -> Result<(), UrlError> {
        let system = self.root.as_deref() == Some("system");
        if system && tls.mode.is_some_and(|mode| mode != SslMode::VerifyFull) {
            return Err(UrlError::Together("sslrootcert=system goes with sslmode=verify-full alone"));
        }
        if system {
            tls.mode = Some(SslMode::VerifyFull);
        }
        let weak = matches!(tls.mode, Some(SslMode::Disable | SslMode::Allow | SslMode::Prefer));
        if tls.direct && weak {
            return Err(UrlError::Together("sslnegotiation=direct goes with sslmode=require or a stricter one"));
        }
        if tls.direct && tls.mode.is_none() {
            tls.mode = Some(SslMode::Require);
        }
        tls.root = self.root.filter(|_| !system).map(PathBuf::from);
        tls.own = match (self.cert, self.key) {
            (None, None) => None,
            (Some(cert), Some(key)) => Some((cert, key)),
            _ => return Err(UrlError::Together("sslcert and sslkey go together")),
        };
        Ok(())
    }
}

/// The hosts: those of the lists, where there are any, in place of those that stand before the database.
fn places(own: Vec<(String, String)>, lists: &Lists) -> Result<Vec<Place>, UrlError> {
    let list = |text: &Option<String>| -> Vec<String> {
        text.as_ref().map(|text| text.split(',').map(|item| item.trim().to_owned()).collect()).unwrap_or_default()
    };
    let (mut hosts, mut ports): (Vec<_>, Vec<_>) = own.into_iter().unzip();
    if lists.hosts.is_some() {
        hosts = list(&lists.hosts);
        ports = Vec::new();
    }
    let addresses = list(&lists.addresses);
    if hosts.is_empty() {
        hosts = vec![String::new(); addresses.len()];
    }
    if lists.ports.is_some() {
        ports = list(&lists.ports);
    }
    if !addresses.is_empty() && addresses.len() != hosts.len() {
        return Err(UrlError::Count { hosts: hosts.len(), found: addresses.len(), what: "addresses" });
    }
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err(UrlError::Count { hosts: hosts.len(), found: ports.len(), what: "ports" });
    }
    if hosts.is_empty() {
        return Err(UrlError::NoHost);
    }
    let place = |(at, name): (usize, String)| {
        let port = ports.get(at).or_else(|| ports.first()).map_or("", String::as_str);
        Ok(Place { address: address(name, addresses.get(at))?, port: self::port(port)? })
    };
    hosts.into_iter().enumerate().map(place).collect()
}

fn address(name: String, at: Option<&String>) -> Result<Address, UrlError> {
    let at = at.filter(|at| !at.is_empty()).map(|at| {
        at.parse::<IpAddr>().map_err(|_| UrlError::Value {
            option: "hostaddr",
            expected: "an IP address",
            found: at.chars().take(40).collect(),
        })
    });
    let at = at.transpose()?;
    if name.starts_with('/') {
        return Ok(Address::Folder(PathBuf::from(name)));
    }
    match (name.is_empty(), at) {
        (true, None) => Err(UrlError::NoHost),
        (true, Some(at)) => Ok(Address::Host { name: at.to_string(), at: Some(at) }),
        (false, at) => Ok(Address::Host { name, at }),
    }
}

fn port(text: &str) -> Result<u16, UrlError> {
    if text.is_empty() {
        return Ok(5432);
    }
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| UrlError::Port(text.chars().take(40).collect()))
}
