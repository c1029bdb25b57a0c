//! What the operator is shown of what was refused, and that whoever sent it learns nothing of it.

use super::*;
use crate::domain::{RefusalCode, Refused, Requested};
use crate::platform::SignatureScheme;
use crate::webhook::{HookEvent, ListenerLimits};

/// A platform whose signature, `x-sign`, is the URL, a space and the body's length; `x-at` is a time that it needs.
struct Strict;

impl Adapter for Strict {
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn verify(&self, delivery: &Delivery, now: Timestamp) -> Result<Trust, Rejection> {
        let at = delivery.header("x-at").and_then(|at| at.parse::<i64>().ok()).unwrap_or(0) * 1_000;
        let right = format!("{} {}", delivery.url, delivery.body.len());
        let good = delivery.header("x-sign") == Some(&right) && at.abs_diff(now.millis()) <= 30_000;
        good.then_some(Trust::Verified).ok_or_else(Rejection::signature)
    }

    fn signature_scheme(&self) -> Option<SignatureScheme> {
        let time = Some(("x-at", 30_000));
        Some(SignatureScheme { headers: &["x-sign"], needs: &["x-at"], time, covers_url: true })
    }

    fn receive(&self, _delivery: &Delivery) -> Result<Reception, Rejection> {
        Err(Rejection::malformed("nothing is taken here"))
    }
}

type ObservedEvents = Arc<Mutex<Vec<HookEvent>>>;

fn rig(limits: ListenerLimits) -> (Rig, ObservedEvents) {
    let heard = ObservedEvents::default();
    let observed = heard.clone();
    let rig = Rig::with(|options| {
        options.limits = limits;
        options.routes[0].adapter = Arc::new(Strict);
        options.routes[1].adapter = Arc::new(Strict);
        options.observer = Some(Arc::new(move |one| observed.lock().unwrap().push(one)));
    });
    (rig, heard)
}

/// The newest that was told, once so many were.
fn nth(heard: &ObservedEvents, n: usize) -> (String, Refused, Requested) {
    until("it is told", || heard.lock().unwrap().len() > n);
    let event = heard.lock().unwrap()[n].clone();
    let Verdict::Rejected(refused) = event.verdict else { panic!("{event:?}") };
    (event.channel.as_str().to_owned(), refused, event.requested)
}

const AT: &str = "X-At: 1700000000\r\n";

#[test]
fn a_signature_is_explained_to_the_operator_and_to_nobody_else() {
    let (rig, heard) = rig(ListenerLimits::default());
    let body = "{\"id\":\"1\"}";
    let own = "http://127.0.0.1/hooks/docs";
    let cases = [
        (AT.to_owned(), "signature_missing"),
        (format!("X-Sign: {own} 10\r\n"), "signature_missing"),
        (format!("X-Sign: {own} 10\r\nX-At: 1699999000\r\n"), "signature_stale"),
        (format!("X-Sign: {own} 10\r\nX-At: 1700009000\r\n"), "signature_stale"),
        (format!("X-Sign: {own}/ 10\r\n{AT}"), "signature_other_url"),
        (format!("X-Sign: https://127.0.0.1/hooks/docs 10\r\n{AT}"), "signature_other_url"),
        (
            format!("X-Sign: https://t.example/hooks/docs 10\r\nX-Forwarded-Host: t.example\r\n{AT}"),
            "signature_other_url",
        ),
        (format!("X-Sign: {own} 11\r\n{AT}"), "signature_body_rewritten"),
        (format!("X-Sign: \"{own} 10\"\r\n{AT}"), "signature_encoding"),
        (format!("X-Sign: {}\r\n{AT}", "a".repeat(64)), "signature_wrong"),
    ];
    let mut answers = Vec::new();
    for (n, (headers, code)) in cases.iter().enumerate() {
        let mut answer = rig.ask(post_with("/hooks/docs?q", headers, body));
        answer.headers.remove("date");
        answers.push(answer);
        let (channel, refused, requested) = nth(&heard, n);
        assert_eq!((channel.as_str(), refused.code.as_str(), refused.status), ("docs", *code, 401), "{headers}");
        assert_eq!(requested.line(), "POST /hooks/docs to 127.0.0.1");
        // What is told is what is kept.
        until("it is kept", || rig.memory.filed.lock().unwrap().len() > n);
        let kept = rig.memory.filed.lock().unwrap()[n].clone();
        assert_eq!(kept.meaning, Err(refused.clone()));
        assert_eq!((Requested::from_delivery(&kept.delivery), kept.summary), (requested, refused.reason));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.status == 401), "{answers:?}");
    assert_eq!(answers[0].json()["detail"], "the signature is missing or wrong");
    let stale = nth(&heard, 2).1;
    assert_eq!((&stale.detail["late_by_seconds"], &stale.detail["allowed_seconds"]), (&970.into(), &30.into()));
    let url = nth(&heard, 6).1;
    assert_eq!((&url.detail["url"], &url.detail["checked"]), (&"https://t.example/hooks/docs".into(), &own.into()));
}

#[test]
fn a_key_is_in_no_explanation() {
    let (rig, heard) = rig(ListenerLimits::default());
    let signed = format!("X-Sign: http://127.0.0.1/hooks/secret/k3y%2F%3D 10\r\n{AT}");
    assert_eq!(rig.ask(post_with("/hooks/secret/k3y%2F%3D", &signed, "{\"id\":\"1\"}")).status, 401);
    let (_, refused, requested) = nth(&heard, 0);
    assert_eq!(refused.code, RefusalCode::SignatureOtherUrl);
    assert_eq!(refused.detail["url"], "http://127.0.0.1/hooks/secret/[key]");
    assert_eq!(requested.path.as_deref(), Some("/hooks/secret/…"));
    until("it is kept", || !rig.memory.filed.lock().unwrap().is_empty());
    // Only the header that bore the signature as it came says it, and that hides it too.
    assert!(!format!("{:?}", rig.memory.last()).contains("k3y"), "{:?}", rig.memory.last());
}

#[test]
fn more_than_can_be_looked_into_is_told_so() {
    let (rig, heard) = rig(ListenerLimits { explained_a_minute: 3, ..ListenerLimits::default() });
    let wrong = post_with("/hooks/docs", &format!("X-Sign: no\r\n{AT}"), "{\"id\":\"1\"}");
    for n in 0..6 {
        assert_eq!(rig.ask(&wrong).status, 401);
        let (_, refused, _) = nth(&heard, n);
        assert_eq!(refused.reason.contains("too many"), n >= 3, "{n}: {}", refused.reason);
    }
    // What can be seen at a glance is told all the same.
    rig.ask(post_with("/hooks/docs", AT, "{\"id\":\"1\"}"));
    assert_eq!(nth(&heard, 6).1.code, RefusalCode::SignatureMissing);
}

#[test]
fn what_never_reaches_a_channel_is_shown_with_what_it_asked_for() {
    let (rig, heard) = rig(ListenerLimits::default());
    let json = "Content-Type: application/json\r\nContent-Length: 0\r\n";
    let many = "A: b\r\n".repeat(70);
    let cases: Vec<(String, u16, &str, &str, &str)> = vec![
        (format!("POST /docs HTTP/1.1\r\nHost: bot.example\r\n{json}\r\n"), 404, "path_unknown", "docs", "POST /docs to bot.example"),
        (format!("POST /bot/hooks/docs HTTP/1.0\r\nHost: h\r\n{json}\r\n"), 404, "path_unknown", "docs", "POST /bot/hooks/docs to h"),
        (format!("POST /hooks/docs/ HTTP/1.1\r\nHost: h\r\n{json}\r\n"), 404, "path_unknown", "docs", "POST /hooks/docs/ to h"),
        (format!("POST /hooks/secret/x?k3y HTTP/1.1\r\nHost: h\r\n{json}\r\n"), 404, "webhook_key_wrong", "secret", "POST /hooks/secret/… to h"),
        (format!("PUT /x HTTP/1.1\r\nHost: h\r\n{json}\r\n"), 404, "path_unknown", "", "PUT /x to h"),
        (format!("POST /hooks/docs HTTP/1.1\r\nHost: h\r\n{many}\r\n"), 431, "head_too_long", "docs", "POST /hooks/docs to h"),
        (format!("POST /hooks/docs HTTP/1.1\r\nHost: h\r\nA: {}\r\n\r\n", "x".repeat(20_000)), 431, "head_too_long", "docs", "POST /hooks/docs to h"),
        ("POST /hooks/docs HTTP/3.0\r\nHost: h\r\n\r\n".to_owned(), 400, "http_version", "docs", "POST /hooks/docs to h"),
        ("POST /hooks/docs HTTP/1.1\r\nHost: h\r\nno header\r\n\r\n".to_owned(), 400, "http_malformed", "docs", "POST /hooks/docs to h"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n".to_owned(), 400, "proxy_protocol", "", "PROXY TCP4"),
        ("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n".to_owned(), 400, "no_proxy", "", "CONNECT  to h:80"),
        (format!("POST /hooks/docs HTTP/1.1\r\nHost: a\r\nHost: b\r\n{json}\r\n"), 400, "host_missing", "docs", "POST /hooks/docs"),
        (format!("POST /hooks/docs HTTP/1.1\r\nHost: evil.test\r\n{json}\r\n"), 403, "host_unknown", "docs", "POST /hooks/docs to evil.test"),
        (format!("POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n{json}\r\n"), 403, "origin", "docs", "POST /hooks/docs to localhost"),
        (format!("PATCH /hooks/docs HTTP/1.1\r\nHost: localhost\r\n{json}\r\n"), 405, "method", "docs", "PATCH /hooks/docs to localhost"),
        ("POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".to_owned(), 415, "media_type", "docs", "POST /hooks/docs to localhost"),
        (format!("POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: br\r\n{json}\r\n"), 415, "compressed", "docs", "POST /hooks/docs to localhost"),
        ("POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n".to_owned(), 413, "too_long", "docs", "POST /hooks/docs to localhost"),
        (format!("POST /hooks/later HTTP/1.1\r\nHost: localhost\r\n{json}\r\n"), 503, "not_ready", "later", "POST /hooks/later to localhost"),
    ];
    for (n, (request, status, code, channel, line)) in cases.iter().enumerate() {
        assert_eq!(rig.ask(request).status, *status, "{request}");
        let (named, refused, requested) = nth(&heard, n);
        assert_eq!((refused.status, refused.code.as_str()), (*status, *code), "{request}");
        assert_eq!(
            (named.as_str(), requested.line().replace("  ", " ")),
            (*channel, line.replace("  ", " ")),
            "{request}"
        );
        assert!(refused.code.is_unread());
    }
    // What is no HTTP gets no answer that it could read, and is shown as well.
    for (n, (bytes, code)) in [
        (&b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"[..], "tls"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http_version"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut client = rig.client();
        client.send(bytes);
        client.stream.shutdown(std::net::Shutdown::Write).unwrap();
        client.closed();
        assert_eq!(nth(&heard, cases.len() + n).1.code.as_str(), code);
    }
    assert!(!format!("{:?}", rig.memory.filed.lock().unwrap()).contains("k3y"));
}

#[test]
fn strangers_noise_is_shown_at_a_bounded_rate_and_takes_no_room_from_channels() {
    let (rig, heard) = rig(ListenerLimits { unplaced_a_minute: 5, ..ListenerLimits::default() });
    for n in 0..40 {
        assert_eq!(rig.ask(post(&format!("/{n}"), "")).status, 404);
        let mut client = rig.client();
        client.send("?\r\n\r\n");
        client.closed();
    }
    rig.ask(post_with("/hooks/docs", AT, "{\"id\":\"1\"}"));
    until("the channel's own is told", || heard.lock().unwrap().iter().any(|event| event.channel.as_str() == "docs"));
    assert_eq!(heard.lock().unwrap().len(), 6);
}
