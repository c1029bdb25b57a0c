//! Who may knock, and how: hosts, origins, methods and types. A page in a browser on this machine may not.

use std::net::IpAddr;

use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, ORIGIN, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, StatusCode, Uri, Version};

use super::responses::HttpRefusal;
use crate::domain::RefusalCode;

/// The one host that a request is for: a target in absolute form names it and overrules the header `Host`, which has to
/// stand there once all the same unless the target names one.
pub(super) fn host<'a>(target: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, HttpRefusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().map(|host| host.to_str().unwrap_or_default());
    let host = host.filter(|_| hosts.next().is_none());
    let named = target.authority().map(Authority::as_str);
    let clear = named.is_none() || host.is_some() || headers.get(HOST).is_none();
    let host = named.or(host).filter(|host| clear && !host.is_empty());
    host.ok_or_else(|| {
        HttpRefusal::new(
            StatusCode::BAD_REQUEST,
            RefusalCode::HostMissing,
            "there is no Host header, or more than one",
        )
    })
}

/// A version that is spoken here, one length, and a target.
pub(super) fn check_form(head: &Parts) -> Result<(), HttpRefusal> {
    let bad = |code, detail: &'static str| HttpRefusal::new(StatusCode::BAD_REQUEST, code, detail);
    if ![Version::HTTP_10, Version::HTTP_11].contains(&head.version) {
        return Err(bad(RefusalCode::HttpVersion, "only HTTP/1.1 and 1.0 are spoken here"));
    }
    if head.headers.contains_key(TRANSFER_ENCODING) && head.headers.contains_key(CONTENT_LENGTH) {
        return Err(bad(RefusalCode::HttpMalformed, "the body has two lengths"));
    }
    check_target(&head.method, &head.uri)
}

/// Only what a server is asked: a path, or a URL of this server as a client of a proxy writes it.
fn check_target(method: &Method, target: &Uri) -> Result<(), HttpRefusal> {
    let tunnel = method == Method::CONNECT || (target.authority().is_some() && target.scheme().is_none());
    let scheme = target.scheme_str().is_none_or(|scheme| ["http", "https"].contains(&scheme));
    if tunnel || !scheme {
        Err(HttpRefusal::new(StatusCode::BAD_REQUEST, RefusalCode::NoProxy, "this is no proxy"))
    } else {
        Ok(())
    }
}

/// A name that leads here by somebody else's will (DNS rebinding) is refused, and whatever a page in a browser sends.
pub(super) fn check_host(
    target: &Uri,
    headers: &HeaderMap,
    local: IpAddr,
    public_host: Option<&str>,
) -> Result<(), HttpRefusal> {
    if !is_ours(host(target, headers)?, local, public_host) {
        let detail = "the Host header is neither a loopback name, nor the listener's address, nor public_url's host";
        return Err(HttpRefusal::new(StatusCode::FORBIDDEN, RefusalCode::HostUnknown, detail));
    }
    if headers.contains_key(ORIGIN) {
        return Err(HttpRefusal::new(
            StatusCode::FORBIDDEN,
            RefusalCode::Origin,
            "a page in a browser may not post here",
        ));
    }
    Ok(())
}

fn is_ours(host: &str, local: IpAddr, public_host: Option<&str>) -> bool {
    let Some(name) = without_port(host) else { return false };
    if let Ok(ip) = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        let ip = ip.to_canonical();
        return ip.is_loopback() || ip == local.to_canonical() || public_host.is_some_and(|host| host == name);
    }
    name.eq_ignore_ascii_case("localhost") || public_host.is_some_and(|host| host.eq_ignore_ascii_case(name))
}

/// The host of a `Host` header; none if what follows it is no port.
fn without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, port) = host.split_at_checked(end)?;
    let port = port.strip_prefix(':').map_or(Some(port).filter(|p| p.is_empty()), Some)?;
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
}

/// POST, with JSON that is not packed.
pub(super) fn check_post(method: &Method, headers: &HeaderMap) -> Result<(), HttpRefusal> {
    if method != Method::POST {
        return Err(HttpRefusal::method("POST"));
    }
    let unsupported = |code, detail: &'static str| HttpRefusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, detail);
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let json = types.next().is_some_and(|value| is_json(value.as_bytes())) && types.next().is_none();
    if !json {
        return Err(unsupported(RefusalCode::MediaType, "the content type is not application/json"));
    }
    let plain = |value: &[u8]| value.trim_ascii().eq_ignore_ascii_case(b"identity");
    if headers.get_all(CONTENT_ENCODING).iter().any(|value| !plain(value.as_bytes())) {
        return Err(unsupported(RefusalCode::Compressed, "the body is compressed"));
    }
    Ok(())
}

fn is_json(value: &[u8]) -> bool {
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_cannot_be_somebody_elses_are_ours() {
        let local: IpAddr = "192.0.2.7".parse().unwrap();
        let ours = |host: &str| is_ours(host, local, Some("hooks.example.com"));
        for host in [
            "localhost",
            "LOCALHOST:8787",
            "127.0.0.1",
            "127.8.9.1:1",
            "[::1]",
            "[::1]:80",
            "192.0.2.7:8787",
            "[::ffff:127.0.0.1]",
            "hooks.example.com",
            "Hooks.Example.COM:443",
        ] {
            assert!(ours(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "localhost.evil.test",
            "evil.test",
            "127.0.0.1.evil.test",
            "localhost:80@evil.test",
            "localhost:8a",
            "[::1",
            "[::1]x",
            "192.0.2.8",
            "2130706433",
            "hooks.example.com.",
            "xhooks.example.com",
            "10.0.0.1",
            "[::]",
            "0.0.0.0",
        ] {
            assert!(!ours(host), "{host}");
        }
        assert!(!is_ours("hooks.example.com", local, None));
    }
}
