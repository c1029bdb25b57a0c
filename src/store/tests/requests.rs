//! Data requests: every step, never late, never twice.

use super::super::{Claimed, Filed, StoreError};
use super::inbox::arrival;
use super::*;
use crate::domain::{Asked, DataRequest, Failure, Inbound, Kind, Meaning, RequestId, RequestState, Trust, Verdict};

const LIFE: i64 = 10_000;

/// A request that came at [`NOW`] and waits for ten seconds.
async fn came(store: &Store, key: &str) -> Filed {
    let asked = Asked {
        key: "weather".to_owned(),
        inputs: "{\"city\":\"Oslo\"}".to_owned(),
        link: Some(format!("https://api.example/{key}")),
        deadline: NOW.plus_millis(LIFE),
    };
    let inbound = Inbound { key: key.to_owned(), meaning: Meaning::Request(asked) };
    store.receive(arrival(0, vec![inbound])).await.unwrap()
}

async fn waiting(store: &Store, key: &str) -> RequestId {
    came(store, key).await.request.expect("a request").id
}

async fn now(store: &Store, id: &RequestId) -> DataRequest {
    store.request(id).await.unwrap().expect("the request")
}

#[tokio::test]
async fn a_request_is_kept_and_its_duplicate_brings_the_stored_answer() {
    let dir = dir();
    let store = Store::open(dir.path());
    let first = came(&store, "k").await;
    let request = first.request.unwrap();
    assert_eq!(
        (request.state, request.trust, request.received, request.deadline),
        (RequestState::Received, Trust::Verified, NOW, NOW.plus_millis(LIFE))
    );
    assert_eq!(now(&store, &request.id).await, request);
    let answered = store.answer_request(&request.id, "{\"sun\":true}", NOW.plus_millis(5)).await.unwrap();
    let Claimed::Yes(answered) = answered else { panic!("{answered:?}") };
    assert_eq!((answered.state, answered.answer.as_deref()), (RequestState::Answered, Some("{\"sun\":true}")));
    let again = came(&store, "k").await;
    assert_eq!((again.verdict, again.request), (Verdict::Duplicate, Some(answered.clone())));
    let row = &store.deliveries(&crate::store::DeliveryFilter { limit: 1, ..Default::default() }).await.unwrap()[0];
    assert_eq!(row.request.as_ref(), Some(&request.id));
    assert_eq!(store.answer_request(&request.id, "other", NOW).await.unwrap(), Claimed::No(answered.clone()));
    let later = waiting(&store, "l").await;
    let ids = |requests: Vec<DataRequest>| requests.into_iter().map(|r| r.id).collect::<Vec<_>>();
    assert_eq!(ids(store.requests(None, 9, 9).await.unwrap()), [later.clone(), request.id.clone()]);
    assert_eq!(ids(store.requests(Some(&docs()), 1, 0).await.unwrap()), [later]);
    assert!(store.requests(Some(&ChannelName::new("other")), 9, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_of_the_same_in_one_commit_are_one_request() {
    let dir = dir();
    let store = Store::open(dir.path());
    let (one, two) = tokio::join!(came(&store, "k"), came(&store, "k"));
    assert_eq!((one.verdict, two.verdict), (Verdict::Accepted, Verdict::Duplicate));
    assert_eq!(one.request, two.request);
    assert_eq!(store.requests(None, 9, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_is_answered_late() {
    let dir = dir();
    let store = Store::open(dir.path());
    for margin in [0, 500] {
        let in_time = waiting(&store, &format!("in time {margin}")).await;
        let late = waiting(&store, &format!("late {margin}")).await;
        let last = NOW.plus_millis(LIFE - margin - 1);
        assert!(matches!(store.claim_request(&in_time, "1", last, margin).await.unwrap(), Claimed::Yes(_)));
        let refused = store.claim_request(&late, "1", last.plus_millis(1), margin).await.unwrap();
        let Claimed::Late(refused) = refused else { panic!("{refused:?}") };
        assert_eq!((refused.state, refused.answer.clone()), (RequestState::Expired, None));
        assert_eq!(now(&store, &late).await, refused);
        assert!(matches!(store.claim_request(&late, "1", NOW.plus_millis(LIFE), 0).await.unwrap(), Claimed::Late(_)));
    }
    let at_end = waiting(&store, "at the end").await;
    assert!(matches!(store.answer_request(&at_end, "1", NOW.plus_millis(LIFE)).await.unwrap(), Claimed::Late(_)));
    let waits = waiting(&store, "waits").await;
    assert!(store.expire_requests(NOW.plus_millis(LIFE - 1)).await.unwrap().is_empty());
    assert_eq!(store.expire_requests(NOW.plus_millis(LIFE)).await.unwrap(), std::slice::from_ref(&waits));
    assert!(store.expire_requests(NOW.plus_millis(LIFE)).await.unwrap().is_empty());
    assert_eq!(now(&store, &waits).await.state, RequestState::Expired);
}

#[tokio::test]
async fn a_claimed_request_is_settled_once_by_its_holder() {
    use RequestState::{Answered, Answering, Expired, Failed, Posted, Received, Unknown};
    let dir = dir();
    let (store, other) = (Store::open(dir.path()), Store::open(dir.path()));
    let why = Failure::new(Kind::Platform, "refused").status(410);
    for to in RequestState::ALL {
        let id = waiting(&store, to.as_str()).await;
        let early = store.settle_request(&id, to, None).await;
        assert!(matches!(early, Err(StoreError::IllegalRequest { from: Received, .. })), "{early:?}");
        assert!(matches!(store.claim_request(&id, "1", NOW, 0).await.unwrap(), Claimed::Yes(_)));
        assert!(matches!(other.claim_request(&id, "2", NOW, 0).await.unwrap(), Claimed::No(_)));
        assert!(matches!(store.claim_request(&id, "2", NOW, 0).await.unwrap(), Claimed::No(_)));
        // In hand, so its time doesn't run out.
        assert!(!store.expire_requests(NOW.plus_millis(LIFE)).await.unwrap().contains(&id));
        let theirs = other.settle_request(&id, Posted, None).await;
        assert!(matches!(theirs, Err(StoreError::RequestInHand(_))), "{theirs:?}");
        let outcome = store.settle_request(&id, to, Some(&why)).await;
        match to {
            Posted | Failed | Unknown | Expired => {
                outcome.unwrap();
                let settled = now(&store, &id).await;
                assert_eq!(
                    (settled.state, settled.answer.as_deref(), settled.failure),
                    (to, Some("1"), Some(why.clone()))
                );
                let again = store.settle_request(&id, Failed, None).await;
                assert!(matches!(again, Err(StoreError::IllegalRequest { .. })), "{again:?}");
                assert!(store.release_request(&id, None).await.is_err());
                assert!(!matches!(store.claim_request(&id, "3", NOW, 0).await.unwrap(), Claimed::Yes(_)));
            }
            Received | Answering | Answered => {
                assert!(matches!(outcome, Err(StoreError::IllegalRequest { from: Answering, .. })), "{outcome:?}");
            }
        }
    }
    let absent = RequestId::new("absent");
    assert!(matches!(store.claim_request(&absent, "1", NOW, 0).await, Err(StoreError::UnknownRequest(_))));
    assert_eq!(store.request(&absent).await.unwrap(), None);
}

#[tokio::test]
async fn a_request_put_back_keeps_its_answer_and_can_be_claimed_again() {
    let dir = dir();
    let (store, other) = (Store::open(dir.path()), Store::open(dir.path()));
    let id = waiting(&store, "k").await;
    store.claim_request(&id, "1", NOW, 0).await.unwrap();
    assert!(matches!(other.release_request(&id, None).await, Err(StoreError::RequestInHand(_))));
    let why = Failure::new(Kind::Network, "no connection");
    store.release_request(&id, Some(&why)).await.unwrap();
    let back = now(&store, &id).await;
    assert_eq!((back.state, back.answer.as_deref(), back.failure), (RequestState::Received, Some("1"), Some(why)));
    let Claimed::Yes(again) = other.claim_request(&id, "2", NOW, 0).await.unwrap() else { panic!("it waits") };
    assert_eq!((again.answer.as_deref(), again.failure), (Some("2"), None));
}

#[tokio::test]
async fn what_waits_is_listed_however_old_it_is() {
    let dir = dir();
    let store = Store::open(dir.path());
    let mut waits = Vec::new();
    for n in 0..6 {
        waits.push(waiting(&store, &format!("k{n}")).await);
    }
    store.answer_request(&waits[1], "1", NOW).await.unwrap();
    let listed = async |newest, older| {
        let requests = store.requests(None, newest, older).await.unwrap();
        requests.into_iter().map(|r| waits.iter().position(|id| *id == r.id).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(listed(2, 0).await, [5, 4]);
    assert_eq!(listed(2, 9).await.len(), 5, "all but the older one that was answered");
    assert!(!listed(2, 9).await.contains(&1));
    assert_eq!(listed(9, 9).await, [5, 4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn why_a_rule_failed_is_kept_with_a_request_that_still_waits() {
    let dir = dir();
    let store = Store::open(dir.path());
    let id = waiting(&store, "k").await;
    let why = Failure::new(Kind::Failed, "the rule has no answer");
    store.note_request(&id, &why).await.unwrap();
    let noted = now(&store, &id).await;
    assert_eq!((noted.state, noted.failure), (RequestState::Received, Some(why.clone())));
    store.claim_request(&id, "1", NOW, 0).await.unwrap();
    store.note_request(&id, &why).await.unwrap();
    assert_eq!(now(&store, &id).await.state, RequestState::Answering);
    store.settle_request(&id, RequestState::Posted, None).await.unwrap();
    store.note_request(&id, &why).await.unwrap();
    let posted = now(&store, &id).await;
    assert_eq!((posted.state, posted.failure), (RequestState::Posted, None));
}

#[tokio::test]
async fn a_dead_holders_request_is_unknown_and_a_living_ones_is_left_alone() {
    let dir = dir();
    let (dead, alive) = (Store::open(dir.path()), Store::open(dir.path()));
    let (lost, held) = (waiting(&dead, "lost").await, waiting(&dead, "held").await);
    dead.claim_request(&lost, "1", NOW, 0).await.unwrap();
    alive.claim_request(&held, "1", NOW, 0).await.unwrap();
    dead.close().await.unwrap();
    let store = Store::open(dir.path());
    assert!(store.recover().await.unwrap().is_empty());
    let lost = now(&store, &lost).await;
    assert_eq!((lost.state, lost.answer.as_deref()), (RequestState::Unknown, Some("1")));
    assert_eq!(lost.failure.map(|failure| failure.kind), Some(Kind::UnknownDelivery));
    assert!(matches!(store.claim_request(&lost.id, "2", NOW, 0).await.unwrap(), Claimed::No(_)));
    assert_eq!(now(&store, &held).await.state, RequestState::Answering);
    alive.settle_request(&held, RequestState::Posted, None).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_was_ahead_expires_none_for_good() {
    let dir = dir();
    let store = Store::open(dir.path());
    let (shown, asked, answered) =
        (waiting(&store, "a").await, waiting(&store, "b").await, waiting(&store, "c").await);
    store.answer_request(&answered, "1", NOW).await.unwrap();
    let ahead = NOW.plus_millis(86_400_000);
    assert_eq!(store.expire_requests(ahead).await.unwrap(), [shown.clone(), asked.clone()]);
    assert!(matches!(store.claim_request(&asked, "1", ahead, 0).await.unwrap(), Claimed::Late(_)));
    // The clock is right again.
    assert!(matches!(store.claim_request(&asked, "1", NOW, 0).await.unwrap(), Claimed::Yes(_)));
    assert_eq!(store.expire_requests(NOW).await.unwrap(), []);
    assert_eq!(now(&store, &shown).await.state, RequestState::Received);
    assert_eq!(now(&store, &answered).await.state, RequestState::Answered);
    // And too late is too late.
    assert_eq!(store.expire_requests(NOW.plus_millis(LIFE)).await.unwrap(), [shown]);
}
