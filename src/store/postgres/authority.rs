//! A database's URL taken apart, as libpq does it: `postgres://user:password@host:port,host:port/database?option=value`.
//! Everything is decoded here, and means nothing yet.

use super::url_error::UrlError;

/// The parts of a URL, decoded. What isn't there is none, or empty.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// Hosts with their ports, in order.
    pub(super) hosts: Vec<(String, String)>,
    pub(super) database: Option<String>,
    /// Options, in order.
    pub(super) options: Vec<(String, String)>,
}

/// Takes a URL apart.
pub(super) fn split(text: &str) -> Result<Parts, UrlError> {
    let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let mut rest = rest.ok_or(UrlError::Scheme)?;
    let mut parts = Parts::default();
    let (before, options) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, database) = before.split_once('/').unwrap_or((before, ""));
    // Nothing of such a text is told: what stands there may be the end of a password.
    if !hosts.contains('@') && (database.contains('@') || options.contains('@')) {
        return Err(UrlError::Reserved);
    }
    parts.options = options_of(options)?;
    parts.database = Some(decoded(database, "database")?).filter(|name| !name.is_empty());
    rest = hosts;
    // A password may hold an @ that isn't encoded, a host can't.
    if let Some((who, hosts)) = rest.rsplit_once('@') {
        let (user, password) = who.split_once(':').map_or((who, None), |(user, password)| (user, Some(password)));
        parts.user = Some(decoded(user, "user")?).filter(|name| !name.is_empty());
        parts.password = password.map(|password| decoded(password, "password")).transpose()?;
        rest = hosts;
    }
    if !rest.is_empty() {
        parts.hosts = rest.split(',').map(host_and_port).collect::<Result<_, _>>()?;
    }
    Ok(parts)
}

fn host_and_port(text: &str) -> Result<(String, String), UrlError> {
    let (host, port) = if let Some(inner) = text.strip_prefix('[') {
        let (address, behind) = inner.split_once(']').ok_or(UrlError::Brackets)?;
        let port = if behind.is_empty() { "" } else { behind.strip_prefix(':').ok_or(UrlError::Brackets)? };
        (address, port)
    } else {
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        if port.contains(':') {
            return Err(UrlError::Brackets);
        }
        (host, port)
    };
    Ok((decoded(host, "host")?, decoded(port, "port")?))
}

fn options_of(text: &str) -> Result<Vec<(String, String)>, UrlError> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').ok_or_else(|| UrlError::NoValue(shortened(pair)))?;
        Ok((decoded(name, "options")?, decoded(value, "options")?))
    });
    pairs.collect()
}

/// What of an option's text can be told.
fn shortened(pair: &str) -> String {
    pair.chars().take(40).collect()
}

/// With its `%XX` as what they stand for.
fn decoded(text: &str, part: &'static str) -> Result<String, UrlError> {
    let wrong = || UrlError::Encoding(part);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(*digit).to_digit(16));
        let (high, low) = (digit().ok_or_else(wrong)?, digit().ok_or_else(wrong)?);
        let byte = u8::try_from(high * 16 + low).map_err(|_| wrong())?;
        if byte == 0 {
            return Err(wrong());
        }
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}
