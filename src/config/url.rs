//! The URLs of a config file: which are taken, and in which one form they are kept.
//!
//! What a URL library would quietly repair (a host in decimal, a backslash, a tab) is refused here: a secret is sent to
//! this address, so what is read must be what is meant.

use ::url::{Host, Url};

/// What kind of URL a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UrlUse {
    /// Paths are put after it: no query, and no slash at its end.
    Base,
    /// It is called as it stands.
    Endpoint,
    /// Others call it, so plain http is theirs to choose.
    Public,
    /// It is called as it stands, and it is on this machine.
    Local,
}

/// The URL in its one form, or what is wrong with it. The answer never quotes the URL: it may hold a password.
pub(super) fn check(raw: &str, wanted: UrlUse, allow_http: bool) -> Result<String, String> {
    if raw.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("expected a URL, found a space, a control character or a backslash in it".to_owned());
    }
    let lower = raw.to_ascii_lowercase();
    if !lower.starts_with("https://") && !lower.starts_with("http://") {
        return Err("expected a URL that begins with https://".to_owned());
    }
    let url = Url::parse(raw).map_err(|error| format!("expected a URL, and this is none: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() || authority(raw).contains('@') {
        return Err("expected a URL without a user name or password before its host".to_owned());
    }
    if url.fragment().is_some() {
        return Err("expected a URL without a #fragment".to_owned());
    }
    if url.query().is_some() && !matches!(wanted, UrlUse::Endpoint | UrlUse::Local) {
        return Err("expected a URL without a ?query".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() {
        return Err("expected a URL with a host".to_owned());
    }
    if written_host(raw).is_ascii() && !written_host(raw).eq_ignore_ascii_case(host) {
        return Err(format!("expected the host in its plain form; this one means {host}"));
    }
    if url.port() == Some(0) {
        return Err("expected a port from 1 to 65535".to_owned());
    }
    if url.scheme() == "http" && wanted != UrlUse::Public && !allow_http && !is_loopback(&url) {
        return Err(format!(
            "expected https://: plain http:// would send the secret to {host} unencrypted; \
             to allow it say `allow_http = true` in this channel"
        ));
    }
    if wanted == UrlUse::Local && !is_loopback(&url) {
        return Err(format!("expected a URL on this machine, as in http://127.0.0.1:9000/, found the host {host}"));
    }
    let text = url.as_str();
    Ok(if matches!(wanted, UrlUse::Endpoint | UrlUse::Local) { text } else { text.trim_end_matches('/') }.to_owned())
}

/// `localhost`, 127.0.0.0/8 and `::1`, and nothing that only looks like one of them.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What stands between `://` and the path.
fn authority(raw: &str) -> &str {
    let rest = raw.split_once("://").map_or(raw, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or("")
}

/// The host as it was written, without the port.
fn written_host(raw: &str) -> &str {
    let authority = authority(raw);
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls_take_one_form() {
        let form = |raw| check(raw, UrlUse::Base, false);
        assert_eq!(form("https://chatthing.ai/").unwrap(), "https://chatthing.ai");
        assert_eq!(form("HTTPS://ChatThing.AI:443///").unwrap(), "https://chatthing.ai");
        assert_eq!(form("https://h.example:8443/a/b/").unwrap(), "https://h.example:8443/a/b");
        for loopback in ["http://localhost:1", "http://127.0.0.1:8080", "http://127.9.8.7", "http://[::1]:9"] {
            assert_eq!(form(loopback).unwrap(), loopback);
        }
        assert_eq!(check("http://bot.lan", UrlUse::Base, true).unwrap(), "http://bot.lan");
        assert_eq!(check("http://hooks.example.com/", UrlUse::Public, false).unwrap(), "http://hooks.example.com");
        assert_eq!(check("https://a.example/x/?k=1", UrlUse::Endpoint, false).unwrap(), "https://a.example/x/?k=1");
    }

    #[test]
    fn plain_http_goes_to_loopback_alone() {
        for raw in [
            "http://chatthing.ai",
            "http://127.0.0.1.evil.tld",
            "http://localhost.evil.tld",
            "http://localhost.",
            "http://2130706433",
            "http://0x7f.1",
            "http://127.1",
            "http://0177.0.0.1",
            "http://[::ffff:127.0.0.1]",
            "http://[::ffff:8.8.8.8]",
            "http://0.0.0.0:80",
            "http://[::]",
            "http://%6cocalhost",
            "http://128.0.0.1",
            "http://10.0.0.1",
        ] {
            assert!(check(raw, UrlUse::Base, false).is_err(), "{raw}");
        }
    }

    #[test]
    fn what_a_library_would_repair_is_refused() {
        for raw in [
            "",
            "chatthing.ai",
            "//chatthing.ai",
            "https:/chatthing.ai",
            "https:chatthing.ai",
            "https://",
            "https:///path",
            "ftp://chatthing.ai",
            "file:///etc/passwd",
            "https://chat thing.ai",
            "https://chatthing.ai\\@evil.tld",
            "https://chatthing.ai\t",
            "https://user@chatthing.ai",
            "https://user:pass@chatthing.ai",
            "https://@chatthing.ai",
            "https://:@chatthing.ai",
            "https://chatthing.ai#x",
            "https://chatthing.ai?x=1",
            "https://chatthing.ai:0",
            "https://chatthing.ai:65536",
            "https://[::1",
            "https://2130706433",
        ] {
            assert!(check(raw, UrlUse::Base, true).is_err(), "{raw}");
        }
    }

    #[test]
    fn an_answer_never_quotes_a_password() {
        let error = check("https://me:hunter2@chatthing.ai", UrlUse::Base, false).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
