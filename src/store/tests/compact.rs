//! What a delivery's row leaves out, and that it is whole whenever it is asked for.

use bytes::Bytes;

use super::super::Arrival;
use super::inbox::{arrival, says};
use super::*;
use crate::domain::{Asked, Delivery, DeliveryId, DeliveryRow, Inbound, Meaning};

async fn whole(store: &Store, n: i64) -> (DeliveryRow, Delivery) {
    store.delivery(DeliveryId(n)).await.unwrap().unwrap()
}

async fn one<T: rusqlite::types::FromSql + Send + 'static>(store: &Store, sql: &'static str) -> T {
    store.ask(move |database| Ok(database.read().query_row(sql, [], |row| row.get(0))?)).await.unwrap()
}

/// A delivery whose body has that text within, as JSON has it, and whose line quotes so much of it.
fn bearing(n: i64, text: &str, quoted: usize) -> Arrival {
    let mut came = arrival(n, vec![says("c", n, text)]);
    let value = serde_json::to_string(text).unwrap();
    came.delivery.body = Bytes::from(format!("{{\"a\":1,\"text\": {value},\"b\":[]}}"));
    came.summary = text.chars().take(quoted).chain(['…']).collect();
    came
}

const TEXTS: [&str; 6] = [
    "a text that is long enough to be taken out of it",
    "with \"marks\" at its end, and lines,\n\r\n\ttabs and C:\\paths \"",
    "\"สวัสดีครับ ผมชื่อปลา 😀 ยินดีที่ได้รู้จัก\"",
    "short",
    "with a letter \u{1b} that JSON writes in more than one way",
    "with a slash / and \u{7f}\u{2028} and </script> beyond 32 bytes",
];

#[tokio::test]
async fn a_delivery_is_whole_whatever_of_it_stands_elsewhere() {
    let dir = dir();
    let store = Store::open(dir.path());
    let mut expected = Vec::new();
    for (n, text) in (1..).zip(TEXTS) {
        let came = bearing(n, text, 20);
        store.receive(came.clone()).await.unwrap();
        let (row, delivery) = whole(&store, n).await;
        assert_eq!(delivery, came.delivery);
        assert_eq!((row.summary, row.size), (came.summary, came.delivery.body.len() as u64));
        assert_eq!(row.message, Some(MessageId::new(format!("m{n}"))));
        expected.push(whole(&store, n).await);
    }
    let taken =
        "SELECT group_concat(n) FROM deliveries WHERE text_of IS NOT NULL AND message IS NULL AND summary = ''";
    assert_eq!(one::<String>(&store, taken).await, "1,2,3,6");
    // However a message is changed or goes.
    let beside = Connection::open(dir.path().join(disk::NAME)).unwrap();
    beside.execute("UPDATE messages SET text = 'another' WHERE id IN ('m1', 'm2')", []).unwrap();
    beside.execute("UPDATE messages SET id = 'renamed' WHERE id = 'm3'", []).unwrap();
    beside.execute("DELETE FROM messages WHERE id = 'm6'", []).unwrap();
    for (n, expected) in (1..).zip(expected) {
        assert_eq!(whole(&store, n).await, expected);
    }
    let again = store.receive(bearing(1, TEXTS[0], 20)).await.unwrap();
    assert_eq!(whole(&store, again.id.0).await.0.message, Some(MessageId::new("m1")), "the one that it was");
    assert_eq!(one::<i64>(&store, "SELECT count(*) FROM deliveries WHERE text_of IS NOT NULL").await, 0);
}

#[tokio::test]
async fn what_is_said_again_points_at_the_message_that_was_taken_out() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.receive(bearing(1, TEXTS[0], 9)).await.unwrap();
    let again = store.receive(bearing(1, TEXTS[0], 9)).await.unwrap();
    let (row, delivery) = whole(&store, again.id.0).await;
    assert_eq!((row.message, delivery), (Some(MessageId::new("m1")), bearing(1, TEXTS[0], 9).delivery));
}

#[tokio::test]
async fn what_a_request_asks_with_is_kept_once() {
    let dir = dir();
    let store = Store::open(dir.path());
    let inputs = r#"{"place":"กรุงเทพ \\"x\\" und so weiter","more":[1.50,null]}"#;
    for (n, spaced) in [(1, ""), (4, " ")] {
        let asked =
            Asked { key: "weather".to_owned(), inputs: inputs.to_owned(), link: None, deadline: NOW.plus_millis(9) };
        let mut came = arrival(n, vec![Inbound { key: format!("k{n}"), meaning: Meaning::Request(asked) }]);
        // As it was read, or otherwise.
        came.delivery.body = Bytes::from(format!("{{\"inputs\": {}}}", inputs.replace(':', &format!(":{spaced}"))));
        came.summary = format!("weather {}…", inputs.chars().take(30).collect::<String>());
        let filed = store.receive(came.clone()).await.unwrap();
        let (row, delivery) = whole(&store, n).await;
        assert_eq!((delivery, row.summary), (came.delivery.clone(), came.summary.clone()));
        assert_eq!((row.request, row.size), (filed.request.map(|r| r.id), came.delivery.body.len() as u64));
        let again = store.receive(came).await.unwrap().request.map(|request| request.inputs);
        assert_eq!(again.as_deref(), Some(inputs), "it is found again");
        assert_eq!(store.receive(arrival(9, Vec::new())).await.unwrap().request, None);
    }
    assert_eq!(one::<String>(&store, "SELECT group_concat(n) FROM deliveries WHERE text_of < 0").await, "1");
}

#[tokio::test]
async fn heads_are_kept_once_and_not_without_end() {
    let dir = dir();
    let store = Store::open(dir.path());
    let with = |n: i64, agent: &str| {
        let mut came = arrival(n, vec![says("c", n, "x")]);
        came.delivery.headers[2].1 = agent.to_owned();
        came.delivery.headers.push(("x-signature".to_owned(), format!("s{n}")));
        came
    };
    for n in 1..=3 {
        store.receive(with(n, "an agent")).await.unwrap();
    }
    assert_eq!(one::<i64>(&store, "SELECT count(*) FROM delivery_heads").await, 1);
    let asked: Vec<_> = (4..=1_100).map(|n| (n, store.receive(with(n, &format!("agent {n}"))))).collect();
    for (n, asked) in asked {
        let filed = asked.await.unwrap();
        assert_eq!(filed.id, DeliveryId(n));
        assert_eq!(whole(&store, n).await.1, filed.arrival.delivery);
    }
    assert_eq!(one::<i64>(&store, "SELECT count(*) FROM delivery_heads").await, 1_000);
}

#[tokio::test]
async fn an_event_of_512_bytes_takes_a_kilobyte() {
    let dir = dir();
    let store = Store::open(dir.path());
    let many = 4_000;
    let asked: Vec<_> = (0..many)
        .map(|n| {
            let text = format!("No {n}: {}", "x".repeat(400));
            let mut came = bearing(n, &text, 199);
            came.delivery.body = Bytes::from(format!(
                "{{\"channelID\":\"hall\",\"userID\":\"u1\",\"timestamp\":{n},\"message\":\"{text}\",\"quickReplies\":[]}}"
            ));
            store.receive(came)
        })
        .collect();
    for asked in asked {
        asked.await.unwrap();
    }
    store.close().await.unwrap();
    let bytes = std::fs::metadata(dir.path().join(disk::NAME)).unwrap().len();
    let each = bytes / many.unsigned_abs();
    assert!(each < 1_000, "{each} bytes");
}
