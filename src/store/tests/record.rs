//! What is known of one message: its turn and what that was, what the platform told, what was seen.

use super::*;
use crate::domain::{Extras, Failure, Kind, MessageRef, Record};

fn filed(name: &str) -> MessageRef {
    MessageRef::Filed(MessageId::new(name))
}

async fn record(store: &Store, which: MessageRef) -> Record {
    store.record(&docs(), Some(&id("c")), &which).await.unwrap().expect("it is known")
}

fn states(record: &Record) -> Vec<OutState> {
    record.sending.as_ref().unwrap().steps.iter().map(|step| step.state).collect()
}

#[tokio::test]
async fn a_turn_leaves_a_step_for_all_that_it_was() {
    use OutState::{Queued, Sending, Sent, Unknown};
    let dir = dir();
    let store = Store::open(dir.path());
    sending(&store, &turn("t")).await;
    let busy = Failure::new(Kind::RateLimited, "busy");
    store.note_attempt(&turn_id("t"), &busy, NOW.plus_millis(5)).await.unwrap();
    let unknown = Failure::new(Kind::UnknownDelivery, "no answer");
    store.settle(&turn_id("t"), Unknown, Some(&unknown)).await.unwrap();
    let told = record(&store, MessageRef::Ask(turn_id("t"))).await;
    assert_eq!(states(&told), [Queued, Sending, Sending, Unknown]);
    assert!(!told.filed && told.message.text == "t");
    let sent = told.sending.unwrap();
    assert_eq!((sent.attempts(), sent.is_reply), (Some(2), false));
    assert_eq!((sent.steps[2].at, sent.steps[2].failure.as_ref()), (NOW.plus_millis(5), Some(&busy)));
    assert_eq!(sent.steps[3].failure.as_ref(), Some(&unknown));
    // Found in the history: nobody settled it, and the step is there.
    store.merge_messages(&docs(), &id("c"), &[user("m1", "t"), bot("m2", "hi")], None).await.unwrap();
    let told = record(&store, MessageRef::Ask(turn_id("t"))).await;
    assert_eq!(states(&told), [Queued, Sending, Sending, Unknown, Sent]);
    assert_eq!((told.filed, told.message.id.as_str()), (true, "m1"));
    assert_eq!(record(&store, filed("m1")).await, told);
    let reply = record(&store, filed("m2")).await;
    assert!(reply.sending.as_ref().is_some_and(|sent| sent.is_reply && sent.turn.id == turn_id("t")));
}

#[tokio::test]
async fn a_reply_is_told_with_its_pace_wherever_it_stands() {
    let dir = dir();
    let store = Store::open(dir.path());
    settled(&store, &turn("t"), OutState::Sent).await;
    assert_eq!(store.record(&docs(), Some(&id("c")), &MessageRef::Reply(turn_id("t"))).await.unwrap(), None);
    store.write_reply(&turn_id("t"), &reply("hello", Some(Finish::Cut))).await.unwrap();
    let told = record(&store, MessageRef::Reply(turn_id("t"))).await;
    assert_eq!((told.filed, told.message.text.as_str(), told.finish), (false, "hello", Some(Finish::Cut)));
    assert_eq!((told.first_word_ms, told.took_ms), (Some(400), Some(2_000)));
    // The history goes on without it, so it is filed under the turn's id.
    let page = [user("m1", "t"), user("m2", "still there?")];
    store.merge_messages(&docs(), &id("c"), &page, None).await.unwrap();
    let told = record(&store, MessageRef::Reply(turn_id("t"))).await;
    assert_eq!((told.filed, told.message.text.as_str(), told.finish), (true, "hello", Some(Finish::Cut)));
    assert!(told.sending.as_ref().is_some_and(|sent| sent.is_reply));
}

#[tokio::test]
async fn what_the_platform_told_is_kept_and_brought_up_to_date() {
    let dir = dir();
    let store = Store::open(dir.path());
    let told = |raw: Option<&str>| Message {
        extras: Extras { raw: raw.map(str::to_owned), ..Extras::default() },
        ..user("m", "hi")
    };
    let merge = async |raw| store.merge_messages(&docs(), &id("c"), &[told(raw)], None).await.unwrap();
    merge(Some(r#"{"odd":1}"#)).await;
    let raw = async || record(&store, filed("m")).await.message.extras.raw;
    assert_eq!(raw().await.as_deref(), Some(r#"{"odd":1}"#));
    merge(Some(r#"{"odd":2}"#)).await;
    assert_eq!(raw().await.as_deref(), Some(r#"{"odd":2}"#));
    // Somebody who doesn't tell it takes nothing away, and a page of the history does without.
    merge(None).await;
    assert_eq!(raw().await.as_deref(), Some(r#"{"odd":2}"#));
    let slice = store.messages(&docs(), &id("c"), None, 5).await.unwrap();
    assert_eq!(slice.entries[0].message.extras, Extras::default());
}

#[tokio::test]
async fn what_was_seen_of_a_turn_is_seen_of_the_message_that_it_became() {
    let dir = dir();
    let store = Store::open(dir.path());
    let seen = async || store.seen(&docs(), &id("c")).await.unwrap();
    settled(&store, &turn("t"), OutState::Sent).await;
    assert_eq!(seen().await, None);
    store.write_reply(&turn_id("t"), &reply("hi", Some(Finish::Stop))).await.unwrap();
    store.see(&docs(), &id("c"), &MessageRef::Reply(turn_id("t"))).await.unwrap();
    assert_eq!(seen().await, Some(MessageRef::Reply(turn_id("t"))));
    store.merge_messages(&docs(), &id("c"), &[user("m1", "t"), bot("m2", "hi")], None).await.unwrap();
    assert_eq!(seen().await, Some(filed("m2")));
    store.see(&docs(), &id("c"), &MessageRef::Ask(turn_id("t"))).await.unwrap();
    assert_eq!(seen().await, Some(filed("m1")));
    store.see(&docs(), &id("c"), &filed("m9")).await.unwrap();
    assert_eq!(seen().await, Some(filed("m9")));
}

#[tokio::test]
async fn what_is_written_in_the_place_of_a_turn_is_sent_and_that_one_is_not() {
    let dir = dir();
    let store = Store::open(dir.path());
    settled(&store, &turn("old"), OutState::Unknown).await;
    store.enqueue_instead(&turn("new"), &turn_id("old")).await.unwrap();
    assert_eq!(state_of(&store, "old").await, OutState::Cancelled);
    assert_eq!(state_of(&store, "new").await, OutState::Queued);
    // One that arrived after all can't be taken back; what was written goes out all the same.
    settled(&store, &turn("arrived"), OutState::Sent).await;
    store.enqueue_instead(&turn("newer"), &turn_id("arrived")).await.unwrap();
    assert_eq!(state_of(&store, "arrived").await, OutState::Sent);
    assert_eq!(state_of(&store, "newer").await, OutState::Queued);
    // Where the new one can't be written down, the old one stays as it was.
    settled(&store, &turn("kept"), OutState::Unknown).await;
    assert!(store.enqueue_instead(&turn("new"), &turn_id("kept")).await.is_err());
    assert_eq!(state_of(&store, "kept").await, OutState::Unknown);
}
