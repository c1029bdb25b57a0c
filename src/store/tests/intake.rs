//! What comes in a crowd: acknowledged before it stands in its tables, and never read without it.

use std::fmt::Write as _;
use std::path::Path;

use super::super::command::StoreCommand;
use super::super::pending::pending;
use super::super::sqlite::connect;
use super::super::{Arrival, DeliveryFilter, Filed, SearchRequest, StoreError, delivery_row, intake};
use super::inbox::{arrival, says, texts};
use super::*;
use crate::domain::{Asked, DeliveryId, Inbound, Meaning, Query, ReplyHandle, RequestId, Verdict};

/// Does something on the store's thread, with the connection as it is: what waits for its tables is left waiting.
async fn behind<T: Send + 'static>(store: &Store, look: impl FnOnce(&Connection) -> T + Send + 'static) -> T {
    let (reply, answer) = pending();
    let run = StoreCommand::Run(Box::new(move |database| {
        let _ = reply.send(Ok(look(&database.as_ref().expect("a database").conn)));
    }));
    store.commands.send(run).unwrap();
    answer.await.unwrap()
}

/// Files them as one crowd, and says how many wait for their tables then, by what looks at the files.
async fn crowd<T: Send + 'static>(
    store: &Store,
    arrivals: Vec<Arrival>,
    look: impl FnOnce(&Connection) -> T + Send + 'static,
) -> (Vec<Filed>, i64, T) {
    // Until all of them wait.
    let (all_asked, go_on) = std::sync::mpsc::channel::<()>();
    let (reply, released) = pending();
    let hold = StoreCommand::Run(Box::new(move |_| {
        let _ = go_on.recv();
        let _ = reply.send(Ok(()));
    }));
    store.commands.send(hold).unwrap();
    let asked: Vec<_> = arrivals.into_iter().map(|arrival| store.receive(arrival)).collect();
    let looked = behind(store, move |conn| {
        let waiting = conn.query_row("SELECT ifnull(sum(many), 0) FROM arrivals", [], |row| row.get(0));
        (waiting.unwrap(), look(conn))
    });
    let ((), (waiting, seen)) = tokio::join!(
        async {
            all_asked.send(()).unwrap();
            released.await.unwrap();
        },
        looked
    );
    let mut filed = Vec::new();
    for asked in asked {
        filed.push(asked.await.unwrap());
    }
    (filed, waiting, seen)
}

/// Deliveries that say all that can be said, the `again`th and every third after it nothing new.
fn mixed(count: i64, again: Option<i64>) -> Vec<Arrival> {
    let handle = |n: i64| Some(ReplyHandle { token: format!("t{n}"), expires: NOW.plus_millis(50_000 + n) });
    let one = |n: i64| {
        let at = Moment::at(NOW.plus_millis(n));
        let conversation = id(&format!("c{}", n % 3));
        let meaning = match n % 5 {
            0 => Meaning::Request(Asked {
                key: "weather".to_owned(),
                inputs: format!("{{\"n\":{n}}}"),
                link: Some(format!("https://l/{n}")),
                deadline: NOW.plus_millis(10_000 + n),
            }),
            1 => Meaning::Joined { conversation, title: format!("title {n}"), at, reply: handle(n) },
            2 => Meaning::Event {
                conversation: Some(conversation),
                kind: "status".to_owned(),
                details: vec![("status".to_owned(), format!("s{n}"))],
            },
            _ => {
                // Every second one stands in the delivery's body as it is.
                let text = if n % 5 == 3 { format!("words of {n}") } else { "word ".repeat(12) };
                let message = Message { created_at: at, ..user(&format!("m{n}"), &text) };
                Meaning::Message { conversation, title: String::new(), message, reply: handle(n) }
            }
        };
        Inbound { key: format!("{n:013}"), meaning }
    };
    (0..count)
        .map(|n| {
            let is_again = again.is_some_and(|again| n >= again && (n - again) % 3 == 0);
            let inbounds = if is_again { vec![one(n / 2)] } else { vec![one(n), says("many", n, "two at once")] };
            arrival(n, inbounds)
        })
        .collect()
}

/// All that the tables hold, but for the ids of requests, which are made anew each time.
fn tables(conn: &Connection) -> String {
    let mut all = String::new();
    let last: i64 = conn.query_row("SELECT ifnull(max(n), 0) FROM deliveries", [], |row| row.get(0)).unwrap();
    for n in 1..=last {
        let (mut row, delivery) = delivery_row::whole(conn, DeliveryId(n)).unwrap().unwrap();
        row.request = row.request.map(|_| RequestId::new("any"));
        let _ = writeln!(all, "{row:?} {delivery:?}");
    }
    for sql in [
        "SELECT channel, key, delivery FROM said ORDER BY channel, key",
        "SELECT channel, id, title, created_ms, created_raw, turned_ms, details, delivery FROM conversations ORDER BY n",
        "SELECT conversation, seq, id, role, text, created_ms, created_raw, received_ms, place_ms, extras, delivery
             FROM messages ORDER BY conversation, seq",
        "SELECT channel, key, inputs, link, trust, received_ms, deadline_ms, state FROM requests ORDER BY n",
        "SELECT conversation, token, expires_ms, used FROM reply_handles ORDER BY conversation, token",
    ] {
        let mut query = conn.prepare(sql).unwrap();
        let columns = query.column_count();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..columns {
                let _ = write!(all, "{:?}|", row.get_ref(at).unwrap());
            }
            all.push('\n');
        }
    }
    all
}

async fn filed(store: &Store) -> String {
    store.ask(|database| Ok(tables(database.read()))).await.unwrap()
}

fn copy(from: &Path, to: &Path) {
    for name in [disk::NAME.to_owned(), format!("{}-wal", disk::NAME)] {
        std::fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}

#[tokio::test]
async fn a_crowd_comes_to_what_each_alone_comes_to() {
    for again in [None, Some(4), Some(31)] {
        let (together, apart) = (dir(), dir());
        let store = Store::open(together.path());
        store.warnings().await.unwrap();
        let (told, waiting, ()) = crowd(&store, mixed(40, again), |_| ()).await;
        assert_eq!(waiting, if again.is_none() { 40 } else { 0 }, "what was said before is looked up at once");
        store.last_delivery().await.unwrap();
        let (more, waiting, ()) = crowd(&store, mixed(60, again).split_off(40), |_| ()).await;
        assert_eq!(waiting, if again.is_none() { 20 } else { 0 });
        let alone = Store::open(apart.path());
        let mut expected = Vec::new();
        for arrival in mixed(60, again) {
            expected.push(alone.receive(arrival).await.unwrap());
        }
        let plain = |filed: Filed| {
            let request = filed.request.map(|request| (request.key, request.inputs, request.link, request.deadline));
            (filed.id, filed.verdict, filed.known, request, filed.arrival)
        };
        let told: Vec<_> = told.into_iter().chain(more).map(plain).collect();
        assert_eq!(told, expected.into_iter().map(plain).collect::<Vec<_>>());
        assert_eq!(filed(&store).await, filed(&alone).await);
        assert_eq!(
            behind(&store, |conn| conn.query_row("SELECT count(*) FROM arrivals", [], |r| r.get(0))).await,
            Ok(0)
        );
    }
}

#[tokio::test]
async fn a_crowd_that_was_acknowledged_is_there_after_a_crash() {
    let (dir, crashed) = (dir(), dir());
    let store = Store::open(dir.path());
    store.warnings().await.unwrap();
    let (from, to) = (dir.path().to_owned(), crashed.path().to_owned());
    let (told, waiting, ()) = crowd(&store, mixed(50, None), move |_| copy(&from, &to)).await;
    assert_eq!(waiting, 50, "the copy was made before any of it stood in a table");
    let whole = filed(&store).await;
    let other = Store::open(crashed.path());
    assert_eq!(filed(&other).await, whole);
    for request in told.iter().filter_map(|filed| filed.request.as_ref()) {
        assert_eq!(
            other.request(&request.id).await.unwrap().as_ref(),
            Some(request),
            "it is the one that was told of"
        );
    }
    // The sender, who was not answered, tries again.
    let again = other.receive(mixed(50, None).remove(7)).await.unwrap();
    assert_eq!((again.id, again.verdict), (DeliveryId(51), Verdict::Duplicate));
}

#[tokio::test]
async fn a_connection_beside_the_stores_reads_none_of_it_too_early() {
    let (dir, crashed) = (dir(), dir());
    let store = Store::open(dir.path());
    store.warnings().await.unwrap();
    let (from, to) = (dir.path().to_owned(), crashed.path().to_owned());
    let (_, waiting, ()) = crowd(&store, mixed(50, None), move |_| copy(&from, &to)).await;
    assert_eq!(waiting, 50);
    // As the thread that searches has one.
    let mut beside = connect(&crashed.path().join(disk::NAME)).unwrap();
    let found = "SELECT count(*) FROM messages WHERE text = 'words of 13'";
    assert_eq!(beside.query_row(found, [], |row| row.get(0)), Ok(0));
    intake::settle_on(&mut beside).unwrap();
    assert_eq!(beside.query_row(found, [], |row| row.get(0)), Ok(1));
    assert_eq!(tables(&beside), filed(&store).await);
    drop(beside);
    let query = Query::parse("\"words of 13\"", NOW).unwrap();
    let request = SearchRequest { query, within: None, after: None, limit: 10 };
    assert_eq!(Store::open(crashed.path()).search(request).await.unwrap().hits.len(), 1);
}

#[tokio::test]
async fn what_waits_in_a_file_is_carried_over_once() {
    let (dir, beside) = (dir(), dir());
    let store = Store::open(dir.path());
    store.warnings().await.unwrap();
    let (from, to) = (dir.path().to_owned(), beside.path().to_owned());
    let (_, waiting, ()) = crowd(&store, mixed(50, None), move |_| copy(&from, &to)).await;
    assert_eq!(waiting, 50);
    let into = tempfile::tempdir().unwrap();
    let saved = Store::open(into.path());
    // Some of it came here, too.
    for arrival in mixed(10, None) {
        saved.receive(arrival).await.unwrap();
    }
    let old = beside.path().join(disk::NAME);
    let carried = saved.salvage(&old).await.unwrap();
    assert!(carried.is_whole(), "{carried:?}");
    let rows = |table: &str| {
        let carried = carried.tables.iter().find(|carried| carried.table == table).unwrap();
        (carried.found, carried.added)
    };
    assert_eq!(rows("deliveries"), (50, 40));
    assert_eq!(rows("messages"), (50 + 20, 40 + 16));
    assert_eq!(rows("requests"), (10, 8));
    assert!(carried.tables.iter().all(|carried| carried.table != "arrivals"), "they stand in other tables");
    assert_eq!(filed(&saved).await, filed(&store).await);
    let again = saved.salvage(&old).await.unwrap();
    assert!(again.tables.iter().all(|carried| carried.added == 0), "{again:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_counted_as_lost() {
    let (dir, beside) = (dir(), dir());
    let store = Store::open(dir.path());
    store.warnings().await.unwrap();
    let (from, to) = (dir.path().to_owned(), beside.path().to_owned());
    crowd(&store, mixed(20, None), move |_| copy(&from, &to)).await;
    let old = beside.path().join(disk::NAME);
    Connection::open(&old).unwrap().execute("UPDATE arrivals SET entries = substr(entries, 9)", []).unwrap();
    let saved = Store::open(tempfile::tempdir().unwrap().path());
    let carried = saved.salvage(&old).await.unwrap();
    assert_eq!((carried.is_whole(), carried.broken), (false, 1));
    // Where it is the database in use, it is found to be damaged.
    let damaged = Store::open(beside.path());
    assert!(matches!(damaged.last_delivery().await, Err(StoreError::Damaged(_))));
}

#[tokio::test]
async fn much_goes_into_its_tables_by_itself() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.warnings().await.unwrap();
    crowd(&store, (0..40).map(|n| arrival(n, vec![says("c", n, "one")])).collect(), |_| ()).await;
    let beside = Connection::open(dir.path().join(disk::NAME)).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    // Nobody asks the store anything.
    while beside.query_row("SELECT count(*) FROM messages", [], |row| row.get::<_, i64>(0)).unwrap() < 40 {
        assert!(std::time::Instant::now() < deadline, "it waits for ever");
        tokio::task::yield_now().await;
    }
    assert_eq!(texts(&store, "c").await.len(), 40);
    assert_eq!(store.deliveries(&DeliveryFilter { limit: 50, ..DeliveryFilter::default() }).await.unwrap().len(), 40);
}
