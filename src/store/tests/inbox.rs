//! The inbox: what is filed, what is a duplicate, in which order messages stand, and what is kept of the rejected.

use bytes::Bytes;
use proptest::prelude::*;

use super::super::{Arrival, DeliveryFilter, Filed, StoreError, prune};
use super::*;
use crate::domain::{
    Attachment, Delivery, DeliveryId, DeliveryRow, Extras, Inbound, Meaning, RefusalCode, Refused, ReplyHandle,
    Trust, Verdict,
};

/// Why [`rejected`] was.
fn wrong() -> Refused {
    Refused::new(401, RefusalCode::SignatureStale, "it is too old").with("late_by_seconds", 7)
}

/// The delivery of that number, which came so many milliseconds after [`NOW`].
pub(super) fn arrival(number: i64, says: Vec<Inbound>) -> Arrival {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Arrival {
        delivery: Delivery {
            channel: docs(),
            at: NOW.plus_millis(number),
            url: "http://127.0.0.1:8787/docs".to_owned(),
            headers: vec![
                header("host", "127.0.0.1:8787"),
                header("content-type", "application/json"),
                header("user-agent", "a platform/1.0"),
                header("content-length", "231"),
            ],
            body: Bytes::from(format!("{{\"number\":{number},\"text\":\"{}\"}}", "word ".repeat(40))),
            replay: false,
        },
        trust: Some(Trust::Verified),
        meaning: Ok(says),
        summary: format!("delivery {number}"),
    }
}

/// A message whose platform's time is so many milliseconds after [`NOW`]; its key begins with that.
pub(super) fn says(conversation: &str, number: i64, text: &str) -> Inbound {
    let at = NOW.plus_millis(number);
    let message = Message { created_at: Moment::at(at), ..user(&format!("m{number}"), text) };
    Inbound {
        key: format!("{:013}:{conversation}:{number}", at.millis()),
        meaning: Meaning::Message { conversation: id(conversation), title: String::new(), message, reply: None },
    }
}

/// A message of an unreadable time.
fn undated(number: i64, text: &str) -> Inbound {
    let meaning = Meaning::Message {
        conversation: id("c"),
        title: String::new(),
        message: user(&format!("m{number}"), text),
        reply: None,
    };
    Inbound { key: format!("undated {number}"), meaning }
}

pub(super) async fn texts(store: &Store, conversation: &str) -> Vec<String> {
    let slice = store.messages(&docs(), &id(conversation), None, 100_000).await.unwrap();
    slice.entries.into_iter().map(|entry| entry.message.text).collect()
}

fn rejected(number: i64) -> Arrival {
    Arrival { trust: None, meaning: Err(wrong()), ..arrival(number, Vec::new()) }
}

async fn listed(store: &Store, filter: DeliveryFilter) -> Vec<DeliveryRow> {
    store.deliveries(&filter).await.unwrap()
}

fn all() -> DeliveryFilter {
    DeliveryFilter { limit: 100_000, ..DeliveryFilter::default() }
}

#[tokio::test]
async fn a_message_is_filed_with_all_that_came_with_it() {
    let dir = dir();
    let store = Store::open(dir.path());
    let extras = Extras {
        quick_replies: vec!["yes".to_owned(), "\"no\"\n".to_owned()],
        attachments: vec![
            Attachment { url: "https://pictures.example/1".to_owned(), offset: Some(7), name: None },
            Attachment { url: "x".to_owned(), offset: None, name: Some("a file".to_owned()) },
        ],
        admin_id: Some("7".to_owned()),
        author: Some("Ann".to_owned()),
        via: None,
        ..Extras::default()
    };
    let message = Message { extras, created_at: Moment::at(NOW), ..bot("m", "hello") };
    let meaning =
        Meaning::Message { conversation: id("c"), title: "Ann's".to_owned(), message: message.clone(), reply: None };
    let mut came = arrival(3, vec![Inbound { key: "k".to_owned(), meaning }]);
    came.delivery.replay = true;
    let filed = store.receive(came.clone()).await.unwrap();
    assert_eq!(
        filed,
        Filed {
            id: DeliveryId(1),
            verdict: Verdict::Accepted,
            request: None,
            known: vec![false],
            arrival: Box::new(came.clone())
        }
    );
    store.close().await.unwrap();

    let store = Store::open(dir.path());
    let entries = store.messages(&docs(), &id("c"), None, 10).await.unwrap().entries;
    assert_eq!(entries.iter().map(|e| e.message.clone()).collect::<Vec<_>>(), [message]);
    let row = store.conversation(&docs(), &id("c")).await.unwrap().unwrap();
    assert_eq!((row.conversation.title.as_str(), row.activity), ("Ann's", Some(NOW.plus_millis(3))));
    let expected = DeliveryRow {
        id: filed.id,
        channel: docs(),
        at: NOW.plus_millis(3),
        trust: Some(Trust::Verified),
        verdict: Verdict::Accepted,
        replay: true,
        summary: "delivery 3".to_owned(),
        size: came.delivery.body.len() as u64,
        conversation: Some(id("c")),
        message: Some(MessageId::new("m")),
        request: None,
    };
    assert_eq!(store.delivery(filed.id).await.unwrap(), Some((expected.clone(), came.delivery)));
    assert_eq!(listed(&store, all()).await, [expected]);
    assert_eq!(store.delivery(DeliveryId(2)).await.unwrap(), None);
    let of = async |message: Option<&str>| {
        store.delivery_of(&docs(), &id("c"), message.map(MessageId::new).as_ref()).await.unwrap()
    };
    assert_eq!(
        (of(Some("m")).await, of(None).await, of(Some("other")).await),
        (Some(filed.id), Some(filed.id), None)
    );
    // A history that is read again, and doesn't tell of all that, takes none of it away.
    store.merge_messages(&docs(), &id("c"), &[bot("m", "hello, edited")], None).await.unwrap();
    store.forget_messages(&docs(), &id("c")).await.unwrap();
    let entries = store.messages(&docs(), &id("c"), None, 10).await.unwrap().entries;
    assert_eq!(
        (entries[0].message.text.as_str(), entries[0].message.extras.quick_replies.len()),
        ("hello, edited", 2)
    );
}

#[tokio::test]
async fn what_was_said_before_is_a_duplicate_that_points_at_the_first() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.receive(arrival(1, vec![says("c", 1, "one")])).await.unwrap();
    let again = store.receive(arrival(2, vec![says("c", 1, "one, changed")])).await.unwrap();
    assert_eq!((again.id, &again.verdict), (DeliveryId(2), &Verdict::Duplicate));
    let row = &listed(&store, all()).await[0];
    assert_eq!((row.conversation.clone(), row.message.clone()), (Some(id("c")), Some(MessageId::new("m1"))));
    // Some of it is new: that is filed.
    let some = store.receive(arrival(3, vec![says("c", 1, "one"), says("c", 2, "two")])).await.unwrap();
    assert_eq!(some.verdict, Verdict::Accepted);
    let twice = store.receive(arrival(4, vec![says("c", 3, "three"), says("c", 3, "three")])).await.unwrap();
    assert_eq!(twice.verdict, Verdict::Accepted);
    assert_eq!(texts(&store, "c").await, ["one", "two", "three"]);
    // Of another channel it is another.
    let mut other = arrival(5, vec![says("c", 1, "one")]);
    other.delivery.channel = ChannelName::new("other");
    assert_eq!(store.receive(other).await.unwrap().verdict, Verdict::Accepted);
    let probe = Inbound { key: "probe".to_owned(), meaning: Meaning::Probe { what: "validation" } };
    for _ in 0..2 {
        assert_eq!(store.receive(arrival(6, vec![probe.clone()])).await.unwrap().verdict, Verdict::Accepted);
    }
    assert_eq!(store.receive(arrival(7, Vec::new())).await.unwrap().verdict, Verdict::Accepted);
    assert_eq!(store.last_delivery().await.unwrap(), DeliveryId(8));
}

#[tokio::test]
async fn ten_thousand_duplicates_in_any_order_are_one_message_each() {
    let dir = dir();
    let store = Store::open(dir.path());
    // Every number five times, in an order that is far from theirs.
    let numbers: Vec<i64> = (0..10_000).map(|n| n * 7_919 % 10_000 % 2_000).collect();
    let asked: Vec<_> =
        numbers.iter().map(|n| store.receive(arrival(*n, vec![says("c", *n, &n.to_string())]))).collect();
    let mut accepted = 0;
    for answer in asked {
        accepted += usize::from(answer.await.unwrap().verdict == Verdict::Accepted);
    }
    assert_eq!(accepted, 2_000);
    assert_eq!(texts(&store, "c").await, (0..2_000).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(listed(&store, all()).await.len(), 10_000);
}

#[tokio::test]
async fn messages_that_come_in_reverse_stand_in_order_and_cost_little() {
    let dir = dir();
    let store = Store::open(dir.path());
    let asked: Vec<_> =
        (0..2_000).rev().map(|n| store.receive(arrival(n, vec![says("c", n, &n.to_string())]))).collect();
    for answer in asked {
        answer.await.unwrap();
    }
    assert_eq!(texts(&store, "c").await, (0..2_000).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_place_that_is_used_up_is_made_room_in() {
    let dir = dir();
    let store = Store::open(dir.path());
    // Always between the two that came last, so that each gap is half the one before.
    let (mut low, mut high) = (0_i64, 1 << 40);
    let mut numbers = vec![low, high];
    for n in 0..70 {
        let middle = low + (high - low) / 3;
        if n % 2 == 0 {
            high = middle;
        } else {
            low = middle;
        }
        numbers.push(middle);
        if high - low < 6 {
            break;
        }
    }
    for n in &numbers {
        store.receive(arrival(1, vec![says("c", *n, &n.to_string())])).await.unwrap();
    }
    numbers.sort_unstable();
    assert!(numbers.len() > 30);
    assert_eq!(texts(&store, "c").await, numbers.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_bears_no_time_stays_where_it_came() {
    let dir = dir();
    let store = Store::open(dir.path());
    let came = [
        undated(1, "first"),
        says("c", 10, "at 10"),
        undated(2, "after 10"),
        says("c", 5, "at 5"),
        says("c", 20, "at 20"),
        says("c", 10, "not again"),
        says("c", 15, "at 15"),
    ];
    for (n, inbound) in (0..).zip(came) {
        store.receive(arrival(n, vec![inbound])).await.unwrap();
    }
    assert_eq!(texts(&store, "c").await, ["first", "at 5", "at 10", "after 10", "at 15", "at 20"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_shuffle_and_any_repetition_end_in_order(
        numbers in prop::collection::hash_set(0..10_000_i64, 1..60),
        seed in prop::collection::vec(any::<prop::sample::Index>(), 0..120),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut expected: Vec<i64> = numbers.iter().copied().collect();
        // Every one once in the set's order, which is none, and some again at any place.
        let mut order = expected.clone();
        for (at, which) in seed.iter().enumerate() {
            let number = order[which.index(order.len())];
            order.insert((at * 31) % (order.len() + 1), number);
        }
        expected.sort_unstable();
        let cut = cut.index(order.len());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let shown = runtime.block_on(async {
            let dir = dir();
            let store = Store::open(dir.path());
            // The second part in deliveries that say several things.
            let (single, grouped) = order.split_at(cut);
            let one = |n: &i64| says("c", *n, &n.to_string());
            let singles = single.iter().map(|n| vec![one(n)]);
            let groups = grouped.chunks(3).map(|chunk| chunk.iter().map(one).collect());
            let asked: Vec<_> = singles.chain(groups).map(|says| store.receive(arrival(0, says))).collect();
            for answer in asked {
                answer.await.unwrap();
            }
            texts(&store, "c").await
        });
        prop_assert_eq!(shown, expected.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn events_and_joins_tell_of_their_conversation() {
    let dir = dir();
    let store = Store::open(dir.path());
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let event = |key: &str, details: Vec<(String, String)>| Inbound {
        key: key.to_owned(),
        meaning: Meaning::Event { conversation: Some(id("c")), kind: "ended".to_owned(), details },
    };
    store.receive(arrival(1, vec![event("1", vec![pair("status", "open"), pair("mood", "fair")])])).await.unwrap();
    store.receive(arrival(2, vec![event("2", vec![pair("status", "ended"), pair("by", "Ann")])])).await.unwrap();
    let joined = |key: &str, title: &str, at: i64| Inbound {
        key: key.to_owned(),
        meaning: Meaning::Joined {
            conversation: id("c"),
            title: title.to_owned(),
            at: Moment::at(NOW.plus_millis(at)),
            reply: None,
        },
    };
    store.receive(arrival(3, vec![joined("3", "Ben", -50)])).await.unwrap();
    store.receive(arrival(4, vec![joined("4", "somebody else", -10)])).await.unwrap();
    let shown = store.conversation(&docs(), &id("c")).await.unwrap().unwrap().conversation;
    assert_eq!(shown.details, [pair("status", "ended"), pair("mood", "fair"), pair("by", "Ann")]);
    assert_eq!((shown.title.as_str(), shown.created_at), ("Ben", Moment::at(NOW.plus_millis(-50))));
    // A list that tells none takes none away; one that does replaces them.
    let told = |details| Conversation { details, ..conversation("c", None) };
    store.merge_conversations(&docs(), &[told(Vec::new())]).await.unwrap();
    let details = async || store.conversation(&docs(), &id("c")).await.unwrap().unwrap().conversation.details;
    assert_eq!(details().await.len(), 3);
    store.merge_conversations(&docs(), &[told(vec![pair("status", "archived")])]).await.unwrap();
    assert_eq!(details().await, [pair("status", "archived")]);
    assert_eq!(store.conversations(&docs(), None, 9).await.unwrap()[0].conversation.details, details().await);
    assert!(texts(&store, "c").await.is_empty());
}

#[tokio::test]
async fn lists_of_deliveries_go_both_ways_and_by_channel() {
    let dir = dir();
    let store = Store::open(dir.path());
    for n in 1..=9 {
        let mut came = arrival(n, vec![says("c", n, "x")]);
        came.delivery.channel = ChannelName::new(if n % 3 == 0 { "third" } else { "docs" });
        store.receive(came).await.unwrap();
    }
    let ask = async |filter| listed(&store, filter).await.iter().map(|row| row.id.0).collect::<Vec<_>>();
    let filter = |after: Option<i64>, before: Option<i64>, limit| DeliveryFilter {
        channel: None,
        after: after.map(DeliveryId),
        before: before.map(DeliveryId),
        limit,
    };
    assert_eq!(ask(filter(None, None, 3)).await, [9, 8, 7]);
    assert_eq!(ask(filter(None, Some(7), 3)).await, [6, 5, 4]);
    assert_eq!(ask(filter(Some(4), None, 3)).await, [5, 6, 7]);
    assert_eq!(ask(filter(Some(4), Some(6), 3)).await, [5]);
    let third = |f: DeliveryFilter| DeliveryFilter { channel: Some(ChannelName::new("third")), ..f };
    assert_eq!(ask(third(filter(None, None, 2))).await, [9, 6]);
    assert_eq!(ask(third(filter(Some(3), None, 9))).await, [6, 9]);
}

#[tokio::test]
async fn a_rejected_delivery_is_shown_and_believed_in_nothing() {
    let dir = dir();
    let store = Store::open(dir.path());
    let filed = store.receive(rejected(1)).await.unwrap();
    let verdict = Verdict::Rejected(wrong());
    assert_eq!(filed.verdict, verdict);
    let row = &listed(&store, all()).await[0];
    assert_eq!((&row.verdict, row.trust, &row.conversation), (&verdict, None, &None));
    assert_eq!(store.conversation_count(&docs()).await.unwrap(), 0);
}

#[tokio::test]
async fn of_the_rejected_only_the_newest_are_kept_and_the_others_all() {
    let dir = dir();
    let store = Store::open(dir.path());
    let many = i64::try_from(prune::ROWS).unwrap() + 1_500;
    let asked: Vec<_> = (1..=many)
        .map(|n| store.receive(if n % 500 == 1 { arrival(n, vec![says("c", n, "kept")]) } else { rejected(n) }))
        .collect();
    for answer in asked {
        answer.await.unwrap();
    }
    let check = async |store: &Store, newest: i64| {
        let rows = listed(store, all()).await;
        let (gone, kept): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.verdict == Verdict::Accepted);
        assert_eq!(gone.len(), texts(store, "c").await.len());
        assert!((9_000..=10_000).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept[0].id, DeliveryId(newest));
        let oldest = kept.last().unwrap().id.0;
        let between = (oldest..=newest).filter(|n| n % 500 != 1 || *n > many).count();
        assert_eq!(between, kept.len(), "none is missing in between");
    };
    check(&store, many).await;
    // Also by one who was started since.
    store.close().await.unwrap();
    let store = Store::open(dir.path());
    for n in 1..=600 {
        store.receive(rejected(many + n)).await.unwrap();
    }
    check(&store, many + 600).await;
}

#[tokio::test]
async fn the_rejected_take_no_more_room_than_they_may() {
    let dir = dir();
    let store = Store::open(dir.path());
    let large = Bytes::from(vec![b'x'; 1 << 20]);
    for n in 0..80 {
        let mut came = rejected(n);
        came.delivery.body = large.clone();
        store.receive(came).await.unwrap();
    }
    let rows = listed(&store, all()).await;
    assert!(rows.iter().map(|row| row.size).sum::<u64>() <= prune::BYTES);
    assert!(rows.len() > 1);
    assert_eq!(rows[0].id, DeliveryId(80));
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_new_start() {
    let dir = dir();
    let mut told = Vec::new();
    for round in 0..4_i64 {
        let store = Store::open(dir.path());
        let asked: Vec<_> = (0..300)
            .map(|n| round * 300 + n)
            .map(|n| (n, store.receive(arrival(n, vec![says("c", n, &n.to_string())]))))
            .collect();
        // Dropped while some are under way: what is answered counts.
        drop(store);
        for (n, answer) in asked {
            answer.await.unwrap();
            told.push(n.to_string());
        }
    }
    assert_eq!(texts(&Store::open(dir.path()), "c").await, told);
}

#[tokio::test]
async fn a_full_disk_refuses_all_that_wait_and_keeps_no_half() {
    let dir = dir();
    let store = Store::open(dir.path());
    store.receive(arrival(0, vec![says("c", 0, "0")])).await.unwrap();
    let limit = async |pages: i64| {
        store.ask(move |database| Ok(database.read().pragma_update(None, "max_page_count", pages)?)).await.unwrap();
    };
    limit(1).await;
    let asked: Vec<_> = (1..=200).map(|n| store.receive(arrival(n, vec![says("c", n, &n.to_string())]))).collect();
    let mut refused = 0;
    for answer in asked {
        match answer.await {
            Err(StoreError::Full(_)) => refused += 1,
            Err(error) => panic!("{error}"),
            Ok(_) => {}
        }
    }
    assert!(refused > 0);
    limit(1 << 30).await;
    assert_eq!(texts(&store, "c").await.len(), 201 - refused);
    for n in 1..=200 {
        store.receive(arrival(n, vec![says("c", n, &n.to_string())])).await.unwrap();
    }
    assert_eq!(texts(&store, "c").await, (0..=200).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_log_does_not_grow_without_end() {
    let dir = dir();
    let store = Store::open(dir.path());
    for round in 0..60_i64 {
        let asked: Vec<_> = (0..100)
            .map(|n| {
                let mut came = arrival(n, vec![says("c", round * 100 + n, "x")]);
                came.delivery.body = Bytes::from(vec![b'x'; 16 << 10]);
                store.receive(came)
            })
            .collect();
        for answer in asked {
            answer.await.unwrap();
        }
    }
    // About 100 MiB went through it.
    let log = std::fs::metadata(dir.path().join("patchcord.db-wal")).unwrap().len();
    assert!(log < 140 << 20, "{log}");
    store.close().await.unwrap();
    let log = std::fs::metadata(dir.path().join("patchcord.db-wal")).map_or(0, |m| m.len());
    assert_eq!(log, 0);
}

#[tokio::test]
async fn a_way_to_answer_is_used_once_and_never_late() {
    let dir = dir();
    let (store, other) = (Store::open(dir.path()), Store::open(dir.path()));
    let with = |key: i64, token: &str, expires: i64| {
        let mut inbound = says("c", key, "x");
        if let Meaning::Message { reply, .. } = &mut inbound.meaning {
            *reply = Some(ReplyHandle { token: token.to_owned(), expires: NOW.plus_millis(expires) });
        }
        arrival(key, vec![inbound])
    };
    let take = async |store: &Store, now: i64, margin: i64| {
        let handle = store.take_reply_handle(&docs(), &id("c"), NOW.plus_millis(now), margin).await.unwrap();
        handle.map(|handle| handle.token)
    };
    assert_eq!(take(&store, 0, 0).await, None);
    for (key, token, expires) in [(1, "a", 1_000), (2, "b", 3_000), (3, "c", 2_000)] {
        store.receive(with(key, token, expires)).await.unwrap();
    }
    let until = async || store.reply_until(&docs(), &id("c")).await.unwrap();
    assert_eq!(until().await, Some(NOW.plus_millis(3_000)));
    assert_eq!(take(&other, 0, 3_000).await, None, "it lives exactly as long, which is not longer");
    assert_eq!(take(&other, 0, 2_999).await.as_deref(), Some("b"));
    assert_eq!(until().await, Some(NOW.plus_millis(2_000)));
    // The same token in another delivery is the same, and used.
    store.receive(with(4, "b", 9_000)).await.unwrap();
    assert_eq!(take(&store, 1_000, 0).await.as_deref(), Some("c"));
    assert_eq!(take(&store, 1_000, 0).await, None, "a is over");
    store.receive(with(5, "d", 5_000)).await.unwrap();
    assert_eq!(take(&store, 5_000, 0).await, None);
    assert_eq!(until().await, None);
}
