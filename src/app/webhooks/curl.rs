//! A delivery as a command for a shell: what curl is to send so that the same request arrives once more.

use std::fmt::Write as _;

use super::mask;
use crate::domain::{Delivery, Requested};

/// What curl says of itself, or works out from where it connects.
const OWN: [&str; 5] = ["host", "content-length", "connection", "transfer-encoding", "expect"];
/// What curl sends unasked, unless it is told not to.
const UNASKED: [&str; 3] = ["accept", "user-agent", "content-type"];

/// The command. Secrets are masked unless they are asked for.
pub(in crate::app) fn command(delivery: &Delivery, secrets: bool) -> String {
    let url = if secrets { delivery.url.clone() } else { mask::url(&delivery.url) };
    let mut words = vec!["curl".to_owned()];
    if url.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if url.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    words.push(quoted(&url));
    for (name, value) in
        delivery.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str()) && !Requested::is_part(name))
    {
        let value = if secrets { value.clone() } else { mask::header(name, value) };
        // A colon and nothing behind it would take the header out.
        let header = if value.trim().is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.push(format!("\\\n  -H {}", quoted(&header)));
    }
    for name in UNASKED.into_iter().filter(|name| delivery.count(name) == 0) {
        words.push(format!("\\\n  -H {}", quoted(&format!("{name}:"))));
    }
    words.push("\\\n  -H 'expect:'".to_owned());
    if let Some(text) = inline(&delivery.body) {
        words.push(format!("\\\n  --data-binary {}", quoted(text)));
        return words.join(" ");
    }
    words.push("\\\n  --data-binary @-".to_owned());
    format!("printf {} | {}", quoted(&octal(&delivery.body)), words.join(" "))
}

/// The body, if it can stand in a command as it is: text, and not what curl takes for a file's name.
fn inline(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    (!text.starts_with('@') && text.chars().all(plain)).then_some(text)
}

/// A word in quotes, in which a shell of any make reads every character as itself.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The bytes as `printf` takes them: text as it is, the rest by number.
fn octal(body: &[u8]) -> String {
    let mut out = String::with_capacity(body.len() * 2);
    for byte in body {
        match byte {
            b'%' => out.push_str("%%"),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(*byte)),
            // Writing to a String cannot fail.
            _ => _ = write!(out, "\\{byte:03o}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelName, Timestamp};
    use proptest::prelude::*;

    fn delivery(headers: &[(&str, &str)], body: &[u8]) -> Delivery {
        Delivery {
            channel: ChannelName::new("flow"),
            at: Timestamp::from_millis(0),
            url: "http://127.0.0.1:8787/hooks/flow/k3y".to_owned(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: body.to_vec().into(),
            replay: false,
        }
    }

    /// Splits a command into words as a shell would: single quotes, a backslash outside them, line continuations.
    fn words(command: &str) -> Vec<String> {
        let mut words = Vec::new();
        let (mut word, mut open) = (String::new(), false);
        let mut chars = command.chars();
        while let Some(c) = chars.next() {
            match c {
                '\'' => {
                    open = true;
                    for c in chars.by_ref().take_while(|c| *c != '\'') {
                        word.push(c);
                    }
                }
                '\\' => match chars.next() {
                    Some('\n') | None => {}
                    Some(c) => {
                        open = true;
                        word.push(c);
                    }
                },
                ' ' | '\n' => {
                    if std::mem::take(&mut open) {
                        words.push(std::mem::take(&mut word));
                    }
                }
                c => {
                    open = true;
                    word.push(c);
                }
            }
        }
        if open {
            words.push(word);
        }
        words
    }

    /// What `printf` writes.
    fn printed(format: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut bytes = format.bytes().peekable();
        while let Some(byte) = bytes.next() {
            match (byte, bytes.peek()) {
                (b'%', Some(b'%')) | (b'\\', Some(b'\\')) => out.extend(bytes.next()),
                (b'\\', _) => {
                    let digits = bytes.by_ref().take(3).map(|d| u32::from(d - b'0'));
                    out.push(u8::try_from(digits.fold(0, |n, d| n * 8 + d)).unwrap());
                }
                (byte, _) => out.push(byte),
            }
        }
        out
    }

    fn after<'a>(words: &'a [String], option: &str) -> Vec<&'a str> {
        words.windows(2).filter(|w| w[0] == option).map(|w| w[1].as_str()).collect()
    }

    fn body_of(command: &str) -> Vec<u8> {
        let words = words(command);
        match after(&words, "--data-binary").as_slice() {
            ["@-"] => {
                assert_eq!((words[0].as_str(), words[2].as_str(), words[3].as_str()), ("printf", "|", "curl"));
                printed(&words[1])
            }
            [body] => {
                assert!(!body.starts_with('@') && words[0] == "curl");
                body.as_bytes().to_vec()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn secrets_are_masked_unless_asked_for() {
        let headers =
            [("host", "h"), ("authorization", "Bearer it's"), ("content-type", "application/json"), ("x-empty", "")];
        let delivery = delivery(&headers, b"{\"a\":\"it's\"}");
        let masked = command(&delivery, false);
        let all = words(&masked);
        assert!(!masked.contains("k3y"));
        assert_eq!(all[1], "http://127.0.0.1:8787/hooks/flow/***");
        let sent = ["authorization: Bearer ***", "content-type: application/json", "x-empty;"];
        assert_eq!(after(&all, "-H"), [&sent[..], &["accept:", "user-agent:", "expect:"]].concat());
        let whole = words(&command(&delivery, true));
        assert!(whole.contains(&"authorization: Bearer it's".to_owned()));
        assert_eq!(whole[1], delivery.url);
    }

    #[test]
    fn what_no_command_can_hold_is_printed_into_it() {
        for body in [&b"@/etc/passwd"[..], b"\0\x01\xff", b"50% \\n \r\n", b"", b"\x1b[31m"] {
            assert_eq!(body_of(&command(&delivery(&[], body), true)), body);
        }
        assert!(command(&delivery(&[], b"@/etc/passwd"), true).starts_with("printf '@/etc/passwd' | curl"));
    }

    #[test]
    fn what_curl_would_read_into_a_url_is_switched_off() {
        let mut delivery = delivery(&[], b"{}");
        delivery.url = "http://[::1]:8787/hooks/../x".to_owned();
        let all = words(&command(&delivery, true));
        assert_eq!(all[..4], ["curl", "--globoff", "--path-as-is", delivery.url.as_str()]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn unquoting_gives_the_bytes_back(body in any::<Vec<u8>>()) {
            prop_assert_eq!(body_of(&command(&delivery(&[], &body), true)), body);
        }

        #[test]
        fn unquoting_gives_the_text_back(body in any::<String>(), value in "[ -~]{1,40}") {
            let command = command(&delivery(&[("x-any", value.as_str())], body.as_bytes()), true);
            prop_assert_eq!(body_of(&command), body.as_bytes());
            let all = words(&command);
            let headers = after(&all, "-H");
            if value.trim().is_empty() {
                prop_assert_eq!(headers[0], "x-any;");
            } else {
                prop_assert_eq!(headers[0], format!("x-any: {value}"));
            }
        }
    }
}
