//! What a call is told when the server goes away in its midst, and that no notification is lost unseen.

use std::time::{Duration, Instant};

use patchcord::store::postgres::{Fate, LinkError};

use crate::postgres::{Server, Stop, installations};
use crate::relay::Relay;
use crate::{connect, one, target};

/// So long a call waits for its answer.
const LIMIT: Duration = Duration::from_millis(500);
/// And so long it may take on a busy machine.
const SLACK: Duration = Duration::from_secs(5);

#[test]
fn a_refusal_is_known_and_the_link_goes_on() {
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        let mut link = connect(&server.url("postgres"));
        link.batch("CREATE TABLE t (k text PRIMARY KEY)").expect("a table");
        let insert = "INSERT INTO t VALUES ($1)";
        assert_eq!(link.execute(insert, &[&"a"]).expect("a row"), 1);
        let error = link.execute(insert, &[&"a"]).expect_err("it is there");
        assert_eq!((error.code(), error.fate(), error.may_pass()), (Some("23505"), Fate::Undone, false));
        let wrong = link.execute(insert, &[&1_i64]).expect_err("a number");
        assert!(matches!(wrong, LinkError::Misuse(_)), "{wrong:?}");
        let wrong = link.execute(insert, &[]).expect_err("no parameter");
        assert!(matches!(wrong, LinkError::Misuse(_)) && wrong.fate() == Fate::Undone, "{wrong:?}");
        // What was prepared before a table changed is prepared again.
        assert_eq!(one(&mut link, "SELECT * FROM t"), "a");
        link.batch("ALTER TABLE t ADD n int").expect("a column");
        assert_eq!(link.query("SELECT * FROM t", &[]).expect_err("stale").code(), Some("0A000"));
        assert_eq!(link.query("SELECT * FROM t", &[]).expect("fresh")[0].len(), 2);
        assert!(link.is_open());
    }
}

#[test]
fn a_server_that_says_nothing_is_given_up_in_time() {
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        let target = target(&server.url("postgres"), None);
        let mut link = target.connect().expect("a link");
        link.set_limit(LIMIT);
        assert_eq!(one(&mut link, "SELECT 'here'"), "here");
        server.freeze();
        let asked = Instant::now();
        let error = link.query("SELECT 1", &[]).expect_err("it is stopped");
        assert_eq!((&error, error.fate()), (&LinkError::Late(LIMIT), Fate::Unknown));
        assert!(asked.elapsed() < LIMIT + SLACK && !link.is_open());
        assert_eq!(link.batch("SELECT 1"), Err(LinkError::Closed(None)));
        server.thaw();
        let mut link = target.connect().expect("another link");
        assert_eq!(one(&mut link, "SELECT 'here'"), "here");
    }
}

#[test]
fn a_network_that_passes_nothing_is_given_up_in_time() {
    for installation in installations() {
        let server = Server::start(&installation, &[("fsync", "off")]);
        let relay = Relay::to(server.port());
        let url = format!("postgres://patchcord@127.0.0.1:{}/postgres?connect_timeout=1", relay.port());
        let target = target(&url, None);
        let mut link = target.connect().expect("a link");
        link.set_limit(LIMIT);
        link.batch("CREATE TABLE t (n int)").expect("a table");
        relay.hold();
        let asked = Instant::now();
        let error = link.execute("INSERT INTO t VALUES (1)", &[]).expect_err("nothing passes");
        assert_eq!((error.fate(), error.may_pass()), (Fate::Unknown, true));
        let refused = target.connect().map(|_| ()).expect_err("nothing passes");
        assert!(matches!(refused, LinkError::Connect(_)) && refused.may_pass(), "{refused:?}");
        assert!(asked.elapsed() < LIMIT + Duration::from_secs(1) + SLACK);
        drop(link);
        relay.release();
        assert!(target.connect().is_ok());
    }
}

#[test]
fn a_restart_is_told_before_anything_is_sent_and_in_a_call_as_of_unknown_fate() {
    for installation in installations() {
        let mut server = Server::start(&installation, &[("fsync", "off")]);
        let target = target(&server.url("postgres"), None);
        for how in [Stop::Fast, Stop::Immediate] {
            let (mut idle, mut busy) = (target.connect().expect("a link"), target.connect().expect("a link"));
            // It has begun once its statement is seen.
            let waiting = std::thread::spawn(move || busy.query("SELECT pg_sleep(7)", &[]).map(|_| ()));
            let seen = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(7)%' AND state = 'active' \
                        AND pid <> pg_backend_pid()";
            let deadline = Instant::now() + SLACK;
            while one(&mut idle, seen) != "1" {
                assert!(Instant::now() < deadline, "the statement runs");
            }
            server.stop(how);
            let lost = waiting.join().expect("no panic").expect_err("it is gone");
            assert!(matches!(lost, LinkError::Lost(_)) && lost.fate() == Fate::Unknown, "{how:?}: {lost:?}");
            let closed = idle.batch("SELECT 1").expect_err("it is gone");
            assert!(matches!(closed, LinkError::Closed(_)) && closed.fate() == Fate::Undone, "{how:?}: {closed:?}");
            server.start_again();
            let mut link = target.connect().expect("another link");
            assert_eq!(one(&mut link, "SELECT 'here'"), "here");
        }
    }
}

#[test]
fn notifications_come_in_order_also_between_calls_and_their_end_is_told() {
    for installation in installations() {
        let mut server = Server::start(&installation, &[("fsync", "off")]);
        let (mut one_link, mut other) = (connect(&server.url("postgres")), connect(&server.url("postgres")));
        one_link.batch("LISTEN news").expect("it listens");
        assert!(!one_link.wait(Duration::from_millis(10)).expect("nothing yet"));
        for n in 0..200 {
            other.query("SELECT pg_notify('news', $1)", &[&n.to_string()]).expect("told");
            if n % 7 == 0 {
                assert_eq!(one(&mut one_link, "SELECT 'busy'"), "busy");
            }
        }
        let (mut heard, deadline) = (Vec::new(), Instant::now() + SLACK);
        while heard.len() < 200 && Instant::now() < deadline {
            one_link.wait(Duration::from_millis(100)).expect("it is there");
            heard.extend(one_link.notifications().into_iter().map(|told| told.payload().to_owned()));
        }
        let wanted: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        assert_eq!(heard, wanted);
        // What came before the end is handed out before the end is told.
        other.batch("NOTIFY news, 'last'").expect("told");
        server.stop(Stop::Fast);
        assert_eq!(one_link.wait(SLACK), Ok(true));
        assert_eq!(one_link.notifications()[0].payload(), "last");
        assert!(matches!(one_link.wait(SLACK), Err(LinkError::Closed(_))));
    }
}
