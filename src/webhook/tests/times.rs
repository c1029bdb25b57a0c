//! How long: heads, bodies and readers that are slow, with times short enough for a test.

use super::*;
use crate::webhook::ListenerLimits;

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_mins(1);

/// All times are long but those that are changed.
fn timed(change: impl FnOnce(&mut ListenerLimits)) -> Rig {
    let mut limits = ListenerLimits {
        head_time: LONG,
        body_time: LONG,
        idle_time: LONG,
        write_time: LONG,
        linger_time: LONG,
        ack_time: LONG,
        ..ListenerLimits::default()
    };
    change(&mut limits);
    // So that it is looked often.
    limits.linger_time = limits.linger_time.min(SHORT);
    Rig::with(|options| options.limits = limits)
}

/// Sends a byte now and then until the other side closes; says what it sent and after how long.
fn trickle(client: &mut TestClient, bytes: &[u8]) -> (String, Duration) {
    let from = Instant::now();
    client.stream.set_read_timeout(Some(SHORT / 15)).unwrap();
    for byte in bytes {
        if !client.try_send([*byte]) {
            break;
        }
        let mut buffer = [0; 1_024];
        match client.stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => client.read.extend_from_slice(&buffer[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    (String::from_utf8_lossy(&client.read).into_owned(), from.elapsed())
}

#[test]
fn a_head_that_takes_too_long_ends_its_connection() {
    let rig = timed(|limits| limits.head_time = SHORT);
    let mut silent = rig.client();
    assert_eq!(silent.closed(), "");
    let mut slow = rig.client();
    let (said, took) = trickle(&mut slow, event(1).repeat(20).as_bytes());
    assert!(took >= SHORT && took < SHORT * 20, "{took:?}");
    assert_eq!(said, "");
    // The next head has the same time, from its first byte.
    let mut second = rig.client();
    second.send(event(2));
    assert_eq!(second.answer().status, 200);
    second.send("POST /hooks");
    assert_eq!(second.closed(), "");
    assert_eq!(rig.memory.accepted(), 1);
}

#[test]
fn a_quiet_connection_is_closed_after_its_time() {
    let rig = timed(|limits| (limits.idle_time, limits.head_time) = (SHORT, LONG));
    let mut client = rig.client();
    let from = Instant::now();
    for n in 0..3 {
        client.send(event(n));
        assert_eq!(client.answer().status, 200);
    }
    assert_eq!(client.closed(), "");
    assert!(from.elapsed() >= SHORT);
    let rig = timed(|limits| limits.head_time = SHORT);
    let mut client = rig.client();
    client.send(event(1));
    assert_eq!(client.answer().status, 200);
    client.stream.set_read_timeout(Some(SHORT * 3)).unwrap();
    assert!(client.stream.read(&mut [0]).is_err(), "a connection may be quiet for longer than a head may take");
    client.stream.set_read_timeout(Some(PATIENCE)).unwrap();
    client.send(event(2));
    assert_eq!(client.answer().status, 200);
}

#[test]
fn a_body_has_one_time_for_all_of_it() {
    let rig = timed(|limits| limits.body_time = SHORT);
    let mut client = rig.client();
    let whole = post("/hooks/docs", &format!("{{\"id\":\"{}\"}}", "x".repeat(2_000)));
    let (head, body) = whole.split_at(whole.find("\r\n\r\n").unwrap() + 4);
    client.send(head);
    let (said, took) = trickle(&mut client, body.as_bytes());
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(took >= SHORT && took < SHORT * 20, "{took:?}");
    assert_eq!(rig.memory.accepted(), 0);
    let mut halfway = rig.client();
    halfway.send(&whole[..whole.len() - 1]);
    halfway.stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(!halfway.closed().contains(" 200 "));
    assert_eq!(rig.memory.accepted(), 0);
}

#[test]
fn who_reads_nothing_is_let_go() {
    let rig = timed(|limits| limits.write_time = SHORT);
    let mut client = rig.client();
    client.stream.set_nonblocking(true).unwrap();
    // Errors are longer than requests need be, so that answers fill all buffers in between.
    let many = "POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let (from, mut at) = (Instant::now(), 0);
    let ended = loop {
        match client.stream.write(&many.as_bytes()[at..]) {
            Ok(written) => at = (at + written) % many.len(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::park_timeout(SHORT / 15),
            Err(error) => break error,
        }
        assert!(from.elapsed() < PATIENCE, "it goes on for ever");
    };
    assert!(matches!(ended.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{ended}");
    assert_eq!(rig.ask(event(1)).status, 200);
}

#[test]
fn a_store_that_takes_too_long_is_not_waited_for() {
    let rig = timed(|limits| limits.ack_time = SHORT);
    rig.memory.hold(true);
    let mut client = rig.client();
    client.send(event(1));
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    rig.memory.hold(false);
    until("it is stored all the same", || rig.memory.accepted() == 1);
    client.send(event(1));
    assert_eq!(client.answer().status, 200, "and the next try finds it, on the same connection");
}

#[test]
fn whoever_is_answered_early_can_read_the_answer() {
    let rig = timed(|_| ());
    // More than fits into the buffers on the way: closing at once would reset the connection while this is written.
    let mut client = rig.client();
    let head = "POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    client.send(format!("{head}Content-Length: 8000000\r\n\r\n"));
    client.try_send("x".repeat(8_000_000));
    assert_eq!(client.answer().status, 413);
}
