//! What came and was no request: what it was instead, told from its first bytes. Pure.

use super::path_diagnosis::clipped;
use crate::domain::{RefusalCode, Refused, Requested};

/// How many of a head's first bytes are kept to be told from.
pub(super) const KEPT: usize = 1 << 10;

/// What the first bytes are. `too_long` is whether the head was more than is read.
pub(super) fn diagnose(head: &[u8], too_long: bool) -> (Requested, Refused) {
    let requested = requested(head);
    let (status, code, reason) = if head.starts_with(&[0x16, 0x03]) {
        (400, RefusalCode::Tls, "TLS was begun, and this port speaks plain HTTP")
    } else if head.starts_with(b"PROXY ") || head.starts_with(b"\r\n\r\n\0\r\nQUIT\n") {
        (400, RefusalCode::ProxyProtocol, "it begins with the PROXY protocol")
    } else if head.starts_with(b"PRI * HTTP/2") {
        (400, RefusalCode::HttpVersion, "HTTP/2 was spoken; only HTTP/1.1 and 1.0 are")
    } else if too_long {
        (431, RefusalCode::HeadTooLong, "there are more than 64 headers, or more than 16 KiB of them")
    } else if other_version(head) {
        (400, RefusalCode::HttpVersion, "another version of HTTP than 1.1 and 1.0 was spoken")
    } else if requested.method.is_some() {
        (400, RefusalCode::HttpMalformed, "its headers can't be read as HTTP/1.1 has them")
    } else {
        (400, RefusalCode::HttpMalformed, "it does not begin as a request does")
    };
    (requested, Refused::new(status, code, reason))
}

/// The request line and the host, where they stand there.
fn requested(head: &[u8]) -> Requested {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let first = lines.next().unwrap_or_default();
    let mut words = first.split(' ');
    let method = words.next().filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic()));
    let Some(method) = method.filter(|_| first.contains(' ')) else { return Requested::default() };
    // Without a query, which may bear anything.
    let path = words.next().and_then(|target| target.split(['?', '#']).next()).filter(|path| !path.is_empty());
    let host = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    });
    Requested { method: Some(clipped(method)), path: path.map(str::to_owned), host: host.map(clipped) }
}

fn other_version(head: &[u8]) -> bool {
    let line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let last = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    last.starts_with(b"HTTP/") && !matches!(last, b"HTTP/1.1" | b"HTTP/1.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_instead_is_named() {
        let code = |head: &[u8], long| diagnose(head, long).1.code.as_str();
        assert_eq!(code(b"\x16\x03\x01\x02\0\x01\0", false), "tls");
        assert_eq!(code(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nPOST / HTTP/1.1\r\n", false), "proxy_protocol");
        assert_eq!(code(b"\r\n\r\n\0\r\nQUIT\n\x21\x11", false), "proxy_protocol");
        assert_eq!(code(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false), "http_version");
        assert_eq!(code(b"POST / HTTP/3.0\r\n\r\n", false), "http_version");
        assert_eq!(code(b"POST / HTTP/1.1\r\nA: b", true), "head_too_long");
        assert_eq!(code(b"POST / HTTP/1.1\r\nA b\r\n\r\n", false), "http_malformed");
        assert_eq!(code(b"\0\0", false), "http_malformed");
        assert_eq!(code(b"", false), "http_malformed");
    }

    #[test]
    fn as_much_as_can_be_told_is_told() {
        let head = b"POST /hooks/docs?token=t HTTP/1.1\r\nHOST: bot.example\r\nA b\r\n\r\nHost: no";
        let told = diagnose(head, false).0;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told, Requested { method: some("POST"), path: some("/hooks/docs"), host: some("bot.example") });
        assert_eq!(diagnose(b"\xff\xfe /x", false).0, Requested::default());
        assert_eq!(diagnose(b"GET", false).0, Requested::default());
    }
}
