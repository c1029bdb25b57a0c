//! Starting, stopping, and many connections at once.

use std::net::TcpListener;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::webhook::{ListenError, Listener, ListenerLimits};

#[test]
fn what_is_wrong_with_an_address_is_told_at_once() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let on = |addr: SocketAddr| Listener::start(ListenerOptions::new(addr, Store::open(dir.path()), || NOW)).err();
    let addr = taken.local_addr().unwrap();
    assert!(matches!(on(addr), Some(ListenError::InUse(at)) if at == addr));
    assert!(matches!(on("192.0.2.1:1".parse().unwrap()), Some(ListenError::Bind { .. })));
    drop(taken);
    assert!(on(addr).is_none());
    assert!(on(addr).is_none(), "a port that was ours can be had again at once");
}

#[test]
fn stopping_finishes_what_is_in_flight() {
    let rig = Rig::new();
    rig.memory.hold(true);
    let mut busy: Vec<TestClient> = (0..8).map(|_| rig.client()).collect();
    for (n, client) in busy.iter_mut().enumerate() {
        client.send(event(n));
    }
    rig.memory.wait_for(busy.len());
    let mut quiet = rig.client();
    quiet.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(quiet.answer().status, 200);
    let Rig { listening, memory, _dir, .. } = rig;
    let addr = listening.addr();
    let stopping = std::thread::spawn(move || listening.stop());
    assert_eq!(quiet.closed(), "", "who is quiet goes first");
    assert!(TcpStream::connect(addr).is_err(), "nobody comes in any more");
    memory.hold(false);
    for client in &mut busy {
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
        assert_eq!(client.closed(), "");
    }
    stopping.join().unwrap();
    assert_eq!(memory.accepted(), 8);
}

#[test]
fn stopping_waits_for_nobody_for_ever() {
    let rig = Rig::with(|options| options.limits.stop_time = Duration::from_millis(300));
    rig.memory.hold(true);
    let mut stuck = rig.client();
    stuck.send(event(1));
    rig.memory.wait_for(1);
    let from = Instant::now();
    rig.listening.stop();
    assert!(from.elapsed() < PATIENCE);
    assert!(!stuck.closed().contains(" 200 "));
    let rig = Rig::with(|options| options.limits.stop_time = PATIENCE * 10);
    let from = Instant::now();
    rig.listening.stop();
    assert!(from.elapsed() < PATIENCE, "without anybody there its time is not used up");
}

#[test]
fn nobody_who_was_let_in_is_reset_when_it_stops_under_load() {
    for _ in 0..5 {
        let rig = Rig::new();
        let (addr, stopped, acknowledged) = (rig.listening.addr(), AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let (stopped, acknowledged) = (&stopped, &acknowledged);
                scope.spawn(move || {
                    let mut client = TestClient::connect(addr);
                    for n in 0.. {
                        client.send(event(worker * 1_000_000 + n));
                        let answer = client.answer();
                        assert_eq!(answer.status, 200);
                        acknowledged.fetch_add(1, SeqCst);
                        if answer.header("connection") == Some("close") {
                            assert!(stopped.load(SeqCst) || n == 999);
                            if n < 999 {
                                return;
                            }
                            client = TestClient::connect(addr);
                        }
                        if n == 900 && stopped.load(SeqCst) {
                            return;
                        }
                    }
                });
            }
            until("they are at work", || acknowledged.load(SeqCst) > 200);
            stopped.store(true, SeqCst);
            rig.listening.stop();
        });
        assert_eq!(rig.memory.accepted(), acknowledged.load(SeqCst), "acknowledged is stored, and no more");
    }
}

#[test]
fn five_thousand_half_open_connections_keep_nobody_out() {
    const HALF_OPEN: usize = 5_000;
    let rig = Rig::new();
    rig.ask(event(1));
    let before = resident();
    let addr = rig.listening.addr();
    let mut half_open = Vec::new();
    for n in 0..HALF_OPEN {
        // Without a descriptor left for the test's own end there is nothing more to try.
        let Ok(mut stream) = TcpStream::connect(addr) else { break };
        let _ = stream.write_all(b"POST /hooks/docs HTTP/1.1\r\nHost: localhost\r\nX-");
        half_open.push(stream);
        if n % 50 == 0 {
            assert_eq!(rig.ask(event(n + 2)).status, 200);
        }
    }
    let grown = resident().saturating_sub(before);
    assert!(half_open.len() > 1_500, "too few to say anything: {}", half_open.len());
    assert!(grown < 128 << 20, "{grown}");
}

#[test]
fn with_every_place_taken_by_somebody_at_work_a_new_one_waits() {
    let rig = Rig::with(|options| options.limits = ListenerLimits { connections: 3, ..ListenerLimits::default() });
    rig.memory.hold(true);
    let mut busy: Vec<TestClient> = (0..3).map(|_| rig.client()).collect();
    for (n, client) in busy.iter_mut().enumerate() {
        client.send(event(n));
    }
    // Before that they are quiet still, and their places can be had.
    rig.memory.wait_for(busy.len());
    let mut patient = rig.client();
    patient.send(event(9));
    patient.stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let waited = patient.stream.read(&mut [0]).is_err();
    patient.stream.set_read_timeout(Some(PATIENCE)).unwrap();
    rig.memory.hold(false);
    assert!(waited);
    for client in &mut busy {
        assert_eq!(client.answer().status, 200);
    }
    assert_eq!(patient.answer().status, 200, "and takes the place of one that is quiet");
}
