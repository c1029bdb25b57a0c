//! How much and how many: each limit at its last allowed value and one further.

use super::*;
use crate::webhook::ListenerLimits;

fn limited(limits: ListenerLimits) -> Rig {
    Rig::with(|options| options.limits = limits)
}

/// A body of that many bytes.
fn body(length: usize) -> String {
    let frame = "{\"id\":\"\"}".len();
    format!("{{\"id\":\"{}\"}}", "x".repeat(length - frame))
}

fn chunked(body: &str) -> String {
    let pieces = body.as_bytes().chunks(1_000).fold(String::new(), |pieces, piece| {
        pieces + &format!("{:x}\r\n{}\r\n", piece.len(), String::from_utf8_lossy(piece))
    });
    format!(
        "POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n{pieces}0\r\n\r\n"
    )
}

#[test]
fn a_body_has_its_limit_with_and_without_a_length() {
    for limit in [4_096, 1 << 20] {
        let rig = limited(ListenerLimits { body: limit, ..ListenerLimits::default() });
        for fits in [limit - 1, limit] {
            assert_eq!(rig.ask(post("/hooks/docs", &body(fits))).status, 200, "{fits}");
            assert_eq!(rig.memory.last().delivery.body.len(), fits);
            assert_eq!(rig.ask(chunked(&body(fits))).status, 200, "{fits} chunked");
            assert_eq!(rig.memory.last().delivery.body.len(), fits);
        }
        for request in [post("/hooks/docs", &body(limit + 1)), chunked(&body(limit + 1))] {
            let mut client = rig.client();
            client.send(request);
            let answer = client.answer();
            assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
            assert_eq!(client.closed(), "");
        }
        until("they are shown", || rig.memory.refused().len() == 2);
    }
}

#[test]
fn a_length_that_is_too_long_is_refused_before_its_body_comes() {
    let rig = Rig::new();
    let head = |length: &str| {
        format!(
            "POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    for length in ["1048577", "18446744073709551613"] {
        assert_eq!(rig.ask(head(length)).status, 413, "{length}");
    }
    assert_eq!(rig.ask(head("18446744073709551616")).status, 400, "no number that there is");
}

#[test]
fn no_setting_takes_more_than_eight_mebibytes() {
    let rig = limited(ListenerLimits { body: usize::MAX, ..ListenerLimits::default() });
    assert_eq!(rig.ask(post("/hooks/docs", &body(8 << 20))).status, 200);
    let mut client = rig.client();
    client.try_send(post("/hooks/docs", &body((8 << 20) + 1)));
    assert_eq!(client.answer().status, 413);
}

#[test]
fn a_gibibyte_costs_nothing() {
    let rig = Rig::new();
    rig.ask(event(1));
    let before = resident();
    let mut most = before;
    let piece = format!("10000\r\n{}\r\n", "x".repeat(0x10000)).into_bytes();
    for _ in 0..3 {
        let mut client = rig.client();
        client.send(chunked("").trim_end_matches("0\r\n\r\n"));
        client.send("\r\n");
        for _ in 0..(1 << 30) / 0x10000 {
            if !client.try_send(&piece) {
                break;
            }
            most = most.max(resident());
        }
        if let Some(answer) = client.try_answer() {
            assert_eq!(answer.status, 413);
        }
    }
    // The tests beside this one have memory of their own, so what is allowed here is generous.
    assert!(most.saturating_sub(before) < 64 << 20, "{before} {most}");
    assert_eq!(rig.ask(event(2)).status, 200);
}

#[test]
fn a_head_has_its_limits() {
    let rig = Rig::new();
    let sized = |length: usize| {
        let bare = post_with("/hooks/docs", "X-Pad: \r\n", "{\"id\":\"1\"}").len() - 10;
        post_with("/hooks/docs", &format!("X-Pad: {}\r\n", "p".repeat(length - bare)), "{\"id\":\"1\"}")
    };
    assert_eq!(rig.ask(sized(16_384)).status, 200);
    for length in [16_385, 40_000] {
        let mut client = rig.client();
        client.try_send(sized(length));
        assert_eq!(client.answer().status, 431, "{length}");
        assert_eq!(client.closed(), "");
    }
    let many = |count: usize| {
        // Three stand there already.
        let more = (3..count).fold(String::new(), |more, n| more + &format!("X-{n}: v\r\n"));
        rig.ask(post_with("/hooks/docs", &more, "{\"id\":\"1\"}")).status
    };
    assert_eq!([many(63), many(64), many(65)], [200, 200, 431]);
}

#[test]
fn a_connection_has_so_many_requests() {
    let rig = limited(ListenerLimits { requests: 3, ..ListenerLimits::default() });
    let mut client = rig.client();
    let last: Vec<Option<String>> = (0..3)
        .map(|n| {
            client.send(event(n));
            client.answer().header("connection").map(str::to_owned)
        })
        .collect();
    assert_eq!(last, [None, None, Some("close".to_owned())]);
    assert_eq!(client.closed(), "");
}

#[test]
fn so_many_wait_for_the_store_and_no_more() {
    let rig = limited(ListenerLimits { arrivals: 3, ..ListenerLimits::default() });
    rig.memory.hold(true);
    let mut waiting: Vec<TestClient> = (0..3).map(|_| rig.client()).collect();
    for (n, client) in waiting.iter_mut().enumerate() {
        client.send(event(n));
    }
    // Which of them come first is open until one is turned away; then the three are in.
    let turned_away = || {
        let answer = rig.ask(event(9));
        (answer.status, answer.header("retry-after").map(str::to_owned))
    };
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let mut answers = Vec::new();
            for client in &mut waiting {
                answers.push(client.answer().status);
            }
            answers
        });
        until("the way is full", || {
            let mut client = rig.client();
            client.send(event(8));
            client.stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut first = [0; 12];
            client.stream.read_exact(&mut first).is_ok() && &first == b"HTTP/1.1 503"
        });
        assert_eq!(turned_away(), (503, Some("5".to_owned())));
        rig.memory.hold(false);
        let answers = asked.join().unwrap();
        assert!(answers.iter().filter(|status| **status == 200).count() >= 2, "{answers:?}");
    });
    assert_eq!(rig.ask(event(10)).status, 200, "and it goes on");
}

#[test]
fn so_much_waits_for_the_store_and_no_more() {
    let rig = limited(ListenerLimits { arrival_bytes: 10_000, ..ListenerLimits::default() });
    assert_eq!(rig.ask(post("/hooks/docs", &body(9_000))).status, 200);
    let answer = rig.ask(post("/hooks/docs", &body(10_001)));
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    assert_eq!(rig.memory.accepted(), 1);
}

#[test]
fn long_bodies_that_are_still_coming_keep_no_short_one_out() {
    let rig = limited(ListenerLimits { reading_bytes: 100_000, ..ListenerLimits::default() });
    let whole = post("/hooks/docs", &body(150_000));
    let mut slow: Vec<TestClient> = (0..2).map(|_| rig.client()).collect();
    // Each alone fits, both together don't, and one alone that is longer doesn't either.
    for client in &mut slow {
        client.send(&whole[..90_000]);
    }
    let answered = std::thread::scope(|scope| {
        let both: Vec<_> = slow
            .iter_mut()
            .map(|client| {
                scope.spawn(|| {
                    client.try_send(&whole[90_000..]);
                    client.answer().status
                })
            })
            .collect();
        both.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(answered.contains(&503), "{answered:?}");
    assert_eq!(rig.ask(event(1)).status, 200);
    assert_eq!(rig.ask(post("/hooks/docs", &body(100_000))).status, 200, "what was held is given back");
}

#[test]
fn a_flood_of_refused_ones_is_counted_and_not_stored() {
    let rig = limited(ListenerLimits { rejections_a_minute: 5, rejection_body: 100, ..ListenerLimits::default() });
    let long = format!("{{\"no\":\"{}\"}}", "x".repeat(1_000));
    for _ in 0..50 {
        assert_eq!(rig.ask(post("/hooks/docs", &long)).status, 400);
    }
    assert_eq!(rig.ask(event(1)).status, 200);
    assert_eq!(rig.memory.refused().len(), 5);
    assert_eq!(rig.memory.filed.lock().unwrap()[0].delivery.body.len(), 100);
}

#[test]
fn refused_ones_that_wait_hold_nobody_up() {
    let rig = limited(ListenerLimits { rejections: 2, arrivals: 10, ..ListenerLimits::default() });
    rig.memory.hold(true);
    for _ in 0..50 {
        assert_eq!(rig.ask(post("/hooks/docs", "{")).status, 400, "answered though the store is slow");
    }
    let mut client = rig.client();
    client.send(event(1));
    rig.memory.hold(false);
    assert_eq!(client.answer().status, 200);
    assert_eq!(rig.memory.refused().len(), 2);
}
